// SPDX-License-Identifier: GPL-2.0-only
/*
 * Stage-2 faults. Nothing is held while the host's page is looked for, so that it
 * may take as long as swapping does; under the lock it is seen if the answer still
 * holds.
 */

#include <linux/gfp.h>
#include <linux/mm.h>
#include <linux/sched.h>
#include <linux/swap.h>

#include "mem_internal.h"

/*
 * To break a copy-on-write page is itself a change of the host's mapping, so that a
 * second try is common; a third is not.
 */
#define FAULT_TRIES	4

static_assert(AXVCPU_ACCESS_R == AXVCPU_MAP_R && AXVCPU_ACCESS_W == AXVCPU_MAP_W &&
	      AXVCPU_ACCESS_X == AXVCPU_MAP_X, "compared with each other here");

/* Reading a page of a region that logs writes must not make it writable. */
static bool region_may_write(const struct axvcpu_region *region, u32 access)
{
	if (!(region->flags & AXVCPU_MAP_W))
		return false;
	return !region->dirty || (access & AXVCPU_ACCESS_W);
}

static int fault_find(struct axvcpu_vm *vm, u64 gpa, u32 access, struct axvcpu_region *region)
{
	struct axvcpu_region *found;

	rcu_read_lock();
	found = axvcpu_regions_find(rcu_dereference(vm->mem.regions), gpa, AXVCPU_HINT_FAULT);
	if (found)
		*region = *found;
	rcu_read_unlock();

	if (!found)
		return -ENOENT;
	return access & ~region->flags ? -EACCES : 0;
}

/* Largest level at which the page can be mapped, with all that the region says of it. */
static unsigned int fault_level(const struct axvcpu_mem *mem, const struct axvcpu_region *region,
				u64 gpa, bool writable, unsigned int host_level)
{
	unsigned int level = min(host_level, mem->s2.fmt->max_leaf_level);
	u64 offset = region->gpa - region->hva;

	if (region->dirty && writable)
		return AXVCPU_STAGE2_4K;
	for (; level > AXVCPU_STAGE2_4K; level--) {
		u64 size = axvcpu_stage2_size(level);
		u64 base = ALIGN_DOWN(gpa, size);

		if (IS_ALIGNED(offset, size) && base >= region->gpa &&
		    region->end - base >= size)
			break;
	}
	return level;
}

/* When it is mapped, not when it is written: the host unmaps a page before it cleans it. */
static void fault_mark_page(const struct axvcpu_host_page *host)
{
	if (PageReserved(host->page))
		return;
	if (host->writable)
		SetPageDirty(host->page);
	mark_page_accessed(host->page);
}

static int cache_fill(struct axvcpu_stage2_cache *cache)
{
	while (cache->nr < cache->need) {
		void *page = (void *)__get_free_page(GFP_KERNEL_ACCOUNT | __GFP_ZERO);

		if (!page)
			return -ENOMEM;
		cache->page[cache->nr++] = page;
	}
	return 0;
}

static void cache_drain(struct axvcpu_stage2_cache *cache)
{
	while (cache->nr)
		free_page((unsigned long)cache->page[--cache->nr]);
}

/*
 * Return: 0, -EAGAIN (the host changed meanwhile), -ENOMEM (@cache was too small and
 * says what it takes).
 */
static int fault_install(struct axvcpu_vm *vm, const struct axvcpu_region *region, u64 gpa,
			 const struct axvcpu_host_page *host, unsigned long seq,
			 struct axvcpu_stage2_cache *cache)
{
	unsigned int level = fault_level(&vm->mem, region, gpa, host->writable, host->level);
	u64 pa = PFN_PHYS(page_to_pfn(host->page));
	u32 access = region->flags & (AXVCPU_MAP_R | AXVCPU_MAP_X);
	u64 size = axvcpu_stage2_size(level);
	u64 base = ALIGN_DOWN(gpa, size);
	struct axvcpu_mem *mem = &vm->mem;
	int ret = -EAGAIN;

	if (host->writable)
		access |= AXVCPU_MAP_W;

	axvcpu_mem_lock(mem);
	if (axvcpu_mem_is_stale(mem, seq, region->hva + (base - region->gpa), size))
		goto unlock;
	ret = axvcpu_stage2_map(&mem->s2, base, ALIGN_DOWN(pa, size), level, access, cache);
	if (ret)
		goto unlock;

	mem->faults++;
	fault_mark_page(host);
	if (host->writable)
		axvcpu_mem_mark_dirty(region, gpa, 1);
unlock:
	axvcpu_mem_unlock(vm);
	return ret;
}

static int fault_try(struct axvcpu_vm *vm, u64 gpa, u32 access, struct axvcpu_stage2_cache *cache)
{
	struct axvcpu_host_page host;
	struct axvcpu_region region;
	unsigned long seq;
	int ret;

	/* Sampled before anything that an invalidation could make wrong. */
	seq = smp_load_acquire(&vm->mem.inv_seq);
	ret = fault_find(vm, gpa, access, &region);
	if (ret)
		return ret;

	ret = axvcpu_host_page_get(region.hva + (gpa - region.gpa), access & AXVCPU_ACCESS_W,
				   region_may_write(&region, access), &host);
	if (ret)
		return ret;

	ret = fault_install(vm, &region, gpa, &host, seq, cache);
	if (ret == -ENOMEM) {
		ret = cache_fill(cache);
		if (!ret)
			ret = fault_install(vm, &region, gpa, &host, seq, cache);
	}
	put_page(host.page);
	return ret;
}

int axvcpu_mem_fault(struct axvcpu_vm *vm, u64 gpa, u32 access)
{
	struct axvcpu_stage2_cache cache = {};
	unsigned int tries = FAULT_TRIES;
	int ret;

	/* Accesses to devices come by here as well, and should not pay for the rest. */
	if (!axvcpu_mem_covers(vm, gpa))
		return -ENOENT;
	/* What hva means is known here only in the address space that mapped it. */
	if (current->mm != vm->mm)
		return -EFAULT;

	access &= AXVCPU_ACCESS_R | AXVCPU_ACCESS_W | AXVCPU_ACCESS_X;
	gpa = PAGE_ALIGN_DOWN(gpa);
	do {
		ret = fault_try(vm, gpa, access, &cache);
	} while (ret == -EAGAIN && --tries);
	cache_drain(&cache);

	/* The guest may try again; before that its thread looks for signals and the like. */
	return ret == -EAGAIN ? 0 : ret;
}
