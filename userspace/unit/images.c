// SPDX-License-Identifier: MIT
#include <elf.h>
#include <string.h>

#include "unit/images.h"

static void put(uint8_t *p, uint64_t v, unsigned int n)
{
	memcpy(p, &v, n);
}

static void start(struct blob *b, uint8_t *data, size_t size)
{
	memset(data, 0, IMAGE_ROOM);
	*b = (struct blob){ "image", data, size };
}

void image_bzimage(struct blob *b, uint8_t *data)
{
	start(b, data, 4096);
	data[0x1f1] = 1;			/* setup sectors */
	put(data + 0x1fe, 0xaa55, 2);
	data[0x200] = 0xeb;
	data[0x201] = 0x6a;
	memcpy(data + 0x202, "HdrS", 4);
	put(data + 0x206, 0x020f, 2);
	data[0x211] = 1;
	put(data + 0x22c, 0x7fffffff, 4);
	put(data + 0x230, 0x200000, 4);
	data[0x234] = 1;
	put(data + 0x236, 0x7f, 2);
	put(data + 0x238, 2047, 4);
	put(data + 0x258, 0x1000000, 8);
	put(data + 0x260, 0x300000, 4);
	memset(data + 1024, 0xcc, 4096 - 1024);
	put(data + 1024, 0x1122334455667788, 8);
}

static size_t put_note(uint8_t *p, uint32_t type, const char *name, uint64_t desc,
		       uint32_t desc_len)
{
	put(p, strlen(name) + 1, 4);
	put(p + 4, desc_len, 4);
	put(p + 8, type, 4);
	memcpy(p + 12, name, strlen(name) + 1);
	put(p + 12 + 4, desc, desc_len);
	return 16 + desc_len;
}

static void image_elf64(uint8_t *data, size_t notes)
{
	Elf64_Ehdr e = {
		.e_type = ET_EXEC, .e_machine = EM_X86_64, .e_version = 1,
		.e_entry = 0xffffffff80100000, .e_phoff = 64, .e_ehsize = 64,
		.e_phentsize = sizeof(Elf64_Phdr), .e_phnum = 2,
	};
	Elf64_Phdr p[2] = {
		{ .p_type = PT_LOAD, .p_offset = 0x1000, .p_vaddr = 0xffffffff80100000,
		  .p_paddr = 0x100000, .p_filesz = 0x100, .p_memsz = 0x2000 },
		{ .p_type = PT_NOTE, .p_offset = 0x200, .p_filesz = notes },
	};

	memcpy(e.e_ident, "\x7f" "ELF\2\1\1", 7);
	memcpy(data, &e, sizeof(e));
	memcpy(data + 64, p, sizeof(p));
}

static void image_elf32(uint8_t *data, uint32_t vaddr, size_t notes)
{
	Elf32_Ehdr e = {
		.e_type = ET_EXEC, .e_machine = EM_386, .e_version = 1,
		.e_entry = vaddr + 0x10, .e_phoff = 52, .e_ehsize = 52,
		.e_phentsize = sizeof(Elf32_Phdr), .e_phnum = notes ? 2 : 1,
	};
	Elf32_Phdr p[2] = {
		{ .p_type = PT_LOAD, .p_offset = 0x1000, .p_vaddr = vaddr,
		  .p_paddr = 0x100000, .p_filesz = 0x100, .p_memsz = 0x2000 },
		{ .p_type = PT_NOTE, .p_offset = 0x200, .p_filesz = notes },
	};

	memcpy(e.e_ident, "\x7f" "ELF\1\1\1", 7);
	memcpy(data, &e, sizeof(e));
	memcpy(data + 52, p, sizeof(p));
}

void image_pvh(struct blob *b, uint8_t *data, int is64)
{
	size_t n;

	start(b, data, 0x1100);
	n = put_note(data + 0x200, 6, "Xen", 0x12345678, 4);
	n += put_note(data + 0x200 + n, 18, "Xen", 0x100040, is64 ? 8 : 4);
	if (is64)
		image_elf64(data, n);
	else
		image_elf32(data, 0x100000, n);
	memset(data + 0x1000, 0xcc, 0x100);
}

static void put_multiboot(uint8_t *p, uint32_t flags)
{
	put(p, 0x1badb002, 4);
	put(p + 4, flags, 4);
	put(p + 8, -(0x1badb002 + flags), 4);
}

void image_multiboot_flat(struct blob *b, uint8_t *data)
{
	start(b, data, 0x1000);
	memset(data, 0xcc, 0x1000);
	put_multiboot(data + 0x40, 0x10003);
	put(data + 0x4c, 0x200040, 4);		/* header_addr */
	put(data + 0x50, 0x200000, 4);		/* load_addr */
	put(data + 0x54, 0x200800, 4);		/* load_end_addr */
	put(data + 0x58, 0x203000, 4);		/* bss_end_addr */
	put(data + 0x5c, 0x200100, 4);		/* entry_addr */
}

void image_multiboot_elf(struct blob *b, uint8_t *data)
{
	start(b, data, 0x1100);
	image_elf32(data, 0xc0100000, 0);
	memset(data + 0x1000, 0xcc, 0x100);
	put_multiboot(data + 0x1000, 0x7);	/* with a wish for video */
}
