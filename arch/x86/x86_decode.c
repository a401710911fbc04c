// SPDX-License-Identifier: GPL-2.0-only
/*
 * Table-driven decoder of the moves from and to memory, which may meet a device
 * there, and what such a move does to registers and memory.
 *
 * Pure.  All that is not in the table is refused.
 */
#include <linux/bits.h>
#include <linux/errno.h>
#include <linux/minmax.h>
#include <linux/string.h>
#include <linux/swab.h>
#include <linux/types.h>

#include "x86_decode.h"
#include "x86_reader.h"

/*
 * Moves.  A width of 0 is the operand size.
 */
enum move_form {
	MOVE_NONE,
	MOVE_MODRM,		/* register in ModRM.reg */
	MOVE_MODRM_0,		/* ModRM.reg belongs to the opcode and is 0 */
	MOVE_MOFFS,		/* rAX and an address in the instruction */
	MOVE_STRING,
};

#define MOVE_SIGN	BIT(0)	/* load extends with the sign */
#define MOVE_SWAP	BIT(1)
#define MOVE_LONG	BIT(2)	/* another instruction outside 64-bit mode */
#define MOVE_BARE	BIT(3)	/* another instruction, or none, after F2 or F3 */
#define MOVE_NO_16	BIT(4)	/* refused with 16-bit operands */
#define MOVE_DWORD	BIT(5)	/* no 16-bit operands: 66 is no part of it */

/* CPUs differ in what MOVSXD reads with 66. */
#define MOVE_MOVSXD	(MOVE_SIGN | MOVE_LONG | MOVE_NO_16)

struct move_row {
	u8 form;
	u8 kind;
	u8 width;
	u8 reg_width;
	u8 flags;
};

/* APM 3: MOV, MOVBE, MOVNTI, MOVSX, MOVSXD, MOVZX, MOVSx, STOSx, LODSx; Appendix A. */
static const struct move_row move_rows[AXX86_NR_MAP][256] = {
	[AXX86_MAP_ONE] = {
		[0x63] = { MOVE_MODRM,	 AXX86_LOAD,	  4, 0, MOVE_MOVSXD },
		[0x88] = { MOVE_MODRM,	 AXX86_STORE,	  1, 1 },
		[0x89] = { MOVE_MODRM,	 AXX86_STORE,	  0, 0 },
		[0x8a] = { MOVE_MODRM,	 AXX86_LOAD,	  1, 1 },
		[0x8b] = { MOVE_MODRM,	 AXX86_LOAD,	  0, 0 },
		[0xa0] = { MOVE_MOFFS,	 AXX86_LOAD,	  1, 1 },
		[0xa1] = { MOVE_MOFFS,	 AXX86_LOAD,	  0, 0 },
		[0xa2] = { MOVE_MOFFS,	 AXX86_STORE,	  1, 1 },
		[0xa3] = { MOVE_MOFFS,	 AXX86_STORE,	  0, 0 },
		[0xa4] = { MOVE_STRING,	 AXX86_MOVS,	  1, 1 },
		[0xa5] = { MOVE_STRING,	 AXX86_MOVS,	  0, 0 },
		[0xaa] = { MOVE_STRING,	 AXX86_STOS,	  1, 1 },
		[0xab] = { MOVE_STRING,	 AXX86_STOS,	  0, 0 },
		[0xac] = { MOVE_STRING,	 AXX86_LODS,	  1, 1 },
		[0xad] = { MOVE_STRING,	 AXX86_LODS,	  0, 0 },
		[0xc6] = { MOVE_MODRM_0, AXX86_STORE_IMM, 1, 1 },
		[0xc7] = { MOVE_MODRM_0, AXX86_STORE_IMM, 0, 0 },
	},
	[AXX86_MAP_0F] = {
		[0xb6] = { MOVE_MODRM,	 AXX86_LOAD,	  1, 0 },
		[0xb7] = { MOVE_MODRM,	 AXX86_LOAD,	  2, 0 },
		[0xbe] = { MOVE_MODRM,	 AXX86_LOAD,	  1, 0, MOVE_SIGN },
		[0xbf] = { MOVE_MODRM,	 AXX86_LOAD,	  2, 0, MOVE_SIGN },
		[0xc3] = { MOVE_MODRM,	 AXX86_STORE,	  0, 0, MOVE_BARE | MOVE_DWORD },
	},
	[AXX86_MAP_0F38] = {
		[0xf0] = { MOVE_MODRM,	 AXX86_LOAD,	  0, 0, MOVE_SWAP | MOVE_BARE },
		[0xf1] = { MOVE_MODRM,	 AXX86_STORE,	  0, 0, MOVE_SWAP | MOVE_BARE },
	},
};

static const struct move_row *move_find(const struct axx86_reader *r)
{
	const struct move_row *row = &move_rows[r->map][r->opcode];

	if (row->form == MOVE_NONE ||
	    (row->flags & MOVE_LONG && r->mode != AXX86_LONG64) ||
	    (row->flags & MOVE_BARE && r->rep) ||
	    (row->flags & MOVE_NO_16 && r->op_bytes == 2) ||
	    (row->flags & MOVE_DWORD && r->opsize))
		return NULL;
	return row;
}

static u8 move_width(const struct axx86_reader *r, const struct move_row *row, u8 width)
{
	if (width)
		return width;
	return row->flags & MOVE_DWORD ? max_t(u8, r->op_bytes, 4) : r->op_bytes;
}

static int move_string(const struct axx86_reader *r, struct axx86_insn *insn)
{
	insn->rep = r->rep;
	axx86_mem_string(r, insn->kind == AXX86_LODS ? AXX86_RSI : AXX86_RDI, &insn->mem);
	if (insn->kind == AXX86_MOVS)
		axx86_mem_string(r, AXX86_RSI, &insn->src);
	insn->reg = insn->kind == AXX86_MOVS ? AXX86_NO_REG : AXX86_RAX;
	return 0;
}

static int move_moffs(struct axx86_reader *r, struct axx86_insn *insn)
{
	u64 address = 0;
	int ret = axx86_read_bytes(r, r->addr_bytes, &address);

	axx86_mem_plain(r, &insn->mem);
	insn->mem.disp = address;
	insn->reg = AXX86_RAX;
	return ret;
}

static int move_modrm(struct axx86_reader *r, struct axx86_insn *insn)
{
	int ret = axx86_read_modrm(r);

	if (ret)
		return ret;
	if (r->mod == AXMODRM_MOD_REG)
		return -EOPNOTSUPP;
	insn->mem = r->mem;
	insn->reg = r->reg;
	/* Any REX, even an empty one, makes 4 to 7 SPL to DIL.  APM 1.2.7. */
	if (insn->reg_width == 1 && !r->rex && insn->reg >= 4) {
		insn->reg -= 4;
		insn->high_byte = true;
	}
	return 0;
}

static int move_imm(struct axx86_reader *r, struct axx86_insn *insn)
{
	s64 imm;
	int ret = axx86_read_modrm(r);

	if (ret)
		return ret;
	/* The REX.R that extends the field is ignored where the field is opcode. */
	if (r->mod == AXMODRM_MOD_REG || (r->reg & 7))
		return -EOPNOTSUPP;
	ret = axx86_read_signed(r, min_t(u8, insn->width, 4), &imm);
	if (ret)
		return ret;
	insn->mem = r->mem;
	insn->reg = AXX86_NO_REG;
	insn->imm = imm & axx86_width_mask(insn->width);
	return 0;
}

static int move_operands(struct axx86_reader *r, u8 form, struct axx86_insn *insn)
{
	switch (form) {
	case MOVE_MODRM:
		return move_modrm(r, insn);
	case MOVE_MODRM_0:
		return move_imm(r, insn);
	case MOVE_MOFFS:
		return move_moffs(r, insn);
	default:
		return move_string(r, insn);
	}
}

static int decode_move(struct axx86_reader *r, struct axx86_insn *insn)
{
	const struct move_row *row = move_find(r);
	int ret;

	if (!row)
		return -EOPNOTSUPP;
	if (r->lock)
		return -EINVAL;
	insn->kind = row->kind;
	insn->width = move_width(r, row, row->width);
	insn->reg_width = move_width(r, row, row->reg_width);
	insn->sign_extend = row->flags & MOVE_SIGN;
	insn->swap = row->flags & MOVE_SWAP;
	ret = move_operands(r, row->form, insn);
	insn->length = r->pos;
	return ret;
}

/**
 * axx86_decode - decode an instruction that met a device at its memory operand
 * @bytes: instruction bytes; each is read once
 * @nr:    how many there are; more than AXX86_INSN_MAX are not looked at
 * @mode:  how to read them
 * @insn:  the result; every byte is written, and is zero on error
 *
 * Pure; callable anywhere.
 *
 * Return: 0;
 * -ENODATA if the instruction goes on after @nr bytes;
 * -EOPNOTSUPP if it is none of those in the tables, or has no memory operand;
 * -EINVAL if no CPU executes it: longer than 15 bytes, or LOCK where it must not be.
 *
 * Spec: APM chapter 1 (encoding), chapter 3 (MOV and its relatives), Appendix A (opcode maps).
 */
int axx86_decode(const u8 *bytes, size_t nr, enum axx86_mode mode, struct axx86_insn *insn)
{
	struct axx86_reader r;
	int ret;

	memset(insn, 0, sizeof(*insn));
	ret = axx86_read_opcode(&r, bytes, nr, mode);
	if (!ret)
		ret = decode_move(&r, insn);
	if (ret)
		memset(insn, 0, sizeof(*insn));
	return ret;
}

/**
 * axx86_effective_address - offset in its segment that a memory operand has
 * @mem:      operand
 * @gpr:      general registers when the instruction starts
 * @next_rip: rIP of the next instruction
 *
 * Return: the offset, cut to the operand's address size.
 *
 * Spec: APM Vol. 1, 2.2.3; APM 1.7 (RIP-relative addressing).
 */
u64 axx86_effective_address(const struct axx86_mem *mem, const u64 gpr[AXX86_NR_GPR],
			    u64 next_rip)
{
	u64 ea = mem->disp;

	if (mem->rip_rel)
		ea += next_rip;
	if (mem->base < AXX86_NR_GPR)
		ea += gpr[mem->base];
	if (mem->index < AXX86_NR_GPR)
		ea += gpr[mem->index] * mem->scale;
	return ea & axx86_width_mask(mem->addr_bytes);
}

/**
 * axx86_merge - what a general register holds after a write of some of its bytes
 * @old:   the register before
 * @value: what is written
 * @width: bytes written: 1, 2, 4 or 8
 *
 * Return: 8- and 16-bit writes keep the bits above them, 32-bit writes clear them.
 *
 * Spec: APM Vol. 1, 3.1.2 and 3.4.5.
 */
u64 axx86_merge(u64 old, u64 value, u8 width)
{
	u64 mask = axx86_width_mask(width);

	return width >= 4 ? value & mask : (old & ~mask) | (value & mask);
}

static u64 swap_bytes(u64 value, u8 width)
{
	return swab64(value) >> (64 - width * 8);
}

/**
 * axx86_merge_load - what the destination register of a load holds afterwards
 * @insn:    AXX86_LOAD or AXX86_LODS
 * @old_reg: the 64-bit register before
 * @mem:     what memory gave; bytes above the width are ignored
 *
 * Return: the new value of the 64-bit register @insn->reg.
 *
 * Spec: APM 3: MOV, MOVBE, MOVSX, MOVSXD, MOVZX, LODSx.
 */
u64 axx86_merge_load(const struct axx86_insn *insn, u64 old_reg, u64 mem)
{
	u64 value = mem & axx86_width_mask(insn->width);

	if (insn->swap)
		value = swap_bytes(value, insn->width);
	if (insn->sign_extend)
		value = axx86_sign_extend(value, insn->width);
	if (insn->high_byte)
		return (old_reg & ~GENMASK_ULL(15, 8)) | value << 8;
	return axx86_merge(old_reg, value, insn->reg_width);
}

/**
 * axx86_store_value - what an instruction writes to memory
 * @insn: AXX86_STORE, AXX86_STORE_IMM or AXX86_STOS
 * @gpr:  general registers when the instruction starts
 *
 * Return: the value, zero above @insn->width bytes; 0 for instructions that store
 * no register or immediate.
 *
 * Spec: APM 3: MOV, MOVBE, MOVNTI, STOSx.
 */
u64 axx86_store_value(const struct axx86_insn *insn, const u64 gpr[AXX86_NR_GPR])
{
	u64 value;

	if (insn->kind == AXX86_STORE_IMM)
		return insn->imm;
	if (insn->kind != AXX86_STORE && insn->kind != AXX86_STOS)
		return 0;
	value = gpr[insn->reg];
	if (insn->high_byte)
		value >>= 8;
	value &= axx86_width_mask(insn->width);
	return insn->swap ? swap_bytes(value, insn->width) : value;
}

/**
 * axx86_string_count - how many elements a string instruction has left to move
 * @addr_bytes: its address size: 2, 4 or 8
 * @rep:        whether it is repeated
 * @gpr:        general registers
 *
 * Return: 1 without REP, otherwise CX, ECX or RCX, which may be 0.
 *
 * Spec: APM 1.2.6.
 */
u64 axx86_string_count(u8 addr_bytes, bool rep, const u64 gpr[AXX86_NR_GPR])
{
	return rep ? gpr[AXX86_RCX] & axx86_width_mask(addr_bytes) : 1;
}

/**
 * axx86_string_step - move a pointer or counter of a string instruction
 * @reg:        the 64-bit register: rSI, rDI or rCX
 * @addr_bytes: address size of the instruction: 2, 4 or 8
 * @delta:      what to add; negative if RFLAGS.DF is set, or for rCX
 *
 * Context: only for elements that were moved; a step of 0 would still clear the upper
 * half under 32-bit addressing.
 *
 * Spec: APM 1.2.6; APM 3: MOVSx, STOSx, LODSx.
 */
void axx86_string_step(u64 *reg, u8 addr_bytes, s64 delta)
{
	*reg = axx86_merge(*reg, *reg + delta, addr_bytes);
}
