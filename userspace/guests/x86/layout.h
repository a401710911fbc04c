/* SPDX-License-Identifier: MIT */
/* Where things are in a micro-guest's memory; shared by the guests and the tests. */
#ifndef GUESTS_X86_LAYOUT_H
#define GUESTS_X86_LAYOUT_H

#define GUEST_PML4		0x4000
#define GUEST_PDPT		0x5000
#define GUEST_PD		0x6000	/* four of them: 4 GiB, one to one, in 2 MiB pages */
#define GUEST_IMAGE		0x10000	/* low 16 bits zero: offsets serve as real-mode addresses */
#define GUEST_DATA		0x20000	/* a test's own */
#define GUEST_AREA0		0x30000	/* vCPU n: results, then its stack */
#define GUEST_AREA_SIZE		0x2000
#define GUEST_HOLE		0xa0000	/* no memory up to GUEST_HOLE_END */
#define GUEST_HOLE_END		0x100000
#define GUEST_RAM		0x200000
#define GUEST_MMIO		0x10000000	/* no memory there */

/* End of a guest: its code is the byte written to this port. */
#define GUEST_PORT_DONE		0xf4
#define GUEST_DONE_OK		0x00
#define GUEST_DONE_FAULT	0xee	/* an exception that nobody waited for */

/* Bytes of a record in the symbol table at the end of an image. */
#define GUEST_SYM_SIZE		64

/* Offsets in a vCPU's results: struct guest_area in tests/common/vm.h. */
#define AREA_RESUME		0x00	/* where an exception handler goes on, used once */
#define AREA_HOOK		0x08	/* called by every handler: RAX vector, RBX area */
#define AREA_EOI		0x10	/* 1: interrupts end by xAPIC, 2: by x2APIC */
#define AREA_NLOG		0x18
#define AREA_VECTOR		0x20
#define AREA_ERROR		0x28
#define AREA_RIP		0x30
#define AREA_RFLAGS		0x38
#define AREA_CR2		0x40
#define AREA_IRQ_RIP		0x48	/* where the last interrupt or NMI came */
#define AREA_GPR		0x80	/* when the last exception came */
#define AREA_ARG		0x100	/* 16 values for the guest */
#define AREA_VALUE		0x180	/* 16 values from the guest */
#define AREA_LOG		0x200	/* vectors as they came */
#define AREA_COUNT		0x400	/* by vector, 8 bytes each */

#define GUEST_EOI_XAPIC		1
#define GUEST_EOI_X2APIC	2

#define GUEST_CS64		0x08
#define GUEST_DS		0x10
#define GUEST_CS32		0x18
#define GUEST_TSS		0x20
#define GUEST_CS64_USER		0x30
#define GUEST_DS_USER		0x38

#endif
