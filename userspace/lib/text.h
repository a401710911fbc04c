/* SPDX-License-Identifier: MIT */
/* Text that grows in a caller's buffer, with snprintf's promise about lengths. */
#ifndef AXVCPU_LIB_TEXT_H
#define AXVCPU_LIB_TEXT_H

#include <stddef.h>

struct text {
	char *buf;
	size_t room;
	size_t used;	/* length of the whole text, also what did not fit */
};

void text_add(struct text *t, const char *fmt, ...) __attribute__((format(printf, 2, 3)));

#endif
