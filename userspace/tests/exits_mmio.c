// SPDX-License-Identifier: MIT
/* Exits MMIO_READ and MMIO_WRITE: every decoded form, completion in each way, strings. */
#include <string.h>

#include "tests/common/exits.h"

#define OLD	0x1122334455667788ULL
#define NEW	0xf1e2d3c4b5a69788ULL	/* negative in each width but the lowest byte's */

#define READ_STEP(mark, off, w, r, rw, s, how, val)					\
	{ .insn = mark, .answer = how, .value = val, .reg = r,				\
	  .want = { .reason = AXVCPU_EXIT_MMIO_READ, .flags = FLAGS_READ,		\
		    .mmio = { .addr = GUEST_MMIO + (off), .width = w, .reg = r,		\
			      .reg_width = rw, .signed_ext = s } } }

/* One load: offset, width, register, its width, sign; and what the register holds after. */
#define LOAD(n, off, w, r, rw, s, after)						\
	{ .name = "read_" n, .guest = "mmio", .entry = "ld_" n,				\
	  .steps = { READ_STEP("i_ld_" n, off, w, r, rw, s, ANSWER_VALUE, NEW) },	\
	  .values = { after, 1 }, .nr_values = 2 }

#define WRITE_STEP(mark, off, w, val)							\
	{ .insn = mark,									\
	  .want = { .reason = AXVCPU_EXIT_MMIO_WRITE, .flags = FLAGS_DONE,		\
		    .mmio = { .addr = GUEST_MMIO + (off), .data = val, .width = w,	\
			      .reg = 0 } } }

#define STORE(n, off, w, val)								\
	{ .name = "write_" n, .guest = "mmio", .entry = "st_" n,			\
	  .steps = { WRITE_STEP("i_st_" n, off, w, val) },				\
	  .values = { 1 }, .nr_values = 1 }

static void registers_unchanged(struct vcpu *v)
{
	CHECK_EQ(v->area->vector, 13);
	CHECK_EQ(v->area->error, 0);
	CHECK_EQ(v->area->rip, vm_mark(v->vm, "i_ld_fault"));
	CHECK_EQ(v->area->gpr[0], OLD);
	CHECK_EQ(v->area->gpr[1], OLD);
	CHECK_EQ(v->area->gpr[15], OLD);
}

/* Partial string exits have pc at the instruction. */
#define PARTIAL_STEP(mark, off, w, val)							\
	{ .insn = mark,									\
	  .want = { .reason = AXVCPU_EXIT_MMIO_WRITE,					\
		    .flags = FLAGS_DONE | AXVCPU_EXIT_PARTIAL,				\
		    .mmio = { .addr = GUEST_MMIO + (off), .data = val, .width = w } } }

static const struct exit_case cases[] = {
	LOAD("byte", 0, 1, 0, 1, 0, 0x1122334455667788),
	LOAD("word", 0, 2, 0, 2, 0, 0x1122334455669788),
	LOAD("dword", 0, 4, 0, 4, 0, 0xb5a69788),
	LOAD("qword", 0, 8, 0, 8, 0, NEW),
	LOAD("zx8_16", 1, 1, 1, 2, 0, 0x1122334455660088),
	LOAD("zx8_32", 1, 1, 1, 4, 0, 0x88),
	LOAD("zx16_32", 2, 2, 2, 4, 0, 0x9788),
	LOAD("zx16_64", 2, 2, 2, 8, 0, 0x9788),
	LOAD("sx8_16", 0, 1, 1, 2, 1, 0x112233445566ff88),
	LOAD("sx8_32", 0, 1, 1, 4, 1, 0xffffff88),
	LOAD("sx8_64", 0, 1, 1, 8, 1, 0xffffffffffffff88),
	LOAD("sx16_32", 0, 2, 2, 4, 1, 0xffff9788),
	LOAD("sx16_64", 0, 2, 2, 8, 1, 0xffffffffffff9788),
	LOAD("sx32_64", 0, 4, 6, 8, 1, 0xffffffffb5a69788),
	LOAD("high_ah", 0, 1, 0, 1, 0, 0x1122334455668888),
	LOAD("high_dh", 0, 1, 2, 1, 0, 0x1122334455668888),
	LOAD("rex_sil", 0, 1, 6, 1, 0, 0x1122334455667788),
	LOAD("rex_r12", 4, 4, 12, 4, 0, 0xb5a69788),
	LOAD("rex_r15", 8, 8, 15, 8, 0, NEW),
	LOAD("sib", 0x4c, 4, 0, 4, 0, 0xb5a69788),
	LOAD("moffs", 0xabc, 4, 0, 4, 0, 0xb5a69788),
	LOAD("movbe", 0, 4, 0, 4, 0, 0x8897a6b5),
	{ .name = "read_rip_relative", .guest = "mmio", .entry = "ld_rip",
	  .steps = { READ_STEP("i_ld_rip", 0x10, 4, 0, 4, 0, ANSWER_VALUE, 5) },
	  .values = { 5 }, .nr_values = 1 },
	{ .name = "read_answered_by_set_gpr", .guest = "mmio", .entry = "ld_sx8_32",
	  .steps = { READ_STEP("i_ld_sx8_32", 0, 1, 1, 4, 1, ANSWER_GPR, NEW) },
	  .values = { NEW, 1 }, .nr_values = 2 },
	{ .name = "read_answered_by_set_return_value", .guest = "mmio", .entry = "ld_sx8_32",
	  .steps = { READ_STEP("i_ld_sx8_32", 0, 1, 1, 4, 1, ANSWER_RETURN, 0x80) },
	  .values = { 0xffffff80, 1 }, .nr_values = 2 },
	{ .name = "read_unanswered_is_all_ones", .guest = "mmio", .entry = "ld_word",
	  .steps = { READ_STEP("i_ld_word", 0, 2, 0, 2, 0, ANSWER_NONE, 0) },
	  .values = { 0x112233445566ffff, 1 }, .nr_values = 2 },
	{ .name = "read_replaced_by_fault", .guest = "mmio", .entry = "ld_fault",
	  .steps = { READ_STEP("i_ld_fault", 0, 4, 1, 4, 0, ANSWER_GP, 0) },
	  .values = { 1 }, .nr_values = 1, .last = registers_unchanged },
	STORE("byte", 0, 1, 0x88),
	STORE("word", 0, 2, 0x7788),
	STORE("dword", 0, 4, 0x55667788),
	STORE("qword", 0, 8, OLD),
	STORE("high_ch", 0, 1, 0x77),
	STORE("rex_sil", 0, 1, 0x88),
	STORE("rex_r9", 0x7c, 4, 0x55667788),
	STORE("imm8", 0, 1, 0xfe),
	STORE("imm16", 0, 2, 0xfffe),
	STORE("imm32", 0, 4, 0x89abcdef),
	STORE("imm64", 0, 8, 0xfffffffffffffffe),
	STORE("movnti", 0, 8, OLD),
	{ .name = "write_stos", .guest = "mmio", .entry = "st_stos",
	  .steps = { WRITE_STEP("i_st_stos", 0, 4, 0x12345678) },
	  .values = { GUEST_MMIO + 4 }, .nr_values = 1 },
	{ .name = "write_rep_stos_down", .guest = "mmio", .entry = "st_rep_stos",
	  .steps = { PARTIAL_STEP("i_st_rep_stos", 0x100, 2, 0xabcd),
		     PARTIAL_STEP("i_st_rep_stos", 0xfe, 2, 0xabcd),
		     WRITE_STEP("i_st_rep_stos", 0xfc, 2, 0xabcd) },
	  .values = { GUEST_MMIO + 0xfa, 0 }, .nr_values = 2 },
	{ .name = "write_rep_movs", .guest = "mmio", .entry = "st_rep_movs",
	  .steps = { PARTIAL_STEP("i_st_rep_movs", 0, 8, 0x0102030405060708),
		     WRITE_STEP("i_st_rep_movs", 8, 8, 0x1112131415161718) },
	  .values = { GUEST_MMIO + 16, GUEST_DATA + 16, 0 }, .nr_values = 3 },
	{ .name = "read_movs_to_memory", .guest = "mmio", .entry = "ld_movs",
	  .steps = { READ_STEP("i_ld_movs", 0, 4, AXVCPU_REG_NONE, 4, 0, ANSWER_VALUE,
			       0xdeadbeef) },
	  .values = { GUEST_DATA + 4, GUEST_MMIO + 4, 0xdeadbeef }, .nr_values = 3 },
	{ .name = "movs_device_to_device", .guest = "mmio", .entry = "movs_mmio",
	  .steps = { READ_STEP("i_movs_mmio", 0, 1, AXVCPU_REG_NONE, 1, 0, ANSWER_VALUE, 0x5a),
		     WRITE_STEP("i_movs_mmio", 0x800, 1, 0x5a) },
	  .values = { GUEST_MMIO + 0x801, GUEST_MMIO + 1 }, .nr_values = 2 },
	{ .name = "read_lods", .guest = "mmio", .entry = "ld_lods",
	  .steps = { READ_STEP("i_ld_lods", 0, 4, 0, 4, 0, ANSWER_VALUE, 0x13572468) },
	  .values = { 0x13572468, GUEST_MMIO + 4 }, .nr_values = 2 },
	{ .name = "read_prot32", .guest = "mmio", .entry = "ld_prot32",
	  .steps = { READ_STEP("i_ld_prot32", 0, 4, 0, 4, 0, ANSWER_VALUE, 0x77) },
	  .values = { 0x77 }, .nr_values = 1 },
	{ .name = "write_prot32", .guest = "mmio", .entry = "st_prot32",
	  .steps = { WRITE_STEP("i_st_prot32", 6, 2, 0xcafe) },
	  .values = { 1 }, .nr_values = 1 },
	{ .name = "read_real16", .guest = "mmio", .entry = "ld_real16",
	  .steps = { READ_STEP("i_ld_real16", 0xb8012 - GUEST_MMIO, 2, 0, 2, 0, ANSWER_VALUE,
			       0x1234) },
	  .values = { 0x1234 }, .nr_values = 1 },
	{ .name = "write_real16", .guest = "mmio", .entry = "st_real16",
	  .steps = { WRITE_STEP("i_st_real16", 0xb8000 - GUEST_MMIO, 2, 0x4142) },
	  .values = { 2 }, .nr_values = 1 },
};

int main(void)
{
	struct tap_test tests[ARRAY_SIZE(cases)];
	size_t i;

	for (i = 0; i < ARRAY_SIZE(cases); i++)
		tests[i] = (struct tap_test){ cases[i].name, exit_case_run, &cases[i] };
	return tap_main(tests, ARRAY_SIZE(tests));
}
