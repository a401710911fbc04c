/* SPDX-License-Identifier: GPL-2.0-only */
/* Ioctl rows: preconditions are data, and the argument is copied in one place. */
#ifndef _AXVCPU_IOCTL_H
#define _AXVCPU_IOCTL_H

#include <linux/bits.h>
#include <linux/types.h>

#include <uapi/linux/axvcpu.h>

/* Any state: calls that take no state lock and touch only what has its own. */
#define AXVCPU_ANY_STATE	0

#define AXVCPU_IN(state)	BIT(AXVCPU_STATE_##state)

/**
 * struct axvcpu_ioctl - one call on a device, VM or vCPU fd
 * @cmd: command number; its size part is not compared
 * @states: vCPU calls: AXVCPU_IN() bits of the states it is allowed in, checked
 *	and kept by axvcpu.lock; AXVCPU_ANY_STATE: called without it
 * @size: bytes of the argument structure, 0 if there is none; also the smallest
 *	size accepted, since version 1 is the only one so far
 * @fn: handler; @object is what the fd stands for (NULL for the device), @arg a
 *	kernel copy of the argument, copied back on success for _IOC_READ commands
 *
 * fn returns 0 or a value for userspace, or -errno with nothing changed.
 */
struct axvcpu_ioctl {
	u32 cmd;
	u16 states;
	u16 size;
	long (*fn)(void *object, void *arg);
};

long axvcpu_ioctl(const struct axvcpu_ioctl *table, const struct axvcpu_ioctl *arch_table,
		  void *object, unsigned int cmd, unsigned long uarg);

#endif /* _AXVCPU_IOCTL_H */
