// SPDX-License-Identifier: GPL-2.0-only
/* What a guest may write to its control and debug registers. Nothing here touches hardware. */
#include <linux/bits.h>
#include <linux/errno.h>
#include <linux/types.h>

#include "x86_cr.h"

#define CR3_PCID	GENMASK_ULL(11, 0)	/* APM Vol. 2, 5.5.1 */
#define CR3_NO_FLUSH	BIT_ULL(63)

/* DR6, DR7 in force: APM Vol. 2, 13.1.1.3 and 13.1.1.4 */
#define DR6_WRITABLE	(GENMASK_ULL(15, 13) | GENMASK_ULL(3, 0))
#define DR7_WRITABLE	(GENMASK_ULL(31, 16) | BIT_ULL(13) | GENMASK_ULL(9, 0))
#define DR_HIGH		GENMASK_ULL(63, 32)

/**
 * axx86_cr0_check() - may the guest write this to CR0
 * @s: state
 * @val: value
 *
 * Pure. Return: 0, or -EINVAL for #GP(0).
 * Spec: APM Vol. 2, 3.1.1; Vol. 3, MOV CRn; Vol. 2, 14.6.1 and Table 5-1.
 */
int axx86_cr0_check(const struct axx86_cr_state *s, u64 val)
{
	bool pg = val & AXCR0_PG;

	if (val >> 32)
		return -EINVAL;
	if (pg && !(val & AXCR0_PE))
		return -EINVAL;
	if ((val & AXCR0_NW) && !(val & AXCR0_CD))
		return -EINVAL;
	if (pg && !(s->cr0 & AXCR0_PG) && (s->efer & AXEFER_LME)) {
		if (!(s->cr4 & AXCR4_PAE) || s->cs_long)
			return -EINVAL;
	}
	if (!pg && (s->cr0 & AXCR0_PG)) {
		if ((s->efer & AXEFER_LMA) && s->cs_long)
			return -EINVAL;
		if (s->cr4 & AXCR4_PCIDE)
			return -EINVAL;
	}
	return 0;
}

/**
 * axx86_cr3_check() - may the guest write this to CR3
 * @s: state
 * @val: value
 *
 * Pure. Return: 0, or -EINVAL for #GP(0).
 * Spec: APM Vol. 2, 5.3.2 (CR3 in long mode) and 5.5.1 (bit 63 with PCIDs).
 */
int axx86_cr3_check(const struct axx86_cr_state *s, u64 val)
{
	if (!(s->efer & AXEFER_LMA))
		return 0;
	if (s->cr4 & AXCR4_PCIDE)
		val &= ~CR3_NO_FLUSH;
	return val >> s->maxphyaddr ? -EINVAL : 0;
}

/**
 * axx86_cr4_check() - may the guest write this to CR4
 * @s: state
 * @val: value
 *
 * Pure. Return: 0, or -EINVAL for #GP(0).
 * Spec: APM Vol. 2, 3.1.3, 5.5.1 (PCIDE), 14.6.2 (PAE in long mode).
 */
int axx86_cr4_check(const struct axx86_cr_state *s, u64 val)
{
	if (val & ~s->cr4_allowed)
		return -EINVAL;
	if ((s->efer & AXEFER_LMA) && !(val & AXCR4_PAE))
		return -EINVAL;
	if ((val & AXCR4_PCIDE) && !(s->cr4 & AXCR4_PCIDE)) {
		if (!(s->efer & AXEFER_LMA) || (s->cr3 & CR3_PCID))
			return -EINVAL;
	}
	return 0;
}

/**
 * axx86_efer_check() - may the guest write this to EFER
 * @s: state
 * @val: value; LMA is not looked at, since writes do not reach it
 *
 * Pure. Return: 0, or -EINVAL for #GP(0): a bit that does not exist, SVME,
 * LME changed while paging is on.
 * Spec: APM Vol. 2, 3.1.7.
 */
int axx86_efer_check(const struct axx86_cr_state *s, u64 val)
{
	if (val & ~AXEFER_LMA & ~s->efer_allowed)
		return -EINVAL;
	if ((s->cr0 & AXCR0_PG) && ((val ^ s->efer) & AXEFER_LME))
		return -EINVAL;
	return 0;
}

/**
 * axx86_xcr0_check() - may the guest write this to XCR0
 * @supported: bits that exist in the guest; no more than the host's
 * @val: value
 *
 * A value that passes cannot fault in the host's XSETBV.
 *
 * Pure. Return: 0, or -EINVAL for #GP(0).
 * Spec: APM Vol. 2, 11.5.2; Vol. 4, XSETBV.
 */
int axx86_xcr0_check(u64 supported, u64 val)
{
	if (val & ~supported || !(val & AXXCR0_X87))
		return -EINVAL;
	if ((val & AXXCR0_AVX) && !(val & AXXCR0_SSE))
		return -EINVAL;
	if (val & AXXCR0_AVX512) {
		if ((val & AXXCR0_AVX512) != AXXCR0_AVX512 || !(val & AXXCR0_AVX))
			return -EINVAL;
	}
	return 0;
}

/**
 * axx86_dr6_check() - may this be written to DR6
 * @val: value
 *
 * Pure. Return: 0, or -EINVAL for #GP(0). Spec: APM Vol. 2, 13.1.1.3.
 */
int axx86_dr6_check(u64 val)
{
	return val & DR_HIGH ? -EINVAL : 0;
}

/**
 * axx86_dr7_check() - may this be written to DR7
 * @val: value
 *
 * Pure. Return: 0, or -EINVAL for #GP(0). Spec: APM Vol. 2, 13.1.1.4.
 */
int axx86_dr7_check(u64 val)
{
	return val & DR_HIGH ? -EINVAL : 0;
}

/**
 * axx86_cr0_stored() - what CR0 holds after a write
 * @val: value that axx86_cr0_check() lets pass
 *
 * Pure. Spec: APM Vol. 2, 3.1.1: ET reads as one, reserved bits as zero.
 */
u64 axx86_cr0_stored(u64 val)
{
	return (val & AXCR0_KNOWN) | AXCR0_ET;
}

/**
 * axx86_dr6_stored() - what DR6 holds after a write
 * @val: value
 *
 * Pure. Spec: APM Vol. 2, 13.1.1.3.
 */
u64 axx86_dr6_stored(u64 val)
{
	return (val & DR6_WRITABLE) | AXDR6_INIT;
}

/**
 * axx86_dr7_stored() - what DR7 holds after a write
 * @val: value
 *
 * Pure. Spec: APM Vol. 2, 13.1.1.4.
 */
u64 axx86_dr7_stored(u64 val)
{
	return (val & DR7_WRITABLE) | AXDR7_INIT;
}
