/* SPDX-License-Identifier: GPL-2.0-only */
/* Nested page tables of AMD SVM: entries for the stage-2 walker. */
#ifndef _AXSVM_NPT_H
#define _AXSVM_NPT_H

#include <linux/types.h>

#include <axvcpu/stage2.h>

/**
 * struct axsvm_npt_config - what the host decides about nested tables
 * @page1g: CPUID 8000_0001 EDX bit 26: 1 GiB pages
 * @la57: the host has CR4.LA57 set: nested tables have its number of levels
 * @c_bit: address bit that marks memory as encrypted (SME), as a mask; 0 if off
 */
struct axsvm_npt_config {
	bool page1g;
	bool la57;
	u64 c_bit;
};

/* Encoder; axsvm_npt_init() completes it. */
extern struct axvcpu_stage2_format axsvm_npt_format;

/**
 * axsvm_npt_init() - fit axsvm_npt_format to this host
 * @config: what was found at probe
 *
 * Pure but for the format itself. Context: probe, before the format is used.
 *
 * Spec: APM Vol. 2, 15.25.3 (the nested walk runs in the host's paging mode).
 */
void axsvm_npt_init(const struct axsvm_npt_config *config);

#endif /* _AXSVM_NPT_H */
