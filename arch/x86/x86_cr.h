/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Control and debug registers: which values a guest may write, and what a
 * write brings with it.  The checks are pure.
 */
#ifndef _AXX86_CR_H
#define _AXX86_CR_H

#include <linux/types.h>

#include "x86_defs.h"

struct axx86_vcpu;

/**
 * struct axx86_cr_state - what the checks look at besides the new value
 * @cr0: now
 * @cr3: now
 * @cr4: now
 * @efer: now, as the guest sees it
 * @cs_long: CS.L
 * @cr4_allowed: CR4 bits that exist in the guest
 * @efer_allowed: EFER bits that exist in the guest
 * @xcr0_supported: XCR0 bits that exist in the guest
 * @maxphyaddr: guest-physical width, bits
 */
struct axx86_cr_state {
	u64 cr0;
	u64 cr3;
	u64 cr4;
	u64 efer;
	bool cs_long;
	u64 cr4_allowed;
	u64 efer_allowed;
	u64 xcr0_supported;
	u8 maxphyaddr;
};

/* Pure, in x86_cr.c: 0, or -EINVAL for #GP(0). */
int axx86_cr0_check(const struct axx86_cr_state *s, u64 val);
int axx86_cr3_check(const struct axx86_cr_state *s, u64 val);
int axx86_cr4_check(const struct axx86_cr_state *s, u64 val);
int axx86_efer_check(const struct axx86_cr_state *s, u64 val);
int axx86_xcr0_check(u64 supported, u64 val);
int axx86_dr6_check(u64 val);
int axx86_dr7_check(u64 val);

/* Pure: what the register holds after a write of an allowed value. */
u64 axx86_cr0_stored(u64 val);
u64 axx86_dr6_stored(u64 val);
u64 axx86_dr7_stored(u64 val);

/**
 * axx86_canonical() - is an address canonical
 * @va: linear address
 *
 * With 48 bits, since guests have no LA57. Spec: APM Vol. 2, 5.3.1.
 */
static inline bool axx86_canonical(u64 va)
{
	return (u64)((s64)(va << 16) >> 16) == va;
}

/* In x86_cr_set.c. */
void axx86_cr_state(struct axx86_vcpu *x, struct axx86_cr_state *s);
int axx86_set_cr0(struct axx86_vcpu *x, u64 val);
int axx86_set_cr3(struct axx86_vcpu *x, u64 val);
int axx86_set_cr4(struct axx86_vcpu *x, u64 val);
int axx86_set_efer(struct axx86_vcpu *x, u64 val);
int axx86_set_xcr0(struct axx86_vcpu *x, u32 index, u64 val);
int axx86_set_dr(struct axx86_vcpu *x, unsigned int nr, u64 val);
u64 axx86_get_dr(struct axx86_vcpu *x, unsigned int nr);

#endif /* _AXX86_CR_H */
