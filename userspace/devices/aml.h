/* SPDX-License-Identifier: MIT */
/* The few pieces of AML that a small DSDT needs. */
#ifndef AXVCPU_DEVICES_AML_H
#define AXVCPU_DEVICES_AML_H

#include <stddef.h>
#include <stdint.h>

struct aml {
	uint8_t *buf;
	size_t room;
	size_t len;	/* above room: it did not fit */
};

void aml_bytes(struct aml *a, const void *bytes, size_t n);
void aml_byte(struct aml *a, uint8_t byte);
/* Between begin and end: a body whose package length is put before it. */
size_t aml_begin(struct aml *a);
void aml_end(struct aml *a, size_t begin);
/* Name(SEG, ...): the value follows. */
void aml_name(struct aml *a, const char seg[4]);
void aml_int(struct aml *a, uint32_t value);
/* EISAID("PNP0501") as an integer. */
void aml_eisaid(struct aml *a, const char *id);

#endif
