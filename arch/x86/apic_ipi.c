// SPDX-License-Identifier: GPL-2.0-only
/*
 * Delivery of messages to the local APICs of a VM.
 *
 * A receiver's registers are its own thread's: from here they are only read, but for
 * the request bits, which are atomic. The vCPUs of a VM live as long as it does.
 */
#include <linux/bitmap.h>
#include <linux/kernel.h>
#include <linux/string.h>

#include <axvcpu/vcpu.h>

#include "apic.h"
#include "apic_ipi.h"
#include "apic_msg.h"

static struct axapic *apic_by_id(struct axvcpu_vm *vm, u64 id)
{
	struct axvcpu *vcpu = axvcpu_vm_vcpu(vm, id);
	struct axx86_vcpu *x = vcpu ? axx86_vcpu(vcpu) : NULL;

	return x ? x->apic : NULL;
}

static void notify(struct axapic *apic)
{
	axvcpu_request(apic->x->vcpu, AXVCPU_REQ_EVENT);
}

int axapic_inject(struct axapic *apic, u8 vector, bool level)
{
	if (vector < AXAPIC_VECTOR_MIN)
		return -EINVAL;
	if (!READ_ONCE(apic->regs.accepts))
		return 0;
	if (axapic_regs_post(&apic->regs, vector, level))
		return 1;
	notify(apic);
	return 0;
}

static int inject_extint(struct axapic *apic, unsigned int extint)
{
	unsigned int old = cmpxchg(&apic->extint, 0, extint);

	if (old)
		return old == extint ? 1 : -EBUSY;
	notify(apic);
	return 0;
}

int axapic_inject_extint(struct axapic *apic, u8 vector)
{
	return inject_extint(apic, AXAPIC_EXTINT_VALID | vector);
}

/**
 * axapic_error() - note an error
 * @apic: APIC
 * @error: AXAPIC_ESR_* bit number
 *
 * Context: any.
 *
 * Return: true if that requested an interrupt, of which nobody was notified yet.
 *
 * Spec: APM 16.4.6.
 */
bool axapic_error(struct axapic *apic, unsigned int error)
{
	struct axapic_regs *r = &apic->regs;
	u32 lvt = READ_ONCE(r->lvt[AXAPIC_LVT_INDEX(AXAPIC_LVT_ERROR)]);
	u8 vector = lvt & AXAPIC_LVT_VECTOR;

	set_bit(error, &r->errors);
	if ((lvt & AXAPIC_LVT_MASKED) || vector < AXAPIC_VECTOR_MIN || !READ_ONCE(r->accepts))
		return false;
	return !axapic_regs_post(r, vector, false);
}

/**
 * axapic_send_self() - self IPI
 * @apic: APIC
 * @vector: any; those below 16 are errors
 *
 * The owner looks at its requests before it enters the guest: nobody is notified.
 *
 * Context: owner.
 *
 * Spec: APM 16.5.
 */
void axapic_send_self(struct axapic *apic, u8 vector)
{
	if (vector < AXAPIC_VECTOR_MIN)
		axapic_error(apic, AXAPIC_ESR_RECV_VECTOR);
	else if (apic->regs.accepts)
		axapic_regs_post(&apic->regs, vector, false);
}

/* 0: something new for @target, 1: nothing new. @sender is NULL for an MSI. */
static int deliver(struct axapic *sender, struct axapic *target, const struct axapic_msg *m)
{
	switch (m->mode) {
	case AXAPIC_MODE_FIXED:
	case AXAPIC_MODE_LOWEST:
		if (sender == target) {
			axapic_send_self(target, m->vector);
			return 0;
		}
		return axapic_inject(target, m->vector, m->level);
	case AXAPIC_MODE_NMI:
		axx86_queue_nmi(target->x);
		return 0;
	case AXAPIC_MODE_INIT:
		axx86_queue_init(target->x);
		return 0;
	case AXAPIC_MODE_SIPI:
		if (sender && axx86_take_sipi(target->x))
			__set_bit(target->regs.id, sender->cpu_up);
		return 0;
	case AXAPIC_MODE_EXTINT:
		/* From the guest it would ask an 8259 for a vector: there is none here. */
		if (sender)
			return 0;
		return inject_extint(target, AXAPIC_EXTINT_VALID | AXAPIC_EXTINT_MESSAGE |
					     m->vector);
	}
	return 1;	/* SMI and reserved types */
}

/* Ids among which the targets are: keeps the common forms from walking all vCPUs. */
static void target_range(const struct axapic_msg *m, u64 *first, u64 *end)
{
	*first = 0;
	*end = AXVCPU_MAX_VCPUS;
	if (m->shorthand != AXAPIC_TO_DEST || m->broadcast)
		return;
	if (!m->logical) {
		*first = m->dest;
		*end = *first + 1;
	} else if (m->wide) {
		*first = (m->dest >> 16) * 16ULL;
		*end = *first + 16;
	}
	*end = min_t(u64, *end, AXVCPU_MAX_VCPUS);
}

static bool is_target(const struct axapic *sender, const struct axapic *apic,
		      const struct axapic_msg *m)
{
	switch (m->shorthand) {
	case AXAPIC_TO_DEST:
		return axapic_msg_matches(m, &apic->regs);
	case AXAPIC_TO_SELF:
		return apic == sender;
	case AXAPIC_TO_OTHERS:
		if (apic == sender)
			return false;
		break;
	}
	return READ_ONCE(apic->regs.mode) != AXAPIC_DISABLED;
}

static void find_targets(struct axvcpu_vm *vm, const struct axapic *sender,
			 const struct axapic_msg *m, unsigned long *targets)
{
	unsigned int left = READ_ONCE(vm->nr_vcpus);
	u64 id, end;

	bitmap_zero(targets, AXVCPU_MAX_VCPUS);
	for (target_range(m, &id, &end); id < end && left; id++) {
		struct axapic *apic = apic_by_id(vm, id);

		if (!apic)
			continue;
		left--;
		if (is_target(sender, apic, m))
			__set_bit(id, targets);
	}
}

/* Of several targets keep the one that has the least urgent work to do. */
static void arbitrate(struct axvcpu_vm *vm, u8 vector, unsigned long *targets)
{
	u8 prio[AXVCPU_MAX_VCPUS];
	u8 ids[AXVCPU_MAX_VCPUS];
	unsigned int nr = 0;
	unsigned int id;

	for_each_set_bit(id, targets, AXVCPU_MAX_VCPUS) {
		const struct axapic *apic = apic_by_id(vm, id);

		if (!READ_ONCE(apic->regs.accepts))
			continue;
		prio[nr] = READ_ONCE(apic->regs.ppr);
		ids[nr++] = id;
	}
	bitmap_zero(targets, AXVCPU_MAX_VCPUS);
	if (nr)
		__set_bit(ids[axapic_msg_choose(prio, nr, vector)], targets);
}

/* 1: every target had it already; 0: else. */
static int send_to_many(struct axvcpu_vm *vm, struct axapic *sender, const struct axapic_msg *m)
{
	DECLARE_BITMAP(targets, AXVCPU_MAX_VCPUS);
	unsigned int id;
	int merged = -1;

	if (m->deassert)
		return 0;
	find_targets(vm, sender, m, targets);
	if (m->mode == AXAPIC_MODE_LOWEST)
		arbitrate(vm, m->vector, targets);
	for_each_set_bit(id, targets, AXVCPU_MAX_VCPUS) {
		int ret = deliver(sender, apic_by_id(vm, id), m);

		merged = merged < 0 ? ret == 1 : merged && ret == 1;
	}
	return merged > 0;
}

int axapic_msi(struct axvcpu_vm *vm, u64 address, u32 data)
{
	struct axapic_msg m;
	int ret;

	ret = axapic_msg_from_msi(address, data, &m);
	if (ret)
		return ret;
	return send_to_many(vm, NULL, &m);
}

bool axapic_next_cpu_up(struct axapic *apic, struct axvcpu_exit *exit)
{
	unsigned int id = find_first_bit(apic->cpu_up, AXVCPU_MAX_VCPUS);

	apic->cpu_up_pending = false;
	if (id >= AXVCPU_MAX_VCPUS)
		return false;
	__clear_bit(id, apic->cpu_up);
	apic->cpu_up_pending = !bitmap_empty(apic->cpu_up, AXVCPU_MAX_VCPUS);

	exit->reason = AXVCPU_EXIT_CPU_UP;
	memset(exit->raw, 0, sizeof(exit->raw));
	exit->cpu_up.target_cpu = id;
	exit->cpu_up.entry_point = apic->cpu_up_entry;
	return true;
}

/* The common case: a vector for one CPU by its id. Returns false if it is another one. */
static bool send_to_one(struct axapic *apic, const struct axapic_msg *m)
{
	struct axapic *target;

	if (m->mode != AXAPIC_MODE_FIXED || m->logical || m->broadcast ||
	    m->shorthand != AXAPIC_TO_DEST)
		return false;
	target = apic_by_id(apic->x->vcpu->vm, m->dest);
	if (target == apic)
		axapic_send_self(apic, m->vector);
	else if (target)
		axapic_inject(target, m->vector, false);
	return true;
}

/**
 * axapic_send_icr() - send what the interrupt command register asks for
 * @apic: APIC
 * @exit: reason and the whole union are written if there is an exit
 *
 * Context: owner.
 *
 * Return: 1 if a SIPI started a CPU and @exit says so; else 0.
 *
 * Spec: APM 16.5.
 */
int axapic_send_icr(struct axapic *apic, struct axvcpu_exit *exit)
{
	struct axapic_regs *r = &apic->regs;
	struct axapic_msg m;

	axapic_msg_from_icr(r->icr, r->mode == AXAPIC_X2APIC, &m);
	if (m.vector < AXAPIC_VECTOR_MIN &&
	    (m.mode == AXAPIC_MODE_FIXED || m.mode == AXAPIC_MODE_LOWEST)) {
		axapic_error(apic, AXAPIC_ESR_SEND_VECTOR);
		return 0;
	}
	if (send_to_one(apic, &m))
		return 0;
	send_to_many(apic->x->vcpu->vm, apic, &m);
	if (m.mode != AXAPIC_MODE_SIPI)
		return 0;
	apic->cpu_up_entry = (u64)m.vector << 12;
	return axapic_next_cpu_up(apic, exit);
}
