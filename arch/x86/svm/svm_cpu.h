/* SPDX-License-Identifier: GPL-2.0-only */
/* SVM on each CPU: whether it is there, switched on, and which ASIDs are free. */
#ifndef _AXSVM_CPU_H
#define _AXSVM_CPU_H

#include <linux/percpu.h>
#include <linux/types.h>

/**
 * struct axsvm_features - what the CPU has and no module parameter turned off
 * @nrip_save: the CPU saves the next RIP
 * @decode_assists: the CPU saves operands and instruction bytes
 * @flush_by_asid: one guest's translations can be flushed alone
 * @clean_bits: the CPU caches VMCB state
 * @pause_filter: PAUSE exits can be limited to loops
 * @page_1g: NPT can map 1 GiB pages
 * @la57: the host's page tables, and so NPT, have 5 levels
 * @nr_asids: number of address-space identifiers
 * @gpa_bits: width of a guest-physical address
 */
struct axsvm_features {
	bool nrip_save;
	bool decode_assists;
	bool flush_by_asid;
	bool clean_bits;
	bool pause_filter;
	bool page_1g;
	bool la57;
	u32 nr_asids;
	u32 gpa_bits;
};

/* Bits of axvcpu_info.features, in this order. */
#define AXSVM_FEATURE_NRIP_SAVE		BIT_ULL(0)
#define AXSVM_FEATURE_DECODE_ASSISTS	BIT_ULL(1)
#define AXSVM_FEATURE_FLUSH_BY_ASID	BIT_ULL(2)
#define AXSVM_FEATURE_CLEAN_BITS	BIT_ULL(3)
#define AXSVM_FEATURE_PAUSE_FILTER	BIT_ULL(4)
#define AXSVM_FEATURE_PAGE_1G		BIT_ULL(5)

/**
 * struct axsvm_percpu - SVM state of one CPU
 * @enabled: EFER.SVME was set by this module
 * @hsave: page that VMRUN saves the host in
 * @host: page that receives the host's VMSAVE state
 * @host_pa: its address
 * @tsc_aux: the host's TSC_AUX, which RDTSCP tells its own CPU's number from
 * @asid_generation: of the ASIDs that were handed out last
 * @next_asid: next one to hand out
 * @resident: vCPU whose VMCB and translations this CPU holds; only compared
 * @last_vm: VM that ran here last; only compared
 */
struct axsvm_percpu {
	bool enabled;
	void *hsave;
	void *host;
	u64 host_pa;
	u64 tsc_aux;
	u64 asid_generation;
	u32 next_asid;
	const void *resident;
	const void *last_vm;
};

DECLARE_PER_CPU(struct axsvm_percpu, axsvm_percpu);

extern struct axsvm_features axsvm_features;

int axsvm_cpu_probe(void);
int axsvm_cpu_alloc(void);
void axsvm_cpu_free(void);
int axsvm_cpu_enable(void);
void axsvm_cpu_disable(void);

#endif /* _AXSVM_CPU_H */
