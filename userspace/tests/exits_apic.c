// SPDX-License-Identifier: MIT
/*
 * Exits around the local APIC: SEND_IPI, CPU_UP, CPU_DOWN, EOI, IRQ_WINDOW; with the
 * controller in the kernel and without. EXTERNAL_INTERRUPT: see no_external_interrupt().
 */
#include <errno.h>
#include <string.h>

#include "tests/common/exits.h"

#define DEST(id)	((uint64_t)(id) << 24)

/* One write of the command register without a controller in the kernel. */
struct icr_case {
	const char *name;
	bool x2apic;
	uint32_t high, low;
	struct axvcpu_exit want;
};

#define IPI(target, aux, vec, all, self)						\
	{ .reason = AXVCPU_EXIT_SEND_IPI, .flags = FLAGS_DONE,				\
	  .ipi = { target, aux, vec, all, self, { 0 } } }

static const struct icr_case icr_cases[] = {
	{ "send_ipi_xapic_physical", false, 0x03000000, 0x4031,
	  IPI(3, 0x0300000000004031, 0x31, 0, 0) },
	{ "send_ipi_xapic_logical", false, 0x05000000, 0x4840,
	  IPI(5, 0x0500000000004840, 0x40, 0, 0) },
	{ "send_ipi_xapic_self", false, 0, 0x44055, IPI(0, 0x44055, 0x55, 0, 1) },
	{ "send_ipi_xapic_all", false, 0, 0x84056, IPI(0, 0x84056, 0x56, 1, 1) },
	{ "send_ipi_xapic_others", false, 0, 0xc4057, IPI(0, 0xc4057, 0x57, 1, 0) },
	{ "send_ipi_xapic_nmi", false, 0x02000000, 0x4400, IPI(2, 0x0200000000004400, 0, 0, 0) },
	{ "send_ipi_xapic_init", false, 0x01000000, 0x4500, IPI(1, 0x0100000000004500, 0, 0, 0) },
	{ "cpu_up_xapic_sipi", false, 0x01000000, 0x469f,
	  { .reason = AXVCPU_EXIT_CPU_UP, .flags = FLAGS_DONE,
	    .cpu_up = { .target_cpu = 1, .entry_point = 0x9f000 } } },
	{ "send_ipi_x2apic_physical", true, 0x00000103, 0x4031,
	  IPI(0x103, 0x0000010300004031, 0x31, 0, 0) },
	{ "send_ipi_x2apic_others", true, 0, 0xc0061, IPI(0, 0xc0061, 0x61, 1, 0) },
	{ "cpu_up_x2apic_sipi", true, 2, 0x4610,
	  { .reason = AXVCPU_EXIT_CPU_UP, .flags = FLAGS_DONE,
	    .cpu_up = { .target_cpu = 2, .entry_point = 0x10000 } } },
};

static void run_icr(const void *arg)
{
	const struct icr_case *c = arg;
	struct vcpu *v = vm_quick(0, "apic", c->x2apic ? "icr_x2apic" : "icr_xapic");
	struct axvcpu_exit high = {
		.reason = AXVCPU_EXIT_MMIO_WRITE, .flags = FLAGS_DONE,
		.mmio = { .addr = 0xfee00310, .data = c->high, .width = 4 },
	};

	v->area->arg[0] = c->high;
	v->area->arg[1] = c->low;
	if (!c->x2apic) {
		EXPECT_EXIT(v, AXVCPU_EXIT_MMIO_WRITE);
		exit_check(v, &high, "i_icr2", false);
	}
	memset(&v->run->exit, 0xa5, sizeof(v->run->exit));
	EXPECT_EXIT(v, c->want.reason);
	exit_check(v, &c->want, c->x2apic ? "i_icr_x2" : "i_icr", false);
	if (test_backend_is("svm"))
		CHECK_EQ(v->run->exit.hw.code, c->x2apic ? 0x7c : 0x400);
	EXPECT_DONE(v, GUEST_DONE_OK);
	CHECK_EQ(v->area->value[0], 1);
}

static const struct exit_case eoi_cases[] = {
	{ .name = "eoi_without_controller_xapic", .guest = "apic", .entry = "eoi_xapic",
	  .steps = { { .insn = "i_eoi",
		       .want = { .reason = AXVCPU_EXIT_EOI, .flags = FLAGS_DONE,
				 .eoi = { AXVCPU_VECTOR_UNKNOWN } } } },
	  .values = { 1 }, .nr_values = 1 },
	{ .name = "eoi_without_controller_x2apic", .guest = "apic", .entry = "eoi_x2apic",
	  .steps = { { .insn = "i_eoi_x2",
		       .want = { .reason = AXVCPU_EXIT_EOI, .flags = FLAGS_DONE,
				 .eoi = { AXVCPU_VECTOR_UNKNOWN } } } },
	  .values = { 1 }, .nr_values = 1 },
};

/* With the controller: the vectors that were asked for, and no others, end in an exit. */
static void eoi_chosen(const void *arg)
{
	static const struct axvcpu_exit want = {
		.reason = AXVCPU_EXIT_EOI, .eoi = { 0x41 },
	};
	uint64_t vectors[4] = { 0, 1ULL << (0x41 - 64), 0, 0 };
	struct vcpu *v = vm_quick(AXVCPU_VM_IRQCHIP, "apic", arg);

	REQUIRE_OK(axvcpu_eoi_vectors(v->vm->fd, vectors));
	v->area->arg[0] = 3;
	/* Software-enabled first, or the interrupts are forgotten: run up to the loop. */
	run_until_ready(v);
	REQUIRE_OK(inject(v, AXVCPU_EVENT_INTERRUPT, 0x40));
	REQUIRE_OK(inject(v, AXVCPU_EVENT_INTERRUPT, 0x41));
	EXPECT_EXIT(v, AXVCPU_EXIT_EOI);
	CHECK_EQ(v->run->exit.eoi.vector, 0x41);
	CHECK_MEM((void *)&v->run->exit.raw[1], (void *)&want.raw[1], sizeof(want.raw) - 8);
	CHECK_EQ(v->run->exit.flags & ~AXVCPU_EXIT_IRQ_READY, FLAGS_DONE);
	REQUIRE_OK(inject(v, AXVCPU_EVENT_INTERRUPT, 0x42));
	EXPECT_DONE(v, GUEST_DONE_OK);
	CHECK_EQ(v->area->count[0x40], 1);
	CHECK_EQ(v->area->count[0x41], 1);
	CHECK_EQ(v->area->count[0x42], 1);
}

/* ------------------------------------------------------------ CPU_UP, CPU_DOWN */

static void copy_started(struct vm *vm)
{
	uint64_t from = vm_mark(vm, "started"), to = vm_mark(vm, "started_end");

	memcpy(vm->ram + GUEST_DATA, vm->ram + from, to - from);
}

static void *run_started(void *arg)
{
	struct vcpu *v = arg;
	int ret;

	REQUIRE_OK(axvcpu_setup(v->fd, AXVCPU_START_X86_REAL16, GUEST_DATA,
				GUEST_AREA0 + v->id * GUEST_AREA_SIZE, 0));
	REQUIRE_OK(axvcpu_bind(v->fd));
	ret = vcpu_run(v);
	CHECK_EQ(ret, AXVCPU_EXIT_IO_WRITE);
	CHECK_EQ(v->run->exit.io.port, GUEST_PORT_DONE);
	/* CS is the page of the SIPI. */
	CHECK(v->run->exit.pc < vm_mark(v->vm, "started_end") - vm_mark(v->vm, "started"));
	axvcpu_unbind(v->fd);
	return NULL;
}

static void cpu_up(const void *arg)
{
	static const struct axvcpu_exit want = {
		.reason = AXVCPU_EXIT_CPU_UP, .flags = FLAGS_DONE,
		.cpu_up = { .target_cpu = 1, .entry_point = GUEST_DATA },
	};
	struct vcpu *v = vm_quick(AXVCPU_VM_IRQCHIP, "apic", "start_other");
	struct vcpu *other = vm_vcpu(v->vm, 1);
	pthread_t thread;

	(void)arg;
	copy_started(v->vm);
	v->area->arg[0] = DEST(1);
	v->area->arg[1] = 0x4600 | GUEST_DATA >> 12;
	EXPECT_EXIT(v, AXVCPU_EXIT_CPU_UP);
	exit_check(v, &want, "i_sipi", false);
	REQUIRE_EQ(pthread_create(&thread, NULL, run_started, other), 0);
	pthread_join(thread, NULL);
	CHECK_EQ(other->area->value[0] & 0xffff, 0x5678);
	v->area->arg[2] = 1;
	EXPECT_DONE(v, GUEST_DONE_OK);
	CHECK_EQ(v->area->value[0], 1);
}

/* INIT reaches a vCPU that runs: CPU_DOWN there; a SIPI starts it once more. */
static void cpu_down(const void *arg)
{
	static const struct axvcpu_exit want = { .reason = AXVCPU_EXIT_CPU_DOWN };
	struct vcpu *v = vm_quick(AXVCPU_VM_IRQCHIP, "apic", "start_other");
	struct vcpu *other = vm_vcpu(v->vm, 1);
	struct vcpu_thread t = { 0 };

	(void)arg;
	/* The other one waits for interrupts that never come. */
	vcpu_setup(other, "irq_xapic");
	other->area->arg[0] = 1;
	vcpu_thread_start(&t, other);
	REQUIRE(vcpu_wait_state(other, AXVCPU_STATE_RUNNING));
	v->area->arg[0] = DEST(1);
	v->area->arg[1] = 0x4600 | GUEST_DATA >> 12;
	EXPECT_EXIT(v, AXVCPU_EXIT_CPU_UP);
	vcpu_thread_join(&t);
	CHECK_EQ(t.ret, AXVCPU_EXIT_CPU_DOWN);
	CHECK_EQ(other->run->exit.reason, AXVCPU_EXIT_CPU_DOWN);
	CHECK_EQ(other->run->exit.vcpu, 1);
	CHECK_EQ(other->run->exit.insn_len, 0);
	CHECK_MEM((void *)other->run->exit.raw, (void *)want.raw, sizeof(want.raw));
	copy_started(v->vm);
	run_started(other);
	CHECK_EQ(other->area->value[0] & 0xffff, 0x5678);
}

/* ------------------------------------------------------------------ windows */

static void irq_window(const void *arg)
{
	static const struct axvcpu_exit want = {
		.reason = AXVCPU_EXIT_IRQ_WINDOW,
		.flags = AXVCPU_EXIT_NMI_READY | AXVCPU_EXIT_IRQ_READY,
		.window = { .events = AXVCPU_WINDOW_IRQ },
	};
	struct vcpu *v = vm_quick(0, "apic", "window");

	(void)arg;
	v->run->request = AXVCPU_REQUEST_IRQ_WINDOW;
	EXPECT_EXIT(v, AXVCPU_EXIT_IRQ_WINDOW);
	exit_check(v, &want, "window_open", true);
	CHECK_EQ(v->area->value[0], 1);
	/* Open now: an interrupt goes in at this place. */
	v->run->request = 0;
	REQUIRE_OK(inject(v, AXVCPU_EVENT_INTERRUPT, 0x77));
	EXPECT_DONE(v, GUEST_DONE_OK);
	CHECK_EQ(v->area->count[0x77], 1);
	CHECK_EQ(v->area->value[0], 2);
}

static void nmi_window(const void *arg)
{
	static const struct axvcpu_exit want = {
		.reason = AXVCPU_EXIT_IRQ_WINDOW, .flags = FLAGS_QUIET,
		.window = { .events = AXVCPU_WINDOW_NMI },
	};
	struct vcpu *v = vm_quick(0, "apic", "window");

	(void)arg;
	v->run->request = AXVCPU_REQUEST_NMI_WINDOW;
	EXPECT_EXIT(v, AXVCPU_EXIT_IRQ_WINDOW);
	exit_check(v, &want, "window", true);
	v->run->request = 0;
	EXPECT_DONE(v, GUEST_DONE_OK);
}

/*
 * This backend takes the host's interrupts inside: a guest that spins through many
 * ticks of the host comes back by a kick alone.
 */
static void no_external_interrupt(const void *arg)
{
	struct vcpu *v = vm_quick(0, "basic", "spin");
	struct vcpu_thread t = { 0 };
	uint64_t before;

	(void)arg;
	REQUIRE_OK(axvcpu_unbind(v->fd));
	vcpu_thread_start(&t, v);
	sleep_us(300000);
	before = v->area->value[0];
	sleep_us(50000);
	CHECK(v->area->value[0] > before);
	CHECK_EQ(vcpu_state(v), AXVCPU_STATE_RUNNING);
	vcpu_thread_stop(&t);
	CHECK_EQ(t.ret, AXVCPU_EXIT_NOTHING);
	CHECK_EQ(t.nothing, 0);
}

static const struct tap_test more[] = {
	{ "eoi_of_chosen_vectors_xapic", eoi_chosen, "irq_xapic" },
	{ "eoi_of_chosen_vectors_x2apic", eoi_chosen, "irq_x2apic" },
	{ "cpu_up_by_init_sipi", cpu_up, NULL },
	{ "cpu_down_by_init", cpu_down, NULL },
	{ "irq_window", irq_window, NULL },
	{ "nmi_window", nmi_window, NULL },
	{ "no_external_interrupt", no_external_interrupt, NULL },
};

int main(void)
{
	struct tap_test tests[ARRAY_SIZE(icr_cases) + ARRAY_SIZE(eoi_cases) + ARRAY_SIZE(more)];
	size_t i, n = 0;

	for (i = 0; i < ARRAY_SIZE(icr_cases); i++)
		tests[n++] = (struct tap_test){ icr_cases[i].name, run_icr, &icr_cases[i] };
	for (i = 0; i < ARRAY_SIZE(eoi_cases); i++)
		tests[n++] = (struct tap_test){ eoi_cases[i].name, exit_case_run, &eoi_cases[i] };
	for (i = 0; i < ARRAY_SIZE(more); i++)
		tests[n++] = more[i];
	return tap_main(tests, ARRAY_SIZE(tests));
}
