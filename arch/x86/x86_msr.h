/* SPDX-License-Identifier: GPL-2.0-only */
/* Model-specific registers of the guest, by number. */
#ifndef _AXX86_MSR_H
#define _AXX86_MSR_H

#include <linux/types.h>

#include <uapi/linux/axvcpu.h>

struct axx86_vcpu;

/* What axx86_msr_read() and axx86_msr_write() say; -EINVAL is #GP(0) besides. */
enum axx86_msr_result {
	AXX86_MSR_DONE		= 0,
	AXX86_MSR_USER		= 1,	/* SYSREG_READ or SYSREG_WRITE exit, to be filled in */
	AXX86_MSR_EXIT		= 2,	/* vcpu->exit is filled in already */
};

int axx86_msr_read(struct axx86_vcpu *x, u32 msr, u64 *val);
int axx86_msr_write(struct axx86_vcpu *x, u32 msr, u64 val);

/* Pure, in x86_msr_policy.c. */
u32 axx86_msr_policy(const struct axvcpu_msr_range *ranges, u32 nr, u32 msr, bool write);
bool axx86_msr_policy_reaches(u32 msr);
int axx86_msr_policy_check(const struct axvcpu_msr_range *ranges, u32 nr);
bool axx86_pat_valid(u64 pat);
bool axx86_mtrr_valid(u32 msr, u64 val, u8 maxphyaddr);
int axx86_apic_base_check(u64 old, u64 val, u8 maxphyaddr, bool has_x2apic);

#endif /* _AXX86_MSR_H */
