// SPDX-License-Identifier: GPL-2.0-only
/*
 * The host takes pages back: swap, migration, KSM, fork, munmap and so on. Between
 * begin and end of such an invalidation no fault may map what it covers, and one
 * that looked at the host before its end must look again.
 */

#include <linux/mm.h>
#include <linux/mmu_notifier.h>

#include "mem_internal.h"

static struct axvcpu_vm *notifier_vm(struct mmu_notifier *mn)
{
	return container_of(mn, struct axvcpu_vm, mem.mn);
}

/*
 * Several may overlap in time. Which parts the ones that ended had covered is not
 * kept: the range shrinks when the last one ends.
 */
static void invalidate_begin(struct axvcpu_mem *mem, unsigned long start, unsigned long end)
{
	if (!mem->inv_count++) {
		mem->inv_start = start;
		mem->inv_end = end;
		return;
	}
	mem->inv_start = min(mem->inv_start, start);
	mem->inv_end = max(mem->inv_end, end);
}

static void invalidate_zap(struct axvcpu_vm *vm, unsigned long start, unsigned long end,
			   bool may_block)
{
	struct axvcpu_mem *mem = &vm->mem;
	struct axvcpu_hva_walk walk = {
		.start = start,
		.end = end,
		.step = AXVCPU_MEM_STEP,
	};
	bool any = false;

	while (axvcpu_hva_walk_next(&walk, axvcpu_mem_regions(mem))) {
		axvcpu_stage2_unmap(&mem->s2, walk.gpa, walk.gpa_end);
		any = true;
		if (may_block)
			axvcpu_mem_relax(vm);
	}
	mem->invalidations += any;
}

static int notifier_invalidate_start(struct mmu_notifier *mn,
				     const struct mmu_notifier_range *range)
{
	struct axvcpu_vm *vm = notifier_vm(mn);

	axvcpu_mem_lock(&vm->mem);
	invalidate_begin(&vm->mem, range->start, range->end);
	invalidate_zap(vm, range->start, range->end, mmu_notifier_range_blockable(range));
	axvcpu_mem_unlock(vm);
	return 0;
}

static void notifier_invalidate_end(struct mmu_notifier *mn,
				    const struct mmu_notifier_range *range)
{
	struct axvcpu_vm *vm = notifier_vm(mn);

	axvcpu_mem_lock(&vm->mem);
	vm->mem.inv_seq++;
	WARN_ON_ONCE(!vm->mem.inv_count--);
	axvcpu_mem_unlock(vm);
}

static bool notifier_age(struct mmu_notifier *mn, unsigned long start, unsigned long end,
			 bool clear)
{
	struct axvcpu_vm *vm = notifier_vm(mn);
	struct axvcpu_hva_walk walk = {
		.start = start,
		.end = end,
		.step = AXVCPU_MEM_STEP,
	};
	bool young = false;

	axvcpu_mem_lock(&vm->mem);
	while (axvcpu_hva_walk_next(&walk, axvcpu_mem_regions(&vm->mem)))
		young |= axvcpu_stage2_age(&vm->mem.s2, walk.gpa, walk.gpa_end, clear);
	axvcpu_mem_unlock(vm);
	return young;
}

/*
 * An entry made old while a CPU still has it cached is a page that looks idle a
 * little longer. That is not worth stopping every vCPU for.
 */
static int notifier_clear_flush_young(struct mmu_notifier *mn, struct mm_struct *mm,
				      unsigned long start, unsigned long end)
{
	return notifier_age(mn, start, end, true);
}

static int notifier_clear_young(struct mmu_notifier *mn, struct mm_struct *mm,
				unsigned long start, unsigned long end)
{
	return notifier_age(mn, start, end, true);
}

static int notifier_test_young(struct mmu_notifier *mn, struct mm_struct *mm,
			       unsigned long address)
{
	return notifier_age(mn, address, address + PAGE_SIZE, false);
}

/* The address space ends, and with it every thread that could fault pages in again. */
static void notifier_release(struct mmu_notifier *mn, struct mm_struct *mm)
{
	struct axvcpu_vm *vm = notifier_vm(mn);

	axvcpu_mem_lock(&vm->mem);
	invalidate_zap(vm, 0, ULONG_MAX, true);
	vm->mem.inv_seq++;
	axvcpu_mem_unlock(vm);
}

const struct mmu_notifier_ops axvcpu_mem_notifier_ops = {
	.release		= notifier_release,
	.clear_flush_young	= notifier_clear_flush_young,
	.clear_young		= notifier_clear_young,
	.test_young		= notifier_test_young,
	.invalidate_range_start	= notifier_invalidate_start,
	.invalidate_range_end	= notifier_invalidate_end,
};
