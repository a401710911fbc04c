// SPDX-License-Identifier: MIT
/* RUN with a limit, threads that run vCPUs, injection. */
#include <errno.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "tests/common/vm.h"

int vcpu_run(struct vcpu *v)
{
	int ret;

	do {
		if (tap_timed_out())
			return -ETIMEDOUT;
		ret = axvcpu_run(v->fd);
	} while (ret == -EINTR);
	return tap_timed_out() ? -ETIMEDOUT : ret;
}

static void explain(const char *file, int line, struct vcpu *v, int ret, const char *want)
{
	char text[300];

	if (ret < 0) {
		tap_fail(file, line, "RUN: %s, expected %s", strerror(-ret), want);
		return;
	}
	axvcpu_exit_print(&v->run->exit, text, sizeof(text));
	tap_fail(file, line, "exit %s, expected %s", text, want);
	axvcpu_exit_hw_print(&v->run->exit, text, sizeof(text));
	tap_note("%s", text);
	if (v->area && v->area->vector)
		tap_note("last exception %llu error 0x%llx rip 0x%llx cr2 0x%llx",
			 (unsigned long long)v->area->vector,
			 (unsigned long long)v->area->error, (unsigned long long)v->area->rip,
			 (unsigned long long)v->area->cr2);
}

void vcpu_expect(const char *file, int line, struct vcpu *v, uint32_t reason)
{
	int ret = vcpu_run(v);

	if (ret == (int)reason && v->run->exit.reason == reason)
		return;
	explain(file, line, v, ret, axvcpu_exit_name(reason));
	tap_abort();
}

static bool is_done(struct vcpu *v, int ret, unsigned int code)
{
	const struct axvcpu_exit *e = &v->run->exit;

	return ret == AXVCPU_EXIT_IO_WRITE && e->io.port == GUEST_PORT_DONE &&
	       e->io.data == code;
}

void vcpu_expect_done(const char *file, int line, struct vcpu *v, unsigned int code)
{
	int ret = vcpu_run(v);

	if (is_done(v, ret, code))
		return;
	explain(file, line, v, ret, "the guest's end");
	tap_abort();
}

uint32_t vcpu_state(struct vcpu *v)
{
	struct axvcpu_stats stats;
	int ret = axvcpu_stats(v->fd, &stats);

	return ret < 0 ? (uint32_t)ret : stats.state;
}

bool vcpu_wait_state(struct vcpu *v, uint32_t state)
{
	while (!tap_timed_out()) {
		if (vcpu_state(v) == state)
			return true;
		sleep_us(200);
	}
	tap_fail(__FILE__, __LINE__, "state is %s, expected %s", axvcpu_state_name(vcpu_state(v)),
		 axvcpu_state_name(state));
	return false;
}

void vcpu_regs(struct vcpu *v, uint64_t sets, struct axvcpu_x86_regs *regs)
{
	REQUIRE_OK(axvcpu_get_regs(v->fd, sets, regs));
}

static bool thread_goes_on(struct vcpu_thread *t)
{
	if (t->ret < 0)
		return false;
	if (t->ret == AXVCPU_EXIT_NOTHING) {
		t->nothing++;
		return true;
	}
	return t->on_exit && t->on_exit(t->vcpu);
}

static void *thread_main(void *arg)
{
	struct vcpu_thread *t = arg;

	t->ret = axvcpu_bind(t->vcpu->fd);
	if (t->ret < 0)
		return NULL;
	do {
		t->ret = vcpu_run(t->vcpu);
	} while (!__atomic_load_n(&t->stop, __ATOMIC_ACQUIRE) && thread_goes_on(t));
	axvcpu_unbind(t->vcpu->fd);
	return NULL;
}

void vcpu_thread_start(struct vcpu_thread *t, struct vcpu *v)
{
	t->vcpu = v;
	t->stop = 0;
	t->ret = 0;
	REQUIRE_EQ(pthread_create(&t->thread, NULL, thread_main, t), 0);
}

void vcpu_thread_join(struct vcpu_thread *t)
{
	pthread_join(t->thread, NULL);
}

void vcpu_thread_stop(struct vcpu_thread *t)
{
	__atomic_store_n(&t->stop, 1, __ATOMIC_RELEASE);
	axvcpu_kick(t->vcpu->fd);
	pthread_join(t->thread, NULL);
}

int inject(struct vcpu *v, uint32_t type, uint32_t vector)
{
	struct axvcpu_event e = { .type = type, .vector = vector };

	return axvcpu_inject(v->fd, &e);
}

int inject_exception(struct vcpu *v, uint32_t vector, bool has_error, uint32_t error,
		     uint64_t address)
{
	struct axvcpu_event e = {
		.type = AXVCPU_EVENT_EXCEPTION,
		.flags = has_error ? AXVCPU_EVENT_ERROR_CODE : 0,
		.vector = vector,
		.error_code = error,
		.address = address,
	};

	return axvcpu_inject(v->fd, &e);
}

uint64_t now_ns(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return (uint64_t)ts.tv_sec * 1000000000 + ts.tv_nsec;
}

void sleep_us(unsigned int us)
{
	struct timespec ts = { .tv_sec = us / 1000000, .tv_nsec = us % 1000000 * 1000 };

	nanosleep(&ts, NULL);
}

struct kick_later {
	struct vcpu *vcpu;
	unsigned int us;
};

static void *kick_later_main(void *arg)
{
	struct kick_later *k = arg;

	sleep_us(k->us);
	axvcpu_kick(k->vcpu->fd);
	return NULL;
}

int vcpu_run_for(struct vcpu *v, unsigned int us)
{
	struct kick_later k = { v, us };
	pthread_t thread;
	int ret;

	REQUIRE_EQ(pthread_create(&thread, NULL, kick_later_main, &k), 0);
	ret = vcpu_run(v);
	pthread_join(thread, NULL);
	return ret;
}

void run_until_ready(struct vcpu *v)
{
	struct axvcpu_x86_regs regs;

	do {
		REQUIRE_EQ(vcpu_run_for(v, 2000), AXVCPU_EXIT_NOTHING);
		vcpu_regs(v, AXVCPU_REGS_X86_GPRS, &regs);
	} while (!(regs.gprs.rflags & 0x200));
}
