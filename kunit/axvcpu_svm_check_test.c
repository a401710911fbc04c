// SPDX-License-Identifier: GPL-2.0-only
/* Refused VMRUNs: each consistency rule is found, alone, and by its number. */
#include <kunit/test.h>

#include "../arch/x86/svm/svm_check.c"

/* 64-bit mode as the hardware likes it. */
static const struct axsvm_state good = {
	.efer = 0x1d01,
	.cr0 = 0x80010031,
	.cr3 = 0x1000,
	.cr4 = 0x620,
	.dr6 = 0xffff0ff0,
	.dr7 = 0x400,
	.cs_attrib = 0xa9b,
	.asid = 1,
	.max_asid = 16,
	.vmrun_intercepted = true,
	.msrpm_used = true,
	.msrpm = 0x7fffffe000,
	.iopm_used = true,
	.iopm = 0xffffffd000,
	.nested_paging = true,
	.n_cr3 = 0xfffffff000,
	.host_phys_bits = 40,
	.guest_phys_bits = 40,
	.efer_known = 0xfd01,
	.cr4_known = 0x770fff,
	.has_long_mode = true,
};

#define FIELD(member)	offsetof(struct axsvm_state, member), sizeof(good.member)

struct check_case {
	const char *name;
	struct {
		size_t offset;
		size_t size;
		u64 value;
	} change[3];
	u32 want;
};

static const struct check_case check_cases[] = {
	{ "a_good_state_breaks_no_rule", { }, 0 },
	{ "efer_without_svme", { { FIELD(efer), 0x0d01 } }, 1 },
	{ "cr0_nw_without_cd", { { FIELD(cr0), 0xa0010031 } }, 2 },
	{ "cr0_nw_with_cd_is_fine", { { FIELD(cr0), 0xe0010031 } }, 0 },
	{ "cr0_bit_32", { { FIELD(cr0), 0x180010031 } }, 3 },
	{ "cr0_bit_63", { { FIELD(cr0), 0x8000000080010031 } }, 3 },
	{ "cr3_beyond_the_guest_s_width", { { FIELD(cr3), 0x10000000000 } }, 4 },
	{ "cr3_bit_63", { { FIELD(cr3), 0x8000000000001000 } }, 4 },
	{ "cr3_of_legacy_mode_is_not_looked_at",
	  { { FIELD(cr3), 0x10000000000 }, { FIELD(efer), 0x1000 }, { FIELD(cr4), 0x0 } }, 0 },
	{ "cr4_bit_that_the_cpu_does_not_have", { { FIELD(cr4), 0x1620 } }, 5 },
	{ "cr4_bit_63", { { FIELD(cr4), 0x8000000000000620 } }, 5 },
	{ "dr6_bit_32", { { FIELD(dr6), 0x1ffff0ff0 } }, 6 },
	{ "dr7_bit_32", { { FIELD(dr7), 0x100000400 } }, 7 },
	{ "efer_bit_that_the_cpu_does_not_have", { { FIELD(efer), 0x1d03 } }, 8 },
	{ "efer_lme_without_long_mode_in_the_cpu", { { FIELD(has_long_mode), 0 } }, 9 },
	{ "long_mode_without_pae", { { FIELD(cr4), 0x600 } }, 10 },
	{ "long_mode_without_protection", { { FIELD(cr0), 0x80010030 } }, 11 },
	{ "paged_real_mode_is_fine",
	  { { FIELD(cr0), 0x80010030 }, { FIELD(efer), 0x1000 } }, 0 },
	{ "code_segment_with_l_and_d", { { FIELD(cs_attrib), 0xe9b } }, 12 },
	{ "code_segment_with_l_and_d_outside_long_mode_is_fine",
	  { { FIELD(cs_attrib), 0xe9b }, { FIELD(efer), 0x1000 } }, 0 },
	{ "vmrun_not_intercepted", { { FIELD(vmrun_intercepted), 0 } }, 13 },
	{ "msr_map_whose_second_page_is_beyond", { { FIELD(msrpm), 0xfffffff000 } }, 14 },
	{ "msr_map_that_is_not_used", { { FIELD(msrpm), 0xfffffff000 }, { FIELD(msrpm_used), 0 } },
	  0 },
	{ "io_map_whose_third_page_is_beyond", { { FIELD(iopm), 0xffffffe000 } }, 15 },
	{ "io_map_that_is_not_used", { { FIELD(iopm), 0xffffffe000 }, { FIELD(iopm_used), 0 } },
	  0 },
	{ "injection_of_type_1", { { FIELD(eventinj), 0x80000120 } }, 16 },
	{ "injection_of_type_5", { { FIELD(eventinj), 0x80000520 } }, 16 },
	{ "injection_that_is_not_valid_is_not_looked_at", { { FIELD(eventinj), 0x00000520 } }, 0 },
	{ "injection_of_an_interrupt", { { FIELD(eventinj), 0x800000ff } }, 0 },
	{ "injection_of_an_nmi", { { FIELD(eventinj), 0x80000202 } }, 0 },
	{ "injection_of_a_page_fault", { { FIELD(eventinj), 0x0000000280000b0e } }, 0 },
	{ "injection_of_int_n", { { FIELD(eventinj), 0x80000480 } }, 0 },
	{ "injection_of_vector_2_as_exception", { { FIELD(eventinj), 0x80000302 } }, 17 },
	{ "injection_of_vector_32_as_exception", { { FIELD(eventinj), 0x80000320 } }, 17 },
	{ "injection_of_bound_in_64_bit_mode", { { FIELD(eventinj), 0x80000305 } }, 18 },
	{ "injection_of_overflow_in_64_bit_mode", { { FIELD(eventinj), 0x80000304 } }, 18 },
	{ "injection_of_overflow_in_compatibility_mode",
	  { { FIELD(eventinj), 0x80000304 }, { FIELD(cs_attrib), 0xc9b } }, 0 },
	{ "asid_0", { { FIELD(asid), 0 } }, 19 },
	{ "asid_of_the_highest", { { FIELD(asid), 15 } }, 0 },
	{ "asid_beyond_the_highest", { { FIELD(asid), 16 } }, 101 },
	{ "nested_cr3_beyond_the_host_s_width", { { FIELD(n_cr3), 0x10000000000 } }, 102 },
	{ "nested_cr3_without_nested_paging",
	  { { FIELD(n_cr3), 0x10000000000 }, { FIELD(nested_paging), 0 } }, 0 },
	{ "of_two_broken_rules_the_first_in_the_manual",
	  { { FIELD(dr7), 0x100000400 }, { FIELD(cr0), 0xa0010031 } }, 2 },
};

static void check_case_desc(const struct check_case *c, char *desc)
{
	strscpy(desc, c->name, KUNIT_PARAM_DESC_SIZE);
}

KUNIT_ARRAY_PARAM(check, check_cases, check_case_desc);

static void the_broken_rule_is_found(struct kunit *test)
{
	const struct check_case *c = test->param_value;
	const char *why = "not written";
	struct axsvm_state s = good;
	size_t i;

	for (i = 0; i < ARRAY_SIZE(c->change); i++)
		memcpy((u8 *)&s + c->change[i].offset, &c->change[i].value, c->change[i].size);
	KUNIT_EXPECT_EQ(test, axsvm_check(&s, &why), c->want);
	KUNIT_EXPECT_EQ(test, !why, !c->want);
}

static void every_rule_has_words_that_fit_the_exit(struct kunit *test)
{
	size_t i, k;

	for (i = 0; i < ARRAY_SIZE(rules); i++) {
		KUNIT_EXPECT_GT(test, strlen(rules[i].why), (size_t)0);
		KUNIT_EXPECT_LT(test, strlen(rules[i].why), (size_t)112);
		for (k = 0; k < i; k++)
			KUNIT_EXPECT_NE(test, rules[k].number, rules[i].number);
	}
}

static struct kunit_case check_suite_cases[] = {
	KUNIT_CASE_PARAM(the_broken_rule_is_found, check_gen_params),
	KUNIT_CASE(every_rule_has_words_that_fit_the_exit),
	{}
};

static struct kunit_suite check_suite = {
	.name = "axvcpu_svm_check",
	.test_cases = check_suite_cases,
};
kunit_test_suite(check_suite);
