// SPDX-License-Identifier: GPL-2.0-only
/* Interrupt messages: decoding, destinations, arbitration. Pure. */
#include <linux/bitfield.h>
#include <linux/bits.h>
#include <linux/errno.h>
#include <linux/string.h>

#include <uapi/linux/axvcpu.h>

#include "apic_msg.h"

/* axapic_icr_to_exit() has its kernel-doc in apic.h, which pure files do not see. */
void axapic_icr_to_exit(u64 icr, bool x2apic, struct axvcpu_exit *exit);

/**
 * axapic_msg_from_icr() - what the interrupt command register asks for
 * @icr: all 64 bits; xAPIC: destination in 63:56
 * @x2apic: x2APIC: destination in 63:32
 * @m: the message
 *
 * The trigger mode matters for INIT only: other messages are edges.
 *
 * Spec: APM 16.5, 16.13.
 */
void axapic_msg_from_icr(u64 icr, bool x2apic, struct axapic_msg *m)
{
	u32 dest = x2apic ? icr >> 32 : icr >> 56;

	*m = (struct axapic_msg) {
		.dest	   = dest,
		.vector	   = FIELD_GET(AXAPIC_ICR_VECTOR, icr),
		.mode	   = FIELD_GET(AXAPIC_ICR_MODE, icr),
		.shorthand = FIELD_GET(AXAPIC_ICR_SHORTHAND, icr),
		.logical   = icr & AXAPIC_ICR_LOGICAL,
		.wide	   = x2apic,
		.broadcast = dest == (x2apic ? AXAPIC_X2_BROADCAST : AXAPIC_BROADCAST),
	};
	if (m->mode == AXAPIC_MODE_INIT)
		m->deassert = (icr & AXAPIC_ICR_LEVEL) && !(icr & AXAPIC_ICR_ASSERT);
}

static bool msi_mode_valid(u8 mode, u8 vector)
{
	switch (mode) {
	case AXAPIC_MODE_FIXED:
	case AXAPIC_MODE_LOWEST:
		return vector >= AXAPIC_VECTOR_MIN;
	case AXAPIC_MODE_NMI:
	case AXAPIC_MODE_INIT:
	case AXAPIC_MODE_EXTINT:
		return true;
	}
	return false;
}

/**
 * axapic_msg_from_msi() - what a message-signalled interrupt asks for
 * @address: of the write
 * @data: its data
 * @m: the message, valid on success only
 *
 * The destination mode counts with and without the redirection hint; the hint
 * makes it a lowest priority message.
 *
 * Return: 0, or -EINVAL for a reserved address bit, message type or vector.
 */
int axapic_msg_from_msi(u64 address, u32 data, struct axapic_msg *m)
{
	u8 mode = FIELD_GET(AXMSI_DATA_MODE, data);
	u8 vector = FIELD_GET(AXMSI_DATA_VECTOR, data);
	u8 dest = FIELD_GET(AXMSI_ADDR_DEST, address);

	if (address >> AXMSI_ADDR_BASE_SHIFT != AXMSI_ADDR_BASE || (address & AXMSI_ADDR_RESERVED))
		return -EINVAL;
	if (!msi_mode_valid(mode, vector))
		return -EINVAL;
	if (mode == AXAPIC_MODE_FIXED && (address & AXMSI_ADDR_REDIRECT))
		mode = AXAPIC_MODE_LOWEST;

	*m = (struct axapic_msg) {
		.dest	   = dest,
		.vector	   = vector,
		.mode	   = mode,
		.shorthand = AXAPIC_TO_DEST,
		.logical   = address & AXMSI_ADDR_LOGICAL,
		.broadcast = dest == AXAPIC_BROADCAST,
		.level	   = data & AXMSI_DATA_LEVEL,
		.deassert  = (data & AXMSI_DATA_LEVEL) && !(data & AXMSI_DATA_ASSERT),
	};
	return 0;
}

/* APM 16.6.1: an 8-bit destination against a programmable LDR and DFR. */
static bool matches_xapic_logical(u8 dest, u8 ldr, u32 dfr)
{
	u32 model = FIELD_GET(AXAPIC_DFR_MODEL, dfr);

	if (model == AXAPIC_DFR_FLAT)
		return dest & ldr;
	if (model != AXAPIC_DFR_CLUSTER)
		return false;
	return (dest >> 4 == ldr >> 4 || dest >> 4 == 0xf) && (dest & ldr & 0xf);
}

/* APM 16.14: cluster and one bit of 16. */
static bool matches_x2apic_logical(u32 dest, u32 ldr)
{
	return dest >> 16 == ldr >> 16 && (dest & ldr & GENMASK(15, 0));
}

/**
 * axapic_msg_matches() - does a destination mean this APIC?
 * @m: message without shorthand
 * @r: registers of the APIC, possibly another CPU's
 *
 * Whether the APIC takes it is another question, unless it is off by its base.
 *
 * Context: any.
 *
 * Spec: APM 16.6.1, 16.14.
 */
bool axapic_msg_matches(const struct axapic_msg *m, const struct axapic_regs *r)
{
	u8 mode = READ_ONCE(r->mode);

	if (mode == AXAPIC_DISABLED)
		return false;
	if (m->broadcast)
		return true;
	if (!m->logical)
		return m->dest == r->id;
	if (mode == AXAPIC_X2APIC)
		return matches_x2apic_logical(m->dest, READ_ONCE(r->ldr));
	return !m->wide &&
	       matches_xapic_logical(m->dest, READ_ONCE(r->ldr) >> 24, READ_ONCE(r->dfr));
}

/**
 * axapic_msg_choose() - arbitrate a lowest priority message
 * @prio: processor priority of each candidate
 * @nr: candidates, not 0
 * @vector: spreads the messages over candidates of the same priority
 *
 * Pure.
 *
 * Return: index of the winner.
 *
 * Spec: APM 16.6.2.
 */
unsigned int axapic_msg_choose(const u8 *prio, unsigned int nr, u8 vector)
{
	unsigned int best = vector % nr;
	unsigned int i;

	for (i = 0; i < nr; i++) {
		if (prio[i] < prio[best])
			best = i;
	}
	return best;
}

void axapic_icr_to_exit(u64 icr, bool x2apic, struct axvcpu_exit *exit)
{
	struct axapic_msg m;

	axapic_msg_from_icr(icr, x2apic, &m);
	memset(exit->raw, 0, sizeof(exit->raw));
	if (m.mode == AXAPIC_MODE_SIPI && m.shorthand == AXAPIC_TO_DEST && !m.logical &&
	    !m.broadcast) {
		exit->reason = AXVCPU_EXIT_CPU_UP;
		exit->cpu_up.target_cpu = m.dest;
		exit->cpu_up.entry_point = (u64)m.vector << 12;
		return;
	}
	exit->reason = AXVCPU_EXIT_SEND_IPI;
	exit->ipi.target_cpu_aux = icr;
	exit->ipi.vector = m.vector;
	exit->ipi.send_to_all = m.shorthand == AXAPIC_TO_ALL || m.shorthand == AXAPIC_TO_OTHERS;
	exit->ipi.send_to_self = m.shorthand == AXAPIC_TO_ALL || m.shorthand == AXAPIC_TO_SELF;
	if (m.shorthand == AXAPIC_TO_DEST)
		exit->ipi.target_cpu = m.dest;
}
