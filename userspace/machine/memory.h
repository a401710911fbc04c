/* SPDX-License-Identifier: MIT */
/*
 * Guest RAM, and who has claimed which part of it before the start.
 *
 *	0x00000000  RAM up to the hole
 *	0x000a0000  legacy video: no memory, up to 0x000c0000
 *	0xc0000000  hole for devices, up to 4 GiB
 *	4 GiB       the rest of RAM
 *
 * Places the launcher itself writes to (only what the image's protocol needs):
 */
#ifndef AXVCPU_MACHINE_MEMORY_H
#define AXVCPU_MACHINE_MEMORY_H

#include <stddef.h>
#include <stdint.h>

#include "machine/error.h"

#define GPA_BOOT_INFO	0x06000ULL	/* PVH start info, multiboot info */
#define GPA_ZERO_PAGE	0x07000ULL	/* Linux boot_params */
#define GPA_CMDLINE	0x20000ULL
#define CMDLINE_ROOM	0x10000ULL
#define GPA_PAGE_TABLES	0x80000ULL	/* 6 pages: the first 4 GiB, identity */
#define GPA_GDT		0x86000ULL
#define GPA_EBDA	0x9fc00ULL
#define GPA_VIDEO	0xa0000ULL
#define GPA_VIDEO_END	0xc0000ULL
#define GPA_ACPI	0xe0000ULL
#define ACPI_ROOM	0x04000ULL
#define GPA_1M		0x100000ULL
#define GPA_HOLE	0xc0000000ULL
#define GPA_4G		0x100000000ULL

#define MEM_CLAIMS_MAX	64
#define MEM_RANGES_MAX	8

struct mem_claim {
	uint64_t start;
	uint64_t end;		/* first address after it */
	const char *what;
};

struct guest_mem {
	uint8_t *base;		/* host address of all RAM, 2 MiB aligned */
	uint64_t size;
	uint64_t low_size;	/* RAM below the hole */
	uint64_t high_size;	/* RAM from 4 GiB */
	void *mapping;
	size_t mapping_size;
	struct mem_claim claims[MEM_CLAIMS_MAX];
	unsigned int nr_claims;
};

enum mem_type { MEM_RAM = 1, MEM_RESERVED = 2 };	/* as in an e820 table */

struct mem_range {
	uint64_t start;
	uint64_t len;
	enum mem_type type;
};

int mem_alloc(struct guest_mem *mem, uint64_t size, struct error *err);
void mem_free(struct guest_mem *mem);

/* Host address of guest-physical [gpa, gpa + len), or NULL if not all is RAM. */
void *mem_at(const struct guest_mem *mem, uint64_t gpa, uint64_t len);

/* Take a range for @what; refuses what is not RAM and what is taken. */
void *mem_claim(struct guest_mem *mem, uint64_t gpa, uint64_t len, const char *what,
		struct error *err);
/* Claim the highest free place that ends at or below @limit and below the hole. */
void *mem_claim_top(struct guest_mem *mem, uint64_t len, uint64_t align, uint64_t limit,
		    const char *what, uint64_t *gpa, struct error *err);
/* Whether the whole range is RAM that nobody has claimed. */
int mem_is_free(const struct guest_mem *mem, uint64_t gpa, uint64_t len);

/* The map that firmware would report. Returns the number of ranges. */
unsigned int mem_ranges(const struct guest_mem *mem, struct mem_range out[MEM_RANGES_MAX]);

/* Bytes that the host has given to the guest so far. */
uint64_t mem_resident(const struct guest_mem *mem);

#endif
