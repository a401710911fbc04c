// SPDX-License-Identifier: GPL-2.0-only
/* A CPUID table at work: lookup, checks of a table from userspace, what it lets the guest do. */
#include <linux/bits.h>
#include <linux/errno.h>
#include <linux/kernel.h>
#include <linux/string.h>

#include "x86_cpuid.h"
#include "x86_cpuid_bits.h"
#include "x86_defs.h"

#define XSAVE_LEGACY_SIZE	576	/* legacy region and header: APM Vol. 2, 11.5.3 */
#define XSAVE_ALIGNED		BIT(1)	/* leaf 0xd, ECX of a state: aligned if compacted */

enum cpuid_reg { EAX, EBX, ECX, EDX };

static u32 cpuid_reg(const struct axvcpu_cpuid_entry *e, enum cpuid_reg reg)
{
	switch (reg) {
	case EAX:
		return e->eax;
	case EBX:
		return e->ebx;
	case ECX:
		return e->ecx;
	default:
		return e->edx;
	}
}

static u32 cpuid_word(const struct axx86_cpuid *c, u32 leaf, u32 subleaf, enum cpuid_reg reg)
{
	const struct axvcpu_cpuid_entry *e = axx86_cpuid_find(c, leaf, subleaf);

	return e ? cpuid_reg(e, reg) : 0;
}

/* First entry of a leaf; the slow way is for numbers that no CPU has. */
static u32 cpuid_first(const struct axx86_cpuid *c, u32 leaf)
{
	u32 low = leaf & GENMASK(29, 0);
	u32 i;

	if (likely(low < AXX86_CPUID_INDEXED)) {
		i = c->index[leaf >> 30][low];
		return i ? i - 1 : c->nr;
	}
	for (i = 0; i < c->nr && c->entries[i].leaf < leaf; i++)
		;
	return i;
}

static __always_inline const struct axvcpu_cpuid_entry *
cpuid_find(const struct axx86_cpuid *c, u32 leaf, u32 subleaf)
{
	const struct axvcpu_cpuid_entry *e = c->entries + cpuid_first(c, leaf);
	const struct axvcpu_cpuid_entry *end = c->entries + c->nr;

	for (; e < end && e->leaf == leaf; e++) {
		if (!(e->flags & AXVCPU_CPUID_SUBLEAF) || e->subleaf == subleaf)
			return e;
	}
	return NULL;
}

/**
 * axx86_cpuid_find() - entry for a leaf
 * @c: view
 * @leaf: EAX
 * @subleaf: ECX
 *
 * Pure. Return: the entry as the table has it, or NULL.
 */
const struct axvcpu_cpuid_entry *axx86_cpuid_find(const struct axx86_cpuid *c, u32 leaf,
						  u32 subleaf)
{
	return cpuid_find(c, leaf, subleaf);
}

/* Bytes of an XSAVE image with the states of @xcr0, as leaf 0xd reports them. */
static u32 cpuid_xsave_size(const struct axx86_cpuid *c, u64 xcr0, bool compacted)
{
	u32 size = XSAVE_LEGACY_SIZE;
	unsigned int i;

	for (i = 2; i < 63; i++) {
		const struct axvcpu_cpuid_entry *e;

		if (!(xcr0 & BIT_ULL(i)))
			continue;
		e = axx86_cpuid_find(c, 0xd, i);
		if (!e)
			continue;
		if (!compacted)
			size = max(size, e->ebx + e->eax);
		else
			size = ((e->ecx & XSAVE_ALIGNED) ? (size + 63) & ~63U : size) + e->eax;
	}
	return size;
}

/* Answers that change while the guest runs: APM Vol. 3, E.3 */
static void cpuid_dynamic(const struct axx86_cpuid *c, u32 subleaf, u64 cr4, u64 xcr0,
			  struct axvcpu_cpuid_entry *out)
{
	switch (out->leaf) {
	case 1:
		out->ecx &= ~AXCPUID_1_ECX_OSXSAVE;
		if (cr4 & AXCR4_OSXSAVE)
			out->ecx |= AXCPUID_1_ECX_OSXSAVE;
		break;
	case 7:
		if (subleaf)
			break;
		out->ecx &= ~AXCPUID_7_ECX_OSPKE;
		if (cr4 & AXCR4_PKE)
			out->ecx |= AXCPUID_7_ECX_OSPKE;
		break;
	case 0xd:
		if (!c->xcr0_supported)
			break;
		if (subleaf == 0)
			out->ebx = cpuid_xsave_size(c, xcr0, false);
		else if (subleaf == 1 && (out->eax & AXCPUID_D_1_EAX_XSAVEC))
			out->ebx = cpuid_xsave_size(c, xcr0, true);
		break;
	}
}

/* What no table has as it stands; out of the way of the common leaves. */
static noinline void cpuid_special(const struct axx86_cpuid *c, u32 leaf, u32 subleaf, u64 cr4,
				   u64 xcr0, struct axvcpu_cpuid_entry *out)
{
	const struct axvcpu_cpuid_entry *e = axx86_cpuid_find(c, leaf, subleaf);

	if (e) {
		*out = *e;
		cpuid_dynamic(c, subleaf, cr4, xcr0, out);
		return;
	}
	*out = (struct axvcpu_cpuid_entry) { .leaf = leaf };
	if (leaf == 0xb || leaf == 0x1f) {
		e = axx86_cpuid_find(c, leaf, 0);
		if (e) {
			out->ecx = subleaf & 0xff;
			out->edx = e->edx;
		}
	}
}

/**
 * axx86_cpuid_lookup() - execute CPUID
 * @c: view
 * @leaf: EAX
 * @subleaf: ECX
 * @cr4: guest CR4; see axx86_cpuid_needs_state()
 * @xcr0: guest XCR0; see axx86_cpuid_needs_state()
 * @out: answer in eax, ebx, ecx, edx; the rest is of no meaning
 *
 * A leaf that the table does not have is all zeros, as on AMD's CPUs; only the
 * topology leaves repeat the subleaf and the APIC id.
 *
 * Pure. Spec: APM Vol. 3, CPUID and Appendix E.
 */
void axx86_cpuid_lookup(const struct axx86_cpuid *c, u32 leaf, u32 subleaf, u64 cr4, u64 xcr0,
			struct axvcpu_cpuid_entry *out)
{
	const struct axvcpu_cpuid_entry *e = cpuid_find(c, leaf, subleaf);

	if (likely(e && !axx86_cpuid_needs_state(leaf)))
		*out = *e;
	else
		cpuid_special(c, leaf, subleaf, cr4, xcr0, out);
}

/* Control-register bits by the CPUID bit that brings them. */
struct cpuid_grant {
	u32 leaf;
	u8 reg;
	u32 bit;
	u64 grants;
};

static const struct cpuid_grant cr4_grants[] = {
	{ 1, EDX, AXCPUID_1_EDX_VME,	  AXCR4_VME | AXCR4_PVI },
	{ 1, EDX, AXCPUID_1_EDX_TSC,	  AXCR4_TSD },
	{ 1, EDX, AXCPUID_1_EDX_DE,	  AXCR4_DE },
	{ 1, EDX, AXCPUID_1_EDX_PSE,	  AXCR4_PSE },
	{ 1, EDX, AXCPUID_1_EDX_PAE,	  AXCR4_PAE },
	{ 1, EDX, AXCPUID_1_EDX_MCE,	  AXCR4_MCE },
	{ 1, EDX, AXCPUID_1_EDX_PGE,	  AXCR4_PGE },
	{ 1, EDX, AXCPUID_1_EDX_FXSR,	  AXCR4_OSFXSR },
	{ 1, EDX, AXCPUID_1_EDX_SSE,	  AXCR4_OSXMMEXCPT },
	{ 1, ECX, AXCPUID_1_ECX_PCID,	  AXCR4_PCIDE },
	{ 1, ECX, AXCPUID_1_ECX_XSAVE,	  AXCR4_OSXSAVE },
	{ 7, ECX, AXCPUID_7_ECX_UMIP,	  AXCR4_UMIP },
	{ 7, ECX, AXCPUID_7_ECX_PKU,	  AXCR4_PKE },
	{ 7, EBX, AXCPUID_7_EBX_FSGSBASE, AXCR4_FSGSBASE },
	{ 7, EBX, AXCPUID_7_EBX_SMEP,	  AXCR4_SMEP },
	{ 7, EBX, AXCPUID_7_EBX_SMAP,	  AXCR4_SMAP },
};

static const struct cpuid_grant efer_grants[] = {
	{ 0x80000001, EDX, AXCPUID_81_EDX_SYSCALL, AXEFER_SCE },
	{ 0x80000001, EDX, AXCPUID_81_EDX_LM,	   AXEFER_SCE | AXEFER_LME | AXEFER_LMA },
	{ 0x80000001, EDX, AXCPUID_81_EDX_NX,	   AXEFER_NXE },
	{ 0x80000001, EDX, AXCPUID_81_EDX_FFXSR,   AXEFER_FFXSR },
	{ 0x80000001, ECX, AXCPUID_81_ECX_TCE,	   AXEFER_TCE },
};

static u64 cpuid_grants(const struct axx86_cpuid *c, const struct cpuid_grant *rows, size_t nr)
{
	u64 bits = 0;
	size_t i;

	for (i = 0; i < nr; i++) {
		if (cpuid_word(c, rows[i].leaf, 0, rows[i].reg) & rows[i].bit)
			bits |= rows[i].grants;
	}
	return bits;
}

static u64 cpuid_xcr0(const struct axx86_cpuid *c)
{
	u64 xcr0;

	if (!(cpuid_word(c, 1, 0, ECX) & AXCPUID_1_ECX_XSAVE))
		return 0;
	xcr0 = cpuid_word(c, 0xd, 0, EAX) | (u64)cpuid_word(c, 0xd, 0, EDX) << 32;
	xcr0 &= c->limits.xcr0;
	/* Those two have no life without XSAVE, nor XSAVE without them. */
	if ((xcr0 & (AXXCR0_X87 | AXXCR0_SSE)) != (AXXCR0_X87 | AXXCR0_SSE))
		return 0;
	return xcr0;
}

static void cpuid_derive(struct axx86_cpuid *c)
{
	u8 bits = cpuid_word(c, 0x80000008, 0, EAX) & 0xff;

	c->xcr0_supported = cpuid_xcr0(c);
	c->xss_supported = c->limits.xss;
	c->cr4_allowed = cpuid_grants(c, cr4_grants, ARRAY_SIZE(cr4_grants)) & c->limits.cr4;
	/* RDPMC is intercepted, so this bit does nothing; systems set it regardless. */
	c->cr4_allowed |= AXCR4_PCE;
	if (!c->xcr0_supported)
		c->cr4_allowed &= ~AXCR4_OSXSAVE;
	c->efer_allowed = cpuid_grants(c, efer_grants, ARRAY_SIZE(efer_grants)) & c->limits.efer;
	c->maxphyaddr = clamp_t(u8, bits ?: 36, 32, c->limits.maxphyaddr);
	c->has_rdtscp = c->limits.rdtscp &&
			(cpuid_word(c, 0x80000001, 0, EDX) & AXCPUID_81_EDX_RDTSCP);
	c->has_x2apic = cpuid_word(c, 1, 0, ECX) & AXCPUID_1_ECX_X2APIC;
	c->has_tsc_deadline = cpuid_word(c, 1, 0, ECX) & AXCPUID_1_ECX_TSC_DEADLINE;
}

static bool cpuid_less(const struct axvcpu_cpuid_entry *a, const struct axvcpu_cpuid_entry *b)
{
	return a->leaf != b->leaf ? a->leaf < b->leaf : a->subleaf < b->subleaf;
}

static void cpuid_insert(struct axx86_cpuid *c, const struct axvcpu_cpuid_entry *e)
{
	u32 i = c->nr++;

	for (; i && cpuid_less(e, &c->entries[i - 1]); i--)
		c->entries[i] = c->entries[i - 1];
	c->entries[i] = *e;
}

static void cpuid_make_index(struct axx86_cpuid *c)
{
	u32 i = c->nr;

	memset(c->index, 0, sizeof(c->index));
	while (i--) {
		u32 low = c->entries[i].leaf & GENMASK(29, 0);

		if (low < AXX86_CPUID_INDEXED)
			c->index[c->entries[i].leaf >> 30][low] = i + 1;
	}
}

static int cpuid_check(const struct axvcpu_cpuid_entry *entries, u32 nr)
{
	u32 i, k;

	if (!nr || nr > AXVCPU_CPUID_MAX)
		return -EINVAL;
	for (i = 0; i < nr; i++) {
		const struct axvcpu_cpuid_entry *e = &entries[i];

		if (e->flags & ~AXVCPU_CPUID_SUBLEAF || e->pad)
			return -EINVAL;
		if (!(e->flags & AXVCPU_CPUID_SUBLEAF) && e->subleaf)
			return -EINVAL;
		for (k = 0; k < i; k++) {
			/* An entry for all subleaves leaves none to another. */
			if (entries[k].leaf == e->leaf &&
			    (entries[k].subleaf == e->subleaf || entries[k].flags != e->flags))
				return -EINVAL;
		}
	}
	return 0;
}

/**
 * axx86_cpuid_set() - take over a table
 * @c: view, made by axx86_cpuid_build() before
 * @entries: new table, in any order
 * @nr: entries
 *
 * What the table shows is not compared with the host; what it lets the guest
 * switch on never exceeds the limits of the view.
 *
 * Pure.
 * Return: 0, or -EINVAL with @c unchanged: no entry, more than AXVCPU_CPUID_MAX,
 * an unknown flag, a pad or a subleaf without its flag that is not zero, the
 * same leaf and subleaf twice, a leaf both with and without subleaves.
 */
int axx86_cpuid_set(struct axx86_cpuid *c, const struct axvcpu_cpuid_entry *entries, u32 nr)
{
	int ret = cpuid_check(entries, nr);
	u32 i;

	if (ret)
		return ret;
	c->nr = 0;
	for (i = 0; i < nr; i++)
		cpuid_insert(c, &entries[i]);
	cpuid_make_index(c);
	cpuid_derive(c);
	c->from_user = true;
	return 0;
}

/**
 * axx86_cpuid_seal() - take the limits of a view from its own table
 * @c: view whose entries are complete, sorted and safe to give
 * @maxphyaddr: guest-physical width, bits
 *
 * Pure.
 */
void axx86_cpuid_seal(struct axx86_cpuid *c, u8 maxphyaddr)
{
	c->limits = (struct axx86_cpuid_limits) {
		.xcr0 = ~0ULL,
		.cr4 = ~0ULL,
		.efer = ~0ULL,
		.maxphyaddr = maxphyaddr,
		.rdtscp = true,
	};
	cpuid_make_index(c);
	cpuid_derive(c);
	c->limits.xcr0 = c->xcr0_supported;
	c->limits.cr4 = c->cr4_allowed;
	c->limits.efer = c->efer_allowed;
	c->limits.rdtscp = c->has_rdtscp;
}
