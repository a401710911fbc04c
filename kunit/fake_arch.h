/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A backend that follows a script, and fakes of what else the core calls: they do what the
 * test says and remember that they were asked.
 */
#ifndef _FAKE_ARCH_H
#define _FAKE_ARCH_H

#include <linux/atomic.h>
#include <linux/completion.h>
#include <linux/types.h>

#include <axvcpu/arch.h>
#include <axvcpu/vcpu.h>

/* What the core calls. */
enum fake_call {
	FAKE_PERCPU_GET,
	FAKE_PERCPU_PUT,
	FAKE_MEM_INIT,
	FAKE_MEM_DESTROY,
	FAKE_MEM_CALL,		/* MAP, UNMAP, DIRTY_LOG */
	FAKE_VM_CREATE,
	FAKE_VM_DESTROY,
	FAKE_VCPU_CREATE,
	FAKE_VCPU_DESTROY,
	FAKE_SETUP,
	FAKE_COMPLETE,
	FAKE_RUN,
	FAKE_FILL_EXIT,
	FAKE_HAS_EVENT,
	FAKE_PUT,
	FAKE_INJECT,
	FAKE_SET_GPR,
	FAKE_SET_RETURN_VALUE,
	FAKE_GET_REGS,
	FAKE_SET_REGS,
	FAKE_SET_DEBUG,
	FAKE_KICK,		/* kick_process() */
	FAKE_IPI,		/* smp_call_function_many() */
	FAKE_NR_CALLS,
};

/* A step's result besides enum axvcpu_run_result: run until an IPI or a signal, then AGAIN. */
#define FAKE_GUEST_LOOPS	100

/**
 * struct fake_step - what one vcpu_run does
 * @ret: enum axvcpu_run_result, FAKE_GUEST_LOOPS or -errno
 * @reason: of the exit, with AXVCPU_RUN_EXIT
 * @act: called before that; may be NULL
 */
struct fake_step {
	int ret;
	u32 reason;
	void (*act)(struct axvcpu *vcpu);
};

#define FAKE_STEPS		8
#define FAKE_ORDER		64

/* What the fake's exits hold. */
#define FAKE_PC			0x123456789abcULL
#define FAKE_HYPERCALL_NR	0x77ULL

/**
 * struct fake_arch - script and memory of the fakes
 * @calls: how often each was called
 * @ret: what each returns, where it returns an error code
 * @order: the first calls in their order
 * @nr_order: how many of them
 * @steps: the script; a run after its last step fails
 * @nr_steps: its length
 * @at: next step
 * @requested: axvcpu.request at each step
 * @value: what the last vcpu_complete was given
 * @gpr: what the last vcpu_set_gpr was given, by register
 * @event: what the last vcpu_inject was given
 * @has_event: answer of vcpu_has_event
 * @in_guest: a looping guest was entered
 * @overrun: there was a run after the script's last step
 * @lost_kick: a looping guest was not thrown out in time
 * @ipi: CPUs of the last smp_call_function_many()
 */
struct fake_arch {
	atomic_t calls[FAKE_NR_CALLS];
	int ret[FAKE_NR_CALLS];
	u8 order[FAKE_ORDER];
	atomic_t nr_order;
	struct fake_step steps[FAKE_STEPS];
	unsigned int nr_steps;
	unsigned int at;
	u32 requested[FAKE_STEPS];
	u64 value;
	u64 gpr[16];
	struct axvcpu_event event;
	bool has_event;
	struct completion in_guest;
	bool overrun;
	bool lost_kick;
	struct cpumask ipi;
};

extern struct fake_arch fake;

void fake_reset(void);
void fake_script(const struct fake_step *steps, unsigned int nr);
int fake_record(enum fake_call call);
unsigned int fake_calls(enum fake_call call);
int fake_position(enum fake_call call);

#define FAKE_SCRIPT(...)							\
	do {									\
		static const struct fake_step script[] = { __VA_ARGS__ };	\
										\
		fake_script(script, ARRAY_SIZE(script));			\
	} while (0)

#endif /* _FAKE_ARCH_H */
