// SPDX-License-Identifier: GPL-2.0-only
/* Arithmetic of the APIC timer. */
#include <kunit/test.h>

#include "../arch/x86/apic_count.c"

struct divide_case {
	const char *name;
	u32 tdcr;
	unsigned int divisor;
};

static const struct divide_case divide_cases[] = {
	{ "0000_divides_by_2", 0x0, 2 },
	{ "0001_divides_by_4", 0x1, 4 },
	{ "0010_divides_by_8", 0x2, 8 },
	{ "0011_divides_by_16", 0x3, 16 },
	{ "1000_divides_by_32", 0x8, 32 },
	{ "1001_divides_by_64", 0x9, 64 },
	{ "1010_divides_by_128", 0xa, 128 },
	{ "1011_divides_by_1", 0xb, 1 },
};

static void divide_case_desc(const struct divide_case *c, char *desc)
{
	strscpy(desc, c->name, KUNIT_PARAM_DESC_SIZE);
}

KUNIT_ARRAY_PARAM(divide, divide_cases, divide_case_desc);

static void divide_configuration(struct kunit *test)
{
	const struct divide_case *c = test->param_value;

	KUNIT_EXPECT_EQ(test, 1U << axapic_divide_shift(c->tdcr), c->divisor);
	/* The bit between does not count. */
	KUNIT_EXPECT_EQ(test, 1U << axapic_divide_shift(c->tdcr | 4), c->divisor);
}

static void ticks_and_time(struct kunit *test)
{
	KUNIT_EXPECT_EQ(test, axapic_ticks_to_ns(6000000, 3000000), 2000000ULL);
	KUNIT_EXPECT_EQ(test, axapic_ticks_to_ns(2, 3000000), 0ULL);
	KUNIT_EXPECT_EQ(test, axapic_ns_to_ticks(1000, 2500000), 2500ULL);
	KUNIT_EXPECT_EQ(test, axapic_ns_to_ticks(1, 999999), 0ULL);
	/* An hour, exactly. */
	KUNIT_EXPECT_EQ(test, axapic_ticks_to_ns(3600ULL * 2893299000, 2893299),
			3600000000000ULL);
	/* The farthest deadline neither overflows nor comes early. */
	KUNIT_EXPECT_EQ(test, axapic_ticks_to_ns(U64_MAX, 1000000), 1ULL << 55);
	KUNIT_EXPECT_EQ(test, axapic_ticks_to_ns(U64_MAX, 100000), 360287970189639680ULL);
}

static void counters_of_two_cpus_and_of_a_new_life(struct kunit *test)
{
	KUNIT_EXPECT_EQ(test, axapic_elapsed(1000, 1500), 500ULL);
	KUNIT_EXPECT_EQ(test, axapic_elapsed(1000, 999), 0ULL);
	KUNIT_EXPECT_EQ(test, axapic_elapsed(1ULL << 40, 5), U64_MAX);
}

struct length_case {
	const char *name;
	u32 count;
	unsigned int shift;
	bool periodic;
	u64 ticks;	/* at 2 GHz */
};

static const struct length_case length_cases[] = {
	{ "one_count_of_1", 1, 0, false, 2 },
	{ "one_count_of_128", 1, 7, false, 256 },
	{ "largest", 0xffffffff, 7, false, 1099511627520 },
	{ "period_of_a_millisecond", 62500, 4, true, 2000000 },
	{ "short_period_is_stretched", 1, 0, true, 400000 },
	{ "period_at_the_limit", 200000, 0, true, 400000 },
	{ "one_shot_is_not_stretched", 100, 0, false, 200 },
};

static void length_case_desc(const struct length_case *c, char *desc)
{
	strscpy(desc, c->name, KUNIT_PARAM_DESC_SIZE);
}

KUNIT_ARRAY_PARAM(length, length_cases, length_case_desc);

static void length_of_a_count(struct kunit *test)
{
	const struct length_case *c = test->param_value;

	KUNIT_EXPECT_EQ(test, axapic_count_length(c->count, c->shift, c->periodic, 2000000),
			c->ticks);
}

struct value_case {
	const char *name;
	struct axapic_count c;
	u64 now;
	unsigned int shift;
	u32 want;	/* at 2 GHz */
};

static const struct value_case value_cases[] = {
	{ "at_the_start", { true, 1000, 5000, 2000 }, 5000, 0, 1000 },
	{ "first_step_is_a_whole_one", { true, 1000, 5000, 2000 }, 5001, 0, 1000 },
	{ "after_one_step", { true, 1000, 5000, 2000 }, 5002, 0, 999 },
	{ "last_step", { true, 1000, 5000, 2000 }, 6999, 0, 1 },
	{ "at_the_end", { true, 1000, 5000, 2000 }, 7000, 0, 0 },
	{ "long_after", { true, 1000, 5000, 2000 }, 1ULL << 50, 0, 0 },
	{ "not_running", { false, 1000, 5000, 2000 }, 5000, 0, 0 },
	{ "divided_by_16", { true, 1000, 0, 32000 }, 16000, 4, 500 },
	{ "divided_by_16_between", { true, 1000, 0, 32000 }, 16031, 4, 500 },
	{ "another_cpu_is_behind", { true, 1000, 5000, 2000 }, 4990, 0, 1000 },
	{ "counter_started_over", { true, 1000, 1ULL << 50, 2000 }, 4990, 0, 0 },
	{ "stretched_period_stays_at_0", { true, 10, 0, 400000 }, 1000, 0, 0 },
};

static void value_case_desc(const struct value_case *c, char *desc)
{
	strscpy(desc, c->name, KUNIT_PARAM_DESC_SIZE);
}

KUNIT_ARRAY_PARAM(value, value_cases, value_case_desc);

static void current_count(struct kunit *test)
{
	const struct value_case *c = test->param_value;

	KUNIT_EXPECT_EQ(test, axapic_count_value(&c->c, c->now, c->shift, 2000000), c->want);
}

static void periods_keep_the_beat(struct kunit *test)
{
	/* A first phase of 700, then periods of 1000. */
	KUNIT_EXPECT_EQ(test, axapic_count_next(100, 700, 1000, 800), 800ULL);
	KUNIT_EXPECT_EQ(test, axapic_count_next(100, 700, 1000, 1799), 800ULL);
	KUNIT_EXPECT_EQ(test, axapic_count_next(100, 700, 1000, 1800), 1800ULL);
	KUNIT_EXPECT_EQ(test, axapic_count_next(100, 700, 1000, 9999), 9800ULL);
	KUNIT_EXPECT_EQ(test, axapic_count_next(1ULL << 50, 700, 1000, 7), 7ULL);
}

struct alarm_case {
	const char *name;
	u64 set_at;
	u64 set_for;	/* 0: no alarm is set */
	u64 now;
	u64 length;
	bool serves;
};

static const struct alarm_case alarm_cases[] = {
	{ "none_is_set", 0, 0, 1000, 1000, false },
	{ "same_expiry", 1000, 4096, 1000, 4096, true },
	{ "later_expiry", 1000, 4096, 2000, 4096, true },
	{ "earlier_expiry", 1000, 4096, 2000, 1000, false },
	{ "expiry_within_the_doubt_of_a_long_alarm",
	  0, 1ULL << 32, (1ULL << 32) - 1000, 2000, false },
	{ "expiry_beyond_the_doubt_of_a_long_alarm",
	  0, 1ULL << 32, 1ULL << 32, 1ULL << 22, true },
	{ "overdue", 0, 1000, 5000, 1000, false },
	{ "farthest_deadline_is_not_soon", 0, U64_MAX, 1000, 1000, false },
	{ "any_alarm_serves_the_farthest_deadline", 0, 5000, 1000, U64_MAX, true },
};

static void alarm_case_desc(const struct alarm_case *c, char *desc)
{
	strscpy(desc, c->name, KUNIT_PARAM_DESC_SIZE);
}

KUNIT_ARRAY_PARAM(alarm, alarm_cases, alarm_case_desc);

static void alarm_is_set_anew_when_needed(struct kunit *test)
{
	const struct alarm_case *c = test->param_value;
	u64 latest = c->set_for ? axapic_alarm_latest(c->set_at, c->set_for) : U64_MAX;

	KUNIT_EXPECT_EQ(test, axapic_alarm_serves(latest, c->now, c->length), c->serves);
}

static struct kunit_case apic_count_cases[] = {
	KUNIT_CASE_PARAM(divide_configuration, divide_gen_params),
	KUNIT_CASE(ticks_and_time),
	KUNIT_CASE(counters_of_two_cpus_and_of_a_new_life),
	KUNIT_CASE_PARAM(length_of_a_count, length_gen_params),
	KUNIT_CASE_PARAM(current_count, value_gen_params),
	KUNIT_CASE(periods_keep_the_beat),
	KUNIT_CASE_PARAM(alarm_is_set_anew_when_needed, alarm_gen_params),
	{}
};

static struct kunit_suite apic_count_suite = {
	.name = "axvcpu_apic_count",
	.test_cases = apic_count_cases,
};

kunit_test_suite(apic_count_suite);
