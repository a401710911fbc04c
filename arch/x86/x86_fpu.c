// SPDX-License-Identifier: GPL-2.0-only
/*
 * Extended state of a guest, and its switch.
 *
 * The image has the standard (not compacted) form, which is also what userspace
 * sees, and every state that the host has and AXXCR0_SWITCHED names is loaded
 * and saved at each switch whatever the guest's XCR0 says: states are never left
 * in the registers for the other side to find.
 *
 * PKRU is apart.  It acts on the kernel's own accesses to user memory, and
 * kernel_fpu_end() does not bring the thread's value back.
 */
#include <linux/gfp.h>
#include <linux/string.h>

#include <asm/cpufeature.h>
#include <asm/fpu/api.h>
#include <asm/fpu/xcr.h>
#include <asm/msr.h>
#include <asm/special_insns.h>

#include "x86.h"
#include "x86_cpuid_bits.h"
#include "x86_fpu.h"

/* Legacy region: APM Vol. 2, 11.5.3 and Figure 11-9 */
#define FPU_FCW			0
#define FPU_FCW_INIT		0x37f
#define FPU_X87_ENV_SIZE	24
#define FPU_MXCSR		24
#define FPU_MXCSR_INIT		0x1f80
#define FPU_MXCSR_MASK		28
#define FPU_MXCSR_MASK_DEFAULT	0xffbf	/* if the image has 0 there: APM Vol. 2, 11.5.9 */
#define FPU_ST			32
#define FPU_ST_SIZE		128
#define FPU_XMM			160
#define FPU_XMM_SIZE		256
#define FPU_LEGACY_USED		416
#define FPU_LEGACY_SIZE		512
/* Header: APM Vol. 2, 11.5.3 */
#define FPU_XSTATE_BV		512
#define FPU_XCOMP_BV		520
#define FPU_HEADER_END		576

#define FPU_NR_STATES		10	/* PKRU is the last one of AXXCR0_SWITCHED */
#define FPU_PKRU		9

/* Set once by axx86_fpu_probe(). */
static struct {
	u64 features;
	u64 rfbm;
	u64 host_xcr0;
	u64 host_xss;
	bool xsave;
	bool xsaveopt;
	bool xss;
	bool keeps_pointers;
	u32 mxcsr_mask;
	struct {
		u32 offset;
		u32 size;
	} state[FPU_NR_STATES];
} fpu __ro_after_init;

static u64 image_u64(const void *image, unsigned int offset)
{
	u64 value;

	memcpy(&value, image + offset, sizeof(value));
	return value;
}

static u32 image_u32(const void *image, unsigned int offset)
{
	u32 value;

	memcpy(&value, image + offset, sizeof(value));
	return value;
}

static void fpu_probe_layout(void)
{
	struct axvcpu_cpuid_entry e;
	unsigned int i;

	fpu.host_xcr0 = axx86_cpuid_host_xcr0();
	fpu.features = fpu.host_xcr0 & AXXCR0_SWITCHED;
	for (i = 2; i < FPU_NR_STATES; i++) {
		if (!(fpu.features & BIT_ULL(i)))
			continue;
		axx86_cpuid_host_read(0xd, i, &e);
		if (e.ebx + e.eax > AXVCPU_X86_XSAVE_SIZE) {
			fpu.features &= ~BIT_ULL(i);
			continue;
		}
		fpu.state[i].offset = e.ebx;
		fpu.state[i].size = e.eax;
	}
	fpu.rfbm = fpu.features & ~AXXCR0_PKRU;
}

static void fpu_probe_mxcsr(void *image)
{
	kernel_fpu_begin();
	asm volatile("fxsave64 %0" : "=m" (*(u8 (*)[FPU_LEGACY_SIZE])image));
	kernel_fpu_end();
	fpu.mxcsr_mask = image_u32(image, FPU_MXCSR_MASK) ?: FPU_MXCSR_MASK_DEFAULT;
}

/**
 * axx86_fpu_probe() - learn what this machine has to switch
 *
 * Context: process, module load; sleeps. Return: 0, -ENOMEM.
 */
int axx86_fpu_probe(void)
{
	void *image = (void *)get_zeroed_page(GFP_KERNEL);
	struct axvcpu_cpuid_entry e;

	if (!image)
		return -ENOMEM;
	fpu_probe_mxcsr(image);
	free_page((unsigned long)image);

	fpu.features = AXXCR0_X87 | AXXCR0_SSE;
	fpu.rfbm = fpu.features;
	fpu.keeps_pointers = boot_cpu_has_bug(X86_BUG_FXSAVE_LEAK);
	fpu.xsave = axx86_cpuid_host_xcr0();
	if (!fpu.xsave)
		return 0;
	fpu_probe_layout();
	axx86_cpuid_host_read(0xd, 1, &e);
	fpu.xsaveopt = e.eax & AXCPUID_D_1_EAX_XSAVEOPT;
	fpu.xss = e.eax & AXCPUID_D_1_EAX_XSAVES;
	if (fpu.xss)
		rdmsrl(AXMSR_XSS, fpu.host_xss);
	return 0;
}

/**
 * axx86_fpu_features() - XCR0 bits whose states are switched
 *
 * Context: any, after axx86_fpu_probe().
 */
u64 axx86_fpu_features(void)
{
	return fpu.features;
}

/* What a state is that XSTATE_BV does not have: APM Vol. 2, 11.5.4 and Table 11-1. */
static void fpu_fill_init(void *image, u64 bv)
{
	const u16 fcw = FPU_FCW_INIT;
	unsigned int i;

	if (!(bv & AXXCR0_X87)) {
		memset(image, 0, FPU_X87_ENV_SIZE);
		memset(image + FPU_ST, 0, FPU_ST_SIZE);
		memcpy(image + FPU_FCW, &fcw, sizeof(fcw));
	}
	if (!(bv & AXXCR0_SSE))
		memset(image + FPU_XMM, 0, FPU_XMM_SIZE);
	for (i = 2; i < FPU_NR_STATES; i++) {
		if (!(bv & BIT_ULL(i)))
			memset(image + fpu.state[i].offset, 0, fpu.state[i].size);
	}
}

/**
 * axx86_fpu_create() - make the image of a vCPU, in reset state
 * @x: vCPU
 *
 * Context: process; sleeps. Return: 0, -ENOMEM.
 */
int axx86_fpu_create(struct axx86_vcpu *x)
{
	BUILD_BUG_ON(AXVCPU_X86_XSAVE_SIZE > PAGE_SIZE);

	x->xsave = (void *)get_zeroed_page(GFP_KERNEL_ACCOUNT);
	if (!x->xsave)
		return -ENOMEM;
	axx86_fpu_reset(x);
	return 0;
}

/**
 * axx86_fpu_destroy() - undo axx86_fpu_create()
 * @x: vCPU; its image may be missing
 *
 * Context: process.
 */
void axx86_fpu_destroy(struct axx86_vcpu *x)
{
	free_page((unsigned long)x->xsave);
	x->xsave = NULL;
}

/**
 * axx86_fpu_reset() - extended states as after RESET
 * @x: vCPU
 *
 * Context: owner of the vCPU.
 *
 * Spec: APM Vol. 2, Table 14-1; XCR0: 11.5.2.
 */
void axx86_fpu_reset(struct axx86_vcpu *x)
{
	const u32 mxcsr = FPU_MXCSR_INIT;

	memset(x->xsave, 0, AXVCPU_X86_XSAVE_SIZE);
	memcpy(x->xsave + FPU_MXCSR, &mxcsr, sizeof(mxcsr));
	fpu_fill_init(x->xsave, 0);
	x->pkru = 0;
	x->xcr0 = AXXCR0_X87;
	x->xss = 0;
	axx86_fpu_sync(x, 0);
}

/**
 * axx86_fpu_sync() - CR4, XCR0 or the CPUID view changed
 * @x: vCPU; its image is not loaded
 * @cr4: the guest's CR4
 *
 * Without CR4.OSXSAVE a guest sees nothing of XCR0, which saves writing it
 * twice per entry. PKRU is in the guest's hands if CR4.PKE or XCR0 says so.
 *
 * Context: owner of the vCPU.
 */
void axx86_fpu_sync(struct axx86_vcpu *x, u64 cr4)
{
	bool osxsave = cr4 & AXCR4_OSXSAVE;

	x->xcr0_hw = fpu.xsave && osxsave ? x->xcr0 : fpu.host_xcr0;
	x->pkru_live = (fpu.features & AXXCR0_PKRU) &&
		       ((cr4 & AXCR4_PKE) || (osxsave && (x->xcr0 & AXXCR0_PKRU)));
}

static __always_inline void fpu_xrstor(const void *image, u64 rfbm)
{
	asm volatile("xrstor64 (%0)" : : "r" (image), "a" ((u32)rfbm), "d" ((u32)(rfbm >> 32))
		     : "memory");
}

static __always_inline void fpu_xsave(void *image, u64 rfbm)
{
	if (likely(fpu.xsaveopt))
		asm volatile("xsaveopt64 (%0)"
			     : : "r" (image), "a" ((u32)rfbm), "d" ((u32)(rfbm >> 32))
			     : "memory");
	else
		asm volatile("xsave64 (%0)"
			     : : "r" (image), "a" ((u32)rfbm), "d" ((u32)(rfbm >> 32))
			     : "memory");
}

/**
 * axx86_fpu_load() - guest's states into the registers
 * @x: vCPU
 *
 * Context: between kernel_fpu_begin() and kernel_fpu_end(), preemption off. From
 * here to axx86_fpu_save() user memory must not be touched: PKRU is the guest's.
 *
 * Spec: APM Vol. 2, 11.5; Vol. 4, XRSTOR.
 */
void axx86_fpu_load(struct axx86_vcpu *x)
{
	/* These CPUs restore the x87 pointers only with an exception pending: not the host's. */
	if (unlikely(fpu.keeps_pointers))
		asm volatile("fninit");

	if (unlikely(!fpu.xsave)) {
		asm volatile("fxrstor64 (%0)" : : "r" (x->xsave) : "memory");
		return;
	}
	fpu_xrstor(x->xsave, fpu.rfbm);
	if (x->xcr0_hw != fpu.host_xcr0)
		xsetbv(XCR_XFEATURE_ENABLED_MASK, x->xcr0_hw);
	/* XSAVES has no intercept: with the host's XSS it would read supervisor states. */
	if (unlikely(x->xss != fpu.host_xss))
		wrmsrl(AXMSR_XSS, x->xss);
	if (x->pkru_live) {
		x->host_pkru = rdpkru();
		if (x->host_pkru != x->pkru)
			wrpkru(x->pkru);
	}
}

/**
 * axx86_fpu_save() - undo axx86_fpu_load(), keeping what the guest has now
 * @x: vCPU
 *
 * Context: as axx86_fpu_load().
 */
void axx86_fpu_save(struct axx86_vcpu *x)
{
	if (unlikely(!fpu.xsave)) {
		asm volatile("fxsave64 (%0)" : : "r" (x->xsave) : "memory");
		return;
	}
	if (x->pkru_live) {
		x->pkru = rdpkru();
		if (x->host_pkru != x->pkru)
			wrpkru(x->host_pkru);
	}
	if (unlikely(x->xss != fpu.host_xss))
		wrmsrl(AXMSR_XSS, fpu.host_xss);
	if (x->xcr0_hw != fpu.host_xcr0)
		xsetbv(XCR_XFEATURE_ENABLED_MASK, fpu.host_xcr0);
	fpu_xsave(x->xsave, fpu.rfbm);
}

/**
 * axx86_fpu_get() - AXVCPU_REGS_X86_XSAVE
 * @x: vCPU
 * @out: every byte is written; states that XSTATE_BV does not have are in their
 *	initial form
 *
 * Context: owner of the vCPU.
 */
void axx86_fpu_get(struct axx86_vcpu *x, struct axvcpu_x86_xsave *out)
{
	u64 bv;

	memcpy(out->region, x->xsave, sizeof(out->region));
	bv = fpu.xsave ? image_u64(x->xsave, FPU_XSTATE_BV) & fpu.rfbm : fpu.features;
	if (x->pkru && (fpu.features & AXXCR0_PKRU))
		bv |= AXXCR0_PKRU;
	fpu_fill_init(out->region, bv);
	if (bv & AXXCR0_PKRU)
		memcpy(out->region + fpu.state[FPU_PKRU].offset, &x->pkru, sizeof(x->pkru));
	memcpy(out->region + FPU_XSTATE_BV, &bv, sizeof(bv));
}

/**
 * axx86_fpu_check() - may userspace set this image
 * @x: vCPU
 * @in: image, standard form
 *
 * An image that passes cannot fault in the host's XRSTOR.
 *
 * Context: owner of the vCPU.
 * Return: 0, or -EINVAL: a state that the guest does not have, a compacted image,
 * a reserved header byte or MXCSR bit that is not zero.
 *
 * Spec: APM Vol. 2, 11.5.3 and 11.5.8.
 */
int axx86_fpu_check(struct axx86_vcpu *x, const struct axvcpu_x86_xsave *in)
{
	u64 allowed = x->cpuid->xcr0_supported ?: (AXXCR0_X87 | AXXCR0_SSE);

	if (image_u64(in->region, FPU_XSTATE_BV) & ~(allowed & fpu.features))
		return -EINVAL;
	if (memchr_inv(in->region + FPU_XCOMP_BV, 0, FPU_HEADER_END - FPU_XCOMP_BV))
		return -EINVAL;
	if (image_u32(in->region, FPU_MXCSR) & ~fpu.mxcsr_mask)
		return -EINVAL;
	return 0;
}

/**
 * axx86_fpu_set() - AXVCPU_REGS_X86_XSAVE
 * @x: vCPU
 * @in: image that axx86_fpu_check() let pass
 *
 * Context: owner of the vCPU.
 */
void axx86_fpu_set(struct axx86_vcpu *x, const struct axvcpu_x86_xsave *in)
{
	u64 bv = image_u64(in->region, FPU_XSTATE_BV);
	unsigned int i;

	x->pkru = bv & AXXCR0_PKRU ? image_u32(in->region, fpu.state[FPU_PKRU].offset) : 0;
	bv &= fpu.rfbm;
	memset(x->xsave, 0, AXVCPU_X86_XSAVE_SIZE);
	memcpy(x->xsave, in->region, FPU_LEGACY_USED);
	for (i = 2; i < FPU_NR_STATES; i++) {
		if (bv & BIT_ULL(i))
			memcpy(x->xsave + fpu.state[i].offset, in->region + fpu.state[i].offset,
			       fpu.state[i].size);
	}
	fpu_fill_init(x->xsave, bv);
	memcpy(x->xsave + FPU_XSTATE_BV, &bv, sizeof(bv));
}
