// SPDX-License-Identifier: MIT
/* Linux: Documentation/arch/x86/boot.rst, 64-bit (or 32-bit) boot protocol. */
#include <string.h>

#include <linux/axvcpu.h>

#include "loaders/image.h"

/* Offsets in the file, and in the zero page. */
#define SETUP_SECTS		0x1f1
#define BOOT_FLAG		0x1fe
#define JUMP			0x200
#define MAGIC			0x202
#define VERSION			0x206
#define TYPE_OF_LOADER		0x210
#define LOADFLAGS		0x211
#define RAMDISK_IMAGE		0x218
#define RAMDISK_SIZE		0x21c
#define CMD_LINE_PTR		0x228
#define INITRD_ADDR_MAX		0x22c
#define KERNEL_ALIGNMENT	0x230
#define RELOCATABLE		0x234
#define XLOADFLAGS		0x236
#define CMDLINE_SIZE		0x238
#define PREF_ADDRESS		0x258
#define INIT_SIZE		0x260
#define HEADER_END		0x264	/* of what is read here */
/* Offsets in the zero page only. */
#define ACPI_RSDP_ADDR		0x070
#define E820_ENTRIES		0x1e8
#define E820_TABLE		0x2d0
#define E820_ENTRY		20

#define LOADED_HIGH		0x01
#define XLF_KERNEL_64		0x01
#define LOADER_UNKNOWN		0xff
#define ENTRY_64		0x200
#define VERSION_MIN		0x20c	/* Linux 3.8; has xloadflags */

struct setup {
	const uint8_t *header;
	uint64_t payload;	/* file offset and length of the protected-mode part */
	uint64_t payload_len;
	uint64_t pref_address;
	uint32_t init_size;
	uint32_t alignment;
	uint32_t initrd_max;
	uint32_t cmdline_max;
	uint16_t version;
	uint16_t xloadflags;
	int relocatable;
};

static uint16_t get16(const uint8_t *p)
{
	uint16_t v;

	memcpy(&v, p, 2);
	return v;
}

static uint32_t get32(const uint8_t *p)
{
	uint32_t v;

	memcpy(&v, p, 4);
	return v;
}

static uint64_t get64(const uint8_t *p)
{
	uint64_t v;

	memcpy(&v, p, 8);
	return v;
}

static void put32(uint8_t *p, uint32_t v)
{
	memcpy(p, &v, 4);
}

static void put64(uint8_t *p, uint64_t v)
{
	memcpy(p, &v, 8);
}

int is_bzimage(const struct blob *kernel)
{
	const uint8_t *h = blob_at(kernel, 0, VERSION + 2);

	return h && get16(h + BOOT_FLAG) == 0xaa55 && !memcmp(h + MAGIC, "HdrS", 4);
}

static int parse(const struct blob *kernel, struct setup *s, struct error *err)
{
	const uint8_t *h = blob_at(kernel, 0, HEADER_END);
	unsigned int sects;

	if (!h)
		return error_set(err, STATUS_IMAGE, "%s: bzImage is cut off in its header",
				 kernel->path);
	s->header = h;
	s->version = get16(h + VERSION);
	if (s->version < VERSION_MIN)
		return error_set(err, STATUS_IMAGE, "%s: boot protocol %u.%02u; 2.12 is needed",
				 kernel->path, s->version >> 8, s->version & 0xff);
	if (!(h[LOADFLAGS] & LOADED_HIGH))
		return error_set(err, STATUS_IMAGE, "%s: zImage, not bzImage", kernel->path);
	sects = h[SETUP_SECTS] ? h[SETUP_SECTS] : 4;
	s->payload = (sects + 1) * 512;
	if (s->payload + ENTRY_64 >= kernel->size)
		return error_set(err, STATUS_IMAGE, "%s: bzImage is cut off: no kernel after its setup code",
				 kernel->path);
	s->payload_len = kernel->size - s->payload;
	s->pref_address = get64(h + PREF_ADDRESS);
	s->init_size = get32(h + INIT_SIZE);
	s->alignment = get32(h + KERNEL_ALIGNMENT);
	s->initrd_max = get32(h + INITRD_ADDR_MAX);
	s->cmdline_max = get32(h + CMDLINE_SIZE);
	s->xloadflags = get16(h + XLOADFLAGS);
	s->relocatable = h[RELOCATABLE];
	if (s->alignment < 4096 || (s->alignment & (s->alignment - 1)))
		return error_set(err, STATUS_IMAGE, "%s: bzImage with a kernel_alignment of 0x%x",
				 kernel->path, s->alignment);
	return 0;
}

/* The preferred address saves the kernel a move; any aligned one will do. */
static uint64_t choose_address(const struct guest_mem *mem, const struct setup *s,
			       uint64_t len)
{
	uint64_t at;

	if (!s->relocatable || mem_is_free(mem, s->pref_address, len))
		return s->pref_address;
	for (at = s->alignment < GPA_1M ? GPA_1M : s->alignment;
	     at + len <= mem->low_size; at += s->alignment)
		if (mem_is_free(mem, at, len))
			return at;
	return s->pref_address;
}

static void put_e820(const struct guest_mem *mem, uint8_t *zero)
{
	struct mem_range ranges[MEM_RANGES_MAX];
	unsigned int n = mem_ranges(mem, ranges), i;

	zero[E820_ENTRIES] = n;
	for (i = 0; i < n; i++) {
		uint8_t *e = zero + E820_TABLE + i * E820_ENTRY;

		put64(e, ranges[i].start);
		put64(e + 8, ranges[i].len);
		put32(e + 16, ranges[i].type);
	}
}

static int put_zero_page(struct guest_mem *mem, const struct load_request *req,
			 const struct setup *s, struct error *err)
{
	uint64_t initrd, initrd_size;
	uint8_t *zero = mem_claim(mem, GPA_ZERO_PAGE, 4096, "zero page", err);
	unsigned int end = MAGIC + s->header[JUMP + 1];

	if (!zero)
		return -1;
	/* The header says how long it is; it never reaches the e820 table. */
	if (end > HEADER_END)
		end = HEADER_END;
	memcpy(zero + SETUP_SECTS, s->header + SETUP_SECTS, end - SETUP_SECTS);
	if (put_initrd(mem, req, (uint64_t)s->initrd_max + 1, &initrd, &initrd_size, err))
		return -1;
	zero[TYPE_OF_LOADER] = LOADER_UNKNOWN;
	put32(zero + CMD_LINE_PTR, GPA_CMDLINE);
	put32(zero + RAMDISK_IMAGE, initrd);
	put32(zero + RAMDISK_SIZE, initrd_size);
	put64(zero + ACPI_RSDP_ADDR, req->rsdp);
	put_e820(mem, zero);
	return 0;
}

static void set_start(const struct setup *s, uint64_t at, struct boot *boot)
{
	int is64 = s->xloadflags & XLF_KERNEL_64;

	boot->protocol = is64 ? "bzImage, 64-bit protocol" : "bzImage, 32-bit protocol";
	boot->mode = is64 ? AXVCPU_START_X86_LONG64 : AXVCPU_START_X86_PROT32;
	boot->entry = is64 ? at + ENTRY_64 : at;
	boot->page_table = is64 ? GPA_PAGE_TABLES : 0;
	boot->gpr[GPR_RSI] = GPA_ZERO_PAGE;
	boot->gpr_set = 1 << GPR_RSI;
	boot->gdt = 1;
}

int load_bzimage(struct guest_mem *mem, const struct load_request *req,
		 const struct blob *kernel, struct boot *boot, struct error *err)
{
	char cmdline[CMDLINE_ROOM];
	struct setup s;
	uint64_t at, len;
	void *p;

	if (parse(kernel, &s, err))
		return -1;
	len = s.init_size > s.payload_len ? s.init_size : s.payload_len;
	at = choose_address(mem, &s, len);
	p = mem_claim(mem, at, len, "kernel", err);
	if (!p)
		return -1;
	memcpy(p, kernel->data + s.payload, s.payload_len);

	linux_cmdline(cmdline, sizeof(cmdline), req);
	if (put_cmdline(mem, cmdline, s.cmdline_max, err) ||
	    put_zero_page(mem, req, &s, err))
		return -1;
	set_start(&s, at, boot);
	if (boot->page_table && put_page_tables(mem, err))
		return -1;
	return put_gdt(mem, boot->page_table != 0, err);
}
