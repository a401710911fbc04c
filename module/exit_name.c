// SPDX-License-Identifier: GPL-2.0-only
/* Exit reasons in words. Pure. */
#include <linux/kernel.h>

#include <uapi/linux/axvcpu.h>

#include "exit_name.h"

static const char *const names[AXVCPU_EXIT_NR] = {
	[AXVCPU_EXIT_NOTHING]		= "NOTHING",
	[AXVCPU_EXIT_HYPERCALL]		= "HYPERCALL",
	[AXVCPU_EXIT_MMIO_READ]		= "MMIO_READ",
	[AXVCPU_EXIT_MMIO_WRITE]	= "MMIO_WRITE",
	[AXVCPU_EXIT_SYSREG_READ]	= "SYSREG_READ",
	[AXVCPU_EXIT_SYSREG_WRITE]	= "SYSREG_WRITE",
	[AXVCPU_EXIT_IO_READ]		= "IO_READ",
	[AXVCPU_EXIT_IO_WRITE]		= "IO_WRITE",
	[AXVCPU_EXIT_EXTERNAL_INTERRUPT]	= "EXTERNAL_INTERRUPT",
	[AXVCPU_EXIT_NESTED_PAGE_FAULT]	= "NESTED_PAGE_FAULT",
	[AXVCPU_EXIT_HALT]		= "HALT",
	[AXVCPU_EXIT_CPU_UP]		= "CPU_UP",
	[AXVCPU_EXIT_CPU_DOWN]		= "CPU_DOWN",
	[AXVCPU_EXIT_SYSTEM_DOWN]	= "SYSTEM_DOWN",
	[AXVCPU_EXIT_FAIL_ENTRY]	= "FAIL_ENTRY",
	[AXVCPU_EXIT_SEND_IPI]		= "SEND_IPI",
	[AXVCPU_EXIT_SYSTEM_RESET]	= "SYSTEM_RESET",
	[AXVCPU_EXIT_SHUTDOWN]		= "SHUTDOWN",
	[AXVCPU_EXIT_DEBUG]		= "DEBUG",
	[AXVCPU_EXIT_IRQ_WINDOW]	= "IRQ_WINDOW",
	[AXVCPU_EXIT_EOI]		= "EOI",
	[AXVCPU_EXIT_UNHANDLED]		= "UNHANDLED",
};

/**
 * axvcpu_exit_name() - name of an exit reason
 * @reason: enum axvcpu_exit_reason
 *
 * Return: the name without prefix, "?" for an unknown number.
 */
const char *axvcpu_exit_name(u32 reason)
{
	return reason < ARRAY_SIZE(names) ? names[reason] : "?";
}
