// SPDX-License-Identifier: MIT
/* One exit as one line. Nothing here calls the device. */
#include <string.h>

#include <axvcpu/axvcpu.h>

#include "text.h"

typedef void (*print_fn)(struct text *t, const struct axvcpu_exit *e);

static void print_hypercall(struct text *t, const struct axvcpu_exit *e)
{
	int i;

	text_add(t, " nr=0x%llx args=", e->hypercall.nr);
	for (i = 0; i < 6; i++)
		text_add(t, "%s0x%llx", i ? "," : "", e->hypercall.args[i]);
}

static void print_mmio_read(struct text *t, const struct axvcpu_exit *e)
{
	text_add(t, " addr=0x%llx width=%u", e->mmio.addr, e->mmio.width);
	if (e->mmio.reg == AXVCPU_REG_NONE)
		text_add(t, " to memory");
	else
		text_add(t, " reg=%u reg_width=%u%s", e->mmio.reg, e->mmio.reg_width,
			 e->mmio.signed_ext ? " signed" : "");
}

static void print_mmio_write(struct text *t, const struct axvcpu_exit *e)
{
	text_add(t, " addr=0x%llx width=%u data=0x%llx", e->mmio.addr,
		 e->mmio.width, e->mmio.data);
}

static void print_sysreg_read(struct text *t, const struct axvcpu_exit *e)
{
	text_add(t, " addr=0x%llx reg=%u", e->sysreg.addr, e->sysreg.reg);
}

static void print_sysreg_write(struct text *t, const struct axvcpu_exit *e)
{
	text_add(t, " addr=0x%llx value=0x%llx", e->sysreg.addr, e->sysreg.value);
}

static void print_io(struct text *t, const struct axvcpu_exit *e)
{
	text_add(t, " port=0x%x width=%u", e->io.port, e->io.width);
	if (e->io.string)
		text_add(t, " string count=%u", e->io.count);
	else if (e->reason == AXVCPU_EXIT_IO_WRITE)
		text_add(t, " data=0x%llx", e->io.data);
}

static void print_interrupt(struct text *t, const struct axvcpu_exit *e)
{
	if (e->interrupt.vector == AXVCPU_VECTOR_UNKNOWN)
		text_add(t, " vector=unknown");
	else
		text_add(t, " vector=%llu", e->interrupt.vector);
}

static void print_insn(struct text *t, const __u8 *insn, unsigned int len)
{
	unsigned int i;

	for (i = 0; i < len && i < 15; i++)
		text_add(t, "%s%02x", i ? " " : "", insn[i]);
}

static void print_fault(struct text *t, const struct axvcpu_exit *e)
{
	__u32 a = e->fault.access;

	text_add(t, " gpa=0x%llx access=%s%s%s%s%s%s", e->fault.gpa,
		 a & AXVCPU_ACCESS_R ? "r" : "", a & AXVCPU_ACCESS_W ? "w" : "",
		 a & AXVCPU_ACCESS_X ? "x" : "",
		 a & AXVCPU_ACCESS_USER ? ",user" : "",
		 a & AXVCPU_ACCESS_TABLE_WALK ? ",table-walk" : "",
		 a & AXVCPU_ACCESS_PERMISSION ? ",permission" : "");
	if (a & AXVCPU_ACCESS_GVA)
		text_add(t, " gva=0x%llx", e->fault.gva);
	if (e->fault.insn_len) {
		text_add(t, " insn=");
		print_insn(t, e->fault.insn, e->fault.insn_len);
	}
}

static void print_cpu_up(struct text *t, const struct axvcpu_exit *e)
{
	text_add(t, " target=%llu entry=0x%llx arg=0x%llx", e->cpu_up.target_cpu,
		 e->cpu_up.entry_point, e->cpu_up.arg);
}

static void print_cpu_down(struct text *t, const struct axvcpu_exit *e)
{
	text_add(t, " state=0x%llx", e->cpu_down.state);
}

static void print_fail_entry(struct text *t, const struct axvcpu_exit *e)
{
	const char *why = e->fail_entry.why;

	text_add(t, " hw=0x%llx", e->fail_entry.hardware_entry_failure_reason);
	if (e->fail_entry.rule)
		text_add(t, " rule=%u", e->fail_entry.rule);
	if (*why)
		text_add(t, " why=\"%.*s\"", (int)strnlen(why, sizeof(e->fail_entry.why)),
			 why);
}

static void print_ipi(struct text *t, const struct axvcpu_exit *e)
{
	if (e->ipi.send_to_all)
		text_add(t, " to=all%s", e->ipi.send_to_self ? "" : "-but-self");
	else if (e->ipi.send_to_self)
		text_add(t, " to=self");
	else
		text_add(t, " to=%llu", e->ipi.target_cpu);
	text_add(t, " aux=0x%llx vector=%llu", e->ipi.target_cpu_aux, e->ipi.vector);
}

static void print_debug(struct text *t, const struct axvcpu_exit *e)
{
	text_add(t, " vector=%llu status=0x%llx control=0x%llx", e->debug.vector,
		 e->debug.status, e->debug.control);
}

static void print_window(struct text *t, const struct axvcpu_exit *e)
{
	text_add(t, "%s%s", e->window.events & AXVCPU_WINDOW_IRQ ? " irq" : "",
		 e->window.events & AXVCPU_WINDOW_NMI ? " nmi" : "");
}

static void print_eoi(struct text *t, const struct axvcpu_exit *e)
{
	if (e->eoi.vector == AXVCPU_VECTOR_UNKNOWN)
		text_add(t, " vector=highest in service");
	else
		text_add(t, " vector=%llu", e->eoi.vector);
}

static const print_fn printers[AXVCPU_EXIT_NR] = {
	[AXVCPU_EXIT_HYPERCALL]		 = print_hypercall,
	[AXVCPU_EXIT_MMIO_READ]		 = print_mmio_read,
	[AXVCPU_EXIT_MMIO_WRITE]	 = print_mmio_write,
	[AXVCPU_EXIT_SYSREG_READ]	 = print_sysreg_read,
	[AXVCPU_EXIT_SYSREG_WRITE]	 = print_sysreg_write,
	[AXVCPU_EXIT_IO_READ]		 = print_io,
	[AXVCPU_EXIT_IO_WRITE]		 = print_io,
	[AXVCPU_EXIT_EXTERNAL_INTERRUPT] = print_interrupt,
	[AXVCPU_EXIT_NESTED_PAGE_FAULT]	 = print_fault,
	[AXVCPU_EXIT_CPU_UP]		 = print_cpu_up,
	[AXVCPU_EXIT_CPU_DOWN]		 = print_cpu_down,
	[AXVCPU_EXIT_FAIL_ENTRY]	 = print_fail_entry,
	[AXVCPU_EXIT_SEND_IPI]		 = print_ipi,
	[AXVCPU_EXIT_DEBUG]		 = print_debug,
	[AXVCPU_EXIT_IRQ_WINDOW]	 = print_window,
	[AXVCPU_EXIT_EOI]		 = print_eoi,
};

static void print_raw(struct text *t, const struct axvcpu_exit *e)
{
	text_add(t, "hw: code=0x%llx info=0x%llx,0x%llx,0x%llx,0x%llx", e->hw.code,
		 e->hw.info[0], e->hw.info[1], e->hw.info[2], e->hw.info[3]);
}

int axvcpu_exit_print(const struct axvcpu_exit *e, char *buf, size_t len)
{
	struct text t = { buf, len, 0 };

	text_add(&t, "vcpu%u pc=0x%llx %s", e->vcpu, e->pc, axvcpu_exit_name(e->reason));
	if (e->reason >= AXVCPU_EXIT_NR)
		text_add(&t, "(%u)", e->reason);
	else if (printers[e->reason])
		printers[e->reason](&t, e);
	if (e->flags & AXVCPU_EXIT_PARTIAL)
		text_add(&t, " partial");
	if (e->reason >= AXVCPU_EXIT_NR || e->reason == AXVCPU_EXIT_UNHANDLED) {
		text_add(&t, " ");
		print_raw(&t, e);
	}
	return t.used;
}

int axvcpu_exit_hw_print(const struct axvcpu_exit *e, char *buf, size_t len)
{
	struct text t = { buf, len, 0 };

	print_raw(&t, e);
	return t.used;
}
