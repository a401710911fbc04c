// SPDX-License-Identifier: MIT
/* Each ioctl with each wrong argument: a defined errno, and the same call works afterwards. */
#include <errno.h>
#include <stddef.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <unistd.h>

#include "tests/common/vm.h"

enum fd_kind { ON_DEV, ON_VM, ON_VCPU };

#define MAX_BAD		10
#define ARG_MAX		4096

struct fixture {
	struct vm *vm;
	struct vcpu *vcpu;
};

/**
 * struct wrong - one field with one wrong value
 * @offset: of the field; @width its bytes, 0 ends the list
 * @value: what is written there
 * @err: errno
 */
struct wrong {
	uint32_t offset;
	uint32_t width;
	uint64_t value;
	int err;
};

/**
 * struct call - one ioctl
 * @good: fills an argument that succeeds
 * @makes_fd: the answer is an fd, to be closed
 * @undo: called after each success; may be NULL
 */
struct call {
	const char *name;
	enum fd_kind kind;
	unsigned int cmd;
	uint32_t size;
	void (*good)(const struct fixture *f, void *arg);
	bool makes_fd;
	void (*undo)(const struct fixture *f, void *arg);
	struct wrong wrong[MAX_BAD];
};

/* Memory for what arguments point to. */
static uint8_t page[16 * 4096] __attribute__((aligned(4096)));
static struct axvcpu_x86_regs all_regs;
static struct axvcpu_cpuid_entry entries[AXVCPU_CPUID_MAX];
static struct axvcpu_msr_range ranges[2];

static void good_zero(const struct fixture *f, void *arg)
{
	(void)f;
	(void)arg;
}

static void good_vcpu(const struct fixture *f, void *arg)
{
	static uint32_t next;

	(void)f;
	/* A vCPU stays as long as its VM: each success takes another number. */
	((struct axvcpu_create_vcpu *)arg)->id = 10 + next++ % 100;
}

#define MAP_AT	0x40000000ULL

static void good_map(const struct fixture *f, void *arg)
{
	struct axvcpu_map *m = arg;

	(void)f;
	m->flags = AXVCPU_MAP_R | AXVCPU_MAP_W;
	m->gpa = MAP_AT;
	m->len = 4096;
	m->hva = (uintptr_t)page;
}

static void undo_map(const struct fixture *f, void *arg)
{
	(void)arg;
	CHECK_ERRNO(axvcpu_unmap(f->vm->fd, MAP_AT, 4096), 0);
}

static void good_unmap(const struct fixture *f, void *arg)
{
	struct axvcpu_unmap *m = arg;

	axvcpu_map(f->vm->fd, AXVCPU_MAP_R, MAP_AT, 4096, page);
	m->gpa = MAP_AT;
	m->len = 4096;
}

static uint64_t bitmap[8];

static void good_dirty(const struct fixture *f, void *arg)
{
	struct axvcpu_dirty_log *d = arg;

	/* Mapped once; later it is there already. */
	axvcpu_map(f->vm->fd, AXVCPU_MAP_R | AXVCPU_MAP_W | AXVCPU_MAP_DIRTY_LOG, 2 * MAP_AT,
		   sizeof(page), page);
	d->gpa = 2 * MAP_AT;
	d->len = sizeof(page);
	d->bitmap = (uintptr_t)bitmap;
}

static void good_msi(const struct fixture *f, void *arg)
{
	struct axvcpu_msi *m = arg;

	(void)f;
	m->address = 0xfee00000;
	m->data = 0x40;
}

static void good_policy(const struct fixture *f, void *arg)
{
	struct axvcpu_msr_policy *p = arg;

	(void)f;
	ranges[0] = (struct axvcpu_msr_range){ 1, 2, AXVCPU_MSR_EXIT, AXVCPU_MSR_FAULT };
	p->nr = 1;
	p->ranges = (uintptr_t)ranges;
}

static void good_setup(const struct fixture *f, void *arg)
{
	struct axvcpu_setup *s = arg;

	s->mode = AXVCPU_START_X86_LONG64;
	s->entry = vm_mark(f->vm, "halt");
	s->arg = GUEST_AREA0;
	s->page_table = GUEST_PML4;
}

static void good_event(const struct fixture *f, void *arg)
{
	struct axvcpu_event *e = arg;

	(void)f;
	e->type = AXVCPU_EVENT_INTERRUPT;
	e->vector = 0x50;
}

static void good_regs(const struct fixture *f, void *arg)
{
	struct axvcpu_regs *r = arg;

	REQUIRE_OK(axvcpu_get_regs(f->vcpu->fd, AXVCPU_REGS_X86_GPRS, &all_regs));
	r->data_size = sizeof(all_regs);
	r->sets = AXVCPU_REGS_X86_GPRS;
	r->data = (uintptr_t)&all_regs;
}

static void good_cpuid(const struct fixture *f, void *arg)
{
	struct axvcpu_cpuid *c = arg;
	uint32_t nr = AXVCPU_CPUID_MAX;

	REQUIRE_OK(axvcpu_get_cpuid(f->vcpu->fd, entries, &nr));
	c->nr = nr;
	c->entries = (uintptr_t)entries;
}

static void good_cpuid_read(const struct fixture *f, void *arg)
{
	struct axvcpu_cpuid *c = arg;

	(void)f;
	c->nr = AXVCPU_CPUID_MAX;
	c->entries = (uintptr_t)entries;
}

#define OFF(type, field)	offsetof(struct type, field), sizeof(((struct type *)0)->field)
#define BAD_PTR			0x10		/* nothing is mapped there */
#define CALL(cmd, kind, type)	#cmd, kind, AXVCPU_##cmd, sizeof(struct type)

static const struct call calls[] = {
	{ CALL(INFO, ON_DEV, axvcpu_info), good_zero, false, NULL, { { 0 } } },
	{ CALL(CREATE_VM, ON_DEV, axvcpu_create_vm), good_zero, true, NULL, {
		{ OFF(axvcpu_create_vm, flags), 4, EINVAL },
		{ OFF(axvcpu_create_vm, flags), 0x80000000, EINVAL },
		{ OFF(axvcpu_create_vm, pad), 1, EINVAL },
		{ OFF(axvcpu_create_vm, poweroff_port), 0x604, EINVAL },
		{ OFF(axvcpu_create_vm, poweroff_value), 1, EINVAL },
	} },
	{ CALL(SUPPORTED_CPUID, ON_DEV, axvcpu_cpuid), good_cpuid_read, false, NULL, {
		{ OFF(axvcpu_cpuid, nr), 1, ENOSPC },
		{ OFF(axvcpu_cpuid, entries), BAD_PTR, EFAULT },
	} },
	{ CALL(CREATE_VCPU, ON_VM, axvcpu_create_vcpu), good_vcpu, true, NULL, {
		{ OFF(axvcpu_create_vcpu, flags), 1, EINVAL },
		{ OFF(axvcpu_create_vcpu, pad), 1, EINVAL },
		{ OFF(axvcpu_create_vcpu, id), 0xffffffff, EINVAL },
		{ OFF(axvcpu_create_vcpu, id), 0x7fffffff, EINVAL },
		{ OFF(axvcpu_create_vcpu, id), 0, EEXIST },
	} },
	{ CALL(MAP, ON_VM, axvcpu_map), good_map, false, undo_map, {
		{ OFF(axvcpu_map, flags), 0, EINVAL },
		{ OFF(axvcpu_map, flags), 0x10 | AXVCPU_MAP_R, EINVAL },
		{ OFF(axvcpu_map, gpa), MAP_AT + 1, EINVAL },
		{ OFF(axvcpu_map, gpa), 0xfffffffffffff000, EINVAL },
		{ OFF(axvcpu_map, len), 0, EINVAL },
		{ OFF(axvcpu_map, len), 4095, EINVAL },
		{ OFF(axvcpu_map, len), 0xfffffffffffff000, EINVAL },
		{ OFF(axvcpu_map, hva), (1ULL << 63), EINVAL },
		{ OFF(axvcpu_map, gpa), 0x1000, EEXIST },
	} },
	{ CALL(UNMAP, ON_VM, axvcpu_unmap), good_unmap, false, NULL, {
		{ OFF(axvcpu_unmap, flags), 1, EINVAL },
		{ OFF(axvcpu_unmap, gpa), MAP_AT + 4096, ENOENT },
		{ OFF(axvcpu_unmap, len), 8192, ENOENT },
	} },
	{ CALL(DIRTY_LOG, ON_VM, axvcpu_dirty_log), good_dirty, false, NULL, {
		{ OFF(axvcpu_dirty_log, flags), 1, EINVAL },
		{ OFF(axvcpu_dirty_log, gpa), 2 * MAP_AT + 1, EINVAL },
		{ OFF(axvcpu_dirty_log, gpa), 4 * MAP_AT, ENOENT },
		{ OFF(axvcpu_dirty_log, len), 0, EINVAL },
		{ OFF(axvcpu_dirty_log, len), 4097, EINVAL },
		{ OFF(axvcpu_dirty_log, bitmap), BAD_PTR, EFAULT },
	} },
	{ CALL(SIGNAL_MSI, ON_VM, axvcpu_msi), good_msi, false, NULL, {
		{ OFF(axvcpu_msi, flags), 1, EINVAL },
		{ OFF(axvcpu_msi, pad), 1, EINVAL },
		{ OFF(axvcpu_msi, address), 0x1000, EINVAL },
		{ OFF(axvcpu_msi, data), 0x05, EINVAL },
		{ OFF(axvcpu_msi, data), 0x240, EINVAL },
	} },
	{ CALL(EOI_VECTORS, ON_VM, axvcpu_eoi_vectors), good_zero, false, NULL, {
		{ OFF(axvcpu_eoi_vectors, pad), 1, EINVAL },
	} },
	{ CALL(VM_STATS, ON_VM, axvcpu_vm_stats), good_zero, false, NULL, { { 0 } } },
	{ CALL(SETUP, ON_VCPU, axvcpu_setup), good_setup, false, NULL, {
		{ OFF(axvcpu_setup, mode), 3, EINVAL },
		{ OFF(axvcpu_setup, mode), AXVCPU_START_ARM64_EL1, EINVAL },
		{ OFF(axvcpu_setup, mode), AXVCPU_START_RISCV_VS, EINVAL },
		{ OFF(axvcpu_setup, mode), AXVCPU_START_X86_REAL16, EINVAL },
		{ OFF(axvcpu_setup, mode), AXVCPU_START_X86_PROT32, EINVAL },
		{ OFF(axvcpu_setup, page_table), 0x4001, EINVAL },
		{ OFF(axvcpu_setup, entry), 1ULL << 63, EINVAL },
	} },
	{ CALL(SET_GPR, ON_VCPU, axvcpu_gpr), good_zero, false, NULL, {
		{ OFF(axvcpu_gpr, reg), 16, EINVAL },
		{ OFF(axvcpu_gpr, reg), 0xffffffff, EINVAL },
	} },
	{ CALL(SET_RETURN_VALUE, ON_VCPU, axvcpu_return_value), good_zero, false, NULL, {
		{ OFF(axvcpu_return_value, pad), 1, EINVAL },
	} },
	{ CALL(INJECT, ON_VCPU, axvcpu_event), good_event, false, NULL, {
		{ OFF(axvcpu_event, type), 4, EINVAL },
		{ OFF(axvcpu_event, flags), 4, EINVAL },
		{ OFF(axvcpu_event, flags), AXVCPU_EVENT_ERROR_CODE, EINVAL },
		{ OFF(axvcpu_event, vector), 15, EINVAL },
		{ OFF(axvcpu_event, vector), 256, EINVAL },
		{ OFF(axvcpu_event, pad), 1, EINVAL },
		{ OFF(axvcpu_event, error_code), 1, EINVAL },
		{ OFF(axvcpu_event, address), 1, EINVAL },
		{ OFF(axvcpu_event, type), AXVCPU_EVENT_EXCEPTION, EINVAL },
	} },
	{ CALL(GET_REGS, ON_VCPU, axvcpu_regs), good_regs, false, NULL, {
		{ OFF(axvcpu_regs, sets), 0, EINVAL },
		{ OFF(axvcpu_regs, sets), 1ULL << 40, EINVAL },
		{ OFF(axvcpu_regs, data_size), 8, EINVAL },
		{ OFF(axvcpu_regs, data), BAD_PTR, EFAULT },
	} },
	{ CALL(SET_REGS, ON_VCPU, axvcpu_regs), good_regs, false, NULL, {
		{ OFF(axvcpu_regs, sets), 0, EINVAL },
		{ OFF(axvcpu_regs, sets), 1ULL << 40, EINVAL },
		{ OFF(axvcpu_regs, data_size), 8, EINVAL },
		{ OFF(axvcpu_regs, data), BAD_PTR, EFAULT },
	} },
	{ CALL(SET_CPUID, ON_VCPU, axvcpu_cpuid), good_cpuid, false, NULL, {
		{ OFF(axvcpu_cpuid, nr), AXVCPU_CPUID_MAX + 1, EINVAL },
		{ OFF(axvcpu_cpuid, entries), BAD_PTR, EFAULT },
	} },
	{ CALL(GET_CPUID, ON_VCPU, axvcpu_cpuid), good_cpuid_read, false, NULL, {
		{ OFF(axvcpu_cpuid, nr), 1, ENOSPC },
		{ OFF(axvcpu_cpuid, entries), BAD_PTR, EFAULT },
	} },
	{ CALL(STATS, ON_VCPU, axvcpu_stats), good_zero, false, NULL, { { 0 } } },
	{ CALL(SET_DEBUG, ON_VCPU, axvcpu_debug), good_zero, false, NULL, {
		{ OFF(axvcpu_debug, flags), 8, EINVAL },
	} },
};

/* ------------------------------------------------------------------ running */

static struct fixture make_fixture(void)
{
	struct fixture f;

	f.vm = vm_new(AXVCPU_VM_IRQCHIP, GUEST_RAM);
	vm_load(f.vm, "basic");
	f.vcpu = vm_vcpu(f.vm, 0);
	vcpu_setup(f.vcpu, "halt");
	return f;
}

static int call_fd(const struct call *c, const struct fixture *f)
{
	return c->kind == ON_DEV ? test_dev() : c->kind == ON_VM ? f->vm->fd : f->vcpu->fd;
}

static int call_it(const struct call *c, const struct fixture *f, void *arg)
{
	int ret = ioctl(call_fd(c, f), c->cmd, arg);

	if (ret < 0)
		return -errno;
	if (c->makes_fd)
		close(ret);
	if (c->undo)
		c->undo(f, arg);
	return ret;
}

static void *good_arg(const struct call *c, const struct fixture *f, uint8_t *buf)
{
	memset(buf, 0, ARG_MAX + 64);
	*(uint32_t *)buf = c->size;
	c->good(f, buf);
	return buf;
}

static void check_sizes(const struct call *c, const struct fixture *f, uint8_t *buf)
{
	uint32_t *size = (uint32_t *)buf;

	good_arg(c, f, buf);
	*size = 0;
	CHECK_ERRNO(call_it(c, f, buf), EINVAL);
	*size = c->size - 1;
	CHECK_ERRNO(call_it(c, f, buf), EINVAL);
	good_arg(c, f, buf);
	*size = c->size + 8;
	CHECK_ERRNO(call_it(c, f, buf), 0);
	good_arg(c, f, buf);
	*size = c->size + 8;
	buf[c->size + 7] = 1;
	CHECK_ERRNO(call_it(c, f, buf), E2BIG);
	good_arg(c, f, buf);
	*size = 0xffffffff;
	CHECK_ERRNO(call_it(c, f, buf), E2BIG);
}

static void check_pointers(const struct call *c, const struct fixture *f, uint8_t *buf)
{
	uint8_t *two = mmap(NULL, 8192, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS,
			    -1, 0);
	uint8_t *edge = two + 4096 - 8;

	REQUIRE(two != MAP_FAILED);
	REQUIRE(!munmap(two + 4096, 4096));
	CHECK_ERRNO(call_it(c, f, NULL), EFAULT);
	CHECK_ERRNO(call_it(c, f, (void *)BAD_PTR), EFAULT);
	CHECK_ERRNO(call_it(c, f, two + 4096), EFAULT);
	CHECK_ERRNO(call_it(c, f, (void *)0xffffffff81000000), EFAULT);
	/* The size can be read, the rest cannot. */
	memcpy(edge, good_arg(c, f, buf), 8);
	if (c->size > 8)
		CHECK_ERRNO(call_it(c, f, edge), EFAULT);
	munmap(two, 4096);
}

static void run_call(const void *arg)
{
	static uint8_t buf[ARG_MAX + 64] __attribute__((aligned(8)));
	const struct call *c = arg;
	struct fixture f = make_fixture();
	const struct wrong *w;

	CHECK_ERRNO(call_it(c, &f, good_arg(c, &f, buf)), 0);
	check_sizes(c, &f, buf);
	check_pointers(c, &f, buf);
	for (w = c->wrong; w < c->wrong + MAX_BAD && w->width; w++) {
		good_arg(c, &f, buf);
		memcpy(buf + w->offset, &w->value, w->width);
		if (!CHECK_ERRNO(call_it(c, &f, buf), w->err))
			tap_note("offset %u value 0x%llx", w->offset,
				 (unsigned long long)w->value);
	}
	/* And nothing of it has left a trace. */
	CHECK_ERRNO(call_it(c, &f, good_arg(c, &f, buf)), 0);
}

/* Needs a VM without vCPUs; the rest is as above. */
static void msr_policy(const void *arg)
{
	static const struct axvcpu_msr_range wrong[] = {
		{ 2, 1, 0, 0 }, { 1, 1, 4, 0 }, { 1, 1, 0, 4 },
	};
	static const struct call c = { CALL(MSR_POLICY, ON_VM, axvcpu_msr_policy), good_policy,
				       false, NULL, { { 0 } } };
	static uint8_t buf[ARG_MAX + 64] __attribute__((aligned(8)));
	struct axvcpu_msr_policy *p = (void *)buf;
	struct fixture f = { .vm = vm_new(0, 0) };
	unsigned int i;

	(void)arg;
	check_sizes(&c, &f, buf);
	check_pointers(&c, &f, buf);
	for (i = 0; i < ARRAY_SIZE(wrong); i++) {
		good_arg(&c, &f, buf);
		ranges[0] = wrong[i];
		CHECK_ERRNO(call_it(&c, &f, buf), EINVAL);
	}
	good_arg(&c, &f, buf);
	p->nr = AXVCPU_MSR_RANGES_MAX + 1;
	CHECK_ERRNO(call_it(&c, &f, buf), EINVAL);
	good_arg(&c, &f, buf);
	p->ranges = BAD_PTR;
	CHECK_ERRNO(call_it(&c, &f, buf), EFAULT);
	CHECK_ERRNO(call_it(&c, &f, good_arg(&c, &f, buf)), 0);
	/* Once there is a vCPU it is too late. */
	vm_vcpu(f.vm, 0);
	CHECK_ERRNO(call_it(&c, &f, good_arg(&c, &f, buf)), EBUSY);
}

static void no_argument(const void *arg)
{
	static const unsigned int cmds[] = {
		AXVCPU_BIND, AXVCPU_UNBIND, AXVCPU_RUN, AXVCPU_KICK,
	};
	struct fixture f = make_fixture();
	unsigned int i;

	(void)arg;
	for (i = 0; i < ARRAY_SIZE(cmds); i++)
		CHECK_ERRNO(ioctl(f.vcpu->fd, cmds[i], page) < 0 ? -errno : 0, EINVAL);
	REQUIRE_OK(axvcpu_bind(f.vcpu->fd));
}

/* Every number of the type, on each kind of fd: -ENOTTY but for its own calls. */
static void unknown_commands(const void *arg)
{
	struct fixture f = make_fixture();
	const int fds[] = { test_dev(), f.vm->fd, f.vcpu->fd };
	const unsigned int own[] = { 0x00, 0x20, 0x40 };
	const unsigned int nr_own[] = { 3, 8, 14 };
	unsigned int i, nr;

	(void)arg;
	for (i = 0; i < 3; i++)
		for (nr = 0; nr < 256; nr++) {
			if (nr >= own[i] && nr < own[i] + nr_own[i])
				continue;
			if (!CHECK_ERRNO(ioctl(fds[i], _IO(AXVCPU_IOC, nr), 0) < 0 ? -errno : 0,
					 ENOTTY) ||
			    !CHECK_ERRNO(ioctl(fds[i], _IOWR(AXVCPU_IOC, nr, long), page) < 0
					 ? -errno : 0, ENOTTY))
				tap_note("fd kind %u command 0x%x", i, nr);
		}
	CHECK_ERRNO(ioctl(fds[0], _IOWR('z', 0, struct axvcpu_info), page) < 0 ? -errno : 0,
		    ENOTTY);
	/* Another direction is another command. */
	CHECK_ERRNO(ioctl(fds[0], _IOW(AXVCPU_IOC, 0, struct axvcpu_info), page) < 0 ? -errno : 0,
		    ENOTTY);
}

int main(void)
{
	struct tap_test tests[ARRAY_SIZE(calls) + 3];
	size_t i, n = 0;

	for (i = 0; i < ARRAY_SIZE(calls); i++)
		tests[n++] = (struct tap_test){ calls[i].name, run_call, &calls[i] };
	tests[n++] = (struct tap_test){ "MSR_POLICY", msr_policy, NULL };
	tests[n++] = (struct tap_test){ "calls_without_argument", no_argument, NULL };
	tests[n++] = (struct tap_test){ "unknown_commands", unknown_commands, NULL };
	return tap_main(tests, n);
}
