// SPDX-License-Identifier: GPL-2.0-only
/*
 * The kernel reads and writes guest memory through the user mapping behind it.
 *
 * Each step runs under RCU and touches only pages that are present: so whoever
 * takes a range away waits for it a bounded time. A page that is missing is
 * faulted in outside, then the step is tried again.
 */

#include <linux/atomic.h>
#include <linux/highmem.h>
#include <linux/mm.h>
#include <linux/overflow.h>
#include <linux/pagemap.h>
#include <linux/sched/signal.h>
#include <linux/string.h>
#include <linux/uaccess.h>

#include "mem_internal.h"

/**
 * struct mem_span - part of an access that lies in one region
 * @region: valid under RCU
 * @uaddr: where the memory is
 * @len: bytes
 */
struct mem_span {
	struct axvcpu_region *region;
	void __user *uaddr;
	size_t len;
};

/* Context: RCU read side. */
static int span_find(struct axvcpu_vm *vm, u64 gpa, size_t len, u32 access,
		     struct mem_span *span)
{
	struct axvcpu_region *region;

	region = axvcpu_regions_find(rcu_dereference(vm->mem.regions), gpa, AXVCPU_HINT_ACCESS);
	if (!region)
		return -ENOENT;
	if (access & ~region->flags)
		return -EACCES;

	span->region = region;
	span->uaddr = (void __user *)(region->hva + (unsigned long)(gpa - region->gpa));
	/* Not by @end: it may have changed since the lookup, @hva_end not before we are done. */
	span->len = min_t(u64, len, region->hva_end - (unsigned long)span->uaddr);
	return 0;
}

/* Return: 0 if it is worth another try. */
static int span_fault_in(const struct mem_span *span, bool write)
{
	size_t left;

	if (fatal_signal_pending(current))
		return -EFAULT;
	left = write ? fault_in_safe_writeable(span->uaddr, 1) : fault_in_readable(span->uaddr, 1);
	return left ? -EFAULT : 0;
}

#define SMALL_COPY	16

/*
 * Page-table entries and instruction bytes, which each device access reads several
 * of: a general copy and its checks cost more than all the rest. Return: bytes done.
 */
static size_t copy_small(u8 *buf, const u8 __user *from, size_t len)
{
	size_t done = 0;
	u64 word;
	u32 half;

	if (!user_access_begin(from, len))
		return 0;
	for (; len - done >= sizeof(u64); done += sizeof(u64)) {
		unsafe_get_user(word, (const u64 __user *)(from + done), fault);
		memcpy(buf + done, &word, sizeof(word));
	}
	if (len - done >= sizeof(u32)) {
		unsafe_get_user(half, (const u32 __user *)(from + done), fault);
		memcpy(buf + done, &half, sizeof(half));
		done += sizeof(u32);
	}
	for (; len > done; done++)
		unsafe_get_user(buf[done], from + done, fault);
fault:
	user_access_end();
	return done;
}

static size_t copy_present(void *buf, const void __user *from, size_t len)
{
	size_t done;

	pagefault_disable();
	if (len <= SMALL_COPY)
		done = copy_small(buf, from, len);
	else
		done = len - __copy_from_user_inatomic(buf, from, len);
	pagefault_enable();
	return done;
}

/* Return: bytes done, all or a part of @len, or -errno; @span is at the rest. */
static ssize_t read_step(struct axvcpu_vm *vm, u64 gpa, void *buf, size_t len,
			 struct mem_span *span)
{
	size_t done;
	int ret;

	rcu_read_lock();
	ret = span_find(vm, gpa, len, AXVCPU_MAP_R, span);
	if (ret) {
		rcu_read_unlock();
		return ret;
	}
	done = copy_present(buf, span->uaddr, span->len);
	rcu_read_unlock();

	span->uaddr += done;
	span->len -= done;
	return done;
}

static ssize_t write_step(struct axvcpu_vm *vm, u64 gpa, const void *buf, size_t len,
			  struct mem_span *span)
{
	size_t done;
	int ret;

	rcu_read_lock();
	ret = span_find(vm, gpa, len, AXVCPU_MAP_W, span);
	if (ret) {
		rcu_read_unlock();
		return ret;
	}
	pagefault_disable();
	done = span->len - __copy_to_user_inatomic(span->uaddr, buf, span->len);
	pagefault_enable();
	/* After the data: who collects the log between the two sees the bit next time. */
	if (done)
		axvcpu_mem_mark_dirty(span->region, gpa, done);
	rcu_read_unlock();

	span->uaddr += done;
	span->len -= done;
	return done;
}

static int mem_check_access(const struct axvcpu_vm *vm, u64 gpa, size_t len)
{
	u64 end;

	if (check_add_overflow(gpa, (u64)len, &end))
		return -ENOENT;
	return current->mm == vm->mm ? 0 : -EFAULT;
}

int axvcpu_mem_read(struct axvcpu_vm *vm, u64 gpa, void *buf, size_t len)
{
	struct mem_span span;
	int ret = mem_check_access(vm, gpa, len);

	while (!ret && len) {
		ssize_t done = read_step(vm, gpa, buf, len, &span);

		if (done < 0)
			return done;
		gpa += done;
		buf += done;
		len -= done;
		if (span.len)
			ret = span_fault_in(&span, false);
	}
	return ret;
}

int axvcpu_mem_write(struct axvcpu_vm *vm, u64 gpa, const void *buf, size_t len)
{
	struct mem_span span;
	int ret = mem_check_access(vm, gpa, len);

	while (!ret && len) {
		ssize_t done = write_step(vm, gpa, buf, len, &span);

		if (done < 0)
			return done;
		gpa += done;
		buf += done;
		len -= done;
		if (span.len)
			ret = span_fault_in(&span, true);
	}
	return ret;
}

static bool page_cmpxchg(struct page *page, size_t offset, u64 old, u64 new, size_t len)
{
	void *map = kmap_local_page(page);
	bool done;

	if (len == sizeof(u64))
		done = cmpxchg64((u64 *)(map + offset), old, new) == old;
	else
		done = cmpxchg((u32 *)(map + offset), (u32)old, (u32)new) == (u32)old;
	kunmap_local(map);
	return done;
}

/* Return: 0, -EAGAIN (another value), -EBUSY (the page is missing), or another errno. */
static int cmpxchg_step(struct axvcpu_vm *vm, u64 gpa, u64 old, u64 new, size_t len,
			struct mem_span *span)
{
	struct page *page;
	int ret;

	rcu_read_lock();
	ret = span_find(vm, gpa, len, AXVCPU_MAP_R | AXVCPU_MAP_W, span);
	if (ret)
		goto unlock;
	if (!get_user_page_fast_only((unsigned long)span->uaddr, FOLL_WRITE, &page)) {
		ret = -EBUSY;
		goto unlock;
	}
	if (page_cmpxchg(page, offset_in_page(gpa), old, new, len)) {
		SetPageDirty(page);
		axvcpu_mem_mark_dirty(span->region, gpa, len);
	} else {
		ret = -EAGAIN;
	}
	put_page(page);
unlock:
	rcu_read_unlock();
	return ret;
}

int axvcpu_mem_cmpxchg(struct axvcpu_vm *vm, u64 gpa, u64 old, u64 new, size_t len)
{
	struct mem_span span;
	int ret;

	if (WARN_ON_ONCE((len != 4 && len != 8) || !IS_ALIGNED(gpa, len)))
		return -EFAULT;
	ret = mem_check_access(vm, gpa, len);
	while (!ret) {
		ret = cmpxchg_step(vm, gpa, old, new, len, &span);
		if (ret != -EBUSY)
			break;
		ret = span_fault_in(&span, true);
	}
	return ret;
}
