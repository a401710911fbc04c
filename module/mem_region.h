/* SPDX-License-Identifier: GPL-2.0-only */
/* The sorted array of mapped ranges: what may be added to it, and what is at an address. */
#ifndef _AXVCPU_MEM_REGION_H
#define _AXVCPU_MEM_REGION_H

#include <linux/types.h>

#include <uapi/linux/axvcpu.h>

/**
 * struct axvcpu_region - a guest-physical range and the memory behind it
 * @gpa: first guest-physical address
 * @end: address after the last; equal to @gpa once the range is taken away, so
 *	that no lookup finds it
 * @hva: address of the memory in the VM's address space
 * @hva_end: address after its last byte; equal to @hva once no translation of the
 *	range is left: until then invalidations must find them by it
 * @flags: AXVCPU_MAP_*
 * @dirty: a bit per page; NULL without AXVCPU_MAP_DIRTY_LOG. Bits are set
 *	under axvcpu_mem.lock or RCU, and cleared under that lock
 *
 * All but @end, @hva_end and the bits is constant. @end changes under axvcpu_mem.lock
 * while lookups go on, @hva_end under that lock after an RCU grace period.
 */
struct axvcpu_region {
	u64 gpa;
	u64 end;
	unsigned long hva;
	unsigned long hva_end;
	unsigned long *dirty;
	u32 flags;
};

/*
 * A gap between regions is remembered as well as a region, apart by who asks:
 * device accesses fault in gaps, while the decoder reads the guest's memory.
 */
enum axvcpu_region_hint {
	AXVCPU_HINT_FAULT,
	AXVCPU_HINT_ACCESS,
	AXVCPU_NR_HINTS,
};

/**
 * struct axvcpu_regions - regions by rising address; adding one makes a new array
 * @rcu: how an old array ends
 * @nr: number of regions, those taken away included
 * @hint: where the last lookup ended: how many regions begin at or below the
 *	address; no lock, any value in 0..@nr is right
 * @region: the regions
 */
struct axvcpu_regions {
	struct rcu_head rcu;
	u32 nr;
	u32 hint[AXVCPU_NR_HINTS];
	struct axvcpu_region region[];
};

/**
 * axvcpu_region_check() - may such a range be mapped at all
 * @map: what userspace asks for
 * @limit: first guest-physical address beyond the VM's width
 *
 * Pure. Return: 0, -EINVAL (alignment, length 0, wrap, beyond @limit, unknown
 * flag, no access at all).
 */
int axvcpu_region_check(const struct axvcpu_map *map, u64 limit);

/**
 * axvcpu_range_check() - is this a range of whole pages
 * @gpa: first address
 * @len: bytes
 *
 * Pure. Return: 0, -EINVAL (alignment, length 0, wrap).
 */
int axvcpu_range_check(u64 gpa, u64 len);

/**
 * axvcpu_regions_find() - region at an address
 * @regions: array
 * @gpa: guest-physical address
 * @hint: whose last lookup to try first
 *
 * Return: the region, or NULL.
 */
struct axvcpu_region *axvcpu_regions_find(struct axvcpu_regions *regions, u64 gpa,
					  enum axvcpu_region_hint hint);

/**
 * axvcpu_regions_overlap() - does a range touch a region
 * @regions: array
 * @gpa: first address
 * @end: address after the last
 *
 * Pure. Return: true if it does.
 */
bool axvcpu_regions_overlap(const struct axvcpu_regions *regions, u64 gpa, u64 end);

/**
 * axvcpu_regions_insert() - copy an array, without what was taken away, and add a region
 * @to: written; has room for the live regions of @from and one more
 * @from: array
 * @region: overlaps none of them
 */
void axvcpu_regions_insert(struct axvcpu_regions *to, const struct axvcpu_regions *from,
			   const struct axvcpu_region *region);

/**
 * axvcpu_regions_live() - count the regions that were not taken away
 * @regions: array
 *
 * Pure. Return: how many.
 */
u32 axvcpu_regions_live(const struct axvcpu_regions *regions);

/**
 * struct axvcpu_hva_walk - guest-physical pieces behind a host range, one after the other
 * @start: first host address
 * @end: address after the last
 * @step: largest piece, in bytes; a multiple of the page size
 * @cursor: guest-physical address where the next search begins; 0 at first
 * @gpa: piece found: its first address
 * @gpa_end: piece found: address after its last
 */
struct axvcpu_hva_walk {
	unsigned long start;
	unsigned long end;
	u64 step;
	u64 cursor;
	u64 gpa;
	u64 gpa_end;
};

/**
 * axvcpu_hva_walk_next() - find the next piece
 * @walk: state; the array may be another one at each call
 * @regions: array
 *
 * Return: false if there is none.
 */
bool axvcpu_hva_walk_next(struct axvcpu_hva_walk *walk, const struct axvcpu_regions *regions);

#endif /* _AXVCPU_MEM_REGION_H */
