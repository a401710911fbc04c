// SPDX-License-Identifier: GPL-2.0-only
/* The scripted backend, and counted fakes of memory and of the switch of the hardware. */
#include <linux/cpumask.h>
#include <linux/irqflags.h>
#include <linux/jiffies.h>
#include <linux/kernel.h>
#include <linux/sched.h>
#include <linux/string.h>

#include <axvcpu/ioctl.h>
#include <axvcpu/mem.h>
#include <axvcpu/percpu.h>

#include "fake_arch.h"

struct fake_arch fake;

/** fake_reset() - forget the script and all calls */
void fake_reset(void)
{
	memset(&fake, 0, sizeof(fake));
	init_completion(&fake.in_guest);
}

/**
 * fake_script() - begin a script
 * @steps: copied
 * @nr: at most FAKE_STEPS
 */
void fake_script(const struct fake_step *steps, unsigned int nr)
{
	memcpy(fake.steps, steps, nr * sizeof(*steps));
	fake.nr_steps = nr;
	fake.at = 0;
	reinit_completion(&fake.in_guest);
}

/**
 * fake_record() - remember a call
 * @call: which
 *
 * Return: what the test wants it to return.
 */
int fake_record(enum fake_call call)
{
	unsigned int at = atomic_fetch_inc(&fake.nr_order);

	if (at < FAKE_ORDER)
		fake.order[at] = call;
	atomic_inc(&fake.calls[call]);
	return fake.ret[call];
}

/** fake_calls() - how often a call was made */
unsigned int fake_calls(enum fake_call call)
{
	return atomic_read(&fake.calls[call]);
}

/** fake_position() - when a call was made first: its place in the order of calls, or -1 */
int fake_position(enum fake_call call)
{
	int i;

	for (i = 0; i < min(FAKE_ORDER, atomic_read(&fake.nr_order)); i++)
		if (fake.order[i] == call)
			return i;
	return -1;
}

/* ------------------------------------------------------------------- memory */

int axvcpu_mem_init(struct axvcpu_vm *vm)
{
	return fake_record(FAKE_MEM_INIT);
}

void axvcpu_mem_destroy(struct axvcpu_vm *vm)
{
	fake_record(FAKE_MEM_DESTROY);
}

int axvcpu_mem_map(struct axvcpu_vm *vm, const struct axvcpu_map *map)
{
	return fake_record(FAKE_MEM_CALL);
}

int axvcpu_mem_unmap(struct axvcpu_vm *vm, const struct axvcpu_unmap *unmap)
{
	return fake_record(FAKE_MEM_CALL);
}

int axvcpu_mem_dirty_log(struct axvcpu_vm *vm, const struct axvcpu_dirty_log *log)
{
	return fake_record(FAKE_MEM_CALL);
}

void axvcpu_mem_stats(struct axvcpu_vm *vm, struct axvcpu_vm_stats *stats)
{
	stats->mapped_4k = 1;
	stats->mapped_2m = 2;
	stats->mapped_1g = 3;
	stats->table_pages = 4;
	stats->faults = 5;
	stats->invalidations = 6;
	stats->tlb_flushes = 7;
}

int axvcpu_percpu_get(void)
{
	return fake_record(FAKE_PERCPU_GET);
}

void axvcpu_percpu_put(void)
{
	fake_record(FAKE_PERCPU_PUT);
}

/* ------------------------------------------------------------------ backend */

static void fake_info(struct axvcpu_info *info)
{
	info->gpa_bits = 40;
	info->features = 0x5a;
}

static int fake_vm_create(struct axvcpu_vm *vm, const struct axvcpu_create_vm *args)
{
	return fake_record(FAKE_VM_CREATE);
}

static void fake_vm_destroy(struct axvcpu_vm *vm)
{
	fake_record(FAKE_VM_DESTROY);
}

static int fake_vcpu_create(struct axvcpu *vcpu)
{
	return fake_record(FAKE_VCPU_CREATE);
}

static void fake_vcpu_destroy(struct axvcpu *vcpu)
{
	fake_record(FAKE_VCPU_DESTROY);
}

static int fake_setup(struct axvcpu *vcpu, const struct axvcpu_setup *setup)
{
	return fake_record(FAKE_SETUP);
}

/* A positive result says that the completion is an exit of its own. */
static int fake_complete(struct axvcpu *vcpu, u64 value)
{
	int ret = fake_record(FAKE_COMPLETE);

	fake.value = value;
	if (ret > 0)
		axvcpu_exit_init(vcpu, AXVCPU_EXIT_IO_WRITE)->pc = FAKE_PC;
	return ret;
}

/*
 * A guest that never leaves by itself: an IPI throws it out, as hardware would be, and
 * nothing else. The deadline is there for a core that forgets the IPI.
 */
static int guest_loops(struct axvcpu *vcpu)
{
	unsigned int ipis = fake_calls(FAKE_KICK);
	unsigned long deadline = jiffies + 20 * HZ;
	bool entered;

	local_irq_disable();
	entered = axvcpu_enter_begin(vcpu);
	local_irq_enable();
	if (!entered)
		return AXVCPU_RUN_AGAIN;

	complete(&fake.in_guest);
	while (fake_calls(FAKE_KICK) == ipis && !signal_pending(current)) {
		if (time_after(jiffies, deadline)) {
			fake.lost_kick = true;
			break;
		}
		cond_resched();
		cpu_relax();
	}
	axvcpu_enter_end(vcpu);
	fake.at++;
	return AXVCPU_RUN_AGAIN;
}

static int fake_run(struct axvcpu *vcpu)
{
	const struct fake_step *step = &fake.steps[fake.at];
	struct axvcpu_exit *exit;

	fake_record(FAKE_RUN);
	/* Backends answer these two before they enter the guest. */
	clear_bit(AXVCPU_REQ_EVENT, &vcpu->requests);
	clear_bit(AXVCPU_REQ_FLUSH_TLB, &vcpu->requests);
	if (fake.at >= fake.nr_steps) {
		fake.overrun = true;
		return -EIO;
	}
	fake.requested[fake.at] = vcpu->request;
	if (step->act)
		step->act(vcpu);
	if (step->ret == FAKE_GUEST_LOOPS)
		return guest_loops(vcpu);
	if (step->ret == AXVCPU_RUN_EXIT) {
		exit = axvcpu_exit_init(vcpu, step->reason);
		exit->pc = FAKE_PC;
		if (step->reason == AXVCPU_EXIT_HYPERCALL)
			exit->hypercall.nr = FAKE_HYPERCALL_NR;
	}
	fake.at++;
	return step->ret;
}

static void fake_fill_exit(struct axvcpu *vcpu)
{
	fake_record(FAKE_FILL_EXIT);
	vcpu->exit.pc = FAKE_PC;
}

static bool fake_has_event(struct axvcpu *vcpu)
{
	fake_record(FAKE_HAS_EVENT);
	return READ_ONCE(fake.has_event);
}

static void fake_put(struct axvcpu *vcpu)
{
	fake_record(FAKE_PUT);
}

static int fake_inject(struct axvcpu *vcpu, const struct axvcpu_event *event)
{
	fake.event = *event;
	return fake_record(FAKE_INJECT);
}

static int fake_set_gpr(struct axvcpu *vcpu, u32 reg, u64 value)
{
	fake.gpr[reg % ARRAY_SIZE(fake.gpr)] = value;
	return fake_record(FAKE_SET_GPR);
}

static int fake_set_return_value(struct axvcpu *vcpu, u64 value)
{
	fake.value = value;
	return fake_record(FAKE_SET_RETURN_VALUE);
}

/* Two sets of 16 bytes, with a hole between them. */
#define FAKE_REGS_SIZE		48

static void fake_get_regs(struct axvcpu *vcpu, u64 sets, void *regs)
{
	fake_record(FAKE_GET_REGS);
	memset(regs, 0x11, 16);
	memset(regs + 32, 0x22, 16);
}

static int fake_set_regs(struct axvcpu *vcpu, u64 sets, const void *regs)
{
	memcpy(&fake.gpr[0], regs, 16);
	memcpy(&fake.gpr[2], regs + 32, 16);
	return fake_record(FAKE_SET_REGS);
}

static int fake_set_debug(struct axvcpu *vcpu, u32 flags)
{
	return fake_record(FAKE_SET_DEBUG);
}

static const struct axvcpu_regset fake_regsets[] = {
	{ .set = BIT(0), .offset = 0, .size = 16 },
	{ .set = BIT(3), .offset = 32, .size = 16 },
	{}
};

static const struct axvcpu_arch_ops fake_ops = {
	.name			= "fake",
	.arch			= AXVCPU_ARCH_RISCV,
	.regsets		= fake_regsets,
	.regs_size		= FAKE_REGS_SIZE,
	.info			= fake_info,
	.vm_create		= fake_vm_create,
	.vm_destroy		= fake_vm_destroy,
	.vcpu_create		= fake_vcpu_create,
	.vcpu_destroy		= fake_vcpu_destroy,
	.vcpu_setup		= fake_setup,
	.vcpu_complete		= fake_complete,
	.vcpu_run		= fake_run,
	.vcpu_fill_exit		= fake_fill_exit,
	.vcpu_has_event		= fake_has_event,
	.vcpu_put		= fake_put,
	.vcpu_inject		= fake_inject,
	.vcpu_set_gpr		= fake_set_gpr,
	.vcpu_set_return_value	= fake_set_return_value,
	.vcpu_get_regs		= fake_get_regs,
	.vcpu_set_regs		= fake_set_regs,
	.vcpu_set_debug		= fake_set_debug,
};

const struct axvcpu_arch_ops *axvcpu_ops = &fake_ops;
