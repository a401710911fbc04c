// SPDX-License-Identifier: MIT
/* What a guest costs is charged to the launcher's memory cgroup, and its limit holds. */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/klog.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "tests/common/host.h"
#include "tests/common/vm.h"

#define ROOT		"/sys/fs/cgroup"
#define GROUP		ROOT "/axvcpu-test"
#define GUEST_MIB	32
#define TABLES		64		/* table pages that a sparse guest makes at least */
#define VCPUS		4
#define QUIET		1		/* console level: emergencies */
#define USUAL		7

/* An empty group; skips where the kernel has none. */
static void new_group(void)
{
	char text[400];

	if (host_read(ROOT "/cgroup.controllers", text, sizeof(text)) < 0 ||
	    !strstr(text, "memory"))
		tap_skip("no memory controller in " ROOT);
	REQUIRE_OK(host_write(ROOT "/cgroup.subtree_control", "+memory"));
	rmdir(GROUP);
	REQUIRE(!mkdir(GROUP, 0755));
}

/* A name's value in memory.stat, bytes; -1 without. */
static long long stat_of(const char *name)
{
	static char text[8192] = "\n";
	char key[40];
	const char *at;

	snprintf(key, sizeof(key), "\n%s ", name);
	if (host_read(GROUP "/memory.stat", text + 1, sizeof(text) - 1) <= 0)
		return -1;
	at = strstr(text, key);
	return at ? atoll(at + strlen(key)) : -1;
}

/* In the child, from here on charged to the group. */
static void enter_group(void)
{
	char pid[20];

	snprintf(pid, sizeof(pid), "%d", getpid());
	if (host_write(GROUP "/cgroup.procs", pid))
		_exit(100);
}

/* The guest writes each @step of @mib MiB behind the low memory. */
static void touch(struct vm *vm, unsigned int mib, uint64_t step)
{
	struct vcpu *v = &vm->vcpus[0];

	v->area->arg[0] = GUEST_RAM;
	v->area->arg[1] = ((uint64_t)mib << 20) / step;
	v->area->arg[2] = step;
	v->area->arg[3] = 1;
	vcpu_start(v, "fill");
	EXPECT_DONE(v, GUEST_DONE_OK);
}

/* A VM in a child that tells when it stands and waits for its end. */
static void child(unsigned int mib, uint64_t step, int ready)
{
	struct vm *vm;
	unsigned int i;

	enter_group();
	/* Huge pages would need no tables. */
	prctl(PR_SET_THP_DISABLE, 1, 0, 0, 0);
	vm = vm_new(0, GUEST_RAM + ((uint64_t)mib << 20));
	for (i = 0; i < VCPUS; i++)
		vm_vcpu(vm, i);
	vm_load(vm, "mem");
	touch(vm, mib, step);
	if (write(ready, "", 1) != 1)
		_exit(101);
	for (;;)
		pause();
}

/* The child's pid; it has said that it is ready if @ready, else it died before. */
static pid_t start(unsigned int mib, uint64_t step, bool *ready)
{
	int pipes[2];
	char byte;
	pid_t pid;

	REQUIRE(!pipe(pipes));
	fflush(stdout);
	pid = fork();
	REQUIRE(pid >= 0);
	if (!pid) {
		/* What it finds wrong ends it: a status that is not expected. */
		close(pipes[0]);
		alarm(30);
		child(mib, step, pipes[1]);
		_exit(102);
	}
	close(pipes[1]);
	*ready = read(pipes[0], &byte, 1) == 1;
	close(pipes[0]);
	return pid;
}

static int end(pid_t pid)
{
	int status = -1;

	kill(pid, SIGKILL);
	waitpid(pid, &status, 0);
	return status;
}

static void guest_memory(const void *arg)
{
	long long anon, current;
	bool ready;
	pid_t pid;

	(void)arg;
	new_group();
	REQUIRE_OK(host_write(GROUP "/memory.max", "200M"));
	pid = start(GUEST_MIB, 4096, &ready);
	sleep_us(2500000);
	anon = stat_of("anon");
	current = host_number(GROUP "/memory.current");
	tap_note("anon %lld, kernel %lld, current %lld", anon, stat_of("kernel"), current);
	CHECK(ready);
	CHECK(anon >= (long long)GUEST_MIB << 20);
	CHECK(current >= anon);
	end(pid);
	/* Nothing of the VM stays charged. */
	CHECK(host_number(GROUP "/memory.current") < 8 << 20);
	REQUIRE(!rmdir(GROUP));
}

/* A page in each 2 MiB: as many table pages, which are the module's own. */
static void tables(const void *arg)
{
	long long before, with;
	bool ready;
	pid_t pid;

	(void)arg;
	new_group();
	/* The same with next to no guest memory, for what a process and its VM cost. */
	pid = start(2, 2 << 20, &ready);
	/* The kernel sums up every two seconds. */
	sleep_us(2500000);
	before = stat_of("kernel");
	CHECK(ready);
	end(pid);
	if (before < 0)
		tap_skip("memory.stat does not count kernel memory");
	pid = start(TABLES * 2, 2 << 20, &ready);
	sleep_us(2500000);
	with = stat_of("kernel");
	CHECK(ready);
	tap_note("kernel memory %lld, with %u tables more %lld", before, TABLES, with);
	/* The process's own page tables are half of it. */
	CHECK(with - before >= 2 * (TABLES - 2) * 4096);
	end(pid);
	REQUIRE(!rmdir(GROUP));
}

/* Over the limit the launcher is killed, and all that it had is given back. */
static void over_the_limit(const void *arg)
{
	bool ready;
	int status, usual;
	pid_t pid;

	(void)arg;
	new_group();
	REQUIRE_OK(host_write(GROUP "/memory.max", "12M"));
	host_write(GROUP "/memory.swap.max", "0");
	host_log_mark();
	/* The kernel tells of the kill at length, with a trace that is no fault of anybody. */
	usual = klogctl(8, NULL, QUIET);
	pid = start(GUEST_MIB, 4096, &ready);
	status = end(pid);
	klogctl(8, NULL, USUAL);
	CHECK_EQ(usual, 0);
	CHECK(!ready);
	CHECK(WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL);
	CHECK(host_log_has("emory cgroup out of memory"));
	CHECK(host_number(GROUP "/memory.current") < 8 << 20);
	REQUIRE(!rmdir(GROUP));
}

static void works_afterwards(const void *arg)
{
	struct vcpu *v = vm_quick(0, "basic", "halt");

	(void)arg;
	EXPECT_EXIT(v, AXVCPU_EXIT_HALT);
}

static const struct tap_test tests[] = {
	{ "guest_memory_is_charged", guest_memory, NULL },
	{ "tables_are_charged", tables, NULL },
	{ "over_the_limit_is_killed", over_the_limit, NULL },
	{ "works_afterwards", works_afterwards, NULL },
};

int main(void)
{
	if (geteuid())
		return tap_skip_all("needs root");
	return tap_main(tests, ARRAY_SIZE(tests));
}
