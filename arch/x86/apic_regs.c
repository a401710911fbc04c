// SPDX-License-Identifier: GPL-2.0-only
/*
 * Register file of a local APIC: side effects of reads and writes, and priority.
 * Nothing here knows the time or another CPU.
 */
#include <linux/atomic.h>
#include <linux/bitfield.h>
#include <linux/bits.h>
#include <linux/limits.h>

#include "apic_regs.h"

/* How a register may be reached in each mode. */
#define XR	BIT(0)		/* read in xAPIC mode */
#define XW	BIT(1)
#define MR	BIT(2)		/* read in x2APIC mode */
#define MW	BIT(3)
#define ACCESS_R	(XR | MR)
#define ACCESS_W	(XW | MW)
#define ACCESS_RW	(ACCESS_R | ACCESS_W)

/**
 * struct reg_info - one row of the register table
 * @access: ways to reach it
 * @ignored: bits that are read-only in a writable register
 * @bits: bits that software can write; in an x2APIC no other may be set
 */
struct reg_info {
	u8 access;
	u16 ignored;
	u32 bits;
};

#define LVT_STATUS	(AXAPIC_LVT_STATUS | AXAPIC_LVT_REMOTE_IRR)
#define LVT_BASIC	(AXAPIC_LVT_VECTOR | AXAPIC_LVT_MASKED)
#define LVT_MESSAGE	(LVT_BASIC | AXAPIC_LVT_MODE)
#define LVT_LINE	(LVT_MESSAGE | AXAPIC_LVT_POLARITY | AXAPIC_LVT_TRIGGER)

/* APM 16.3.2 and 16.11 */
static const struct reg_info reg_table[AXAPIC_REGS_SIZE >> 4] = {
	[AXAPIC_ID >> 4]	  = { ACCESS_R },
	[AXAPIC_VERSION >> 4]	  = { ACCESS_R },
	[AXAPIC_TPR >> 4]	  = { ACCESS_RW, .bits = 0xff },
	[AXAPIC_APR >> 4]	  = { XR },
	[AXAPIC_PPR >> 4]	  = { ACCESS_R },
	[AXAPIC_EOI >> 4]	  = { XR | ACCESS_W },
	[AXAPIC_RRR >> 4]	  = { XR },
	[AXAPIC_LDR >> 4]	  = { ACCESS_R | XW, .bits = 0xff000000 },
	[AXAPIC_DFR >> 4]	  = { XR | XW, .bits = 0xf0000000 },
	[AXAPIC_SVR >> 4]	  = { ACCESS_RW, .bits = 0x3ff },
	[AXAPIC_ISR >> 4 ... (AXAPIC_ISR >> 4) + 7] = { ACCESS_R },
	[AXAPIC_TMR >> 4 ... (AXAPIC_TMR >> 4) + 7] = { ACCESS_R },
	[AXAPIC_IRR >> 4 ... (AXAPIC_IRR >> 4) + 7] = { ACCESS_R },
	[AXAPIC_ESR >> 4]	  = { ACCESS_RW },
	[AXAPIC_ICR >> 4]	  = { ACCESS_RW, AXAPIC_ICR_STATUS, AXAPIC_ICR_WRITABLE },
	[AXAPIC_ICR2 >> 4]	  = { XR | XW, .bits = 0xff000000 },
	[AXAPIC_LVT_TIMER >> 4]	  = { ACCESS_RW, LVT_STATUS, LVT_BASIC | AXAPIC_LVT_TIMER_MODE },
	[AXAPIC_LVT_THERMAL >> 4] = { ACCESS_RW, LVT_STATUS, LVT_MESSAGE },
	[AXAPIC_LVT_PERF >> 4]	  = { ACCESS_RW, LVT_STATUS, LVT_MESSAGE },
	[AXAPIC_LVT_LINT0 >> 4]	  = { ACCESS_RW, LVT_STATUS, LVT_LINE },
	[AXAPIC_LVT_LINT1 >> 4]	  = { ACCESS_RW, LVT_STATUS, LVT_LINE },
	[AXAPIC_LVT_ERROR >> 4]	  = { ACCESS_RW, LVT_STATUS, LVT_BASIC },
	[AXAPIC_TMICT >> 4]	  = { ACCESS_RW, .bits = 0xffffffff },
	[AXAPIC_TMCCT >> 4]	  = { ACCESS_R },
	[AXAPIC_TDCR >> 4]	  = { ACCESS_RW, .bits = AXAPIC_TDCR_LOW | AXAPIC_TDCR_HIGH },
	[AXAPIC_SELF_IPI >> 4]	  = { MW, .bits = 0xff },
};

static u32 reg_bits(const struct axapic_regs *r, u32 reg)
{
	u32 bits = reg_table[reg >> 4].bits;

	if (reg == AXAPIC_LVT_TIMER && !r->has_deadline)
		bits &= ~AXAPIC_LVT_DEADLINE;
	return bits;
}

static bool reg_is_lvt(u32 reg)
{
	return reg >= AXAPIC_LVT_TIMER && reg <= AXAPIC_LVT_ERROR;
}

/* 32 vectors of a bitmap; @reg is the register's distance from its first one. */
static u32 vectors_of(const unsigned long *map, u32 reg)
{
	unsigned int bit = (reg >> 4) * 32;

	return READ_ONCE(map[bit / BITS_PER_LONG]) >> (bit % BITS_PER_LONG);
}

/**
 * axapic_regs_reset() - the state after RESET or INIT
 * @r: registers; id, mode and has_deadline stay
 *
 * An interrupt that arrives meanwhile may be forgotten, but not half.
 *
 * Context: owner.
 *
 * Spec: APM 16.3.2, reset values of table "APIC Registers".
 */
void axapic_regs_reset(struct axapic_regs *r)
{
	int i;

	WRITE_ONCE(r->accepts, false);
	WRITE_ONCE(r->irr_pending, false);
	for (i = 0; i < AXAPIC_WORDS; i++) {
		WRITE_ONCE(r->irr[i], 0);
		WRITE_ONCE(r->tmr[i], 0);
		r->isr[i] = 0;
	}
	for (i = 0; i < AXAPIC_NR_LVT; i++)
		WRITE_ONCE(r->lvt[i], AXAPIC_LVT_RESET);
	r->svr = AXAPIC_SVR_RESET;
	r->icr = 0;
	r->tdcr = 0;
	r->tmict = 0;
	r->esr = 0;
	r->tpr = 0;
	WRITE_ONCE(r->errors, 0);
	WRITE_ONCE(r->dfr, ~0U);
	WRITE_ONCE(r->ldr, r->mode == AXAPIC_X2APIC ? axapic_x2_ldr(r->id) : 0);
	axapic_regs_recount(r);
}

/**
 * axapic_regs_recount() - recompute what is derived from the registers
 * @r: registers
 *
 * Context: owner.
 */
void axapic_regs_recount(struct axapic_regs *r)
{
	r->isr_top = axapic_highest(r->isr);
	axapic_regs_update_ppr(r);
	WRITE_ONCE(r->accepts, r->mode != AXAPIC_DISABLED && (r->svr & AXAPIC_SVR_ENABLE));
	WRITE_ONCE(r->irr_pending, false);
	/* Pairs with axapic_regs_post(): it sets the flag after this, or its bit is seen here. */
	smp_mb();
	if (axapic_highest(r->irr) >= 0)
		WRITE_ONCE(r->irr_pending, true);
}

/**
 * axapic_regs_set_mode() - follow a change of the base register
 * @r: registers
 * @mode: new mode; the caller checked the transition
 *
 * Context: owner.
 *
 * Spec: APM 16.10.
 */
void axapic_regs_set_mode(struct axapic_regs *r, enum axapic_mode mode)
{
	u8 old = r->mode;

	if (old == mode)
		return;
	WRITE_ONCE(r->mode, mode);
	if (mode == AXAPIC_DISABLED) {
		axapic_regs_reset(r);
		return;
	}
	if (mode == AXAPIC_X2APIC) {
		r->icr &= U32_MAX;
		WRITE_ONCE(r->ldr, axapic_x2_ldr(r->id));
		WRITE_ONCE(r->dfr, ~0U);
	} else if (old == AXAPIC_X2APIC) {
		/* Userspace alone goes this way; what x2APIC mode derived ends with it. */
		r->icr &= U32_MAX;
		WRITE_ONCE(r->ldr, 0);
	}
	axapic_regs_recount(r);
}

/**
 * axapic_regs_read() - value of a register
 * @r: registers
 * @reg: offset, a multiple of 16
 * @val: the answer, 0 if there is no such register; the timer's current count is
 *	not known here and reads as 0
 *
 * Context: owner.
 * Return: false if there is no such register in the page.
 */
bool axapic_regs_read(const struct axapic_regs *r, u32 reg, u32 *val)
{
	*val = 0;
	if (reg >= AXAPIC_REGS_SIZE || !(reg_table[reg >> 4].access & ACCESS_R))
		return false;
	if (reg_is_lvt(reg)) {
		*val = r->lvt[AXAPIC_LVT_INDEX(reg)];
		return true;
	}
	switch (reg) {
	case AXAPIC_ID:
		*val = r->mode == AXAPIC_X2APIC ? r->id : r->id << 24;
		break;
	case AXAPIC_VERSION:
		*val = AXAPIC_VERSION_VALUE;
		break;
	case AXAPIC_TPR:
		*val = r->tpr;
		break;
	case AXAPIC_APR:
	case AXAPIC_PPR:
		*val = r->ppr;
		break;
	case AXAPIC_LDR:
		*val = r->ldr;
		break;
	case AXAPIC_DFR:
		*val = r->dfr;
		break;
	case AXAPIC_SVR:
		*val = r->svr;
		break;
	case AXAPIC_ISR ... AXAPIC_ISR + 0x70:
		*val = vectors_of(r->isr, reg - AXAPIC_ISR);
		break;
	case AXAPIC_TMR ... AXAPIC_TMR + 0x70:
		*val = vectors_of(r->tmr, reg - AXAPIC_TMR);
		break;
	case AXAPIC_IRR ... AXAPIC_IRR + 0x70:
		*val = vectors_of(r->irr, reg - AXAPIC_IRR);
		break;
	case AXAPIC_ESR:
		*val = r->esr;
		break;
	case AXAPIC_ICR:
		*val = r->icr;
		break;
	case AXAPIC_ICR2:
		*val = r->icr >> 32;
		break;
	case AXAPIC_TMICT:
		*val = r->tmict;
		break;
	case AXAPIC_TDCR:
		*val = r->tdcr;
		break;
	}
	return true;
}

static unsigned int write_svr(struct axapic_regs *r, u32 val)
{
	int i;

	r->svr = val;
	if (!(val & AXAPIC_SVR_ENABLE)) {
		for (i = 0; i < AXAPIC_NR_LVT; i++)
			WRITE_ONCE(r->lvt[i], r->lvt[i] | AXAPIC_LVT_MASKED);
	}
	WRITE_ONCE(r->accepts, r->mode != AXAPIC_DISABLED && (val & AXAPIC_SVR_ENABLE));
	return AXAPIC_DO_NOTHING;
}

static unsigned int write_lvt(struct axapic_regs *r, u32 reg, u32 val)
{
	if (!(r->svr & AXAPIC_SVR_ENABLE))
		val |= AXAPIC_LVT_MASKED;
	WRITE_ONCE(r->lvt[AXAPIC_LVT_INDEX(reg)], val);
	return reg == AXAPIC_LVT_TIMER ? AXAPIC_DO_TIMER_MODE : AXAPIC_DO_NOTHING;
}

static unsigned int write_tmict(struct axapic_regs *r, u32 val)
{
	u32 mode = FIELD_GET(AXAPIC_LVT_TIMER_MODE, r->lvt[0]);

	if (mode != AXAPIC_TIMER_ONESHOT && mode != AXAPIC_TIMER_PERIODIC)
		return AXAPIC_DO_NOTHING;
	r->tmict = val;
	return AXAPIC_DO_TIMER_START;
}

static unsigned int write_esr(struct axapic_regs *r)
{
	r->esr = xchg(&r->errors, 0);
	return AXAPIC_DO_NOTHING;
}

/**
 * axapic_regs_write() - write a register, but EOI and those that send messages
 * @r: registers
 * @reg: offset, a multiple of 16
 * @val: value; bits that the register does not have are dropped
 *
 * Context: owner.
 * Return: AXAPIC_DO_* bits.
 */
unsigned int axapic_regs_write(struct axapic_regs *r, u32 reg, u32 val)
{
	if (reg >= AXAPIC_REGS_SIZE || !(reg_table[reg >> 4].access & (ACCESS_RW & ~MW)))
		return AXAPIC_DO_ERROR;
	if (!(reg_table[reg >> 4].access & (r->mode == AXAPIC_X2APIC ? MW : XW)))
		return AXAPIC_DO_NOTHING;
	val &= reg_bits(r, reg);
	if (reg_is_lvt(reg))
		return write_lvt(r, reg, val);
	switch (reg) {
	case AXAPIC_TPR:
		axapic_regs_set_tpr(r, val);
		break;
	case AXAPIC_LDR:
		WRITE_ONCE(r->ldr, val);
		break;
	case AXAPIC_DFR:
		WRITE_ONCE(r->dfr, val | AXAPIC_DFR_RESERVED);
		break;
	case AXAPIC_SVR:
		return write_svr(r, val);
	case AXAPIC_ESR:
		return write_esr(r);
	case AXAPIC_ICR2:
		r->icr = (u64)val << 32 | (u32)r->icr;
		break;
	case AXAPIC_TMICT:
		return write_tmict(r, val);
	case AXAPIC_TDCR:
		r->tdcr = val;
		return AXAPIC_DO_TIMER_DIVIDE;
	}
	return AXAPIC_DO_NOTHING;
}

/**
 * axapic_regs_msr_readable() - does RDMSR work on it in x2APIC mode?
 * @reg: offset in the page that stands for the MSR
 *
 * Pure. Spec: APM 16.11.
 */
bool axapic_regs_msr_readable(u32 reg)
{
	return reg < AXAPIC_REGS_SIZE && (reg_table[reg >> 4].access & MR);
}

/**
 * axapic_regs_msr_writable() - does WRMSR of this value work in x2APIC mode?
 * @r: registers
 * @reg: offset in the page that stands for the MSR
 * @val: all 64 bits
 *
 * Return: false if the register cannot be written or the value has a reserved bit.
 *
 * Spec: APM 16.11.
 */
bool axapic_regs_msr_writable(const struct axapic_regs *r, u32 reg, u64 val)
{
	u64 bits;

	if (reg >= AXAPIC_REGS_SIZE || !(reg_table[reg >> 4].access & MW))
		return false;
	bits = reg_bits(r, reg) | reg_table[reg >> 4].ignored;
	if (reg == AXAPIC_ICR)
		bits |= GENMASK_ULL(63, 32);
	return !(val & ~bits);
}

/**
 * axapic_regs_accept() - from requested to in service
 * @r: registers
 * @vector: what axapic_regs_pending() said
 *
 * Context: owner.
 *
 * Spec: APM 16.6.4.
 */
void axapic_regs_accept(struct axapic_regs *r, u8 vector)
{
	/*
	 * The flag goes before the bitmap is searched: a request that the search does not
	 * see sets the flag again after this, for its own bit comes first.
	 */
	WRITE_ONCE(r->irr_pending, false);
	clear_bit(vector, r->irr);
	smp_mb__after_atomic();		/* pairs with test_and_set_bit() in axapic_regs_post() */
	if (axapic_highest(r->irr) >= 0)
		WRITE_ONCE(r->irr_pending, true);

	__set_bit(vector, r->isr);
	if (vector > r->isr_top)
		r->isr_top = vector;
	axapic_regs_update_ppr(r);
}

/**
 * axapic_regs_eoi() - end of interrupt
 * @r: registers
 *
 * Context: owner.
 * Return: the vector that is no longer in service, -1 if none was.
 *
 * Spec: APM 16.6.5.
 */
int axapic_regs_eoi(struct axapic_regs *r)
{
	int vector = r->isr_top;

	if (vector < 0)
		return -1;
	__clear_bit(vector, r->isr);
	r->isr_top = axapic_highest(r->isr);
	axapic_regs_update_ppr(r);
	return vector;
}
