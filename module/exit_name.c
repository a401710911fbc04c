// SPDX-License-Identifier: GPL-2.0-only
/* Exit reasons in words. Pure. */
#include <linux/kernel.h>

#include <uapi/linux/axvcpu.h>

#include "exit_name.h"

#define NAME(reason)	[AXVCPU_EXIT_##reason] = #reason

static const char *const names[AXVCPU_EXIT_NR] = {
	NAME(NOTHING), NAME(HYPERCALL), NAME(MMIO_READ), NAME(MMIO_WRITE),
	NAME(SYSREG_READ), NAME(SYSREG_WRITE), NAME(IO_READ), NAME(IO_WRITE),
	NAME(EXTERNAL_INTERRUPT), NAME(NESTED_PAGE_FAULT), NAME(HALT), NAME(CPU_UP),
	NAME(CPU_DOWN), NAME(SYSTEM_DOWN), NAME(FAIL_ENTRY), NAME(SEND_IPI),
	NAME(SYSTEM_RESET), NAME(SHUTDOWN), NAME(DEBUG), NAME(IRQ_WINDOW),
	NAME(EOI), NAME(UNHANDLED),
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
