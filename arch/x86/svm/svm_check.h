/* SPDX-License-Identifier: GPL-2.0-only */
/* Why a VMRUN was refused: the consistency checks of the APM, as a table. Pure. */
#ifndef _AXSVM_CHECK_H
#define _AXSVM_CHECK_H

#include <linux/types.h>

/**
 * struct axsvm_state - the fields of a VMCB that VMRUN checks
 * @efer: as in the VMCB, SVME included
 * @cr0: CR0
 * @cr3: CR3
 * @cr4: CR4
 * @dr6: DR6
 * @dr7: DR7
 * @cs_attrib: attributes as the VMCB packs them
 * @asid: guest ASID
 * @max_asid: number of ASIDs that the CPU has (CPUID 8000_000A EBX)
 * @vmrun_intercepted: the VMRUN intercept bit
 * @msrpm_used: MSR accesses are intercepted, so that @msrpm matters
 * @msrpm: physical address of the MSR permission map
 * @iopm_used: I/O is intercepted, so that @iopm matters
 * @iopm: physical address of the I/O permission map
 * @eventinj: EVENTINJ
 * @nested_paging: NP_ENABLE
 * @n_cr3: root of the nested page tables
 * @host_phys_bits: width of a host-physical address
 * @guest_phys_bits: width of a guest-physical address
 * @efer_known: EFER bits that the CPU has
 * @cr4_known: CR4 bits that the CPU has
 * @has_long_mode: the CPU has long mode
 */
struct axsvm_state {
	u64 efer;
	u64 cr0;
	u64 cr3;
	u64 cr4;
	u64 dr6;
	u64 dr7;
	u16 cs_attrib;
	u32 asid;
	u32 max_asid;
	bool vmrun_intercepted;
	bool msrpm_used;
	u64 msrpm;
	bool iopm_used;
	u64 iopm;
	u64 eventinj;
	bool nested_paging;
	u64 n_cr3;
	u8 host_phys_bits;
	u8 guest_phys_bits;
	u64 efer_known;
	u64 cr4_known;
	bool has_long_mode;
};

u32 axsvm_check(const struct axsvm_state *s, const char **why);

#endif /* _AXSVM_CHECK_H */
