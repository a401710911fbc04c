/* SPDX-License-Identifier: GPL-2.0-only */
/* Rows of the MSR table that count or belong to the APIC; see x86_msr.h for what they return. */
#ifndef _AXX86_MSR_TIME_H
#define _AXX86_MSR_TIME_H

#include <linux/types.h>

struct axx86_vcpu;

int axx86_msr_read_tsc(struct axx86_vcpu *x, u32 msr, u64 *val);
int axx86_msr_write_tsc(struct axx86_vcpu *x, u32 msr, u64 val);
int axx86_msr_read_tsc_adjust(struct axx86_vcpu *x, u32 msr, u64 *val);
int axx86_msr_write_tsc_adjust(struct axx86_vcpu *x, u32 msr, u64 val);
int axx86_msr_read_apic_base(struct axx86_vcpu *x, u32 msr, u64 *val);
int axx86_msr_write_apic_base(struct axx86_vcpu *x, u32 msr, u64 val);
int axx86_msr_read_tsc_deadline(struct axx86_vcpu *x, u32 msr, u64 *val);
int axx86_msr_write_tsc_deadline(struct axx86_vcpu *x, u32 msr, u64 val);
int axx86_msr_read_x2apic(struct axx86_vcpu *x, u32 msr, u64 *val);
int axx86_msr_write_x2apic(struct axx86_vcpu *x, u32 msr, u64 val);

#endif /* _AXX86_MSR_TIME_H */
