// SPDX-License-Identifier: GPL-2.0-only
/* SVM on each CPU: detection, EFER.SVME and the pages that go with it. */
#define pr_fmt(fmt) "axvcpu: svm: " fmt

#include <linux/cpu.h>
#include <linux/gfp.h>
#include <linux/io.h>
#include <linux/mm.h>
#include <linux/moduleparam.h>
#include <linux/percpu.h>
#include <linux/topology.h>

#include <asm/cpufeature.h>
#include <asm/msr.h>
#include <asm/processor.h>

#include "../x86_defs.h"
#include "svm_cpu.h"
#include "svm_defs.h"

DEFINE_PER_CPU(struct axsvm_percpu, axsvm_percpu);

struct axsvm_features axsvm_features;

static bool nrip_save = true;
module_param(nrip_save, bool, 0444);
MODULE_PARM_DESC(nrip_save, "svm: use the next RIP that the CPU saves (default on)");

static bool decode_assists = true;
module_param(decode_assists, bool, 0444);
MODULE_PARM_DESC(decode_assists, "svm: use operands and bytes that the CPU decodes (default on)");

static bool flush_by_asid = true;
module_param(flush_by_asid, bool, 0444);
MODULE_PARM_DESC(flush_by_asid, "svm: flush one guest's translations alone (default on)");

static bool clean_bits = true;
module_param(clean_bits, bool, 0444);
MODULE_PARM_DESC(clean_bits, "svm: let the CPU keep unchanged VMCB state (default on)");

static bool pause_filter = true;
module_param(pause_filter, bool, 0444);
MODULE_PARM_DESC(pause_filter, "svm: exit when a guest spins with PAUSE (default on)");

static bool page_1g = true;
module_param(page_1g, bool, 0444);
MODULE_PARM_DESC(page_1g, "svm: map guest memory by 1 GiB pages too (default on)");

static void read_features(void)
{
	struct axsvm_features *f = &axsvm_features;
	u32 edx = cpuid_edx(0x8000000a);

	/* Spec: APM Vol. 3, E.4.9 */
	f->nrip_save = nrip_save && edx & AXSVM_CPUID_NRIPS;
	f->decode_assists = decode_assists && edx & AXSVM_CPUID_DECODE;
	f->flush_by_asid = flush_by_asid && edx & AXSVM_CPUID_FLUSH_ASID;
	f->clean_bits = clean_bits && edx & AXSVM_CPUID_CLEAN;
	f->pause_filter = pause_filter && edx & AXSVM_CPUID_PAUSE;
	f->page_1g = page_1g && boot_cpu_has(X86_FEATURE_GBPAGES);
	f->nr_asids = cpuid_ebx(0x8000000a);
	/* The nested table is walked in the host's mode: APM Vol. 2, 15.25.3. */
	f->la57 = pgtable_l5_enabled();
	f->gpa_bits = min_t(u32, boot_cpu_data.x86_phys_bits, f->la57 ? 52 : 48);
}

/**
 * axsvm_cpu_probe() - is there an SVM that we can use
 *
 * Return: 0, -ENODEV (none), -EOPNOTSUPP (switched off by the firmware, or no
 * nested paging).
 */
int axsvm_cpu_probe(void)
{
	u64 vm_cr;

	if (!boot_cpu_has(X86_FEATURE_SVM))
		return -ENODEV;
	if (rdmsrl_safe(AXMSR_VM_CR, &vm_cr) || vm_cr & AXSVM_VM_CR_SVMDIS) {
		pr_err("SVM is switched off by the firmware: enable it in its setup\n");
		return -EOPNOTSUPP;
	}
	if (cpuid_eax(0x80000000) < 0x8000000a ||
	    !(cpuid_edx(0x8000000a) & AXSVM_CPUID_NP)) {
		pr_err("this CPU has no nested paging, which is needed\n");
		return -EOPNOTSUPP;
	}
	read_features();
	if (axsvm_features.nr_asids < 2) {
		pr_err("this CPU has no address-space identifiers\n");
		return -EOPNOTSUPP;
	}
	return 0;
}

static void *alloc_percpu_page(int cpu)
{
	struct page *page = alloc_pages_node(cpu_to_node(cpu), GFP_KERNEL | __GFP_ZERO, 0);

	return page ? page_address(page) : NULL;
}

/**
 * axsvm_cpu_alloc() - the pages that each possible CPU needs
 *
 * Return: 0 or -ENOMEM, with nothing allocated.
 */
int axsvm_cpu_alloc(void)
{
	int cpu;

	for_each_possible_cpu(cpu) {
		struct axsvm_percpu *pc = per_cpu_ptr(&axsvm_percpu, cpu);

		pc->hsave = alloc_percpu_page(cpu);
		pc->host = alloc_percpu_page(cpu);
		if (!pc->hsave || !pc->host) {
			axsvm_cpu_free();
			return -ENOMEM;
		}
		pc->host_pa = __sme_pa(pc->host);
	}
	return 0;
}

/**
 * axsvm_cpu_free() - undo axsvm_cpu_alloc(), also half done
 */
void axsvm_cpu_free(void)
{
	int cpu;

	for_each_possible_cpu(cpu) {
		struct axsvm_percpu *pc = per_cpu_ptr(&axsvm_percpu, cpu);

		free_page((unsigned long)pc->hsave);
		free_page((unsigned long)pc->host);
		*pc = (struct axsvm_percpu) {};
	}
}

/**
 * axsvm_cpu_enable() - set EFER.SVME on this CPU
 *
 * Context: on the CPU, not migrating.
 * Return: 0, -EBUSY (set already, by another owner).
 *
 * Spec: APM Vol. 2, 15.4, 15.30.4 (VM_HSAVE_PA).
 */
int axsvm_cpu_enable(void)
{
	struct axsvm_percpu *pc = this_cpu_ptr(&axsvm_percpu);
	u64 efer;

	rdmsrl(AXMSR_EFER, efer);
	if (efer & AXEFER_SVME) {
		pr_warn_ratelimited("CPU %d: SVM is in use by another module; unload kvm_amd or what else uses it\n",
				    smp_processor_id());
		return -EBUSY;
	}
	wrmsrl(AXMSR_EFER, efer | AXEFER_SVME);
	wrmsrl(AXMSR_VM_HSAVE_PA, __sme_pa(pc->hsave));
	/* Past the end, so that the first guest flushes what an earlier owner left. */
	pc->next_asid = axsvm_features.nr_asids;
	pc->asid_generation++;
	pc->resident = NULL;
	pc->last_vm = NULL;
	if (boot_cpu_has(X86_FEATURE_RDTSCP) || boot_cpu_has(X86_FEATURE_RDPID))
		rdmsrl(AXMSR_TSC_AUX, pc->tsc_aux);
	pc->enabled = true;
	return 0;
}

/**
 * axsvm_cpu_disable() - undo axsvm_cpu_enable() on this CPU
 */
void axsvm_cpu_disable(void)
{
	struct axsvm_percpu *pc = this_cpu_ptr(&axsvm_percpu);
	u64 efer;

	if (!pc->enabled)
		return;
	pc->enabled = false;
	wrmsrl(AXMSR_VM_HSAVE_PA, 0);
	rdmsrl(AXMSR_EFER, efer);
	wrmsrl(AXMSR_EFER, efer & ~AXEFER_SVME);
}
