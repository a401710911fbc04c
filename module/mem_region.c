// SPDX-License-Identifier: GPL-2.0-only
/* The sorted array of mapped ranges. Nothing here allocates, locks or touches user memory. */

#include <linux/align.h>
#include <linux/compiler.h>
#include <linux/errno.h>
#include <linux/minmax.h>
#include <linux/mm.h>
#include <linux/overflow.h>

#include "mem_region.h"

#define REGION_ACCESS	(AXVCPU_MAP_R | AXVCPU_MAP_W | AXVCPU_MAP_X)

int axvcpu_range_check(u64 gpa, u64 len)
{
	u64 end;

	if (!len || !PAGE_ALIGNED(gpa) || !PAGE_ALIGNED(len) || check_add_overflow(gpa, len, &end))
		return -EINVAL;
	return 0;
}

int axvcpu_region_check(const struct axvcpu_map *map, u64 limit)
{
	if (map->flags & ~(REGION_ACCESS | AXVCPU_MAP_DIRTY_LOG))
		return -EINVAL;
	if (!(map->flags & REGION_ACCESS))
		return -EINVAL;
	if (axvcpu_range_check(map->gpa, map->len) || axvcpu_range_check(map->hva, map->len))
		return -EINVAL;
	return map->gpa + map->len > limit ? -EINVAL : 0;
}

/* How many regions begin at or below @gpa. */
static u32 regions_rank(const struct axvcpu_regions *regions, u64 gpa)
{
	u32 low = 0, high = regions->nr;

	while (low < high) {
		u32 mid = low + (high - low) / 2;

		if (regions->region[mid].gpa <= gpa)
			low = mid + 1;
		else
			high = mid;
	}
	return low;
}

static bool regions_is_rank(const struct axvcpu_regions *regions, u32 rank, u64 gpa)
{
	return (!rank || regions->region[rank - 1].gpa <= gpa) &&
	       (rank == regions->nr || gpa < regions->region[rank].gpa);
}

struct axvcpu_region *axvcpu_regions_find(struct axvcpu_regions *regions, u64 gpa,
					  enum axvcpu_region_hint hint)
{
	u32 rank = READ_ONCE(regions->hint[hint]);

	if (!regions_is_rank(regions, rank, gpa)) {
		rank = regions_rank(regions, gpa);
		WRITE_ONCE(regions->hint[hint], rank);
	}
	if (!rank || gpa >= READ_ONCE(regions->region[rank - 1].end))
		return NULL;
	return &regions->region[rank - 1];
}

bool axvcpu_regions_overlap(const struct axvcpu_regions *regions, u64 gpa, u64 end)
{
	u32 i;

	for (i = 0; i < regions->nr; i++) {
		const struct axvcpu_region *r = &regions->region[i];

		if (r->gpa < r->end && gpa < r->end && r->gpa < end)
			return true;
	}
	return false;
}

u32 axvcpu_regions_live(const struct axvcpu_regions *regions)
{
	u32 i, live = 0;

	for (i = 0; i < regions->nr; i++)
		live += regions->region[i].gpa < regions->region[i].end;
	return live;
}

void axvcpu_regions_insert(struct axvcpu_regions *to, const struct axvcpu_regions *from,
			   const struct axvcpu_region *region)
{
	bool done = false;
	u32 i;

	to->nr = 0;
	memset(to->hint, 0, sizeof(to->hint));
	for (i = 0; i < from->nr; i++) {
		const struct axvcpu_region *r = &from->region[i];

		if (r->gpa == r->end)
			continue;
		if (!done && region->gpa < r->gpa) {
			to->region[to->nr++] = *region;
			done = true;
		}
		to->region[to->nr++] = *r;
	}
	if (!done)
		to->region[to->nr++] = *region;
}

/* Part of @r that @walk has not passed; false if nothing is left. */
static bool hva_walk_clip(struct axvcpu_hva_walk *walk, const struct axvcpu_region *r)
{
	unsigned long start = max(walk->start, r->hva);
	unsigned long end = min(walk->end, r->hva_end);

	if (start >= end)
		return false;
	walk->gpa = r->gpa + (start - r->hva);
	walk->gpa_end = r->gpa + (end - r->hva);
	walk->gpa = max(walk->gpa, walk->cursor);
	walk->gpa_end = min(walk->gpa_end, walk->gpa + walk->step);
	return walk->gpa < walk->gpa_end;
}

bool axvcpu_hva_walk_next(struct axvcpu_hva_walk *walk, const struct axvcpu_regions *regions)
{
	u32 i;

	for (i = 0; i < regions->nr; i++) {
		if (hva_walk_clip(walk, &regions->region[i])) {
			walk->cursor = walk->gpa_end;
			return true;
		}
	}
	return false;
}
