// SPDX-License-Identifier: GPL-2.0-only
/* Events from outside the guest: userspace's and other vCPUs'. */
#include "apic.h"
#include "x86_ops.h"

/* See apic.h. */
void axx86_queue_nmi(struct axx86_vcpu *x)
{
	set_bit(AXX86_ASYNC_NMI, &x->events.async);
	axvcpu_request(x->vcpu, AXVCPU_REQ_EVENT);
}

/* See apic.h. The SIPI that follows may come before the target has seen the INIT. */
void axx86_queue_init(struct axx86_vcpu *x)
{
	if (test_and_set_bit(AXX86_ASYNC_SIPI_WAIT, &x->events.async))
		return;
	set_bit(AXX86_ASYNC_INIT, &x->events.async);
	axvcpu_request(x->vcpu, AXVCPU_REQ_EVENT);
}

/* See apic.h. */
bool axx86_take_sipi(struct axx86_vcpu *target)
{
	return test_and_clear_bit(AXX86_ASYNC_SIPI_WAIT, &target->events.async);
}

static int inject_interrupt(struct axx86_vcpu *x, const struct axvcpu_event *e)
{
	bool merged;

	if (e->vector < 16 || e->vector > 255)
		return -EINVAL;
	if (e->flags & ~(x->apic ? AXVCPU_EVENT_LEVEL : 0))
		return -EINVAL;
	if (x->apic)
		return axapic_inject(x->apic, e->vector, e->flags & AXVCPU_EVENT_LEVEL);
	merged = test_and_set_bit(e->vector, x->events.irq);
	axvcpu_request(x->vcpu, AXVCPU_REQ_EVENT);
	return merged;
}

static int inject_nmi(struct axx86_vcpu *x, const struct axvcpu_event *e)
{
	bool merged;

	if (e->vector || e->flags)
		return -EINVAL;
	merged = test_and_set_bit(AXX86_ASYNC_NMI, &x->events.async);
	axvcpu_request(x->vcpu, AXVCPU_REQ_EVENT);
	return merged;
}

static int inject_exception(struct axx86_vcpu *x, const struct axvcpu_event *e)
{
	bool has_error = e->flags & AXVCPU_EVENT_ERROR_CODE;
	bool wants_error = e->vector < 32 && BIT(e->vector) & AXVEC_HAS_ERROR;

	if (e->vector >= 32 || e->vector == AXVEC_NMI || e->flags & ~AXVCPU_EVENT_ERROR_CODE)
		return -EINVAL;
	if (has_error != wants_error || (e->vector != AXVEC_PF && e->address))
		return -EINVAL;
	/* With an exit pending it can only be that instruction's own single-step trap. */
	if (x->events.exception.valid && x->pending.kind == AXX86_PENDING_NONE)
		return -EBUSY;
	axx86_undo_pending(x);
	axx86_raise(x, e->vector, e->error_code, e->address);
	return 0;
}

/**
 * axx86_inject() - AXVCPU_INJECT
 * @vcpu: vCPU; for exceptions the caller is its owner
 * @event: event; size and pad are checked
 *
 * Return: 0, 1 (merged), -EINVAL, -EBUSY (an exception waits already),
 * -EOPNOTSUPP (ExtINT without a local APIC in the kernel).
 */
int axx86_inject(struct axvcpu *vcpu, const struct axvcpu_event *event)
{
	struct axx86_vcpu *x = axx86_vcpu(vcpu);

	if (event->type != AXVCPU_EVENT_EXCEPTION && (event->error_code || event->address))
		return -EINVAL;

	switch (event->type) {
	case AXVCPU_EVENT_INTERRUPT:
		return inject_interrupt(x, event);
	case AXVCPU_EVENT_NMI:
		return inject_nmi(x, event);
	case AXVCPU_EVENT_EXCEPTION:
		return inject_exception(x, event);
	case AXVCPU_EVENT_EXTINT:
		if (event->vector > 255 || event->flags)
			return -EINVAL;
		return x->apic ? axapic_inject_extint(x->apic, event->vector) : -EOPNOTSUPP;
	}
	return -EINVAL;
}

/**
 * axx86_set_debug() - AXVCPU_SET_DEBUG
 * @vcpu: vCPU
 * @flags: AXVCPU_DEBUG_*
 *
 * Return: 0 or -EINVAL.
 */
int axx86_set_debug(struct axvcpu *vcpu, u32 flags)
{
	struct axx86_vcpu *x = axx86_vcpu(vcpu);

	if (flags & ~(AXVCPU_DEBUG_STEP | AXVCPU_DEBUG_BREAKPOINT | AXVCPU_DEBUG_HW))
		return -EINVAL;
	x->debug = flags;
	axx86_vendor->controls_changed(x);
	return 0;
}
