// SPDX-License-Identifier: GPL-2.0-only
/*
 * Moves from and to memory: what each opcode is in each mode, and what is refused.
 */
#include <kunit/test.h>

#include "../arch/x86/x86_decode.c"

#define HIGH	BIT(0)
#define SIGN	BIT(1)
#define SWAP	BIT(2)
#define REP	BIT(3)

struct move_case {
	const char *name;
	enum axx86_mode mode;
	u8  nr;
	u8  bytes[AXX86_INSN_MAX];
	u8  kind;
	u8  width;
	u8  reg;
	u8  reg_width;
	u8  flags;
	u64 imm;
};

static const struct move_case move_cases[] = {
	{ "mov_88_byte_register_to_memory", AXX86_LONG64,
	  2, { 0x88, 0x07 },
	  AXX86_STORE, 1, AXX86_RAX, 1, 0, 0 },
	{ "mov_88_high_byte_without_rex", AXX86_LONG64,
	  2, { 0x88, 0x27 },
	  AXX86_STORE, 1, AXX86_RAX, 1, HIGH, 0 },
	{ "mov_88_ch_is_bits_15_to_8_of_rcx", AXX86_PROT32,
	  2, { 0x88, 0x2f },
	  AXX86_STORE, 1, AXX86_RCX, 1, HIGH, 0 },
	{ "mov_88_dh_is_bits_15_to_8_of_rdx", AXX86_REAL16,
	  2, { 0x88, 0x35 },
	  AXX86_STORE, 1, AXX86_RDX, 1, HIGH, 0 },
	{ "mov_88_bh_is_bits_15_to_8_of_rbx", AXX86_PROT16,
	  2, { 0x88, 0x3d },
	  AXX86_STORE, 1, AXX86_RBX, 1, HIGH, 0 },
	{ "mov_88_spl_with_an_empty_rex", AXX86_LONG64,
	  3, { 0x40, 0x88, 0x27 },
	  AXX86_STORE, 1, AXX86_RSP, 1, 0, 0 },
	{ "mov_88_dil_with_an_empty_rex", AXX86_LONG64,
	  3, { 0x40, 0x88, 0x3e },
	  AXX86_STORE, 1, AXX86_RDI, 1, 0, 0 },
	{ "mov_88_r13b", AXX86_LONG64,
	  3, { 0x44, 0x88, 0x2f },
	  AXX86_STORE, 1, AXX86_R13, 1, 0, 0 },
	{ "mov_89_word_in_real_mode", AXX86_REAL16,
	  2, { 0x89, 0x0d },
	  AXX86_STORE, 2, AXX86_RCX, 2, 0, 0 },
	{ "mov_89_dword_in_real_mode_by_66", AXX86_REAL16,
	  3, { 0x66, 0x89, 0x0d },
	  AXX86_STORE, 4, AXX86_RCX, 4, 0, 0 },
	{ "mov_89_word_in_a_16_bit_segment", AXX86_PROT16,
	  2, { 0x89, 0x15 },
	  AXX86_STORE, 2, AXX86_RDX, 2, 0, 0 },
	{ "mov_89_dword_in_a_16_bit_segment_by_66", AXX86_PROT16,
	  3, { 0x66, 0x89, 0x15 },
	  AXX86_STORE, 4, AXX86_RDX, 4, 0, 0 },
	{ "mov_89_dword_in_a_32_bit_segment", AXX86_PROT32,
	  2, { 0x89, 0x1f },
	  AXX86_STORE, 4, AXX86_RBX, 4, 0, 0 },
	{ "mov_89_word_in_a_32_bit_segment_by_66", AXX86_PROT32,
	  3, { 0x66, 0x89, 0x1f },
	  AXX86_STORE, 2, AXX86_RBX, 2, 0, 0 },
	{ "mov_89_dword_in_64_bit_mode", AXX86_LONG64,
	  2, { 0x89, 0x27 },
	  AXX86_STORE, 4, AXX86_RSP, 4, 0, 0 },
	{ "mov_89_word_in_64_bit_mode_by_66", AXX86_LONG64,
	  3, { 0x66, 0x89, 0x2f },
	  AXX86_STORE, 2, AXX86_RBP, 2, 0, 0 },
	{ "mov_89_qword_by_rex_w", AXX86_LONG64,
	  3, { 0x48, 0x89, 0x37 },
	  AXX86_STORE, 8, AXX86_RSI, 8, 0, 0 },
	{ "mov_89_r8d", AXX86_LONG64,
	  3, { 0x44, 0x89, 0x07 },
	  AXX86_STORE, 4, AXX86_R8, 4, 0, 0 },
	{ "mov_89_r15", AXX86_LONG64,
	  3, { 0x4c, 0x89, 0x3f },
	  AXX86_STORE, 8, AXX86_R15, 8, 0, 0 },
	{ "mov_89_rex_w_beats_66", AXX86_LONG64,
	  4, { 0x66, 0x48, 0x89, 0x07 },
	  AXX86_STORE, 8, AXX86_RAX, 8, 0, 0 },
	{ "mov_89_rep_is_ignored", AXX86_LONG64,
	  3, { 0xf3, 0x89, 0x07 },
	  AXX86_STORE, 4, AXX86_RAX, 4, 0, 0 },
	{ "mov_89_repne_is_ignored", AXX86_LONG64,
	  3, { 0xf2, 0x89, 0x07 },
	  AXX86_STORE, 4, AXX86_RAX, 4, 0, 0 },
	{ "mov_89_rex_before_a_prefix_is_ignored", AXX86_LONG64,
	  4, { 0x4d, 0x66, 0x89, 0x07 },
	  AXX86_STORE, 2, AXX86_RAX, 2, 0, 0 },
	{ "mov_89_only_the_last_rex_counts", AXX86_LONG64,
	  4, { 0x4c, 0x48, 0x89, 0x07 },
	  AXX86_STORE, 8, AXX86_RAX, 8, 0, 0 },
	{ "mov_89_repeated_66_counts_once", AXX86_PROT32,
	  4, { 0x66, 0x66, 0x89, 0x07 },
	  AXX86_STORE, 2, AXX86_RAX, 2, 0, 0 },
	{ "mov_8a_byte_load", AXX86_LONG64,
	  2, { 0x8a, 0x0f },
	  AXX86_LOAD, 1, AXX86_RCX, 1, 0, 0 },
	{ "mov_8a_byte_load_to_high_byte", AXX86_PROT32,
	  2, { 0x8a, 0x3f },
	  AXX86_LOAD, 1, AXX86_RBX, 1, HIGH, 0 },
	{ "mov_8a_byte_load_to_bpl", AXX86_LONG64,
	  3, { 0x40, 0x8a, 0x2f },
	  AXX86_LOAD, 1, AXX86_RBP, 1, 0, 0 },
	{ "mov_8b_word_load", AXX86_LONG64,
	  3, { 0x66, 0x8b, 0x07 },
	  AXX86_LOAD, 2, AXX86_RAX, 2, 0, 0 },
	{ "mov_8b_dword_load", AXX86_LONG64,
	  2, { 0x8b, 0x07 },
	  AXX86_LOAD, 4, AXX86_RAX, 4, 0, 0 },
	{ "mov_8b_qword_load", AXX86_LONG64,
	  3, { 0x48, 0x8b, 0x07 },
	  AXX86_LOAD, 8, AXX86_RAX, 8, 0, 0 },
	{ "mov_8b_load_in_real_mode", AXX86_REAL16,
	  2, { 0x8b, 0x35 },
	  AXX86_LOAD, 2, AXX86_RSI, 2, 0, 0 },
	{ "mov_8b_load_in_a_32_bit_segment", AXX86_PROT32,
	  2, { 0x8b, 0x3f },
	  AXX86_LOAD, 4, AXX86_RDI, 4, 0, 0 },
	{ "mov_a0_moffs_to_al", AXX86_PROT32,
	  5, { 0xa0, 0x00, 0x00, 0xe0, 0xfe },
	  AXX86_LOAD, 1, AXX86_RAX, 1, 0, 0 },
	{ "mov_a1_moffs_to_eax", AXX86_PROT32,
	  5, { 0xa1, 0x00, 0x00, 0xe0, 0xfe },
	  AXX86_LOAD, 4, AXX86_RAX, 4, 0, 0 },
	{ "mov_a1_moffs_to_ax_by_66", AXX86_PROT32,
	  6, { 0x66, 0xa1, 0x00, 0x00, 0xe0, 0xfe },
	  AXX86_LOAD, 2, AXX86_RAX, 2, 0, 0 },
	{ "mov_a1_moffs_to_ax_in_real_mode", AXX86_REAL16,
	  3, { 0xa1, 0x34, 0x12 },
	  AXX86_LOAD, 2, AXX86_RAX, 2, 0, 0 },
	{ "mov_a1_moffs_with_67_in_real_mode", AXX86_REAL16,
	  6, { 0x67, 0xa1, 0x78, 0x56, 0x34, 0x12 },
	  AXX86_LOAD, 2, AXX86_RAX, 2, 0, 0 },
	{ "mov_a1_moffs_of_eight_bytes", AXX86_LONG64,
	  10, { 0x48, 0xa1, 0x08, 0x07, 0x06, 0x05, 0x04, 0x03, 0x02, 0x01 },
	  AXX86_LOAD, 8, AXX86_RAX, 8, 0, 0 },
	{ "mov_a1_moffs_of_four_bytes_by_67", AXX86_LONG64,
	  6, { 0x67, 0xa1, 0x04, 0x03, 0x02, 0x01 },
	  AXX86_LOAD, 4, AXX86_RAX, 4, 0, 0 },
	{ "mov_a2_al_to_moffs", AXX86_LONG64,
	  9, { 0xa2, 0x08, 0x07, 0x06, 0x05, 0x04, 0x03, 0x02, 0x01 },
	  AXX86_STORE, 1, AXX86_RAX, 1, 0, 0 },
	{ "mov_a3_eax_to_moffs", AXX86_LONG64,
	  9, { 0xa3, 0x08, 0x07, 0x06, 0x05, 0x04, 0x03, 0x02, 0x01 },
	  AXX86_STORE, 4, AXX86_RAX, 4, 0, 0 },
	{ "mov_a3_ax_to_moffs_with_67_in_32_bit", AXX86_PROT32,
	  5, { 0x66, 0x67, 0xa3, 0x34, 0x12 },
	  AXX86_STORE, 2, AXX86_RAX, 2, 0, 0 },
	{ "movs_a4", AXX86_LONG64,
	  1, { 0xa4 },
	  AXX86_MOVS, 1, AXX86_NO_REG, 1, 0, 0 },
	{ "movs_a5_dword", AXX86_PROT32,
	  1, { 0xa5 },
	  AXX86_MOVS, 4, AXX86_NO_REG, 4, 0, 0 },
	{ "movs_a5_word", AXX86_PROT16,
	  1, { 0xa5 },
	  AXX86_MOVS, 2, AXX86_NO_REG, 2, 0, 0 },
	{ "movs_a5_qword_with_rep", AXX86_LONG64,
	  3, { 0xf3, 0x48, 0xa5 },
	  AXX86_MOVS, 8, AXX86_NO_REG, 8, REP, 0 },
	{ "movs_a4_with_repne_repeats_too", AXX86_LONG64,
	  2, { 0xf2, 0xa4 },
	  AXX86_MOVS, 1, AXX86_NO_REG, 1, REP, 0 },
	{ "stos_aa", AXX86_REAL16,
	  1, { 0xaa },
	  AXX86_STOS, 1, AXX86_RAX, 1, 0, 0 },
	{ "stos_ab_word", AXX86_REAL16,
	  1, { 0xab },
	  AXX86_STOS, 2, AXX86_RAX, 2, 0, 0 },
	{ "stos_ab_dword_with_rep", AXX86_PROT32,
	  2, { 0xf3, 0xab },
	  AXX86_STOS, 4, AXX86_RAX, 4, REP, 0 },
	{ "stos_ab_qword", AXX86_LONG64,
	  2, { 0x48, 0xab },
	  AXX86_STOS, 8, AXX86_RAX, 8, 0, 0 },
	{ "lods_ac", AXX86_PROT32,
	  1, { 0xac },
	  AXX86_LODS, 1, AXX86_RAX, 1, 0, 0 },
	{ "lods_ad_dword", AXX86_LONG64,
	  1, { 0xad },
	  AXX86_LODS, 4, AXX86_RAX, 4, 0, 0 },
	{ "lods_ad_word_with_rep", AXX86_LONG64,
	  3, { 0x66, 0xf3, 0xad },
	  AXX86_LODS, 2, AXX86_RAX, 2, REP, 0 },
	{ "lods_ad_qword", AXX86_LONG64,
	  2, { 0x48, 0xad },
	  AXX86_LODS, 8, AXX86_RAX, 8, 0, 0 },
	{ "mov_c6_byte_immediate", AXX86_LONG64,
	  3, { 0xc6, 0x07, 0x80 },
	  AXX86_STORE_IMM, 1, AXX86_NO_REG, 1, 0, 0x80 },
	{ "mov_c7_word_immediate", AXX86_REAL16,
	  4, { 0xc7, 0x05, 0x01, 0x80 },
	  AXX86_STORE_IMM, 2, AXX86_NO_REG, 2, 0, 0x8001 },
	{ "mov_c7_word_immediate_by_66", AXX86_LONG64,
	  5, { 0x66, 0xc7, 0x07, 0x01, 0x80 },
	  AXX86_STORE_IMM, 2, AXX86_NO_REG, 2, 0, 0x8001 },
	{ "mov_c7_dword_immediate", AXX86_PROT32,
	  6, { 0xc7, 0x07, 0x01, 0x00, 0x00, 0x80 },
	  AXX86_STORE_IMM, 4, AXX86_NO_REG, 4, 0, 0x80000001 },
	{ "mov_c7_dword_immediate_in_16_bit", AXX86_PROT16,
	  7, { 0x66, 0xc7, 0x05, 0x01, 0x00, 0x00, 0x80 },
	  AXX86_STORE_IMM, 4, AXX86_NO_REG, 4, 0, 0x80000001 },
	{ "mov_c7_qword_immediate_is_sign_extended", AXX86_LONG64,
	  7, { 0x48, 0xc7, 0x07, 0xfe, 0xff, 0xff, 0xff },
	  AXX86_STORE_IMM, 8, AXX86_NO_REG, 8, 0, 0xfffffffffffffffe },
	{ "mov_c7_qword_positive_immediate", AXX86_LONG64,
	  7, { 0x48, 0xc7, 0x07, 0xff, 0xff, 0xff, 0x7f },
	  AXX86_STORE_IMM, 8, AXX86_NO_REG, 8, 0, 0x7fffffff },
	{ "mov_c7_rex_w_beats_66_immediate_of_four", AXX86_LONG64,
	  8, { 0x66, 0x48, 0xc7, 0x07, 0x01, 0x02, 0x03, 0x84 },
	  AXX86_STORE_IMM, 8, AXX86_NO_REG, 8, 0, 0xffffffff84030201 },
	{ "mov_c7_after_disp32", AXX86_LONG64,
	  10, { 0xc7, 0x87, 0x78, 0x56, 0x34, 0x12, 0x55, 0x00, 0x00, 0x00 },
	  AXX86_STORE_IMM, 4, AXX86_NO_REG, 4, 0, 0x55 },
	{ "mov_c7_rex_r_is_ignored", AXX86_LONG64,
	  7, { 0x44, 0xc7, 0x07, 0x01, 0x00, 0x00, 0x00 },
	  AXX86_STORE_IMM, 4, AXX86_NO_REG, 4, 0, 1 },
	{ "movsxd_63", AXX86_LONG64,
	  3, { 0x48, 0x63, 0x07 },
	  AXX86_LOAD, 4, AXX86_RAX, 8, SIGN, 0 },
	{ "movsxd_63_without_rex_w_extends_nothing", AXX86_LONG64,
	  2, { 0x63, 0x07 },
	  AXX86_LOAD, 4, AXX86_RAX, 4, SIGN, 0 },
	{ "movsxd_63_rex_w_beats_66", AXX86_LONG64,
	  4, { 0x66, 0x4c, 0x63, 0x07 },
	  AXX86_LOAD, 4, AXX86_R8, 8, SIGN, 0 },
	{ "movzx_b6_byte_to_word", AXX86_LONG64,
	  4, { 0x66, 0x0f, 0xb6, 0x07 },
	  AXX86_LOAD, 1, AXX86_RAX, 2, 0, 0 },
	{ "movzx_b6_byte_to_dword", AXX86_PROT32,
	  3, { 0x0f, 0xb6, 0x0f },
	  AXX86_LOAD, 1, AXX86_RCX, 4, 0, 0 },
	{ "movzx_b6_byte_to_sp_is_no_high_byte", AXX86_PROT32,
	  3, { 0x0f, 0xb6, 0x27 },
	  AXX86_LOAD, 1, AXX86_RSP, 4, 0, 0 },
	{ "movzx_b6_byte_to_qword", AXX86_LONG64,
	  4, { 0x4c, 0x0f, 0xb6, 0x0f },
	  AXX86_LOAD, 1, AXX86_R9, 8, 0, 0 },
	{ "movzx_b7_word_to_dword", AXX86_PROT16,
	  4, { 0x66, 0x0f, 0xb7, 0x15 },
	  AXX86_LOAD, 2, AXX86_RDX, 4, 0, 0 },
	{ "movzx_b7_word_to_qword", AXX86_LONG64,
	  4, { 0x48, 0x0f, 0xb7, 0x17 },
	  AXX86_LOAD, 2, AXX86_RDX, 8, 0, 0 },
	{ "movzx_b7_word_to_word", AXX86_REAL16,
	  3, { 0x0f, 0xb7, 0x05 },
	  AXX86_LOAD, 2, AXX86_RAX, 2, 0, 0 },
	{ "movzx_b6_rep_is_ignored", AXX86_LONG64,
	  4, { 0xf3, 0x0f, 0xb6, 0x07 },
	  AXX86_LOAD, 1, AXX86_RAX, 4, 0, 0 },
	{ "movsx_be_byte_to_word", AXX86_REAL16,
	  3, { 0x0f, 0xbe, 0x05 },
	  AXX86_LOAD, 1, AXX86_RAX, 2, SIGN, 0 },
	{ "movsx_be_byte_to_dword", AXX86_LONG64,
	  3, { 0x0f, 0xbe, 0x07 },
	  AXX86_LOAD, 1, AXX86_RAX, 4, SIGN, 0 },
	{ "movsx_be_byte_to_qword", AXX86_LONG64,
	  4, { 0x48, 0x0f, 0xbe, 0x07 },
	  AXX86_LOAD, 1, AXX86_RAX, 8, SIGN, 0 },
	{ "movsx_bf_word_to_dword", AXX86_PROT32,
	  3, { 0x0f, 0xbf, 0x1f },
	  AXX86_LOAD, 2, AXX86_RBX, 4, SIGN, 0 },
	{ "movsx_bf_word_to_qword", AXX86_LONG64,
	  4, { 0x48, 0x0f, 0xbf, 0x1f },
	  AXX86_LOAD, 2, AXX86_RBX, 8, SIGN, 0 },
	{ "movnti_c3_dword", AXX86_PROT32,
	  3, { 0x0f, 0xc3, 0x07 },
	  AXX86_STORE, 4, AXX86_RAX, 4, 0, 0 },
	{ "movnti_c3_qword", AXX86_LONG64,
	  4, { 0x4c, 0x0f, 0xc3, 0x17 },
	  AXX86_STORE, 8, AXX86_R10, 8, 0, 0 },
	{ "movnti_c3_is_dword_in_16_bit_too", AXX86_REAL16,
	  3, { 0x0f, 0xc3, 0x05 },
	  AXX86_STORE, 4, AXX86_RAX, 4, 0, 0 },
	{ "movbe_f0_load_word", AXX86_LONG64,
	  5, { 0x66, 0x0f, 0x38, 0xf0, 0x0f },
	  AXX86_LOAD, 2, AXX86_RCX, 2, SWAP, 0 },
	{ "movbe_f0_load_dword", AXX86_LONG64,
	  4, { 0x0f, 0x38, 0xf0, 0x0f },
	  AXX86_LOAD, 4, AXX86_RCX, 4, SWAP, 0 },
	{ "movbe_f0_load_qword", AXX86_LONG64,
	  5, { 0x48, 0x0f, 0x38, 0xf0, 0x0f },
	  AXX86_LOAD, 8, AXX86_RCX, 8, SWAP, 0 },
	{ "movbe_f1_store_dword", AXX86_PROT32,
	  4, { 0x0f, 0x38, 0xf1, 0x17 },
	  AXX86_STORE, 4, AXX86_RDX, 4, SWAP, 0 },
	{ "movbe_f1_store_word", AXX86_REAL16,
	  4, { 0x0f, 0x38, 0xf1, 0x15 },
	  AXX86_STORE, 2, AXX86_RDX, 2, SWAP, 0 },
	{ "movbe_f1_store_qword", AXX86_LONG64,
	  5, { 0x4c, 0x0f, 0x38, 0xf1, 0x1f },
	  AXX86_STORE, 8, AXX86_R11, 8, SWAP, 0 },
	{ "fifteen_bytes_are_an_instruction", AXX86_PROT32,
	  15, { 0x26, 0x26, 0x26, 0x26, 0x26, 0x26, 0x26, 0x26,
	    0x26, 0xc7, 0x07, 0x01, 0x02, 0x03, 0x04 },
	  AXX86_STORE_IMM, 4, AXX86_NO_REG, 4, 0, 0x04030201 },
};

static void move_case_desc(const struct move_case *c, char *desc)
{
	strscpy(desc, c->name, KUNIT_PARAM_DESC_SIZE);
}

KUNIT_ARRAY_PARAM(move, move_cases, move_case_desc);

static void moves_decode(struct kunit *test)
{
	const struct move_case *c = test->param_value;
	struct axx86_insn got;

	memset(&got, 0xa5, sizeof(got));
	KUNIT_ASSERT_EQ(test, axx86_decode(c->bytes, c->nr, c->mode, &got), 0);

	KUNIT_EXPECT_EQ(test, got.kind, c->kind);
	KUNIT_EXPECT_EQ(test, got.length, c->nr);
	KUNIT_EXPECT_EQ(test, got.width, c->width);
	KUNIT_EXPECT_EQ(test, got.reg, c->reg);
	KUNIT_EXPECT_EQ(test, got.reg_width, c->reg_width);
	KUNIT_EXPECT_EQ(test, got.imm, c->imm);
	KUNIT_EXPECT_EQ(test, got.high_byte, !!(c->flags & HIGH));
	KUNIT_EXPECT_EQ(test, got.sign_extend, !!(c->flags & SIGN));
	KUNIT_EXPECT_EQ(test, got.swap, !!(c->flags & SWAP));
	KUNIT_EXPECT_EQ(test, got.rep, !!(c->flags & REP));
}

static void check_truncated(struct kunit *test, const struct move_case *c)
{
	static const struct axx86_insn zero;
	struct axx86_insn got;
	u8 nr;

	for (nr = 0; nr < c->nr; nr++) {
		memset(&got, 0xa5, sizeof(got));
		KUNIT_EXPECT_EQ_MSG(test, axx86_decode(c->bytes, nr, c->mode, &got), -ENODATA,
				    "%s, %d bytes", c->name, nr);
		KUNIT_EXPECT_EQ_MSG(test, memcmp(&got, &zero, sizeof(got)), 0, "%s", c->name);
	}
}

static void check_extended(struct kunit *test, const struct move_case *c)
{
	u8 bytes[AXX86_INSN_MAX + 1];
	struct axx86_insn got;

	memset(bytes, 0xf0, sizeof(bytes));
	memcpy(bytes, c->bytes, c->nr);
	memset(&got, 0xa5, sizeof(got));
	KUNIT_EXPECT_EQ_MSG(test, axx86_decode(bytes, sizeof(bytes), c->mode, &got), 0,
			    "%s", c->name);
	KUNIT_EXPECT_EQ_MSG(test, got.length, c->nr, "%s", c->name);
}

static void check_locked(struct kunit *test, const struct move_case *c)
{
	u8 bytes[AXX86_INSN_MAX + 1] = { 0xf0 };
	struct axx86_insn got;

	memcpy(bytes + 1, c->bytes, c->nr);
	memset(&got, 0xa5, sizeof(got));
	KUNIT_EXPECT_EQ_MSG(test, axx86_decode(bytes, c->nr + 1, c->mode, &got), -EINVAL,
			    "%s", c->name);
}

static void moves_need_all_their_bytes(struct kunit *test)
{
	size_t i;

	for (i = 0; i < ARRAY_SIZE(move_cases); i++)
		check_truncated(test, &move_cases[i]);
}

static void moves_ignore_what_follows(struct kunit *test)
{
	size_t i;

	for (i = 0; i < ARRAY_SIZE(move_cases); i++)
		check_extended(test, &move_cases[i]);
}

static void moves_with_lock_are_invalid(struct kunit *test)
{
	size_t i;

	for (i = 0; i < ARRAY_SIZE(move_cases); i++)
		check_locked(test, &move_cases[i]);
}

struct refusal_case {
	const char *name;
	enum axx86_mode mode;
	int ret;
	u8  nr;
	u8  bytes[AXX86_INSN_MAX + 1];
};

static const struct refusal_case refusal_cases[] = {
	{ "register_to_register_touches_no_memory", AXX86_LONG64, -EOPNOTSUPP, 2, { 0x89, 0xc8 } },
	{ "immediate_to_register_touches_no_memory", AXX86_PROT32, -EOPNOTSUPP,
	  6, { 0xc7, 0xc0, 1, 2, 3, 4 } },
	{ "movzx_of_a_register", AXX86_LONG64, -EOPNOTSUPP, 3, { 0x0f, 0xb6, 0xc8 } },
	{ "bswap_like_movbe_of_a_register", AXX86_LONG64, -EOPNOTSUPP,
	  4, { 0x0f, 0x38, 0xf0, 0xc8 } },
	{ "c6_with_another_digit", AXX86_LONG64, -EOPNOTSUPP, 3, { 0xc6, 0x0f, 0 } },
	{ "c7_with_another_digit", AXX86_LONG64, -EOPNOTSUPP, 6, { 0xc7, 0x3f, 0, 0, 0, 0 } },
	{ "xbegin_is_no_move", AXX86_LONG64, -EOPNOTSUPP, 6, { 0xc7, 0xf8, 0, 0, 0, 0 } },
	{ "63_is_arpl_outside_64_bit_mode", AXX86_PROT32, -EOPNOTSUPP, 2, { 0x63, 0x07 } },
	{ "movsxd_with_66_differs_between_cpus", AXX86_LONG64, -EOPNOTSUPP,
	  3, { 0x66, 0x63, 0x07 } },
	{ "movnti_with_66", AXX86_LONG64, -EOPNOTSUPP, 4, { 0x66, 0x0f, 0xc3, 0x07 } },
	{ "movnti_with_f3", AXX86_LONG64, -EOPNOTSUPP, 4, { 0xf3, 0x0f, 0xc3, 0x07 } },
	{ "f2_makes_crc32_of_movbe", AXX86_LONG64, -EOPNOTSUPP,
	  5, { 0xf2, 0x0f, 0x38, 0xf0, 0x07 } },
	{ "movbe_with_f3", AXX86_LONG64, -EOPNOTSUPP, 5, { 0xf3, 0x0f, 0x38, 0xf1, 0x07 } },
	{ "rex_is_inc_outside_64_bit_mode", AXX86_PROT32, -EOPNOTSUPP, 3, { 0x48, 0x89, 0x07 } },
	{ "xchg", AXX86_LONG64, -EOPNOTSUPP, 2, { 0x87, 0x07 } },
	{ "segment_register_store", AXX86_LONG64, -EOPNOTSUPP, 2, { 0x8c, 0x07 } },
	{ "unknown_opcode_with_lock", AXX86_LONG64, -EOPNOTSUPP, 3, { 0xf0, 0x01, 0x07 } },
	{ "unknown_opcode_needs_no_more_bytes", AXX86_LONG64, -EOPNOTSUPP, 1, { 0x01 } },
	{ "no_bytes", AXX86_LONG64, -ENODATA, 0 },
	{ "prefixes_only", AXX86_LONG64, -ENODATA, 4, { 0x66, 0x67, 0xf3, 0x48 } },
	{ "fifteen_prefixes", AXX86_PROT32, -EINVAL, 16,
	  { 0x66, 0x66, 0x66, 0x66, 0x66, 0x66, 0x66, 0x66,
	    0x66, 0x66, 0x66, 0x66, 0x66, 0x66, 0x66, 0xa4 } },
	{ "sixteen_bytes_by_an_immediate", AXX86_PROT32, -EINVAL, 16,
	  { 0x26, 0x26, 0x26, 0x26, 0x26, 0x26, 0x26, 0x26,
	    0x26, 0x26, 0xc7, 0x07, 1, 2, 3, 4 } },
	{ "sixteen_bytes_are_invalid_before_all_are_there", AXX86_PROT32, -EINVAL, 12,
	  { 0x26, 0x26, 0x26, 0x26, 0x26, 0x26, 0x26, 0x26,
	    0x26, 0x26, 0xc7, 0x07 } },
};

static void refusal_case_desc(const struct refusal_case *c, char *desc)
{
	strscpy(desc, c->name, KUNIT_PARAM_DESC_SIZE);
}

KUNIT_ARRAY_PARAM(refusal, refusal_cases, refusal_case_desc);

static void others_are_refused(struct kunit *test)
{
	const struct refusal_case *c = test->param_value;
	static const struct axx86_insn zero;
	struct axx86_insn got;

	memset(&got, 0xa5, sizeof(got));
	KUNIT_EXPECT_EQ(test, axx86_decode(c->bytes, c->nr, c->mode, &got), c->ret);
	KUNIT_EXPECT_EQ(test, memcmp(&got, &zero, sizeof(got)), 0);
}

/* Opcodes that move from or to a memory operand [rBX] (ModRM 07 or 03), by map and mode. */
static const u8 move_one[] = {
	0x63, 0x88, 0x89, 0x8a, 0x8b, 0xa0, 0xa1, 0xa2, 0xa3, 0xa4, 0xa5, 0xaa, 0xab, 0xac, 0xad,
	0xc6, 0xc7,
};

static const u8 move_0f[] = { 0xb6, 0xb7, 0xbe, 0xbf, 0xc3 };
static const u8 move_0f38[] = { 0xf0, 0xf1 };

static bool is_prefix(enum axx86_mode mode, u8 byte)
{
	static const u8 prefixes[] = {
		0x26, 0x2e, 0x36, 0x3e, 0x64, 0x65, 0x66, 0x67, 0xf0, 0xf2, 0xf3,
	};

	return memchr(prefixes, byte, sizeof(prefixes)) ||
	       (mode == AXX86_LONG64 && byte >= 0x40 && byte <= 0x4f);
}

static void check_opcode(struct kunit *test, const u8 *bytes, enum axx86_mode mode, bool known)
{
	struct axx86_insn got;

	memset(&got, 0xa5, sizeof(got));
	KUNIT_EXPECT_EQ_MSG(test, axx86_decode(bytes, AXX86_INSN_MAX, mode, &got),
			    known ? 0 : -EOPNOTSUPP, "%*ph mode %d", 4, bytes, mode);
}

static void each_opcode_is_in_the_table_or_refused(struct kunit *test)
{
	enum axx86_mode mode;
	unsigned int op;
	bool known;

	for (mode = AXX86_REAL16; mode <= AXX86_LONG64; mode++) {
		for (op = 0; op < 256; op++) {
			u8 one[AXX86_INSN_MAX] = { op, 0x07 };
			u8 two[AXX86_INSN_MAX] = { 0x0f, op, 0x07 };
			u8 three[AXX86_INSN_MAX] = { 0x0f, 0x38, op, 0x07 };

			known = memchr(move_one, op, sizeof(move_one)) &&
				(op != 0x63 || mode == AXX86_LONG64);
			if (op != 0x0f && !is_prefix(mode, op))
				check_opcode(test, one, mode, known);
			known = memchr(move_0f, op, sizeof(move_0f));
			if (op != 0x38)
				check_opcode(test, two, mode, known);
			known = memchr(move_0f38, op, sizeof(move_0f38));
			check_opcode(test, three, mode, known);
		}
	}
}

static struct kunit_case x86_decode_cases[] = {
	KUNIT_CASE_PARAM(moves_decode, move_gen_params),
	KUNIT_CASE(moves_need_all_their_bytes),
	KUNIT_CASE(moves_ignore_what_follows),
	KUNIT_CASE(moves_with_lock_are_invalid),
	KUNIT_CASE_PARAM(others_are_refused, refusal_gen_params),
	KUNIT_CASE(each_opcode_is_in_the_table_or_refused),
	{}
};

static struct kunit_suite x86_decode_suite = {
	.name = "axvcpu_x86_decode",
	.test_cases = x86_decode_cases,
};

kunit_test_suite(x86_decode_suite);
