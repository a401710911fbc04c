// SPDX-License-Identifier: MIT
/* AXVCPU_INJECT: exact counts, masks, shadows, priorities, exceptions. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "tests/common/vm.h"

#define MANY		10000

static bool is_hypercall(struct vcpu *v)
{
	return v->run->exit.reason == AXVCPU_EXIT_HYPERCALL ||
	       v->run->exit.reason == AXVCPU_EXIT_HALT;
}

static struct vcpu *irq_vcpu(uint32_t flags, const char *entry)
{
	struct vm *vm = vm_new(flags, GUEST_RAM);
	struct vcpu *v = vm_vcpu(vm, 0);

	vm_load(vm, "irq");
	vcpu_setup(v, entry);
	return v;
}

static bool wait_value(struct vcpu *v, unsigned int i, uint64_t want)
{
	while (__atomic_load_n(&v->area->value[i], __ATOMIC_ACQUIRE) < want)
		if (tap_timed_out())
			return CHECK_EQ(v->area->value[i], want);
	return true;
}

/* By the kernel's count, which is exact where the guest's own may not be: see check_counts(). */
static uint64_t delivered(struct vcpu *v)
{
	struct axvcpu_stats s = { .size = sizeof(s) };

	REQUIRE_OK(axvcpu_stats(v->fd, &s));
	return s.interrupts + s.nmis - s.reinjections;
}

static bool wait_delivered(struct vcpu *v, uint64_t want)
{
	while (delivered(v) < want)
		if (tap_timed_out())
			return CHECK_EQ(delivered(v), want);
	return true;
}

struct count_case {
	const char *name;
	const char *entry;
	uint32_t flags;
	uint32_t type;
	unsigned int nr;
	unsigned int burst;		/* so many, then all of them are waited for */
};

static const struct count_case counts[] = {
	{ "count_running_without_controller", "spin_plain", 0, AXVCPU_EVENT_INTERRUPT, MANY, 96 },
	{ "count_running_xapic", "spin_xapic", AXVCPU_VM_IRQCHIP, AXVCPU_EVENT_INTERRUPT, MANY, 96 },
	{ "count_running_x2apic", "spin_x2apic", AXVCPU_VM_IRQCHIP, AXVCPU_EVENT_INTERRUPT, MANY, 96 },
	{ "count_idle_xapic", "idle_xapic", AXVCPU_VM_IRQCHIP, AXVCPU_EVENT_INTERRUPT, MANY, 96 },
	{ "count_idle_x2apic", "idle_x2apic", AXVCPU_VM_IRQCHIP, AXVCPU_EVENT_INTERRUPT, MANY, 96 },
	{ "count_nmi_running", "spin_plain", 0, AXVCPU_EVENT_NMI, 1000, 3 },
	{ "count_nmi_idle", "idle_xapic", AXVCPU_VM_IRQCHIP, AXVCPU_EVENT_NMI, 1000, 3 },
};

/*
 * The kernel's own count of deliveries is exact. The guest's is, too, on a CPU; an
 * emulated one (QEMU's helper_vmrun) may run an injected interrupt's handler twice if it
 * is stopped right behind VMRUN, some times in 10^5: more is allowed by a hair, less not.
 */
#define EMULATOR_EXTRA	16

static void check_counts(struct vcpu *v, const uint64_t want[256], uint64_t taken, bool wake)
{
	uint64_t extra = 0;
	unsigned int i;

	/* The interrupt that wakes it for its end may come too late for a guest that spins. */
	if (!wake || delivered(v) != taken + 1)
		CHECK_EQ(delivered(v), taken);
	for (i = 0; i < 256; i++) {
		if (i == 0x30)
			continue;
		if (!CHECK(v->area->count[i] >= want[i]))
			tap_note("vector 0x%x lost", i);
		extra += v->area->count[i] - want[i];
	}
	CHECK(extra <= (test_on_tcg() ? EMULATOR_EXTRA : 0));
	if (extra)
		tap_note("%llu handled twice by the CPU", (unsigned long long)extra);
}

/* What was answered 0 comes exactly once, what was answered 1 not at all. */
static void exact_count(const void *arg)
{
	const struct count_case *c = arg;
	struct vcpu *v = irq_vcpu(c->flags, c->entry);
	struct vcpu_thread t = { 0 };
	uint64_t taken = 0, merged = 0, per_vector[256] = { 0 };
	bool nmi = c->type == AXVCPU_EVENT_NMI;
	unsigned int i;
	int ret;

	vcpu_thread_start(&t, v);
	wait_value(v, 0, 1);
	for (i = 0; i < c->nr && !tap_timed_out(); i++) {
		uint32_t vector = nmi ? 0 : 0x40 + i % 64;

		ret = inject(v, c->type, vector);
		if (ret != 0 && !CHECK_EQ(ret, 1))
			break;
		taken += !ret;
		merged += ret;
		per_vector[nmi ? 2 : vector] += !ret;
		/* Now and then the guest has taken all, and idles again. */
		if (i % c->burst == 0)
			wait_delivered(v, taken);
	}
	wait_delivered(v, taken);
	sleep_us(2000);
	v->area->arg[0] = 1;
	if (c->flags)
		axvcpu_inject(v->fd, &(struct axvcpu_event){ .type = AXVCPU_EVENT_INTERRUPT,
							     .vector = 0x30 });
	vcpu_thread_join(&t);
	CHECK_EQ(t.ret, AXVCPU_EXIT_IO_WRITE);
	tap_note("%llu taken, %llu merged", (unsigned long long)taken,
		 (unsigned long long)merged);
	check_counts(v, per_vector, taken, c->flags);
	CHECK(taken > 0);
}

/* To a vCPU that belongs to no thread, or runs not: it waits there, equal ones become one. */
static void waits_for_run(const void *arg)
{
	struct vcpu *v = irq_vcpu(0, "spin_plain");
	struct vcpu_thread t = { 0 };

	(void)arg;
	/* Up to where its handlers are in place. */
	REQUIRE_OK(axvcpu_bind(v->fd));
	run_until_ready(v);
	REQUIRE_OK(axvcpu_unbind(v->fd));
	CHECK_EQ(inject(v, AXVCPU_EVENT_INTERRUPT, 0x60), 0);
	CHECK_EQ(inject(v, AXVCPU_EVENT_INTERRUPT, 0x60), 1);
	CHECK_EQ(inject(v, AXVCPU_EVENT_INTERRUPT, 0x61), 0);
	CHECK_EQ(inject(v, AXVCPU_EVENT_NMI, 0), 0);
	CHECK_EQ(inject(v, AXVCPU_EVENT_NMI, 0), 1);
	REQUIRE_OK(axvcpu_bind(v->fd));
	CHECK_EQ(inject(v, AXVCPU_EVENT_INTERRUPT, 0x61), 1);
	CHECK_EQ(inject(v, AXVCPU_EVENT_INTERRUPT, 0xff), 0);
	REQUIRE_OK(axvcpu_unbind(v->fd));
	vcpu_thread_start(&t, v);
	wait_delivered(v, 4);
	v->area->arg[0] = 1;
	vcpu_thread_join(&t);
	CHECK_EQ(v->area->count[0x60], 1);
	CHECK_EQ(v->area->count[0x61], 1);
	CHECK_EQ(v->area->count[0xff], 1);
	CHECK_EQ(v->area->count[2], 1);
	/* The NMI first, then by number from above. */
	CHECK_MEM((void *)v->area->log, "\x02\xff\x61\x60", 4);
}

/* From an NMI to its IRET another one waits, a third is one too many. */
static void nmi_masked(const void *arg)
{
	struct vcpu *v = irq_vcpu(0, "nmi_handler");
	struct vcpu_thread t = { 0 };

	(void)arg;
	vcpu_thread_start(&t, v);
	wait_value(v, 0, 1);
	CHECK_EQ(inject(v, AXVCPU_EVENT_NMI, 0), 0);
	wait_value(v, 1, 1);
	CHECK_EQ(inject(v, AXVCPU_EVENT_NMI, 0), 0);
	CHECK_EQ(inject(v, AXVCPU_EVENT_NMI, 0), 1);
	sleep_us(20000);
	CHECK_EQ(v->area->count[2], 1);
	v->area->arg[1] = 1;
	wait_value(v, 1, 2);
	sleep_us(2000);
	v->area->arg[0] = 1;
	vcpu_thread_join(&t);
	CHECK_EQ(t.ret, AXVCPU_EXIT_IO_WRITE);
	CHECK_EQ(v->area->count[2], 2);
}

static void sti_shadow(const void *arg)
{
	struct vcpu *v = irq_vcpu(0, "shadow");

	(void)arg;
	REQUIRE_OK(axvcpu_bind(v->fd));
	EXPECT_EXIT(v, AXVCPU_EXIT_HYPERCALL);
	CHECK_EQ(v->run->exit.flags & AXVCPU_EXIT_IRQ_READY, 0);
	REQUIRE_OK(inject(v, AXVCPU_EVENT_INTERRUPT, 0x70));
	EXPECT_DONE(v, GUEST_DONE_OK);
	CHECK_EQ(v->area->count[0x70], 1);
	CHECK_EQ(v->area->irq_rip, vm_mark(v->vm, "shadow_after"));
	CHECK_EQ(v->area->value[0], 1);
}

/* At the hypercall interrupts are on: it comes before the next instruction. */
static void taken_at_once(const void *arg)
{
	struct vcpu *v = irq_vcpu(0, "shadow_ss");

	(void)arg;
	REQUIRE_OK(axvcpu_bind(v->fd));
	EXPECT_EXIT(v, AXVCPU_EXIT_HYPERCALL);
	CHECK_EQ(v->run->exit.flags & AXVCPU_EXIT_IRQ_READY, AXVCPU_EXIT_IRQ_READY);
	REQUIRE_OK(inject(v, AXVCPU_EVENT_INTERRUPT, 0x71));
	EXPECT_DONE(v, GUEST_DONE_OK);
	CHECK_EQ(v->area->irq_rip, vm_mark(v->vm, "ss_load"));
}

/* The shadow of MOV SS, by the state that userspace may set. */
static void mov_ss_shadow(const void *arg)
{
	struct vcpu *v = irq_vcpu(0, "shadow_ss");
	struct axvcpu_x86_regs regs;

	(void)arg;
	REQUIRE_OK(axvcpu_bind(v->fd));
	EXPECT_EXIT(v, AXVCPU_EXIT_HYPERCALL);
	vcpu_regs(v, AXVCPU_REGS_X86_EVENTS | AXVCPU_REGS_X86_GPRS, &regs);
	regs.gprs.rip = vm_mark(v->vm, "ss_insn");
	regs.events.flags |= AXVCPU_X86_EVENT_STI_SHADOW;
	REQUIRE_OK(axvcpu_set_regs(v->fd, AXVCPU_REGS_X86_EVENTS | AXVCPU_REGS_X86_GPRS, &regs));
	REQUIRE_OK(inject(v, AXVCPU_EVENT_INTERRUPT, 0x72));
	EXPECT_DONE(v, GUEST_DONE_OK);
	CHECK_EQ(v->area->irq_rip, vm_mark(v->vm, "ss_after"));
	CHECK_EQ(v->area->value[0], 1);
}

struct priority_case {
	const char *name;
	const char *entry;
	uint32_t flags;
	uint64_t cr8;
	uint32_t under;			/* how many come at this priority */
};

/* 0x35, 0x55 and 0x95 wait. */
static const struct priority_case priorities[] = {
	{ "priority_0_without_controller", "priority_plain", 0, 0, 3 },
	{ "priority_3_without_controller", "priority_plain", 0, 3, 2 },
	{ "priority_5_without_controller", "priority_plain", 0, 5, 1 },
	{ "priority_15_without_controller", "priority_plain", 0, 15, 0 },
	{ "priority_0_xapic", "priority_xapic", AXVCPU_VM_IRQCHIP, 0, 3 },
	{ "priority_5_xapic", "priority_xapic", AXVCPU_VM_IRQCHIP, 5, 1 },
	{ "priority_8_xapic", "priority_xapic", AXVCPU_VM_IRQCHIP, 8, 1 },
	{ "priority_9_x2apic", "priority_x2apic", AXVCPU_VM_IRQCHIP, 9, 0 },
	{ "priority_4_x2apic", "priority_x2apic", AXVCPU_VM_IRQCHIP, 4, 2 },
};

static void priority(const void *arg)
{
	const struct priority_case *c = arg;
	struct vcpu *v = irq_vcpu(c->flags, c->entry);

	v->area->arg[1] = c->cr8;
	REQUIRE_OK(axvcpu_bind(v->fd));
	EXPECT_EXIT(v, AXVCPU_EXIT_HYPERCALL);
	REQUIRE_OK(inject(v, AXVCPU_EVENT_INTERRUPT, 0x35));
	REQUIRE_OK(inject(v, AXVCPU_EVENT_INTERRUPT, 0x95));
	REQUIRE_OK(inject(v, AXVCPU_EVENT_INTERRUPT, 0x55));
	EXPECT_DONE(v, GUEST_DONE_OK);
	CHECK_EQ(v->area->value[0], c->under);
	CHECK_EQ(v->area->value[1], 3);
	CHECK_MEM((void *)v->area->log, "\x95\x55\x35", 3);
}

struct exception_case {
	const char *name;
	uint32_t vector;
	bool has_error;
	uint32_t error;
	uint64_t address;
	int err;
};

static const struct exception_case exceptions[] = {
	{ "exception_de", 0, false, 0, 0, 0 },
	{ "exception_ud", 6, false, 0, 0, 0 },
	{ "exception_gp", 13, true, 0x1238, 0, 0 },
	{ "exception_pf", 14, true, 6, 0xdeadbeef000, 0 },
	{ "exception_ac", 17, true, 0, 0, 0 },
	{ "exception_ss", 12, true, 0xfff8, 0, 0 },
	{ "exception_gp_needs_an_error_code", 13, false, 0, 0, EINVAL },
	{ "exception_ud_has_no_error_code", 6, true, 0, 0, EINVAL },
	{ "exception_nmi_is_none", 2, false, 0, 0, EINVAL },
	{ "exception_32_is_none", 32, false, 0, 0, EINVAL },
	{ "exception_ud_has_no_address", 6, false, 0, 0x1000, EINVAL },
};

static void exception(const void *arg)
{
	const struct exception_case *c = arg;
	struct vcpu *v = irq_vcpu(0, "exception");
	int ret;

	REQUIRE_OK(axvcpu_bind(v->fd));
	EXPECT_EXIT(v, AXVCPU_EXIT_HYPERCALL);
	/* Past the hypercall: completed here, so that the exception is the next thing's. */
	v->run->immediate_exit = 1;
	EXPECT_EXIT(v, AXVCPU_EXIT_NOTHING);
	v->run->immediate_exit = 0;
	ret = inject_exception(v, c->vector, c->has_error, c->error, c->address);
	CHECK_ERRNO(ret, c->err);
	if (c->err) {
		EXPECT_DONE(v, 1);
		return;
	}
	CHECK_ERRNO(inject_exception(v, 6, false, 0, 0), EBUSY);
	EXPECT_DONE(v, GUEST_DONE_OK);
	CHECK_EQ(v->area->vector, c->vector);
	CHECK_EQ(v->area->count[c->vector], 1);
	CHECK_EQ(v->area->error, c->error);
	CHECK_EQ(v->area->rip, vm_mark(v->vm, "exception_here"));
	CHECK_EQ(v->area->gpr[15], 0x1122334455667788);
	if (c->address)
		CHECK_EQ(v->area->cr2, c->address);
}

/* An exception and an interrupt at once: the exception's handler runs first, then both did. */
static void exception_and_interrupt(const void *arg)
{
	struct vcpu *v = irq_vcpu(0, "spin_plain");
	struct vcpu_thread t = { .on_exit = is_hypercall };

	(void)arg;
	v->area->resume = vm_mark(v->vm, "spin_plain");
	REQUIRE_OK(inject(v, AXVCPU_EVENT_INTERRUPT, 0x80));
	REQUIRE_OK(inject_exception(v, 13, true, 0x10, 0));
	REQUIRE_OK(axvcpu_bind(v->fd));
	/* No IDT yet at the first instruction: that is a triple fault, and so is known. */
	EXPECT_EXIT(v, AXVCPU_EXIT_SHUTDOWN);
	REQUIRE_OK(axvcpu_unbind(v->fd));
	vcpu_setup(v, "spin_plain");
	vcpu_thread_start(&t, v);
	wait_value(v, 0, 1);
	REQUIRE_OK(inject(v, AXVCPU_EVENT_INTERRUPT, 0x81));
	wait_delivered(v, 1);
	v->area->arg[0] = 1;
	vcpu_thread_join(&t);
	/* What waited before SETUP is gone. */
	CHECK_EQ(v->area->count[0x80], 0);
	CHECK_EQ(v->area->count[0x81], 1);
}

static void extint_needs_a_controller(const void *arg)
{
	struct vcpu *v = irq_vcpu(0, "spin_plain");
	struct vm *vm = vm_new(0, 0);

	(void)arg;
	CHECK_ERRNO(inject(v, AXVCPU_EVENT_EXTINT, 0x20), EOPNOTSUPP);
	CHECK_ERRNO(axvcpu_signal_msi(vm->fd, 0xfee00000, 0x40), EOPNOTSUPP);
}

#define TEST(name, fn)	{ name, fn, NULL }

static const struct tap_test more[] = {
	TEST("waits_for_run", waits_for_run),
	TEST("nmi_masked_until_iret", nmi_masked),
	TEST("sti_shadow", sti_shadow),
	TEST("taken_at_once", taken_at_once),
	TEST("mov_ss_shadow", mov_ss_shadow),
	TEST("exception_and_interrupt", exception_and_interrupt),
	TEST("extint_needs_a_controller", extint_needs_a_controller),
};

int main(void)
{
	struct tap_test tests[ARRAY_SIZE(counts) + ARRAY_SIZE(priorities) +
			      ARRAY_SIZE(exceptions) + ARRAY_SIZE(more)];
	size_t i, n = 0;

	for (i = 0; i < ARRAY_SIZE(counts); i++)
		tests[n++] = (struct tap_test){ counts[i].name, exact_count, &counts[i] };
	for (i = 0; i < ARRAY_SIZE(priorities); i++)
		tests[n++] = (struct tap_test){ priorities[i].name, priority, &priorities[i] };
	for (i = 0; i < ARRAY_SIZE(exceptions); i++)
		tests[n++] = (struct tap_test){ exceptions[i].name, exception, &exceptions[i] };
	for (i = 0; i < ARRAY_SIZE(more); i++)
		tests[n++] = more[i];
	return tap_main(tests, n);
}
