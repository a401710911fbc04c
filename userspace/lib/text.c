// SPDX-License-Identifier: MIT
#include <stdarg.h>
#include <stdio.h>

#include "text.h"

void text_add(struct text *t, const char *fmt, ...)
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
