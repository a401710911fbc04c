// SPDX-License-Identifier: GPL-2.0-only
/* Writes to control and debug registers as the guest's instructions make them. */
#include <linux/errno.h>

#include "x86.h"
#include "x86_cr.h"
#include "x86_fpu.h"

#define CR3_NO_FLUSH	BIT_ULL(63)

/**
 * axx86_cr_state() - collect what the checks look at
 * @x: vCPU
 * @s: written
 *
 * Context: owner of the vCPU.
 */
void axx86_cr_state(struct axx86_vcpu *x, struct axx86_cr_state *s)
{
	struct axx86_segment cs;

	axx86_vendor->read_seg(x, AXX86_CS, &cs);
	*s = (struct axx86_cr_state) {
		.cr0 = axx86_read(x, AXX86_CR0),
		.cr3 = axx86_read(x, AXX86_CR3),
		.cr4 = axx86_read(x, AXX86_CR4),
		.efer = axx86_read(x, AXX86_EFER),
		.cs_long = cs.attrib & AXX86_ATTR_L,
		.cr4_allowed = x->cpuid->cr4_allowed,
		.efer_allowed = x->cpuid->efer_allowed,
		.xcr0_supported = x->cpuid->xcr0_supported,
		.maxphyaddr = x->cpuid->maxphyaddr,
	};
}

/**
 * axx86_set_cr0() - MOV to CR0
 * @x: vCPU
 * @val: value
 *
 * EFER.LMA follows paging. Translations are the vendor's to drop.
 *
 * Context: owner of the vCPU. Return: 0, or -EINVAL for #GP(0), nothing changed.
 * Spec: APM Vol. 2, 14.6.1 and 14.7.
 */
int axx86_set_cr0(struct axx86_vcpu *x, u64 val)
{
	struct axx86_cr_state s;
	u64 efer;
	int ret;

	axx86_cr_state(x, &s);
	ret = axx86_cr0_check(&s, val);
	if (ret)
		return ret;
	efer = s.efer & ~AXEFER_LMA;
	if ((val & AXCR0_PG) && (efer & AXEFER_LME))
		efer |= AXEFER_LMA;
	if (efer != s.efer)
		axx86_write(x, AXX86_EFER, efer);
	axx86_write(x, AXX86_CR0, axx86_cr0_stored(val));
	return 0;
}

/**
 * axx86_set_cr3() - MOV to CR3
 * @x: vCPU
 * @val: value
 *
 * Context: owner of the vCPU. Return: 0, or -EINVAL for #GP(0), nothing changed.
 * Spec: APM Vol. 2, 5.5.1: with PCIDs bit 63 asks for no flush and is not stored.
 */
int axx86_set_cr3(struct axx86_vcpu *x, u64 val)
{
	struct axx86_cr_state s;
	int ret;

	axx86_cr_state(x, &s);
	ret = axx86_cr3_check(&s, val);
	if (ret)
		return ret;
	if (s.cr4 & AXCR4_PCIDE)
		val &= ~CR3_NO_FLUSH;
	axx86_write(x, AXX86_CR3, val);
	return 0;
}

/**
 * axx86_set_cr4() - MOV to CR4
 * @x: vCPU
 * @val: value
 *
 * Context: owner of the vCPU, its FPU image not loaded.
 * Return: 0, or -EINVAL for #GP(0), nothing changed.
 */
int axx86_set_cr4(struct axx86_vcpu *x, u64 val)
{
	struct axx86_cr_state s;
	int ret;

	axx86_cr_state(x, &s);
	ret = axx86_cr4_check(&s, val);
	if (ret)
		return ret;
	axx86_write(x, AXX86_CR4, val);
	axx86_fpu_sync(x, val);
	return 0;
}

/**
 * axx86_set_efer() - WRMSR to EFER
 * @x: vCPU
 * @val: value; LMA stays as it is
 *
 * Context: owner of the vCPU. Return: 0, or -EINVAL for #GP(0), nothing changed.
 */
int axx86_set_efer(struct axx86_vcpu *x, u64 val)
{
	struct axx86_cr_state s;
	int ret;

	axx86_cr_state(x, &s);
	ret = axx86_efer_check(&s, val);
	if (!ret)
		axx86_write(x, AXX86_EFER, (val & ~AXEFER_LMA) | (s.efer & AXEFER_LMA));
	return ret;
}

/**
 * axx86_set_xcr0() - XSETBV
 * @x: vCPU
 * @index: ECX
 * @val: EDX:EAX
 *
 * #UD (CR4.OSXSAVE clear) is the caller's to see to.
 *
 * Context: owner of the vCPU, its FPU image not loaded.
 * Return: 0, or -EINVAL for #GP(0), nothing changed.
 * Spec: APM Vol. 4, XSETBV.
 */
int axx86_set_xcr0(struct axx86_vcpu *x, u32 index, u64 val)
{
	if (index || axx86_read(x, AXX86_CPL))
		return -EINVAL;
	if (axx86_xcr0_check(x->cpuid->xcr0_supported, val))
		return -EINVAL;
	x->xcr0 = val;
	axx86_fpu_sync(x, axx86_read(x, AXX86_CR4));
	return 0;
}

/**
 * axx86_set_dr() - MOV to a debug register
 * @x: vCPU
 * @nr: 0..7; 4 and 5 are 6 and 7, CR4.DE is the caller's to see to
 * @val: value
 *
 * Context: owner of the vCPU. Return: 0, or -EINVAL for #GP(0), nothing changed.
 * Spec: APM Vol. 2, 13.1.1.
 */
int axx86_set_dr(struct axx86_vcpu *x, unsigned int nr, u64 val)
{
	switch (nr) {
	case 0 ... 3:
		x->dr[nr] = val;
		return 0;
	case 4:
	case 6:
		if (axx86_dr6_check(val))
			return -EINVAL;
		axx86_write(x, AXX86_DR6, axx86_dr6_stored(val));
		return 0;
	case 5:
	case 7:
		if (axx86_dr7_check(val))
			return -EINVAL;
		axx86_write(x, AXX86_DR7, axx86_dr7_stored(val));
		return 0;
	default:
		return -EINVAL;
	}
}

/**
 * axx86_get_dr() - MOV from a debug register
 * @x: vCPU
 * @nr: 0..7
 *
 * Context: owner of the vCPU.
 */
u64 axx86_get_dr(struct axx86_vcpu *x, unsigned int nr)
{
	if (nr < ARRAY_SIZE(x->dr))
		return x->dr[nr];
	return axx86_read(x, nr & 1 ? AXX86_DR7 : AXX86_DR6);
}
