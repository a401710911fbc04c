// SPDX-License-Identifier: MIT
#include <string.h>

#include "machine/walk.h"

#define CR0_PG		(1ULL << 31)
#define CR4_PAE		(1ULL << 5)
#define CR4_LA57	(1ULL << 12)
#define EFER_LMA	(1ULL << 10)
#define PTE_PRESENT	1ULL
#define PTE_LARGE	(1ULL << 7)
#define PTE_ADDRESS	0x000ffffffffff000ULL
#define CS_LONG		(1U << 9)

struct shape {
	unsigned int levels;
	unsigned int entry_size;
	unsigned int index_bits;
};

static struct shape paging_shape(const struct axvcpu_x86_crs *crs)
{
	if (crs->efer & EFER_LMA)
		return (struct shape){ crs->cr4 & CR4_LA57 ? 5 : 4, 8, 9 };
	if (crs->cr4 & CR4_PAE)
		return (struct shape){ 3, 8, 9 };
	return (struct shape){ 2, 4, 10 };
}

int walk_linear(const struct guest_mem *mem, const struct axvcpu_x86_crs *crs,
		uint64_t linear, uint64_t *gpa)
{
	struct shape s = paging_shape(crs);
	uint64_t table = crs->cr3 & PTE_ADDRESS, entry;
	unsigned int level;

	if (!(crs->cr0 & CR0_PG)) {
		*gpa = linear;
		return 0;
	}
	if (s.levels == 3)
		table = crs->cr3 & 0xffffffe0;	/* its table is 32 bytes, aligned so */
	for (level = s.levels; level; level--) {
		unsigned int shift = 12 + (level - 1) * s.index_bits;
		uint64_t index = linear >> shift & ((1U << s.index_bits) - 1);
		const void *p;

		if (s.levels == 3 && level == 3)
			index &= 3;
		p = mem_at(mem, table + index * s.entry_size, s.entry_size);
		if (!p)
			return -1;
		entry = 0;
		memcpy(&entry, p, s.entry_size);
		if (!(entry & PTE_PRESENT))
			return -1;
		table = entry & PTE_ADDRESS;
		if (level == 1 || (level < 4 && !(level == 3 && s.levels == 3) &&
				   (entry & PTE_LARGE))) {
			uint64_t mask = (1ULL << shift) - 1;

			*gpa = (table & ~mask) | (linear & mask);
			return 0;
		}
	}
	return -1;
}

unsigned int walk_code(const struct guest_mem *mem, const struct axvcpu_x86_regs *regs,
		       uint8_t *bytes, unsigned int len)
{
	const struct axvcpu_x86_segment *cs = &regs->segs.seg[1];
	int is64 = (regs->crs.efer & EFER_LMA) && (cs->attrib & CS_LONG);
	uint64_t at = regs->gprs.rip + (is64 ? 0 : cs->base);
	unsigned int n;

	for (n = 0; n < len; n++) {
		uint64_t linear = at + n, gpa;
		const uint8_t *p;

		if (!is64)
			linear &= 0xffffffff;
		if (walk_linear(mem, &regs->crs, linear, &gpa))
			break;
		p = mem_at(mem, gpa, 1);
		if (!p)
			break;
		bytes[n] = *p;
	}
	return n;
}
