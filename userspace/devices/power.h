/* SPDX-License-Identifier: MIT */
/* Ways to end the machine: ACPI PM1 registers, resets, debug exit. */
#ifndef AXVCPU_DEVICES_POWER_H
#define AXVCPU_DEVICES_POWER_H

#include <stdint.h>

#include "devices/device.h"
#include "machine/bus.h"

#define PM1_PORT	0x600	/* status, enable; control at 0x604 */
#define PM1_PORTS	6
#define RESET_PORT	0xcf9
#define RESET_VALUE	0x06
#define KBD_PORT	0x64
#define DEBUG_EXIT_PORT	0xf4
#define DEBUG_CON_PORT	0xe9

struct power {
	struct stop_sink stop;
	struct byte_sink console;
	uint16_t pm1_enable;
	uint16_t pm1_control;
	uint8_t reset_control;
};

extern const struct bus_ops pm1_ops;		/* at PM1_PORT */
extern const struct bus_ops reset_ops;		/* at RESET_PORT */
extern const struct bus_ops kbd_ops;		/* at KBD_PORT */
extern const struct bus_ops debug_exit_ops;	/* at DEBUG_EXIT_PORT */
extern const struct bus_ops debug_con_ops;	/* at DEBUG_CON_PORT */

void power_init(struct power *p, struct stop_sink stop, struct byte_sink console);

#endif
