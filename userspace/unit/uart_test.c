// SPDX-License-Identifier: MIT
#include <string.h>

#include "devices/uart.h"
#include "unit/tap.h"

static struct uart u;
static char sent[64];
static int line;
static unsigned int edges, wakes;

static void on_irq(void *ctx, unsigned int pin, int level)
{
	(void)ctx;
	CHECK_EQ(pin, UART_IRQ);
	edges += level && !line;
	line = level;
}

static void on_tx(void *ctx, uint8_t byte)
{
	(void)ctx;
	sent[strlen(sent)] = byte;
}

static void on_room(void *ctx)
{
	(void)ctx;
	wakes++;
}

static void out(unsigned int reg, uint8_t value)
{
	uart_ops.write(&u, reg, 1, value);
}

static uint8_t in(unsigned int reg)
{
	return uart_ops.read(&u, reg, 1);
}

static void fresh(void)
{
	memset(sent, 0, sizeof(sent));
	line = 0;
	edges = wakes = 0;
	uart_init(&u, (struct irq_pin){ on_irq, NULL, UART_IRQ },
		  (struct byte_sink){ on_tx, NULL }, on_room, NULL);
}

static void transmit_is_immediate(void)
{
	fresh();
	CHECK_EQ(in(5), 0x60);
	out(0, 'h');
	out(0, 'i');
	CHECK_STR(sent, "hi");
	CHECK_EQ(in(5), 0x60);
	CHECK_EQ(edges, 0);
}

static void thr_interrupt_rises_on_enable_and_falls_on_iir(void)
{
	fresh();
	CHECK_EQ(in(2), 0x01);
	out(1, 0x02);
	CHECK_EQ(line, 1);
	CHECK_EQ(in(2), 0x02);
	CHECK_EQ(line, 0);
	CHECK_EQ(in(2), 0x01);
	out(0, 'x');
	CHECK_EQ(line, 1);
	CHECK_EQ(edges, 2);
}

static void nothing_is_fed_before_the_guest_listens(void)
{
	fresh();
	CHECK_EQ(uart_rx_room(&u), 0);
	out(1, 0x01);
	CHECK_EQ(wakes, 1);
	CHECK_EQ(uart_rx_room(&u), 1);
	out(2, 0x01);
	CHECK_EQ(uart_rx_room(&u), UART_FIFO);
}

static void a_polling_guest_is_heard(void)
{
	int i;

	fresh();
	CHECK_EQ(uart_rx_room(&u), 0);
	for (i = 0; i < 16; i++)
		CHECK_EQ(in(5), 0x60);
	CHECK_EQ(wakes, 1);
	CHECK_EQ(uart_rx_room(&u), 1);
	/* One that polls to transmit does not listen. */
	out(0, 'x');
	CHECK_EQ(uart_rx_room(&u), 0);
}

static void receive_fifo_keeps_order_and_interrupts(void)
{
	fresh();
	out(2, 0x81);		/* FIFO, trigger level 8 */
	out(1, 0x01);
	uart_rx(&u, (const uint8_t *)"abcdefgh", 8);
	CHECK_EQ(line, 1);
	CHECK_EQ(in(2), 0xc4);
	CHECK_EQ(in(5), 0x61);
	CHECK_EQ(in(0), 'a');
	CHECK_EQ(in(2), 0xcc);	/* below the level: time-out */
	CHECK_EQ(in(0), 'b');
	out(2, 0x83);		/* clear */
	CHECK_EQ(in(5), 0x60);
	CHECK_EQ(line, 0);
}

static void overrun_is_reported_once(void)
{
	fresh();
	out(1, 0x05);
	uart_rx(&u, (const uint8_t *)"ab", 2);
	CHECK_EQ(in(2), 0x06);
	CHECK_EQ(in(5), 0x63);
	CHECK_EQ(in(5), 0x61);
	CHECK_EQ(in(0), 'a');
}

static void loopback_is_silent_outside(void)
{
	fresh();
	out(4, 0x1a);
	CHECK_EQ(in(6), 0x90);	/* what Linux looks for: RTS and OUT2 */
	out(0, 'x');
	CHECK_STR(sent, "");
	CHECK_EQ(in(0), 'x');
	CHECK_EQ(uart_rx_room(&u), 0);
	out(4, 0x0b);
	CHECK_EQ(in(6), 0xb0);
}

static void divisor_and_scratch_are_kept(void)
{
	fresh();
	out(3, 0x83);
	out(0, 0x01);
	out(1, 0x02);
	CHECK_EQ(in(0), 0x01);
	CHECK_EQ(in(1), 0x02);
	out(3, 0x03);
	CHECK_EQ(in(1), 0x00);
	out(1, 0xf0);		/* reserved bits of IER read as 0: a 16550, not an XScale */
	CHECK_EQ(in(1), 0x00);
	out(7, 0x5a);
	CHECK_EQ(in(7), 0x5a);
	CHECK_STR(sent, "");
}

static const struct test tests[] = {
	{ "transmit is immediate", transmit_is_immediate },
	{ "THR interrupt rises on enable and falls on IIR", thr_interrupt_rises_on_enable_and_falls_on_iir },
	{ "nothing is fed before the guest listens", nothing_is_fed_before_the_guest_listens },
	{ "a polling guest is heard", a_polling_guest_is_heard },
	{ "receive FIFO keeps order and interrupts", receive_fifo_keeps_order_and_interrupts },
	{ "overrun is reported once", overrun_is_reported_once },
	{ "loopback is silent outside", loopback_is_silent_outside },
	{ "divisor and scratch are kept", divisor_and_scratch_are_kept },
};

TAP_MAIN(tests)
