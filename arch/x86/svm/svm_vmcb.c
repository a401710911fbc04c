// SPDX-License-Identifier: GPL-2.0-only
/* The VMCB: what is intercepted, the permission maps, and access to guest registers. */
#include <linux/bitmap.h>
#include <linux/build_bug.h>
#include <linux/gfp.h>
#include <linux/io.h>
#include <linux/mm.h>
#include <linux/string.h>

#include <asm/cpufeature.h>
#include <asm/processor.h>
#include <asm/svm.h>

#include <axvcpu/mem.h>

#include "svm.h"
#include "svm_check.h"
#include "svm_cpu.h"

/* The manual's offsets, once more by way of the kernel's structures. */
static_assert((int)AXSVM_EXIT_NPF == SVM_EXIT_NPF);
static_assert((int)AXSVM_EXIT_IOIO == SVM_EXIT_IOIO);
static_assert((int)AXSVM_EXIT_VMMCALL == SVM_EXIT_VMMCALL);
static_assert(offsetof(struct axsvm_control, n_cr3) ==
	      offsetof(struct vmcb_control_area, nested_cr3));
static_assert(offsetof(struct axsvm_control, exitintinfo) ==
	      offsetof(struct vmcb_control_area, exit_int_info));
static_assert(offsetof(struct axsvm_save, sysenter_eip) ==
	      offsetof(struct vmcb_save_area, sysenter_eip));

static void *iopm;

/**
 * axsvm_iopm_alloc() - the I/O permission map that all guests share: all ports exit
 *
 * Return: 0 or -ENOMEM.
 */
int axsvm_iopm_alloc(void)
{
	iopm = alloc_pages_exact(AXSVM_IOPM_SIZE, GFP_KERNEL);
	if (!iopm)
		return -ENOMEM;
	memset(iopm, 0xff, AXSVM_IOPM_SIZE);
	return 0;
}

/**
 * axsvm_iopm_free() - undo axsvm_iopm_alloc()
 */
void axsvm_iopm_free(void)
{
	free_pages_exact(iopm, AXSVM_IOPM_SIZE);
	iopm = NULL;
}

/* Bit number of the read permission of an MSR, or -1: APM Vol. 2, 15.11. */
static int msrpm_bit(u32 msr)
{
	static const u32 base[] = { 0x00000000, 0xc0000000, 0xc0010000 };
	int i;

	for (i = 0; i < ARRAY_SIZE(base); i++)
		if (msr >= base[i] && msr < base[i] + 0x2000)
			return (i * 0x2000 + (msr - base[i])) * 2;
	return -1;
}

/*
 * MSRs that the guest owns: VMLOAD and VMSAVE switch them with every entry and
 * exit, so the host's are never in reach.  APM Vol. 2, 15.5.2.
 */
static const u32 guest_msrs[] = {
	AXMSR_STAR, AXMSR_LSTAR, AXMSR_CSTAR, AXMSR_SFMASK,
	AXMSR_FS_BASE, AXMSR_GS_BASE, AXMSR_KERNEL_GS_BASE,
	AXMSR_SYSENTER_CS, AXMSR_SYSENTER_ESP, AXMSR_SYSENTER_EIP,
};

/**
 * axsvm_msrpm_alloc() - an MSR permission map with the default policy
 *
 * Return: two pages, or NULL.
 */
u8 *axsvm_msrpm_alloc(void)
{
	u8 *msrpm = alloc_pages_exact(AXSVM_MSRPM_SIZE, GFP_KERNEL_ACCOUNT);
	int i;

	if (!msrpm)
		return NULL;
	memset(msrpm, 0xff, AXSVM_MSRPM_SIZE);
	for (i = 0; i < ARRAY_SIZE(guest_msrs); i++)
		bitmap_clear((unsigned long *)msrpm, msrpm_bit(guest_msrs[i]), 2);
	return msrpm;
}

/**
 * axsvm_msrpm_free() - undo axsvm_msrpm_alloc()
 * @msrpm: or NULL
 */
void axsvm_msrpm_free(u8 *msrpm)
{
	if (msrpm)
		free_pages_exact(msrpm, AXSVM_MSRPM_SIZE);
}

static void svm_msr_intercept(struct axx86_vm *xvm, u32 msr, bool read, bool write)
{
	struct axsvm_vm *svm_vm = xvm->vendor;
	int bit = msrpm_bit(msr);

	/* Only ever more: what exits by default does so for the host's sake. */
	if (bit >= 0 && read)
		set_bit(bit, (unsigned long *)svm_vm->msrpm);
	if (bit >= 0 && write)
		set_bit(bit + 1, (unsigned long *)svm_vm->msrpm);
}

/**
 * axsvm_vmcb_controls() - choose what exits by userspace's wishes
 * @svm: vCPU
 *
 * Exceptions: #DB and #AC always: a guest can make the CPU deliver them for ever, out of
 * reach of any interrupt (CVE-2015-8104, CVE-2015-5307). #MC is the host's.
 */
void axsvm_vmcb_controls(struct axsvm_vcpu *svm)
{
	const struct axx86_cpuid *cpuid = svm->x.cpuid;
	u32 want = BIT(AXVEC_DB) | BIT(AXVEC_AC) | BIT(AXVEC_MC);

	if (svm->x.debug & AXVCPU_DEBUG_BREAKPOINT)
		want |= BIT(AXVEC_BP);
	svm->vmcb->control.exceptions = want;
	/* Emulated CPUs, which save no next RIP either, take INT3 for an INT n. */
	if (!axsvm_features.nrip_save) {
		svm->vmcb->control.icpt &= ~AXSVM_ICPT_INTN;
		if (want & BIT(AXVEC_BP))
			svm->vmcb->control.icpt |= AXSVM_ICPT_INTN;
	}
	/* What the CPU has and the guest was not shown; TSC_AUX is the host's then. */
	svm->vmcb->control.icpt2 &= ~AXSVM_ICPT2_RDTSCP;
	if (!cpuid || !cpuid->has_rdtscp)
		svm->vmcb->control.icpt2 |= AXSVM_ICPT2_RDTSCP;
	axsvm_dirty(svm, AXSVM_CLEAN_I);
}

/**
 * axsvm_vmcb_init() - control area of a new VMCB
 * @svm: vCPU with a zeroed VMCB
 * @svm_vm: its VM
 * @n_cr3: root of the nested page table
 *
 * Each intercept says why it is there. What a guest may do freely: CR0, CR3,
 * INVLPG, its descriptor tables, task switches, all its own exceptions.
 */
void axsvm_vmcb_init(struct axsvm_vcpu *svm, const struct axsvm_vm *svm_vm, u64 n_cr3)
{
	struct axsvm_control *c = &svm->vmcb->control;

	c->cr_write = BIT(4);			/* features that the guest was not shown */
	c->dr_read = 0xffff;			/* DR0..DR3 are switched when they are in use */
	c->dr_write = 0xffff;

	c->icpt = AXSVM_ICPT_INTR | AXSVM_ICPT_NMI | AXSVM_ICPT_SMI | AXSVM_ICPT_INIT | /* host's */
		  AXSVM_ICPT_RDPMC |		/* host's counters */
		  AXSVM_ICPT_CPUID |		/* filtered view */
		  AXSVM_ICPT_RSM |		/* there is no SMM */
		  AXSVM_ICPT_INVD |		/* would drop the host's dirty cache lines */
		  AXSVM_ICPT_HLT |
		  AXSVM_ICPT_INVLPGA |		/* SVM is the host's */
		  AXSVM_ICPT_IOIO | AXSVM_ICPT_MSR |
		  AXSVM_ICPT_FERR_FREEZE |	/* would freeze the host's core */
		  AXSVM_ICPT_SHUTDOWN;		/* would reset the host */
	c->icpt2 = AXSVM_ICPT2_VMRUN | AXSVM_ICPT2_VMMCALL | AXSVM_ICPT2_VMLOAD |
		   AXSVM_ICPT2_VMSAVE | AXSVM_ICPT2_STGI | AXSVM_ICPT2_CLGI |
		   AXSVM_ICPT2_SKINIT |		/* SVM is the host's */
		   AXSVM_ICPT2_WBINVD |		/* stalls the host's other cores */
		   AXSVM_ICPT2_MONITOR | AXSVM_ICPT2_MWAIT | /* would idle the host's core */
		   AXSVM_ICPT2_XSETBV |		/* states that the module switches */
		   AXSVM_ICPT2_RDPRU;		/* host's counters */
	c->icpt3 = AXSVM_ICPT3_INVLPGB | AXSVM_ICPT3_INVLPGB_ILL | AXSVM_ICPT3_MCOMMIT |
		   AXSVM_ICPT3_TLBSYNC;		/* reach other cores */
	if (axsvm_features.pause_filter) {
		c->icpt |= AXSVM_ICPT_PAUSE;
		c->pause_count = 3000;
		c->pause_threshold = 128;
	}

	c->iopm_base = __sme_pa(iopm);
	c->msrpm_base = __sme_pa(svm_vm->msrpm);
	c->vintr = AXSVM_V_INTR_MASKING;	/* RFLAGS.IF and CR8 are the guest's own */
	c->np_control = AXSVM_NP_ENABLE;
	c->n_cr3 = n_cr3;
	c->clean = 0;
	axsvm_vmcb_controls(svm);
}

/**
 * struct field - where a register is in the VMCB
 * @offset: of its u64
 * @clean: clean bits that a write takes away
 * @proves: VMRUN checks it
 * @translates: a write makes translations stale
 */
struct field {
	u16 offset;
	u16 clean;
	bool proves;
	bool translates;
};

#define AT(member)	.offset = offsetof(struct axsvm_vmcb, member)

/* Those that are not a u64 of their own, or not all of one, are in the functions below. */
static const struct field fields[] = {
	[AXX86_RIP]		= { AT(save.rip) },
	[AXX86_RFLAGS]		= { AT(save.rflags) },
	[AXX86_CR0]		= { AT(save.cr0), AXSVM_CLEAN_CR, true, true },
	[AXX86_CR2]		= { AT(save.cr2), AXSVM_CLEAN_CR2 },
	[AXX86_CR3]		= { AT(save.cr3), AXSVM_CLEAN_CR, true, true },
	[AXX86_CR4]		= { AT(save.cr4), AXSVM_CLEAN_CR, true, true },
	[AXX86_EFER]		= { AT(save.efer), AXSVM_CLEAN_CR, true, true },
	[AXX86_DR6]		= { AT(save.dr6), AXSVM_CLEAN_DR, true },
	[AXX86_DR7]		= { AT(save.dr7), AXSVM_CLEAN_DR, true },
	[AXX86_PAT]		= { AT(save.g_pat), AXSVM_CLEAN_NP },
	[AXX86_STAR]		= { AT(save.star) },
	[AXX86_LSTAR]		= { AT(save.lstar) },
	[AXX86_CSTAR]		= { AT(save.cstar) },
	[AXX86_SFMASK]		= { AT(save.sfmask) },
	[AXX86_KERNEL_GS_BASE]	= { AT(save.kernel_gs_base) },
	[AXX86_SYSENTER_CS]	= { AT(save.sysenter_cs) },
	[AXX86_SYSENTER_ESP]	= { AT(save.sysenter_esp) },
	[AXX86_SYSENTER_EIP]	= { AT(save.sysenter_eip) },
	[AXX86_DEBUGCTL]	= { AT(save.dbgctl), AXSVM_CLEAN_LBR },
	[AXX86_TSC_OFFSET]	= { AT(control.tsc_offset), AXSVM_CLEAN_I },
	[AXX86_INTR_SHADOW]	= { AT(control.int_state) },
};

static u64 *field_at(struct axsvm_vmcb *v, enum axx86_field field)
{
	return (u64 *)((u8 *)v + fields[field].offset);
}

static u64 svm_read(struct axx86_vcpu *x, enum axx86_field field)
{
	struct axsvm_vmcb *v = axsvm_vcpu(x)->vmcb;

	switch (field) {
	case AXX86_TPR:
		return v->control.vintr & 0xf;
	case AXX86_CPL:
		return v->save.cpl;
	case AXX86_EFER:
		return v->save.efer & ~AXEFER_SVME;
	case AXX86_INTR_SHADOW:
		return v->control.int_state & AXSVM_INTERRUPT_SHADOW;
	default:
		return *field_at(v, field);
	}
}

static void svm_write(struct axx86_vcpu *x, enum axx86_field field, u64 value)
{
	struct axsvm_vcpu *svm = axsvm_vcpu(x);
	struct axsvm_vmcb *v = svm->vmcb;

	switch (field) {
	case AXX86_TPR:
		v->control.vintr = (v->control.vintr & ~AXSVM_V_TPR) | (value & 0xf);
		axsvm_dirty(svm, AXSVM_CLEAN_TPR);
		return;
	case AXX86_CPL:
		v->save.cpl = value;
		axsvm_dirty(svm, AXSVM_CLEAN_SEG);
		return;
	case AXX86_EFER:
		/* A guest without SVME is refused by VMRUN: APM Vol. 2, 15.5.1. */
		value |= AXEFER_SVME;
		break;
	case AXX86_INTR_SHADOW:
		value = value ? AXSVM_INTERRUPT_SHADOW : 0;
		break;
	default:
		break;
	}
	*field_at(v, field) = value;
	axsvm_dirty(svm, fields[field].clean);
	svm->unproven |= fields[field].proves;
	svm->flush |= fields[field].translates;
}

/* The VMCB keeps the segments in the order of the index, with two exceptions. */
static struct axsvm_seg *svm_seg(struct axsvm_vcpu *svm, unsigned int seg)
{
	struct axsvm_save *s = &svm->vmcb->save;

	switch (seg) {
	case AXX86_LDTR:	return &s->ldtr;
	case AXX86_TR:		return &s->tr;
	case AXX86_GDTR:	return &s->gdtr;
	case AXX86_IDTR:	return &s->idtr;
	default:		return &s->es + seg;
	}
}

static void svm_read_seg(struct axx86_vcpu *x, unsigned int seg, struct axx86_segment *out)
{
	const struct axsvm_seg *s = svm_seg(axsvm_vcpu(x), seg);

	*out = (struct axx86_segment) {
		.selector = s->selector,
		.attrib = s->attrib,
		.limit = s->limit,
		.base = s->base,
	};
}

static void svm_write_seg(struct axx86_vcpu *x, unsigned int seg, const struct axx86_segment *in)
{
	struct axsvm_vcpu *svm = axsvm_vcpu(x);
	struct axsvm_seg *s = svm_seg(svm, seg);

	s->selector = in->selector;
	s->attrib = in->attrib;
	s->limit = in->limit;
	s->base = in->base;
	svm->unproven = true;
	axsvm_dirty(svm, AXSVM_CLEAN_SEG | AXSVM_CLEAN_DT);
}

static unsigned int svm_insn_bytes(struct axx86_vcpu *x, const u8 **bytes)
{
	struct axsvm_control *c = &axsvm_vcpu(x)->vmcb->control;

	if (!axsvm_features.decode_assists)
		return 0;
	*bytes = c->insn;
	return min_t(unsigned int, c->insn_len, sizeof(c->insn));
}

static void svm_raw(struct axx86_vcpu *x, struct axvcpu_exit_hw *hw)
{
	const struct axsvm_vcpu *svm = axsvm_vcpu(x);

	*hw = (struct axvcpu_exit_hw) {
		.code = svm->snap.code,
		.info = { svm->snap.info1, svm->snap.info2, svm->snap.intinfo,
			  svm->vmcb->control.int_state },
	};
}

static void svm_check(struct axx86_vcpu *x, struct axvcpu_exit_fail_entry *fail)
{
	const struct axsvm_vmcb *v = axsvm_vcpu(x)->vmcb;
	const struct axsvm_state state = {
		.efer = v->save.efer,
		.cr0 = v->save.cr0,
		.cr3 = v->save.cr3,
		.cr4 = v->save.cr4,
		.dr6 = v->save.dr6,
		.dr7 = v->save.dr7,
		.cs_attrib = v->save.cs.attrib,
		.asid = v->control.asid,
		.max_asid = axsvm_features.nr_asids,
		.vmrun_intercepted = v->control.icpt2 & AXSVM_ICPT2_VMRUN,
		.msrpm_used = v->control.icpt & AXSVM_ICPT_MSR,
		.msrpm = v->control.msrpm_base,
		.iopm_used = v->control.icpt & AXSVM_ICPT_IOIO,
		.iopm = v->control.iopm_base,
		.eventinj = axsvm_vcpu(x)->eventinj,
		.nested_paging = v->control.np_control & AXSVM_NP_ENABLE,
		.n_cr3 = v->control.n_cr3,
		.host_phys_bits = boot_cpu_data.x86_phys_bits,
		.guest_phys_bits = axsvm_features.gpa_bits,
		.efer_known = x->cpuid->limits.efer | AXEFER_SVME,
		.cr4_known = x->cpuid->limits.cr4,
		.has_long_mode = boot_cpu_has(X86_FEATURE_LM),
	};
	const char *why = NULL;

	fail->hardware_entry_failure_reason = axsvm_vcpu(x)->snap.code;
	fail->rule = axsvm_check(&state, &why);
	strscpy(fail->why, why ?: "no rule that is known is broken", sizeof(fail->why));
}

static void svm_controls_changed(struct axx86_vcpu *x)
{
	axsvm_vmcb_controls(axsvm_vcpu(x));
}

const struct axx86_vendor axsvm_vendor = {
	.name		= "svm",
	.read		= svm_read,
	.write		= svm_write,
	.read_seg	= svm_read_seg,
	.write_seg	= svm_write_seg,
	.insn_bytes	= svm_insn_bytes,
	.raw		= svm_raw,
	.check		= svm_check,
	.controls_changed = svm_controls_changed,
	.msr_intercept	= svm_msr_intercept,
};
