// SPDX-License-Identifier: MIT
#include <elf.h>
#include <string.h>

#include "loaders/elf.h"

int is_elf(const struct blob *blob)
{
	const uint8_t *h = blob_at(blob, 0, EI_NIDENT);

	return h && !memcmp(h, ELFMAG, SELFMAG);
}

struct layout {
	uint64_t phoff;
	unsigned int phnum, phentsize, machine;
};

static int read_header(const struct blob *blob, struct elf *elf, struct layout *l)
{
	Elf64_Ehdr h64;
	Elf32_Ehdr h32;
	const void *p;

	elf->is64 = blob->data[EI_CLASS] == ELFCLASS64;
	if (elf->is64) {
		p = blob_at(blob, 0, sizeof(h64));
		if (!p)
			return -1;
		memcpy(&h64, p, sizeof(h64));
		elf->entry = h64.e_entry;
		*l = (struct layout){ h64.e_phoff, h64.e_phnum, h64.e_phentsize, h64.e_machine };
		return l->phentsize == sizeof(Elf64_Phdr) ? 0 : -1;
	}
	p = blob_at(blob, 0, sizeof(h32));
	if (!p)
		return -1;
	memcpy(&h32, p, sizeof(h32));
	elf->entry = h32.e_entry;
	*l = (struct layout){ h32.e_phoff, h32.e_phnum, h32.e_phentsize, h32.e_machine };
	return l->phentsize == sizeof(Elf32_Phdr) ? 0 : -1;
}

static void read_segment(const void *p, int is64, struct elf_segment *s)
{
	Elf64_Phdr h64;
	Elf32_Phdr h32;

	if (is64) {
		memcpy(&h64, p, sizeof(h64));
		*s = (struct elf_segment){ h64.p_type, h64.p_offset, h64.p_vaddr,
					   h64.p_paddr, h64.p_filesz, h64.p_memsz };
	} else {
		memcpy(&h32, p, sizeof(h32));
		*s = (struct elf_segment){ h32.p_type, h32.p_offset, h32.p_vaddr,
					   h32.p_paddr, h32.p_filesz, h32.p_memsz };
	}
}

int elf_parse(const struct blob *blob, struct elf *elf, struct error *err)
{
	struct layout l;
	unsigned int i;

	memset(elf, 0, sizeof(*elf));
	if (!is_elf(blob) || blob->data[EI_DATA] != ELFDATA2LSB || read_header(blob, elf, &l))
		return error_set(err, STATUS_IMAGE, "%s: malformed ELF header", blob->path);
	if (l.machine != EM_386 && l.machine != EM_X86_64)
		return error_set(err, STATUS_IMAGE, "%s: ELF for another machine (%u)",
				 blob->path, l.machine);
	if (!l.phnum || l.phnum > ELF_SEGMENTS_MAX)
		return error_set(err, STATUS_IMAGE, "%s: ELF with %u program headers; 1 to %d are supported",
				 blob->path, l.phnum, ELF_SEGMENTS_MAX);
	for (i = 0; i < l.phnum; i++) {
		struct elf_segment *s = &elf->segments[elf->nr++];
		const void *p = l.phoff > blob->size ? NULL :
				blob_at(blob, l.phoff + i * l.phentsize, l.phentsize);

		if (!p)
			return error_set(err, STATUS_IMAGE, "%s: ELF program header %u is outside the file",
					 blob->path, i);
		read_segment(p, elf->is64, s);
		if (!blob_at(blob, s->offset, s->filesz))
			return error_set(err, STATUS_IMAGE, "%s: ELF segment %u is outside the file",
					 blob->path, i);
		if (s->type == PT_LOAD && s->filesz > s->memsz)
			return error_set(err, STATUS_IMAGE, "%s: ELF segment %u is longer in the file than in memory",
					 blob->path, i);
	}
	return 0;
}

int elf_load(struct guest_mem *mem, const struct blob *blob, const struct elf *elf,
	     struct error *err)
{
	unsigned int i, loaded = 0;

	for (i = 0; i < elf->nr; i++) {
		const struct elf_segment *s = &elf->segments[i];
		void *p;

		if (s->type != PT_LOAD || !s->memsz)
			continue;
		p = mem_claim(mem, s->paddr, s->memsz, "kernel segment", err);
		if (!p)
			return -1;
		memcpy(p, blob->data + s->offset, s->filesz);
		loaded++;
	}
	if (!loaded)
		return error_set(err, STATUS_IMAGE, "%s: ELF has nothing to load", blob->path);
	return 0;
}
