// SPDX-License-Identifier: MIT
#include <string.h>

#include "devices/cmos.h"

enum {
	SECONDS = 0, MINUTES = 2, HOURS = 4, WEEKDAY = 6, DAY = 7, MONTH = 8, YEAR = 9,
	REG_A = 10, REG_B = 11, REG_C = 12, REG_D = 13, CENTURY = 0x32,
};

#define REG_A_32KHZ	0x26
#define REG_B_24H	0x02
#define REG_B_BINARY	0x04
#define REG_B_SET	0x80
#define REG_D_VALID	0x80
#define HOUR_PM		0x80

static uint8_t encode(const struct cmos *c, unsigned int value)
{
	return c->ram[REG_B] & REG_B_BINARY ? value : value / 10 << 4 | value % 10;
}

static unsigned int decode(const struct cmos *c, uint8_t value)
{
	return c->ram[REG_B] & REG_B_BINARY ? value : (value >> 4) * 10 + (value & 15);
}

static uint8_t encode_hour(const struct cmos *c, unsigned int hour)
{
	if (c->ram[REG_B] & REG_B_24H)
		return encode(c, hour);
	return encode(c, (hour + 11) % 12 + 1) | (hour >= 12 ? HOUR_PM : 0);
}

static unsigned int decode_hour(const struct cmos *c, uint8_t value)
{
	if (c->ram[REG_B] & REG_B_24H)
		return decode(c, value);
	return decode(c, value & ~HOUR_PM) % 12 + (value & HOUR_PM ? 12 : 0);
}

/* Copy the running clock into the registers. */
static void latch(struct cmos *c)
{
	time_t t = c->now() + c->offset;
	struct tm tm;

	if (!gmtime_r(&t, &tm))
		return;
	c->ram[SECONDS] = encode(c, tm.tm_sec % 60);
	c->ram[MINUTES] = encode(c, tm.tm_min);
	c->ram[HOURS] = encode_hour(c, tm.tm_hour);
	c->ram[WEEKDAY] = encode(c, tm.tm_wday + 1);
	c->ram[DAY] = encode(c, tm.tm_mday);
	c->ram[MONTH] = encode(c, tm.tm_mon + 1);
	c->ram[YEAR] = encode(c, tm.tm_year % 100);
	c->ram[CENTURY] = encode(c, (tm.tm_year + 1900) / 100 % 100);
}

/* Take the registers as the time that it is now. */
static void unlatch(struct cmos *c)
{
	struct tm tm = {
		.tm_sec = decode(c, c->ram[SECONDS]),
		.tm_min = decode(c, c->ram[MINUTES]),
		.tm_hour = decode_hour(c, c->ram[HOURS]),
		.tm_mday = decode(c, c->ram[DAY]),
		.tm_mon = decode(c, c->ram[MONTH]) - 1,
		.tm_year = decode(c, c->ram[CENTURY]) * 100 + decode(c, c->ram[YEAR]) - 1900,
	};
	time_t t = timegm(&tm);

	if (t != (time_t)-1)
		c->offset = t - c->now();
}

static int is_clock(uint8_t index)
{
	return index == CENTURY || (index <= YEAR && index != 1 && index != 3 && index != 5);
}

static uint64_t cmos_read(void *dev, uint64_t port, unsigned int width)
{
	struct cmos *c = dev;
	uint8_t value = 0xff;

	(void)width;
	pthread_mutex_lock(&c->lock);
	if (port == 1) {
		if (is_clock(c->index) && !(c->ram[REG_B] & REG_B_SET))
			latch(c);
		value = c->ram[c->index];
	}
	pthread_mutex_unlock(&c->lock);
	return value;
}

static void write_data(struct cmos *c, uint8_t value)
{
	if (c->index == REG_C || c->index == REG_D)
		return;
	if (c->index == REG_A)
		value &= 0x7f;		/* "update in progress" is never seen */
	if (c->index == REG_B && !(c->ram[REG_B] & REG_B_SET) && (value & REG_B_SET))
		latch(c);
	if (c->index == REG_B && (c->ram[REG_B] & REG_B_SET) && !(value & REG_B_SET))
		unlatch(c);
	if (is_clock(c->index) && !(c->ram[REG_B] & REG_B_SET)) {
		latch(c);
		c->ram[c->index] = value;
		unlatch(c);
		return;
	}
	c->ram[c->index] = value;
}

static void cmos_write(void *dev, uint64_t port, unsigned int width, uint64_t value)
{
	struct cmos *c = dev;

	(void)width;
	pthread_mutex_lock(&c->lock);
	if (port == 0)
		c->index = value & 0x7f;	/* bit 7 masks NMI: nothing to mask here */
	else
		write_data(c, value);
	pthread_mutex_unlock(&c->lock);
}

static void put16(struct cmos *c, unsigned int index, uint64_t value)
{
	if (value > 0xffff)
		value = 0xffff;
	c->ram[index] = value;
	c->ram[index + 1] = value >> 8;
}

void cmos_init(struct cmos *c, uint64_t low_ram, uint64_t high_ram, time_t (*now)(void))
{
	const uint64_t m1 = 1ULL << 20, m16 = 16 * m1;
	uint64_t extended_kib = low_ram > m1 ? (low_ram - m1) >> 10 : 0;

	memset(c, 0, sizeof(*c));
	pthread_mutex_init(&c->lock, NULL);
	c->now = now;
	c->ram[REG_A] = REG_A_32KHZ;
	c->ram[REG_B] = REG_B_24H;
	c->ram[REG_D] = REG_D_VALID;
	put16(c, 0x15, 639);			/* KiB of base memory */
	put16(c, 0x17, extended_kib);		/* KiB from 1 MiB */
	put16(c, 0x30, extended_kib);
	put16(c, 0x34, low_ram > m16 ? (low_ram - m16) >> 16 : 0);
	put16(c, 0x5b, high_ram >> 16);		/* 64 KiB units above 4 GiB */
	c->ram[0x5d] = high_ram >> 32;
}

const struct bus_ops cmos_ops = { cmos_read, cmos_write, .max_width = 1 };
