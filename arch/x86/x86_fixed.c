// SPDX-License-Identifier: GPL-2.0-only
/*
 * Length and operands of instructions that exit because they were intercepted,
 * on CPUs that do not report where the instruction ends.
 *
 * Pure.  The hardware has told what was executed: bytes that are something else
 * were changed by the guest meanwhile, and are refused.
 */
#include <linux/bits.h>
#include <linux/errno.h>
#include <linux/kernel.h>
#include <linux/minmax.h>
#include <linux/string.h>
#include <linux/types.h>

#include "x86_decode.h"
#include "x86_reader.h"

/*
 * Intercepted instructions.
 */
enum fixed_form {
	FIXED_NONE,
	FIXED_PLAIN,		/* nothing after the opcode */
	FIXED_FRAME,		/* the same, with stack slots of the operand size */
	FIXED_STACK,		/* the same, but 64-bit mode has no 32-bit slots */
	FIXED_VECTOR,		/* vector in the instruction */
	FIXED_PORT_IMM,		/* port in the instruction */
	FIXED_PORT,		/* port in DX */
	FIXED_STRING,		/* port in DX, memory by rSI or rDI */
	FIXED_SYSREG,		/* control or debug register in ModRM.reg */
	FIXED_MODRM,		/* memory operand and a register in ModRM.reg */
	FIXED_GROUP6,
	FIXED_GROUP7,
};

#define FIXED_F3	BIT(0)	/* without F3 it is another instruction */
#define FIXED_66	BIT(1)	/* likewise 66 */
#define FIXED_BARE	BIT(2)	/* with F2 or F3 it is another instruction, or none */
#define FIXED_LEGACY	BIT(3)	/* no instruction in 64-bit mode */
#define FIXED_WRITE	BIT(4)	/* struct axx86_fixed: write */

struct fixed_row {
	u8 op;
	u8 form;
	u8 width;		/* 0: operand size, of a port at most 4 */
	u8 flags;
};

/* APM 3 and 4 (one page each), Appendix A.  Opcodes 00 and 01 of map 0F are groups. */
static const struct fixed_row fixed_rows[AXX86_NR_MAP][256] = {
	[AXX86_MAP_ONE] = {
		[0x6c] = { AXX86_FIX_INS,	FIXED_STRING,	1 },
		[0x6d] = { AXX86_FIX_INS,	FIXED_STRING },
		[0x6e] = { AXX86_FIX_OUTS,	FIXED_STRING,	1 },
		[0x6f] = { AXX86_FIX_OUTS,	FIXED_STRING },
		[0x90] = { AXX86_FIX_PAUSE,	FIXED_PLAIN,	0, FIXED_F3 },
		[0x9c] = { AXX86_FIX_PUSHF,	FIXED_STACK },
		[0x9d] = { AXX86_FIX_POPF,	FIXED_STACK },
		[0xcc] = { AXX86_FIX_INT3,	FIXED_PLAIN },
		[0xcd] = { AXX86_FIX_INT,	FIXED_VECTOR },
		[0xce] = { AXX86_FIX_INTO,	FIXED_PLAIN,	0, FIXED_LEGACY },
		[0xcf] = { AXX86_FIX_IRET,	FIXED_FRAME },
		[0xe4] = { AXX86_FIX_IN,	FIXED_PORT_IMM,	1 },
		[0xe5] = { AXX86_FIX_IN,	FIXED_PORT_IMM },
		[0xe6] = { AXX86_FIX_OUT,	FIXED_PORT_IMM,	1 },
		[0xe7] = { AXX86_FIX_OUT,	FIXED_PORT_IMM },
		[0xec] = { AXX86_FIX_IN,	FIXED_PORT,	1 },
		[0xed] = { AXX86_FIX_IN,	FIXED_PORT },
		[0xee] = { AXX86_FIX_OUT,	FIXED_PORT,	1 },
		[0xef] = { AXX86_FIX_OUT,	FIXED_PORT },
		[0xf1] = { AXX86_FIX_INT1,	FIXED_PLAIN },
		[0xf4] = { AXX86_FIX_HLT,	FIXED_PLAIN },
	},
	[AXX86_MAP_0F] = {
		[0x00] = { AXX86_FIX_ANY,	FIXED_GROUP6 },
		[0x01] = { AXX86_FIX_ANY,	FIXED_GROUP7 },
		[0x06] = { AXX86_FIX_CLTS,	FIXED_PLAIN },
		[0x08] = { AXX86_FIX_INVD,	FIXED_PLAIN },
		[0x09] = { AXX86_FIX_WBINVD,	FIXED_PLAIN },
		[0x20] = { AXX86_FIX_MOV_CR,	FIXED_SYSREG },
		[0x21] = { AXX86_FIX_MOV_DR,	FIXED_SYSREG },
		[0x22] = { AXX86_FIX_MOV_CR,	FIXED_SYSREG,	0, FIXED_WRITE },
		[0x23] = { AXX86_FIX_MOV_DR,	FIXED_SYSREG,	0, FIXED_WRITE },
		[0x30] = { AXX86_FIX_WRMSR,	FIXED_PLAIN },
		[0x31] = { AXX86_FIX_RDTSC,	FIXED_PLAIN },
		[0x32] = { AXX86_FIX_RDMSR,	FIXED_PLAIN },
		[0x33] = { AXX86_FIX_RDPMC,	FIXED_PLAIN },
		[0xa2] = { AXX86_FIX_CPUID,	FIXED_PLAIN },
		[0xaa] = { AXX86_FIX_RSM,	FIXED_PLAIN },
	},
	[AXX86_MAP_0F38] = {
		[0x82] = { AXX86_FIX_INVPCID,	FIXED_MODRM,	0, FIXED_66 | FIXED_BARE },
	},
};

/* Group 6: 0F 00 /0 to /3.  APM Appendix A, ModRM.reg extensions. */
static const u8 group6[8] = {
	AXX86_FIX_SLDT, AXX86_FIX_STR, AXX86_FIX_LLDT, AXX86_FIX_LTR,
};

/* Group 7 with a memory operand: 0F 01 /0 to /7.  APM Appendix A, ModRM.reg extensions. */
static const u8 group7_mem[8] = {
	AXX86_FIX_SGDT, AXX86_FIX_SIDT, AXX86_FIX_LGDT, AXX86_FIX_LIDT,
	AXX86_FIX_SMSW, AXX86_FIX_ANY,	AXX86_FIX_LMSW, AXX86_FIX_INVLPG,
};

/* Group 7 with a register: SMSW and LMSW.  APM Appendix A, ModRM.reg extensions. */
static const u8 group7_reg[8] = {
	[4] = AXX86_FIX_SMSW,
	[6] = AXX86_FIX_LMSW,
};

/* Group 7 where the whole of ModRM is opcode.  APM Appendix A, ModRM.rm extensions. */
static const struct group7_row {
	u8 modrm;
	u8 op;
	u8 flags;
} group7_whole[] = {
	{ 0xd9, AXX86_FIX_VMMCALL },	/* F2 and F3: VMGEXIT, which is VMMCALL without SEV-ES */
	{ 0xc1, AXX86_FIX_VMCALL },
	{ 0xc8, AXX86_FIX_MONITOR },
	{ 0xc9, AXX86_FIX_MWAIT },
	{ 0xd1, AXX86_FIX_XSETBV },
	{ 0xd8, AXX86_FIX_VMRUN },
	{ 0xda, AXX86_FIX_VMLOAD },
	{ 0xdb, AXX86_FIX_VMSAVE },
	{ 0xdc, AXX86_FIX_STGI },
	{ 0xdd, AXX86_FIX_CLGI },
	{ 0xde, AXX86_FIX_SKINIT },
	{ 0xdf, AXX86_FIX_INVLPGA },
	{ 0xf9, AXX86_FIX_RDTSCP },
	{ 0xfa, AXX86_FIX_MCOMMIT, FIXED_F3 },
	{ 0xfa, AXX86_FIX_MONITOR, FIXED_BARE },
	{ 0xfb, AXX86_FIX_MWAIT, FIXED_BARE },
	{ 0xfd, AXX86_FIX_RDPRU, FIXED_BARE },
	{ 0xfe, AXX86_FIX_INVLPGB, FIXED_BARE },
	{ 0xff, AXX86_FIX_TLBSYNC, FIXED_BARE },
};

/*
 * Prefixes that make another instruction of it.  Others are let pass, even where the manual
 * asks for none: the CPU has accepted them.
 */
static bool fixed_prefixes_fit(const struct axx86_reader *r, u8 flags)
{
	return !(flags & FIXED_F3 && r->rep != AXOP_REP) &&
	       !(flags & FIXED_66 && !r->opsize) &&
	       !(flags & FIXED_BARE && r->rep) &&
	       !(flags & FIXED_LEGACY && r->mode == AXX86_LONG64);
}

/* Operand bytes of a group 6 or 7 instruction.  APM 4: LGDT, LMSW, SLDT, SMSW and so on. */
static u8 group_width(const struct axx86_reader *r, u8 op)
{
	switch (op) {
	case AXX86_FIX_SGDT:
	case AXX86_FIX_SIDT:
	case AXX86_FIX_LGDT:
	case AXX86_FIX_LIDT:
		return r->mode == AXX86_LONG64 ? 10 : 6;
	case AXX86_FIX_SMSW:
	case AXX86_FIX_SLDT:
	case AXX86_FIX_STR:
		return r->mod == AXMODRM_MOD_REG ? r->op_bytes : 2;
	case AXX86_FIX_INVLPG:
		return 0;
	default:
		return 2;
	}
}

static void group_operand(const struct axx86_reader *r, struct axx86_fixed *f)
{
	f->width = group_width(r, f->op);
	f->memory = r->mod != AXMODRM_MOD_REG;
	if (f->memory)
		f->mem = r->mem;
	else
		f->gpr = r->rm;
}

static int fixed_group6(struct axx86_reader *r, struct axx86_fixed *f)
{
	int ret = axx86_read_modrm(r);

	if (ret)
		return ret;
	f->op = group6[r->reg & 7];
	if (f->op == AXX86_FIX_ANY)
		return -EOPNOTSUPP;
	group_operand(r, f);
	return 0;
}

static u8 group7_find(const struct axx86_reader *r)
{
	const struct group7_row *row;
	size_t i;

	if (r->mod != AXMODRM_MOD_REG)
		return group7_mem[r->reg & 7];
	for (i = 0; i < ARRAY_SIZE(group7_whole); i++) {
		row = &group7_whole[i];
		if (row->modrm == r->modrm && fixed_prefixes_fit(r, row->flags))
			return row->op;
	}
	return group7_reg[r->reg & 7];
}

static int fixed_group7(struct axx86_reader *r, struct axx86_fixed *f)
{
	int ret = axx86_read_modrm(r);

	if (ret)
		return ret;
	f->op = group7_find(r);
	if (f->op == AXX86_FIX_ANY)
		return -EOPNOTSUPP;
	if (r->mod != AXMODRM_MOD_REG || group7_reg[r->reg & 7])
		group_operand(r, f);
	return 0;
}

/*
 * ModRM.mod is ignored: always a register.  LOCK MOV CR0 is how code outside 64-bit
 * mode names CR8.  APM 4, MOV CRn.
 */
static int fixed_sysreg(struct axx86_reader *r, struct axx86_fixed *f)
{
	int ret = axx86_read_byte(r, &r->modrm);

	if (ret)
		return ret;
	f->sysreg = ((r->modrm >> 3) & 7) | (r->rex & AXREX_R ? 8 : 0);
	f->gpr = (r->modrm & 7) | (r->rex & AXREX_B ? 8 : 0);
	f->width = r->mode == AXX86_LONG64 ? 8 : 4;
	if (!r->lock)
		return 0;
	if (f->op != AXX86_FIX_MOV_CR || f->sysreg)
		return -EINVAL;
	f->sysreg = 8;
	return 0;
}

static int fixed_modrm(struct axx86_reader *r, struct axx86_fixed *f)
{
	int ret = axx86_read_modrm(r);

	if (ret)
		return ret;
	if (r->mod == AXMODRM_MOD_REG)
		return -EOPNOTSUPP;
	f->memory = true;
	f->mem = r->mem;
	f->gpr = r->reg;
	f->width = 16;
	return 0;
}

static int fixed_io(struct axx86_reader *r, const struct fixed_row *row, struct axx86_fixed *f)
{
	f->width = row->width ?: min_t(u8, r->op_bytes, 4);
	f->has_imm = row->form == FIXED_PORT_IMM;
	if (f->has_imm)
		return axx86_read_byte(r, &f->imm);
	if (row->form != FIXED_STRING)
		return 0;
	f->memory = true;
	f->rep = r->rep;
	axx86_mem_string(r, row->op == AXX86_FIX_INS ? AXX86_RDI : AXX86_RSI, &f->mem);
	return 0;
}

static int fixed_operands(struct axx86_reader *r, const struct fixed_row *row,
			  struct axx86_fixed *f)
{
	switch (row->form) {
	case FIXED_STACK:
		f->width = r->mode == AXX86_LONG64 && r->op_bytes == 4 ? 8 : r->op_bytes;
		return 0;
	case FIXED_FRAME:
		f->width = r->op_bytes;
		return 0;
	case FIXED_VECTOR:
		f->has_imm = true;
		return axx86_read_byte(r, &f->imm);
	case FIXED_PORT_IMM:
	case FIXED_PORT:
	case FIXED_STRING:
		return fixed_io(r, row, f);
	case FIXED_SYSREG:
		return fixed_sysreg(r, f);
	case FIXED_MODRM:
		return fixed_modrm(r, f);
	case FIXED_GROUP6:
		return fixed_group6(r, f);
	case FIXED_GROUP7:
		return fixed_group7(r, f);
	default:
		return 0;
	}
}

static int decode_fixed(struct axx86_reader *r, struct axx86_fixed *f)
{
	const struct fixed_row *row = &fixed_rows[r->map][r->opcode];
	int ret;

	if (row->form == FIXED_NONE || !fixed_prefixes_fit(r, row->flags))
		return -EOPNOTSUPP;
	if (r->lock && row->form != FIXED_SYSREG)
		return -EINVAL;
	f->op = row->op;
	f->gpr = AXX86_NO_REG;
	f->write = row->flags & FIXED_WRITE;
	ret = fixed_operands(r, row, f);
	f->length = r->pos;
	return ret;
}

/**
 * axx86_insn_length - length and operands of an instruction that was intercepted
 * @bytes: instruction bytes; each is read once
 * @nr:    how many there are; more than AXX86_INSN_MAX are not looked at
 * @mode:  how to read them
 * @op:    what the hardware says the guest executed, or AXX86_FIX_ANY
 * @out:   the result; every byte is written, and is zero on error
 *
 * Pure; callable anywhere.
 *
 * Return: 0;
 * -ENODATA if the instruction goes on after @nr bytes;
 * -EOPNOTSUPP if it is not @op: the guest has changed the bytes meanwhile;
 * -EINVAL if no CPU executes it: longer than 15 bytes, or LOCK where it must not be.
 *
 * Spec: APM chapter 1 (encoding), chapters 3 and 4 (one page each), Appendix A (opcode maps).
 */
int axx86_insn_length(const u8 *bytes, size_t nr, enum axx86_mode mode,
		      enum axx86_fixed_op op, struct axx86_fixed *out)
{
	struct axx86_reader r;
	int ret;

	memset(out, 0, sizeof(*out));
	ret = axx86_read_opcode(&r, bytes, nr, mode);
	if (!ret)
		ret = decode_fixed(&r, out);
	if (!ret && op != AXX86_FIX_ANY && op != out->op)
		ret = -EOPNOTSUPP;
	if (ret)
		memset(out, 0, sizeof(*out));
	return ret;
}
