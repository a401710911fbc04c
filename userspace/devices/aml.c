// SPDX-License-Identifier: MIT
/* Encodings: ACPI specification, chapter "ACPI Machine Language". */
#include <string.h>

#include "devices/aml.h"

void aml_bytes(struct aml *a, const void *bytes, size_t n)
{
	if (a->len <= a->room && n <= a->room - a->len)
		memcpy(a->buf + a->len, bytes, n);
	a->len += n;
}

void aml_byte(struct aml *a, uint8_t byte)
{
	aml_bytes(a, &byte, 1);
}

/* Always the two-byte form, so that the body need not move afterwards. */
size_t aml_begin(struct aml *a)
{
	aml_bytes(a, "\0", 2);
	return a->len - 2;
}

void aml_end(struct aml *a, size_t begin)
{
	size_t len = a->len - begin;

	if (a->len > a->room)
		return;
	a->buf[begin] = 0x40 | (len & 0x0f);
	a->buf[begin + 1] = len >> 4;
}

void aml_name(struct aml *a, const char seg[4])
{
	aml_byte(a, 0x08);
	aml_bytes(a, seg, 4);
}

void aml_int(struct aml *a, uint32_t value)
{
	uint8_t le[4] = { value, value >> 8, value >> 16, value >> 24 };
	unsigned int n = value > 0xffff ? 4 : value > 0xff ? 2 : 1;

	if (value <= 1) {
		aml_byte(a, value);		/* ZeroOp, OneOp */
		return;
	}
	aml_byte(a, n == 4 ? 0x0c : n == 2 ? 0x0b : 0x0a);
	aml_bytes(a, le, n);
}

static unsigned int hex(char c)
{
	return c <= '9' ? c - '0' : c - 'A' + 10;
}

void aml_eisaid(struct aml *a, const char *id)
{
	unsigned int vendor = (id[0] - 0x40) << 10 | (id[1] - 0x40) << 5 | (id[2] - 0x40);
	uint8_t be[4] = {
		vendor >> 8, vendor,
		hex(id[3]) << 4 | hex(id[4]), hex(id[5]) << 4 | hex(id[6]),
	};

	aml_byte(a, 0x0c);
	aml_bytes(a, be, 4);
}
