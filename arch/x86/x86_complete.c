// SPDX-License-Identifier: GPL-2.0-only
/* What an exit left open, and how userspace's answer gets to the guest. */
#include <linux/minmax.h>

#include <axvcpu/mem.h>

#include "x86_ops.h"

/**
 * axx86_pend() - the next RUN completes this exit
 * @x: vCPU; rip is still at the instruction
 * @kind: what there will be to do
 *
 * Remembers the registers that a fault in place of the completion gives back.
 */
void axx86_pend(struct axx86_vcpu *x, enum axx86_pending_kind kind)
{
	x->pending = (struct axx86_pending) {
		.kind = kind,
		.rip = axx86_read(x, AXX86_RIP),
		.regs = { x->gpr[AXX86_RCX], x->gpr[AXX86_RSI], x->gpr[AXX86_RDI] },
	};
}

/**
 * axx86_undo_pending() - as if the instruction had not begun
 * @x: vCPU
 */
void axx86_undo_pending(struct axx86_vcpu *x)
{
	const struct axx86_pending *p = &x->pending;

	if (p->kind == AXX86_PENDING_NONE)
		return;
	axx86_write(x, AXX86_RIP, p->rip);
	x->gpr[AXX86_RCX] = p->regs[0];
	x->gpr[AXX86_RSI] = p->regs[1];
	x->gpr[AXX86_RDI] = p->regs[2];
	x->pending.kind = AXX86_PENDING_NONE;
	x->stepped = false;
	/* A single-step trap behind it did not happen either. */
	if (x->events.exception.valid && x->events.exception.vector == AXVEC_DB)
		x->events.exception.valid = false;
}

/* Items of INS go where the translation made at the exit says; lost if that is gone now. */
static void complete_ins(struct axx86_vcpu *x)
{
	const struct axx86_pending *p = &x->pending;
	struct axvcpu_vm *vm = x->vcpu->vm;
	bool down = axx86_read(x, AXX86_RFLAGS) & AXRFLAGS_DF;
	const u8 *item = x->vcpu->io_data;
	u64 gpa = p->gpa[0];
	u32 i;

	if (p->first_len < p->width) {		/* one item across two pages */
		axvcpu_mem_write(vm, p->gpa[0], item, p->first_len);
		axvcpu_mem_write(vm, p->gpa[1], item + p->first_len, p->width - p->first_len);
		return;
	}
	if (!down) {
		axvcpu_mem_write(vm, gpa, item, (size_t)p->count * p->width);
		return;
	}
	for (i = 0; i < p->count; i++, gpa -= p->width, item += p->width)
		axvcpu_mem_write(vm, gpa, item, p->width);
}

/* The second half of a MOVS from MMIO; its destination may be MMIO as well. */
static int complete_movs(struct axx86_vcpu *x, u64 value)
{
	struct axx86_pending p = x->pending;
	struct axvcpu_exit *exit;
	int ret = axvcpu_mem_write(x->vcpu->vm, p.gpa[0], &value, p.width);

	/* No memory there, or not for writing: a store like any other. */
	if (ret != -ENOENT && ret != -EACCES)
		return 0;
	exit = axvcpu_exit_init(x->vcpu, AXVCPU_EXIT_MMIO_WRITE);
	exit->mmio.addr = p.gpa[0];
	exit->mmio.data = axx86_merge(0, value, p.width);
	exit->mmio.width = p.width;
	x->pending.kind = AXX86_PENDING_DONE;
	axx86_exit_user(x);
	return 1;
}

static void complete_gpr(struct axx86_vcpu *x, u64 value)
{
	const struct axx86_pending *p = &x->pending;
	const struct axx86_insn insn = {
		.width = p->width,
		.reg_width = p->reg_width,
		.high_byte = p->high_byte,
		.sign_extend = p->sign,
		.swap = p->swap,
	};

	x->gpr[p->gpr] = axx86_merge_load(&insn, x->gpr[p->gpr], value);
}

/**
 * axx86_complete() - give the guest userspace's answer
 * @vcpu: vCPU outside the guest
 * @value: the answer
 *
 * Return: 0, or 1 if that led to another exit, which is filled in.
 */
int axx86_complete(struct axvcpu *vcpu, u64 value)
{
	struct axx86_vcpu *x = axx86_vcpu(vcpu);
	struct axx86_pending *p = &x->pending;
	int ret = 0;

	switch (p->kind) {
	case AXX86_PENDING_NONE:
		return 0;
	case AXX86_PENDING_GPR:
		complete_gpr(x, value);
		break;
	case AXX86_PENDING_MSR:
		x->gpr[AXX86_RAX] = (u32)value;
		x->gpr[AXX86_RDX] = value >> 32;
		break;
	case AXX86_PENDING_IO:
		x->gpr[AXX86_RAX] = axx86_merge(x->gpr[AXX86_RAX], value, p->width);
		break;
	case AXX86_PENDING_RAX:
		x->gpr[AXX86_RAX] = value;
		break;
	case AXX86_PENDING_INS:
		complete_ins(x);
		break;
	case AXX86_PENDING_MOVS:
		ret = complete_movs(x, value);
		if (ret)
			return ret;
		break;
	}
	p->kind = AXX86_PENDING_NONE;
	return ret;
}

static bool waits_for(const struct axx86_pending *p, u32 reg)
{
	switch (p->kind) {
	case AXX86_PENDING_GPR:
		return p->gpr == reg;
	case AXX86_PENDING_IO:
	case AXX86_PENDING_RAX:
		return reg == AXX86_RAX;
	}
	return false;
}

/**
 * axx86_set_gpr() - AXVCPU_SET_GPR
 * @vcpu: vCPU
 * @reg: number
 * @value: value
 *
 * Return: 0 or -EINVAL.
 */
int axx86_set_gpr(struct axvcpu *vcpu, u32 reg, u64 value)
{
	struct axx86_vcpu *x = axx86_vcpu(vcpu);

	if (reg >= ARRAY_SIZE(x->gpr))
		return -EINVAL;
	x->gpr[reg] = value;
	if (waits_for(&x->pending, reg))
		x->pending.kind = AXX86_PENDING_DONE;
	return 0;
}

/**
 * axx86_set_return_value() - AXVCPU_SET_RETURN_VALUE
 * @vcpu: vCPU
 * @value: value
 *
 * Return: 0, -EINVAL (what is pending goes to memory: its place is the run area).
 */
int axx86_set_return_value(struct axvcpu *vcpu, u64 value)
{
	struct axx86_vcpu *x = axx86_vcpu(vcpu);

	switch (x->pending.kind) {
	case AXX86_PENDING_GPR:
	case AXX86_PENDING_MSR:
	case AXX86_PENDING_IO: {
		struct axx86_pending done = x->pending;

		axx86_complete(vcpu, value);
		/* A fault may still take its place. */
		x->pending = done;
		x->pending.kind = AXX86_PENDING_DONE;
		return 0;
	}
	case AXX86_PENDING_INS:
	case AXX86_PENDING_MOVS:
		return -EINVAL;
	case AXX86_PENDING_RAX:
		x->pending.kind = AXX86_PENDING_DONE;
		break;
	}
	x->gpr[AXX86_RAX] = value;
	return 0;
}
