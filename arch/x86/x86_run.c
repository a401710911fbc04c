// SPDX-License-Identifier: GPL-2.0-only
/* What a guest did, by kind: handled here, or made into an exit for userspace. */
#include "apic.h"
#include "x86_ops.h"

typedef int (*handler_fn)(struct axx86_vcpu *x, const struct axx86_intercept *icpt);

/**
 * axx86_exit_user() - complete vcpu->exit with what every exit has
 * @x: vCPU; reason and union are written, pc is final
 *
 * Return: AXVCPU_RUN_EXIT.
 */
int axx86_exit_user(struct axx86_vcpu *x)
{
	struct axvcpu_exit *exit = &x->vcpu->exit;
	bool shadow = axx86_read(x, AXX86_INTR_SHADOW);
	bool busy = shadow || x->events.exception.valid || x->events.again.valid;

	exit->pc = axx86_read(x, AXX86_RIP);
	if (x->pending.kind != AXX86_PENDING_NONE) {
		exit->flags |= AXVCPU_EXIT_PENDING;
		if (!(exit->flags & AXVCPU_EXIT_PARTIAL))
			exit->insn_len = exit->pc - x->pending.rip;
	}
	if (!busy && axx86_read(x, AXX86_RFLAGS) & AXRFLAGS_IF)
		exit->flags |= AXVCPU_EXIT_IRQ_READY;
	if (!busy && !x->events.nmi_masked)
		exit->flags |= AXVCPU_EXIT_NMI_READY;
	if (axx86_read(x, AXX86_CPL) == 3)
		exit->flags |= AXVCPU_EXIT_USER;
	axx86_vendor->raw(x, &exit->hw);
	return AXVCPU_RUN_EXIT;
}

/**
 * axx86_fill_exit() - complete an exit that the core makes
 * @vcpu: vCPU
 */
void axx86_fill_exit(struct axvcpu *vcpu)
{
	axx86_exit_user(axx86_vcpu(vcpu));
}

static int exit_plain(struct axx86_vcpu *x, u32 reason)
{
	axvcpu_exit_init(x->vcpu, reason);
	return axx86_exit_user(x);
}

/* Nothing to do; the guest runs into the instruction again if it cannot be found. */
static int handle_skip(struct axx86_vcpu *x, const struct axx86_intercept *icpt)
{
	u64 next;

	if (!axx86_insn_next(x, icpt, &next))
		axx86_set_rip(x, next);
	return AXVCPU_RUN_AGAIN;
}

static int handle_cpuid(struct axx86_vcpu *x, const struct axx86_intercept *icpt)
{
	u32 leaf = x->gpr[AXX86_RAX];
	struct axvcpu_cpuid_entry e;
	u64 cr4 = 0, xcr0 = 0, next;

	if (axx86_insn_next(x, icpt, &next))
		return AXVCPU_RUN_AGAIN;
	if (axx86_cpuid_needs_state(leaf)) {
		cr4 = axx86_read(x, AXX86_CR4);
		xcr0 = x->xcr0;
	}
	axx86_cpuid_lookup(x->cpuid, leaf, x->gpr[AXX86_RCX], cr4, xcr0, &e);
	x->gpr[AXX86_RAX] = e.eax;
	x->gpr[AXX86_RBX] = e.ebx;
	x->gpr[AXX86_RCX] = e.ecx;
	x->gpr[AXX86_RDX] = e.edx;
	axx86_set_rip(x, next);
	return AXVCPU_RUN_AGAIN;
}

static bool halt_ends(struct axx86_vcpu *x)
{
	const struct axx86_events *ev = &x->events;

	if (test_bit(AXX86_ASYNC_INIT, &ev->async) || ev->exception.valid || ev->again.valid)
		return true;
	if (test_bit(AXX86_ASYNC_NMI, &ev->async) && !ev->nmi_masked)
		return true;
	if (!(axx86_read(x, AXX86_RFLAGS) & AXRFLAGS_IF))
		return false;
	if (x->apic)
		return axapic_has_event(x->apic);
	return axx86_event_irq(ev, axx86_read(x, AXX86_TPR)) >= 0;
}

/**
 * axx86_has_event() - would something end the guest's idling
 * @vcpu: vCPU that is BLOCKED
 */
bool axx86_has_event(struct axvcpu *vcpu)
{
	return halt_ends(axx86_vcpu(vcpu));
}

static int handle_hlt(struct axx86_vcpu *x, const struct axx86_intercept *icpt)
{
	u64 next;

	if (axx86_insn_next(x, icpt, &next))
		return AXVCPU_RUN_AGAIN;
	axx86_pend(x, AXX86_PENDING_DONE);
	axx86_set_rip(x, next);
	if (halt_ends(x)) {
		x->pending.kind = AXX86_PENDING_NONE;
		return AXVCPU_RUN_AGAIN;
	}
	if (!x->apic)
		return exit_plain(x, AXVCPU_EXIT_HALT);
	x->pending.kind = AXX86_PENDING_NONE;
	x->halted = true;
	return AXVCPU_RUN_HALT;
}

static int handle_hypercall(struct axx86_vcpu *x, const struct axx86_intercept *icpt)
{
	struct axvcpu_exit *exit;
	u64 next;

	if (axx86_insn_next(x, icpt, &next))
		return AXVCPU_RUN_AGAIN;
	exit = axvcpu_exit_init(x->vcpu, AXVCPU_EXIT_HYPERCALL);
	exit->hypercall = (struct axvcpu_exit_hypercall) {
		.nr = x->gpr[AXX86_RAX],
		.args = { x->gpr[AXX86_RDI], x->gpr[AXX86_RSI], x->gpr[AXX86_RDX],
			  x->gpr[AXX86_RCX], x->gpr[AXX86_R8], x->gpr[AXX86_R9] },
	};
	axx86_pend(x, AXX86_PENDING_RAX);
	axx86_set_rip(x, next);
	return axx86_exit_user(x);
}

static int handle_ud(struct axx86_vcpu *x, const struct axx86_intercept *icpt)
{
	axx86_raise(x, AXVEC_UD, 0, 0);
	return AXVCPU_RUN_AGAIN;
}

static int handle_gp(struct axx86_vcpu *x, const struct axx86_intercept *icpt)
{
	axx86_raise(x, AXVEC_GP, 0, 0);
	return AXVCPU_RUN_AGAIN;
}

static int exit_debug(struct axx86_vcpu *x, u8 vector, u64 dr6)
{
	struct axvcpu_exit *exit = axvcpu_exit_init(x->vcpu, AXVCPU_EXIT_DEBUG);

	exit->debug = (struct axvcpu_exit_debug) {
		.vector = vector,
		.status = dr6,
		.control = axx86_read(x, AXX86_DR7),
	};
	return axx86_exit_user(x);
}

static int handle_exception(struct axx86_vcpu *x, const struct axx86_intercept *icpt)
{
	u8 vector = icpt->u.exception.vector;
	u64 dr6 = axx86_read(x, AXX86_DR6);

	if (vector == AXVEC_BP && x->debug & AXVCPU_DEBUG_BREAKPOINT)
		return exit_debug(x, AXVEC_BP, dr6);
	if (vector == AXVEC_DB) {
		bool ours = (x->debug & AXVCPU_DEBUG_STEP && dr6 & AXDR6_BS) ||
			    (x->debug & AXVCPU_DEBUG_HW && dr6 & AXDR6_B);

		if (ours) {
			/* The guest was not meant to see it. */
			axx86_write(x, AXX86_DR6, dr6 & ~(AXDR6_BS | AXDR6_B));
			return exit_debug(x, AXVEC_DB, dr6);
		}
	}
	axx86_raise(x, vector, icpt->u.exception.error, icpt->u.exception.address);
	return AXVCPU_RUN_AGAIN;
}

/*
 * INT n while userspace waits for breakpoints: INT3 is one, any other is
 * delivered as if it had not been intercepted.
 */
static int handle_soft_int(struct axx86_vcpu *x, const struct axx86_intercept *icpt)
{
	struct axx86_fixed fixed;

	if (axx86_fixed_insn(x, AXX86_FIX_ANY, &fixed))
		return AXVCPU_RUN_AGAIN;
	if (fixed.op == AXX86_FIX_INT3)
		return exit_debug(x, AXVEC_BP, axx86_read(x, AXX86_DR6));
	axx86_write(x, AXX86_RIP, axx86_read(x, AXX86_RIP) + fixed.length);
	x->events.again = (struct axx86_event) {
		.valid = true,
		.type = AXX86_TYPE_SOFT,
		.vector = fixed.op == AXX86_FIX_INTO ? AXVEC_OF : fixed.imm,
		.insn_len = fixed.length,
	};
	return AXVCPU_RUN_AGAIN;
}

static int handle_nothing(struct axx86_vcpu *x, const struct axx86_intercept *icpt)
{
	return AXVCPU_RUN_AGAIN;
}

static int handle_shutdown(struct axx86_vcpu *x, const struct axx86_intercept *icpt)
{
	/* What was being delivered ended in this. */
	x->events.again.valid = false;
	x->events.exception.valid = false;
	x->events.shutdown = true;
	return AXVCPU_RUN_AGAIN;	/* axx86_before_run() reports it, again and again */
}

static int handle_fail_entry(struct axx86_vcpu *x, const struct axx86_intercept *icpt)
{
	struct axvcpu_exit *exit = axvcpu_exit_init(x->vcpu, AXVCPU_EXIT_FAIL_ENTRY);

	axx86_vendor->check(x, &exit->fail_entry);
	return axx86_exit_user(x);
}

static int handle_unknown(struct axx86_vcpu *x, const struct axx86_intercept *icpt)
{
	return exit_plain(x, AXVCPU_EXIT_UNHANDLED);
}

/* By kind: the handler, and the reason that statistics and traces show for it. */
static const struct {
	handler_fn fn;
	u8 reason;
} handlers[] = {
	[AXX86_ICPT_NONE]	= { handle_nothing,	AXVCPU_EXIT_EXTERNAL_INTERRUPT },
	[AXX86_ICPT_CPUID]	= { handle_cpuid,	AXVCPU_EXIT_NOTHING },
	[AXX86_ICPT_HLT]	= { handle_hlt,		AXVCPU_EXIT_HALT },
	[AXX86_ICPT_IO]		= { axx86_handle_io,	AXVCPU_EXIT_IO_READ },
	[AXX86_ICPT_MSR]	= { axx86_handle_msr,		AXVCPU_EXIT_SYSREG_READ },
	[AXX86_ICPT_CR]		= { axx86_handle_cr,		AXVCPU_EXIT_NOTHING },
	[AXX86_ICPT_DR]		= { axx86_handle_dr,		AXVCPU_EXIT_NOTHING },
	[AXX86_ICPT_HYPERCALL]	= { handle_hypercall,	AXVCPU_EXIT_HYPERCALL },
	[AXX86_ICPT_XSETBV]	= { axx86_handle_xsetbv,	AXVCPU_EXIT_NOTHING },
	[AXX86_ICPT_SKIP]	= { handle_skip,		AXVCPU_EXIT_NOTHING },
	[AXX86_ICPT_UD]		= { handle_ud,		AXVCPU_EXIT_NOTHING },
	[AXX86_ICPT_GP]		= { handle_gp,		AXVCPU_EXIT_NOTHING },
	[AXX86_ICPT_EXCEPTION]	= { handle_exception,	AXVCPU_EXIT_DEBUG },
	[AXX86_ICPT_SOFT_INT]	= { handle_soft_int,	AXVCPU_EXIT_DEBUG },
	[AXX86_ICPT_NPF]	= { axx86_handle_npf,	AXVCPU_EXIT_NESTED_PAGE_FAULT },
	[AXX86_ICPT_IRQ_WINDOW]	= { handle_nothing,	AXVCPU_EXIT_IRQ_WINDOW },
	[AXX86_ICPT_NMI_WINDOW]	= { handle_nothing,	AXVCPU_EXIT_IRQ_WINDOW },
	[AXX86_ICPT_SHUTDOWN]	= { handle_shutdown,	AXVCPU_EXIT_SHUTDOWN },
	[AXX86_ICPT_INIT]	= { handle_nothing,	AXVCPU_EXIT_NOTHING },
	[AXX86_ICPT_FAIL_ENTRY]	= { handle_fail_entry,	AXVCPU_EXIT_FAIL_ENTRY },
	[AXX86_ICPT_UNKNOWN]	= { handle_unknown,	AXVCPU_EXIT_UNHANDLED },
};

/**
 * axx86_intercept_reason() - the unified reason that an intercept is nearest to
 * @icpt: intercept
 *
 * Return: enum axvcpu_exit_reason.
 */
u32 axx86_intercept_reason(const struct axx86_intercept *icpt)
{
	u32 reason = handlers[icpt->kind].reason;

	/* Read and write are neighbours in the ABI. */
	if (icpt->kind == AXX86_ICPT_IO)
		return reason + !icpt->u.io.in;
	if (icpt->kind == AXX86_ICPT_MSR)
		return reason + icpt->u.msr.write;
	return reason;
}

static int exit_stepped(struct axx86_vcpu *x)
{
	x->stepped = false;
	return exit_debug(x, AXVEC_DB, AXDR6_INIT | AXDR6_BS);
}

/**
 * axx86_handle() - act on an intercept
 * @x: vCPU outside the guest
 * @icpt: what it did
 *
 * Context: process, sleeps.
 * Return: enum axvcpu_run_result, or -errno.
 */
int axx86_handle(struct axx86_vcpu *x, const struct axx86_intercept *icpt)
{
	int ret;

	x->stepped = false;
	ret = handlers[icpt->kind].fn(x, icpt);
	if (ret != AXVCPU_RUN_EXIT)
		x->vcpu->stats.kernel_exits[axx86_intercept_reason(icpt)]++;
	if (ret == AXVCPU_RUN_AGAIN && unlikely(x->stepped))
		return exit_stepped(x);
	return ret;
}

static int take_init(struct axx86_vcpu *x)
{
	clear_bit(AXX86_ASYNC_INIT, &x->events.async);
	if (x->apic)
		axapic_init_signal(x->apic);
	x->halted = false;
	return exit_plain(x, AXVCPU_EXIT_CPU_DOWN);
}

static int exit_window(struct axx86_vcpu *x, u32 events)
{
	struct axvcpu_exit *exit = axvcpu_exit_init(x->vcpu, AXVCPU_EXIT_IRQ_WINDOW);

	exit->window.events = events;
	return axx86_exit_user(x);
}

/* Windows that userspace asked for and that are open with nothing of ours to go through. */
static u32 open_windows(struct axx86_vcpu *x, bool irq_ready)
{
	const struct axx86_events *ev = &x->events;
	u32 open = 0;

	if (x->vcpu->request & AXVCPU_REQUEST_IRQ_WINDOW && irq_ready && !x->apic &&
	    axx86_event_irq(ev, axx86_read(x, AXX86_TPR)) < 0)
		open |= AXVCPU_WINDOW_IRQ;
	if (x->vcpu->request & AXVCPU_REQUEST_NMI_WINDOW && !ev->nmi_masked &&
	    !test_bit(AXX86_ASYNC_NMI, &ev->async) && !axx86_read(x, AXX86_INTR_SHADOW))
		open |= AXVCPU_WINDOW_NMI;
	return open;
}

/**
 * axx86_before_run() - what comes before entering the guest
 * @x: vCPU
 * @irq_ready: the guest would take an interrupt now
 *
 * Return: AXVCPU_RUN_AGAIN: enter; else what the core shall do instead.
 */
int axx86_before_run(struct axx86_vcpu *x, bool irq_ready)
{
	u32 windows;

	/* The instruction's own exit came first. */
	if (unlikely(x->stepped))
		return exit_stepped(x);
	if (unlikely(x->events.shutdown))
		return exit_plain(x, AXVCPU_EXIT_SHUTDOWN);
	if (unlikely(test_bit(AXX86_ASYNC_INIT, &x->events.async)))
		return take_init(x);
	if (x->apic && unlikely(x->apic->cpu_up_pending)) {
		axvcpu_exit_init(x->vcpu, AXVCPU_EXIT_CPU_UP);
		if (axapic_next_cpu_up(x->apic, &x->vcpu->exit))
			return axx86_exit_user(x);
	}
	if (unlikely(x->halted)) {
		if (!halt_ends(x))
			return AXVCPU_RUN_HALT;
		x->halted = false;
	}
	if (unlikely(x->vcpu->request)) {
		windows = open_windows(x, irq_ready);
		if (windows)
			return exit_window(x, windows);
	}
	return AXVCPU_RUN_AGAIN;
}
