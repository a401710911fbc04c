/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A VM of fake vCPUs with real local APICs. axvcpu_apic_vm_test.c has the fakes and the code
 * under test; other files use them.
 */
#ifndef _APIC_FAKE_H
#define _APIC_FAKE_H

#include <kunit/test.h>

/* The module's own, of which other tests have theirs. */
#define axvcpu_request		apic_test_request
#define axx86_vendor		apic_test_vendor
#define axx86_queue_nmi		apic_test_queue_nmi
#define axx86_queue_init	apic_test_queue_init
#define axx86_take_sipi		apic_test_take_sipi
#define axx86_apic_base_check	apic_test_base_check

#include "../arch/x86/apic.h"

#define APIC_TEST_CPUS	4

/**
 * struct fake_cpu - a vCPU that remembers what was asked of it
 * @vcpu: as the code under test knows it
 * @x: the same, x86
 * @requests: axvcpu_request() calls
 * @nmis: NMIs queued
 * @inits: INITs queued
 * @waits_for_sipi: the next SIPI starts it
 */
struct fake_cpu {
	struct axvcpu vcpu;
	struct axx86_vcpu x;
	atomic_t requests;
	unsigned int nmis;
	unsigned int inits;
	bool waits_for_sipi;
};

/**
 * struct fake_vm - VM of these
 * @vm: as the code under test knows it
 * @xvm: the same, x86
 * @cpuid: view of all its vCPUs
 * @cpu: vCPUs, by id
 * @tsc_offset: guest's TSC minus the host's
 */
struct fake_vm {
	struct axvcpu_vm vm;
	struct axx86_vm xvm;
	struct axx86_cpuid cpuid;
	struct fake_cpu cpu[APIC_TEST_CPUS];
	u64 tsc_offset;
};

/* The VM of the test that runs. */
extern struct fake_vm *apic_test_vm;

int apic_test_init(struct kunit *test);
void apic_test_exit(struct kunit *test);
void apic_test_enable_all(bool x2apic);
int apic_test_write(int cpu, u32 offset, u32 val);
u32 apic_test_read(int cpu, u32 offset);
unsigned int apic_test_who_has(u8 vector);
void apic_test_forget(u8 vector);

static inline struct axapic *apic_nr(int cpu)
{
	return apic_test_vm->cpu[cpu].x.apic;
}

#endif /* _APIC_FAKE_H */
