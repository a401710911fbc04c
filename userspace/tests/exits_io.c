// SPDX-License-Identifier: MIT
/* Exits IO_READ and IO_WRITE: each width and form, strings with their pages and directions. */
#include <stdio.h>
#include <string.h>

#include "tests/common/exits.h"

#define OLD	0x1122334455667788ULL
#define NEW	0xf1e2d3c4b5a69788ULL

#define IN(n, p, w, how, after)								\
	{ .name = "in_" n, .guest = "io", .entry = "in_" n,				\
	  .steps = { { .insn = "i_in_" n, .answer = how, .value = NEW,			\
		       .want = { .reason = AXVCPU_EXIT_IO_READ, .flags = FLAGS_READ,	\
				 .io = { .port = p, .width = w, .count = 1 } } } },	\
	  .values = { after, 1 }, .nr_values = 2 }

#define OUT(n, p, w, val)								\
	{ .name = "out_" n, .guest = "io", .entry = "out_" n,				\
	  .steps = { { .insn = "i_out_" n,						\
		       .want = { .reason = AXVCPU_EXIT_IO_WRITE, .flags = FLAGS_DONE,	\
				 .io = { .port = p, .width = w, .count = 1,		\
					 .data = val } } } },				\
	  .values = { OLD, 1 }, .nr_values = 2 }

static void in_fault_left(struct vcpu *v)
{
	CHECK_EQ(v->area->vector, 13);
	CHECK_EQ(v->area->rip, vm_mark(v->vm, "i_in_fault"));
	CHECK_EQ(v->area->gpr[0], OLD);
	CHECK_EQ(v->area->gpr[2], 0x3f8);
}

static const struct exit_case cases[] = {
	IN("dx8", 0x3f8, 1, ANSWER_VALUE, 0x1122334455667788),
	IN("dx16", 0x3f8, 2, ANSWER_VALUE, 0x1122334455669788),
	IN("dx32", 0x3f8, 4, ANSWER_VALUE, 0xb5a69788),
	IN("imm8", 0x71, 1, ANSWER_NONE, 0x11223344556677ff),
	IN("imm16", 0x71, 2, ANSWER_RETURN, 0x1122334455669788),
	IN("imm32", 0x71, 4, ANSWER_GPR, NEW),
	OUT("dx8", 0xcfff, 1, 0x88),
	OUT("dx16", 0xcfff, 2, 0x7788),
	OUT("dx32", 0xcfff, 4, 0x55667788),
	OUT("imm8", 0x80, 1, 0x88),
	OUT("imm16", 0x80, 2, 0x7788),
	OUT("imm32", 0x80, 4, 0x55667788),
	{ .name = "in_replaced_by_fault", .guest = "io", .entry = "in_fault",
	  .steps = { { .insn = "i_in_fault", .answer = ANSWER_GP,
		       .want = { .reason = AXVCPU_EXIT_IO_READ, .flags = FLAGS_READ,
				 .io = { .port = 0x3f8, .width = 4, .count = 1 } } } },
	  .values = { 1 }, .nr_values = 1, .last = in_fault_left },
	{ .name = "out_prot32", .guest = "io", .entry = "out32",
	  .steps = { { .insn = "i_out32",
		       .want = { .reason = AXVCPU_EXIT_IO_WRITE, .flags = FLAGS_DONE,
				 .io = { .port = 0x80, .width = 4, .count = 1,
					 .data = 0x12345678 } } } },
	  .values = { 1 }, .nr_values = 1 },
	{ .name = "out_real16", .guest = "io", .entry = "out16",
	  .steps = { { .insn = "i_out16",
		       .want = { .reason = AXVCPU_EXIT_IO_WRITE, .flags = FLAGS_DONE,
				 .io = { .port = 0x3f8, .width = 1, .count = 1,
					 .data = 0x41 } } } },
	  .values = { 1 }, .nr_values = 1 },
};

/* ----------------------------------------------------------------- strings */

/* Direction flag as the guest's POPF takes it. */
#define DF	0x400

struct string_case {
	const char *name;
	const char *entry;
	bool in;
	uint32_t width;
	uint64_t count;
	uint64_t addr;		/* of the first item */
	uint64_t flags;
	bool rep;
};

static const struct string_case strings[] = {
	{ "outs_once", "outsb", false, 1, 1, GUEST_DATA + 7, 0, false },
	{ "outs_rep", "rep_outsb", false, 1, 5, GUEST_DATA, 0, true },
	{ "outs_rep_across_pages", "rep_outsb", false, 1, 9000, GUEST_DATA + 0xf80, 0, true },
	{ "outs_item_across_pages", "rep_outsl", false, 4, 5, GUEST_DATA + 0xff6, 0, true },
	{ "outs_words", "rep_outsw", false, 2, 700, GUEST_DATA + 0x100, 0, true },
	{ "outs_down", "rep_outsb", false, 1, 100, GUEST_DATA + 0x1020, DF, true },
	{ "outs_dwords_down", "rep_outsl", false, 4, 20, GUEST_DATA + 0x1010, DF, true },
	{ "outs_none", "rep_outsb", false, 1, 0, GUEST_DATA, 0, true },
	{ "ins_once", "insb", true, 1, 1, GUEST_DATA + 3, 0, false },
	{ "ins_rep", "rep_insb", true, 1, 5, GUEST_DATA, 0, true },
	{ "ins_rep_across_pages", "rep_insb", true, 1, 9000, GUEST_DATA + 0xf80, 0, true },
	{ "ins_item_across_pages", "rep_insl", true, 4, 5, GUEST_DATA + 0xff6, 0, true },
	{ "ins_words", "rep_insw", true, 2, 256, GUEST_DATA + 0x200, 0, true },
	{ "ins_down", "rep_insb", true, 1, 100, GUEST_DATA + 0x1020, DF, true },
	{ "ins_words_down", "rep_insw", true, 2, 40, GUEST_DATA + 0x1010, DF, true },
	{ "ins_none", "rep_insb", true, 1, 0, GUEST_DATA, 0, true },
};

static uint8_t *item_at(struct vcpu *v, const struct string_case *c, uint64_t i)
{
	int64_t step = c->flags & DF ? -(int64_t)c->width : (int64_t)c->width;

	return v->vm->ram + c->addr + (int64_t)i * step;
}

static uint8_t pattern(uint64_t i)
{
	return i * 7 + i / 251 + 1;
}

static void check_string_exit(struct vcpu *v, const struct string_case *c, uint64_t done)
{
	const struct axvcpu_info *info = test_info();
	const struct axvcpu_exit *e = &v->run->exit;
	struct axvcpu_exit want = {
		.reason = c->in ? AXVCPU_EXIT_IO_READ : AXVCPU_EXIT_IO_WRITE,
		.flags = c->in ? FLAGS_READ : FLAGS_DONE,
		.io = { .port = 0x1f0, .width = c->width, .string = 1, .count = e->io.count,
			.data_offset = info->io_data_offset },
	};
	char mark[40];

	REQUIRE(e->io.port == 0x1f0);
	REQUIRE(e->io.count > 0 && done + e->io.count <= c->count);
	REQUIRE(e->io.count * c->width <= info->io_data_size);
	if (done + e->io.count < c->count)
		want.flags |= AXVCPU_EXIT_PARTIAL;
	snprintf(mark, sizeof(mark), "i_%s", c->entry);
	exit_check(v, &want, mark, false);
}

/* Items of one exit: compared with memory for OUTS, given for INS. */
static void move_items(struct vcpu *v, const struct string_case *c, uint64_t done)
{
	uint8_t *data = (uint8_t *)v->run + v->run->exit.io.data_offset;
	uint32_t i, j, n = v->run->exit.io.count;

	for (i = 0; i < n; i++, data += c->width) {
		if (!c->in && !CHECK_MEM(data, item_at(v, c, done + i), c->width))
			return;
		for (j = 0; c->in && j < c->width; j++)
			data[j] = pattern((done + i) * c->width + j);
	}
}

static void check_memory(struct vcpu *v, const struct string_case *c)
{
	uint64_t i;
	uint32_t j;

	for (i = 0; i < c->count; i++)
		for (j = 0; j < c->width; j++)
			if (!CHECK_EQ(item_at(v, c, i)[j], pattern(i * c->width + j))) {
				tap_note("item %llu byte %u", (unsigned long long)i, j);
				return;
			}
	/* Nothing before and after. */
	CHECK_EQ(item_at(v, c, -1)[c->flags & DF ? 0 : c->width - 1], 0xee);
	CHECK_EQ(item_at(v, c, c->count)[c->flags & DF ? c->width - 1 : 0], 0xee);
}

static struct vcpu *string_vcpu(const struct string_case *c)
{
	struct vcpu *v = vm_quick(0, "io", c->entry);
	uint64_t i;

	memset(v->vm->ram + GUEST_DATA - 64, 0xee, 0x8000);
	for (i = 0; !c->in && i < 0x8000; i++)
		v->vm->ram[GUEST_DATA + i] = pattern(i);
	v->area->arg[0] = c->count;
	v->area->arg[1] = c->addr;
	v->area->arg[2] = c->flags | 2;
	return v;
}

static void run_string(const void *arg)
{
	const struct string_case *c = arg;
	struct vcpu *v = string_vcpu(c);
	uint32_t reason = c->in ? AXVCPU_EXIT_IO_READ : AXVCPU_EXIT_IO_WRITE;
	int64_t step = c->flags & DF ? -(int64_t)c->width : (int64_t)c->width;
	uint64_t done = 0, end = c->addr + (int64_t)c->count * step;

	while (done < c->count) {
		EXPECT_EXIT(v, reason);
		check_string_exit(v, c, done);
		move_items(v, c, done);
		done += v->run->exit.io.count;
	}
	EXPECT_DONE(v, GUEST_DONE_OK);
	CHECK_EQ(v->area->value[0], c->rep ? 0 : c->count);
	CHECK_EQ(v->area->value[1], c->in ? c->addr : end);
	CHECK_EQ(v->area->value[2], c->in ? end : c->addr);
	CHECK_EQ(v->area->value[3], 1);
	if (c->in)
		check_memory(v, c);
}

/* A fault in place of a chunk: registers as before it, earlier chunks stay. */
static void string_fault(const void *arg)
{
	static const struct string_case c = {
		"", "rep_insb", true, 1, 300, GUEST_DATA + 0xf80, 0, true,
	};
	struct vcpu *v = string_vcpu(&c);
	uint32_t first;

	(void)arg;
	EXPECT_EXIT(v, AXVCPU_EXIT_IO_READ);
	first = v->run->exit.io.count;
	move_items(v, &c, 0);
	EXPECT_EXIT(v, AXVCPU_EXIT_IO_READ);
	REQUIRE_OK(inject_exception(v, 13, true, 0, 0));
	EXPECT_DONE(v, GUEST_DONE_OK);
	CHECK_EQ(v->area->value[4], 1);
	CHECK_EQ(v->area->vector, 13);
	CHECK_EQ(v->area->rip, vm_mark(v->vm, "i_rep_insb"));
	CHECK_EQ(v->area->gpr[1], c.count - first);
	CHECK_EQ(v->area->gpr[7], c.addr + first);
	CHECK_EQ(v->vm->ram[c.addr + first - 1], pattern(first - 1));
	CHECK_EQ(v->vm->ram[c.addr + first], 0xee);
}

static void string_real16(const void *arg)
{
	static const struct axvcpu_exit want = {
		.reason = AXVCPU_EXIT_IO_WRITE, .flags = FLAGS_DONE,
		.io = { .port = 0x3f8, .width = 1, .string = 1, .count = 3 },
	};
	struct vcpu *v = vm_quick(0, "io", "rep_out16");
	struct axvcpu_exit w = want;

	(void)arg;
	w.io.data_offset = test_info()->io_data_offset;
	EXPECT_EXIT(v, AXVCPU_EXIT_IO_WRITE);
	exit_check(v, &w, "i_rep_out16", false);
	CHECK_MEM((uint8_t *)v->run + w.io.data_offset, "abc", 3);
	EXPECT_DONE(v, GUEST_DONE_OK);
	CHECK_EQ(v->area->value[0] & 0xffff, 3);
	CHECK_EQ(v->area->value[1] & 0xffff, 0);
}

/* Not a port access that could be carried out, and no plain fault either: UNHANDLED. */
static void string_without_memory(const void *arg)
{
	static const struct string_case c = {
		"", "rep_outsb", false, 1, 4, GUEST_DATA, 0, true,
	};
	static const struct axvcpu_exit want = {
		.reason = AXVCPU_EXIT_UNHANDLED, .flags = FLAGS_QUIET,
	};
	struct vcpu *v = string_vcpu(&c);

	(void)arg;
	v->area->arg[1] = GUEST_MMIO + 0x100;
	EXPECT_EXIT(v, AXVCPU_EXIT_UNHANDLED);
	exit_check(v, &want, "i_rep_outsb", true);
	if (test_backend_is("svm"))
		CHECK_EQ(v->run->exit.hw.code, 0x7b);
}

static const struct tap_test more[] = {
	{ "ins_replaced_by_fault", string_fault, NULL },
	{ "outs_real16", string_real16, NULL },
	{ "outs_from_no_memory_is_unhandled", string_without_memory, NULL },
};

int main(void)
{
	struct tap_test tests[ARRAY_SIZE(cases) + ARRAY_SIZE(strings) + ARRAY_SIZE(more)];
	size_t i, n = 0;

	for (i = 0; i < ARRAY_SIZE(cases); i++)
		tests[n++] = (struct tap_test){ cases[i].name, exit_case_run, &cases[i] };
	for (i = 0; i < ARRAY_SIZE(strings); i++)
		tests[n++] = (struct tap_test){ strings[i].name, run_string, &strings[i] };
	memcpy(tests + n, more, sizeof(more));
	return tap_main(tests, ARRAY_SIZE(tests));
}
