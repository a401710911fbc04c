// SPDX-License-Identifier: GPL-2.0-only
/* The default CPUID table: host leaves through the allow-list, topology and timing made here. */
#include <linux/bitfield.h>
#include <linux/bits.h>
#include <linux/kernel.h>
#include <linux/string.h>

#include "x86_cpuid.h"
#include "x86_cpuid_allow.h"
#include "x86_defs.h"

#define CPUID_ALL	(~0U)
#define MAX_BASIC	0xdU
#define MAX_EXT		0x80000021U
#define MAX_CACHES	8U

/* Leaf 1 EBX: APM Vol. 3, E.3.2 */
#define L1_EBX_CLFLUSH	GENMASK(15, 8)
#define L1_EBX_COUNT	GENMASK(23, 16)
#define L1_EBX_ID	GENMASK(31, 24)

/* Leaf 0xb: APM Vol. 3, E.3.9 */
#define LB_LEVEL_SMT	0x100
#define LB_LEVEL_CORE	0x200

/* Leaves 4 and 8000_001Dh: APM Vol. 3, E.4.15; SDM Vol. 2A, CPUID */
#define CACHE_TYPE	GENMASK(4, 0)
#define CACHE_LEVEL	GENMASK(7, 5)
#define CACHE_SHARING	GENMASK(25, 14)
#define CACHE_CORES	GENMASK(31, 26)
#define CACHE_EAX	GENMASK(9, 0)
#define CACHE_EDX	GENMASK(2, 0)

/* Leaf 8000_0008h: APM Vol. 3, E.4.7 */
#define L88_PHYS_BITS	GENMASK(7, 0)
#define L88_LIN_BITS	GENMASK(15, 8)
#define L88_NC		GENMASK(7, 0)
#define L88_ID_SIZE	GENMASK(15, 12)

struct cpuid_build {
	const struct axx86_cpuid_source *src;
	struct axx86_cpuid *c;
	u32 max_basic;
	u32 max_ext;
	bool amd;
	bool rdtscp;
	u32 id;
	u32 nr;
	u8 shift;
	u8 phys_bits;
	u64 xcr0;
};

typedef void (*cpuid_make_fn)(const struct cpuid_build *b, struct axvcpu_cpuid_entry *e);

/* A leaf of the view: the host's bits that stay, the bits that are set, the rest by function. */
struct cpuid_leaf {
	u32 leaf;
	u32 subleaf;
	u32 flags;
	struct {
		u32 eax, ebx, ecx, edx;
	} allow, force;
	cpuid_make_fn make;
};

/* The host answers to numbers above its highest with another leaf's data on Intel. */
static void build_read(const struct cpuid_build *b, u32 leaf, u32 subleaf,
		       struct axvcpu_cpuid_entry *e)
{
	u32 max = leaf & BIT(31) ? b->max_ext : b->max_basic;

	*e = (struct axvcpu_cpuid_entry) {};
	if (leaf <= max)
		b->src->read(leaf, subleaf, e);
}

static void build_add(const struct cpuid_build *b, u32 leaf, u32 subleaf, u32 flags,
		      const struct axvcpu_cpuid_entry *e)
{
	struct axvcpu_cpuid_entry *to;

	if (WARN_ON_ONCE(b->c->nr >= AXVCPU_CPUID_MAX))
		return;
	to = &b->c->entries[b->c->nr++];
	*to = *e;
	to->leaf = leaf;
	to->subleaf = subleaf;
	to->flags = flags;
	to->pad = 0;
}

static void make_max_basic(const struct cpuid_build *b, struct axvcpu_cpuid_entry *e)
{
	e->eax = MAX_BASIC;
}

static void make_leaf1(const struct cpuid_build *b, struct axvcpu_cpuid_entry *e)
{
	e->ebx |= FIELD_PREP(L1_EBX_ID, b->id);
	if (b->nr > 1) {
		e->ebx |= FIELD_PREP(L1_EBX_COUNT, b->nr);
		e->edx |= AXCPUID_1_EDX_HTT;
	}
	if (!(b->xcr0 & AXXCR0_AVX))
		e->ecx &= ~AVX_1_ECX;
	if (!b->xcr0)
		e->ecx &= ~AXCPUID_1_ECX_XSAVE;
}

static void make_leaf7(const struct cpuid_build *b, struct axvcpu_cpuid_entry *e)
{
	e->eax = min(e->eax, 1U);
	if (!(b->xcr0 & AXXCR0_AVX)) {
		e->ebx &= ~AVX_7_EBX;
		e->ecx &= ~AVX_7_ECX;
	}
	if (!(b->xcr0 & AXXCR0_AVX512)) {
		e->ebx &= ~AVX512_7_EBX;
		e->ecx &= ~AVX512_7_ECX;
		e->edx &= ~AVX512_7_EDX;
	}
	if (!(b->xcr0 & AXXCR0_PKRU))
		e->ecx &= ~AXCPUID_7_ECX_PKU;
	if (!b->rdtscp)
		e->ecx &= ~AXCPUID_7_ECX_RDPID;
}

static void make_leaf7_1(const struct cpuid_build *b, struct axvcpu_cpuid_entry *e)
{
	if (!(b->xcr0 & AXXCR0_AVX))
		e->eax &= ~AVX_7_1_EAX;
	if (!(b->xcr0 & AXXCR0_AVX512))
		e->eax &= ~AXCPUID_7_1_EAX_AVX512_BF16;
}

static void make_smt(const struct cpuid_build *b, struct axvcpu_cpuid_entry *e)
{
	e->ebx = 1;
	e->ecx = LB_LEVEL_SMT;
	e->edx = b->id;
}

static void make_cores(const struct cpuid_build *b, struct axvcpu_cpuid_entry *e)
{
	e->eax = b->shift;
	e->ebx = b->nr;
	e->ecx = 1 | LB_LEVEL_CORE;
	e->edx = b->id;
}

static void make_signature(const struct cpuid_build *b, struct axvcpu_cpuid_entry *e)
{
	e->eax = AXX86_CPUID_TIMING;
	e->ebx = 0x43565841;	/* AXVC */
	e->ecx = 0x58415550;	/* PUAX */
	e->edx = 0x55504356;	/* VCPU */
}

static void make_timing(const struct cpuid_build *b, struct axvcpu_cpuid_entry *e)
{
	e->eax = b->src->tsc_khz;
	e->ebx = b->src->bus_khz;
}

static void make_max_ext(const struct cpuid_build *b, struct axvcpu_cpuid_entry *e)
{
	e->eax = clamp(b->max_ext, 0x80000008U, MAX_EXT);
}

static void make_ext1(const struct cpuid_build *b, struct axvcpu_cpuid_entry *e)
{
	if (b->amd && b->nr > 1)
		e->ecx |= AXCPUID_81_ECX_CMP_LEGACY;
	if (!(b->xcr0 & AXXCR0_AVX))
		e->ecx &= ~AVX_81_ECX;
	/* Elsewhere these places are reserved. */
	if (!b->amd)
		e->edx &= ~(GENMASK(17, 12) | GENMASK(9, 0));
}

static void make_sizes(const struct cpuid_build *b, struct axvcpu_cpuid_entry *e)
{
	e->eax = FIELD_PREP(L88_PHYS_BITS, b->phys_bits) | FIELD_PREP(L88_LIN_BITS, 48);
	if (b->amd)
		e->ecx = FIELD_PREP(L88_NC, b->nr - 1) | FIELD_PREP(L88_ID_SIZE, b->shift);
}

static void make_node(const struct cpuid_build *b, struct axvcpu_cpuid_entry *e)
{
	if (!b->amd)
		return;
	e->eax = b->id;
	e->ebx = b->id & 0xff;
}

#define SUB	AXVCPU_CPUID_SUBLEAF

/*
 * In ascending order. Leaves 4, 0xd and 8000_001Dh are lists and are added where
 * their numbers come. All else is zero: 2 (Intel cache codes), 3 (serial number),
 * 5 (MONITOR), 0xa (counters), 8000_000Ah (SVM), 8000_001Bh (IBS), 8000_001Ch
 * (LWP), 8000_001Fh (SEV), ...
 */
static const struct cpuid_leaf cpuid_leaves[] = {
	{ 0x0, .allow = { .ebx = CPUID_ALL, .ecx = CPUID_ALL, .edx = CPUID_ALL },
	  .make = make_max_basic },
	{ 0x1, .allow = { CPUID_ALL, L1_EBX_CLFLUSH, ALLOW_1_ECX, ALLOW_1_EDX },
	  .force = { .ecx = FORCE_1_ECX, .edx = FORCE_1_EDX }, .make = make_leaf1 },
	{ 0x4, },
	{ 0x6, .force = { .eax = AXCPUID_6_EAX_ARAT } },
	{ 0x7, 0, SUB, .allow = { CPUID_ALL, ALLOW_7_EBX, ALLOW_7_ECX, ALLOW_7_EDX },
	  .force = { .ebx = FORCE_7_EBX }, .make = make_leaf7 },
	{ 0x7, 1, SUB, .allow = { .eax = ALLOW_7_1_EAX }, .make = make_leaf7_1 },
	{ 0xb, 0, SUB, .make = make_smt },
	{ 0xb, 1, SUB, .make = make_cores },
	{ 0xd, },
	{ AXX86_CPUID_HYPERVISOR, .make = make_signature },
	{ AXX86_CPUID_TIMING, .make = make_timing },
	{ 0x80000000, .allow = { .ebx = CPUID_ALL, .ecx = CPUID_ALL, .edx = CPUID_ALL },
	  .make = make_max_ext },
	{ 0x80000001, .allow = { .eax = CPUID_ALL, .ecx = ALLOW_81_ECX, .edx = ALLOW_81_EDX },
	  .make = make_ext1 },
	{ 0x80000002, .allow = { CPUID_ALL, CPUID_ALL, CPUID_ALL, CPUID_ALL } },
	{ 0x80000003, .allow = { CPUID_ALL, CPUID_ALL, CPUID_ALL, CPUID_ALL } },
	{ 0x80000004, .allow = { CPUID_ALL, CPUID_ALL, CPUID_ALL, CPUID_ALL } },
	{ 0x80000005, .allow = { CPUID_ALL, CPUID_ALL, CPUID_ALL, CPUID_ALL } },
	{ 0x80000006, .allow = { CPUID_ALL, CPUID_ALL, CPUID_ALL, CPUID_ALL } },
	{ 0x80000007, .allow = { .edx = ALLOW_87_EDX } },
	{ 0x80000008, .allow = { .ebx = ALLOW_88_EBX }, .make = make_sizes },
	{ 0x80000019, .allow = { .eax = CPUID_ALL, .ebx = CPUID_ALL } },
	{ 0x8000001a, .allow = { .eax = ALLOW_81A_EAX } },
	{ 0x8000001d, },
	{ 0x8000001e, .make = make_node },
	{ 0x80000021, .allow = { .eax = ALLOW_821_EAX } },
};

/* Each vCPU is a core: what is not the last level is its own. */
static void build_caches(const struct cpuid_build *b, u32 leaf)
{
	struct axvcpu_cpuid_entry e;
	u32 i;

	for (i = 0; i < MAX_CACHES; i++) {
		build_read(b, leaf, i, &e);
		if (!FIELD_GET(CACHE_TYPE, e.eax))
			break;
		e.eax &= CACHE_EAX;
		e.edx &= CACHE_EDX;
		if (FIELD_GET(CACHE_LEVEL, e.eax) >= 3)
			e.eax |= FIELD_PREP(CACHE_SHARING, b->nr - 1);
		if (leaf == 4)
			e.eax |= FIELD_PREP(CACHE_CORES, min(b->nr, 64U) - 1);
		build_add(b, leaf, i, SUB, &e);
	}
}

/* The states of XCR0; places and sizes are the CPU's, since XSAVE puts them there. */
static void build_xsave(const struct cpuid_build *b)
{
	struct axvcpu_cpuid_entry e, size = { .eax = b->xcr0, .edx = b->xcr0 >> 32 };
	u32 first = b->c->nr, i;

	if (!b->xcr0)
		return;
	size.ebx = 576;
	size.ecx = 576;
	build_add(b, 0xd, 0, SUB, &size);
	build_read(b, 0xd, 1, &e);
	e = (struct axvcpu_cpuid_entry) { .eax = e.eax & ALLOW_D_1_EAX };
	build_add(b, 0xd, 1, SUB, &e);
	for (i = 2; i < 63; i++) {
		if (!(b->xcr0 & BIT_ULL(i)))
			continue;
		build_read(b, 0xd, i, &e);
		size.ecx = max(size.ecx, e.ebx + e.eax);
		e.ecx &= BIT(1);
		e.edx = 0;
		build_add(b, 0xd, i, SUB, &e);
	}
	b->c->entries[first].ecx = size.ecx;
}

static void build_leaf(const struct cpuid_build *b, const struct cpuid_leaf *row)
{
	struct axvcpu_cpuid_entry e;

	build_read(b, row->leaf, row->subleaf, &e);
	e.eax = (e.eax & row->allow.eax) | row->force.eax;
	e.ebx = (e.ebx & row->allow.ebx) | row->force.ebx;
	e.ecx = (e.ecx & row->allow.ecx) | row->force.ecx;
	e.edx = (e.edx & row->allow.edx) | row->force.edx;
	if (row->make)
		row->make(b, &e);
	build_add(b, row->leaf, row->subleaf, row->flags, &e);
}

/* States that fpu_load() and fpu_save() switch, in combinations that XSETBV takes. */
static u64 build_xcr0(u64 host)
{
	u64 xcr0 = host & AXXCR0_SWITCHED;

	if ((xcr0 & (AXXCR0_X87 | AXXCR0_SSE)) != (AXXCR0_X87 | AXXCR0_SSE))
		return 0;
	if (!(xcr0 & AXXCR0_AVX) || (xcr0 & AXXCR0_AVX512) != AXXCR0_AVX512)
		xcr0 &= ~AXXCR0_AVX512;
	return xcr0;
}

static void build_init(struct cpuid_build *b)
{
	struct axvcpu_cpuid_entry e = {};

	b->src->read(0, 0, &e);
	b->max_basic = e.eax;
	b->amd = e.ebx == 0x68747541 || e.ebx == 0x6f677948;	/* "Auth", "Hygo" */
	b->src->read(0x80000000, 0, &e);
	b->max_ext = e.eax;
	b->id = b->src->vcpu_id;
	b->nr = clamp(b->src->nr_vcpus, b->id + 1, 255U);
	while (BIT(b->shift) < b->nr)
		b->shift++;
	build_read(b, 0x80000001, 0, &e);
	b->rdtscp = e.edx & AXCPUID_81_EDX_RDTSCP;
	build_read(b, 0x80000008, 0, &e);
	b->phys_bits = min_t(u8, FIELD_GET(L88_PHYS_BITS, e.eax) ?: 36, b->src->gpa_bits);
	b->xcr0 = build_xcr0(b->src->xcr0);
}

/**
 * axx86_cpuid_build() - make the default view
 * @c: written, all of it
 * @src: what to make it from
 *
 * Pure, apart from what @src->read does.
 * Spec: APM Vol. 3, Appendix E.
 */
void axx86_cpuid_build(struct axx86_cpuid *c, const struct axx86_cpuid_source *src)
{
	struct cpuid_build b = { .src = src, .c = c };
	u32 i;

	memset(c, 0, sizeof(*c));
	build_init(&b);
	for (i = 0; i < ARRAY_SIZE(cpuid_leaves); i++) {
		u32 leaf = cpuid_leaves[i].leaf;

		if (leaf & BIT(31) && leaf > 0x80000008 && leaf > b.max_ext)
			break;
		if (leaf == 4 || leaf == 0x8000001d)
			build_caches(&b, leaf);
		else if (leaf == 0xd)
			build_xsave(&b);
		else
			build_leaf(&b, &cpuid_leaves[i]);
	}
	axx86_cpuid_seal(c, b.phys_bits);
}
