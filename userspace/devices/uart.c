// SPDX-License-Identifier: MIT
#include <string.h>

#include "devices/uart.h"

/* Registers and bits as in the data sheet of the PC16550D. */
enum { RBR_THR_DLL, IER_DLM, IIR_FCR, LCR, MCR, LSR, MSR, SCR };

#define IER_RDI		0x01
#define IER_THRI	0x02
#define IER_RLSI	0x04
#define IER_ALL		0x0f
#define IIR_NONE	0x01
#define IIR_THRI	0x02
#define IIR_RDI		0x04
#define IIR_RLSI	0x06
#define IIR_TIMEOUT	0x0c
#define IIR_FIFOS	0xc0
#define FCR_ENABLE	0x01
#define FCR_CLEAR_RX	0x02
#define FCR_KEPT	0xc9
#define LCR_DLAB	0x80
#define MCR_LOOP	0x10
#define MCR_ALL		0x1f
#define LSR_DR		0x01
#define LSR_OE		0x02
#define LSR_THRE	0x20
#define LSR_TEMT	0x40
#define MSR_CTS		0x10
#define MSR_DSR		0x20
#define MSR_RI		0x40
#define MSR_DCD		0x80

/* A guest that only polls is believed to listen after so many reads of LSR. */
#define POLLS_LISTENING	16

static unsigned int capacity(const struct uart *u)
{
	return u->fcr & FCR_ENABLE ? UART_FIFO : 1;
}

static unsigned int trigger(const struct uart *u)
{
	static const uint8_t levels[4] = { 1, 4, 8, 14 };

	return u->fcr & FCR_ENABLE ? levels[u->fcr >> 6] : 1;
}

static uint8_t iir_cause(const struct uart *u)
{
	if ((u->ier & IER_RLSI) && u->lsr_errors)
		return IIR_RLSI;
	/* There is no wire, so a silence of four characters is always over. */
	if ((u->ier & IER_RDI) && u->count)
		return u->count >= trigger(u) ? IIR_RDI : IIR_TIMEOUT;
	if ((u->ier & IER_THRI) && u->thre_pending)
		return IIR_THRI;
	return IIR_NONE;
}

static void update_irq(struct uart *u)
{
	int level = iir_cause(u) != IIR_NONE;

	if (level == u->irq_level)
		return;
	u->irq_level = level;
	u->irq.set(u->irq.ctx, u->irq.pin, level);
}

static void fifo_push(struct uart *u, uint8_t byte)
{
	if (u->count >= capacity(u)) {
		u->lsr_errors |= LSR_OE;
		return;
	}
	u->fifo[(u->head + u->count++) % UART_FIFO] = byte;
}

static unsigned int listening_room(const struct uart *u)
{
	if (u->mcr & MCR_LOOP)
		return 0;
	if (!(u->ier & IER_RDI) && u->idle_polls < POLLS_LISTENING)
		return 0;
	return u->count < capacity(u) ? capacity(u) - u->count : 0;
}

static uint8_t read_rbr(struct uart *u)
{
	uint8_t byte = u->fifo[u->head];

	if (!u->count)
		return 0;
	u->head = (u->head + 1) % UART_FIFO;
	u->count--;
	return byte;
}

static uint8_t read_iir(struct uart *u)
{
	uint8_t cause = iir_cause(u);

	if (cause == IIR_THRI)
		u->thre_pending = 0;
	return cause | (u->fcr & FCR_ENABLE ? IIR_FIFOS : 0);
}

static uint8_t read_lsr(struct uart *u)
{
	uint8_t value = LSR_THRE | LSR_TEMT | u->lsr_errors | (u->count ? LSR_DR : 0);

	u->lsr_errors = 0;
	if (u->idle_polls < POLLS_LISTENING)
		u->idle_polls++;
	return value;
}

static uint8_t read_msr(const struct uart *u)
{
	if (!(u->mcr & MCR_LOOP))
		return MSR_DCD | MSR_DSR | MSR_CTS;
	/* Outputs are wired to inputs: DTR-DSR, RTS-CTS, OUT1-RI, OUT2-DCD. */
	return (u->mcr & 0x01 ? MSR_DSR : 0) | (u->mcr & 0x02 ? MSR_CTS : 0) |
	       (u->mcr & 0x04 ? MSR_RI : 0) | (u->mcr & 0x08 ? MSR_DCD : 0);
}

static uint8_t read_reg(struct uart *u, unsigned int reg)
{
	switch (reg) {
	case RBR_THR_DLL:
		return u->lcr & LCR_DLAB ? u->dll : read_rbr(u);
	case IER_DLM:
		return u->lcr & LCR_DLAB ? u->dlm : u->ier;
	case IIR_FCR:
		return read_iir(u);
	case LCR:
		return u->lcr;
	case MCR:
		return u->mcr;
	case LSR:
		return read_lsr(u);
	case MSR:
		return read_msr(u);
	default:
		return u->scr;
	}
}

static uint64_t uart_read(void *dev, uint64_t offset, unsigned int width)
{
	struct uart *u = dev;
	uint8_t value;
	int wake;

	(void)width;
	pthread_mutex_lock(&u->lock);
	value = read_reg(u, offset);
	update_irq(u);
	wake = u->starved && listening_room(u);
	if (wake)
		u->starved = 0;
	pthread_mutex_unlock(&u->lock);
	if (wake)
		u->room(u->room_ctx);
	return value;
}

static void write_thr(struct uart *u, uint8_t byte)
{
	u->idle_polls = 0;
	if (u->mcr & MCR_LOOP)
		fifo_push(u, byte);
	else
		u->tx.put(u->tx.ctx, byte);
	u->thre_pending = 1;
}

static void write_ier(struct uart *u, uint8_t value)
{
	value &= IER_ALL;
	/* Enabling it while the holding register is empty raises it at once. */
	if ((value & IER_THRI) && !(u->ier & IER_THRI))
		u->thre_pending = 1;
	u->ier = value;
}

static void write_fcr(struct uart *u, uint8_t value)
{
	if (((value ^ u->fcr) & FCR_ENABLE) || (value & FCR_CLEAR_RX))
		u->count = 0;
	u->fcr = value & FCR_ENABLE ? value & FCR_KEPT : 0;
}

static void write_reg(struct uart *u, unsigned int reg, uint8_t value)
{
	switch (reg) {
	case RBR_THR_DLL:
		if (u->lcr & LCR_DLAB)
			u->dll = value;
		else
			write_thr(u, value);
		break;
	case IER_DLM:
		if (u->lcr & LCR_DLAB)
			u->dlm = value;
		else
			write_ier(u, value);
		break;
	case IIR_FCR:
		write_fcr(u, value);
		break;
	case LCR:
		u->lcr = value;
		break;
	case MCR:
		u->mcr = value & MCR_ALL;
		break;
	case SCR:
		u->scr = value;
		break;
	}
}

static void uart_write(void *dev, uint64_t offset, unsigned int width, uint64_t value)
{
	struct uart *u = dev;
	int wake;

	(void)width;
	pthread_mutex_lock(&u->lock);
	write_reg(u, offset, value);
	update_irq(u);
	wake = u->starved && listening_room(u);
	if (wake)
		u->starved = 0;
	pthread_mutex_unlock(&u->lock);
	if (wake)
		u->room(u->room_ctx);
}

unsigned int uart_rx_room(struct uart *u)
{
	unsigned int room;

	pthread_mutex_lock(&u->lock);
	room = listening_room(u);
	u->starved = !room;
	pthread_mutex_unlock(&u->lock);
	return room;
}

void uart_rx(struct uart *u, const uint8_t *bytes, unsigned int n)
{
	pthread_mutex_lock(&u->lock);
	while (n--)
		fifo_push(u, *bytes++);
	update_irq(u);
	pthread_mutex_unlock(&u->lock);
}

void uart_init(struct uart *u, struct irq_pin irq, struct byte_sink tx,
	       void (*room)(void *ctx), void *room_ctx)
{
	memset(u, 0, sizeof(*u));
	pthread_mutex_init(&u->lock, NULL);
	u->irq = irq;
	u->tx = tx;
	u->room = room;
	u->room_ctx = room_ctx;
	u->dll = 0x0c;		/* 9600 baud, as firmware leaves it */
}

const struct bus_ops uart_ops = { uart_read, uart_write, .max_width = 1 };
