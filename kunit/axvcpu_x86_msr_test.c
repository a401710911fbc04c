// SPDX-License-Identifier: GPL-2.0-only
/* The MSR policy of a VM, and the values that memory type and APIC base registers take. */
#include <kunit/test.h>

#include "../arch/x86/x86_msr_policy.c"

static const struct axvcpu_msr_range policy[] = {
	{ 0x10, 0x10, AXVCPU_MSR_EXIT, AXVCPU_MSR_FAULT },
	{ 0x0, 0xff, AXVCPU_MSR_IGNORE, AXVCPU_MSR_EXIT },
	{ 0x800, 0x8ff, AXVCPU_MSR_FAULT, AXVCPU_MSR_FAULT },
	{ 0xc0000080, 0xc0000084, AXVCPU_MSR_FAULT, AXVCPU_MSR_FAULT },
	{ 0xffffffff, 0xffffffff, AXVCPU_MSR_FAULT, AXVCPU_MSR_IGNORE },
};

struct policy_case {
	const char *name;
	u32 msr;
	bool write;
	u32 want;
};

static const struct policy_case policy_cases[] = {
	{ "the_first_range_that_fits_decides_reads", 0x10, false, AXVCPU_MSR_EXIT },
	{ "the_first_range_that_fits_decides_writes", 0x10, true, AXVCPU_MSR_FAULT },
	{ "the_first_number_is_in_a_range", 0x0, false, AXVCPU_MSR_IGNORE },
	{ "the_last_number_is_in_a_range", 0xff, true, AXVCPU_MSR_EXIT },
	{ "a_number_after_a_range_is_not", 0x100, true, AXVCPU_MSR_DEFAULT },
	{ "the_highest_number_of_all", 0xffffffff, false, AXVCPU_MSR_FAULT },
	{ "the_apic_base_is_out_of_reach", 0x1b, false, AXVCPU_MSR_DEFAULT },
	{ "the_first_x2apic_register_is_out_of_reach", 0x800, true, AXVCPU_MSR_DEFAULT },
	{ "the_last_x2apic_register_is_out_of_reach", 0x8ff, false, AXVCPU_MSR_DEFAULT },
	{ "efer_is_out_of_reach", 0xc0000080, true, AXVCPU_MSR_DEFAULT },
	{ "star_is_not", 0xc0000081, true, AXVCPU_MSR_FAULT },
};

static void policy_case_desc(const struct policy_case *c, char *desc)
{
	strscpy(desc, c->name, KUNIT_PARAM_DESC_SIZE);
}

KUNIT_ARRAY_PARAM(policy, policy_cases, policy_case_desc);

static void an_access_is_decided(struct kunit *test)
{
	const struct policy_case *c = test->param_value;

	KUNIT_EXPECT_EQ(test, axx86_msr_policy(policy, ARRAY_SIZE(policy), c->msr, c->write),
			c->want);
}

static void a_wrong_policy_is_refused(struct kunit *test)
{
	struct axvcpu_msr_range r = { 0x10, 0x20, 3, 3 };

	KUNIT_EXPECT_EQ(test, axx86_msr_policy_check(&r, 1), 0);
	KUNIT_EXPECT_EQ(test, axx86_msr_policy_check(NULL, 0), 0);
	KUNIT_EXPECT_EQ(test, axx86_msr_policy_check(NULL, 65), -EINVAL);
	r.last = 0xf;
	KUNIT_EXPECT_EQ(test, axx86_msr_policy_check(&r, 1), -EINVAL);
	r = (struct axvcpu_msr_range) { 0x10, 0x20, 4, 0 };
	KUNIT_EXPECT_EQ(test, axx86_msr_policy_check(&r, 1), -EINVAL);
	r = (struct axvcpu_msr_range) { 0x10, 0x20, 0, 4 };
	KUNIT_EXPECT_EQ(test, axx86_msr_policy_check(&r, 1), -EINVAL);
}

static void pat_takes_six_types(struct kunit *test)
{
	KUNIT_EXPECT_TRUE(test, axx86_pat_valid(0x0007040600070406));
	KUNIT_EXPECT_TRUE(test, axx86_pat_valid(0x0706050401000706));
	KUNIT_EXPECT_FALSE(test, axx86_pat_valid(0x0007040600070402));
	KUNIT_EXPECT_FALSE(test, axx86_pat_valid(0x0307040600070406));
	KUNIT_EXPECT_FALSE(test, axx86_pat_valid(0x0007040600080406));
}

struct mtrr_case {
	const char *name;
	u32 msr;
	u64 val;
	bool want;
};

static const struct mtrr_case mtrr_cases[] = {
	{ "default_type_write_back_enabled", 0x2ff, 0xc06, true },
	{ "default_type_reserved_bit", 0x2ff, 0x1006, false },
	{ "default_type_2", 0x2ff, 0x802, false },
	{ "base_write_combining", 0x200, 0xc0000001, true },
	{ "base_type_7_is_pat_s_alone", 0x200, 0xc0000007, false },
	{ "base_reserved_bits", 0x20e, 0xc0000106, false },
	{ "base_beyond_the_width", 0x200, 0x10000000006, false },
	{ "mask_valid", 0x201, 0xffc0000800, true },
	{ "mask_reserved_bits", 0x201, 0xffc0000400, false },
	{ "mask_beyond_the_width", 0x20f, 0x1ffc0000800, false },
	{ "fixed_all_types", 0x250, 0x0606050404010006, true },
	{ "fixed_one_wrong_type", 0x26f, 0x0606060606060306, false },
};

static void mtrr_case_desc(const struct mtrr_case *c, char *desc)
{
	strscpy(desc, c->name, KUNIT_PARAM_DESC_SIZE);
}

KUNIT_ARRAY_PARAM(mtrr, mtrr_cases, mtrr_case_desc);

static void mtrr_values_are_checked(struct kunit *test)
{
	const struct mtrr_case *c = test->param_value;

	KUNIT_EXPECT_EQ(test, axx86_mtrr_valid(c->msr, c->val, 40), c->want);
}

struct base_case {
	const char *name;
	u64 old;
	u64 val;
	int want;
};

static const struct base_case base_cases[] = {
	{ "stays_as_it_is", 0xfee00900, 0xfee00900, 0 },
	{ "moves", 0xfee00900, 0xfed00900, 0 },
	{ "goes_off", 0xfee00900, 0xfee00100, 0 },
	{ "comes_back", 0xfee00100, 0xfee00900, 0 },
	{ "xapic_to_x2apic", 0xfee00900, 0xfee00d00, 0 },
	{ "x2apic_to_off", 0xfee00d00, 0xfee00100, 0 },
	{ "x2apic_to_xapic_is_gp", 0xfee00d00, 0xfee00900, -EINVAL },
	{ "off_to_x2apic_is_gp", 0xfee00100, 0xfee00d00, -EINVAL },
	{ "x2apic_without_enable_is_gp", 0xfee00900, 0xfee00500, -EINVAL },
	{ "reserved_low_bit_is_gp", 0xfee00900, 0xfee00901, -EINVAL },
	{ "beyond_the_width_is_gp", 0xfee00900, 0x100fee00900, -EINVAL },
};

static void base_case_desc(const struct base_case *c, char *desc)
{
	strscpy(desc, c->name, KUNIT_PARAM_DESC_SIZE);
}

KUNIT_ARRAY_PARAM(base, base_cases, base_case_desc);

static void apic_base_changes_are_checked(struct kunit *test)
{
	const struct base_case *c = test->param_value;

	KUNIT_EXPECT_EQ(test, axx86_apic_base_check(c->old, c->val, 40, true), c->want);
}

static void x2apic_mode_needs_its_cpuid_bit(struct kunit *test)
{
	KUNIT_EXPECT_EQ(test, axx86_apic_base_check(0xfee00900, 0xfee00d00, 40, false), -EINVAL);
}

static struct kunit_case msr_suite_cases[] = {
	KUNIT_CASE_PARAM(an_access_is_decided, policy_gen_params),
	KUNIT_CASE(a_wrong_policy_is_refused),
	KUNIT_CASE(pat_takes_six_types),
	KUNIT_CASE_PARAM(mtrr_values_are_checked, mtrr_gen_params),
	KUNIT_CASE_PARAM(apic_base_changes_are_checked, base_gen_params),
	KUNIT_CASE(x2apic_mode_needs_its_cpuid_bit),
	{}
};

static struct kunit_suite msr_suite = {
	.name = "axvcpu_x86_msr",
	.test_cases = msr_suite_cases,
};

kunit_test_suite(msr_suite);
