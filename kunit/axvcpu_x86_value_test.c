// SPDX-License-Identifier: GPL-2.0-only
/*
 * What a decoded instruction does: effective address, value stored, register
 * after a load, pointers and counter of a string instruction.
 */
#include <linux/string.h>
#include <kunit/test.h>

#include "../arch/x86/x86_decode.h"

/* rAX is 1, rCX is 2 and so on, each times this; so every wrong register shows. */
#define UNIT	0x1000000010001ULL

struct address_case {
	const char *name;
	struct axx86_mem mem;
	u64 next_rip;
	u64 want;
};

static const struct address_case address_cases[] = {
	{ "displacement_alone", { 0x1234, 0, 8, AXX86_NO_REG, AXX86_NO_REG, 1 }, 99, 0x1234 },
	{ "base_alone", { 0, 0, 8, AXX86_RBX, AXX86_NO_REG, 1 }, 99, 0x4000000040004ULL },
	{ "base_index_scale_disp", { 0x10, 0, 8, AXX86_RAX, AXX86_R15, 8 },
	  99, 0x81000000810091ULL },
	{ "negative_displacement_wraps_at_64_bits", { -2, 0, 8, AXX86_NO_REG, AXX86_NO_REG, 1 },
	  99, 0xfffffffffffffffeULL },
	{ "address_size_32_cuts_the_sum", { -0x10, 0, 4, AXX86_RCX, AXX86_NO_REG, 1 },
	  99, 0x1fff2 },
	{ "address_size_32_wraps", { -0x20003, 0, 4, AXX86_RCX, AXX86_NO_REG, 1 },
	  99, 0xffffffff },
	{ "address_size_16_cuts_the_sum", { -0x10, 0, 2, AXX86_RCX, AXX86_RDX, 1 }, 99, 0xfff5 },
	{ "rip_relative", { -0x10, 0, 8, AXX86_NO_REG, AXX86_NO_REG, 1, true },
	  0xffffffff81000000ULL, 0xffffffff80fffff0ULL },
	{ "rip_relative_with_67", { -0x10, 0, 4, AXX86_NO_REG, AXX86_NO_REG, 1, true },
	  0xffffffff81000000ULL, 0x80fffff0ULL },
};

static void address_case_desc(const struct address_case *c, char *desc)
{
	strscpy(desc, c->name, KUNIT_PARAM_DESC_SIZE);
}

KUNIT_ARRAY_PARAM(address, address_cases, address_case_desc);

static void effective_address_is_the_sum(struct kunit *test)
{
	const struct address_case *c = test->param_value;
	u64 gpr[AXX86_NR_GPR];
	int i;

	for (i = 0; i < AXX86_NR_GPR; i++)
		gpr[i] = (i + 1) * UNIT;
	KUNIT_EXPECT_EQ(test, axx86_effective_address(&c->mem, gpr, c->next_rip), c->want);
}

struct value_case {
	const char *name;
	struct axx86_insn insn;
	u64 old;
	u64 mem;
	u64 want;
};

#define OLD	0x1122334455667788ULL

static const struct value_case load_cases[] = {
	{ "byte_keeps_the_rest", { .width = 1, .reg_width = 1 },
	  OLD, 0xffffff99, 0x1122334455667799ULL },
	{ "high_byte_keeps_the_rest", { .width = 1, .reg_width = 1, .high_byte = true },
	  OLD, 0xffffff99, 0x1122334455669988ULL },
	{ "high_byte_is_eight_bits", { .width = 1, .reg_width = 1, .high_byte = true },
	  0xffffffffffffffffULL, 0, 0xffffffffffff00ffULL },
	{ "word_keeps_the_rest", { .width = 2, .reg_width = 2 },
	  OLD, 0xffff99aa, 0x11223344556699aaULL },
	{ "dword_clears_the_upper_half", { .width = 4, .reg_width = 4 },
	  OLD, 0xffffffff99aabbccULL, 0x99aabbccULL },
	{ "qword", { .width = 8, .reg_width = 8 },
	  OLD, 0x99aabbccddeeff00ULL, 0x99aabbccddeeff00ULL },
	{ "movzx_byte_to_word", { .width = 1, .reg_width = 2 }, OLD, 0xff, 0x11223344556600ffULL },
	{ "movzx_byte_to_dword", { .width = 1, .reg_width = 4 }, OLD, 0xff, 0xffULL },
	{ "movzx_word_to_qword", { .width = 2, .reg_width = 8 }, OLD, 0xf000, 0xf000ULL },
	{ "movsx_byte_to_word", { .width = 1, .reg_width = 2, .sign_extend = true },
	  OLD, 0x80, 0x112233445566ff80ULL },
	{ "movsx_byte_to_dword", { .width = 1, .reg_width = 4, .sign_extend = true },
	  OLD, 0x80, 0xffffff80ULL },
	{ "movsx_byte_to_qword", { .width = 1, .reg_width = 8, .sign_extend = true },
	  OLD, 0x80, 0xffffffffffffff80ULL },
	{ "movsx_of_a_positive_word", { .width = 2, .reg_width = 8, .sign_extend = true },
	  OLD, 0x7fff, 0x7fffULL },
	{ "movsx_word_to_dword", { .width = 2, .reg_width = 4, .sign_extend = true },
	  OLD, 0x8000, 0xffff8000ULL },
	{ "movsxd", { .width = 4, .reg_width = 8, .sign_extend = true },
	  OLD, 0x80000000, 0xffffffff80000000ULL },
	{ "movbe_word", { .width = 2, .reg_width = 2, .swap = true },
	  OLD, 0x0102, 0x1122334455660201ULL },
	{ "movbe_dword", { .width = 4, .reg_width = 4, .swap = true },
	  OLD, 0x01020304, 0x04030201ULL },
	{ "movbe_qword", { .width = 8, .reg_width = 8, .swap = true },
	  OLD, 0x0102030405060708ULL, 0x0807060504030201ULL },
};

static void value_case_desc(const struct value_case *c, char *desc)
{
	strscpy(desc, c->name, KUNIT_PARAM_DESC_SIZE);
}

KUNIT_ARRAY_PARAM(load, load_cases, value_case_desc);

static void loads_merge_into_the_register(struct kunit *test)
{
	const struct value_case *c = test->param_value;

	KUNIT_EXPECT_EQ(test, axx86_merge_load(&c->insn, c->old, c->mem), c->want);
}

static const struct value_case store_cases[] = {
	{ "store_byte", { .reg = AXX86_R9, .kind = AXX86_STORE, .width = 1 }, OLD, 0, 0x88 },
	{ "store_high_byte",
	  { .reg = AXX86_R9, .kind = AXX86_STORE, .width = 1, .high_byte = true }, OLD, 0, 0x77 },
	{ "store_word", { .reg = AXX86_R9, .kind = AXX86_STORE, .width = 2 }, OLD, 0, 0x7788 },
	{ "store_dword", { .reg = AXX86_R9, .kind = AXX86_STORE, .width = 4 },
	  OLD, 0, 0x55667788 },
	{ "store_qword", { .reg = AXX86_R9, .kind = AXX86_STORE, .width = 8 }, OLD, 0, OLD },
	{ "store_movbe_word",
	  { .reg = AXX86_R9, .kind = AXX86_STORE, .width = 2, .swap = true }, OLD, 0, 0x8877 },
	{ "store_movbe_dword",
	  { .reg = AXX86_R9, .kind = AXX86_STORE, .width = 4, .swap = true }, OLD, 0, 0x88776655 },
	{ "store_movbe_qword",
	  { .reg = AXX86_R9, .kind = AXX86_STORE, .width = 8, .swap = true },
	  OLD, 0, 0x8877665544332211ULL },
	{ "stos_byte", { .reg = AXX86_R9, .kind = AXX86_STOS, .width = 1 }, OLD, 0, 0x88 },
	{ "store_immediate", { .reg = AXX86_NO_REG, .kind = AXX86_STORE_IMM, .imm = 0x1234 },
	  OLD, 0, 0x1234 },
	{ "load_stores_nothing", { .reg = AXX86_R9, .kind = AXX86_LOAD, .width = 8 }, OLD, 0, 0 },
	{ "movs_has_no_register", { .reg = AXX86_NO_REG, .kind = AXX86_MOVS, .width = 8 },
	  OLD, 0, 0 },
};

KUNIT_ARRAY_PARAM(store, store_cases, value_case_desc);

static void stores_take_the_register(struct kunit *test)
{
	const struct value_case *c = test->param_value;
	u64 gpr[AXX86_NR_GPR];

	memset(gpr, 0xa5, sizeof(gpr));
	gpr[AXX86_R9] = c->old;
	KUNIT_EXPECT_EQ(test, axx86_store_value(&c->insn, gpr), c->want);
}

static void string_count_has_the_address_size(struct kunit *test)
{
	u64 gpr[AXX86_NR_GPR] = { [AXX86_RCX] = 0xfedcba9800010002ULL };

	KUNIT_EXPECT_EQ(test, axx86_string_count(2, true, gpr), 0x2ULL);
	KUNIT_EXPECT_EQ(test, axx86_string_count(4, true, gpr), 0x10002ULL);
	KUNIT_EXPECT_EQ(test, axx86_string_count(8, true, gpr), 0xfedcba9800010002ULL);
	KUNIT_EXPECT_EQ(test, axx86_string_count(8, false, gpr), 1ULL);
	gpr[AXX86_RCX] = 0x10000;
	KUNIT_EXPECT_EQ(test, axx86_string_count(2, true, gpr), 0ULL);
}

static u64 stepped(u64 reg, u8 addr_bytes, s64 delta)
{
	axx86_string_step(&reg, addr_bytes, delta);
	return reg;
}

static void string_step_has_the_address_size(struct kunit *test)
{
	KUNIT_EXPECT_EQ(test, stepped(0x1122334455ffffULL, 2, 1), 0x11223344550000ULL);
	KUNIT_EXPECT_EQ(test, stepped(0x11223344550000ULL, 2, -4), 0x1122334455fffcULL);
	KUNIT_EXPECT_EQ(test, stepped(0x11fffffffeULL, 4, 4), 0x2ULL);
	KUNIT_EXPECT_EQ(test, stepped(0x1100000000ULL, 4, -1), 0xffffffffULL);
	KUNIT_EXPECT_EQ(test, stepped(0xffffffffULL, 8, 1), 0x100000000ULL);
	KUNIT_EXPECT_EQ(test, stepped(0, 8, -8), 0xfffffffffffffff8ULL);
}

static struct kunit_case x86_value_cases[] = {
	KUNIT_CASE_PARAM(effective_address_is_the_sum, address_gen_params),
	KUNIT_CASE_PARAM(loads_merge_into_the_register, load_gen_params),
	KUNIT_CASE_PARAM(stores_take_the_register, store_gen_params),
	KUNIT_CASE(string_count_has_the_address_size),
	KUNIT_CASE(string_step_has_the_address_size),
	{}
};

static struct kunit_suite x86_value_suite = {
	.name = "axvcpu_x86_value",
	.test_cases = x86_value_cases,
};

kunit_test_suite(x86_value_suite);
