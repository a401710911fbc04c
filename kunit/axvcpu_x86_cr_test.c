// SPDX-License-Identifier: GPL-2.0-only
/* Control and debug registers: the values that are #GP and those that are not. */
#include <kunit/test.h>

#include "../arch/x86/x86_cr.c"

/* States that the cases start from. */
enum start {
	REAL,		/* after RESET */
	PROT,		/* protected mode, no paging */
	READY_LONG,	/* LME and PAE set, paging off */
	LONG64,		/* 64-bit mode */
	COMPAT,		/* long mode, CS.L clear */
	PCID,		/* 64-bit mode with PCIDs, CR3 with one */
};

static const struct axx86_cr_state starts[] = {
	[REAL]	     = { .cr0 = 0x60000010 },
	[PROT]	     = { .cr0 = 0x11 },
	[READY_LONG] = { .cr0 = 0x11, .cr4 = 0x20, .efer = 0x100 },
	[LONG64]     = { .cr0 = 0x80010031, .cr4 = 0x20, .efer = 0x500, .cs_long = true },
	[COMPAT]     = { .cr0 = 0x80010031, .cr4 = 0x20, .efer = 0x500 },
	[PCID]	     = { .cr0 = 0x80010031, .cr3 = 0x1005, .cr4 = 0x20020, .efer = 0x500,
			 .cs_long = true },
};

enum reg { CR0, CR3, CR4, EFER };

struct cr_case {
	const char *name;
	enum start start;
	enum reg reg;
	u64 val;
	int want;
};

static const struct cr_case cr_cases[] = {
	{ "cr0_protection_may_be_set", REAL, CR0, 0x11, 0 },
	{ "cr0_high_half_is_gp", REAL, CR0, 0x100000011, -EINVAL },
	{ "cr0_paging_without_protection_is_gp", REAL, CR0, 0x80000010, -EINVAL },
	{ "cr0_nw_without_cd_is_gp", PROT, CR0, 0x20000011, -EINVAL },
	{ "cr0_nw_with_cd_is_fine", PROT, CR0, 0x60000011, 0 },
	{ "cr0_reserved_low_bits_are_ignored", PROT, CR0, 0x1011, 0 },
	{ "cr0_legacy_paging_needs_no_pae", PROT, CR0, 0x80000011, 0 },
	{ "cr0_long_paging_with_pae_is_fine", READY_LONG, CR0, 0x80000011, 0 },
	{ "cr0_paging_off_in_64_bit_mode_is_gp", LONG64, CR0, 0x11, -EINVAL },
	{ "cr0_paging_off_in_compatibility_mode_is_fine", COMPAT, CR0, 0x11, 0 },
	{ "cr0_paging_off_with_pcids_is_gp", PCID, CR0, 0x11, -EINVAL },
	{ "cr0_task_switched_in_64_bit_mode", LONG64, CR0, 0x80010039, 0 },
	{ "cr3_outside_long_mode_takes_all", PROT, CR3, 0xffffffff, 0 },
	{ "cr3_of_the_highest_page", LONG64, CR3, 0xfffffff000, 0 },
	{ "cr3_beyond_the_physical_width_is_gp", LONG64, CR3, 0x10000000000, -EINVAL },
	{ "cr3_no_flush_bit_without_pcids_is_gp", LONG64, CR3, 0x8000000000001000, -EINVAL },
	{ "cr3_no_flush_bit_with_pcids_is_fine", PCID, CR3, 0x8000000000001005, 0 },
	{ "cr3_bit_62_with_pcids_is_gp", PCID, CR3, 0x4000000000001005, -EINVAL },
	{ "cr4_of_allowed_bits", REAL, CR4, 0x620, 0 },
	{ "cr4_smx_does_not_exist", REAL, CR4, 0x4000, -EINVAL },
	{ "cr4_vmx_does_not_exist", REAL, CR4, 0x2000, -EINVAL },
	{ "cr4_la57_does_not_exist", PROT, CR4, 0x1020, -EINVAL },
	{ "cr4_high_half_is_gp", LONG64, CR4, 0x100000020, -EINVAL },
	{ "cr4_pae_off_in_long_mode_is_gp", LONG64, CR4, 0x0, -EINVAL },
	{ "cr4_pae_off_in_compatibility_mode_is_gp", COMPAT, CR4, 0x0, -EINVAL },
	{ "cr4_pae_off_before_paging_is_fine", READY_LONG, CR4, 0x0, 0 },
	{ "cr4_pcids_in_long_mode", LONG64, CR4, 0x20020, 0 },
	{ "cr4_pcids_outside_long_mode_are_gp", PROT, CR4, 0x20000, -EINVAL },
	{ "cr4_pcids_may_stay_with_one_in_use", PCID, CR4, 0x20020, 0 },
	{ "cr4_pcids_may_go", PCID, CR4, 0x20, 0 },
	{ "efer_syscall_and_nx", LONG64, EFER, 0xd01, 0 },
	{ "efer_svme_does_not_exist", PROT, EFER, 0x1000, -EINVAL },
	{ "efer_reserved_bit_is_gp", PROT, EFER, 0x2, -EINVAL },
	{ "efer_lme_before_paging", PROT, EFER, 0x100, 0 },
	{ "efer_lme_off_with_paging_is_gp", LONG64, EFER, 0x0, -EINVAL },
	{ "efer_lma_is_not_the_guest_s_to_write", LONG64, EFER, 0x100, 0 },
	{ "efer_lma_alone_is_ignored", PROT, EFER, 0x400, 0 },
};

static void cr_case_desc(const struct cr_case *c, char *desc)
{
	strscpy(desc, c->name, KUNIT_PARAM_DESC_SIZE);
}

KUNIT_ARRAY_PARAM(cr, cr_cases, cr_case_desc);

static int cr_check(const struct axx86_cr_state *s, enum reg reg, u64 val)
{
	switch (reg) {
	case CR0:
		return axx86_cr0_check(s, val);
	case CR3:
		return axx86_cr3_check(s, val);
	case CR4:
		return axx86_cr4_check(s, val);
	default:
		return axx86_efer_check(s, val);
	}
}

static void a_write_is_checked(struct kunit *test)
{
	const struct cr_case *c = test->param_value;
	struct axx86_cr_state s = starts[c->start];

	s.cr4_allowed = 0x770fff;
	s.efer_allowed = 0xd01;
	s.maxphyaddr = 40;
	KUNIT_EXPECT_EQ(test, cr_check(&s, c->reg, c->val), c->want);
}

static void long_mode_is_not_entered_from_a_64_bit_segment(struct kunit *test)
{
	struct axx86_cr_state s = starts[READY_LONG];

	s.cs_long = true;
	KUNIT_EXPECT_EQ(test, axx86_cr0_check(&s, 0x80000011), -EINVAL);
}

static void long_mode_is_not_entered_without_pae(struct kunit *test)
{
	struct axx86_cr_state s = starts[READY_LONG];

	s.cr4 = 0;
	KUNIT_EXPECT_EQ(test, axx86_cr0_check(&s, 0x80000011), -EINVAL);
}

static void pcids_are_not_turned_on_with_one_in_cr3(struct kunit *test)
{
	struct axx86_cr_state s = starts[LONG64];

	s.cr4_allowed = 0x770fff;
	s.cr3 = 0x1001;
	KUNIT_EXPECT_EQ(test, axx86_cr4_check(&s, 0x20020), -EINVAL);
}

struct xcr0_case {
	const char *name;
	u64 supported;
	u64 val;
	int want;
};

static const struct xcr0_case xcr0_cases[] = {
	{ "x87_alone", 0x207, 0x1, 0 },
	{ "x87_sse_avx", 0x207, 0x7, 0 },
	{ "pkru_without_avx", 0x207, 0x201, 0 },
	{ "x87_cannot_be_off", 0x207, 0x6, -EINVAL },
	{ "nothing_cannot_be", 0x207, 0x0, -EINVAL },
	{ "avx_without_sse", 0x207, 0x5, -EINVAL },
	{ "avx512_that_the_guest_does_not_have", 0x207, 0xe7, -EINVAL },
	{ "avx512_whole", 0xe7, 0xe7, 0 },
	{ "avx512_in_part", 0xe7, 0x67, -EINVAL },
	{ "avx512_without_avx", 0xe7, 0xe3, -EINVAL },
	{ "tiles_are_never_there", 0x2e7, 0x600e7, -EINVAL },
	{ "bit_63", 0x2e7, 0x8000000000000001, -EINVAL },
	{ "no_xsave_at_all", 0x0, 0x1, -EINVAL },
};

static void xcr0_case_desc(const struct xcr0_case *c, char *desc)
{
	strscpy(desc, c->name, KUNIT_PARAM_DESC_SIZE);
}

KUNIT_ARRAY_PARAM(xcr0, xcr0_cases, xcr0_case_desc);

static void xsetbv_is_checked(struct kunit *test)
{
	const struct xcr0_case *c = test->param_value;

	KUNIT_EXPECT_EQ(test, axx86_xcr0_check(c->supported, c->val), c->want);
}

static void debug_registers_refuse_their_high_half(struct kunit *test)
{
	KUNIT_EXPECT_EQ(test, axx86_dr6_check(0xffffffff), 0);
	KUNIT_EXPECT_EQ(test, axx86_dr6_check(0x1ffff0ff0), -EINVAL);
	KUNIT_EXPECT_EQ(test, axx86_dr7_check(0xffffffff), 0);
	KUNIT_EXPECT_EQ(test, axx86_dr7_check(0x8000000000000400), -EINVAL);
}

static void fixed_bits_read_as_the_manual_says(struct kunit *test)
{
	KUNIT_EXPECT_EQ(test, axx86_dr6_stored(0), 0xffff0ff0ULL);
	KUNIT_EXPECT_EQ(test, axx86_dr6_stored(0xffffffff), 0xffffefffULL);
	KUNIT_EXPECT_EQ(test, axx86_dr7_stored(0), 0x400ULL);
	KUNIT_EXPECT_EQ(test, axx86_dr7_stored(0xffffffff), 0xffff27ffULL);
	KUNIT_EXPECT_EQ(test, axx86_cr0_stored(0), 0x10ULL);
	KUNIT_EXPECT_EQ(test, axx86_cr0_stored(0xffffffff), 0xe005003fULL);
}

static void canonical_addresses_have_48_bits(struct kunit *test)
{
	KUNIT_EXPECT_TRUE(test, axx86_canonical(0x0));
	KUNIT_EXPECT_TRUE(test, axx86_canonical(0x00007fffffffffff));
	KUNIT_EXPECT_FALSE(test, axx86_canonical(0x0000800000000000));
	KUNIT_EXPECT_FALSE(test, axx86_canonical(0xffff7fffffffffff));
	KUNIT_EXPECT_TRUE(test, axx86_canonical(0xffff800000000000));
	KUNIT_EXPECT_TRUE(test, axx86_canonical(0xffffffffffffffff));
	KUNIT_EXPECT_FALSE(test, axx86_canonical(0x8000000000000000));
}

static struct kunit_case cr_suite_cases[] = {
	KUNIT_CASE_PARAM(a_write_is_checked, cr_gen_params),
	KUNIT_CASE(long_mode_is_not_entered_from_a_64_bit_segment),
	KUNIT_CASE(long_mode_is_not_entered_without_pae),
	KUNIT_CASE(pcids_are_not_turned_on_with_one_in_cr3),
	KUNIT_CASE_PARAM(xsetbv_is_checked, xcr0_gen_params),
	KUNIT_CASE(debug_registers_refuse_their_high_half),
	KUNIT_CASE(fixed_bits_read_as_the_manual_says),
	KUNIT_CASE(canonical_addresses_have_48_bits),
	{}
};

static struct kunit_suite cr_suite = {
	.name = "axvcpu_x86_cr",
	.test_cases = cr_suite_cases,
};

kunit_test_suite(cr_suite);
