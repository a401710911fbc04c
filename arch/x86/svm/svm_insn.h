/* SPDX-License-Identifier: GPL-2.0-only */
/* The instructions that SVM adds, for C. */
#ifndef _AXSVM_INSN_H
#define _AXSVM_INSN_H

#include <linux/types.h>

/* APM Vol. 3: VMSAVE stores FS, GS, TR, LDTR and the syscall MSRs. */
static __always_inline void axsvm_vmsave(u64 pa)
{
	asm volatile("vmsave %0" : : "a" (pa) : "memory");
}

/* APM Vol. 3: a host with GIF clear takes no interrupt and no NMI. */
static __always_inline void axsvm_stgi(void)
{
	asm volatile("stgi" : : : "memory");
}

void axsvm_enter(u64 *gprs, u64 vmcb_pa, u64 host_pa);

#endif /* _AXSVM_INSN_H */
