/* SPDX-License-Identifier: GPL-2.0-only */
/* What a test thread lacks: an address space, user memory, and other threads. */
#ifndef _TEST_ENV_H
#define _TEST_ENV_H

#include <linux/completion.h>
#include <linux/mm_types.h>
#include <linux/types.h>
#include <kunit/test.h>

struct task_struct;

/* The address space of the process that loads the test module, and that of another one. */
extern struct mm_struct *test_mm;
extern struct mm_struct *test_other_mm;

/* For kunit_suite: they run in that process itself. */
int test_env_suite_init(struct kunit_suite *suite);
void test_env_suite_exit(struct kunit_suite *suite);

/* For kunit_suite: the test runs in test_mm, with two pages at test_user and none behind. */
extern unsigned long test_user;
int test_env_init(struct kunit *test);
void test_env_exit(struct kunit *test);

/**
 * struct test_thread - a thread that makes calls for a test
 * @task: thread, a reference is held
 * @mm: its address space, or NULL
 * @go: there is something to call
 * @done: it returned
 * @fn: what to call; NULL ends the thread
 * @arg: argument
 * @ret: what @fn returned
 */
struct test_thread {
	struct task_struct *task;
	struct mm_struct *mm;
	struct completion go;
	struct completion done;
	long (*fn)(void *arg);
	void *arg;
	long ret;
};

int test_thread_start(struct test_thread *t, struct mm_struct *mm);
void test_thread_begin(struct test_thread *t, long (*fn)(void *arg), void *arg);
long test_thread_wait(struct test_thread *t);
long test_thread_call(struct test_thread *t, long (*fn)(void *arg), void *arg);
void test_thread_signal(struct test_thread *t);
void test_thread_end(struct test_thread *t);

/* Wait until a condition holds, whoever makes it so. Return: its value at the end */
bool test_wait_for(bool (*condition)(void));

#endif /* _TEST_ENV_H */
