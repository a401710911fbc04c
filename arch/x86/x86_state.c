// SPDX-License-Identifier: GPL-2.0-only
/*
 * Register sets for GET_REGS and SET_REGS.
 *
 * What SET_REGS takes: a combination that only the hardware's entry checks refuse
 * passes here, and RUN then says FAIL_ENTRY with the rule: CR0 and CR3 of any
 * value, LME and PG without PAE, CS.L with CS.D, ...  A value is -EINVAL if it
 * would fault in the kernel that loads it (non-canonical MSRs and bases, XCR0,
 * MXCSR), if it turns on what this module does not switch (CR4 and EFER bits
 * outside the CPUID view, XSS, SPEC_CTRL), or if its register has no place for it.
 */
#include <linux/bitfield.h>
#include <linux/errno.h>
#include <linux/stddef.h>
#include <linux/string.h>

#include <asm/msr.h>

#include "apic.h"
#include "x86.h"
#include "x86_cr.h"
#include "x86_fpu.h"
#include "x86_msr.h"
#include "x86_state.h"

#define RFLAGS_KNOWN	(GENMASK_ULL(21, 0) & ~(BIT_ULL(3) | BIT_ULL(5) | BIT_ULL(15)))
#define ATTR_KNOWN	(GENMASK(11, 0) | AXVCPU_X86_SEG_UNUSABLE)
#define DEBUGCTL_KNOWN	GENMASK_ULL(5, 1)
#define XAPIC_MODE	AXAPIC_BASE_ENABLE

const struct axvcpu_regset axx86_regsets[] = {
	{ AXVCPU_REGS_X86_GPRS, offsetof(struct axvcpu_x86_regs, gprs),
	  sizeof(struct axvcpu_x86_gprs) },
	{ AXVCPU_REGS_X86_SEGS, offsetof(struct axvcpu_x86_regs, segs),
	  sizeof(struct axvcpu_x86_segs) },
	{ AXVCPU_REGS_X86_CRS, offsetof(struct axvcpu_x86_regs, crs),
	  sizeof(struct axvcpu_x86_crs) },
	{ AXVCPU_REGS_X86_DRS, offsetof(struct axvcpu_x86_regs, drs),
	  sizeof(struct axvcpu_x86_drs) },
	{ AXVCPU_REGS_X86_MSRS, offsetof(struct axvcpu_x86_regs, msrs),
	  sizeof(struct axvcpu_x86_msrs) },
	{ AXVCPU_REGS_X86_XSAVE, offsetof(struct axvcpu_x86_regs, xsave),
	  sizeof(struct axvcpu_x86_xsave) },
	{ AXVCPU_REGS_X86_EVENTS, offsetof(struct axvcpu_x86_regs, events),
	  sizeof(struct axvcpu_x86_events) },
	{ AXVCPU_REGS_X86_APIC, offsetof(struct axvcpu_x86_regs, apic),
	  sizeof(struct axvcpu_x86_apic) },
	{},
};

static void get_gprs(struct axx86_vcpu *x, struct axvcpu_x86_gprs *out)
{
	memcpy(out->gpr, x->gpr, sizeof(out->gpr));
	out->rip = axx86_read(x, AXX86_RIP);
	out->rflags = axx86_read(x, AXX86_RFLAGS);
}

static int check_gprs(const struct axvcpu_x86_gprs *in)
{
	return in->rflags & ~RFLAGS_KNOWN ? -EINVAL : 0;
}

static void set_gprs(struct axx86_vcpu *x, const struct axvcpu_x86_gprs *in)
{
	memcpy(x->gpr, in->gpr, sizeof(in->gpr));
	axx86_write(x, AXX86_RIP, in->rip);
	axx86_write(x, AXX86_RFLAGS, in->rflags | AXRFLAGS_FIXED);
}

/* Place of a segment in the ABI's structure, by the vendor's index. */
static struct axvcpu_x86_segment *abi_seg(struct axvcpu_x86_segs *s, unsigned int i)
{
	switch (i) {
	case AXX86_LDTR:
		return &s->ldtr;
	case AXX86_TR:
		return &s->tr;
	case AXX86_GDTR:
		return &s->gdtr;
	case AXX86_IDTR:
		return &s->idtr;
	default:
		return &s->seg[i];
	}
}

static bool is_table(unsigned int i)
{
	return i == AXX86_GDTR || i == AXX86_IDTR;
}

static void get_segs(struct axx86_vcpu *x, struct axvcpu_x86_segs *out)
{
	struct axx86_segment seg;
	unsigned int i;

	for (i = 0; i < AXX86_NR_SEGS; i++) {
		axx86_vendor->read_seg(x, i, &seg);
		*abi_seg(out, i) = (struct axvcpu_x86_segment) {
			.base = seg.base,
			.limit = seg.limit,
			.selector = is_table(i) ? 0 : seg.selector,
			.attrib = is_table(i) ? 0 : seg.attrib |
				  (seg.attrib & AXX86_ATTR_P ? 0 : AXVCPU_X86_SEG_UNUSABLE),
		};
	}
}

static int check_segs(const struct axvcpu_x86_segs *in)
{
	unsigned int i;

	for (i = 0; i < AXX86_NR_SEGS; i++) {
		const struct axvcpu_x86_segment *s = abi_seg((struct axvcpu_x86_segs *)in, i);

		if (is_table(i) && (s->selector || s->attrib || s->limit > 0xffff))
			return -EINVAL;
		if (s->attrib & ~ATTR_KNOWN)
			return -EINVAL;
		/* Only FS, GS and the system registers have a base of 64 bits. */
		if (i <= AXX86_DS ? s->base >> 32 != 0 : !axx86_canonical(s->base))
			return -EINVAL;
	}
	return 0;
}

static void set_segs(struct axx86_vcpu *x, const struct axvcpu_x86_segs *in)
{
	unsigned int i;

	for (i = 0; i < AXX86_NR_SEGS; i++) {
		const struct axvcpu_x86_segment *s = abi_seg((struct axvcpu_x86_segs *)in, i);
		struct axx86_segment seg = {
			.base = s->base,
			.limit = s->limit,
			.selector = s->selector,
			.attrib = s->attrib & ~AXVCPU_X86_SEG_UNUSABLE,
		};

		if (s->attrib & AXVCPU_X86_SEG_UNUSABLE)
			seg.attrib &= ~AXX86_ATTR_P;
		axx86_vendor->write_seg(x, i, &seg);
	}
}

/* The VMCB has the privilege level apart; software knows it by SS: APM Vol. 2, 15.5.1. */
static void set_cpl(struct axx86_vcpu *x)
{
	struct axx86_segment ss;
	u64 cpl;

	axx86_vendor->read_seg(x, AXX86_SS, &ss);
	cpl = axx86_read(x, AXX86_RFLAGS) & AXRFLAGS_VM ? 3 : FIELD_GET(AXX86_ATTR_DPL, ss.attrib);
	axx86_write(x, AXX86_CPL, cpl);
}

static void get_crs(struct axx86_vcpu *x, struct axvcpu_x86_crs *out)
{
	*out = (struct axvcpu_x86_crs) {
		.cr0 = axx86_read(x, AXX86_CR0),
		.cr2 = axx86_read(x, AXX86_CR2),
		.cr3 = axx86_read(x, AXX86_CR3),
		.cr4 = axx86_read(x, AXX86_CR4),
		.cr8 = axx86_read(x, AXX86_TPR),
		.efer = axx86_read(x, AXX86_EFER),
		.xcr0 = x->xcr0,
	};
}

static int check_crs(struct axx86_vcpu *x, const struct axvcpu_x86_crs *in)
{
	const struct axx86_cpuid *c = x->cpuid;

	if (in->cr4 & ~c->cr4_allowed || in->efer & ~c->efer_allowed || in->cr8 > 15)
		return -EINVAL;
	return axx86_xcr0_check(c->xcr0_supported | AXXCR0_X87, in->xcr0);
}

static void set_crs(struct axx86_vcpu *x, const struct axvcpu_x86_crs *in)
{
	axx86_write(x, AXX86_EFER, in->efer);
	axx86_write(x, AXX86_CR0, in->cr0);
	axx86_write(x, AXX86_CR2, in->cr2);
	axx86_write(x, AXX86_CR3, in->cr3);
	axx86_write(x, AXX86_CR4, in->cr4);
	axx86_write(x, AXX86_TPR, in->cr8);
	x->xcr0 = in->xcr0;
	axx86_fpu_sync(x, in->cr4);
}

static void get_drs(struct axx86_vcpu *x, struct axvcpu_x86_drs *out)
{
	memcpy(out->dr, x->dr, sizeof(out->dr));
	out->dr6 = axx86_read(x, AXX86_DR6);
	out->dr7 = axx86_read(x, AXX86_DR7);
}

static int check_drs(const struct axvcpu_x86_drs *in)
{
	return axx86_dr6_check(in->dr6) ?: axx86_dr7_check(in->dr7);
}

static void set_drs(struct axx86_vcpu *x, const struct axvcpu_x86_drs *in)
{
	memcpy(x->dr, in->dr, sizeof(x->dr));
	axx86_write(x, AXX86_DR6, axx86_dr6_stored(in->dr6));
	axx86_write(x, AXX86_DR7, axx86_dr7_stored(in->dr7));
}

static void get_msrs(struct axx86_vcpu *x, struct axvcpu_x86_msrs *out)
{
	*out = (struct axvcpu_x86_msrs) {
		.star = axx86_read(x, AXX86_STAR),
		.lstar = axx86_read(x, AXX86_LSTAR),
		.cstar = axx86_read(x, AXX86_CSTAR),
		.sfmask = axx86_read(x, AXX86_SFMASK),
		.kernel_gs_base = axx86_read(x, AXX86_KERNEL_GS_BASE),
		.sysenter_cs = axx86_read(x, AXX86_SYSENTER_CS),
		.sysenter_esp = axx86_read(x, AXX86_SYSENTER_ESP),
		.sysenter_eip = axx86_read(x, AXX86_SYSENTER_EIP),
		.pat = axx86_read(x, AXX86_PAT),
		.xss = x->xss,
		.tsc = rdtsc_ordered() + axx86_read(x, AXX86_TSC_OFFSET),
		.tsc_aux = x->tsc_aux,
		.tsc_deadline = x->apic ? axapic_tsc_deadline(x->apic) : 0,
		.apic_base = x->apic ? axapic_base(x->apic) : x->apic_base,
		.misc_enable = x->misc_enable,
		.debugctl = axx86_read(x, AXX86_DEBUGCTL),
		.spec_ctrl = x->spec_ctrl,
		.mtrr_def_type = x->mtrr_def_type,
	};
}

/* Those that VMLOAD or WRMSR put into the CPU. */
static bool msrs_loadable(const struct axvcpu_x86_msrs *in)
{
	return axx86_canonical(in->lstar) && axx86_canonical(in->cstar) &&
	       axx86_canonical(in->kernel_gs_base) && axx86_canonical(in->sysenter_esp) &&
	       axx86_canonical(in->sysenter_eip) && !(in->sysenter_cs >> 32) &&
	       !(in->sfmask >> 32) && axx86_pat_valid(in->pat) && !(in->tsc_aux >> 32) &&
	       !(in->debugctl & ~DEBUGCTL_KNOWN);
}

static int check_msrs(struct axx86_vcpu *x, const struct axvcpu_x86_msrs *in)
{
	const struct axx86_cpuid *c = x->cpuid;

	if (!msrs_loadable(in) || in->spec_ctrl || in->xss & ~c->xss_supported ||
	    !axx86_mtrr_valid(AXMSR_MTRR_DEF_TYPE, in->mtrr_def_type, c->maxphyaddr))
		return -EINVAL;
	if (x->apic)
		return axapic_base_acceptable(x->apic, in->apic_base) ? 0 : -EINVAL;
	if (in->tsc_deadline)
		return -EINVAL;
	return axx86_apic_base_check(XAPIC_MODE, in->apic_base, c->maxphyaddr, c->has_x2apic);
}

static void set_msrs(struct axx86_vcpu *x, const struct axvcpu_x86_msrs *in)
{
	axx86_write(x, AXX86_STAR, in->star);
	axx86_write(x, AXX86_LSTAR, in->lstar);
	axx86_write(x, AXX86_CSTAR, in->cstar);
	axx86_write(x, AXX86_SFMASK, in->sfmask);
	axx86_write(x, AXX86_KERNEL_GS_BASE, in->kernel_gs_base);
	axx86_write(x, AXX86_SYSENTER_CS, in->sysenter_cs);
	axx86_write(x, AXX86_SYSENTER_ESP, in->sysenter_esp);
	axx86_write(x, AXX86_SYSENTER_EIP, in->sysenter_eip);
	axx86_write(x, AXX86_PAT, in->pat);
	axx86_write(x, AXX86_DEBUGCTL, in->debugctl);
	axx86_write(x, AXX86_TSC_OFFSET, in->tsc - rdtsc_ordered());
	x->xss = in->xss;
	x->tsc_aux = in->tsc_aux;
	x->misc_enable = in->misc_enable;
	x->mtrr_def_type = in->mtrr_def_type;
	x->apic_base = in->apic_base;
	if (x->apic) {
		axapic_tsc_offset_changed(x->apic);
		axapic_set_base(x->apic, in->apic_base, false);
	}
}

static void get_events(struct axx86_vcpu *x, struct axvcpu_x86_events *out)
{
	int extint = x->apic ? axapic_extint_waits(x->apic) : -1;

	axx86_event_get(&x->events, out);
	if (axx86_read(x, AXX86_INTR_SHADOW))
		out->flags |= AXVCPU_X86_EVENT_STI_SHADOW;
	if (x->halted)
		out->flags |= AXVCPU_X86_EVENT_HALTED;
	if (extint >= 0) {
		out->flags |= AXVCPU_X86_EVENT_EXTINT;
		out->extint = extint;
	}
}

static int check_events(struct axx86_vcpu *x, const struct axvcpu_x86_events *in)
{
	if (!x->apic && (in->flags & AXVCPU_X86_EVENT_EXTINT))
		return -EINVAL;
	if (x->apic && (in->irq[0] | in->irq[1] | in->irq[2] | in->irq[3]))
		return -EINVAL;
	return axx86_event_check(in);
}

static void set_events(struct axx86_vcpu *x, const struct axvcpu_x86_events *in)
{
	/* Whether it waits for INIT and SIPI is no event of this set. */
	unsigned long start = READ_ONCE(x->events.async) &
			      (BIT(AXX86_ASYNC_INIT) | BIT(AXX86_ASYNC_SIPI_WAIT));

	axx86_event_set(&x->events, in);
	x->events.async |= start;
	axx86_write(x, AXX86_INTR_SHADOW, !!(in->flags & AXVCPU_X86_EVENT_STI_SHADOW));
	x->halted = in->flags & AXVCPU_X86_EVENT_HALTED;
	if (!x->apic)
		return;
	axapic_accept_extint(x->apic);
	if (in->flags & AXVCPU_X86_EVENT_EXTINT)
		axapic_inject_extint(x->apic, in->extint);
}

static void get_apic(struct axx86_vcpu *x, struct axvcpu_x86_apic *out)
{
	if (x->apic)
		axapic_get_state(x->apic, out);
	else
		memset(out, 0, sizeof(*out));
}

static int check_apic(struct axx86_vcpu *x, u64 sets, const struct axvcpu_x86_regs *r)
{
	if (!x->apic)
		return -EINVAL;
	return axapic_set_state(x->apic, &r->apic, sets & AXVCPU_REGS_X86_MSRS ?
				r->msrs.apic_base : axapic_base(x->apic), true);
}

/**
 * axx86_get_regs() - AXVCPU_GET_REGS
 * @vcpu: vCPU
 * @sets: AXVCPU_REGS_X86_*
 * @regs: struct axvcpu_x86_regs; every byte of the chosen sets is written
 *
 * Without a controller in the kernel the APIC set is all zeros.
 *
 * Context: process; owner of the vCPU.
 */
void axx86_get_regs(struct axvcpu *vcpu, u64 sets, void *regs)
{
	struct axx86_vcpu *x = axx86_vcpu(vcpu);
	struct axvcpu_x86_regs *r = regs;

	if (sets & AXVCPU_REGS_X86_GPRS)
		get_gprs(x, &r->gprs);
	if (sets & AXVCPU_REGS_X86_SEGS)
		get_segs(x, &r->segs);
	if (sets & AXVCPU_REGS_X86_CRS)
		get_crs(x, &r->crs);
	if (sets & AXVCPU_REGS_X86_DRS)
		get_drs(x, &r->drs);
	if (sets & AXVCPU_REGS_X86_MSRS)
		get_msrs(x, &r->msrs);
	if (sets & AXVCPU_REGS_X86_EVENTS)
		get_events(x, &r->events);
	if (sets & AXVCPU_REGS_X86_APIC)
		get_apic(x, &r->apic);
	if (sets & AXVCPU_REGS_X86_XSAVE)
		axx86_fpu_get(x, &r->xsave);
}

static int check_regs(struct axx86_vcpu *x, u64 sets, const struct axvcpu_x86_regs *r)
{
	int ret = 0;

	if (sets & AXVCPU_REGS_X86_GPRS)
		ret = check_gprs(&r->gprs);
	if (!ret && sets & AXVCPU_REGS_X86_SEGS)
		ret = check_segs(&r->segs);
	if (!ret && sets & AXVCPU_REGS_X86_CRS)
		ret = check_crs(x, &r->crs);
	if (!ret && sets & AXVCPU_REGS_X86_DRS)
		ret = check_drs(&r->drs);
	if (!ret && sets & AXVCPU_REGS_X86_MSRS)
		ret = check_msrs(x, &r->msrs);
	if (!ret && sets & AXVCPU_REGS_X86_EVENTS)
		ret = check_events(x, &r->events);
	if (!ret && sets & AXVCPU_REGS_X86_APIC)
		ret = check_apic(x, sets, r);
	if (!ret && sets & AXVCPU_REGS_X86_XSAVE)
		ret = axx86_fpu_check(x, &r->xsave);
	return ret;
}

/* The APIC's mode comes before its registers, its registers before what they time. */
static void write_apic(struct axx86_vcpu *x, u64 sets, const struct axvcpu_x86_regs *r)
{
	if (sets & AXVCPU_REGS_X86_APIC)
		axapic_set_state(x->apic, &r->apic, axapic_base(x->apic), false);
	if (sets & AXVCPU_REGS_X86_CRS && x->apic)
		axapic_set_tpr(x->apic, r->crs.cr8 << 4);
	if (sets & AXVCPU_REGS_X86_MSRS && x->apic)
		axapic_set_tsc_deadline(x->apic, r->msrs.tsc_deadline);
}

/**
 * axx86_set_regs() - AXVCPU_SET_REGS
 * @vcpu: vCPU
 * @sets: AXVCPU_REGS_X86_*
 * @regs: struct axvcpu_x86_regs
 *
 * Where CR8 and the APIC's task priority are both given, CR8 decides.
 *
 * Context: process; owner of the vCPU.
 * Return: 0, or -EINVAL with nothing changed: a value as described at the head of
 * this file.
 */
int axx86_set_regs(struct axvcpu *vcpu, u64 sets, const void *regs)
{
	struct axx86_vcpu *x = axx86_vcpu(vcpu);
	const struct axvcpu_x86_regs *r = regs;
	int ret;

	ret = check_regs(x, sets, r);
	if (ret)
		return ret;
	if (sets & AXVCPU_REGS_X86_GPRS)
		set_gprs(x, &r->gprs);
	if (sets & AXVCPU_REGS_X86_SEGS)
		set_segs(x, &r->segs);
	if (sets & (AXVCPU_REGS_X86_GPRS | AXVCPU_REGS_X86_SEGS))
		set_cpl(x);
	if (sets & AXVCPU_REGS_X86_CRS)
		set_crs(x, &r->crs);
	if (sets & AXVCPU_REGS_X86_DRS)
		set_drs(x, &r->drs);
	if (sets & AXVCPU_REGS_X86_MSRS)
		set_msrs(x, &r->msrs);
	write_apic(x, sets, r);
	if (sets & AXVCPU_REGS_X86_EVENTS)
		set_events(x, &r->events);
	if (sets & AXVCPU_REGS_X86_XSAVE)
		axx86_fpu_set(x, &r->xsave);
	return 0;
}
