/* SPDX-License-Identifier: GPL-2.0-only WITH Linux-syscall-note */
/*
 * axvcpu - native virtual CPUs through /dev/axvcpu: the whole user ABI.
 *
 * Rules that hold for every structure passed to an ioctl:
 *  - the first field is the size of the structure as the caller knows it;
 *    a size below the first published one is -EINVAL, a longer one is accepted
 *    while the bytes that this kernel does not know are zero (-E2BIG if not);
 *  - fields called pad and unknown flag bits must be zero (-EINVAL);
 *  - the layout is the same on every architecture and for 32-bit callers.
 *
 * See Documentation/abi.rst for states and errno of each call.
 */
#ifndef _UAPI_LINUX_AXVCPU_H
#define _UAPI_LINUX_AXVCPU_H

#include <linux/ioctl.h>
#include <linux/types.h>

#define AXVCPU_ABI_VERSION	1

#define AXVCPU_IOC		0xBE

/*
 * Only type, direction and number of a command are matched; the size coded in
 * it is not, since the size field of the structure governs.
 */

/* On /dev/axvcpu */
#define AXVCPU_INFO		_IOWR(AXVCPU_IOC, 0x00, struct axvcpu_info)
#define AXVCPU_CREATE_VM	_IOW(AXVCPU_IOC, 0x01, struct axvcpu_create_vm)
#define AXVCPU_SUPPORTED_CPUID	_IOWR(AXVCPU_IOC, 0x02, struct axvcpu_cpuid)

/* On a VM */
#define AXVCPU_CREATE_VCPU	_IOW(AXVCPU_IOC, 0x20, struct axvcpu_create_vcpu)
#define AXVCPU_MAP		_IOW(AXVCPU_IOC, 0x21, struct axvcpu_map)
#define AXVCPU_UNMAP		_IOW(AXVCPU_IOC, 0x22, struct axvcpu_unmap)
#define AXVCPU_DIRTY_LOG	_IOW(AXVCPU_IOC, 0x23, struct axvcpu_dirty_log)
#define AXVCPU_SIGNAL_MSI	_IOW(AXVCPU_IOC, 0x24, struct axvcpu_msi)
#define AXVCPU_EOI_VECTORS	_IOW(AXVCPU_IOC, 0x25, struct axvcpu_eoi_vectors)
#define AXVCPU_MSR_POLICY	_IOW(AXVCPU_IOC, 0x26, struct axvcpu_msr_policy)
#define AXVCPU_VM_STATS		_IOWR(AXVCPU_IOC, 0x27, struct axvcpu_vm_stats)

/* On a vCPU */
#define AXVCPU_SETUP		_IOW(AXVCPU_IOC, 0x40, struct axvcpu_setup)
#define AXVCPU_BIND		_IO(AXVCPU_IOC, 0x41)
#define AXVCPU_UNBIND		_IO(AXVCPU_IOC, 0x42)
#define AXVCPU_RUN		_IO(AXVCPU_IOC, 0x43)
#define AXVCPU_KICK		_IO(AXVCPU_IOC, 0x44)
#define AXVCPU_SET_GPR		_IOW(AXVCPU_IOC, 0x45, struct axvcpu_gpr)
#define AXVCPU_SET_RETURN_VALUE	_IOW(AXVCPU_IOC, 0x46, struct axvcpu_return_value)
#define AXVCPU_INJECT		_IOW(AXVCPU_IOC, 0x47, struct axvcpu_event)
#define AXVCPU_GET_REGS		_IOW(AXVCPU_IOC, 0x48, struct axvcpu_regs)
#define AXVCPU_SET_REGS		_IOW(AXVCPU_IOC, 0x49, struct axvcpu_regs)
#define AXVCPU_SET_CPUID	_IOW(AXVCPU_IOC, 0x4a, struct axvcpu_cpuid)
#define AXVCPU_GET_CPUID	_IOWR(AXVCPU_IOC, 0x4b, struct axvcpu_cpuid)
#define AXVCPU_STATS		_IOWR(AXVCPU_IOC, 0x4c, struct axvcpu_stats)
#define AXVCPU_SET_DEBUG	_IOW(AXVCPU_IOC, 0x4d, struct axvcpu_debug)

/* ------------------------------------------------------------------ device */

/* struct axvcpu_info.caps */
#define AXVCPU_CAP_IRQCHIP		(1ULL << 0) /* interrupt controller in the kernel */
#define AXVCPU_CAP_DIRTY_LOG		(1ULL << 1)
#define AXVCPU_CAP_MAP_EXEC		(1ULL << 2) /* AXVCPU_MAP_X is enforced */
#define AXVCPU_CAP_MAP_NO_READ		(1ULL << 3) /* a mapping without AXVCPU_MAP_R is possible */
#define AXVCPU_CAP_HUGE_2M		(1ULL << 4)
#define AXVCPU_CAP_HUGE_1G		(1ULL << 5)
#define AXVCPU_CAP_DEBUG_STEP		(1ULL << 6) /* AXVCPU_SET_DEBUG */
#define AXVCPU_CAP_CPUID		(1ULL << 7) /* x86 CPUID and MSR calls */

/* struct axvcpu_info.arch */
#define AXVCPU_ARCH_X86			1
#define AXVCPU_ARCH_ARM64		2
#define AXVCPU_ARCH_RISCV		3

/**
 * struct axvcpu_info - what this machine and module offer
 * @size: sizeof(struct axvcpu_info)
 * @abi_version: AXVCPU_ABI_VERSION of the module
 * @backend: name of the backend, NUL-terminated: "svm", "vmx", "vhe"
 * @caps: AXVCPU_CAP_* bits
 * @arch: AXVCPU_ARCH_*
 * @max_vcpus: vCPUs that a VM may have; their ids are below this number
 * @max_maps: mapped ranges that a VM may have
 * @gpa_bits: width of a guest-physical address, in bits
 * @run_size: bytes to mmap from a vCPU fd
 * @io_data_offset: offset of the I/O data area in that mapping
 * @io_data_size: size of the I/O data area, in bytes
 * @reg_sets: AXVCPU_REGS_* sets that GET_REGS and SET_REGS know
 * @tsc_khz: frequency of the counter that the guest reads; 0 if not known
 * @features: optional hardware features in use, backend-defined bits
 */
struct axvcpu_info {
	__u32 size;
	__u32 abi_version;
	char  backend[16];
	__u64 caps;
	__u32 arch;
	__u32 max_vcpus;
	__u32 max_maps;
	__u32 gpa_bits;
	__u32 run_size;
	__u32 io_data_offset;
	__u32 io_data_size;
	__u32 tsc_khz;
	__u64 reg_sets;
	__u64 features;
};

/* struct axvcpu_create_vm.flags */
#define AXVCPU_VM_IRQCHIP		(1U << 0) /* interrupt controller in the kernel */
#define AXVCPU_VM_POWEROFF_PORT		(1U << 1) /* take poweroff_port and _value from here */

#define AXVCPU_POWEROFF_PORT		0x604	/* default: ACPI PM1a control of common chipsets */
#define AXVCPU_POWEROFF_VALUE		0x2000	/* default: SLP_EN with sleep type 0 */

/**
 * struct axvcpu_create_vm - create a VM; the call returns its fd
 * @size: sizeof(struct axvcpu_create_vm)
 * @flags: AXVCPU_VM_* bits
 * @poweroff_port: x86: port whose 16-bit write of @poweroff_value is SYSTEM_DOWN
 * @pad: zero
 * @poweroff_value: x86: see @poweroff_port
 */
struct axvcpu_create_vm {
	__u32 size;
	__u32 flags;
	__u16 poweroff_port;
	__u16 pad;
	__u32 poweroff_value;
};

/* ---------------------------------------------------------------------- VM */

/**
 * struct axvcpu_create_vcpu - create a vCPU; the call returns its fd
 * @size: sizeof(struct axvcpu_create_vcpu)
 * @flags: zero
 * @id: number of the vCPU, below axvcpu_info.max_vcpus; x86: also its APIC id
 * @pad: zero
 */
struct axvcpu_create_vcpu {
	__u32 size;
	__u32 flags;
	__u32 id;
	__u32 pad;
};

/* struct axvcpu_map.flags */
#define AXVCPU_MAP_R			(1U << 0)
#define AXVCPU_MAP_W			(1U << 1)
#define AXVCPU_MAP_X			(1U << 2)
#define AXVCPU_MAP_DIRTY_LOG		(1U << 3) /* record writes for AXVCPU_DIRTY_LOG */

/**
 * struct axvcpu_map - tie a guest-physical range to the caller's memory
 * @size: sizeof(struct axvcpu_map)
 * @flags: AXVCPU_MAP_* bits; at least AXVCPU_MAP_R where reads cannot be denied
 * @gpa: first guest-physical address, a multiple of 4096
 * @len: bytes, a multiple of 4096, not 0
 * @hva: address in the caller's address space, a multiple of 4096
 */
struct axvcpu_map {
	__u32 size;
	__u32 flags;
	__u64 gpa;
	__u64 len;
	__u64 hva;
};

/**
 * struct axvcpu_unmap - take a range away again
 * @size: sizeof(struct axvcpu_unmap)
 * @flags: zero
 * @gpa: as given to AXVCPU_MAP
 * @len: as given to AXVCPU_MAP
 */
struct axvcpu_unmap {
	__u32 size;
	__u32 flags;
	__u64 gpa;
	__u64 len;
};

/**
 * struct axvcpu_dirty_log - read and clear the record of written pages
 * @size: sizeof(struct axvcpu_dirty_log)
 * @flags: zero
 * @gpa: first address, a multiple of 64 pages from the start of the mapped range
 * @len: bytes, a multiple of 4096, inside one range mapped with AXVCPU_MAP_DIRTY_LOG
 * @bitmap: user address of the answer, a bit per 4 KiB page, lowest bit first,
 *	rounded up to whole 64-bit words
 */
struct axvcpu_dirty_log {
	__u32 size;
	__u32 flags;
	__u64 gpa;
	__u64 len;
	__u64 bitmap;
};

/**
 * struct axvcpu_msi - deliver a message-signalled interrupt to the VM
 * @size: sizeof(struct axvcpu_msi)
 * @flags: zero
 * @address: x86: 0xFEExxxxx form, destination in bits 19:12, modes in 3:2
 * @data: x86: vector in bits 7:0, delivery mode in 10:8, level 14, trigger 15
 * @pad: zero
 */
struct axvcpu_msi {
	__u32 size;
	__u32 flags;
	__u64 address;
	__u32 data;
	__u32 pad;
};

/**
 * struct axvcpu_eoi_vectors - choose the vectors whose EOI is an AXVCPU_EXIT_EOI
 * @size: sizeof(struct axvcpu_eoi_vectors)
 * @pad: zero
 * @vectors: a bit per vector; replaces the earlier choice
 */
struct axvcpu_eoi_vectors {
	__u32 size;
	__u32 pad;
	__u64 vectors[4];
};

/* struct axvcpu_msr_range.read and .write */
#define AXVCPU_MSR_DEFAULT		0 /* in the kernel if known there, else an exit */
#define AXVCPU_MSR_EXIT			1 /* SYSREG_READ or SYSREG_WRITE, known or not */
#define AXVCPU_MSR_FAULT		2 /* #GP(0) in the guest */
#define AXVCPU_MSR_IGNORE		3 /* reads give 0, writes are dropped */

/**
 * struct axvcpu_msr_range - what happens on access to a range of MSRs
 * @first: first MSR number
 * @last: last MSR number, included
 * @read: AXVCPU_MSR_* for RDMSR
 * @write: AXVCPU_MSR_* for WRMSR
 */
struct axvcpu_msr_range {
	__u32 first;
	__u32 last;
	__u32 read;
	__u32 write;
};

#define AXVCPU_MSR_RANGES_MAX		64

/**
 * struct axvcpu_msr_policy - x86: the VM's MSR policy, before its first vCPU
 * @size: sizeof(struct axvcpu_msr_policy)
 * @nr: number of ranges, at most AXVCPU_MSR_RANGES_MAX; the first that fits decides
 * @ranges: user address of struct axvcpu_msr_range[@nr]
 *
 * The policy does not reach EFER, the APIC base and the x2APIC registers:
 * what they hold is the backend's own.
 */
struct axvcpu_msr_policy {
	__u32 size;
	__u32 nr;
	__u64 ranges;
};

/**
 * struct axvcpu_vm_stats - memory of a VM
 * @size: sizeof(struct axvcpu_vm_stats)
 * @nr_vcpus: vCPUs that exist
 * @mapped_4k: stage-2 leaf entries of 4 KiB
 * @mapped_2m: stage-2 leaf entries of 2 MiB
 * @mapped_1g: stage-2 leaf entries of 1 GiB
 * @table_pages: pages that stage-2 tables take
 * @faults: stage-2 faults resolved by mapping a page
 * @invalidations: ranges that the host's memory management took back
 * @tlb_flushes: times that every vCPU's translations were dropped
 */
struct axvcpu_vm_stats {
	__u32 size;
	__u32 nr_vcpus;
	__u64 mapped_4k;
	__u64 mapped_2m;
	__u64 mapped_1g;
	__u64 table_pages;
	__u64 faults;
	__u64 invalidations;
	__u64 tlb_flushes;
};

/* -------------------------------------------------------------------- vCPU */

/* struct axvcpu_setup.mode */
#define AXVCPU_START_X86_REAL16		0 /* CS:IP for entry; entry below 1 MiB or 0xfffffff0 */
#define AXVCPU_START_X86_PROT32		1 /* flat 4 GiB segments, no paging */
#define AXVCPU_START_X86_LONG64		2 /* flat, paging on with page_table as CR3 */
#define AXVCPU_START_ARM64_EL1		16
#define AXVCPU_START_RISCV_VS		32

/**
 * struct axvcpu_setup - put a vCPU into its reset state with an entry point
 * @size: sizeof(struct axvcpu_setup)
 * @mode: AXVCPU_START_*
 * @entry: where the first instruction is, guest-physical
 * @arg: first argument register: x86 RDI, arm64 x0, riscv a1
 * @page_table: AXVCPU_START_X86_LONG64: CR3; else zero
 *
 * From CREATED it leads to FREE. In FREE it resets the vCPU once more: that is
 * how a vCPU that went down by CPU_DOWN is started again.
 */
struct axvcpu_setup {
	__u32 size;
	__u32 mode;
	__u64 entry;
	__u64 arg;
	__u64 page_table;
};

/**
 * struct axvcpu_gpr - write one general-purpose register
 * @size: sizeof(struct axvcpu_gpr)
 * @reg: x86: 0 RAX, 1 RCX, 2 RDX, 3 RBX, 4 RSP, 5 RBP, 6 RSI, 7 RDI, 8..15;
 *	arm64: 0..30, 31 is XZR; riscv: x0..x31
 * @value: the new value; it also completes a read that waits for this register
 */
struct axvcpu_gpr {
	__u32 size;
	__u32 reg;
	__u64 value;
};

/**
 * struct axvcpu_return_value - answer a hypercall or a read
 * @size: sizeof(struct axvcpu_return_value)
 * @pad: zero
 * @value: goes to RAX, x0 or a0, or completes the read that is pending
 */
struct axvcpu_return_value {
	__u32 size;
	__u32 pad;
	__u64 value;
};

/* struct axvcpu_event.type */
#define AXVCPU_EVENT_INTERRUPT		0 /* vector: x86 16..255; arm64 INTID */
#define AXVCPU_EVENT_NMI		1
#define AXVCPU_EVENT_EXCEPTION		2 /* vector, error_code, address (#PF: CR2) */
#define AXVCPU_EVENT_EXTINT		3 /* x86: from an 8259, through LINT0 of the local APIC */

/* struct axvcpu_event.flags */
#define AXVCPU_EVENT_ERROR_CODE		(1U << 0) /* error_code is valid */
#define AXVCPU_EVENT_LEVEL		(1U << 1) /* x86, INTERRUPT: level-triggered */

/**
 * struct axvcpu_event - an interrupt or exception for the guest
 * @size: sizeof(struct axvcpu_event)
 * @type: AXVCPU_EVENT_*
 * @flags: AXVCPU_EVENT_ERROR_CODE, AXVCPU_EVENT_LEVEL
 * @vector: see the type
 * @error_code: exceptions that push one
 * @pad: zero
 * @address: x86: CR2 of a page fault
 *
 * The call returns 1 if an equal interrupt was pending already, so that the two
 * become one; 0 otherwise. An exception given while a read or any completed
 * instruction's exit is pending replaces the completion: the guest's pc goes
 * back to the instruction.
 */
struct axvcpu_event {
	__u32 size;
	__u32 type;
	__u32 flags;
	__u32 vector;
	__u32 error_code;
	__u32 pad;
	__u64 address;
};

/* struct axvcpu_debug.flags */
#define AXVCPU_DEBUG_STEP		(1U << 0) /* DEBUG exit after each guest instruction */
#define AXVCPU_DEBUG_BREAKPOINT		(1U << 1) /* DEBUG exit on a breakpoint instruction */
#define AXVCPU_DEBUG_HW			(1U << 2) /* DEBUG exit on debug-register matches */

/**
 * struct axvcpu_debug - let userspace see debug events of the guest
 * @size: sizeof(struct axvcpu_debug)
 * @flags: AXVCPU_DEBUG_* bits; zero leaves all debug events to the guest
 */
struct axvcpu_debug {
	__u32 size;
	__u32 flags;
};

/* -------------------------------------------------------------- statistics */

#define AXVCPU_STATS_REASONS		32

/**
 * struct axvcpu_stats - counters of one vCPU since its creation
 * @size: sizeof(struct axvcpu_stats)
 * @state: enum axvcpu_state
 * @entries: world switches into the guest
 * @user_exits: returns of AXVCPU_RUN, by exit reason
 * @kernel_exits: exits that the kernel handled, by the reason they would have had
 * @interrupts: interrupts delivered to the guest
 * @nmis: NMIs delivered to the guest
 * @exceptions: exceptions raised in the guest by the kernel or by AXVCPU_INJECT
 * @reinjections: events delivered again since an exit interrupted their delivery
 * @kicks: AXVCPU_KICK calls
 * @blocked: times that the vCPU waited in the kernel for an interrupt
 * @blocked_ns: nanoseconds waited
 */
struct axvcpu_stats {
	__u32 size;
	__u32 state;
	__u64 entries;
	__u64 user_exits[AXVCPU_STATS_REASONS];
	__u64 kernel_exits[AXVCPU_STATS_REASONS];
	__u64 interrupts;
	__u64 nmis;
	__u64 exceptions;
	__u64 reinjections;
	__u64 kicks;
	__u64 blocked;
	__u64 blocked_ns;
};

/**
 * enum axvcpu_state - life of a vCPU
 * @AXVCPU_STATE_INVALID: a backend failure; only closing it helps
 * @AXVCPU_STATE_CREATED: exists, waits for AXVCPU_SETUP
 * @AXVCPU_STATE_FREE: has a state, belongs to no thread
 * @AXVCPU_STATE_READY: bound to a thread, outside AXVCPU_RUN
 * @AXVCPU_STATE_RUNNING: inside AXVCPU_RUN
 * @AXVCPU_STATE_BLOCKED: inside AXVCPU_RUN, idle until an interrupt
 */
enum axvcpu_state {
	AXVCPU_STATE_INVALID	= 0,
	AXVCPU_STATE_CREATED	= 1,
	AXVCPU_STATE_FREE	= 2,
	AXVCPU_STATE_READY	= 3,
	AXVCPU_STATE_RUNNING	= 4,
	AXVCPU_STATE_BLOCKED	= 5,
};

/* ------------------------------------------------------------------- exits */

/**
 * enum axvcpu_exit_reason - why AXVCPU_RUN returned; also its return value
 * @AXVCPU_EXIT_NOTHING: a kick, immediate_exit, or a chance to poll
 * @AXVCPU_EXIT_HYPERCALL: exit.hypercall
 * @AXVCPU_EXIT_MMIO_READ: exit.mmio
 * @AXVCPU_EXIT_MMIO_WRITE: exit.mmio
 * @AXVCPU_EXIT_SYSREG_READ: exit.sysreg
 * @AXVCPU_EXIT_SYSREG_WRITE: exit.sysreg
 * @AXVCPU_EXIT_IO_READ: exit.io
 * @AXVCPU_EXIT_IO_WRITE: exit.io
 * @AXVCPU_EXIT_EXTERNAL_INTERRUPT: exit.interrupt
 * @AXVCPU_EXIT_NESTED_PAGE_FAULT: exit.fault
 * @AXVCPU_EXIT_HALT: the guest is idle
 * @AXVCPU_EXIT_CPU_UP: exit.cpu_up
 * @AXVCPU_EXIT_CPU_DOWN: exit.cpu_down
 * @AXVCPU_EXIT_SYSTEM_DOWN: the guest powered off
 * @AXVCPU_EXIT_FAIL_ENTRY: exit.fail_entry
 * @AXVCPU_EXIT_SEND_IPI: exit.ipi
 * @AXVCPU_EXIT_SYSTEM_RESET: the guest asked for a reset
 * @AXVCPU_EXIT_SHUTDOWN: x86: triple fault
 * @AXVCPU_EXIT_DEBUG: exit.debug
 * @AXVCPU_EXIT_IRQ_WINDOW: the guest can take the event that was waited for
 * @AXVCPU_EXIT_EOI: exit.eoi
 * @AXVCPU_EXIT_UNHANDLED: exit.hw says what the hardware reported
 */
enum axvcpu_exit_reason {
	AXVCPU_EXIT_NOTHING		= 0,
	AXVCPU_EXIT_HYPERCALL		= 1,
	AXVCPU_EXIT_MMIO_READ		= 2,
	AXVCPU_EXIT_MMIO_WRITE		= 3,
	AXVCPU_EXIT_SYSREG_READ		= 4,
	AXVCPU_EXIT_SYSREG_WRITE	= 5,
	AXVCPU_EXIT_IO_READ		= 6,
	AXVCPU_EXIT_IO_WRITE		= 7,
	AXVCPU_EXIT_EXTERNAL_INTERRUPT	= 8,
	AXVCPU_EXIT_NESTED_PAGE_FAULT	= 9,
	AXVCPU_EXIT_HALT		= 10,
	AXVCPU_EXIT_CPU_UP		= 11,
	AXVCPU_EXIT_CPU_DOWN		= 12,
	AXVCPU_EXIT_SYSTEM_DOWN		= 13,
	AXVCPU_EXIT_FAIL_ENTRY		= 14,
	AXVCPU_EXIT_SEND_IPI		= 15,
	AXVCPU_EXIT_SYSTEM_RESET	= 16,
	AXVCPU_EXIT_SHUTDOWN		= 17,
	AXVCPU_EXIT_DEBUG		= 18,
	AXVCPU_EXIT_IRQ_WINDOW		= 19,
	AXVCPU_EXIT_EOI			= 20,
	AXVCPU_EXIT_UNHANDLED		= 21,
};

#define AXVCPU_EXIT_NR			22

/* struct axvcpu_exit.flags */
#define AXVCPU_EXIT_PARTIAL		(1U << 0) /* string I/O goes on: pc is still at it */
#define AXVCPU_EXIT_IRQ_READY		(1U << 1) /* the guest would take an interrupt now */
#define AXVCPU_EXIT_NMI_READY		(1U << 2) /* the guest would take an NMI now */
#define AXVCPU_EXIT_USER		(1U << 3) /* the guest was in its user mode */
#define AXVCPU_EXIT_PENDING		(1U << 4) /* the next RUN completes this exit */

/* struct axvcpu_exit_fault.access */
#define AXVCPU_ACCESS_R			(1U << 0)
#define AXVCPU_ACCESS_W			(1U << 1)
#define AXVCPU_ACCESS_X			(1U << 2)
#define AXVCPU_ACCESS_USER		(1U << 3) /* from the guest's user mode */
#define AXVCPU_ACCESS_TABLE_WALK	(1U << 4) /* while walking the guest's page tables */
#define AXVCPU_ACCESS_GVA		(1U << 5) /* gva is valid */
#define AXVCPU_ACCESS_PERMISSION	(1U << 6) /* mapped, but not for this access */

/**
 * struct axvcpu_exit_hw - what the hardware said, unchanged
 * @code: SVM EXITCODE, VMX exit reason, ESR_EL2
 * @info: SVM EXITINFO1, EXITINFO2, EXITINTINFO, guest-interrupt state;
 *	VMX qualification, guest-linear address, guest-physical address,
 *	interruption info; FAR_EL2, HPFAR_EL2
 */
struct axvcpu_exit_hw {
	__u64 code;
	__u64 info[4];
};

/**
 * struct axvcpu_exit_hypercall - VMMCALL, VMCALL, HVC, ecall
 * @nr: RAX, x0, a7
 * @args: RDI, RSI, RDX, RCX, R8, R9; x1..x6; a0..a5
 */
struct axvcpu_exit_hypercall {
	__u64 nr;
	__u64 args[6];
};

/**
 * struct axvcpu_exit_mmio - access to an address without memory
 * @addr: guest-physical address
 * @data: MMIO_WRITE: the value, zero-extended
 * @width: bytes: 1, 2, 4 or 8
 * @reg: MMIO_READ: destination register as in struct axvcpu_gpr, or
 *	AXVCPU_REG_NONE if the value goes to memory
 * @reg_width: MMIO_READ: bytes of the destination
 * @signed_ext: MMIO_READ: sign-extend from width to reg_width
 * @pad: zero
 */
struct axvcpu_exit_mmio {
	__u64 addr;
	__u64 data;
	__u8  width;
	__u8  reg;
	__u8  reg_width;
	__u8  signed_ext;
	__u8  pad[4];
};

#define AXVCPU_REG_NONE			0xff

/**
 * struct axvcpu_exit_sysreg - MSR, system register or CSR access
 * @addr: MSR number; arm64: ISS encoding without Rt and direction; CSR number
 * @value: SYSREG_WRITE: the value
 * @reg: SYSREG_READ: destination register; x86: 0, the value goes to EDX:EAX
 * @pad: zero
 */
struct axvcpu_exit_sysreg {
	__u64 addr;
	__u64 value;
	__u32 reg;
	__u32 pad;
};

/**
 * struct axvcpu_exit_io - x86 port access
 * @data: IO_WRITE of one item that is not a string instruction: the value,
 *	zero-extended
 * @count: items; above 1 only for string instructions
 * @data_offset: string instructions: offset in the run mapping of the items,
 *	written by the guest or to be filled before the next RUN; else 0
 * @port: port number
 * @width: bytes of an item: 1, 2 or 4
 * @string: 1 for INS and OUTS
 * @pad: zero
 */
struct axvcpu_exit_io {
	__u64 data;
	__u32 count;
	__u32 data_offset;
	__u16 port;
	__u8  width;
	__u8  string;
	__u8  pad[4];
};

#define AXVCPU_VECTOR_UNKNOWN		(~0ULL)

/**
 * struct axvcpu_exit_interrupt - an interrupt of the host
 * @vector: its number, or AXVCPU_VECTOR_UNKNOWN
 */
struct axvcpu_exit_interrupt {
	__u64 vector;
};

/**
 * struct axvcpu_exit_fault - guest-physical access that nothing answers
 * @gpa: guest-physical address
 * @gva: guest-virtual address, if AXVCPU_ACCESS_GVA
 * @access: AXVCPU_ACCESS_*
 * @insn_len: valid bytes of @insn; 0 if they could not be read
 * @insn: instruction bytes at pc
 * @pad: zero
 */
struct axvcpu_exit_fault {
	__u64 gpa;
	__u64 gva;
	__u32 access;
	__u8  insn_len;
	__u8  insn[15];
	__u8  pad[4];
};

/**
 * struct axvcpu_exit_cpu_up - start of another CPU
 * @target_cpu: APIC id, MPIDR affinity or hart id
 * @entry_point: guest-physical address of its first instruction
 * @arg: its first argument; x86: 0
 */
struct axvcpu_exit_cpu_up {
	__u64 target_cpu;
	__u64 entry_point;
	__u64 arg;
};

/**
 * struct axvcpu_exit_cpu_down - this vCPU stopped and waits for CPU_UP
 * @state: arm64: PSCI power state; x86: 0 (INIT)
 */
struct axvcpu_exit_cpu_down {
	__u64 state;
};

/**
 * struct axvcpu_exit_fail_entry - the hardware refused to enter the guest
 * @hardware_entry_failure_reason: SVM EXITCODE, VMX instruction error or reason
 * @rule: number of the consistency rule that is broken; 0 if none was found
 * @pad: zero
 * @why: that rule in words, NUL-terminated
 */
struct axvcpu_exit_fail_entry {
	__u64 hardware_entry_failure_reason;
	__u32 rule;
	__u32 pad;
	char  why[112];
};

/**
 * struct axvcpu_exit_ipi - interrupt from this vCPU to others
 * @target_cpu: destination, unless one of the flags below is set
 * @target_cpu_aux: x86: the interrupt command register, unchanged (destination
 *	and delivery mode, level, trigger); arm64: mask of Aff0
 * @vector: interrupt vector; arm64: SGI number
 * @send_to_all: 1: to all but this vCPU
 * @send_to_self: 1: to this vCPU; with send_to_all: to all, this one included
 * @pad: zero
 */
struct axvcpu_exit_ipi {
	__u64 target_cpu;
	__u64 target_cpu_aux;
	__u64 vector;
	__u8  send_to_all;
	__u8  send_to_self;
	__u8  pad[6];
};

/**
 * struct axvcpu_exit_debug - single step, breakpoint or watchpoint
 * @vector: x86: 1 (#DB) or 3 (#BP); arm64: exception class
 * @status: x86: DR6 as the exception would have left it
 * @control: x86: DR7
 */
struct axvcpu_exit_debug {
	__u64 vector;
	__u64 status;
	__u64 control;
};

/* struct axvcpu_exit_window.events */
#define AXVCPU_WINDOW_IRQ		(1U << 0)
#define AXVCPU_WINDOW_NMI		(1U << 1)

/**
 * struct axvcpu_exit_window - what the guest can take now
 * @events: AXVCPU_WINDOW_*
 * @pad: zero
 */
struct axvcpu_exit_window {
	__u32 events;
	__u32 pad;
};

/**
 * struct axvcpu_exit_eoi - the guest ended an interrupt
 * @vector: its vector; without an interrupt controller in the kernel
 *	AXVCPU_VECTOR_UNKNOWN: the highest in service
 */
struct axvcpu_exit_eoi {
	__u64 vector;
};

/**
 * struct axvcpu_exit - one exit, the same layout on every architecture
 * @reason: enum axvcpu_exit_reason
 * @flags: AXVCPU_EXIT_* bits
 * @pc: guest pc now; it is past the instruction for MMIO, IO, SYSREG,
 *	HYPERCALL and HALT unless AXVCPU_EXIT_PARTIAL is set
 * @insn_len: length of that instruction, 0 if it does not apply
 * @vcpu: id of the vCPU
 * @hw: raw values
 * @raw: all of the union
 * @hypercall: AXVCPU_EXIT_HYPERCALL
 * @mmio: AXVCPU_EXIT_MMIO_READ, AXVCPU_EXIT_MMIO_WRITE
 * @sysreg: AXVCPU_EXIT_SYSREG_READ, AXVCPU_EXIT_SYSREG_WRITE
 * @io: AXVCPU_EXIT_IO_READ, AXVCPU_EXIT_IO_WRITE
 * @interrupt: AXVCPU_EXIT_EXTERNAL_INTERRUPT
 * @fault: AXVCPU_EXIT_NESTED_PAGE_FAULT
 * @cpu_up: AXVCPU_EXIT_CPU_UP
 * @cpu_down: AXVCPU_EXIT_CPU_DOWN
 * @fail_entry: AXVCPU_EXIT_FAIL_ENTRY
 * @ipi: AXVCPU_EXIT_SEND_IPI
 * @debug: AXVCPU_EXIT_DEBUG
 * @window: AXVCPU_EXIT_IRQ_WINDOW
 * @eoi: AXVCPU_EXIT_EOI
 *
 * All bytes are written for each exit.
 */
struct axvcpu_exit {
	__u32 reason;
	__u32 flags;
	__u64 pc;
	__u32 insn_len;
	__u32 vcpu;
	struct axvcpu_exit_hw hw;
	union {
		__u64 raw[16];	/* first and largest: an empty initializer clears all of it */
		struct axvcpu_exit_hypercall hypercall;
		struct axvcpu_exit_mmio mmio;
		struct axvcpu_exit_sysreg sysreg;
		struct axvcpu_exit_io io;
		struct axvcpu_exit_interrupt interrupt;
		struct axvcpu_exit_fault fault;
		struct axvcpu_exit_cpu_up cpu_up;
		struct axvcpu_exit_cpu_down cpu_down;
		struct axvcpu_exit_fail_entry fail_entry;
		struct axvcpu_exit_ipi ipi;
		struct axvcpu_exit_debug debug;
		struct axvcpu_exit_window window;
		struct axvcpu_exit_eoi eoi;
	};
};

/* struct axvcpu_run.request */
#define AXVCPU_REQUEST_IRQ_WINDOW	(1U << 0) /* exit when an interrupt can be taken */
#define AXVCPU_REQUEST_NMI_WINDOW	(1U << 1) /* exit when an NMI can be taken */

/**
 * struct axvcpu_run - start of the mapping of a vCPU fd
 * @size: written by the kernel: sizeof(struct axvcpu_run) that it uses
 * @immediate_exit: not 0: RUN completes what is pending and returns NOTHING
 *	before it enters the guest
 * @pad: zero
 * @request: AXVCPU_REQUEST_* bits
 * @pad2: zero
 * @value: answer to a read or hypercall exit, taken by the next RUN unless
 *	SET_GPR or SET_RETURN_VALUE gave it; the kernel presets it with all ones
 *	for reads and with the unchanged register for hypercalls
 * @reserved: zero
 * @exit: why the last RUN returned
 *
 * The kernel reads each input once per RUN and trusts none.
 */
struct axvcpu_run {
	__u32 size;
	__u8  immediate_exit;
	__u8  pad[3];
	__u32 request;
	__u32 pad2;
	__u64 value;
	__u64 reserved[5];
	struct axvcpu_exit exit;
};

/* --------------------------------------------------------------- registers */

/* struct axvcpu_regs.sets on x86; each names a part of struct axvcpu_x86_regs */
#define AXVCPU_REGS_X86_GPRS		(1ULL << 0)
#define AXVCPU_REGS_X86_SEGS		(1ULL << 1)
#define AXVCPU_REGS_X86_CRS		(1ULL << 2)
#define AXVCPU_REGS_X86_DRS		(1ULL << 3)
#define AXVCPU_REGS_X86_MSRS		(1ULL << 4)
#define AXVCPU_REGS_X86_XSAVE		(1ULL << 5)
#define AXVCPU_REGS_X86_EVENTS		(1ULL << 6)
#define AXVCPU_REGS_X86_APIC		(1ULL << 7)

/**
 * struct axvcpu_regs - read or write sets of registers
 * @size: sizeof(struct axvcpu_regs)
 * @data_size: bytes at @data; covers at least the chosen sets
 * @sets: AXVCPU_REGS_* bits, not 0
 * @data: user address of struct axvcpu_x86_regs; only the chosen sets are touched
 *
 * SET_REGS checks all of it before it writes any of it.
 */
struct axvcpu_regs {
	__u32 size;
	__u32 data_size;
	__u64 sets;
	__u64 data;
};

/**
 * struct axvcpu_x86_gprs - AXVCPU_REGS_X86_GPRS
 * @gpr: in the order of struct axvcpu_gpr
 * @rip: instruction pointer
 * @rflags: flags
 */
struct axvcpu_x86_gprs {
	__u64 gpr[16];
	__u64 rip;
	__u64 rflags;
};

/**
 * struct axvcpu_x86_segment - one segment or table register with its hidden part
 * @base: linear address
 * @limit: last byte offset
 * @selector: selector; 0 for GDTR and IDTR
 * @attrib: type 3:0, S 4, DPL 6:5, P 7, AVL 8, L 9, D/B 10, G 11, unusable 15;
 *	0 for GDTR and IDTR
 */
struct axvcpu_x86_segment {
	__u64 base;
	__u32 limit;
	__u16 selector;
	__u16 attrib;
};

#define AXVCPU_X86_SEG_UNUSABLE		(1U << 15)

/**
 * struct axvcpu_x86_segs - AXVCPU_REGS_X86_SEGS
 * @seg: ES, CS, SS, DS, FS, GS: the hardware's own order
 * @ldtr: local descriptor table
 * @tr: task register
 * @gdtr: global descriptor table
 * @idtr: interrupt descriptor table
 */
struct axvcpu_x86_segs {
	struct axvcpu_x86_segment seg[6];
	struct axvcpu_x86_segment ldtr;
	struct axvcpu_x86_segment tr;
	struct axvcpu_x86_segment gdtr;
	struct axvcpu_x86_segment idtr;
};

/**
 * struct axvcpu_x86_crs - AXVCPU_REGS_X86_CRS
 * @cr0: control register 0
 * @cr2: page-fault address
 * @cr3: page-table root
 * @cr4: control register 4
 * @cr8: task priority, 0..15
 * @efer: extended features, without SVME
 * @xcr0: extended states that are on
 */
struct axvcpu_x86_crs {
	__u64 cr0;
	__u64 cr2;
	__u64 cr3;
	__u64 cr4;
	__u64 cr8;
	__u64 efer;
	__u64 xcr0;
};

/**
 * struct axvcpu_x86_drs - AXVCPU_REGS_X86_DRS
 * @dr: DR0..DR3
 * @dr6: debug status
 * @dr7: debug control
 */
struct axvcpu_x86_drs {
	__u64 dr[4];
	__u64 dr6;
	__u64 dr7;
};

/**
 * struct axvcpu_x86_msrs - AXVCPU_REGS_X86_MSRS
 * @star: SYSCALL selectors
 * @lstar: SYSCALL target, 64-bit callers
 * @cstar: SYSCALL target, compatibility mode
 * @sfmask: RFLAGS bits that SYSCALL clears
 * @kernel_gs_base: SWAPGS value
 * @sysenter_cs: SYSENTER code selector
 * @sysenter_esp: SYSENTER stack
 * @sysenter_eip: SYSENTER target
 * @pat: page attribute table
 * @xss: supervisor extended states
 * @tsc: time-stamp counter as the guest reads it
 * @tsc_aux: RDTSCP and RDPID value
 * @tsc_deadline: armed TSC deadline, 0 if none
 * @apic_base: local APIC base and enables
 * @misc_enable: IA32_MISC_ENABLE
 * @debugctl: branch and trap control
 * @spec_ctrl: speculation control
 * @mtrr_def_type: MTRR default type and enable
 */
struct axvcpu_x86_msrs {
	__u64 star;
	__u64 lstar;
	__u64 cstar;
	__u64 sfmask;
	__u64 kernel_gs_base;
	__u64 sysenter_cs;
	__u64 sysenter_esp;
	__u64 sysenter_eip;
	__u64 pat;
	__u64 xss;
	__u64 tsc;
	__u64 tsc_aux;
	__u64 tsc_deadline;
	__u64 apic_base;
	__u64 misc_enable;
	__u64 debugctl;
	__u64 spec_ctrl;
	__u64 mtrr_def_type;
};

#define AXVCPU_X86_XSAVE_SIZE		4096

/**
 * struct axvcpu_x86_xsave - AXVCPU_REGS_X86_XSAVE
 * @region: XSAVE image, standard (not compacted) form
 */
struct axvcpu_x86_xsave {
	__u8 region[AXVCPU_X86_XSAVE_SIZE];
};

/* struct axvcpu_x86_events.flags */
#define AXVCPU_X86_EVENT_EXCEPTION	(1U << 0) /* exception, error_code, address wait */
#define AXVCPU_X86_EVENT_ERROR_CODE	(1U << 1)
#define AXVCPU_X86_EVENT_NMI_PENDING	(1U << 2)
#define AXVCPU_X86_EVENT_NMI_MASKED	(1U << 3) /* until IRET */
#define AXVCPU_X86_EVENT_STI_SHADOW	(1U << 4) /* interrupt shadow of STI or MOV SS */
#define AXVCPU_X86_EVENT_INTERRUPT	(1U << 5) /* delivery of vector was interrupted */
#define AXVCPU_X86_EVENT_SOFT		(1U << 6) /* that was INT n, INT3 or INTO */
#define AXVCPU_X86_EVENT_EXTINT		(1U << 7) /* an ExtINT of vector extint waits */
#define AXVCPU_X86_EVENT_HALTED		(1U << 8) /* in HLT, waits for an interrupt */

/**
 * struct axvcpu_x86_events - AXVCPU_REGS_X86_EVENTS
 * @flags: AXVCPU_X86_EVENT_* bits
 * @exception: vector of the exception that waits
 * @vector: vector of the interrupt whose delivery was interrupted
 * @extint: vector of the ExtINT that waits
 * @soft_len: length of the software interrupt's instruction
 * @error_code: error code of the exception
 * @pad: zero
 * @address: CR2 of a page fault that waits
 * @irq: a bit per interrupt that waits; only without a controller in the kernel
 */
struct axvcpu_x86_events {
	__u32 flags;
	__u8  exception;
	__u8  vector;
	__u8  extint;
	__u8  soft_len;
	__u32 error_code;
	__u32 pad;
	__u64 address;
	__u64 irq[4];
};

/**
 * struct axvcpu_x86_apic - AXVCPU_REGS_X86_APIC
 * @regs: the 1 KiB of local APIC registers, one per 16 bytes, as in its page
 */
struct axvcpu_x86_apic {
	__u8 regs[1024];
};

/**
 * struct axvcpu_x86_regs - all sets of an x86 vCPU
 * @gprs: AXVCPU_REGS_X86_GPRS
 * @segs: AXVCPU_REGS_X86_SEGS
 * @crs: AXVCPU_REGS_X86_CRS
 * @drs: AXVCPU_REGS_X86_DRS
 * @msrs: AXVCPU_REGS_X86_MSRS
 * @events: AXVCPU_REGS_X86_EVENTS
 * @apic: AXVCPU_REGS_X86_APIC
 * @xsave: AXVCPU_REGS_X86_XSAVE
 */
struct axvcpu_x86_regs {
	struct axvcpu_x86_gprs gprs;
	struct axvcpu_x86_segs segs;
	struct axvcpu_x86_crs crs;
	struct axvcpu_x86_drs drs;
	struct axvcpu_x86_msrs msrs;
	struct axvcpu_x86_events events;
	struct axvcpu_x86_apic apic;
	struct axvcpu_x86_xsave xsave;
};

/* ------------------------------------------------------------------- CPUID */

#define AXVCPU_CPUID_MAX		256

/* struct axvcpu_cpuid_entry.flags */
#define AXVCPU_CPUID_SUBLEAF		(1U << 0) /* the entry is for this subleaf only */

/**
 * struct axvcpu_cpuid_entry - the answer to one CPUID leaf
 * @leaf: EAX
 * @subleaf: ECX, if AXVCPU_CPUID_SUBLEAF
 * @flags: AXVCPU_CPUID_SUBLEAF
 * @eax: answer
 * @ebx: answer
 * @ecx: answer
 * @edx: answer
 * @pad: zero
 */
struct axvcpu_cpuid_entry {
	__u32 leaf;
	__u32 subleaf;
	__u32 flags;
	__u32 eax;
	__u32 ebx;
	__u32 ecx;
	__u32 edx;
	__u32 pad;
};

/**
 * struct axvcpu_cpuid - a CPUID table
 * @size: sizeof(struct axvcpu_cpuid)
 * @nr: entries at @entries; reading: room there, answered with the entries
 *	written, or with the number needed and -ENOSPC
 * @entries: user address of struct axvcpu_cpuid_entry[@nr]
 */
struct axvcpu_cpuid {
	__u32 size;
	__u32 nr;
	__u64 entries;
};

#endif /* _UAPI_LINUX_AXVCPU_H */
