// SPDX-License-Identifier: GPL-2.0-only
/* One vCPU of the scripted backend, and the ways into each of its states. */
#include <linux/err.h>
#include <linux/jiffies.h>

#include "test_vcpu.h"

struct test_vcpu *tv;

/** test_vcpu_init() - a vCPU in CREATED, a thread, user memory */
int test_vcpu_init(struct kunit *test)
{
	int ret;

	fake_reset();
	tv = kunit_kzalloc(test, sizeof(*tv), GFP_KERNEL);
	if (!tv)
		return -ENOMEM;
	tv->vm.mm = test_mm;
	tv->vm.id = 1;
	mutex_init(&tv->vm.lock);
	tv->vcpu = axvcpu_create(&tv->vm, TEST_VCPU_ID);
	if (IS_ERR(tv->vcpu))
		return PTR_ERR(tv->vcpu);
	WRITE_ONCE(tv->vm.vcpus[TEST_VCPU_ID], tv->vcpu);
	ret = test_thread_start(&tv->thread, test_mm);
	return ret ?: test_env_init(test);
}

/** test_vcpu_exit() - undo test_vcpu_init(), in whatever state */
void test_vcpu_exit(struct kunit *test)
{
	test_env_exit(test);
	test_thread_end(&tv->thread);
	if (tv->vcpu)
		axvcpu_destroy(tv->vcpu);
	KUNIT_EXPECT_FALSE(test, fake.overrun);
	KUNIT_EXPECT_FALSE(test, fake.lost_kick);
}

/** test_vcpu_bind() - AXVCPU_BIND */
long test_vcpu_bind(void *unused)
{
	return core_vcpu_ioctl(tv->vcpu, AXVCPU_BIND, 0);
}

/** test_vcpu_unbind() - AXVCPU_UNBIND */
long test_vcpu_unbind(void *unused)
{
	return core_vcpu_ioctl(tv->vcpu, AXVCPU_UNBIND, 0);
}

/** test_vcpu_run() - AXVCPU_RUN */
long test_vcpu_run(void *unused)
{
	return core_vcpu_ioctl(tv->vcpu, AXVCPU_RUN, 0);
}

/** test_vcpu_enter() - begin a run whose script has a looping guest */
void test_vcpu_enter(struct kunit *test)
{
	test_thread_begin(&tv->thread, test_vcpu_run, NULL);
	KUNIT_EXPECT_NE(test, wait_for_completion_timeout(&fake.in_guest, 20 * HZ), 0UL);
}

static bool is_blocked(void)
{
	/* The barrier is for those who wake; here the next look comes anyway. */
	return READ_ONCE(tv->vcpu->state) == 5 && waitqueue_active(&tv->vcpu->wq);
}

/** test_vcpu_block() - begin a run whose script halts, and wait until the vCPU sleeps */
void test_vcpu_block(struct kunit *test)
{
	test_thread_begin(&tv->thread, test_vcpu_run, NULL);
	KUNIT_EXPECT_TRUE(test, test_wait_for(is_blocked));
}

/** test_vcpu_reach() - from CREATED to another state; numbers are those of the ABI */
void test_vcpu_reach(struct kunit *test, u32 state)
{
	static const struct axvcpu_setup setup = { .size = sizeof(setup), .entry = 0x1000 };

	if (state != 1)
		KUNIT_EXPECT_EQ(test, axvcpu_setup(tv->vcpu, &setup), 0);
	if (state != 1 && state != 2)
		KUNIT_EXPECT_EQ(test, test_thread_call(&tv->thread, test_vcpu_bind, NULL), 0L);
	if (state == 0) {
		FAKE_SCRIPT({ -EIO });
		KUNIT_EXPECT_EQ(test, test_vcpu_run_once(), (long)-EIO);
	}
	if (state == 4) {
		FAKE_SCRIPT({ FAKE_GUEST_LOOPS });
		test_vcpu_enter(test);
	}
	if (state == 5) {
		FAKE_SCRIPT({ AXVCPU_RUN_HALT }, { AXVCPU_RUN_AGAIN });
		test_vcpu_block(test);
	}
	KUNIT_EXPECT_EQ(test, READ_ONCE(tv->vcpu->state), state);
}
