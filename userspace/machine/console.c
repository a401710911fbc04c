// SPDX-License-Identifier: MIT
#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include "machine/console.h"
#include "machine/error.h"
#include "machine/tty.h"

#define CTRL_A		0x01
#define FLUSH_MS	2

static int is_stopping(const struct console *c)
{
	return __atomic_load_n(c->stopping, __ATOMIC_ACQUIRE);
}

/* Wait for room with an eye on the end: a reader may have gone to sleep. */
static int writable(const struct console *c)
{
	struct pollfd p = { .fd = STDOUT_FILENO, .events = POLLOUT };

	while (poll(&p, 1, 200) <= 0)
		if (is_stopping(c))
			return 0;
	return 1;
}

static void write_out(struct console *c)
{
	unsigned int at = 0;

	while (at < c->out_len && !c->out_dead && writable(c)) {
		ssize_t n = write(STDOUT_FILENO, c->out + at, c->out_len - at);

		if (n > 0)
			at += n;
		else if (n < 0 && errno != EINTR && errno != EAGAIN)
			c->out_dead = 1;	/* the guest goes on without it */
	}
	c->out_len = 0;
}

void console_wake(void *console)
{
	struct console *c = console;
	uint64_t one = 1;

	while (write(c->wake_fd, &one, sizeof(one)) < 0 && errno == EINTR)
		;
}

void console_put(void *console, uint8_t byte)
{
	struct console *c = console;
	int wake = 0;

	pthread_mutex_lock(&c->lock);
	c->out[c->out_len++] = byte;
	if (byte == '\n' || c->out_len == sizeof(c->out)) {
		write_out(c);
	} else if (!c->flush_due) {
		/* The rest of the line mostly follows at once: write it together. */
		c->flush_due = 1;
		wake = 1;
	}
	pthread_mutex_unlock(&c->lock);
	if (wake)
		console_wake(c);
}

void console_flush(struct console *c)
{
	pthread_mutex_lock(&c->lock);
	write_out(c);
	pthread_mutex_unlock(&c->lock);
}

/* The I/O loop must keep reading keys while a vCPU waits for the terminal. */
static void try_flush(struct console *c)
{
	if (pthread_mutex_trylock(&c->lock))
		return;
	c->flush_due = 0;
	write_out(c);
	pthread_mutex_unlock(&c->lock);
}

static int flush_due(struct console *c)
{
	int due = 1;

	if (!pthread_mutex_trylock(&c->lock)) {
		due = c->flush_due;
		pthread_mutex_unlock(&c->lock);
	}
	return due;
}

static void queue_key(struct console *c, uint8_t key)
{
	if (c->in_count == sizeof(c->in))
		return;
	c->in[(c->in_head + c->in_count++) % sizeof(c->in)] = key;
}

static void print_help(void)
{
	fputs("\nCtrl-a x  quit\nCtrl-a h  this help\nCtrl-a Ctrl-a  send Ctrl-a to the guest\n",
	      stderr);
}

static void escape_key(struct console *c, uint8_t key)
{
	c->escape = 0;
	switch (key) {
	case 'x':
	case 'X':
		c->stop.request(c->stop.ctx, STATUS_OK, "quit");
		break;
	case 'h':
	case 'H':
	case '?':
		print_help();
		break;
	case CTRL_A:
	case 'a':
		queue_key(c, CTRL_A);
		break;
	}
}

void console_keys(struct console *c, const uint8_t *keys, unsigned int n)
{
	for (; n; n--, keys++) {
		if (!c->is_tty)
			queue_key(c, *keys);
		else if (c->escape)
			escape_key(c, *keys);
		else if (*keys == CTRL_A)
			c->escape = 1;
		else
			queue_key(c, *keys);
	}
}

static void read_keys(struct console *c)
{
	unsigned int room = sizeof(c->in) - c->in_count;
	uint8_t keys[256];
	ssize_t n;

	/* A terminal is read even when the queue is full: Ctrl-a x must work. */
	if (c->is_tty || room > sizeof(keys))
		room = sizeof(keys);
	n = read(STDIN_FILENO, keys, room);
	if (n > 0)
		console_keys(c, keys, n);
	else if (n == 0 || (errno != EINTR && errno != EAGAIN))
		c->in_eof = 1;
}

static void feed_guest(struct console *c)
{
	uint8_t bytes[UART_FIFO];
	unsigned int room, n;

	while (c->in_count && (room = uart_rx_room(c->uart)) != 0) {
		for (n = 0; n < room && n < UART_FIFO && c->in_count; n++) {
			bytes[n] = c->in[c->in_head];
			c->in_head = (c->in_head + 1) % sizeof(c->in);
			c->in_count--;
		}
		uart_rx(c->uart, bytes, n);
	}
}

static void drain_wakes(struct console *c)
{
	uint64_t n;

	if (read(c->wake_fd, &n, sizeof(n)) < 0)
		return;			/* nothing was there: no matter */
}

void console_loop(struct console *c)
{
	while (!is_stopping(c)) {
		int want_input = !c->in_eof && (c->is_tty || c->in_count < sizeof(c->in));
		struct pollfd p[2] = {
			{ .fd = c->wake_fd, .events = POLLIN },
			{ .fd = want_input ? STDIN_FILENO : -1, .events = POLLIN },
		};
		int due = flush_due(c);
		int n = poll(p, 2, due ? FLUSH_MS : -1);

		if (n == 0 && due)
			try_flush(c);
		if (n <= 0)
			continue;
		if (p[0].revents)
			drain_wakes(c);
		if (p[1].revents)
			read_keys(c);
		feed_guest(c);
	}
}

int console_init(struct console *c, struct uart *uart, struct stop_sink stop,
		 const int *stopping)
{
	memset(c, 0, sizeof(*c));
	pthread_mutex_init(&c->lock, NULL);
	c->uart = uart;
	c->stop = stop;
	c->stopping = stopping;
	c->is_tty = tty_usable();
	c->in_eof = isatty(STDIN_FILENO) && !c->is_tty;
	c->wake_fd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
	return c->wake_fd < 0 ? -1 : 0;
}

void console_destroy(struct console *c)
{
	if (c->wake_fd >= 0)
		close(c->wake_fd);
	pthread_mutex_destroy(&c->lock);
}
