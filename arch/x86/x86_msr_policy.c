// SPDX-License-Identifier: GPL-2.0-only
/* MSRs as numbers and values: the VM's policy, and which values exist. Pure. */
#include <linux/bits.h>
#include <linux/errno.h>
#include <linux/types.h>

#include "x86_defs.h"
#include "x86_msr.h"

#define APIC_BASE_FLAGS	(AXAPIC_BASE_BSP | AXAPIC_BASE_X2APIC | AXAPIC_BASE_ENABLE)
#define APIC_MODE	(AXAPIC_BASE_X2APIC | AXAPIC_BASE_ENABLE)

/* APM Vol. 2, 7.7.2 and 7.7.1 */
#define MTRR_BASE_RESERVED	GENMASK_ULL(11, 8)
#define MTRR_MASK_RESERVED	GENMASK_ULL(10, 0)
#define MTRR_DEF_VALID		(BIT_ULL(11) | BIT_ULL(10) | GENMASK_ULL(7, 0))

/**
 * axx86_msr_policy_reaches() - may the VM's policy decide on this MSR
 * @msr: number
 *
 * Pure. Return: false for EFER, the APIC base and the x2APIC registers.
 */
bool axx86_msr_policy_reaches(u32 msr)
{
	return msr != AXMSR_EFER && msr != AXMSR_APIC_BASE &&
	       (msr < AXMSR_X2APIC_FIRST || msr > AXMSR_X2APIC_LAST);
}

/**
 * axx86_msr_policy() - what the VM's policy says of an access
 * @ranges: policy
 * @nr: its ranges; the first that fits decides
 * @msr: number
 * @write: WRMSR
 *
 * Pure. Return: AXVCPU_MSR_*.
 */
u32 axx86_msr_policy(const struct axvcpu_msr_range *ranges, u32 nr, u32 msr, bool write)
{
	u32 i;

	if (!axx86_msr_policy_reaches(msr))
		return AXVCPU_MSR_DEFAULT;
	for (i = 0; i < nr; i++) {
		if (msr >= ranges[i].first && msr <= ranges[i].last)
			return write ? ranges[i].write : ranges[i].read;
	}
	return AXVCPU_MSR_DEFAULT;
}

/**
 * axx86_msr_policy_check() - is this a policy
 * @ranges: ranges
 * @nr: how many
 *
 * Pure. Return: 0, or -EINVAL: too many, an unknown action, last before first.
 */
int axx86_msr_policy_check(const struct axvcpu_msr_range *ranges, u32 nr)
{
	u32 i;

	if (nr > AXVCPU_MSR_RANGES_MAX)
		return -EINVAL;
	for (i = 0; i < nr; i++) {
		if (ranges[i].first > ranges[i].last || ranges[i].read > AXVCPU_MSR_IGNORE ||
		    ranges[i].write > AXVCPU_MSR_IGNORE)
			return -EINVAL;
	}
	return 0;
}

static bool memory_type_valid(u8 type)
{
	return type == 0 || type == 1 || (type >= 4 && type <= 6);
}

/**
 * axx86_pat_valid() - is this a value for PAT
 * @pat: value
 *
 * Pure. Spec: APM Vol. 2, 7.8.1 and Table 7-9: UC, WC, WT, WP, WB, UC-.
 */
bool axx86_pat_valid(u64 pat)
{
	unsigned int i;

	for (i = 0; i < 64; i += 8) {
		u8 type = pat >> i;

		if (!memory_type_valid(type) && type != 7)
			return false;
	}
	return true;
}

/**
 * axx86_mtrr_valid() - is this a value for a memory type range register
 * @msr: one of the variable and fixed ranges, or the default type
 * @val: value
 * @maxphyaddr: guest-physical width, bits
 *
 * Pure. Spec: APM Vol. 2, 7.7.
 */
bool axx86_mtrr_valid(u32 msr, u64 val, u8 maxphyaddr)
{
	unsigned int i;

	if (msr == AXMSR_MTRR_DEF_TYPE)
		return !(val & ~MTRR_DEF_VALID) && memory_type_valid(val & 0xff);
	if (msr >= AXMSR_MTRR_FIX64K) {
		for (i = 0; i < 64; i += 8) {
			if (!memory_type_valid((u8)(val >> i)))
				return false;
		}
		return true;
	}
	if (val >> maxphyaddr)
		return false;
	if (msr & 1)
		return !(val & MTRR_MASK_RESERVED);
	return !(val & MTRR_BASE_RESERVED) && memory_type_valid(val & 0xff);
}

/**
 * axx86_apic_base_check() - may the guest write this to IA32_APIC_BASE
 * @old: value that is there
 * @val: new value
 * @maxphyaddr: guest-physical width, bits
 * @has_x2apic: x2APIC mode exists
 *
 * For vCPUs whose APIC is userspace's.
 *
 * Pure. Return: 0, or -EINVAL for #GP(0).
 * Spec: APM Vol. 2, 16.3.1, 16.9 and Figure 16-33 (changes of mode).
 */
int axx86_apic_base_check(u64 old, u64 val, u8 maxphyaddr, bool has_x2apic)
{
	u64 mode = val & APIC_MODE;

	if (val & GENMASK_ULL(11, 0) & ~APIC_BASE_FLAGS || val >> maxphyaddr)
		return -EINVAL;
	if (mode == AXAPIC_BASE_X2APIC || (mode == APIC_MODE && !has_x2apic))
		return -EINVAL;
	/* x2APIC mode is entered from xAPIC mode, and left for disabled mode only. */
	if (mode == APIC_MODE && !(old & APIC_MODE))
		return -EINVAL;
	if ((old & APIC_MODE) == APIC_MODE && mode == AXAPIC_BASE_ENABLE)
		return -EINVAL;
	return 0;
}
