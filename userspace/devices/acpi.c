// SPDX-License-Identifier: MIT
/*
 * RSDP -> XSDT -> { FADT -> { DSDT, FACS }, MADT }.
 *
 * What Linux learns from them and would otherwise search for at the cost of
 * many exits: there is no keyboard controller, no VGA and no 8259.
 */
#include <string.h>

#include "devices/acpi.h"
#include "devices/aml.h"
#include "devices/ioapic.h"
#include "devices/power.h"
#include "devices/uart.h"

#define SCI_IRQ		9
#define LAPIC_BASE	0xfee00000

#define HEADER_SIZE	36
#define RSDP_SIZE	36
#define FACS_SIZE	64
#define FADT_SIZE	276

#define FADT_WBINVD		(1U << 0)
#define FADT_PWR_BUTTON		(1U << 4)	/* no fixed-feature button */
#define FADT_SLP_BUTTON		(1U << 5)
#define FADT_RESET_REG_SUP	(1U << 10)
#define FADT_HEADLESS		(1U << 12)
#define BOOT_NO_VGA		(1U << 2)

struct out {
	uint8_t *buf;
	size_t room;
	size_t len;
	uint64_t gpa;
	int full;
};

static uint8_t *out_take(struct out *o, size_t size, size_t align)
{
	size_t at = (o->len + align - 1) & ~(align - 1);

	if (o->full || size > o->room || at > o->room - size) {
		o->full = 1;
		return NULL;
	}
	o->len = at + size;
	return memset(o->buf + at, 0, size);
}

static uint64_t out_gpa(const struct out *o, const uint8_t *p)
{
	return o->gpa + (p - o->buf);
}

static void put16(uint8_t *p, uint16_t v)
{
	memcpy(p, &v, 2);
}

static void put32(uint8_t *p, uint32_t v)
{
	memcpy(p, &v, 4);
}

static void put64(uint8_t *p, uint64_t v)
{
	memcpy(p, &v, 8);
}

static uint8_t checksum(const uint8_t *p, size_t n)
{
	uint8_t sum = 0;

	while (n--)
		sum += *p++;
	return -sum;
}

static void header(uint8_t *p, const char *signature, uint32_t size, uint8_t revision)
{
	memcpy(p, signature, 4);
	put32(p + 4, size);
	p[8] = revision;
	memcpy(p + 10, "AXVCPU", 6);
	memcpy(p + 16, "AXVCPUVM", 8);
	put32(p + 24, 1);
	memcpy(p + 28, "AXVC", 4);
	put32(p + 32, 1);
	p[9] = 0;
	p[9] = checksum(p, size);
}

/* Generic address of a port. */
static void port_gas(uint8_t *p, uint16_t port, uint8_t bits)
{
	p[0] = 1;
	p[1] = bits;
	p[3] = bits / 8 == 4 ? 3 : bits / 8;
	put64(p + 4, port);
}

/*
 * Device(COM1): without an 8259, Linux knows the pin of the UART only from
 * here.
 */
static void dsdt_uart(struct aml *a)
{
	static const uint8_t io[] = {
		0x47, 0x01, UART_PORT & 0xff, UART_PORT >> 8,
		UART_PORT & 0xff, UART_PORT >> 8, 1, UART_PORTS,
	};
	/* Extended interrupt: consumer, edge, active high, exclusive. */
	static const uint8_t irq[] = { 0x89, 6, 0, 0x03, 1, UART_IRQ, 0, 0, 0 };
	static const uint8_t end[] = { 0x79, 0 };
	size_t device, buffer;

	aml_bytes(a, "\x5b\x82", 2);
	device = aml_begin(a);
	aml_bytes(a, "COM1", 4);
	aml_name(a, "_HID");
	aml_eisaid(a, "PNP0501");
	aml_name(a, "_UID");
	aml_int(a, 0);
	aml_name(a, "_STA");
	aml_int(a, 0x0f);
	aml_name(a, "_CRS");
	aml_byte(a, 0x11);
	buffer = aml_begin(a);
	aml_int(a, sizeof(io) + sizeof(irq) + sizeof(end));
	aml_bytes(a, io, sizeof(io));
	aml_bytes(a, irq, sizeof(irq));
	aml_bytes(a, end, sizeof(end));
	aml_end(a, buffer);
	aml_end(a, device);
}

static void dsdt_body(struct aml *a)
{
	size_t scope, package;
	int i;

	aml_byte(a, 0x10);
	scope = aml_begin(a);
	aml_bytes(a, "\\_SB_", 5);
	dsdt_uart(a);
	aml_end(a, scope);

	/* Sleep type 0: power-off is the value 0x2000 in PM1a control. */
	aml_name(a, "_S5_");
	aml_byte(a, 0x12);
	package = aml_begin(a);
	aml_byte(a, 4);
	for (i = 0; i < 4; i++)
		aml_int(a, 0);
	aml_end(a, package);
}

static uint8_t *build_dsdt(struct out *o)
{
	uint8_t body[256];
	struct aml a = { body, sizeof(body), 0 };
	uint8_t *p;

	dsdt_body(&a);
	p = out_take(o, HEADER_SIZE + a.len, 16);
	if (!p || a.len > a.room)
		return NULL;
	memcpy(p + HEADER_SIZE, body, a.len);
	header(p, "DSDT", HEADER_SIZE + a.len, 2);
	return p;
}

static uint8_t *build_facs(struct out *o)
{
	uint8_t *p = out_take(o, FACS_SIZE, 64);

	if (!p)
		return NULL;
	memcpy(p, "FACS", 4);
	put32(p + 4, FACS_SIZE);
	p[32] = 2;
	return p;
}

static uint8_t *build_fadt(struct out *o, const uint8_t *facs, const uint8_t *dsdt)
{
	uint8_t *p = out_take(o, FADT_SIZE, 16);

	if (!p || !facs || !dsdt)
		return NULL;
	put32(p + 36, out_gpa(o, facs));
	put32(p + 40, out_gpa(o, dsdt));
	put16(p + 46, SCI_IRQ);
	put32(p + 56, PM1_PORT);
	put32(p + 64, PM1_PORT + 4);
	p[88] = 4;				/* bytes of PM1 status and enable */
	p[89] = 2;				/* bytes of PM1 control */
	put16(p + 96, 0x0fff);			/* C2 and C3 are not supported */
	put16(p + 98, 0x0fff);
	p[108] = 0x32;				/* century in the CMOS memory */
	put16(p + 109, BOOT_NO_VGA);
	put32(p + 112, FADT_WBINVD | FADT_PWR_BUTTON | FADT_SLP_BUTTON |
		       FADT_RESET_REG_SUP | FADT_HEADLESS);
	port_gas(p + 116, RESET_PORT, 8);
	p[128] = RESET_VALUE;
	p[131] = 3;				/* minor revision: ACPI 6.3 */
	put64(p + 140, out_gpa(o, dsdt));
	port_gas(p + 148, PM1_PORT, 32);
	port_gas(p + 172, PM1_PORT + 4, 16);
	memcpy(p + 268, "AXVCPU", 6);
	header(p, "FACP", FADT_SIZE, 6);
	return p;
}

static uint8_t *madt_cpu(uint8_t *p, unsigned int id)
{
	if (id < 255) {
		p[0] = 0;
		p[1] = 8;
		p[2] = id;
		p[3] = id;
		put32(p + 4, 1);
		return p + 8;
	}
	p[0] = 9;				/* x2APIC: the id does not fit above */
	p[1] = 16;
	put32(p + 4, id);
	put32(p + 8, 1);
	put32(p + 12, id);
	return p + 16;
}

static uint8_t *build_madt(struct out *o, unsigned int nr_cpus)
{
	static const uint8_t lint1_nmi[] = { 4, 6, 0xff, 0, 0, 1 };
	static const uint8_t sci[] = { 2, 10, 0, SCI_IRQ, SCI_IRQ, 0, 0, 0, 0x0d, 0 };
	unsigned int wide = nr_cpus > 255 ? nr_cpus - 255 : 0, id;
	size_t size = HEADER_SIZE + 8 + (nr_cpus - wide) * 8 + wide * 16 + 12 +
		      sizeof(sci) + sizeof(lint1_nmi);
	uint8_t *table = out_take(o, size, 16), *p;

	if (!table)
		return NULL;
	put32(table + 36, LAPIC_BASE);
	/* No PCAT_COMPAT flag: there is no 8259. */
	p = table + HEADER_SIZE + 8;
	for (id = 0; id < nr_cpus; id++)
		p = madt_cpu(p, id);
	p[0] = 1;
	p[1] = 12;
	put32(p + 4, IOAPIC_BASE);
	memcpy(p + 12, sci, sizeof(sci));
	memcpy(p + 12 + sizeof(sci), lint1_nmi, sizeof(lint1_nmi));
	header(table, "APIC", size, 4);
	return table;
}

size_t acpi_build(uint8_t *buf, size_t room, uint64_t gpa, unsigned int nr_cpus)
{
	struct out o = { .buf = buf, .room = room, .gpa = gpa };
	uint8_t *rsdp = out_take(&o, RSDP_SIZE, 16);
	uint8_t *xsdt = out_take(&o, HEADER_SIZE + 2 * 8, 16);
	uint8_t *facs = build_facs(&o);
	uint8_t *dsdt = build_dsdt(&o);
	uint8_t *fadt = build_fadt(&o, facs, dsdt);
	uint8_t *madt = build_madt(&o, nr_cpus);

	if (o.full)
		return 0;
	put64(xsdt + HEADER_SIZE, out_gpa(&o, fadt));
	put64(xsdt + HEADER_SIZE + 8, out_gpa(&o, madt));
	header(xsdt, "XSDT", HEADER_SIZE + 2 * 8, 1);

	memcpy(rsdp, "RSD PTR ", 8);
	memcpy(rsdp + 9, "AXVCPU", 6);
	rsdp[15] = 2;
	put32(rsdp + 20, RSDP_SIZE);
	put64(rsdp + 24, out_gpa(&o, xsdt));
	rsdp[8] = checksum(rsdp, 20);
	rsdp[32] = checksum(rsdp, RSDP_SIZE);
	return o.len;
}
