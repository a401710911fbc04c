// SPDX-License-Identifier: MIT
/* Multiboot specification 0.6.96 (version 1 of the protocol). */
#include <stdio.h>
#include <string.h>

#include <linux/axvcpu.h>

#include "loaders/elf.h"

#define HEADER_MAGIC	0x1badb002
#define LOADER_MAGIC	0x2badb002
#define SEARCH		8192

#define WANT_VIDEO	(1U << 2)	/* may be left unanswered: info.flags says so */
#define WANT_KNOWN	((1U << 0) | (1U << 1) | WANT_VIDEO)
#define WANT_MASK	0xffffU
#define HAS_ADDRESSES	(1U << 16)

#define INFO_MEMORY	(1U << 0)
#define INFO_CMDLINE	(1U << 2)
#define INFO_MODS	(1U << 3)
#define INFO_MMAP	(1U << 6)
#define INFO_LOADER	(1U << 9)

struct header {
	uint32_t magic, flags, checksum;
	uint32_t header_addr, load_addr, load_end_addr, bss_end_addr, entry_addr;
};

struct mb_info {
	uint32_t flags;
	uint32_t mem_lower, mem_upper;
	uint32_t boot_device;
	uint32_t cmdline;
	uint32_t mods_count, mods_addr;
	uint32_t syms[4];
	uint32_t mmap_length, mmap_addr;
	uint32_t drives_length, drives_addr;
	uint32_t config_table;
	uint32_t boot_loader_name;
	uint32_t rest[13];
};

struct mb_module {
	uint32_t start, end, string, reserved;
};

struct mb_range {
	uint32_t size;		/* of what follows */
	uint64_t addr, len;
	uint32_t type;
} __attribute__((packed));

struct mb_area {
	struct mb_info info;
	struct mb_module initrd;
	struct mb_range mmap[MEM_RANGES_MAX];
	char name[8];
};

#define AT(field)	((uint32_t)(GPA_BOOT_INFO + offsetof(struct mb_area, field)))

/* Offset of the header in the file, or -1. */
static long find_header(const struct blob *kernel, struct header *h)
{
	size_t at, end = kernel->size < SEARCH ? kernel->size : SEARCH;

	for (at = 0; at + 12 <= end; at += 4) {
		memset(h, 0, sizeof(*h));
		memcpy(h, kernel->data + at, 12);
		if (h->magic != HEADER_MAGIC || h->magic + h->flags + h->checksum)
			continue;
		if (blob_at(kernel, at, sizeof(*h)))
			memcpy(h, kernel->data + at, sizeof(*h));
		else if (h->flags & HAS_ADDRESSES)
			continue;
		return at;
	}
	return -1;
}

int is_multiboot(const struct blob *kernel)
{
	struct header h;

	return find_header(kernel, &h) >= 0;
}

static int load_addresses(struct guest_mem *mem, const struct blob *kernel,
			  const struct header *h, uint64_t at, uint64_t *end,
			  struct error *err)
{
	uint64_t offset, file_len, mem_len;
	void *p;

	if (h->load_addr > h->header_addr || h->header_addr - h->load_addr > at)
		return error_set(err, STATUS_IMAGE, "%s: multiboot load_addr 0x%x is not in the file",
				 kernel->path, h->load_addr);
	offset = at - (h->header_addr - h->load_addr);
	file_len = h->load_end_addr ? (uint64_t)h->load_end_addr - h->load_addr :
		   kernel->size - offset;
	if (h->load_end_addr && h->load_end_addr < h->load_addr)
		file_len = UINT64_MAX;
	if (!blob_at(kernel, offset, file_len))
		return error_set(err, STATUS_IMAGE, "%s: multiboot load_end_addr 0x%x is not in the file",
				 kernel->path, h->load_end_addr);
	mem_len = file_len;
	if (h->bss_end_addr && h->bss_end_addr < h->load_addr + file_len)
		return error_set(err, STATUS_IMAGE, "%s: multiboot bss_end_addr 0x%x is before the end of its data",
				 kernel->path, h->bss_end_addr);
	if (h->bss_end_addr)
		mem_len = (uint64_t)h->bss_end_addr - h->load_addr;
	p = mem_claim(mem, h->load_addr, mem_len, "kernel", err);
	if (!p)
		return -1;
	memcpy(p, kernel->data + offset, file_len);
	*end = h->load_addr + mem_len;
	return 0;
}

/* Entries are physical, but linkers write virtual ones: bring those back. */
static uint64_t physical_entry(const struct elf *elf)
{
	unsigned int i;

	for (i = 0; i < elf->nr; i++) {
		const struct elf_segment *s = &elf->segments[i];

		if (s->type == 1 && elf->entry >= s->vaddr && elf->entry - s->vaddr < s->memsz)
			return elf->entry - s->vaddr + s->paddr;
	}
	return elf->entry;
}

static int load_elf(struct guest_mem *mem, const struct blob *kernel, uint64_t *entry,
		    uint64_t *end, struct error *err)
{
	struct elf elf;
	unsigned int i;

	if (elf_parse(kernel, &elf, err) || elf_load(mem, kernel, &elf, err))
		return -1;
	*entry = physical_entry(&elf);
	*end = 0;
	for (i = 0; i < elf.nr; i++)
		if (elf.segments[i].type == 1 &&
		    elf.segments[i].paddr + elf.segments[i].memsz > *end)
			*end = elf.segments[i].paddr + elf.segments[i].memsz;
	return 0;
}

/* Right behind the kernel, where it has mapped memory or soon will. */
static int put_module(struct guest_mem *mem, const struct load_request *req, uint64_t after,
		      struct mb_area *area, struct error *err)
{
	uint64_t gpa = ((after > GPA_1M ? after : GPA_1M) + 4095) & ~4095ULL;
	struct blob initrd;
	void *p;

	if (!req->initrd)
		return 0;
	if (blob_read(&initrd, req->initrd, err))
		return -1;
	p = mem_claim(mem, gpa, initrd.size, "initrd", err);
	if (p)
		memcpy(p, initrd.data, initrd.size);
	area->initrd = (struct mb_module){ gpa, gpa + initrd.size, 0, 0 };
	area->info.mods_count = 1;
	area->info.mods_addr = AT(initrd);
	blob_free(&initrd);
	return p ? 0 : -1;
}

static void put_ranges(const struct guest_mem *mem, struct mb_area *area)
{
	struct mem_range ranges[MEM_RANGES_MAX];
	unsigned int n = mem_ranges(mem, ranges), i;

	for (i = 0; i < n; i++)
		area->mmap[i] = (struct mb_range){ sizeof(struct mb_range) - 4,
						   ranges[i].start, ranges[i].len,
						   ranges[i].type };
	area->info.mmap_addr = AT(mmap);
	area->info.mmap_length = n * sizeof(struct mb_range);
}

static int put_info(struct guest_mem *mem, const struct load_request *req, uint64_t after,
		    struct error *err)
{
	struct mb_area *area = mem_claim(mem, GPA_BOOT_INFO, sizeof(*area), "multiboot info", err);

	if (!area || put_cmdline(mem, req->cmdline, CMDLINE_ROOM, err) ||
	    put_module(mem, req, after, area, err))
		return -1;
	put_ranges(mem, area);
	memcpy(area->name, "axvcpu", 7);
	area->info.flags = INFO_MEMORY | INFO_CMDLINE | INFO_MODS | INFO_MMAP | INFO_LOADER;
	area->info.mem_lower = GPA_EBDA >> 10;
	area->info.mem_upper = (mem->low_size - GPA_1M) >> 10;
	area->info.cmdline = GPA_CMDLINE;
	area->info.boot_loader_name = AT(name);
	return 0;
}

int load_multiboot(struct guest_mem *mem, const struct load_request *req,
		   const struct blob *kernel, struct boot *boot, struct error *err)
{
	uint64_t entry, end;
	struct header h;
	long at = find_header(kernel, &h);

	if (at < 0)
		return error_set(err, STATUS_IMAGE, "%s: no multiboot header", kernel->path);
	if (h.flags & WANT_MASK & ~WANT_KNOWN)
		return error_set(err, STATUS_IMAGE, "%s: multiboot features 0x%x are not known",
				 kernel->path, h.flags & WANT_MASK & ~WANT_KNOWN);
	if (h.flags & HAS_ADDRESSES) {
		entry = h.entry_addr;
		if (load_addresses(mem, kernel, &h, at, &end, err))
			return -1;
	} else if (!is_elf(kernel)) {
		return error_set(err, STATUS_IMAGE, "%s: multiboot image that is no ELF and gives no addresses",
				 kernel->path);
	} else if (load_elf(mem, kernel, &entry, &end, err)) {
		return -1;
	}
	if (entry > UINT32_MAX)
		return error_set(err, STATUS_IMAGE, "%s: entry 0x%llx is above 4 GiB",
				 kernel->path, (unsigned long long)entry);
	boot->protocol = "multiboot";
	boot->mode = AXVCPU_START_X86_PROT32;
	boot->entry = entry;
	boot->gpr[GPR_RAX] = LOADER_MAGIC;
	boot->gpr[GPR_RBX] = GPA_BOOT_INFO;
	boot->gpr_set = 1 << GPR_RAX | 1 << GPR_RBX;
	return put_info(mem, req, end, err);
}
