/* SPDX-License-Identifier: GPL-2.0-only */
/* Guest memory: mapped ranges, stage-2 faults, and access from the kernel. */
#ifndef _AXVCPU_MEM_H
#define _AXVCPU_MEM_H

#include <linux/types.h>

#include <uapi/linux/axvcpu.h>

struct axvcpu_vm;

/* Ranges that a VM may have: axvcpu_info.max_maps. */
#define AXVCPU_MAX_MAPS		512

/**
 * axvcpu_mem_init() - make an empty guest memory
 * @vm: VM with ->mm set; embeds the memory as vm->mem
 *
 * Registers the mmu notifier on @vm->mm (the caller's) and allocates the
 * stage-2 root. Context: process, sleeps; the caller is a thread of @vm->mm.
 * Return: 0, -ENOMEM, -EINTR.
 */
int axvcpu_mem_init(struct axvcpu_vm *vm);

/**
 * axvcpu_mem_destroy() - undo axvcpu_mem_init() and return every page
 * @vm: no thread is in AXVCPU_RUN any more, but its vCPUs are still allocated:
 *	until the mmu notifier is gone an invalidation may be flushing their TLBs
 *
 * Context: process, sleeps.
 */
void axvcpu_mem_destroy(struct axvcpu_vm *vm);

/**
 * axvcpu_mem_map() - AXVCPU_MAP
 * @vm: VM, called with vm->lock held
 * @map: checked here
 *
 * Return: 0, -EINVAL (alignment, length 0, wrap, beyond gpa_bits, unknown flag,
 * no access at all, hva not a user range), -EEXIST (overlap), -ENOSPC (max_maps),
 * -EOPNOTSUPP (access that the backend cannot deny), -ENOMEM, -EPERM (another mm).
 */
int axvcpu_mem_map(struct axvcpu_vm *vm, const struct axvcpu_map *map);

/**
 * axvcpu_mem_unmap() - AXVCPU_UNMAP
 * @vm: VM, called with vm->lock held
 * @unmap: exactly a range given to axvcpu_mem_map()
 *
 * When it returns no vCPU can reach the range.
 * Return: 0, -EINVAL, -ENOENT.
 */
int axvcpu_mem_unmap(struct axvcpu_vm *vm, const struct axvcpu_unmap *unmap);

/**
 * axvcpu_mem_dirty_log() - AXVCPU_DIRTY_LOG
 * @vm: VM, called with vm->lock held
 * @log: checked here
 *
 * Return: 0, -EINVAL, -ENOENT, -EFAULT, -ENOMEM.
 */
int axvcpu_mem_dirty_log(struct axvcpu_vm *vm, const struct axvcpu_dirty_log *log);

/**
 * axvcpu_mem_fault() - resolve a stage-2 fault by mapping the host's page
 * @vm: VM; the caller is a thread of vm->mm
 * @gpa: faulting address
 * @access: AXVCPU_ACCESS_R, _W, _X: what the guest tried
 *
 * Context: process, sleeps.
 * Return: 0 (mapped, or the host is just changing it: enter the guest again), -ENOENT (no
 * range there), -EACCES (the range forbids it), -EFAULT (the host has no such
 * page or forbids it), -EINTR (a signal is pending), -ENOMEM.
 */
int axvcpu_mem_fault(struct axvcpu_vm *vm, u64 gpa, u32 access);

/**
 * axvcpu_mem_read() - copy from guest memory
 * @vm: VM; the caller is a thread of vm->mm
 * @gpa: first address; the access may cross pages and adjoining ranges
 * @buf: kernel memory
 * @len: bytes
 *
 * Context: process, sleeps (it may fault host pages in).
 * Return: 0, -ENOENT (a part is in no range), -EACCES, -EFAULT.
 */
int axvcpu_mem_read(struct axvcpu_vm *vm, u64 gpa, void *buf, size_t len);

/**
 * axvcpu_mem_write() - copy to guest memory, marking it dirty
 * @vm: see axvcpu_mem_read()
 * @gpa: see axvcpu_mem_read()
 * @buf: kernel memory
 * @len: bytes
 *
 * Return: as axvcpu_mem_read(); with an error a first part may have been written.
 */
int axvcpu_mem_write(struct axvcpu_vm *vm, u64 gpa, const void *buf, size_t len);

/**
 * axvcpu_mem_cmpxchg() - atomic update of a guest page-table entry
 * @vm: see axvcpu_mem_read()
 * @gpa: naturally aligned address
 * @old: expected value
 * @new: value to write
 * @len: 4 or 8 bytes
 *
 * Return: 0, -EAGAIN (it held another value), or as axvcpu_mem_read().
 */
int axvcpu_mem_cmpxchg(struct axvcpu_vm *vm, u64 gpa, u64 old, u64 new, size_t len);

/**
 * axvcpu_mem_covers() - is there a mapped range at an address
 * @vm: VM
 * @gpa: address
 *
 * Context: any that may take a spinlock or SRCU read lock.
 */
bool axvcpu_mem_covers(struct axvcpu_vm *vm, u64 gpa);

/**
 * axvcpu_mem_root() - host-physical address of the stage-2 root table
 * @vm: VM
 */
u64 axvcpu_mem_root(const struct axvcpu_vm *vm);

/**
 * axvcpu_mem_stats() - fill the memory part of @stats
 * @vm: VM
 * @stats: written
 */
void axvcpu_mem_stats(struct axvcpu_vm *vm, struct axvcpu_vm_stats *stats);

#endif /* _AXVCPU_MEM_H */
