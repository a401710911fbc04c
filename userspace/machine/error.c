// SPDX-License-Identifier: MIT
#include <stdarg.h>
#include <stdio.h>

#include "machine/error.h"

void error_fill(struct error *err, int status, const char *fmt, ...)
{
	va_list ap;

	err->status = status;
	va_start(ap, fmt);
	vsnprintf(err->text, sizeof(err->text), fmt, ap);
	va_end(ap);
}
