// SPDX-License-Identifier: MIT
/* What an administrator sees of a guest: tracepoints and debugfs, against the ioctls. */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "tests/common/host.h"
#include "tests/common/vm.h"

#define TRACING		"/sys/kernel/tracing"
#define EVENTS		TRACING "/events/axvcpu"
#define DEBUGFS		"/sys/kernel/debug/axvcpu"
#define TRACE_SIZE	(1 << 20)

static char trace[TRACE_SIZE];

/* Opening to truncate is what empties it. */
static void trace_clear(void)
{
	int fd = open(TRACING "/trace", O_WRONLY | O_TRUNC | O_CLOEXEC);

	REQUIRE(fd >= 0);
	close(fd);
}

static void trace_on(void)
{
	if (access(EVENTS "/enable", F_OK))
		tap_skip("no " EVENTS);
	trace_clear();
	REQUIRE_OK(host_write(TRACING "/tracing_on", "1"));
	REQUIRE_OK(host_write(EVENTS "/enable", "1"));
}

static void trace_off(void)
{
	host_write(EVENTS "/enable", "0");
}

static void trace_read(void)
{
	trace_off();
	REQUIRE(host_read(TRACING "/trace", trace, sizeof(trace)) > 0);
}

/* Directory of this process's only VM; the VM's number. */
static unsigned int vm_directory(char *path, size_t len)
{
	DIR *dir = opendir(DEBUGFS);
	struct dirent *e;
	unsigned int pid, id, found = 0, number = 0;

	if (!dir)
		tap_skip("no " DEBUGFS);
	while ((e = readdir(dir)))
		if (sscanf(e->d_name, "%u-%u", &pid, &id) == 2 && pid == (unsigned int)getpid()) {
			found++;
			number = id;
			snprintf(path, len, DEBUGFS "/%u-%u", pid, id);
		}
	closedir(dir);
	REQUIRE_EQ(found, 1);
	return number;
}

/* Lines that have all of these; the texts end at a word's end. */
static unsigned int lines(const char *event, const char *who, const char *what)
{
	char *copy = strdup(trace), *line, *save;
	unsigned int n = 0;

	for (line = strtok_r(copy, "\n", &save); line; line = strtok_r(NULL, "\n", &save))
		n += strstr(line, event) && strstr(line, who) && (!what || strstr(line, what));
	free(copy);
	return n;
}

/* reason -> lines of axvcpu_exit; all that the counters know and no more. */
static void check_exit_lines(struct vcpu *v, const char *who)
{
	struct axvcpu_stats s;
	char what[60];
	uint64_t all = 0;
	unsigned int i;

	REQUIRE_OK(axvcpu_stats(v->fd, &s));
	CHECK_EQ(lines(" axvcpu_enter: ", who, NULL), s.entries);
	for (i = 0; i < AXVCPU_EXIT_NR; i++) {
		uint64_t counted = s.user_exits[i] + s.kernel_exits[i];

		snprintf(what, sizeof(what), " reason %s pc 0x", axvcpu_exit_name(i));
		/* Kicks end no run of their own name. */
		if (i == AXVCPU_EXIT_NOTHING || i == AXVCPU_EXIT_EXTERNAL_INTERRUPT)
			continue;
		all += lines(" axvcpu_exit: ", who, what);
		if (s.user_exits[i] && !CHECK(lines(" axvcpu_exit: ", who, what) >=
					      s.user_exits[i]))
			tap_note("%s: %u lines, counted %" PRIu64, axvcpu_exit_name(i),
				 lines(" axvcpu_exit: ", who, what), counted);
	}
	CHECK(all <= lines(" axvcpu_exit: ", who, " reason "));
	/* Each entry has its exit. */
	CHECK_EQ(lines(" axvcpu_exit: ", who, " reason "), s.entries);
}

static void exits_in_words(const void *arg)
{
	struct vm *vm = vm_new(0, GUEST_RAM);
	char dir[200], who[60], pc[40];
	struct vcpu *v;

	(void)arg;
	vm_load(vm, "mmio");
	/* A number that is not the VM's own. */
	v = vm_vcpu(vm, 3);
	snprintf(who, sizeof(who), ": vm %u vcpu 3 ", vm_directory(dir, sizeof(dir)));
	trace_on();
	vcpu_start(v, "ld_dword");
	EXPECT_EXIT(v, AXVCPU_EXIT_MMIO_READ);
	v->run->value = 1;
	EXPECT_DONE(v, GUEST_DONE_OK);
	trace_read();
	CHECK(lines(" axvcpu_exit: ", who, " reason IO_WRITE ") == 1);
	CHECK(lines(" axvcpu_exit: ", who, " reason MMIO_READ ") == 1);
	CHECK(lines(" axvcpu_exit: ", who, " reason NESTED_PAGE_FAULT ") >= 1);
	CHECK(lines(" axvcpu_exit: ", who, " code 0x400 ") >= 1);
	snprintf(pc, sizeof(pc), " pc 0x%" PRIx64, vm_mark(vm, "ld_dword"));
	CHECK(lines(" axvcpu_enter: ", who, pc) >= 1);
	check_exit_lines(v, who);
	/* Off is off. */
	vcpu_setup(vm_vcpu(vm, 1), "ld_dword");
	trace_clear();
	REQUIRE_OK(axvcpu_bind(vm->vcpus[1].fd));
	EXPECT_EXIT(&vm->vcpus[1], AXVCPU_EXIT_MMIO_READ);
	trace_read();
	CHECK_EQ(lines(" axvcpu_", "", NULL), 0);
}

/* Two VMs: the lines of each have its number. */
static void vms_apart(const void *arg)
{
	struct vcpu *a = vm_quick(0, "basic", "halt"), *b;
	char dir[200], who[60];
	unsigned int id = vm_directory(dir, sizeof(dir));

	(void)arg;
	b = vm_quick(0, "basic", "hypercall");
	trace_on();
	EXPECT_EXIT(a, AXVCPU_EXIT_HALT);
	EXPECT_EXIT(b, AXVCPU_EXIT_HYPERCALL);
	trace_read();
	snprintf(who, sizeof(who), ": vm %u vcpu 0 ", id);
	CHECK_EQ(lines(" axvcpu_exit: ", who, " reason HALT pc"), 1);
	CHECK_EQ(lines(" axvcpu_exit: ", who, " reason HYPERCALL pc"), 0);
	CHECK_EQ(lines(" axvcpu_exit: ", "", " reason HYPERCALL pc"), 1);
}

static void injected(const void *arg)
{
	struct vm *vm = vm_new(AXVCPU_VM_IRQCHIP, GUEST_RAM);
	struct vcpu *v = vm_vcpu(vm, 0);
	char dir[200], who[60];

	(void)arg;
	vm_load(vm, "irq");
	vcpu_setup(v, "spin_xapic");
	snprintf(who, sizeof(who), ": vm %u vcpu 0 ", vm_directory(dir, sizeof(dir)));
	trace_on();
	CHECK_ERRNO(inject(v, AXVCPU_EVENT_NMI, 0), 0);
	trace_read();
	CHECK_EQ(lines(" axvcpu_inject: ", who, " NMI vector "), 1);
	trace_on();
	CHECK(inject(v, AXVCPU_EVENT_INTERRUPT, 0x41) >= 0);
	CHECK_ERRNO(inject_exception(v, 13, true, 0, 0), 0);
	trace_read();
	CHECK_EQ(lines(" axvcpu_inject: ", who, " INTERRUPT vector 65"), 1);
	CHECK_EQ(lines(" axvcpu_inject: ", who, " EXCEPTION vector 13"), 1);
	CHECK_EQ(lines(" axvcpu_inject: ", who, " vector "), 2);
}

/* ----------------------------------------------------------------- debugfs */

/* "name value" of a stats file; ends the test when there is no such line. */
static uint64_t value(const char *text, const char *prefix, const char *name)
{
	char key[80];
	const char *at;
	size_t len = snprintf(key, sizeof(key), "\n%s%s ", prefix, name);

	at = !strncmp(text, key + 1, len - 1) ? text - 1 : strstr(text, key);
	if (!at) {
		tap_fail(__FILE__, __LINE__, "no line %s%s", prefix, name);
		tap_abort();
	}
	return strtoull(at + len, NULL, 10);
}

static void check_vcpu_file(struct vcpu *v, const char *dir)
{
	struct axvcpu_stats s;
	char path[300], text[8192];
	unsigned int i;

	snprintf(path, sizeof(path), "%s/vcpu%u/stats", dir, v->id);
	REQUIRE(host_read(path, text, sizeof(text)) > 0);
	REQUIRE_OK(axvcpu_stats(v->fd, &s));
	CHECK_EQ(value(text, "", "state"), s.state);
	CHECK_EQ(value(text, "", "entries"), s.entries);
	for (i = 0; i < AXVCPU_EXIT_NR; i++) {
		CHECK_EQ(value(text, "user_", axvcpu_exit_name(i)), s.user_exits[i]);
		CHECK_EQ(value(text, "kernel_", axvcpu_exit_name(i)), s.kernel_exits[i]);
	}
	CHECK_EQ(value(text, "", "interrupts"), s.interrupts);
	CHECK_EQ(value(text, "", "nmis"), s.nmis);
	CHECK_EQ(value(text, "", "exceptions"), s.exceptions);
	CHECK_EQ(value(text, "", "reinjections"), s.reinjections);
	CHECK_EQ(value(text, "", "kicks"), s.kicks);
	CHECK_EQ(value(text, "", "blocked"), s.blocked);
	CHECK_EQ(value(text, "", "blocked_ns"), s.blocked_ns);
}

static void check_vm_file(struct vm *vm, const char *dir)
{
	struct axvcpu_vm_stats s;
	char path[300], text[4096];

	snprintf(path, sizeof(path), "%s/stats", dir);
	REQUIRE(host_read(path, text, sizeof(text)) > 0);
	REQUIRE_OK(axvcpu_vm_stats(vm->fd, &s));
	CHECK_EQ(value(text, "", "nr_vcpus"), s.nr_vcpus);
	CHECK_EQ(value(text, "", "mapped_4k"), s.mapped_4k);
	CHECK_EQ(value(text, "", "mapped_2m"), s.mapped_2m);
	CHECK_EQ(value(text, "", "mapped_1g"), s.mapped_1g);
	CHECK_EQ(value(text, "", "table_pages"), s.table_pages);
	CHECK_EQ(value(text, "", "faults"), s.faults);
	CHECK_EQ(value(text, "", "invalidations"), s.invalidations);
	CHECK_EQ(value(text, "", "tlb_flushes"), s.tlb_flushes);
	CHECK(s.nr_vcpus == 2 && s.faults && s.table_pages);
}

static void files_agree(const void *arg)
{
	struct vm *vm = vm_new(0, GUEST_RAM);
	char dir[200], path[300];
	struct vcpu *v;

	(void)arg;
	vm_load(vm, "mmio");
	v = vm_vcpu(vm, 0);
	vm_vcpu(vm, 2);
	vm_directory(dir, sizeof(dir));
	check_vcpu_file(v, dir);
	vcpu_start(v, "ld_dword");
	CHECK_ERRNO(axvcpu_kick(v->fd), 0);
	EXPECT_EXIT(v, AXVCPU_EXIT_NOTHING);
	EXPECT_EXIT(v, AXVCPU_EXIT_MMIO_READ);
	EXPECT_DONE(v, GUEST_DONE_OK);
	check_vcpu_file(v, dir);
	check_vcpu_file(&vm->vcpus[2], dir);
	check_vm_file(vm, dir);
	vm_close(vm);
	CHECK(access(dir, F_OK) && errno == ENOENT);
	snprintf(path, sizeof(path), "%s/stats", dir);
	CHECK(access(path, F_OK) && errno == ENOENT);
}

/* A reader that keeps a file open does not keep the VM, and reads nothing freed. */
static void reader_outlives_vm(const void *arg)
{
	struct vcpu *v = vm_quick(0, "basic", "halt");
	char dir[200], path[300], byte;
	FILE *vm_file, *vcpu_file;

	(void)arg;
	vm_directory(dir, sizeof(dir));
	snprintf(path, sizeof(path), "%s/stats", dir);
	vm_file = fopen(path, "re");
	snprintf(path, sizeof(path), "%s/vcpu0/stats", dir);
	vcpu_file = fopen(path, "re");
	REQUIRE(vm_file && vcpu_file);
	EXPECT_EXIT(v, AXVCPU_EXIT_HALT);
	vm_close(v->vm);
	CHECK(access(dir, F_OK));
	CHECK_EQ(fread(&byte, 1, 1, vm_file), 0);
	CHECK_EQ(fread(&byte, 1, 1, vcpu_file), 0);
	fclose(vm_file);
	fclose(vcpu_file);
}

static const struct tap_test tests[] = {
	{ "exits_in_words", exits_in_words, NULL },
	{ "vms_apart", vms_apart, NULL },
	{ "injected_events", injected, NULL },
	{ "debugfs_agrees_with_the_ioctls", files_agree, NULL },
	{ "reader_outlives_vm", reader_outlives_vm, NULL },
};

int main(void)
{
	int ret;

	if (geteuid())
		return tap_skip_all("needs root");
	ret = tap_main(tests, ARRAY_SIZE(tests));
	trace_off();
	return ret;
}
