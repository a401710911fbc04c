// SPDX-License-Identifier: GPL-2.0-only
/* Register file of the local APIC: reset values, access by mode, reserved bits, priority. */
#include <kunit/test.h>

#include "../arch/x86/apic_regs.c"

/* An APIC that software enabled, in the given mode. */
static void enabled_apic(struct axapic_regs *r, enum axapic_mode mode, u32 id)
{
	memset(r, 0, sizeof(*r));
	r->id = id;
	r->mode = mode;
	r->has_deadline = true;
	axapic_regs_reset(r);
	axapic_regs_write(r, 0x0f0, 0x1ff);
}

static u32 reg(const struct axapic_regs *r, u32 offset)
{
	u32 val = 0xa5a5a5a5;

	axapic_regs_read(r, offset, &val);
	return val;
}

struct reset_case {
	const char *name;
	u32 reg;
	u32 xapic;
	u32 x2apic;
};

static const struct reset_case reset_cases[] = {
	{ "id_is_in_the_top_byte_of_an_xapic", 0x020, 0x05000000, 0x00000005 },
	{ "version_is_14_with_six_local_vectors", 0x030, 0x00050014, 0x00050014 },
	{ "task_priority_is_0", 0x080, 0, 0 },
	{ "processor_priority_is_0", 0x0a0, 0, 0 },
	{ "logical_destination_is_derived_in_an_x2apic", 0x0d0, 0, 0x00000020 },
	{ "destination_format_is_flat", 0x0e0, 0xffffffff, 0xffffffff },
	{ "spurious_vector_is_ff_and_disabled", 0x0f0, 0x000000ff, 0x000000ff },
	{ "nothing_in_service", 0x170, 0, 0 },
	{ "nothing_level_triggered", 0x1f0, 0, 0 },
	{ "nothing_requested", 0x270, 0, 0 },
	{ "no_error", 0x280, 0, 0 },
	{ "command_is_0", 0x300, 0, 0 },
	{ "timer_is_masked", 0x320, 0x00010000, 0x00010000 },
	{ "thermal_is_masked", 0x330, 0x00010000, 0x00010000 },
	{ "performance_is_masked", 0x340, 0x00010000, 0x00010000 },
	{ "lint0_is_masked", 0x350, 0x00010000, 0x00010000 },
	{ "lint1_is_masked", 0x360, 0x00010000, 0x00010000 },
	{ "error_is_masked", 0x370, 0x00010000, 0x00010000 },
	{ "initial_count_is_0", 0x380, 0, 0 },
	{ "divide_configuration_is_0", 0x3e0, 0, 0 },
};

static void reset_case_desc(const struct reset_case *c, char *desc)
{
	strscpy(desc, c->name, KUNIT_PARAM_DESC_SIZE);
}

KUNIT_ARRAY_PARAM(reset, reset_cases, reset_case_desc);

static void reset_values(struct kunit *test)
{
	const struct reset_case *c = test->param_value;
	struct axapic_regs r;

	memset(&r, 0xa5, sizeof(r));
	r.id = 5;
	r.mode = AXAPIC_XAPIC;
	axapic_regs_reset(&r);
	KUNIT_EXPECT_EQ(test, reg(&r, c->reg), c->xapic);

	memset(&r, 0xa5, sizeof(r));
	r.id = 5;
	r.mode = AXAPIC_X2APIC;
	axapic_regs_reset(&r);
	KUNIT_EXPECT_EQ(test, reg(&r, c->reg), c->x2apic);
}

struct write_case {
	const char *name;
	u32 reg;
	u32 val;
	u32 want;	/* what it reads as */
	unsigned int todo;
};

static const struct write_case write_cases[] = {
	{ "task_priority_has_8_bits", 0x080, 0xffffffff, 0xff },
	{ "logical_destination_has_the_top_byte", 0x0d0, 0xffffffff, 0xff000000 },
	{ "destination_format_reads_ones_below", 0x0e0, 0x00000000, 0x0fffffff },
	{ "spurious_vector_has_10_bits", 0x0f0, 0xffffffff, 0x000003ff },
	{ "error_status_takes_no_value", 0x280, 0xffffffff, 0 },
	{ "upper_command_has_the_top_byte", 0x310, 0xffffffff, 0xff000000 },
	{ "timer_has_vector_mask_and_mode", 0x320, 0xffffffff, 0x000700ff, BIT(0) },
	{ "timer_unmasked_periodic", 0x320, 0x000200ec, 0x000200ec, BIT(0) },
	{ "thermal_has_vector_type_and_mask", 0x330, 0xffffffff, 0x000107ff },
	{ "performance_has_vector_type_and_mask", 0x340, 0xffffffff, 0x000107ff },
	{ "lint0_has_polarity_and_trigger_too", 0x350, 0xffffffff, 0x0001a7ff },
	{ "lint1_has_polarity_and_trigger_too", 0x360, 0xffffffff, 0x0001a7ff },
	{ "error_has_vector_and_mask", 0x370, 0xffffffff, 0x000100ff },
	{ "initial_count_starts_the_timer", 0x380, 0xffffffff, 0xffffffff, BIT(1) },
	{ "divide_configuration_has_3_bits", 0x3e0, 0xffffffff, 0x0000000b, BIT(2) },
	{ "id_is_read_only", 0x020, 0xffffffff, 0x03000000 },
	{ "version_is_read_only", 0x030, 0xffffffff, 0x00050014 },
	{ "processor_priority_is_read_only", 0x0a0, 0xffffffff, 0 },
	{ "in_service_is_read_only", 0x130, 0xffffffff, 0 },
	{ "level_triggered_is_read_only", 0x1b0, 0xffffffff, 0 },
	{ "requested_is_read_only", 0x230, 0xffffffff, 0 },
	{ "current_count_is_read_only", 0x390, 0xffffffff, 0 },
	{ "offset_000_is_no_register", 0x000, 1, 0, BIT(3) },
	{ "offset_040_is_no_register", 0x040, 1, 0, BIT(3) },
	{ "offset_290_is_no_register", 0x290, 1, 0, BIT(3) },
	{ "corrected_error_vector_is_not_there", 0x2f0, 1, 0, BIT(3) },
	{ "self_ipi_is_not_in_an_xapic", 0x3f0, 0x40, 0, BIT(3) },
	{ "extended_space_is_not_there", 0x400, 1, 0, BIT(3) },
	{ "end_of_the_page_is_no_register", 0xff0, 1, 0, BIT(3) },
};

static void write_case_desc(const struct write_case *c, char *desc)
{
	strscpy(desc, c->name, KUNIT_PARAM_DESC_SIZE);
}

KUNIT_ARRAY_PARAM(write, write_cases, write_case_desc);

static void xapic_writes(struct kunit *test)
{
	const struct write_case *c = test->param_value;
	struct axapic_regs r;

	enabled_apic(&r, AXAPIC_XAPIC, 3);
	KUNIT_EXPECT_EQ(test, axapic_regs_write(&r, c->reg, c->val), c->todo);
	KUNIT_EXPECT_EQ(test, reg(&r, c->reg), c->want);
}

struct msr_case {
	const char *name;
	u32 reg;
	bool readable;
	u64 writable;	/* all bits that WRMSR may set */
	bool zero_writable;
};

static const struct msr_case msr_cases[] = {
	{ "802_id", 0x020, true },
	{ "803_version", 0x030, true },
	{ "808_task_priority", 0x080, true, 0xff, true },
	{ "809_arbitration_is_gone", 0x090 },
	{ "80a_processor_priority", 0x0a0, true },
	{ "80b_eoi_takes_0_only", 0x0b0, false, 0, true },
	{ "80c_remote_read_is_gone", 0x0c0 },
	{ "80d_logical_destination_is_read_only", 0x0d0, true },
	{ "80e_destination_format_is_gone", 0x0e0 },
	{ "80f_spurious_vector", 0x0f0, true, 0x3ff, true },
	{ "810_first_in_service", 0x100, true },
	{ "817_last_in_service", 0x170, true },
	{ "818_first_trigger_mode", 0x180, true },
	{ "820_first_request", 0x200, true },
	{ "827_last_request", 0x270, true },
	{ "828_error_status_takes_0_only", 0x280, true, 0, true },
	{ "82f_corrected_error_vector", 0x2f0 },
	{ "830_command_is_64_bits", 0x300, true, 0xffffffff000cdfff, true },
	{ "831_upper_command_is_gone", 0x310 },
	{ "832_timer", 0x320, true, 0x000750ff, true },
	{ "833_thermal", 0x330, true, 0x000157ff, true },
	{ "834_performance", 0x340, true, 0x000157ff, true },
	{ "835_lint0", 0x350, true, 0x0001f7ff, true },
	{ "836_lint1", 0x360, true, 0x0001f7ff, true },
	{ "837_error", 0x370, true, 0x000150ff, true },
	{ "838_initial_count", 0x380, true, 0xffffffff, true },
	{ "839_current_count_is_read_only", 0x390, true },
	{ "83e_divide_configuration", 0x3e0, true, 0xb, true },
	{ "83f_self_ipi_is_write_only", 0x3f0, false, 0xff, true },
	{ "800_is_reserved", 0x000 },
	{ "840_is_reserved", 0x400 },
	{ "8ff_is_reserved", 0xff0 },
};

static void msr_case_desc(const struct msr_case *c, char *desc)
{
	strscpy(desc, c->name, KUNIT_PARAM_DESC_SIZE);
}

KUNIT_ARRAY_PARAM(msr, msr_cases, msr_case_desc);

static void x2apic_msr_faults(struct kunit *test)
{
	const struct msr_case *c = test->param_value;
	struct axapic_regs r;
	unsigned int bit;

	enabled_apic(&r, AXAPIC_X2APIC, 3);
	KUNIT_EXPECT_EQ(test, axapic_regs_msr_readable(c->reg), c->readable);
	KUNIT_EXPECT_EQ(test, axapic_regs_msr_writable(&r, c->reg, 0), c->zero_writable);
	for (bit = 0; bit < 64; bit++) {
		bool got = axapic_regs_msr_writable(&r, c->reg, BIT_ULL(bit));

		KUNIT_EXPECT_EQ_MSG(test, got, !!(c->writable & BIT_ULL(bit)), "bit %u", bit);
	}
}

static void deadline_bit_exists_if_the_mode_does(struct kunit *test)
{
	struct axapic_regs r;

	enabled_apic(&r, AXAPIC_X2APIC, 0);
	KUNIT_EXPECT_TRUE(test, axapic_regs_msr_writable(&r, 0x320, 0x000400ec));
	r.has_deadline = false;
	KUNIT_EXPECT_FALSE(test, axapic_regs_msr_writable(&r, 0x320, 0x000400ec));
	axapic_regs_write(&r, 0x320, 0x000400ec);
	KUNIT_EXPECT_EQ(test, reg(&r, 0x320), 0x000000ecU);
}

static void initial_count_is_ignored_in_deadline_mode(struct kunit *test)
{
	struct axapic_regs r;

	enabled_apic(&r, AXAPIC_XAPIC, 0);
	axapic_regs_write(&r, 0x320, 0x000400ec);
	KUNIT_EXPECT_EQ(test, axapic_regs_write(&r, 0x380, 1000), 0U);
	KUNIT_EXPECT_EQ(test, reg(&r, 0x380), 0U);
}

static void software_disable_masks_the_local_vectors(struct kunit *test)
{
	struct axapic_regs r;
	u32 lvt;

	enabled_apic(&r, AXAPIC_XAPIC, 0);
	for (lvt = 0x320; lvt <= 0x370; lvt += 0x10)
		axapic_regs_write(&r, lvt, 0x40);
	axapic_regs_write(&r, 0x0f0, 0x0ff);
	for (lvt = 0x320; lvt <= 0x370; lvt += 0x10)
		KUNIT_EXPECT_EQ(test, reg(&r, lvt), 0x00010040U);

	axapic_regs_write(&r, 0x350, 0x700);
	KUNIT_EXPECT_EQ(test, reg(&r, 0x350), 0x00010700U);

	axapic_regs_write(&r, 0x0f0, 0x1ff);
	KUNIT_EXPECT_EQ(test, reg(&r, 0x350), 0x00010700U);
	axapic_regs_write(&r, 0x350, 0x700);
	KUNIT_EXPECT_EQ(test, reg(&r, 0x350), 0x00000700U);
}

static void software_disable_holds_what_is_requested(struct kunit *test)
{
	struct axapic_regs r;

	enabled_apic(&r, AXAPIC_XAPIC, 0);
	axapic_regs_post(&r, 0x41, false);
	axapic_regs_write(&r, 0x0f0, 0x0ff);
	KUNIT_EXPECT_EQ(test, axapic_regs_pending(&r), -1);
	KUNIT_EXPECT_EQ(test, reg(&r, 0x220), 0x00000002U);
	axapic_regs_write(&r, 0x0f0, 0x1ff);
	KUNIT_EXPECT_EQ(test, axapic_regs_pending(&r), 0x41);
}

static void errors_show_after_a_write_of_the_status(struct kunit *test)
{
	struct axapic_regs r;

	enabled_apic(&r, AXAPIC_XAPIC, 0);
	set_bit(5, &r.errors);
	set_bit(7, &r.errors);
	KUNIT_EXPECT_EQ(test, reg(&r, 0x280), 0U);
	axapic_regs_write(&r, 0x280, 0);
	KUNIT_EXPECT_EQ(test, reg(&r, 0x280), 0x000000a0U);
	KUNIT_EXPECT_EQ(test, reg(&r, 0x280), 0x000000a0U);
	axapic_regs_write(&r, 0x280, 0);
	KUNIT_EXPECT_EQ(test, reg(&r, 0x280), 0U);
}

struct ppr_case {
	const char *name;
	u8 tpr;
	u8 in_service;	/* 0: none */
	u8 request;
	u8 ppr;
	bool taken;
};

static const struct ppr_case ppr_cases[] = {
	{ "nothing_keeps_back_the_lowest_vector", 0x00, 0, 0x10, 0x00, true },
	{ "task_priority_of_the_same_class_keeps_it_back", 0x40, 0, 0x4f, 0x40, false },
	{ "task_priority_of_a_lower_class_does_not", 0x3f, 0, 0x40, 0x3f, true },
	{ "task_priority_of_a_higher_class_keeps_it_back", 0x50, 0, 0x4f, 0x50, false },
	{ "service_of_the_same_class_keeps_it_back", 0x00, 0x41, 0x4f, 0x40, false },
	{ "service_of_a_lower_class_does_not", 0x00, 0x3f, 0x40, 0x30, true },
	{ "task_priority_above_service_is_taken_whole", 0x57, 0x41, 0x60, 0x57, true },
	{ "task_priority_equal_to_service_is_taken_whole", 0x47, 0x41, 0x50, 0x47, true },
	{ "task_priority_below_service_is_dropped", 0x37, 0x41, 0x50, 0x40, true },
	{ "task_priority_f_keeps_all_back", 0xf0, 0, 0xff, 0xf0, false },
	{ "subclass_does_not_count", 0x0f, 0, 0x10, 0x0f, true },
};

static void ppr_case_desc(const struct ppr_case *c, char *desc)
{
	strscpy(desc, c->name, KUNIT_PARAM_DESC_SIZE);
}

KUNIT_ARRAY_PARAM(ppr, ppr_cases, ppr_case_desc);

static void priority(struct kunit *test)
{
	const struct ppr_case *c = test->param_value;
	struct axapic_regs r;

	enabled_apic(&r, AXAPIC_XAPIC, 0);
	if (c->in_service) {
		axapic_regs_post(&r, c->in_service, false);
		axapic_regs_accept(&r, c->in_service);
	}
	axapic_regs_write(&r, 0x080, c->tpr);
	axapic_regs_post(&r, c->request, false);
	KUNIT_EXPECT_EQ(test, reg(&r, 0x0a0), (u32)c->ppr);
	KUNIT_EXPECT_EQ(test, axapic_regs_pending(&r), c->taken ? c->request : -1);
}

static void requests_merge_and_keep_their_trigger(struct kunit *test)
{
	struct axapic_regs r;

	enabled_apic(&r, AXAPIC_XAPIC, 0);
	KUNIT_EXPECT_FALSE(test, axapic_regs_post(&r, 0x63, true));
	KUNIT_EXPECT_TRUE(test, axapic_regs_post(&r, 0x63, true));
	KUNIT_EXPECT_EQ(test, reg(&r, 0x230), 0x00000008U);
	KUNIT_EXPECT_EQ(test, reg(&r, 0x1b0), 0x00000008U);
	KUNIT_EXPECT_TRUE(test, axapic_regs_post(&r, 0x63, false));
	KUNIT_EXPECT_EQ(test, reg(&r, 0x1b0), 0U);
}

static void interrupts_nest_and_end_in_order(struct kunit *test)
{
	static const u8 vectors[] = { 0x31, 0x62, 0xfe };
	struct axapic_regs r;
	int i;

	enabled_apic(&r, AXAPIC_XAPIC, 0);
	for (i = 0; i < 3; i++) {
		axapic_regs_post(&r, vectors[i], false);
		KUNIT_EXPECT_TRUE(test, r.irr_pending);
		KUNIT_EXPECT_EQ(test, axapic_regs_pending(&r), vectors[i]);
		axapic_regs_accept(&r, vectors[i]);
		KUNIT_EXPECT_FALSE(test, r.irr_pending);
		KUNIT_EXPECT_EQ(test, axapic_regs_pending(&r), -1);
	}
	KUNIT_EXPECT_EQ(test, reg(&r, 0x110), 0x00020000U);
	KUNIT_EXPECT_EQ(test, reg(&r, 0x130), 0x00000004U);
	KUNIT_EXPECT_EQ(test, reg(&r, 0x170), 0x40000000U);
	for (i = 2; i >= 0; i--) {
		KUNIT_EXPECT_EQ(test, reg(&r, 0x0a0), vectors[i] & 0xf0U);
		KUNIT_EXPECT_EQ(test, axapic_regs_eoi(&r), vectors[i]);
	}
	KUNIT_EXPECT_EQ(test, reg(&r, 0x0a0), 0U);
	KUNIT_EXPECT_EQ(test, axapic_regs_eoi(&r), -1);
}

static void the_highest_request_goes_first(struct kunit *test)
{
	struct axapic_regs r;

	enabled_apic(&r, AXAPIC_XAPIC, 0);
	axapic_regs_post(&r, 0x10, false);
	axapic_regs_post(&r, 0xff, false);
	axapic_regs_post(&r, 0x80, false);
	KUNIT_EXPECT_EQ(test, axapic_regs_pending(&r), 0xff);
	axapic_regs_accept(&r, 0xff);
	KUNIT_EXPECT_TRUE(test, r.irr_pending);
	axapic_regs_eoi(&r);
	KUNIT_EXPECT_EQ(test, axapic_regs_pending(&r), 0x80);
}

static void mode_changes(struct kunit *test)
{
	struct axapic_regs r;

	enabled_apic(&r, AXAPIC_XAPIC, 0x25);
	axapic_regs_write(&r, 0x0d0, 0x80000000);
	axapic_regs_write(&r, 0x310, 0x12000000);
	axapic_regs_post(&r, 0x41, false);

	axapic_regs_set_mode(&r, AXAPIC_X2APIC);
	KUNIT_EXPECT_EQ(test, reg(&r, 0x020), 0x25U);
	KUNIT_EXPECT_EQ(test, reg(&r, 0x0d0), 0x00020020U);
	KUNIT_EXPECT_EQ(test, r.icr, 0ULL);
	KUNIT_EXPECT_EQ(test, axapic_regs_pending(&r), 0x41);

	axapic_regs_set_mode(&r, AXAPIC_DISABLED);
	KUNIT_EXPECT_EQ(test, axapic_regs_pending(&r), -1);
	KUNIT_EXPECT_FALSE(test, r.irr_pending);

	axapic_regs_set_mode(&r, AXAPIC_XAPIC);
	KUNIT_EXPECT_EQ(test, reg(&r, 0x0f0), 0x000000ffU);
	KUNIT_EXPECT_EQ(test, reg(&r, 0x220), 0U);
	KUNIT_EXPECT_EQ(test, reg(&r, 0x0d0), 0U);
}

static struct kunit_case apic_regs_cases[] = {
	KUNIT_CASE_PARAM(reset_values, reset_gen_params),
	KUNIT_CASE_PARAM(xapic_writes, write_gen_params),
	KUNIT_CASE_PARAM(x2apic_msr_faults, msr_gen_params),
	KUNIT_CASE(deadline_bit_exists_if_the_mode_does),
	KUNIT_CASE(initial_count_is_ignored_in_deadline_mode),
	KUNIT_CASE(software_disable_masks_the_local_vectors),
	KUNIT_CASE(software_disable_holds_what_is_requested),
	KUNIT_CASE(errors_show_after_a_write_of_the_status),
	KUNIT_CASE_PARAM(priority, ppr_gen_params),
	KUNIT_CASE(requests_merge_and_keep_their_trigger),
	KUNIT_CASE(interrupts_nest_and_end_in_order),
	KUNIT_CASE(the_highest_request_goes_first),
	KUNIT_CASE(mode_changes),
	{}
};

static struct kunit_suite apic_regs_suite = {
	.name = "axvcpu_apic_regs",
	.test_cases = apic_regs_cases,
};

kunit_test_suite(apic_regs_suite);
