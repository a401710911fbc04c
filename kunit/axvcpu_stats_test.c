// SPDX-License-Identifier: GPL-2.0-only
/* Names of exit reasons, and the counters as debugfs shows them. */
#include <linux/seq_file.h>
#include <linux/string.h>
#include <kunit/test.h>

#include "../module/exit_name.c"
#include "../module/stats.c"

struct name_case {
	const char *name;
	u32 reason;
};

static const struct name_case name_cases[] = {
	{ "NOTHING", 0 },
	{ "HYPERCALL", 1 },
	{ "MMIO_READ", 2 },
	{ "MMIO_WRITE", 3 },
	{ "SYSREG_READ", 4 },
	{ "SYSREG_WRITE", 5 },
	{ "IO_READ", 6 },
	{ "IO_WRITE", 7 },
	{ "EXTERNAL_INTERRUPT", 8 },
	{ "NESTED_PAGE_FAULT", 9 },
	{ "HALT", 10 },
	{ "CPU_UP", 11 },
	{ "CPU_DOWN", 12 },
	{ "SYSTEM_DOWN", 13 },
	{ "FAIL_ENTRY", 14 },
	{ "SEND_IPI", 15 },
	{ "SYSTEM_RESET", 16 },
	{ "SHUTDOWN", 17 },
	{ "DEBUG", 18 },
	{ "IRQ_WINDOW", 19 },
	{ "EOI", 20 },
	{ "UNHANDLED", 21 },
	{ "?", 22 },
	{ "?", 0xffffffff },
};

static void name_case_desc(const struct name_case *c, char *desc)
{
	snprintf(desc, KUNIT_PARAM_DESC_SIZE, "%s_is_%u", c->name, c->reason);
}

KUNIT_ARRAY_PARAM(name, name_cases, name_case_desc);

static void a_reason_has_its_name(struct kunit *test)
{
	const struct name_case *c = test->param_value;

	KUNIT_EXPECT_STREQ(test, axvcpu_exit_name(c->reason), c->name);
}

static char *show(struct kunit *test, int (*fn)(struct seq_file *, void *), void *object)
{
	struct seq_file m = { .size = PAGE_SIZE, .private = object };

	m.buf = kunit_kzalloc(test, PAGE_SIZE, GFP_KERNEL);
	KUNIT_ASSERT_NOT_ERR_OR_NULL(test, m.buf);
	KUNIT_EXPECT_EQ(test, fn(&m, NULL), 0);
	KUNIT_EXPECT_LT(test, m.count, m.size);
	return m.buf;
}

/* Counters are all different, so that no line can show another's. */
static void every_counter_of_a_vcpu_has_its_line(struct kunit *test)
{
	struct axvcpu *vcpu = kunit_kzalloc(test, sizeof(*vcpu), GFP_KERNEL);
	const char *text;
	int i;

	KUNIT_ASSERT_NOT_ERR_OR_NULL(test, vcpu);
	vcpu->state = 3;
	vcpu->stats.entries = 1001;
	for (i = 0; i < AXVCPU_STATS_REASONS; i++) {
		vcpu->stats.user_exits[i] = 2000 + i;
		vcpu->stats.kernel_exits[i] = 3000 + i;
	}
	vcpu->stats.interrupts = 1002;
	vcpu->stats.nmis = 1003;
	vcpu->stats.exceptions = 1004;
	vcpu->stats.reinjections = 1005;
	vcpu->stats.kicks = 1006;
	vcpu->stats.blocked = 1007;
	vcpu->stats.blocked_ns = 1008;

	text = show(test, vcpu_stats_show, vcpu);
	KUNIT_EXPECT_TRUE(test, strstarts(text, "state 3\nentries 1001\nuser_NOTHING 2000\n"));
	KUNIT_EXPECT_NOT_NULL(test, strstr(text, "\nuser_HALT 2010\n"));
	KUNIT_EXPECT_NOT_NULL(test, strstr(text, "\nuser_UNHANDLED 2021\nkernel_NOTHING 3000\n"));
	KUNIT_EXPECT_NOT_NULL(test, strstr(text, "\nkernel_UNHANDLED 3021\n"
					   "interrupts 1002\nnmis 1003\nexceptions 1004\n"
					   "reinjections 1005\nkicks 1006\nblocked 1007\n"
					   "blocked_ns 1008\n"));
}

static void every_counter_of_a_vm_has_its_line(struct kunit *test)
{
	struct axvcpu_vm *vm = kunit_kzalloc(test, sizeof(*vm), GFP_KERNEL);

	KUNIT_ASSERT_NOT_ERR_OR_NULL(test, vm);
	vm->nr_vcpus = 9;
	/* The fake of axvcpu_mem_stats() counts from one. */
	KUNIT_EXPECT_STREQ(test, show(test, vm_stats_show, vm),
			   "nr_vcpus 9\nmapped_4k 1\nmapped_2m 2\nmapped_1g 3\ntable_pages 4\n"
			   "faults 5\ninvalidations 6\ntlb_flushes 7\n");
}

static struct kunit_case stats_suite_cases[] = {
	KUNIT_CASE_PARAM(a_reason_has_its_name, name_gen_params),
	KUNIT_CASE(every_counter_of_a_vcpu_has_its_line),
	KUNIT_CASE(every_counter_of_a_vm_has_its_line),
	{}
};

static struct kunit_suite stats_suite = {
	.name = "axvcpu_stats",
	.test_cases = stats_suite_cases,
};

kunit_test_suite(stats_suite);
