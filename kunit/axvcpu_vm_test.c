// SPDX-License-Identifier: GPL-2.0-only
/*
 * VMs and vCPUs by their fds: what is made and freed, in which order, and that a step which
 * fails leaves nothing behind.
 */
#include <linux/fdtable.h>
#include <linux/file.h>
#include <linux/sched/mm.h>
#include <linux/uaccess.h>
#include <kunit/test.h>

#include "core_under_test.h"
#include "fake_arch.h"
#include "test_env.h"

static int vm_test_init(struct kunit *test)
{
	fake_reset();
	return test_env_init(test);
}

/* A call on a file, as the system call makes it. */
static long on_fd(int fd, u32 cmd, const void *arg, size_t len)
{
	struct file *file = fget(fd);
	long ret = -EBADF;

	if (!file)
		return ret;
	if (copy_to_user((void __user *)test_user, arg, len))
		ret = -EFAULT;
	else
		ret = file->f_op->unlocked_ioctl(file, cmd, len ? test_user : 0);
	fput(file);
	return ret;
}

static long create_vm(u32 flags, u16 port, u16 pad, u32 value)
{
	const struct axvcpu_create_vm args = {
		.size = 16, .flags = flags, .poweroff_port = port, .pad = pad,
		.poweroff_value = value,
	};

	if (copy_to_user((void __user *)test_user, &args, sizeof(args)))
		return -EFAULT;
	return core_dev_ioctl(AXVCPU_CREATE_VM, test_user);
}

static long create_vcpu(int vm, u32 id)
{
	const struct axvcpu_create_vcpu args = { .size = 16, .id = id };

	return on_fd(vm, AXVCPU_CREATE_VCPU, &args, sizeof(args));
}

/* Kernel threads leave the last steps of a file to a worker. */
static void close_now(long fd)
{
	if (fd >= 0)
		close_fd(fd);
	flush_delayed_fput();
}

static void expect_calls(struct kunit *test, enum fake_call call, unsigned int want)
{
	KUNIT_EXPECT_EQ_MSG(test, fake_calls(call), want, "call %d", call);
}

/* As many of each are undone as were done. */
static void expect_all_undone(struct kunit *test)
{
	KUNIT_EXPECT_EQ(test, fake_calls(FAKE_PERCPU_PUT), fake_calls(FAKE_PERCPU_GET));
	KUNIT_EXPECT_EQ(test, fake_calls(FAKE_MEM_DESTROY), fake_calls(FAKE_MEM_INIT));
	KUNIT_EXPECT_EQ(test, fake_calls(FAKE_VM_DESTROY), fake_calls(FAKE_VM_CREATE));
	KUNIT_EXPECT_EQ(test, fake_calls(FAKE_VCPU_DESTROY), fake_calls(FAKE_VCPU_CREATE));
}

static void a_vm_without_vcpus(struct kunit *test)
{
	long vm = create_vm(0, 0, 0, 0);

	KUNIT_EXPECT_GE(test, vm, 0L);
	close_now(vm);
	expect_calls(test, FAKE_VM_CREATE, 1);
	expect_all_undone(test);
}

/* The scheduler takes a few references as well, and gives them back when it likes. */
static void the_address_space_is_given_back(struct kunit *test)
{
	int before = atomic_read(&test_mm->mm_count);
	int i;

	for (i = 0; i < 100; i++) {
		fake.ret[FAKE_MEM_INIT] = i & 1 ? -ENOMEM : 0;
		close_now(create_vm(0, 0, 0, 0));
	}
	KUNIT_EXPECT_LT(test, abs(atomic_read(&test_mm->mm_count) - before), 20);
}

static void the_vm_lives_as_long_as_its_last_fd(struct kunit *test)
{
	long vm = create_vm(0, 0, 0, 0);
	long a = create_vcpu(vm, 0);
	long b = create_vcpu(vm, 1);

	KUNIT_EXPECT_GE(test, a, 0L);
	KUNIT_EXPECT_GE(test, b, 0L);
	close_now(vm);
	close_now(a);
	expect_calls(test, FAKE_VM_DESTROY, 0);
	expect_calls(test, FAKE_VCPU_DESTROY, 0);
	close_now(b);
	expect_calls(test, FAKE_VCPU_DESTROY, 2);
	expect_all_undone(test);
}

/* Until guest memory is gone, invalidations of the process look at the vCPUs. */
static void the_order_of_the_end(struct kunit *test)
{
	long vm = create_vm(0, 0, 0, 0);
	long vcpu = create_vcpu(vm, 5);

	close_now(vcpu);
	close_now(vm);
	expect_all_undone(test);
	KUNIT_EXPECT_EQ(test, fake_position(FAKE_PERCPU_GET), 0);
	KUNIT_EXPECT_LT(test, fake_position(FAKE_MEM_DESTROY), fake_position(FAKE_VCPU_DESTROY));
	KUNIT_EXPECT_LT(test, fake_position(FAKE_VCPU_DESTROY), fake_position(FAKE_VM_DESTROY));
	KUNIT_EXPECT_LT(test, fake_position(FAKE_VM_DESTROY), fake_position(FAKE_PERCPU_PUT));
}

struct fail_case {
	const char *name;
	enum fake_call call;
	int error;
	u8 done[4];	/* calls of percpu_get, vm_create, mem_init; and undone ones of them */
};

static const struct fail_case fail_cases[] = {
	{ "hardware_has_another_owner", FAKE_PERCPU_GET, -EBUSY, { 1, 0, 0, 0 } },
	{ "backend_has_no_memory", FAKE_VM_CREATE, -ENOMEM, { 1, 1, 0, 1 } },
	{ "guest_memory_is_interrupted", FAKE_MEM_INIT, -EINTR, { 1, 1, 1, 2 } },
};

static void fail_case_desc(const struct fail_case *c, char *desc)
{
	strscpy(desc, c->name, KUNIT_PARAM_DESC_SIZE);
}

KUNIT_ARRAY_PARAM(fail, fail_cases, fail_case_desc);

static void a_step_that_fails_undoes_the_others(struct kunit *test)
{
	const struct fail_case *c = test->param_value;

	fake.ret[c->call] = c->error;
	KUNIT_EXPECT_EQ(test, create_vm(0, 0, 0, 0), (long)c->error);
	expect_calls(test, FAKE_PERCPU_GET, c->done[0]);
	expect_calls(test, FAKE_VM_CREATE, c->done[1]);
	expect_calls(test, FAKE_MEM_INIT, c->done[2]);
	KUNIT_EXPECT_EQ(test, fake_calls(FAKE_PERCPU_PUT) + fake_calls(FAKE_VM_DESTROY) +
			fake_calls(FAKE_MEM_DESTROY), c->done[3]);
}

static void a_vcpu_that_fails_leaves_the_vm_whole(struct kunit *test)
{
	long vm = create_vm(0, 0, 0, 0);
	long vcpu;

	fake.ret[FAKE_VCPU_CREATE] = -ENOMEM;
	KUNIT_EXPECT_EQ(test, create_vcpu(vm, 0), (long)-ENOMEM);
	expect_calls(test, FAKE_VCPU_DESTROY, 0);
	fake.ret[FAKE_VCPU_CREATE] = 0;
	vcpu = create_vcpu(vm, 0);
	KUNIT_EXPECT_GE(test, vcpu, 0L);
	close_now(vm);
	close_now(vcpu);
	expect_calls(test, FAKE_VM_DESTROY, 1);
	expect_calls(test, FAKE_VCPU_DESTROY, 1);
}

struct vm_args_case {
	const char *name;
	u32 flags;
	u16 port;
	u16 pad;
	u32 value;
	int want;
};

static const struct vm_args_case vm_args_cases[] = {
	{ "plain", 0, 0, 0, 0, 0 },
	{ "controller", 1, 0, 0, 0, 0 },
	{ "power_off_port", 2, 0x404, 0, 0x3400, 0 },
	{ "both", 3, 0x404, 0, 0x3400, 0 },
	{ "unknown_flag", 4, 0, 0, 0, -EINVAL },
	{ "highest_flag", 0x80000000, 0, 0, 0, -EINVAL },
	{ "padding", 0, 0, 1, 0, -EINVAL },
	{ "port_without_its_flag", 0, 0x404, 0, 0, -EINVAL },
	{ "value_without_its_flag", 1, 0, 0, 1, -EINVAL },
};

static void vm_args_case_desc(const struct vm_args_case *c, char *desc)
{
	strscpy(desc, c->name, KUNIT_PARAM_DESC_SIZE);
}

KUNIT_ARRAY_PARAM(vm_args, vm_args_cases, vm_args_case_desc);

static void a_vms_arguments_are_checked(struct kunit *test)
{
	const struct vm_args_case *c = test->param_value;
	long vm = create_vm(c->flags, c->port, c->pad, c->value);

	if (!c->want) {
		KUNIT_EXPECT_GE(test, vm, 0L);
		close_now(vm);
		return;
	}
	KUNIT_EXPECT_EQ(test, vm, (long)c->want);
	expect_calls(test, FAKE_PERCPU_GET, 0);
}

struct vcpu_args_case {
	const char *name;
	u32 id;
	u32 flags;
	u32 pad;
	int want;
};

static const struct vcpu_args_case vcpu_args_cases[] = {
	{ "last_id", 127, 0, 0, 0 },
	{ "id_beyond_the_last", 128, 0, 0, -EINVAL },
	{ "id_of_all_ones", 0xffffffff, 0, 0, -EINVAL },
	{ "flags", 0, 1, 0, -EINVAL },
	{ "padding", 0, 0, 1, -EINVAL },
	{ "id_that_is_taken", 7, 0, 0, -EEXIST },
};

static void vcpu_args_case_desc(const struct vcpu_args_case *c, char *desc)
{
	strscpy(desc, c->name, KUNIT_PARAM_DESC_SIZE);
}

KUNIT_ARRAY_PARAM(vcpu_args, vcpu_args_cases, vcpu_args_case_desc);

static void a_vcpus_arguments_are_checked(struct kunit *test)
{
	const struct vcpu_args_case *c = test->param_value;
	const struct axvcpu_create_vcpu args = {
		.size = 16, .id = c->id, .flags = c->flags, .pad = c->pad,
	};
	long vm = create_vm(0, 0, 0, 0);
	long seven = create_vcpu(vm, 7);
	long vcpu = on_fd(vm, AXVCPU_CREATE_VCPU, &args, sizeof(args));

	if (c->want)
		KUNIT_EXPECT_EQ(test, vcpu, (long)c->want);
	else
		KUNIT_EXPECT_GE(test, vcpu, 0L);
	expect_calls(test, FAKE_VCPU_CREATE, c->want ? 1 : 2);
	if (vcpu >= 0)
		close_now(vcpu);
	close_now(seven);
	close_now(vm);
	expect_all_undone(test);
}

/* The id stays taken: others may still have it in their tables. */
static void a_closed_vcpus_id_is_not_free_again(struct kunit *test)
{
	long vm = create_vm(0, 0, 0, 0);

	close_now(create_vcpu(vm, 3));
	KUNIT_EXPECT_EQ(test, create_vcpu(vm, 3), (long)-EEXIST);
	close_now(vm);
	expect_all_undone(test);
}

static void info_says_what_there_is(struct kunit *test)
{
	struct axvcpu_info info = { .size = 80 };

	KUNIT_EXPECT_EQ(test, copy_to_user((void __user *)test_user, &info, 80), 0UL);
	KUNIT_EXPECT_EQ(test, core_dev_ioctl(AXVCPU_INFO, test_user), 0L);
	KUNIT_EXPECT_EQ(test, copy_from_user(&info, (void __user *)test_user, 80), 0UL);
	KUNIT_EXPECT_EQ(test, info.size, 80U);
	KUNIT_EXPECT_EQ(test, info.abi_version, 1U);
	KUNIT_EXPECT_STREQ(test, info.backend, "fake");
	KUNIT_EXPECT_EQ(test, info.arch, 3U);
	KUNIT_EXPECT_EQ(test, info.max_vcpus, 128U);
	KUNIT_EXPECT_EQ(test, info.max_maps, 512U);
	KUNIT_EXPECT_EQ(test, info.gpa_bits, 40U);
	KUNIT_EXPECT_EQ(test, info.run_size, 8192U);
	KUNIT_EXPECT_EQ(test, info.io_data_offset, 4096U);
	KUNIT_EXPECT_EQ(test, info.io_data_size, 4096U);
	KUNIT_EXPECT_EQ(test, info.reg_sets, 9ULL);
	KUNIT_EXPECT_EQ(test, info.features, 0x5aULL);
}

static void a_vms_statistics(struct kunit *test)
{
	struct axvcpu_vm_stats stats = { .size = 64, .nr_vcpus = 99 };
	long vm = create_vm(0, 0, 0, 0);
	long vcpu = create_vcpu(vm, 9);

	KUNIT_EXPECT_EQ(test, on_fd(vm, AXVCPU_VM_STATS, &stats, sizeof(stats)), 0L);
	KUNIT_EXPECT_EQ(test, copy_from_user(&stats, (void __user *)test_user, 64), 0UL);
	KUNIT_EXPECT_EQ(test, stats.nr_vcpus, 1U);
	KUNIT_EXPECT_EQ(test, stats.mapped_4k, 1ULL);
	KUNIT_EXPECT_EQ(test, stats.tlb_flushes, 7ULL);
	close_now(vcpu);
	close_now(vm);
}

static void every_kind_of_fd_has_its_own_calls(struct kunit *test)
{
	const struct axvcpu_gpr gpr = { .size = 16 };
	long vm = create_vm(0, 0, 0, 0);
	long vcpu = create_vcpu(vm, 0);

	KUNIT_EXPECT_EQ(test, on_fd(vm, AXVCPU_RUN, NULL, 0), (long)-ENOTTY);
	KUNIT_EXPECT_EQ(test, on_fd(vm, AXVCPU_SET_GPR, &gpr, 16), (long)-ENOTTY);
	KUNIT_EXPECT_EQ(test, on_fd(vm, AXVCPU_CREATE_VM, &gpr, 16), (long)-ENOTTY);
	KUNIT_EXPECT_EQ(test, on_fd(vcpu, AXVCPU_CREATE_VCPU, &gpr, 16), (long)-ENOTTY);
	KUNIT_EXPECT_EQ(test, core_dev_ioctl(AXVCPU_KICK, 0), (long)-ENOTTY);
	close_now(vcpu);
	close_now(vm);
}

static struct kunit_case vm_suite_cases[] = {
	KUNIT_CASE(a_vm_without_vcpus),
	KUNIT_CASE(the_address_space_is_given_back),
	KUNIT_CASE(the_vm_lives_as_long_as_its_last_fd),
	KUNIT_CASE(the_order_of_the_end),
	KUNIT_CASE_PARAM(a_step_that_fails_undoes_the_others, fail_gen_params),
	KUNIT_CASE(a_vcpu_that_fails_leaves_the_vm_whole),
	KUNIT_CASE_PARAM(a_vms_arguments_are_checked, vm_args_gen_params),
	KUNIT_CASE_PARAM(a_vcpus_arguments_are_checked, vcpu_args_gen_params),
	KUNIT_CASE(a_closed_vcpus_id_is_not_free_again),
	KUNIT_CASE(info_says_what_there_is),
	KUNIT_CASE(a_vms_statistics),
	KUNIT_CASE(every_kind_of_fd_has_its_own_calls),
	{}
};

static struct kunit_suite vm_suite = {
	.name = "axvcpu_vm",
	.suite_init = test_env_suite_init,
	.suite_exit = test_env_suite_exit,
	.init = vm_test_init,
	.exit = test_env_exit,
	.test_cases = vm_suite_cases,
};

kunit_test_suite(vm_suite);
