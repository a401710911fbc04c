// SPDX-License-Identifier: GPL-2.0-only
/*
 * The ABI as bytes and numbers. All of them are written out: what a program was compiled
 * with must hold in every later version.
 */
#include <linux/stddef.h>
#include <linux/string.h>
#include <kunit/test.h>

#include <uapi/linux/axvcpu.h>

struct value_case {
	const char *name;
	u64 is;
	u64 want;
};

#define SIZE(type, want)	{ "sizeof_" #type, sizeof(struct axvcpu_##type), want }
#define AT(type, field, want)	\
	{ #type "." #field, offsetof(struct axvcpu_##type, field), want }
#define IS(name, want)		{ #name, AXVCPU_##name, want }

static const struct value_case layout_cases[] = {
	SIZE(info, 80), AT(info, size, 0), AT(info, abi_version, 4), AT(info, backend, 8),
	AT(info, caps, 24), AT(info, arch, 32), AT(info, max_vcpus, 36), AT(info, max_maps, 40),
	AT(info, gpa_bits, 44), AT(info, run_size, 48), AT(info, io_data_offset, 52),
	AT(info, io_data_size, 56), AT(info, tsc_khz, 60), AT(info, reg_sets, 64),
	AT(info, features, 72),
	SIZE(create_vm, 16), AT(create_vm, size, 0), AT(create_vm, flags, 4),
	AT(create_vm, poweroff_port, 8), AT(create_vm, pad, 10), AT(create_vm, poweroff_value, 12),
	SIZE(create_vcpu, 16), AT(create_vcpu, size, 0), AT(create_vcpu, flags, 4),
	AT(create_vcpu, id, 8), AT(create_vcpu, pad, 12),
	SIZE(map, 32), AT(map, size, 0), AT(map, flags, 4), AT(map, gpa, 8), AT(map, len, 16),
	AT(map, hva, 24),
	SIZE(unmap, 24), AT(unmap, size, 0), AT(unmap, flags, 4), AT(unmap, gpa, 8),
	AT(unmap, len, 16),
	SIZE(dirty_log, 32), AT(dirty_log, size, 0), AT(dirty_log, flags, 4),
	AT(dirty_log, gpa, 8), AT(dirty_log, len, 16), AT(dirty_log, bitmap, 24),
	SIZE(msi, 24), AT(msi, size, 0), AT(msi, flags, 4), AT(msi, address, 8), AT(msi, data, 16),
	AT(msi, pad, 20),
	SIZE(eoi_vectors, 40), AT(eoi_vectors, size, 0), AT(eoi_vectors, pad, 4),
	AT(eoi_vectors, vectors, 8),
	SIZE(msr_range, 16), AT(msr_range, first, 0), AT(msr_range, last, 4),
	AT(msr_range, read, 8), AT(msr_range, write, 12),
	SIZE(msr_policy, 16), AT(msr_policy, size, 0), AT(msr_policy, nr, 4),
	AT(msr_policy, ranges, 8),
	SIZE(vm_stats, 64), AT(vm_stats, size, 0), AT(vm_stats, nr_vcpus, 4),
	AT(vm_stats, mapped_4k, 8), AT(vm_stats, mapped_2m, 16), AT(vm_stats, mapped_1g, 24),
	AT(vm_stats, table_pages, 32), AT(vm_stats, faults, 40), AT(vm_stats, invalidations, 48),
	AT(vm_stats, tlb_flushes, 56),
	SIZE(setup, 32), AT(setup, size, 0), AT(setup, mode, 4), AT(setup, entry, 8),
	AT(setup, arg, 16), AT(setup, page_table, 24),
	SIZE(gpr, 16), AT(gpr, size, 0), AT(gpr, reg, 4), AT(gpr, value, 8),
	SIZE(return_value, 16), AT(return_value, size, 0), AT(return_value, pad, 4),
	AT(return_value, value, 8),
	SIZE(event, 32), AT(event, size, 0), AT(event, type, 4), AT(event, flags, 8),
	AT(event, vector, 12), AT(event, error_code, 16), AT(event, pad, 20),
	AT(event, address, 24),
	SIZE(debug, 8), AT(debug, size, 0), AT(debug, flags, 4),
	SIZE(stats, 584), AT(stats, size, 0), AT(stats, state, 4), AT(stats, entries, 8),
	AT(stats, user_exits, 16), AT(stats, kernel_exits, 272), AT(stats, interrupts, 528),
	AT(stats, nmis, 536), AT(stats, exceptions, 544), AT(stats, reinjections, 552),
	AT(stats, kicks, 560), AT(stats, blocked, 568), AT(stats, blocked_ns, 576),
	SIZE(regs, 24), AT(regs, size, 0), AT(regs, data_size, 4), AT(regs, sets, 8),
	AT(regs, data, 16),
	SIZE(cpuid, 16), AT(cpuid, size, 0), AT(cpuid, nr, 4), AT(cpuid, entries, 8),
	SIZE(cpuid_entry, 32), AT(cpuid_entry, leaf, 0), AT(cpuid_entry, subleaf, 4),
	AT(cpuid_entry, flags, 8), AT(cpuid_entry, eax, 12), AT(cpuid_entry, ebx, 16),
	AT(cpuid_entry, ecx, 20), AT(cpuid_entry, edx, 24), AT(cpuid_entry, pad, 28),
};

static const struct value_case run_cases[] = {
	SIZE(run, 256), AT(run, size, 0), AT(run, immediate_exit, 4), AT(run, pad, 5),
	AT(run, request, 8), AT(run, pad2, 12), AT(run, value, 16), AT(run, reserved, 24),
	AT(run, exit, 64),
	SIZE(exit, 192), AT(exit, reason, 0), AT(exit, flags, 4), AT(exit, pc, 8),
	AT(exit, insn_len, 16), AT(exit, vcpu, 20), AT(exit, hw, 24), AT(exit, raw, 64),
	AT(exit, hypercall, 64), AT(exit, mmio, 64), AT(exit, sysreg, 64), AT(exit, io, 64),
	AT(exit, interrupt, 64), AT(exit, fault, 64), AT(exit, cpu_up, 64),
	AT(exit, cpu_down, 64), AT(exit, fail_entry, 64), AT(exit, ipi, 64), AT(exit, debug, 64),
	AT(exit, window, 64), AT(exit, eoi, 64),
	SIZE(exit_hw, 40), AT(exit_hw, code, 0), AT(exit_hw, info, 8),
	SIZE(exit_hypercall, 56), AT(exit_hypercall, nr, 0), AT(exit_hypercall, args, 8),
	SIZE(exit_mmio, 24), AT(exit_mmio, addr, 0), AT(exit_mmio, data, 8),
	AT(exit_mmio, width, 16), AT(exit_mmio, reg, 17), AT(exit_mmio, reg_width, 18),
	AT(exit_mmio, signed_ext, 19), AT(exit_mmio, pad, 20),
	SIZE(exit_sysreg, 24), AT(exit_sysreg, addr, 0), AT(exit_sysreg, value, 8),
	AT(exit_sysreg, reg, 16), AT(exit_sysreg, pad, 20),
	SIZE(exit_io, 24), AT(exit_io, data, 0), AT(exit_io, count, 8),
	AT(exit_io, data_offset, 12), AT(exit_io, port, 16), AT(exit_io, width, 18),
	AT(exit_io, string, 19), AT(exit_io, pad, 20),
	SIZE(exit_interrupt, 8), AT(exit_interrupt, vector, 0),
	SIZE(exit_fault, 40), AT(exit_fault, gpa, 0), AT(exit_fault, gva, 8),
	AT(exit_fault, access, 16), AT(exit_fault, insn_len, 20), AT(exit_fault, insn, 21),
	AT(exit_fault, pad, 36),
	SIZE(exit_cpu_up, 24), AT(exit_cpu_up, target_cpu, 0), AT(exit_cpu_up, entry_point, 8),
	AT(exit_cpu_up, arg, 16),
	SIZE(exit_cpu_down, 8), AT(exit_cpu_down, state, 0),
	SIZE(exit_fail_entry, 128), AT(exit_fail_entry, hardware_entry_failure_reason, 0),
	AT(exit_fail_entry, rule, 8), AT(exit_fail_entry, pad, 12), AT(exit_fail_entry, why, 16),
	SIZE(exit_ipi, 32), AT(exit_ipi, target_cpu, 0), AT(exit_ipi, target_cpu_aux, 8),
	AT(exit_ipi, vector, 16), AT(exit_ipi, send_to_all, 24), AT(exit_ipi, send_to_self, 25),
	AT(exit_ipi, pad, 26),
	SIZE(exit_debug, 24), AT(exit_debug, vector, 0), AT(exit_debug, status, 8),
	AT(exit_debug, control, 16),
	SIZE(exit_window, 8), AT(exit_window, events, 0), AT(exit_window, pad, 4),
	SIZE(exit_eoi, 8), AT(exit_eoi, vector, 0),
};

static const struct value_case x86_cases[] = {
	SIZE(x86_regs, 5728), AT(x86_regs, gprs, 0), AT(x86_regs, segs, 144),
	AT(x86_regs, crs, 304), AT(x86_regs, drs, 360), AT(x86_regs, msrs, 408),
	AT(x86_regs, events, 552), AT(x86_regs, apic, 608), AT(x86_regs, xsave, 1632),
	SIZE(x86_gprs, 144), AT(x86_gprs, gpr, 0), AT(x86_gprs, rip, 128),
	AT(x86_gprs, rflags, 136),
	SIZE(x86_segment, 16), AT(x86_segment, base, 0), AT(x86_segment, limit, 8),
	AT(x86_segment, selector, 12), AT(x86_segment, attrib, 14),
	SIZE(x86_segs, 160), AT(x86_segs, seg, 0), AT(x86_segs, ldtr, 96), AT(x86_segs, tr, 112),
	AT(x86_segs, gdtr, 128), AT(x86_segs, idtr, 144),
	SIZE(x86_crs, 56), AT(x86_crs, cr0, 0), AT(x86_crs, cr2, 8), AT(x86_crs, cr3, 16),
	AT(x86_crs, cr4, 24), AT(x86_crs, cr8, 32), AT(x86_crs, efer, 40), AT(x86_crs, xcr0, 48),
	SIZE(x86_drs, 48), AT(x86_drs, dr, 0), AT(x86_drs, dr6, 32), AT(x86_drs, dr7, 40),
	SIZE(x86_msrs, 144), AT(x86_msrs, star, 0), AT(x86_msrs, lstar, 8),
	AT(x86_msrs, cstar, 16), AT(x86_msrs, sfmask, 24), AT(x86_msrs, kernel_gs_base, 32),
	AT(x86_msrs, sysenter_cs, 40), AT(x86_msrs, sysenter_esp, 48),
	AT(x86_msrs, sysenter_eip, 56), AT(x86_msrs, pat, 64), AT(x86_msrs, xss, 72),
	AT(x86_msrs, tsc, 80), AT(x86_msrs, tsc_aux, 88), AT(x86_msrs, tsc_deadline, 96),
	AT(x86_msrs, apic_base, 104), AT(x86_msrs, misc_enable, 112), AT(x86_msrs, debugctl, 120),
	AT(x86_msrs, spec_ctrl, 128), AT(x86_msrs, mtrr_def_type, 136),
	SIZE(x86_xsave, 4096), SIZE(x86_apic, 1024),
	SIZE(x86_events, 56), AT(x86_events, flags, 0), AT(x86_events, exception, 4),
	AT(x86_events, vector, 5), AT(x86_events, extint, 6), AT(x86_events, soft_len, 7),
	AT(x86_events, error_code, 8), AT(x86_events, pad, 12), AT(x86_events, address, 16),
	AT(x86_events, irq, 24),
};

/* Direction in bits 31:30 (1 in, 2 out), size in 29:16, 0xbe, number. */
static const struct value_case command_cases[] = {
	IS(INFO, 0xc050be00), IS(CREATE_VM, 0x4010be01),
	IS(SUPPORTED_CPUID, 0xc010be02),
	IS(CREATE_VCPU, 0x4010be20), IS(MAP, 0x4020be21), IS(UNMAP, 0x4018be22),
	IS(DIRTY_LOG, 0x4020be23), IS(SIGNAL_MSI, 0x4018be24), IS(EOI_VECTORS, 0x4028be25),
	IS(MSR_POLICY, 0x4010be26), IS(VM_STATS, 0xc040be27),
	IS(SETUP, 0x4020be40), IS(BIND, 0xbe41), IS(UNBIND, 0xbe42), IS(RUN, 0xbe43),
	IS(KICK, 0xbe44), IS(SET_GPR, 0x4010be45), IS(SET_RETURN_VALUE, 0x4010be46),
	IS(INJECT, 0x4020be47), IS(GET_REGS, 0x4018be48), IS(SET_REGS, 0x4018be49),
	IS(SET_CPUID, 0x4010be4a), IS(GET_CPUID, 0xc010be4b), IS(STATS, 0xc248be4c),
	IS(SET_DEBUG, 0x4008be4d),
};

static const struct value_case number_cases[] = {
	IS(ABI_VERSION, 1),
	IS(EXIT_NOTHING, 0), IS(EXIT_HYPERCALL, 1), IS(EXIT_MMIO_READ, 2), IS(EXIT_MMIO_WRITE, 3),
	IS(EXIT_SYSREG_READ, 4), IS(EXIT_SYSREG_WRITE, 5), IS(EXIT_IO_READ, 6),
	IS(EXIT_IO_WRITE, 7), IS(EXIT_EXTERNAL_INTERRUPT, 8), IS(EXIT_NESTED_PAGE_FAULT, 9),
	IS(EXIT_HALT, 10), IS(EXIT_CPU_UP, 11), IS(EXIT_CPU_DOWN, 12), IS(EXIT_SYSTEM_DOWN, 13),
	IS(EXIT_FAIL_ENTRY, 14), IS(EXIT_SEND_IPI, 15), IS(EXIT_SYSTEM_RESET, 16),
	IS(EXIT_SHUTDOWN, 17), IS(EXIT_DEBUG, 18), IS(EXIT_IRQ_WINDOW, 19), IS(EXIT_EOI, 20),
	IS(EXIT_UNHANDLED, 21),
	IS(STATE_INVALID, 0), IS(STATE_CREATED, 1), IS(STATE_FREE, 2), IS(STATE_READY, 3),
	IS(STATE_RUNNING, 4), IS(STATE_BLOCKED, 5),
	IS(ARCH_X86, 1), IS(ARCH_ARM64, 2), IS(ARCH_RISCV, 3),
	IS(CAP_IRQCHIP, 1), IS(CAP_DIRTY_LOG, 2), IS(CAP_MAP_EXEC, 4), IS(CAP_MAP_NO_READ, 8),
	IS(CAP_HUGE_2M, 16), IS(CAP_HUGE_1G, 32), IS(CAP_DEBUG_STEP, 64), IS(CAP_CPUID, 128),
	IS(VM_IRQCHIP, 1), IS(VM_POWEROFF_PORT, 2),
	IS(MAP_R, 1), IS(MAP_W, 2), IS(MAP_X, 4), IS(MAP_DIRTY_LOG, 8),
	IS(MSR_DEFAULT, 0), IS(MSR_EXIT, 1), IS(MSR_FAULT, 2), IS(MSR_IGNORE, 3),
	IS(START_X86_REAL16, 0), IS(START_X86_PROT32, 1), IS(START_X86_LONG64, 2),
	IS(START_ARM64_EL1, 16), IS(START_RISCV_VS, 32),
	IS(EVENT_INTERRUPT, 0), IS(EVENT_NMI, 1), IS(EVENT_EXCEPTION, 2), IS(EVENT_EXTINT, 3),
	IS(EVENT_ERROR_CODE, 1), IS(EVENT_LEVEL, 2),
	IS(DEBUG_STEP, 1), IS(DEBUG_BREAKPOINT, 2), IS(DEBUG_HW, 4),
	IS(EXIT_PARTIAL, 1), IS(EXIT_IRQ_READY, 2), IS(EXIT_NMI_READY, 4), IS(EXIT_USER, 8),
	IS(EXIT_PENDING, 16),
	IS(ACCESS_R, 1), IS(ACCESS_W, 2), IS(ACCESS_X, 4), IS(ACCESS_USER, 8),
	IS(ACCESS_TABLE_WALK, 16), IS(ACCESS_GVA, 32), IS(ACCESS_PERMISSION, 64),
	IS(WINDOW_IRQ, 1), IS(WINDOW_NMI, 2), IS(REQUEST_IRQ_WINDOW, 1),
	IS(REQUEST_NMI_WINDOW, 2),
	IS(REGS_X86_GPRS, 1), IS(REGS_X86_SEGS, 2), IS(REGS_X86_CRS, 4), IS(REGS_X86_DRS, 8),
	IS(REGS_X86_MSRS, 16), IS(REGS_X86_XSAVE, 32), IS(REGS_X86_EVENTS, 64),
	IS(REGS_X86_APIC, 128),
	IS(X86_EVENT_EXCEPTION, 1), IS(X86_EVENT_ERROR_CODE, 2), IS(X86_EVENT_NMI_PENDING, 4),
	IS(X86_EVENT_NMI_MASKED, 8), IS(X86_EVENT_STI_SHADOW, 16), IS(X86_EVENT_INTERRUPT, 32),
	IS(X86_EVENT_SOFT, 64), IS(X86_EVENT_EXTINT, 128), IS(X86_EVENT_HALTED, 256),
	IS(CPUID_SUBLEAF, 1), IS(REG_NONE, 0xff), IS(VECTOR_UNKNOWN, 0xffffffffffffffffULL),
	IS(POWEROFF_PORT, 0x604), IS(POWEROFF_VALUE, 0x2000), IS(STATS_REASONS, 32),
	IS(X86_SEG_UNUSABLE, 0x8000),
};

static void value_case_desc(const struct value_case *c, char *desc)
{
	strscpy(desc, c->name, KUNIT_PARAM_DESC_SIZE);
}

KUNIT_ARRAY_PARAM(layout, layout_cases, value_case_desc);
KUNIT_ARRAY_PARAM(run, run_cases, value_case_desc);
KUNIT_ARRAY_PARAM(x86, x86_cases, value_case_desc);
KUNIT_ARRAY_PARAM(command, command_cases, value_case_desc);
KUNIT_ARRAY_PARAM(number, number_cases, value_case_desc);

static void it_is(struct kunit *test)
{
	const struct value_case *c = test->param_value;

	KUNIT_EXPECT_EQ(test, c->is, c->want);
}

static void structures_of_calls(struct kunit *test)
{
	it_is(test);
}

static void the_run_area(struct kunit *test)
{
	it_is(test);
}

static void structures_of_x86_registers(struct kunit *test)
{
	it_is(test);
}

static void command_numbers(struct kunit *test)
{
	it_is(test);
}

static void numbers_and_flags(struct kunit *test)
{
	it_is(test);
}

static struct kunit_case uapi_suite_cases[] = {
	KUNIT_CASE_PARAM(structures_of_calls, layout_gen_params),
	KUNIT_CASE_PARAM(the_run_area, run_gen_params),
	KUNIT_CASE_PARAM(structures_of_x86_registers, x86_gen_params),
	KUNIT_CASE_PARAM(command_numbers, command_gen_params),
	KUNIT_CASE_PARAM(numbers_and_flags, number_gen_params),
	{}
};

static struct kunit_suite uapi_suite = {
	.name = "axvcpu_uapi",
	.test_cases = uapi_suite_cases,
};

kunit_test_suite(uapi_suite);
