// SPDX-License-Identifier: GPL-2.0-only
/* Delivery of events by EVENTINJ, and the windows that tell when the guest can take one. */
#include <linux/bitfield.h>
#include <linux/bitmap.h>
#include <linux/smp.h>

#include <trace/events/ipi.h>

#include "../apic.h"
#include "svm.h"

static bool irq_allowed(const struct axsvm_vmcb *v)
{
	return v->save.rflags & AXRFLAGS_IF && !(v->control.int_state & AXSVM_INTERRUPT_SHADOW);
}

/**
 * axsvm_irq_ready() - would the guest take an interrupt at the next entry
 * @svm: vCPU outside the guest
 */
bool axsvm_irq_ready(struct axsvm_vcpu *svm)
{
	const struct axx86_events *ev = &svm->x.events;

	return irq_allowed(svm->vmcb) && !ev->again.valid && !ev->exception.valid;
}

/* Highest interrupt that priority lets through; *blocked: there is one that it does not. */
static int irq_vector(struct axsvm_vcpu *svm, bool *extint, bool *blocked)
{
	struct axx86_vcpu *x = &svm->x;
	struct axapic *apic = x->apic;
	int vector;

	*extint = false;
	if (!apic) {
		vector = axx86_event_irq(&x->events, svm->vmcb->control.vintr & 0xf);
		*blocked = vector < 0 && !bitmap_empty(x->events.irq, 256);
		return vector;
	}
	vector = axapic_extint_pending(apic);
	*extint = vector >= 0;
	if (vector < 0)
		vector = axapic_pending_vector(apic);
	*blocked = vector < 0 && axapic_tpr_masked_vector(apic) >= 0;
	return vector;
}

static void ack_irq(struct axsvm_vcpu *svm, u8 vector, bool extint)
{
	struct axx86_vcpu *x = &svm->x;

	if (!x->apic)
		clear_bit(vector, x->events.irq);
	else if (extint)
		axapic_accept_extint(x->apic);
	else
		axapic_accept(x->apic, vector);
}

/* A virtual interrupt that only serves to exit when it would be taken: APM Vol. 2, 15.21.4. */
static void set_irq_window(struct axsvm_vcpu *svm, bool on)
{
	struct axsvm_control *c = &svm->vmcb->control;

	if (on == !!(c->icpt & AXSVM_ICPT_VINTR))
		return;
	if (on) {
		c->icpt |= AXSVM_ICPT_VINTR;
		c->vintr |= AXSVM_V_IRQ | AXSVM_V_INTR_PRIO | AXSVM_V_IGN_TPR;
	} else {
		c->icpt &= ~AXSVM_ICPT_VINTR;
		c->vintr &= ~(AXSVM_V_IRQ | AXSVM_V_INTR_PRIO | AXSVM_V_IGN_TPR);
	}
	axsvm_dirty(svm, AXSVM_CLEAN_I | AXSVM_CLEAN_TPR);
}

/* The guest may lower CR8 without an exit, unless something waits for that. */
static void set_cr8_intercept(struct axsvm_vcpu *svm, bool on)
{
	struct axsvm_control *c = &svm->vmcb->control;
	u16 cr_write = on ? c->cr_write | BIT(8) : c->cr_write & ~BIT(8);

	if (c->cr_write == cr_write)
		return;
	c->cr_write = cr_write;
	axsvm_dirty(svm, AXSVM_CLEAN_I);
}

static void set_iret_intercept(struct axsvm_vcpu *svm, bool on)
{
	struct axsvm_control *c = &svm->vmcb->control;
	u32 icpt = on ? c->icpt | AXSVM_ICPT_IRET : c->icpt & ~AXSVM_ICPT_IRET;

	if (c->icpt == icpt)
		return;
	c->icpt = icpt;
	axsvm_dirty(svm, AXSVM_CLEAN_I);
}

/*
 * The CPU has no window for NMIs: run the one instruction that is in the way
 * (an IRET, or the one in an interrupt shadow) with a trap behind it.
 */
static void start_step(struct axsvm_vcpu *svm)
{
	struct axsvm_save *s = &svm->vmcb->save;

	if (svm->step)
		return;
	svm->step = true;
	svm->step_iret = svm->x.events.iret_started;
	svm->step_guest_tf = s->rflags & AXRFLAGS_TF;
	s->rflags |= AXRFLAGS_TF | AXRFLAGS_RF;
}

/* What RFLAGS are without the step; IRET has put the guest's own there. */
static void end_step(struct axsvm_vcpu *svm, bool done)
{
	svm->step = false;
	if (svm->step_guest_tf || (svm->step_iret && done))
		return;
	svm->vmcb->save.rflags &= ~(AXRFLAGS_TF | AXRFLAGS_RF);
}

/*
 * An event that is injected goes first, and a trap flag would end up in what it
 * pushes: take an interrupt of our own right behind the injection instead.
 */
static void wait_for_nmi(struct axsvm_vcpu *svm, bool injecting)
{
	if (injecting)
		smp_send_reschedule(smp_processor_id());
	else
		start_step(svm);
}

static void inject(struct axsvm_vcpu *svm, const struct axx86_event *e)
{
	struct axsvm_vmcb *v = svm->vmcb;

	v->control.eventinj = AXSVM_EVENT_V |
			      FIELD_PREP(AXSVM_EVENT_VECTOR, e->vector) |
			      FIELD_PREP(AXSVM_EVENT_TYPE, e->type) |
			      (e->has_error ? AXSVM_EVENT_EV : 0) |
			      FIELD_PREP(AXSVM_EVENT_ERROR, e->error);

	switch (e->type) {
	case AXX86_TYPE_EXCEPTION:
		svm->x.vcpu->stats.exceptions++;
		if (e->vector == AXVEC_PF) {
			v->save.cr2 = e->address;
			axsvm_dirty(svm, AXSVM_CLEAN_CR2);
		}
		break;
	case AXX86_TYPE_NMI:
		svm->x.vcpu->stats.nmis++;
		break;
	default:
		svm->x.vcpu->stats.interrupts++;
	}
}

static bool anything_waits(struct axsvm_vcpu *svm)
{
	const struct axx86_vcpu *x = &svm->x;
	const struct axx86_events *ev = &x->events;

	if (ev->again.valid || ev->exception.valid || READ_ONCE(ev->async) || ev->nmi_masked ||
	    x->vcpu->request)
		return true;
	if (x->apic)
		return axapic_irr_pending(x->apic) || READ_ONCE(x->apic->extint);
	return !bitmap_empty(ev->irq, 256);
}

/**
 * axsvm_deliver() - load what the next entry delivers, and ask for windows
 * @svm: vCPU
 *
 * Context: interrupts off, between axvcpu_enter_begin() and the entry, so that
 * what is taken here is delivered.
 */
void axsvm_deliver(struct axsvm_vcpu *svm)
{
	struct axx86_events *ev = &svm->x.events;
	struct axx86_delivery d;
	struct axx86_gate gate;
	bool extint, blocked;

	svm->vmcb->control.eventinj = 0;
	if (likely(!anything_waits(svm))) {
		set_irq_window(svm, false);
		set_cr8_intercept(svm, false);
		set_iret_intercept(svm, false);
		return;
	}

	gate.irq = irq_allowed(svm->vmcb);
	gate.nmi = !(svm->vmcb->control.int_state & AXSVM_INTERRUPT_SHADOW);
	gate.vector = irq_vector(svm, &extint, &blocked);
	axx86_event_pick(ev, &gate, &d);

	if (d.event.valid) {
		if (d.event.type == AXX86_TYPE_INTR && d.event.vector == gate.vector &&
		    !d.irq_window) {
			ack_irq(svm, gate.vector, extint);
			d.irq_window = irq_vector(svm, &extint, &blocked) >= 0;
		}
		inject(svm, &d.event);
	}
	/* With a controller in the kernel there is nothing for userspace to wait for. */
	if (svm->x.vcpu->request & AXVCPU_REQUEST_IRQ_WINDOW && !svm->x.apic)
		d.irq_window = true;
	if (svm->x.vcpu->request & AXVCPU_REQUEST_NMI_WINDOW)
		d.nmi_window = true;
	set_irq_window(svm, d.irq_window);
	set_cr8_intercept(svm, blocked);
	set_iret_intercept(svm, ev->nmi_masked && !ev->iret_started);
	if (d.nmi_window && (!ev->nmi_masked || ev->iret_started))
		wait_for_nmi(svm, d.event.valid);
}

/**
 * axsvm_handle_iret() - IRET was intercepted: it is about to unmask NMIs
 * @svm: vCPU
 *
 * Spec: APM Vol. 2, 15.20 (NMI blocking is the hypervisor's without virtual NMIs).
 */
void axsvm_handle_iret(struct axsvm_vcpu *svm)
{
	struct axx86_events *ev = &svm->x.events;

	ev->iret_started = true;
	ev->iret_rip = svm->vmcb->save.rip;
}

static bool is_soft(const struct axx86_event *e)
{
	return e->type == AXX86_TYPE_SOFT ||
	       (e->type == AXX86_TYPE_EXCEPTION &&
		(e->vector == AXVEC_BP || e->vector == AXVEC_OF));
}

/* The interrupted event is the one that this entry injected. */
static bool was_injected(const struct axsvm_vcpu *svm)
{
	u64 mask = AXSVM_EVENT_V | AXSVM_EVENT_TYPE | AXSVM_EVENT_VECTOR;

	return !((svm->eventinj ^ svm->snap.intinfo) & mask);
}

/**
 * axsvm_after_exit() - keep what the exit took away or brought
 * @svm: vCPU, just out of the guest
 */
void axsvm_after_exit(struct axsvm_vcpu *svm)
{
	struct axx86_events *ev = &svm->x.events;
	struct axx86_event event;

	/* The instruction exited instead: its trap must not be taken for the guest's. */
	if (unlikely(svm->step) && svm->snap.code != AXSVM_EXIT_EXCP0 + AXVEC_DB)
		end_step(svm, false);
	/* The IRET is done once the guest is somewhere else. */
	if (unlikely(ev->iret_started) && svm->vmcb->save.rip != ev->iret_rip) {
		ev->iret_started = false;
		ev->nmi_masked = false;
	}
	if (likely(!axsvm_exit_event(&svm->snap, &event)))
		return;

	/* rip is still at the guest's INT n, INT3 or INTO: they simply run again. */
	if (is_soft(&event) && !was_injected(svm))
		return;
	if (event.type == AXX86_TYPE_EXCEPTION && event.vector == AXVEC_PF)
		event.address = svm->vmcb->save.cr2;
	axx86_event_interrupted(ev, &event);
	svm->x.vcpu->stats.reinjections++;
}

/**
 * axsvm_handle_db() - a debug exception: ours, or somebody else's
 * @svm: vCPU
 *
 * Return: true if it was the end of a step of ours and nothing else.
 */
bool axsvm_handle_db(struct axsvm_vcpu *svm)
{
	struct axsvm_save *s = &svm->vmcb->save;

	if (!svm->step)
		return false;
	end_step(svm, true);
	if (svm->step_guest_tf)
		return false;
	if (!(svm->x.debug & AXVCPU_DEBUG_STEP))
		s->dr6 &= ~AXDR6_BS;
	axsvm_dirty(svm, AXSVM_CLEAN_DR);
	return !(svm->x.debug & AXVCPU_DEBUG_STEP) && !(s->dr6 & 0xf);
}
