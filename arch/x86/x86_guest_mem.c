// SPDX-License-Identifier: GPL-2.0-only
/* Guest memory as the guest addresses it: segments, then its own page tables. */
#include <axvcpu/mem.h>

#include "x86_ops.h"

static int walk_read(void *ctx, u64 gpa, void *buf, size_t len)
{
	int ret = axvcpu_mem_read(ctx, gpa, buf, len);

	/* From a walk -EFAULT would be the guest's own page fault. */
	return ret == -EFAULT ? -ENOENT : ret;
}

static int walk_cmpxchg(void *ctx, u64 gpa, u64 old, u64 new, size_t len)
{
	int ret = axvcpu_mem_cmpxchg(ctx, gpa, old, new, len);

	return ret == -EFAULT ? -ENOENT : ret;
}

/**
 * axx86_translate() - from a linear to a guest-physical address
 * @x: vCPU
 * @gva: linear address
 * @access: AXX86_ACCESS_*
 * @walk: answer
 *
 * Context: process, sleeps.
 * Return: 0, -EFAULT (walk->fault is for the guest), another errno if a table is not in RAM.
 */
int axx86_translate(struct axx86_vcpu *x, u64 gva, u32 access, struct axx86_walk *walk)
{
	const struct axx86_walk_mem mem = {
		.read = walk_read,
		.cmpxchg = walk_cmpxchg,
		.ctx = x->vcpu->vm,
	};
	const struct axx86_paging pg = {
		.cr0 = axx86_read(x, AXX86_CR0),
		.cr3 = axx86_read(x, AXX86_CR3),
		.cr4 = axx86_read(x, AXX86_CR4),
		.efer = axx86_read(x, AXX86_EFER),
		.rflags = axx86_read(x, AXX86_RFLAGS),
		.pkru = x->pkru,
		.quirks = AXX86_PAGING_AMD,
		.maxphyaddr = x->cpuid->maxphyaddr,
		.cpl = axx86_read(x, AXX86_CPL),
	};

	return axx86_walk(&mem, &pg, gva, access, walk);
}

/**
 * axx86_linearize() - from an offset in a segment to a linear address
 * @x: vCPU
 * @seg: enum axx86_seg
 * @ea: offset
 * @len: bytes
 * @access: AXX86_ACCESS_*
 * @gva: answer
 * @fault: for the guest, with -EFAULT
 *
 * Return: 0 or -EFAULT.
 */
int axx86_linearize(struct axx86_vcpu *x, u8 seg, u64 ea, u32 len, u32 access, u64 *gva,
		    struct axx86_fault *fault)
{
	struct axx86_segment segs[AXX86_NR_SEG];
	const struct axx86_access a = {
		.ea = ea,
		.len = len,
		.mode = axx86_current_mode(x),
		.seg = seg,
		.access = access,
		.va_bits = axx86_read(x, AXX86_CR4) & AXCR4_LA57 ? 57 : 48,
	};

	/* Only the segment in question is looked at. */
	axx86_vendor->read_seg(x, seg, &segs[seg]);
	return axx86_linear(segs, &a, gva, fault) ? -EFAULT : 0;
}
