// SPDX-License-Identifier: MIT
/* Registers of an x86 vCPU as text. Nothing here calls the device. */
#include <axvcpu/axvcpu.h>

#include "text.h"

static void print_gprs(struct text *t, const struct axvcpu_x86_gprs *g)
{
	static const char *const names[16] = {
		"rax", "rcx", "rdx", "rbx", "rsp", "rbp", "rsi", "rdi",
		"r8", "r9", "r10", "r11", "r12", "r13", "r14", "r15",
	};
	int i;

	text_add(t, "rip %016llx  rflags %016llx\n", g->rip, g->rflags);
	for (i = 0; i < 16; i++)
		text_add(t, "%-3s %016llx%s", names[i], g->gpr[i],
			 i % 4 == 3 ? "\n" : "  ");
}

static void print_segment(struct text *t, const char *name,
			  const struct axvcpu_x86_segment *s)
{
	text_add(t, "%-4s %04x base %016llx limit %08x attr %04x%s\n", name,
		 s->selector, s->base, s->limit, s->attrib,
		 s->attrib & AXVCPU_X86_SEG_UNUSABLE ? " unusable" : "");
}

static void print_segs(struct text *t, const struct axvcpu_x86_segs *s)
{
	static const char *const names[6] = { "es", "cs", "ss", "ds", "fs", "gs" };
	int i;

	for (i = 0; i < 6; i++)
		print_segment(t, names[i], &s->seg[i]);
	print_segment(t, "ldtr", &s->ldtr);
	print_segment(t, "tr", &s->tr);
	text_add(t, "gdtr %016llx limit %04x  idtr %016llx limit %04x\n",
		 s->gdtr.base, s->gdtr.limit, s->idtr.base, s->idtr.limit);
}

static void print_crs(struct text *t, const struct axvcpu_x86_crs *c)
{
	text_add(t, "cr0 %016llx  cr2 %016llx  cr3 %016llx  cr4 %016llx\n",
		 c->cr0, c->cr2, c->cr3, c->cr4);
	text_add(t, "cr8 %llx  efer %llx  xcr0 %llx\n", c->cr8, c->efer, c->xcr0);
}

static void print_drs(struct text *t, const struct axvcpu_x86_drs *d)
{
	text_add(t, "dr0 %016llx  dr1 %016llx  dr2 %016llx  dr3 %016llx\n",
		 d->dr[0], d->dr[1], d->dr[2], d->dr[3]);
	text_add(t, "dr6 %016llx  dr7 %016llx\n", d->dr6, d->dr7);
}

static void print_msrs(struct text *t, const struct axvcpu_x86_msrs *m)
{
	text_add(t, "star %llx  lstar %llx  cstar %llx  sfmask %llx\n",
		 m->star, m->lstar, m->cstar, m->sfmask);
	text_add(t, "kernel_gs_base %llx  sysenter cs %llx esp %llx eip %llx\n",
		 m->kernel_gs_base, m->sysenter_cs, m->sysenter_esp, m->sysenter_eip);
	text_add(t, "pat %llx  tsc %llx  tsc_aux %llx  tsc_deadline %llx\n",
		 m->pat, m->tsc, m->tsc_aux, m->tsc_deadline);
	text_add(t, "apic_base %llx  misc_enable %llx  debugctl %llx\n",
		 m->apic_base, m->misc_enable, m->debugctl);
	text_add(t, "spec_ctrl %llx  mtrr_def_type %llx  xss %llx\n", m->spec_ctrl,
		 m->mtrr_def_type, m->xss);
}

static void print_events(struct text *t, const struct axvcpu_x86_events *e)
{
	text_add(t, "events flags %x  exception %u error %x  vector %u  extint %u\n",
		 e->flags, e->exception, e->error_code, e->vector, e->extint);
}

int axvcpu_x86_regs_print(const struct axvcpu_x86_regs *regs, uint64_t sets,
			  char *buf, size_t len)
{
	struct text t = { buf, len, 0 };

	if (len)
		*buf = 0;
	if (sets & AXVCPU_REGS_X86_GPRS)
		print_gprs(&t, &regs->gprs);
	if (sets & AXVCPU_REGS_X86_CRS)
		print_crs(&t, &regs->crs);
	if (sets & AXVCPU_REGS_X86_SEGS)
		print_segs(&t, &regs->segs);
	if (sets & AXVCPU_REGS_X86_DRS)
		print_drs(&t, &regs->drs);
	if (sets & AXVCPU_REGS_X86_MSRS)
		print_msrs(&t, &regs->msrs);
	if (sets & AXVCPU_REGS_X86_EVENTS)
		print_events(&t, &regs->events);
	return t.used;
}
