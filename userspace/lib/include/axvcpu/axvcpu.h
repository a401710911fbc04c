/* SPDX-License-Identifier: MIT */
/*
 * libaxvcpu - one function per ioctl of /dev/axvcpu, and names for what comes out.
 *
 * Every function returns 0 or a value >= 0, or -errno; errno itself is not
 * part of the interface. The library keeps no state: any fd may be used from
 * any thread, under the rules of the device (libaxvcpu(3), axvcpu(4)).
 */
#ifndef AXVCPU_AXVCPU_H
#define AXVCPU_AXVCPU_H

#include <stddef.h>
#include <stdint.h>

#include <linux/axvcpu.h>

#ifdef __cplusplus
extern "C" {
#endif

#define AXVCPU_DEVICE	"/dev/axvcpu"

/* ------------------------------------------------------------------ device */

/* Open the device; @path NULL: AXVCPU_DEVICE. Returns an fd. */
int axvcpu_open(const char *path);
int axvcpu_info(int dev, struct axvcpu_info *info);
/* The power-off fields count only with AXVCPU_VM_POWEROFF_PORT. Returns an fd. */
int axvcpu_create_vm(int dev, uint32_t flags, uint16_t poweroff_port,
		     uint32_t poweroff_value);
/* @nr: room at @entries, and the number written or needed (-ENOSPC). */
int axvcpu_supported_cpuid(int dev, struct axvcpu_cpuid_entry *entries, uint32_t *nr);

/* ---------------------------------------------------------------------- VM */

/* Returns an fd. */
int axvcpu_create_vcpu(int vm, uint32_t id);
int axvcpu_map(int vm, uint32_t flags, uint64_t gpa, uint64_t len, void *hva);
int axvcpu_unmap(int vm, uint64_t gpa, uint64_t len);
int axvcpu_dirty_log(int vm, uint64_t gpa, uint64_t len, uint64_t *bitmap);
int axvcpu_signal_msi(int vm, uint64_t address, uint32_t data);
int axvcpu_eoi_vectors(int vm, const uint64_t vectors[4]);
int axvcpu_msr_policy(int vm, const struct axvcpu_msr_range *ranges, uint32_t nr);
int axvcpu_vm_stats(int vm, struct axvcpu_vm_stats *stats);

/* -------------------------------------------------------------------- vCPU */

/* The run area; @run_size comes from struct axvcpu_info. */
int axvcpu_run_map(int vcpu, size_t run_size, struct axvcpu_run **run);
int axvcpu_run_unmap(struct axvcpu_run *run, size_t run_size);

int axvcpu_setup(int vcpu, uint32_t mode, uint64_t entry, uint64_t arg,
		 uint64_t page_table);
int axvcpu_bind(int vcpu);
int axvcpu_unbind(int vcpu);
/* Returns enum axvcpu_exit_reason; details are in the run area. */
int axvcpu_run(int vcpu);
int axvcpu_kick(int vcpu);
int axvcpu_set_gpr(int vcpu, uint32_t reg, uint64_t value);
int axvcpu_set_return_value(int vcpu, uint64_t value);
/* @event.size is filled in here. Returns 1 if an equal interrupt was pending. */
int axvcpu_inject(int vcpu, const struct axvcpu_event *event);
int axvcpu_get_regs(int vcpu, uint64_t sets, struct axvcpu_x86_regs *regs);
int axvcpu_set_regs(int vcpu, uint64_t sets, const struct axvcpu_x86_regs *regs);
int axvcpu_set_cpuid(int vcpu, const struct axvcpu_cpuid_entry *entries, uint32_t nr);
int axvcpu_get_cpuid(int vcpu, struct axvcpu_cpuid_entry *entries, uint32_t *nr);
int axvcpu_stats(int vcpu, struct axvcpu_stats *stats);
int axvcpu_set_debug(int vcpu, uint32_t flags);

/* ------------------------------------------------- pure: names and printing */

/* "MMIO_READ" and so on; "?" for a number that has no name. */
const char *axvcpu_exit_name(uint32_t reason);
/* "READY" and so on. */
const char *axvcpu_state_name(uint32_t state);
/* Name of AXVCPU_CAP_* bit number @bit, or NULL. */
const char *axvcpu_cap_name(unsigned int bit);
/* Name of AXVCPU_ARCH_*. */
const char *axvcpu_arch_name(uint32_t arch);

/*
 * Printers write at most @len bytes to @buf, NUL included, and return the
 * length that the whole text has, as snprintf does.
 */
/* One line, no newline. */
int axvcpu_exit_print(const struct axvcpu_exit *exit, char *buf, size_t len);
/* The raw hardware values; one line, no newline. */
int axvcpu_exit_hw_print(const struct axvcpu_exit *exit, char *buf, size_t len);
/* Lines, each ended by a newline; sets: those of AXVCPU_REGS_* in @regs. */
int axvcpu_x86_regs_print(const struct axvcpu_x86_regs *regs, uint64_t sets,
			  char *buf, size_t len);

#ifdef __cplusplus
}
#endif

#endif
