// SPDX-License-Identifier: MIT
/* The local APIC in the kernel: commands in all destination forms, MSIs, timer, ExtINT. */
#include <errno.h>
#include <string.h>

#include "tests/common/vm.h"

#define NR	3
#define VECTOR	0x51

/* ---------------------------------------------------------- messages to many */

struct message {
	const char *name;
	const char *sender;		/* NULL: an MSI */
	bool x2apic;
	uint64_t high;			/* destination half, or MSI address */
	uint32_t low;			/* command half, or MSI data */
	uint8_t vector;
	uint8_t want[NR];		/* how often it comes, by vCPU */
	bool one_of_many;		/* anyone of those wanted, but one only */
};

#define X(dest)		((uint64_t)(dest) << 24)
#define MSI(dest)	(0xfee00000ULL | (dest) << 12)

static const struct message messages[] = {
	{ "ipi_xapic_physical", "send_xapic", false, X(1), VECTOR, VECTOR, { 0, 1, 0 }, false },
	{ "ipi_xapic_physical_own_id", "send_xapic", false, X(0), VECTOR, VECTOR, { 1, 0, 0 },
	  false },
	{ "ipi_xapic_nobody", "send_xapic", false, X(7), VECTOR, VECTOR, { 0, 0, 0 }, false },
	{ "ipi_xapic_physical_broadcast", "send_xapic", false, X(0xff), VECTOR, VECTOR,
	  { 1, 1, 1 }, false },
	{ "ipi_xapic_logical_flat", "send_xapic", false, X(0x6), 0x800 | VECTOR, VECTOR,
	  { 0, 1, 1 }, false },
	{ "ipi_xapic_logical_broadcast", "send_xapic", false, X(0xff), 0x800 | VECTOR, VECTOR,
	  { 1, 1, 1 }, false },
	{ "ipi_xapic_lowest_priority", "send_xapic", false, X(0x6), 0x900 | VECTOR, VECTOR,
	  { 0, 1, 1 }, true },
	{ "ipi_xapic_self", "send_xapic", false, 0, 0x40000 | VECTOR, VECTOR, { 1, 0, 0 }, false },
	{ "ipi_xapic_all", "send_xapic", false, 0, 0x80000 | VECTOR, VECTOR, { 1, 1, 1 }, false },
	{ "ipi_xapic_others", "send_xapic", false, 0, 0xc0000 | VECTOR, VECTOR, { 0, 1, 1 },
	  false },
	{ "ipi_xapic_nmi", "send_xapic", false, X(2), 0x400, 2, { 0, 0, 1 }, false },
	{ "ipi_xapic_nmi_others", "send_xapic", false, 0, 0xc0400, 2, { 0, 1, 1 }, false },
	{ "ipi_x2apic_physical", "send_x2apic", true, 2, VECTOR, VECTOR, { 0, 0, 1 }, false },
	{ "ipi_x2apic_broadcast", "send_x2apic", true, 0xffffffff, VECTOR, VECTOR, { 1, 1, 1 },
	  false },
	{ "ipi_x2apic_logical", "send_x2apic", true, 0x5, 0x800 | VECTOR, VECTOR, { 1, 0, 1 },
	  false },
	{ "ipi_x2apic_other_cluster", "send_x2apic", true, 0x10007, 0x800 | VECTOR, VECTOR,
	  { 0, 0, 0 }, false },
	{ "ipi_x2apic_others", "send_x2apic", true, 0, 0xc0000 | VECTOR, VECTOR, { 0, 1, 1 },
	  false },
	{ "ipi_x2apic_self_register", "send_self_x2apic", true, 0, VECTOR, VECTOR, { 1, 0, 0 },
	  false },
	{ "msi_physical", NULL, false, MSI(1), VECTOR, VECTOR, { 0, 1, 0 }, false },
	{ "msi_broadcast", NULL, false, MSI(0xff), VECTOR, VECTOR, { 1, 1, 1 }, false },
	{ "msi_logical", NULL, false, MSI(0x5) | 4, VECTOR, VECTOR, { 1, 0, 1 }, false },
	{ "msi_lowest_priority", NULL, false, MSI(0x7) | 0xc, 0x100 | VECTOR, VECTOR,
	  { 1, 1, 1 }, true },
	{ "msi_nmi", NULL, false, MSI(2), 0x400, 2, { 0, 0, 1 }, false },
	{ "msi_x2apic", NULL, true, MSI(1), VECTOR, VECTOR, { 0, 1, 0 }, false },
};

struct party {
	struct vm *vm;
	struct vcpu_thread t[NR];
};

static void wait_ready(struct vcpu *v)
{
	while (!__atomic_load_n(&v->area->value[0], __ATOMIC_ACQUIRE))
		if (tap_timed_out())
			break;
}

/* The second idles, the third spins; the first is last and may send. */
static void gather(struct party *p, const struct message *m)
{
	const char *entry[NR] = {
		m->sender ? m->sender : m->x2apic ? "spin_x2apic" : "spin_xapic",
		m->x2apic ? "idle_x2apic" : "idle_xapic",
		m->x2apic ? "spin_x2apic" : "spin_xapic",
	};
	int i;

	memset(p, 0, sizeof(*p));
	p->vm = vm_new(AXVCPU_VM_IRQCHIP, GUEST_RAM);
	vm_load(p->vm, "irq");
	for (i = NR - 1; i >= 0; i--) {
		struct vcpu *v = vm_vcpu(p->vm, i);

		v->area->arg[1] = m->high;
		v->area->arg[2] = m->low;
		vcpu_setup(v, entry[i]);
		vcpu_thread_start(&p->t[i], v);
		wait_ready(v);
	}
}

static void disperse(struct party *p)
{
	int i;

	for (i = 0; i < NR; i++) {
		p->vm->vcpus[i].area->arg[0] = 1;
		inject(&p->vm->vcpus[i], AXVCPU_EVENT_INTERRUPT, 0x30);
		vcpu_thread_join(&p->t[i]);
		CHECK_EQ(p->t[i].ret, AXVCPU_EXIT_IO_WRITE);
	}
}

static unsigned int total(const struct party *p, uint8_t vector)
{
	unsigned int i, n = 0;

	for (i = 0; i < NR; i++)
		n += p->vm->vcpus[i].area->count[vector];
	return n;
}

static void run_message(const void *arg)
{
	const struct message *m = arg;
	unsigned int want = 0, i;
	struct party p;

	gather(&p, m);
	for (i = 0; i < NR; i++)
		want += m->want[i];
	if (m->one_of_many)
		want = 1;
	if (!m->sender)
		CHECK_EQ(axvcpu_signal_msi(p.vm->fd, m->high, m->low), 0);
	while (total(&p, m->vector) < want && !tap_timed_out())
		sleep_us(200);
	/* And none that should not come. */
	sleep_us(3000);
	CHECK_EQ(total(&p, m->vector), want);
	for (i = 0; i < NR; i++) {
		uint64_t got = p.vm->vcpus[i].area->count[m->vector];

		if (m->one_of_many ? got > m->want[i] : got != m->want[i])
			tap_fail(__FILE__, __LINE__, "vCPU %u has %llu, expected %u", i,
				 (unsigned long long)got, m->want[i]);
	}
	disperse(&p);
}

/* ------------------------------------------------------------------- timer */

#define LVT_PERIODIC	0x20000
#define LVT_DEADLINE	0x40000
#define LVT_MASKED	0x10000

struct timer_case {
	const char *name;
	const char *entry;
	uint32_t lvt, initial, divide;
	uint32_t ticks;			/* interrupts to wait for */
	uint64_t deadline, more;	/* in microseconds */
	uint64_t at_most;		/* interrupts after "more", 0: as many as waited for */
};

static const struct timer_case timers[] = {
	{ "timer_one_shot_xapic", "timer_xapic", VECTOR, 200000, 0xb, 1, 0, 5000, 1 },
	{ "timer_one_shot_x2apic", "timer_x2apic", VECTOR, 200000, 0xb, 1, 0, 5000, 1 },
	{ "timer_one_shot_divided", "timer_xapic", VECTOR, 20000, 0x3, 1, 0, 5000, 1 },
	{ "timer_periodic_xapic", "timer_xapic", VECTOR | LVT_PERIODIC, 2000000, 0xb, 20, 0, 0,
	  40 },
	{ "timer_periodic_x2apic", "timer_x2apic", VECTOR | LVT_PERIODIC, 2000000, 0xb, 20, 0, 0,
	  40 },
	{ "timer_deadline", "timer_deadline", VECTOR | LVT_DEADLINE, 0, 0, 1, 3000, 5000, 1 },
	{ "timer_deadline_in_the_past", "timer_deadline", VECTOR | LVT_DEADLINE, 0, 0, 1, 0, 2000,
	  1 },
	{ "timer_masked", "timer_xapic", VECTOR | LVT_MASKED, 20000, 0xb, 0, 0, 5000, 0 },
};

static void run_timer(const void *arg)
{
	const struct timer_case *c = arg;
	uint64_t khz = test_info()->tsc_khz, start;
	struct vm *vm = vm_new(AXVCPU_VM_IRQCHIP, GUEST_RAM);
	struct vcpu *v = vm_vcpu(vm, 0);

	if (!khz)
		tap_skip("the TSC's frequency is not known");
	vm_load(vm, "irq");
	vcpu_start(v, c->entry);
	v->area->arg[1] = c->lvt;
	v->area->arg[2] = c->initial;
	v->area->arg[3] = c->divide;
	v->area->arg[4] = c->ticks;
	v->area->arg[5] = c->deadline * khz / 1000;
	v->area->arg[6] = c->more * khz / 1000;
	start = now_ns();
	EXPECT_DONE(v, GUEST_DONE_OK);
	tap_note("%llu guest ticks, %llu us on the host", (unsigned long long)v->area->value[1],
		 (unsigned long long)(now_ns() - start) / 1000);
	CHECK(v->area->count[VECTOR] >= c->ticks);
	CHECK(v->area->count[VECTOR] <= c->at_most);
	/* Never early. */
	if (c->deadline)
		CHECK(v->area->value[1] >= c->deadline * khz / 1000);
	CHECK_EQ(v->area->nlog, v->area->count[VECTOR]);
}

/* ----------------------------------------------------------- ExtINT and others */

struct extint_case {
	const char *name;
	uint32_t lint0;
	bool comes;
};

static const struct extint_case extints[] = {
	{ "extint_by_lint0", 0x700, true },
	{ "extint_masked", 0x10700, false },
	{ "extint_not_in_extint_mode", 0x00040, false },
};

static void run_extint(const void *arg)
{
	const struct extint_case *c = arg;
	struct vm *vm = vm_new(AXVCPU_VM_IRQCHIP, GUEST_RAM);
	struct vcpu *v = vm_vcpu(vm, 0);
	struct vcpu_thread t = { 0 };

	vm_load(vm, "irq");
	v->area->arg[1] = c->lint0;
	vcpu_setup(v, "extint");
	vcpu_thread_start(&t, v);
	wait_ready(v);
	CHECK_EQ(inject(v, AXVCPU_EVENT_EXTINT, 0x23), 0);
	while (c->comes && !v->area->count[0x23] && !tap_timed_out())
		;
	sleep_us(3000);
	CHECK_EQ(v->area->count[0x23], c->comes);
	if (!c->comes) {
		CHECK_EQ(inject(v, AXVCPU_EVENT_EXTINT, 0x23), 1);
		CHECK_ERRNO(inject(v, AXVCPU_EVENT_EXTINT, 0x24), EBUSY);
	}
	v->area->arg[0] = 1;
	vcpu_thread_join(&t);
}

/* Level-triggered messages and equal ones merge while one waits. */
static void msi_merges(const void *arg)
{
	struct vm *vm = vm_new(AXVCPU_VM_IRQCHIP, GUEST_RAM);
	struct vcpu *v = vm_vcpu(vm, 0);
	struct vcpu_thread t = { 0 };

	(void)arg;
	vm_load(vm, "irq");
	vcpu_setup(v, "spin_xapic");
	REQUIRE_OK(axvcpu_bind(v->fd));
	run_until_ready(v);
	CHECK_EQ(axvcpu_signal_msi(vm->fd, MSI(0), VECTOR), 0);
	CHECK_EQ(axvcpu_signal_msi(vm->fd, MSI(0), VECTOR), 1);
	CHECK_EQ(axvcpu_signal_msi(vm->fd, MSI(5), VECTOR), 0);
	REQUIRE_OK(axvcpu_unbind(v->fd));
	vcpu_thread_start(&t, v);
	while (!v->area->count[VECTOR] && !tap_timed_out())
		;
	v->area->arg[0] = 1;
	vcpu_thread_join(&t);
	CHECK_EQ(v->area->count[VECTOR], 1);
}

int main(void)
{
	struct tap_test tests[ARRAY_SIZE(messages) + ARRAY_SIZE(timers) + ARRAY_SIZE(extints) +
			      1];
	size_t i, n = 0;

	for (i = 0; i < ARRAY_SIZE(messages); i++)
		tests[n++] = (struct tap_test){ messages[i].name, run_message, &messages[i] };
	for (i = 0; i < ARRAY_SIZE(timers); i++)
		tests[n++] = (struct tap_test){ timers[i].name, run_timer, &timers[i] };
	for (i = 0; i < ARRAY_SIZE(extints); i++)
		tests[n++] = (struct tap_test){ extints[i].name, run_extint, &extints[i] };
	tests[n++] = (struct tap_test){ "msi_merges", msi_merges, NULL };
	return tap_main(tests, n);
}
