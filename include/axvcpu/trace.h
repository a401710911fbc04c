/* SPDX-License-Identifier: GPL-2.0-only */
/* Tracepoints: one guest run is an enter and an exit, with the unified reason in words. */
#undef TRACE_SYSTEM
#define TRACE_SYSTEM axvcpu

#if !defined(_AXVCPU_TRACE_H) || defined(TRACE_HEADER_MULTI_READ)
#define _AXVCPU_TRACE_H

#include <linux/tracepoint.h>

#include <axvcpu/vcpu.h>

#define axvcpu_reason_names						\
	{ AXVCPU_EXIT_NOTHING,			"NOTHING" },		\
	{ AXVCPU_EXIT_HYPERCALL,		"HYPERCALL" },		\
	{ AXVCPU_EXIT_MMIO_READ,		"MMIO_READ" },		\
	{ AXVCPU_EXIT_MMIO_WRITE,		"MMIO_WRITE" },		\
	{ AXVCPU_EXIT_SYSREG_READ,		"SYSREG_READ" },	\
	{ AXVCPU_EXIT_SYSREG_WRITE,		"SYSREG_WRITE" },	\
	{ AXVCPU_EXIT_IO_READ,			"IO_READ" },		\
	{ AXVCPU_EXIT_IO_WRITE,			"IO_WRITE" },		\
	{ AXVCPU_EXIT_EXTERNAL_INTERRUPT,	"EXTERNAL_INTERRUPT" },	\
	{ AXVCPU_EXIT_NESTED_PAGE_FAULT,	"NESTED_PAGE_FAULT" },	\
	{ AXVCPU_EXIT_HALT,			"HALT" },		\
	{ AXVCPU_EXIT_CPU_UP,			"CPU_UP" },		\
	{ AXVCPU_EXIT_CPU_DOWN,			"CPU_DOWN" },		\
	{ AXVCPU_EXIT_SYSTEM_DOWN,		"SYSTEM_DOWN" },	\
	{ AXVCPU_EXIT_FAIL_ENTRY,		"FAIL_ENTRY" },		\
	{ AXVCPU_EXIT_SEND_IPI,			"SEND_IPI" },		\
	{ AXVCPU_EXIT_SYSTEM_RESET,		"SYSTEM_RESET" },	\
	{ AXVCPU_EXIT_SHUTDOWN,			"SHUTDOWN" },		\
	{ AXVCPU_EXIT_DEBUG,			"DEBUG" },		\
	{ AXVCPU_EXIT_IRQ_WINDOW,		"IRQ_WINDOW" },		\
	{ AXVCPU_EXIT_EOI,			"EOI" },		\
	{ AXVCPU_EXIT_UNHANDLED,		"UNHANDLED" }

TRACE_EVENT(axvcpu_enter,
	TP_PROTO(const struct axvcpu *vcpu, u64 pc),
	TP_ARGS(vcpu, pc),
	TP_STRUCT__entry(
		__field(u32, vm)
		__field(u32, vcpu)
		__field(u64, pc)
	),
	TP_fast_assign(
		__entry->vm = vcpu->vm->id;
		__entry->vcpu = vcpu->id;
		__entry->pc = pc;
	),
	TP_printk("vm %u vcpu %u pc 0x%llx", __entry->vm, __entry->vcpu, __entry->pc)
);

TRACE_EVENT(axvcpu_exit,
	TP_PROTO(const struct axvcpu *vcpu, u32 reason, u64 pc, u64 code, u64 info0, u64 info1),
	TP_ARGS(vcpu, reason, pc, code, info0, info1),
	TP_STRUCT__entry(
		__field(u32, vm)
		__field(u32, vcpu)
		__field(u32, reason)
		__field(u64, pc)
		__field(u64, code)
		__field(u64, info0)
		__field(u64, info1)
	),
	TP_fast_assign(
		__entry->vm = vcpu->vm->id;
		__entry->vcpu = vcpu->id;
		__entry->reason = reason;
		__entry->pc = pc;
		__entry->code = code;
		__entry->info0 = info0;
		__entry->info1 = info1;
	),
	TP_printk("vm %u vcpu %u reason %s pc 0x%llx code 0x%llx info 0x%llx 0x%llx",
		  __entry->vm, __entry->vcpu,
		  __print_symbolic(__entry->reason, axvcpu_reason_names), __entry->pc,
		  __entry->code, __entry->info0, __entry->info1)
);

TRACE_EVENT(axvcpu_inject,
	TP_PROTO(const struct axvcpu *vcpu, u32 type, u32 vector),
	TP_ARGS(vcpu, type, vector),
	TP_STRUCT__entry(
		__field(u32, vm)
		__field(u32, vcpu)
		__field(u32, type)
		__field(u32, vector)
	),
	TP_fast_assign(
		__entry->vm = vcpu->vm->id;
		__entry->vcpu = vcpu->id;
		__entry->type = type;
		__entry->vector = vector;
	),
	TP_printk("vm %u vcpu %u %s vector %u", __entry->vm, __entry->vcpu,
		  __print_symbolic(__entry->type,
				   { AXVCPU_EVENT_INTERRUPT, "INTERRUPT" },
				   { AXVCPU_EVENT_NMI, "NMI" },
				   { AXVCPU_EVENT_EXCEPTION, "EXCEPTION" },
				   { AXVCPU_EVENT_EXTINT, "EXTINT" }),
		  __entry->vector)
);

#endif /* _AXVCPU_TRACE_H */

#undef TRACE_INCLUDE_PATH
#define TRACE_INCLUDE_PATH axvcpu
#undef TRACE_INCLUDE_FILE
#define TRACE_INCLUDE_FILE trace
#include <trace/define_trace.h>
