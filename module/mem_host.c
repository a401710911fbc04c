// SPDX-License-Identifier: GPL-2.0-only
/* What the host has behind a user address: the page, and how large it is mapped. */

#include <linux/errno.h>
#include <linux/irqflags.h>
#include <linux/mm.h>
#include <linux/pgtable.h>
#include <linux/sched.h>

#include <axvcpu/compat.h>

#include "mem_internal.h"

/* The caller's mapping of @hva. */
static unsigned int host_level(unsigned long hva)
{
	unsigned int level = AXVCPU_STAGE2_4K;
	unsigned long flags;
	pgd_t pgd;
	p4d_t p4d;
	pud_t pud;
	pmd_t pmd;

	/*
	 * Page tables are freed only after every CPU was seen with interrupts on.
	 * Each entry is read once, since it may turn from a table into a page while
	 * it is looked at; the copy stays what it was.
	 */
	local_irq_save(flags);

	pgd = READ_ONCE(*pgd_offset(current->mm, hva));
	if (pgd_none(pgd) || !pgd_present(pgd))
		goto out;
	p4d = READ_ONCE(*p4d_offset(&pgd, hva));
	if (p4d_none(p4d) || !p4d_present(p4d))
		goto out;
	pud = READ_ONCE(*pud_offset(&p4d, hva));
	if (pud_none(pud) || !pud_present(pud))
		goto out;
	if (pud_leaf(pud)) {
		level = AXVCPU_STAGE2_1G;
		goto out;
	}
	pmd = READ_ONCE(*pmd_offset(&pud, hva));
	if (pmd_present(pmd) && pmd_leaf(pmd))
		level = AXVCPU_STAGE2_2M;
out:
	local_irq_restore(flags);
	return level;
}

static int host_page_slow(unsigned long hva, bool write, struct page **page)
{
	unsigned int flags = FOLL_HWPOISON | AXVCPU_FOLL_INTERRUPTIBLE;
	long ret;

	if (write)
		flags |= FOLL_WRITE;
	ret = get_user_pages_unlocked(hva, 1, page, flags);
	if (ret == 1)
		return 0;
	return ret == -EINTR || ret == -ENOMEM ? ret : -EFAULT;
}

int axvcpu_host_page_get(unsigned long hva, bool write, bool try_write,
			 struct axvcpu_host_page *host)
{
	struct page *page;
	int ret;

	host->writable = (write || try_write) &&
			 get_user_page_fast_only(hva, FOLL_WRITE, &host->page);
	if (host->writable || (!write && get_user_page_fast_only(hva, 0, &host->page)))
		goto found;

	ret = host_page_slow(hva, write, &host->page);
	if (ret)
		return ret;

	/* It was absent at the first try, but may have come as a writable page. */
	host->writable = write;
	if (!write && try_write && get_user_page_fast_only(hva, FOLL_WRITE, &page)) {
		put_page(host->page);
		host->page = page;
		host->writable = true;
	}
found:
	host->level = host_level(hva);
	return 0;
}
