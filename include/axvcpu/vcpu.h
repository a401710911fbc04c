/* SPDX-License-Identifier: GPL-2.0-only */
/* A virtual CPU: its state machine, and how others get its attention. */
#ifndef _AXVCPU_VCPU_H
#define _AXVCPU_VCPU_H

#include <linux/bits.h>
#include <linux/mutex.h>
#include <linux/sched/signal.h>
#include <linux/spinlock.h>
#include <linux/types.h>
#include <linux/wait.h>

#include <axvcpu/vm.h>
#include <uapi/linux/axvcpu.h>

struct dentry;
struct task_struct;

/* Bits of axvcpu.requests: each makes the vCPU leave the guest and look. */
enum axvcpu_request {
	AXVCPU_REQ_KICK,	/* AXVCPU_KICK: RUN returns NOTHING */
	AXVCPU_REQ_EVENT,	/* an interrupt, NMI or INIT was queued */
	AXVCPU_REQ_FLUSH_TLB,	/* stage-2 translations changed */
};

/* Those that also end a wait in HLT or WFI. */
#define AXVCPU_REQ_WAKE		(BIT(AXVCPU_REQ_KICK) | BIT(AXVCPU_REQ_EVENT))

enum axvcpu_mode {
	AXVCPU_OUTSIDE_GUEST,
	AXVCPU_IN_GUEST,
};

/**
 * struct axvcpu - one virtual CPU
 * @vm: its VM; constant, a reference is held
 * @id: constant
 * @state: enum axvcpu_state; leaves READY for RUNNING under @lock and comes back
 *	by the running thread alone
 * @lock: serializes the vCPU's calls; not held while the guest runs
 * @task: thread that it is bound to, a reference is held; NULL outside READY,
 *	RUNNING and BLOCKED; written under @lock and @task_lock
 * @task_lock: lets interrupt context read @task
 * @requests: enum axvcpu_request bits, set by anybody
 * @request: userspace's AXVCPU_REQUEST_* of this RUN
 * @mode: enum axvcpu_mode, written by the running thread
 * @cpu: CPU of the last entry; valid for others while @mode is AXVCPU_IN_GUEST
 * @wq: where it sleeps while BLOCKED
 * @run: shared with userspace: never read back what was written there
 * @io_data: I/O data area, in the same mapping
 * @exit: exit under construction; private, copied to @run when complete
 * @stats: counters; written by the running thread, except kicks
 * @arch: backend's own
 * @debugfs: directory of the vCPU
 */
struct axvcpu {
	struct axvcpu_vm *vm;
	u32 id;
	u32 state;
	struct mutex lock;
	struct task_struct *task;
	spinlock_t task_lock;
	unsigned long requests;
	u32 request;
	int mode;
	int cpu;
	wait_queue_head_t wq;
	struct axvcpu_run *run;
	void *io_data;
	struct axvcpu_exit exit;
	struct axvcpu_stats stats;
	void *arch;
	struct dentry *debugfs;
};

#define AXVCPU_RUN_AREA_SIZE	(2 * PAGE_SIZE)
#define AXVCPU_IO_DATA_OFFSET	PAGE_SIZE
#define AXVCPU_IO_DATA_SIZE	PAGE_SIZE

struct axvcpu *axvcpu_create(struct axvcpu_vm *vm, u32 id);
void axvcpu_destroy(struct axvcpu *vcpu);
long axvcpu_run(struct axvcpu *vcpu);
int axvcpu_bind(struct axvcpu *vcpu);
int axvcpu_unbind(struct axvcpu *vcpu);
int axvcpu_setup(struct axvcpu *vcpu, const struct axvcpu_setup *setup);

/**
 * axvcpu_state_move() - make a transition of the state machine
 * @vcpu: vCPU
 * @to: wanted state
 *
 * A refused move leaves the vCPU as it was. Return: 0 or -EBADFD.
 */
int axvcpu_state_move(struct axvcpu *vcpu, enum axvcpu_state to);

/**
 * axvcpu_wake() - make a vCPU look at its requests
 * @vcpu: vCPU
 *
 * Out of the guest if it is in there, out of its wait if it is idle.
 * Context: any, interrupts included.
 */
void axvcpu_wake(struct axvcpu *vcpu);

/**
 * axvcpu_request() - ask something of a vCPU
 * @vcpu: vCPU
 * @request: enum axvcpu_request
 *
 * Not lost whatever the vCPU is doing. Context: any, interrupts included.
 */
void axvcpu_request(struct axvcpu *vcpu, enum axvcpu_request request);

/**
 * axvcpu_enter_begin() - last look before the world switch
 * @vcpu: vCPU; the caller has interrupts off
 *
 * Pairs with axvcpu_wake() and axvcpu_vm_flush_tlb(): whoever set a request
 * before this sees the vCPU in the guest, or this sees the request.
 *
 * Return: false if there is something to do outside first.
 */
static inline bool axvcpu_enter_begin(struct axvcpu *vcpu)
{
	WRITE_ONCE(vcpu->cpu, smp_processor_id());
	/* Whoever sees the mode must find the right CPU. */
	smp_store_release(&vcpu->mode, AXVCPU_IN_GUEST);
	/* Pairs with the barriers behind set_bit() of a request. */
	smp_mb();
	if (unlikely(READ_ONCE(vcpu->requests) || need_resched() || signal_pending(current))) {
		WRITE_ONCE(vcpu->mode, AXVCPU_OUTSIDE_GUEST);
		return false;
	}
	return true;
}

/**
 * axvcpu_enter_end() - the guest was left
 * @vcpu: vCPU; interrupts are still off
 */
static inline void axvcpu_enter_end(struct axvcpu *vcpu)
{
	/* What the guest did comes before anybody sees it outside. */
	smp_store_release(&vcpu->mode, AXVCPU_OUTSIDE_GUEST);
}

/**
 * axvcpu_exit_init() - start an exit: every byte is written
 * @vcpu: vCPU
 * @reason: enum axvcpu_exit_reason
 *
 * Return: the exit, for the caller to fill in.
 */
static inline struct axvcpu_exit *axvcpu_exit_init(struct axvcpu *vcpu, u32 reason)
{
	vcpu->exit = (struct axvcpu_exit) { .reason = reason, .vcpu = vcpu->id };
	return &vcpu->exit;
}

#endif /* _AXVCPU_VCPU_H */
