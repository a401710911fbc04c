// SPDX-License-Identifier: GPL-2.0-only
/*
 * The part of an x86 instruction that is alike in all of them: prefixes, opcode,
 * ModRM with its memory operand, immediates.
 *
 * Pure.  The bytes come from a guest that may change them at any time, so every
 * byte is looked at once.
 */
#include <linux/bits.h>
#include <linux/errno.h>
#include <linux/types.h>

#include "x86_decode.h"
#include "x86_reader.h"

/* Prefixes.  APM 1.2. */
#define AXOP_OPSIZE	0x66
#define AXOP_ADSIZE	0x67
#define AXOP_LOCK	0xf0
#define AXOP_REX	0x40		/* to 0x4f, in 64-bit mode */
#define AXREX_MASK	0xf0

/* Escapes to the other opcode maps.  APM 1.1 and Appendix A. */
#define AXOP_ESCAPE	0x0f
#define AXOP_ESCAPE_38	0x38

/* ModRM and SIB.  APM 1.4. */
#define AXMODRM_RM_SIB	4
#define AXSIB_NO_INDEX	4

/**
 * axx86_read_bytes - take a little-endian value from the instruction
 * @r:     reader
 * @width: bytes: 1 to 8
 * @value: the value, zero-extended
 *
 * Return: 0; -ENODATA if the bytes end before it; -EINVAL if the instruction would
 * become longer than the CPU accepts.
 *
 * Spec: APM 1.1.
 */
int axx86_read_bytes(struct axx86_reader *r, u8 width, u64 *value)
{
	u8 i;

	if (r->pos + width > AXX86_INSN_MAX)
		return -EINVAL;
	if (r->pos + width > r->nr)
		return -ENODATA;
	*value = 0;
	for (i = 0; i < width; i++)
		*value |= (u64)r->bytes[r->pos + i] << (i * 8);
	r->pos += width;
	return 0;
}

/**
 * axx86_read_byte - take one byte from the instruction
 * @r:     reader
 * @value: the byte, or 0 on error
 *
 * Return: as axx86_read_bytes().
 */
int axx86_read_byte(struct axx86_reader *r, u8 *value)
{
	u64 v = 0;
	int ret = axx86_read_bytes(r, 1, &v);

	*value = v;
	return ret;
}

/**
 * axx86_read_signed - take a displacement or immediate from the instruction
 * @r:     reader
 * @width: bytes: 1, 2, 4 or 8
 * @value: the value, sign-extended
 *
 * Return: as axx86_read_bytes().
 *
 * Spec: APM 1.5, 1.6.
 */
int axx86_read_signed(struct axx86_reader *r, u8 width, s64 *value)
{
	u64 v = 0;
	int ret = axx86_read_bytes(r, width, &v);

	*value = axx86_sign_extend(v, width);
	return ret;
}

/* 64-bit mode ignores the four old overrides: they leave an FS or GS before them. */
static void take_segment(struct axx86_reader *r, u8 seg)
{
	if (r->mode != AXX86_LONG64 || seg >= AXX86_FS)
		r->seg = seg;
}

/* Note a legacy prefix.  False if @byte is none.  APM 1.2.1. */
static bool take_prefix(struct axx86_reader *r, u8 byte)
{
	switch (byte) {
	case 0x26:
	case 0x2e:
	case 0x36:
	case 0x3e:
		take_segment(r, (byte >> 3) & 3);
		return true;
	case 0x64:
	case 0x65:
		take_segment(r, byte & 7);
		return true;
	case AXOP_OPSIZE:
		r->opsize = true;
		return true;
	case AXOP_ADSIZE:
		r->adsize = true;
		return true;
	case AXOP_LOCK:
		r->lock = true;
		return true;
	case AXOP_REPNE:
	case AXOP_REP:
		r->rep = byte;
		return true;
	}
	return false;
}

/* A REX that is not the last prefix counts for nothing.  APM 1.2.7. */
static int read_prefixes(struct axx86_reader *r)
{
	u8 byte;
	int ret;

	for (;;) {
		ret = axx86_read_byte(r, &byte);
		if (ret)
			return ret;
		if (take_prefix(r, byte))
			r->rex = 0;
		else if (r->mode == AXX86_LONG64 && (byte & AXREX_MASK) == AXOP_REX)
			r->rex = byte;
		else
			break;
	}
	r->opcode = byte;
	return 0;
}

/* APM 1.2.2 (operand size), 1.2.3 (address size). */
static void settle_sizes(struct axx86_reader *r)
{
	if (r->mode == AXX86_LONG64) {
		r->op_bytes = r->rex & AXREX_W ? 8 : r->opsize ? 2 : 4;
		r->addr_bytes = r->adsize ? 4 : 8;
	} else {
		bool is32 = r->mode == AXX86_PROT32;

		r->op_bytes = r->opsize == is32 ? 2 : 4;
		r->addr_bytes = r->adsize == is32 ? 2 : 4;
	}
}

/**
 * axx86_read_opcode - start an instruction: prefixes, opcode, sizes
 * @r:     reader, need not be initialized
 * @bytes: instruction bytes
 * @nr:    how many there are
 * @mode:  how to read them
 *
 * Operands are left to what the opcode is found to be.
 *
 * Return: as axx86_read_bytes().
 *
 * Spec: APM 1.2 (prefixes), Appendix A (opcode maps).
 */
int axx86_read_opcode(struct axx86_reader *r, const u8 *bytes, size_t nr, enum axx86_mode mode)
{
	int ret;

	*r = (struct axx86_reader) {
		.bytes = bytes,
		.nr = nr,
		.mode = mode,
		.seg = AXX86_NR_SEG,
		.map = AXX86_MAP_ONE,
	};
	ret = read_prefixes(r);
	if (!ret && r->opcode == AXOP_ESCAPE) {
		r->map = AXX86_MAP_0F;
		ret = axx86_read_byte(r, &r->opcode);
		if (!ret && r->opcode == AXOP_ESCAPE_38) {
			r->map = AXX86_MAP_0F38;
			ret = axx86_read_byte(r, &r->opcode);
		}
	}
	settle_sizes(r);
	return ret;
}

static u8 override_or(const struct axx86_reader *r, u8 seg)
{
	return r->seg == AXX86_NR_SEG ? seg : r->seg;
}

/**
 * axx86_mem_plain - a memory operand in DS without any register
 * @r:   reader, for address size and segment override
 * @mem: the operand
 */
void axx86_mem_plain(const struct axx86_reader *r, struct axx86_mem *mem)
{
	*mem = (struct axx86_mem) {
		.seg = override_or(r, AXX86_DS),
		.addr_bytes = r->addr_bytes,
		.base = AXX86_NO_REG,
		.index = AXX86_NO_REG,
		.scale = 1,
	};
}

/**
 * axx86_mem_string - memory operand of a string instruction
 * @r:   reader, for address size and segment override
 * @reg: AXX86_RSI for a source; AXX86_RDI for a destination, whose ES no prefix overrides
 * @mem: the operand
 *
 * Spec: APM 1.2.4.
 */
void axx86_mem_string(const struct axx86_reader *r, u8 reg, struct axx86_mem *mem)
{
	axx86_mem_plain(r, mem);
	mem->base = reg;
	if (reg == AXX86_RDI)
		mem->seg = AXX86_ES;
}

/* A base of rSP or rBP means the stack segment.  APM 1.2.4 and Vol. 1, 2.1.2. */
static void set_base(struct axx86_reader *r, u8 base)
{
	r->mem.base = base;
	if (base == AXX86_RSP || base == AXX86_RBP)
		r->mem.seg = override_or(r, AXX86_SS);
}

/* 16-bit addressing.  APM 1.4.3; Appendix A, ModRM operand references. */
static const u8 rm16_base[8] = {
	AXX86_RBX, AXX86_RBX, AXX86_RBP, AXX86_RBP,
	AXX86_RSI, AXX86_RDI, AXX86_RBP, AXX86_RBX,
};

static const u8 rm16_index[8] = {
	AXX86_RSI, AXX86_RDI, AXX86_RSI, AXX86_RDI,
	AXX86_NO_REG, AXX86_NO_REG, AXX86_NO_REG, AXX86_NO_REG,
};

static int read_mem16(struct axx86_reader *r, u8 rm)
{
	if (r->mod == 0 && rm == 6)
		return axx86_read_signed(r, 2, &r->mem.disp);
	set_base(r, rm16_base[rm]);
	r->mem.index = rm16_index[rm];
	return r->mod ? axx86_read_signed(r, r->mod == 1 ? 1 : 2, &r->mem.disp) : 0;
}

/* APM 1.4.2.  Sets the base, unless a displacement stands for it. */
static int read_sib(struct axx86_reader *r, bool *no_base)
{
	u8 sib, index, base;
	int ret;

	ret = axx86_read_byte(r, &sib);
	if (ret)
		return ret;
	index = ((sib >> 3) & 7) | (r->rex & AXREX_X ? 8 : 0);
	base = sib & 7;
	if (index != AXSIB_NO_INDEX) {
		r->mem.index = index;
		r->mem.scale = 1 << (sib >> 6);
	}
	*no_base = r->mod == 0 && base == AXX86_RBP;
	if (!*no_base)
		set_base(r, base | (r->rex & AXREX_B ? 8 : 0));
	return 0;
}

/* 32- and 64-bit addressing.  APM 1.4.3, 1.4.4; RIP-relative: 1.7. */
static int read_mem32(struct axx86_reader *r, u8 rm)
{
	bool no_base = false;
	int ret;

	if (rm == AXMODRM_RM_SIB) {
		ret = read_sib(r, &no_base);
		if (ret)
			return ret;
	} else if (r->mod == 0 && rm == AXX86_RBP) {
		no_base = true;
		r->mem.rip_rel = r->mode == AXX86_LONG64;
	} else {
		set_base(r, rm | (r->rex & AXREX_B ? 8 : 0));
	}
	if (r->mod == 0 && !no_base)
		return 0;
	return axx86_read_signed(r, r->mod == 1 ? 1 : 4, &r->mem.disp);
}

/**
 * axx86_read_modrm - take ModRM and all that belongs to its memory operand
 * @r: reader; @modrm, @mod, @reg and @rm are set, and @mem unless @mod is AXMODRM_MOD_REG
 *
 * Return: as axx86_read_bytes().
 *
 * Spec: APM 1.4; Appendix A, operand encodings.
 */
int axx86_read_modrm(struct axx86_reader *r)
{
	int ret;
	u8 rm;

	ret = axx86_read_byte(r, &r->modrm);
	if (ret)
		return ret;
	rm = r->modrm & 7;
	r->mod = r->modrm >> 6;
	r->reg = ((r->modrm >> 3) & 7) | (r->rex & AXREX_R ? 8 : 0);
	r->rm = rm | (r->rex & AXREX_B ? 8 : 0);
	axx86_mem_plain(r, &r->mem);
	if (r->mod == AXMODRM_MOD_REG)
		return 0;
	return r->addr_bytes == 2 ? read_mem16(r, rm) : read_mem32(r, rm);
}

