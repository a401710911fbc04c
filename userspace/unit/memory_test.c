// SPDX-License-Identifier: MIT
#include <string.h>

#include "machine/memory.h"
#include "machine/walk.h"
#include "unit/tap.h"

static struct guest_mem mem;
static struct error err;

static void sizes_are_checked(void)
{
	CHECK_EQ(mem_alloc(&mem, 0, &err), -1);
	CHECK_EQ(mem_alloc(&mem, 1 << 20, &err), -1);
	CHECK_EQ(mem_alloc(&mem, (4 << 20) + 4096, &err), -1);
	CHECK_EQ(mem_alloc(&mem, 1ULL << 50, &err), -1);
	CHECK_EQ(err.status, STATUS_USAGE);
	CHECK_EQ(mem_alloc(&mem, 2 << 20, &err), 0);
	CHECK_EQ((uintptr_t)mem.base % (2 << 20), 0);
	mem_free(&mem);
}

static void addresses_outside_are_refused(void)
{
	mem_alloc(&mem, 4 << 20, &err);
	CHECK(mem_at(&mem, 0, 4) == mem.base);
	CHECK(mem_at(&mem, (4 << 20) - 1, 1) != NULL);
	CHECK(mem_at(&mem, (4 << 20) - 1, 2) == NULL);
	CHECK(mem_at(&mem, 4 << 20, 1) == NULL);
	CHECK(mem_at(&mem, ~0ULL, 2) == NULL);
	CHECK(mem_at(&mem, 16, ~0ULL) == NULL);
	CHECK(mem_at(&mem, 0x9ffff, 1) != NULL);
	CHECK(mem_at(&mem, 0x9ffff, 2) == NULL);
	CHECK(mem_at(&mem, 0xb8000, 2) == NULL);
	CHECK(mem_at(&mem, 0xc0000, 2) != NULL);
	CHECK(mem_at(&mem, GPA_4G, 1) == NULL);
	mem_free(&mem);
}

static void memory_goes_on_above_the_hole(void)
{
	struct mem_range r[MEM_RANGES_MAX];
	unsigned int n;

	CHECK_EQ(mem_alloc(&mem, 4ULL << 30, &err), 0);
	CHECK(mem_at(&mem, GPA_HOLE - 1, 1) != NULL);
	CHECK(mem_at(&mem, GPA_HOLE - 1, 2) == NULL);
	CHECK(mem_at(&mem, GPA_HOLE, 1) == NULL);
	CHECK(mem_at(&mem, GPA_4G, 1) == mem.base + GPA_HOLE);
	CHECK(mem_at(&mem, GPA_4G + (1ULL << 30) - 1, 1) != NULL);
	CHECK(mem_at(&mem, GPA_4G + (1ULL << 30), 1) == NULL);
	n = mem_ranges(&mem, r);
	CHECK_EQ(n, 5);
	CHECK_EQ(r[4].start, GPA_4G);
	CHECK_EQ(r[4].len, 1ULL << 30);
	CHECK_EQ(mem_resident(&mem), 0);
	mem_free(&mem);
}

static void claims_find_the_highest_place(void)
{
	uint64_t gpa;

	mem_alloc(&mem, 16 << 20, &err);
	CHECK(mem_claim(&mem, 0x800000, 0x700000, "kernel", &err) != NULL);
	CHECK(mem_claim_top(&mem, 0x80000, 4096, ~0ULL, "a", &gpa, &err) != NULL);
	CHECK_EQ(gpa, 0xf80000);
	CHECK(mem_claim_top(&mem, 0x180000, 4096, ~0ULL, "b", &gpa, &err) != NULL);
	CHECK_EQ(gpa, 0x680000);
	CHECK(mem_claim_top(&mem, 0x1000, 4096, 0x400fff, "c", &gpa, &err) != NULL);
	CHECK_EQ(gpa, 0x3ff000);
	CHECK(mem_claim_top(&mem, 0x600000, 4096, ~0ULL, "d", &gpa, &err) == NULL);
	CHECK_HAS(err.text, "does not fit");
	CHECK(mem_claim_top(&mem, 1ULL << 40, 4096, ~0ULL, "e", &gpa, &err) == NULL);
	CHECK(mem_claim(&mem, 0x7fffff, 2, "f", &err) == NULL);
	CHECK_HAS(err.text, "f at 0x7fffff, 0x2 bytes: overlaps");
	mem_free(&mem);
}

static void put64(uint64_t gpa, uint64_t v)
{
	memcpy(mem_at(&mem, gpa, 8), &v, 8);
}

static void walk_knows_long_mode(void)
{
	struct axvcpu_x86_crs c = { .cr0 = 1ULL << 31, .cr3 = 0x1018, .cr4 = 1 << 5,
				    .efer = 0x500 };
	uint64_t gpa;

	mem_alloc(&mem, 4 << 20, &err);
	put64(0x1000 + 511 * 8, 0x2003);
	put64(0x2000 + 510 * 8, 0x3003);
	put64(0x3000 + 8 * 8, 0x00000000002000e3);	/* 2 MiB page */
	put64(0x3000 + 9 * 8, 0x4003);
	put64(0x4000 + 5 * 8, 0x8000000000123003);
	CHECK_EQ(walk_linear(&mem, &c, 0xffffffff81012345, &gpa), 0);
	CHECK_EQ(gpa, 0x212345);
	CHECK_EQ(walk_linear(&mem, &c, 0xffffffff81205678, &gpa), 0);
	CHECK_EQ(gpa, 0x123678);
	CHECK_EQ(walk_linear(&mem, &c, 0xffffffff81206678, &gpa), -1);
	CHECK_EQ(walk_linear(&mem, &c, 0, &gpa), -1);
	c.cr3 = 0x7ffffffff000;				/* table outside RAM */
	CHECK_EQ(walk_linear(&mem, &c, 0, &gpa), -1);
	mem_free(&mem);
}

static void walk_knows_32_bit_and_pae(void)
{
	struct axvcpu_x86_crs c = { .cr0 = 1ULL << 31, .cr3 = 0x1000 };
	uint64_t gpa;

	mem_alloc(&mem, 4 << 20, &err);
	put64(0x1000 + 0x300 * 4, 0x2003);
	put64(0x2000 + 0x12 * 4, 0x77003);
	CHECK_EQ(walk_linear(&mem, &c, 0xc0012abc, &gpa), 0);
	CHECK_EQ(gpa, 0x77abc);
	c.cr4 = 1 << 5;
	c.cr3 = 0x5020;
	put64(0x5020 + 3 * 8, 0x6001);
	put64(0x6000, 0x0000000000400083);
	CHECK_EQ(walk_linear(&mem, &c, 0xc0012abc, &gpa), 0);
	CHECK_EQ(gpa, 0x412abc);
	c.cr0 = 0;
	CHECK_EQ(walk_linear(&mem, &c, 0x1234, &gpa), 0);
	CHECK_EQ(gpa, 0x1234);
	mem_free(&mem);
}

static void code_is_read_from_cs_rip(void)
{
	struct axvcpu_x86_regs r = { .gprs.rip = 0x10 };
	uint8_t bytes[4] = { 0 };

	mem_alloc(&mem, 4 << 20, &err);
	memcpy(mem_at(&mem, 0x7c10, 4), "\x0f\x0b\x90\xf4", 4);
	r.segs.seg[1].base = 0x7c00;
	CHECK_EQ(walk_code(&mem, &r, bytes, 4), 4);
	CHECK_EQ(bytes[3], 0xf4);
	r.segs.seg[1].base = 0x9fff0 - 2;
	CHECK_EQ(walk_code(&mem, &r, bytes, 4), 2);	/* then there is no memory */
	mem_free(&mem);
}

static const struct test tests[] = {
	{ "sizes are checked", sizes_are_checked },
	{ "addresses outside are refused", addresses_outside_are_refused },
	{ "memory goes on above the hole", memory_goes_on_above_the_hole },
	{ "claims find the highest place", claims_find_the_highest_place },
	{ "walk knows long mode", walk_knows_long_mode },
	{ "walk knows 32-bit and PAE", walk_knows_32_bit_and_pae },
	{ "code is read from CS:RIP", code_is_read_from_cs_rip },
};

TAP_MAIN(tests)
