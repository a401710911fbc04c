/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Walk of a guest's own page tables, from linear to guest-physical address.
 *
 * Pure: guest memory is reached through the caller's functions only.
 * References are to the AMD64 Architecture Programmer's Manual (APM) Vol. 2,
 * rev. 3.42.
 */
#ifndef AXVCPU_X86_WALK_H
#define AXVCPU_X86_WALK_H

#include <linux/bits.h>
#include <linux/types.h>

#include "x86_segment.h"

/* Bits of a #PF error code.  APM 8.4.2. */
#define AXX86_PF_P	BIT(0)
#define AXX86_PF_W	BIT(1)
#define AXX86_PF_U	BIT(2)
#define AXX86_PF_RSVD	BIT(3)
#define AXX86_PF_I	BIT(4)
#define AXX86_PF_PK	BIT(5)

/**
 * struct axx86_walk_mem - how a walk reaches guest memory
 * @read:    copy @len bytes (4 or 8, aligned) at @gpa to @buf in one piece; 0, or -errno
 *           if there is no RAM at @gpa
 * @cmpxchg: put @new at @gpa if @old is still there, atomically; 0, -EAGAIN if it is not,
 *           or another -errno if there is no writable RAM at @gpa
 * @ctx:     passed to both
 *
 * Neither may answer -EFAULT: from a walk that means a guest page fault.
 */
struct axx86_walk_mem {
	int (*read)(void *ctx, u64 gpa, void *buf, size_t len);
	int (*cmpxchg)(void *ctx, u64 gpa, u64 old, u64 new, size_t len);
	void *ctx;
};

/* How the CPU departs from the common rules. */
#define AXX86_PAGING_NO_1G	BIT(0)	/* CPUID 8000_0001 EDX.Page1GB clear: PDPE.PS reserved */
#define AXX86_PAGING_AMD	BIT(1)	/* bit 8 is reserved above the page directories */

/**
 * struct axx86_paging - the guest state that decides a translation
 * @cr0:        CR0
 * @cr3:        CR3
 * @cr4:        CR4
 * @efer:       EFER
 * @rflags:     RFLAGS
 * @pdpte:      PAE: the four entries the CPU holds; NULL if it reads them from memory
 *              at each walk, as AMD CPUs do under nested paging (APM 15.25)
 * @pkru:       PKRU
 * @quirks:     AXX86_PAGING_*
 * @maxphyaddr: guest-physical address bits, 32 to 52
 * @cpl:        current privilege level
 */
struct axx86_paging {
	u64 cr0;
	u64 cr3;
	u64 cr4;
	u64 efer;
	u64 rflags;
	const u64 *pdpte;
	u32 pkru;
	u32 quirks;
	u8  maxphyaddr;
	u8  cpl;
};

/**
 * struct axx86_walk - what a walk found
 * @gpa:       0: guest-physical address of the byte asked for
 * @page_size: 0: bytes in the page it lies in: 4K, 2M, 4M or 1G; 4K without paging
 * @table_gpa: an error of the caller's functions: the entry they were asked for
 * @fault:     -EFAULT: the page fault
 *
 * What does not belong to the answer is zero.
 */
struct axx86_walk {
	u64 gpa;
	u64 page_size;
	u64 table_gpa;
	struct axx86_fault fault;
};

int axx86_walk(const struct axx86_walk_mem *mem, const struct axx86_paging *pg, u64 gva,
	       u32 access, struct axx86_walk *out);

#endif /* AXVCPU_X86_WALK_H */
