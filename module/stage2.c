// SPDX-License-Identifier: GPL-2.0-only
/*
 * The stage-2 walker. It knows tables, not entries: those are the format's.
 *
 * Nothing here allocates, locks or touches hardware. CPUs walk the tables at any
 * time, and set accessed and dirty bits of present entries: a store here may lose
 * such a bit, which costs a wrong guess in reclaim. Dirty bits are not used at all,
 * a page is marked dirty when it is mapped writable.
 */

#include <linux/align.h>
#include <linux/errno.h>
#include <linux/io.h>
#include <linux/minmax.h>
#include <linux/mm.h>

#include <axvcpu/stage2.h>
#include <uapi/linux/axvcpu.h>

#define S2_ENTRIES	512

static_assert(S2_ENTRIES * sizeof(u64) == PAGE_SIZE, "tables are pages");

/* What to do at a leaf; true is handed up to the caller of the walk. */
typedef bool (*s2_visit_fn)(struct axvcpu_stage2 *s2, u64 *slot, unsigned int level);

static u64 *s2_slot(const struct axvcpu_stage2 *s2, u64 *table, unsigned int level, u64 gpa)
{
	u64 index = gpa >> (12 + 9 * level);

	if (level < s2->fmt->nr_levels - 1)
		index %= S2_ENTRIES;
	return &table[index];
}

static u64 *s2_child(const struct axvcpu_stage2 *s2, u64 entry)
{
	return phys_to_virt(s2->fmt->addr(entry));
}

/*
 * A table's page counts its present entries, so that an empty one is found without
 * reading it.
 */
static void s2_count(u64 *slot, long change)
{
	struct page *page = virt_to_page(slot);

	set_page_private(page, page_private(page) + change);
}

static bool s2_is_empty(const u64 *table)
{
	return !page_private(virt_to_page(table));
}

static void s2_clear(u64 *slot)
{
	WRITE_ONCE(*slot, 0);
	s2_count(slot, -1);
}

static void s2_clear_leaf(struct axvcpu_stage2 *s2, u64 *slot, unsigned int level)
{
	s2_clear(slot);
	s2->nr_leaves[level]--;
	s2->flush = true;
}

static void s2_unlink(struct axvcpu_stage2 *s2, u64 *table)
{
	list_add(&virt_to_page(table)->lru, &s2->freed);
	s2->nr_tables--;
	s2->flush = true;
}

/* @start and @end lie in @table; recursion is as deep as there are levels. */
static bool s2_walk(struct axvcpu_stage2 *s2, u64 *table, unsigned int level, u64 start,
		    u64 end, s2_visit_fn visit)
{
	u64 size = axvcpu_stage2_size(level);
	bool ret = false;
	u64 gpa, next;

	for (gpa = start; gpa < end; gpa = next) {
		u64 *slot = s2_slot(s2, table, level, gpa);
		u64 entry = *slot;
		u64 *child;

		next = min(ALIGN_DOWN(gpa, size) + size, end);
		if (!s2->fmt->is_present(entry))
			continue;
		if (s2->fmt->is_leaf(entry, level)) {
			ret |= visit(s2, slot, level);
			continue;
		}

		child = s2_child(s2, entry);
		ret |= s2_walk(s2, child, level - 1, gpa, next, visit);
		if (s2_is_empty(child)) {
			s2_clear(slot);
			s2_unlink(s2, child);
		}
	}
	return ret;
}

static bool s2_walk_range(struct axvcpu_stage2 *s2, u64 start, u64 end, s2_visit_fn visit)
{
	end = min(end, axvcpu_stage2_limit(s2->fmt));
	return s2_walk(s2, s2->root, s2->fmt->nr_levels - 1, start, end, visit);
}

/* The slot at @target, or above it where the path ends; @level says which. */
static u64 *s2_descend(const struct axvcpu_stage2 *s2, u64 gpa, unsigned int target,
		       unsigned int *level)
{
	u64 *table = s2->root;
	unsigned int l = s2->fmt->nr_levels - 1;

	for (;; l--) {
		u64 *slot = s2_slot(s2, table, l, gpa);

		if (l == target || !s2->fmt->is_present(*slot) || s2->fmt->is_leaf(*slot, l)) {
			*level = l;
			return slot;
		}
		table = s2_child(s2, *slot);
	}
}

static bool s2_is_leaf(const struct axvcpu_stage2 *s2, u64 entry, unsigned int level)
{
	return s2->fmt->is_present(entry) && s2->fmt->is_leaf(entry, level);
}

/* Host-physical address that @gpa has by leaf @entry. */
static u64 s2_leaf_pa(const struct axvcpu_stage2 *s2, u64 entry, unsigned int level, u64 gpa)
{
	return s2->fmt->addr(entry) + (gpa & (axvcpu_stage2_size(level) - 1));
}

/* The leaf @old at @level, which covers @gpa, cut into the entries of one table. */
static void s2_fill(struct axvcpu_stage2 *s2, u64 *table, unsigned int table_level, u64 old,
		    unsigned int level, u64 gpa)
{
	u64 base = ALIGN_DOWN(gpa, axvcpu_stage2_size(table_level + 1));
	u64 pa = s2_leaf_pa(s2, old, level, base);
	unsigned int i;

	for (i = 0; i < S2_ENTRIES; i++)
		table[i] = s2->fmt->leaf(pa + i * axvcpu_stage2_size(table_level), table_level,
					 s2->fmt->access(old));
	s2_count(table, S2_ENTRIES);
	s2->nr_leaves[table_level] += S2_ENTRIES;
}

/*
 * Put @entry, which belongs at @level, below new tables so that it fits at @top;
 * they hold besides it what the leaf @old at @top mapped. Return: entry for @top.
 */
static u64 s2_wrap(struct axvcpu_stage2 *s2, u64 gpa, u64 entry, unsigned int level,
		   unsigned int top, u64 old, struct axvcpu_stage2_cache *cache)
{
	bool split = s2_is_leaf(s2, old, top);

	for (; level < top; level++) {
		u64 *table = cache->page[--cache->nr];
		u64 *slot = s2_slot(s2, table, level, gpa);

		set_page_private(virt_to_page(table), 0);
		if (split) {
			s2_fill(s2, table, level, old, top, gpa);
			s2->nr_leaves[level]--;
		} else {
			s2_count(slot, 1);
		}
		*slot = entry;
		s2->nr_tables++;
		entry = s2->fmt->table(virt_to_phys(table));
	}
	return entry;
}

static bool s2_clear_visit(struct axvcpu_stage2 *s2, u64 *slot, unsigned int level)
{
	s2_clear_leaf(s2, slot, level);
	return true;
}

/* Takes what @slot holds out of the books, and off the tree where the format wants that. */
static void s2_retire(struct axvcpu_stage2 *s2, u64 *slot, unsigned int level, u64 gpa)
{
	u64 old = *slot;

	if (!s2->fmt->is_present(old))
		return;

	if (s2->fmt->break_before_make) {
		WRITE_ONCE(*slot, 0);
		s2->flush_now(s2);
	}
	s2_count(slot, -1);
	if (s2->fmt->is_leaf(old, level)) {
		s2->nr_leaves[level]--;
	} else {
		u64 *child = s2_child(s2, old);
		u64 base = ALIGN_DOWN(gpa, axvcpu_stage2_size(level));

		s2_walk(s2, child, level - 1, base, base + axvcpu_stage2_size(level),
			s2_clear_visit);
		s2_unlink(s2, child);
	}
}

/* Does changing @old to a leaf at the same place with @access only add access to it? */
static bool s2_is_relaxed(const struct axvcpu_stage2 *s2, u64 old, unsigned int level, u64 pa,
			  u32 access)
{
	return s2_is_leaf(s2, old, level) && s2->fmt->addr(old) == pa &&
	       !(s2->fmt->access(old) & ~access) && !s2->fmt->break_before_make;
}

void axvcpu_stage2_init(struct axvcpu_stage2 *s2, const struct axvcpu_stage2_format *fmt,
			void *root)
{
	unsigned int i;

	*s2 = (struct axvcpu_stage2) {
		.fmt = fmt,
		.root = root,
		.root_pa = virt_to_phys(root),
		.nr_tables = 1ULL << fmt->root_order,
	};
	INIT_LIST_HEAD(&s2->freed);
	for (i = 0; i < s2->nr_tables; i++)
		set_page_private(virt_to_page(root + i * PAGE_SIZE), 0);
}

int axvcpu_stage2_map(struct axvcpu_stage2 *s2, u64 gpa, u64 pa, unsigned int level,
		      u32 access, struct axvcpu_stage2_cache *cache)
{
	unsigned int top;
	u64 *slot = s2_descend(s2, gpa, level, &top);
	u64 old = *slot;
	u64 new;

	if (s2_is_leaf(s2, old, top) && s2_leaf_pa(s2, old, top, gpa) == pa &&
	    !(access & ~s2->fmt->access(old)))
		return 0;

	if (cache->nr < top - level) {
		cache->need = top - level;
		return -ENOMEM;
	}

	new = s2_wrap(s2, gpa, s2->fmt->leaf(pa, level, access), level, top, old, cache);
	if (s2->fmt->is_present(old) && !(top == level && s2_is_relaxed(s2, old, top, pa, access)))
		s2->flush = true;
	s2_retire(s2, slot, top, gpa);

	/* New tables are written before a CPU can find them. */
	smp_wmb();
	WRITE_ONCE(*slot, new);
	s2_count(slot, 1);
	s2->nr_leaves[level]++;
	return 0;
}

void axvcpu_stage2_unmap(struct axvcpu_stage2 *s2, u64 start, u64 end)
{
	s2_walk_range(s2, start, end, s2_clear_visit);
}

static bool s2_protect_visit(struct axvcpu_stage2 *s2, u64 *slot, unsigned int level)
{
	u64 old = *slot;
	u32 access = s2->fmt->access(old);
	u64 young = old & s2->fmt->accessed;
	u64 new;

	if (!(access & AXVCPU_MAP_W))
		return false;
	new = s2->fmt->leaf(s2->fmt->addr(old), level, access & ~AXVCPU_MAP_W);
	WRITE_ONCE(*slot, (new & ~s2->fmt->accessed) | young);
	s2->flush = true;
	return true;
}

void axvcpu_stage2_write_protect(struct axvcpu_stage2 *s2, u64 start, u64 end)
{
	s2_walk_range(s2, start, end, s2_protect_visit);
}

static bool s2_young_visit(struct axvcpu_stage2 *s2, u64 *slot, unsigned int level)
{
	return !s2->fmt->accessed || (READ_ONCE(*slot) & s2->fmt->accessed);
}

static bool s2_make_old_visit(struct axvcpu_stage2 *s2, u64 *slot, unsigned int level)
{
	u64 entry = READ_ONCE(*slot);

	if (!s2->fmt->accessed) {
		s2_clear_leaf(s2, slot, level);
		return true;
	}
	if (!(entry & s2->fmt->accessed))
		return false;
	WRITE_ONCE(*slot, entry & ~s2->fmt->accessed);
	return true;
}

bool axvcpu_stage2_age(struct axvcpu_stage2 *s2, u64 start, u64 end, bool clear)
{
	return s2_walk_range(s2, start, end, clear ? s2_make_old_visit : s2_young_visit);
}

u64 axvcpu_stage2_lookup(const struct axvcpu_stage2 *s2, u64 gpa, unsigned int *level)
{
	u64 *slot = s2_descend(s2, gpa, 0, level);

	return s2_is_leaf(s2, *slot, *level) ? *slot : 0;
}
