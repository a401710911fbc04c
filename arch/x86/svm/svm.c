// SPDX-License-Identifier: GPL-2.0-only
/* The SVM backend: creation, the world switch, and the table of operations. */
#define pr_fmt(fmt) "axvcpu: svm: " fmt

#include <linux/bitfield.h>
#include <linux/gfp.h>
#include <linux/hw_breakpoint.h>
#include <linux/io.h>
#include <linux/slab.h>

#include <asm/cpufeature.h>
#include <asm/debugreg.h>
#include <asm/fpu/api.h>
#include <asm/nospec-branch.h>

#include <axvcpu/compat.h>
#include <axvcpu/mem.h>
#include <axvcpu/trace.h>

#include "../apic.h"
#include "../x86_fpu.h"
#include "../x86_ops.h"
#include "svm.h"
#include "svm_cpu.h"
#include "svm_insn.h"
#include "svm_npt.h"

/* ------------------------------------------------------------------- switch */

/* Another VM's branch history must not steer this one: IBPB, as for a process switch. */
static void separate_vms(struct axsvm_percpu *pc, const struct axvcpu_vm *vm)
{
	if (likely(pc->last_vm == vm))
		return;
	if (boot_cpu_has(X86_FEATURE_USE_IBPB))
		native_wrmsrl(AXMSR_PRED_CMD, PRED_CMD_IBPB);
	pc->last_vm = vm;
}

/* What VMRUN and VMLOAD do not switch. Preemption is off until svm_put(). */
static void svm_load(struct axsvm_vcpu *svm, struct axsvm_percpu *pc)
{
	struct axx86_vcpu *x = &svm->x;

	axsvm_vmsave(pc->host_pa);
	axx86_fpu_load(x);
	if (x->cpuid->has_rdtscp && x->tsc_aux != pc->tsc_aux)
		native_wrmsrl(AXMSR_TSC_AUX, x->tsc_aux);
	if (unlikely(svm->vmcb->save.dr7 & AXDR7_ENABLES)) {
		/* A breakpoint of the host must not hit at the guest's addresses meanwhile. */
		set_debugreg(0, 7);
		set_debugreg(x->dr[0], 0);
		set_debugreg(x->dr[1], 1);
		set_debugreg(x->dr[2], 2);
		set_debugreg(x->dr[3], 3);
	}
	separate_vms(pc, x->vcpu->vm);
}

static void svm_put(struct axsvm_vcpu *svm, struct axsvm_percpu *pc)
{
	struct axx86_vcpu *x = &svm->x;

	if (x->cpuid->has_rdtscp && x->tsc_aux != pc->tsc_aux)
		native_wrmsrl(AXMSR_TSC_AUX, pc->tsc_aux);
	/* #VMEXIT leaves the guest's DR6 and an empty DR7: APM Vol. 2, 15.6. */
	if (unlikely(svm->vmcb->save.dr6 != AXDR6_INIT))
		set_debugreg(AXDR6_INIT, 6);
	if (unlikely(hw_breakpoint_active()))
		hw_breakpoint_restore();
	axx86_fpu_save(x);
}

static void new_asid(struct axsvm_vcpu *svm, struct axsvm_percpu *pc)
{
	if (pc->next_asid >= axsvm_features.nr_asids) {
		pc->asid_generation++;
		pc->next_asid = 1;		/* 0 is the host */
		svm->vmcb->control.tlb_control = AXSVM_TLB_FLUSH_ALL;
	}
	svm->asid_generation = pc->asid_generation;
	svm->vmcb->control.asid = pc->next_asid++;
	axsvm_dirty(svm, AXSVM_CLEAN_ASID);
}

/* Give the vCPU translations of its own on this CPU. Spec: APM Vol. 2, 15.16. */
static void prepare_asid(struct axsvm_vcpu *svm, struct axsvm_percpu *pc)
{
	int cpu = smp_processor_id();

	svm->vmcb->control.tlb_control = AXSVM_TLB_NOTHING;
	if (unlikely(pc->resident != svm)) {
		/* The CPU caches one VMCB's state by address, and only since its last run. */
		axsvm_dirty(svm, AXSVM_CLEAN_ALL);
		pc->resident = svm;
	}
	if (svm->asid_cpu != cpu || svm->asid_generation != pc->asid_generation) {
		svm->asid_cpu = cpu;
		new_asid(svm, pc);
	} else if (unlikely(svm->flush)) {
		if (axsvm_features.flush_by_asid)
			svm->vmcb->control.tlb_control = AXSVM_TLB_FLUSH_ASID;
		else
			new_asid(svm, pc);
	}
	svm->flush = false;
}

static void take_snapshot(struct axsvm_vcpu *svm)
{
	const struct axsvm_control *c = &svm->vmcb->control;

	svm->snap = (struct axsvm_snapshot) {
		.code = c->exitcode,
		.info1 = c->exitinfo1,
		.info2 = c->exitinfo2,
		.intinfo = c->exitintinfo,
		.nrip = axsvm_features.nrip_save ? c->nrip : 0,
		.decode = axsvm_features.decode_assists,
	};
}

/* CPUs that leak buffer contents across the switch: VERW, as the kernel does for its own. */
static void clear_cpu_buffers(void)
{
	if (static_cpu_has(AXVCPU_FEATURE_CLEAR_BUFFERS_VM))
		axvcpu_clear_cpu_buffers();
}

/* The guest's task priority by MMIO or MSR shows in CR8 as well. */
static void sync_tpr_to_vmcb(struct axsvm_vcpu *svm)
{
	u64 tpr = axapic_tpr(svm->x.apic) >> 4;

	if (unlikely((svm->vmcb->control.vintr & AXSVM_V_TPR) != tpr))
		axx86_write(&svm->x, AXX86_TPR, tpr);
}

static void world_switch(struct axsvm_vcpu *svm, struct axsvm_percpu *pc)
{
	struct axsvm_vmcb *v = svm->vmcb;
	struct axx86_vcpu *x = &svm->x;
	bool step = x->debug & AXVCPU_DEBUG_STEP;
	u64 guest_tf = v->save.rflags & AXRFLAGS_TF;

	v->save.rax = x->gpr[AXX86_RAX];
	v->save.rsp = x->gpr[AXX86_RSP];
	if (unlikely(step))
		v->save.rflags |= AXRFLAGS_TF;
	svm->eventinj = v->control.eventinj;

	if (unlikely(svm->unproven))
		memcpy(svm->before, &v->save, sizeof(svm->before));

	clear_cpu_buffers();
	axsvm_enter(x->gpr, svm->vmcb_pa, pc->host_pa);

	if (unlikely(svm->unproven)) {
		if ((u32)v->control.exitcode == (u32)AXSVM_EXIT_INVALID)
			memcpy(&v->save, svm->before, sizeof(svm->before));
		else
			svm->unproven = false;
	}
	if (unlikely(step) && !guest_tf)
		v->save.rflags &= ~AXRFLAGS_TF;
	x->gpr[AXX86_RAX] = v->save.rax;
	x->gpr[AXX86_RSP] = v->save.rsp;
	v->control.clean = axsvm_features.clean_bits ? AXSVM_CLEAN_ALL : 0;
}

static void serve_requests(struct axsvm_vcpu *svm)
{
	struct axvcpu *vcpu = svm->x.vcpu;

	if (test_and_clear_bit(AXVCPU_REQ_FLUSH_TLB, &vcpu->requests))
		svm->flush = true;
	clear_bit(AXVCPU_REQ_EVENT, &vcpu->requests);
	/* Events are looked at after this, so one that comes later asks again. */
	smp_mb__after_atomic();
}

static void trace_exit(const struct axsvm_vcpu *svm, u32 reason)
{
	trace_axvcpu_exit(svm->x.vcpu, reason, svm->exit_rip, svm->snap.code, svm->snap.info1,
			  svm->snap.info2);
}

/*
 * Enter the guest once. True: come back in here; false: there is something to
 * do outside, maybe an intercept.
 */
static bool enter_once(struct axsvm_vcpu *svm, struct axsvm_percpu *pc)
{
	struct axx86_vcpu *x = &svm->x;
	struct axvcpu *vcpu = x->vcpu;

	svm->icpt.kind = AXX86_ICPT_NONE;
	if (unlikely(READ_ONCE(vcpu->requests)))
		serve_requests(svm);
	local_irq_disable();
	if (!pc->enabled || !axvcpu_enter_begin(vcpu)) {
		local_irq_enable();
		return false;
	}
	if (x->apic)
		sync_tpr_to_vmcb(svm);
	axsvm_deliver(svm);
	prepare_asid(svm, pc);
	trace_axvcpu_enter(vcpu, svm->vmcb->save.rip);

	world_switch(svm, pc);

	axvcpu_enter_end(vcpu);
	vcpu->stats.entries++;
	take_snapshot(svm);
	local_irq_enable();		/* the host's interrupt that ended the run comes here */

	/* Taken on this CPU, which is the one that has it. */
	if (unlikely(svm->snap.code == AXSVM_EXIT_EXCP0 + AXVEC_MC))
		asm volatile("int %0" : : "i" (AXVEC_MC));

	axsvm_after_exit(svm);
	if (x->apic)
		axapic_set_tpr(x->apic, (svm->vmcb->control.vintr & 0xf) << 4);
	svm->exit_rip = svm->vmcb->save.rip;
	axsvm_exit_decode(&svm->snap, &svm->icpt);
	if (svm->icpt.kind != AXX86_ICPT_NONE)
		return false;
	trace_exit(svm, AXVCPU_EXIT_EXTERNAL_INTERRUPT);
	vcpu->stats.kernel_exits[AXVCPU_EXIT_EXTERNAL_INTERRUPT]++;
	return true;
}

/* Intercepts that are about SVM's own mechanics; the rest is common to x86. */
static int handle(struct axsvm_vcpu *svm)
{
	switch (svm->icpt.kind) {
	case AXX86_ICPT_NONE:
		return AXVCPU_RUN_AGAIN;
	case AXX86_ICPT_NMI_WINDOW:
		axsvm_handle_iret(svm);
		break;
	case AXX86_ICPT_EXCEPTION:
		if (svm->icpt.u.exception.vector == AXVEC_DB && axsvm_handle_db(svm))
			return AXVCPU_RUN_AGAIN;
		break;
	}
	return axx86_handle(&svm->x, &svm->icpt);
}

static int svm_vcpu_run(struct axvcpu *vcpu)
{
	struct axx86_vcpu *x = axx86_vcpu(vcpu);
	struct axsvm_vcpu *svm = axsvm_vcpu(x);
	struct axsvm_percpu *pc;
	int ret;

	ret = axx86_before_run(x, axsvm_irq_ready(svm));
	if (ret != AXVCPU_RUN_AGAIN)
		return ret;

	kernel_fpu_begin_mask(0);
	pc = this_cpu_ptr(&axsvm_percpu);
	/* A reboot switches SVM off by an interrupt, which may come at any time. */
	local_irq_disable();
	if (unlikely(!pc->enabled)) {
		local_irq_enable();
		kernel_fpu_end();
		return AXVCPU_RUN_AGAIN;
	}
	svm_load(svm, pc);
	local_irq_enable();
	while (enter_once(svm, pc))
		;
	svm_put(svm, pc);
	kernel_fpu_end();

	ret = handle(svm);
	/* Only now is it known what the exit is called. */
	if (svm->icpt.kind != AXX86_ICPT_NONE)
		trace_exit(svm, ret == AXVCPU_RUN_EXIT ? vcpu->exit.reason
						       : axx86_intercept_reason(&svm->icpt));
	return ret;
}

/* ------------------------------------------------------------------ objects */

static int svm_vm_create(struct axvcpu_vm *vm, const struct axvcpu_create_vm *args)
{
	struct axsvm_vm *svm_vm;
	int ret;

	svm_vm = kzalloc(sizeof(*svm_vm), GFP_KERNEL_ACCOUNT);
	if (!svm_vm)
		return -ENOMEM;
	svm_vm->msrpm = axsvm_msrpm_alloc();
	if (!svm_vm->msrpm) {
		ret = -ENOMEM;
		goto err_svm_vm;
	}
	ret = axx86_vm_create(vm, args, svm_vm);
	if (ret)
		goto err_msrpm;
	return 0;

err_msrpm:
	axsvm_msrpm_free(svm_vm->msrpm);
err_svm_vm:
	kfree(svm_vm);
	return ret;
}

static void svm_vm_destroy(struct axvcpu_vm *vm)
{
	struct axsvm_vm *svm_vm = axx86_vm(vm)->vendor;

	axx86_vm_destroy(vm);
	axsvm_msrpm_free(svm_vm->msrpm);
	kfree(svm_vm);
}

static int svm_vcpu_create(struct axvcpu *vcpu)
{
	struct axsvm_vcpu *svm;
	int ret;

	svm = kzalloc(sizeof(*svm), GFP_KERNEL_ACCOUNT);
	if (!svm)
		return -ENOMEM;
	svm->asid_cpu = -1;
	svm->vmcb = (void *)get_zeroed_page(GFP_KERNEL_ACCOUNT);
	if (!svm->vmcb) {
		ret = -ENOMEM;
		goto err_svm;
	}
	svm->vmcb_pa = __sme_pa(svm->vmcb);
	axsvm_vmcb_init(svm, axx86_vm(vcpu->vm)->vendor,
			__sme_set(axvcpu_mem_root(vcpu->vm)));

	ret = axx86_vcpu_create(vcpu, &svm->x);
	if (ret)
		goto err_vmcb;
	axsvm_vmcb_controls(svm);
	return 0;

err_vmcb:
	free_page((unsigned long)svm->vmcb);
err_svm:
	kfree(svm);
	return ret;
}

static void forget_resident(void *svm)
{
	struct axsvm_percpu *pc = this_cpu_ptr(&axsvm_percpu);

	if (pc->resident == svm)
		pc->resident = NULL;
}

static void svm_vcpu_destroy(struct axvcpu *vcpu)
{
	struct axsvm_vcpu *svm = axsvm_vcpu(axx86_vcpu(vcpu));

	axx86_vcpu_destroy(vcpu);
	/* A new vCPU may get the same memory: it must not be taken for this one. */
	on_each_cpu(forget_resident, svm, 1);
	free_page((unsigned long)svm->vmcb);
	kfree(svm);
}

static void svm_info(struct axvcpu_info *info)
{
	const struct axsvm_features *f = &axsvm_features;

	axx86_info(info);
	info->caps |= AXVCPU_CAP_HUGE_2M | (f->page_1g ? AXVCPU_CAP_HUGE_1G : 0);
	info->gpa_bits = f->gpa_bits;
	info->features = (f->nrip_save ? AXSVM_FEATURE_NRIP_SAVE : 0) |
			 (f->decode_assists ? AXSVM_FEATURE_DECODE_ASSISTS : 0) |
			 (f->flush_by_asid ? AXSVM_FEATURE_FLUSH_BY_ASID : 0) |
			 (f->clean_bits ? AXSVM_FEATURE_CLEAN_BITS : 0) |
			 (f->pause_filter ? AXSVM_FEATURE_PAUSE_FILTER : 0) |
			 (f->page_1g ? AXSVM_FEATURE_PAGE_1G : 0);
}

static int svm_probe(void)
{
	int ret;

	ret = axsvm_cpu_probe();
	if (ret)
		return ret;
	ret = axsvm_cpu_alloc();
	if (ret)
		return ret;
	ret = axsvm_iopm_alloc();
	if (ret)
		goto err_cpu;
	ret = axx86_probe(&axsvm_vendor);
	if (ret)
		goto err_iopm;
	axsvm_npt_init(&(struct axsvm_npt_config) {
		.page1g = axsvm_features.page_1g,
		.la57 = axsvm_features.la57,
		.c_bit = sme_me_mask,
	});
	return 0;

err_iopm:
	axsvm_iopm_free();
err_cpu:
	axsvm_cpu_free();
	return ret;
}

static void svm_remove(void)
{
	axx86_remove();
	axsvm_iopm_free();
	axsvm_cpu_free();
}

const struct axvcpu_arch_ops axsvm_ops = {
	AXX86_COMMON_OPS,
	.name		= "svm",
	.stage2		= &axsvm_npt_format,
	.probe		= svm_probe,
	.remove		= svm_remove,
	.info		= svm_info,
	.cpu_enable	= axsvm_cpu_enable,
	.cpu_disable	= axsvm_cpu_disable,
	.vm_create	= svm_vm_create,
	.vm_destroy	= svm_vm_destroy,
	.vcpu_create	= svm_vcpu_create,
	.vcpu_destroy	= svm_vcpu_destroy,
	.vcpu_run	= svm_vcpu_run,
};
