/* SPDX-License-Identifier: MIT */
/* Results of one test program in TAP. A test is a function; a row is a sentence. */
#ifndef AXVCPU_UNIT_TAP_H
#define AXVCPU_UNIT_TAP_H

#include <inttypes.h>
#include <stdint.h>

struct test {
	const char *name;
	void (*fn)(void);
};

/* Plan, run, one result each. Returns the program's exit status. */
int tap_run(const struct test *tests, unsigned int nr);
/* The running test fails; it goes on, so that all that is wrong comes out. */
void tap_fail(const char *file, int line, const char *fmt, ...)
	__attribute__((format(printf, 3, 4)));
void tap_skip(const char *why);

#define CHECK(cond) do { \
	if (!(cond)) \
		tap_fail(__FILE__, __LINE__, "%s", #cond); \
} while (0)

#define CHECK_EQ(got, want) do { \
	uint64_t got_ = (got), want_ = (want); \
	if (got_ != want_) \
		tap_fail(__FILE__, __LINE__, "%s: got 0x%" PRIx64 ", want 0x%" PRIx64, \
			 #got, got_, want_); \
} while (0)

#define CHECK_STR(got, want) tap_check_str(__FILE__, __LINE__, got, want)
void tap_check_str(const char *file, int line, const char *got, const char *want);
/* @part occurs in @got. */
#define CHECK_HAS(got, part) tap_check_has(__FILE__, __LINE__, got, part)
void tap_check_has(const char *file, int line, const char *got, const char *part);

#define TAP_MAIN(tests) \
	int main(void) \
	{ \
		return tap_run(tests, sizeof(tests) / sizeof((tests)[0])); \
	}

#endif
