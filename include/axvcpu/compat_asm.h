/* SPDX-License-Identifier: GPL-2.0-only */
/* compat.h for assembly, which cannot include C. */
#ifndef _AXVCPU_COMPAT_ASM_H
#define _AXVCPU_COMPAT_ASM_H

/* 6.1 has one sequence for system calls and VM exits, later kernels have two. */
#ifdef UNTRAIN_RET_VM
#define AXVCPU_UNTRAIN_RET	UNTRAIN_RET_VM
#else
#define AXVCPU_UNTRAIN_RET	UNTRAIN_RET
#endif

#endif /* _AXVCPU_COMPAT_ASM_H */
