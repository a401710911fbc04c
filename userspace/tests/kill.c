// SPDX-License-Identifier: MIT
/*
 * A launcher killed at any moment leaves nothing behind. AXVCPU_KILLS: how often,
 * AXVCPU_SEED: where the random moments begin.
 */
#include <dirent.h>
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "tests/common/vm.h"

#define KILLS		200
#define LATEST_US	9000	/* a child is busy long before */
#define LEAK_KB		24576	/* free memory wanders; 200 leaked VMs would be far more */
#define DEBUGFS		"/sys/kernel/debug"

static unsigned int number(const char *name, unsigned int otherwise)
{
	const char *text = getenv(name);

	return text ? strtoul(text, NULL, 0) : otherwise;
}

static long refcount(void)
{
	FILE *f = fopen("/sys/module/axvcpu/refcnt", "r");
	long n = -1;

	if (!f)
		return -1;
	if (fscanf(f, "%ld", &n) != 1)
		n = -1;
	fclose(f);
	return n;
}

/* Directories of VMs; -1 without debugfs. */
static int vm_directories(void)
{
	DIR *dir = opendir(DEBUGFS "/axvcpu");
	struct dirent *e;
	int n = 0;

	if (!dir)
		return -1;
	while ((e = readdir(dir)))
		n += e->d_type == DT_DIR && e->d_name[0] != '.';
	closedir(dir);
	return n;
}

static long free_kb(void)
{
	FILE *f = fopen("/proc/meminfo", "r");
	char line[120];
	long kb = -1;

	while (f && fgets(line, sizeof(line), f))
		if (sscanf(line, "MemFree: %ld", &kb) == 1)
			break;
	if (f)
		fclose(f);
	return kb;
}

/* ------------------------------------------------------------------ the child */

static void *run_forever(void *arg)
{
	struct vcpu *v = arg;

	axvcpu_bind(v->fd);
	for (;;)
		axvcpu_run(v->fd);
	return NULL;
}

/* Everything a launcher does, in a loop, so that the kill may come anywhere. */
static void keep_busy(struct vm *vm)
{
	uint8_t *more = mmap(NULL, 1 << 20, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS,
			     -1, 0);
	unsigned int i;

	for (i = 0;; i++) {
		axvcpu_map(vm->fd, MAP_RWX, GUEST_MMIO, 1 << 20, more);
		inject(&vm->vcpus[1], AXVCPU_EVENT_INTERRUPT, 0x40);
		axvcpu_kick(vm->vcpus[0].fd);
		more[i % 256 * 4096] = i;
		madvise(more, 1 << 20, MADV_DONTNEED);
		axvcpu_unmap(vm->fd, GUEST_MMIO, 1 << 20);
	}
}

static void child(void)
{
	struct vm *vm;
	pthread_t thread;
	unsigned int i;

	prctl(PR_SET_PDEATHSIG, SIGKILL);
	vm = vm_new(AXVCPU_VM_IRQCHIP, GUEST_RAM);
	vm_load(vm, "basic");
	for (i = 0; i < 2; i++) {
		vcpu_setup(vm_vcpu(vm, i), i ? "idle" : "spin");
		pthread_create(&thread, NULL, run_forever, &vm->vcpus[i]);
	}
	keep_busy(vm);
}

/* ----------------------------------------------------------------- the parent */

static bool nothing_left(long refs)
{
	unsigned int tries;

	for (tries = 0; tries < 200 && !tap_timed_out(); tries++) {
		if (refcount() == refs && vm_directories() <= 0)
			return true;
		sleep_us(10000);
	}
	tap_fail(__FILE__, __LINE__, "module refcount %ld, was %ld; %d VMs in debugfs", refcount(),
		 refs, vm_directories());
	return false;
}

static void one_kill(unsigned int after_us)
{
	pid_t pid;
	int status;

	fflush(stdout);
	pid = fork();
	REQUIRE(pid >= 0);
	if (!pid) {
		child();
		_exit(1);
	}
	sleep_us(after_us);
	kill(pid, SIGKILL);
	REQUIRE(waitpid(pid, &status, 0) == pid);
	if (!CHECK(WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL))
		tap_note("the child ended by itself, status 0x%x", status);
}

static void kills(const void *arg)
{
	unsigned int n = number("AXVCPU_KILLS", KILLS), i;
	unsigned int seed = number("AXVCPU_SEED", now_ns() / 1000);
	long refs = refcount(), before, after;

	(void)arg;
	if (refs < 0)
		tap_skip("no /sys/module/axvcpu/refcnt");
	tap_limit(150);
	tap_note("%u kills, seed %u", n, seed);
	srand(seed);
	/* Once to warm the allocators up. */
	one_kill(LATEST_US);
	REQUIRE(nothing_left(refs));
	before = free_kb();
	for (i = 0; i < n && !tap_timed_out(); i++) {
		one_kill(rand() % LATEST_US);
		if (!nothing_left(refs)) {
			tap_note("after kill %u", i + 1);
			return;
		}
	}
	CHECK_EQ(i, n);
	after = free_kb();
	tap_note("free memory: %ld kB before, %ld kB after", before, after);
	CHECK(before - after < LEAK_KB);
}

/* The hardware is off and comes on again: a VM can be made and runs. */
static void works_afterwards(const void *arg)
{
	struct vcpu *v = vm_quick(0, "basic", "halt");

	(void)arg;
	EXPECT_EXIT(v, AXVCPU_EXIT_HALT);
}

static const struct tap_test tests[] = {
	{ "killed_launchers_leave_nothing", kills, NULL },
	{ "works_afterwards", works_afterwards, NULL },
};

int main(void)
{
	/* Only root can; without it the refcount alone is looked at. */
	if (vm_directories() < 0)
		mount("none", DEBUGFS, "debugfs", 0, NULL);
	return tap_main(tests, ARRAY_SIZE(tests));
}
