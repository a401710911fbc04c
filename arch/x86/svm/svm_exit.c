// SPDX-License-Identifier: GPL-2.0-only
/* From the exit fields of a VMCB to a normalised intercept. Nothing here touches hardware. */
#include <linux/bitfield.h>
#include <linux/bits.h>
#include <linux/kernel.h>
#include <linux/types.h>

#include "../x86_decode.h"
#include "../x86_event.h"
#include "../x86_intercept.h"
#include "svm_defs.h"
#include "svm_exit.h"

typedef void (*decode_fn)(const struct axsvm_snapshot *s, struct axx86_intercept *icpt);

/* One row: what the exit is, how long its instruction is, and what else there is to read. */
struct exit_row {
	u8 kind;
	u8 fixed;
	decode_fn fn;
};

static void decode_io(const struct axsvm_snapshot *s, struct axx86_intercept *icpt)
{
	/* The size fields are one-hot, so the field's value is the size, or half of it. */
	icpt->u.io.port = FIELD_GET(AXSVM_IOIO_PORT, s->info1);
	icpt->u.io.width = FIELD_GET(AXSVM_IOIO_SZ, s->info1);
	icpt->u.io.addr_size = 2 * FIELD_GET(AXSVM_IOIO_A, s->info1);
	icpt->u.io.in = s->info1 & AXSVM_IOIO_IN;
	icpt->u.io.string = s->info1 & AXSVM_IOIO_STR;
	icpt->u.io.rep = s->info1 & AXSVM_IOIO_REP;
	icpt->u.io.seg = FIELD_GET(AXSVM_IOIO_SEG, s->info1);
	icpt->u.io.seg_valid = s->decode;
	icpt->next_rip = s->info2;	/* here on every CPU */
}

static void decode_msr(const struct axsvm_snapshot *s, struct axx86_intercept *icpt)
{
	icpt->u.msr.write = s->info1 & 1;
	icpt->fixed = icpt->u.msr.write ? AXX86_FIX_WRMSR : AXX86_FIX_RDMSR;
}

static void decode_npf(const struct axsvm_snapshot *s, struct axx86_intercept *icpt)
{
	u32 access = AXVCPU_ACCESS_R;

	if (s->info1 & AXSVM_NPF_W)
		access = AXVCPU_ACCESS_W;
	else if (s->info1 & AXSVM_NPF_ID)
		access = AXVCPU_ACCESS_X;
	if (s->info1 & AXSVM_NPF_P)
		access |= AXVCPU_ACCESS_PERMISSION;
	if (s->info1 & AXSVM_NPF_TABLE)
		access |= AXVCPU_ACCESS_TABLE_WALK;
	icpt->u.fault.gpa = s->info2;
	icpt->u.fault.access = access;
	icpt->next_rip = 0;
}

static void decode_crdr(const struct axsvm_snapshot *s, struct axx86_intercept *icpt)
{
	icpt->u.reg.nr = s->code & 0xf;
	icpt->u.reg.write = s->code & 0x10;
	/* CLTS, LMSW and SMSW come as CR0 accesses without AXSVM_CRDR_MOV. */
	icpt->u.reg.decoded = s->decode && (s->code >= AXSVM_EXIT_READ_DR0 ||
					    s->info1 & AXSVM_CRDR_MOV);
	icpt->u.reg.gpr = FIELD_GET(AXSVM_CRDR_GPR, s->info1);
	icpt->kind = s->code >= AXSVM_EXIT_READ_DR0 ? AXX86_ICPT_DR : AXX86_ICPT_CR;
	icpt->fixed = AXX86_FIX_ANY;
}

static void decode_exception(const struct axsvm_snapshot *s, struct axx86_intercept *icpt)
{
	icpt->kind = AXX86_ICPT_EXCEPTION;
	icpt->u.exception.vector = s->code - AXSVM_EXIT_EXCP0;
	/* The host has handled its machine check already. */
	if (icpt->u.exception.vector == AXVEC_MC)
		icpt->kind = AXX86_ICPT_NONE;
	icpt->u.exception.has_error = BIT(icpt->u.exception.vector) & AXVEC_HAS_ERROR;
	icpt->u.exception.error = icpt->u.exception.has_error ? (u32)s->info1 : 0;
	icpt->u.exception.address = icpt->u.exception.vector == AXVEC_PF ? s->info2 : 0;
	icpt->next_rip = 0;
}

/* Spec: APM Vol. 2, Appendix C. Codes without a row are AXX86_ICPT_UNKNOWN. */
static const struct exit_row rows[] = {
	[AXSVM_EXIT_INTR]	 = { AXX86_ICPT_NONE },
	[AXSVM_EXIT_NMI]	 = { AXX86_ICPT_NONE },
	[AXSVM_EXIT_SMI]	 = { AXX86_ICPT_NONE },
	[AXSVM_EXIT_INIT]	 = { AXX86_ICPT_INIT },
	[AXSVM_EXIT_VINTR]	 = { AXX86_ICPT_IRQ_WINDOW },
	[AXSVM_EXIT_RDPMC]	 = { AXX86_ICPT_GP },
	[AXSVM_EXIT_CPUID]	 = { AXX86_ICPT_CPUID, AXX86_FIX_CPUID },
	[AXSVM_EXIT_RSM]	 = { AXX86_ICPT_UD },
	[AXSVM_EXIT_IRET]	 = { AXX86_ICPT_NMI_WINDOW },
	[AXSVM_EXIT_SWINT]	 = { AXX86_ICPT_SOFT_INT },
	[AXSVM_EXIT_INVD]	 = { AXX86_ICPT_SKIP, AXX86_FIX_INVD },
	[AXSVM_EXIT_PAUSE]	 = { AXX86_ICPT_SKIP, AXX86_FIX_PAUSE },
	[AXSVM_EXIT_HLT]	 = { AXX86_ICPT_HLT, AXX86_FIX_HLT },
	[AXSVM_EXIT_INVLPGA]	 = { AXX86_ICPT_UD },
	[AXSVM_EXIT_IOIO]	 = { AXX86_ICPT_IO, AXX86_FIX_ANY, decode_io },
	[AXSVM_EXIT_MSR]	 = { AXX86_ICPT_MSR, AXX86_FIX_ANY, decode_msr },
	[AXSVM_EXIT_SHUTDOWN]	 = { AXX86_ICPT_SHUTDOWN },
	[AXSVM_EXIT_VMRUN]	 = { AXX86_ICPT_UD },
	[AXSVM_EXIT_VMMCALL]	 = { AXX86_ICPT_HYPERCALL, AXX86_FIX_VMMCALL },
	[AXSVM_EXIT_VMLOAD]	 = { AXX86_ICPT_UD },
	[AXSVM_EXIT_VMSAVE]	 = { AXX86_ICPT_UD },
	[AXSVM_EXIT_STGI]	 = { AXX86_ICPT_UD },
	[AXSVM_EXIT_CLGI]	 = { AXX86_ICPT_UD },
	[AXSVM_EXIT_SKINIT]	 = { AXX86_ICPT_UD },
	[AXSVM_EXIT_RDTSCP]	 = { AXX86_ICPT_UD },
	[AXSVM_EXIT_WBINVD]	 = { AXX86_ICPT_SKIP, AXX86_FIX_WBINVD },
	[AXSVM_EXIT_MONITOR]	 = { AXX86_ICPT_UD },
	[AXSVM_EXIT_MWAIT]	 = { AXX86_ICPT_UD },
	[AXSVM_EXIT_MWAIT_COND]	 = { AXX86_ICPT_UD },
	[AXSVM_EXIT_XSETBV]	 = { AXX86_ICPT_XSETBV, AXX86_FIX_XSETBV },
	[AXSVM_EXIT_RDPRU]	 = { AXX86_ICPT_UD },
	[AXSVM_EXIT_INVLPGB]	 = { AXX86_ICPT_UD },
	[AXSVM_EXIT_INVLPGB_ILL] = { AXX86_ICPT_UD },
	[AXSVM_EXIT_MCOMMIT]	 = { AXX86_ICPT_UD },
	[AXSVM_EXIT_TLBSYNC]	 = { AXX86_ICPT_UD },
	[AXSVM_EXIT_NPF]	 = { AXX86_ICPT_NPF, AXX86_FIX_ANY, decode_npf },
};

/**
 * axsvm_exit_decode() - what an exit means
 * @s: exit fields
 * @icpt: completely written
 */
void axsvm_exit_decode(const struct axsvm_snapshot *s, struct axx86_intercept *icpt)
{
	const struct exit_row *row;

	*icpt = (struct axx86_intercept) {
		.kind = AXX86_ICPT_UNKNOWN,
		.next_rip = s->nrip,
	};

	if (s->code <= AXSVM_EXIT_WRITE_DR15) {
		decode_crdr(s, icpt);
		return;
	}
	if (s->code <= AXSVM_EXIT_EXCP31) {
		decode_exception(s, icpt);
		return;
	}
	/* Emulated CPUs write the low half only. */
	if ((u32)s->code == (u32)AXSVM_EXIT_INVALID) {
		icpt->kind = AXX86_ICPT_FAIL_ENTRY;
		return;
	}
	if (s->code >= ARRAY_SIZE(rows))
		return;

	row = &rows[s->code];
	/* A row of zeros is a hole, but for the three host events. */
	if (row->kind == AXX86_ICPT_NONE &&
	    (s->code < AXSVM_EXIT_INTR || s->code > AXSVM_EXIT_SMI))
		return;
	icpt->kind = row->kind;
	icpt->fixed = row->fixed;
	if (row->fn)
		row->fn(s, icpt);
}

/**
 * axsvm_exit_event() - the event that was being delivered when the exit came
 * @s: exit fields
 * @event: completely written
 *
 * Return: true if there was one.
 *
 * Spec: APM Vol. 2, 15.7.2 (EXITINTINFO).
 */
bool axsvm_exit_event(const struct axsvm_snapshot *s, struct axx86_event *event)
{
	*event = (struct axx86_event) {};
	if (!(s->intinfo & AXSVM_EVENT_V))
		return false;
	*event = (struct axx86_event) {
		.valid = true,
		.type = FIELD_GET(AXSVM_EVENT_TYPE, s->intinfo),
		.vector = FIELD_GET(AXSVM_EVENT_VECTOR, s->intinfo),
		.has_error = s->intinfo & AXSVM_EVENT_EV,
		.error = FIELD_GET(AXSVM_EVENT_ERROR, s->intinfo),
	};
	return true;
}
