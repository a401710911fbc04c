// SPDX-License-Identifier: GPL-2.0-only
/*
 * Intercepted instructions: length and operands of each in each form, and bytes
 * that are not what the hardware says was executed.
 */
#include <kunit/test.h>

#include "../arch/x86/x86_fixed.c"

struct fixed_case {
	const char *name;
	enum axx86_mode mode;
	u8 nr;
	u8 bytes[AXX86_INSN_MAX];
	struct axx86_fixed want;	/* except length, which is all of @bytes */
};

static const struct fixed_case fixed_cases[] = {
	{ "cpuid", AXX86_LONG64, 2, { 0x0f, 0xa2 },
	  { .op = AXX86_FIX_CPUID, .gpr = AXX86_NO_REG } },
	{ "cpuid_in_real_mode", AXX86_REAL16, 2, { 0x0f, 0xa2 },
	  { .op = AXX86_FIX_CPUID, .gpr = AXX86_NO_REG } },
	{ "cpuid_with_prefixes_is_longer", AXX86_LONG64, 5, { 0x66, 0xf3, 0x48, 0x0f, 0xa2 },
	  { .op = AXX86_FIX_CPUID, .gpr = AXX86_NO_REG } },
	{ "cpuid_with_each_segment_override", AXX86_PROT32, 8,
	  { 0x26, 0x2e, 0x36, 0x3e, 0x64, 0x65, 0x0f, 0xa2 },
	  { .op = AXX86_FIX_CPUID, .gpr = AXX86_NO_REG } },
	{ "cpuid_of_fifteen_bytes", AXX86_PROT32, 15,
	  { 0x66, 0x66, 0x66, 0x66, 0x66, 0x66, 0x66, 0x66,
	    0x66, 0x66, 0x66, 0x66, 0x66, 0x0f, 0xa2 },
	  { .op = AXX86_FIX_CPUID, .gpr = AXX86_NO_REG } },
	{ "rdmsr", AXX86_LONG64, 2, { 0x0f, 0x32 },
	  { .op = AXX86_FIX_RDMSR, .gpr = AXX86_NO_REG } },
	{ "wrmsr", AXX86_LONG64, 2, { 0x0f, 0x30 },
	  { .op = AXX86_FIX_WRMSR, .gpr = AXX86_NO_REG } },
	{ "hlt", AXX86_LONG64, 1, { 0xf4 },
	  { .op = AXX86_FIX_HLT, .gpr = AXX86_NO_REG } },
	{ "hlt_in_real_mode", AXX86_REAL16, 1, { 0xf4 },
	  { .op = AXX86_FIX_HLT, .gpr = AXX86_NO_REG } },
	{ "vmmcall", AXX86_LONG64, 3, { 0x0f, 0x01, 0xd9 },
	  { .op = AXX86_FIX_VMMCALL, .gpr = AXX86_NO_REG } },
	{ "vmgexit_is_vmmcall", AXX86_LONG64, 4, { 0xf3, 0x0f, 0x01, 0xd9 },
	  { .op = AXX86_FIX_VMMCALL, .gpr = AXX86_NO_REG } },
	{ "vmcall", AXX86_LONG64, 3, { 0x0f, 0x01, 0xc1 },
	  { .op = AXX86_FIX_VMCALL, .gpr = AXX86_NO_REG } },
	{ "xsetbv", AXX86_LONG64, 3, { 0x0f, 0x01, 0xd1 },
	  { .op = AXX86_FIX_XSETBV, .gpr = AXX86_NO_REG } },
	{ "invd", AXX86_PROT32, 2, { 0x0f, 0x08 },
	  { .op = AXX86_FIX_INVD, .gpr = AXX86_NO_REG } },
	{ "wbinvd", AXX86_PROT32, 2, { 0x0f, 0x09 },
	  { .op = AXX86_FIX_WBINVD, .gpr = AXX86_NO_REG } },
	{ "wbnoinvd_is_wbinvd", AXX86_LONG64, 3, { 0xf3, 0x0f, 0x09 },
	  { .op = AXX86_FIX_WBINVD, .gpr = AXX86_NO_REG } },
	{ "rdtsc", AXX86_LONG64, 2, { 0x0f, 0x31 },
	  { .op = AXX86_FIX_RDTSC, .gpr = AXX86_NO_REG } },
	{ "rdtscp", AXX86_LONG64, 3, { 0x0f, 0x01, 0xf9 },
	  { .op = AXX86_FIX_RDTSCP, .gpr = AXX86_NO_REG } },
	{ "rdpmc", AXX86_LONG64, 2, { 0x0f, 0x33 },
	  { .op = AXX86_FIX_RDPMC, .gpr = AXX86_NO_REG } },
	{ "rdpru", AXX86_LONG64, 3, { 0x0f, 0x01, 0xfd },
	  { .op = AXX86_FIX_RDPRU, .gpr = AXX86_NO_REG } },
	{ "pause", AXX86_LONG64, 2, { 0xf3, 0x90 },
	  { .op = AXX86_FIX_PAUSE, .gpr = AXX86_NO_REG } },
	{ "pause_in_real_mode", AXX86_REAL16, 2, { 0xf3, 0x90 },
	  { .op = AXX86_FIX_PAUSE, .gpr = AXX86_NO_REG } },
	{ "monitor", AXX86_LONG64, 3, { 0x0f, 0x01, 0xc8 },
	  { .op = AXX86_FIX_MONITOR, .gpr = AXX86_NO_REG } },
	{ "monitorx", AXX86_LONG64, 3, { 0x0f, 0x01, 0xfa },
	  { .op = AXX86_FIX_MONITOR, .gpr = AXX86_NO_REG } },
	{ "mwait", AXX86_LONG64, 3, { 0x0f, 0x01, 0xc9 },
	  { .op = AXX86_FIX_MWAIT, .gpr = AXX86_NO_REG } },
	{ "mwaitx", AXX86_LONG64, 3, { 0x0f, 0x01, 0xfb },
	  { .op = AXX86_FIX_MWAIT, .gpr = AXX86_NO_REG } },
	{ "invlpga", AXX86_LONG64, 3, { 0x0f, 0x01, 0xdf },
	  { .op = AXX86_FIX_INVLPGA, .gpr = AXX86_NO_REG } },
	{ "invlpgb", AXX86_LONG64, 3, { 0x0f, 0x01, 0xfe },
	  { .op = AXX86_FIX_INVLPGB, .gpr = AXX86_NO_REG } },
	{ "tlbsync", AXX86_LONG64, 3, { 0x0f, 0x01, 0xff },
	  { .op = AXX86_FIX_TLBSYNC, .gpr = AXX86_NO_REG } },
	{ "mcommit", AXX86_LONG64, 4, { 0xf3, 0x0f, 0x01, 0xfa },
	  { .op = AXX86_FIX_MCOMMIT, .gpr = AXX86_NO_REG } },
	{ "clts", AXX86_PROT32, 2, { 0x0f, 0x06 },
	  { .op = AXX86_FIX_CLTS, .gpr = AXX86_NO_REG } },
	{ "rsm", AXX86_PROT32, 2, { 0x0f, 0xaa },
	  { .op = AXX86_FIX_RSM, .gpr = AXX86_NO_REG } },
	{ "vmrun", AXX86_LONG64, 3, { 0x0f, 0x01, 0xd8 },
	  { .op = AXX86_FIX_VMRUN, .gpr = AXX86_NO_REG } },
	{ "vmload", AXX86_LONG64, 3, { 0x0f, 0x01, 0xda },
	  { .op = AXX86_FIX_VMLOAD, .gpr = AXX86_NO_REG } },
	{ "vmsave", AXX86_LONG64, 3, { 0x0f, 0x01, 0xdb },
	  { .op = AXX86_FIX_VMSAVE, .gpr = AXX86_NO_REG } },
	{ "stgi", AXX86_LONG64, 3, { 0x0f, 0x01, 0xdc },
	  { .op = AXX86_FIX_STGI, .gpr = AXX86_NO_REG } },
	{ "clgi", AXX86_LONG64, 3, { 0x0f, 0x01, 0xdd },
	  { .op = AXX86_FIX_CLGI, .gpr = AXX86_NO_REG } },
	{ "skinit", AXX86_LONG64, 3, { 0x0f, 0x01, 0xde },
	  { .op = AXX86_FIX_SKINIT, .gpr = AXX86_NO_REG } },
	{ "int3", AXX86_PROT32, 1, { 0xcc },
	  { .op = AXX86_FIX_INT3, .gpr = AXX86_NO_REG } },
	{ "int1", AXX86_PROT32, 1, { 0xf1 },
	  { .op = AXX86_FIX_INT1, .gpr = AXX86_NO_REG } },
	{ "into", AXX86_PROT32, 1, { 0xce },
	  { .op = AXX86_FIX_INTO, .gpr = AXX86_NO_REG } },
	{ "int_80", AXX86_PROT32, 2, { 0xcd, 0x80 },
	  { .op = AXX86_FIX_INT, .gpr = AXX86_NO_REG, .imm = 0x80, .has_imm = true } },
	{ "iret_in_real_mode", AXX86_REAL16, 1, { 0xcf },
	  { .op = AXX86_FIX_IRET, .gpr = AXX86_NO_REG, .width = 2 } },
	{ "iretd_in_a_32_bit_segment", AXX86_PROT32, 1, { 0xcf },
	  { .op = AXX86_FIX_IRET, .gpr = AXX86_NO_REG, .width = 4 } },
	{ "iretd_in_64_bit_mode", AXX86_LONG64, 1, { 0xcf },
	  { .op = AXX86_FIX_IRET, .gpr = AXX86_NO_REG, .width = 4 } },
	{ "iretq", AXX86_LONG64, 2, { 0x48, 0xcf },
	  { .op = AXX86_FIX_IRET, .gpr = AXX86_NO_REG, .width = 8 } },
	{ "pushf_in_real_mode", AXX86_REAL16, 1, { 0x9c },
	  { .op = AXX86_FIX_PUSHF, .gpr = AXX86_NO_REG, .width = 2 } },
	{ "pushfd_in_real_mode_by_66", AXX86_REAL16, 2, { 0x66, 0x9c },
	  { .op = AXX86_FIX_PUSHF, .gpr = AXX86_NO_REG, .width = 4 } },
	{ "pushfd", AXX86_PROT32, 1, { 0x9c },
	  { .op = AXX86_FIX_PUSHF, .gpr = AXX86_NO_REG, .width = 4 } },
	{ "pushfq", AXX86_LONG64, 1, { 0x9c },
	  { .op = AXX86_FIX_PUSHF, .gpr = AXX86_NO_REG, .width = 8 } },
	{ "pushf_in_64_bit_mode_by_66", AXX86_LONG64, 2, { 0x66, 0x9c },
	  { .op = AXX86_FIX_PUSHF, .gpr = AXX86_NO_REG, .width = 2 } },
	{ "popfq_rex_w_beats_66", AXX86_LONG64, 3, { 0x66, 0x48, 0x9d },
	  { .op = AXX86_FIX_POPF, .gpr = AXX86_NO_REG, .width = 8 } },
	{ "in_al_imm8", AXX86_LONG64, 2, { 0xe4, 0x71 },
	  { .op = AXX86_FIX_IN, .gpr = AXX86_NO_REG, .width = 1, .imm = 0x71, .has_imm = true } },
	{ "in_eax_imm8", AXX86_LONG64, 2, { 0xe5, 0x71 },
	  { .op = AXX86_FIX_IN, .gpr = AXX86_NO_REG, .width = 4, .imm = 0x71, .has_imm = true } },
	{ "in_ax_imm8_in_real_mode", AXX86_REAL16, 2, { 0xe5, 0x71 },
	  { .op = AXX86_FIX_IN, .gpr = AXX86_NO_REG, .width = 2, .imm = 0x71, .has_imm = true } },
	{ "in_al_dx", AXX86_LONG64, 1, { 0xec },
	  { .op = AXX86_FIX_IN, .gpr = AXX86_NO_REG, .width = 1 } },
	{ "in_ax_dx_by_66", AXX86_LONG64, 2, { 0x66, 0xed },
	  { .op = AXX86_FIX_IN, .gpr = AXX86_NO_REG, .width = 2 } },
	{ "in_eax_dx", AXX86_LONG64, 1, { 0xed },
	  { .op = AXX86_FIX_IN, .gpr = AXX86_NO_REG, .width = 4 } },
	{ "in_eax_dx_rex_w_is_ignored", AXX86_LONG64, 2, { 0x48, 0xed },
	  { .op = AXX86_FIX_IN, .gpr = AXX86_NO_REG, .width = 4 } },
	{ "out_imm8_al", AXX86_LONG64, 2, { 0xe6, 0xe9 },
	  { .op = AXX86_FIX_OUT, .gpr = AXX86_NO_REG, .width = 1, .imm = 0xe9, .has_imm = true } },
	{ "out_imm8_eax", AXX86_PROT32, 2, { 0xe7, 0xe9 },
	  { .op = AXX86_FIX_OUT, .gpr = AXX86_NO_REG, .width = 4, .imm = 0xe9, .has_imm = true } },
	{ "out_dx_al", AXX86_REAL16, 1, { 0xee },
	  { .op = AXX86_FIX_OUT, .gpr = AXX86_NO_REG, .width = 1 } },
	{ "out_dx_ax_in_real_mode", AXX86_REAL16, 1, { 0xef },
	  { .op = AXX86_FIX_OUT, .gpr = AXX86_NO_REG, .width = 2 } },
	{ "out_dx_eax", AXX86_LONG64, 1, { 0xef },
	  { .op = AXX86_FIX_OUT, .gpr = AXX86_NO_REG, .width = 4 } },
	{ "insb", AXX86_LONG64, 1, { 0x6c },
	  { .op = AXX86_FIX_INS, .gpr = AXX86_NO_REG, .width = 1, .memory = true,
	    .mem = { 0, AXX86_ES, 8, AXX86_RDI, AXX86_NO_REG, 1 } } },
	{ "insw_with_rep", AXX86_REAL16, 2, { 0xf3, 0x6d },
	  { .op = AXX86_FIX_INS, .gpr = AXX86_NO_REG, .width = 2, .rep = true, .memory = true,
	    .mem = { 0, AXX86_ES, 2, AXX86_RDI, AXX86_NO_REG, 1 } } },
	{ "insd_cannot_be_overridden", AXX86_PROT32, 2, { 0x64, 0x6d },
	  { .op = AXX86_FIX_INS, .gpr = AXX86_NO_REG, .width = 4, .memory = true,
	    .mem = { 0, AXX86_ES, 4, AXX86_RDI, AXX86_NO_REG, 1 } } },
	{ "outsb_with_rep", AXX86_LONG64, 2, { 0xf3, 0x6e },
	  { .op = AXX86_FIX_OUTS, .gpr = AXX86_NO_REG, .width = 1, .rep = true, .memory = true,
	    .mem = { 0, AXX86_DS, 8, AXX86_RSI, AXX86_NO_REG, 1 } } },
	{ "outsd_can_be_overridden", AXX86_PROT32, 2, { 0x65, 0x6f },
	  { .op = AXX86_FIX_OUTS, .gpr = AXX86_NO_REG, .width = 4, .memory = true,
	    .mem = { 0, AXX86_GS, 4, AXX86_RSI, AXX86_NO_REG, 1 } } },
	{ "outsd_with_67", AXX86_LONG64, 2, { 0x67, 0x6f },
	  { .op = AXX86_FIX_OUTS, .gpr = AXX86_NO_REG, .width = 4, .memory = true,
	    .mem = { 0, AXX86_DS, 4, AXX86_RSI, AXX86_NO_REG, 1 } } },
	{ "invlpg", AXX86_LONG64, 3, { 0x0f, 0x01, 0x38 },
	  { .op = AXX86_FIX_INVLPG, .gpr = AXX86_NO_REG, .memory = true,
	    .mem = { 0, AXX86_DS, 8, AXX86_RAX, AXX86_NO_REG, 1 } } },
	{ "invlpg_of_the_stack_with_disp8", AXX86_PROT32, 4, { 0x0f, 0x01, 0x7d, 0x08 },
	  { .op = AXX86_FIX_INVLPG, .gpr = AXX86_NO_REG, .memory = true,
	    .mem = { 8, AXX86_SS, 4, AXX86_RBP, AXX86_NO_REG, 1 } } },
	{ "invlpg_rip_relative", AXX86_LONG64, 7, { 0x0f, 0x01, 0x3d, 0x00, 0x10, 0x00, 0x00 },
	  { .op = AXX86_FIX_INVLPG, .gpr = AXX86_NO_REG, .memory = true,
	    .mem = { 0x1000, AXX86_DS, 8, AXX86_NO_REG, AXX86_NO_REG, 1, true } } },
	{ "invpcid", AXX86_LONG64, 7, { 0x66, 0x42, 0x0f, 0x38, 0x82, 0x0c, 0x48 },
	  { .op = AXX86_FIX_INVPCID, .gpr = AXX86_RCX, .width = 16, .memory = true,
	    .mem = { 0, AXX86_DS, 8, AXX86_RAX, AXX86_R9, 2 } } },
	{ "sgdt", AXX86_LONG64, 3, { 0x0f, 0x01, 0x00 },
	  { .op = AXX86_FIX_SGDT, .gpr = AXX86_NO_REG, .width = 10, .memory = true,
	    .mem = { 0, AXX86_DS, 8, AXX86_RAX, AXX86_NO_REG, 1 } } },
	{ "sidt", AXX86_PROT32, 3, { 0x0f, 0x01, 0x08 },
	  { .op = AXX86_FIX_SIDT, .gpr = AXX86_NO_REG, .width = 6, .memory = true,
	    .mem = { 0, AXX86_DS, 4, AXX86_RAX, AXX86_NO_REG, 1 } } },
	{ "lgdt_in_real_mode", AXX86_REAL16, 3, { 0x0f, 0x01, 0x17 },
	  { .op = AXX86_FIX_LGDT, .gpr = AXX86_NO_REG, .width = 6, .memory = true,
	    .mem = { 0, AXX86_DS, 2, AXX86_RBX, AXX86_NO_REG, 1 } } },
	{ "lidt", AXX86_LONG64, 4, { 0x0f, 0x01, 0x1c, 0x24 },
	  { .op = AXX86_FIX_LIDT, .gpr = AXX86_NO_REG, .width = 10, .memory = true,
	    .mem = { 0, AXX86_SS, 8, AXX86_RSP, AXX86_NO_REG, 1 } } },
	{ "smsw_to_memory_is_a_word", AXX86_LONG64, 3, { 0x0f, 0x01, 0x20 },
	  { .op = AXX86_FIX_SMSW, .gpr = AXX86_NO_REG, .width = 2, .memory = true,
	    .mem = { 0, AXX86_DS, 8, AXX86_RAX, AXX86_NO_REG, 1 } } },
	{ "lmsw_from_memory", AXX86_PROT32, 3, { 0x0f, 0x01, 0x30 },
	  { .op = AXX86_FIX_LMSW, .gpr = AXX86_NO_REG, .width = 2, .memory = true,
	    .mem = { 0, AXX86_DS, 4, AXX86_RAX, AXX86_NO_REG, 1 } } },
	{ "sldt_to_memory_is_a_word", AXX86_LONG64, 4, { 0x48, 0x0f, 0x00, 0x00 },
	  { .op = AXX86_FIX_SLDT, .gpr = AXX86_NO_REG, .width = 2, .memory = true,
	    .mem = { 0, AXX86_DS, 8, AXX86_RAX, AXX86_NO_REG, 1 } } },
	{ "str_to_memory", AXX86_PROT32, 3, { 0x0f, 0x00, 0x08 },
	  { .op = AXX86_FIX_STR, .gpr = AXX86_NO_REG, .width = 2, .memory = true,
	    .mem = { 0, AXX86_DS, 4, AXX86_RAX, AXX86_NO_REG, 1 } } },
	{ "lldt_from_memory", AXX86_PROT32, 3, { 0x0f, 0x00, 0x10 },
	  { .op = AXX86_FIX_LLDT, .gpr = AXX86_NO_REG, .width = 2, .memory = true,
	    .mem = { 0, AXX86_DS, 4, AXX86_RAX, AXX86_NO_REG, 1 } } },
	{ "ltr_from_memory", AXX86_PROT32, 3, { 0x0f, 0x00, 0x18 },
	  { .op = AXX86_FIX_LTR, .gpr = AXX86_NO_REG, .width = 2, .memory = true,
	    .mem = { 0, AXX86_DS, 4, AXX86_RAX, AXX86_NO_REG, 1 } } },
	{ "smsw_ecx", AXX86_LONG64, 3, { 0x0f, 0x01, 0xe1 },
	  { .op = AXX86_FIX_SMSW, .gpr = AXX86_RCX, .width = 4 } },
	{ "smsw_r9", AXX86_LONG64, 4, { 0x49, 0x0f, 0x01, 0xe1 },
	  { .op = AXX86_FIX_SMSW, .gpr = AXX86_R9, .width = 8 } },
	{ "lmsw_cx", AXX86_LONG64, 3, { 0x0f, 0x01, 0xf1 },
	  { .op = AXX86_FIX_LMSW, .gpr = AXX86_RCX, .width = 2 } },
	{ "sldt_rdx", AXX86_LONG64, 4, { 0x48, 0x0f, 0x00, 0xc2 },
	  { .op = AXX86_FIX_SLDT, .gpr = AXX86_RDX, .width = 8 } },
	{ "str_dx", AXX86_PROT32, 4, { 0x66, 0x0f, 0x00, 0xca },
	  { .op = AXX86_FIX_STR, .gpr = AXX86_RDX, .width = 2 } },
	{ "lldt_bx", AXX86_PROT32, 3, { 0x0f, 0x00, 0xd3 },
	  { .op = AXX86_FIX_LLDT, .gpr = AXX86_RBX, .width = 2 } },
	{ "ltr_r8w", AXX86_LONG64, 4, { 0x41, 0x0f, 0x00, 0xd8 },
	  { .op = AXX86_FIX_LTR, .gpr = AXX86_R8, .width = 2 } },
	{ "mov_rax_cr0", AXX86_LONG64, 3, { 0x0f, 0x20, 0xc0 },
	  { .op = AXX86_FIX_MOV_CR, .gpr = AXX86_RAX, .sysreg = 0, .width = 8 } },
	{ "mov_cr3_rdi", AXX86_LONG64, 3, { 0x0f, 0x22, 0xdf },
	  { .op = AXX86_FIX_MOV_CR, .gpr = AXX86_RDI, .sysreg = 3, .width = 8, .write = true } },
	{ "mov_cr4_r15", AXX86_LONG64, 4, { 0x41, 0x0f, 0x22, 0xe7 },
	  { .op = AXX86_FIX_MOV_CR, .gpr = AXX86_R15, .sysreg = 4, .width = 8, .write = true } },
	{ "mov_cr8_by_rex_r", AXX86_LONG64, 4, { 0x44, 0x0f, 0x22, 0xc3 },
	  { .op = AXX86_FIX_MOV_CR, .gpr = AXX86_RBX, .sysreg = 8, .width = 8, .write = true } },
	{ "mov_cr8_by_lock", AXX86_PROT32, 4, { 0xf0, 0x0f, 0x22, 0xc0 },
	  { .op = AXX86_FIX_MOV_CR, .gpr = AXX86_RAX, .sysreg = 8, .width = 4, .write = true } },
	{ "mov_from_cr8_by_lock", AXX86_LONG64, 4, { 0xf0, 0x0f, 0x20, 0xc1 },
	  { .op = AXX86_FIX_MOV_CR, .gpr = AXX86_RCX, .sysreg = 8, .width = 8 } },
	{ "mov_cr0_eax_in_real_mode", AXX86_REAL16, 3, { 0x0f, 0x22, 0xc0 },
	  { .op = AXX86_FIX_MOV_CR, .gpr = AXX86_RAX, .sysreg = 0, .width = 4, .write = true } },
	{ "mov_cr_ignores_66", AXX86_LONG64, 4, { 0x66, 0x0f, 0x20, 0xd3 },
	  { .op = AXX86_FIX_MOV_CR, .gpr = AXX86_RBX, .sysreg = 2, .width = 8 } },
	{ "mov_cr_ignores_mod", AXX86_LONG64, 3, { 0x0f, 0x20, 0x05 },
	  { .op = AXX86_FIX_MOV_CR, .gpr = AXX86_RBP, .sysreg = 0, .width = 8 } },
	{ "mov_dr7_rax", AXX86_LONG64, 3, { 0x0f, 0x23, 0xf8 },
	  { .op = AXX86_FIX_MOV_DR, .gpr = AXX86_RAX, .sysreg = 7, .width = 8, .write = true } },
	{ "mov_esi_dr6", AXX86_PROT32, 3, { 0x0f, 0x21, 0xf6 },
	  { .op = AXX86_FIX_MOV_DR, .gpr = AXX86_RSI, .sysreg = 6, .width = 4 } },
	{ "mov_r10_dr0", AXX86_LONG64, 4, { 0x41, 0x0f, 0x21, 0xc2 },
	  { .op = AXX86_FIX_MOV_DR, .gpr = AXX86_R10, .sysreg = 0, .width = 8 } },
};

static void fixed_case_desc(const struct fixed_case *c, char *desc)
{
	strscpy(desc, c->name, KUNIT_PARAM_DESC_SIZE);
}

KUNIT_ARRAY_PARAM(fixed, fixed_cases, fixed_case_desc);

static void expect_operand(struct kunit *test, const struct axx86_mem *got,
			   const struct axx86_mem *want)
{
	KUNIT_EXPECT_EQ(test, got->disp, want->disp);
	KUNIT_EXPECT_EQ(test, got->seg, want->seg);
	KUNIT_EXPECT_EQ(test, got->addr_bytes, want->addr_bytes);
	KUNIT_EXPECT_EQ(test, got->base, want->base);
	KUNIT_EXPECT_EQ(test, got->index, want->index);
	KUNIT_EXPECT_EQ(test, got->scale, want->scale);
	KUNIT_EXPECT_EQ(test, got->rip_rel, want->rip_rel);
}

static void intercepted_instructions_decode(struct kunit *test)
{
	const struct fixed_case *c = test->param_value;
	const struct axx86_fixed *want = &c->want;
	struct axx86_fixed got;

	memset(&got, 0xa5, sizeof(got));
	KUNIT_ASSERT_EQ(test, axx86_insn_length(c->bytes, c->nr, c->mode, want->op, &got), 0);

	KUNIT_EXPECT_EQ(test, got.length, c->nr);
	KUNIT_EXPECT_EQ(test, got.op, want->op);
	KUNIT_EXPECT_EQ(test, got.memory, want->memory);
	KUNIT_EXPECT_EQ(test, got.write, want->write);
	KUNIT_EXPECT_EQ(test, got.sysreg, want->sysreg);
	KUNIT_EXPECT_EQ(test, got.gpr, want->gpr);
	KUNIT_EXPECT_EQ(test, got.width, want->width);
	KUNIT_EXPECT_EQ(test, got.imm, want->imm);
	KUNIT_EXPECT_EQ(test, got.has_imm, want->has_imm);
	KUNIT_EXPECT_EQ(test, got.rep, want->rep);
	expect_operand(test, &got.mem, &want->mem);
}

static void check_any(struct kunit *test, const struct fixed_case *c)
{
	struct axx86_fixed got;

	memset(&got, 0xa5, sizeof(got));
	KUNIT_EXPECT_EQ(test, axx86_insn_length(c->bytes, c->nr, c->mode, AXX86_FIX_ANY, &got), 0);
	KUNIT_EXPECT_EQ_MSG(test, got.op, c->want.op, "%s", c->name);
}

static void check_short(struct kunit *test, const struct fixed_case *c)
{
	static const struct axx86_fixed zero;
	struct axx86_fixed got;
	u8 nr;

	for (nr = 0; nr < c->nr; nr++) {
		memset(&got, 0xa5, sizeof(got));
		KUNIT_EXPECT_EQ_MSG(test,
				    axx86_insn_length(c->bytes, nr, c->mode, c->want.op, &got),
				    -ENODATA, "%s, %d bytes", c->name, nr);
		KUNIT_EXPECT_EQ_MSG(test, memcmp(&got, &zero, sizeof(got)), 0, "%s", c->name);
	}
}

static void check_others(struct kunit *test, const struct fixed_case *c)
{
	struct axx86_fixed got;
	unsigned int op;

	for (op = AXX86_FIX_CPUID; op <= AXX86_FIX_SKINIT; op++) {
		if (op == c->want.op)
			continue;
		memset(&got, 0xa5, sizeof(got));
		KUNIT_EXPECT_EQ_MSG(test, axx86_insn_length(c->bytes, c->nr, c->mode, op, &got),
				    -EOPNOTSUPP, "%s as op %d", c->name, op);
	}
}

static void any_tells_which_it_is(struct kunit *test)
{
	size_t i;

	for (i = 0; i < ARRAY_SIZE(fixed_cases); i++)
		check_any(test, &fixed_cases[i]);
}

static void they_need_all_their_bytes(struct kunit *test)
{
	size_t i;

	for (i = 0; i < ARRAY_SIZE(fixed_cases); i++)
		check_short(test, &fixed_cases[i]);
}

static void each_is_no_other(struct kunit *test)
{
	size_t i;

	for (i = 0; i < ARRAY_SIZE(fixed_cases); i++)
		check_others(test, &fixed_cases[i]);
}

struct misfit_case {
	const char *name;
	enum axx86_mode mode;
	enum axx86_fixed_op op;
	int ret;
	u8 nr;
	u8 bytes[AXX86_INSN_MAX + 1];
};

static const struct misfit_case misfit_cases[] = {
	{ "nop_is_no_pause", AXX86_LONG64, AXX86_FIX_PAUSE, -EOPNOTSUPP, 1, { 0x90 } },
	{ "f2_makes_no_pause", AXX86_LONG64, AXX86_FIX_PAUSE, -EOPNOTSUPP, 2, { 0xf2, 0x90 } },
	{ "into_in_64_bit_mode", AXX86_LONG64, AXX86_FIX_INTO, -EOPNOTSUPP, 1, { 0xce } },
	{ "invpcid_without_66", AXX86_LONG64, AXX86_FIX_INVPCID, -EOPNOTSUPP,
	  4, { 0x0f, 0x38, 0x82, 0x08 } },
	{ "invpcid_of_a_register", AXX86_LONG64, AXX86_FIX_INVPCID, -EOPNOTSUPP,
	  5, { 0x66, 0x0f, 0x38, 0x82, 0xc8 } },
	{ "invlpg_of_a_register_is_swapgs", AXX86_LONG64, AXX86_FIX_INVLPG, -EOPNOTSUPP,
	  3, { 0x0f, 0x01, 0xf8 } },
	{ "group_7_digit_5", AXX86_LONG64, AXX86_FIX_ANY, -EOPNOTSUPP, 3, { 0x0f, 0x01, 0x28 } },
	{ "xgetbv", AXX86_LONG64, AXX86_FIX_ANY, -EOPNOTSUPP, 3, { 0x0f, 0x01, 0xd0 } },
	{ "stac", AXX86_LONG64, AXX86_FIX_ANY, -EOPNOTSUPP, 3, { 0x0f, 0x01, 0xcb } },
	{ "verr", AXX86_PROT32, AXX86_FIX_ANY, -EOPNOTSUPP, 3, { 0x0f, 0x00, 0x20 } },
	{ "rmpquery_is_no_rdpru", AXX86_LONG64, AXX86_FIX_RDPRU, -EOPNOTSUPP,
	  4, { 0xf3, 0x0f, 0x01, 0xfd } },
	{ "rmpadjust_is_no_invlpgb", AXX86_LONG64, AXX86_FIX_INVLPGB, -EOPNOTSUPP,
	  4, { 0xf3, 0x0f, 0x01, 0xfe } },
	{ "pvalidate_is_no_tlbsync", AXX86_LONG64, AXX86_FIX_TLBSYNC, -EOPNOTSUPP,
	  4, { 0xf2, 0x0f, 0x01, 0xff } },
	{ "cpuid_overwritten_by_mov", AXX86_LONG64, AXX86_FIX_CPUID, -EOPNOTSUPP,
	  2, { 0x89, 0xc8 } },
	{ "cpuid_with_lock", AXX86_LONG64, AXX86_FIX_CPUID, -EINVAL, 3, { 0xf0, 0x0f, 0xa2 } },
	{ "hlt_with_lock", AXX86_LONG64, AXX86_FIX_HLT, -EINVAL, 2, { 0xf0, 0xf4 } },
	{ "mov_cr3_with_lock", AXX86_PROT32, AXX86_FIX_MOV_CR, -EINVAL,
	  4, { 0xf0, 0x0f, 0x22, 0xd8 } },
	{ "mov_cr8_with_lock_and_rex_r", AXX86_LONG64, AXX86_FIX_MOV_CR, -EINVAL,
	  5, { 0xf0, 0x44, 0x0f, 0x22, 0xc0 } },
	{ "mov_dr0_with_lock", AXX86_PROT32, AXX86_FIX_MOV_DR, -EINVAL,
	  4, { 0xf0, 0x0f, 0x23, 0xc0 } },
	{ "cpuid_of_sixteen_bytes", AXX86_PROT32, AXX86_FIX_CPUID, -EINVAL, 16,
	  { 0x66, 0x66, 0x66, 0x66, 0x66, 0x66, 0x66, 0x66,
	    0x66, 0x66, 0x66, 0x66, 0x66, 0x66, 0x0f, 0xa2 } },
};

static void misfit_case_desc(const struct misfit_case *c, char *desc)
{
	strscpy(desc, c->name, KUNIT_PARAM_DESC_SIZE);
}

KUNIT_ARRAY_PARAM(misfit, misfit_cases, misfit_case_desc);

static void other_bytes_are_refused(struct kunit *test)
{
	const struct misfit_case *c = test->param_value;
	static const struct axx86_fixed zero;
	struct axx86_fixed got;

	memset(&got, 0xa5, sizeof(got));
	KUNIT_EXPECT_EQ(test, axx86_insn_length(c->bytes, c->nr, c->mode, c->op, &got), c->ret);
	KUNIT_EXPECT_EQ(test, memcmp(&got, &zero, sizeof(got)), 0);
}

static struct kunit_case x86_fixed_cases[] = {
	KUNIT_CASE_PARAM(intercepted_instructions_decode, fixed_gen_params),
	KUNIT_CASE(any_tells_which_it_is),
	KUNIT_CASE(they_need_all_their_bytes),
	KUNIT_CASE(each_is_no_other),
	KUNIT_CASE_PARAM(other_bytes_are_refused, misfit_gen_params),
	{}
};

static struct kunit_suite x86_fixed_suite = {
	.name = "axvcpu_x86_fixed",
	.test_cases = x86_fixed_cases,
};

kunit_test_suite(x86_fixed_suite);
