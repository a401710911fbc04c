// SPDX-License-Identifier: GPL-2.0-only
/* Timers of local APICs that really run, and requests from several CPUs at once. */
#include <linux/delay.h>
#include <linux/kthread.h>
#include <linux/preempt.h>

#include <asm/tsc.h>

#include "apic_fake.h"

static bool soon(bool (*done)(void))
{
	int i;

	for (i = 0; i < 2000 && !done(); i++)
		usleep_range(500, 1000);
	return done();
}

static bool has_timer(void)
{
	return apic_test_who_has(0xec) & BIT(0);
}

static void one_shot_fires_once(struct kunit *test)
{
	apic_test_enable_all(false);
	apic_test_write(0, 0x320, 0x000000ec);
	apic_test_write(0, 0x3e0, 0xb);
	apic_test_write(0, 0x380, 20000000);
	KUNIT_EXPECT_GT(test, apic_test_read(0, 0x390), 0U);
	KUNIT_EXPECT_TRUE(test, soon(has_timer));
	KUNIT_EXPECT_EQ(test, atomic_read(&apic_test_vm->cpu[0].requests), 1);
	KUNIT_EXPECT_EQ(test, apic_test_read(0, 0x390), 0U);
	apic_test_forget(0xec);
	msleep(60);
	KUNIT_EXPECT_FALSE(test, has_timer());
}

static void periodic_fires_again(struct kunit *test)
{
	int i;

	apic_test_enable_all(false);
	apic_test_write(0, 0x320, 0x000200ec);
	apic_test_write(0, 0x3e0, 0x3);
	apic_test_write(0, 0x380, 62500);
	for (i = 0; i < 5; i++) {
		KUNIT_EXPECT_TRUE(test, soon(has_timer));
		apic_test_forget(0xec);
	}
	apic_test_write(0, 0x380, 0);
	apic_test_forget(0xec);
	msleep(20);
	KUNIT_EXPECT_FALSE(test, has_timer());
}

static void masked_timer_counts_but_does_not_fire(struct kunit *test)
{
	apic_test_enable_all(false);
	apic_test_write(0, 0x320, 0x000100ec);
	apic_test_write(0, 0x3e0, 0xb);
	apic_test_write(0, 0x380, 5000000);
	msleep(30);
	KUNIT_EXPECT_FALSE(test, has_timer());
	KUNIT_EXPECT_EQ(test, apic_test_read(0, 0x390), 0U);
	apic_test_write(0, 0x320, 0x000000ec);
	msleep(20);
	KUNIT_EXPECT_FALSE(test, has_timer());
}

static void deadline_fires_and_moves(struct kunit *test)
{
	u64 second = tsc_khz * 1000ULL;
	struct axapic *apic = apic_nr(0);

	apic_test_enable_all(false);
	apic_test_vm->tsc_offset = -12345678ULL;
	axapic_set_tsc_deadline(apic, 1);
	KUNIT_EXPECT_FALSE(test, has_timer());	/* not in this mode */

	apic_test_write(0, 0x320, 0x000400ec);
	axapic_set_tsc_deadline(apic, rdtsc() + apic_test_vm->tsc_offset - 1);
	KUNIT_EXPECT_TRUE(test, has_timer());
	KUNIT_EXPECT_EQ(test, axapic_tsc_deadline(apic), 0ULL);
	apic_test_forget(0xec);

	/* Far away, then near: the alarm is brought forward. */
	axapic_set_tsc_deadline(apic, ~0ULL);
	KUNIT_EXPECT_EQ(test, axapic_tsc_deadline(apic), ~0ULL);
	axapic_set_tsc_deadline(apic, rdtsc() + apic_test_vm->tsc_offset + second / 50);
	KUNIT_EXPECT_TRUE(test, soon(has_timer));
	KUNIT_EXPECT_EQ(test, axapic_tsc_deadline(apic), 0ULL);
	apic_test_forget(0xec);

	/* Near, then farther: the alarm that is set rings for nothing, then again. */
	axapic_set_tsc_deadline(apic, rdtsc() + apic_test_vm->tsc_offset + second / 50);
	axapic_set_tsc_deadline(apic, rdtsc() + apic_test_vm->tsc_offset + second / 5);
	msleep(60);
	KUNIT_EXPECT_FALSE(test, has_timer());
	KUNIT_EXPECT_TRUE(test, soon(has_timer));
	apic_test_forget(0xec);

	axapic_set_tsc_deadline(apic, rdtsc() + apic_test_vm->tsc_offset + second / 50);
	axapic_set_tsc_deadline(apic, 0);
	msleep(60);
	KUNIT_EXPECT_FALSE(test, has_timer());
}

/* On one CPU: the counters of two may differ. */
static void deadline_is_never_early(struct kunit *test)
{
	u64 deadline, now;
	int i, early = 0, missed = 0;

	apic_test_enable_all(false);
	apic_test_write(0, 0x320, 0x000400ec);
	migrate_disable();
	for (i = 0; i < 200 && !missed; i++) {
		deadline = rdtsc() + tsc_khz / 4;
		axapic_set_tsc_deadline(apic_nr(0), deadline);
		do {
			now = rdtsc();
		} while (!has_timer() && now < deadline + tsc_khz * 1000ULL);
		missed += !has_timer();
		early += rdtsc() < deadline;
		apic_test_forget(0xec);
	}
	migrate_enable();
	KUNIT_EXPECT_EQ(test, early, 0);
	KUNIT_EXPECT_EQ(test, missed, 0);
}

static void count_goes_on_in_a_restored_state(struct kunit *test)
{
	struct axvcpu_x86_apic *s = kunit_kzalloc(test, sizeof(*s), GFP_KERNEL);
	u32 before, after;

	KUNIT_ASSERT_NOT_ERR_OR_NULL(test, s);
	apic_test_enable_all(false);
	apic_test_write(0, 0x320, 0x000000ec);
	apic_test_write(0, 0x3e0, 0xb);
	apic_test_write(0, 0x380, 4000000000U);
	msleep(20);
	axapic_get_state(apic_nr(0), s);
	before = axapic_page_get(s->regs, 0x390);
	KUNIT_EXPECT_LT(test, before, 3980000001U);

	axapic_reset(apic_nr(0));
	KUNIT_EXPECT_EQ(test, axapic_set_state(apic_nr(0), s, 0xfee00900, true), 0);
	KUNIT_EXPECT_EQ(test, apic_test_read(0, 0x390), 0U);
	KUNIT_EXPECT_EQ(test, axapic_set_state(apic_nr(0), s, 0xfee00900, false), 0);
	after = apic_test_read(0, 0x390);
	KUNIT_EXPECT_LE(test, after, before);
	KUNIT_EXPECT_GT(test, after, before / 2);
	KUNIT_EXPECT_EQ(test, apic_test_read(0, 0x380), 4000000000U);
	KUNIT_EXPECT_EQ(test, axapic_set_state(apic_nr(0), s, 0xfee00d00, true), -EINVAL);
}

#define INJECTIONS	20000

struct injector {
	struct completion done;
	unsigned int seed;
	unsigned int fresh;
};

static int injector_thread(void *arg)
{
	struct injector *inj = arg;
	unsigned int i;

	for (i = 0; i < INJECTIONS; i++) {
		inj->seed = inj->seed * 1103515245 + 12345;
		if (!axapic_inject(apic_nr(0), 0x20 + (inj->seed >> 16) % 0xd0, false))
			inj->fresh++;
		if (i % 64 == 0)
			cond_resched();
	}
	complete(&inj->done);
	return 0;
}

/* The owner goes by the flag alone: a lost one would leave a request behind. */
static void no_request_is_lost(struct kunit *test)
{
	struct injector inj[2] = { { .seed = 1 }, { .seed = 99 } };
	unsigned int taken = 0;
	int i, vector;
	bool over;

	apic_test_enable_all(false);
	for (i = 0; i < 2; i++) {
		init_completion(&inj[i].done);
		if (IS_ERR(kthread_run(injector_thread, &inj[i], "apic_inj"))) {
			KUNIT_FAIL(test, "no thread");
			complete(&inj[i].done);
		}
	}
	do {
		over = completion_done(&inj[0].done) && completion_done(&inj[1].done);
		while (axapic_irr_pending(apic_nr(0))) {
			vector = axapic_pending_vector(apic_nr(0));
			/* The flag may come after its request was taken already. */
			if (vector < 0)
				break;
			axapic_accept(apic_nr(0), vector);
			apic_test_write(0, 0x0b0, 0);
			taken++;
		}
		cond_resched();
	} while (!over);
	KUNIT_EXPECT_EQ(test, taken, inj[0].fresh + inj[1].fresh);
	KUNIT_EXPECT_EQ(test, axapic_highest(apic_nr(0)->regs.irr), -1);
}

static struct kunit_case apic_time_cases[] = {
	KUNIT_CASE(one_shot_fires_once),
	KUNIT_CASE(periodic_fires_again),
	KUNIT_CASE(masked_timer_counts_but_does_not_fire),
	KUNIT_CASE(deadline_fires_and_moves),
	KUNIT_CASE(deadline_is_never_early),
	KUNIT_CASE(count_goes_on_in_a_restored_state),
	KUNIT_CASE(no_request_is_lost),
	{}
};

static struct kunit_suite apic_time_suite = {
	.name = "axvcpu_apic_time",
	.init = apic_test_init,
	.exit = apic_test_exit,
	.test_cases = apic_time_cases,
};

kunit_test_suite(apic_time_suite);
