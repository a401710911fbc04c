/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The APIC timer: one-shot, periodic and TSC deadline. It counts in ticks of the
 * host's TSC; an hrtimer is only the alarm clock. The arithmetic is apic_count.c.
 */
#ifndef _AXAPIC_TIMER_H
#define _AXAPIC_TIMER_H

#include <linux/hrtimer.h>
#include <linux/spinlock.h>
#include <linux/types.h>

#include "apic_count.h"

/**
 * struct axapic_timer - timer of one APIC
 * @lock: protects what follows; taken by the owner and by the alarm
 * @alarm: wakes up at or before the expiry, may do so for nothing
 * @count: what is counted
 * @mode: AXAPIC_TIMER_*
 * @shift: log2 of the divisor
 * @initial: value to reload
 * @alarm_latest: TSC at which @alarm rings at the latest; all ones if it is not set
 * @deadline: TSC deadline in the guest's ticks; 0 if none
 */
struct axapic_timer {
	raw_spinlock_t lock;
	struct hrtimer alarm;
	struct axapic_count count;
	u8 mode;
	u8 shift;
	u32 initial;
	u64 alarm_latest;
	u64 deadline;
};

void axapic_timer_init(struct axapic_timer *t);
void axapic_timer_destroy(struct axapic_timer *t);
void axapic_timer_stop(struct axapic_timer *t);
bool axapic_timer_set_mode(struct axapic_timer *t, u8 mode);
void axapic_timer_start(struct axapic_timer *t, u32 initial, u32 count);
void axapic_timer_set_divide(struct axapic_timer *t, u32 tdcr);
u32 axapic_timer_read(struct axapic_timer *t);
bool axapic_timer_set_deadline(struct axapic_timer *t, u64 deadline, u64 tsc_offset);
u64 axapic_timer_deadline(struct axapic_timer *t);

/* In apic.c: what an expiry means. */
bool axapic_timer_expire(struct axapic_timer *t);
void axapic_timer_notify(struct axapic_timer *t);

#endif /* _AXAPIC_TIMER_H */
