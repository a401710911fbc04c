// SPDX-License-Identifier: MIT
#include <string.h>

#include "machine/bus.h"
#include "unit/tap.h"

struct probe {
	char log[128];
	uint64_t value;
};

static uint64_t probe_read(void *dev, uint64_t offset, unsigned int width)
{
	struct probe *p = dev;
	size_t n = strlen(p->log);

	p->log[n] = '0' + offset;
	p->log[n + 1] = 'a' + width;
	return p->value >> (8 * offset);
}

static void probe_write(void *dev, uint64_t offset, unsigned int width, uint64_t value)
{
	struct probe *p = dev;

	probe_read(dev, offset, width);
	p->value = value;
}

static const struct bus_ops bytes = { probe_read, probe_write, .max_width = 1 };
static const struct bus_ops dwords = { probe_read, probe_write, .max_width = 4 };

static void unclaimed_reads_all_ones(void)
{
	struct bus bus = { .nr = 0 };
	uint64_t v;

	CHECK_EQ(bus_read(&bus, 0x80, 2, &v), -1);
	CHECK_EQ(v, 0xffff);
	CHECK_EQ(bus_read(&bus, 0x80, 8, &v), -1);
	CHECK_EQ(v, ~0ULL);
	CHECK_EQ(bus_write(&bus, 0x80, 1, 0), -1);
}

static void overlap_is_refused(void)
{
	struct bus bus = { .nr = 0 };

	CHECK_EQ(bus_add(&bus, 0x10, 8, &bytes, NULL), 0);
	CHECK_EQ(bus_add(&bus, 0x17, 1, &bytes, NULL), -1);
	CHECK_EQ(bus_add(&bus, 0x0f, 2, &bytes, NULL), -1);
	CHECK_EQ(bus_add(&bus, 0x00, 0x40, &bytes, NULL), -1);
	CHECK_EQ(bus_add(&bus, 0x18, 1, &bytes, NULL), 0);
	CHECK_EQ(bus_add(&bus, 0x08, 8, &bytes, NULL), 0);
	CHECK_EQ(bus_add(&bus, ~0ULL, 2, &bytes, NULL), -1);
	CHECK_EQ(bus.ranges[0].start, 0x08);
	CHECK_EQ(bus.ranges[2].start, 0x18);
}

static void wide_access_is_split_for_a_byte_device(void)
{
	struct probe p = { .value = 0x44332211 };
	struct bus bus = { .nr = 0 };
	uint64_t v;

	bus_add(&bus, 0x10, 4, &bytes, &p);
	CHECK_EQ(bus_read(&bus, 0x10, 4, &v), 0);
	CHECK_EQ(v, 0x44332211);
	CHECK_STR(p.log, "0b1b2b3b");
}

static void bytes_past_the_device_are_ones(void)
{
	struct probe p = { .value = 0x2211 };
	struct bus bus = { .nr = 0 };
	uint64_t v;

	bus_add(&bus, 0x10, 2, &dwords, &p);
	CHECK_EQ(bus_read(&bus, 0x10, 4, &v), 0);
	CHECK_EQ(v, 0xffff2211);
	CHECK_STR(p.log, "0c");
}

static void an_unaligned_access_never_leaves_the_range(void)
{
	struct probe p = { .value = 0x44332211 };
	struct bus bus = { .nr = 0 };
	uint64_t v;

	bus_add(&bus, 0x10, 4, &dwords, &p);
	CHECK_EQ(bus_read(&bus, 0x11, 4, &v), 0);
	CHECK_EQ(v, 0xff443322);
	CHECK_STR(p.log, "1c3b");
}

static void neighbours_share_a_wide_access(void)
{
	struct probe a = { .value = 0x11 }, b = { .value = 0x22 };
	struct bus bus = { .nr = 0 };
	uint64_t v;

	bus_add(&bus, 0x11, 1, &bytes, &b);
	bus_add(&bus, 0x10, 1, &bytes, &a);
	CHECK_EQ(bus_read(&bus, 0x10, 2, &v), 0);
	CHECK_EQ(v, 0x2211);
	CHECK_EQ(bus_write(&bus, 0x10, 2, 0x4433), 0);
	CHECK_EQ(a.value, 0x33);
	CHECK_EQ(b.value, 0x44);
}

static const struct test tests[] = {
	{ "unclaimed reads all ones", unclaimed_reads_all_ones },
	{ "overlap is refused", overlap_is_refused },
	{ "wide access is split for a byte device", wide_access_is_split_for_a_byte_device },
	{ "bytes past the device are ones", bytes_past_the_device_are_ones },
	{ "an unaligned access never leaves the range", an_unaligned_access_never_leaves_the_range },
	{ "neighbours share a wide access", neighbours_share_a_wide_access },
};

TAP_MAIN(tests)
