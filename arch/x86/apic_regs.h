/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The registers of a local APIC as a value: what a read gives, what a write
 * leaves, and which interrupt comes first. No clock, no other CPU, no lock.
 */
#ifndef _AXAPIC_REGS_H
#define _AXAPIC_REGS_H

#include <linux/bitops.h>
#include <linux/compiler.h>
#include <linux/types.h>

#include "apic_defs.h"

enum axapic_mode {
	AXAPIC_DISABLED,
	AXAPIC_XAPIC,
	AXAPIC_X2APIC,
};

#define AXAPIC_WORDS	(AXAPIC_VECTORS / BITS_PER_LONG)

/**
 * struct axapic_regs - register file
 * @irr: requested; atomic, set by anybody, cleared by the owner
 * @isr: in service; owner's
 * @tmr: level-triggered; atomic, by whoever sets @irr
 * @irr_pending: @irr may have a bit; set after the bit by anybody, see
 *	axapic_regs_accept() for how it is taken back
 * @accepts: enabled by base and spurious vector register; owner's, read by senders
 * @has_deadline: bit 18 of the timer's vector exists; owner's
 * @mode: enum axapic_mode; owner's, read by senders
 * @tpr: task priority; owner's
 * @ppr: processor priority, kept up to date; owner's, read by senders
 * @isr_top: highest vector of @isr or -1; owner's
 * @id: constant
 * @ldr: logical destination; owner's, read by senders
 * @dfr: destination format; owner's, read by senders
 * @svr: spurious vector and enable; owner's
 * @esr: errors as of the last write to the register; owner's
 * @errors: errors since then, by bit number; atomic
 * @icr: interrupt command as last written; owner's
 * @lvt: local vectors; owner's, read by the timer
 * @tdcr: timer divide configuration; owner's
 * @tmict: timer initial count; owner's
 *
 * The owner is the thread that runs the vCPU, or who holds its lock while it
 * does not run.
 */
struct axapic_regs {
	unsigned long irr[AXAPIC_WORDS];
	unsigned long isr[AXAPIC_WORDS];
	unsigned long tmr[AXAPIC_WORDS];
	bool irr_pending;
	bool accepts;
	bool has_deadline;
	u8 mode;
	u8 tpr;
	u8 ppr;
	int isr_top;
	u32 id;
	u32 ldr;
	u32 dfr;
	u32 svr;
	u32 esr;
	unsigned long errors;
	u64 icr;
	u32 lvt[AXAPIC_NR_LVT];
	u32 tdcr;
	u32 tmict;
};

/* What a write leaves to be done by those who have a clock: bits. */
#define AXAPIC_DO_NOTHING	0
#define AXAPIC_DO_TIMER_MODE	BIT(0)
#define AXAPIC_DO_TIMER_START	BIT(1)
#define AXAPIC_DO_TIMER_DIVIDE	BIT(2)
#define AXAPIC_DO_ERROR		BIT(3)	/* no such register */

void axapic_regs_reset(struct axapic_regs *r);
void axapic_regs_set_mode(struct axapic_regs *r, enum axapic_mode mode);
bool axapic_regs_read(const struct axapic_regs *r, u32 reg, u32 *val);
unsigned int axapic_regs_write(struct axapic_regs *r, u32 reg, u32 val);
bool axapic_regs_msr_readable(u32 reg);
bool axapic_regs_msr_writable(const struct axapic_regs *r, u32 reg, u64 val);
void axapic_regs_accept(struct axapic_regs *r, u8 vector);
int axapic_regs_eoi(struct axapic_regs *r);
void axapic_regs_recount(struct axapic_regs *r);
void axapic_regs_export(const struct axapic_regs *r, u32 current_count, u8 *page);
int axapic_regs_check(const struct axapic_regs *r, enum axapic_mode mode, const u8 *page);
void axapic_regs_import(struct axapic_regs *r, const u8 *page);
u32 axapic_page_get(const u8 *page, u32 reg);

/**
 * axapic_x2_ldr() - logical destination of an x2APIC
 * @id: APIC id
 *
 * Return: cluster in the upper half, one bit of 16 in the lower.
 *
 * Spec: APM 16.14.
 */
static inline u32 axapic_x2_ldr(u32 id)
{
	return (id >> 4) << 16 | BIT(id & 15);
}

/**
 * axapic_highest() - highest vector of a bitmap
 * @map: AXAPIC_WORDS words
 *
 * Return: the vector or -1.
 */
static inline int axapic_highest(const unsigned long *map)
{
	int i;

	for (i = AXAPIC_WORDS - 1; i >= 0; i--) {
		unsigned long word = READ_ONCE(map[i]);

		if (word)
			return i * BITS_PER_LONG + __fls(word);
	}
	return -1;
}

/**
 * axapic_regs_update_ppr() - processor priority from task priority and service
 * @r: registers
 *
 * Context: owner.
 *
 * Spec: APM 16.6.4.
 */
static inline void axapic_regs_update_ppr(struct axapic_regs *r)
{
	u8 service = r->isr_top < 0 ? 0 : r->isr_top & AXAPIC_PRIO_CLASS;

	WRITE_ONCE(r->ppr, (r->tpr & AXAPIC_PRIO_CLASS) >= service ? r->tpr : service);
}

/**
 * axapic_regs_set_tpr() - new task priority
 * @r: registers
 * @tpr: value of the register
 *
 * Context: owner.
 */
static inline void axapic_regs_set_tpr(struct axapic_regs *r, u8 tpr)
{
	r->tpr = tpr;
	axapic_regs_update_ppr(r);
}

/**
 * axapic_regs_post() - request an interrupt
 * @r: registers
 * @vector: 16..255
 * @level: level-triggered
 *
 * Context: any, several at a time.
 * Return: true if it was requested already.
 *
 * Spec: APM 16.6.3.
 */
static inline bool axapic_regs_post(struct axapic_regs *r, u8 vector, bool level)
{
	/* Whoever sees the request sees its trigger mode. */
	if (level != test_bit(vector, r->tmr)) {
		if (level)
			set_bit(vector, r->tmr);
		else
			clear_bit(vector, r->tmr);
	}
	if (test_and_set_bit(vector, r->irr))
		return true;
	/* test_and_set_bit() orders the bit before the flag; axapic_regs_accept() needs it. */
	WRITE_ONCE(r->irr_pending, true);
	return false;
}

/**
 * axapic_regs_pending() - the interrupt that the CPU would take
 * @r: registers
 *
 * Context: any; the owner alone gets an answer that lasts.
 * Return: highest requested vector if its class is above the processor
 * priority's and the APIC is enabled, else -1.
 *
 * Spec: APM 16.6.4.
 */
static inline int axapic_regs_pending(const struct axapic_regs *r)
{
	int vector;

	if (!READ_ONCE(r->accepts))
		return -1;
	vector = axapic_highest(r->irr);
	if ((vector & (int)AXAPIC_PRIO_CLASS) <= (READ_ONCE(r->ppr) & (int)AXAPIC_PRIO_CLASS))
		return -1;
	return vector;
}

#endif /* _AXAPIC_REGS_H */
