/* SPDX-License-Identifier: GPL-2.0-only */
/* Arithmetic of the APIC timer; pure. */
#ifndef _AXAPIC_COUNT_H
#define _AXAPIC_COUNT_H

#include <linux/types.h>

/* The count goes down once per nanosecond before division. */
#define AXAPIC_TIMER_KHZ	1000000U

/* A shorter period is stretched to this: each one is an interrupt of the host. */
#define AXAPIC_PERIOD_MIN_NS	200000ULL

/**
 * struct axapic_count - one phase of counting down
 * @running: there is an expiry ahead
 * @from: value at @start
 * @start: host TSC at which the phase began
 * @length: ticks from @start to the expiry
 */
struct axapic_count {
	bool running;
	u32 from;
	u64 start;
	u64 length;
};

unsigned int axapic_divide_shift(u32 tdcr);
u64 axapic_ticks_to_ns(u64 ticks, u32 tsc_khz);
u64 axapic_ns_to_ticks(u64 ns, u32 tsc_khz);
u64 axapic_elapsed(u64 start, u64 now);
u64 axapic_count_length(u32 count, unsigned int shift, bool periodic, u32 tsc_khz);
u32 axapic_count_value(const struct axapic_count *c, u64 now, unsigned int shift, u32 tsc_khz);
u64 axapic_count_next(u64 start, u64 length, u64 period, u64 now);
bool axapic_alarm_serves(u64 alarm_latest, u64 start, u64 length);
u64 axapic_alarm_latest(u64 now, u64 ticks);

#endif /* _AXAPIC_COUNT_H */
