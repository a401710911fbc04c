// SPDX-License-Identifier: GPL-2.0-only
/*
 * Why a VMRUN was refused: APM Vol. 2, 15.5.1, "Canonicalization and Consistency
 * Checks", in the manual's order.  Nothing here touches hardware.
 */
#include <linux/bits.h>
#include <linux/kernel.h>
#include <linux/types.h>

#include "../x86_defs.h"
#include "svm_check.h"

#define HIGH_HALF	GENMASK_ULL(63, 32)
#define CS_L		BIT(9)		/* attributes as a VMCB packs them: Table 15-3 */
#define CS_D		BIT(10)
#define MSRPM_BYTES	0x2000ULL	/* 15.11 */
#define IOPM_BYTES	0x3000ULL	/* 15.10.1 */
#define PAGE_BITS	GENMASK_ULL(11, 0)

/* EVENTINJ: 15.20 */
#define INJ_VECTOR	GENMASK_ULL(7, 0)
#define INJ_TYPE	GENMASK_ULL(10, 8)
#define INJ_V		BIT_ULL(31)
#define INJ_INTR	(0ULL << 8)
#define INJ_NMI		(2ULL << 8)
#define INJ_EXCEPTION	(3ULL << 8)
#define INJ_SOFT	(4ULL << 8)

static bool beyond(u64 address, u8 bits)
{
	return bits < 64 && address >> bits;
}

static bool long_paging(const struct axsvm_state *s)
{
	return (s->efer & AXEFER_LME) && (s->cr0 & AXCR0_PG);
}

static bool efer_svme(const struct axsvm_state *s)
{
	return !(s->efer & AXEFER_SVME);
}

static bool cr0_nw(const struct axsvm_state *s)
{
	return !(s->cr0 & AXCR0_CD) && (s->cr0 & AXCR0_NW);
}

static bool cr0_high(const struct axsvm_state *s)
{
	return s->cr0 & HIGH_HALF;
}

static bool cr3_mbz(const struct axsvm_state *s)
{
	/* Only long mode has a CR3 with bits that are checked. */
	return long_paging(s) && beyond(s->cr3, s->guest_phys_bits);
}

static bool cr4_mbz(const struct axsvm_state *s)
{
	return s->cr4 & ~s->cr4_known;
}

static bool dr6_high(const struct axsvm_state *s)
{
	return s->dr6 & HIGH_HALF;
}

static bool dr7_high(const struct axsvm_state *s)
{
	return s->dr7 & HIGH_HALF;
}

static bool efer_mbz(const struct axsvm_state *s)
{
	return s->efer & ~(s->efer_known | AXEFER_SVME | AXEFER_LME | AXEFER_LMA);
}

static bool efer_no_long_mode(const struct axsvm_state *s)
{
	return !s->has_long_mode && (s->efer & (AXEFER_LME | AXEFER_LMA));
}

static bool long_without_pae(const struct axsvm_state *s)
{
	return long_paging(s) && !(s->cr4 & AXCR4_PAE);
}

static bool long_without_pe(const struct axsvm_state *s)
{
	/* Outside long mode this is paged real mode, which a VMRUN may enter: 15.19. */
	return long_paging(s) && !(s->cr0 & AXCR0_PE);
}

static bool long_cs_l_and_d(const struct axsvm_state *s)
{
	return long_paging(s) && (s->cr4 & AXCR4_PAE) &&
	       (s->cs_attrib & CS_L) && (s->cs_attrib & CS_D);
}

static bool vmrun_not_intercepted(const struct axsvm_state *s)
{
	return !s->vmrun_intercepted;
}

static bool map_beyond(u64 base, u64 bytes, u8 bits)
{
	return beyond((base & ~PAGE_BITS) + bytes - 1, bits);
}

static bool msrpm_beyond(const struct axsvm_state *s)
{
	return s->msrpm_used && map_beyond(s->msrpm, MSRPM_BYTES, s->host_phys_bits);
}

static bool iopm_beyond(const struct axsvm_state *s)
{
	return s->iopm_used && map_beyond(s->iopm, IOPM_BYTES, s->host_phys_bits);
}

static bool injection_type(const struct axsvm_state *s)
{
	if (!(s->eventinj & INJ_V))
		return false;
	switch (s->eventinj & INJ_TYPE) {
	case INJ_INTR:
	case INJ_NMI:
	case INJ_EXCEPTION:
	case INJ_SOFT:
		return false;
	default:
		return true;
	}
}

/* An exception that the CPU cannot raise: NMI's vector, or a number beyond 31. */
static bool injection_vector(const struct axsvm_state *s)
{
	u64 vector = s->eventinj & INJ_VECTOR;

	if (!(s->eventinj & INJ_V) || (s->eventinj & INJ_TYPE) != INJ_EXCEPTION)
		return false;
	return vector == AXVEC_NMI || vector > 31;
}

/* Those that exist in legacy mode only. */
static bool injection_in_long_mode(const struct axsvm_state *s)
{
	u64 vector = s->eventinj & INJ_VECTOR;

	if (!(s->eventinj & INJ_V) || (s->eventinj & INJ_TYPE) != INJ_EXCEPTION)
		return false;
	return (s->efer & AXEFER_LMA) && (s->cs_attrib & CS_L) &&
	       (vector == AXVEC_OF || vector == AXVEC_BR);
}

static bool asid_zero(const struct axsvm_state *s)
{
	return !s->asid;
}

static bool asid_beyond(const struct axsvm_state *s)
{
	return s->max_asid && s->asid >= s->max_asid;
}

static bool nested_cr3(const struct axsvm_state *s)
{
	return s->nested_paging && beyond(s->n_cr3, s->host_phys_bits);
}

struct check_rule {
	u32 number;
	const char *why;
	bool (*broken)(const struct axsvm_state *s);
};

/* Numbers are part of the ABI: exit.fail_entry.rule. Those above 100 are in other sections. */
static const struct check_rule rules[] = {
	{ 1, "EFER.SVME is zero", efer_svme },
	{ 2, "CR0.CD is zero and CR0.NW is set", cr0_nw },
	{ 3, "CR0[63:32] are not zero", cr0_high },
	{ 4, "CR3 has a bit set that must be zero", cr3_mbz },
	{ 5, "CR4 has a bit set that must be zero", cr4_mbz },
	{ 6, "DR6[63:32] are not zero", dr6_high },
	{ 7, "DR7[63:32] are not zero", dr7_high },
	{ 8, "EFER has a bit set that must be zero", efer_mbz },
	{ 9, "EFER.LMA or EFER.LME is set and the processor has no long mode",
	  efer_no_long_mode },
	{ 10, "EFER.LME and CR0.PG are set and CR4.PAE is zero", long_without_pae },
	{ 11, "EFER.LME and CR0.PG are set and CR0.PE is zero", long_without_pe },
	{ 12, "EFER.LME, CR0.PG, CR4.PAE, CS.L and CS.D are all set", long_cs_l_and_d },
	{ 13, "the VMRUN intercept is clear", vmrun_not_intercepted },
	{ 14, "the MSR permission map reaches beyond the physical address width", msrpm_beyond },
	{ 15, "the I/O permission map reaches beyond the physical address width", iopm_beyond },
	{ 16, "EVENTINJ has a reserved type", injection_type },
	{ 17, "EVENTINJ has a vector that is no exception", injection_vector },
	{ 18, "EVENTINJ has an exception that 64-bit mode does not have",
	  injection_in_long_mode },
	{ 19, "ASID is zero", asid_zero },
	{ 101, "ASID is not below the number of ASIDs", asid_beyond },
	{ 102, "the nested CR3 has a bit set that must be zero", nested_cr3 },
};

/**
 * axsvm_check() - find the consistency rule that a guest state breaks
 * @s: what the VMCB had
 * @why: the rule in words, or NULL if none is broken; static storage
 *
 * Pure; callable anywhere.
 *
 * Return: number of the first broken rule in the manual's order; 0 if the state
 * keeps them all.
 *
 * Spec: APM Vol. 2, 15.5.1; 15.16 (ASIDs), 15.25.3 (nested paging).
 */
u32 axsvm_check(const struct axsvm_state *s, const char **why)
{
	size_t i;

	for (i = 0; i < ARRAY_SIZE(rules); i++) {
		if (rules[i].broken(s)) {
			*why = rules[i].why;
			return rules[i].number;
		}
	}
	*why = NULL;
	return 0;
}
