/* SPDX-License-Identifier: GPL-2.0-only */
/* The one place that knows kernel versions: 6.1 is the oldest, 6.12 the newest that is tested. */
#ifndef _AXVCPU_COMPAT_H
#define _AXVCPU_COMPAT_H

#include <linux/mm.h>
#include <linux/version.h>

/* vm_flags became const in 6.3 and is changed by helpers since. */
#if LINUX_VERSION_CODE < KERNEL_VERSION(6, 3, 0)
static inline void axvcpu_vma_flags_mod(struct vm_area_struct *vma, unsigned long set,
					unsigned long clear)
{
	vma->vm_flags = (vma->vm_flags | set) & ~clear;
}
#else
static inline void axvcpu_vma_flags_mod(struct vm_area_struct *vma, unsigned long set,
					unsigned long clear)
{
	vm_flags_mod(vma, set, clear);
}
#endif

/* Since 6.2 a wait for a user page can be ended by any signal, before only by a fatal one. */
#if LINUX_VERSION_CODE < KERNEL_VERSION(6, 2, 0)
#define AXVCPU_FOLL_INTERRUPTIBLE	0
#else
#define AXVCPU_FOLL_INTERRUPTIBLE	FOLL_INTERRUPTIBLE
#endif

#ifdef CONFIG_X86
#include <asm/cpufeatures.h>
#include <asm/segment.h>

/* CPUs that must run VERW before they enter a guest; older 6.1 kernels know one case only. */
#ifdef X86_FEATURE_CLEAR_CPU_BUF_VM
#define AXVCPU_FEATURE_CLEAR_BUFFERS_VM	X86_FEATURE_CLEAR_CPU_BUF_VM
#else
#define AXVCPU_FEATURE_CLEAR_BUFFERS_VM	X86_FEATURE_CLEAR_CPU_BUF
#endif

/* The kernel's own selector for VERW is exported to KVM alone from 7.2 on. */
static __always_inline void axvcpu_clear_cpu_buffers(void)
{
	static const u16 ds = __KERNEL_DS;

	asm volatile("verw %[ds]" : : [ds] "m" (ds) : "cc");
}
#endif

#endif /* _AXVCPU_COMPAT_H */
