/* SPDX-License-Identifier: GPL-2.0-only */
/* General-purpose registers in the order of instruction encodings; for C and assembly. */
#ifndef _AXX86_REGS_H
#define _AXX86_REGS_H

#define AXX86_RAX	0
#define AXX86_RCX	1
#define AXX86_RDX	2
#define AXX86_RBX	3
#define AXX86_RSP	4
#define AXX86_RBP	5
#define AXX86_RSI	6
#define AXX86_RDI	7
#define AXX86_R8	8
#define AXX86_R9	9
#define AXX86_R10	10
#define AXX86_R11	11
#define AXX86_R12	12
#define AXX86_R13	13
#define AXX86_R14	14
#define AXX86_R15	15

#endif /* _AXX86_REGS_H */
