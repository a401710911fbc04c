/* SPDX-License-Identifier: MIT */
/* ACPI tables that describe this machine. */
#ifndef AXVCPU_DEVICES_ACPI_H
#define AXVCPU_DEVICES_ACPI_H

#include <stddef.h>
#include <stdint.h>

/*
 * Write all tables into @buf, which the guest sees at @gpa; the RSDP comes
 * first. Returns the bytes used, or 0 if @room is too small.
 */
size_t acpi_build(uint8_t *buf, size_t room, uint64_t gpa, unsigned int nr_cpus);

#endif
