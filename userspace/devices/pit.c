// SPDX-License-Identifier: MIT
#include <string.h>

#include "devices/pit.h"

#define GATE		0x01
#define OUT		0x20
#define NS_PER_S	1000000000ULL

static void start(struct pit *p)
{
	p->start_ns = p->now_ns();
	p->running = 1;
}

static int out_is_high(const struct pit *p)
{
	unsigned int mode = p->command >> 1 & 7;
	uint64_t count = p->reload ? p->reload : 0x10000;
	uint64_t ticks;

	if (!p->running)
		return mode != 0;
	/* Divide in two steps: the product would overflow after four hours. */
	ticks = (p->now_ns() - p->start_ns) / 1000 * PIT_HZ / (NS_PER_S / 1000);
	if (mode == 3 || mode == 7)
		return ticks % count < (count + 1) / 2;
	if (mode == 2 || mode == 6)
		return ticks % count != count - 1;
	return ticks >= count;
}

static void write_count(struct pit *p, uint8_t value)
{
	unsigned int access = p->command >> 4 & 3;

	if (access == 1) {
		p->reload = value;
	} else if (access == 2) {
		p->reload = (uint32_t)value << 8;
	} else if (!p->high_next) {
		p->reload = value;
		p->high_next = 1;
		return;
	} else {
		p->reload |= (uint32_t)value << 8;
		p->high_next = 0;
	}
	if (p->gate & GATE)
		start(p);
}

static uint64_t pit_read(void *dev, uint64_t offset, unsigned int width)
{
	(void)dev;
	(void)width;
	return offset ? 0xff : 0;	/* the command register cannot be read */
}

static void pit_write(void *dev, uint64_t offset, unsigned int width, uint64_t value)
{
	struct pit *p = dev;

	(void)width;
	pthread_mutex_lock(&p->lock);
	if (offset == 0) {
		write_count(p, value);
	} else if (value >> 6 == 2 && (value & 0x30)) {
		p->command = value;
		p->high_next = 0;
		p->running = 0;
	}
	pthread_mutex_unlock(&p->lock);
}

static uint64_t gate_read(void *dev, uint64_t offset, unsigned int width)
{
	struct pit *p = dev;
	uint8_t value;

	(void)offset;
	(void)width;
	pthread_mutex_lock(&p->lock);
	value = p->gate | (out_is_high(p) ? OUT : 0);
	pthread_mutex_unlock(&p->lock);
	return value;
}

static void gate_write(void *dev, uint64_t offset, unsigned int width, uint64_t value)
{
	struct pit *p = dev;

	(void)offset;
	(void)width;
	pthread_mutex_lock(&p->lock);
	if ((value & GATE) && !(p->gate & GATE))
		start(p);
	p->gate = value & 3;
	pthread_mutex_unlock(&p->lock);
}

void pit_init(struct pit *p, uint64_t (*now_ns)(void))
{
	memset(p, 0, sizeof(*p));
	pthread_mutex_init(&p->lock, NULL);
	p->now_ns = now_ns;
}

const struct bus_ops pit_ops = { pit_read, pit_write, .max_width = 1 };
const struct bus_ops pit_gate_ops = { gate_read, gate_write, .max_width = 1 };
