// SPDX-License-Identifier: GPL-2.0-only
/* What waits to be delivered to an x86 guest, and in which order. Nothing here touches hardware. */
#include <linux/bitmap.h>
#include <linux/bitops.h>
#include <linux/errno.h>
#include <linux/string.h>
#include <linux/types.h>

#include "x86_defs.h"
#include "x86_event.h"

/**
 * axx86_event_reset() - forget all that waits
 * @ev: events; nobody else adds to them meanwhile
 */
void axx86_event_reset(struct axx86_events *ev)
{
	memset(ev, 0, sizeof(*ev));
}

/* Spec: APM Vol. 2, table 8-2: which pairs of exceptions make a double fault. */
#define CONTRIBUTORY	(BIT(AXVEC_DE) | BIT(AXVEC_TS) | BIT(AXVEC_NP) | BIT(AXVEC_SS) | \
			 BIT(AXVEC_GP) | BIT(AXVEC_CP))

static bool makes_double_fault(u8 first, u8 second)
{
	if (BIT(first) & CONTRIBUTORY)
		return BIT(second) & CONTRIBUTORY;
	if (first == AXVEC_PF)
		return BIT(second) & (CONTRIBUTORY | BIT(AXVEC_PF));
	return false;
}

static struct axx86_event *first_exception(struct axx86_events *ev)
{
	if (ev->exception.valid)
		return &ev->exception;
	if (ev->again.valid && ev->again.type == AXX86_TYPE_EXCEPTION)
		return &ev->again;
	return NULL;
}

/**
 * axx86_event_raise() - an exception for the guest
 * @ev: events
 * @vector: below 32
 * @has_error: it pushes @error
 * @error: error code
 * @address: CR2, for #PF
 *
 * An exception on top of one that is not delivered yet becomes a double fault
 * or a triple fault (axx86_events.shutdown), or takes its place if the first
 * comes back by itself.
 *
 * Spec: APM Vol. 2, 8.2.9.
 */
void axx86_event_raise(struct axx86_events *ev, u8 vector, bool has_error, u32 error,
		       u64 address)
{
	struct axx86_event *first = first_exception(ev);

	if (first && first->vector == AXVEC_DF &&
	    (BIT(vector) & (CONTRIBUTORY | BIT(AXVEC_PF)))) {
		ev->shutdown = true;
		return;
	}
	if (first && makes_double_fault(first->vector, vector)) {
		vector = AXVEC_DF;
		has_error = true;
		error = 0;
	}
	if (first)
		first->valid = false;
	ev->exception = (struct axx86_event) {
		.valid = true,
		.type = AXX86_TYPE_EXCEPTION,
		.vector = vector,
		.has_error = has_error,
		.error = error,
		.address = address,
	};
}

/**
 * axx86_event_interrupted() - an exit came while the hardware delivered an event
 * @ev: events
 * @event: that event
 */
void axx86_event_interrupted(struct axx86_events *ev, const struct axx86_event *event)
{
	ev->again = *event;
}

static bool pick_nmi(struct axx86_events *ev, const struct axx86_gate *gate,
		     struct axx86_delivery *d)
{
	if (!test_bit(AXX86_ASYNC_NMI, &ev->async))
		return false;
	if (ev->nmi_masked || !gate->nmi) {
		d->nmi_window = true;
		return false;
	}
	clear_bit(AXX86_ASYNC_NMI, &ev->async);
	ev->nmi_masked = true;
	d->event = (struct axx86_event) {
		.valid = true, .type = AXX86_TYPE_NMI, .vector = AXVEC_NMI,
	};
	return true;
}

/**
 * axx86_event_pick() - choose what the next entry delivers
 * @ev: events; what is chosen is taken from them
 * @gate: what the guest lets in; its vector stays the caller's to acknowledge
 *	when an AXX86_TYPE_INTR with that vector is chosen
 * @d: completely written
 *
 * Order: an interrupted delivery, an exception, an NMI, an interrupt; what cannot
 * go together with the choice is asked for by a window.
 *
 * Spec: APM Vol. 2, 8.5 (priorities), 15.20.
 */
void axx86_event_pick(struct axx86_events *ev, const struct axx86_gate *gate,
		      struct axx86_delivery *d)
{
	*d = (struct axx86_delivery) {};

	if (ev->again.valid) {
		d->event = ev->again;
		ev->again.valid = false;
	} else if (ev->exception.valid) {
		d->event = ev->exception;
		ev->exception.valid = false;
	}

	if (d->event.valid) {
		d->nmi_window = test_bit(AXX86_ASYNC_NMI, &ev->async);
		d->irq_window = gate->vector >= 0;
		return;
	}
	if (pick_nmi(ev, gate, d)) {
		d->irq_window = gate->vector >= 0;
		return;
	}
	if (gate->vector < 0)
		return;
	if (!gate->irq) {
		d->irq_window = true;
		return;
	}
	d->event = (struct axx86_event) {
		.valid = true, .type = AXX86_TYPE_INTR, .vector = gate->vector,
	};
}

/**
 * axx86_event_irq() - highest interrupt that waits without a controller in the kernel
 * @ev: events
 * @tpr: task priority (CR8); vectors of its class and below wait
 *
 * Return: a vector, or -1.
 */
int axx86_event_irq(const struct axx86_events *ev, u8 tpr)
{
	unsigned long last = find_last_bit(ev->irq, 256);

	return last < 256 && (last >> 4) > tpr ? (int)last : -1;
}

/**
 * axx86_event_get() - AXVCPU_REGS_X86_EVENTS, but for what the vendor knows
 * @ev: events
 * @out: completely written
 */
void axx86_event_get(const struct axx86_events *ev, struct axvcpu_x86_events *out)
{
	const struct axx86_event *e = ev->exception.valid ? &ev->exception : &ev->again;

	*out = (struct axvcpu_x86_events) {};
	if (e->valid && e->type == AXX86_TYPE_EXCEPTION) {
		out->flags |= AXVCPU_X86_EVENT_EXCEPTION;
		out->flags |= e->has_error ? AXVCPU_X86_EVENT_ERROR_CODE : 0;
		out->exception = e->vector;
		out->error_code = e->error;
		out->address = e->address;
	}
	if (ev->again.valid && (ev->again.type == AXX86_TYPE_INTR ||
				ev->again.type == AXX86_TYPE_SOFT)) {
		out->flags |= AXVCPU_X86_EVENT_INTERRUPT;
		out->flags |= ev->again.type == AXX86_TYPE_SOFT ? AXVCPU_X86_EVENT_SOFT : 0;
		out->vector = ev->again.vector;
		out->soft_len = ev->again.insn_len;
	}
	/* An NMI whose delivery was interrupted waits like one that was never tried. */
	if (test_bit(AXX86_ASYNC_NMI, &ev->async) ||
	    (ev->again.valid && ev->again.type == AXX86_TYPE_NMI))
		out->flags |= AXVCPU_X86_EVENT_NMI_PENDING;
	if (ev->nmi_masked && !(ev->again.valid && ev->again.type == AXX86_TYPE_NMI))
		out->flags |= AXVCPU_X86_EVENT_NMI_MASKED;
	bitmap_to_arr64(out->irq, ev->irq, 256);
}

#define EVENT_FLAGS	(AXVCPU_X86_EVENT_EXCEPTION | AXVCPU_X86_EVENT_ERROR_CODE | \
			 AXVCPU_X86_EVENT_NMI_PENDING | AXVCPU_X86_EVENT_NMI_MASKED | \
			 AXVCPU_X86_EVENT_STI_SHADOW | AXVCPU_X86_EVENT_INTERRUPT | \
			 AXVCPU_X86_EVENT_SOFT | AXVCPU_X86_EVENT_EXTINT | \
			 AXVCPU_X86_EVENT_HALTED)

/**
 * axx86_event_check() - could axx86_event_set() take these
 * @in: from userspace
 *
 * Return: 0 or -EINVAL.
 */
int axx86_event_check(const struct axvcpu_x86_events *in)
{
	bool wants_error = in->exception < 32 && (BIT(in->exception) & AXVEC_HAS_ERROR);

	if (in->flags & ~EVENT_FLAGS || in->pad || in->irq[0] & 0xffff)
		return -EINVAL;
	if (in->flags & AXVCPU_X86_EVENT_EXCEPTION &&
	    (in->exception >= 32 || in->exception == AXVEC_NMI))
		return -EINVAL;
	if (in->flags & AXVCPU_X86_EVENT_ERROR_CODE && !wants_error)
		return -EINVAL;
	if (in->flags & AXVCPU_X86_EVENT_SOFT &&
	    (!(in->flags & AXVCPU_X86_EVENT_INTERRUPT) || in->soft_len > 15))
		return -EINVAL;
	return 0;
}

/**
 * axx86_event_set() - replace all that waits
 * @ev: events; nobody else adds to them meanwhile
 * @in: passed axx86_event_check()
 */
void axx86_event_set(struct axx86_events *ev, const struct axvcpu_x86_events *in)
{
	axx86_event_reset(ev);
	if (in->flags & AXVCPU_X86_EVENT_EXCEPTION)
		ev->exception = (struct axx86_event) {
			.valid = true,
			.type = AXX86_TYPE_EXCEPTION,
			.vector = in->exception,
			.has_error = in->flags & AXVCPU_X86_EVENT_ERROR_CODE,
			.error = in->error_code,
			.address = in->address,
		};
	if (in->flags & AXVCPU_X86_EVENT_INTERRUPT)
		ev->again = (struct axx86_event) {
			.valid = true,
			.type = in->flags & AXVCPU_X86_EVENT_SOFT ? AXX86_TYPE_SOFT
								  : AXX86_TYPE_INTR,
			.vector = in->vector,
			.insn_len = in->soft_len,
		};
	if (in->flags & AXVCPU_X86_EVENT_NMI_PENDING)
		set_bit(AXX86_ASYNC_NMI, &ev->async);
	ev->nmi_masked = in->flags & AXVCPU_X86_EVENT_NMI_MASKED;
	bitmap_from_arr64(ev->irq, in->irq, 256);
}
