// SPDX-License-Identifier: MIT
/* Loading and unloading: in use it stays, its parameters, who may open the device. */
#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "tests/common/host.h"
#include "tests/common/vm.h"

#define NOBODY	65534

/* ---------------------------------------------------------------- a quick VM */

/* In a process of its own, so that this one holds no file of the module. */
static void quick_exits(const void *arg)
{
	struct vcpu *v = vm_quick(0, "mmio", "ld_dword");

	(void)arg;
	EXPECT_EXIT(v, AXVCPU_EXIT_MMIO_READ);
	v->run->value = 0x1234;
	EXPECT_DONE(v, GUEST_DONE_OK);
	CHECK_EQ(v->area->value[0], 0x1234);
}

static void quick_irq(const void *arg)
{
	struct vcpu *v = vm_quick(AXVCPU_VM_IRQCHIP, "irq", "spin_xapic");
	struct vcpu_thread t = { 0 };

	(void)arg;
	REQUIRE_OK(axvcpu_unbind(v->fd));
	vcpu_thread_start(&t, v);
	while (!v->area->value[0] && !tap_timed_out())
		sleep_us(500);
	CHECK_ERRNO(inject(v, AXVCPU_EVENT_INTERRUPT, 0x55), 0);
	while (!v->area->count[0x55] && !tap_timed_out())
		sleep_us(500);
	vcpu_thread_stop(&t);
	CHECK_EQ(v->area->count[0x55], 1);
}

/* Memory in the largest pages: with and without page_1g all of it is there. */
static void quick_memory(const void *arg)
{
	struct vm *vm = vm_new(0, GUEST_RAM + (8 << 20));
	struct vcpu *v = vm_vcpu(vm, 0);
	struct axvcpu_vm_stats s;
	unsigned int i;

	(void)arg;
	vm_load(vm, "mem");
	v->area->arg[0] = GUEST_RAM;
	v->area->arg[1] = 2048;
	v->area->arg[2] = 4096;
	v->area->arg[3] = 7;
	vcpu_start(v, "fill");
	EXPECT_DONE(v, GUEST_DONE_OK);
	for (i = 0; i < 2048; i++)
		if (!CHECK_EQ(*(uint64_t *)(vm->ram + GUEST_RAM + i * 4096), 7 + i))
			break;
	REQUIRE_OK(axvcpu_vm_stats(vm->fd, &s));
	if (!(test_info()->caps & AXVCPU_CAP_HUGE_1G))
		CHECK_EQ(s.mapped_1g, 0);
	CHECK(s.mapped_4k + s.mapped_2m + s.mapped_1g > 0);
}

static const struct tap_test quick[] = {
	{ "exits", quick_exits, NULL },
	{ "interrupt", quick_irq, NULL },
	{ "memory", quick_memory, NULL },
};

/* ----------------------------------------------------------------- in use */

enum hold { HOLD_DEVICE, HOLD_VM, HOLD_VCPU, HOLD_MAPPING, HOLD_RUNNING };

static void hold_run(struct vcpu *v)
{
	axvcpu_bind(v->fd);
	for (;;)
		axvcpu_run(v->fd);
}

/* Keep one thing of the module, close all others, say so and wait to be killed. */
static void hold_main(enum hold what, int ready)
{
	int dev = axvcpu_open(NULL);
	struct vm vm = { .fd = -1 };
	struct vcpu v = { .vm = &vm };

	if (what != HOLD_DEVICE) {
		vm.fd = axvcpu_create_vm(dev, 0, 0, 0);
		close(dev);
	}
	if (what >= HOLD_VCPU) {
		v.fd = axvcpu_create_vcpu(vm.fd, 0);
		close(vm.fd);
		if (axvcpu_run_map(v.fd, 4096, &v.run))
			v.run = NULL;
	}
	if (what == HOLD_MAPPING)
		close(v.fd);
	if (write(ready, "", 1) != 1)
		_exit(1);
	if (what == HOLD_RUNNING) {
		/* Without memory it exits at once, again and again. */
		axvcpu_setup(v.fd, AXVCPU_START_X86_REAL16, 0x1010, 0, 0);
		hold_run(&v);
	}
	for (;;)
		pause();
}

static void refused_in_use(const void *arg)
{
	enum hold what = *(const enum hold *)arg;
	int pipes[2], status;
	char byte;
	pid_t pid;

	REQUIRE(!pipe(pipes));
	REQUIRE_EQ(host_number("/sys/module/axvcpu/refcnt"), 0);
	fflush(stdout);
	pid = fork();
	REQUIRE(pid >= 0);
	if (!pid) {
		hold_main(what, pipes[1]);
		_exit(1);
	}
	close(pipes[1]);
	CHECK_EQ(read(pipes[0], &byte, 1), 1);
	close(pipes[0]);
	CHECK(host_number("/sys/module/axvcpu/refcnt") > 0);
	CHECK_ERRNO(host_rmmod("axvcpu"), EAGAIN);
	CHECK(!access("/dev/axvcpu", F_OK));
	kill(pid, SIGKILL);
	REQUIRE(waitpid(pid, &status, 0) == pid);
	CHECK(WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL);
	CHECK_EQ(host_svme(0) == 1, 0);
	CHECK_ERRNO(host_rmmod("axvcpu"), 0);
	CHECK(access("/dev/axvcpu", F_OK));
	CHECK(access("/sys/kernel/debug/axvcpu", F_OK));
	CHECK(access("/sys/kernel/tracing/events/axvcpu", F_OK));
	REQUIRE_OK(host_insmod(HOST_AXVCPU_KO, ""));
}

static void works_after_reload(const void *arg)
{
	(void)arg;
	CHECK_ERRNO(host_rmmod("axvcpu"), 0);
	REQUIRE_OK(host_insmod(HOST_AXVCPU_KO, ""));
	CHECK_EQ(host_self("quick"), 0);
}

/* ------------------------------------------------------------- parameters */

static void load_with(const char *params)
{
	REQUIRE_OK(host_has_module("axvcpu") ? host_rmmod("axvcpu") : 0);
	REQUIRE_OK(host_insmod(HOST_AXVCPU_KO, params));
}

static void parameter_off(const void *arg)
{
	const char *name = arg;
	char text[100], value[8] = "";

	snprintf(text, sizeof(text), "%s=0", name);
	load_with(text);
	snprintf(text, sizeof(text), "/sys/module/axvcpu/parameters/%s", name);
	CHECK(host_read(text, value, sizeof(value)) > 0 && value[0] == 'N');
	CHECK_EQ(host_self("quick"), 0);
	/* Decided at load: not by a write later. */
	CHECK(host_write(text, "1") < 0 ||
	      (host_read(text, value, sizeof(value)) > 0 && value[0] == 'N'));
}

static void all_off(const void *arg)
{
	(void)arg;
	load_with("nrip_save=0 decode_assists=0 flush_by_asid=0 clean_bits=0 pause_filter=0 "
		  "page_1g=0");
	CHECK_EQ(host_self("quick"), 0);
}

/* What the device tells, without keeping it open. */
static struct axvcpu_info device_info(void)
{
	struct axvcpu_info info = { 0 };
	int dev = axvcpu_open(NULL);

	REQUIRE_OK(dev);
	CHECK_ERRNO(axvcpu_info(dev, &info), 0);
	close(dev);
	return info;
}

static void page_1g_is_told(const void *arg)
{
	struct axvcpu_info info;
	char flags[8192];
	bool has = false;
	FILE *f = fopen("/proc/cpuinfo", "r");

	(void)arg;
	while (f && !has && fgets(flags, sizeof(flags), f))
		has = strstr(flags, " pdpe1gb");
	if (f)
		fclose(f);
	load_with("");
	info = device_info();
	CHECK_EQ(!!(info.caps & AXVCPU_CAP_HUGE_1G), has);
	load_with("page_1g=0");
	info = device_info();
	CHECK_EQ(info.caps & AXVCPU_CAP_HUGE_1G, 0);
	CHECK(info.caps & AXVCPU_CAP_HUGE_2M);
}

static void features_are_told(const void *arg)
{
	uint64_t all;

	(void)arg;
	load_with("");
	all = device_info().features;
	tap_note("features 0x%llx", (unsigned long long)all);
	load_with("nrip_save=0 decode_assists=0 flush_by_asid=0 clean_bits=0 pause_filter=0");
	CHECK_EQ(device_info().features & ~all, 0);
	if (!test_on_tcg())
		CHECK(device_info().features != all);
}

static void wrong_values(const void *arg)
{
	static const char *const wrong[] = {
		"nrip_save=2", "decode_assists=maybe", "flush_by_asid=-1", "clean_bits=",
		"pause_filter=x", "page_1g=7",
	};
	unsigned int i;

	(void)arg;
	REQUIRE_OK(host_rmmod("axvcpu"));
	for (i = 0; i < ARRAY_SIZE(wrong); i++) {
		if (!CHECK_ERRNO(host_insmod(HOST_AXVCPU_KO, wrong[i]), EINVAL))
			tap_note("with %s", wrong[i]);
		CHECK(!host_has_module("axvcpu"));
		CHECK(access("/dev/axvcpu", F_OK));
	}
	REQUIRE_OK(host_insmod(HOST_AXVCPU_KO, ""));
}

/* ------------------------------------------------------------- permission */

static int open_as(uid_t uid, gid_t gid)
{
	int status;
	pid_t pid;

	fflush(stdout);
	pid = fork();
	if (!pid) {
		int fd;

		if (setgroups(0, NULL) || setgid(gid) || setuid(uid))
			_exit(255);
		fd = open("/dev/axvcpu", O_RDWR);
		_exit(fd < 0 ? errno : 0);
	}
	return waitpid(pid, &status, 0) == pid && WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

static void permissions(const void *arg)
{
	struct stat st;

	(void)arg;
	REQUIRE(!stat("/dev/axvcpu", &st));
	CHECK(S_ISCHR(st.st_mode));
	CHECK_EQ(st.st_mode & 07777, 0660);
	CHECK_EQ(st.st_uid, 0);
	CHECK_EQ(open_as(NOBODY, NOBODY), EACCES);
	/* The group is who the administrator gives it to. */
	CHECK_EQ(open_as(NOBODY, st.st_gid), 0);
	CHECK_EQ(open_as(0, 0), 0);
}

static const enum hold holds[] = {
	HOLD_DEVICE, HOLD_VM, HOLD_VCPU, HOLD_MAPPING, HOLD_RUNNING,
};

static const struct tap_test tests[] = {
	{ "permissions", permissions, NULL },
	{ "rmmod_refused_while_device_open", refused_in_use, &holds[HOLD_DEVICE] },
	{ "rmmod_refused_while_vm_open", refused_in_use, &holds[HOLD_VM] },
	{ "rmmod_refused_while_vcpu_open", refused_in_use, &holds[HOLD_VCPU] },
	{ "rmmod_refused_while_run_area_mapped", refused_in_use, &holds[HOLD_MAPPING] },
	{ "rmmod_refused_while_guest_runs", refused_in_use, &holds[HOLD_RUNNING] },
	{ "works_after_reload", works_after_reload, NULL },
	{ "nrip_save_off", parameter_off, "nrip_save" },
	{ "decode_assists_off", parameter_off, "decode_assists" },
	{ "flush_by_asid_off", parameter_off, "flush_by_asid" },
	{ "clean_bits_off", parameter_off, "clean_bits" },
	{ "pause_filter_off", parameter_off, "pause_filter" },
	{ "page_1g_off", parameter_off, "page_1g" },
	{ "all_parameters_off", all_off, NULL },
	{ "page_1g_is_told", page_1g_is_told, NULL },
	{ "features_are_told", features_are_told, NULL },
	{ "wrong_values_refused", wrong_values, NULL },
};

int main(int argc, char **argv)
{
	int ret;

	if (argc > 1 && !strcmp(argv[1], "quick"))
		return tap_main(quick, ARRAY_SIZE(quick));
	if (geteuid() || access(HOST_AXVCPU_KO, R_OK))
		return tap_skip_all("needs root and " HOST_AXVCPU_KO);
	ret = tap_main(tests, ARRAY_SIZE(tests));
	host_restore_module();
	return ret;
}
