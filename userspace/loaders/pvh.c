// SPDX-License-Identifier: MIT
/* ELF with a PVH note: Xen's docs/misc/pvh and public/arch-x86/hvm/start_info.h. */
#include <elf.h>
#include <stdio.h>
#include <string.h>

#include <linux/axvcpu.h>

#include "loaders/elf.h"

#define NOTE_PHYS32_ENTRY	18
#define START_MAGIC		0x336ec578

struct start_info {
	uint32_t magic;
	uint32_t version;
	uint32_t flags;
	uint32_t nr_modules;
	uint64_t modlist_paddr;
	uint64_t cmdline_paddr;
	uint64_t rsdp_paddr;
	uint64_t memmap_paddr;
	uint32_t memmap_entries;
	uint32_t reserved;
};

struct module {
	uint64_t paddr;
	uint64_t size;
	uint64_t cmdline_paddr;
	uint64_t reserved;
};

struct memmap_entry {
	uint64_t addr;
	uint64_t size;
	uint32_t type;
	uint32_t reserved;
};

struct pvh_info {
	struct start_info start;
	struct module initrd;
	struct memmap_entry memmap[MEM_RANGES_MAX];
};

#define AT(field)	(GPA_BOOT_INFO + offsetof(struct pvh_info, field))

static uint64_t align4(uint64_t n)
{
	return (n + 3) & ~3ULL;
}

/* 1 and *entry if this note names it. */
static int note_entry(const Elf32_Nhdr *note, const uint8_t *name, uint64_t *entry)
{
	if (note->n_type != NOTE_PHYS32_ENTRY || note->n_namesz != 4 ||
	    memcmp(name, "Xen", 4) || (note->n_descsz != 4 && note->n_descsz != 8))
		return 0;
	*entry = 0;
	memcpy(entry, name + 4, note->n_descsz);
	return 1;
}

static int find_in_notes(const uint8_t *p, uint64_t len, uint64_t *entry)
{
	Elf32_Nhdr note;

	while (len >= sizeof(note)) {
		uint64_t body;

		memcpy(&note, p, sizeof(note));
		p += sizeof(note);
		len -= sizeof(note);
		body = align4(note.n_namesz) + align4(note.n_descsz);
		/* The last description may lack its padding. */
		if (align4(note.n_namesz) + note.n_descsz > len)
			return 0;
		if (note_entry(&note, p, entry))
			return 1;
		if (body > len)
			return 0;
		p += body;
		len -= body;
	}
	return 0;
}

static int find_entry(const struct blob *kernel, const struct elf *elf, uint64_t *entry)
{
	unsigned int i;

	for (i = 0; i < elf->nr; i++) {
		const struct elf_segment *s = &elf->segments[i];

		if (s->type == PT_NOTE &&
		    find_in_notes(kernel->data + s->offset, s->filesz, entry))
			return 1;
	}
	return 0;
}

int is_pvh(const struct blob *kernel)
{
	struct error ignored;
	struct elf elf;
	uint64_t entry;

	if (!is_elf(kernel))
		return 0;
	/* A damaged ELF is taken too, so that its own message comes out. */
	return elf_parse(kernel, &elf, &ignored) || find_entry(kernel, &elf, &entry);
}

static int put_info(struct guest_mem *mem, const struct load_request *req, struct error *err)
{
	struct pvh_info *info = mem_claim(mem, GPA_BOOT_INFO, sizeof(*info), "PVH start info", err);
	struct mem_range ranges[MEM_RANGES_MAX];
	uint64_t initrd, initrd_size;
	unsigned int n, i;

	if (!info || put_initrd(mem, req, GPA_HOLE, &initrd, &initrd_size, err))
		return -1;
	n = mem_ranges(mem, ranges);
	info->start = (struct start_info){
		.magic = START_MAGIC,
		.version = 1,
		.nr_modules = initrd_size != 0,
		.modlist_paddr = initrd_size ? AT(initrd) : 0,
		.cmdline_paddr = GPA_CMDLINE,
		.rsdp_paddr = req->rsdp,
		.memmap_paddr = AT(memmap),
		.memmap_entries = n,
	};
	info->initrd = (struct module){ .paddr = initrd, .size = initrd_size };
	for (i = 0; i < n; i++)
		info->memmap[i] = (struct memmap_entry){ ranges[i].start, ranges[i].len,
							 ranges[i].type, 0 };
	return 0;
}

int load_pvh(struct guest_mem *mem, const struct load_request *req,
	     const struct blob *kernel, struct boot *boot, struct error *err)
{
	static const char linux_mark[] = "Linux version ";
	char cmdline[CMDLINE_ROOM];
	struct elf elf;
	uint64_t entry;

	if (elf_parse(kernel, &elf, err))
		return -1;
	if (!find_entry(kernel, &elf, &entry))
		return error_set(err, STATUS_IMAGE, "%s: ELF without a PVH note", kernel->path);
	if (entry > UINT32_MAX)
		return error_set(err, STATUS_IMAGE, "%s: PVH entry 0x%llx is above 4 GiB",
				 kernel->path, (unsigned long long)entry);
	if (elf_load(mem, kernel, &elf, err))
		return -1;
	/* Other kernels may hand their command line to a program: leave it alone. */
	if (memmem(kernel->data, kernel->size, linux_mark, sizeof(linux_mark) - 1))
		linux_cmdline(cmdline, sizeof(cmdline), req);
	else
		snprintf(cmdline, sizeof(cmdline), "%s", req->cmdline);
	if (put_cmdline(mem, cmdline, CMDLINE_ROOM, err) || put_info(mem, req, err))
		return -1;
	boot->protocol = "ELF, PVH";
	boot->mode = AXVCPU_START_X86_PROT32;
	boot->entry = entry;
	boot->gpr[GPR_RBX] = GPA_BOOT_INFO;
	boot->gpr_set = 1 << GPR_RBX;
	return 0;
}
