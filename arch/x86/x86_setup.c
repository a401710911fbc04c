// SPDX-License-Identifier: GPL-2.0-only
/* AXVCPU_SETUP: the reset state, and the three ways to start from it. */
#include <linux/errno.h>
#include <linux/kernel.h>
#include <linux/string.h>

#include "apic.h"
#include "x86.h"
#include "x86_cr.h"
#include "x86_fpu.h"
#include "x86_state.h"

/* Segment attributes as a VMCB packs them: APM Vol. 2, Table 14-2 and 4.7 */
#define ATTR_CODE16		0x009b
#define ATTR_CODE32		0x0c9b
#define ATTR_CODE64		0x0a9b
#define ATTR_DATA16		0x0093
#define ATTR_DATA32		0x0c93
#define ATTR_LDT		0x0082
#define ATTR_TSS		0x008b

/* The selectors that Linux and others expect of a loader that leaves no table behind. */
#define FLAT_CS			0x10
#define FLAT_DS			0x18

#define RESET_VECTOR		0xfffffff0ULL
#define MTRR_ENABLED_WB		0x806	/* E, default type WB: APM Vol. 2, 7.7.1 */
#define MISC_ENABLE_INIT	0x1	/* fast string operations */

/* One way to start. */
struct setup_mode {
	u64 cr0;
	u64 cr4;
	u64 efer;
	u16 cs_attrib;
	u16 data_attrib;
	u16 cs;
	u16 ds;
	u32 limit;
	u64 mtrr_def_type;
};

static const struct setup_mode setup_modes[] = {
	[AXVCPU_START_X86_REAL16] = {
		.cr0 = AXCR0_CD | AXCR0_NW | AXCR0_ET,
		.cs_attrib = ATTR_CODE16,
		.data_attrib = ATTR_DATA16,
		.limit = 0xffff,
	},
	[AXVCPU_START_X86_PROT32] = {
		.cr0 = AXCR0_PE | AXCR0_ET,
		.cs_attrib = ATTR_CODE32,
		.data_attrib = ATTR_DATA32,
		.cs = FLAT_CS,
		.ds = FLAT_DS,
		.limit = 0xffffffff,
		.mtrr_def_type = MTRR_ENABLED_WB,
	},
	[AXVCPU_START_X86_LONG64] = {
		.cr0 = AXCR0_PE | AXCR0_MP | AXCR0_ET | AXCR0_NE | AXCR0_WP | AXCR0_PG,
		.cr4 = AXCR4_PAE,
		.efer = AXEFER_LME | AXEFER_LMA,
		.cs_attrib = ATTR_CODE64,
		.data_attrib = ATTR_DATA32,
		.cs = FLAT_CS,
		.ds = FLAT_DS,
		.limit = 0xffffffff,
		.mtrr_def_type = MTRR_ENABLED_WB,
	},
};

static int setup_check(const struct axx86_vcpu *x, const struct axvcpu_setup *s)
{
	const struct axx86_cpuid *c = x->cpuid;
	const struct setup_mode *m;

	if (s->mode >= ARRAY_SIZE(setup_modes))
		return -EINVAL;
	m = &setup_modes[s->mode];
	if (m->cr4 & ~c->cr4_allowed || m->efer & ~c->efer_allowed)
		return -EINVAL;
	switch (s->mode) {
	case AXVCPU_START_X86_REAL16:
		if (s->entry >= 0x100000 && s->entry != RESET_VECTOR)
			return -EINVAL;
		return s->page_table ? -EINVAL : 0;
	case AXVCPU_START_X86_PROT32:
		return s->entry >> 32 || s->page_table ? -EINVAL : 0;
	default:
		if (!axx86_canonical(s->entry))
			return -EINVAL;
		return s->page_table & 0xfff || s->page_table >> c->maxphyaddr ? -EINVAL : 0;
	}
}

static void setup_segs(struct axx86_vcpu *x, const struct setup_mode *m, u16 cs, u64 cs_base)
{
	struct axx86_segment seg = { .limit = 0xffff };
	unsigned int i;

	for (i = AXX86_GDTR; i <= AXX86_IDTR; i++)
		axx86_vendor->write_seg(x, i, &seg);
	seg.attrib = ATTR_LDT;
	axx86_vendor->write_seg(x, AXX86_LDTR, &seg);
	seg.attrib = ATTR_TSS;
	axx86_vendor->write_seg(x, AXX86_TR, &seg);

	seg.limit = m->limit;
	seg.attrib = m->data_attrib;
	seg.selector = m->ds;
	for (i = AXX86_ES; i < AXX86_NR_SEG; i++)
		axx86_vendor->write_seg(x, i, &seg);
	seg.attrib = m->cs_attrib;
	seg.selector = cs;
	seg.base = cs_base;
	axx86_vendor->write_seg(x, AXX86_CS, &seg);
	axx86_write(x, AXX86_CPL, 0);
}

/* CS:IP for an entry point; a SIPI's page is at its very start: APM Vol. 2, 14.1.5 and 16.5. */
static void setup_entry(struct axx86_vcpu *x, const struct setup_mode *m,
			const struct axvcpu_setup *s)
{
	u16 cs = m->cs;
	u64 base = 0, ip = s->entry;

	if (s->mode == AXVCPU_START_X86_REAL16) {
		if (s->entry == RESET_VECTOR) {
			cs = 0xf000;
			base = 0xffff0000;
		} else {
			cs = s->entry & 0xfff ? s->entry >> 4 & 0xf000 : s->entry >> 4;
			base = (u64)cs << 4;
		}
		ip = s->entry - base;
	}
	setup_segs(x, m, cs, base);
	axx86_write(x, AXX86_RIP, ip);
}

static void setup_msrs(struct axx86_vcpu *x, const struct setup_mode *m)
{
	static const enum axx86_field cleared[] = {
		AXX86_STAR, AXX86_LSTAR, AXX86_CSTAR, AXX86_SFMASK, AXX86_KERNEL_GS_BASE,
		AXX86_SYSENTER_CS, AXX86_SYSENTER_ESP, AXX86_SYSENTER_EIP, AXX86_DEBUGCTL,
	};
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(cleared); i++)
		axx86_write(x, cleared[i], 0);
	axx86_write(x, AXX86_PAT, AXMSR_PAT_RESET);
	memset(x->mtrr, 0, sizeof(x->mtrr));
	x->mtrr_def_type = m->mtrr_def_type;
	x->misc_enable = MISC_ENABLE_INIT;
	x->tsc_aux = 0;
	x->spec_ctrl = 0;
}

static void setup_control(struct axx86_vcpu *x, const struct setup_mode *m, u64 cr3)
{
	axx86_write(x, AXX86_EFER, m->efer);
	axx86_write(x, AXX86_CR0, m->cr0);
	axx86_write(x, AXX86_CR2, 0);
	axx86_write(x, AXX86_CR3, cr3);
	axx86_write(x, AXX86_CR4, m->cr4);
	axx86_write(x, AXX86_TPR, 0);
	memset(x->dr, 0, sizeof(x->dr));
	axx86_write(x, AXX86_DR6, AXDR6_INIT);
	axx86_write(x, AXX86_DR7, AXDR7_INIT);
}

static void setup_events(struct axx86_vcpu *x)
{
	axx86_event_reset(&x->events);
	axx86_write(x, AXX86_INTR_SHADOW, 0);
	x->pending = (struct axx86_pending) {};
	x->halted = false;
	x->icr2 = 0;
	x->apic_base = AXAPIC_BASE_DEFAULT | AXAPIC_BASE_ENABLE |
		       (x->vcpu->id ? 0 : AXAPIC_BASE_BSP);
	if (x->apic)
		axapic_reset(x->apic);
}

/* How many vCPUs there will be is known by now, unless userspace made its own table. */
static void setup_topology(struct axvcpu *vcpu)
{
	struct axx86_cpuid *c = axx86_vcpu(vcpu)->cpuid;

	if (!c->from_user && !vcpu->stats.entries)
		axx86_cpuid_default(c, vcpu->id, READ_ONCE(vcpu->vm->nr_vcpus));
}

/**
 * axx86_setup() - reset state with entry point and mode
 * @vcpu: vCPU
 * @s: what and how
 *
 * All registers, pending events, FPU image and APIC are reset; the TSC goes on, so
 * that a vCPU started late agrees with the others. The CPUID view stays if it is
 * userspace's; else its topology is made anew before the first entry. The modes
 * that skip the firmware find MTRRs enabled with write-back as default type, as
 * firmware would leave them.
 *
 * Context: process; owner of the vCPU.
 * Return: 0, or -EINVAL with nothing changed: an unknown mode, an entry point that
 * the mode cannot reach, a page table that is not page-aligned or beyond the
 * guest-physical width, a page table in a mode without one, long mode without
 * a CPUID view that has it.
 *
 * Spec: APM Vol. 2, 14.1.3 and Table 14-1.
 */
int axx86_setup(struct axvcpu *vcpu, const struct axvcpu_setup *s)
{
	struct axx86_vcpu *x = axx86_vcpu(vcpu);
	const struct setup_mode *m;
	int ret;

	ret = setup_check(x, s);
	if (ret)
		return ret;
	m = &setup_modes[s->mode];
	setup_topology(vcpu);
	memset(x->gpr, 0, sizeof(x->gpr));
	x->gpr[AXX86_RDI] = s->arg;
	axx86_write(x, AXX86_RFLAGS, AXRFLAGS_FIXED);
	setup_control(x, m, s->page_table);
	setup_entry(x, m, s);
	setup_msrs(x, m);
	axx86_fpu_reset(x);
	axx86_fpu_sync(x, m->cr4);
	setup_events(x);
	return 0;
}
