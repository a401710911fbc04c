/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Local APIC in the kernel.
 *
 * "Owner" below is the thread that runs the vCPU, or whoever holds axvcpu.lock while
 * it does not run. All else is callable from any thread and from interrupts.
 */
#ifndef _AXAPIC_H
#define _AXAPIC_H

#include <linux/types.h>

#include <axvcpu/vm.h>

#include "apic_regs.h"
#include "apic_timer.h"
#include "x86.h"

/* axapic.extint */
#define AXAPIC_EXTINT_VALID	BIT(8)
#define AXAPIC_EXTINT_MESSAGE	BIT(9)	/* came as a message: LINT0 has no say */
#define AXAPIC_EXTINT_VECTOR	GENMASK(7, 0)

/**
 * struct axapic - local APIC of one vCPU
 * @regs: registers, see there for who may touch which
 * @x: its vCPU; constant
 * @base: IA32_APIC_BASE; owner's
 * @mmio_page: address of the register page, all ones outside xAPIC mode; owner's
 * @extint: AXAPIC_EXTINT_*, 0 if none waits; atomic
 * @cpu_up_pending: @cpu_up is not empty; owner's
 * @cpu_up: ids of CPUs that a SIPI of ours started and userspace was not told of; owner's
 * @cpu_up_entry: where they start; owner's
 * @timer: timer, with its own lock
 */
struct axapic {
	struct axapic_regs regs;
	struct axx86_vcpu *x;
	u64 base;
	u64 mmio_page;
	unsigned int extint;
	bool cpu_up_pending;
	DECLARE_BITMAP(cpu_up, AXVCPU_MAX_VCPUS);
	u64 cpu_up_entry;
	struct axapic_timer timer;
};

/* ------------------------------------------- for this file, by x86_event.c and x86_run.c */

/**
 * axx86_queue_nmi() - queue an NMI
 * @x: vCPU
 *
 * Does all that is needed to have it noticed. Context: any, interrupts included.
 */
void axx86_queue_nmi(struct axx86_vcpu *x);

/**
 * axx86_queue_init() - queue an INIT signal
 * @x: vCPU
 *
 * Does all that is needed to have it noticed. Context: any, interrupts included.
 */
void axx86_queue_init(struct axx86_vcpu *x);

/**
 * axx86_take_sipi() - end a vCPU's wait for SIPI
 * @target: vCPU
 *
 * Of several callers one gets true. Context: any, interrupts included.
 *
 * Return: true if it was waiting: the caller sees to its start.
 */
bool axx86_take_sipi(struct axx86_vcpu *target);

/* -------------------------------------------------------------------- life: apic.c */

/**
 * axapic_create() - make the local APIC of a vCPU, in reset state
 * @x: vCPU; x->vcpu is valid; the caller sets x->apic
 *
 * Context: process; sleeps.
 * Return: the APIC, or ERR_PTR: -ENOMEM, -EOPNOTSUPP if the TSC's frequency is not known.
 */
struct axapic *axapic_create(struct axx86_vcpu *x);

/**
 * axapic_destroy() - undo axapic_create()
 * @apic: APIC, or NULL
 *
 * Context: process; nobody else can reach @apic any more. Waits for its timer.
 */
void axapic_destroy(struct axapic *apic);

/**
 * axapic_reset() - RESET
 * @apic: APIC
 *
 * xAPIC mode at the default base, vCPU 0 is the BSP, software-disabled, nothing
 * requested or in service, timer off.
 *
 * Context: owner.
 *
 * Spec: APM 16.3.2.
 */
void axapic_reset(struct axapic *apic);

/**
 * axapic_init_signal() - INIT
 * @apic: APIC
 *
 * As axapic_reset(), but the base register (address and mode) stays.
 *
 * Context: owner.
 */
void axapic_init_signal(struct axapic *apic);

/* --------------------------------------------------------- towards the guest: apic.c */

/**
 * axapic_irr_pending() - may there be something to deliver?
 * @apic: APIC
 *
 * Before each entry. Context: any.
 *
 * Return: false if no interrupt is requested; true is a reason to look closer.
 */
static inline bool axapic_irr_pending(const struct axapic *apic)
{
	return READ_ONCE(apic->regs.irr_pending);
}

/**
 * axapic_pending_vector() - the interrupt that the CPU would take
 * @apic: APIC
 *
 * Context: owner; others get a snapshot.
 * Return: highest requested vector above the processor priority, -1 if there is
 * none or the APIC is disabled by hardware or software.
 */
static inline int axapic_pending_vector(const struct axapic *apic)
{
	return axapic_regs_pending(&apic->regs);
}

/**
 * axapic_tpr_masked_vector() - the interrupt that only the task priority keeps back
 * @apic: APIC
 *
 * It becomes deliverable when the guest lowers TPR (CR8): a reason to intercept
 * that, or to let the hardware hold it as virtual interrupt of its priority.
 *
 * Context: owner.
 * Return: vector, -1 if there is none or it is deliverable as it is.
 */
static inline int axapic_tpr_masked_vector(const struct axapic *apic)
{
	const struct axapic_regs *r = &apic->regs;
	int vector = r->accepts ? axapic_highest(r->irr) : -1;
	int class = vector & (int)AXAPIC_PRIO_CLASS;

	if (vector < 0 || class > (r->ppr & (int)AXAPIC_PRIO_CLASS))
		return -1;
	if (r->isr_top >= 0 && class <= (r->isr_top & (int)AXAPIC_PRIO_CLASS))
		return -1;
	return vector;
}

/**
 * axapic_accept() - the CPU takes an interrupt
 * @apic: APIC
 * @vector: what axapic_pending_vector() said
 *
 * It goes from requested to in service. Context: owner.
 */
static inline void axapic_accept(struct axapic *apic, u8 vector)
{
	axapic_regs_accept(&apic->regs, vector);
}

/**
 * axapic_extint_pending() - an interrupt of an 8259 that the CPU would take
 * @apic: APIC
 *
 * It passes if LINT0 is unmasked in ExtINT mode, or if the APIC is disabled by its base
 * register. Its priority is above all that axapic_pending_vector() gives.
 *
 * Context: owner; others get a snapshot.
 * Return: vector or -1.
 */
int axapic_extint_pending(const struct axapic *apic);

/**
 * axapic_accept_extint() - the CPU takes it
 * @apic: APIC
 *
 * Context: owner.
 */
void axapic_accept_extint(struct axapic *apic);

/**
 * axapic_has_event() - would the guest's HLT end?
 * @apic: APIC
 *
 * Context: any.
 * Return: true if an interrupt or ExtINT is deliverable.
 */
static inline bool axapic_has_event(const struct axapic *apic)
{
	return (axapic_irr_pending(apic) && axapic_pending_vector(apic) >= 0) ||
	       (unlikely(READ_ONCE(apic->extint)) && axapic_extint_pending(apic) >= 0);
}

/**
 * axapic_extint_waits() - the ExtINT that waits, deliverable or not
 * @apic: APIC
 *
 * For AXVCPU_X86_EVENT_EXTINT. Context: any. Return: vector or -1.
 */
static inline int axapic_extint_waits(const struct axapic *apic)
{
	unsigned int e = READ_ONCE(apic->extint);

	return e & AXAPIC_EXTINT_VALID ? (int)(e & AXAPIC_EXTINT_VECTOR) : -1;
}

/* ------------------------------------------------------ towards the APIC: apic_ipi.c */

/**
 * axapic_inject() - request an interrupt and have it noticed
 * @apic: APIC
 * @vector: 16..255
 * @level: level-triggered
 *
 * A disabled APIC takes it and forgets it, as hardware does.
 *
 * Context: any, interrupts included.
 * Return: 0, 1 if it was requested already, -EINVAL for a vector below 16.
 */
int axapic_inject(struct axapic *apic, u8 vector, bool level);

/**
 * axapic_inject_extint() - raise the line of an 8259
 * @apic: APIC
 * @vector: what it answers to the acknowledge cycle, any
 *
 * Context: any, interrupts included.
 * Return: 0, 1 if the same vector waits already, -EBUSY if another one waits.
 */
int axapic_inject_extint(struct axapic *apic, u8 vector);

/**
 * axapic_msi() - AXVCPU_SIGNAL_MSI
 * @vm: VM with interrupt controllers in the kernel
 * @address: 0xFEExxxxx
 * @data: see struct axvcpu_msi
 *
 * Context: any thread.
 * Return: 0 (also if nobody is at that destination), 1 if every receiver had it
 * requested already, -EINVAL for an address of another form, a message type other than fixed,
 * lowest priority, NMI, INIT and ExtINT, or a vector below 16 of the first two.
 */
int axapic_msi(struct axvcpu_vm *vm, u64 address, u32 data);

/**
 * axapic_next_cpu_up() - next CPU that a broadcast SIPI started
 * @apic: APIC of the sender
 * @exit: AXVCPU_EXIT_CPU_UP is written here: reason and the whole union
 *
 * To be called before an entry while axapic.cpu_up_pending is set. Context: owner.
 *
 * Return: false if there is none.
 */
bool axapic_next_cpu_up(struct axapic *apic, struct axvcpu_exit *exit);

/* ------------------------------------------------------------ register access: apic.c */

/**
 * axapic_covers() - is this address the register page?
 * @apic: APIC
 * @gpa: guest-physical address
 *
 * Context: owner.
 */
static inline bool axapic_covers(const struct axapic *apic, u64 gpa)
{
	return (gpa & ~0xfffULL) == apic->mmio_page;
}

/**
 * axapic_mmio_read() - load from the register page
 * @apic: APIC for which axapic_covers() is true
 * @offset: in the page
 * @width: bytes: 1, 2, 4 or 8
 * @val: the answer, zero-extended
 *
 * Bytes outside the 32 bits of a register read as zero. Context: owner.
 *
 * Return: 0.
 */
int axapic_mmio_read(struct axapic *apic, u32 offset, u8 width, u64 *val);

/**
 * axapic_mmio_write() - store to the register page
 * @apic: APIC for which axapic_covers() is true
 * @offset: in the page
 * @width: bytes: 1, 2, 4 or 8; all but aligned 4 are dropped
 * @val: value
 * @exit: an exit that this leads to: reason and the whole union
 *
 * Context: owner.
 * Return: 0, or 1 if @exit is written (EOI, CPU_UP).
 */
int axapic_mmio_write(struct axapic *apic, u32 offset, u8 width, u64 val,
		      struct axvcpu_exit *exit);

/**
 * axapic_msr_read() - RDMSR of 0x800..0x8ff
 * @apic: APIC
 * @msr: number
 * @val: the answer
 *
 * Context: owner.
 * Return: 0, or -EINVAL for #GP: not in x2APIC mode, no such or a write-only register.
 */
int axapic_msr_read(struct axapic *apic, u32 msr, u64 *val);

/**
 * axapic_msr_write() - WRMSR of 0x800..0x8ff
 * @apic: APIC
 * @msr: number
 * @val: value
 * @exit: an exit that this leads to: reason and the whole union
 *
 * Context: owner.
 * Return: 0, 1 if @exit is written (EOI, CPU_UP), or -EINVAL for #GP: not in x2APIC mode,
 * no such or a read-only register, a reserved bit.
 */
int axapic_msr_write(struct axapic *apic, u32 msr, u64 val, struct axvcpu_exit *exit);

/**
 * axapic_base() - IA32_APIC_BASE
 * @apic: APIC
 *
 * Context: owner.
 */
static inline u64 axapic_base(const struct axapic *apic)
{
	return apic->base;
}

/**
 * axapic_set_base() - write IA32_APIC_BASE
 * @apic: APIC
 * @val: value
 * @from_guest: allow the transitions of hardware only, and keep the BSP flag
 *
 * Leaving for disabled mode resets the registers. Context: owner.
 *
 * Return: 0, or -EINVAL with nothing changed: a reserved bit, a mode that does not
 * exist, a transition that is not allowed.
 *
 * Spec: APM 16.3.1, 16.10.
 */
int axapic_set_base(struct axapic *apic, u64 val, bool from_guest);

/**
 * axapic_base_acceptable() - would axapic_set_base() take it from userspace?
 * @apic: APIC
 * @val: value
 *
 * Context: owner.
 */
bool axapic_base_acceptable(const struct axapic *apic, u64 val);

/**
 * axapic_tsc_deadline() - IA32_TSC_DEADLINE
 * @apic: APIC
 *
 * Context: owner.
 * Return: armed deadline, 0 if there is none.
 */
u64 axapic_tsc_deadline(struct axapic *apic);

/**
 * axapic_set_tsc_deadline() - write IA32_TSC_DEADLINE
 * @apic: APIC
 * @guest_tsc: deadline; one in the past fires at once, 0 disarms; ignored unless
 *	the timer is in TSC-deadline mode
 *
 * Context: owner, on any CPU.
 *
 * Spec: SDM Vol. 3A, "TSC-Deadline Mode".
 */
void axapic_set_tsc_deadline(struct axapic *apic, u64 guest_tsc);

/**
 * axapic_tsc_offset_changed() - AXX86_TSC_OFFSET has a new value
 * @apic: APIC
 *
 * An armed deadline stays the same guest time. Context: owner.
 */
void axapic_tsc_offset_changed(struct axapic *apic);

/**
 * axapic_tpr() - task priority register
 * @apic: APIC
 *
 * CR8 is its upper half. Context: owner.
 */
static inline u64 axapic_tpr(const struct axapic *apic)
{
	return apic->regs.tpr;
}

/**
 * axapic_set_tpr() - task priority as CR8 has it
 * @apic: APIC
 * @tpr: CR8 << 4
 *
 * If the class is the one that is there, the lower half stays: so this may be called after
 * each exit. Context: owner.
 */
static inline void axapic_set_tpr(struct axapic *apic, u8 tpr)
{
	if ((apic->regs.tpr ^ tpr) & AXAPIC_PRIO_CLASS)
		axapic_regs_set_tpr(&apic->regs, tpr);
}

/* ----------------------------------------------------- state for userspace: apic.c */

/**
 * axapic_get_state() - AXVCPU_REGS_X86_APIC
 * @apic: APIC
 * @s: every byte is written
 *
 * Context: owner.
 */
void axapic_get_state(struct axapic *apic, struct axvcpu_x86_apic *s);

/**
 * axapic_set_state() - AXVCPU_REGS_X86_APIC
 * @apic: APIC
 * @s: registers; the count goes on from its current value
 * @apic_base: IA32_APIC_BASE that is or will be in force: tells the mode that @s is of
 * @check_only: change nothing
 *
 * The base comes first (axapic_set_base()), an armed deadline last.
 * Context: owner.
 * Return: 0, or -EINVAL with nothing changed: another APIC id or version, a bit that no
 * register has, vectors below 16 in service or requested, an unmasked local vector
 * while disabled, a count above its initial value.
 */
int axapic_set_state(struct axapic *apic, const struct axvcpu_x86_apic *s, u64 apic_base,
		     bool check_only);

/* ---------------------------------------------- without an APIC in the kernel: apic_msg.c */

/**
 * axapic_icr_to_exit() - report a write to the interrupt command register
 * @icr: its 64 bits; xAPIC: destination in 63:56
 * @x2apic: x2APIC: destination in 63:32
 * @exit: reason and the whole union are written: CPU_UP for a SIPI to one CPU,
 *	else SEND_IPI
 *
 * Pure; callable anywhere.
 */
void axapic_icr_to_exit(u64 icr, bool x2apic, struct axvcpu_exit *exit);

#endif /* _AXAPIC_H */
