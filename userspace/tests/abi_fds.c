// SPDX-License-Identifier: MIT
/* Descriptors, the run mapping, and callers with 32-bit layouts. */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include "tests/common/vm.h"

/* Those fixed by the ABI whatever compiler or word size: a change breaks programs. */
#define SIZE(type, n)	_Static_assert(sizeof(struct type) == (n), #type)
#define AT(type, field, n) _Static_assert(offsetof(struct type, field) == (n), #type "." #field)
SIZE(axvcpu_info, 80);
SIZE(axvcpu_create_vm, 16);
SIZE(axvcpu_create_vcpu, 16);
SIZE(axvcpu_map, 32);
SIZE(axvcpu_unmap, 24);
SIZE(axvcpu_dirty_log, 32);
SIZE(axvcpu_msi, 24);
SIZE(axvcpu_eoi_vectors, 40);
SIZE(axvcpu_msr_policy, 16);
SIZE(axvcpu_vm_stats, 64);
SIZE(axvcpu_setup, 32);
SIZE(axvcpu_gpr, 16);
SIZE(axvcpu_return_value, 16);
SIZE(axvcpu_event, 32);
SIZE(axvcpu_debug, 8);
SIZE(axvcpu_exit, 192);
SIZE(axvcpu_run, 256);
AT(axvcpu_run, value, 16);
AT(axvcpu_run, exit, 64);
AT(axvcpu_exit, hw, 24);
AT(axvcpu_exit, raw, 64);
SIZE(axvcpu_regs, 24);
SIZE(axvcpu_cpuid, 16);
SIZE(axvcpu_cpuid_entry, 32);

static void info(const void *arg)
{
	const struct axvcpu_info *i = test_info();

	(void)arg;
	CHECK_EQ(i->size, sizeof(*i));
	CHECK_EQ(i->abi_version, AXVCPU_ABI_VERSION);
	CHECK(memchr(i->backend, 0, sizeof(i->backend)) && i->backend[0]);
	CHECK_EQ(i->arch, AXVCPU_ARCH_X86);
	CHECK(i->max_vcpus >= 2 && i->max_maps >= 16);
	CHECK(i->gpa_bits >= 36 && i->gpa_bits <= 52);
	CHECK_EQ(i->run_size % 4096, 0);
	CHECK(i->io_data_offset >= sizeof(struct axvcpu_run));
	CHECK(i->io_data_offset + i->io_data_size <= i->run_size && i->io_data_size >= 8);
	CHECK_EQ(i->reg_sets & 0xff, 0xff);
	CHECK(i->caps & AXVCPU_CAP_DIRTY_LOG);
}

static int try_mmap(int fd, size_t len, int prot, int flags, off_t off)
{
	void *p = mmap(NULL, len, prot, flags, fd, off);

	if (p == MAP_FAILED)
		return -errno;
	munmap(p, len);
	return 0;
}

static void run_mapping(const void *arg)
{
	struct vcpu *v = vm_quick(0, "basic", "halt");
	size_t size = test_info()->run_size;
	int rw = PROT_READ | PROT_WRITE;

	(void)arg;
	CHECK_EQ(v->run->size, sizeof(struct axvcpu_run));
	CHECK_ERRNO(try_mmap(v->fd, size, rw, MAP_SHARED, 0), 0);
	CHECK_ERRNO(try_mmap(v->fd, 4096, PROT_READ, MAP_SHARED, 0), 0);
	CHECK_ERRNO(try_mmap(v->fd, size + 4096, rw, MAP_SHARED, 0), EINVAL);
	CHECK_ERRNO(try_mmap(v->fd, 4096, rw, MAP_SHARED, 4096), EINVAL);
	CHECK_ERRNO(try_mmap(v->fd, size, rw, MAP_SHARED, 1 << 30), EINVAL);
	CHECK_ERRNO(try_mmap(v->fd, size, rw, MAP_PRIVATE, 0), EINVAL);
	CHECK(try_mmap(v->fd, size, rw | PROT_EXEC, MAP_SHARED, 0) < 0 ||
	      mprotect(v->run, 4096, rw | PROT_EXEC) < 0);
	CHECK(try_mmap(v->vm->fd, 4096, rw, MAP_SHARED, 0) < 0);
	CHECK(try_mmap(test_dev(), 4096, rw, MAP_SHARED, 0) < 0);
	EXPECT_EXIT(v, AXVCPU_EXIT_HALT);
}

/* What userspace scribbles there is never used but for the inputs. */
static void run_area_is_not_trusted(const void *arg)
{
	struct vcpu *v = vm_quick(0, "io", "rep_insb");
	uint8_t *bytes = (uint8_t *)v->run;

	(void)arg;
	v->area->arg[0] = 4;
	v->area->arg[1] = GUEST_DATA;
	v->area->arg[2] = 2;
	EXPECT_EXIT(v, AXVCPU_EXIT_IO_READ);
	memset(bytes, 0xff, sizeof(*v->run));
	memset(&v->run->immediate_exit, 0, 4);
	v->run->request = 0;
	memcpy(bytes + test_info()->io_data_offset, "wxyz", 4);
	EXPECT_DONE(v, GUEST_DONE_OK);
	CHECK_MEM(v->vm->ram + GUEST_DATA, "wxyz", 4);
	CHECK_EQ(v->area->value[0], 0);
}

static void vcpu_ids(const void *arg)
{
	struct vm *vm = vm_new(0, 0);
	uint32_t max = test_info()->max_vcpus;
	int fd;

	(void)arg;
	fd = axvcpu_create_vcpu(vm->fd, max - 1);
	CHECK_ERRNO(fd, 0);
	CHECK_ERRNO(axvcpu_create_vcpu(vm->fd, max - 1), EEXIST);
	CHECK_ERRNO(axvcpu_create_vcpu(vm->fd, max), EINVAL);
	/* The number stays taken: the vCPU lives as long as its VM. */
	close(fd);
	CHECK_ERRNO(axvcpu_create_vcpu(vm->fd, max - 1), EEXIST);
}

static void close_on_exec(const void *arg)
{
	struct vcpu *v = vm_quick(0, "basic", "halt");

	(void)arg;
	CHECK(fcntl(v->vm->fd, F_GETFD) & FD_CLOEXEC);
	CHECK(fcntl(v->fd, F_GETFD) & FD_CLOEXEC);
}

/* The VM's fd goes first, or the vCPU's, or a copy outlives both: each works to the end. */
static void close_vm_first(const void *arg)
{
	struct vcpu *v = vm_quick(0, "basic", "halt");

	(void)arg;
	close(v->vm->fd);
	v->vm->fd = -1;
	EXPECT_EXIT(v, AXVCPU_EXIT_HALT);
}

static void close_vcpu_first(const void *arg)
{
	struct vcpu *v = vm_quick(0, "basic", "halt");
	struct axvcpu_vm_stats stats;

	(void)arg;
	close(v->fd);
	v->fd = -1;
	CHECK_ERRNO(axvcpu_vm_stats(v->vm->fd, &stats), 0);
	CHECK_EQ(stats.nr_vcpus, 1);
	/* The mapping alone keeps the run area. */
	CHECK_EQ(v->run->size, sizeof(struct axvcpu_run));
	v->run->value = 1;
}

static void dup_outlives(const void *arg)
{
	struct vcpu *v = vm_quick(0, "basic", "halt");
	int copy = dup(v->fd);

	(void)arg;
	REQUIRE(copy >= 0);
	close(v->fd);
	close(v->vm->fd);
	v->fd = copy;
	v->vm->fd = -1;
	EXPECT_EXIT(v, AXVCPU_EXIT_HALT);
}

static void child_closes(const void *arg)
{
	struct vcpu *v = vm_quick(0, "basic", "halt");
	int status;
	pid_t pid;

	(void)arg;
	fflush(stdout);
	pid = fork();
	REQUIRE(pid >= 0);
	if (!pid) {
		close(v->fd);
		close(v->vm->fd);
		_exit(0);
	}
	REQUIRE(waitpid(pid, &status, 0) == pid);
	EXPECT_EXIT(v, AXVCPU_EXIT_HALT);
}

/* A child holds the last copies: it ends the VM of an address space that is not its own. */
static void child_closes_last(const void *arg)
{
	struct vcpu *v = vm_quick(0, "basic", "halt");
	int go[2], status;
	pid_t pid;
	char c;

	(void)arg;
	REQUIRE(!pipe(go));
	fflush(stdout);
	pid = fork();
	REQUIRE(pid >= 0);
	if (!pid) {
		close(go[1]);
		_exit(read(go[0], &c, 1) != 0);
	}
	EXPECT_EXIT(v, AXVCPU_EXIT_HALT);
	vm_close(v->vm);
	close(go[1]);
	REQUIRE(waitpid(pid, &status, 0) == pid);
	CHECK_EQ(status, 0);
	close(go[0]);
	v = vm_quick(0, "basic", "halt");
	EXPECT_EXIT(v, AXVCPU_EXIT_HALT);
}

static void many_vms(const void *arg)
{
	struct vcpu *v[12];
	unsigned int i;

	(void)arg;
	for (i = 0; i < ARRAY_SIZE(v); i++)
		v[i] = vm_quick(i % 2 ? AXVCPU_VM_IRQCHIP : 0, "mmio", "ld_dword");
	for (i = 0; i < ARRAY_SIZE(v); i++)
		EXPECT_EXIT(v[i], AXVCPU_EXIT_MMIO_READ);
	for (i = 0; i < ARRAY_SIZE(v); i++) {
		v[i]->run->value = i;
		EXPECT_DONE(v[i], GUEST_DONE_OK);
		CHECK_EQ(v[i]->area->value[0], i);
	}
}

/* ------------------------------------------------------------ 32-bit callers */

/* The system call gate of 32-bit programs, usable from here where the kernel has it. */
static long ioctl32(int fd, unsigned int cmd, void *arg)
{
	long ret = 54;		/* ioctl there */

	asm volatile("int $0x80" : "+a" (ret) : "b" ((long)fd), "c" ((long)cmd), "d" (arg)
		     : "memory", "r8", "r9", "r10", "r11");
	return ret;
}

static bool has_ioctl32(void)
{
	int status;
	pid_t pid;

	fflush(stdout);
	pid = fork();
	if (!pid) {
		signal(SIGSEGV, SIG_DFL);
		_exit(ioctl32(-1, 0, NULL) == -EBADF ? 0 : 1);
	}
	return waitpid(pid, &status, 0) == pid && status == 0;
}

static void callers_32bit(const void *arg)
{
	struct vcpu *v = vm_quick(0, "basic", "halt");
	struct axvcpu_info *i;
	struct axvcpu_stats *s;
	void *low;

	(void)arg;
	if (!has_ioctl32())
		tap_skip("this kernel runs no 32-bit programs");
	low = mmap(NULL, 8192, PROT_READ | PROT_WRITE,
		   MAP_PRIVATE | MAP_ANONYMOUS | MAP_32BIT, -1, 0);
	REQUIRE(low != MAP_FAILED);
	i = low;
	i->size = sizeof(*i);
	CHECK_EQ(ioctl32(test_dev(), AXVCPU_INFO, i), 0);
	CHECK_MEM(i, test_info(), sizeof(*i));
	CHECK_EQ(ioctl32(v->fd, AXVCPU_RUN, NULL), AXVCPU_EXIT_HALT);
	s = (void *)((char *)low + 4096);
	s->size = sizeof(*s);
	CHECK_EQ(ioctl32(v->fd, AXVCPU_STATS, s), 0);
	CHECK_EQ(s->user_exits[AXVCPU_EXIT_HALT], 1);
	CHECK_EQ(ioctl32(v->fd, _IO(AXVCPU_IOC, 0xff), NULL), -ENOTTY);
	munmap(low, 8192);
}

static const struct tap_test tests[] = {
	{ "info", info, NULL },
	{ "run_mapping", run_mapping, NULL },
	{ "run_area_is_not_trusted", run_area_is_not_trusted, NULL },
	{ "vcpu_ids", vcpu_ids, NULL },
	{ "close_on_exec", close_on_exec, NULL },
	{ "close_vm_first", close_vm_first, NULL },
	{ "close_vcpu_first", close_vcpu_first, NULL },
	{ "dup_outlives", dup_outlives, NULL },
	{ "child_closes", child_closes, NULL },
	{ "child_closes_last", child_closes_last, NULL },
	{ "many_vms", many_vms, NULL },
	{ "callers_with_32_bits", callers_32bit, NULL },
};

int main(void)
{
	return tap_main(tests, ARRAY_SIZE(tests));
}
