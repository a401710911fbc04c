// SPDX-License-Identifier: MIT
#include <string.h>

#include "devices/cmos.h"
#include "devices/pit.h"
#include "devices/power.h"
#include "unit/tap.h"

static time_t fake_time;
static uint64_t fake_ns;
static int stop_status, stops;
static char console[16];

static time_t now(void)
{
	return fake_time;
}

static uint64_t now_ns(void)
{
	return fake_ns;
}

static uint8_t cmos(struct cmos *c, uint8_t index)
{
	cmos_ops.write(c, 0, 1, index);
	return cmos_ops.read(c, 1, 1);
}

static void cmos_set(struct cmos *c, uint8_t index, uint8_t value)
{
	cmos_ops.write(c, 0, 1, index);
	cmos_ops.write(c, 1, 1, value);
}

static void clock_is_utc_in_bcd(void)
{
	struct cmos c;

	fake_time = 1709217296;		/* Thu 2024-02-29 14:34:56 */
	cmos_init(&c, 3ULL << 30, 1ULL << 30, now);
	CHECK_EQ(cmos(&c, 0), 0x56);
	CHECK_EQ(cmos(&c, 2), 0x34);
	CHECK_EQ(cmos(&c, 4), 0x14);
	CHECK_EQ(cmos(&c, 6), 5);
	CHECK_EQ(cmos(&c, 7), 0x29);
	CHECK_EQ(cmos(&c, 8), 0x02);
	CHECK_EQ(cmos(&c, 9), 0x24);
	CHECK_EQ(cmos(&c, 0x32), 0x20);
	CHECK_EQ(cmos(&c, 0x0a), 0x26);
	CHECK_EQ(cmos(&c, 0x0d), 0x80);
	CHECK_EQ(cmos(&c, 0x80 | 2), 0x34);	/* NMI mask bit */
}

static void clock_knows_binary_and_12_hours(void)
{
	struct cmos c;

	fake_time = 1709217296;
	cmos_init(&c, 1 << 20, 0, now);
	cmos_set(&c, 0x0b, 0x06);
	CHECK_EQ(cmos(&c, 0), 56);
	CHECK_EQ(cmos(&c, 4), 14);
	cmos_set(&c, 0x0b, 0x04);
	CHECK_EQ(cmos(&c, 4), 0x82);
	cmos_set(&c, 0x0b, 0x00);
	fake_time = 1709164800;			/* midnight */
	CHECK_EQ(cmos(&c, 4), 0x12);
}

static void guest_sets_the_clock(void)
{
	struct cmos c;

	fake_time = 1709217296;
	cmos_init(&c, 1 << 20, 0, now);
	cmos_set(&c, 0x0b, 0x82);
	cmos_set(&c, 9, 0x30);
	cmos_set(&c, 0, 0x00);
	fake_time += 100;
	CHECK_EQ(cmos(&c, 0), 0x00);		/* stands still meanwhile */
	cmos_set(&c, 0x0b, 0x02);
	fake_time += 7;
	CHECK_EQ(cmos(&c, 9), 0x30);
	CHECK_EQ(cmos(&c, 0), 0x07);
}

static void pit_output_rises_after_the_count(void)
{
	struct pit p;

	fake_ns = 1000;
	pit_init(&p, now_ns);
	pit_gate_ops.write(&p, 0, 1, 0x01);
	pit_ops.write(&p, 1, 1, 0xb0);
	pit_ops.write(&p, 0, 1, 0xa9);		/* 0x4a9 ticks: 1 ms */
	pit_ops.write(&p, 0, 1, 0x04);
	CHECK_EQ(pit_gate_ops.read(&p, 0, 1) & 0x20, 0);
	fake_ns += 990000;
	CHECK_EQ(pit_gate_ops.read(&p, 0, 1) & 0x20, 0);
	fake_ns += 20000;
	CHECK_EQ(pit_gate_ops.read(&p, 0, 1), 0x21);
	CHECK_EQ(pit_ops.read(&p, 0, 1), 0);
}

static void on_stop(void *ctx, int status, const char *why)
{
	(void)ctx;
	(void)why;
	stop_status = status;
	stops++;
}

static void on_byte(void *ctx, uint8_t byte)
{
	(void)ctx;
	console[strlen(console)] = byte;
}

static void fresh_power(struct power *p)
{
	stops = 0;
	stop_status = -1;
	memset(console, 0, sizeof(console));
	power_init(p, (struct stop_sink){ on_stop, NULL }, (struct byte_sink){ on_byte, NULL });
}

static void power_off_is_slp_en(void)
{
	struct power p;

	fresh_power(&p);
	pm1_ops.write(&p, 0, 2, 0xffff);
	pm1_ops.write(&p, 2, 2, 0x0120);
	CHECK_EQ(pm1_ops.read(&p, 2, 2), 0x0120);
	pm1_ops.write(&p, 4, 2, 0x0001);
	CHECK_EQ(pm1_ops.read(&p, 4, 2), 0);	/* SCI_EN reads as 0 */
	CHECK_EQ(stops, 0);
	pm1_ops.write(&p, 4, 2, 0x2000);
	CHECK_EQ(stops, 1);
	CHECK_EQ(stop_status, 0);
}

static void resets_end_with_status_2(void)
{
	struct power p;

	fresh_power(&p);
	reset_ops.write(&p, 0, 1, 0x02);
	CHECK_EQ(stops, 0);
	CHECK_EQ(reset_ops.read(&p, 0, 1), 0x02);
	reset_ops.write(&p, 0, 1, 0x06);
	CHECK_EQ(stops, 1);
	CHECK_EQ(stop_status, 2);
	CHECK_EQ(kbd_ops.read(&p, 0, 1), 0xff);
	kbd_ops.write(&p, 0, 1, 0xd1);
	CHECK_EQ(stops, 1);
	kbd_ops.write(&p, 0, 1, 0xfe);
	CHECK_EQ(stops, 2);
	CHECK_EQ(stop_status, 2);
}

static void debug_exit_status_is_odd(void)
{
	struct power p;

	fresh_power(&p);
	debug_exit_ops.write(&p, 0, 1, 0);
	CHECK_EQ(stop_status, 1);
	debug_exit_ops.write(&p, 0, 4, 0x10);
	CHECK_EQ(stop_status, 0x21);
}

static void debug_console_answers_its_port(void)
{
	struct power p;

	fresh_power(&p);
	CHECK_EQ(debug_con_ops.read(&p, 0, 1), 0xe9);
	debug_con_ops.write(&p, 0, 1, 'A');
	CHECK_STR(console, "A");
}

static const struct test tests[] = {
	{ "clock is UTC in BCD", clock_is_utc_in_bcd },
	{ "clock knows binary and 12 hours", clock_knows_binary_and_12_hours },
	{ "guest sets the clock", guest_sets_the_clock },
	{ "PIT output rises after the count", pit_output_rises_after_the_count },
	{ "power-off is SLP_EN", power_off_is_slp_en },
	{ "resets end with status 2", resets_end_with_status_2 },
	{ "debug exit status is odd", debug_exit_status_is_odd },
	{ "debug console answers its port", debug_console_answers_its_port },
};

TAP_MAIN(tests)
