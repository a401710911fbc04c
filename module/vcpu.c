// SPDX-License-Identifier: GPL-2.0-only
/* Life of a vCPU: state machine, run loop, waiting, and how others get its attention. */
#include <linux/err.h>
#include <linux/gfp.h>
#include <linux/ktime.h>
#include <linux/sched.h>
#include <linux/sched/mm.h>
#include <linux/sched/signal.h>
#include <linux/sched/task.h>
#include <linux/slab.h>

#include <axvcpu/arch.h>
#include <axvcpu/ioctl.h>
#include <axvcpu/vcpu.h>

/* Bit n set: may move to state n. */
static const u8 moves[] = {
	[AXVCPU_STATE_INVALID]	= 0,
	[AXVCPU_STATE_CREATED]	= AXVCPU_IN(FREE),
	[AXVCPU_STATE_FREE]	= AXVCPU_IN(FREE) | AXVCPU_IN(READY),
	[AXVCPU_STATE_READY]	= AXVCPU_IN(RUNNING) | AXVCPU_IN(FREE),
	[AXVCPU_STATE_RUNNING]	= AXVCPU_IN(READY) | AXVCPU_IN(BLOCKED) | AXVCPU_IN(INVALID),
	[AXVCPU_STATE_BLOCKED]	= AXVCPU_IN(RUNNING),
};

/* See vcpu.h. */
int axvcpu_state_move(struct axvcpu *vcpu, enum axvcpu_state to)
{
	if (!(moves[vcpu->state] & BIT(to)))
		return -EBADFD;
	/* What was done in the old state comes before anybody acts on the new one. */
	smp_store_release(&vcpu->state, to);
	return 0;
}

/**
 * axvcpu_create() - make a vCPU, in state CREATED
 * @vm: its VM; lives longer
 * @id: its number
 *
 * Context: process, sleeps. Return: the vCPU, or ERR_PTR: -ENOMEM, or what the backend says.
 */
struct axvcpu *axvcpu_create(struct axvcpu_vm *vm, u32 id)
{
	struct axvcpu *vcpu;
	int ret;

	vcpu = kzalloc(sizeof(*vcpu), GFP_KERNEL_ACCOUNT);
	if (!vcpu)
		return ERR_PTR(-ENOMEM);
	vcpu->vm = vm;
	vcpu->id = id;
	vcpu->state = AXVCPU_STATE_CREATED;
	vcpu->cpu = -1;
	mutex_init(&vcpu->lock);
	spin_lock_init(&vcpu->task_lock);
	init_waitqueue_head(&vcpu->wq);

	vcpu->run = alloc_pages_exact(AXVCPU_RUN_AREA_SIZE, GFP_KERNEL_ACCOUNT | __GFP_ZERO);
	if (!vcpu->run) {
		ret = -ENOMEM;
		goto err_vcpu;
	}
	vcpu->run->size = sizeof(*vcpu->run);
	vcpu->io_data = (u8 *)vcpu->run + AXVCPU_IO_DATA_OFFSET;

	ret = axvcpu_ops->vcpu_create(vcpu);
	if (ret)
		goto err_run;
	return vcpu;

err_run:
	free_pages_exact(vcpu->run, AXVCPU_RUN_AREA_SIZE);
err_vcpu:
	kfree(vcpu);
	return ERR_PTR(ret);
}

static void set_task(struct axvcpu *vcpu, struct task_struct *task)
{
	struct task_struct *old;
	unsigned long flags;

	spin_lock_irqsave(&vcpu->task_lock, flags);
	old = vcpu->task;
	vcpu->task = task;
	spin_unlock_irqrestore(&vcpu->task_lock, flags);
	if (old)
		put_task_struct(old);
}

/**
 * axvcpu_destroy() - undo axvcpu_create()
 * @vcpu: no fd and no thread uses it any more
 */
void axvcpu_destroy(struct axvcpu *vcpu)
{
	if (vcpu->task && axvcpu_ops->vcpu_put)
		axvcpu_ops->vcpu_put(vcpu);
	set_task(vcpu, NULL);
	axvcpu_ops->vcpu_destroy(vcpu);
	free_pages_exact(vcpu->run, AXVCPU_RUN_AREA_SIZE);
	kfree(vcpu);
}

/**
 * axvcpu_setup() - AXVCPU_SETUP
 * @vcpu: vCPU in CREATED or FREE, locked
 * @setup: mode and entry point
 *
 * Return: 0, -EINVAL with nothing changed.
 */
int axvcpu_setup(struct axvcpu *vcpu, const struct axvcpu_setup *setup)
{
	int ret = axvcpu_ops->vcpu_setup(vcpu, setup);

	return ret ?: axvcpu_state_move(vcpu, AXVCPU_STATE_FREE);
}

/**
 * axvcpu_bind() - tie a vCPU to the calling thread
 * @vcpu: vCPU in FREE, locked
 *
 * Return: 0, -EPERM (a thread of another address space).
 */
int axvcpu_bind(struct axvcpu *vcpu)
{
	if (current->mm != vcpu->vm->mm)
		return -EPERM;
	set_task(vcpu, get_task_struct(current));
	return axvcpu_state_move(vcpu, AXVCPU_STATE_READY);
}

/**
 * axvcpu_unbind() - undo axvcpu_bind()
 * @vcpu: vCPU in READY, locked
 *
 * Any thread may do it for one that has exited.
 *
 * Return: 0, -EPERM (bound to another thread, which lives).
 */
int axvcpu_unbind(struct axvcpu *vcpu)
{
	if (vcpu->task != current && !READ_ONCE(vcpu->task->exit_state))
		return -EPERM;
	if (axvcpu_ops->vcpu_put)
		axvcpu_ops->vcpu_put(vcpu);
	set_task(vcpu, NULL);
	return axvcpu_state_move(vcpu, AXVCPU_STATE_FREE);
}

/* See vcpu.h. */
void axvcpu_wake(struct axvcpu *vcpu)
{
	unsigned long flags;

	/* Pairs with axvcpu_enter_begin() and the wait's own barrier. */
	smp_mb();
	/* The barrier above is the one that this needs. */
	if (waitqueue_active(&vcpu->wq))
		wake_up(&vcpu->wq);
	if (READ_ONCE(vcpu->mode) != AXVCPU_IN_GUEST)
		return;
	spin_lock_irqsave(&vcpu->task_lock, flags);
	if (vcpu->task)
		kick_process(vcpu->task);
	spin_unlock_irqrestore(&vcpu->task_lock, flags);
}

/* See vcpu.h. */
void axvcpu_request(struct axvcpu *vcpu, enum axvcpu_request request)
{
	set_bit(request, &vcpu->requests);
	axvcpu_wake(vcpu);
}

/* The guest idles: sleep until something ends that, or somebody asks for the vCPU. */
static void block(struct axvcpu *vcpu)
{
	u64 start = ktime_get_ns();

	axvcpu_state_move(vcpu, AXVCPU_STATE_BLOCKED);
	/* An interrupted wait is seen by the caller as a pending signal. */
	(void)wait_event_interruptible(vcpu->wq,
				       READ_ONCE(vcpu->requests) & AXVCPU_REQ_WAKE ||
				       axvcpu_ops->vcpu_has_event(vcpu));
	axvcpu_state_move(vcpu, AXVCPU_STATE_RUNNING);
	clear_bit(AXVCPU_REQ_EVENT, &vcpu->requests);
	/* Events are looked at after this, so one that comes later asks again. */
	smp_mb__after_atomic();
	vcpu->stats.blocked++;
	vcpu->stats.blocked_ns += ktime_get_ns() - start;
}

static int exit_nothing(struct axvcpu *vcpu, int ret)
{
	axvcpu_exit_init(vcpu, AXVCPU_EXIT_NOTHING);
	axvcpu_ops->vcpu_fill_exit(vcpu);
	return ret;
}

/* Run until there is an exit for userspace in vcpu->exit. */
static int run_loop(struct axvcpu *vcpu)
{
	int ret;

	for (;;) {
		if (unlikely(READ_ONCE(vcpu->requests) & BIT(AXVCPU_REQ_KICK)) &&
		    test_and_clear_bit(AXVCPU_REQ_KICK, &vcpu->requests))
			return exit_nothing(vcpu, 0);
		if (signal_pending(current))
			return exit_nothing(vcpu, -EINTR);
		cond_resched();

		ret = axvcpu_ops->vcpu_run(vcpu);
		if (ret == AXVCPU_RUN_EXIT)
			return 0;
		if (ret == AXVCPU_RUN_HALT)
			block(vcpu);
		else if (ret != AXVCPU_RUN_AGAIN)
			return ret;
	}
}

/* Answer what the last exit left open, then run. */
static int complete_and_run(struct axvcpu *vcpu)
{
	int ret = axvcpu_ops->vcpu_complete(vcpu, READ_ONCE(vcpu->run->value));

	if (ret)
		return ret < 0 ? ret : 0;
	if (READ_ONCE(vcpu->run->immediate_exit))
		return exit_nothing(vcpu, 0);
	vcpu->request = READ_ONCE(vcpu->run->request);
	return run_loop(vcpu);
}

/* The preset answer of an exit that waits for one. */
static u64 default_value(const struct axvcpu_exit *exit)
{
	return exit->reason == AXVCPU_EXIT_HYPERCALL ? exit->hypercall.nr : ~0ULL;
}

/**
 * axvcpu_run() - AXVCPU_RUN
 * @vcpu: vCPU in any state, not locked
 *
 * Return: exit reason, -EBADFD, -EPERM (bound to another thread), -EINTR,
 * -ENOMEM, -EIO (the backend failed, the vCPU is INVALID).
 */
long axvcpu_run(struct axvcpu *vcpu)
{
	long ret;

	mutex_lock(&vcpu->lock);
	if (vcpu->state != AXVCPU_STATE_READY)
		ret = -EBADFD;
	else if (vcpu->task != current)
		ret = -EPERM;
	else
		ret = axvcpu_state_move(vcpu, AXVCPU_STATE_RUNNING);
	mutex_unlock(&vcpu->lock);
	if (ret)
		return ret;

	ret = complete_and_run(vcpu);
	if (!ret || ret == -EINTR) {
		vcpu->run->value = default_value(&vcpu->exit);
		vcpu->run->exit = vcpu->exit;
		vcpu->stats.user_exits[vcpu->exit.reason]++;
		if (!ret)
			ret = vcpu->exit.reason;
	}
	axvcpu_state_move(vcpu, ret == -EIO ? AXVCPU_STATE_INVALID : AXVCPU_STATE_READY);
	return ret;
}
