// SPDX-License-Identifier: MIT
#include <ctype.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include <linux/axvcpu.h>

#include "machine/parse.h"

static int number(const char *text, uint64_t *value, char **end)
{
	if (!isdigit((unsigned char)*text))
		return -1;
	errno = 0;
	*value = strtoull(text, end, 0);
	return errno ? -1 : 0;
}

int parse_number(const char *text, uint64_t *value)
{
	char *end;

	return number(text, value, &end) || *end ? -1 : 0;
}

int parse_size(const char *text, uint64_t *bytes)
{
	static const char units[] = "KMGT";
	const char *unit;
	unsigned int shift = 20;
	char *end;

	if (number(text, bytes, &end))
		return -1;
	if (*end) {
		unit = strchr(units, toupper((unsigned char)*end));
		if (!unit)
			return -1;
		shift = 10 * (unit - units + 1);
		end++;
		if (*end && strcmp(end, "iB") && strcmp(end, "B"))
			return -1;
	}
	if (*bytes > UINT64_MAX >> shift)
		return -1;
	*bytes <<= shift;
	return 0;
}

int parse_flat(char *text, struct flat_file *flat)
{
	char *at = strrchr(text, '@');

	if (!at || at == text || parse_number(at + 1, &flat->gpa))
		return -1;
	*at = 0;
	flat->path = text;
	return 0;
}

int parse_mode(const char *text, uint32_t *mode)
{
	static const struct {
		const char *name;
		uint32_t mode;
	} modes[] = {
		{ "real16", AXVCPU_START_X86_REAL16 },
		{ "prot32", AXVCPU_START_X86_PROT32 },
		{ "long64", AXVCPU_START_X86_LONG64 },
	};
	unsigned int i;

	for (i = 0; i < sizeof(modes) / sizeof(modes[0]); i++) {
		if (strcmp(text, modes[i].name))
			continue;
		*mode = modes[i].mode;
		return 0;
	}
	return -1;
}
