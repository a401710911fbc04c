// SPDX-License-Identifier: MIT
/* What the machine does about each exit. */
#include <stdio.h>
#include <string.h>

#include "machine/machine.h"

#define GP_VECTOR	13

enum { GO_ON = 0, PARK = 1 };

typedef int (*exit_fn)(struct vcpu *v, const struct axvcpu_exit *e);

static int on_nothing(struct vcpu *v, const struct axvcpu_exit *e)
{
	(void)v;
	(void)e;
	return GO_ON;
}

/* With --strict an access that no device claims ends the machine. */
static void unclaimed(struct vcpu *v, const struct axvcpu_exit *e)
{
	char line[200], why[256];

	if (!v->m->opt->strict)
		return;
	axvcpu_exit_print(e, line, sizeof(line));
	snprintf(why, sizeof(why), "strict: nothing claims this access: %s", line);
	machine_stop(v->m, STATUS_STRICT, why);
}

static int on_hypercall(struct vcpu *v, const struct axvcpu_exit *e)
{
	unclaimed(v, e);
	v->run->value = ~0ULL;
	return GO_ON;
}

static int on_mmio_read(struct vcpu *v, const struct axvcpu_exit *e)
{
	uint64_t value;

	if (bus_read(&v->m->mmio, e->mmio.addr, e->mmio.width, &value))
		unclaimed(v, e);
	v->run->value = value;
	return GO_ON;
}

static int on_mmio_write(struct vcpu *v, const struct axvcpu_exit *e)
{
	if (bus_write(&v->m->mmio, e->mmio.addr, e->mmio.width, e->mmio.data))
		unclaimed(v, e);
	return GO_ON;
}

/* An MSR that does not exist faults, as on hardware. */
static int on_sysreg(struct vcpu *v, const struct axvcpu_exit *e)
{
	const struct axvcpu_event gp = {
		.type = AXVCPU_EVENT_EXCEPTION,
		.flags = AXVCPU_EVENT_ERROR_CODE,
		.vector = GP_VECTOR,
	};
	int ret;

	unclaimed(v, e);
	ret = axvcpu_inject(v->fd, &gp);
	if (ret < 0)
		machine_stop(v->m, STATUS_HOST, "INJECT failed");
	return GO_ON;
}

static uint8_t *string_item(struct vcpu *v, const struct axvcpu_exit *e, uint32_t i)
{
	return (uint8_t *)v->run + e->io.data_offset + (size_t)i * e->io.width;
}

static int on_io_read(struct vcpu *v, const struct axvcpu_exit *e)
{
	uint64_t value;
	uint32_t i;

	for (i = 0; i < e->io.count && !machine_is_stopping(v->m); i++) {
		if (bus_read(&v->m->pio, e->io.port, e->io.width, &value))
			unclaimed(v, e);
		if (e->io.string)
			memcpy(string_item(v, e, i), &value, e->io.width);
		else
			v->run->value = value;
	}
	return GO_ON;
}

static int on_io_write(struct vcpu *v, const struct axvcpu_exit *e)
{
	uint32_t i;

	for (i = 0; i < e->io.count && !machine_is_stopping(v->m); i++) {
		uint64_t value = e->io.data;

		if (e->io.string) {
			value = 0;
			memcpy(&value, string_item(v, e, i), e->io.width);
		}
		if (bus_write(&v->m->pio, e->io.port, e->io.width, value))
			unclaimed(v, e);
	}
	return GO_ON;
}

static int on_park(struct vcpu *v, const struct axvcpu_exit *e)
{
	(void)v;
	(void)e;
	return PARK;
}

static int on_cpu_up(struct vcpu *v, const struct axvcpu_exit *e)
{
	vcpu_start(v->m, e->cpu_up.target_cpu, e->cpu_up.entry_point);
	return GO_ON;
}

static int on_system_down(struct vcpu *v, const struct axvcpu_exit *e)
{
	(void)e;
	machine_stop(v->m, STATUS_OK, "guest powered off");
	return GO_ON;
}

static int on_system_reset(struct vcpu *v, const struct axvcpu_exit *e)
{
	(void)e;
	machine_stop(v->m, STATUS_RESET, "guest asked for a reset");
	return GO_ON;
}

static int on_eoi(struct vcpu *v, const struct axvcpu_exit *e)
{
	if (e->eoi.vector < 256)
		ioapic_eoi(&v->m->ioapic, e->eoi.vector);
	return GO_ON;
}

static int die(struct vcpu *v, const char *what)
{
	report_death(v, what);
	machine_stop(v->m, STATUS_DIED, what);
	return GO_ON;
}

static int on_shutdown(struct vcpu *v, const struct axvcpu_exit *e)
{
	(void)e;
	return die(v, "triple fault");
}

static int on_fail_entry(struct vcpu *v, const struct axvcpu_exit *e)
{
	(void)e;
	return die(v, "the hardware refused to enter the guest");
}

static int on_page_fault(struct vcpu *v, const struct axvcpu_exit *e)
{
	if (e->fault.access & AXVCPU_ACCESS_X)
		return die(v, "the guest runs where no memory is");
	return die(v, "access to an absent address by an instruction that is not emulated");
}

static int on_unexpected(struct vcpu *v, const struct axvcpu_exit *e)
{
	(void)e;
	return die(v, "an exit that this launcher does not handle");
}

static const exit_fn on_exit_reason[AXVCPU_EXIT_NR] = {
	[AXVCPU_EXIT_NOTHING]		 = on_nothing,
	[AXVCPU_EXIT_HYPERCALL]		 = on_hypercall,
	[AXVCPU_EXIT_MMIO_READ]		 = on_mmio_read,
	[AXVCPU_EXIT_MMIO_WRITE]	 = on_mmio_write,
	[AXVCPU_EXIT_SYSREG_READ]	 = on_sysreg,
	[AXVCPU_EXIT_SYSREG_WRITE]	 = on_sysreg,
	[AXVCPU_EXIT_IO_READ]		 = on_io_read,
	[AXVCPU_EXIT_IO_WRITE]		 = on_io_write,
	[AXVCPU_EXIT_EXTERNAL_INTERRUPT] = on_nothing,
	[AXVCPU_EXIT_NESTED_PAGE_FAULT]	 = on_page_fault,
	[AXVCPU_EXIT_HALT]		 = on_park,
	[AXVCPU_EXIT_CPU_UP]		 = on_cpu_up,
	[AXVCPU_EXIT_CPU_DOWN]		 = on_park,
	[AXVCPU_EXIT_SYSTEM_DOWN]	 = on_system_down,
	[AXVCPU_EXIT_FAIL_ENTRY]	 = on_fail_entry,
	[AXVCPU_EXIT_SYSTEM_RESET]	 = on_system_reset,
	[AXVCPU_EXIT_SHUTDOWN]		 = on_shutdown,
	[AXVCPU_EXIT_IRQ_WINDOW]	 = on_nothing,
	[AXVCPU_EXIT_EOI]		 = on_eoi,
};

int vcpu_handle_exit(struct vcpu *v)
{
	const struct axvcpu_exit *e = &v->run->exit;
	exit_fn fn = e->reason < AXVCPU_EXIT_NR ? on_exit_reason[e->reason] : NULL;

	return fn ? fn(v, e) : on_unexpected(v, e);
}
