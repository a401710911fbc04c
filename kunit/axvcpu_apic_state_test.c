// SPDX-License-Identifier: GPL-2.0-only
/* Saved registers of the local APIC: round trip, and contents that no APIC can have. */
#include <kunit/test.h>

#include "../arch/x86/apic_state.c"

static void put(u8 *page, u32 reg, u32 val)
{
	memcpy(page + reg, &val, sizeof(val));
}

/* An enabled xAPIC or x2APIC of id 0x12 with one of everything. */
static void sample(u8 *page, bool x2apic)
{
	memset(page, 0, AXAPIC_REGS_SIZE);
	put(page, 0x020, x2apic ? 0x12 : 0x12000000);
	put(page, 0x030, 0x00050014);
	put(page, 0x080, 0x20);
	put(page, 0x0d0, x2apic ? 0x00010004 : 0x04000000);
	put(page, 0x0e0, 0xffffffff);
	put(page, 0x0f0, 0x1ff);
	put(page, 0x110, 0x80000000);	/* 0x3f in service */
	put(page, 0x170, 0x00000001);	/* 0xe0 in service */
	put(page, 0x1a0, 0x00000002);	/* 0x41 level-triggered */
	put(page, 0x220, 0x00000002);	/* 0x41 requested */
	put(page, 0x280, 0x000000a0);
	put(page, 0x300, 0x000008fd);
	put(page, 0x310, 0x03000000);
	put(page, 0x320, 0x000200ec);
	put(page, 0x330, 0x00010000);
	put(page, 0x340, 0x00000400);
	put(page, 0x350, 0x0000a700);
	put(page, 0x360, 0x00000400);
	put(page, 0x370, 0x000000fe);
	put(page, 0x380, 62500);
	put(page, 0x390, 1234);
	put(page, 0x3e0, 0x3);
}

static void blank_regs(struct axapic_regs *r, bool x2apic)
{
	memset(r, 0, sizeof(*r));
	r->id = 0x12;
	r->mode = x2apic ? AXAPIC_X2APIC : AXAPIC_XAPIC;
	r->has_deadline = true;
	axapic_regs_reset(r);
}

static void round_trip(struct kunit *test)
{
	bool x2apic = *(const bool *)test->param_value;
	u8 *in = kunit_kzalloc(test, AXAPIC_REGS_SIZE, GFP_KERNEL);
	u8 *out = kunit_kzalloc(test, AXAPIC_REGS_SIZE, GFP_KERNEL);
	struct axapic_regs r;

	KUNIT_ASSERT_NOT_ERR_OR_NULL(test, in);
	KUNIT_ASSERT_NOT_ERR_OR_NULL(test, out);
	sample(in, x2apic);
	blank_regs(&r, x2apic);
	KUNIT_ASSERT_EQ(test, axapic_regs_check(&r, r.mode, in), 0);
	axapic_regs_import(&r, in);

	/* What the registers imply. */
	KUNIT_EXPECT_EQ(test, r.isr_top, 0xe0);
	KUNIT_EXPECT_EQ(test, r.ppr, 0xe0);
	KUNIT_EXPECT_TRUE(test, r.irr_pending);
	KUNIT_EXPECT_TRUE(test, r.accepts);

	memset(out, 0xa5, AXAPIC_REGS_SIZE);
	axapic_regs_export(&r, 1234, out);
	put(in, 0x090, 0xe0);	/* read-only: computed */
	put(in, 0x0a0, 0xe0);
	KUNIT_EXPECT_EQ(test, memcmp(in, out, AXAPIC_REGS_SIZE), 0);
	KUNIT_EXPECT_EQ(test, axapic_regs_check(&r, r.mode, out), 0);
}

static const bool both_modes[] = { false, true };

static void mode_desc(const bool *x2apic, char *desc)
{
	strscpy(desc, *x2apic ? "x2apic" : "xapic", KUNIT_PARAM_DESC_SIZE);
}

KUNIT_ARRAY_PARAM(mode, both_modes, mode_desc);

static void reset_state_is_possible(struct kunit *test)
{
	bool x2apic = *(const bool *)test->param_value;
	u8 *page = kunit_kzalloc(test, AXAPIC_REGS_SIZE, GFP_KERNEL);
	struct axapic_regs r;

	KUNIT_ASSERT_NOT_ERR_OR_NULL(test, page);
	blank_regs(&r, x2apic);
	axapic_regs_export(&r, 0, page);
	KUNIT_EXPECT_EQ(test, axapic_regs_check(&r, r.mode, page), 0);
}

struct bad_case {
	const char *name;
	u32 reg;
	u32 val;
	bool x2apic;
};

static const struct bad_case bad_cases[] = {
	{ "another_id", 0x020, 0x13000000 },
	{ "another_id_x2", 0x020, 0x13, true },
	{ "id_of_the_other_mode", 0x020, 0x12 },
	{ "id_of_the_other_mode_x2", 0x020, 0x12000000, true },
	{ "another_version", 0x030, 0x00060014 },
	{ "task_priority_of_9_bits", 0x080, 0x100 },
	{ "logical_destination_below_its_byte", 0x0d0, 0x04000001 },
	{ "logical_destination_not_derived", 0x0d0, 0x00010008, true },
	{ "destination_format_without_ones", 0x0e0, 0xf0000000 },
	{ "spurious_vector_bit_12", 0x0f0, 0x11ff },
	{ "exception_vector_in_service", 0x100, 0x00008000 },
	{ "exception_vector_requested", 0x200, 0x00000001 },
	{ "exception_vector_level_triggered", 0x180, 0x00000001 },
	{ "unknown_error", 0x280, 0x1 },
	{ "command_busy", 0x300, 0x10fd },
	{ "command_reserved_bit", 0x300, 0x20fd },
	{ "upper_command_below_its_byte", 0x310, 0x03000001 },
	{ "timer_reserved_bit", 0x320, 0x000a00ec },
	{ "count_runs_in_deadline_mode", 0x320, 0x000400ec },
	{ "thermal_polarity", 0x330, 0x00012000 },
	{ "lint0_remote_irr", 0x350, 0x00004700 },
	{ "error_with_a_type", 0x370, 0x000004fe },
	{ "current_count_above_initial", 0x390, 62501 },
	{ "divide_reserved_bit", 0x3e0, 0x7 },
	{ "local_vectors_unmasked_while_disabled", 0x0f0, 0x0ff },
	{ "eoi_holds_nothing", 0x0b0, 1 },
	{ "self_ipi_holds_nothing", 0x3f0, 1, true },
	{ "offset_000_is_no_register", 0x000, 1 },
	{ "corrected_error_vector_is_not_there", 0x2f0, 0x00010000 },
	{ "between_registers", 0x084, 1 },
	{ "last_bytes_of_the_page", 0x3fc, 1 },
};

static void bad_case_desc(const struct bad_case *c, char *desc)
{
	strscpy(desc, c->name, KUNIT_PARAM_DESC_SIZE);
}

KUNIT_ARRAY_PARAM(bad, bad_cases, bad_case_desc);

static void impossible_contents(struct kunit *test)
{
	const struct bad_case *c = test->param_value;
	u8 *page = kunit_kzalloc(test, AXAPIC_REGS_SIZE, GFP_KERNEL);
	struct axapic_regs r;

	KUNIT_ASSERT_NOT_ERR_OR_NULL(test, page);
	blank_regs(&r, c->x2apic);
	sample(page, c->x2apic);
	KUNIT_ASSERT_EQ(test, axapic_regs_check(&r, r.mode, page), 0);
	put(page, c->reg, c->val);
	KUNIT_EXPECT_EQ(test, axapic_regs_check(&r, r.mode, page), -EINVAL);
}

static void deadline_mode_needs_the_feature(struct kunit *test)
{
	u8 *page = kunit_kzalloc(test, AXAPIC_REGS_SIZE, GFP_KERNEL);
	struct axapic_regs r;

	KUNIT_ASSERT_NOT_ERR_OR_NULL(test, page);
	blank_regs(&r, false);
	sample(page, false);
	put(page, 0x320, 0x000400ec);
	put(page, 0x390, 0);
	KUNIT_EXPECT_EQ(test, axapic_regs_check(&r, r.mode, page), 0);
	r.has_deadline = false;
	KUNIT_EXPECT_EQ(test, axapic_regs_check(&r, r.mode, page), -EINVAL);
}

static struct kunit_case apic_state_cases[] = {
	KUNIT_CASE_PARAM(round_trip, mode_gen_params),
	KUNIT_CASE_PARAM(reset_state_is_possible, mode_gen_params),
	KUNIT_CASE_PARAM(impossible_contents, bad_gen_params),
	KUNIT_CASE(deadline_mode_needs_the_feature),
	{}
};

static struct kunit_suite apic_state_suite = {
	.name = "axvcpu_apic_state",
	.test_cases = apic_state_cases,
};

kunit_test_suite(apic_state_suite);
