/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Reader of the parts that all x86 instructions share; used by the decoders only.
 *
 * Pure.  References are to the AMD64 Architecture Programmer's Manual (APM) Vol. 3.
 */
#ifndef AXVCPU_X86_READER_H
#define AXVCPU_X86_READER_H

#include <linux/bits.h>
#include <linux/types.h>

#include "x86_decode.h"

/* Prefixes that decide which instruction it is.  APM 1.2. */
#define AXOP_REPNE	0xf2
#define AXOP_REP	0xf3
#define AXREX_W		BIT(3)
#define AXREX_R		BIT(2)
#define AXREX_X		BIT(1)
#define AXREX_B		BIT(0)

/* ModRM.mod: the operand is a register.  APM 1.4.1. */
#define AXMODRM_MOD_REG	3

/* Opcode maps.  APM Appendix A. */
enum axx86_map {
	AXX86_MAP_ONE,
	AXX86_MAP_0F,
	AXX86_MAP_0F38,
	AXX86_NR_MAP
};

/**
 * struct axx86_reader - an instruction as far as it has been read
 * @bytes:      its bytes
 * @nr:         how many there are
 * @mode:       how to read them
 * @pos:        how many have been taken
 * @opsize:     66 is there
 * @adsize:     67 is there
 * @lock:       F0 is there
 * @rep:        the last of F2 and F3, or 0
 * @seg:        segment override, or AXX86_NR_SEG
 * @rex:        REX, or 0
 * @map:        &enum axx86_map
 * @opcode:     opcode in that map
 * @op_bytes:   operand size: 2, 4 or 8
 * @addr_bytes: address size: 2, 4 or 8
 * @modrm:      ModRM
 * @mod:        its parts
 * @reg:        the same, with REX.R
 * @rm:         the same, with REX.B, where it is a register
 * @mem:        memory operand, where @mod says so
 */
struct axx86_reader {
	const u8 *bytes;
	size_t nr;
	enum axx86_mode mode;
	u8   pos;
	bool opsize;
	bool adsize;
	bool lock;
	u8   rep;
	u8   seg;
	u8   rex;
	u8   map;
	u8   opcode;
	u8   op_bytes;
	u8   addr_bytes;
	u8   modrm;
	u8   mod;
	u8   reg;
	u8   rm;
	struct axx86_mem mem;
};

static inline u64 axx86_width_mask(u8 width)
{
	return GENMASK_ULL(width * 8 - 1, 0);
}

static inline u64 axx86_sign_extend(u64 value, u8 width)
{
	u8 shift = 64 - width * 8;

	return (u64)((s64)(value << shift) >> shift);
}

int axx86_read_bytes(struct axx86_reader *r, u8 width, u64 *value);
int axx86_read_byte(struct axx86_reader *r, u8 *value);
int axx86_read_signed(struct axx86_reader *r, u8 width, s64 *value);
int axx86_read_opcode(struct axx86_reader *r, const u8 *bytes, size_t nr, enum axx86_mode mode);
int axx86_read_modrm(struct axx86_reader *r);
void axx86_mem_plain(const struct axx86_reader *r, struct axx86_mem *mem);
void axx86_mem_string(const struct axx86_reader *r, u8 reg, struct axx86_mem *mem);

#endif /* AXVCPU_X86_READER_H */
