/* SPDX-License-Identifier: MIT */
/* MC146818 clock with CMOS memory: the host's time in UTC, no alarm. */
#ifndef AXVCPU_DEVICES_CMOS_H
#define AXVCPU_DEVICES_CMOS_H

#include <pthread.h>
#include <stdint.h>
#include <time.h>

#include "machine/bus.h"

#define CMOS_PORT	0x70
#define CMOS_PORTS	2

struct cmos {
	pthread_mutex_t lock;
	uint8_t index;
	uint8_t ram[128];
	time_t (*now)(void);
	int64_t offset;		/* what the guest added by setting the clock */
};

extern const struct bus_ops cmos_ops;

/* @low_ram, @high_ram: bytes below and above 4 GiB, for guests that ask here. */
void cmos_init(struct cmos *c, uint64_t low_ram, uint64_t high_ram, time_t (*now)(void));

#endif
