// SPDX-License-Identifier: GPL-2.0-only
/* Local APIC of a vCPU: its life, the ways to its registers, its state for userspace. */
#include <linux/bitfield.h>
#include <linux/bitmap.h>
#include <linux/err.h>
#include <linux/kernel.h>
#include <linux/slab.h>
#include <linux/string.h>

#include <asm/tsc.h>

#include <axvcpu/vcpu.h>

#include "apic.h"
#include "apic_ipi.h"
#include "x86_msr.h"

/* Outside xAPIC mode no address is ours: this one is not the start of a page. */
#define NO_PAGE		U64_MAX

static enum axapic_mode base_mode(u64 base)
{
	if (!(base & AXAPIC_BASE_ENABLE))
		return AXAPIC_DISABLED;
	return base & AXAPIC_BASE_X2APIC ? AXAPIC_X2APIC : AXAPIC_XAPIC;
}

static void take_base(struct axapic *apic, u64 base)
{
	enum axapic_mode mode = base_mode(base);

	apic->base = base;
	apic->mmio_page = mode == AXAPIC_XAPIC ? base & ~0xfffULL : NO_PAGE;
	if (mode == AXAPIC_DISABLED)
		axapic_timer_stop(&apic->timer);
	axapic_regs_set_mode(&apic->regs, mode);
}

static bool has_deadline(const struct axapic *apic)
{
	return apic->x->cpuid && apic->x->cpuid->has_tsc_deadline;
}

struct axapic *axapic_create(struct axx86_vcpu *x)
{
	struct axapic *apic;

	if (!tsc_khz)
		return ERR_PTR(-EOPNOTSUPP);
	apic = kzalloc(sizeof(*apic), GFP_KERNEL_ACCOUNT);
	if (!apic)
		return ERR_PTR(-ENOMEM);
	apic->x = x;
	apic->regs.id = x->vcpu->id;
	axapic_timer_init(&apic->timer);
	axapic_reset(apic);
	return apic;
}

void axapic_destroy(struct axapic *apic)
{
	if (!apic)
		return;
	axapic_timer_destroy(&apic->timer);
	kfree(apic);
}

void axapic_init_signal(struct axapic *apic)
{
	axapic_timer_stop(&apic->timer);
	axapic_regs_reset(&apic->regs);
	bitmap_zero(apic->cpu_up, AXVCPU_MAX_VCPUS);
	apic->cpu_up_pending = false;
	xchg(&apic->extint, 0);
}

void axapic_reset(struct axapic *apic)
{
	u64 bsp = apic->regs.id ? 0 : AXAPIC_BASE_BSP;

	take_base(apic, AXAPIC_BASE_DEFAULT | AXAPIC_BASE_ENABLE | bsp);
	axapic_init_signal(apic);
}

/* ------------------------------------------------------------------------ timer */

/**
 * axapic_timer_expire() - request the timer's interrupt
 * @t: timer
 *
 * Context: any; the timer's lock may be held.
 *
 * Return: true if that is news, of which nobody was notified yet.
 *
 * Spec: APM 16.4.1.
 */
bool axapic_timer_expire(struct axapic_timer *t)
{
	struct axapic *apic = container_of(t, struct axapic, timer);
	struct axapic_regs *r = &apic->regs;
	u32 lvt = READ_ONCE(r->lvt[AXAPIC_LVT_INDEX(AXAPIC_LVT_TIMER)]);
	u8 vector = lvt & AXAPIC_LVT_VECTOR;

	if ((lvt & AXAPIC_LVT_MASKED) || !READ_ONCE(r->accepts))
		return false;
	if (vector < AXAPIC_VECTOR_MIN)
		return axapic_error(apic, AXAPIC_ESR_RECV_VECTOR);
	return !axapic_regs_post(r, vector, false);
}

/**
 * axapic_timer_notify() - have the vCPU notice
 * @t: timer
 *
 * Context: any; no lock is held.
 */
void axapic_timer_notify(struct axapic_timer *t)
{
	struct axapic *apic = container_of(t, struct axapic, timer);

	axvcpu_request(apic->x->vcpu, AXVCPU_REQ_EVENT);
}

u64 axapic_tsc_deadline(struct axapic *apic)
{
	return axapic_timer_deadline(&apic->timer);
}

void axapic_set_tsc_deadline(struct axapic *apic, u64 guest_tsc)
{
	u64 offset = axx86_read(apic->x, AXX86_TSC_OFFSET);

	/* The owner looks at its requests before it enters the guest. */
	if (axapic_timer_set_deadline(&apic->timer, guest_tsc, offset))
		axapic_timer_expire(&apic->timer);
}

void axapic_tsc_offset_changed(struct axapic *apic)
{
	u64 deadline = axapic_tsc_deadline(apic);

	if (deadline)
		axapic_set_tsc_deadline(apic, deadline);
}

static void follow_timer_mode(struct axapic *apic)
{
	struct axapic_regs *r = &apic->regs;

	if (axapic_timer_set_mode(&apic->timer, FIELD_GET(AXAPIC_LVT_TIMER_MODE, r->lvt[0])))
		r->tmict = 0;
}

/* -------------------------------------------------------------------- registers */

static u32 read_reg(struct axapic *apic, u32 reg)
{
	u32 val;

	if (reg == AXAPIC_TMCCT)
		return axapic_timer_read(&apic->timer);
	if (!axapic_regs_read(&apic->regs, reg, &val))
		axapic_error(apic, AXAPIC_ESR_REGISTER);
	return val;
}

static int end_interrupt(struct axapic *apic, struct axvcpu_exit *exit)
{
	int vector = axapic_regs_eoi(&apic->regs);

	if (vector < 0 || !test_bit(vector, axx86_vcpu_vm(apic->x)->eoi_vectors))
		return 0;
	exit->reason = AXVCPU_EXIT_EOI;
	memset(exit->raw, 0, sizeof(exit->raw));
	exit->eoi.vector = vector;
	return 1;
}

static void write_plain(struct axapic *apic, u32 reg, u32 val)
{
	struct axapic_regs *r = &apic->regs;
	unsigned int todo = axapic_regs_write(r, reg, val);

	if (likely(!todo))
		return;
	if (todo & AXAPIC_DO_TIMER_START)
		axapic_timer_start(&apic->timer, r->tmict, r->tmict);
	if (todo & AXAPIC_DO_TIMER_MODE)
		follow_timer_mode(apic);
	if (todo & AXAPIC_DO_TIMER_DIVIDE)
		axapic_timer_set_divide(&apic->timer, r->tdcr);
	if (todo & AXAPIC_DO_ERROR)
		axapic_error(apic, AXAPIC_ESR_REGISTER);
}

int axapic_mmio_read(struct axapic *apic, u32 offset, u8 width, u64 *val)
{
	u32 byte = offset & 0xf;
	u64 reg = read_reg(apic, offset & ~0xfU);

	*val = byte < sizeof(u32) ? reg >> (byte * 8) & GENMASK_ULL(width * 8 - 1, 0) : 0;
	return 0;
}

int axapic_mmio_write(struct axapic *apic, u32 offset, u8 width, u64 val,
		      struct axvcpu_exit *exit)
{
	struct axapic_regs *r = &apic->regs;

	if (unlikely(width != sizeof(u32) || (offset & 0xf)))
		return 0;
	if (offset == AXAPIC_EOI)
		return end_interrupt(apic, exit);
	if (offset == AXAPIC_ICR) {
		r->icr = (r->icr & GENMASK_ULL(63, 32)) | (val & AXAPIC_ICR_WRITABLE);
		return axapic_send_icr(apic, exit);
	}
	if (offset == AXAPIC_LVT_TIMER)
		r->has_deadline = has_deadline(apic);
	write_plain(apic, offset, val);
	return 0;
}

int axapic_msr_read(struct axapic *apic, u32 msr, u64 *val)
{
	u32 reg = (msr - AXMSR_X2APIC_FIRST) << 4;

	if (apic->regs.mode != AXAPIC_X2APIC || !axapic_regs_msr_readable(reg))
		return -EINVAL;
	*val = reg == AXAPIC_ICR ? apic->regs.icr : read_reg(apic, reg);
	return 0;
}

int axapic_msr_write(struct axapic *apic, u32 msr, u64 val, struct axvcpu_exit *exit)
{
	u32 reg = (msr - AXMSR_X2APIC_FIRST) << 4;
	struct axapic_regs *r = &apic->regs;

	if (reg == AXAPIC_LVT_TIMER)
		r->has_deadline = has_deadline(apic);
	if (r->mode != AXAPIC_X2APIC || !axapic_regs_msr_writable(r, reg, val))
		return -EINVAL;
	switch (reg) {
	case AXAPIC_EOI:
		return end_interrupt(apic, exit);
	case AXAPIC_ICR:
		r->icr = val & ~(u64)AXAPIC_ICR_STATUS;
		return axapic_send_icr(apic, exit);
	case AXAPIC_SELF_IPI:
		axapic_send_self(apic, val);
		return 0;
	}
	write_plain(apic, reg, val);
	return 0;
}

/* ------------------------------------------------------------------------- base */

bool axapic_base_acceptable(const struct axapic *apic, u64 val)
{
	const struct axx86_cpuid *c = apic->x->cpuid;
	/* Userspace may set any mode that exists: take the one from which it can be reached. */
	u64 from = val & AXAPIC_BASE_X2APIC ? val & ~AXAPIC_BASE_X2APIC
					    : val & ~AXAPIC_BASE_ENABLE;

	return !axx86_apic_base_check(from, val, c->maxphyaddr, c->has_x2apic);
}

int axapic_set_base(struct axapic *apic, u64 val, bool from_guest)
{
	const struct axx86_cpuid *c = apic->x->cpuid;

	if (from_guest) {
		val = (val & ~AXAPIC_BASE_BSP) | (apic->base & AXAPIC_BASE_BSP);
		if (axx86_apic_base_check(apic->base, val, c->maxphyaddr, c->has_x2apic))
			return -EINVAL;
	} else if (!axapic_base_acceptable(apic, val)) {
		return -EINVAL;
	}
	take_base(apic, val);
	return 0;
}

/* ----------------------------------------------------------------------- ExtINT */

int axapic_extint_pending(const struct axapic *apic)
{
	const struct axapic_regs *r = &apic->regs;
	unsigned int e = READ_ONCE(apic->extint);
	u32 lint0 = READ_ONCE(r->lvt[AXAPIC_LVT_INDEX(AXAPIC_LVT_LINT0)]);

	if (likely(!e))
		return -1;
	if (READ_ONCE(r->mode) != AXAPIC_DISABLED && !(e & AXAPIC_EXTINT_MESSAGE) &&
	    ((lint0 & AXAPIC_LVT_MASKED) ||
	     FIELD_GET(AXAPIC_LVT_MODE, lint0) != AXAPIC_MODE_EXTINT))
		return -1;
	return e & AXAPIC_EXTINT_VECTOR;
}

void axapic_accept_extint(struct axapic *apic)
{
	/* Nobody replaces one that waits: this is the one that was seen pending. */
	xchg(&apic->extint, 0);
}

/* ------------------------------------------------------------------------ state */

void axapic_get_state(struct axapic *apic, struct axvcpu_x86_apic *s)
{
	axapic_regs_export(&apic->regs, axapic_timer_read(&apic->timer), s->regs);
}

int axapic_set_state(struct axapic *apic, const struct axvcpu_x86_apic *s, u64 apic_base,
		     bool check_only)
{
	struct axapic_regs *r = &apic->regs;
	bool counts;
	u32 count;
	int ret;

	r->has_deadline = has_deadline(apic);
	ret = axapic_regs_check(r, base_mode(apic_base), s->regs);
	if (ret || check_only)
		return ret;

	/* A count that runs must not end in the new state; a deadline may be the new one's too. */
	if (apic->timer.mode != AXAPIC_TIMER_DEADLINE)
		axapic_timer_start(&apic->timer, 0, 0);
	axapic_regs_import(r, s->regs);
	axapic_timer_set_mode(&apic->timer, FIELD_GET(AXAPIC_LVT_TIMER_MODE, r->lvt[0]));
	axapic_timer_set_divide(&apic->timer, r->tdcr);

	counts = apic->timer.mode <= AXAPIC_TIMER_PERIODIC;
	count = axapic_page_get(s->regs, AXAPIC_TMCCT);
	if (!count && apic->timer.mode == AXAPIC_TIMER_PERIODIC)
		count = r->tmict;
	if (counts)
		axapic_timer_start(&apic->timer, r->tmict, count);
	return 0;
}
