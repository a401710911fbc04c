// SPDX-License-Identifier: GPL-2.0-only
/* One AXVCPU_RUN: what ends it, what is written, and that no kick or event is lost. */
#include <linux/delay.h>
#include <kunit/test.h>

#include "test_vcpu.h"

static int run_test_init(struct kunit *test)
{
	int ret = test_vcpu_init(test);

	if (!ret)
		test_vcpu_reach(test, 3);
	return ret;
}

#define NOTHING		0L
#define HALT		10L

/* ----------------------------------------------------------------- answers */

struct reason_case {
	const char *name;
	u32 reason;
	u64 value;
};

static const struct reason_case reason_cases[] = {
	{ "nothing", 0, ~0ULL },
	{ "hypercall_presets_its_number", 1, 0x77 },
	{ "mmio_read", 2, ~0ULL },
	{ "mmio_write", 3, ~0ULL },
	{ "sysreg_read", 4, ~0ULL },
	{ "sysreg_write", 5, ~0ULL },
	{ "io_read", 6, ~0ULL },
	{ "io_write", 7, ~0ULL },
	{ "external_interrupt", 8, ~0ULL },
	{ "nested_page_fault", 9, ~0ULL },
	{ "halt", 10, ~0ULL },
	{ "cpu_up", 11, ~0ULL },
	{ "cpu_down", 12, ~0ULL },
	{ "system_down", 13, ~0ULL },
	{ "fail_entry", 14, ~0ULL },
	{ "send_ipi", 15, ~0ULL },
	{ "system_reset", 16, ~0ULL },
	{ "shutdown", 17, ~0ULL },
	{ "debug", 18, ~0ULL },
	{ "irq_window", 19, ~0ULL },
	{ "eoi", 20, ~0ULL },
	{ "unhandled", 21, ~0ULL },
};

static void reason_case_desc(const struct reason_case *c, char *desc)
{
	strscpy(desc, c->name, KUNIT_PARAM_DESC_SIZE);
}

KUNIT_ARRAY_PARAM(reason, reason_cases, reason_case_desc);

static void an_exit_is_written_and_counted(struct kunit *test)
{
	const struct reason_case *c = test->param_value;
	const struct fake_step step = { AXVCPU_RUN_EXIT, c->reason };
	struct axvcpu_exit want = { .reason = c->reason, .pc = 0x123456789abcULL, .vcpu = 3 };
	u32 i;

	if (c->reason == 1)
		want.hypercall.nr = 0x77;
	memset(&tv->vcpu->run->exit, 0xa5, sizeof(want));
	memset(&tv->vcpu->exit, 0xa5, sizeof(want));
	fake_script(&step, 1);
	KUNIT_EXPECT_EQ(test, test_vcpu_run_once(), (long)c->reason);
	KUNIT_EXPECT_EQ(test, memcmp(&tv->vcpu->run->exit, &want, sizeof(want)), 0);
	KUNIT_EXPECT_EQ(test, tv->vcpu->run->value, c->value);
	for (i = 0; i < AXVCPU_STATS_REASONS; i++)
		KUNIT_EXPECT_EQ(test, tv->vcpu->stats.user_exits[i], i == c->reason ? 1ULL : 0);
}

static void a_nothing_exit_is_written_completely(struct kunit *test)
{
	struct axvcpu_exit want = { .pc = 0x123456789abcULL, .vcpu = 3 };

	memset(&tv->vcpu->run->exit, 0xa5, sizeof(want));
	memset(&tv->vcpu->exit, 0xa5, sizeof(want));
	test_vcpu_kick();
	KUNIT_EXPECT_EQ(test, test_vcpu_run_once(), NOTHING);
	KUNIT_EXPECT_EQ(test, memcmp(&tv->vcpu->run->exit, &want, sizeof(want)), 0);
	KUNIT_EXPECT_EQ(test, tv->vcpu->stats.user_exits[0], 1ULL);
}

static void the_answer_reaches_the_backend(struct kunit *test)
{
	tv->vcpu->run->value = 0x1122334455667788ULL;
	FAKE_SCRIPT({ AXVCPU_RUN_EXIT, AXVCPU_EXIT_HALT });
	KUNIT_EXPECT_EQ(test, test_vcpu_run_once(), HALT);
	KUNIT_EXPECT_EQ(test, fake_calls(FAKE_COMPLETE), 1U);
	KUNIT_EXPECT_EQ(test, fake.value, 0x1122334455667788ULL);
	KUNIT_EXPECT_LT(test, fake_position(FAKE_COMPLETE), fake_position(FAKE_RUN));
}

static void a_completion_may_be_an_exit_itself(struct kunit *test)
{
	fake.ret[FAKE_COMPLETE] = 1;
	KUNIT_EXPECT_EQ(test, test_vcpu_run_once(), 7L);
	KUNIT_EXPECT_EQ(test, fake_calls(FAKE_RUN), 0U);
	KUNIT_EXPECT_EQ(test, tv->vcpu->run->exit.reason, 7U);
	KUNIT_EXPECT_EQ(test, tv->vcpu->state, 3U);
}

static void change_request(struct axvcpu *vcpu)
{
	vcpu->run->request = 0xffffffff;
	vcpu->run->immediate_exit = 1;
}

static void requests_are_read_once_per_run(struct kunit *test)
{
	tv->vcpu->run->request = AXVCPU_REQUEST_IRQ_WINDOW;
	FAKE_SCRIPT({ AXVCPU_RUN_AGAIN, 0, change_request }, { AXVCPU_RUN_AGAIN },
		    { AXVCPU_RUN_EXIT, AXVCPU_EXIT_HALT });
	KUNIT_EXPECT_EQ(test, test_vcpu_run_once(), HALT);
	KUNIT_EXPECT_EQ(test, fake.requested[0], 1U);
	KUNIT_EXPECT_EQ(test, fake.requested[1], 1U);
	KUNIT_EXPECT_EQ(test, fake.requested[2], 1U);
}

static void unhandled_exits_run_again(struct kunit *test)
{
	FAKE_SCRIPT({ AXVCPU_RUN_AGAIN }, { AXVCPU_RUN_AGAIN }, { AXVCPU_RUN_AGAIN },
		    { AXVCPU_RUN_EXIT, AXVCPU_EXIT_HALT });
	KUNIT_EXPECT_EQ(test, test_vcpu_run_once(), HALT);
	KUNIT_EXPECT_EQ(test, fake_calls(FAKE_RUN), 4U);
	KUNIT_EXPECT_EQ(test, fake_calls(FAKE_COMPLETE), 1U);
}

/* ---------------------------------------------------------- immediate exit */

static void immediate_exit_completes_but_does_not_run(struct kunit *test)
{
	tv->vcpu->run->immediate_exit = 1;
	tv->vcpu->run->value = 5;
	KUNIT_EXPECT_EQ(test, test_vcpu_run_once(), NOTHING);
	KUNIT_EXPECT_EQ(test, fake_calls(FAKE_RUN), 0U);
	KUNIT_EXPECT_EQ(test, fake_calls(FAKE_COMPLETE), 1U);
	KUNIT_EXPECT_EQ(test, fake.value, 5ULL);
	KUNIT_EXPECT_EQ(test, tv->vcpu->state, 3U);
}

static void immediate_exit_does_not_hide_a_completions_exit(struct kunit *test)
{
	tv->vcpu->run->immediate_exit = 1;
	fake.ret[FAKE_COMPLETE] = 1;
	KUNIT_EXPECT_EQ(test, test_vcpu_run_once(), 7L);
}

/* -------------------------------------------------------------------- kicks */

/* After what is tested: there is no other NOTHING left. */
static void expect_next_run_is_halt(struct kunit *test)
{
	FAKE_SCRIPT({ AXVCPU_RUN_EXIT, AXVCPU_EXIT_HALT });
	KUNIT_EXPECT_EQ(test, test_vcpu_run_once(), HALT);
}

static void a_kick_before_run_is_one_nothing(struct kunit *test)
{
	KUNIT_EXPECT_EQ(test, test_vcpu_kick(), 0L);
	KUNIT_EXPECT_EQ(test, test_vcpu_run_once(), NOTHING);
	KUNIT_EXPECT_EQ(test, fake_calls(FAKE_RUN), 0U);
	KUNIT_EXPECT_EQ(test, fake_calls(FAKE_KICK), 0U);
	expect_next_run_is_halt(test);
	KUNIT_EXPECT_EQ(test, tv->vcpu->stats.kicks, 1ULL);
}

static void two_kicks_before_run_are_one_nothing(struct kunit *test)
{
	test_vcpu_kick();
	test_vcpu_kick();
	KUNIT_EXPECT_EQ(test, test_vcpu_run_once(), NOTHING);
	expect_next_run_is_halt(test);
	KUNIT_EXPECT_EQ(test, tv->vcpu->stats.kicks, 2ULL);
}

static void a_kick_throws_the_guest_out(struct kunit *test)
{
	FAKE_SCRIPT({ FAKE_GUEST_LOOPS });
	test_vcpu_enter(test);
	KUNIT_EXPECT_EQ(test, test_vcpu_kick(), 0L);
	KUNIT_EXPECT_EQ(test, test_thread_wait(&tv->thread), NOTHING);
	KUNIT_EXPECT_GE(test, fake_calls(FAKE_KICK), 1U);
	expect_next_run_is_halt(test);
}

static void a_kick_wakes_a_blocked_vcpu(struct kunit *test)
{
	FAKE_SCRIPT({ AXVCPU_RUN_HALT });
	test_vcpu_block(test);
	KUNIT_EXPECT_EQ(test, test_vcpu_kick(), 0L);
	KUNIT_EXPECT_EQ(test, test_thread_wait(&tv->thread), NOTHING);
	KUNIT_EXPECT_EQ(test, fake_calls(FAKE_RUN), 1U);
	KUNIT_EXPECT_EQ(test, tv->vcpu->state, 3U);
	expect_next_run_is_halt(test);
}

static void kick_itself(struct axvcpu *vcpu)
{
	axvcpu_request(vcpu, AXVCPU_REQ_KICK);
}

static void a_kick_beside_an_exit_comes_after_it(struct kunit *test)
{
	FAKE_SCRIPT({ AXVCPU_RUN_EXIT, AXVCPU_EXIT_MMIO_WRITE, kick_itself });
	KUNIT_EXPECT_EQ(test, test_vcpu_run_once(), 3L);
	KUNIT_EXPECT_EQ(test, test_vcpu_run_once(), NOTHING);
	expect_next_run_is_halt(test);
}

static void a_kick_beside_a_halt_does_not_block(struct kunit *test)
{
	FAKE_SCRIPT({ AXVCPU_RUN_HALT, 0, kick_itself });
	KUNIT_EXPECT_EQ(test, test_vcpu_run_once(), NOTHING);
	expect_next_run_is_halt(test);
}

static void a_kick_at_the_door_keeps_the_guest_out(struct kunit *test)
{
	FAKE_SCRIPT({ FAKE_GUEST_LOOPS, 0, kick_itself });
	KUNIT_EXPECT_EQ(test, test_vcpu_run_once(), NOTHING);
	KUNIT_EXPECT_FALSE(test, completion_done(&fake.in_guest));
	expect_next_run_is_halt(test);
}

static void immediate_exit_leaves_a_kick_pending(struct kunit *test)
{
	test_vcpu_kick();
	tv->vcpu->run->immediate_exit = 1;
	KUNIT_EXPECT_EQ(test, test_vcpu_run_once(), NOTHING);
	tv->vcpu->run->immediate_exit = 0;
	KUNIT_EXPECT_EQ(test, test_vcpu_run_once(), NOTHING);
	expect_next_run_is_halt(test);
}

static void hundred_kicks_are_all_noticed(struct kunit *test)
{
	int i;

	for (i = 0; i < 100 && !fake.lost_kick; i++) {
		FAKE_SCRIPT({ FAKE_GUEST_LOOPS });
		test_thread_begin(&tv->thread, test_vcpu_run, NULL);
		/* Not waiting for the entry: the kick falls anywhere around it. */
		if (i & 1)
			udelay(i);
		test_vcpu_kick();
		KUNIT_EXPECT_EQ(test, test_thread_wait(&tv->thread), NOTHING);
	}
	KUNIT_EXPECT_EQ(test, tv->vcpu->stats.kicks, 100ULL);
	KUNIT_EXPECT_EQ(test, tv->vcpu->stats.user_exits[0], 100ULL);
}

/* ------------------------------------------------------------------ signals */

static void expect_interrupted(struct kunit *test)
{
	KUNIT_EXPECT_EQ(test, tv->vcpu->state, 3U);
	KUNIT_EXPECT_EQ(test, tv->vcpu->run->exit.reason, 0U);
	KUNIT_EXPECT_EQ(test, tv->vcpu->run->exit.pc, 0x123456789abcULL);
	KUNIT_EXPECT_EQ(test, tv->vcpu->stats.user_exits[0], 1ULL);
	expect_next_run_is_halt(test);
}

static void a_pending_signal_is_eintr_before_the_guest(struct kunit *test)
{
	test_thread_signal(&tv->thread);
	KUNIT_EXPECT_EQ(test, test_vcpu_run_once(), (long)-EINTR);
	KUNIT_EXPECT_EQ(test, fake_calls(FAKE_RUN), 0U);
	KUNIT_EXPECT_EQ(test, fake_calls(FAKE_COMPLETE), 1U);
	expect_interrupted(test);
}

static void a_signal_throws_the_guest_out(struct kunit *test)
{
	FAKE_SCRIPT({ FAKE_GUEST_LOOPS });
	test_vcpu_enter(test);
	test_thread_signal(&tv->thread);
	KUNIT_EXPECT_EQ(test, test_thread_wait(&tv->thread), (long)-EINTR);
	expect_interrupted(test);
}

static void a_signal_wakes_a_blocked_vcpu(struct kunit *test)
{
	FAKE_SCRIPT({ AXVCPU_RUN_HALT });
	test_vcpu_block(test);
	test_thread_signal(&tv->thread);
	KUNIT_EXPECT_EQ(test, test_thread_wait(&tv->thread), (long)-EINTR);
	expect_interrupted(test);
}

/* ------------------------------------------------------------------ waiting */

static void an_event_wakes_a_blocked_vcpu(struct kunit *test)
{
	FAKE_SCRIPT({ AXVCPU_RUN_HALT }, { AXVCPU_RUN_EXIT, AXVCPU_EXIT_EOI });
	test_vcpu_block(test);
	WRITE_ONCE(fake.has_event, true);
	axvcpu_request(tv->vcpu, AXVCPU_REQ_EVENT);
	KUNIT_EXPECT_EQ(test, test_thread_wait(&tv->thread), 20L);
	KUNIT_EXPECT_EQ(test, tv->vcpu->stats.blocked, 1ULL);
	KUNIT_EXPECT_GT(test, tv->vcpu->stats.blocked_ns, 0ULL);
	KUNIT_EXPECT_EQ(test, fake_calls(FAKE_RUN), 2U);
}

static void a_halt_with_an_event_does_not_wait(struct kunit *test)
{
	fake.has_event = true;
	FAKE_SCRIPT({ AXVCPU_RUN_HALT }, { AXVCPU_RUN_EXIT, AXVCPU_EXIT_EOI });
	KUNIT_EXPECT_EQ(test, test_vcpu_run_once(), 20L);
}

static void request_event(struct axvcpu *vcpu)
{
	axvcpu_request(vcpu, AXVCPU_REQ_EVENT);
}

static void an_event_request_beside_a_halt_is_not_lost(struct kunit *test)
{
	FAKE_SCRIPT({ AXVCPU_RUN_HALT, 0, request_event }, { AXVCPU_RUN_EXIT, AXVCPU_EXIT_EOI });
	KUNIT_EXPECT_EQ(test, test_vcpu_run_once(), 20L);
	KUNIT_EXPECT_EQ(test, tv->vcpu->requests, 0UL);
}

static void waking_without_a_reason_goes_on_waiting(struct kunit *test)
{
	FAKE_SCRIPT({ AXVCPU_RUN_HALT });
	test_vcpu_block(test);
	axvcpu_wake(tv->vcpu);
	axvcpu_request(tv->vcpu, AXVCPU_REQ_FLUSH_TLB);
	msleep(20);
	KUNIT_EXPECT_EQ(test, READ_ONCE(tv->vcpu->state), 5U);
	KUNIT_EXPECT_EQ(test, fake_calls(FAKE_RUN), 1U);
	test_vcpu_kick();
	KUNIT_EXPECT_EQ(test, test_thread_wait(&tv->thread), NOTHING);
}

/* ----------------------------------------------------------------- failures */

struct error_case {
	const char *name;
	int error;
	u32 state;
};

static const struct error_case error_cases[] = {
	{ "eio_makes_it_invalid", -EIO, 0 },
	{ "enomem_leaves_it_ready", -ENOMEM, 3 },
	{ "efault_leaves_it_ready", -EFAULT, 3 },
	{ "einval_leaves_it_ready", -EINVAL, 3 },
};

static void error_case_desc(const struct error_case *c, char *desc)
{
	strscpy(desc, c->name, KUNIT_PARAM_DESC_SIZE);
}

KUNIT_ARRAY_PARAM(error, error_cases, error_case_desc);

static void expect_untouched(struct kunit *test, const struct error_case *c)
{
	struct axvcpu_exit dirty;
	u32 i;

	memset(&dirty, 0xa5, sizeof(dirty));
	KUNIT_EXPECT_EQ(test, memcmp(&tv->vcpu->run->exit, &dirty, sizeof(dirty)), 0);
	KUNIT_EXPECT_EQ(test, tv->vcpu->run->value, 9ULL);
	KUNIT_EXPECT_EQ(test, tv->vcpu->state, c->state);
	for (i = 0; i < AXVCPU_STATS_REASONS; i++)
		KUNIT_EXPECT_EQ(test, tv->vcpu->stats.user_exits[i], 0ULL);
}

static void a_failed_run_is_no_exit(struct kunit *test)
{
	const struct error_case *c = test->param_value;
	const struct fake_step step = { c->error };

	memset(&tv->vcpu->run->exit, 0xa5, sizeof(tv->vcpu->run->exit));
	tv->vcpu->run->value = 9;
	fake_script(&step, 1);
	KUNIT_EXPECT_EQ(test, test_vcpu_run_once(), (long)c->error);
	expect_untouched(test, c);
}

static void a_failed_completion_is_no_exit(struct kunit *test)
{
	const struct error_case *c = test->param_value;

	memset(&tv->vcpu->run->exit, 0xa5, sizeof(tv->vcpu->run->exit));
	tv->vcpu->run->value = 9;
	fake.ret[FAKE_COMPLETE] = c->error;
	KUNIT_EXPECT_EQ(test, test_vcpu_run_once(), (long)c->error);
	KUNIT_EXPECT_EQ(test, fake_calls(FAKE_RUN), 0U);
	expect_untouched(test, c);
}

/* ---------------------------------------------------------- others' requests */

static void nobody_is_interrupted_outside_the_guest(struct kunit *test)
{
	axvcpu_request(tv->vcpu, AXVCPU_REQ_EVENT);
	axvcpu_wake(tv->vcpu);
	KUNIT_EXPECT_EQ(test, fake_calls(FAKE_KICK), 0U);
}

static void a_tlb_flush_waits_for_the_cpu_in_the_guest(struct kunit *test)
{
	FAKE_SCRIPT({ FAKE_GUEST_LOOPS });
	test_vcpu_enter(test);
	axvcpu_vm_flush_tlb(&tv->vm);
	KUNIT_EXPECT_TRUE(test, test_bit(AXVCPU_REQ_FLUSH_TLB, &tv->vcpu->requests));
	KUNIT_EXPECT_EQ(test, cpumask_weight(&fake.ipi), 1U);
	KUNIT_EXPECT_TRUE(test, cpumask_test_cpu(READ_ONCE(tv->vcpu->cpu), &fake.ipi));
	test_vcpu_kick();
	KUNIT_EXPECT_EQ(test, test_thread_wait(&tv->thread), NOTHING);
}

static void a_tlb_flush_disturbs_nobody_else(struct kunit *test)
{
	axvcpu_vm_flush_tlb(&tv->vm);
	KUNIT_EXPECT_TRUE(test, test_bit(AXVCPU_REQ_FLUSH_TLB, &tv->vcpu->requests));
	KUNIT_EXPECT_TRUE(test, cpumask_empty(&fake.ipi));
}

static struct kunit_case run_suite_cases[] = {
	KUNIT_CASE_PARAM(an_exit_is_written_and_counted, reason_gen_params),
	KUNIT_CASE(a_nothing_exit_is_written_completely),
	KUNIT_CASE(the_answer_reaches_the_backend),
	KUNIT_CASE(a_completion_may_be_an_exit_itself),
	KUNIT_CASE(requests_are_read_once_per_run),
	KUNIT_CASE(unhandled_exits_run_again),
	KUNIT_CASE(immediate_exit_completes_but_does_not_run),
	KUNIT_CASE(immediate_exit_does_not_hide_a_completions_exit),
	KUNIT_CASE(a_kick_before_run_is_one_nothing),
	KUNIT_CASE(two_kicks_before_run_are_one_nothing),
	KUNIT_CASE(a_kick_throws_the_guest_out),
	KUNIT_CASE(a_kick_wakes_a_blocked_vcpu),
	KUNIT_CASE(a_kick_beside_an_exit_comes_after_it),
	KUNIT_CASE(a_kick_beside_a_halt_does_not_block),
	KUNIT_CASE(a_kick_at_the_door_keeps_the_guest_out),
	KUNIT_CASE(immediate_exit_leaves_a_kick_pending),
	KUNIT_CASE(hundred_kicks_are_all_noticed),
	KUNIT_CASE(a_pending_signal_is_eintr_before_the_guest),
	KUNIT_CASE(a_signal_throws_the_guest_out),
	KUNIT_CASE(a_signal_wakes_a_blocked_vcpu),
	KUNIT_CASE(an_event_wakes_a_blocked_vcpu),
	KUNIT_CASE(a_halt_with_an_event_does_not_wait),
	KUNIT_CASE(an_event_request_beside_a_halt_is_not_lost),
	KUNIT_CASE(waking_without_a_reason_goes_on_waiting),
	KUNIT_CASE_PARAM(a_failed_run_is_no_exit, error_gen_params),
	KUNIT_CASE_PARAM(a_failed_completion_is_no_exit, error_gen_params),
	KUNIT_CASE(nobody_is_interrupted_outside_the_guest),
	KUNIT_CASE(a_tlb_flush_waits_for_the_cpu_in_the_guest),
	KUNIT_CASE(a_tlb_flush_disturbs_nobody_else),
	{}
};

static struct kunit_suite run_suite = {
	.name = "axvcpu_run",
	.suite_init = test_env_suite_init,
	.suite_exit = test_env_suite_exit,
	.init = run_test_init,
	.exit = test_vcpu_exit,
	.test_cases = run_suite_cases,
};

kunit_test_suite(run_suite);
