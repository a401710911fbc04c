/* SPDX-License-Identifier: GPL-2.0-only */
/* One vCPU of the scripted backend, and the thread that it is bound to. */
#ifndef _TEST_VCPU_H
#define _TEST_VCPU_H

#include <linux/types.h>
#include <kunit/test.h>

#include <axvcpu/vcpu.h>
#include <axvcpu/vm.h>

#include "core_under_test.h"
#include "fake_arch.h"
#include "test_env.h"

#define TEST_VCPU_ID	3

/**
 * struct test_vcpu - what a test has
 * @vm: VM, of test_mm
 * @vcpu: its vCPU
 * @thread: thread that binds and runs it
 */
struct test_vcpu {
	struct axvcpu_vm vm;
	struct axvcpu *vcpu;
	struct test_thread thread;
};

extern struct test_vcpu *tv;

/* For kunit_suite, with test_env_suite_init() and test_env_suite_exit(). */
int test_vcpu_init(struct kunit *test);
void test_vcpu_exit(struct kunit *test);

/* Calls that the bound thread makes. */
long test_vcpu_bind(void *unused);
long test_vcpu_unbind(void *unused);
long test_vcpu_run(void *unused);

/* Bring the vCPU to a state by the calls that lead there. */
void test_vcpu_reach(struct kunit *test, u32 state);

/* Begin a run that enters a looping guest; wait until it is in there. */
void test_vcpu_enter(struct kunit *test);

/* Begin a run that halts; wait until the vCPU sleeps. */
void test_vcpu_block(struct kunit *test);

/* Run to the end. Return: what AXVCPU_RUN returns */
static inline long test_vcpu_run_once(void)
{
	return test_thread_call(&tv->thread, test_vcpu_run, NULL);
}

/* AXVCPU_KICK by another thread than the bound one. */
static inline long test_vcpu_kick(void)
{
	return core_vcpu_ioctl(tv->vcpu, AXVCPU_KICK, 0);
}

#endif /* _TEST_VCPU_H */
