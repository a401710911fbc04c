// SPDX-License-Identifier: GPL-2.0-only
/* Registers of a local APIC to and from their page: what userspace saves and restores. Pure. */
#include <linux/bitfield.h>
#include <linux/bits.h>
#include <linux/errno.h>
#include <linux/string.h>

#include "apic_regs.h"

#define LVT_COMMON	(AXAPIC_LVT_VECTOR | AXAPIC_LVT_MASKED)

/* Bits that may be set in an image; the rest of the page is zero. */
static const u32 image_bits[AXAPIC_REGS_SIZE >> 4] = {
	[AXAPIC_ID >> 4]	  = 0xffffffff,
	[AXAPIC_VERSION >> 4]	  = 0xffffffff,
	[AXAPIC_TPR >> 4]	  = 0xff,
	[AXAPIC_APR >> 4]	  = 0xff,
	[AXAPIC_PPR >> 4]	  = 0xff,
	[AXAPIC_LDR >> 4]	  = 0xffffffff,
	[AXAPIC_DFR >> 4]	  = 0xffffffff,
	[AXAPIC_SVR >> 4]	  = 0x3ff,
	[AXAPIC_ISR >> 4]	  = 0xffff0000,
	[(AXAPIC_ISR >> 4) + 1 ... (AXAPIC_ISR >> 4) + 7] = 0xffffffff,
	[AXAPIC_TMR >> 4]	  = 0xffff0000,
	[(AXAPIC_TMR >> 4) + 1 ... (AXAPIC_TMR >> 4) + 7] = 0xffffffff,
	[AXAPIC_IRR >> 4]	  = 0xffff0000,
	[(AXAPIC_IRR >> 4) + 1 ... (AXAPIC_IRR >> 4) + 7] = 0xffffffff,
	[AXAPIC_ESR >> 4]	  = AXAPIC_ESR_KNOWN,
	[AXAPIC_ICR >> 4]	  = AXAPIC_ICR_WRITABLE,
	[AXAPIC_ICR2 >> 4]	  = 0xffffffff,
	[AXAPIC_LVT_TIMER >> 4]	  = LVT_COMMON | AXAPIC_LVT_TIMER_MODE,
	[AXAPIC_LVT_THERMAL >> 4] = LVT_COMMON | AXAPIC_LVT_MODE,
	[AXAPIC_LVT_PERF >> 4]	  = LVT_COMMON | AXAPIC_LVT_MODE,
	[AXAPIC_LVT_LINT0 >> 4 ... AXAPIC_LVT_LINT1 >> 4] =
		LVT_COMMON | AXAPIC_LVT_MODE | AXAPIC_LVT_POLARITY | AXAPIC_LVT_TRIGGER,
	[AXAPIC_LVT_ERROR >> 4]	  = LVT_COMMON,
	[AXAPIC_TMICT >> 4]	  = 0xffffffff,
	[AXAPIC_TMCCT >> 4]	  = 0xffffffff,
	[AXAPIC_TDCR >> 4]	  = AXAPIC_TDCR_LOW | AXAPIC_TDCR_HIGH,
};

/**
 * axapic_page_get() - one register of an image
 * @page: AXAPIC_REGS_SIZE bytes
 * @reg: offset
 *
 * Pure.
 */
u32 axapic_page_get(const u8 *page, u32 reg)
{
	u32 val;

	memcpy(&val, page + reg, sizeof(val));
	return val;
}

/**
 * axapic_regs_export() - make an image
 * @r: registers
 * @current_count: of the timer
 * @page: AXAPIC_REGS_SIZE bytes, all are written
 *
 * Context: owner.
 */
void axapic_regs_export(const struct axapic_regs *r, u32 current_count, u8 *page)
{
	u32 reg, val;

	memset(page, 0, AXAPIC_REGS_SIZE);
	for (reg = 0; reg < AXAPIC_REGS_SIZE; reg += 16) {
		if (reg == AXAPIC_TMCCT)
			val = current_count;
		else
			axapic_regs_read(r, reg, &val);
		memcpy(page + reg, &val, sizeof(val));
	}
}

static bool image_bits_known(const u8 *page)
{
	u32 reg;

	for (reg = 0; reg < AXAPIC_REGS_SIZE; reg += 16) {
		if (axapic_page_get(page, reg) & ~image_bits[reg >> 4])
			return false;
		if (memchr_inv(page + reg + 4, 0, 12))
			return false;
	}
	return true;
}

/* Identity, and what the mode says about it. */
static bool image_fits_mode(const struct axapic_regs *r, enum axapic_mode mode, const u8 *page)
{
	u32 ldr = axapic_page_get(page, AXAPIC_LDR);

	if (axapic_page_get(page, AXAPIC_VERSION) != AXAPIC_VERSION_VALUE ||
	    (axapic_page_get(page, AXAPIC_DFR) & AXAPIC_DFR_RESERVED) != AXAPIC_DFR_RESERVED)
		return false;
	if (mode == AXAPIC_X2APIC)
		return axapic_page_get(page, AXAPIC_ID) == r->id && ldr == axapic_x2_ldr(r->id);
	return axapic_page_get(page, AXAPIC_ID) == r->id << 24 && !(ldr & GENMASK(23, 0)) &&
	       !(axapic_page_get(page, AXAPIC_ICR2) & GENMASK(23, 0));
}

static bool image_lvts_masked(const u8 *page)
{
	u32 reg;

	for (reg = AXAPIC_LVT_TIMER; reg <= AXAPIC_LVT_ERROR; reg += 16) {
		if (!(axapic_page_get(page, reg) & AXAPIC_LVT_MASKED))
			return false;
	}
	return true;
}

static bool image_timer_possible(const struct axapic_regs *r, const u8 *page)
{
	u32 mode = FIELD_GET(AXAPIC_LVT_TIMER_MODE, axapic_page_get(page, AXAPIC_LVT_TIMER));
	u32 count = axapic_page_get(page, AXAPIC_TMCCT);

	if (count > axapic_page_get(page, AXAPIC_TMICT))
		return false;
	if (mode == AXAPIC_TIMER_ONESHOT || mode == AXAPIC_TIMER_PERIODIC)
		return true;
	return r->has_deadline && !count;
}

/**
 * axapic_regs_check() - can an APIC hold this?
 * @r: registers, for id and features
 * @mode: mode that the image is of
 * @page: AXAPIC_REGS_SIZE bytes
 *
 * Pure.
 *
 * Return: 0 or -EINVAL.
 */
int axapic_regs_check(const struct axapic_regs *r, enum axapic_mode mode, const u8 *page)
{
	bool enabled = axapic_page_get(page, AXAPIC_SVR) & AXAPIC_SVR_ENABLE;

	if (!image_bits_known(page) || !image_fits_mode(r, mode, page) ||
	    !image_timer_possible(r, page))
		return -EINVAL;
	return enabled || image_lvts_masked(page) ? 0 : -EINVAL;
}

static void import_vectors(unsigned long *map, const u8 *page, u32 first)
{
	unsigned int i;

	for (i = 0; i < AXAPIC_WORDS; i++)
		WRITE_ONCE(map[i], 0);
	for (i = 0; i < AXAPIC_VECTORS; i += 32) {
		unsigned long bits = axapic_page_get(page, first + i / 2);

		WRITE_ONCE(map[i / BITS_PER_LONG],
			   map[i / BITS_PER_LONG] | bits << (i % BITS_PER_LONG));
	}
}

/**
 * axapic_regs_import() - take over an image
 * @r: registers; id, mode and has_deadline stay
 * @page: what axapic_regs_check() accepted
 *
 * Context: owner.
 */
void axapic_regs_import(struct axapic_regs *r, const u8 *page)
{
	unsigned int i;

	import_vectors(r->irr, page, AXAPIC_IRR);
	import_vectors(r->isr, page, AXAPIC_ISR);
	import_vectors(r->tmr, page, AXAPIC_TMR);
	for (i = 0; i < AXAPIC_NR_LVT; i++)
		WRITE_ONCE(r->lvt[i], axapic_page_get(page, AXAPIC_LVT_TIMER + i * 16));
	r->tpr = axapic_page_get(page, AXAPIC_TPR);
	r->svr = axapic_page_get(page, AXAPIC_SVR);
	r->esr = axapic_page_get(page, AXAPIC_ESR);
	r->icr = (u64)axapic_page_get(page, AXAPIC_ICR2) << 32 |
		 axapic_page_get(page, AXAPIC_ICR);
	r->tdcr = axapic_page_get(page, AXAPIC_TDCR);
	r->tmict = axapic_page_get(page, AXAPIC_TMICT);
	WRITE_ONCE(r->ldr, axapic_page_get(page, AXAPIC_LDR));
	WRITE_ONCE(r->dfr, axapic_page_get(page, AXAPIC_DFR));
	axapic_regs_recount(r);
}
