/* SPDX-License-Identifier: MIT */
/* ELF executables of both widths, as far as a loader must read them. */
#ifndef AXVCPU_LOADERS_ELF_H
#define AXVCPU_LOADERS_ELF_H

#include "loaders/image.h"

#define ELF_SEGMENTS_MAX	32

struct elf_segment {
	uint32_t type;
	uint64_t offset;
	uint64_t vaddr;
	uint64_t paddr;
	uint64_t filesz;
	uint64_t memsz;
};

struct elf {
	int is64;
	uint64_t entry;
	struct elf_segment segments[ELF_SEGMENTS_MAX];
	unsigned int nr;
};

int is_elf(const struct blob *blob);
/* 0, or -1 with @err set; afterwards file ranges of all segments are inside the file. */
int elf_parse(const struct blob *blob, struct elf *elf, struct error *err);
/* Copy what is loadable to its physical addresses. */
int elf_load(struct guest_mem *mem, const struct blob *blob, const struct elf *elf,
	     struct error *err);

#endif
