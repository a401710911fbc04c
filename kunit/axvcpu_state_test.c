// SPDX-License-Identifier: GPL-2.0-only
/* The vCPU's state machine: every call in every state, and who may make it. */
#include <linux/delay.h>
#include <linux/sched/task.h>
#include <linux/uaccess.h>
#include <linux/vmalloc.h>
#include <kunit/test.h>

#include "test_vcpu.h"

/* A bit per state, by its number in the ABI. */
#define CREATED		0x02
#define FREE		0x04
#define READY		0x08
#define RUNNING		0x10
#define BLOCKED		0x20
#define ANY		0x3f
#define NR_STATES	6

static const char *const state_names[NR_STATES] = {
	"invalid", "created", "free", "ready", "running", "blocked",
};

/* The state is where the call leads; STAY: nowhere. */
#define STAY		-1

struct op {
	const char *name;
	u32 cmd;
	u8 allowed;
	s8 leads_to;
	int ret;
	enum fake_call call;
	u32 size;
	u32 type;	/* second word of the structure */
	u64 word1;	/* and what follows it */
};

static const struct op ops[] = {
	{ "setup", AXVCPU_SETUP, CREATED | FREE, 2, 0, FAKE_SETUP, 32, 2 },
	{ "bind", AXVCPU_BIND, FREE, 3, 0, FAKE_NR_CALLS },
	{ "unbind", AXVCPU_UNBIND, READY, 2, 0, FAKE_PUT },
	{ "run", AXVCPU_RUN, READY, STAY, 10, FAKE_RUN },
	{ "kick", AXVCPU_KICK, ANY, STAY, 0, FAKE_NR_CALLS },
	{ "set_gpr", AXVCPU_SET_GPR, FREE | READY, STAY, 0, FAKE_SET_GPR, 16, 1, 7 },
	{ "set_return_value", AXVCPU_SET_RETURN_VALUE, FREE | READY, STAY, 0,
	  FAKE_SET_RETURN_VALUE, 16, 0, 7 },
	{ "inject_interrupt", AXVCPU_INJECT, FREE | READY | RUNNING | BLOCKED, STAY, 0,
	  FAKE_INJECT, 32, 0 },
	{ "inject_nmi", AXVCPU_INJECT, FREE | READY | RUNNING | BLOCKED, STAY, 0,
	  FAKE_INJECT, 32, 1 },
	{ "inject_exception", AXVCPU_INJECT, FREE | READY, STAY, 0, FAKE_INJECT, 32, 2 },
	{ "inject_extint", AXVCPU_INJECT, FREE | READY | RUNNING | BLOCKED, STAY, 0,
	  FAKE_INJECT, 32, 3 },
	{ "get_regs", AXVCPU_GET_REGS, FREE | READY, STAY, 0, FAKE_GET_REGS, 24, 48, 1 },
	{ "set_regs", AXVCPU_SET_REGS, FREE | READY, STAY, 0, FAKE_SET_REGS, 24, 48, 1 },
	{ "stats", AXVCPU_STATS, ANY, STAY, 0, FAKE_NR_CALLS, 584 },
	{ "set_debug", AXVCPU_SET_DEBUG, FREE | READY, STAY, 0, FAKE_SET_DEBUG, 8 },
};

struct pair {
	const struct op *op;
	u32 state;
};

static struct pair pairs[ARRAY_SIZE(ops) * NR_STATES];

static const void *pair_gen_params(const void *prev, char *desc)
{
	const struct pair *last = prev;
	size_t i = last ? last - pairs + 1 : 0;

	if (i == ARRAY_SIZE(pairs))
		return NULL;
	pairs[i].op = &ops[i / NR_STATES];
	pairs[i].state = i % NR_STATES;
	snprintf(desc, KUNIT_PARAM_DESC_SIZE, "%s_in_%s_is_%s", pairs[i].op->name,
		 state_names[pairs[i].state],
		 pairs[i].op->allowed & BIT(pairs[i].state) ? "done" : "refused");
	return &pairs[i];
}

/* All that a refused call could have changed. */
struct snapshot {
	struct axvcpu vcpu;
	u8 run_area[AXVCPU_RUN_AREA_SIZE];
	int calls[FAKE_NR_CALLS];
};

static struct snapshot *snapshot(struct kunit *test)
{
	struct snapshot *s = kunit_kzalloc(test, sizeof(*s), GFP_KERNEL);
	int i;

	if (!s)
		return NULL;
	s->vcpu.state = tv->vcpu->state;
	s->vcpu.task = tv->vcpu->task;
	s->vcpu.requests = tv->vcpu->requests;
	s->vcpu.request = tv->vcpu->request;
	s->vcpu.exit = tv->vcpu->exit;
	s->vcpu.stats = tv->vcpu->stats;
	memcpy(s->run_area, tv->vcpu->run, sizeof(s->run_area));
	for (i = 0; i < FAKE_NR_CALLS; i++)
		s->calls[i] = fake_calls(i);
	return s;
}

static void expect_unchanged(struct kunit *test, const struct snapshot *before)
{
	const struct snapshot *after = snapshot(test);

	if (!before || !after) {
		KUNIT_FAIL(test, "no memory");
		return;
	}
	KUNIT_EXPECT_EQ(test, memcmp(&before->vcpu, &after->vcpu, sizeof(before->vcpu)), 0);
	KUNIT_EXPECT_EQ(test, memcmp(before->run_area, after->run_area,
				     sizeof(before->run_area)), 0);
	KUNIT_EXPECT_EQ(test, memcmp(before->calls, after->calls, sizeof(before->calls)), 0);
}

static void put_argument(struct kunit *test, const struct op *op)
{
	/* The registers' own address is in the third word of their structure. */
	u64 words[4] = { op->size | (u64)op->type << 32, op->word1 };

	if (op->call == FAKE_GET_REGS || op->call == FAKE_SET_REGS)
		words[2] = test_user + PAGE_SIZE;
	KUNIT_EXPECT_EQ(test, clear_user((void __user *)test_user, PAGE_SIZE), 0UL);
	KUNIT_EXPECT_EQ(test, copy_to_user((void __user *)test_user, words, sizeof(words)), 0UL);
}

static long call_op(void *data)
{
	const struct op *op = data;

	return core_vcpu_ioctl(tv->vcpu, op->cmd, op->size ? test_user : 0);
}

static void every_call_in_every_state(struct kunit *test)
{
	const struct pair *pair = test->param_value;
	const struct op *op = pair->op;
	bool inside = BIT(pair->state) & (RUNNING | BLOCKED);
	struct snapshot *before;
	unsigned int calls;
	long ret;

	test_vcpu_reach(test, pair->state);
	put_argument(test, op);
	if (!inside)
		FAKE_SCRIPT({ AXVCPU_RUN_EXIT, AXVCPU_EXIT_HALT });
	before = snapshot(test);
	calls = op->call < FAKE_NR_CALLS ? fake_calls(op->call) : 0;

	/* The bound thread is busy while the vCPU runs: then it is another one that calls. */
	ret = inside ? call_op((void *)op)
		     : test_thread_call(&tv->thread, call_op, (void *)op);

	if (!(op->allowed & BIT(pair->state))) {
		KUNIT_EXPECT_EQ(test, ret, (long)-EBADFD);
		expect_unchanged(test, before);
		return;
	}
	KUNIT_EXPECT_EQ(test, ret, (long)op->ret);
	if (op->call < FAKE_NR_CALLS)
		KUNIT_EXPECT_EQ(test, fake_calls(op->call), calls + 1);
	if (op->leads_to != STAY)
		KUNIT_EXPECT_EQ(test, tv->vcpu->state, (u32)op->leads_to);
	else if (!inside)
		KUNIT_EXPECT_EQ(test, tv->vcpu->state, pair->state);
	if (inside && op->cmd == AXVCPU_KICK)
		KUNIT_EXPECT_EQ(test, test_thread_wait(&tv->thread), 0L);
}

struct move_case {
	const char *name;
	u32 from;
	u8 to;
};

static const struct move_case move_cases[] = {
	{ "invalid_leads_nowhere", 0, 0 },
	{ "created_leads_to_free", 1, FREE },
	{ "free_leads_to_free_and_ready", 2, FREE | READY },
	{ "ready_leads_to_running_and_free", 3, RUNNING | FREE },
	{ "running_leads_to_ready_blocked_and_invalid", 4, READY | BLOCKED | 0x01 },
	{ "blocked_leads_to_running", 5, RUNNING },
};

static void move_case_desc(const struct move_case *c, char *desc)
{
	strscpy(desc, c->name, KUNIT_PARAM_DESC_SIZE);
}

KUNIT_ARRAY_PARAM(move, move_cases, move_case_desc);

static void no_other_move_is_possible(struct kunit *test)
{
	const struct move_case *c = test->param_value;
	bool may;
	u32 to;

	for (to = 0; to < NR_STATES; to++) {
		may = c->to & BIT(to);
		tv->vcpu->state = c->from;
		KUNIT_EXPECT_EQ_MSG(test, axvcpu_state_move(tv->vcpu, to), may ? 0 : -EBADFD,
				    "to %s", state_names[to]);
		KUNIT_EXPECT_EQ(test, tv->vcpu->state, may ? to : c->from);
	}
	tv->vcpu->state = 1;
}

/* ------------------------------------------------------- which thread it is */

static void run_of_another_thread_is_refused(struct kunit *test)
{
	struct snapshot *before;

	test_vcpu_reach(test, 3);
	before = snapshot(test);
	KUNIT_EXPECT_EQ(test, test_vcpu_run(NULL), (long)-EPERM);
	expect_unchanged(test, before);
}

static void unbind_of_another_thread_is_refused(struct kunit *test)
{
	struct snapshot *before;

	test_vcpu_reach(test, 3);
	before = snapshot(test);
	KUNIT_EXPECT_EQ(test, test_vcpu_unbind(NULL), (long)-EPERM);
	expect_unchanged(test, before);
}

static void bind_from(struct kunit *test, struct mm_struct *mm)
{
	struct test_thread stranger;
	struct snapshot *before;

	test_vcpu_reach(test, 2);
	before = snapshot(test);
	KUNIT_EXPECT_EQ(test, test_thread_start(&stranger, mm), 0);
	KUNIT_EXPECT_EQ(test, test_thread_call(&stranger, test_vcpu_bind, NULL), (long)-EPERM);
	test_thread_end(&stranger);
	expect_unchanged(test, before);
}

static void bind_from_another_address_space_is_refused(struct kunit *test)
{
	bind_from(test, test_other_mm);
}

static void bind_without_an_address_space_is_refused(struct kunit *test)
{
	bind_from(test, NULL);
}

static void a_dead_threads_vcpu_can_be_unbound_by_any(struct kunit *test)
{
	struct test_thread heir = {};

	test_vcpu_reach(test, 3);
	test_thread_end(&tv->thread);
	KUNIT_EXPECT_EQ(test, test_vcpu_run(NULL), (long)-EPERM);
	KUNIT_EXPECT_EQ(test, test_vcpu_unbind(NULL), 0L);
	KUNIT_EXPECT_EQ(test, tv->vcpu->state, 2U);
	KUNIT_EXPECT_EQ(test, fake_calls(FAKE_PUT), 1U);
	KUNIT_EXPECT_PTR_EQ(test, tv->vcpu->task, (struct task_struct *)NULL);

	KUNIT_EXPECT_EQ(test, test_thread_start(&heir, test_mm), 0);
	KUNIT_EXPECT_EQ(test, test_thread_call(&heir, test_vcpu_bind, NULL), 0L);
	KUNIT_EXPECT_PTR_EQ(test, tv->vcpu->task, heir.task);
	FAKE_SCRIPT({ AXVCPU_RUN_EXIT, AXVCPU_EXIT_HALT });
	KUNIT_EXPECT_EQ(test, test_thread_call(&heir, test_vcpu_run, NULL), 10L);
	test_thread_end(&heir);
}

static void a_kick_after_the_threads_death_does_no_harm(struct kunit *test)
{
	test_vcpu_reach(test, 3);
	test_thread_end(&tv->thread);
	KUNIT_EXPECT_EQ(test, test_vcpu_kick(), 0L);
	KUNIT_EXPECT_EQ(test, fake_calls(FAKE_KICK), 0U);
}

static void the_bound_threads_reference_is_dropped(struct kunit *test)
{
	struct task_struct *task = tv->thread.task;
	unsigned int before = refcount_read(&task->usage);

	test_vcpu_reach(test, 3);
	KUNIT_EXPECT_EQ(test, refcount_read(&task->usage), before + 1);
	KUNIT_EXPECT_EQ(test, test_thread_call(&tv->thread, test_vcpu_unbind, NULL), 0L);
	KUNIT_EXPECT_EQ(test, refcount_read(&task->usage), before);

	/* The other way: the vCPU ends while it is bound. */
	KUNIT_EXPECT_EQ(test, test_thread_call(&tv->thread, test_vcpu_bind, NULL), 0L);
	axvcpu_destroy(tv->vcpu);
	tv->vcpu = NULL;
	KUNIT_EXPECT_EQ(test, fake_calls(FAKE_PUT), 2U);
	KUNIT_EXPECT_EQ(test, refcount_read(&task->usage), before);
}

static void a_setup_that_the_backend_refuses_changes_nothing(struct kunit *test)
{
	static const struct axvcpu_setup setup = { .size = sizeof(setup) };

	fake.ret[FAKE_SETUP] = -EINVAL;
	KUNIT_EXPECT_EQ(test, axvcpu_setup(tv->vcpu, &setup), -EINVAL);
	KUNIT_EXPECT_EQ(test, tv->vcpu->state, 1U);
	fake.ret[FAKE_SETUP] = 0;
	KUNIT_EXPECT_EQ(test, axvcpu_setup(tv->vcpu, &setup), 0);
	fake.ret[FAKE_SETUP] = -EINVAL;
	KUNIT_EXPECT_EQ(test, axvcpu_setup(tv->vcpu, &setup), -EINVAL);
	KUNIT_EXPECT_EQ(test, tv->vcpu->state, 2U);
}

static struct kunit_case state_suite_cases[] = {
	KUNIT_CASE_PARAM(every_call_in_every_state, pair_gen_params),
	KUNIT_CASE_PARAM(no_other_move_is_possible, move_gen_params),
	KUNIT_CASE(run_of_another_thread_is_refused),
	KUNIT_CASE(unbind_of_another_thread_is_refused),
	KUNIT_CASE(bind_from_another_address_space_is_refused),
	KUNIT_CASE(bind_without_an_address_space_is_refused),
	KUNIT_CASE(a_dead_threads_vcpu_can_be_unbound_by_any),
	KUNIT_CASE(a_kick_after_the_threads_death_does_no_harm),
	KUNIT_CASE(the_bound_threads_reference_is_dropped),
	KUNIT_CASE(a_setup_that_the_backend_refuses_changes_nothing),
	{}
};

static struct kunit_suite state_suite = {
	.name = "axvcpu_state",
	.suite_init = test_env_suite_init,
	.suite_exit = test_env_suite_exit,
	.init = test_vcpu_init,
	.exit = test_vcpu_exit,
	.test_cases = state_suite_cases,
};

kunit_test_suite(state_suite);
