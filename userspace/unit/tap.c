// SPDX-License-Identifier: MIT
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "unit/tap.h"

static unsigned int failures;
static const char *skipped;

void tap_fail(const char *file, int line, const char *fmt, ...)
{
	va_list ap;

	failures++;
	printf("# %s:%d: ", file, line);
	va_start(ap, fmt);
	vprintf(fmt, ap);
	va_end(ap);
	putchar('\n');
}

void tap_skip(const char *why)
{
	skipped = why;
}

void tap_check_str(const char *file, int line, const char *got, const char *want)
{
	if (strcmp(got, want))
		tap_fail(file, line, "got \"%s\", want \"%s\"", got, want);
}

void tap_check_has(const char *file, int line, const char *got, const char *part)
{
	if (!strstr(got, part))
		tap_fail(file, line, "got \"%s\", which has no \"%s\"", got, part);
}

int tap_run(const struct test *tests, unsigned int nr)
{
	unsigned int i, bad = 0;

	setvbuf(stdout, NULL, _IOLBF, 0);
	printf("TAP version 13\n1..%u\n", nr);
	for (i = 0; i < nr; i++) {
		failures = 0;
		skipped = NULL;
		tests[i].fn();
		printf("%sok %u - %s%s%s\n", failures ? "not " : "", i + 1, tests[i].name,
		       skipped ? " # SKIP " : "", skipped ? skipped : "");
		bad += failures != 0;
	}
	return bad != 0;
}
