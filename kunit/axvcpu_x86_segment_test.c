// SPDX-License-Identifier: GPL-2.0-only
/*
 * Segments: the mode that CR0, EFER and CS make, and linear addresses with their
 * limit, type and canonical checks.
 */
#include <kunit/test.h>

#include "../arch/x86/x86_segment.c"

struct mode_case {
	const char *name;
	u64 cr0;
	u64 efer;
	u64 rflags;
	u16 cs_attrib;
	enum axx86_mode want;
};

/* CR0.PE 1, CR0.PG 80000000; EFER.LME 100, LMA 400; RFLAGS.VM 20000; CS: L 200, D 400. */
static const struct mode_case mode_cases[] = {
	{ "real_mode_after_reset", 0x60000010, 0, 0x2, 0x09b, AXX86_REAL16 },
	{ "protected_16_bit", 0x11, 0, 0x2, 0x09b, AXX86_PROT16 },
	{ "protected_32_bit", 0x11, 0, 0x2, 0xc9b, AXX86_PROT32 },
	{ "virtual_8086", 0x80000011, 0, 0x20002, 0x0fb, AXX86_REAL16 },
	{ "virtual_8086_ignores_cs_d", 0x80000011, 0, 0x20002, 0x4fb, AXX86_REAL16 },
	{ "real_mode_has_no_vm_flag", 0x10, 0, 0x20002, 0x09b, AXX86_REAL16 },
	{ "real_mode_keeps_a_32_bit_cs", 0x10, 0, 0x2, 0x49b, AXX86_PROT32 },
	{ "long_64_bit", 0x80000011, 0x500, 0x2, 0xa9b, AXX86_LONG64 },
	{ "long_compatibility_32_bit", 0x80000011, 0x500, 0x2, 0xc9b, AXX86_PROT32 },
	{ "long_compatibility_16_bit", 0x80000011, 0x500, 0x2, 0x09b, AXX86_PROT16 },
	{ "long_mode_ignores_the_vm_flag", 0x80000011, 0x500, 0x20002, 0xa9b, AXX86_LONG64 },
	{ "l_counts_for_nothing_before_lma", 0x11, 0x100, 0x2, 0xe9b, AXX86_PROT32 },
};

static void mode_case_desc(const struct mode_case *c, char *desc)
{
	strscpy(desc, c->name, KUNIT_PARAM_DESC_SIZE);
}

KUNIT_ARRAY_PARAM(mode, mode_cases, mode_case_desc);

static void modes_follow_the_registers(struct kunit *test)
{
	const struct mode_case *c = test->param_value;

	KUNIT_EXPECT_EQ(test, axx86_mode(c->cr0, c->efer, c->rflags, c->cs_attrib), c->want);
}

/* Attributes: P 80, S 10; data 2 = writable, 4 = expand-down; code 8, 2 = readable; D/B 400. */
#define DATA_RW		0xc93
#define DATA_RO		0xc91
#define DATA_DOWN_32	0x497
#define DATA_DOWN_16	0x097
#define CODE_RX		0xc9b
#define CODE_X		0xc99
#define CODE_CONFORMING	0xc9f
#define NULL_SEGMENT	0x000

#define R	AXX86_ACCESS_READ
#define W	AXX86_ACCESS_WRITE
#define X	AXX86_ACCESS_FETCH

struct linear_case {
	const char *name;
	enum axx86_mode mode;
	u8  seg;
	struct axx86_segment hidden;	/* selector, attrib, limit, base */
	u8  access;
	u64 ea;
	u32 len;
	u8  vector;			/* 0: allowed */
	u64 gva;
};

static const struct linear_case linear_cases[] = {
	/* real mode */
	{ "real_mode_adds_the_base", AXX86_REAL16, AXX86_DS,
	  { 0xb800, 0x093, 0xffff, 0xb8000 }, R, 0x10, 2, 0, 0xb8010 },
	{ "real_mode_last_byte_of_64_kib", AXX86_REAL16, AXX86_DS,
	  { 0, 0x093, 0xffff, 0 }, R, 0xffff, 1, 0, 0xffff },
	{ "real_mode_word_over_64_kib", AXX86_REAL16, AXX86_DS,
	  { 0, 0x093, 0xffff, 0 }, R, 0xffff, 2, 13, 0 },
	{ "real_mode_word_over_64_kib_of_stack", AXX86_REAL16, AXX86_SS,
	  { 0, 0x093, 0xffff, 0 }, R, 0xffff, 2, 12, 0 },
	{ "real_mode_high_memory_area", AXX86_REAL16, AXX86_ES,
	  { 0xffff, 0x093, 0xffff, 0xffff0 }, W, 0xfff0, 1, 0, 0x10ffe0 },
	{ "real_mode_with_a_big_limit", AXX86_REAL16, AXX86_FS,
	  { 0, 0x093, 0xffffffff, 0 }, W, 0xfee00080, 4, 0, 0xfee00080 },
	{ "real_mode_writes_through_cs", AXX86_REAL16, AXX86_CS,
	  { 0, 0x09b, 0xffff, 0x1000 }, W, 0, 1, 0, 0x1000 },
	{ "real_mode_has_no_type_check", AXX86_REAL16, AXX86_DS,
	  { 0, NULL_SEGMENT, 0xffff, 0 }, W, 0, 4, 0, 0 },

	/* limits */
	{ "flat_segment", AXX86_PROT32, AXX86_DS,
	  { 0x10, DATA_RW, 0xffffffff, 0 }, W, 0xfee00300, 4, 0, 0xfee00300 },
	{ "last_bytes_of_a_segment", AXX86_PROT32, AXX86_DS,
	  { 0x10, DATA_RW, 0xfff, 0x400000 }, R, 0xffc, 4, 0, 0x400ffc },
	{ "one_byte_over_the_limit", AXX86_PROT32, AXX86_DS,
	  { 0x10, DATA_RW, 0xfff, 0x400000 }, R, 0xffd, 4, 13, 0 },
	{ "first_byte_over_the_limit", AXX86_PROT32, AXX86_GS,
	  { 0x10, DATA_RW, 0xfff, 0x400000 }, R, 0x1000, 1, 13, 0 },
	{ "stack_over_the_limit", AXX86_PROT32, AXX86_SS,
	  { 0x10, DATA_RW, 0xfff, 0x400000 }, W, 0x1000, 1, 12, 0 },
	{ "code_over_the_limit", AXX86_PROT16, AXX86_CS,
	  { 0x8, 0x09b, 0xffff, 0 }, X, 0xfffe, 3, 13, 0 },
	{ "flat_segment_wraps_at_4_gib", AXX86_PROT32, AXX86_DS,
	  { 0x10, DATA_RW, 0xffffffff, 0 }, R, 0xfffffffe, 4, 0, 0xfffffffe },
	{ "limit_one_less_than_4_gib_does_not_wrap", AXX86_PROT32, AXX86_DS,
	  { 0x10, DATA_RW, 0xfffffffe, 0 }, R, 0xfffffffe, 4, 13, 0 },
	{ "base_and_offset_wrap_at_4_gib", AXX86_PROT32, AXX86_DS,
	  { 0x10, DATA_RW, 0xffffffff, 0xfffff000 }, R, 0x2000, 4, 0, 0x1000 },

	/* expand-down */
	{ "expand_down_is_above_the_limit", AXX86_PROT32, AXX86_DS,
	  { 0x10, DATA_DOWN_32, 0xfff, 0 }, W, 0x1000, 4, 0, 0x1000 },
	{ "expand_down_excludes_the_limit", AXX86_PROT32, AXX86_DS,
	  { 0x10, DATA_DOWN_32, 0xfff, 0 }, W, 0xfff, 1, 13, 0 },
	{ "expand_down_stack_below_the_limit", AXX86_PROT32, AXX86_SS,
	  { 0x10, DATA_DOWN_32, 0xfff, 0 }, W, 0x10, 4, 12, 0 },
	{ "expand_down_big_ends_at_4_gib", AXX86_PROT32, AXX86_DS,
	  { 0x10, DATA_DOWN_32, 0xfff, 0 }, R, 0xfffffffc, 4, 0, 0xfffffffc },
	{ "expand_down_small_ends_at_64_kib", AXX86_PROT16, AXX86_DS,
	  { 0x10, DATA_DOWN_16, 0xfff, 0 }, R, 0xfffe, 2, 0, 0xfffe },
	{ "expand_down_small_over_64_kib", AXX86_PROT16, AXX86_DS,
	  { 0x10, DATA_DOWN_16, 0xfff, 0 }, R, 0xffff, 2, 13, 0 },
	{ "expand_down_small_far_over_64_kib", AXX86_PROT32, AXX86_DS,
	  { 0x10, DATA_DOWN_16, 0xfff, 0 }, R, 0x10000, 1, 13, 0 },

	/* types */
	{ "read_only_data_reads", AXX86_PROT32, AXX86_DS,
	  { 0x10, DATA_RO, 0xffffffff, 0 }, R, 0, 4, 0, 0 },
	{ "read_only_data_refuses_writes", AXX86_PROT32, AXX86_DS,
	  { 0x10, DATA_RO, 0xffffffff, 0 }, W, 0, 4, 13, 0 },
	{ "read_only_data_refuses_read_modify_write", AXX86_PROT32, AXX86_DS,
	  { 0x10, DATA_RO, 0xffffffff, 0 }, R | W, 0, 4, 13, 0 },
	{ "readable_code_reads", AXX86_PROT32, AXX86_CS,
	  { 0x8, CODE_RX, 0xffffffff, 0 }, R, 0x100, 4, 0, 0x100 },
	{ "code_refuses_writes", AXX86_PROT32, AXX86_CS,
	  { 0x8, CODE_RX, 0xffffffff, 0 }, W, 0x100, 4, 13, 0 },
	{ "execute_only_code_refuses_reads", AXX86_PROT32, AXX86_CS,
	  { 0x8, CODE_X, 0xffffffff, 0 }, R, 0x100, 4, 13, 0 },
	{ "execute_only_code_executes", AXX86_PROT32, AXX86_CS,
	  { 0x8, CODE_X, 0xffffffff, 0 }, X, 0x100, 15, 0, 0x100 },
	{ "conforming_code_is_not_expand_down", AXX86_PROT32, AXX86_CS,
	  { 0x8, CODE_CONFORMING, 0xfff, 0 }, X, 0x100, 1, 0, 0x100 },
	{ "data_does_not_execute", AXX86_PROT32, AXX86_CS,
	  { 0x8, DATA_RW, 0xffffffff, 0 }, X, 0x100, 1, 13, 0 },
	{ "null_segment", AXX86_PROT32, AXX86_ES,
	  { 0, NULL_SEGMENT, 0xffffffff, 0 }, R, 0x100, 1, 13, 0 },
	{ "null_stack_segment", AXX86_PROT32, AXX86_SS,
	  { 0, NULL_SEGMENT, 0xffffffff, 0 }, R, 0x100, 1, 12, 0 },
	{ "system_segment", AXX86_PROT32, AXX86_ES,
	  { 0x18, 0x082, 0xffffffff, 0 }, R, 0x100, 1, 13, 0 },

	/* 64-bit mode */
	{ "long_ignores_base_limit_and_type", AXX86_LONG64, AXX86_DS,
	  { 0, NULL_SEGMENT, 0, 0x1234000 }, W, 0xffff888000001000ULL, 8,
	  0, 0xffff888000001000ULL },
	{ "long_ignores_the_base_of_cs", AXX86_LONG64, AXX86_CS,
	  { 0, 0xa9b, 0, 0x1234000 }, X, 0x1000, 15, 0, 0x1000 },
	{ "long_adds_the_base_of_fs", AXX86_LONG64, AXX86_FS,
	  { 0, NULL_SEGMENT, 0, 0x7f0000000000ULL }, R, 0x28, 8, 0, 0x7f0000000028ULL },
	{ "long_adds_the_base_of_gs_with_wraparound", AXX86_LONG64, AXX86_GS,
	  { 0, NULL_SEGMENT, 0, 0xffff888000000000ULL }, R, 0x778000001000ULL, 8, 0, 0x1000 },
	{ "long_last_byte_of_the_low_half", AXX86_LONG64, AXX86_DS,
	  { }, R, 0x7fffffffffffULL, 1, 0, 0x7fffffffffffULL },
	{ "long_over_the_end_of_the_low_half", AXX86_LONG64, AXX86_DS,
	  { }, R, 0x7fffffffffffULL, 2, 13, 0 },
	{ "long_first_byte_of_the_hole", AXX86_LONG64, AXX86_DS,
	  { }, R, 0x800000000000ULL, 1, 13, 0 },
	{ "long_hole_through_the_stack", AXX86_LONG64, AXX86_SS,
	  { }, R, 0x800000000000ULL, 1, 12, 0 },
	{ "long_hole_through_fs", AXX86_LONG64, AXX86_FS,
	  { .base = 0x7ffffffff000ULL }, R, 0x1000, 1, 13, 0 },
	{ "long_last_byte_of_the_hole", AXX86_LONG64, AXX86_DS,
	  { }, R, 0xffff7fffffffffffULL, 1, 13, 0 },
	{ "long_out_of_the_hole", AXX86_LONG64, AXX86_DS,
	  { }, R, 0xffff7fffffffffffULL, 2, 13, 0 },
	{ "long_first_byte_of_the_high_half", AXX86_LONG64, AXX86_DS,
	  { }, R, 0xffff800000000000ULL, 8, 0, 0xffff800000000000ULL },
	{ "long_wraps_to_0", AXX86_LONG64, AXX86_DS,
	  { }, R, 0xfffffffffffffffeULL, 4, 0, 0xfffffffffffffffeULL },
	{ "compatibility_mode_has_segments", AXX86_PROT32, AXX86_DS,
	  { 0x2b, 0xcf3, 0xfff, 0x10000 }, R, 0x1000, 1, 13, 0 },
};

static void linear_case_desc(const struct linear_case *c, char *desc)
{
	strscpy(desc, c->name, KUNIT_PARAM_DESC_SIZE);
}

KUNIT_ARRAY_PARAM(linear, linear_cases, linear_case_desc);

static void segments_give_linear_addresses(struct kunit *test)
{
	const struct linear_case *c = test->param_value;
	struct axx86_segment seg[AXX86_NR_SEG];
	struct axx86_access a = {
		.ea = c->ea, .len = c->len, .mode = c->mode, .seg = c->seg,
		.access = c->access, .va_bits = 48,
	};
	struct axx86_fault fault;
	u64 gva = 0xa5a5a5a5a5a5a5a5ULL;

	memset(seg, 0xa5, sizeof(seg));		/* the wrong register would show */
	memset(&fault, 0xa5, sizeof(fault));
	seg[c->seg] = c->hidden;
	KUNIT_EXPECT_EQ(test, axx86_linear(seg, &a, &gva, &fault), c->vector ? -EFAULT : 0);
	KUNIT_EXPECT_EQ(test, gva, c->gva);
	if (c->vector) {
		KUNIT_EXPECT_EQ(test, fault.vector, c->vector);
		KUNIT_EXPECT_EQ(test, fault.error, 0U);
		KUNIT_EXPECT_EQ(test, fault.address, 0ULL);
	}
}

static int check_57(u64 ea, u32 len)
{
	struct axx86_segment seg[AXX86_NR_SEG] = {};
	struct axx86_access a = {
		.ea = ea, .len = len, .mode = AXX86_LONG64, .seg = AXX86_DS,
		.access = AXX86_ACCESS_READ, .va_bits = 57,
	};
	struct axx86_fault fault;
	u64 gva;

	return axx86_linear(seg, &a, &gva, &fault);
}

static void la57_moves_the_hole(struct kunit *test)
{
	KUNIT_EXPECT_EQ(test, check_57(0x800000000000ULL, 8), 0);
	KUNIT_EXPECT_EQ(test, check_57(0xffffffffffffffULL, 1), 0);
	KUNIT_EXPECT_EQ(test, check_57(0xffffffffffffffULL, 2), -EFAULT);
	KUNIT_EXPECT_EQ(test, check_57(0x100000000000000ULL, 1), -EFAULT);
	KUNIT_EXPECT_EQ(test, check_57(0xfeffffffffffffffULL, 1), -EFAULT);
	KUNIT_EXPECT_EQ(test, check_57(0xff00000000000000ULL, 1), 0);
}

static void later_bytes_wrap_outside_64_bit_mode(struct kunit *test)
{
	KUNIT_EXPECT_EQ(test, axx86_linear_add(AXX86_REAL16, 0x10ffef, 1), 0x10fff0ULL);
	KUNIT_EXPECT_EQ(test, axx86_linear_add(AXX86_PROT16, 0xffffffff, 1), 0ULL);
	KUNIT_EXPECT_EQ(test, axx86_linear_add(AXX86_PROT32, 0xfffffffe, 4), 2ULL);
	KUNIT_EXPECT_EQ(test, axx86_linear_add(AXX86_LONG64, 0xffffffff, 1), 0x100000000ULL);
}

static struct kunit_case x86_segment_cases[] = {
	KUNIT_CASE_PARAM(modes_follow_the_registers, mode_gen_params),
	KUNIT_CASE_PARAM(segments_give_linear_addresses, linear_gen_params),
	KUNIT_CASE(la57_moves_the_hole),
	KUNIT_CASE(later_bytes_wrap_outside_64_bit_mode),
	{}
};

static struct kunit_suite x86_segment_suite = {
	.name = "axvcpu_x86_segment",
	.test_cases = x86_segment_cases,
};

kunit_test_suite(x86_segment_suite);
