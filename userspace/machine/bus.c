// SPDX-License-Identifier: MIT
#include <stddef.h>

#include "machine/bus.h"

uint64_t width_mask(unsigned int width)
{
	return width >= 8 ? ~0ULL : (1ULL << (8 * width)) - 1;
}

int bus_add(struct bus *bus, uint64_t start, uint64_t len, const struct bus_ops *ops,
	    void *dev)
{
	unsigned int i, at = 0;

	if (bus->nr == BUS_RANGES_MAX || !len || start + len < start)
		return -1;
	while (at < bus->nr && bus->ranges[at].start < start)
		at++;
	if (at && start - bus->ranges[at - 1].start < bus->ranges[at - 1].len)
		return -1;
	if (at < bus->nr && bus->ranges[at].start - start < len)
		return -1;
	for (i = bus->nr++; i > at; i--)
		bus->ranges[i] = bus->ranges[i - 1];
	bus->ranges[at] = (struct bus_range){ start, len, ops, dev };
	return 0;
}

static const struct bus_range *bus_find(const struct bus *bus, uint64_t addr)
{
	unsigned int lo = 0, hi = bus->nr;

	while (lo < hi) {
		unsigned int mid = (lo + hi) / 2;
		const struct bus_range *r = &bus->ranges[mid];

		if (addr < r->start)
			hi = mid;
		else if (addr - r->start >= r->len)
			lo = mid + 1;
		else
			return r;
	}
	return NULL;
}

/* Bytes of the access that go to @r in one piece. */
static unsigned int piece(const struct bus_range *r, uint64_t addr, unsigned int width)
{
	unsigned int n = width < r->ops->max_width ? width : r->ops->max_width;

	while (n & (n - 1))	/* 3 and 5..7 bytes remain after an unaligned start */
		n &= n - 1;
	while (n > r->len - (addr - r->start))
		n /= 2;
	return n;
}

int bus_read(const struct bus *bus, uint64_t addr, unsigned int width, uint64_t *value)
{
	const struct bus_range *r = bus_find(bus, addr);
	unsigned int done = 0;

	*value = width_mask(width);
	if (!r)
		return -1;
	while (r && done < width) {
		unsigned int n = piece(r, addr + done, width - done);
		uint64_t part = r->ops->read(r->dev, addr + done - r->start, n);

		*value &= ~(width_mask(n) << (8 * done));
		*value |= (part & width_mask(n)) << (8 * done);
		done += n;
		r = bus_find(bus, addr + done);
	}
	return 0;
}

int bus_write(const struct bus *bus, uint64_t addr, unsigned int width, uint64_t value)
{
	const struct bus_range *r = bus_find(bus, addr);
	unsigned int done = 0;

	if (!r)
		return -1;
	while (r && done < width) {
		unsigned int n = piece(r, addr + done, width - done);

		r->ops->write(r->dev, addr + done - r->start, n,
			      (value >> (8 * done)) & width_mask(n));
		done += n;
		r = bus_find(bus, addr + done);
	}
	return 0;
}
