// SPDX-License-Identifier: GPL-2.0-only
/*
 * Nested page tables of AMD SVM: what an entry looks like.
 *
 * Entries have the format of long-mode page tables. Pure: nothing here touches
 * hardware or memory.
 *
 * Spec: AMD64 APM Vol. 2 (24593), 5.3 (long-mode translation), 15.25 (nested paging).
 */

#include <linux/bits.h>
#include <linux/types.h>

#include <uapi/linux/axvcpu.h>

#include "svm_npt.h"

/* APM Vol. 2, 5.3.3 and 5.4.1: fields of page-translation table entries. */
#define AXNPT_P			BIT_ULL(0)
#define AXNPT_RW		BIT_ULL(1)
#define AXNPT_US		BIT_ULL(2)
#define AXNPT_A			BIT_ULL(5)
#define AXNPT_D			BIT_ULL(6)
#define AXNPT_PS		BIT_ULL(7)
#define AXNPT_ADDR		GENMASK_ULL(51, 12)
#define AXNPT_NX		BIT_ULL(63)

/* Written once by axsvm_npt_init(). */
static u64 npt_c_bit;

/* There is no bit that forbids reads, and none that allows writes without them. */
static bool npt_supports(u32 access)
{
	return access & AXVCPU_MAP_R;
}

/*
 * Every nested access counts as a user access, so U/S is set at each level
 * (APM Vol. 2, 15.25.5).
 */
static u64 npt_table(u64 pa)
{
	return pa | npt_c_bit | AXNPT_P | AXNPT_RW | AXNPT_US;
}

/* With A and D set beforehand the CPU need not write to the entry on first use. */
static u64 npt_leaf(u64 pa, unsigned int level, u32 access)
{
	u64 entry = pa | npt_c_bit | AXNPT_P | AXNPT_US | AXNPT_A;

	if (access & AXVCPU_MAP_W)
		entry |= AXNPT_RW | AXNPT_D;
	if (!(access & AXVCPU_MAP_X))
		entry |= AXNPT_NX;
	if (level)
		entry |= AXNPT_PS;
	return entry;
}

static bool npt_is_present(u64 entry)
{
	return entry & AXNPT_P;
}

/* In the lowest table bit 7 is PAT. */
static bool npt_is_leaf(u64 entry, unsigned int level)
{
	return !level || (entry & AXNPT_PS);
}

static u64 npt_addr(u64 entry)
{
	return entry & AXNPT_ADDR & ~npt_c_bit;
}

static u32 npt_access(u64 entry)
{
	u32 access = AXVCPU_MAP_R;

	if (entry & AXNPT_RW)
		access |= AXVCPU_MAP_W;
	if (!(entry & AXNPT_NX))
		access |= AXVCPU_MAP_X;
	return access;
}

struct axvcpu_stage2_format axsvm_npt_format = {
	.nr_levels	= 4,
	.max_leaf_level	= AXVCPU_STAGE2_2M,
	.accessed	= AXNPT_A,
	.supports	= npt_supports,
	.table		= npt_table,
	.leaf		= npt_leaf,
	.is_present	= npt_is_present,
	.is_leaf	= npt_is_leaf,
	.addr		= npt_addr,
	.access		= npt_access,
};

void axsvm_npt_init(const struct axsvm_npt_config *config)
{
	npt_c_bit = config->c_bit;
	axsvm_npt_format.nr_levels = config->la57 ? 5 : 4;
	axsvm_npt_format.max_leaf_level = config->page1g ? AXVCPU_STAGE2_1G : AXVCPU_STAGE2_2M;
}
