// SPDX-License-Identifier: GPL-2.0-only
/*
 * RDMSR and WRMSR of the guest, by a table.
 *
 * In it is what has a meaning for the guest, and what an unmodified system touches
 * on this kind of CPU without being ready for a #GP.  All else is userspace's.
 */
#include <linux/errno.h>
#include <linux/kernel.h>

#include "x86.h"
#include "x86_cr.h"
#include "x86_msr.h"
#include "x86_msr_time.h"

#define MTRRCAP_VALUE		0x508	/* 8 variable ranges, fixed ranges, WC: APM Vol. 2, 7.7.2 */
#define PATCH_LEVEL_VALUE	0x01000065
#define VM_CR_VALUE		0x18	/* SVMDIS, LOCK: APM Vol. 2, 15.30.1 */
#define HWCR_TSC_FREQ_SEL	BIT_ULL(24)	/* the TSC counts at P0 */
#define DE_CFG_LFENCE		BIT_ULL(1)	/* LFENCE serializes dispatch */
#define DEBUGCTL_WRITABLE	GENMASK_ULL(5, 1)	/* BTF, PBi: APM Vol. 2, 13.1.1.6 */

typedef int (*msr_read_fn)(struct axx86_vcpu *x, u32 msr, u64 *val);
typedef int (*msr_write_fn)(struct axx86_vcpu *x, u32 msr, u64 val);

struct msr_row {
	u32 first;
	u32 last;
	msr_read_fn read;
	msr_write_fn write;
};

static int read_zero(struct axx86_vcpu *x, u32 msr, u64 *val)
{
	*val = 0;
	return AXX86_MSR_DONE;
}

static int write_drop(struct axx86_vcpu *x, u32 msr, u64 val)
{
	return AXX86_MSR_DONE;
}

static int read_fault(struct axx86_vcpu *x, u32 msr, u64 *val)
{
	return -EINVAL;
}

static int write_fault(struct axx86_vcpu *x, u32 msr, u64 val)
{
	return -EINVAL;
}

/* Registers that the vendor keeps: their place, and what may be written. */
struct msr_field {
	u32 msr;
	enum axx86_field field;
	u64 writable;
	bool canonical;
};

static const struct msr_field msr_fields[] = {
	{ AXMSR_SYSENTER_CS,	AXX86_SYSENTER_CS,	U32_MAX },
	{ AXMSR_SYSENTER_ESP,	AXX86_SYSENTER_ESP,	U64_MAX },
	{ AXMSR_SYSENTER_EIP,	AXX86_SYSENTER_EIP,	U64_MAX },
	{ AXMSR_STAR,		AXX86_STAR,		U64_MAX },
	{ AXMSR_LSTAR,		AXX86_LSTAR,		U64_MAX, true },
	{ AXMSR_CSTAR,		AXX86_CSTAR,		U64_MAX, true },
	{ AXMSR_SFMASK,		AXX86_SFMASK,		U32_MAX },
	{ AXMSR_KERNEL_GS_BASE,	AXX86_KERNEL_GS_BASE,	U64_MAX, true },
};

static const struct msr_field *msr_field(u32 msr)
{
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(msr_fields); i++) {
		if (msr_fields[i].msr == msr)
			return &msr_fields[i];
	}
	return NULL;
}

static int read_field(struct axx86_vcpu *x, u32 msr, u64 *val)
{
	const struct msr_field *f = msr_field(msr);

	if (WARN_ON_ONCE(!f))
		return -EINVAL;
	*val = axx86_read(x, f->field);
	return AXX86_MSR_DONE;
}

static int write_field(struct axx86_vcpu *x, u32 msr, u64 val)
{
	const struct msr_field *f = msr_field(msr);

	if (WARN_ON_ONCE(!f) || (f->canonical && !axx86_canonical(val)))
		return -EINVAL;
	/* AMD's SYSENTER uses half of its registers and faults on none of their values. */
	if (msr == AXMSR_SYSENTER_ESP || msr == AXMSR_SYSENTER_EIP)
		val = (u64)((s64)(val << 16) >> 16);
	axx86_write(x, f->field, val & f->writable);
	return AXX86_MSR_DONE;
}

static int read_base(struct axx86_vcpu *x, u32 msr, u64 *val)
{
	struct axx86_segment seg;

	axx86_vendor->read_seg(x, msr == AXMSR_FS_BASE ? AXX86_FS : AXX86_GS, &seg);
	*val = seg.base;
	return AXX86_MSR_DONE;
}

static int write_base(struct axx86_vcpu *x, u32 msr, u64 val)
{
	unsigned int nr = msr == AXMSR_FS_BASE ? AXX86_FS : AXX86_GS;
	struct axx86_segment seg;

	if (!axx86_canonical(val))
		return -EINVAL;
	axx86_vendor->read_seg(x, nr, &seg);
	seg.base = val;
	axx86_vendor->write_seg(x, nr, &seg);
	return AXX86_MSR_DONE;
}

static int read_efer(struct axx86_vcpu *x, u32 msr, u64 *val)
{
	*val = axx86_read(x, AXX86_EFER);
	return AXX86_MSR_DONE;
}

static int write_efer(struct axx86_vcpu *x, u32 msr, u64 val)
{
	return axx86_set_efer(x, val);
}

static int read_pat(struct axx86_vcpu *x, u32 msr, u64 *val)
{
	*val = axx86_read(x, AXX86_PAT);
	return AXX86_MSR_DONE;
}

static int write_pat(struct axx86_vcpu *x, u32 msr, u64 val)
{
	if (!axx86_pat_valid(val))
		return -EINVAL;
	axx86_write(x, AXX86_PAT, val);
	return AXX86_MSR_DONE;
}

/* Place in axx86_vcpu.mtrr: 16 registers of variable ranges, then 11 of fixed ones. */
static u64 *mtrr_slot(struct axx86_vcpu *x, u32 msr)
{
	if (msr < AXMSR_MTRR_FIX64K)
		return &x->mtrr[msr - AXMSR_MTRR_PHYSBASE0];
	if (msr == AXMSR_MTRR_FIX64K)
		return &x->mtrr[16];
	if (msr < AXMSR_MTRR_FIX4K_C0000)
		return &x->mtrr[17 + msr - AXMSR_MTRR_FIX16K_80000];
	return &x->mtrr[19 + msr - AXMSR_MTRR_FIX4K_C0000];
}

static int read_mtrr(struct axx86_vcpu *x, u32 msr, u64 *val)
{
	*val = *mtrr_slot(x, msr);
	return AXX86_MSR_DONE;
}

static int write_mtrr(struct axx86_vcpu *x, u32 msr, u64 val)
{
	if (!axx86_mtrr_valid(msr, val, x->cpuid->maxphyaddr))
		return -EINVAL;
	*mtrr_slot(x, msr) = val;
	return AXX86_MSR_DONE;
}

static int read_mtrr_def(struct axx86_vcpu *x, u32 msr, u64 *val)
{
	*val = x->mtrr_def_type;
	return AXX86_MSR_DONE;
}

static int write_mtrr_def(struct axx86_vcpu *x, u32 msr, u64 val)
{
	if (!axx86_mtrr_valid(msr, val, x->cpuid->maxphyaddr))
		return -EINVAL;
	x->mtrr_def_type = val;
	return AXX86_MSR_DONE;
}

static int read_misc_enable(struct axx86_vcpu *x, u32 msr, u64 *val)
{
	*val = x->misc_enable;
	return AXX86_MSR_DONE;
}

static int write_misc_enable(struct axx86_vcpu *x, u32 msr, u64 val)
{
	x->misc_enable = val;
	return AXX86_MSR_DONE;
}

static int read_debugctl(struct axx86_vcpu *x, u32 msr, u64 *val)
{
	*val = axx86_read(x, AXX86_DEBUGCTL);
	return AXX86_MSR_DONE;
}

static int write_debugctl(struct axx86_vcpu *x, u32 msr, u64 val)
{
	/* Branch records are not kept: a request for them is forgotten. */
	if (val & ~(DEBUGCTL_WRITABLE | BIT_ULL(0)))
		return -EINVAL;
	axx86_write(x, AXX86_DEBUGCTL, val & DEBUGCTL_WRITABLE);
	return AXX86_MSR_DONE;
}

static int read_xss(struct axx86_vcpu *x, u32 msr, u64 *val)
{
	if (!x->cpuid->xss_supported)
		return -EINVAL;
	*val = x->xss;
	return AXX86_MSR_DONE;
}

static int write_xss(struct axx86_vcpu *x, u32 msr, u64 val)
{
	if (!x->cpuid->xss_supported || val & ~x->cpuid->xss_supported)
		return -EINVAL;
	x->xss = val;
	return AXX86_MSR_DONE;
}

static int read_tsc_aux(struct axx86_vcpu *x, u32 msr, u64 *val)
{
	if (!x->cpuid->has_rdtscp)
		return -EINVAL;
	*val = x->tsc_aux;
	return AXX86_MSR_DONE;
}

static int write_tsc_aux(struct axx86_vcpu *x, u32 msr, u64 val)
{
	if (!x->cpuid->has_rdtscp || val >> 32)
		return -EINVAL;
	x->tsc_aux = val;
	return AXX86_MSR_DONE;
}

static int read_constant(struct axx86_vcpu *x, u32 msr, u64 *val)
{
	switch (msr) {
	case AXMSR_MTRRCAP:
		*val = MTRRCAP_VALUE;
		return AXX86_MSR_DONE;
	case AXMSR_PATCH_LEVEL:
		*val = PATCH_LEVEL_VALUE;
		return AXX86_MSR_DONE;
	case AXMSR_HWCR:
		*val = HWCR_TSC_FREQ_SEL;
		return AXX86_MSR_DONE;
	case AXMSR_VM_CR:
		*val = VM_CR_VALUE;
		return AXX86_MSR_DONE;
	case AXMSR_DE_CFG:
		*val = DE_CFG_LFENCE;
		return AXX86_MSR_DONE;
	default:
		return -EINVAL;
	}
}

/* In ascending order. */
static const struct msr_row msr_rows[] = {
	{ AXMSR_TSC, AXMSR_TSC, axx86_msr_read_tsc, axx86_msr_write_tsc },
	{ AXMSR_APIC_BASE, AXMSR_APIC_BASE, axx86_msr_read_apic_base, axx86_msr_write_apic_base },
	{ AXMSR_TSC_ADJUST, AXMSR_TSC_ADJUST,
	  axx86_msr_read_tsc_adjust, axx86_msr_write_tsc_adjust },
	/* No CPUID bit of theirs is ever shown: they would act on the host's own setting. */
	{ AXMSR_SPEC_CTRL, AXMSR_PRED_CMD, read_fault, write_fault },
	/* A microcode loader writes it before it reads; it has nothing to load here. */
	{ AXMSR_PATCH_LEVEL, AXMSR_PATCH_LEVEL, read_constant, write_drop },
	{ AXMSR_MTRRCAP, AXMSR_MTRRCAP, read_constant, write_fault },
	{ AXMSR_SYSENTER_CS, AXMSR_SYSENTER_EIP, read_field, write_field },
	{ AXMSR_MCG_CAP, AXMSR_MCG_CAP, read_zero, write_fault },
	{ AXMSR_MCG_STATUS, AXMSR_MCG_STATUS, read_zero, write_drop },
	{ AXMSR_MISC_ENABLE, AXMSR_MISC_ENABLE, read_misc_enable, write_misc_enable },
	{ AXMSR_DEBUGCTL, AXMSR_DEBUGCTL, read_debugctl, write_debugctl },
	{ AXMSR_LAST_BRANCH_FROM, AXMSR_LAST_EXCP_TO, read_zero, write_drop },
	{ AXMSR_MTRR_PHYSBASE0, AXMSR_MTRR_PHYSMASK7, read_mtrr, write_mtrr },
	{ AXMSR_MTRR_FIX64K, AXMSR_MTRR_FIX64K, read_mtrr, write_mtrr },
	{ AXMSR_MTRR_FIX16K_80000, AXMSR_MTRR_FIX16K_A0000, read_mtrr, write_mtrr },
	{ AXMSR_MTRR_FIX4K_C0000, AXMSR_MTRR_FIX4K_F8000, read_mtrr, write_mtrr },
	{ AXMSR_PAT, AXMSR_PAT, read_pat, write_pat },
	{ AXMSR_MTRR_DEF_TYPE, AXMSR_MTRR_DEF_TYPE, read_mtrr_def, write_mtrr_def },
	{ AXMSR_TSC_DEADLINE, AXMSR_TSC_DEADLINE,
	  axx86_msr_read_tsc_deadline, axx86_msr_write_tsc_deadline },
	{ AXMSR_X2APIC_FIRST, AXMSR_X2APIC_LAST, axx86_msr_read_x2apic, axx86_msr_write_x2apic },
	{ AXMSR_XSS, AXMSR_XSS, read_xss, write_xss },
	{ AXMSR_EFER, AXMSR_EFER, read_efer, write_efer },
	{ AXMSR_STAR, AXMSR_SFMASK, read_field, write_field },
	{ AXMSR_FS_BASE, AXMSR_GS_BASE, read_base, write_base },
	{ AXMSR_KERNEL_GS_BASE, AXMSR_KERNEL_GS_BASE, read_field, write_field },
	{ AXMSR_TSC_AUX, AXMSR_TSC_AUX, read_tsc_aux, write_tsc_aux },
	/* Counters that do not count: perf probes them and takes no for an answer. */
	{ AXMSR_PERF_EVTSEL0, AXMSR_PERF_CTR3, read_zero, write_drop },
	{ AXMSR_SYSCFG, AXMSR_SYSCFG, read_zero, write_drop },
	{ AXMSR_HWCR, AXMSR_HWCR, read_constant, write_drop },
	{ AXMSR_TOP_MEM, AXMSR_TOP_MEM2, read_zero, write_drop },
	{ AXMSR_NB_CFG, AXMSR_PATCH_LOADER, read_zero, write_drop },
	/* Read by every CPU of family 0xf to find out whether C1E stops its timer. */
	{ AXMSR_INT_PENDING, AXMSR_INT_PENDING, read_zero, write_drop },
	{ AXMSR_MMIO_CFG_BASE, AXMSR_MMIO_CFG_BASE, read_zero, write_drop },
	{ AXMSR_VM_CR, AXMSR_VM_CR, read_constant, write_fault },
	{ AXMSR_VM_HSAVE_PA, AXMSR_VM_HSAVE_PA, read_fault, write_fault },
	{ AXMSR_IC_CFG, AXMSR_DC_CFG, read_zero, write_drop },
	{ AXMSR_DE_CFG, AXMSR_DE_CFG, read_constant, write_drop },
	{ AXMSR_BU_CFG2, AXMSR_BU_CFG2, read_zero, write_drop },
};

static const struct msr_row *msr_find(u32 msr)
{
	unsigned int low = 0, high = ARRAY_SIZE(msr_rows);

	while (low < high) {
		unsigned int mid = (low + high) / 2;

		if (msr > msr_rows[mid].last)
			low = mid + 1;
		else if (msr < msr_rows[mid].first)
			high = mid;
		else
			return &msr_rows[mid];
	}
	return NULL;
}

static u32 msr_policy(struct axx86_vcpu *x, u32 msr, bool write)
{
	const struct axx86_vm *xvm = axx86_vcpu_vm(x);

	if (likely(!xvm->nr_msr_ranges))
		return AXVCPU_MSR_DEFAULT;
	return axx86_msr_policy(xvm->msr_ranges, xvm->nr_msr_ranges, msr, write);
}

/**
 * axx86_msr_read() - RDMSR
 * @x: vCPU
 * @msr: ECX
 * @val: the answer, if it is AXX86_MSR_DONE
 *
 * Context: owner of the vCPU.
 * Return: enum axx86_msr_result, or -EINVAL for #GP(0).
 */
int axx86_msr_read(struct axx86_vcpu *x, u32 msr, u64 *val)
{
	const struct msr_row *row;

	switch (msr_policy(x, msr, false)) {
	case AXVCPU_MSR_EXIT:
		return AXX86_MSR_USER;
	case AXVCPU_MSR_FAULT:
		return -EINVAL;
	case AXVCPU_MSR_IGNORE:
		return read_zero(x, msr, val);
	}
	row = msr_find(msr);
	return row ? row->read(x, msr, val) : AXX86_MSR_USER;
}

/**
 * axx86_msr_write() - WRMSR
 * @x: vCPU
 * @msr: ECX
 * @val: EDX:EAX
 *
 * With AXX86_MSR_EXIT, all of vcpu->exit is written but for pc, insn_len and hw,
 * which are zero.
 *
 * Context: owner of the vCPU.
 * Return: enum axx86_msr_result, or -EINVAL for #GP(0).
 */
int axx86_msr_write(struct axx86_vcpu *x, u32 msr, u64 val)
{
	const struct msr_row *row;

	/* EOIs, IPIs and timers take the short way; no policy reaches them. */
	if (likely(msr - AXMSR_X2APIC_FIRST <= AXMSR_X2APIC_LAST - AXMSR_X2APIC_FIRST))
		return axx86_msr_write_x2apic(x, msr, val);

	switch (msr_policy(x, msr, true)) {
	case AXVCPU_MSR_EXIT:
		return AXX86_MSR_USER;
	case AXVCPU_MSR_FAULT:
		return -EINVAL;
	case AXVCPU_MSR_IGNORE:
		return AXX86_MSR_DONE;
	}
	row = msr_find(msr);
	return row ? row->write(x, msr, val) : AXX86_MSR_USER;
}
