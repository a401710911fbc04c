/* SPDX-License-Identifier: MIT */
/*
 * Channel 2 of the 8254, for guests that measure their clock by it.
 *
 * A programmed count runs down in host time and its output is bit 5 of port
 * 0x61. The count itself cannot be read (it reads as 0): a kernel that tries
 * the fast calibration by polling the counter gives up at once, where a real
 * counter would cost it thousands of exits. Channels 0 and 1 do not exist.
 */
#ifndef AXVCPU_DEVICES_PIT_H
#define AXVCPU_DEVICES_PIT_H

#include <pthread.h>
#include <stdint.h>

#include "machine/bus.h"

#define PIT_PORT	0x42	/* data of channel 2, command */
#define PIT_PORTS	2
#define PIT_GATE_PORT	0x61
#define PIT_HZ		1193182ULL

struct pit {
	pthread_mutex_t lock;
	uint64_t (*now_ns)(void);
	uint64_t start_ns;
	uint32_t reload;
	uint8_t command;
	uint8_t gate;		/* bits 1:0 of port 0x61 */
	int high_next;		/* low byte of a 16-bit count has come */
	int running;
};

extern const struct bus_ops pit_ops;		/* at PIT_PORT */
extern const struct bus_ops pit_gate_ops;	/* at PIT_GATE_PORT */

void pit_init(struct pit *p, uint64_t (*now_ns)(void));

#endif
