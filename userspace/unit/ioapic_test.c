// SPDX-License-Identifier: MIT
#include <string.h>

#include "devices/ioapic.h"
#include "unit/tap.h"

static struct ioapic io;
static unsigned int messages, updates;
static uint64_t last_address, vectors[4];
static uint32_t last_data;

static void on_msi(void *ctx, uint64_t address, uint32_t data)
{
	(void)ctx;
	messages++;
	last_address = address;
	last_data = data;
}

static void on_vectors(void *ctx, const uint64_t v[4])
{
	(void)ctx;
	updates++;
	memcpy(vectors, v, sizeof(vectors));
}

static void fresh(void)
{
	messages = updates = 0;
	memset(vectors, 0, sizeof(vectors));
	ioapic_init(&io, (struct ioapic_out){ on_msi, on_vectors, NULL });
}

static void reg_write(uint8_t reg, uint32_t value)
{
	ioapic_ops.write(&io, 0x00, 4, reg);
	ioapic_ops.write(&io, 0x10, 4, value);
}

static uint32_t reg_read(uint8_t reg)
{
	ioapic_ops.write(&io, 0x00, 4, reg);
	return ioapic_ops.read(&io, 0x10, 4);
}

static void set_pin(unsigned int pin, uint32_t low, uint32_t high)
{
	reg_write(0x11 + 2 * pin, high);
	reg_write(0x10 + 2 * pin, low);
}

static void version_names_24_pins(void)
{
	fresh();
	CHECK_EQ(reg_read(1), 0x00170020);
	CHECK_EQ(reg_read(0x10), 0x00010000);
	CHECK_EQ(reg_read(0xff), 0);
	reg_write(0, 0x05000000);
	CHECK_EQ(reg_read(0), 0x05000000);
}

static void edge_goes_out_once_per_rise(void)
{
	fresh();
	set_pin(4, 0x31, 0x02000000);
	ioapic_set(&io, 4, 1);
	CHECK_EQ(messages, 1);
	CHECK_EQ(last_address, 0xfee02000);
	CHECK_EQ(last_data, 0x4031);
	ioapic_set(&io, 4, 1);
	CHECK_EQ(messages, 1);
	ioapic_set(&io, 4, 0);
	ioapic_set(&io, 4, 1);
	CHECK_EQ(messages, 2);
	CHECK_EQ(updates, 0);
}

static void masked_edge_is_lost(void)
{
	fresh();
	set_pin(4, 0x10031, 0);
	ioapic_set(&io, 4, 1);
	set_pin(4, 0x00031, 0);
	CHECK_EQ(messages, 0);
}

static void level_waits_for_eoi_and_comes_again(void)
{
	fresh();
	set_pin(9, 0x8041, 0);
	CHECK_EQ(updates, 1);
	CHECK_EQ(vectors[1], 1ULL << 1);
	ioapic_set(&io, 9, 1);
	CHECK_EQ(messages, 1);
	CHECK_EQ(last_data, 0xc041);
	CHECK_EQ(reg_read(0x22), 0xc041);	/* remote IRR */
	ioapic_set(&io, 9, 0);
	ioapic_set(&io, 9, 1);
	CHECK_EQ(messages, 1);
	ioapic_eoi(&io, 0x41);
	CHECK_EQ(messages, 2);
	ioapic_set(&io, 9, 0);
	ioapic_eoi(&io, 0x41);
	CHECK_EQ(messages, 2);
	CHECK_EQ(reg_read(0x22), 0x8041);
	ioapic_eoi(&io, 0x41);
	CHECK_EQ(messages, 2);
}

static void level_that_was_masked_goes_out_when_unmasked(void)
{
	fresh();
	set_pin(9, 0x18041, 0);
	ioapic_set(&io, 9, 1);
	CHECK_EQ(messages, 0);
	set_pin(9, 0x08041, 0);
	CHECK_EQ(messages, 1);
	/* Masked in service: its EOI must still be seen. */
	set_pin(9, 0x18041, 0);
	CHECK_EQ(vectors[1], 1ULL << 1);
	ioapic_eoi(&io, 0x41);
	CHECK_EQ(messages, 1);
	CHECK_EQ(vectors[1], 0);
}

static void eoi_register_works(void)
{
	fresh();
	set_pin(9, 0x8041, 0);
	ioapic_set(&io, 9, 1);
	ioapic_ops.write(&io, 0x40, 4, 0x41);
	CHECK_EQ(messages, 2);
}

static void turn_to_edge_clears_remote_irr(void)
{
	fresh();
	set_pin(9, 0x8041, 0);
	ioapic_set(&io, 9, 1);
	set_pin(9, 0x10041, 0);
	CHECK_EQ(reg_read(0x22), 0x10041);
}

static void logical_destination_and_mode_reach_the_message(void)
{
	fresh();
	set_pin(3, 0x0952, 0x83000000);		/* lowest priority, logical */
	ioapic_set(&io, 3, 1);
	CHECK_EQ(last_address, 0xfee83004);
	CHECK_EQ(last_data, 0x4152);
}

static const struct test tests[] = {
	{ "version names 24 pins", version_names_24_pins },
	{ "edge goes out once per rise", edge_goes_out_once_per_rise },
	{ "masked edge is lost", masked_edge_is_lost },
	{ "level waits for EOI and comes again", level_waits_for_eoi_and_comes_again },
	{ "level that was masked goes out when unmasked", level_that_was_masked_goes_out_when_unmasked },
	{ "EOI register works", eoi_register_works },
	{ "turn to edge clears remote IRR", turn_to_edge_clears_remote_irr },
	{ "logical destination and mode reach the message", logical_destination_and_mode_reach_the_message },
};

TAP_MAIN(tests)
