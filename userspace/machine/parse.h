/* SPDX-License-Identifier: MIT */
/* Option values of "axvcpu run". */
#ifndef AXVCPU_MACHINE_PARSE_H
#define AXVCPU_MACHINE_PARSE_H

#include <stdint.h>

#include "loaders/image.h"

/* 0, or -1 if @text is not such a value. */
int parse_number(const char *text, uint64_t *value);
/* With an optional K, M, G or T behind it; without one: MiB. */
int parse_size(const char *text, uint64_t *bytes);
/* FILE@ADDR; cuts @text in two. */
int parse_flat(char *text, struct flat_file *flat);
/* real16, prot32 or long64. */
int parse_mode(const char *text, uint32_t *mode);

#endif
