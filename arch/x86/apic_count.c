// SPDX-License-Identifier: GPL-2.0-only
/* Arithmetic of the APIC timer: ticks of the TSC, nanoseconds and counts. Pure. */
#include <linux/bitfield.h>
#include <linux/bits.h>
#include <linux/limits.h>
#include <linux/math64.h>
#include <linux/minmax.h>

#include "apic_count.h"
#include "apic_defs.h"

/* About a year at 1 GHz; longer distances are cut so that products fit. */
#define TICKS_MAX	BIT_ULL(55)

/* CPUs may disagree on the TSC by this much without one having gone backwards. */
#define TICKS_SKEW	BIT_ULL(24)

/* Largest rate by which the host may slew its clock against the TSC: 1 / 2^11, 488 ppm. */
#define ALARM_SLEW_SHIFT	11

/**
 * axapic_divide_shift() - meaning of the divide configuration
 * @tdcr: register
 *
 * Pure.
 *
 * Return: log2 of the divisor.
 *
 * Spec: APM 16.4.1: 0 divides by 2, 1 by 4, ... 110b by 128, 111b by 1.
 */
unsigned int axapic_divide_shift(u32 tdcr)
{
	u32 code = FIELD_GET(AXAPIC_TDCR_HIGH, tdcr) << 2 | FIELD_GET(AXAPIC_TDCR_LOW, tdcr);

	return (code + 1) & 7;
}

/**
 * axapic_ticks_to_ns() - duration of some ticks
 * @ticks: ticks of the TSC
 * @tsc_khz: its frequency, not 0
 *
 * Pure. Return: nanoseconds, rounded down.
 */
u64 axapic_ticks_to_ns(u64 ticks, u32 tsc_khz)
{
	return mul_u64_u32_div(min(ticks, TICKS_MAX), 1000000, tsc_khz);
}

/**
 * axapic_ns_to_ticks() - ticks in some time
 * @ns: nanoseconds
 * @tsc_khz: frequency of the TSC
 *
 * Pure. Return: ticks, rounded down.
 */
u64 axapic_ns_to_ticks(u64 ns, u32 tsc_khz)
{
	return mul_u64_u32_div(min(ns, TICKS_MAX), tsc_khz, 1000000);
}

/**
 * axapic_elapsed() - ticks since a moment
 * @start: TSC then
 * @now: TSC now, perhaps of another CPU
 *
 * A counter that started over (the host slept) has elapsed for ever: nothing
 * waits for what will not come.
 *
 * Pure.
 */
u64 axapic_elapsed(u64 start, u64 now)
{
	if (now >= start)
		return now - start;
	return start - now <= TICKS_SKEW ? 0 : U64_MAX;
}

/**
 * axapic_count_length() - how long a count takes
 * @count: value to count down from
 * @shift: log2 of the divisor
 * @periodic: it repeats: AXAPIC_PERIOD_MIN_NS holds
 * @tsc_khz: frequency of the TSC
 *
 * Pure. Return: ticks.
 */
u64 axapic_count_length(u32 count, unsigned int shift, bool periodic, u32 tsc_khz)
{
	u64 ns = (u64)count << shift;

	if (periodic)
		ns = max(ns, AXAPIC_PERIOD_MIN_NS);
	return axapic_ns_to_ticks(ns, tsc_khz);
}

/**
 * axapic_count_value() - the count now
 * @c: count
 * @now: TSC
 * @shift: log2 of the divisor
 * @tsc_khz: frequency of the TSC
 *
 * Pure. Return: value of the current count register.
 */
u32 axapic_count_value(const struct axapic_count *c, u64 now, unsigned int shift, u32 tsc_khz)
{
	u64 elapsed = axapic_elapsed(c->start, now);
	u64 down;

	if (!c->running || elapsed >= c->length)
		return 0;
	down = axapic_ticks_to_ns(elapsed, tsc_khz) >> shift;
	return down < c->from ? c->from - down : 0;
}

/**
 * axapic_count_next() - start of the period that we are in
 * @start: of the phase that ended
 * @length: of that phase, in ticks
 * @period: ticks, not 0
 * @now: TSC, after the end of the phase
 *
 * Periods that nobody saw are left out, but keep the beat.
 *
 * Pure. Return: TSC at which the present period began.
 */
u64 axapic_count_next(u64 start, u64 length, u64 period, u64 now)
{
	u64 elapsed = axapic_elapsed(start, now);

	if (elapsed == U64_MAX)
		return now;
	if (elapsed < length + period)
		return start + length;
	return now - (elapsed - length) % period;
}

/**
 * axapic_alarm_latest() - when an alarm rings at the latest
 * @now: TSC
 * @ticks: that the alarm is set for
 *
 * The host's clock may run slower than its TSC. Pure.
 */
u64 axapic_alarm_latest(u64 now, u64 ticks)
{
	ticks = min(ticks, TICKS_MAX);
	return now + ticks + (ticks >> ALARM_SLEW_SHIFT);
}

/**
 * axapic_alarm_serves() - does the alarm that is set do for an expiry?
 * @alarm_latest: axapic_alarm_latest() of the alarm; all ones if none is set
 * @start: TSC now
 * @length: ticks until the expiry
 *
 * An alarm that rings too early is set again then, and is cheaper than setting it
 * now: guests mostly move their deadlines away. One that is overdue is not to be
 * relied on: the TSC went on while the host slept, and its clock did not.
 *
 * Pure. Return: true if it rings no later than one set now would.
 */
bool axapic_alarm_serves(u64 alarm_latest, u64 start, u64 length)
{
	return alarm_latest >= start && alarm_latest <= axapic_alarm_latest(start, length);
}
