/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Guest segments, and the linear address an access through one of them has.
 *
 * Pure.  References are to the AMD64 Architecture Programmer's Manual (APM)
 * Vol. 2, rev. 3.42, where no other volume is named.
 */
#ifndef AXVCPU_X86_SEGMENT_H
#define AXVCPU_X86_SEGMENT_H

#include <linux/bits.h>
#include <linux/types.h>

#include "x86_decode.h"
#include "x86_defs.h"

/* Access kinds, for segments and pages alike. */
#define AXX86_ACCESS_READ	BIT(0)
#define AXX86_ACCESS_WRITE	BIT(1)
#define AXX86_ACCESS_FETCH	BIT(2)
#define AXX86_ACCESS_IMPLICIT	BIT(3)	/* by the CPU itself, as supervisor whatever CPL is */

/* Attributes of a segment as a VMCB packs them.  APM 15.5.1; 4.7, 4.8. */
#define AXX86_ATTR_TYPE		GENMASK(3, 0)
#define AXX86_ATTR_ACCESSED	BIT(0)
#define AXX86_ATTR_WRITABLE	BIT(1)	/* of data; of code: readable */
#define AXX86_ATTR_READABLE	BIT(1)
#define AXX86_ATTR_EXPAND_DOWN	BIT(2)	/* of data; of code: conforming */
#define AXX86_ATTR_CONFORMING	BIT(2)
#define AXX86_ATTR_CODE		BIT(3)
#define AXX86_ATTR_S		BIT(4)	/* code or data, not a system segment */
#define AXX86_ATTR_DPL		GENMASK(6, 5)
#define AXX86_ATTR_P		BIT(7)
#define AXX86_ATTR_AVL		BIT(8)
#define AXX86_ATTR_L		BIT(9)
#define AXX86_ATTR_DB		BIT(10)
#define AXX86_ATTR_G		BIT(11)

/**
 * struct axx86_segment - one segment register with its hidden part
 * @selector: visible part
 * @attrib:   AXX86_ATTR_*
 * @limit:    in bytes, granularity already applied
 * @base:     linear address of offset 0
 *
 * Laid out as in the VMCB state-save area.  APM Appendix B.
 */
struct axx86_segment {
	u16 selector;
	u16 attrib;
	u32 limit;
	u64 base;
};

/**
 * struct axx86_fault - the exception a guest access would have raised
 * @address: #PF: the value for CR2; otherwise 0
 * @error:   error code; each of these vectors has one
 * @vector:  AXVEC_SS, AXVEC_GP or AXVEC_PF
 */
struct axx86_fault {
	u64 address;
	u32 error;
	u8  vector;
};

/**
 * struct axx86_access - one access of a guest through a segment
 * @ea:      offset in the segment, cut to the address size
 * @len:     bytes, at least 1
 * @mode:    &enum axx86_mode
 * @seg:     &enum axx86_seg
 * @access:  AXX86_ACCESS_*
 * @va_bits: canonical width in 64-bit mode: 48, or 57 with CR4.LA57
 */
struct axx86_access {
	u64 ea;
	u32 len;
	enum axx86_mode mode;
	u8  seg;
	u8  access;
	u8  va_bits;
};

enum axx86_mode axx86_mode(u64 cr0, u64 efer, u64 rflags, u16 cs_attrib);
int axx86_linear(const struct axx86_segment seg[AXX86_NR_SEG], const struct axx86_access *a,
		 u64 *gva, struct axx86_fault *fault);
u64 axx86_linear_add(enum axx86_mode mode, u64 gva, u64 offset);

#endif /* AXVCPU_X86_SEGMENT_H */
