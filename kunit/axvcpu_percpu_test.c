// SPDX-License-Identifier: GPL-2.0-only
/*
 * The hardware is on while somebody needs it, on all CPUs or on none. CPUs really go offline
 * here; what is switched on and off is a fake.
 */

/* The other tests have fakes of these. */
#define axvcpu_ops		percpu_test_ops
#define axvcpu_percpu_get	percpu_test_get
#define axvcpu_percpu_put	percpu_test_put

#include "../module/percpu.c"

#include <kunit/test.h>

#define NO_CPU		-1

static struct cpumask on;	/* CPUs that are switched on */
static int refuses;		/* CPU that has another owner */
static atomic_t enables;
static atomic_t twice;		/* enabled when it was on already */

static int fake_enable(void)
{
	int cpu = raw_smp_processor_id();

	if (cpu == refuses)
		return -EBUSY;
	atomic_inc(&enables);
	if (cpumask_test_and_set_cpu(cpu, &on))
		atomic_inc(&twice);
	return 0;
}

static void fake_disable(void)
{
	cpumask_clear_cpu(raw_smp_processor_id(), &on);
}

static const struct axvcpu_arch_ops fake_ops = {
	.name = "fake",
	.cpu_enable = fake_enable,
	.cpu_disable = fake_disable,
};

const struct axvcpu_arch_ops *percpu_test_ops = &fake_ops;

static int percpu_test_init(struct kunit *test)
{
	cpumask_clear(&on);
	refuses = NO_CPU;
	atomic_set(&enables, 0);
	atomic_set(&twice, 0);
	return 0;
}

static void percpu_test_exit(struct kunit *test)
{
	rebooting = false;
	refuses = NO_CPU;
	while (users)
		percpu_test_put();
	KUNIT_EXPECT_EQ(test, atomic_read(&twice), 0);
}

static void the_first_user_enables_all_cpus(struct kunit *test)
{
	KUNIT_EXPECT_EQ(test, percpu_test_get(), 0);
	KUNIT_EXPECT_TRUE(test, cpumask_equal(&on, cpu_online_mask));
	KUNIT_EXPECT_EQ(test, atomic_read(&enables), (int)num_online_cpus());
}

static void the_last_user_disables_all_cpus(struct kunit *test)
{
	KUNIT_EXPECT_EQ(test, percpu_test_get(), 0);
	KUNIT_EXPECT_EQ(test, percpu_test_get(), 0);
	KUNIT_EXPECT_EQ(test, atomic_read(&enables), (int)num_online_cpus());
	percpu_test_put();
	KUNIT_EXPECT_TRUE(test, cpumask_equal(&on, cpu_online_mask));
	percpu_test_put();
	KUNIT_EXPECT_TRUE(test, cpumask_empty(&on));
}

static void it_can_be_taken_again(struct kunit *test)
{
	int i;

	for (i = 0; i < 3; i++) {
		KUNIT_EXPECT_EQ(test, percpu_test_get(), 0);
		KUNIT_EXPECT_TRUE(test, cpumask_equal(&on, cpu_online_mask));
		percpu_test_put();
		KUNIT_EXPECT_TRUE(test, cpumask_empty(&on));
	}
}

static void one_cpu_that_refuses_turns_all_off(struct kunit *test)
{
	refuses = cpumask_last(cpu_online_mask);
	KUNIT_EXPECT_EQ(test, percpu_test_get(), -EBUSY);
	KUNIT_EXPECT_TRUE(test, cpumask_empty(&on));
	KUNIT_EXPECT_EQ(test, users, 0U);

	refuses = NO_CPU;
	KUNIT_EXPECT_EQ(test, percpu_test_get(), 0);
	KUNIT_EXPECT_TRUE(test, cpumask_equal(&on, cpu_online_mask));
}

static void a_first_cpu_that_refuses_ends_it_at_once(struct kunit *test)
{
	refuses = cpumask_first(cpu_online_mask);
	KUNIT_EXPECT_EQ(test, percpu_test_get(), -EBUSY);
	KUNIT_EXPECT_TRUE(test, cpumask_empty(&on));
	KUNIT_EXPECT_EQ(test, users, 0U);
}

static void cpus_are_switched_as_they_come_and_go(struct kunit *test)
{
	unsigned int cpu = cpumask_last(cpu_online_mask);

	if (num_online_cpus() < 2)
		kunit_skip(test, "needs two CPUs");
	KUNIT_EXPECT_EQ(test, percpu_test_get(), 0);
	KUNIT_EXPECT_EQ(test, remove_cpu(cpu), 0);
	KUNIT_EXPECT_FALSE(test, cpumask_test_cpu(cpu, &on));
	KUNIT_EXPECT_EQ(test, add_cpu(cpu), 0);
	KUNIT_EXPECT_TRUE(test, cpumask_test_cpu(cpu, &on));
}

static void a_cpu_that_refuses_stays_offline(struct kunit *test)
{
	unsigned int cpu = cpumask_last(cpu_online_mask);

	if (num_online_cpus() < 2)
		kunit_skip(test, "needs two CPUs");
	KUNIT_EXPECT_EQ(test, percpu_test_get(), 0);
	KUNIT_EXPECT_EQ(test, remove_cpu(cpu), 0);
	refuses = cpu;
	KUNIT_EXPECT_EQ(test, add_cpu(cpu), -EBUSY);
	KUNIT_EXPECT_FALSE(test, cpu_online(cpu));
	KUNIT_EXPECT_FALSE(test, cpumask_test_cpu(cpu, &on));

	refuses = NO_CPU;
	KUNIT_EXPECT_EQ(test, add_cpu(cpu), 0);
	KUNIT_EXPECT_TRUE(test, cpumask_test_cpu(cpu, &on));
}

static void a_reboot_turns_all_off_for_good(struct kunit *test)
{
	KUNIT_EXPECT_EQ(test, percpu_test_get(), 0);
	KUNIT_EXPECT_EQ(test, reboot_nb.notifier_call(&reboot_nb, SYS_RESTART, NULL), NOTIFY_OK);
	KUNIT_EXPECT_TRUE(test, cpumask_empty(&on));
	KUNIT_EXPECT_EQ(test, percpu_test_get(), -EBUSY);
	KUNIT_EXPECT_EQ(test, users, 1U);
	percpu_test_put();
	KUNIT_EXPECT_EQ(test, percpu_test_get(), -EBUSY);
	KUNIT_EXPECT_TRUE(test, cpumask_empty(&on));
}

static void a_reboot_without_users_touches_nothing(struct kunit *test)
{
	cpumask_copy(&on, cpu_online_mask);	/* as if they were another owner's */
	KUNIT_EXPECT_EQ(test, reboot_nb.notifier_call(&reboot_nb, SYS_RESTART, NULL), NOTIFY_OK);
	KUNIT_EXPECT_TRUE(test, cpumask_equal(&on, cpu_online_mask));
	KUNIT_EXPECT_EQ(test, percpu_test_get(), -EBUSY);
}

/* Suspend is for the last CPU alone: hotplug has done the others. */
static void suspend_and_resume_keep_what_was_on(struct kunit *test)
{
	int cpu;

	KUNIT_EXPECT_EQ(test, percpu_test_get(), 0);
	cpu = get_cpu();
	KUNIT_EXPECT_EQ(test, syscore.suspend(), 0);
	KUNIT_EXPECT_FALSE(test, cpumask_test_cpu(cpu, &on));
	syscore.resume();
	KUNIT_EXPECT_TRUE(test, cpumask_test_cpu(cpu, &on));
	put_cpu();
}

static void resume_leaves_off_what_was_off(struct kunit *test)
{
	preempt_disable();
	KUNIT_EXPECT_EQ(test, syscore.suspend(), 0);
	syscore.resume();
	preempt_enable();
	KUNIT_EXPECT_TRUE(test, cpumask_empty(&on));
}

static void a_panic_turns_its_own_cpu_off(struct kunit *test)
{
	int cpu;

	KUNIT_EXPECT_EQ(test, percpu_test_get(), 0);
	cpu = get_cpu();
	KUNIT_EXPECT_EQ(test, panic_nb.notifier_call(&panic_nb, 0, NULL), NOTIFY_OK);
	KUNIT_EXPECT_FALSE(test, cpumask_test_cpu(cpu, &on));
	put_cpu();
}

static void hooks_come_and_go(struct kunit *test)
{
	KUNIT_EXPECT_EQ(test, axvcpu_percpu_init(), 0);
	axvcpu_percpu_exit();
	KUNIT_EXPECT_EQ(test, axvcpu_percpu_init(), 0);
	axvcpu_percpu_exit();
}

static struct kunit_case percpu_suite_cases[] = {
	KUNIT_CASE(the_first_user_enables_all_cpus),
	KUNIT_CASE(the_last_user_disables_all_cpus),
	KUNIT_CASE(it_can_be_taken_again),
	KUNIT_CASE(one_cpu_that_refuses_turns_all_off),
	KUNIT_CASE(a_first_cpu_that_refuses_ends_it_at_once),
	KUNIT_CASE(cpus_are_switched_as_they_come_and_go),
	KUNIT_CASE(a_cpu_that_refuses_stays_offline),
	KUNIT_CASE(a_reboot_turns_all_off_for_good),
	KUNIT_CASE(a_reboot_without_users_touches_nothing),
	KUNIT_CASE(suspend_and_resume_keep_what_was_on),
	KUNIT_CASE(resume_leaves_off_what_was_off),
	KUNIT_CASE(a_panic_turns_its_own_cpu_off),
	KUNIT_CASE(hooks_come_and_go),
	{}
};

static struct kunit_suite percpu_suite = {
	.name = "axvcpu_percpu",
	.init = percpu_test_init,
	.exit = percpu_test_exit,
	.test_cases = percpu_suite_cases,
};

kunit_test_suite(percpu_suite);
