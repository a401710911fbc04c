/* SPDX-License-Identifier: MIT */
/* What a device model may ask of the machine around it. */
#ifndef AXVCPU_DEVICES_DEVICE_H
#define AXVCPU_DEVICES_DEVICE_H

#include <stdint.h>

/* One input of the interrupt controller. */
struct irq_pin {
	void (*set)(void *ctx, unsigned int pin, int level);
	void *ctx;
	unsigned int pin;
};

/* The end of the machine; the first request counts. */
struct stop_sink {
	void (*request)(void *ctx, int status, const char *why);
	void *ctx;
};

/* Bytes to the console. */
struct byte_sink {
	void (*put)(void *ctx, uint8_t byte);
	void *ctx;
};

#endif
