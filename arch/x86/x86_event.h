/* SPDX-License-Identifier: GPL-2.0-only */
/* What waits to be delivered to an x86 guest, and in which order. Pure. */
#ifndef _AXX86_EVENT_H
#define _AXX86_EVENT_H

#include <linux/bits.h>
#include <linux/types.h>

#include <uapi/linux/axvcpu.h>

/* Event types as EVENTINJ and the VMX interruption information code them: APM 15.20 */
enum axx86_event_type {
	AXX86_TYPE_INTR		= 0,
	AXX86_TYPE_NMI		= 2,
	AXX86_TYPE_EXCEPTION	= 3,
	AXX86_TYPE_SOFT		= 4,
};

/* Bits of axx86_events.async. */
enum axx86_async {
	AXX86_ASYNC_NMI,
	AXX86_ASYNC_INIT,
	AXX86_ASYNC_SIPI_WAIT,	/* INIT was taken, the next SIPI counts */
};

/**
 * struct axx86_event - one event for the hardware to deliver
 * @valid: there is one
 * @type: enum axx86_event_type
 * @vector: vector
 * @has_error: @error is pushed
 * @error: error code
 * @insn_len: length of the instruction of a software interrupt
 * @address: CR2, for #PF
 */
struct axx86_event {
	bool valid;
	u8 type;
	u8 vector;
	bool has_error;
	u32 error;
	u8 insn_len;
	u64 address;
};

/**
 * struct axx86_events - all that waits
 * @async: enum axx86_async bits; any thread
 * @irq: interrupts, without a controller in the kernel; any thread
 * @again: event whose delivery an exit interrupted; it goes first; vCPU thread
 * @exception: raised for the guest, delivered at the next entry; vCPU thread
 * @nmi_masked: from an NMI to the end of its IRET; vCPU thread
 * @iret_rip: IRET that is about to unmask NMIs; vCPU thread
 * @iret_started: @iret_rip is valid; vCPU thread
 * @shutdown: exceptions piled up to a triple fault; vCPU thread
 */
struct axx86_events {
	unsigned long async;
	unsigned long irq[256 / BITS_PER_LONG];
	struct axx86_event again;
	struct axx86_event exception;
	bool nmi_masked;
	bool iret_started;
	bool shutdown;
	u64 iret_rip;
};

/**
 * struct axx86_gate - what the guest's state lets in
 * @irq: interrupts: RFLAGS.IF set, no shadow
 * @nmi: NMIs: no shadow (their mask is in struct axx86_events)
 * @vector: highest interrupt that priority lets through, or -1
 */
struct axx86_gate {
	bool irq;
	bool nmi;
	int vector;
};

/**
 * struct axx86_delivery - what one entry does
 * @event: to be delivered
 * @irq_window: an interrupt waits that cannot go now: exit when it can
 * @nmi_window: the same for an NMI
 */
struct axx86_delivery {
	struct axx86_event event;
	bool irq_window;
	bool nmi_window;
};

void axx86_event_reset(struct axx86_events *ev);
void axx86_event_raise(struct axx86_events *ev, u8 vector, bool has_error, u32 error,
		       u64 address);
void axx86_event_interrupted(struct axx86_events *ev, const struct axx86_event *event);
void axx86_event_pick(struct axx86_events *ev, const struct axx86_gate *gate,
		      struct axx86_delivery *d);
int axx86_event_irq(const struct axx86_events *ev, u8 tpr);
void axx86_event_get(const struct axx86_events *ev, struct axvcpu_x86_events *out);
int axx86_event_check(const struct axvcpu_x86_events *in);
void axx86_event_set(struct axx86_events *ev, const struct axvcpu_x86_events *in);

#endif /* _AXX86_EVENT_H */
