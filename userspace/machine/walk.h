/* SPDX-License-Identifier: MIT */
/* Guest-virtual addresses, for reports about a guest that has died. */
#ifndef AXVCPU_MACHINE_WALK_H
#define AXVCPU_MACHINE_WALK_H

#include <stdint.h>

#include <linux/axvcpu.h>

#include "machine/memory.h"

/* 0 and *gpa, or -1 if the guest's tables do not map @linear. */
int walk_linear(const struct guest_mem *mem, const struct axvcpu_x86_crs *crs,
		uint64_t linear, uint64_t *gpa);
/* Bytes at CS:RIP, at most @len; returns how many could be read. */
unsigned int walk_code(const struct guest_mem *mem, const struct axvcpu_x86_regs *regs,
		       uint8_t *bytes, unsigned int len);

#endif
