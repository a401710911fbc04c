// SPDX-License-Identifier: GPL-2.0-only
/* How a call finds its row and its argument: rules that hold for every structure. */
#include <linux/sched.h>
#include <linux/uaccess.h>
#include <kunit/test.h>

#include "../module/ioctl.c"

#include "test_vcpu.h"

/* A structure of 16 bytes. */
struct probe {
	u32 size;
	u32 in;
	u64 out;
};

static struct probe seen;	/* what the handler was given */
static int calls;
static long result;

static long probe_fn(void *object, void *arg)
{
	struct probe *p = arg;

	calls++;
	if (!p)
		return result;
	seen = *p;
	p->out = 0x1122334455667788ULL;
	return result;
}

static long other_fn(void *object, void *arg)
{
	return 77;
}

#define CMD_INOUT	0xc010be70	/* in and out, 16 bytes, number 0x70 */
#define CMD_IN		0x4010be71
#define CMD_NONE	0x0000be72
#define CMD_ARCH	0x4010be73
#define CMD_READY	0x0000be74

static const struct axvcpu_ioctl table[] = {
	{ CMD_INOUT, AXVCPU_ANY_STATE, 16, probe_fn },
	{ CMD_IN, AXVCPU_ANY_STATE, 16, probe_fn },
	{ CMD_NONE, AXVCPU_ANY_STATE, 0, probe_fn },
	{ CMD_READY, AXVCPU_IN(READY), 0, probe_fn },
	{}
};

static const struct axvcpu_ioctl arch_table[] = {
	{ CMD_ARCH, AXVCPU_ANY_STATE, 16, other_fn },
	{ CMD_IN, AXVCPU_ANY_STATE, 16, other_fn },
	{}
};

static int ioctl_test_init(struct kunit *test)
{
	int ret = test_vcpu_init(test);

	calls = 0;
	result = 0;
	seen = (struct probe) {};
	/* Whatever is written there by mistake shows. */
	if (!ret && clear_user((void __user *)test_user, 2 * PAGE_SIZE))
		ret = -EFAULT;
	return ret;
}

static void put(unsigned long at, const void *from, size_t len)
{
	if (copy_to_user((void __user *)at, from, len))
		pr_err("no user memory\n");
}

static struct probe get(unsigned long at)
{
	struct probe p = {};

	if (copy_from_user(&p, (void __user *)at, sizeof(p)))
		pr_err("no user memory\n");
	return p;
}

static long call(u32 cmd, unsigned long arg)
{
	return axvcpu_ioctl(table, arch_table, tv->vcpu, cmd, arg);
}

struct size_case {
	const char *name;
	u32 size;
	u32 dirty;	/* offset of a byte that is not zero */
	long want;
};

static const struct size_case size_cases[] = {
	{ "size_0", 0, 0, -EINVAL },
	{ "size_4", 4, 0, -EINVAL },
	{ "one_byte_short", 15, 0, -EINVAL },
	{ "as_published", 16, 0, 5 },
	{ "what_follows_it_does_not_count", 16, 16, 5 },
	{ "longer_with_zeros", 17, 0, 5 },
	{ "much_longer_with_zeros", 64, 0, 5 },
	{ "the_longest", 4096, 0, 5 },
	{ "longer_by_a_byte_that_is_set", 17, 16, -E2BIG },
	{ "last_byte_of_the_tail_is_set", 64, 63, -E2BIG },
	{ "byte_behind_the_tail_is_set", 64, 64, 5 },
	{ "last_byte_of_the_longest_is_set", 4096, 4095, -E2BIG },
	{ "over_a_page", 4097, 0, -E2BIG },
	{ "size_of_all_ones", 0xffffffff, 0, -E2BIG },
	{ "size_with_the_top_bit", 0x80000010, 0, -E2BIG },
};

static void size_case_desc(const struct size_case *c, char *desc)
{
	strscpy(desc, c->name, KUNIT_PARAM_DESC_SIZE);
}

KUNIT_ARRAY_PARAM(size, size_cases, size_case_desc);

static void the_size_is_checked(struct kunit *test)
{
	const struct size_case *c = test->param_value;
	const struct probe p = { .size = c->size, .in = 9 };
	const u8 one = 1;

	put(test_user, &p, sizeof(p));
	if (c->dirty)
		put(test_user + c->dirty, &one, 1);
	result = 5;
	KUNIT_EXPECT_EQ(test, call(CMD_INOUT, test_user), c->want);
	KUNIT_EXPECT_EQ(test, calls, c->want == 5 ? 1 : 0);
	KUNIT_EXPECT_EQ(test, get(test_user).out, c->want == 5 ? 0x1122334455667788ULL : 0);
	if (c->want == 5) {
		KUNIT_EXPECT_EQ(test, seen.size, c->size);
		KUNIT_EXPECT_EQ(test, seen.in, 9U);
	}
}

struct cmd_case {
	const char *name;
	u32 cmd;
	long want;
};

static const struct cmd_case cmd_cases[] = {
	{ "as_published", 0xc010be70, 5 },
	{ "with_another_size", 0xc018be70, 5 },
	{ "with_size_0", 0xc000be70, 5 },
	{ "with_the_largest_size", 0xffffbe70, 5 },
	{ "with_direction_in_only", 0x4010be70, -ENOTTY },
	{ "with_direction_out_only", 0x8010be70, -ENOTTY },
	{ "without_direction", 0x0010be70, -ENOTTY },
	{ "with_another_type", 0xc010ae70, -ENOTTY },
	{ "with_another_number", 0xc010be7f, -ENOTTY },
	{ "zero", 0, -ENOTTY },
	{ "of_the_backend", 0x4010be73, 77 },
	{ "the_core_comes_before_the_backend", 0x4010be71, 5 },
};

static void cmd_case_desc(const struct cmd_case *c, char *desc)
{
	strscpy(desc, c->name, KUNIT_PARAM_DESC_SIZE);
}

KUNIT_ARRAY_PARAM(cmd, cmd_cases, cmd_case_desc);

static void a_command_finds_its_row(struct kunit *test)
{
	const struct cmd_case *c = test->param_value;
	const struct probe p = { .size = 16 };

	put(test_user, &p, sizeof(p));
	result = 5;
	KUNIT_EXPECT_EQ(test, call(c->cmd, test_user), c->want);
}

static void a_backend_without_calls_has_none(struct kunit *test)
{
	KUNIT_EXPECT_EQ(test, axvcpu_ioctl(table, NULL, tv->vcpu, CMD_ARCH, test_user),
			(long)-ENOTTY);
}

/* ----------------------------------------------------------------- answers */

struct answer_case {
	const char *name;
	u32 cmd;
	long result;
	bool written;
};

static const struct answer_case answer_cases[] = {
	{ "success_is_written", CMD_INOUT, 0, true },
	{ "a_positive_result_is_written", CMD_INOUT, 3, true },
	{ "enospc_says_how_much", CMD_INOUT, -ENOSPC, true },
	{ "einval_writes_nothing", CMD_INOUT, -EINVAL, false },
	{ "enomem_writes_nothing", CMD_INOUT, -ENOMEM, false },
	{ "input_alone_is_never_written", CMD_IN, 0, false },
};

static void answer_case_desc(const struct answer_case *c, char *desc)
{
	strscpy(desc, c->name, KUNIT_PARAM_DESC_SIZE);
}

KUNIT_ARRAY_PARAM(answer, answer_cases, answer_case_desc);

static void the_answer_is_copied_on_success(struct kunit *test)
{
	const struct answer_case *c = test->param_value;
	const struct probe p = { .size = 16, .out = 0x5a5a };

	put(test_user, &p, sizeof(p));
	result = c->result;
	KUNIT_EXPECT_EQ(test, call(c->cmd, test_user), c->result);
	KUNIT_EXPECT_EQ(test, calls, 1);
	KUNIT_EXPECT_EQ(test, get(test_user).out, c->written ? 0x1122334455667788ULL : 0x5a5aULL);
}

/* The longer structure of a newer program keeps its own tail. */
static void no_more_is_written_than_is_known(struct kunit *test)
{
	const struct probe p = { .size = 16 };
	u64 behind = 0xa5a5a5a5a5a5a5a5ULL;

	put(test_user, &p, sizeof(p));
	put(test_user + 16, &behind, sizeof(behind));
	KUNIT_EXPECT_EQ(test, call(CMD_INOUT, test_user), 0L);
	KUNIT_EXPECT_EQ(test, copy_from_user(&behind, (void __user *)test_user + 16, 8), 0UL);
	KUNIT_EXPECT_EQ(test, behind, 0xa5a5a5a5a5a5a5a5ULL);
}

/* ---------------------------------------------------------------- addresses */

static void bad_addresses_are_efault(struct kunit *test)
{
	const struct probe p = { .size = 16 };
	unsigned long end = test_user + 2 * PAGE_SIZE;

	KUNIT_EXPECT_EQ(test, call(CMD_INOUT, 0), (long)-EFAULT);
	KUNIT_EXPECT_EQ(test, call(CMD_INOUT, end), (long)-EFAULT);
	KUNIT_EXPECT_EQ(test, call(CMD_INOUT, (unsigned long)&p), (long)-EFAULT);
	KUNIT_EXPECT_EQ(test, call(CMD_INOUT, ~0UL), (long)-EFAULT);
	/* The size can be read, the rest cannot. */
	put(end - 8, &p, 8);
	KUNIT_EXPECT_EQ(test, call(CMD_INOUT, end - 8), (long)-EFAULT);
	KUNIT_EXPECT_EQ(test, calls, 0);
	/* The last 16 bytes can. */
	put(end - 16, &p, sizeof(p));
	KUNIT_EXPECT_EQ(test, call(CMD_INOUT, end - 16), 0L);
}

static void a_tail_that_cannot_be_read_is_efault(struct kunit *test)
{
	const struct probe p = { .size = 32 };

	put(test_user + 2 * PAGE_SIZE - 16, &p, sizeof(p));
	KUNIT_EXPECT_EQ(test, call(CMD_INOUT, test_user + 2 * PAGE_SIZE - 16), (long)-EFAULT);
	KUNIT_EXPECT_EQ(test, calls, 0);
}

static void calls_without_an_argument_take_none(struct kunit *test)
{
	result = 4;
	KUNIT_EXPECT_EQ(test, call(CMD_NONE, 0), 4L);
	KUNIT_EXPECT_EQ(test, call(CMD_NONE, 1), (long)-EINVAL);
	KUNIT_EXPECT_EQ(test, call(CMD_NONE, test_user), (long)-EINVAL);
	KUNIT_EXPECT_EQ(test, calls, 1);
}

/* ------------------------------------------------------------------- states */

static void the_state_is_checked_under_the_lock(struct kunit *test)
{
	KUNIT_EXPECT_EQ(test, call(CMD_READY, 0), (long)-EBADFD);
	test_vcpu_reach(test, 3);
	KUNIT_EXPECT_EQ(test, call(CMD_READY, 0), 0L);
	KUNIT_EXPECT_EQ(test, calls, 1);
	KUNIT_EXPECT_FALSE(test, mutex_is_locked(&tv->vcpu->lock));
}

static long call_ready(void *unused)
{
	return call(CMD_READY, 0);
}

static void a_signal_ends_the_wait_for_the_lock(struct kunit *test)
{
	test_vcpu_reach(test, 3);
	mutex_lock(&tv->vcpu->lock);
	test_thread_begin(&tv->thread, call_ready, NULL);
	test_thread_signal(&tv->thread);
	KUNIT_EXPECT_EQ(test, test_thread_wait(&tv->thread), (long)-EINTR);
	mutex_unlock(&tv->vcpu->lock);
	KUNIT_EXPECT_EQ(test, calls, 0);
}

static void a_call_of_any_state_does_not_wait_for_the_lock(struct kunit *test)
{
	mutex_lock(&tv->vcpu->lock);
	KUNIT_EXPECT_EQ(test, call(CMD_NONE, 0), 0L);
	mutex_unlock(&tv->vcpu->lock);
}

static struct kunit_case ioctl_suite_cases[] = {
	KUNIT_CASE_PARAM(the_size_is_checked, size_gen_params),
	KUNIT_CASE_PARAM(a_command_finds_its_row, cmd_gen_params),
	KUNIT_CASE(a_backend_without_calls_has_none),
	KUNIT_CASE_PARAM(the_answer_is_copied_on_success, answer_gen_params),
	KUNIT_CASE(no_more_is_written_than_is_known),
	KUNIT_CASE(bad_addresses_are_efault),
	KUNIT_CASE(a_tail_that_cannot_be_read_is_efault),
	KUNIT_CASE(calls_without_an_argument_take_none),
	KUNIT_CASE(the_state_is_checked_under_the_lock),
	KUNIT_CASE(a_signal_ends_the_wait_for_the_lock),
	KUNIT_CASE(a_call_of_any_state_does_not_wait_for_the_lock),
	{}
};

static struct kunit_suite ioctl_suite = {
	.name = "axvcpu_ioctl",
	.suite_init = test_env_suite_init,
	.suite_exit = test_env_suite_exit,
	.init = ioctl_test_init,
	.exit = test_vcpu_exit,
	.test_cases = ioctl_suite_cases,
};

kunit_test_suite(ioctl_suite);
