/* SPDX-License-Identifier: MIT */
/* Named tests with TAP output, checks that say what differs, and a limit on every wait. */
#ifndef TESTS_COMMON_TAP_H
#define TESTS_COMMON_TAP_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/**
 * struct tap_test - one line of TAP
 * @name: words with underscores
 * @fn: the test; @arg comes along
 * @arg: row of the test's table, may be NULL
 */
struct tap_test {
	const char *name;
	void (*fn)(const void *arg);
	const void *arg;
};

#define ARRAY_SIZE(a)	(sizeof(a) / sizeof((a)[0]))

/* Runs them all; returns the process status. */
int tap_main(const struct tap_test *tests, size_t nr);
/* The whole program needs what this machine lacks. */
int tap_skip_all(const char *why);

/* Called after each test, whatever its end: give back what it holds. */
void tap_cleanup(void (*fn)(void));
/* Called when a test takes too long, in signal context: end its waits. */
void tap_on_timeout(void (*fn)(void));
bool tap_timed_out(void);
/* Seconds that one test may take. */
void tap_limit(unsigned int seconds);

void tap_note(const char *fmt, ...) __attribute__((format(printf, 1, 2)));
/* Mark the running test failed; from any thread. */
void tap_fail(const char *file, int line, const char *fmt, ...)
	__attribute__((format(printf, 3, 4)));
/* End the running test; from the main thread only. */
void tap_abort(void) __attribute__((noreturn));
void tap_skip(const char *fmt, ...) __attribute__((noreturn, format(printf, 1, 2)));

bool tap_eq(const char *file, int line, const char *what, uint64_t got, uint64_t want);
bool tap_errno(const char *file, int line, const char *what, int64_t got, int want);
bool tap_mem(const char *file, int line, const char *what, const void *got,
	     const void *want, size_t len);

#define CHECK(cond) \
	((cond) ? true : (tap_fail(__FILE__, __LINE__, "not true: %s", #cond), false))
#define CHECK_EQ(got, want) \
	tap_eq(__FILE__, __LINE__, #got, (uint64_t)(got), (uint64_t)(want))
/* @got is 0 or -errno, @want an errno without sign. */
#define CHECK_ERRNO(got, want) \
	tap_errno(__FILE__, __LINE__, #got, (got), (want))
#define CHECK_MEM(got, want, len) \
	tap_mem(__FILE__, __LINE__, #got, (got), (want), (len))

/* The same, but the test cannot go on without it. */
#define REQUIRE(cond)		do { if (!CHECK(cond)) tap_abort(); } while (0)
#define REQUIRE_EQ(got, want)	do { if (!CHECK_EQ(got, want)) tap_abort(); } while (0)
#define REQUIRE_OK(call)	do { if (!CHECK_ERRNO(call, 0)) tap_abort(); } while (0)

#endif
