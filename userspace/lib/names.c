// SPDX-License-Identifier: MIT
/* Names of the numbers in the ABI. Nothing here calls the device. */
#include <axvcpu/axvcpu.h>

#define NAME(table, index) \
	((index) < sizeof(table) / sizeof((table)[0]) ? (table)[index] : NULL)

static const char *const exit_names[AXVCPU_EXIT_NR] = {
	[AXVCPU_EXIT_NOTHING]		 = "NOTHING",
	[AXVCPU_EXIT_HYPERCALL]		 = "HYPERCALL",
	[AXVCPU_EXIT_MMIO_READ]		 = "MMIO_READ",
	[AXVCPU_EXIT_MMIO_WRITE]	 = "MMIO_WRITE",
	[AXVCPU_EXIT_SYSREG_READ]	 = "SYSREG_READ",
	[AXVCPU_EXIT_SYSREG_WRITE]	 = "SYSREG_WRITE",
	[AXVCPU_EXIT_IO_READ]		 = "IO_READ",
	[AXVCPU_EXIT_IO_WRITE]		 = "IO_WRITE",
	[AXVCPU_EXIT_EXTERNAL_INTERRUPT] = "EXTERNAL_INTERRUPT",
	[AXVCPU_EXIT_NESTED_PAGE_FAULT]	 = "NESTED_PAGE_FAULT",
	[AXVCPU_EXIT_HALT]		 = "HALT",
	[AXVCPU_EXIT_CPU_UP]		 = "CPU_UP",
	[AXVCPU_EXIT_CPU_DOWN]		 = "CPU_DOWN",
	[AXVCPU_EXIT_SYSTEM_DOWN]	 = "SYSTEM_DOWN",
	[AXVCPU_EXIT_FAIL_ENTRY]	 = "FAIL_ENTRY",
	[AXVCPU_EXIT_SEND_IPI]		 = "SEND_IPI",
	[AXVCPU_EXIT_SYSTEM_RESET]	 = "SYSTEM_RESET",
	[AXVCPU_EXIT_SHUTDOWN]		 = "SHUTDOWN",
	[AXVCPU_EXIT_DEBUG]		 = "DEBUG",
	[AXVCPU_EXIT_IRQ_WINDOW]	 = "IRQ_WINDOW",
	[AXVCPU_EXIT_EOI]		 = "EOI",
	[AXVCPU_EXIT_UNHANDLED]		 = "UNHANDLED",
};

static const char *const state_names[] = {
	[AXVCPU_STATE_INVALID]	= "INVALID",
	[AXVCPU_STATE_CREATED]	= "CREATED",
	[AXVCPU_STATE_FREE]	= "FREE",
	[AXVCPU_STATE_READY]	= "READY",
	[AXVCPU_STATE_RUNNING]	= "RUNNING",
	[AXVCPU_STATE_BLOCKED]	= "BLOCKED",
};

static const char *const cap_names[] = {
	"irqchip", "dirty-log", "map-exec", "map-no-read", "huge-2m", "huge-1g",
	"debug-step", "cpuid",
};

static const char *const arch_names[] = {
	[AXVCPU_ARCH_X86]	= "x86",
	[AXVCPU_ARCH_ARM64]	= "arm64",
	[AXVCPU_ARCH_RISCV]	= "riscv",
};

static const char *or_unknown(const char *name)
{
	return name ? name : "?";
}

const char *axvcpu_exit_name(uint32_t reason)
{
	return or_unknown(NAME(exit_names, reason));
}

const char *axvcpu_state_name(uint32_t state)
{
	return or_unknown(NAME(state_names, state));
}

const char *axvcpu_cap_name(unsigned int bit)
{
	return NAME(cap_names, bit);
}

const char *axvcpu_arch_name(uint32_t arch)
{
	return or_unknown(NAME(arch_names, arch));
}
