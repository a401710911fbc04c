// SPDX-License-Identifier: MIT
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <linux/axvcpu.h>

#include "unit/images.h"
#include "unit/tap.h"

static struct guest_mem mem;
static struct load_request req;
static struct boot boot;
static struct error err;
static struct blob b;
static uint8_t image[IMAGE_ROOM];

static void fresh(uint64_t size)
{
	mem_free(&mem);
	CHECK_EQ(mem_alloc(&mem, size, &err), 0);
	memset(&req, 0, sizeof(req));
	memset(&boot, 0, sizeof(boot));
	req.cmdline = "quiet";
	req.tsc_khz = 2400000;
	req.rsdp = 0xe0000;
	err = (struct error){ 0 };
}

static uint64_t peek(uint64_t gpa, unsigned int n)
{
	void *p = mem_at(&mem, gpa, n);
	uint64_t v = 0;

	CHECK(p != NULL);
	if (p)
		memcpy(&v, p, n);
	return v;
}

static char initrd_path[] = "/tmp/axvcpu-unit-XXXXXX";

static void make_initrd(void)
{
	int fd = mkstemp(initrd_path);

	CHECK(fd >= 0);
	CHECK_EQ(write(fd, "initrd-bytes", 12), 12);
	close(fd);
	req.initrd = initrd_path;
}

static void drop_initrd(void)
{
	unlink(initrd_path);
	memcpy(initrd_path + strlen(initrd_path) - 6, "XXXXXX", 6);
}

static void bzimage_starts_by_the_64_bit_protocol(void)
{
	fresh(64 << 20);
	make_initrd();
	image_bzimage(&b, image);
	CHECK(is_bzimage(&b));
	CHECK_EQ(load_bzimage(&mem, &req, &b, &boot, &err), 0);
	CHECK_EQ(boot.mode, AXVCPU_START_X86_LONG64);
	CHECK_EQ(boot.entry, 0x1000200);
	CHECK_EQ(boot.gpr[GPR_RSI], 0x7000);
	CHECK_EQ(boot.gpr_set, 1 << GPR_RSI);
	CHECK_EQ(peek(0x1000000, 8), 0x1122334455667788);
	CHECK_STR(mem_at(&mem, 0x20000, 1), "quiet tsc=reliable tsc_early_khz=2400000");
	/* Zero page: header copied, our fields set. */
	CHECK_EQ(peek(0x7000 + 0x202, 4), 0x53726448);
	CHECK_EQ(peek(0x7000 + 0x210, 1), 0xff);
	CHECK_EQ(peek(0x7000 + 0x228, 4), 0x20000);
	CHECK_EQ(peek(0x7000 + 0x070, 8), 0xe0000);
	CHECK_EQ(peek(0x7000 + 0x218, 4), 0x3fff000);
	CHECK_EQ(peek(0x7000 + 0x21c, 4), 12);
	CHECK(!memcmp(mem_at(&mem, 0x3fff000, 12), "initrd-bytes", 12));
	CHECK_EQ(peek(0x7000 + 0x1ef, 1), 0);
	CHECK_EQ(peek(0x7000 + 0x1e8, 1), 4);
	/* First RAM range: 0 to the EBDA; last: 1 MiB to the end. */
	CHECK_EQ(peek(0x7000 + 0x2d0 + 8, 8), 0x9fc00);
	CHECK_EQ(peek(0x7000 + 0x2d0 + 60, 8), 0x100000);
	CHECK_EQ(peek(0x7000 + 0x2d0 + 68, 8), (64 << 20) - 0x100000);
	CHECK_EQ(peek(0x7000 + 0x2d0 + 76, 4), 1);
	drop_initrd();
}

static void page_tables_map_4_gib(void)
{
	fresh(64 << 20);
	CHECK_EQ(put_page_tables(&mem, &err), 0);
	CHECK_EQ(peek(0x80000, 8), 0x81003);
	CHECK_EQ(peek(0x80008, 8), 0);
	CHECK_EQ(peek(0x81018, 8), 0x85003);
	CHECK_EQ(peek(0x82000, 8), 0x83);
	CHECK_EQ(peek(0x85ff8, 8), 0xffe00083);
}

static void a_kernel_is_moved_when_its_place_is_taken(void)
{
	fresh(64 << 20);
	image_bzimage(&b, image);
	CHECK(mem_claim(&mem, 0x1100000, 4096, "data", &err) != NULL);
	CHECK_EQ(load_bzimage(&mem, &req, &b, &boot, &err), 0);
	CHECK_EQ(boot.entry, 0x200200);
}

static void a_users_tsc_options_are_kept(void)
{
	fresh(64 << 20);
	req.cmdline = "tsc_early_khz=1 xtsc=1 tsc=nowatchdog";
	image_bzimage(&b, image);
	CHECK_EQ(load_bzimage(&mem, &req, &b, &boot, &err), 0);
	CHECK_STR(mem_at(&mem, 0x20000, 1), "tsc_early_khz=1 xtsc=1 tsc=nowatchdog");
}

static void bzimage_refuse(const char *part)
{
	fresh(mem.size ? mem.size : 64 << 20);
	CHECK_EQ(load_bzimage(&mem, &req, &b, &boot, &err), -1);
	CHECK_EQ(err.status, STATUS_IMAGE);
	CHECK_HAS(err.text, part);
}

static void malformed_bzimages_say_why(void)
{
	fresh(64 << 20);
	image_bzimage(&b, image);
	b.size = 0x230;
	bzimage_refuse("cut off in its header");
	image_bzimage(&b, image);
	b.size = 1200;
	bzimage_refuse("cut off: no kernel");
	image_bzimage(&b, image);
	image[0x1f1] = 255;
	bzimage_refuse("cut off: no kernel");
	image_bzimage(&b, image);
	image[0x206] = 0x09;
	bzimage_refuse("boot protocol 2.09");
	image_bzimage(&b, image);
	image[0x211] = 0;
	bzimage_refuse("zImage");
	image_bzimage(&b, image);
	memset(image + 0x230, 0, 4);
	bzimage_refuse("kernel_alignment");
	image_bzimage(&b, image);
	memset(image + 0x260, 0xff, 4);
	bzimage_refuse("not all of it is guest memory");
	image_bzimage(&b, image);
	image[0x238] = 3;
	image[0x239] = 0;
	bzimage_refuse("this kernel takes 3");
}

static void pvh_of_both_widths_starts(void)
{
	int is64;

	for (is64 = 0; is64 < 2; is64++) {
		fresh(16 << 20);
		make_initrd();
		image_pvh(&b, image, is64);
		CHECK(is_pvh(&b));
		CHECK(!is_bzimage(&b));
		CHECK_EQ(load_pvh(&mem, &req, &b, &boot, &err), 0);
		CHECK_STR(err.text, "");
		CHECK_EQ(boot.mode, AXVCPU_START_X86_PROT32);
		CHECK_EQ(boot.entry, 0x100040);
		CHECK_EQ(boot.gpr[GPR_RBX], 0x6000);
		CHECK_EQ(peek(0x6000, 4), 0x336ec578);
		CHECK_EQ(peek(0x6004, 4), 1);
		CHECK_EQ(peek(0x600c, 4), 1);
		CHECK_EQ(peek(0x6018, 8), 0x20000);
		CHECK_EQ(peek(0x6020, 8), 0xe0000);
		CHECK_EQ(peek(0x6030, 4), 4);
		CHECK_EQ(peek(peek(0x6010, 8), 8), 0xfff000);
		CHECK_EQ(peek(peek(0x6010, 8) + 8, 8), 12);
		CHECK_EQ(peek(0x100000, 1), 0xcc);
		CHECK_EQ(peek(0x100100, 1), 0);
		CHECK_STR(mem_at(&mem, 0x20000, 1), "quiet");
		drop_initrd();
	}
}

static void pvh_refuse(const char *part)
{
	fresh(16 << 20);
	CHECK_EQ(load_pvh(&mem, &req, &b, &boot, &err), -1);
	CHECK_HAS(err.text, part);
}

static void malformed_elfs_say_why(void)
{
	image_pvh(&b, image, 1);
	b.size = 40;
	CHECK(is_pvh(&b));
	pvh_refuse("malformed ELF header");
	image_pvh(&b, image, 1);
	image[18] = 0xb7;
	pvh_refuse("another machine (183)");
	image_pvh(&b, image, 1);
	image[56] = 200;
	pvh_refuse("200 program headers");
	image_pvh(&b, image, 1);
	memset(image + 32, 0xff, 8);		/* e_phoff */
	pvh_refuse("program header 0 is outside");
	image_pvh(&b, image, 1);
	memset(image + 64 + 32, 0xff, 8);	/* p_filesz */
	pvh_refuse("segment 0 is outside");
	image_pvh(&b, image, 1);
	memset(image + 64 + 40, 0, 8);		/* p_memsz */
	pvh_refuse("longer in the file than in memory");
	image_pvh(&b, image, 1);
	image[64 + 24 + 4] = 0xff;		/* p_paddr */
	pvh_refuse("not all of it is guest memory");
	image_pvh(&b, image, 1);
	memset(image + 64 + 24, 0, 8);
	image[64 + 24 + 1] = 0xf0;		/* 0x1f000: onto the command line */
	image[64 + 24 + 2] = 0x01;
	pvh_refuse("overlaps");
	image_pvh(&b, image, 1);
	memset(image + 0x200, 0, 40);
	CHECK(!is_pvh(&b));
	pvh_refuse("without a PVH note");
}

static void multiboot_flat_starts(void)
{
	fresh(16 << 20);
	make_initrd();
	image_multiboot_flat(&b, image);
	CHECK(is_multiboot(&b));
	CHECK_EQ(load_multiboot(&mem, &req, &b, &boot, &err), 0);
	CHECK_STR(err.text, "");
	CHECK_EQ(boot.entry, 0x200100);
	CHECK_EQ(boot.gpr[GPR_RAX], 0x2badb002);
	CHECK_EQ(boot.gpr[GPR_RBX], 0x6000);
	CHECK_EQ(peek(0x200000, 1), 0xcc);
	CHECK_EQ(peek(0x2007ff, 1), 0xcc);
	CHECK_EQ(peek(0x200800, 1), 0);
	CHECK_EQ(peek(0x6000, 4), 0x24d);
	CHECK_EQ(peek(0x6004, 4), 639);
	CHECK_EQ(peek(0x6008, 4), 15 * 1024);
	CHECK_EQ(peek(0x6010, 4), 0x20000);
	CHECK_EQ(peek(0x6014, 4), 1);
	/* The module lies on the page behind the kernel's bss. */
	CHECK_EQ(peek(peek(0x6018, 4), 4), 0x203000);
	CHECK_EQ(peek(peek(0x6018, 4) + 4, 4), 0x20300c);
	CHECK_EQ(peek(0x602c, 4), 4 * 24);
	CHECK_EQ(peek(peek(0x6030, 4), 4), 20);
	CHECK_STR(mem_at(&mem, 0x20000, 1), "quiet");
	drop_initrd();
}

static void multiboot_elf_entry_becomes_physical(void)
{
	fresh(16 << 20);
	image_multiboot_elf(&b, image);
	CHECK(!is_pvh(&b));
	CHECK(is_multiboot(&b));
	CHECK_EQ(load_multiboot(&mem, &req, &b, &boot, &err), 0);
	CHECK_EQ(boot.entry, 0x100010);
}

static void multiboot_refuse(const char *part)
{
	fresh(16 << 20);
	CHECK_EQ(load_multiboot(&mem, &req, &b, &boot, &err), -1);
	CHECK_HAS(err.text, part);
}

static void malformed_multiboots_say_why(void)
{
	image_multiboot_flat(&b, image);
	b.size = 0x44;
	CHECK(!is_multiboot(&b));
	image_multiboot_flat(&b, image);
	image[0x48] ^= 1;			/* checksum */
	CHECK(!is_multiboot(&b));
	image_multiboot_flat(&b, image);
	image[0x51] = 0x10;			/* load_addr above header_addr */
	pvh_refuse("malformed ELF");
	multiboot_refuse("load_addr 0x201000");
	image_multiboot_flat(&b, image);
	image[0x4d] = 0x10;			/* load_addr before the file */
	multiboot_refuse("load_addr 0x200000");
	image_multiboot_flat(&b, image);
	image[0x55] = 0x40;			/* load_end_addr past the file */
	multiboot_refuse("load_end_addr");
	image_multiboot_flat(&b, image);
	image[0x56] = 0x10;			/* before load_addr */
	multiboot_refuse("load_end_addr");
	image_multiboot_flat(&b, image);
	image[0x59] = 0x01;
	multiboot_refuse("bss_end_addr");
	image_multiboot_flat(&b, image);
	image[0x44] |= 0x10;
	image[0x48] -= 0x10;
	multiboot_refuse("features 0x10");
}

static unsigned int random_state = 1;

static unsigned int next_random(unsigned int below)
{
	random_state = random_state * 1103515245 + 12345;
	return (random_state >> 8) % below;
}

static void load_any(void)
{
	mem.nr_claims = 0;
	if (is_bzimage(&b))
		load_bzimage(&mem, &req, &b, &boot, &err);
	else if (is_pvh(&b))
		load_pvh(&mem, &req, &b, &boot, &err);
	else if (is_multiboot(&b))
		load_multiboot(&mem, &req, &b, &boot, &err);
}

static void build_any(unsigned int kind)
{
	if (kind == 0)
		image_bzimage(&b, image);
	else if (kind < 3)
		image_pvh(&b, image, kind - 1);
	else if (kind == 3)
		image_multiboot_flat(&b, image);
	else
		image_multiboot_elf(&b, image);
}

/* Under the sanitizers this is the proof; without them at least no crash. */
static void damaged_images_do_no_harm(void)
{
	unsigned int round, i;

	fresh(32 << 20);
	for (round = 0; round < 20000; round++) {
		uint8_t *exact;

		build_any(round % 5);
		/* Damage where the headers are, mostly. */
		for (i = next_random(6); i; i--)
			image[next_random(next_random(2) ? 0x280 : b.size)] = next_random(256);
		if (!next_random(4))
			b.size = next_random(b.size);
		exact = malloc(b.size ? b.size : 1);
		memcpy(exact, image, b.size);
		b.data = exact;
		load_any();
		free(exact);
	}
}

static void files_that_are_no_image_say_so(void)
{
	fresh(16 << 20);
	req.kernel = "/nonexistent";
	CHECK_EQ(load_image(&mem, &req, &boot, &err), -1);
	CHECK_HAS(err.text, "No such file");
	req.kernel = "/";
	CHECK_EQ(load_image(&mem, &req, &boot, &err), -1);
	CHECK_HAS(err.text, "not a regular file");
	make_initrd();
	req.kernel = initrd_path;
	CHECK_EQ(load_image(&mem, &req, &boot, &err), -1);
	CHECK_HAS(err.text, "no bzImage");
	CHECK_EQ(err.status, STATUS_IMAGE);
	drop_initrd();
}

static void flat_files_go_to_their_places(void)
{
	fresh(16 << 20);
	make_initrd();
	req.nr_flat = 2;
	req.flat[0] = (struct flat_file){ initrd_path, 0x7c00 };
	req.flat[1] = (struct flat_file){ initrd_path, 0x7c0c };
	req.mode = AXVCPU_START_X86_LONG64;
	req.entry = 0x7c00;
	CHECK_EQ(load_image(&mem, &req, &boot, &err), 0);
	CHECK_EQ(boot.entry, 0x7c00);
	CHECK_EQ(boot.page_table, 0x80000);
	CHECK(!memcmp(mem_at(&mem, 0x7c0c, 12), "initrd-bytes", 12));
	mem.nr_claims = 0;
	req.flat[1].gpa = 0x7c0b;
	CHECK_EQ(load_image(&mem, &req, &boot, &err), -1);
	CHECK_HAS(err.text, "overlaps");
	mem.nr_claims = 0;
	req.flat[1].gpa = 0xfffffffffffffff8;
	CHECK_EQ(load_image(&mem, &req, &boot, &err), -1);
	CHECK_HAS(err.text, "not all of it is guest memory");
	drop_initrd();
}

static const struct test tests[] = {
	{ "bzImage starts by the 64-bit protocol", bzimage_starts_by_the_64_bit_protocol },
	{ "page tables map 4 GiB", page_tables_map_4_gib },
	{ "a kernel is moved when its place is taken", a_kernel_is_moved_when_its_place_is_taken },
	{ "a user's TSC options are kept", a_users_tsc_options_are_kept },
	{ "malformed bzImages say why", malformed_bzimages_say_why },
	{ "PVH of both widths starts", pvh_of_both_widths_starts },
	{ "malformed ELFs say why", malformed_elfs_say_why },
	{ "multiboot flat starts", multiboot_flat_starts },
	{ "multiboot ELF entry becomes physical", multiboot_elf_entry_becomes_physical },
	{ "malformed multiboots say why", malformed_multiboots_say_why },
	{ "damaged images do no harm", damaged_images_do_no_harm },
	{ "files that are no image say so", files_that_are_no_image_say_so },
	{ "flat files go to their places", flat_files_go_to_their_places },
};

TAP_MAIN(tests)
