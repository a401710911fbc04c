// SPDX-License-Identifier: GPL-2.0-only
/* The machine behind a guest's CPUID view. */
#include <linux/bits.h>

#include <asm/fpu/xcr.h>
#include <asm/processor.h>
#include <asm/tsc.h>

#include "apic_count.h"
#include "x86_cpuid.h"
#include "x86_cpuid_bits.h"

#define GPA_BITS	48	/* nested tables of four levels: APM Vol. 2, 15.25 */

/**
 * axx86_cpuid_host_read() - the host's answer to a leaf
 * @leaf: EAX
 * @subleaf: ECX
 * @out: eax, ebx, ecx, edx are written
 *
 * Context: any; features are the same on all CPUs.
 */
void axx86_cpuid_host_read(u32 leaf, u32 subleaf, struct axvcpu_cpuid_entry *out)
{
	cpuid_count(leaf, subleaf, &out->eax, &out->ebx, &out->ecx, &out->edx);
}

/**
 * axx86_cpuid_host_xcr0() - XCR0 of the host
 *
 * Context: any. Return: XCR0; 0 if the host runs without XSAVE.
 */
u64 axx86_cpuid_host_xcr0(void)
{
	/* Not the XSAVE bit: a host that was told not to use it has no XCR0 to read. */
	if (!(cpuid_ecx(1) & AXCPUID_1_ECX_OSXSAVE))
		return 0;
	return xgetbv(XCR_XFEATURE_ENABLED_MASK);
}

/**
 * axx86_cpuid_default() - the view that a new vCPU gets, and SUPPORTED_CPUID shows
 * @c: written
 * @vcpu_id: number of the vCPU
 * @nr_vcpus_hint: vCPUs that the VM will have, as far as known
 *
 * Context: any that may use a few microseconds. Return: 0.
 */
int axx86_cpuid_default(struct axx86_cpuid *c, u32 vcpu_id, u32 nr_vcpus_hint)
{
	const struct axx86_cpuid_source src = {
		.read = axx86_cpuid_host_read,
		.xcr0 = axx86_cpuid_host_xcr0(),
		.tsc_khz = tsc_khz,
		.bus_khz = AXAPIC_TIMER_KHZ,
		.gpa_bits = GPA_BITS,
		.vcpu_id = vcpu_id,
		.nr_vcpus = nr_vcpus_hint,
	};

	axx86_cpuid_build(c, &src);
	return 0;
}
