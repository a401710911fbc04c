// SPDX-License-Identifier: MIT
/* What the raw values of an exit must be, by backend: the only place that knows one. */
#include <string.h>

#include "tests/common/exits.h"

#define ANY	(~0ULL - 1)
#define SVM_EXIT_IOIO	0x7b
#define SVM_EXIT_MSR	0x7c
#define SVM_EXIT_NPF	0x400

/* SVM EXITCODE by reason; APM Vol. 2, Appendix C. ANY: depends on how it came. */
static const uint64_t svm_code[AXVCPU_EXIT_NR] = {
	[AXVCPU_EXIT_NOTHING]			= ANY,
	[AXVCPU_EXIT_HYPERCALL]			= 0x81,
	[AXVCPU_EXIT_MMIO_READ]			= SVM_EXIT_NPF,
	[AXVCPU_EXIT_MMIO_WRITE]		= SVM_EXIT_NPF,
	[AXVCPU_EXIT_SYSREG_READ]		= SVM_EXIT_MSR,
	[AXVCPU_EXIT_SYSREG_WRITE]		= SVM_EXIT_MSR,
	[AXVCPU_EXIT_IO_READ]			= SVM_EXIT_IOIO,
	[AXVCPU_EXIT_IO_WRITE]			= SVM_EXIT_IOIO,
	[AXVCPU_EXIT_EXTERNAL_INTERRUPT]	= 0x60,
	[AXVCPU_EXIT_NESTED_PAGE_FAULT]		= SVM_EXIT_NPF,
	[AXVCPU_EXIT_HALT]			= 0x78,
	[AXVCPU_EXIT_CPU_UP]			= ANY,
	[AXVCPU_EXIT_CPU_DOWN]			= ANY,
	[AXVCPU_EXIT_SYSTEM_DOWN]		= SVM_EXIT_IOIO,
	[AXVCPU_EXIT_FAIL_ENTRY]		= ANY,
	[AXVCPU_EXIT_SEND_IPI]			= ANY,
	[AXVCPU_EXIT_SHUTDOWN]			= 0x7f,
	[AXVCPU_EXIT_DEBUG]			= ANY,
	[AXVCPU_EXIT_IRQ_WINDOW]		= ANY,
	[AXVCPU_EXIT_EOI]			= ANY,
	[AXVCPU_EXIT_UNHANDLED]			= ANY,
};

static void svm_check_io(const struct axvcpu_exit *e)
{
	uint64_t info = (uint64_t)e->io.port << 16 | (uint64_t)e->io.width << 4 |
			(e->reason == AXVCPU_EXIT_IO_READ);

	/* Port, size, direction; APM Vol. 2, 15.10.2. */
	CHECK_EQ(e->hw.info[0] & 0xffff0071, info);
	if (!(e->flags & AXVCPU_EXIT_PARTIAL))
		CHECK_EQ(e->hw.info[1], e->pc);
}

static void svm_check(const struct axvcpu_exit *e)
{
	/* A refused VMRUN is -1, of which emulators write 32 bits only. */
	if (e->reason == AXVCPU_EXIT_FAIL_ENTRY)
		CHECK_EQ((uint32_t)e->hw.code, 0xffffffff);
	else if (e->reason < AXVCPU_EXIT_NR && svm_code[e->reason] != ANY)
		CHECK_EQ(e->hw.code, svm_code[e->reason]);
	switch (e->reason) {
	case AXVCPU_EXIT_IO_READ:
	case AXVCPU_EXIT_IO_WRITE:
		svm_check_io(e);
		break;
	case AXVCPU_EXIT_SYSREG_READ:
	case AXVCPU_EXIT_SYSREG_WRITE:
		CHECK_EQ(e->hw.info[0], e->reason == AXVCPU_EXIT_SYSREG_WRITE);
		break;
	case AXVCPU_EXIT_MMIO_READ:
	case AXVCPU_EXIT_MMIO_WRITE:
		/* String instructions touch more than the address that faulted. */
		CHECK_EQ(e->hw.info[1] >> 12, e->mmio.addr >> 12);
		break;
	case AXVCPU_EXIT_NESTED_PAGE_FAULT:
		CHECK_EQ(e->hw.info[1], e->fault.gpa);
		CHECK_EQ(e->hw.info[0] >> 1 & 1, !!(e->fault.access & AXVCPU_ACCESS_W));
		break;
	default:
		break;
	}
	/* No event was being delivered; a triple fault is one that was. */
	if (svm_code[e->reason] != ANY && e->reason != AXVCPU_EXIT_SHUTDOWN)
		CHECK_EQ(e->hw.info[2], 0);
}

bool test_on_tcg(void)
{
	uint32_t eax = 0x40000000, ebx, ecx = 0, edx;

	asm volatile("cpuid" : "+a" (eax), "=b" (ebx), "+c" (ecx), "=d" (edx));
	return ebx == 0x54474354;	/* "TCGT" */
}

void exit_check_hw(struct vcpu *v)
{
	if (test_backend_is("svm"))
		svm_check(&v->run->exit);
}
