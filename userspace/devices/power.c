// SPDX-License-Identifier: MIT
#include <string.h>

#include "devices/power.h"
#include "machine/error.h"

#define PM1_STATUS	0
#define PM1_ENABLE	2
#define PM1_CONTROL	4
#define PM1_SLP_EN	0x2000
/*
 * SCI_EN reads as 0. A driver that keeps the bits it read would otherwise
 * write 0x2001 for power-off, and the fast path in the kernel wants 0x2000.
 */
#define PM1_CONTROL_KEPT	0x1c00

static uint64_t pm1_read(void *dev, uint64_t offset, unsigned int width)
{
	struct power *p = dev;
	uint64_t regs = (uint64_t)p->pm1_enable << 16 | (uint64_t)p->pm1_control << 32;

	(void)width;
	return regs >> (8 * offset);
}

static void pm1_write(void *dev, uint64_t offset, unsigned int width, uint64_t value)
{
	struct power *p = dev;

	if (offset == PM1_ENABLE)
		p->pm1_enable = value;
	if (offset != PM1_CONTROL || width < 2)
		return;
	p->pm1_control = value & PM1_CONTROL_KEPT;
	if (value & PM1_SLP_EN)
		p->stop.request(p->stop.ctx, STATUS_OK, "guest powered off");
}

static uint64_t reset_read(void *dev, uint64_t offset, unsigned int width)
{
	struct power *p = dev;

	(void)offset;
	(void)width;
	return p->reset_control;
}

static void reset_write(void *dev, uint64_t offset, unsigned int width, uint64_t value)
{
	struct power *p = dev;

	(void)offset;
	(void)width;
	p->reset_control = value & 0x0a;
	if (value & 0x04)
		p->stop.request(p->stop.ctx, STATUS_RESET, "guest asked for a reset (port 0xcf9)");
}

/* All ones: no controller behind the port, but its reset line works. */
static uint64_t kbd_read(void *dev, uint64_t offset, unsigned int width)
{
	(void)dev;
	(void)offset;
	(void)width;
	return 0xff;
}

static void kbd_write(void *dev, uint64_t offset, unsigned int width, uint64_t value)
{
	struct power *p = dev;

	(void)offset;
	(void)width;
	if (value == 0xfe)
		p->stop.request(p->stop.ctx, STATUS_RESET, "guest asked for a reset (port 0x64)");
}

static void debug_exit_write(void *dev, uint64_t offset, unsigned int width, uint64_t value)
{
	struct power *p = dev;

	(void)offset;
	(void)width;
	p->stop.request(p->stop.ctx, (value << 1 | 1) & 0xff, NULL);
}

static uint64_t debug_con_read(void *dev, uint64_t offset, unsigned int width)
{
	(void)dev;
	(void)offset;
	(void)width;
	return DEBUG_CON_PORT;
}

static void debug_con_write(void *dev, uint64_t offset, unsigned int width, uint64_t value)
{
	struct power *p = dev;

	(void)offset;
	(void)width;
	p->console.put(p->console.ctx, value);
}

void power_init(struct power *p, struct stop_sink stop, struct byte_sink console)
{
	memset(p, 0, sizeof(*p));
	p->stop = stop;
	p->console = console;
}

const struct bus_ops pm1_ops = { pm1_read, pm1_write, .max_width = 2 };
const struct bus_ops reset_ops = { reset_read, reset_write, .max_width = 1 };
const struct bus_ops kbd_ops = { kbd_read, kbd_write, .max_width = 1 };
const struct bus_ops debug_exit_ops = { kbd_read, debug_exit_write, .max_width = 4 };
const struct bus_ops debug_con_ops = { debug_con_read, debug_con_write, .max_width = 1 };
