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

enum field {
	NONE,
	EFER,
	CR0,
	CR3,
	CR4,
	DR6,
	DR7,
	CS_ATTRIB,
	ASID,
	VMRUN_INTERCEPTED,
	MSRPM_USED,
	MSRPM,
	IOPM_USED,
	IOPM,
	EVENTINJ,
	NESTED_PAGING,
	N_CR3,
	HAS_LONG_MODE,
};

struct check_case {
	const char *name;
	struct {
		enum field field;
		u64 value;
	} change[3];
	u32 want;
};

static const struct check_case check_cases[] = {
	{ "a_good_state_breaks_no_rule", { }, 0 },
	{ "efer_without_svme", { { EFER, 0x0d01 } }, 1 },
	{ "cr0_nw_without_cd", { { CR0, 0xa0010031 } }, 2 },
	{ "cr0_nw_with_cd_is_fine", { { CR0, 0xe0010031 } }, 0 },
	{ "cr0_bit_32", { { CR0, 0x180010031 } }, 3 },
	{ "cr0_bit_63", { { CR0, 0x8000000080010031 } }, 3 },
	{ "cr3_beyond_the_guest_s_width", { { CR3, 0x10000000000 } }, 4 },
	{ "cr3_bit_63", { { CR3, 0x8000000000001000 } }, 4 },
	{ "cr3_of_legacy_mode_is_not_looked_at",
	  { { CR3, 0x10000000000 }, { EFER, 0x1000 }, { CR4, 0x0 } }, 0 },
	{ "cr4_bit_that_the_cpu_does_not_have", { { CR4, 0x1620 } }, 5 },
	{ "cr4_bit_63", { { CR4, 0x8000000000000620 } }, 5 },
	{ "dr6_bit_32", { { DR6, 0x1ffff0ff0 } }, 6 },
	{ "dr7_bit_32", { { DR7, 0x100000400 } }, 7 },
	{ "efer_bit_that_the_cpu_does_not_have", { { EFER, 0x1d03 } }, 8 },
	{ "efer_lme_without_long_mode_in_the_cpu", { { HAS_LONG_MODE, 0 } }, 9 },
	{ "long_mode_without_pae", { { CR4, 0x600 } }, 10 },
	{ "long_mode_without_protection", { { CR0, 0x80010030 } }, 11 },
	{ "paged_real_mode_is_fine",
	  { { CR0, 0x80010030 }, { EFER, 0x1000 } }, 0 },
	{ "code_segment_with_l_and_d", { { CS_ATTRIB, 0xe9b } }, 12 },
	{ "code_segment_with_l_and_d_outside_long_mode_is_fine",
	  { { CS_ATTRIB, 0xe9b }, { EFER, 0x1000 } }, 0 },
	{ "vmrun_not_intercepted", { { VMRUN_INTERCEPTED, 0 } }, 13 },
	{ "msr_map_whose_second_page_is_beyond", { { MSRPM, 0xfffffff000 } }, 14 },
	{ "msr_map_that_is_not_used", { { MSRPM, 0xfffffff000 }, { MSRPM_USED, 0 } },
	  0 },
	{ "io_map_whose_third_page_is_beyond", { { IOPM, 0xffffffe000 } }, 15 },
	{ "io_map_that_is_not_used", { { IOPM, 0xffffffe000 }, { IOPM_USED, 0 } },
	  0 },
	{ "injection_of_type_1", { { EVENTINJ, 0x80000120 } }, 16 },
	{ "injection_of_type_5", { { EVENTINJ, 0x80000520 } }, 16 },
	{ "injection_that_is_not_valid_is_not_looked_at", { { EVENTINJ, 0x00000520 } }, 0 },
	{ "injection_of_an_interrupt", { { EVENTINJ, 0x800000ff } }, 0 },
	{ "injection_of_an_nmi", { { EVENTINJ, 0x80000202 } }, 0 },
	{ "injection_of_a_page_fault", { { EVENTINJ, 0x0000000280000b0e } }, 0 },
	{ "injection_of_int_n", { { EVENTINJ, 0x80000480 } }, 0 },
	{ "injection_of_vector_2_as_exception", { { EVENTINJ, 0x80000302 } }, 17 },
	{ "injection_of_vector_32_as_exception", { { EVENTINJ, 0x80000320 } }, 17 },
	{ "injection_of_bound_in_64_bit_mode", { { EVENTINJ, 0x80000305 } }, 18 },
	{ "injection_of_overflow_in_64_bit_mode", { { EVENTINJ, 0x80000304 } }, 18 },
	{ "injection_of_overflow_in_compatibility_mode",
	  { { EVENTINJ, 0x80000304 }, { CS_ATTRIB, 0xc9b } }, 0 },
	{ "asid_0", { { ASID, 0 } }, 19 },
	{ "asid_of_the_highest", { { ASID, 15 } }, 0 },
	{ "asid_beyond_the_highest", { { ASID, 16 } }, 101 },
	{ "nested_cr3_beyond_the_host_s_width", { { N_CR3, 0x10000000000 } }, 102 },
	{ "nested_cr3_without_nested_paging",
	  { { N_CR3, 0x10000000000 }, { NESTED_PAGING, 0 } }, 0 },
	{ "of_two_broken_rules_the_first_in_the_manual",
	  { { DR7, 0x100000400 }, { CR0, 0xa0010031 } }, 2 },
};

static void check_case_desc(const struct check_case *c, char *desc)
{
	strscpy(desc, c->name, KUNIT_PARAM_DESC_SIZE);
}

KUNIT_ARRAY_PARAM(check, check_cases, check_case_desc);

static void set_field(struct axsvm_state *s, enum field field, u64 value)
{
	switch (field) {
	case NONE:
		break;
	case EFER:
		s->efer = value;
		break;
	case CR0:
		s->cr0 = value;
		break;
	case CR3:
		s->cr3 = value;
		break;
	case CR4:
		s->cr4 = value;
		break;
	case DR6:
		s->dr6 = value;
		break;
	case DR7:
		s->dr7 = value;
		break;
	case CS_ATTRIB:
		s->cs_attrib = value;
		break;
	case ASID:
		s->asid = value;
		break;
	case VMRUN_INTERCEPTED:
		s->vmrun_intercepted = value;
		break;
	case MSRPM_USED:
		s->msrpm_used = value;
		break;
	case MSRPM:
		s->msrpm = value;
		break;
	case IOPM_USED:
		s->iopm_used = value;
		break;
	case IOPM:
		s->iopm = value;
		break;
	case EVENTINJ:
		s->eventinj = value;
		break;
	case NESTED_PAGING:
		s->nested_paging = value;
		break;
	case N_CR3:
		s->n_cr3 = value;
		break;
	case HAS_LONG_MODE:
		s->has_long_mode = value;
		break;
	}
}

static void the_broken_rule_is_found(struct kunit *test)
{
	const struct check_case *c = test->param_value;
	const char *why = "not written";
	struct axsvm_state s = good;
	size_t i;

	for (i = 0; i < ARRAY_SIZE(c->change); i++)
		set_field(&s, c->change[i].field, c->change[i].value);
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
