// SPDX-License-Identifier: GPL-2.0-only
/* The instruction at the guest's pc: its bytes, its length, and getting past it. */
#include <linux/minmax.h>
#include <linux/mm.h>
#include <linux/string.h>

#include <axvcpu/mem.h>

#include "x86_ops.h"

/**
 * axx86_current_mode() - how the CPU reads instructions now
 * @x: vCPU
 */
enum axx86_mode axx86_current_mode(struct axx86_vcpu *x)
{
	struct axx86_segment cs;

	axx86_vendor->read_seg(x, AXX86_CS, &cs);
	return axx86_mode(axx86_read(x, AXX86_CR0), axx86_read(x, AXX86_EFER),
			  axx86_read(x, AXX86_RFLAGS), cs.attrib);
}

/* Linear address of the instruction; the hardware has already checked that it can be fetched. */
static u64 linear_rip(struct axx86_vcpu *x)
{
	u64 rip = axx86_read(x, AXX86_RIP);
	struct axx86_segment cs;

	if (axx86_current_mode(x) == AXX86_LONG64)
		return rip;
	axx86_vendor->read_seg(x, AXX86_CS, &cs);
	return (u32)(cs.base + rip);
}

/**
 * axx86_fetch() - the bytes at the guest's pc
 * @x: vCPU
 * @bytes: at most AXX86_INSN_MAX of them
 *
 * From the hardware, if it brought them along, else from guest memory. The
 * second page of an instruction that crosses one may be missing.
 *
 * Context: process, sleeps. Return: how many; 0 if they cannot be read.
 */
int axx86_fetch(struct axx86_vcpu *x, u8 bytes[AXX86_INSN_MAX])
{
	struct axx86_walk walk;
	const u8 *hw;
	int nr = axx86_vendor->insn_bytes(x, &hw);
	u64 gva;

	if (nr) {
		memcpy(bytes, hw, nr);
		return nr;
	}
	gva = linear_rip(x);
	while (nr < AXX86_INSN_MAX) {
		int part = min_t(int, AXX86_INSN_MAX - nr, PAGE_SIZE - offset_in_page(gva + nr));

		if (axx86_translate(x, gva + nr, AXX86_ACCESS_FETCH, &walk))
			break;
		if (axvcpu_mem_read(x->vcpu->vm, walk.gpa, bytes + nr, part))
			break;
		nr += part;
	}
	return nr;
}

/**
 * axx86_fixed_insn() - decode an intercepted instruction
 * @x: vCPU
 * @op: what the hardware says that it is, or AXX86_FIX_ANY
 * @out: completely written
 *
 * Return: 0, -EAGAIN if the bytes cannot be read or are something else by now:
 * the guest changes them, so let it run into what is there.
 */
int axx86_fixed_insn(struct axx86_vcpu *x, enum axx86_fixed_op op, struct axx86_fixed *out)
{
	u8 bytes[AXX86_INSN_MAX];
	int nr = axx86_fetch(x, bytes);

	if (axx86_insn_length(bytes, nr, axx86_current_mode(x), op, out))
		return -EAGAIN;
	return 0;
}

/**
 * axx86_insn_next() - address behind the instruction that exited
 * @x: vCPU
 * @icpt: its intercept
 * @next: answer
 *
 * Return: 0 or -EAGAIN, see axx86_fixed_insn().
 */
int axx86_insn_next(struct axx86_vcpu *x, const struct axx86_intercept *icpt, u64 *next)
{
	struct axx86_fixed fixed;

	*next = icpt->next_rip;
	if (*next)
		return 0;
	if (axx86_fixed_insn(x, icpt->fixed, &fixed))
		return -EAGAIN;
	*next = axx86_read(x, AXX86_RIP) + fixed.length;
	if (axx86_current_mode(x) != AXX86_LONG64)
		*next = (u32)*next;
	return 0;
}

/**
 * axx86_set_rip() - an instruction is done: go on behind it
 * @x: vCPU
 * @rip: where
 *
 * What the end of an instruction does besides: the interrupt shadow and RF end,
 * and a guest that single-steps gets its trap.
 */
void axx86_set_rip(struct axx86_vcpu *x, u64 rip)
{
	u64 rflags = axx86_read(x, AXX86_RFLAGS);

	axx86_write(x, AXX86_RIP, rip);
	axx86_write(x, AXX86_INTR_SHADOW, 0);
	if (rflags & AXRFLAGS_RF)
		axx86_write(x, AXX86_RFLAGS, rflags & ~AXRFLAGS_RF);
	x->stepped = x->debug & AXVCPU_DEBUG_STEP;
	if (unlikely(rflags & AXRFLAGS_TF)) {
		axx86_write(x, AXX86_DR6, axx86_read(x, AXX86_DR6) | AXDR6_BS);
		axx86_raise(x, AXVEC_DB, 0, 0);
	}
}

/**
 * axx86_raise() - an exception for the guest
 * @x: vCPU
 * @vector: below 32
 * @error: error code, if the vector pushes one
 * @address: CR2, for #PF
 */
void axx86_raise(struct axx86_vcpu *x, u8 vector, u32 error, u64 address)
{
	/* Real mode has no error codes: APM Vol. 2, 8.1. */
	bool has_error = BIT(vector) & AXVEC_HAS_ERROR && axx86_read(x, AXX86_CR0) & AXCR0_PE;

	axx86_event_raise(&x->events, vector, has_error, has_error ? error : 0, address);
}
