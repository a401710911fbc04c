/* SPDX-License-Identifier: GPL-2.0-only */
/* What struct axvcpu_vm embeds of guest memory; its meaning is in mem.h. */
#ifndef _AXVCPU_MEM_TYPES_H
#define _AXVCPU_MEM_TYPES_H

#include <linux/mmu_notifier.h>
#include <linux/spinlock.h>
#include <linux/types.h>

#include <axvcpu/stage2.h>

struct axvcpu_regions;

/**
 * struct axvcpu_mem - guest memory of one VM
 * @gpa_bits: width of guest-physical addresses; 0 means 48. Set before the first
 *	axvcpu_mem_map(), then constant
 * @regions: mapped ranges; replaced under axvcpu_vm.lock and @lock, read under
 *	either of them or RCU
 * @lock: protects the tables and the fields below; innermost, taken in mmu
 *	notifiers, nothing sleeps or allocates under it
 * @s2: stage-2 tables; under @lock
 * @inv_seq: grows when translations of host pages have been taken back; under
 *	@lock, sampled without it
 * @inv_count: invalidations that began and did not end; under @lock
 * @inv_start: lowest host address that one of them takes back; under @lock
 * @inv_end: address after the highest; under @lock
 * @faults: see struct axvcpu_vm_stats; under @lock
 * @invalidations: likewise
 * @tlb_flushes: likewise
 * @closing: no vCPU is left whose translations could be flushed; under @lock
 * @mn: callbacks on axvcpu_vm.mm
 */
struct axvcpu_mem {
	u32 gpa_bits;
	struct axvcpu_regions __rcu *regions;
	spinlock_t lock;	/* see @lock */
	struct axvcpu_stage2 s2;
	unsigned long inv_seq;
	unsigned long inv_count;
	unsigned long inv_start;
	unsigned long inv_end;
	u64 faults;
	u64 invalidations;
	u64 tlb_flushes;
	bool closing;
	struct mmu_notifier mn;
};

#endif /* _AXVCPU_MEM_TYPES_H */
