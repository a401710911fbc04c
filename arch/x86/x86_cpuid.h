/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The CPUID view of a guest: made from the host's leaves through an allow-list,
 * and what that view lets the guest switch on.
 *
 * All but axx86_cpuid_default() and axx86_cpuid_host_*() is pure.
 */
#ifndef _AXX86_CPUID_H
#define _AXX86_CPUID_H

#include <linux/types.h>

#include <uapi/linux/axvcpu.h>

/* Leaves below 64 of each quarter of the number space are found by index. */
#define AXX86_CPUID_INDEXED	64

#define AXX86_CPUID_HYPERVISOR	0x40000000
#define AXX86_CPUID_TIMING	0x40000010

/**
 * struct axx86_cpuid_limits - what the hardware and this module can give at most
 * @xcr0: XCR0 bits
 * @xss: IA32_XSS bits
 * @cr4: CR4 bits
 * @efer: EFER bits
 * @maxphyaddr: guest-physical width, bits
 * @rdtscp: RDTSCP works
 *
 * A table from userspace may show less than this, or lie; it gets no more.
 */
struct axx86_cpuid_limits {
	u64 xcr0;
	u64 xss;
	u64 cr4;
	u64 efer;
	u8 maxphyaddr;
	bool rdtscp;
};

/**
 * struct axx86_cpuid - the CPUID view of one vCPU
 * @nr: entries
 * @xcr0_supported: XCR0 bits that the guest may set; 0 if it has no XSAVE
 * @xss_supported: IA32_XSS bits that the guest may set
 * @cr4_allowed: CR4 bits that the guest may set
 * @efer_allowed: EFER bits that the guest may set, LMA included
 * @maxphyaddr: guest-physical width, bits
 * @has_rdtscp: RDTSCP and TSC_AUX exist
 * @has_x2apic: x2APIC mode exists
 * @has_tsc_deadline: TSC-deadline mode exists
 * @from_user: the table is userspace's, not the default
 * @limits: bounds of the fields above; set once, by axx86_cpuid_build()
 * @index: by leaf >> 30 and its low bits: 1 + first entry of the leaf, 0 if none
 * @entries: sorted by leaf and subleaf
 */
struct axx86_cpuid {
	u32 nr;
	u64 xcr0_supported;
	u64 xss_supported;
	u64 cr4_allowed;
	u64 efer_allowed;
	u8 maxphyaddr;
	bool has_rdtscp;
	bool has_x2apic;
	bool has_tsc_deadline;
	bool from_user;
	struct axx86_cpuid_limits limits;
	u16 index[4][AXX86_CPUID_INDEXED];
	struct axvcpu_cpuid_entry entries[AXVCPU_CPUID_MAX];
};

/**
 * struct axx86_cpuid_source - what a view is made from
 * @read: the host's answer to a leaf; fills eax, ebx, ecx and edx
 * @xcr0: XCR0 that the host runs with; 0 if it has no XSAVE
 * @tsc_khz: frequency of the guest's TSC
 * @bus_khz: frequency that the local APIC timer counts with
 * @gpa_bits: guest-physical width that the stage-2 tables can take
 * @vcpu_id: number of the vCPU, its APIC id
 * @nr_vcpus: vCPUs that the topology shows; at least @vcpu_id + 1 is used
 */
struct axx86_cpuid_source {
	void (*read)(u32 leaf, u32 subleaf, struct axvcpu_cpuid_entry *out);
	u64 xcr0;
	u32 tsc_khz;
	u32 bus_khz;
	u8 gpa_bits;
	u32 vcpu_id;
	u32 nr_vcpus;
};

void axx86_cpuid_seal(struct axx86_cpuid *c, u8 maxphyaddr);
void axx86_cpuid_build(struct axx86_cpuid *c, const struct axx86_cpuid_source *src);
int axx86_cpuid_set(struct axx86_cpuid *c, const struct axvcpu_cpuid_entry *entries, u32 nr);
const struct axvcpu_cpuid_entry *axx86_cpuid_find(const struct axx86_cpuid *c, u32 leaf,
						  u32 subleaf);
void axx86_cpuid_lookup(const struct axx86_cpuid *c, u32 leaf, u32 subleaf, u64 cr4, u64 xcr0,
			struct axvcpu_cpuid_entry *out);

/**
 * axx86_cpuid_needs_state() - does an answer depend on CR4 or XCR0
 * @leaf: leaf
 *
 * Lets the CPUID exit skip reading them: axx86_cpuid_lookup() ignores both
 * where this is false.
 */
static inline bool axx86_cpuid_needs_state(u32 leaf)
{
	return leaf == 1 || leaf == 7 || leaf == 0xd;
}

int axx86_cpuid_default(struct axx86_cpuid *c, u32 vcpu_id, u32 nr_vcpus_hint);
void axx86_cpuid_host_read(u32 leaf, u32 subleaf, struct axvcpu_cpuid_entry *out);
u64 axx86_cpuid_host_xcr0(void);

#endif /* _AXX86_CPUID_H */
