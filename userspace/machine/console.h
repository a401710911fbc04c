/* SPDX-License-Identifier: MIT */
/* Between stdin, stdout and the UART. */
#ifndef AXVCPU_MACHINE_CONSOLE_H
#define AXVCPU_MACHINE_CONSOLE_H

#include <pthread.h>
#include <stdint.h>

#include "devices/device.h"
#include "devices/uart.h"

struct console {
	pthread_mutex_t lock;		/* the output */
	char out[512];
	unsigned int out_len;
	int flush_due;			/* the I/O loop knows that output waits */
	int out_dead;
	int wake_fd;
	int is_tty;
	int in_eof;
	int escape;			/* Ctrl-a was the last key */
	uint8_t in[4096];		/* ring: read, not yet taken by the guest */
	unsigned int in_head, in_count;
	const int *stopping;		/* not 0: the machine ends */
	struct uart *uart;
	struct stop_sink stop;
};

int console_init(struct console *c, struct uart *uart, struct stop_sink stop,
		 const int *stopping);
void console_destroy(struct console *c);

/* One byte from the guest; the context is the console. */
void console_put(void *console, uint8_t byte);
void console_flush(struct console *c);
/* Make console_loop() look at everything again; any thread. */
void console_wake(void *console);
/* Serve input and output until the machine stops. */
void console_loop(struct console *c);

/* Keys as the user types them; what is for the guest is queued. */
void console_keys(struct console *c, const uint8_t *keys, unsigned int n);

#endif
