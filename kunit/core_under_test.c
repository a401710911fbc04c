// SPDX-License-Identifier: GPL-2.0-only
/* VMs and vCPUs as axvcpu.ko has them; interprocessor interrupts are counted on their way. */
#include <linux/sched.h>
#include <linux/smp.h>

#include "core_under_test.h"
#include "fake_arch.h"

/* kick_process() without the count: see below. */
void core_kick_process(struct task_struct *task)
{
	kick_process(task);
	fake_record(FAKE_KICK);
}

/* smp_call_function_many() with the CPUs remembered. */
void core_call_function_many(const struct cpumask *mask, smp_call_func_t fn, void *info,
			     bool wait)
{
	fake_record(FAKE_IPI);
	cpumask_copy(&fake.ipi, mask);
	smp_call_function_many(mask, fn, info, wait);
}

#define kick_process		core_kick_process
#define smp_call_function_many	core_call_function_many

#include "../module/vcpu.c"
#include "../module/vm.c"
