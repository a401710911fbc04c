// SPDX-License-Identifier: GPL-2.0-only
/*
 * /dev/axvcpu and the fds behind it: what each call does. Arguments are copied
 * and states are checked in ioctl.c, by the rows below.
 *
 * Ownership: a VM fd holds the VM; a vCPU fd holds the VM too. vCPUs live as
 * long as their VM. Whoever closes last, in whatever order, frees all of it.
 */
#define pr_fmt(fmt) "axvcpu: " fmt

#include <linux/anon_inodes.h>
#include <linux/err.h>
#include <linux/file.h>
#include <linux/fs.h>
#include <linux/miscdevice.h>
#include <linux/mm.h>
#include <linux/module.h>
#include <linux/mutex.h>
#include <linux/slab.h>
#include <linux/uaccess.h>

#include <axvcpu/arch.h>
#include <axvcpu/compat.h>
#include <axvcpu/ioctl.h>
#include <axvcpu/mem.h>
#include <axvcpu/trace.h>
#include <axvcpu/vcpu.h>

#include "dev.h"
#include "stats.h"

/* --------------------------------------------------------------------- vCPU */

static long vcpu_setup(void *object, void *arg)
{
	return axvcpu_setup(object, arg);
}

static long vcpu_bind(void *object, void *arg)
{
	return axvcpu_bind(object);
}

static long vcpu_unbind(void *object, void *arg)
{
	return axvcpu_unbind(object);
}

static long vcpu_kick(void *object, void *arg)
{
	struct axvcpu *vcpu = object;

	vcpu->stats.kicks++;
	axvcpu_request(vcpu, AXVCPU_REQ_KICK);
	return 0;
}

static long vcpu_set_gpr(void *object, void *arg)
{
	const struct axvcpu_gpr *gpr = arg;

	return axvcpu_ops->vcpu_set_gpr(object, gpr->reg, gpr->value);
}

static long vcpu_set_return_value(void *object, void *arg)
{
	const struct axvcpu_return_value *rv = arg;

	if (rv->pad)
		return -EINVAL;
	return axvcpu_ops->vcpu_set_return_value(object, rv->value);
}

/* Interrupts may come at any time; an exception changes the state that the guest is in. */
static long vcpu_inject(void *object, void *arg)
{
	const struct axvcpu_event *event = arg;
	struct axvcpu *vcpu = object;
	u32 allowed = AXVCPU_IN(FREE) | AXVCPU_IN(READY);
	long ret = -EBADFD;

	if (event->pad)
		return -EINVAL;
	if (event->type != AXVCPU_EVENT_EXCEPTION) {
		allowed |= AXVCPU_IN(RUNNING) | AXVCPU_IN(BLOCKED);
		/* Pairs with axvcpu_state_move(): what SETUP wrote is there. */
		if (allowed & BIT(smp_load_acquire(&vcpu->state)))
			ret = axvcpu_ops->vcpu_inject(vcpu, event);
	} else {
		if (mutex_lock_interruptible(&vcpu->lock))
			return -EINTR;
		if (allowed & BIT(READ_ONCE(vcpu->state)))
			ret = axvcpu_ops->vcpu_inject(vcpu, event);
		mutex_unlock(&vcpu->lock);
	}
	if (ret >= 0)
		trace_axvcpu_inject(vcpu, event->type, event->vector);
	return ret;
}

/* Check the request and allocate the whole structure, of which only the sets are copied. */
static void *regs_buffer(const struct axvcpu_regs *regs, int *err)
{
	const struct axvcpu_regset *set;
	u64 unknown = regs->sets;
	void *buf;

	*err = -EINVAL;
	if (!regs->sets)
		return NULL;
	for (set = axvcpu_ops->regsets; set->set; set++) {
		unknown &= ~set->set;
		if (regs->sets & set->set && regs->data_size < set->offset + set->size)
			return NULL;
	}
	if (unknown)
		return NULL;
	*err = -ENOMEM;
	buf = kvzalloc(axvcpu_ops->regs_size, GFP_KERNEL_ACCOUNT);
	return buf;
}

static long vcpu_get_regs(void *object, void *arg)
{
	const struct axvcpu_regs *regs = arg;
	const struct axvcpu_regset *set;
	void __user *data = u64_to_user_ptr(regs->data);
	void *buf;
	int ret;

	buf = regs_buffer(regs, &ret);
	if (!buf)
		return ret;
	axvcpu_ops->vcpu_get_regs(object, regs->sets, buf);
	ret = 0;
	for (set = axvcpu_ops->regsets; set->set && !ret; set++)
		if (regs->sets & set->set &&
		    copy_to_user(data + set->offset, buf + set->offset, set->size))
			ret = -EFAULT;
	kvfree(buf);
	return ret;
}

static long vcpu_set_regs(void *object, void *arg)
{
	const struct axvcpu_regs *regs = arg;
	const struct axvcpu_regset *set;
	const void __user *data = u64_to_user_ptr(regs->data);
	void *buf;
	int ret;

	buf = regs_buffer(regs, &ret);
	if (!buf)
		return ret;
	ret = 0;
	for (set = axvcpu_ops->regsets; set->set && !ret; set++)
		if (regs->sets & set->set &&
		    copy_from_user(buf + set->offset, data + set->offset, set->size))
			ret = -EFAULT;
	if (!ret)
		ret = axvcpu_ops->vcpu_set_regs(object, regs->sets, buf);
	kvfree(buf);
	return ret;
}

static long vcpu_stats(void *object, void *arg)
{
	struct axvcpu *vcpu = object;
	struct axvcpu_stats *stats = arg;

	*stats = vcpu->stats;
	stats->size = sizeof(*stats);
	stats->state = READ_ONCE(vcpu->state);
	return 0;
}

static long vcpu_set_debug(void *object, void *arg)
{
	const struct axvcpu_debug *debug = arg;

	return axvcpu_ops->vcpu_set_debug(object, debug->flags);
}

#define STOPPED		(AXVCPU_IN(FREE) | AXVCPU_IN(READY))

static const struct axvcpu_ioctl vcpu_ioctls[] = {
	/* command			states			size of argument	handler */
	{ AXVCPU_SETUP,	AXVCPU_IN(CREATED) | AXVCPU_IN(FREE), sizeof(struct axvcpu_setup),
	  vcpu_setup },
	{ AXVCPU_BIND,		AXVCPU_IN(FREE),	0,	vcpu_bind },
	{ AXVCPU_UNBIND,	AXVCPU_IN(READY),	0,	vcpu_unbind },
	{ AXVCPU_KICK,		AXVCPU_ANY_STATE,	0,	vcpu_kick },
	{ AXVCPU_SET_GPR,	STOPPED,		sizeof(struct axvcpu_gpr),
	  vcpu_set_gpr },
	{ AXVCPU_SET_RETURN_VALUE, STOPPED,		sizeof(struct axvcpu_return_value),
	  vcpu_set_return_value },
	{ AXVCPU_INJECT,	AXVCPU_ANY_STATE,	sizeof(struct axvcpu_event),
	  vcpu_inject },
	{ AXVCPU_GET_REGS,	STOPPED,		sizeof(struct axvcpu_regs),
	  vcpu_get_regs },
	{ AXVCPU_SET_REGS,	STOPPED,		sizeof(struct axvcpu_regs),
	  vcpu_set_regs },
	{ AXVCPU_STATS,		AXVCPU_ANY_STATE,	sizeof(struct axvcpu_stats),
	  vcpu_stats },
	{ AXVCPU_SET_DEBUG,	STOPPED,		sizeof(struct axvcpu_debug),
	  vcpu_set_debug },
	{}
};

static long vcpu_ioctl(struct file *file, unsigned int cmd, unsigned long uarg)
{
	struct axvcpu *vcpu = file->private_data;

	/* The one call that is made for each exit takes the short way. */
	if (likely(cmd == AXVCPU_RUN))
		return uarg ? -EINVAL : axvcpu_run(vcpu);
	return axvcpu_ioctl(vcpu_ioctls, axvcpu_ops->vcpu_ioctls, vcpu, cmd, uarg);
}

static int vcpu_mmap(struct file *file, struct vm_area_struct *vma)
{
	struct axvcpu *vcpu = file->private_data;

	unsigned long size = vma->vm_end - vma->vm_start;
	unsigned long offset;
	int ret = 0;

	if (vma->vm_pgoff || size > AXVCPU_RUN_AREA_SIZE || !(vma->vm_flags & VM_SHARED))
		return -EINVAL;
	if (vma->vm_flags & VM_EXEC)
		return -EPERM;
	axvcpu_vma_flags_mod(vma, VM_DONTEXPAND | VM_DONTDUMP, VM_MAYEXEC);
	for (offset = 0; offset < size && !ret; offset += PAGE_SIZE)
		ret = vm_insert_page(vma, vma->vm_start + offset,
				     virt_to_page((u8 *)vcpu->run + offset));
	return ret;
}

static int vcpu_release(struct inode *inode, struct file *file)
{
	struct axvcpu *vcpu = file->private_data;

	axvcpu_vm_put(vcpu->vm);
	return 0;
}

static const struct file_operations vcpu_fops = {
	.owner		= THIS_MODULE,
	.release	= vcpu_release,
	.unlocked_ioctl	= vcpu_ioctl,
	.compat_ioctl	= compat_ptr_ioctl,
	.mmap		= vcpu_mmap,
	.llseek		= noop_llseek,
};

/* ----------------------------------------------------------------------- VM */

static long new_fd(const char *name, const struct file_operations *fops, void *object)
{
	struct file *file;
	int fd = get_unused_fd_flags(O_CLOEXEC);

	if (fd < 0)
		return fd;
	file = anon_inode_getfile(name, fops, object, O_RDWR);
	if (IS_ERR(file)) {
		put_unused_fd(fd);
		return PTR_ERR(file);
	}
	/* From here on the file owns the object's reference. */
	fd_install(fd, file);
	return fd;
}

static long vm_create_vcpu(void *object, void *arg)
{
	const struct axvcpu_create_vcpu *args = arg;
	struct axvcpu_vm *vm = object;
	struct axvcpu *vcpu;
	long fd;

	if (args->flags || args->pad || args->id >= AXVCPU_MAX_VCPUS)
		return -EINVAL;
	if (vm->vcpus[args->id])
		return -EEXIST;
	vcpu = axvcpu_create(vm, args->id);
	if (IS_ERR(vcpu))
		return PTR_ERR(vcpu);

	axvcpu_vm_get(vm);
	fd = new_fd("axvcpu-vcpu", &vcpu_fops, vcpu);
	if (fd < 0) {
		axvcpu_vm_put(vm);
		axvcpu_destroy(vcpu);
		return fd;
	}
	axvcpu_stats_add_vcpu(vcpu);
	vm->nr_vcpus++;
	/* Interrupts may look it up from now on. */
	smp_store_release(&vm->vcpus[args->id], vcpu);
	return fd;
}

static long vm_map(void *object, void *arg)
{
	return axvcpu_mem_map(object, arg);
}

static long vm_unmap(void *object, void *arg)
{
	const struct axvcpu_unmap *unmap = arg;

	return unmap->flags ? -EINVAL : axvcpu_mem_unmap(object, unmap);
}

static long vm_dirty_log(void *object, void *arg)
{
	const struct axvcpu_dirty_log *log = arg;

	return log->flags ? -EINVAL : axvcpu_mem_dirty_log(object, log);
}

static long vm_stats(void *object, void *arg)
{
	struct axvcpu_vm *vm = object;
	struct axvcpu_vm_stats *stats = arg;

	*stats = (struct axvcpu_vm_stats) { .size = sizeof(*stats) };
	axvcpu_mem_stats(vm, stats);
	stats->nr_vcpus = vm->nr_vcpus;
	return 0;
}

static const struct axvcpu_ioctl vm_ioctls[] = {
	{ AXVCPU_CREATE_VCPU,	0, sizeof(struct axvcpu_create_vcpu),	vm_create_vcpu },
	{ AXVCPU_MAP,		0, sizeof(struct axvcpu_map),		vm_map },
	{ AXVCPU_UNMAP,		0, sizeof(struct axvcpu_unmap),		vm_unmap },
	{ AXVCPU_DIRTY_LOG,	0, sizeof(struct axvcpu_dirty_log),	vm_dirty_log },
	{ AXVCPU_VM_STATS,	0, sizeof(struct axvcpu_vm_stats),	vm_stats },
	{}
};

static long vm_ioctl(struct file *file, unsigned int cmd, unsigned long uarg)
{
	struct axvcpu_vm *vm = file->private_data;
	long ret;

	if (mutex_lock_interruptible(&vm->lock))
		return -EINTR;
	ret = axvcpu_ioctl(vm_ioctls, axvcpu_ops->vm_ioctls, vm, cmd, uarg);
	mutex_unlock(&vm->lock);
	return ret;
}

static int vm_release(struct inode *inode, struct file *file)
{
	axvcpu_vm_put(file->private_data);
	return 0;
}

static const struct file_operations vm_fops = {
	.owner		= THIS_MODULE,
	.release	= vm_release,
	.unlocked_ioctl	= vm_ioctl,
	.compat_ioctl	= compat_ptr_ioctl,
	.llseek		= noop_llseek,
};

/* ------------------------------------------------------------------- device */

static long dev_get_info(void *object, void *arg)
{
	const struct axvcpu_regset *set;
	struct axvcpu_info *info = arg;

	*info = (struct axvcpu_info) {
		.size = sizeof(*info),
		.abi_version = AXVCPU_ABI_VERSION,
		.caps = AXVCPU_CAP_DIRTY_LOG | AXVCPU_CAP_MAP_EXEC,
		.arch = axvcpu_ops->arch,
		.max_vcpus = AXVCPU_MAX_VCPUS,
		.max_maps = AXVCPU_MAX_MAPS,
		.run_size = AXVCPU_RUN_AREA_SIZE,
		.io_data_offset = AXVCPU_IO_DATA_OFFSET,
		.io_data_size = AXVCPU_IO_DATA_SIZE,
	};
	strscpy(info->backend, axvcpu_ops->name, sizeof(info->backend));
	for (set = axvcpu_ops->regsets; set->set; set++)
		info->reg_sets |= set->set;
	axvcpu_ops->info(info);
	return 0;
}

static long dev_create_vm(void *object, void *arg)
{
	const struct axvcpu_create_vm *args = arg;
	struct axvcpu_vm *vm;
	long fd;

	if (args->flags & ~(AXVCPU_VM_IRQCHIP | AXVCPU_VM_POWEROFF_PORT) || args->pad)
		return -EINVAL;
	if (!(args->flags & AXVCPU_VM_POWEROFF_PORT) &&
	    (args->poweroff_port || args->poweroff_value))
		return -EINVAL;
	vm = axvcpu_vm_create(args);
	if (IS_ERR(vm))
		return PTR_ERR(vm);
	fd = new_fd("axvcpu-vm", &vm_fops, vm);
	if (fd < 0)
		axvcpu_vm_put(vm);
	return fd;
}

static const struct axvcpu_ioctl dev_ioctls[] = {
	{ AXVCPU_INFO,		0, sizeof(struct axvcpu_info),		dev_get_info },
	{ AXVCPU_CREATE_VM,	0, sizeof(struct axvcpu_create_vm),	dev_create_vm },
	{}
};

static long dev_ioctl(struct file *file, unsigned int cmd, unsigned long uarg)
{
	return axvcpu_ioctl(dev_ioctls, axvcpu_ops->dev_ioctls, NULL, cmd, uarg);
}

static const struct file_operations dev_fops = {
	.owner		= THIS_MODULE,
	.unlocked_ioctl	= dev_ioctl,
	.compat_ioctl	= compat_ptr_ioctl,
	.llseek		= noop_llseek,
};

static struct miscdevice misc = {
	.minor	= MISC_DYNAMIC_MINOR,
	.name	= "axvcpu",
	.fops	= &dev_fops,
	.mode	= 0660,
};

/**
 * axvcpu_dev_init() - make /dev/axvcpu.
 *
 * Return: 0 or -errno.
 */
int axvcpu_dev_init(void)
{
	return misc_register(&misc);
}

/**
 * axvcpu_dev_exit() - undo axvcpu_dev_init()
 */
void axvcpu_dev_exit(void)
{
	misc_deregister(&misc);
}
