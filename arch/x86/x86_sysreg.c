// SPDX-License-Identifier: GPL-2.0-only
/* Instructions that read or write system registers: MSRs, CR, DR, XCR0. */
#include "apic.h"
#include "x86_cr.h"
#include "x86_msr.h"
#include "x86_ops.h"

static int exit_sysreg(struct axx86_vcpu *x, const struct axx86_intercept *icpt, u32 msr, u64 val)
{
	bool write = icpt->u.msr.write;
	struct axvcpu_exit *exit;
	u64 next;

	if (axx86_insn_next(x, icpt, &next))
		return AXVCPU_RUN_AGAIN;
	exit = axvcpu_exit_init(x->vcpu, write ? AXVCPU_EXIT_SYSREG_WRITE
					       : AXVCPU_EXIT_SYSREG_READ);
	exit->sysreg.addr = msr;
	exit->sysreg.value = write ? val : 0;
	axx86_pend(x, write ? AXX86_PENDING_DONE : AXX86_PENDING_MSR);
	axx86_set_rip(x, next);
	return axx86_exit_user(x);
}

/**
 * axx86_handle_msr() - RDMSR or WRMSR
 * @x: vCPU
 * @icpt: intercept
 *
 * Return: enum axvcpu_run_result.
 */
int axx86_handle_msr(struct axx86_vcpu *x, const struct axx86_intercept *icpt)
{
	u32 msr = x->gpr[AXX86_RCX];
	bool write = icpt->u.msr.write;
	u64 val, next;
	int ret;

	/* Before anything happens: an instruction that cannot be passed has not happened. */
	if (axx86_insn_next(x, icpt, &next))
		return AXVCPU_RUN_AGAIN;
	if (write) {
		val = (u32)x->gpr[AXX86_RAX] | x->gpr[AXX86_RDX] << 32;
		ret = axx86_msr_write(x, msr, val);
	} else {
		val = 0;
		ret = axx86_msr_read(x, msr, &val);
	}

	switch (ret) {
	case AXX86_MSR_DONE:
		if (!write) {
			x->gpr[AXX86_RAX] = (u32)val;
			x->gpr[AXX86_RDX] = val >> 32;
		}
		axx86_set_rip(x, next);
		return AXVCPU_RUN_AGAIN;
	case AXX86_MSR_USER:
		return exit_sysreg(x, icpt, msr, val);
	case AXX86_MSR_EXIT:
		axx86_pend(x, AXX86_PENDING_DONE);
		axx86_set_rip(x, next);
		return axx86_exit_user(x);
	}
	axx86_raise(x, AXVEC_GP, 0, 0);
	return AXVCPU_RUN_AGAIN;
}

static u64 read_cr(struct axx86_vcpu *x, u8 nr)
{
	switch (nr) {
	case 0:	return axx86_read(x, AXX86_CR0);
	case 2:	return axx86_read(x, AXX86_CR2);
	case 3:	return axx86_read(x, AXX86_CR3);
	case 4:	return axx86_read(x, AXX86_CR4);
	default: return x->apic ? axapic_tpr(x->apic) >> 4 : axx86_read(x, AXX86_TPR);
	}
}

static int set_cr8(struct axx86_vcpu *x, u64 val)
{
	if (val > 0xf)
		return -EINVAL;
	axx86_write(x, AXX86_TPR, val);
	if (x->apic)
		axapic_set_tpr(x->apic, val << 4);
	return 0;
}

static int write_cr(struct axx86_vcpu *x, u8 nr, u64 val)
{
	switch (nr) {
	case 0:	return axx86_set_cr0(x, val);
	case 3:	return axx86_set_cr3(x, val);
	case 4:	return axx86_set_cr4(x, val);
	case 8:	return set_cr8(x, val);
	}
	return -EINVAL;
}

/* Operands of MOV CR and MOV DR: from the hardware, or from the instruction. */
static int find_operands(struct axx86_vcpu *x, const struct axx86_intercept *icpt,
			 enum axx86_fixed_op op, u8 *nr, u8 *gpr, u64 *next)
{
	struct axx86_fixed fixed;

	if (icpt->u.reg.decoded && icpt->next_rip) {
		*nr = icpt->u.reg.nr;
		*gpr = icpt->u.reg.gpr;
		*next = icpt->next_rip;
		return 0;
	}
	if (axx86_fixed_insn(x, op, &fixed) || fixed.write != icpt->u.reg.write)
		return -EAGAIN;
	*nr = fixed.sysreg;
	*gpr = fixed.gpr;
	*next = axx86_read(x, AXX86_RIP) + fixed.length;
	if (axx86_current_mode(x) != AXX86_LONG64)
		*next = (u32)*next;
	return 0;
}

/* 32-bit operands outside 64-bit mode: APM Vol. 3, MOV (CRn), MOV (DRn). */
static u64 operand_mask(struct axx86_vcpu *x)
{
	return axx86_current_mode(x) == AXX86_LONG64 ? ~0ULL : 0xffffffff;
}

/**
 * axx86_handle_cr() - move to or from a control register
 * @x: vCPU
 * @icpt: intercept
 *
 * Return: enum axvcpu_run_result.
 */
int axx86_handle_cr(struct axx86_vcpu *x, const struct axx86_intercept *icpt)
{
	u64 mask = operand_mask(x);
	u64 next;
	u8 nr, gpr;

	if (find_operands(x, icpt, AXX86_FIX_MOV_CR, &nr, &gpr, &next))
		return AXVCPU_RUN_AGAIN;
	if (!icpt->u.reg.write) {
		x->gpr[gpr] = read_cr(x, nr) & mask;
	} else if (write_cr(x, nr, x->gpr[gpr] & mask)) {
		axx86_raise(x, AXVEC_GP, 0, 0);
		return AXVCPU_RUN_AGAIN;
	}
	axx86_set_rip(x, next);
	return AXVCPU_RUN_AGAIN;
}

/**
 * axx86_handle_dr() - move to or from a debug register
 * @x: vCPU
 * @icpt: intercept
 *
 * Return: enum axvcpu_run_result.
 */
int axx86_handle_dr(struct axx86_vcpu *x, const struct axx86_intercept *icpt)
{
	u64 mask = operand_mask(x);
	u64 dr7 = axx86_read(x, AXX86_DR7);
	u64 next;
	u8 nr, gpr;

	if (find_operands(x, icpt, AXX86_FIX_MOV_DR, &nr, &gpr, &next))
		return AXVCPU_RUN_AGAIN;
	/* Spec: APM Vol. 2, 13.1.1.4, 13.1.1.2 (DR4, DR5). */
	if (nr > 7 || ((nr == 4 || nr == 5) && axx86_read(x, AXX86_CR4) & AXCR4_DE)) {
		axx86_raise(x, AXVEC_UD, 0, 0);
		return AXVCPU_RUN_AGAIN;
	}
	if (dr7 & AXDR7_GD) {
		axx86_write(x, AXX86_DR6, axx86_read(x, AXX86_DR6) | AXDR6_BD);
		axx86_write(x, AXX86_DR7, dr7 & ~AXDR7_GD);
		axx86_raise(x, AXVEC_DB, 0, 0);
		return AXVCPU_RUN_AGAIN;
	}
	if (nr == 4 || nr == 5)
		nr += 2;
	if (!icpt->u.reg.write) {
		x->gpr[gpr] = axx86_get_dr(x, nr) & mask;
	} else if (axx86_set_dr(x, nr, x->gpr[gpr] & mask)) {
		axx86_raise(x, AXVEC_GP, 0, 0);
		return AXVCPU_RUN_AGAIN;
	}
	axx86_set_rip(x, next);
	return AXVCPU_RUN_AGAIN;
}

/**
 * axx86_handle_xsetbv() - XSETBV
 * @x: vCPU
 * @icpt: intercept
 *
 * Return: enum axvcpu_run_result.
 */
int axx86_handle_xsetbv(struct axx86_vcpu *x, const struct axx86_intercept *icpt)
{
	u64 val = (u32)x->gpr[AXX86_RAX] | x->gpr[AXX86_RDX] << 32;
	u64 next;

	if (axx86_insn_next(x, icpt, &next))
		return AXVCPU_RUN_AGAIN;
	if (!(axx86_read(x, AXX86_CR4) & AXCR4_OSXSAVE)) {
		axx86_raise(x, AXVEC_UD, 0, 0);
		return AXVCPU_RUN_AGAIN;
	}
	if (axx86_read(x, AXX86_CPL) || axx86_set_xcr0(x, x->gpr[AXX86_RCX], val)) {
		axx86_raise(x, AXVEC_GP, 0, 0);
		return AXVCPU_RUN_AGAIN;
	}
	axx86_set_rip(x, next);
	return AXVCPU_RUN_AGAIN;
}
