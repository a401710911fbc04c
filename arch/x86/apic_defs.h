/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Local APIC registers as the manual numbers them.
 * AMD64 Architecture Programmer's Manual Vol. 2, revision 3.42 ("APM"), chapter 16;
 * the TSC-deadline mode is in the Intel SDM Vol. 3A, "Local APIC Timer".
 */
#ifndef _AXAPIC_DEFS_H
#define _AXAPIC_DEFS_H

#include <linux/bits.h>

/* Offsets in the register page; the x2APIC MSR is 0x800 + offset / 16: APM 16.3.2 */
#define AXAPIC_ID		0x020
#define AXAPIC_VERSION		0x030
#define AXAPIC_TPR		0x080
#define AXAPIC_APR		0x090
#define AXAPIC_PPR		0x0a0
#define AXAPIC_EOI		0x0b0
#define AXAPIC_RRR		0x0c0
#define AXAPIC_LDR		0x0d0
#define AXAPIC_DFR		0x0e0
#define AXAPIC_SVR		0x0f0
#define AXAPIC_ISR		0x100	/* eight registers of 32 vectors */
#define AXAPIC_TMR		0x180
#define AXAPIC_IRR		0x200
#define AXAPIC_ESR		0x280
#define AXAPIC_ICR		0x300
#define AXAPIC_ICR2		0x310
#define AXAPIC_LVT_TIMER	0x320
#define AXAPIC_LVT_THERMAL	0x330
#define AXAPIC_LVT_PERF		0x340
#define AXAPIC_LVT_LINT0	0x350
#define AXAPIC_LVT_LINT1	0x360
#define AXAPIC_LVT_ERROR	0x370
#define AXAPIC_TMICT		0x380	/* timer initial count */
#define AXAPIC_TMCCT		0x390	/* timer current count */
#define AXAPIC_TDCR		0x3e0	/* timer divide configuration */
#define AXAPIC_SELF_IPI		0x3f0	/* x2APIC only */
#define AXAPIC_REGS_SIZE	0x400

#define AXAPIC_VECTORS		256
#define AXAPIC_VECTOR_MIN	16	/* those below are exceptions */

/* Version 0x14, six local vectors, no extended register space: APM 16.3.4 */
#define AXAPIC_VERSION_VALUE	0x00050014U

/* Task and processor priority: APM 16.6.4 */
#define AXAPIC_PRIO_CLASS	0xf0U

/* Destination format: APM 16.6.1 */
#define AXAPIC_DFR_RESERVED	0x0fffffffU	/* read as ones */
#define AXAPIC_DFR_MODEL	GENMASK(31, 28)
#define AXAPIC_DFR_FLAT		0xfU
#define AXAPIC_DFR_CLUSTER	0x0U

/* Spurious vector: APM 16.4.7 */
#define AXAPIC_SVR_VECTOR	GENMASK(7, 0)
#define AXAPIC_SVR_ENABLE	BIT(8)
#define AXAPIC_SVR_FOCUS	BIT(9)
#define AXAPIC_SVR_RESET	0x000000ffU

/* Errors: APM 16.4.6 */
#define AXAPIC_ESR_SEND_VECTOR	5	/* bit numbers */
#define AXAPIC_ESR_RECV_VECTOR	6
#define AXAPIC_ESR_REGISTER	7
#define AXAPIC_ESR_KNOWN	(BIT(AXAPIC_ESR_SEND_VECTOR) | BIT(AXAPIC_ESR_RECV_VECTOR) | \
				 BIT(AXAPIC_ESR_REGISTER))

/* Local vector table: APM 16.4 */
#define AXAPIC_LVT_VECTOR	GENMASK(7, 0)
#define AXAPIC_LVT_MODE		GENMASK(10, 8)
#define AXAPIC_LVT_STATUS	BIT(12)
#define AXAPIC_LVT_POLARITY	BIT(13)
#define AXAPIC_LVT_REMOTE_IRR	BIT(14)
#define AXAPIC_LVT_TRIGGER	BIT(15)
#define AXAPIC_LVT_MASKED	BIT(16)
#define AXAPIC_LVT_TIMER_MODE	GENMASK(18, 17)
#define AXAPIC_LVT_DEADLINE	BIT(18)
#define AXAPIC_LVT_RESET	0x00010000U

/* Index of a local vector in the order of the registers. */
#define AXAPIC_LVT_INDEX(reg)	(((reg) - AXAPIC_LVT_TIMER) >> 4)
#define AXAPIC_NR_LVT		6

/* AXAPIC_LVT_TIMER_MODE */
#define AXAPIC_TIMER_ONESHOT	0
#define AXAPIC_TIMER_PERIODIC	1
#define AXAPIC_TIMER_DEADLINE	2

/* Divide configuration: bits 3, 1 and 0 are one number: APM 16.4.1 */
#define AXAPIC_TDCR_LOW		GENMASK(1, 0)
#define AXAPIC_TDCR_HIGH	BIT(3)

/* Interrupt command: APM 16.5 */
#define AXAPIC_ICR_VECTOR	GENMASK(7, 0)
#define AXAPIC_ICR_MODE		GENMASK(10, 8)
#define AXAPIC_ICR_LOGICAL	BIT(11)
#define AXAPIC_ICR_STATUS	BIT(12)	/* never set here: messages are delivered at once */
#define AXAPIC_ICR_ASSERT	BIT(14)
#define AXAPIC_ICR_LEVEL	BIT(15)
#define AXAPIC_ICR_SHORTHAND	GENMASK(19, 18)
#define AXAPIC_ICR_WRITABLE	(AXAPIC_ICR_VECTOR | AXAPIC_ICR_MODE | AXAPIC_ICR_LOGICAL | \
				 AXAPIC_ICR_ASSERT | AXAPIC_ICR_LEVEL | AXAPIC_ICR_SHORTHAND)

/* Message types: APM 16.5 */
#define AXAPIC_MODE_FIXED	0
#define AXAPIC_MODE_LOWEST	1
#define AXAPIC_MODE_SMI		2
#define AXAPIC_MODE_NMI		4
#define AXAPIC_MODE_INIT	5
#define AXAPIC_MODE_SIPI	6
#define AXAPIC_MODE_EXTINT	7

/* AXAPIC_ICR_SHORTHAND */
#define AXAPIC_TO_DEST		0
#define AXAPIC_TO_SELF		1
#define AXAPIC_TO_ALL		2
#define AXAPIC_TO_OTHERS	3

#define AXAPIC_BROADCAST	0xffU		/* xAPIC and MSI destination */
#define AXAPIC_X2_BROADCAST	0xffffffffU

/* Message-signalled interrupts: PCI Local Bus specification, SDM Vol. 3A "Message Signalled" */
#define AXMSI_ADDR_BASE		0xfeeULL
#define AXMSI_ADDR_BASE_SHIFT	20
#define AXMSI_ADDR_DEST		GENMASK(19, 12)
#define AXMSI_ADDR_RESERVED	GENMASK(11, 4)
#define AXMSI_ADDR_REDIRECT	BIT(3)
#define AXMSI_ADDR_LOGICAL	BIT(2)
#define AXMSI_DATA_VECTOR	GENMASK(7, 0)
#define AXMSI_DATA_MODE		GENMASK(10, 8)
#define AXMSI_DATA_ASSERT	BIT(14)
#define AXMSI_DATA_LEVEL	BIT(15)

#endif /* _AXAPIC_DEFS_H */
