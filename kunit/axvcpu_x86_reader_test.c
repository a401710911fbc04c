// SPDX-License-Identifier: GPL-2.0-only
/*
 * Memory operands: every addressing form of ModRM and SIB in each address size,
 * segment overrides.
 */
#include <kunit/test.h>

#include "../arch/x86/x86_reader.c"

struct operand_case {
	const char *name;
	enum axx86_mode mode;
	u8 nr;
	u8 bytes[AXX86_INSN_MAX];
	struct axx86_mem want;	/* disp, seg, addr_bytes, base, index, scale, rip_rel */
};

/* APM Vol. 3, 1.4; almost all with MOV rAX, memory (8B). */
static const struct operand_case operand_cases[] = {
	{ "addr16_bx_si", AXX86_PROT16, 2,
	  { 0x8b, 0x00 },
	  { 0, AXX86_DS, 2, AXX86_RBX, AXX86_RSI, 1 } },
	{ "addr16_bx_di", AXX86_REAL16, 2,
	  { 0x8b, 0x01 },
	  { 0, AXX86_DS, 2, AXX86_RBX, AXX86_RDI, 1 } },
	{ "addr16_bp_si", AXX86_PROT16, 2,
	  { 0x8b, 0x02 },
	  { 0, AXX86_SS, 2, AXX86_RBP, AXX86_RSI, 1 } },
	{ "addr16_bp_di", AXX86_REAL16, 2,
	  { 0x8b, 0x03 },
	  { 0, AXX86_SS, 2, AXX86_RBP, AXX86_RDI, 1 } },
	{ "addr16_si", AXX86_PROT16, 2,
	  { 0x8b, 0x04 },
	  { 0, AXX86_DS, 2, AXX86_RSI, AXX86_NO_REG, 1 } },
	{ "addr16_di", AXX86_REAL16, 2,
	  { 0x8b, 0x05 },
	  { 0, AXX86_DS, 2, AXX86_RDI, AXX86_NO_REG, 1 } },
	{ "addr16_disp16_alone", AXX86_PROT16, 4,
	  { 0x8b, 0x06, 0x34, 0xf2 },
	  { -0xdcc, AXX86_DS, 2, AXX86_NO_REG, AXX86_NO_REG, 1 } },
	{ "addr16_bx", AXX86_REAL16, 2,
	  { 0x8b, 0x07 },
	  { 0, AXX86_DS, 2, AXX86_RBX, AXX86_NO_REG, 1 } },
	{ "addr16_bx_si_disp8", AXX86_PROT16, 3,
	  { 0x8b, 0x40, 0x80 },
	  { -0x80, AXX86_DS, 2, AXX86_RBX, AXX86_RSI, 1 } },
	{ "addr16_bx_di_disp8", AXX86_REAL16, 3,
	  { 0x8b, 0x41, 0x80 },
	  { -0x80, AXX86_DS, 2, AXX86_RBX, AXX86_RDI, 1 } },
	{ "addr16_bp_si_disp8", AXX86_PROT16, 3,
	  { 0x8b, 0x42, 0x80 },
	  { -0x80, AXX86_SS, 2, AXX86_RBP, AXX86_RSI, 1 } },
	{ "addr16_bp_di_disp8", AXX86_REAL16, 3,
	  { 0x8b, 0x43, 0x80 },
	  { -0x80, AXX86_SS, 2, AXX86_RBP, AXX86_RDI, 1 } },
	{ "addr16_si_disp8", AXX86_PROT16, 3,
	  { 0x8b, 0x44, 0x80 },
	  { -0x80, AXX86_DS, 2, AXX86_RSI, AXX86_NO_REG, 1 } },
	{ "addr16_di_disp8", AXX86_REAL16, 3,
	  { 0x8b, 0x45, 0x80 },
	  { -0x80, AXX86_DS, 2, AXX86_RDI, AXX86_NO_REG, 1 } },
	{ "addr16_bp_disp8", AXX86_PROT16, 3,
	  { 0x8b, 0x46, 0x80 },
	  { -0x80, AXX86_SS, 2, AXX86_RBP, AXX86_NO_REG, 1 } },
	{ "addr16_bx_disp8", AXX86_REAL16, 3,
	  { 0x8b, 0x47, 0x80 },
	  { -0x80, AXX86_DS, 2, AXX86_RBX, AXX86_NO_REG, 1 } },
	{ "addr16_bx_si_disp16", AXX86_PROT16, 4,
	  { 0x8b, 0x80, 0x34, 0x12 },
	  { 0x1234, AXX86_DS, 2, AXX86_RBX, AXX86_RSI, 1 } },
	{ "addr16_bx_di_disp16", AXX86_REAL16, 4,
	  { 0x8b, 0x81, 0x34, 0x12 },
	  { 0x1234, AXX86_DS, 2, AXX86_RBX, AXX86_RDI, 1 } },
	{ "addr16_bp_si_disp16", AXX86_PROT16, 4,
	  { 0x8b, 0x82, 0x34, 0x12 },
	  { 0x1234, AXX86_SS, 2, AXX86_RBP, AXX86_RSI, 1 } },
	{ "addr16_bp_di_disp16", AXX86_REAL16, 4,
	  { 0x8b, 0x83, 0x34, 0x12 },
	  { 0x1234, AXX86_SS, 2, AXX86_RBP, AXX86_RDI, 1 } },
	{ "addr16_si_disp16", AXX86_PROT16, 4,
	  { 0x8b, 0x84, 0x34, 0x12 },
	  { 0x1234, AXX86_DS, 2, AXX86_RSI, AXX86_NO_REG, 1 } },
	{ "addr16_di_disp16", AXX86_REAL16, 4,
	  { 0x8b, 0x85, 0x34, 0x12 },
	  { 0x1234, AXX86_DS, 2, AXX86_RDI, AXX86_NO_REG, 1 } },
	{ "addr16_bp_disp16", AXX86_PROT16, 4,
	  { 0x8b, 0x86, 0x34, 0x12 },
	  { 0x1234, AXX86_SS, 2, AXX86_RBP, AXX86_NO_REG, 1 } },
	{ "addr16_bx_disp16", AXX86_REAL16, 4,
	  { 0x8b, 0x87, 0x34, 0x12 },
	  { 0x1234, AXX86_DS, 2, AXX86_RBX, AXX86_NO_REG, 1 } },
	{ "addr32_eax", AXX86_PROT32, 2,
	  { 0x8b, 0x00 },
	  { 0, AXX86_DS, 4, AXX86_RAX, AXX86_NO_REG, 1 } },
	{ "addr32_ecx", AXX86_PROT32, 2,
	  { 0x8b, 0x01 },
	  { 0, AXX86_DS, 4, AXX86_RCX, AXX86_NO_REG, 1 } },
	{ "addr32_edx", AXX86_PROT32, 2,
	  { 0x8b, 0x02 },
	  { 0, AXX86_DS, 4, AXX86_RDX, AXX86_NO_REG, 1 } },
	{ "addr32_ebx", AXX86_PROT32, 2,
	  { 0x8b, 0x03 },
	  { 0, AXX86_DS, 4, AXX86_RBX, AXX86_NO_REG, 1 } },
	{ "addr32_esp_by_sib", AXX86_PROT32, 3,
	  { 0x8b, 0x04, 0x24 },
	  { 0, AXX86_SS, 4, AXX86_RSP, AXX86_NO_REG, 1 } },
	{ "addr32_disp32_alone", AXX86_PROT32, 6,
	  { 0x8b, 0x05, 0x78, 0x56, 0x34, 0xf2 },
	  { -0xdcba988, AXX86_DS, 4, AXX86_NO_REG, AXX86_NO_REG, 1 } },
	{ "addr32_esi", AXX86_PROT32, 2,
	  { 0x8b, 0x06 },
	  { 0, AXX86_DS, 4, AXX86_RSI, AXX86_NO_REG, 1 } },
	{ "addr32_edi", AXX86_PROT32, 2,
	  { 0x8b, 0x07 },
	  { 0, AXX86_DS, 4, AXX86_RDI, AXX86_NO_REG, 1 } },
	{ "addr32_eax_disp8", AXX86_PROT32, 3,
	  { 0x8b, 0x40, 0x7f },
	  { 0x7f, AXX86_DS, 4, AXX86_RAX, AXX86_NO_REG, 1 } },
	{ "addr32_ecx_disp8", AXX86_PROT32, 3,
	  { 0x8b, 0x41, 0x7f },
	  { 0x7f, AXX86_DS, 4, AXX86_RCX, AXX86_NO_REG, 1 } },
	{ "addr32_edx_disp8", AXX86_PROT32, 3,
	  { 0x8b, 0x42, 0x7f },
	  { 0x7f, AXX86_DS, 4, AXX86_RDX, AXX86_NO_REG, 1 } },
	{ "addr32_ebx_disp8", AXX86_PROT32, 3,
	  { 0x8b, 0x43, 0x7f },
	  { 0x7f, AXX86_DS, 4, AXX86_RBX, AXX86_NO_REG, 1 } },
	{ "addr32_esp_by_sib_disp8", AXX86_PROT32, 4,
	  { 0x8b, 0x44, 0x24, 0x7f },
	  { 0x7f, AXX86_SS, 4, AXX86_RSP, AXX86_NO_REG, 1 } },
	{ "addr32_ebp_disp8", AXX86_PROT32, 3,
	  { 0x8b, 0x45, 0x7f },
	  { 0x7f, AXX86_SS, 4, AXX86_RBP, AXX86_NO_REG, 1 } },
	{ "addr32_esi_disp8", AXX86_PROT32, 3,
	  { 0x8b, 0x46, 0x7f },
	  { 0x7f, AXX86_DS, 4, AXX86_RSI, AXX86_NO_REG, 1 } },
	{ "addr32_edi_disp8", AXX86_PROT32, 3,
	  { 0x8b, 0x47, 0x7f },
	  { 0x7f, AXX86_DS, 4, AXX86_RDI, AXX86_NO_REG, 1 } },
	{ "addr32_eax_disp32", AXX86_PROT32, 6,
	  { 0x8b, 0x80, 0x78, 0x56, 0x34, 0x12 },
	  { 0x12345678, AXX86_DS, 4, AXX86_RAX, AXX86_NO_REG, 1 } },
	{ "addr32_ecx_disp32", AXX86_PROT32, 6,
	  { 0x8b, 0x81, 0x78, 0x56, 0x34, 0x12 },
	  { 0x12345678, AXX86_DS, 4, AXX86_RCX, AXX86_NO_REG, 1 } },
	{ "addr32_edx_disp32", AXX86_PROT32, 6,
	  { 0x8b, 0x82, 0x78, 0x56, 0x34, 0x12 },
	  { 0x12345678, AXX86_DS, 4, AXX86_RDX, AXX86_NO_REG, 1 } },
	{ "addr32_ebx_disp32", AXX86_PROT32, 6,
	  { 0x8b, 0x83, 0x78, 0x56, 0x34, 0x12 },
	  { 0x12345678, AXX86_DS, 4, AXX86_RBX, AXX86_NO_REG, 1 } },
	{ "addr32_esp_by_sib_disp32", AXX86_PROT32, 7,
	  { 0x8b, 0x84, 0x24, 0x78, 0x56, 0x34, 0x12 },
	  { 0x12345678, AXX86_SS, 4, AXX86_RSP, AXX86_NO_REG, 1 } },
	{ "addr32_ebp_disp32", AXX86_PROT32, 6,
	  { 0x8b, 0x85, 0x78, 0x56, 0x34, 0x12 },
	  { 0x12345678, AXX86_SS, 4, AXX86_RBP, AXX86_NO_REG, 1 } },
	{ "addr32_esi_disp32", AXX86_PROT32, 6,
	  { 0x8b, 0x86, 0x78, 0x56, 0x34, 0x12 },
	  { 0x12345678, AXX86_DS, 4, AXX86_RSI, AXX86_NO_REG, 1 } },
	{ "addr32_edi_disp32", AXX86_PROT32, 6,
	  { 0x8b, 0x87, 0x78, 0x56, 0x34, 0x12 },
	  { 0x12345678, AXX86_DS, 4, AXX86_RDI, AXX86_NO_REG, 1 } },
	{ "sib_scale_2", AXX86_PROT32, 3,
	  { 0x8b, 0x04, 0x73 },
	  { 0, AXX86_DS, 4, AXX86_RBX, AXX86_RSI, 2 } },
	{ "sib_scale_4_disp8", AXX86_PROT32, 4,
	  { 0x8b, 0x44, 0x8d, 0x08 },
	  { 8, AXX86_SS, 4, AXX86_RBP, AXX86_RCX, 4 } },
	{ "sib_scale_8_disp32", AXX86_PROT32, 7,
	  { 0x8b, 0x84, 0xef, 0x00, 0x10, 0x00, 0x00 },
	  { 0x1000, AXX86_DS, 4, AXX86_RDI, AXX86_RBP, 8 } },
	{ "sib_without_index_ignores_the_scale", AXX86_PROT32, 3,
	  { 0x8b, 0x04, 0xe3 },
	  { 0, AXX86_DS, 4, AXX86_RBX, AXX86_NO_REG, 1 } },
	{ "sib_without_base", AXX86_PROT32, 7,
	  { 0x8b, 0x04, 0x95, 0x78, 0x56, 0x34, 0x12 },
	  { 0x12345678, AXX86_DS, 4, AXX86_NO_REG, AXX86_RDX, 4 } },
	{ "sib_without_base_and_index", AXX86_PROT32, 7,
	  { 0x8b, 0x04, 0x25, 0x78, 0x56, 0x34, 0x12 },
	  { 0x12345678, AXX86_DS, 4, AXX86_NO_REG, AXX86_NO_REG, 1 } },
	{ "sib_base_ebp_with_disp8_is_a_base", AXX86_PROT32, 4,
	  { 0x8b, 0x44, 0x15, 0x00 },
	  { 0, AXX86_SS, 4, AXX86_RBP, AXX86_RDX, 1 } },
	{ "index_rbp_does_not_mean_ss", AXX86_PROT32, 3,
	  { 0x8b, 0x04, 0x28 },
	  { 0, AXX86_DS, 4, AXX86_RAX, AXX86_RBP, 1 } },
	{ "addr64_rax", AXX86_LONG64, 2,
	  { 0x8b, 0x00 },
	  { 0, AXX86_DS, 8, AXX86_RAX, AXX86_NO_REG, 1 } },
	{ "addr64_rsp_means_ss", AXX86_LONG64, 3,
	  { 0x8b, 0x04, 0x24 },
	  { 0, AXX86_SS, 8, AXX86_RSP, AXX86_NO_REG, 1 } },
	{ "addr64_rbp_means_ss", AXX86_LONG64, 3,
	  { 0x8b, 0x45, 0xf8 },
	  { -8, AXX86_SS, 8, AXX86_RBP, AXX86_NO_REG, 1 } },
	{ "addr64_r12_needs_sib_and_means_ds", AXX86_LONG64, 4,
	  { 0x41, 0x8b, 0x04, 0x24 },
	  { 0, AXX86_DS, 8, AXX86_R12, AXX86_NO_REG, 1 } },
	{ "addr64_r13_needs_disp8_and_means_ds", AXX86_LONG64, 4,
	  { 0x41, 0x8b, 0x45, 0x00 },
	  { 0, AXX86_DS, 8, AXX86_R13, AXX86_NO_REG, 1 } },
	{ "addr64_r8_r9", AXX86_LONG64, 4,
	  { 0x43, 0x8b, 0x04, 0x88 },
	  { 0, AXX86_DS, 8, AXX86_R8, AXX86_R9, 4 } },
	{ "addr64_r12_is_an_index", AXX86_LONG64, 4,
	  { 0x42, 0x8b, 0x04, 0xe0 },
	  { 0, AXX86_DS, 8, AXX86_RAX, AXX86_R12, 8 } },
	{ "addr64_rex_x_without_sib_is_ignored", AXX86_LONG64, 3,
	  { 0x42, 0x8b, 0x00 },
	  { 0, AXX86_DS, 8, AXX86_RAX, AXX86_NO_REG, 1 } },
	{ "addr64_disp32_is_sign_extended", AXX86_LONG64, 6,
	  { 0x8b, 0x83, 0x00, 0x00, 0x00, 0x80 },
	  { -0x80000000LL, AXX86_DS, 8, AXX86_RBX, AXX86_NO_REG, 1 } },
	{ "addr64_rip_relative", AXX86_LONG64, 6,
	  { 0x8b, 0x05, 0x78, 0x56, 0x34, 0x12 },
	  { 0x12345678, AXX86_DS, 8, AXX86_NO_REG, AXX86_NO_REG, 1, true } },
	{ "addr64_rip_relative_ignores_rex_b", AXX86_LONG64, 7,
	  { 0x41, 0x8b, 0x05, 0xfc, 0xff, 0xff, 0xff },
	  { -4, AXX86_DS, 8, AXX86_NO_REG, AXX86_NO_REG, 1, true } },
	{ "addr64_rip_relative_with_67", AXX86_LONG64, 7,
	  { 0x67, 0x8b, 0x05, 0xfc, 0xff, 0xff, 0xff },
	  { -4, AXX86_DS, 4, AXX86_NO_REG, AXX86_NO_REG, 1, true } },
	{ "addr64_absolute_by_sib", AXX86_LONG64, 7,
	  { 0x8b, 0x04, 0x25, 0x00, 0x00, 0xe0, 0xfe },
	  { -0x1200000, AXX86_DS, 8, AXX86_NO_REG, AXX86_NO_REG, 1 } },
	{ "addr64_sib_without_base_ignores_rex_b", AXX86_LONG64, 8,
	  { 0x41, 0x8b, 0x04, 0x25, 0x01, 0x00, 0x00, 0x00 },
	  { 1, AXX86_DS, 8, AXX86_NO_REG, AXX86_NO_REG, 1 } },
	{ "addr64_sib_without_base_with_67_and_rex_b", AXX86_LONG64, 9,
	  { 0x67, 0x43, 0x8b, 0x04, 0xad, 0x04, 0x00, 0x00, 0x00 },
	  { 4, AXX86_DS, 4, AXX86_NO_REG, AXX86_R13, 4 } },
	{ "addr64_67_is_32_bit", AXX86_LONG64, 4,
	  { 0x67, 0x8b, 0x04, 0x4b },
	  { 0, AXX86_DS, 4, AXX86_RBX, AXX86_RCX, 2 } },
	{ "addr32_in_a_16_bit_segment_by_67", AXX86_PROT16, 5,
	  { 0x67, 0x8b, 0x44, 0x8b, 0x10 },
	  { 0x10, AXX86_DS, 4, AXX86_RBX, AXX86_RCX, 4 } },
	{ "addr16_in_a_32_bit_segment_by_67", AXX86_PROT32, 4,
	  { 0x67, 0x8b, 0x42, 0x10 },
	  { 0x10, AXX86_SS, 2, AXX86_RBP, AXX86_RSI, 1 } },
	{ "override_es", AXX86_PROT32, 4,
	  { 0x26, 0x8b, 0x45, 0x00 },
	  { 0, AXX86_ES, 4, AXX86_RBP, AXX86_NO_REG, 1 } },
	{ "override_cs", AXX86_PROT32, 4,
	  { 0x2e, 0x8b, 0x45, 0x00 },
	  { 0, AXX86_CS, 4, AXX86_RBP, AXX86_NO_REG, 1 } },
	{ "override_ss", AXX86_PROT32, 4,
	  { 0x36, 0x8b, 0x45, 0x00 },
	  { 0, AXX86_SS, 4, AXX86_RBP, AXX86_NO_REG, 1 } },
	{ "override_ds", AXX86_PROT32, 4,
	  { 0x3e, 0x8b, 0x45, 0x00 },
	  { 0, AXX86_DS, 4, AXX86_RBP, AXX86_NO_REG, 1 } },
	{ "override_fs", AXX86_PROT32, 4,
	  { 0x64, 0x8b, 0x45, 0x00 },
	  { 0, AXX86_FS, 4, AXX86_RBP, AXX86_NO_REG, 1 } },
	{ "override_gs", AXX86_PROT32, 4,
	  { 0x65, 0x8b, 0x45, 0x00 },
	  { 0, AXX86_GS, 4, AXX86_RBP, AXX86_NO_REG, 1 } },
	{ "override_es_does_nothing_in_64_bit", AXX86_LONG64, 3,
	  { 0x26, 0x8b, 0x03 },
	  { 0, AXX86_DS, 8, AXX86_RBX, AXX86_NO_REG, 1 } },
	{ "override_es_does_not_hide_the_stack_in_64_bit", AXX86_LONG64, 4,
	  { 0x26, 0x8b, 0x45, 0x00 },
	  { 0, AXX86_SS, 8, AXX86_RBP, AXX86_NO_REG, 1 } },
	{ "override_cs_does_nothing_in_64_bit", AXX86_LONG64, 3,
	  { 0x2e, 0x8b, 0x03 },
	  { 0, AXX86_DS, 8, AXX86_RBX, AXX86_NO_REG, 1 } },
	{ "override_cs_does_not_hide_the_stack_in_64_bit", AXX86_LONG64, 4,
	  { 0x2e, 0x8b, 0x45, 0x00 },
	  { 0, AXX86_SS, 8, AXX86_RBP, AXX86_NO_REG, 1 } },
	{ "override_ss_does_nothing_in_64_bit", AXX86_LONG64, 3,
	  { 0x36, 0x8b, 0x03 },
	  { 0, AXX86_DS, 8, AXX86_RBX, AXX86_NO_REG, 1 } },
	{ "override_ss_does_not_hide_the_stack_in_64_bit", AXX86_LONG64, 4,
	  { 0x36, 0x8b, 0x45, 0x00 },
	  { 0, AXX86_SS, 8, AXX86_RBP, AXX86_NO_REG, 1 } },
	{ "override_ds_does_nothing_in_64_bit", AXX86_LONG64, 3,
	  { 0x3e, 0x8b, 0x03 },
	  { 0, AXX86_DS, 8, AXX86_RBX, AXX86_NO_REG, 1 } },
	{ "override_ds_does_not_hide_the_stack_in_64_bit", AXX86_LONG64, 4,
	  { 0x3e, 0x8b, 0x45, 0x00 },
	  { 0, AXX86_SS, 8, AXX86_RBP, AXX86_NO_REG, 1 } },
	{ "override_fs_in_64_bit", AXX86_LONG64, 4,
	  { 0x64, 0x8b, 0x45, 0x00 },
	  { 0, AXX86_FS, 8, AXX86_RBP, AXX86_NO_REG, 1 } },
	{ "override_gs_in_64_bit", AXX86_LONG64, 4,
	  { 0x65, 0x8b, 0x45, 0x00 },
	  { 0, AXX86_GS, 8, AXX86_RBP, AXX86_NO_REG, 1 } },
	{ "last_override_wins", AXX86_PROT32, 4,
	  { 0x64, 0x26, 0x8b, 0x03 },
	  { 0, AXX86_ES, 4, AXX86_RBX, AXX86_NO_REG, 1 } },
	{ "old_override_leaves_fs_in_64_bit", AXX86_LONG64, 4,
	  { 0x64, 0x3e, 0x8b, 0x03 },
	  { 0, AXX86_FS, 8, AXX86_RBX, AXX86_NO_REG, 1 } },
	{ "override_of_moffs", AXX86_PROT32, 6,
	  { 0x65, 0xa1, 0x01, 0x02, 0x03, 0x04 },
	  { 0x04030201, AXX86_GS, 4, AXX86_NO_REG, AXX86_NO_REG, 1 } },
	{ "moffs_16", AXX86_REAL16, 3,
	  { 0xa0, 0xfe, 0xff },
	  { 0xfffe, AXX86_DS, 2, AXX86_NO_REG, AXX86_NO_REG, 1 } },
	{ "moffs_64", AXX86_LONG64, 9,
	  { 0xa1, 0x08, 0x07, 0x06, 0x05, 0x04, 0x03, 0x02, 0x81 },
	  { 0x8102030405060708ULL, AXX86_DS, 8, AXX86_NO_REG, AXX86_NO_REG, 1 } },
	{ "movs_writes_through_es", AXX86_PROT32, 2,
	  { 0x64, 0xa5 },
	  { 0, AXX86_ES, 4, AXX86_RDI, AXX86_NO_REG, 1 } },
	{ "stos_cannot_be_overridden", AXX86_REAL16, 2,
	  { 0x2e, 0xab },
	  { 0, AXX86_ES, 2, AXX86_RDI, AXX86_NO_REG, 1 } },
	{ "stos_in_64_bit_with_67", AXX86_LONG64, 2,
	  { 0x67, 0xab },
	  { 0, AXX86_ES, 4, AXX86_RDI, AXX86_NO_REG, 1 } },
	{ "lods_reads_through_ds", AXX86_REAL16, 1,
	  { 0xac },
	  { 0, AXX86_DS, 2, AXX86_RSI, AXX86_NO_REG, 1 } },
	{ "lods_can_be_overridden", AXX86_PROT32, 2,
	  { 0x65, 0xac },
	  { 0, AXX86_GS, 4, AXX86_RSI, AXX86_NO_REG, 1 } },
	{ "addr64_r10", AXX86_LONG64, 3,
	  { 0x41, 0x8b, 0x02 },
	  { 0, AXX86_DS, 8, AXX86_R10, AXX86_NO_REG, 1 } },
	{ "immediate_store_has_an_operand", AXX86_LONG64, 6,
	  { 0x65, 0xc6, 0x44, 0x8b, 0x10, 0x55 },
	  { 0x10, AXX86_GS, 8, AXX86_RBX, AXX86_RCX, 4 } },
	{ "immediate_store_rip_relative", AXX86_LONG64, 10,
	  { 0xc7, 0x05, 0x10, 0x00, 0x00, 0x00, 0x01, 0x02, 0x03, 0x04 },
	  { 0x10, AXX86_DS, 8, AXX86_NO_REG, AXX86_NO_REG, 1, true } },
};

static void operand_case_desc(const struct operand_case *c, char *desc)
{
	strscpy(desc, c->name, KUNIT_PARAM_DESC_SIZE);
}

KUNIT_ARRAY_PARAM(operand, operand_cases, operand_case_desc);

static void expect_mem(struct kunit *test, const struct axx86_mem *got,
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

static void operands_decode(struct kunit *test)
{
	const struct operand_case *c = test->param_value;
	struct axx86_insn got;

	memset(&got, 0xa5, sizeof(got));
	KUNIT_ASSERT_EQ(test, axx86_decode(c->bytes, c->nr, c->mode, &got), 0);
	KUNIT_EXPECT_EQ(test, got.length, c->nr);
	expect_mem(test, &got.mem, &c->want);
}

static void operands_need_all_their_bytes(struct kunit *test)
{
	const struct operand_case *c;
	struct axx86_insn got;
	u8 nr;

	for (c = operand_cases; c < operand_cases + ARRAY_SIZE(operand_cases); c++)
		for (nr = 0; nr < c->nr; nr++)
			KUNIT_EXPECT_EQ_MSG(test, axx86_decode(c->bytes, nr, c->mode, &got),
					    -ENODATA, "%s, %d bytes", c->name, nr);
}

static void movs_source_can_be_overridden(struct kunit *test)
{
	static const u8 plain[] = { 0xa4 }, fs[] = { 0x64, 0xa4 };
	struct axx86_mem want = { 0, AXX86_DS, 4, AXX86_RSI, AXX86_NO_REG, 1 };
	struct axx86_insn got;

	memset(&got, 0xa5, sizeof(got));
	KUNIT_ASSERT_EQ(test, axx86_decode(plain, 1, AXX86_PROT32, &got), 0);
	expect_mem(test, &got.src, &want);

	memset(&got, 0xa5, sizeof(got));
	KUNIT_ASSERT_EQ(test, axx86_decode(fs, 2, AXX86_PROT32, &got), 0);
	want.seg = AXX86_FS;
	expect_mem(test, &got.src, &want);
}

static struct kunit_case x86_reader_cases[] = {
	KUNIT_CASE_PARAM(operands_decode, operand_gen_params),
	KUNIT_CASE(operands_need_all_their_bytes),
	KUNIT_CASE(movs_source_can_be_overridden),
	{}
};

static struct kunit_suite x86_reader_suite = {
	.name = "axvcpu_x86_reader",
	.test_cases = x86_reader_cases,
};

kunit_test_suite(x86_reader_suite);
