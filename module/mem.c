// SPDX-License-Identifier: GPL-2.0-only
/* Guest memory: its life, and which ranges of it are mapped. */

#include <linux/gfp.h>
#include <linux/mm.h>
#include <linux/overflow.h>
#include <linux/sched.h>
#include <linux/sched/mm.h>
#include <linux/slab.h>
#include <linux/uaccess.h>

#include <axvcpu/arch.h>

#include "mem_internal.h"

#define MEM_DEFAULT_GPA_BITS	48

static struct axvcpu_vm *mem_vm(struct axvcpu_mem *mem)
{
	return container_of(mem, struct axvcpu_vm, mem);
}

static void mem_flush(struct axvcpu_mem *mem)
{
	if (mem->closing)
		return;
	axvcpu_vm_flush_tlb(mem_vm(mem));
	mem->tlb_flushes++;
}

static void mem_flush_now(struct axvcpu_stage2 *s2)
{
	mem_flush(container_of(s2, struct axvcpu_mem, s2));
}

void axvcpu_mem_unlock(struct axvcpu_vm *vm)
	__releases(&vm->mem.lock)
{
	struct axvcpu_mem *mem = &vm->mem;
	struct page *page, *next;
	LIST_HEAD(freed);

	if (mem->s2.flush) {
		mem_flush(mem);
		mem->s2.flush = false;
	}
	list_splice_init(&mem->s2.freed, &freed);
	spin_unlock(&mem->lock);

	list_for_each_entry_safe(page, next, &freed, lru)
		__free_page(page);
}

void axvcpu_mem_relax(struct axvcpu_vm *vm)
	__must_hold(&vm->mem.lock)
{
	if (!need_resched() && !spin_is_contended(&vm->mem.lock))
		return;
	axvcpu_mem_unlock(vm);
	cond_resched();
	axvcpu_mem_lock(&vm->mem);
}

/* Takes the lock, and gives it away between the pieces of a large range. */
static void mem_zap(struct axvcpu_vm *vm, u64 gpa, u64 end)
{
	axvcpu_mem_lock(&vm->mem);
	while (gpa < end) {
		u64 next = min(gpa + AXVCPU_MEM_STEP, end);

		axvcpu_stage2_unmap(&vm->mem.s2, gpa, next);
		gpa = next;
		axvcpu_mem_relax(vm);
	}
	axvcpu_mem_unlock(vm);
}

static struct axvcpu_regions *mem_alloc_regions(u32 nr)
{
	struct axvcpu_regions *regions;

	regions = kvzalloc(struct_size(regions, region, nr), GFP_KERNEL_ACCOUNT);
	return regions;
}

/* Callers hold axvcpu_vm.lock, or are alone with the VM. */
static struct axvcpu_regions *mem_own_regions(struct axvcpu_vm *vm)
{
	return rcu_dereference_protected(vm->mem.regions, true);
}

int axvcpu_mem_init(struct axvcpu_vm *vm)
{
	const struct axvcpu_stage2_format *fmt = axvcpu_ops->stage2;
	struct axvcpu_mem *mem = &vm->mem;
	struct axvcpu_regions *regions;
	int ret = -ENOMEM;
	void *root;

	root = (void *)__get_free_pages(GFP_KERNEL_ACCOUNT | __GFP_ZERO, fmt->root_order);
	if (!root)
		return -ENOMEM;

	regions = mem_alloc_regions(0);
	if (!regions)
		goto err_root;

	spin_lock_init(&mem->lock);
	axvcpu_stage2_init(&mem->s2, fmt, root);
	mem->s2.flush_now = mem_flush_now;
	RCU_INIT_POINTER(mem->regions, regions);

	mem->mn.ops = &axvcpu_mem_notifier_ops;
	ret = mmu_notifier_register(&mem->mn, vm->mm);
	if (ret)
		goto err_regions;
	return 0;

err_regions:
	kvfree(regions);
err_root:
	free_pages((unsigned long)root, fmt->root_order);
	return ret;
}

void axvcpu_mem_destroy(struct axvcpu_vm *vm)
{
	struct axvcpu_regions *regions = mem_own_regions(vm);
	struct axvcpu_mem *mem = &vm->mem;
	unsigned int order = mem->s2.fmt->root_order;
	u32 i;

	axvcpu_mem_lock(mem);
	mem->closing = true;
	axvcpu_mem_unlock(vm);

	/* Calls release, unless the address space is gone; then waits for callbacks. */
	mmu_notifier_unregister(&mem->mn, vm->mm);

	for (i = 0; i < regions->nr; i++) {
		mem_zap(vm, regions->region[i].gpa, regions->region[i].end);
		kvfree(regions->region[i].dirty);
	}
	WARN_ON_ONCE(mem->s2.nr_tables != 1ULL << order);

	free_pages((unsigned long)mem->s2.root, order);
	kvfree(regions);
}

static u64 mem_limit(const struct axvcpu_mem *mem)
{
	return min(1ULL << (mem->gpa_bits ?: MEM_DEFAULT_GPA_BITS),
		   axvcpu_stage2_limit(mem->s2.fmt));
}

static bool mem_is_user_range(const struct axvcpu_vm *vm, u64 hva, u64 len)
{
	return hva + len <= vm->mm->task_size &&
	       access_ok((void __user *)(unsigned long)hva, len);
}

static int mem_check_map(const struct axvcpu_vm *vm, const struct axvcpu_map *map)
{
	const struct axvcpu_stage2_format *fmt = vm->mem.s2.fmt;

	if (axvcpu_region_check(map, mem_limit(&vm->mem)) ||
	    !mem_is_user_range(vm, map->hva, map->len))
		return -EINVAL;
	if (!fmt->supports(map->flags & (AXVCPU_MAP_R | AXVCPU_MAP_W | AXVCPU_MAP_X)))
		return -EOPNOTSUPP;
	return 0;
}

static int mem_alloc_dirty(struct axvcpu_region *region)
{
	u64 bytes = BITS_TO_LONGS((region->end - region->gpa) >> PAGE_SHIFT) * sizeof(long);

	if (!(region->flags & AXVCPU_MAP_DIRTY_LOG))
		return 0;
	/* The size is the caller's choice: failing is nothing to warn of. */
	if (bytes <= INT_MAX)
		region->dirty = kvzalloc(bytes, GFP_KERNEL_ACCOUNT | __GFP_NOWARN);
	return region->dirty ? 0 : -ENOMEM;
}

static int mem_insert(struct axvcpu_vm *vm, struct axvcpu_region *region)
{
	struct axvcpu_regions *old = mem_own_regions(vm);
	struct axvcpu_regions *new;
	int ret;

	new = mem_alloc_regions(axvcpu_regions_live(old) + 1);
	if (!new)
		return -ENOMEM;
	ret = mem_alloc_dirty(region);
	if (ret) {
		kvfree(new);
		return ret;
	}
	axvcpu_regions_insert(new, old, region);

	axvcpu_mem_lock(&vm->mem);
	rcu_assign_pointer(vm->mem.regions, new);
	axvcpu_mem_unlock(vm);
	kvfree_rcu(old, rcu);
	return 0;
}

int axvcpu_mem_map(struct axvcpu_vm *vm, const struct axvcpu_map *map)
{
	struct axvcpu_region region = {
		.gpa = map->gpa,
		.end = map->gpa + map->len,
		.hva = map->hva,
		.hva_end = map->hva + map->len,
		.flags = map->flags,
	};
	struct axvcpu_regions *regions;
	int ret;

	lockdep_assert_held(&vm->lock);
	if (current->mm != vm->mm)
		return -EPERM;
	ret = mem_check_map(vm, map);
	if (ret)
		return ret;

	regions = mem_own_regions(vm);
	if (axvcpu_regions_overlap(regions, region.gpa, region.end))
		return -EEXIST;
	if (axvcpu_regions_live(regions) >= AXVCPU_MAX_MAPS)
		return -ENOSPC;
	return mem_insert(vm, &region);
}

static struct axvcpu_region *mem_find_exact(struct axvcpu_vm *vm, u64 gpa, u64 len)
{
	struct axvcpu_region *region;

	region = axvcpu_regions_find(mem_own_regions(vm), gpa, AXVCPU_HINT_FAULT);
	if (!region || region->gpa != gpa || region->end != gpa + len)
		return NULL;
	return region;
}

int axvcpu_mem_unmap(struct axvcpu_vm *vm, const struct axvcpu_unmap *unmap)
{
	struct axvcpu_region *region;
	u64 end = unmap->gpa + unmap->len;

	lockdep_assert_held(&vm->lock);
	if (axvcpu_range_check(unmap->gpa, unmap->len))
		return -EINVAL;
	region = mem_find_exact(vm, unmap->gpa, unmap->len);
	if (!region)
		return -ENOENT;

	/* Faults that found the region before this must not map it after this. */
	axvcpu_mem_lock(&vm->mem);
	WRITE_ONCE(region->end, region->gpa);
	vm->mem.inv_seq++;
	axvcpu_mem_unlock(vm);

	mem_zap(vm, unmap->gpa, end);

	/* After this nobody copies from or to it any more, nor marks it dirty. */
	synchronize_rcu_expedited();
	axvcpu_mem_lock(&vm->mem);
	region->hva_end = region->hva;
	axvcpu_mem_unlock(vm);
	kvfree(region->dirty);
	region->dirty = NULL;
	return 0;
}

bool axvcpu_mem_covers(struct axvcpu_vm *vm, u64 gpa)
{
	bool ret;

	rcu_read_lock();
	ret = axvcpu_regions_find(rcu_dereference(vm->mem.regions), gpa, AXVCPU_HINT_FAULT);
	rcu_read_unlock();
	return ret;
}

u64 axvcpu_mem_root(const struct axvcpu_vm *vm)
{
	return vm->mem.s2.root_pa;
}

void axvcpu_mem_stats(struct axvcpu_vm *vm, struct axvcpu_vm_stats *stats)
{
	struct axvcpu_mem *mem = &vm->mem;

	axvcpu_mem_lock(mem);
	stats->mapped_4k = mem->s2.nr_leaves[AXVCPU_STAGE2_4K];
	stats->mapped_2m = mem->s2.nr_leaves[AXVCPU_STAGE2_2M];
	stats->mapped_1g = mem->s2.nr_leaves[AXVCPU_STAGE2_1G];
	stats->table_pages = mem->s2.nr_tables;
	stats->faults = mem->faults;
	stats->invalidations = mem->invalidations;
	stats->tlb_flushes = mem->tlb_flushes;
	axvcpu_mem_unlock(vm);
}
