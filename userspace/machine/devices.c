// SPDX-License-Identifier: MIT
/* Which device sits at which address. */
#include "machine/machine.h"

static void send_msi(void *ctx, uint64_t address, uint32_t data)
{
	struct machine *m = ctx;

	/* Fails only for a message that no CPU is named by: hardware drops it too. */
	axvcpu_signal_msi(m->vm, address, data);
}

static void set_eoi_vectors(void *ctx, const uint64_t vectors[4])
{
	struct machine *m = ctx;

	axvcpu_eoi_vectors(m->vm, vectors);
}

static time_t now(void)
{
	return time(NULL);
}

static uint64_t now_ns(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return ts.tv_sec * 1000000000ULL + ts.tv_nsec;
}

static void no_pin(void *ctx, unsigned int pin, int level)
{
	(void)ctx;
	(void)pin;
	(void)level;
}

static void init_devices(struct machine *m)
{
	struct stop_sink stop = { machine_stop, m };
	struct byte_sink out = { console_put, &m->console };
	struct ioapic_out ioapic_out = { send_msi, set_eoi_vectors, m };
	struct irq_pin uart_pin = { ioapic_set, &m->ioapic, UART_IRQ };

	/* Without controllers a pin leads nowhere: such guests poll. */
	if (m->opt->no_irqchip)
		uart_pin.set = no_pin;
	ioapic_init(&m->ioapic, ioapic_out);
	uart_init(&m->uart, uart_pin, out, console_wake, &m->console);
	cmos_init(&m->cmos, m->mem.low_size, m->mem.high_size, now);
	pit_init(&m->pit, now_ns);
	power_init(&m->power, stop, out);
}

int machine_add_devices(struct machine *m, struct error *err)
{
	struct bus *p = &m->pio;
	int ret = 0;

	init_devices(m);
	ret |= bus_add(p, PIT_PORT, PIT_PORTS, &pit_ops, &m->pit);
	ret |= bus_add(p, PIT_GATE_PORT, 1, &pit_gate_ops, &m->pit);
	ret |= bus_add(p, KBD_PORT, 1, &kbd_ops, &m->power);
	ret |= bus_add(p, CMOS_PORT, CMOS_PORTS, &cmos_ops, &m->cmos);
	ret |= bus_add(p, DEBUG_CON_PORT, 1, &debug_con_ops, &m->power);
	if (m->opt->debug_exit)
		ret |= bus_add(p, DEBUG_EXIT_PORT, 4, &debug_exit_ops, &m->power);
	ret |= bus_add(p, UART_PORT, UART_PORTS, &uart_ops, &m->uart);
	ret |= bus_add(p, PM1_PORT, PM1_PORTS, &pm1_ops, &m->power);
	ret |= bus_add(p, RESET_PORT, 1, &reset_ops, &m->power);
	if (!m->opt->no_irqchip)
		ret |= bus_add(&m->mmio, IOAPIC_BASE, IOAPIC_SIZE, &ioapic_ops, &m->ioapic);
	if (ret)
		return error_set(err, STATUS_HOST, "devices overlap");
	return 0;
}
