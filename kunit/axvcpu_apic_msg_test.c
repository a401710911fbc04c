// SPDX-License-Identifier: GPL-2.0-only
/* Messages of the local APIC: command register, MSIs, every destination form, arbitration. */
#include <kunit/test.h>

#include "../arch/x86/apic_msg.c"

struct icr_case {
	const char *name;
	u64 icr;
	bool x2apic;
	struct axapic_msg want;
};

static const struct icr_case icr_cases[] = {
	{ "fixed_to_a_physical_id", 0x05000000000000fd, false,
	  { .dest = 5, .vector = 0xfd } },
	{ "fixed_to_a_physical_id_x2", 0x00000105000000fd, true,
	  { .dest = 0x105, .vector = 0xfd, .wide = true } },
	{ "logical", 0x03000000000008fc, false,
	  { .dest = 3, .vector = 0xfc, .logical = true } },
	{ "logical_x2", 0x00010003000008fc, true,
	  { .dest = 0x10003, .vector = 0xfc, .logical = true, .wide = true } },
	{ "ff_is_broadcast_in_an_xapic", 0xff000000000000fb, false,
	  { .dest = 0xff, .vector = 0xfb, .broadcast = true } },
	{ "ff_is_an_id_in_an_x2apic", 0x000000ff000000fb, true,
	  { .dest = 0xff, .vector = 0xfb, .wide = true } },
	{ "all_ones_is_broadcast_in_an_x2apic", 0xffffffff000000fb, true,
	  { .dest = 0xffffffff, .vector = 0xfb, .wide = true, .broadcast = true } },
	{ "lowest_priority", 0x0100000000000930, false,
	  { .dest = 1, .vector = 0x30, .mode = 1, .logical = true } },
	{ "nmi", 0x0100000000000400, false, { .dest = 1, .mode = 4 } },
	{ "init_asserted", 0x010000000000c500, false, { .dest = 1, .mode = 5 } },
	{ "init_edge", 0x0100000000000500, false, { .dest = 1, .mode = 5 } },
	{ "init_deasserted", 0x0100000000008500, false,
	  { .dest = 1, .mode = 5, .deassert = true } },
	{ "startup", 0x0100000000000698, false, { .dest = 1, .vector = 0x98, .mode = 6 } },
	{ "to_self", 0x00000000000400f2, false, { .vector = 0xf2, .shorthand = 1 } },
	{ "to_all", 0x00000000000800f2, false, { .vector = 0xf2, .shorthand = 2 } },
	{ "to_others", 0x00000000000c00f2, false, { .vector = 0xf2, .shorthand = 3 } },
	{ "level_is_an_edge_but_for_init", 0x01000000000080f2, false,
	  { .dest = 1, .vector = 0xf2 } },
};

static void icr_case_desc(const struct icr_case *c, char *desc)
{
	strscpy(desc, c->name, KUNIT_PARAM_DESC_SIZE);
}

KUNIT_ARRAY_PARAM(icr, icr_cases, icr_case_desc);

static void expect_msg(struct kunit *test, const struct axapic_msg *got,
		       const struct axapic_msg *want)
{
	KUNIT_EXPECT_EQ(test, got->dest, want->dest);
	KUNIT_EXPECT_EQ(test, got->vector, want->vector);
	KUNIT_EXPECT_EQ(test, got->mode, want->mode);
	KUNIT_EXPECT_EQ(test, got->shorthand, want->shorthand);
	KUNIT_EXPECT_EQ(test, got->logical, want->logical);
	KUNIT_EXPECT_EQ(test, got->wide, want->wide);
	KUNIT_EXPECT_EQ(test, got->broadcast, want->broadcast);
	KUNIT_EXPECT_EQ(test, got->level, want->level);
	KUNIT_EXPECT_EQ(test, got->deassert, want->deassert);
}

static void command_decodes(struct kunit *test)
{
	const struct icr_case *c = test->param_value;
	struct axapic_msg got;

	memset(&got, 0xa5, sizeof(got));
	axapic_msg_from_icr(c->icr, c->x2apic, &got);
	expect_msg(test, &got, &c->want);
}

struct msi_case {
	const char *name;
	u64 address;
	u32 data;
	int ret;
	struct axapic_msg want;
};

static const struct msi_case msi_cases[] = {
	{ "edge_to_a_physical_id", 0xfee01000, 0x0031, 0, { .dest = 1, .vector = 0x31 } },
	{ "edge_to_a_logical_set", 0xfee03004, 0x0031, 0,
	  { .dest = 3, .vector = 0x31, .logical = true } },
	{ "level_asserted", 0xfee01000, 0xc031, 0, { .dest = 1, .vector = 0x31, .level = true } },
	{ "level_deasserted", 0xfee01000, 0x8031, 0,
	  { .dest = 1, .vector = 0x31, .level = true, .deassert = true } },
	{ "redirection_hint_is_lowest_priority", 0xfee0300c, 0x0031, 0,
	  { .dest = 3, .vector = 0x31, .mode = 1, .logical = true } },
	{ "lowest_priority", 0xfee03004, 0x0131, 0,
	  { .dest = 3, .vector = 0x31, .mode = 1, .logical = true } },
	{ "broadcast", 0xfeeff000, 0x0031, 0, { .dest = 0xff, .vector = 0x31, .broadcast = true } },
	{ "nmi_needs_no_vector", 0xfee01000, 0x0400, 0, { .dest = 1, .mode = 4 } },
	{ "init", 0xfee01000, 0x0500, 0, { .dest = 1, .mode = 5 } },
	{ "extint", 0xfee01000, 0x0708, 0, { .dest = 1, .vector = 8, .mode = 7 } },
	{ "reserved_data_bits_are_dropped", 0xfee01000, 0xffff3831, 0,
	  { .dest = 1, .vector = 0x31 } },
	{ "lowest_address_bits_are_dropped", 0xfee01003, 0x0031, 0,
	  { .dest = 1, .vector = 0x31 } },
	{ "address_below_the_window", 0xfedff000, 0x0031, -EINVAL },
	{ "address_above_the_window", 0xfef00000, 0x0031, -EINVAL },
	{ "address_above_4_gib", 0x1fee01000, 0x0031, -EINVAL },
	{ "reserved_address_bits", 0xfee01010, 0x0031, -EINVAL },
	{ "smi", 0xfee01000, 0x0231, -EINVAL },
	{ "reserved_type_3", 0xfee01000, 0x0331, -EINVAL },
	{ "startup_is_for_ipis_only", 0xfee01000, 0x0631, -EINVAL },
	{ "fixed_vector_below_16", 0xfee01000, 0x000f, -EINVAL },
	{ "lowest_priority_vector_below_16", 0xfee01000, 0x010f, -EINVAL },
};

static void msi_case_desc(const struct msi_case *c, char *desc)
{
	strscpy(desc, c->name, KUNIT_PARAM_DESC_SIZE);
}

KUNIT_ARRAY_PARAM(msi, msi_cases, msi_case_desc);

static void msi_decodes(struct kunit *test)
{
	const struct msi_case *c = test->param_value;
	struct axapic_msg got;

	memset(&got, 0xa5, sizeof(got));
	KUNIT_EXPECT_EQ(test, axapic_msg_from_msi(c->address, c->data, &got), c->ret);
	if (!c->ret)
		expect_msg(test, &got, &c->want);
}

struct match_case {
	const char *name;
	struct axapic_msg m;
	u8 mode;
	u32 id;
	u32 ldr;
	u32 dfr;
	bool want;
};

#define FLAT		0xffffffff
#define CLUSTERED	0x0fffffff

static const struct match_case match_cases[] = {
	{ "physical_hit", { .dest = 3 }, AXAPIC_XAPIC, 3, 0, FLAT, true },
	{ "physical_miss", { .dest = 2 }, AXAPIC_XAPIC, 3, 0, FLAT, false },
	{ "physical_hit_x2", { .dest = 3, .wide = true }, AXAPIC_X2APIC, 3, 8, FLAT, true },
	{ "physical_from_x2_to_xapic", { .dest = 3, .wide = true },
	  AXAPIC_XAPIC, 3, 0, FLAT, true },
	{ "physical_from_xapic_to_x2", { .dest = 3 }, AXAPIC_X2APIC, 3, 8, FLAT, true },
	{ "physical_id_above_8_bits_is_not_cut", { .dest = 0x103, .wide = true },
	  AXAPIC_XAPIC, 3, 0, FLAT, false },
	{ "broadcast_physical", { .dest = 0xff, .broadcast = true },
	  AXAPIC_XAPIC, 3, 0, FLAT, true },
	{ "broadcast_logical_without_ldr", { .dest = 0xff, .broadcast = true, .logical = true },
	  AXAPIC_XAPIC, 3, 0, FLAT, true },
	{ "broadcast_x2", { .dest = 0xffffffff, .broadcast = true, .wide = true },
	  AXAPIC_X2APIC, 3, 8, FLAT, true },
	{ "broadcast_misses_a_disabled_apic", { .dest = 0xff, .broadcast = true },
	  AXAPIC_DISABLED, 3, 0, FLAT, false },
	{ "physical_misses_a_disabled_apic", { .dest = 3 }, AXAPIC_DISABLED, 3, 0, FLAT, false },
	{ "flat_hit_of_one", { .dest = 0x08, .logical = true },
	  AXAPIC_XAPIC, 3, 0x08000000, FLAT, true },
	{ "flat_hit_of_several", { .dest = 0x0c, .logical = true },
	  AXAPIC_XAPIC, 3, 0x08000000, FLAT, true },
	{ "flat_hit_of_the_eighth_cpu", { .dest = 0x80, .logical = true },
	  AXAPIC_XAPIC, 7, 0x80000000, FLAT, true },
	{ "flat_miss", { .dest = 0x04, .logical = true },
	  AXAPIC_XAPIC, 3, 0x08000000, FLAT, false },
	{ "flat_without_ldr_misses", { .dest = 0x01, .logical = true },
	  AXAPIC_XAPIC, 0, 0, FLAT, false },
	{ "flat_does_not_look_at_the_id", { .dest = 0x01, .logical = true },
	  AXAPIC_XAPIC, 3, 0x01000000, FLAT, true },
	{ "cluster_hit", { .dest = 0x23, .logical = true },
	  AXAPIC_XAPIC, 3, 0x22000000, CLUSTERED, true },
	{ "cluster_other_cluster", { .dest = 0x33, .logical = true },
	  AXAPIC_XAPIC, 3, 0x22000000, CLUSTERED, false },
	{ "cluster_other_cpu", { .dest = 0x21, .logical = true },
	  AXAPIC_XAPIC, 3, 0x22000000, CLUSTERED, false },
	{ "cluster_all_clusters", { .dest = 0xf2, .logical = true },
	  AXAPIC_XAPIC, 3, 0x22000000, CLUSTERED, true },
	{ "cluster_all_clusters_other_cpu", { .dest = 0xf1, .logical = true },
	  AXAPIC_XAPIC, 3, 0x22000000, CLUSTERED, false },
	{ "reserved_model_misses", { .dest = 0x22, .logical = true },
	  AXAPIC_XAPIC, 3, 0x22000000, 0x7fffffff, false },
	{ "x2_logical_hit", { .dest = 0x00020020, .logical = true, .wide = true },
	  AXAPIC_X2APIC, 0x25, 0x00020020, FLAT, true },
	{ "x2_logical_several", { .dest = 0x0002ffff, .logical = true, .wide = true },
	  AXAPIC_X2APIC, 0x25, 0x00020020, FLAT, true },
	{ "x2_logical_other_cluster", { .dest = 0x00010020, .logical = true, .wide = true },
	  AXAPIC_X2APIC, 0x25, 0x00020020, FLAT, false },
	{ "x2_logical_other_cpu", { .dest = 0x00020010, .logical = true, .wide = true },
	  AXAPIC_X2APIC, 0x25, 0x00020020, FLAT, false },
	{ "x2_logical_misses_an_xapic", { .dest = 0x00000008, .logical = true, .wide = true },
	  AXAPIC_XAPIC, 3, 0x08000000, FLAT, false },
	{ "msi_logical_to_x2_is_cluster_0", { .dest = 0x08, .logical = true },
	  AXAPIC_X2APIC, 3, 0x00000008, FLAT, true },
	{ "msi_logical_to_x2_of_cluster_2", { .dest = 0x20, .logical = true },
	  AXAPIC_X2APIC, 0x25, 0x00020020, FLAT, false },
};

static void match_case_desc(const struct match_case *c, char *desc)
{
	strscpy(desc, c->name, KUNIT_PARAM_DESC_SIZE);
}

KUNIT_ARRAY_PARAM(match, match_cases, match_case_desc);

static void destination_matches(struct kunit *test)
{
	const struct match_case *c = test->param_value;
	struct axapic_regs r = {
		.mode = c->mode, .id = c->id, .ldr = c->ldr, .dfr = c->dfr,
	};

	KUNIT_EXPECT_EQ(test, axapic_msg_matches(&c->m, &r), c->want);
}

static void derived_logical_destinations(struct kunit *test)
{
	KUNIT_EXPECT_EQ(test, axapic_x2_ldr(0), 0x00000001U);
	KUNIT_EXPECT_EQ(test, axapic_x2_ldr(15), 0x00008000U);
	KUNIT_EXPECT_EQ(test, axapic_x2_ldr(16), 0x00010001U);
	KUNIT_EXPECT_EQ(test, axapic_x2_ldr(127), 0x00078000U);
	KUNIT_EXPECT_EQ(test, axapic_x2_ldr(0x12345), 0x12340020U);
}

static void lowest_priority_wins(struct kunit *test)
{
	static const u8 differs[] = { 0x40, 0x20, 0x30 };
	static const u8 equal[] = { 0x20, 0x20, 0x20 };
	static const u8 one[] = { 0xf0 };

	KUNIT_EXPECT_EQ(test, axapic_msg_choose(differs, 3, 0x30), 1U);
	KUNIT_EXPECT_EQ(test, axapic_msg_choose(differs, 3, 0x31), 1U);
	KUNIT_EXPECT_EQ(test, axapic_msg_choose(one, 1, 0xff), 0U);
	/* Equal ones share the vectors. */
	KUNIT_EXPECT_EQ(test, axapic_msg_choose(equal, 3, 0x30), 0U);
	KUNIT_EXPECT_EQ(test, axapic_msg_choose(equal, 3, 0x31), 1U);
	KUNIT_EXPECT_EQ(test, axapic_msg_choose(equal, 3, 0x32), 2U);
}

struct exit_case {
	const char *name;
	u64 icr;
	bool x2apic;
	u32 reason;
	struct axvcpu_exit want;
};

static const struct exit_case exit_cases[] = {
	{ "ipi_to_one", 0x05000000000000fd, false, AXVCPU_EXIT_SEND_IPI,
	  { .ipi = { .target_cpu = 5, .target_cpu_aux = 0x05000000000000fd, .vector = 0xfd } } },
	{ "ipi_to_one_x2", 0x00000105000000fd, true, AXVCPU_EXIT_SEND_IPI,
	  { .ipi = { .target_cpu = 0x105, .target_cpu_aux = 0x00000105000000fd,
		     .vector = 0xfd } } },
	{ "ipi_to_self", 0x00000000000400fd, false, AXVCPU_EXIT_SEND_IPI,
	  { .ipi = { .target_cpu_aux = 0x400fd, .vector = 0xfd, .send_to_self = 1 } } },
	{ "ipi_to_all", 0x00000000000800fd, false, AXVCPU_EXIT_SEND_IPI,
	  { .ipi = { .target_cpu_aux = 0x800fd, .vector = 0xfd, .send_to_all = 1,
		     .send_to_self = 1 } } },
	{ "ipi_to_others", 0x00000000000c00fd, false, AXVCPU_EXIT_SEND_IPI,
	  { .ipi = { .target_cpu_aux = 0xc00fd, .vector = 0xfd, .send_to_all = 1 } } },
	{ "init_is_an_ipi", 0x010000000000c500, false, AXVCPU_EXIT_SEND_IPI,
	  { .ipi = { .target_cpu = 1, .target_cpu_aux = 0x010000000000c500 } } },
	{ "startup_of_one_cpu", 0x0100000000000698, false, AXVCPU_EXIT_CPU_UP,
	  { .cpu_up = { .target_cpu = 1, .entry_point = 0x98000 } } },
	{ "startup_of_one_cpu_x2", 0x0000012000000698, true, AXVCPU_EXIT_CPU_UP,
	  { .cpu_up = { .target_cpu = 0x120, .entry_point = 0x98000 } } },
	{ "startup_of_all_others", 0x00000000000c0698, false, AXVCPU_EXIT_SEND_IPI,
	  { .ipi = { .target_cpu_aux = 0xc0698, .vector = 0x98, .send_to_all = 1 } } },
};

static void exit_case_desc(const struct exit_case *c, char *desc)
{
	strscpy(desc, c->name, KUNIT_PARAM_DESC_SIZE);
}

KUNIT_ARRAY_PARAM(exit, exit_cases, exit_case_desc);

static void command_is_reported(struct kunit *test)
{
	const struct exit_case *c = test->param_value;
	struct axvcpu_exit got;

	memset(&got, 0xa5, sizeof(got));
	axapic_icr_to_exit(c->icr, c->x2apic, &got);
	KUNIT_EXPECT_EQ(test, got.reason, c->reason);
	KUNIT_EXPECT_EQ(test, memcmp(got.raw, c->want.raw, sizeof(got.raw)), 0);
}

static struct kunit_case apic_msg_cases[] = {
	KUNIT_CASE_PARAM(command_decodes, icr_gen_params),
	KUNIT_CASE_PARAM(msi_decodes, msi_gen_params),
	KUNIT_CASE_PARAM(destination_matches, match_gen_params),
	KUNIT_CASE(derived_logical_destinations),
	KUNIT_CASE(lowest_priority_wins),
	KUNIT_CASE_PARAM(command_is_reported, exit_gen_params),
	{}
};

static struct kunit_suite apic_msg_suite = {
	.name = "axvcpu_apic_msg",
	.test_cases = apic_msg_cases,
};

kunit_test_suite(apic_msg_suite);
