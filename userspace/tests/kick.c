// SPDX-License-Identifier: MIT
/* Kicks and signals are never lost, whatever the vCPU does when they come. */
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "tests/common/vm.h"

#define ROUNDS		300

static uint64_t nothings(struct vcpu_thread *t)
{
	return __atomic_load_n(&t->nothing, __ATOMIC_ACQUIRE);
}

static bool wait_nothing(struct vcpu_thread *t, uint64_t before)
{
	while (nothings(t) == before)
		if (tap_timed_out())
			return CHECK(!"the kick came through");
	return true;
}

/* Each kick ends the RUN that is on, or the next one: answered before the next is sent. */
static void kick_rounds(struct vcpu *v, const char *entry)
{
	struct vcpu_thread t = { 0 };
	struct axvcpu_stats stats;
	unsigned int i;

	vcpu_setup(v, entry);
	vcpu_thread_start(&t, v);
	for (i = 0; i < ROUNDS; i++) {
		uint64_t before = nothings(&t);

		/* At changing distances from the RUN before. */
		if (i % 3 == 1)
			sleep_us(i % 7 * 30);
		CHECK_ERRNO(axvcpu_kick(v->fd), 0);
		if (!wait_nothing(&t, before))
			break;
	}
	vcpu_thread_stop(&t);
	CHECK_EQ(t.ret, AXVCPU_EXIT_NOTHING);
	REQUIRE_OK(axvcpu_stats(v->fd, &stats));
	CHECK_EQ(stats.kicks, i + 1);
	CHECK_EQ(stats.user_exits[AXVCPU_EXIT_NOTHING], i + 1);
}

static struct vcpu *new_vcpu(uint32_t flags)
{
	struct vm *vm = vm_new(flags, GUEST_RAM);

	vm_load(vm, "basic");
	return vm_vcpu(vm, 0);
}

static void kick_running(const void *arg)
{
	struct vcpu *v = new_vcpu(0);

	(void)arg;
	kick_rounds(v, "spin");
	CHECK(v->area->value[0] > 0);
}

static void kick_blocked(const void *arg)
{
	struct vcpu *v = new_vcpu(AXVCPU_VM_IRQCHIP);
	struct axvcpu_stats stats;

	(void)arg;
	kick_rounds(v, "idle");
	/* It went on waiting each time: the guest saw nothing of it. */
	CHECK_EQ(v->area->value[0], 0);
	REQUIRE_OK(axvcpu_stats(v->fd, &stats));
	CHECK(stats.blocked > 0 && stats.blocked_ns > 0);
}

/* Kicks while it does not run: the next RUN ends at once, one for all of them. */
static void kick_before_run(const void *arg)
{
	struct vcpu *v = new_vcpu(0);

	(void)arg;
	vcpu_setup(v, "spin");
	REQUIRE_OK(axvcpu_kick(v->fd));
	REQUIRE_OK(axvcpu_bind(v->fd));
	EXPECT_EXIT(v, AXVCPU_EXIT_NOTHING);
	CHECK_EQ(v->area->value[0], 0);
	CHECK_EQ(v->run->exit.pc, vm_mark(v->vm, "spin"));
	REQUIRE_OK(axvcpu_kick(v->fd));
	REQUIRE_OK(axvcpu_kick(v->fd));
	EXPECT_EXIT(v, AXVCPU_EXIT_NOTHING);
	CHECK_EQ(v->area->value[0], 0);
	/* Not twice: this one needs a kick of its own. */
	CHECK_EQ(vcpu_run_for(v, 20000), AXVCPU_EXIT_NOTHING);
	CHECK(v->area->value[0] > 0);
}

struct storm {
	struct vcpu *v;
	int stop;
	uint64_t sent;
};

static void *storm_main(void *arg)
{
	struct storm *s = arg;

	while (!__atomic_load_n(&s->stop, __ATOMIC_ACQUIRE) && !tap_timed_out()) {
		axvcpu_kick(s->v->fd);
		__atomic_fetch_add(&s->sent, 1, __ATOMIC_RELAXED);
		if (s->sent % 64 == 0)
			sleep_us(50);
	}
	return NULL;
}

/* Exits with a meaning come through a storm of kicks: none lost, none doubled. */
static void storm(const void *arg)
{
	struct vcpu *v = vm_quick(0, "mmio", "ld_dword");
	struct storm s = { .v = v };
	pthread_t threads[2];
	unsigned int i;
	int ret;

	(void)arg;
	for (i = 0; i < 2; i++)
		REQUIRE_EQ(pthread_create(&threads[i], NULL, storm_main, &s), 0);
	for (i = 0; i < 100 && !tap_timed_out(); i++) {
		do {
			ret = vcpu_run(v);
		} while (ret == AXVCPU_EXIT_NOTHING);
		if (!CHECK_EQ(ret, AXVCPU_EXIT_MMIO_READ))
			break;
		v->run->value = i;
		do {
			ret = vcpu_run(v);
		} while (ret == AXVCPU_EXIT_NOTHING);
		if (!CHECK_EQ(ret, AXVCPU_EXIT_IO_WRITE) ||
		    !CHECK_EQ(v->area->value[0], i) || !CHECK_EQ(v->area->value[1], i + 1))
			break;
		REQUIRE_OK(axvcpu_unbind(v->fd));
		vcpu_start(v, "ld_dword");
	}
	__atomic_store_n(&s.stop, 1, __ATOMIC_RELEASE);
	for (i = 0; i < 2; i++)
		pthread_join(threads[i], NULL);
	tap_note("%llu kicks", (unsigned long long)s.sent);
}

static void kick_from_another_process(const void *arg)
{
	struct vcpu *v = new_vcpu(0);
	int status;
	pid_t pid;

	(void)arg;
	vcpu_start(v, "spin");
	fflush(stdout);
	pid = fork();
	REQUIRE(pid >= 0);
	if (!pid) {
		sleep_us(5000);
		_exit(axvcpu_kick(v->fd) ? 1 : 0);
	}
	EXPECT_EXIT(v, AXVCPU_EXIT_NOTHING);
	REQUIRE(waitpid(pid, &status, 0) == pid);
	CHECK_EQ(status, 0);
}

/* ------------------------------------------------------------------ signals */

static struct axvcpu_run *volatile run_area;	/* of the vCPU that the handler concerns, or NULL */
static volatile sig_atomic_t handled;

static void on_signal(int sig)
{
	(void)sig;
	handled++;
	if (run_area)
		run_area->immediate_exit = 1;
}

struct signaller {
	pthread_t target;
	struct vcpu *v;
	unsigned int rounds;
	unsigned int answered;		/* by the thread that runs */
};

static void *signaller_main(void *arg)
{
	struct signaller *s = arg;
	unsigned int i;

	for (i = 0; i < s->rounds && !tap_timed_out(); i++) {
		sleep_us(i % 5 * 40);
		pthread_kill(s->target, SIGUSR1);
		while (__atomic_load_n(&s->answered, __ATOMIC_ACQUIRE) == i && !tap_timed_out())
			sleep_us(20);
	}
	return NULL;
}

/* The handler sets immediate_exit: no window is left between looking and RUN. */
static void signal_rounds(struct vcpu *v)
{
	struct signaller s = { .target = pthread_self(), .v = v, .rounds = ROUNDS };
	struct sigaction sa = { .sa_handler = on_signal };
	unsigned int interrupted = 0;
	pthread_t thread;
	int ret, seen;

	sigaction(SIGUSR1, &sa, NULL);
	handled = 0;
	run_area = v->run;
	REQUIRE_EQ(pthread_create(&thread, NULL, signaller_main, &s), 0);
	while (s.answered < s.rounds && !tap_timed_out()) {
		seen = handled;
		ret = axvcpu_run(v->fd);
		if (ret != -EINTR && !CHECK_EQ(ret, AXVCPU_EXIT_NOTHING))
			break;
		interrupted += ret == -EINTR;
		v->run->immediate_exit = 0;
		if (handled > seen || (unsigned int)handled > s.answered)
			__atomic_store_n(&s.answered, handled, __ATOMIC_RELEASE);
	}
	pthread_join(thread, NULL);
	run_area = NULL;
	CHECK_EQ(handled, s.rounds);
	tap_note("%u of %u ended a RUN with EINTR", interrupted, s.rounds);
}

static void signal_running(const void *arg)
{
	struct vcpu *v = new_vcpu(0);

	(void)arg;
	vcpu_start(v, "spin");
	signal_rounds(v);
}

static void signal_blocked(const void *arg)
{
	struct vcpu *v = new_vcpu(AXVCPU_VM_IRQCHIP);

	(void)arg;
	vcpu_start(v, "idle");
	signal_rounds(v);
	CHECK_EQ(v->area->value[0], 0);
}

/* After EINTR a pending read is completed: once, with the value that was given. */
static void signal_and_completion(const void *arg)
{
	struct sigaction sa = { .sa_handler = on_signal };
	struct vcpu *v = vm_quick(0, "mmio", "ld_dword");
	int ret;

	(void)arg;
	sigaction(SIGUSR1, &sa, NULL);
	EXPECT_EXIT(v, AXVCPU_EXIT_MMIO_READ);
	v->run->value = 0x5151;
	run_area = v->run;
	raise(SIGUSR1);
	run_area = NULL;
	ret = axvcpu_run(v->fd);
	CHECK_EQ(ret, AXVCPU_EXIT_NOTHING);
	v->run->immediate_exit = 0;
	v->run->value = 0x6262;
	EXPECT_DONE(v, GUEST_DONE_OK);
	CHECK_EQ(v->area->value[0], 0x5151);
}

static const struct tap_test tests[] = {
	{ "kick_running", kick_running, NULL },
	{ "kick_blocked", kick_blocked, NULL },
	{ "kick_before_run", kick_before_run, NULL },
	{ "exits_in_a_storm_of_kicks", storm, NULL },
	{ "kick_from_another_process", kick_from_another_process, NULL },
	{ "signal_running", signal_running, NULL },
	{ "signal_blocked", signal_blocked, NULL },
	{ "signal_and_completion", signal_and_completion, NULL },
};

int main(void)
{
	return tap_main(tests, ARRAY_SIZE(tests));
}
