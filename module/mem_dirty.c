// SPDX-License-Identifier: GPL-2.0-only
/*
 * The dirty log. Pages of a region that logs are mapped read-only until they are
 * written, and then alone, as 4 KiB; reading the log makes them read-only again.
 */

#include <linux/atomic.h>
#include <linux/mm.h>
#include <linux/slab.h>
#include <linux/uaccess.h>

#include "mem_internal.h"

/* Words of the bitmap, 16 MiB of memory, between two looks at who else wants the lock. */
#define DIRTY_STEP	64

/**
 * struct dirty_part - the part of a region's log that is asked for
 * @region: region; axvcpu_vm.lock keeps it
 * @first: first page of it in the region, a multiple of 64
 * @nr: pages
 * @words: words of the answer
 */
struct dirty_part {
	struct axvcpu_region *region;
	u64 first;
	u64 nr;
	u64 words;
};

static int dirty_find(struct axvcpu_vm *vm, const struct axvcpu_dirty_log *log,
		      struct dirty_part *part)
{
	struct axvcpu_region *region;

	if (axvcpu_range_check(log->gpa, log->len))
		return -EINVAL;
	region = axvcpu_regions_find(rcu_dereference_protected(vm->mem.regions,
							       lockdep_is_held(&vm->lock)),
				     log->gpa, AXVCPU_HINT_FAULT);
	if (!region)
		return -ENOENT;
	if (!region->dirty || log->len > region->end - log->gpa)
		return -EINVAL;

	part->region = region;
	part->first = (log->gpa - region->gpa) >> PAGE_SHIFT;
	part->nr = log->len >> PAGE_SHIFT;
	part->words = BITS_TO_LONGS(part->nr);
	return IS_ALIGNED(part->first, BITS_PER_LONG) ? 0 : -EINVAL;
}

/* Bits of word @i of the answer that lie in the range. */
static unsigned long dirty_mask(const struct dirty_part *part, u64 i)
{
	return i == part->words - 1 ? BITMAP_LAST_WORD_MASK(part->nr) : ~0UL;
}

static atomic_long_t *dirty_word(const struct dirty_part *part, u64 i)
{
	return (atomic_long_t *)&part->region->dirty[part->first / BITS_PER_LONG + i];
}

/* What is cleared here is written to again only through a new fault. */
static void dirty_take(struct axvcpu_vm *vm, const struct dirty_part *part, unsigned long *bits)
{
	u64 gpa = part->region->gpa + (part->first << PAGE_SHIFT);
	u64 i;

	axvcpu_mem_lock(&vm->mem);
	for (i = 0; i < part->words; i++, gpa += BITS_PER_LONG * PAGE_SIZE) {
		unsigned long mask = dirty_mask(part, i);

		if (i && !(i % DIRTY_STEP))
			axvcpu_mem_relax(vm);
		if (!(READ_ONCE(*(unsigned long *)dirty_word(part, i)) & mask))
			continue;
		bits[i] = atomic_long_fetch_andnot(mask, dirty_word(part, i)) & mask;
		axvcpu_stage2_write_protect(&vm->mem.s2, gpa + __ffs(bits[i]) * PAGE_SIZE,
					    gpa + (__fls(bits[i]) + 1) * PAGE_SIZE);
	}
	axvcpu_mem_unlock(vm);
}

static void dirty_give_back(const struct dirty_part *part, const unsigned long *bits)
{
	u64 i;

	for (i = 0; i < part->words; i++)
		if (bits[i])
			atomic_long_or(bits[i], dirty_word(part, i));
}

int axvcpu_mem_dirty_log(struct axvcpu_vm *vm, const struct axvcpu_dirty_log *log)
{
	struct dirty_part part;
	unsigned long *bits;
	int ret;

	lockdep_assert_held(&vm->lock);
	ret = dirty_find(vm, log, &part);
	if (ret)
		return ret;

	/* Not larger than the bitmap of the region, which could be allocated. */
	bits = kvcalloc(part.words, sizeof(*bits), GFP_KERNEL_ACCOUNT | __GFP_NOWARN);
	if (!bits)
		return -ENOMEM;

	dirty_take(vm, &part, bits);
	if (copy_to_user((void __user *)(unsigned long)log->bitmap, bits,
			 part.words * sizeof(*bits))) {
		dirty_give_back(&part, bits);
		ret = -EFAULT;
	}
	kvfree(bits);
	return ret;
}
