/* SPDX-License-Identifier: MIT */
/* Text that grows in a caller's buffer, with snprintf's promise about lengths. */
#ifndef AXVCPU_LIB_TEXT_H
#define AXVCPU_LIB_TEXT_H

#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>

struct text {
	char *buf;
	size_t room;
	size_t used;	/* length of the whole text, also what did not fit */
};

__attribute__((format(printf, 2, 3), unused))
static void text_add(struct text *t, const char *fmt, ...)
{
	size_t left = t->used < t->room ? t->room - t->used : 0;
	va_list ap;
	int n;

	va_start(ap, fmt);
	n = vsnprintf(left ? t->buf + t->used : NULL, left, fmt, ap);
	va_end(ap);
	if (n > 0)
		t->used += n;
}

#endif
