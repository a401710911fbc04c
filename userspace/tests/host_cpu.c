// SPDX-License-Identifier: MIT
/* CPUs come and go, the machine sleeps and wakes: guests go on, the hardware is left clean. */
#include <errno.h>
#include <sched.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "tests/common/host.h"
#include "tests/common/vm.h"

#define RTC		"/sys/class/rtc/rtc0/"
#define POWER		"/sys/power/"
#define SLEEP_SECONDS	3

static struct vcpu_thread threads[2];

static void check_svme(unsigned int cpu, int want)
{
	int is = host_svme(cpu);

	if (is >= 0 && !CHECK_EQ(is, want))
		tap_note("on CPU %u", cpu);
}

static void need_two_cpus(void)
{
	if (access(HOST_CPU1, W_OK))
		tap_skip("CPU 1 cannot be taken offline here");
	host_write(HOST_CPU1, "1");
	if (sysconf(_SC_NPROCESSORS_ONLN) < 2)
		tap_skip("needs two CPUs");
}

static void cpu1(bool on)
{
	REQUIRE_OK(host_write(HOST_CPU1, on ? "1" : "0"));
	REQUIRE_EQ(host_number(HOST_CPU1), on);
}

static void pin(pthread_t thread, unsigned int cpu)
{
	cpu_set_t set;

	CPU_ZERO(&set);
	CPU_SET(cpu, &set);
	REQUIRE_EQ(pthread_setaffinity_np(thread, sizeof(set), &set), 0);
}

/* Two vCPUs that count, the second on CPU 1. */
static struct vm *counting_vm(void)
{
	struct vm *vm = vm_new(0, GUEST_RAM);
	unsigned int i;

	vm_load(vm, "basic");
	for (i = 0; i < 2; i++) {
		vcpu_setup(vm_vcpu(vm, i), "spin");
		threads[i] = (struct vcpu_thread){ 0 };
		vcpu_thread_start(&threads[i], &vm->vcpus[i]);
	}
	return vm;
}

static void stop_counting(struct vm *vm, bool undisturbed)
{
	unsigned int i;

	for (i = 0; i < 2; i++) {
		vcpu_thread_stop(&threads[i]);
		CHECK_EQ(threads[i].ret, AXVCPU_EXIT_NOTHING);
		/* Nothing ended its RUN but the kick of the stop. */
		if (undisturbed)
			CHECK_EQ(threads[i].nothing, 0);
		else if (threads[i].nothing)
			tap_note("vCPU %u: %llu RUNs ended with NOTHING", i,
				 (unsigned long long)threads[i].nothing);
	}
	vm_close(vm);
}

static void both_go_on(struct vm *vm, const char *when)
{
	unsigned int i;

	for (i = 0; i < 2; i++) {
		uint64_t before = vm->vcpus[i].area->value[0];

		while (vm->vcpus[i].area->value[0] < before + 1000) {
			/* One that stopped counting ends the test here. */
			if (tap_timed_out()) {
				tap_fail(__FILE__, __LINE__, "vCPU %u stands still %s", i, when);
				return;
			}
			sleep_us(500);
		}
	}
}

/* ----------------------------------------------------------------- hotplug */

static void offline_under_guest(const void *arg)
{
	struct vm *vm;
	unsigned int i;

	(void)arg;
	need_two_cpus();
	vm = counting_vm();
	for (i = 0; i < 3; i++) {
		pin(threads[1].thread, 1);
		both_go_on(vm, "before");
		check_svme(1, 1);
		cpu1(false);
		both_go_on(vm, "with CPU 1 offline");
		cpu1(true);
		check_svme(1, 1);
		/* The kernel lifted its affinity when its last CPU went. */
		pin(threads[1].thread, 1);
		both_go_on(vm, "with CPU 1 online again");
	}
	stop_counting(vm, true);
	check_svme(0, 0);
	check_svme(1, 0);
}

static void run_halt_on(unsigned int cpu)
{
	struct vcpu *v;

	pin(pthread_self(), cpu);
	v = vm_quick(0, "basic", "halt");
	EXPECT_EXIT(v, AXVCPU_EXIT_HALT);
	vm_close(v->vm);
}

static void offline_without_vm(const void *arg)
{
	(void)arg;
	need_two_cpus();
	check_svme(1, 0);
	cpu1(false);
	check_svme(0, 0);
	cpu1(true);
	check_svme(1, 0);
	check_svme(0, 0);
	run_halt_on(1);
	run_halt_on(0);
	check_svme(1, 0);
}

/* The VM is made while only CPU 0 is there: CPU 1 gets the hardware when it comes. */
static void online_under_vm(const void *arg)
{
	struct vm *vm;

	(void)arg;
	need_two_cpus();
	cpu1(false);
	vm = counting_vm();
	both_go_on(vm, "on one CPU");
	cpu1(true);
	check_svme(1, 1);
	pin(threads[1].thread, 1);
	both_go_on(vm, "after CPU 1 came");
	stop_counting(vm, true);
	check_svme(1, 0);
}

/* The last VM goes while CPU 1 is away: it comes back without. */
static void last_vm_goes_while_offline(const void *arg)
{
	struct vm *vm;

	(void)arg;
	need_two_cpus();
	vm = counting_vm();
	both_go_on(vm, "before");
	cpu1(false);
	stop_counting(vm, true);
	check_svme(0, 0);
	cpu1(true);
	check_svme(1, 0);
	run_halt_on(1);
}

/* ----------------------------------------------------------------- suspend */

struct sleep_case {
	const char *name;
	const char *state;	/* for /sys/power/state */
	const char *mem;	/* for /sys/power/mem_sleep, or NULL */
};

static const struct sleep_case idle = { "suspend_to_idle", "freeze", NULL };
static const struct sleep_case ram = { "suspend_to_ram", "mem", "deep" };

static bool offers(const char *path, const char *word)
{
	char text[200];

	return host_read(path, text, sizeof(text)) > 0 && strstr(text, word);
}

/*
 * What ends the sleep: a dry run of the whole way if the kernel has one, else the clock,
 * which on emulated machines wakes from the deep sleep only.
 */
static void arm_wake(const struct sleep_case *c)
{
	char text[40];

	if (!host_write(POWER "pm_test", c->mem ? "core" : "platform")) {
		host_write("/sys/module/suspend/parameters/pm_test_delay", "1");
		return;
	}
	if (!c->mem || access(RTC "wakealarm", W_OK))
		tap_skip("neither /sys/power/pm_test nor a clock that wakes the machine");
	host_write(RTC "wakealarm", "0");
	snprintf(text, sizeof(text), "+%u", SLEEP_SECONDS);
	REQUIRE_OK(host_write(RTC "wakealarm", text));
}

/* Sleep and wake; what was set for it is taken back. */
static void sleep_once(const struct sleep_case *c)
{
	long long before = host_number(POWER "suspend_stats/success");

	arm_wake(c);
	CHECK_ERRNO(host_write(POWER "state", c->state), 0);
	host_write(POWER "pm_test", "none");
	host_write(RTC "wakealarm", "0");
	if (before >= 0)
		CHECK_EQ(host_number(POWER "suspend_stats/success"), before + 1);
}

static void suspend(const void *arg)
{
	const struct sleep_case *c = arg;
	struct vm *vm;

	if (!offers(POWER "state", c->state))
		tap_skip("this kernel has no such sleep");
	if (c->mem && (!offers(POWER "mem_sleep", c->mem) ||
		       host_write(POWER "mem_sleep", c->mem)))
		tap_skip("this machine has no such sleep");
	pin(pthread_self(), 0);
	vm = counting_vm();
	both_go_on(vm, "before");
	sleep_once(c);
	check_svme(0, 1);
	check_svme(1, 1);
	both_go_on(vm, "after it");
	/* A machine that sleeps stops all threads: RUN may tell of it. */
	stop_counting(vm, false);
	check_svme(0, 0);
	run_halt_on(0);
}

/* The same with no VM: nothing is switched on by the way back. */
static void suspend_without_vm(const void *arg)
{
	const struct sleep_case *c = arg;

	if (!offers(POWER "state", c->state) ||
	    (c->mem && (!offers(POWER "mem_sleep", c->mem) ||
			host_write(POWER "mem_sleep", c->mem))))
		tap_skip("this machine has no such sleep");
	pin(pthread_self(), 0);
	REQUIRE_EQ(host_svme(0) == 1, 0);
	sleep_once(c);
	check_svme(0, 0);
	run_halt_on(0);
}

static const struct tap_test tests[] = {
	{ "offline_and_online_under_a_guest", offline_under_guest, NULL },
	{ "offline_without_vm", offline_without_vm, NULL },
	{ "online_under_vm", online_under_vm, NULL },
	{ "last_vm_goes_while_offline", last_vm_goes_while_offline, NULL },
	{ "suspend_to_idle_under_a_guest", suspend, &idle },
	{ "suspend_to_ram_under_a_guest", suspend, &ram },
	{ "suspend_to_ram_without_vm", suspend_without_vm, &ram },
};

int main(void)
{
	int ret;

	if (geteuid())
		return tap_skip_all("needs root");
	ret = tap_main(tests, ARRAY_SIZE(tests));
	host_write(HOST_CPU1, "1");
	return ret;
}
