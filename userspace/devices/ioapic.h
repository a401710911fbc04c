/* SPDX-License-Identifier: MIT */
/* I/O APIC: turns levels of input pins into messages to the local APICs. */
#ifndef AXVCPU_DEVICES_IOAPIC_H
#define AXVCPU_DEVICES_IOAPIC_H

#include <pthread.h>
#include <stdint.h>

#include "devices/device.h"
#include "machine/bus.h"

#define IOAPIC_BASE	0xfec00000ULL
#define IOAPIC_SIZE	0x1000ULL
#define IOAPIC_PINS	24

struct ioapic_out {
	void (*msi)(void *ctx, uint64_t address, uint32_t data);
	/* Vectors whose end of interrupt must be reported to ioapic_eoi(). */
	void (*eoi_vectors)(void *ctx, const uint64_t vectors[4]);
	void *ctx;
};

struct ioapic {
	pthread_mutex_t lock;
	struct ioapic_out out;
	uint64_t entry[IOAPIC_PINS];
	uint32_t lines;			/* pins that are asserted now */
	uint8_t select, id;
	uint64_t vectors[4];
};

extern const struct bus_ops ioapic_ops;

void ioapic_init(struct ioapic *io, struct ioapic_out out);
void ioapic_set(void *ioapic, unsigned int pin, int level);
void ioapic_eoi(struct ioapic *io, unsigned int vector);

#endif
