// SPDX-License-Identifier: GPL-2.0-only
/* The CPUID view: what of a host gets through, what is made here, and what it lets a guest do. */
#include <kunit/test.h>

#include "../arch/x86/x86_cpuid.c"
#include "../arch/x86/x86_cpuid_build.c"

#define AMD_EBX		0x68747541
#define AMD_ECX		0x444d4163
#define AMD_EDX		0x69746e65
#define ALL_XCR0	(~0ULL)

struct fake_leaf {
	u32 leaf, subleaf, eax, ebx, ecx, edx;
};

/* Places of XSAVE states as an EPYC has them. */
static const struct fake_leaf xsave_leaves[] = {
	{ 0xd, 0, 0xffffffff, 0xffffffff, 0xffffffff, 0xffffffff },
	{ 0xd, 1, 0xffffffff, 0xffffffff, 0xffffffff, 0xffffffff },
	{ 0xd, 2, 0x100, 0x240, 0, 0 },
	{ 0xd, 5, 0x48, 0x338, 0, 0 },
	{ 0xd, 6, 0x200, 0x380, 0, 0 },
	{ 0xd, 7, 0x400, 0x580, 2, 0 },
	{ 0xd, 9, 0x8, 0x980, 0, 0 },
};

static bool fake_find(const struct fake_leaf *rows, size_t nr, u32 leaf, u32 subleaf,
		      struct axvcpu_cpuid_entry *out)
{
	size_t i;

	for (i = 0; i < nr; i++) {
		if (rows[i].leaf == leaf && rows[i].subleaf == subleaf) {
			out->eax = rows[i].eax;
			out->ebx = rows[i].ebx;
			out->ecx = rows[i].ecx;
			out->edx = rows[i].edx;
			return true;
		}
	}
	return false;
}

/* A host that has every bit there is and will be. */
static void read_ones(u32 leaf, u32 subleaf, struct axvcpu_cpuid_entry *out)
{
	static const struct fake_leaf rows[] = {
		{ 0x0, 0, 0x10, AMD_EBX, AMD_ECX, AMD_EDX },
		{ 0x80000000, 0, 0x80000030, AMD_EBX, AMD_ECX, AMD_EDX },
		{ 0x80000008, 0, 0xffff3934, 0xffffffff, 0xffffffff, 0xffffffff },
		{ 0x8000001d, 0, 0xffffc121, 0x01c0003f, 0x3f, 0 },
		{ 0x8000001d, 1, 0xffffc163, 0x03c0003f, 0x3fff, 0xffffffff },
		{ 0x8000001d, 2, 0, 0, 0, 0 },
	};

	if (fake_find(rows, ARRAY_SIZE(rows), leaf, subleaf, out) ||
	    fake_find(xsave_leaves, ARRAY_SIZE(xsave_leaves), leaf, subleaf, out))
		return;
	out->eax = 0xffffffff;
	out->ebx = 0xffffffff;
	out->ecx = 0xffffffff;
	out->edx = 0xffffffff;
}

/* A small one of another vendor, that answers leaves it does not have with something. */
static void read_small(u32 leaf, u32 subleaf, struct axvcpu_cpuid_entry *out)
{
	static const struct fake_leaf rows[] = {
		{ 0x0, 0, 0x2, 0x756e6547, 0x6c65746e, 0x49656e69 },
		{ 0x1, 0, 0x000006fb, 0xff040800, 0x00000001, 0x07808111 },
		{ 0x80000000, 0, 0x80000008, 0, 0, 0 },
		{ 0x80000001, 0, 0, 0, 0x00000001, 0x20100800 },
		{ 0x80000008, 0, 0x00003024, 0, 0, 0 },
	};

	if (!fake_find(rows, ARRAY_SIZE(rows), leaf, subleaf, out)) {
		out->eax = 0x11111111;
		out->ebx = 0x22222222;
		out->ecx = 0x33333333;
		out->edx = 0x44444444;
	}
}

enum host { ONES, NO_XSAVE, NO_AVX, NO_AVX512, SMALL };

static void build(struct axx86_cpuid *c, enum host host, u32 id, u32 nr)
{
	static const u64 xcr0[] = {
		[ONES] = ALL_XCR0, [NO_XSAVE] = 0, [NO_AVX] = 0x3, [NO_AVX512] = 0x207,
		[SMALL] = 0,
	};
	struct axx86_cpuid_source src = {
		.read = host == SMALL ? read_small : read_ones,
		.xcr0 = xcr0[host],
		.tsc_khz = 2500000,
		.bus_khz = 1000000,
		.gpa_bits = 48,
		.vcpu_id = id,
		.nr_vcpus = nr,
	};

	memset(c, 0xa5, sizeof(*c));
	axx86_cpuid_build(c, &src);
}

static struct axx86_cpuid *new_view(struct kunit *test, enum host host, u32 id, u32 nr)
{
	struct axx86_cpuid *c = kunit_kzalloc(test, sizeof(*c), GFP_KERNEL);

	KUNIT_ASSERT_NOT_ERR_OR_NULL(test, c);
	build(c, host, id, nr);
	return c;
}

struct cpuid_case {
	const char *name;
	enum host host;
	u32 id;
	u32 nr;
	u32 leaf;
	u32 subleaf;
	u64 cr4;
	u64 xcr0;
	u32 want[4];
};

static const struct cpuid_case cpuid_cases[] = {
	{ "leaf_0_ends_at_0xd_with_the_vendor_of_the_host", ONES, 0, 1, 0x0, 0, 0, 1,
	  { 0xd, AMD_EBX, AMD_ECX, AMD_EDX } },
	{ "leaf_1_hides_monitor_vmx_osxsave_and_what_nobody_knows", ONES, 0, 1, 0x1, 0, 0, 1,
	  { 0xffffffff, 0x0000ff00, 0xf7fa3203, 0x078bfbff } },
	{ "leaf_1_osxsave_follows_cr4", ONES, 0, 1, 0x1, 0, 0x40000, 1,
	  { 0xffffffff, 0x0000ff00, 0xfffa3203, 0x078bfbff } },
	{ "leaf_1_tells_apic_id_and_count", ONES, 5, 8, 0x1, 0, 0, 1,
	  { 0xffffffff, 0x0508ff00, 0xf7fa3203, 0x178bfbff } },
	{ "leaf_1_without_host_xsave_has_no_xsave_and_no_avx", NO_XSAVE, 0, 1, 0x1, 0, 0, 1,
	  { 0xffffffff, 0x0000ff00, 0xc3fa2203, 0x078bfbff } },
	{ "leaf_1_without_host_avx_keeps_xsave", NO_AVX, 0, 1, 0x1, 0, 0, 1,
	  { 0xffffffff, 0x0000ff00, 0xc7fa2203, 0x078bfbff } },
	{ "leaf_1_of_a_small_host_still_has_apic_x2apic_deadline_hypervisor", SMALL, 0, 1, 0x1, 0,
	  0, 1, { 0x000006fb, 0x00000800, 0x81200001, 0x07808311 } },
	{ "leaf_2_cache_codes_are_hidden", ONES, 0, 1, 0x2, 0, 0, 1, { } },
	{ "leaf_5_monitor_is_hidden", ONES, 0, 1, 0x5, 0, 0, 1, { } },
	{ "leaf_6_has_arat_alone", ONES, 0, 1, 0x6, 0, 0, 1, { 0x4, 0, 0, 0 } },
	{ "leaf_7_hides_cet_pks_waitpkg_la57_mpx_and_speculation_controls", ONES, 0, 1,
	  0x7, 0, 0, 1, { 0x1, 0xf1bf2ffb, 0x1a405f4e, 0x00814510 } },
	{ "leaf_7_ospke_follows_cr4", ONES, 0, 1, 0x7, 0, 0x400000, 1,
	  { 0x1, 0xf1bf2ffb, 0x1a405f5e, 0x00814510 } },
	{ "leaf_7_without_avx_and_pkru_states", NO_AVX, 0, 1, 0x7, 0, 0, 1,
	  { 0x1, 0x219c2fdb, 0x1a400104, 0x00014410 } },
	{ "leaf_7_without_avx512_states_keeps_avx2_and_pku", NO_AVX512, 0, 1, 0x7, 0, 0, 1,
	  { 0x1, 0x219c2ffb, 0x1a40070c, 0x00014410 } },
	{ "leaf_7_subleaf_1_has_no_state_of_its_own", ONES, 0, 1, 0x7, 1, 0x400000, 1,
	  { 0x1c30, 0, 0, 0 } },
	{ "leaf_7_subleaf_2_is_zero", ONES, 0, 1, 0x7, 2, 0x400000, 1, { } },
	{ "leaf_7_of_a_small_host_is_not_made_of_another_leaf", SMALL, 0, 1, 0x7, 0, 0, 1,
	  { 0, 0x2, 0, 0 } },
	{ "leaf_a_counters_are_hidden", ONES, 0, 1, 0xa, 0, 0, 1, { } },
	{ "leaf_b_level_0_is_one_thread", ONES, 5, 6, 0xb, 0, 0, 1, { 0, 1, 0x100, 5 } },
	{ "leaf_b_level_1_is_all_cores", ONES, 5, 6, 0xb, 1, 0, 1, { 3, 6, 0x201, 5 } },
	{ "leaf_b_beyond_repeats_level_and_id", ONES, 5, 6, 0xb, 2, 0, 1, { 0, 0, 2, 5 } },
	{ "leaf_b_shows_at_least_up_to_its_own_id", ONES, 4, 0, 0xb, 1, 0, 1, { 3, 5, 0x201, 4 } },
	{ "leaf_d_size_now_is_legacy_with_xcr0_of_reset", ONES, 0, 1, 0xd, 0, 0, 0x1,
	  { 0x2e7, 576, 0x988, 0 } },
	{ "leaf_d_size_now_with_avx", ONES, 0, 1, 0xd, 0, 0, 0x7, { 0x2e7, 832, 0x988, 0 } },
	{ "leaf_d_size_now_with_all", ONES, 0, 1, 0xd, 0, 0, 0x2e7, { 0x2e7, 2440, 0x988, 0 } },
	{ "leaf_d_size_max_without_avx512", NO_AVX512, 0, 1, 0xd, 0, 0, 0x1,
	  { 0x207, 576, 0x988, 0 } },
	{ "leaf_d_1_hides_xsaves_and_sizes_the_compacted_form", ONES, 0, 1, 0xd, 1, 0, 0x207,
	  { 0x7, 840, 0, 0 } },
	{ "leaf_d_1_aligns_where_the_state_asks_for_it", ONES, 0, 1, 0xd, 1, 0, 0xe3,
	  { 0x7, 2240, 0, 0 } },
	{ "leaf_d_2_is_the_place_of_avx", ONES, 0, 1, 0xd, 2, 0, 1, { 0x100, 0x240, 0, 0 } },
	{ "leaf_d_7_keeps_the_alignment_flag_alone", ONES, 0, 1, 0xd, 7, 0, 1,
	  { 0x400, 0x580, 2, 0 } },
	{ "leaf_d_3_is_a_state_nobody_switches", ONES, 0, 1, 0xd, 3, 0, 1, { } },
	{ "leaf_d_is_zero_without_host_xsave", NO_XSAVE, 0, 1, 0xd, 0, 0, 1, { } },
	{ "leaf_10_is_beyond_the_highest", ONES, 0, 1, 0x10, 0, 0, 1, { } },
	{ "leaf_14_trace_is_hidden", ONES, 0, 1, 0x14, 0, 0, 1, { } },
	{ "hypervisor_leaf_has_the_signature", ONES, 0, 1, 0x40000000, 0, 0, 1,
	  { 0x40000010, 0x43565841, 0x58415550, 0x55504356 } },
	{ "hypervisor_leaf_1_promises_nothing", ONES, 0, 1, 0x40000001, 0, 0, 1, { } },
	{ "timing_leaf_has_tsc_and_bus_khz", ONES, 0, 1, 0x40000010, 0, 0, 1,
	  { 2500000, 1000000, 0, 0 } },
	{ "highest_extended_leaf_is_at_most_80000021", ONES, 0, 1, 0x80000000, 0, 0, 1,
	  { 0x80000021, AMD_EBX, AMD_ECX, AMD_EDX } },
	{ "leaf_80000001_hides_svm_and_counters", ONES, 0, 1, 0x80000001, 0, 0, 1,
	  { 0xffffffff, 0, 0x006309f1, 0xefd3fbff } },
	{ "leaf_80000001_of_several_cores", ONES, 1, 2, 0x80000001, 0, 0, 1,
	  { 0xffffffff, 0, 0x006309f3, 0xefd3fbff } },
	{ "leaf_80000001_of_a_small_host", SMALL, 0, 1, 0x80000001, 0, 0, 1,
	  { 0, 0, 0x1, 0x20100800 } },
	{ "leaf_80000007_has_the_invariant_tsc_alone", ONES, 0, 1, 0x80000007, 0, 0, 1,
	  { 0, 0, 0, 0x100 } },
	{ "leaf_80000008_caps_widths_and_hides_speculation_controls", ONES, 2, 6, 0x80000008, 0,
	  0, 1, { 0x3030, 0x24000005, 0x3005, 0 } },
	{ "leaf_80000008_of_a_small_host", SMALL, 0, 1, 0x80000008, 0, 0, 1, { 0x3024, 0, 0, 0 } },
	{ "leaf_8000000a_svm_is_hidden", ONES, 0, 1, 0x8000000a, 0, 0, 1, { } },
	{ "leaf_8000001b_ibs_is_hidden", ONES, 0, 1, 0x8000001b, 0, 0, 1, { } },
	{ "leaf_8000001d_first_cache_is_the_core_s_own", ONES, 0, 4, 0x8000001d, 0, 0, 1,
	  { 0x121, 0x01c0003f, 0x3f, 0 } },
	{ "leaf_8000001d_last_cache_is_shared_by_all", ONES, 0, 4, 0x8000001d, 1, 0, 1,
	  { 0xc163, 0x03c0003f, 0x3fff, 7 } },
	{ "leaf_8000001d_ends", ONES, 0, 4, 0x8000001d, 2, 0, 1, { } },
	{ "leaf_8000001e_has_the_ids", ONES, 3, 4, 0x8000001e, 0, 0, 1, { 3, 3, 0, 0 } },
	{ "leaf_8000001f_sev_is_hidden", ONES, 0, 1, 0x8000001f, 0, 0, 1, { } },
	{ "leaf_80000021_hides_automatic_ibrs", ONES, 0, 1, 0x80000021, 0, 0, 1,
	  { 0x45, 0, 0, 0 } },
	{ "leaf_c0000000_is_nothing", ONES, 0, 1, 0xc0000000, 0, 0, 1, { } },
	{ "leaf_ffffffff_is_nothing", ONES, 0, 1, 0xffffffff, 0xffffffff, 0, 1, { } },
};

static void cpuid_case_desc(const struct cpuid_case *c, char *desc)
{
	strscpy(desc, c->name, KUNIT_PARAM_DESC_SIZE);
}

KUNIT_ARRAY_PARAM(cpuid, cpuid_cases, cpuid_case_desc);

static void cpuid_answers(struct kunit *test)
{
	const struct cpuid_case *t = test->param_value;
	struct axx86_cpuid *c = new_view(test, t->host, t->id, t->nr);
	struct axvcpu_cpuid_entry got;

	memset(&got, 0xa5, sizeof(got));
	axx86_cpuid_lookup(c, t->leaf, t->subleaf, t->cr4, t->xcr0, &got);
	KUNIT_EXPECT_EQ(test, got.eax, t->want[0]);
	KUNIT_EXPECT_EQ(test, got.ebx, t->want[1]);
	KUNIT_EXPECT_EQ(test, got.ecx, t->want[2]);
	KUNIT_EXPECT_EQ(test, got.edx, t->want[3]);
}

struct limit_case {
	const char *name;
	enum host host;
	u64 xcr0;
	u64 cr4;
	u64 efer;
	u8 maxphyaddr;
	bool rdtscp;
};

static const struct limit_case limit_cases[] = {
	{ "a_host_with_everything", ONES, 0x2e7, 0x770fff, 0xcd01, 48, true },
	{ "a_host_without_xsave", NO_XSAVE, 0, 0x330fff, 0xcd01, 48, true },
	{ "a_host_without_avx512", NO_AVX512, 0x207, 0x770fff, 0xcd01, 48, true },
	{ "a_small_host", SMALL, 0, 0x704, 0xd01, 36, false },
};

static void limit_case_desc(const struct limit_case *c, char *desc)
{
	strscpy(desc, c->name, KUNIT_PARAM_DESC_SIZE);
}

KUNIT_ARRAY_PARAM(limit, limit_cases, limit_case_desc);

static void view_grants(struct kunit *test)
{
	const struct limit_case *t = test->param_value;
	struct axx86_cpuid *c = new_view(test, t->host, 0, 1);

	KUNIT_EXPECT_EQ(test, c->xcr0_supported, t->xcr0);
	KUNIT_EXPECT_EQ(test, c->xss_supported, 0ULL);
	KUNIT_EXPECT_EQ(test, c->cr4_allowed, t->cr4);
	KUNIT_EXPECT_EQ(test, c->efer_allowed, t->efer);
	KUNIT_EXPECT_EQ(test, c->maxphyaddr, t->maxphyaddr);
	KUNIT_EXPECT_EQ(test, c->has_rdtscp, t->rdtscp);
	KUNIT_EXPECT_TRUE(test, c->has_x2apic);
	KUNIT_EXPECT_TRUE(test, c->has_tsc_deadline);
	KUNIT_EXPECT_FALSE(test, c->from_user);
}

static void a_lying_table_grants_no_more_than_the_host(struct kunit *test)
{
	static const struct axvcpu_cpuid_entry lies[] = {
		{ 0x1, 0, 0, ~0U, ~0U, ~0U, ~0U },
		{ 0x7, 0, 1, ~0U, ~0U, ~0U, ~0U },
		{ 0xd, 0, 1, ~0U, ~0U, ~0U, ~0U },
		{ 0x80000001, 0, 0, ~0U, ~0U, ~0U, ~0U },
		{ 0x80000008, 0, 0, ~0U, ~0U, ~0U, ~0U },
	};
	struct axx86_cpuid *c = new_view(test, SMALL, 0, 1);

	KUNIT_ASSERT_EQ(test, axx86_cpuid_set(c, lies, ARRAY_SIZE(lies)), 0);
	KUNIT_EXPECT_EQ(test, c->xcr0_supported, 0ULL);
	KUNIT_EXPECT_EQ(test, c->xss_supported, 0ULL);
	KUNIT_EXPECT_EQ(test, c->cr4_allowed, 0x704ULL);
	KUNIT_EXPECT_EQ(test, c->efer_allowed, 0xd01ULL);
	KUNIT_EXPECT_EQ(test, c->maxphyaddr, (u8)36);
	KUNIT_EXPECT_FALSE(test, c->has_rdtscp);
	KUNIT_EXPECT_TRUE(test, c->from_user);
}

static void a_smaller_table_grants_less(struct kunit *test)
{
	static const struct axvcpu_cpuid_entry few[] = {
		{ 0x80000001, 0, 0, 0, 0, 0, 0x20000000 },
		{ 0x1, 0, 0, 0, 0, 0x04000000, 0x40 },
		{ 0xd, 0, 1, 0x3, 0, 0, 0 },
	};
	struct axx86_cpuid *c = new_view(test, ONES, 0, 1);

	KUNIT_ASSERT_EQ(test, axx86_cpuid_set(c, few, ARRAY_SIZE(few)), 0);
	KUNIT_EXPECT_EQ(test, c->xcr0_supported, 0x3ULL);
	KUNIT_EXPECT_EQ(test, c->cr4_allowed, 0x40120ULL);
	KUNIT_EXPECT_EQ(test, c->efer_allowed, 0x501ULL);
	KUNIT_EXPECT_EQ(test, c->maxphyaddr, (u8)36);
	KUNIT_EXPECT_FALSE(test, c->has_rdtscp);
	KUNIT_EXPECT_FALSE(test, c->has_x2apic);
	KUNIT_EXPECT_FALSE(test, c->has_tsc_deadline);
}

static void a_table_is_sorted_whatever_order_it_comes_in(struct kunit *test)
{
	static const struct axvcpu_cpuid_entry mixed[] = {
		{ 0xffffffff, 0, 0, 5 }, { 0x4, 2, 1, 3 }, { 0x80000000, 0, 0, 4 },
		{ 0x4, 0, 1, 1 }, { 0x0, 0, 0, 0 }, { 0x4, 1, 1, 2 },
	};
	struct axx86_cpuid *c = new_view(test, ONES, 0, 1);
	u32 i;

	KUNIT_ASSERT_EQ(test, axx86_cpuid_set(c, mixed, ARRAY_SIZE(mixed)), 0);
	KUNIT_ASSERT_EQ(test, c->nr, 6U);
	for (i = 0; i < 6; i++)
		KUNIT_EXPECT_EQ(test, c->entries[i].eax, i);
	KUNIT_EXPECT_EQ(test, axx86_cpuid_find(c, 0xffffffff, 7)->eax, 5U);
	KUNIT_EXPECT_NULL(test, axx86_cpuid_find(c, 0x4, 3));
	KUNIT_EXPECT_NULL(test, axx86_cpuid_find(c, 0xfffffffe, 0));
	KUNIT_EXPECT_NULL(test, axx86_cpuid_find(c, 0x1, 0));
}

struct bad_case {
	const char *name;
	u32 nr;
	struct axvcpu_cpuid_entry entries[2];
};

static const struct bad_case bad_cases[] = {
	{ "no_entry", 0, { } },
	{ "more_entries_than_a_table_has", 257, { } },
	{ "an_unknown_flag", 1, { { .leaf = 1, .flags = 2 } } },
	{ "a_pad_that_is_not_zero", 1, { { .leaf = 1, .pad = 1 } } },
	{ "a_subleaf_without_its_flag", 1, { { .leaf = 1, .subleaf = 1 } } },
	{ "a_leaf_twice", 2, { { .leaf = 1 }, { .leaf = 1 } } },
	{ "a_subleaf_twice", 2, { { .leaf = 4, .subleaf = 1, .flags = 1 },
				  { .leaf = 4, .subleaf = 1, .flags = 1 } } },
	{ "a_leaf_with_and_without_subleaves", 2, { { .leaf = 4, .subleaf = 1, .flags = 1 },
						    { .leaf = 4 } } },
};

static void bad_case_desc(const struct bad_case *c, char *desc)
{
	strscpy(desc, c->name, KUNIT_PARAM_DESC_SIZE);
}

KUNIT_ARRAY_PARAM(bad, bad_cases, bad_case_desc);

static void a_wrong_table_changes_nothing(struct kunit *test)
{
	const struct bad_case *t = test->param_value;
	struct axx86_cpuid *c = new_view(test, ONES, 0, 1);
	struct axx86_cpuid *before = new_view(test, ONES, 0, 1);

	KUNIT_EXPECT_EQ(test, axx86_cpuid_set(c, t->entries, t->nr), -EINVAL);
	KUNIT_EXPECT_EQ(test, memcmp(c, before, sizeof(*c)), 0);
}

static void a_view_is_a_table_that_userspace_may_set(struct kunit *test)
{
	struct axx86_cpuid *c = new_view(test, ONES, 3, 4);
	struct axx86_cpuid *copy = new_view(test, ONES, 0, 1);

	KUNIT_ASSERT_EQ(test, axx86_cpuid_set(copy, c->entries, c->nr), 0);
	KUNIT_EXPECT_EQ(test, copy->nr, c->nr);
	KUNIT_EXPECT_EQ(test, memcmp(copy->entries, c->entries, sizeof(c->entries)), 0);
	KUNIT_EXPECT_EQ(test, memcmp(copy->index, c->index, sizeof(c->index)), 0);
	KUNIT_EXPECT_EQ(test, copy->cr4_allowed, c->cr4_allowed);
	KUNIT_EXPECT_EQ(test, copy->xcr0_supported, c->xcr0_supported);
}

static struct kunit_case cpuid_suite_cases[] = {
	KUNIT_CASE_PARAM(cpuid_answers, cpuid_gen_params),
	KUNIT_CASE_PARAM(view_grants, limit_gen_params),
	KUNIT_CASE(a_lying_table_grants_no_more_than_the_host),
	KUNIT_CASE(a_smaller_table_grants_less),
	KUNIT_CASE(a_table_is_sorted_whatever_order_it_comes_in),
	KUNIT_CASE_PARAM(a_wrong_table_changes_nothing, bad_gen_params),
	KUNIT_CASE(a_view_is_a_table_that_userspace_may_set),
	{}
};

static struct kunit_suite cpuid_suite = {
	.name = "axvcpu_x86_cpuid",
	.test_cases = cpuid_suite_cases,
};

kunit_test_suite(cpuid_suite);
