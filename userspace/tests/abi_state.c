// SPDX-License-Identifier: MIT
/* Each vCPU call in each state that does not allow it: -EBADFD, and nothing has changed. */
#include <errno.h>
#include <stdio.h>
#include <sys/ioctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "tests/common/vm.h"

#define IN(state)	(1U << AXVCPU_STATE_##state)
#define STOPPED		(IN(FREE) | IN(READY))
#define ALL		(IN(CREATED) | IN(FREE) | IN(READY) | IN(RUNNING) | IN(BLOCKED))

/* Another thread may ask about these in RUNNING and BLOCKED. */
struct call {
	const char *name;
	unsigned int allowed;
	int (*fn)(struct vcpu *v);
};

static struct axvcpu_x86_regs regs;
static struct axvcpu_cpuid_entry entries[AXVCPU_CPUID_MAX];

static int do_setup(struct vcpu *v)
{
	return axvcpu_setup(v->fd, AXVCPU_START_X86_LONG64, vm_mark(v->vm, "wait_flag"),
			    GUEST_AREA0, GUEST_PML4);
}

static int do_bind(struct vcpu *v)
{
	return axvcpu_bind(v->fd);
}

static int do_unbind(struct vcpu *v)
{
	return axvcpu_unbind(v->fd);
}

static int do_run(struct vcpu *v)
{
	return axvcpu_run(v->fd);
}

static int do_kick(struct vcpu *v)
{
	return axvcpu_kick(v->fd);
}

static int do_set_gpr(struct vcpu *v)
{
	return axvcpu_set_gpr(v->fd, 15, 1);
}

static int do_set_return(struct vcpu *v)
{
	return axvcpu_set_return_value(v->fd, 1);
}

static int do_inject_irq(struct vcpu *v)
{
	return inject(v, AXVCPU_EVENT_INTERRUPT, 0x50);
}

static int do_inject_nmi(struct vcpu *v)
{
	return inject(v, AXVCPU_EVENT_NMI, 0);
}

static int do_inject_exception(struct vcpu *v)
{
	return inject_exception(v, 3, false, 0, 0);
}

static int do_get_regs(struct vcpu *v)
{
	return axvcpu_get_regs(v->fd, AXVCPU_REGS_X86_GPRS, &regs);
}

static int do_set_regs(struct vcpu *v)
{
	struct axvcpu_x86_regs bad = { .gprs = { .rip = 0x1000, .rflags = 2 } };

	return axvcpu_set_regs(v->fd, AXVCPU_REGS_X86_GPRS, &bad);
}

static int do_get_cpuid(struct vcpu *v)
{
	uint32_t nr = AXVCPU_CPUID_MAX;

	return axvcpu_get_cpuid(v->fd, entries, &nr);
}

static int do_set_cpuid(struct vcpu *v)
{
	uint32_t nr = AXVCPU_CPUID_MAX;
	int ret = axvcpu_supported_cpuid(test_dev(), entries, &nr);

	return ret < 0 ? ret : axvcpu_set_cpuid(v->fd, entries, nr);
}

static int do_set_debug(struct vcpu *v)
{
	return axvcpu_set_debug(v->fd, 0);
}

static int do_stats(struct vcpu *v)
{
	struct axvcpu_stats stats;

	return axvcpu_stats(v->fd, &stats);
}

static const struct call calls[] = {
	{ "SETUP", IN(CREATED) | IN(FREE), do_setup },
	{ "BIND", IN(FREE), do_bind },
	{ "UNBIND", IN(READY), do_unbind },
	{ "RUN", IN(READY), do_run },
	{ "KICK", ALL, do_kick },
	{ "SET_GPR", STOPPED, do_set_gpr },
	{ "SET_RETURN_VALUE", STOPPED, do_set_return },
	{ "INJECT interrupt", ALL & ~IN(CREATED), do_inject_irq },
	{ "INJECT NMI", ALL & ~IN(CREATED), do_inject_nmi },
	{ "INJECT exception", STOPPED, do_inject_exception },
	{ "GET_REGS", STOPPED, do_get_regs },
	{ "SET_REGS", STOPPED, do_set_regs },
	{ "GET_CPUID", STOPPED | IN(CREATED), do_get_cpuid },
	{ "SET_CPUID", STOPPED | IN(CREATED), do_set_cpuid },
	{ "SET_DEBUG", STOPPED, do_set_debug },
	{ "STATS", ALL, do_stats },
};

/* Those refused in this state; and one more time those that are harmless and allowed. */
static void try_refused(struct vcpu *v, uint32_t state)
{
	unsigned int i;
	int ret;

	for (i = 0; i < ARRAY_SIZE(calls); i++) {
		if (calls[i].allowed & 1U << state)
			continue;
		ret = calls[i].fn(v);
		if (!CHECK_ERRNO(ret, EBADFD))
			tap_note("%s in %s", calls[i].name, axvcpu_state_name(state));
	}
	CHECK_EQ(vcpu_state(v), state);
	CHECK_ERRNO(do_stats(v), 0);
}

static struct vcpu *new_vcpu(uint32_t flags)
{
	struct vm *vm = vm_new(flags, GUEST_RAM);

	vm_load(vm, "basic");
	return vm_vcpu(vm, 0);
}

/* The guest's end: it was where it was, with the registers that it had. */
static void finish(struct vcpu *v)
{
	v->area->arg[0] = 1;
	EXPECT_DONE(v, GUEST_DONE_OK);
}

static void in_created(const void *arg)
{
	struct vcpu *v = new_vcpu(0);

	(void)arg;
	CHECK_EQ(vcpu_state(v), AXVCPU_STATE_CREATED);
	try_refused(v, AXVCPU_STATE_CREATED);
	vcpu_start(v, "wait_flag");
	finish(v);
}

static void in_free(const void *arg)
{
	struct vcpu *v = new_vcpu(0);

	(void)arg;
	vcpu_setup(v, "wait_flag");
	CHECK_EQ(vcpu_state(v), AXVCPU_STATE_FREE);
	try_refused(v, AXVCPU_STATE_FREE);
	REQUIRE_OK(axvcpu_bind(v->fd));
	finish(v);
}

static void in_ready(const void *arg)
{
	struct vcpu *v = new_vcpu(0);

	(void)arg;
	vcpu_start(v, "wait_flag");
	CHECK_EQ(vcpu_state(v), AXVCPU_STATE_READY);
	try_refused(v, AXVCPU_STATE_READY);
	finish(v);
	CHECK_EQ(vcpu_state(v), AXVCPU_STATE_READY);
}

static void in_running(const void *arg)
{
	struct vcpu *v = new_vcpu(0);
	struct vcpu_thread t = { 0 };

	(void)arg;
	vcpu_setup(v, "wait_flag");
	vcpu_thread_start(&t, v);
	REQUIRE(vcpu_wait_state(v, AXVCPU_STATE_RUNNING));
	try_refused(v, AXVCPU_STATE_RUNNING);
	v->area->arg[0] = 1;
	vcpu_thread_join(&t);
	CHECK_EQ(t.ret, AXVCPU_EXIT_IO_WRITE);
	CHECK_EQ(vcpu_state(v), AXVCPU_STATE_FREE);
}

static void in_blocked(const void *arg)
{
	struct vcpu *v = new_vcpu(AXVCPU_VM_IRQCHIP);
	struct vcpu_thread t = { 0 };

	(void)arg;
	vcpu_setup(v, "idle");
	vcpu_thread_start(&t, v);
	REQUIRE(vcpu_wait_state(v, AXVCPU_STATE_BLOCKED));
	try_refused(v, AXVCPU_STATE_BLOCKED);
	CHECK_EQ(v->area->value[0], 0);
	v->area->arg[0] = 1;
	REQUIRE_OK(inject(v, AXVCPU_EVENT_INTERRUPT, 0x50));
	vcpu_thread_join(&t);
	CHECK_EQ(t.ret, AXVCPU_EXIT_IO_WRITE);
	CHECK_EQ(v->area->count[0x50], 1);
}

/* ------------------------------------------------------------- wrong thread */

struct foreign {
	struct vcpu *v;
	int run, unbind, bind;
};

static void *foreign_main(void *arg)
{
	struct foreign *f = arg;

	f->run = axvcpu_run(f->v->fd);
	f->unbind = axvcpu_unbind(f->v->fd);
	f->bind = axvcpu_bind(f->v->fd);
	return NULL;
}

static void wrong_thread(const void *arg)
{
	struct foreign f = { .v = new_vcpu(0) };
	pthread_t thread;

	(void)arg;
	vcpu_start(f.v, "wait_flag");
	REQUIRE_EQ(pthread_create(&thread, NULL, foreign_main, &f), 0);
	pthread_join(thread, NULL);
	CHECK_ERRNO(f.run, EPERM);
	CHECK_ERRNO(f.unbind, EPERM);
	CHECK_ERRNO(f.bind, EBADFD);
	finish(f.v);
}

static void *bind_and_leave(void *arg)
{
	struct vcpu *v = arg;

	CHECK_ERRNO(axvcpu_bind(v->fd), 0);
	v->area->arg[0] = 0;
	CHECK_EQ(vcpu_run_for(v, 2000), AXVCPU_EXIT_NOTHING);
	return NULL;
}

/* The thread that a vCPU is bound to exits: others may take it over. */
static void thread_exits(const void *arg)
{
	struct vcpu *v = new_vcpu(0);
	pthread_t thread;
	int ret, tries;

	(void)arg;
	vcpu_setup(v, "wait_flag");
	REQUIRE_EQ(pthread_create(&thread, NULL, bind_and_leave, v), 0);
	pthread_join(thread, NULL);
	CHECK_EQ(vcpu_state(v), AXVCPU_STATE_READY);
	CHECK_ERRNO(axvcpu_run(v->fd), EPERM);
	/* A joined thread may need a moment more to be gone for the kernel. */
	for (tries = 0; tries < 100; tries++) {
		ret = axvcpu_unbind(v->fd);
		if (ret != -EPERM)
			break;
		sleep_us(1000);
	}
	REQUIRE_OK(ret);
	REQUIRE_OK(axvcpu_bind(v->fd));
	finish(v);
}

/* Another process has other memory behind the same addresses. */
static void wrong_process(const void *arg)
{
	struct vcpu *v = new_vcpu(0);
	int status;
	pid_t pid;

	(void)arg;
	vcpu_setup(v, "wait_flag");
	fflush(stdout);
	pid = fork();
	REQUIRE(pid >= 0);
	if (!pid) {
		int ret = axvcpu_bind(v->fd) == -EPERM ? 0 : 1;

		ret |= axvcpu_map(v->vm->fd, AXVCPU_MAP_R, 1ULL << 32, 4096, v->vm->ram) ==
		       -EPERM ? 0 : 2;
		_exit(ret);
	}
	REQUIRE(waitpid(pid, &status, 0) == pid);
	CHECK_EQ(WIFEXITED(status) ? WEXITSTATUS(status) : 255, 0);
	REQUIRE_OK(axvcpu_bind(v->fd));
	finish(v);
}

static void setup_again(const void *arg)
{
	struct vcpu *v = new_vcpu(0);
	struct axvcpu_x86_regs r;

	(void)arg;
	vcpu_start(v, "wait_flag");
	finish(v);
	REQUIRE_OK(axvcpu_unbind(v->fd));
	v->area->arg[0] = 0;
	vcpu_setup(v, "wait_flag");
	vcpu_regs(v, AXVCPU_REGS_X86_GPRS, &r);
	CHECK_EQ(r.gprs.rip, vm_mark(v->vm, "wait_flag"));
	CHECK_EQ(r.gprs.rflags, 2);
	CHECK_EQ(r.gprs.gpr[7], GUEST_AREA0);
	CHECK_EQ(r.gprs.gpr[0], 0);
	REQUIRE_OK(axvcpu_bind(v->fd));
	finish(v);
}

static const struct tap_test tests[] = {
	{ "refused_in_created", in_created, NULL },
	{ "refused_in_free", in_free, NULL },
	{ "refused_in_ready", in_ready, NULL },
	{ "refused_in_running", in_running, NULL },
	{ "refused_in_blocked", in_blocked, NULL },
	{ "wrong_thread", wrong_thread, NULL },
	{ "bound_thread_exits", thread_exits, NULL },
	{ "wrong_process", wrong_process, NULL },
	{ "setup_again", setup_again, NULL },
};

int main(void)
{
	return tap_main(tests, ARRAY_SIZE(tests));
}
