// SPDX-License-Identifier: GPL-2.0-only
/*
 * The APIC timer. All times are ticks of the host's TSC, so that the guest sees its
 * two clocks in step; the hrtimer rings early or late by what its own clock differs, and
 * early rings are set again. It is set anew only if the one that is set would be too
 * late, and never taken back but by axapic_timer_destroy().
 */
#include <linux/kernel.h>
#include <linux/ktime.h>

#include <asm/msr.h>
#include <asm/tsc.h>

#include "apic_defs.h"
#include "apic_timer.h"

#define ALARM_NONE	U64_MAX

static bool timer_counts(const struct axapic_timer *t)
{
	return t->mode == AXAPIC_TIMER_ONESHOT || t->mode == AXAPIC_TIMER_PERIODIC;
}

static ktime_t alarm_distance(u64 ticks)
{
	/* Rounding up: a ring at the expiry beats one just before it. */
	return ns_to_ktime(axapic_ticks_to_ns(ticks, tsc_khz) + 1);
}

static void set_alarm(struct axapic_timer *t, u64 now, u64 length)
{
	if (axapic_alarm_serves(t->alarm_latest, now, length))
		return;
	t->alarm_latest = axapic_alarm_latest(now, length);
	hrtimer_start(&t->alarm, ktime_add(ktime_get(), alarm_distance(length)),
		      HRTIMER_MODE_ABS_PINNED_HARD);
}

static void start_count(struct axapic_timer *t, u32 count)
{
	u64 now = rdtsc();

	t->count.running = count;
	if (!count)
		return;
	t->count.from = count;
	t->count.start = now;
	t->count.length = axapic_count_length(count, t->shift, t->mode == AXAPIC_TIMER_PERIODIC,
					      tsc_khz);
	set_alarm(t, now, t->count.length);
}

/* What follows the expiry: another period, or nothing. */
static void reload(struct axapic_timer *t, u64 now)
{
	struct axapic_count *c = &t->count;
	u64 period;

	t->deadline = 0;
	if (t->mode != AXAPIC_TIMER_PERIODIC || !t->initial) {
		c->running = false;
		return;
	}
	period = axapic_count_length(t->initial, t->shift, true, tsc_khz);
	c->start = axapic_count_next(c->start, c->length, period, now);
	c->length = period;
	c->from = t->initial;
}

static enum hrtimer_restart alarm_rings(struct hrtimer *alarm)
{
	struct axapic_timer *t = container_of(alarm, struct axapic_timer, alarm);
	enum hrtimer_restart ret = HRTIMER_NORESTART;
	bool notify = false;
	u64 now, elapsed;

	raw_spin_lock(&t->lock);
	/* Set again while this waited for the lock: that one will ring. */
	if (hrtimer_is_queued(alarm))
		goto out;
	t->alarm_latest = ALARM_NONE;
	if (!t->count.running)
		goto out;

	now = rdtsc();
	elapsed = axapic_elapsed(t->count.start, now);
	if (elapsed >= t->count.length) {
		notify = axapic_timer_expire(t);
		reload(t, now);
		elapsed = axapic_elapsed(t->count.start, now);
	}
	if (t->count.running) {
		u64 left = t->count.length - min(elapsed, t->count.length);

		t->alarm_latest = axapic_alarm_latest(now, left);
		hrtimer_set_expires(alarm, ktime_add(ktime_get(), alarm_distance(left)));
		ret = HRTIMER_RESTART;
	}
out:
	raw_spin_unlock(&t->lock);
	if (notify)
		axapic_timer_notify(t);
	return ret;
}

/**
 * axapic_timer_init() - prepare a timer
 * @t: timer, zeroed
 *
 * Context: process.
 */
void axapic_timer_init(struct axapic_timer *t)
{
	raw_spin_lock_init(&t->lock);
	hrtimer_init(&t->alarm, CLOCK_MONOTONIC, HRTIMER_MODE_ABS_PINNED_HARD);
	t->alarm.function = alarm_rings;
	t->alarm_latest = ALARM_NONE;
	t->shift = axapic_divide_shift(0);
}

/**
 * axapic_timer_destroy() - stop it and wait until it is still
 * @t: timer
 *
 * Context: process.
 */
void axapic_timer_destroy(struct axapic_timer *t)
{
	hrtimer_cancel(&t->alarm);
}

/**
 * axapic_timer_stop() - the state after reset
 * @t: timer
 *
 * Context: owner.
 */
void axapic_timer_stop(struct axapic_timer *t)
{
	unsigned long flags;

	raw_spin_lock_irqsave(&t->lock, flags);
	t->count.running = false;
	t->deadline = 0;
	t->initial = 0;
	t->mode = AXAPIC_TIMER_ONESHOT;
	t->shift = axapic_divide_shift(0);
	raw_spin_unlock_irqrestore(&t->lock, flags);
}

/**
 * axapic_timer_set_mode() - the timer's local vector was written
 * @t: timer
 * @mode: its mode field
 *
 * Between one-shot and periodic the count goes on and ends in the new mode.
 *
 * Context: owner.
 *
 * Return: true if the timer was stopped, as any other change of mode does.
 *
 * Spec: SDM Vol. 3A, "TSC-Deadline Mode".
 */
bool axapic_timer_set_mode(struct axapic_timer *t, u8 mode)
{
	bool counted = timer_counts(t);
	bool stop = false;
	unsigned long flags;

	/* Only the owner writes it. */
	if (t->mode == mode)
		return false;
	raw_spin_lock_irqsave(&t->lock, flags);
	t->mode = mode;
	if (!counted || !timer_counts(t)) {
		t->count.running = false;
		t->deadline = 0;
		t->initial = 0;
		stop = true;
	}
	raw_spin_unlock_irqrestore(&t->lock, flags);
	return stop;
}

/**
 * axapic_timer_start() - the initial count was written
 * @t: timer in one-shot or periodic mode
 * @initial: value, which is also reloaded in periodic mode; 0 stops
 * @count: where the count begins: @initial but for a restored state
 *
 * Context: owner.
 *
 * Spec: APM 16.4.1.
 */
void axapic_timer_start(struct axapic_timer *t, u32 initial, u32 count)
{
	unsigned long flags;

	raw_spin_lock_irqsave(&t->lock, flags);
	t->initial = initial;
	start_count(t, count);
	raw_spin_unlock_irqrestore(&t->lock, flags);
}

/**
 * axapic_timer_set_divide() - the divide configuration was written
 * @t: timer
 * @tdcr: value
 *
 * A running count goes on from where it is, at the new rate.
 *
 * Context: owner.
 *
 * Spec: APM 16.4.1.
 */
void axapic_timer_set_divide(struct axapic_timer *t, u32 tdcr)
{
	unsigned int shift = axapic_divide_shift(tdcr);
	unsigned long flags;
	u32 left;

	if (shift == t->shift)
		return;
	raw_spin_lock_irqsave(&t->lock, flags);
	left = axapic_count_value(&t->count, rdtsc(), t->shift, tsc_khz);
	t->shift = shift;
	/* At zero the alarm is on its way and deals with the rest. */
	if (left && timer_counts(t))
		start_count(t, left);
	raw_spin_unlock_irqrestore(&t->lock, flags);
}

/**
 * axapic_timer_read() - current count
 * @t: timer
 *
 * Context: owner.
 *
 * Return: the count; 0 in TSC-deadline mode.
 */
u32 axapic_timer_read(struct axapic_timer *t)
{
	unsigned long flags;
	u32 val = 0;

	raw_spin_lock_irqsave(&t->lock, flags);
	if (timer_counts(t))
		val = axapic_count_value(&t->count, rdtsc(), t->shift, tsc_khz);
	raw_spin_unlock_irqrestore(&t->lock, flags);
	return val;
}

/**
 * axapic_timer_set_deadline() - IA32_TSC_DEADLINE was written
 * @t: timer
 * @deadline: in the guest's ticks; 0 disarms
 * @tsc_offset: guest's ticks minus the host's
 *
 * Context: owner.
 *
 * Return: true if the deadline is over: the timer fires now and is not armed.
 *
 * Spec: SDM Vol. 3A, "TSC-Deadline Mode".
 */
bool axapic_timer_set_deadline(struct axapic_timer *t, u64 deadline, u64 tsc_offset)
{
	unsigned long flags;
	bool over = false;
	u64 now, guest;

	if (t->mode != AXAPIC_TIMER_DEADLINE)
		return false;
	raw_spin_lock_irqsave(&t->lock, flags);
	now = rdtsc();
	guest = now + tsc_offset;
	over = deadline && deadline <= guest;
	t->count.running = deadline > guest;
	t->deadline = 0;
	if (t->count.running) {
		t->deadline = deadline;
		t->count.start = now;
		t->count.length = deadline - guest;
		set_alarm(t, now, t->count.length);
	}
	raw_spin_unlock_irqrestore(&t->lock, flags);
	return over;
}

/**
 * axapic_timer_deadline() - IA32_TSC_DEADLINE
 * @t: timer
 *
 * Context: owner.
 *
 * Return: armed deadline in the guest's ticks; 0 if there is none.
 */
u64 axapic_timer_deadline(struct axapic_timer *t)
{
	unsigned long flags;
	u64 val;

	raw_spin_lock_irqsave(&t->lock, flags);
	val = t->deadline;
	raw_spin_unlock_irqrestore(&t->lock, flags);
	return val;
}
