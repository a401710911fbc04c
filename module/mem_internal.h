/* SPDX-License-Identifier: GPL-2.0-only */
/* What the files of guest memory share. Documentation/memory.rst has the whole picture. */
#ifndef _AXVCPU_MEM_INTERNAL_H
#define _AXVCPU_MEM_INTERNAL_H

#include <linux/lockdep.h>
#include <linux/rcupdate.h>
#include <linux/spinlock.h>

#include <axvcpu/mem.h>
#include <axvcpu/vm.h>

#include "mem_region.h"

struct page;

/* Largest piece that is unmapped before the lock may be given to others. */
#define AXVCPU_MEM_STEP		(256ULL << 20)

/**
 * struct axvcpu_host_page - what the host has at an address
 * @page: a reference is held
 * @writable: the host lets the page be written now
 * @level: largest stage-2 level that the host's own mapping allows
 *
 * It is a guess until axvcpu_mem_is_stale() says no under axvcpu_mem.lock.
 */
struct axvcpu_host_page {
	struct page *page;
	bool writable;
	unsigned int level;
};

/**
 * axvcpu_host_page_get() - fault in and look up a page of the caller
 * @hva: user address
 * @write: it will be written
 * @try_write: find out if it could be written, without making it so
 * @host: written on success
 *
 * Context: process, sleeps; a thread of the mm.
 * Return: 0, -EFAULT (no page, or not for this access), -EINTR (a signal), -ENOMEM.
 */
int axvcpu_host_page_get(unsigned long hva, bool write, bool try_write,
			 struct axvcpu_host_page *host);

/**
 * axvcpu_mem_lock() - take axvcpu_mem.lock
 * @mem: guest memory
 */
static inline void axvcpu_mem_lock(struct axvcpu_mem *mem)
	__acquires(&mem->lock)
{
	spin_lock(&mem->lock);
}

/**
 * axvcpu_mem_unlock() - flush what the tables need flushed, then release the lock
 * @vm: VM
 *
 * The lock is never released otherwise: whoever finds nothing mapped under it may
 * rely on it that no CPU has a translation either.
 */
void axvcpu_mem_unlock(struct axvcpu_vm *vm) __releases(&vm->mem.lock);

/**
 * axvcpu_mem_relax() - let others have the lock for a moment, and the CPU
 * @vm: VM, locked
 *
 * Context: process, may sleep.
 */
void axvcpu_mem_relax(struct axvcpu_vm *vm) __must_hold(&vm->mem.lock);

/**
 * axvcpu_mem_regions() - the regions, for one who holds axvcpu_mem.lock
 * @mem: guest memory, locked
 */
static inline struct axvcpu_regions *axvcpu_mem_regions(struct axvcpu_mem *mem)
{
	return rcu_dereference_protected(mem->regions, lockdep_is_held(&mem->lock));
}

/**
 * axvcpu_mem_is_stale() - may what was learned of the host be outdated
 * @mem: guest memory, locked
 * @seq: mem->inv_seq sampled before the first look at regions and host
 * @hva: first host address that is going to be mapped
 * @size: bytes of it
 *
 * Return: true if host pages in the range are being taken back, or anything was
 * since the sample.
 */
static inline bool axvcpu_mem_is_stale(const struct axvcpu_mem *mem, unsigned long seq,
				       unsigned long hva, u64 size)
{
	lockdep_assert_held(&mem->lock);
	if (mem->inv_count && hva < mem->inv_end && hva + size > mem->inv_start)
		return true;
	return mem->inv_seq != seq;
}

/**
 * axvcpu_mem_mark_dirty() - record writes to a region
 * @region: region, kept alive by axvcpu_mem.lock or RCU
 * @gpa: first address written
 * @len: bytes, not 0
 */
static inline void axvcpu_mem_mark_dirty(const struct axvcpu_region *region, u64 gpa, u64 len)
{
	u64 first = (gpa - region->gpa) >> PAGE_SHIFT;
	u64 last = (gpa + len - 1 - region->gpa) >> PAGE_SHIFT;

	if (!region->dirty)
		return;
	for (; first <= last; first++)
		set_bit(first, region->dirty);
}

extern const struct mmu_notifier_ops axvcpu_mem_notifier_ops;

#endif /* _AXVCPU_MEM_INTERNAL_H */
