// SPDX-License-Identifier: GPL-2.0-only
/*
 * From an offset in a guest segment to a linear address, with the checks that
 * the CPU makes on the way.
 *
 * Pure.
 */
#include <linux/bits.h>
#include <linux/errno.h>
#include <linux/limits.h>
#include <linux/types.h>

#include "x86_defs.h"
#include "x86_segment.h"

/**
 * axx86_mode - how the CPU reads the guest's instructions now
 * @cr0:       CR0
 * @efer:      EFER
 * @rflags:    RFLAGS
 * @cs_attrib: attributes of CS
 *
 * Real mode that was entered without a new CS goes on with the sizes of the old one:
 * with CS.D set this answers AXX86_PROT32.
 *
 * Return: the mode.
 *
 * Spec: APM 1.3 (modes), 4.7.2 and 4.8.1 (CS.D and CS.L).
 */
enum axx86_mode axx86_mode(u64 cr0, u64 efer, u64 rflags, u16 cs_attrib)
{
	if (efer & AXEFER_LMA) {
		if (cs_attrib & AXX86_ATTR_L)
			return AXX86_LONG64;
	} else if (cr0 & AXCR0_PE && rflags & AXRFLAGS_VM) {
		return AXX86_REAL16;
	}
	if (cs_attrib & AXX86_ATTR_DB)
		return AXX86_PROT32;
	return cr0 & AXCR0_PE ? AXX86_PROT16 : AXX86_REAL16;
}

static bool is_canonical(u64 gva, u8 va_bits)
{
	u8 shift = 64 - va_bits;

	return (u64)((s64)(gva << shift) >> shift) == gva;
}

/* APM 4.13 (type checks), 4.7 (types).  A null selector leaves P clear. */
static bool type_allows(u16 attrib, u8 access)
{
	bool code = attrib & AXX86_ATTR_CODE;

	if ((attrib & (AXX86_ATTR_P | AXX86_ATTR_S)) != (AXX86_ATTR_P | AXX86_ATTR_S))
		return false;
	if (access & AXX86_ACCESS_FETCH)
		return code;
	if (access & AXX86_ACCESS_WRITE && (code || !(attrib & AXX86_ATTR_WRITABLE)))
		return false;
	return !code || attrib & AXX86_ATTR_READABLE;
}

/*
 * First and last byte must lie inside.  With a limit of 4 GiB - 1 there is no outside,
 * and an access may wrap to offset 0.  APM 4.12.
 */
static bool limit_allows(const struct axx86_segment *s, u64 ea, u32 len)
{
	bool down = (s->attrib & (AXX86_ATTR_CODE | AXX86_ATTR_EXPAND_DOWN)) ==
		    AXX86_ATTR_EXPAND_DOWN;
	u64 max = s->limit;

	if (down) {
		if (ea <= s->limit)
			return false;
		max = s->attrib & AXX86_ATTR_DB ? U32_MAX : U16_MAX;
	}
	return ea <= max && (max == U32_MAX || ea + len - 1 <= max);
}

static bool long_allows(const struct axx86_access *a, u64 gva)
{
	return is_canonical(gva, a->va_bits) && is_canonical(gva + a->len - 1, a->va_bits);
}

/**
 * axx86_linear - linear address of an access, if the segment permits it
 * @seg:   the six segment registers
 * @a:     the access
 * @gva:   linear address of its first byte; the others follow by axx86_linear_add().
 *         0 on error
 * @fault: written on -EFAULT only: #SS for an access through SS, otherwise #GP; error code 0
 *
 * Privilege is not checked: the CPU did, when the segment register was loaded.
 *
 * Return: 0, or -EFAULT.
 *
 * Spec: APM 4.5.3 (64-bit mode), 4.12 (limits), 4.13 (types), 5.3.1 (canonical form),
 * 8.2.13 (#SS), 8.2.14 (#GP).
 */
int axx86_linear(const struct axx86_segment seg[AXX86_NR_SEG], const struct axx86_access *a,
		 u64 *gva, struct axx86_fault *fault)
{
	const struct axx86_segment *s = &seg[a->seg];
	bool ok;

	if (a->mode == AXX86_LONG64) {
		*gva = a->ea + (a->seg >= AXX86_FS ? s->base : 0);
		ok = long_allows(a, *gva);
	} else {
		*gva = (u32)(s->base + a->ea);
		ok = limit_allows(s, a->ea, a->len) &&
		     (a->mode == AXX86_REAL16 || type_allows(s->attrib, a->access));
	}
	if (ok)
		return 0;

	*gva = 0;
	*fault = (struct axx86_fault) {
		.vector = a->seg == AXX86_SS ? AXVEC_SS : AXVEC_GP,
	};
	return -EFAULT;
}

/**
 * axx86_linear_add - linear address of a later byte of an access
 * @mode:   mode of the access
 * @gva:    linear address of its first byte
 * @offset: bytes further
 *
 * Return: the address; outside 64-bit mode it wraps at 4 GiB.
 *
 * Spec: APM 4.5.3.
 */
u64 axx86_linear_add(enum axx86_mode mode, u64 gva, u64 offset)
{
	return mode == AXX86_LONG64 ? gva + offset : (u32)(gva + offset);
}
