// SPDX-License-Identifier: MIT
#include <string.h>

#include "devices/ioapic.h"

/* Registers and bits as in the data sheet of the 82093AA. */
#define IOREGSEL	0x00
#define IOWIN		0x10
#define IOEOIR		0x40	/* version 0x20 has it */
#define REG_ID		0x00
#define REG_VERSION	0x01
#define REG_ARB		0x02
#define REG_TABLE	0x10
#define VERSION		(0x20 | (IOAPIC_PINS - 1) << 16)

#define ENTRY_VECTOR	0xffULL
#define ENTRY_MODE	(7ULL << 8)
#define ENTRY_LOGICAL	(1ULL << 11)
#define ENTRY_STATUS	(1ULL << 12)
#define ENTRY_IRR	(1ULL << 14)
#define ENTRY_LEVEL	(1ULL << 15)
#define ENTRY_MASKED	(1ULL << 16)
#define ENTRY_READONLY	(ENTRY_STATUS | ENTRY_IRR)
#define ENTRY_RESERVED	0x00fffffffffe0000ULL

#define MSI_BASE	0xfee00000ULL
#define MSI_ASSERT	(1U << 14)

static void deliver(struct ioapic *io, unsigned int pin)
{
	uint64_t e = io->entry[pin];
	uint64_t address = MSI_BASE | (e >> 56) << 12 | (e & ENTRY_LOGICAL ? 1 << 2 : 0);
	uint32_t data = (e & (ENTRY_VECTOR | ENTRY_MODE)) | MSI_ASSERT;

	if (e & ENTRY_LEVEL) {
		if (e & ENTRY_IRR)
			return;		/* still in service: its EOI looks again */
		io->entry[pin] |= ENTRY_IRR;
		data |= ENTRY_LEVEL;
	}
	io->out.msi(io->out.ctx, address, data);
}

/* A level that is on and allowed goes out; an edge went out when it came. */
static void look_again(struct ioapic *io, unsigned int pin)
{
	uint64_t e = io->entry[pin];

	if ((e & ENTRY_LEVEL) && !(e & ENTRY_MASKED) && (io->lines & (1U << pin)))
		deliver(io, pin);
}

static void update_vectors(struct ioapic *io)
{
	uint64_t vectors[4] = { 0 };
	unsigned int pin;

	for (pin = 0; pin < IOAPIC_PINS; pin++) {
		uint64_t e = io->entry[pin];
		uint8_t v = e & ENTRY_VECTOR;

		if ((e & ENTRY_LEVEL) && (!(e & ENTRY_MASKED) || (e & ENTRY_IRR)))
			vectors[v / 64] |= 1ULL << (v % 64);
	}
	if (!memcmp(vectors, io->vectors, sizeof(vectors)))
		return;
	memcpy(io->vectors, vectors, sizeof(vectors));
	io->out.eoi_vectors(io->out.ctx, vectors);
}

static void end_of_interrupt(struct ioapic *io, unsigned int vector)
{
	unsigned int pin;

	for (pin = 0; pin < IOAPIC_PINS; pin++) {
		if ((io->entry[pin] & ENTRY_VECTOR) != vector ||
		    !(io->entry[pin] & ENTRY_IRR))
			continue;
		io->entry[pin] &= ~ENTRY_IRR;
		look_again(io, pin);
	}
	update_vectors(io);
}

static void write_entry(struct ioapic *io, unsigned int index, uint32_t value)
{
	unsigned int pin = index / 2, shift = index % 2 * 32;
	uint64_t old = io->entry[pin], e;

	e = (old & ~(0xffffffffULL << shift)) | (uint64_t)value << shift;
	e = (e & ~(ENTRY_READONLY | ENTRY_RESERVED)) | (old & ENTRY_READONLY);
	/* Drivers clear a stuck remote IRR by a turn to edge and back. */
	if (!(e & ENTRY_LEVEL))
		e &= ~ENTRY_IRR;
	io->entry[pin] = e;
	/* The vectors first: this interrupt's EOI must not go unseen. */
	update_vectors(io);
	look_again(io, pin);
}

static void write_window(struct ioapic *io, uint32_t value)
{
	if (io->select == REG_ID)
		io->id = value >> 24 & 0xf;
	else if (io->select >= REG_TABLE && io->select < REG_TABLE + 2 * IOAPIC_PINS)
		write_entry(io, io->select - REG_TABLE, value);
}

static uint32_t read_window(const struct ioapic *io)
{
	unsigned int index;

	switch (io->select) {
	case REG_ID:
	case REG_ARB:
		return (uint32_t)io->id << 24;
	case REG_VERSION:
		return VERSION;
	}
	if (io->select < REG_TABLE || io->select >= REG_TABLE + 2 * IOAPIC_PINS)
		return 0;
	index = io->select - REG_TABLE;
	return io->entry[index / 2] >> (index % 2 * 32);
}

static uint64_t ioapic_read(void *dev, uint64_t offset, unsigned int width)
{
	struct ioapic *io = dev;
	uint32_t value = 0;

	(void)width;
	pthread_mutex_lock(&io->lock);
	if (offset == IOREGSEL)
		value = io->select;
	else if (offset == IOWIN)
		value = read_window(io);
	pthread_mutex_unlock(&io->lock);
	return value;
}

static void ioapic_write(void *dev, uint64_t offset, unsigned int width, uint64_t value)
{
	struct ioapic *io = dev;

	(void)width;
	pthread_mutex_lock(&io->lock);
	if (offset == IOREGSEL)
		io->select = value;
	else if (offset == IOWIN)
		write_window(io, value);
	else if (offset == IOEOIR)
		end_of_interrupt(io, value & ENTRY_VECTOR);
	pthread_mutex_unlock(&io->lock);
}

void ioapic_set(void *ioapic, unsigned int pin, int level)
{
	struct ioapic *io = ioapic;
	uint32_t bit = 1U << pin;

	pthread_mutex_lock(&io->lock);
	if (!level) {
		io->lines &= ~bit;
	} else if (!(io->lines & bit)) {
		io->lines |= bit;
		/* A masked edge is lost, as the data sheet says. */
		if (!(io->entry[pin] & ENTRY_MASKED))
			deliver(io, pin);
	}
	pthread_mutex_unlock(&io->lock);
}

void ioapic_eoi(struct ioapic *io, unsigned int vector)
{
	pthread_mutex_lock(&io->lock);
	end_of_interrupt(io, vector);
	pthread_mutex_unlock(&io->lock);
}

void ioapic_init(struct ioapic *io, struct ioapic_out out)
{
	unsigned int pin;

	memset(io, 0, sizeof(*io));
	pthread_mutex_init(&io->lock, NULL);
	io->out = out;
	for (pin = 0; pin < IOAPIC_PINS; pin++)
		io->entry[pin] = ENTRY_MASKED;
}

const struct bus_ops ioapic_ops = { ioapic_read, ioapic_write, .max_width = 4 };
