// SPDX-License-Identifier: GPL-2.0-only
/* MSRs of the time-stamp counter and of the local APIC, in the kernel or not. */
#include <linux/errno.h>

#include <asm/msr.h>

#include "apic.h"
#include "x86.h"
#include "x86_msr.h"
#include "x86_msr_time.h"

static void tsc_move(struct axx86_vcpu *x, u64 delta)
{
	axx86_write(x, AXX86_TSC_OFFSET, axx86_read(x, AXX86_TSC_OFFSET) + delta);
	if (x->apic)
		axapic_tsc_offset_changed(x->apic);
}

/**
 * axx86_msr_read_tsc() - RDMSR of TSC
 * @x: vCPU
 * @msr: number
 * @val: the answer
 *
 * Context: owner of the vCPU. Return: see axx86_msr_read().
 */
int axx86_msr_read_tsc(struct axx86_vcpu *x, u32 msr, u64 *val)
{
	*val = rdtsc_ordered() + axx86_read(x, AXX86_TSC_OFFSET);
	return AXX86_MSR_DONE;
}

/**
 * axx86_msr_write_tsc() - WRMSR of TSC
 * @x: vCPU
 * @msr: number
 * @val: value
 *
 * A write to it or to IA32_TSC_ADJUST shows in the other: SDM Vol. 3B, 18.17.3.
 *
 * Context: owner of the vCPU. Return: see axx86_msr_write().
 */
int axx86_msr_write_tsc(struct axx86_vcpu *x, u32 msr, u64 val)
{
	u64 delta = val - (rdtsc_ordered() + axx86_read(x, AXX86_TSC_OFFSET));

	x->tsc_adjust += delta;
	tsc_move(x, delta);
	return AXX86_MSR_DONE;
}

/**
 * axx86_msr_read_tsc_adjust() - RDMSR of IA32_TSC_ADJUST
 * @x: vCPU
 * @msr: number
 * @val: the answer
 *
 * Context: owner of the vCPU. Return: see axx86_msr_read().
 */
int axx86_msr_read_tsc_adjust(struct axx86_vcpu *x, u32 msr, u64 *val)
{
	*val = x->tsc_adjust;
	return AXX86_MSR_DONE;
}

/**
 * axx86_msr_write_tsc_adjust() - WRMSR of IA32_TSC_ADJUST
 * @x: vCPU
 * @msr: number
 * @val: value
 *
 * Context: owner of the vCPU. Return: see axx86_msr_write().
 */
int axx86_msr_write_tsc_adjust(struct axx86_vcpu *x, u32 msr, u64 val)
{
	u64 delta = val - x->tsc_adjust;

	x->tsc_adjust = val;
	tsc_move(x, delta);
	return AXX86_MSR_DONE;
}

/**
 * axx86_msr_read_apic_base() - RDMSR of IA32_APIC_BASE
 * @x: vCPU
 * @msr: number
 * @val: the answer
 *
 * Context: owner of the vCPU. Return: see axx86_msr_read().
 */
int axx86_msr_read_apic_base(struct axx86_vcpu *x, u32 msr, u64 *val)
{
	*val = x->apic ? axapic_base(x->apic) : x->apic_base;
	return AXX86_MSR_DONE;
}

/**
 * axx86_msr_write_apic_base() - WRMSR of IA32_APIC_BASE
 * @x: vCPU
 * @msr: number
 * @val: value
 *
 * Context: owner of the vCPU. Return: see axx86_msr_write().
 */
int axx86_msr_write_apic_base(struct axx86_vcpu *x, u32 msr, u64 val)
{
	const struct axx86_cpuid *c = x->cpuid;

	if (x->apic)
		return axapic_set_base(x->apic, val, true);
	if (axx86_apic_base_check(x->apic_base, val, c->maxphyaddr, c->has_x2apic))
		return -EINVAL;
	x->apic_base = val;
	return AXX86_MSR_DONE;
}

/**
 * axx86_msr_read_tsc_deadline() - RDMSR of IA32_TSC_DEADLINE
 * @x: vCPU
 * @msr: number
 * @val: the answer
 *
 * Context: owner of the vCPU. Return: see axx86_msr_read().
 */
int axx86_msr_read_tsc_deadline(struct axx86_vcpu *x, u32 msr, u64 *val)
{
	if (!x->cpuid->has_tsc_deadline)
		return -EINVAL;
	if (!x->apic)
		return AXX86_MSR_USER;
	*val = axapic_tsc_deadline(x->apic);
	return AXX86_MSR_DONE;
}

/**
 * axx86_msr_write_tsc_deadline() - WRMSR of IA32_TSC_DEADLINE
 * @x: vCPU
 * @msr: number
 * @val: value
 *
 * Context: owner of the vCPU. Return: see axx86_msr_write().
 */
int axx86_msr_write_tsc_deadline(struct axx86_vcpu *x, u32 msr, u64 val)
{
	if (!x->cpuid->has_tsc_deadline)
		return -EINVAL;
	if (!x->apic)
		return AXX86_MSR_USER;
	axapic_set_tsc_deadline(x->apic, val);
	return AXX86_MSR_DONE;
}

static bool user_x2apic_on(const struct axx86_vcpu *x)
{
	return (x->apic_base & (AXAPIC_BASE_ENABLE | AXAPIC_BASE_X2APIC)) ==
	       (AXAPIC_BASE_ENABLE | AXAPIC_BASE_X2APIC);
}

/**
 * axx86_msr_read_x2apic() - RDMSR of 0x800..0x8ff
 * @x: vCPU
 * @msr: number
 * @val: the answer
 *
 * Context: owner of the vCPU. Return: see axx86_msr_read().
 */
int axx86_msr_read_x2apic(struct axx86_vcpu *x, u32 msr, u64 *val)
{
	if (x->apic)
		return axapic_msr_read(x->apic, msr, val);
	return user_x2apic_on(x) ? AXX86_MSR_USER : -EINVAL;
}

/* The APIC writes reason and union; the rest of the exit is cleared here. */
static int x2apic_exit(struct axx86_vcpu *x)
{
	struct axvcpu_exit *exit = &x->vcpu->exit;

	exit->flags = 0;
	exit->pc = 0;
	exit->insn_len = 0;
	exit->vcpu = x->vcpu->id;
	exit->hw = (struct axvcpu_exit_hw) {};
	return AXX86_MSR_EXIT;
}

/**
 * axx86_msr_write_x2apic() - WRMSR of 0x800..0x8ff
 * @x: vCPU
 * @msr: number
 * @val: value
 *
 * Context: owner of the vCPU. Return: see axx86_msr_write().
 */
int axx86_msr_write_x2apic(struct axx86_vcpu *x, u32 msr, u64 val)
{
	struct axvcpu_exit *exit = &x->vcpu->exit;
	int ret;

	if (x->apic) {
		ret = axapic_msr_write(x->apic, msr, val, exit);
		return ret > 0 ? x2apic_exit(x) : ret;
	}
	if (!user_x2apic_on(x))
		return -EINVAL;
	switch (msr) {
	case AXMSR_X2APIC_ICR:
		axapic_icr_to_exit(val, true, exit);
		return x2apic_exit(x);
	case AXMSR_X2APIC_EOI:
		if (val)
			return -EINVAL;
		axvcpu_exit_init(x->vcpu, AXVCPU_EXIT_EOI)->eoi.vector = AXVCPU_VECTOR_UNKNOWN;
		return AXX86_MSR_EXIT;
	default:
		return AXX86_MSR_USER;
	}
}
