// SPDX-License-Identifier: MIT
/*
 * Exits that are one instruction: HYPERCALL, HALT, SHUTDOWN, SYSTEM_DOWN, DEBUG, NOTHING.
 * UNHANDLED is in exits_io.c: string I/O from an address without memory.
 */
#include <string.h>

#include "tests/common/exits.h"

/* The other vendor's instruction is of the same length. */
static void patch_hypercall(struct vm *vm)
{
	static const char *const marks[] = {
		"i_hypercall", "i_hypercall_fault", "i_hypercall32", "i_hypercall16",
	};
	unsigned int i;

	if (!test_backend_is("vmx"))
		return;
	for (i = 0; i < ARRAY_SIZE(marks); i++)
		memcpy(vm->ram + vm_mark(vm, marks[i]), "\x0f\x01\xc1", 3);
}

#define CALL_WANT									\
	{ .reason = AXVCPU_EXIT_HYPERCALL, .flags = FLAGS_READ,				\
	  .hypercall = { .nr = 0x1000000000000001,					\
			 .args = { 0x2000000000000002, 0x3000000000000003,		\
				   0x4000000000000004, 0x5000000000000005,		\
				   0x6000000000000006, 0x7000000000000007 } } }

#define CALL(n, how, val, after)							\
	{ .name = n, .guest = "basic", .entry = "hypercall", .prepare = patch_hypercall,\
	  .steps = { { .insn = "i_hypercall", .want = CALL_WANT, .answer = how,		\
		       .value = val } },						\
	  .values = { after, 0x2000000000000002, 0x7000000000000007, 1 }, .nr_values = 4 }

static void call_fault_left(struct vcpu *v)
{
	CHECK_EQ(v->area->vector, 13);
	CHECK_EQ(v->area->rip, vm_mark(v->vm, "i_hypercall_fault"));
	CHECK_EQ(v->area->gpr[0], 0x1000000000000001);
	CHECK_EQ(v->area->gpr[7], 0x2000000000000002);
}

#define HALT_STEP(mark, fl)								\
	{ .insn = mark, .want = { .reason = AXVCPU_EXIT_HALT, .flags = fl } }

static void set_debug(struct vcpu *v, uint32_t flags, uint64_t dr7, uint64_t dr0)
{
	struct axvcpu_x86_regs regs;

	REQUIRE_OK(axvcpu_set_debug(v->fd, flags));
	if (!dr7)
		return;
	vcpu_regs(v, AXVCPU_REGS_X86_DRS, &regs);
	regs.drs.dr[0] = dr0;
	regs.drs.dr7 = dr7;
	REQUIRE_OK(axvcpu_set_regs(v->fd, AXVCPU_REGS_X86_DRS, &regs));
}

static void debug_int3(struct vcpu *v)
{
	set_debug(v, AXVCPU_DEBUG_BREAKPOINT, 0, 0);
}

static void debug_exec(struct vcpu *v)
{
	set_debug(v, AXVCPU_DEBUG_HW, 0x402, vm_mark(v->vm, "hw_exec"));
}

static void debug_write(struct vcpu *v)
{
	/* A write of four bytes: APM Vol. 2, 13.1.1.5. */
	set_debug(v, AXVCPU_DEBUG_HW, 0xd0402, GUEST_DATA);
}

static const struct exit_case cases[] = {
	CALL("hypercall_default_keeps_rax", ANSWER_NONE, 0, 0x1000000000000001),
	CALL("hypercall_answered_by_value", ANSWER_VALUE, 0xabcdef0123456789,
	     0xabcdef0123456789),
	CALL("hypercall_answered_by_set_return_value", ANSWER_RETURN, 77, 77),
	CALL("hypercall_answered_by_set_gpr", ANSWER_GPR, 78, 78),
	{ .name = "hypercall_replaced_by_fault", .guest = "basic", .entry = "hypercall_fault",
	  .prepare = patch_hypercall,
	  .steps = { { .insn = "i_hypercall_fault", .want = CALL_WANT, .answer = ANSWER_GP } },
	  .values = { 1 }, .nr_values = 1, .last = call_fault_left },
	{ .name = "hypercall_prot32", .guest = "basic", .entry = "hypercall32",
	  .prepare = patch_hypercall,
	  .steps = { { .insn = "i_hypercall32", .answer = ANSWER_VALUE, .value = 5,
		       .want = { .reason = AXVCPU_EXIT_HYPERCALL, .flags = FLAGS_READ,
				 .hypercall = { 0x81, { 0x82, 0x83, 0x84, 0x85, 0, 0 } } } } },
	  .values = { 5, 1 }, .nr_values = 2 },
	{ .name = "hypercall_real16", .guest = "basic", .entry = "hypercall16",
	  .prepare = patch_hypercall,
	  .steps = { { .insn = "i_hypercall16", .answer = ANSWER_VALUE, .value = 6,
		       .want = { .reason = AXVCPU_EXIT_HYPERCALL, .flags = FLAGS_READ,
				 .hypercall = { 0x91, { 0x92, 0x93, 0x94, 0x95, 0, 0 } } } } },
	  .values = { 6 }, .nr_values = 1 },
	{ .name = "halt", .guest = "basic", .entry = "halt",
	  .steps = { HALT_STEP("i_halt", FLAGS_DONE), HALT_STEP("i_halt2", FLAGS_DONE) },
	  .values = { 2 }, .nr_values = 1 },
	{ .name = "halt_says_that_interrupts_are_on", .guest = "basic", .entry = "halt_sti",
	  .steps = { HALT_STEP("i_halt_sti", FLAGS_DONE | AXVCPU_EXIT_IRQ_READY) },
	  .values = { 1 }, .nr_values = 1 },
	{ .name = "halt_prot32", .guest = "basic", .entry = "halt32",
	  .steps = { HALT_STEP("i_halt32", FLAGS_DONE) }, .values = { 1 }, .nr_values = 1 },
	{ .name = "halt_real16", .guest = "basic", .entry = "halt16",
	  .steps = { HALT_STEP("i_halt16", FLAGS_DONE) }, .values = { 1 }, .nr_values = 1 },
	{ .name = "shutdown_by_triple_fault", .guest = "basic", .entry = "triple",
	  .steps = { { .want = { .reason = AXVCPU_EXIT_SHUTDOWN },
		       .loose = AXVCPU_EXIT_NMI_READY } },
	  .no_done = true, .values = { 1 }, .nr_values = 1 },
	{ .name = "system_down", .guest = "basic", .entry = "poweroff",
	  .steps = { { .insn = "i_poweroff_other",
		       .want = { .reason = AXVCPU_EXIT_IO_WRITE, .flags = FLAGS_DONE,
				 .io = { .port = 0x604, .width = 2, .count = 1,
					 .data = 0x1fff } } },
		     { .insn = "i_poweroff",
		       .want = { .reason = AXVCPU_EXIT_SYSTEM_DOWN, .flags = FLAGS_DONE } } },
	  .values = { 1 }, .nr_values = 1 },
	{ .name = "system_down_not_by_a_byte", .guest = "basic", .entry = "poweroff_byte",
	  .steps = { { .insn = "i_poweroff_byte",
		       .want = { .reason = AXVCPU_EXIT_IO_WRITE, .flags = FLAGS_DONE,
				 .io = { .port = 0x604, .width = 1, .count = 1 } } } } },
	{ .name = "debug_int3", .guest = "basic", .entry = "int3", .ready = debug_int3,
	  .steps = { { .insn = "i_int3", .bare = true,
		       .want = { .reason = AXVCPU_EXIT_DEBUG, .flags = FLAGS_QUIET,
				 .debug = { .vector = 3, .status = 0xffff0ff0,
					    .control = 0x400 } } } },
	  .no_done = true },
	{ .name = "int3_is_the_guests_unless_asked_for", .guest = "basic", .entry = "int3",
	  .steps = { { } }, .values = { 1 }, .nr_values = 1 },
	{ .name = "debug_execution_breakpoint", .guest = "basic", .entry = "hw_break",
	  .ready = debug_exec,
	  .steps = { { .insn = "hw_exec", .bare = true,
		       .want = { .reason = AXVCPU_EXIT_DEBUG, .flags = FLAGS_QUIET,
				 .debug = { .vector = 1, .status = 0xffff0ff1,
					    .control = 0x402 } } } },
	  .no_done = true },
	{ .name = "debug_watchpoint", .guest = "basic", .entry = "hw_break",
	  .ready = debug_write,
	  .steps = { { .insn = "hw_written", .bare = true,
		       .want = { .reason = AXVCPU_EXIT_DEBUG, .flags = FLAGS_QUIET,
				 .debug = { .vector = 1, .status = 0xffff0ff1,
					    .control = 0xd0402 } } } },
	  .values = { 1 }, .nr_values = 1 },
};

static void single_step(const void *arg)
{
	static const char *const marks[] = { "step0", "step1", "step2", "step3" };
	struct vcpu *v = vm_quick(0, "basic", "steps");
	struct axvcpu_exit want = {
		.reason = AXVCPU_EXIT_DEBUG, .flags = FLAGS_QUIET,
		.debug = { .vector = 1, .status = 0xffff4ff0, .control = 0x400 },
	};
	unsigned int i, n;

	(void)arg;
	REQUIRE_OK(axvcpu_set_debug(v->fd, AXVCPU_DEBUG_STEP));
	for (n = 0; n < 40; n++) {
		EXPECT_EXIT(v, AXVCPU_EXIT_DEBUG);
		if (v->run->exit.pc == vm_mark(v->vm, "step0"))
			break;
	}
	for (i = 0; i < ARRAY_SIZE(marks); i++) {
		exit_check(v, &want, marks[i], true);
		CHECK_EQ(v->area->value[0], i >= 2);
		if (i + 1 < ARRAY_SIZE(marks))
			EXPECT_EXIT(v, AXVCPU_EXIT_DEBUG);
	}
	REQUIRE_OK(axvcpu_set_debug(v->fd, 0));
	EXPECT_DONE(v, 0);
}

/* A read's exit comes first, the step's after the completion, none is lost. */
static void step_over_exit(const void *arg)
{
	struct vcpu *v = vm_quick(0, "mmio", "ld_dword");
	unsigned int n;
	int ret;

	(void)arg;
	REQUIRE_OK(axvcpu_set_debug(v->fd, AXVCPU_DEBUG_STEP));
	for (n = 0; n < 60; n++) {
		ret = vcpu_run(v);
		if (ret != AXVCPU_EXIT_DEBUG)
			break;
	}
	REQUIRE_EQ(ret, AXVCPU_EXIT_MMIO_READ);
	v->run->value = 9;
	EXPECT_EXIT(v, AXVCPU_EXIT_DEBUG);
	CHECK_EQ(v->run->exit.pc, vm_mark(v->vm, "i_ld_dword_end"));
	CHECK_EQ(v->run->exit.debug.status & 0x4000, 0x4000);
	REQUIRE_OK(axvcpu_set_debug(v->fd, 0));
	EXPECT_DONE(v, 0);
	CHECK_EQ(v->area->value[0], 9);
}

static void custom_poweroff(const void *arg)
{
	static const struct axvcpu_exit down = {
		.reason = AXVCPU_EXIT_SYSTEM_DOWN, .flags = FLAGS_DONE,
	};
	static const struct axvcpu_exit io = {
		.reason = AXVCPU_EXIT_IO_WRITE, .flags = FLAGS_DONE,
		.io = { .port = 0x604, .width = 2, .count = 1, .data = 0x2000 },
	};
	struct vm *vm = vm_new_poweroff(0x1234, 0xbeef);
	struct vcpu *v;

	(void)arg;
	vm_load(vm, "basic");
	v = vm_vcpu(vm, 0);
	vcpu_start(v, "poweroff_custom");
	EXPECT_EXIT(v, AXVCPU_EXIT_SYSTEM_DOWN);
	exit_check(v, &down, "i_poweroff_custom", false);
	EXPECT_EXIT(v, AXVCPU_EXIT_IO_WRITE);
	exit_check(v, &io, "i_poweroff_default", false);
}

static void immediate_exit(const void *arg)
{
	static const struct axvcpu_exit nothing = {
		.reason = AXVCPU_EXIT_NOTHING, .flags = FLAGS_QUIET,
	};
	struct vcpu *v = vm_quick(0, "mmio", "ld_dword");

	(void)arg;
	v->run->immediate_exit = 1;
	EXPECT_EXIT(v, AXVCPU_EXIT_NOTHING);
	exit_check(v, &nothing, NULL, false);
	CHECK_EQ(v->run->exit.pc, vm_mark(v->vm, "ld_dword"));
	v->run->immediate_exit = 0;
	EXPECT_EXIT(v, AXVCPU_EXIT_MMIO_READ);
	/* What is pending is completed, but the guest does not run. */
	v->run->value = 0x4711;
	v->run->immediate_exit = 1;
	EXPECT_EXIT(v, AXVCPU_EXIT_NOTHING);
	CHECK_EQ(v->run->exit.pc, vm_mark(v->vm, "i_ld_dword_end"));
	CHECK_EQ(v->area->value[1], 0);
	v->run->value = 0x1234;
	v->run->immediate_exit = 0;
	EXPECT_DONE(v, 0);
	CHECK_EQ(v->area->value[0], 0x4711);
	CHECK_EQ(v->area->value[1], 1);
}

static void kernel_handled(const void *arg)
{
	struct vcpu *v = vm_quick(0, "basic", "kernel_handled");

	(void)arg;
	EXPECT_DONE(v, 0);
	CHECK_EQ(v->area->value[0], 1);
}

static void undefined(const void *arg)
{
	struct vcpu *v = vm_quick(0, "basic", "undefined");

	(void)arg;
	EXPECT_DONE(v, 0);
	CHECK_EQ(v->area->value[0], 7);
	CHECK_EQ(v->area->value[1], 7);
}

static void user_mode(const void *arg)
{
	static const struct axvcpu_exit want = {
		.reason = AXVCPU_EXIT_MMIO_READ, .flags = FLAGS_READ | AXVCPU_EXIT_USER,
		.mmio = { .addr = GUEST_MMIO, .width = 4, .reg_width = 4 },
	};
	struct vcpu *v = vm_quick(0, "basic", "user");

	(void)arg;
	EXPECT_EXIT(v, AXVCPU_EXIT_MMIO_READ);
	exit_check(v, &want, "i_user", false);
	v->run->value = 3;
	/* HLT and OUT are faults there, no exits. */
	EXPECT_DONE(v, GUEST_DONE_FAULT);
	CHECK_EQ(v->area->value[0], 3);
	CHECK_EQ(v->area->value[1], 13);
	CHECK_EQ(v->area->count[13], 2);
}

static const struct tap_test more[] = {
	{ "debug_single_step", single_step, NULL },
	{ "debug_step_over_an_exit", step_over_exit, NULL },
	{ "system_down_custom_port", custom_poweroff, NULL },
	{ "nothing_by_immediate_exit", immediate_exit, NULL },
	{ "kernel_answers_cpuid_and_wbinvd", kernel_handled, NULL },
	{ "instructions_no_guest_has_are_ud", undefined, NULL },
	{ "user_mode", user_mode, NULL },
};

int main(void)
{
	struct tap_test tests[ARRAY_SIZE(cases) + ARRAY_SIZE(more)];
	size_t i;

	for (i = 0; i < ARRAY_SIZE(cases); i++)
		tests[i] = (struct tap_test){ cases[i].name, exit_case_run, &cases[i] };
	memcpy(tests + i, more, sizeof(more));
	return tap_main(tests, ARRAY_SIZE(tests));
}
