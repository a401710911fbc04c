/* SPDX-License-Identifier: MIT */
/* Ports and addresses, and the device behind each. */
#ifndef AXVCPU_MACHINE_BUS_H
#define AXVCPU_MACHINE_BUS_H

#include <stdint.h>

struct bus_ops {
	/* @width: bytes, at most max_width, never past the end of the range. */
	uint64_t (*read)(void *dev, uint64_t offset, unsigned int width);
	void (*write)(void *dev, uint64_t offset, unsigned int width, uint64_t value);
	/* A wider access is split, as an ISA bridge does. */
	unsigned int max_width;
};

struct bus_range {
	uint64_t start;
	uint64_t len;
	const struct bus_ops *ops;
	void *dev;
};

#define BUS_RANGES_MAX	24

/* Filled before the first vCPU runs, constant afterwards: needs no lock. */
struct bus {
	struct bus_range ranges[BUS_RANGES_MAX];	/* sorted by start */
	unsigned int nr;
};

/* -1 on overlap or lack of room. */
int bus_add(struct bus *bus, uint64_t start, uint64_t len, const struct bus_ops *ops,
	    void *dev);

/* Return 0, or -1 if no device claims the first byte. Unclaimed bytes read as ones. */
int bus_read(const struct bus *bus, uint64_t addr, unsigned int width, uint64_t *value);
int bus_write(const struct bus *bus, uint64_t addr, unsigned int width, uint64_t value);

/* The lowest @width bytes set. */
uint64_t width_mask(unsigned int width);

#endif
