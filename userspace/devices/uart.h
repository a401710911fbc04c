/* SPDX-License-Identifier: MIT */
/* 16550A UART with FIFOs. */
#ifndef AXVCPU_DEVICES_UART_H
#define AXVCPU_DEVICES_UART_H

#include <pthread.h>
#include <stdint.h>

#include "devices/device.h"
#include "machine/bus.h"

#define UART_PORT	0x3f8
#define UART_PORTS	8
#define UART_IRQ	4
#define UART_FIFO	16

struct uart {
	pthread_mutex_t lock;		/* everything below but the sinks */
	struct irq_pin irq;
	struct byte_sink tx;
	void (*room)(void *ctx);	/* rx_room() would give more than it last did */
	void *room_ctx;
	uint8_t ier, lcr, mcr, fcr, scr, dll, dlm, lsr_errors;
	uint8_t fifo[UART_FIFO];
	unsigned int head, count;
	unsigned int idle_polls;	/* reads of LSR since anything else happened */
	int thre_pending;
	int starved;
	int irq_level;
};

extern const struct bus_ops uart_ops;

void uart_init(struct uart *u, struct irq_pin irq, struct byte_sink tx,
	       void (*room)(void *ctx), void *room_ctx);
/*
 * Bytes that the guest is ready to take now. None before the guest listens,
 * since its driver empties the FIFO when it starts and input would be lost.
 */
unsigned int uart_rx_room(struct uart *u);
void uart_rx(struct uart *u, const uint8_t *bytes, unsigned int n);

#endif
