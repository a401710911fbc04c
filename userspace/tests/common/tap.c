// SPDX-License-Identifier: MIT
/* Named tests with TAP output, checks that say what differs, and a limit on every wait. */
#include <errno.h>
#include <pthread.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/time.h>
#include <unistd.h>

#include "tests/common/tap.h"

#define DEFAULT_LIMIT	40	/* seconds; emulated hosts with a debug kernel are slow */
#define GRACE		5	/* seconds for a test to end after its waits were ended */
#define MAX_NOTES	40	/* failures of one test that are told */

static struct {
	jmp_buf out;
	pthread_t main;
	atomic_int failures;
	atomic_int timed_out;
	char skip[160];
	void (*cleanup)(void);
	void (*on_timeout)(void);
	const char *name;
	unsigned int number;
} tap;

void tap_cleanup(void (*fn)(void))
{
	tap.cleanup = fn;
}

void tap_on_timeout(void (*fn)(void))
{
	tap.on_timeout = fn;
}

bool tap_timed_out(void)
{
	return atomic_load(&tap.timed_out);
}

/* The period after the first goes on: a wait entered just after the signal ends as well. */
static void arm(unsigned int seconds)
{
	struct itimerval it = {
		.it_value.tv_sec = seconds,
		.it_interval.tv_usec = seconds ? 100000 : 0,
	};

	setitimer(ITIMER_REAL, &it, NULL);
}

void tap_limit(unsigned int seconds)
{
	const char *scale = getenv("AXVCPU_TEST_SCALE");

	arm(seconds * (scale && atoi(scale) > 0 ? atoi(scale) : 1));
}

static void give_up(void)
{
	char text[200];
	int n = snprintf(text, sizeof(text), "not ok %u - %s\nBail out! it does not end\n",
			 tap.number, tap.name);

	if (write(STDOUT_FILENO, text, n) < 0)
		_exit(3);
	_exit(2);
}

static void on_alarm(int sig)
{
	int saved = errno;

	(void)sig;
	if (atomic_fetch_add(&tap.timed_out, 1) == GRACE * 10)
		give_up();
	if (tap.on_timeout)
		tap.on_timeout();
	errno = saved;
}

static void note(const char *file, int line, const char *fmt, va_list ap)
{
	char text[400];

	vsnprintf(text, sizeof(text), fmt, ap);
	if (file)
		printf("# %s:%d: %s\n", file, line, text);
	else
		printf("# %s\n", text);
}

void tap_note(const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	note(NULL, 0, fmt, ap);
	va_end(ap);
}

void tap_fail(const char *file, int line, const char *fmt, ...)
{
	va_list ap;

	if (atomic_fetch_add(&tap.failures, 1) >= MAX_NOTES)
		return;
	va_start(ap, fmt);
	note(file, line, fmt, ap);
	va_end(ap);
}

void tap_abort(void)
{
	if (!pthread_equal(pthread_self(), tap.main)) {
		printf("# a helper thread cannot go on\n");
		pthread_exit(NULL);
	}
	longjmp(tap.out, 1);
}

void tap_skip(const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(tap.skip, sizeof(tap.skip), fmt, ap);
	va_end(ap);
	tap_abort();
}

bool tap_eq(const char *file, int line, const char *what, uint64_t got, uint64_t want)
{
	if (got == want)
		return true;
	tap_fail(file, line, "%s is 0x%llx, expected 0x%llx", what, (unsigned long long)got,
		 (unsigned long long)want);
	return false;
}

bool tap_errno(const char *file, int line, const char *what, int64_t got, int want)
{
	if (want ? got == -want : got >= 0)
		return true;
	tap_fail(file, line, "%s is %lld (%s), expected %s", what, (long long)got,
		 got < 0 ? strerror(-got) : "success", want ? strerror(want) : "success");
	return false;
}

bool tap_mem(const char *file, int line, const char *what, const void *got, const void *want,
	     size_t len)
{
	const uint8_t *g = got, *w = want;
	size_t i;

	for (i = 0; i < len && g[i] == w[i]; i++)
		;
	if (i == len)
		return true;
	tap_fail(file, line, "%s differs from byte %zu on: 0x%02x, expected 0x%02x", what, i,
		 g[i], w[i]);
	return false;
}

/*
 * Tests that this host cannot run, because of its own faults: lines "PROGRAM TEST REASON" in
 * the file that AXVCPU_TEST_SKIP names.
 */
static bool excused(const char *name)
{
	const char *path = getenv("AXVCPU_TEST_SKIP");
	FILE *f = path ? fopen(path, "r") : NULL;
	char program[64], test[64], line[256];
	bool found = false;
	int reason;

	while (f && !found && fgets(line, sizeof(line), f)) {
		line[strcspn(line, "\n")] = 0;
		if (sscanf(line, "%63s %63s %n", program, test, &reason) < 2)
			continue;
		found = !strcmp(program, program_invocation_short_name) && !strcmp(test, name);
		if (found)
			snprintf(tap.skip, sizeof(tap.skip), "%s", line + reason);
	}
	if (f)
		fclose(f);
	return found;
}

static void run_test(const struct tap_test *t)
{
	tap.name = t->name;
	tap.number++;
	tap.skip[0] = 0;
	if (excused(t->name)) {
		printf("ok %u - %s # SKIP %s\n", tap.number, t->name, tap.skip);
		return;
	}
	atomic_store(&tap.failures, 0);
	atomic_store(&tap.timed_out, 0);
	tap_limit(DEFAULT_LIMIT);
	if (!setjmp(tap.out))
		t->fn(t->arg);
	if (tap.cleanup)
		tap.cleanup();
	arm(0);
	if (tap_timed_out())
		tap_fail(__FILE__, __LINE__, "took too long");
	if (atomic_load(&tap.failures))
		printf("not ok %u - %s\n", tap.number, t->name);
	else if (tap.skip[0])
		printf("ok %u - %s # SKIP %s\n", tap.number, t->name, tap.skip);
	else
		printf("ok %u - %s\n", tap.number, t->name);
}

static void install_alarm(void)
{
	struct sigaction sa = { .sa_handler = on_alarm };

	sigaction(SIGALRM, &sa, NULL);
}

/* A name in AXVCPU_TEST_ONLY chooses the tests whose names contain it. */
int tap_main(const struct tap_test *tests, size_t nr)
{
	const char *only = getenv("AXVCPU_TEST_ONLY");
	size_t i, chosen = 0;
	int failed = 0;

	setvbuf(stdout, NULL, _IOLBF, 0);
	tap.main = pthread_self();
	install_alarm();
	for (i = 0; i < nr; i++)
		chosen += !only || strstr(tests[i].name, only);
	printf("TAP version 13\n1..%zu\n", chosen);
	for (i = 0; i < nr; i++) {
		if (only && !strstr(tests[i].name, only))
			continue;
		run_test(&tests[i]);
		failed += atomic_load(&tap.failures) != 0;
	}
	return failed ? 1 : 0;
}

int tap_skip_all(const char *why)
{
	printf("TAP version 13\n1..0 # SKIP %s\n", why);
	return 0;
}
