// SPDX-License-Identifier: GPL-2.0-only
/* Every call goes through here: find its row, copy its argument, check the vCPU's state. */
#include <linux/mutex.h>
#include <linux/slab.h>
#include <linux/uaccess.h>

#include <axvcpu/ioctl.h>
#include <axvcpu/vcpu.h>

/* Type, direction and number; the size is the structure's own business. */
#define CMD_MASK	(~(_IOC_SIZEMASK << _IOC_SIZESHIFT))

static const struct axvcpu_ioctl *find_row(const struct axvcpu_ioctl *table, unsigned int cmd)
{
	const struct axvcpu_ioctl *row;

	for (row = table; row && row->cmd; row++)
		if (!((row->cmd ^ cmd) & CMD_MASK))
			return row;
	return NULL;
}

/* Every structure begins with its size: see the top of the uapi header. */
static int copy_arg(const struct axvcpu_ioctl *row, void *arg, void __user *uptr, u32 *usize)
{
	if (get_user(*usize, (u32 __user *)uptr))
		return -EFAULT;
	if (*usize < row->size)
		return -EINVAL;
	if (*usize > PAGE_SIZE)
		return -E2BIG;
	return copy_struct_from_user(arg, row->size, uptr, *usize);
}

static long call_row(const struct axvcpu_ioctl *row, void *object, void *arg)
{
	struct axvcpu *vcpu = object;
	long ret;

	if (row->states == AXVCPU_ANY_STATE)
		return row->fn(object, arg);

	if (mutex_lock_interruptible(&vcpu->lock))
		return -EINTR;
	/* Pairs with axvcpu_state_move(): what the running thread wrote is there. */
	if (row->states & BIT(smp_load_acquire(&vcpu->state)))
		ret = row->fn(object, arg);
	else
		ret = -EBADFD;
	mutex_unlock(&vcpu->lock);
	return ret;
}

/**
 * axvcpu_ioctl() - find a call's row, copy its argument, check the state, call it
 * @table: rows of this kind of fd, last one all zero
 * @arch_table: the backend's, or NULL
 * @object: what the fd stands for
 * @cmd: command
 * @uarg: user address of the structure; 0 for calls without one
 *
 * Return: what the row says, or -ENOTTY, -EFAULT, -EINVAL, -E2BIG, -EBADFD, -EINTR.
 */
long axvcpu_ioctl(const struct axvcpu_ioctl *table, const struct axvcpu_ioctl *arch_table,
		  void *object, unsigned int cmd, unsigned long uarg)
{
	const struct axvcpu_ioctl *row = find_row(table, cmd) ?: find_row(arch_table, cmd);
	void __user *uptr = (void __user *)uarg;
	void *arg = NULL;
	u32 usize;
	long ret;

	if (!row)
		return -ENOTTY;
	if (!row->size)
		return uarg ? -EINVAL : call_row(row, object, NULL);

	arg = kzalloc(row->size, GFP_KERNEL_ACCOUNT);
	if (!arg)
		return -ENOMEM;
	ret = copy_arg(row, arg, uptr, &usize);
	if (!ret)
		ret = call_row(row, object, arg);
	/* -ENOSPC says how much room is needed. */
	if ((ret >= 0 || ret == -ENOSPC) && _IOC_DIR(row->cmd) & _IOC_READ &&
	    copy_to_user(uptr, arg, row->size))
		ret = -EFAULT;
	kfree(arg);
	return ret;
}
