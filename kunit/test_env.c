// SPDX-License-Identifier: GPL-2.0-only
/*
 * KUnit runs tests in kernel threads. The process that loads the module waits meanwhile, so
 * its address space can be borrowed.
 */
#include <linux/delay.h>
#include <linux/err.h>
#include <linux/jiffies.h>
#include <linux/kthread.h>
#include <linux/mm.h>
#include <linux/mman.h>
#include <linux/pid.h>
#include <linux/sched/mm.h>
#include <linux/sched/signal.h>
#include <linux/sched/task.h>

#include "test_env.h"

struct mm_struct *test_mm;
struct mm_struct *test_other_mm;
unsigned long test_user;

/* The other address space is that of process 1. */
static struct mm_struct *other_mm(void)
{
	struct pid *pid = find_get_pid(1);
	struct task_struct *task = get_pid_task(pid, PIDTYPE_PID);
	struct mm_struct *mm = task ? get_task_mm(task) : NULL;

	if (task)
		put_task_struct(task);
	put_pid(pid);
	return mm;
}

/** test_env_suite_init() - borrow address spaces */
int test_env_suite_init(struct kunit_suite *suite)
{
	test_mm = get_task_mm(current);
	test_other_mm = other_mm();
	if (test_mm && test_other_mm)
		return 0;
	test_env_suite_exit(suite);
	return -EINVAL;
}

/** test_env_suite_exit() - give them back */
void test_env_suite_exit(struct kunit_suite *suite)
{
	if (test_mm)
		mmput(test_mm);
	if (test_other_mm)
		mmput(test_other_mm);
	test_mm = NULL;
	test_other_mm = NULL;
}

/**
 * test_env_init() - enter the borrowed address space
 * @test: no assertion may end it before test_env_exit(): the thread would take the address
 *	space with it
 */
int test_env_init(struct kunit *test)
{
	kthread_use_mm(test_mm);
	test_user = vm_mmap(NULL, 0, 3 * PAGE_SIZE, PROT_READ | PROT_WRITE,
			    MAP_ANONYMOUS | MAP_PRIVATE, 0);
	if (IS_ERR_VALUE(test_user)) {
		kthread_unuse_mm(test_mm);
		return -ENOMEM;
	}
	vm_munmap(test_user + 2 * PAGE_SIZE, PAGE_SIZE);
	return 0;
}

/** test_env_exit() - leave it as it was */
void test_env_exit(struct kunit *test)
{
	vm_munmap(test_user, 2 * PAGE_SIZE);
	kthread_unuse_mm(test_mm);
}

static int test_thread_fn(void *data)
{
	struct test_thread *t = data;

	allow_signal(SIGUSR1);
	if (t->mm)
		kthread_use_mm(t->mm);
	for (;;) {
		wait_for_completion(&t->go);
		if (!t->fn)
			break;
		t->ret = t->fn(t->arg);
		flush_signals(current);
		complete(&t->done);
	}
	if (t->mm)
		kthread_unuse_mm(t->mm);
	return 0;
}

static long nothing(void *unused)
{
	return 0;
}

/**
 * test_thread_start() - make a thread
 * @t: written
 * @mm: its address space, or NULL
 *
 * Return: 0 or -errno.
 */
int test_thread_start(struct test_thread *t, struct mm_struct *mm)
{
	*t = (struct test_thread) { .mm = mm };
	init_completion(&t->go);
	init_completion(&t->done);
	t->task = kthread_create(test_thread_fn, t, "axvcpu-test");
	if (IS_ERR(t->task))
		return PTR_ERR(t->task);
	get_task_struct(t->task);
	wake_up_process(t->task);
	/* Signals before it is ready for them would be lost. */
	return test_thread_call(t, nothing, NULL);
}

/** test_thread_begin() - let the thread call something, and go on meanwhile */
void test_thread_begin(struct test_thread *t, long (*fn)(void *arg), void *arg)
{
	t->fn = fn;
	t->arg = arg;
	complete(&t->go);
}

/** test_thread_wait() - wait for what was begun. Return: its result, or -ETIMEDOUT */
long test_thread_wait(struct test_thread *t)
{
	return wait_for_completion_timeout(&t->done, 30 * HZ) ? t->ret : -ETIMEDOUT;
}

/** test_thread_call() - let the thread call something. Return: its result */
long test_thread_call(struct test_thread *t, long (*fn)(void *arg), void *arg)
{
	test_thread_begin(t, fn, arg);
	return test_thread_wait(t);
}

/** test_thread_signal() - send the thread a signal: pending from now to the end of its call */
void test_thread_signal(struct test_thread *t)
{
	send_sig(SIGUSR1, t->task, 1);
}

/** test_thread_end() - end the thread; it is dead, its task_struct may live on */
void test_thread_end(struct test_thread *t)
{
	if (!t->task)
		return;
	/* Whatever it still does, a signal ends it. */
	test_thread_signal(t);
	t->fn = NULL;
	complete(&t->go);
	kthread_stop(t->task);
	while (!READ_ONCE(t->task->exit_state))
		schedule_timeout_uninterruptible(1);
	put_task_struct(t->task);
	t->task = NULL;
}

/** test_wait_for() - wait at most 20 s for a condition */
bool test_wait_for(bool (*condition)(void))
{
	unsigned long deadline = jiffies + 20 * HZ;

	while (!condition() && time_before(jiffies, deadline))
		usleep_range(500, 1000);
	return condition();
}
