// SPDX-License-Identifier: MIT
/*
 * axvcpu and KVM on one machine: whoever comes second waits. Kernels from 6.12 on take the
 * hardware when kvm_amd is loaded, unless kvm.enable_virt_at_load=0.
 */
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include <linux/kvm.h>

#include "tests/common/host.h"
#include "tests/common/vm.h"

#define KVM_DIR		"/kvm/"
#define AT_LOAD		"/sys/module/kvm/parameters/enable_virt_at_load"

static int kvm = -1;		/* /dev/kvm */
static int kvm_vm = -1;

static void kvm_unload(void)
{
	if (kvm_vm >= 0)
		close(kvm_vm);
	if (kvm >= 0)
		close(kvm);
	kvm_vm = -1;
	kvm = -1;
	host_rmmod("kvm_amd");
	host_rmmod("kvm");
	host_rmmod("irqbypass");
}

/* @early: let it take the hardware at once where it does so. */
static void kvm_load(bool early)
{
	int ret = host_insmod(KVM_DIR "irqbypass.ko", "");

	REQUIRE(!ret || ret == -ENOENT);
	/* A name that an older kernel does not know is only warned of. */
	REQUIRE_OK(host_insmod(KVM_DIR "kvm.ko", early ? "" : "enable_virt_at_load=0"));
	REQUIRE_OK(host_insmod(KVM_DIR "kvm-amd.ko", ""));
	kvm = open("/dev/kvm", O_RDWR | O_CLOEXEC);
	REQUIRE(kvm >= 0);
}

static int kvm_create(void)
{
	kvm_vm = ioctl(kvm, KVM_CREATE_VM, 0);
	return kvm_vm < 0 ? -errno : 0;
}

static void kvm_close(void)
{
	close(kvm_vm);
	kvm_vm = -1;
}

static int create(void)
{
	int fd = axvcpu_create_vm(test_dev(), 0, 0, 0);

	if (fd >= 0)
		close(fd);
	return fd;
}

/* Both CPUs; without the MSR driver nothing is known and nothing said. */
static void check_svme(int want)
{
	int cpu;

	for (cpu = 0; cpu < 2; cpu++) {
		int is = host_svme(cpu);

		if (is >= 0 && !CHECK_EQ(is, want))
			tap_note("on CPU %d", cpu);
	}
}

static void check_refused(void)
{
	host_log_mark();
	CHECK_ERRNO(create(), EBUSY);
	/* Who is in the way. */
	CHECK(host_log_has("kvm_amd"));
}

static void kvm_first(const void *arg)
{
	(void)arg;
	kvm_load(false);
	check_svme(0);
	REQUIRE_OK(create());
	REQUIRE_OK(kvm_create());
	check_svme(1);
	check_refused();
	/* The refusal took nothing away from its owner. */
	check_svme(1);
	check_refused();
	kvm_close();
	check_svme(0);
	CHECK_ERRNO(create(), 0);
	check_svme(0);
}

static void run_halt(void)
{
	struct vcpu *v = vm_quick(0, "basic", "halt");

	EXPECT_EXIT(v, AXVCPU_EXIT_HALT);
	check_svme(1);
	vm_close(v->vm);
}

static bool wait_more(struct vcpu *v)
{
	uint64_t before = v->area->value[0];

	while (v->area->value[0] < before + 1000)
		if (tap_timed_out())
			return CHECK(!"the guest goes on");
	return true;
}

/* KVM's attempt disturbs no guest that runs here. */
static void axvcpu_first(const void *arg)
{
	struct vcpu_thread t = { 0 };
	struct vm *vm;
	int ret;

	(void)arg;
	kvm_load(false);
	vm = vm_new(0, GUEST_RAM);
	vm_load(vm, "basic");
	vcpu_setup(vm_vcpu(vm, 0), "spin");
	vcpu_thread_start(&t, &vm->vcpus[0]);
	wait_more(&vm->vcpus[0]);
	check_svme(1);
	ret = kvm_create();
	/* Later kernels say it the other way. */
	if (!CHECK(ret == -EBUSY || ret == -EIO))
		tap_note("KVM_CREATE_VM: %s", ret ? strerror(-ret) : "success");
	check_svme(1);
	wait_more(&vm->vcpus[0]);
	vcpu_thread_stop(&t);
	CHECK_EQ(t.ret, AXVCPU_EXIT_NOTHING);
	vm_close(vm);
	check_svme(0);
	CHECK_ERRNO(kvm_create(), 0);
	check_svme(1);
	kvm_close();
	run_halt();
	check_svme(0);
}

static void turns(const void *arg)
{
	unsigned int i;

	(void)arg;
	kvm_load(false);
	for (i = 0; i < 5 && !tap_timed_out(); i++) {
		REQUIRE_OK(kvm_create());
		CHECK_ERRNO(create(), EBUSY);
		kvm_close();
		run_halt();
	}
	check_svme(0);
}

/* Loaded is in use: until it is unloaded. */
static void enabled_at_load(const void *arg)
{
	(void)arg;
	kvm_load(true);
	if (access(AT_LOAD, F_OK))
		tap_skip("this KVM does not enable the hardware at load");
	check_svme(1);
	check_refused();
	kvm_unload();
	check_svme(0);
	run_halt();
}

/* kvm_amd comes while a VM is open: one of the two does not work, the guest does. */
static void loaded_later(const void *arg)
{
	struct vcpu *v = vm_quick(0, "basic", "halt");
	int ret;

	(void)arg;
	ret = host_insmod(KVM_DIR "irqbypass.ko", "");
	REQUIRE(!ret || ret == -ENOENT);
	REQUIRE_OK(host_insmod(KVM_DIR "kvm.ko", ""));
	ret = host_insmod(KVM_DIR "kvm-amd.ko", "");
	tap_note("loading kvm_amd: %s", ret ? strerror(-ret) : "success");
	if (!access(AT_LOAD, F_OK))
		CHECK(ret < 0);
	check_svme(1);
	EXPECT_EXIT(v, AXVCPU_EXIT_HALT);
	vm_close(v->vm);
	check_svme(0);
	run_halt();
}

static void cleanup(void)
{
	kvm_unload();
}

static const struct tap_test tests[] = {
	{ "kvm_first", kvm_first, NULL },
	{ "axvcpu_first", axvcpu_first, NULL },
	{ "turns", turns, NULL },
	{ "enabled_at_load", enabled_at_load, NULL },
	{ "kvm_loaded_under_a_vm", loaded_later, NULL },
};

/* vm.c has the one cleanup that there is: KVM goes after each test by a wrapper. */
static void with_kvm(const void *arg)
{
	const struct tap_test *t = arg;

	/* Left by a test that was aborted. */
	cleanup();
	t->fn(t->arg);
	cleanup();
}

int main(void)
{
	struct tap_test wrapped[ARRAY_SIZE(tests)];
	unsigned int i;
	int ret;

	if (geteuid() || access(KVM_DIR "kvm-amd.ko", R_OK))
		return tap_skip_all("needs root and KVM's modules in " KVM_DIR);
	for (i = 0; i < ARRAY_SIZE(tests); i++)
		wrapped[i] = (struct tap_test){ tests[i].name, with_kvm, &tests[i] };
	ret = tap_main(wrapped, ARRAY_SIZE(wrapped));
	cleanup();
	return ret;
}
