/* SPDX-License-Identifier: GPL-2.0-only */
/* A stage-2 tree with an encoding of its own and counted pages; for one test file. */
#ifndef _STAGE2_TOY_H
#define _STAGE2_TOY_H

#include <kunit/test.h>
#include <linux/gfp.h>
#include <linux/mm.h>

#include <axvcpu/stage2.h>
#include <uapi/linux/axvcpu.h>

#define R	AXVCPU_MAP_R
#define RW	(AXVCPU_MAP_R | AXVCPU_MAP_W)
#define RX	(AXVCPU_MAP_R | AXVCPU_MAP_X)

#define K4	0x1000ULL
#define M2	0x200000ULL
#define G1	0x40000000ULL

/* Bit 0 present, 1 leaf, 4..6 access, 7 accessed, address from bit 12. */
static u64 toy_table(u64 pa)
{
	return pa | 1;
}

static u64 toy_leaf(u64 pa, unsigned int level, u32 access)
{
	return pa | 3 | (access << 4) | 0x80;
}

static bool toy_is_present(u64 entry)
{
	return entry & 1;
}

static bool toy_is_leaf(u64 entry, unsigned int level)
{
	return entry & 2;
}

static u64 toy_addr(u64 entry)
{
	return entry & ~0xfffULL;
}

static u32 toy_access(u64 entry)
{
	return (entry >> 4) & 7;
}

#define TOY(...)	{						\
	.max_leaf_level = 2, .table = toy_table, .leaf = toy_leaf,	\
	.is_present = toy_is_present, .is_leaf = toy_is_leaf,		\
	.addr = toy_addr, .access = toy_access, __VA_ARGS__		\
}

static const struct axvcpu_stage2_format toy = TOY(.nr_levels = 4, .accessed = 0x80);
static const struct axvcpu_stage2_format toy_blind = TOY(.nr_levels = 4);
static const struct axvcpu_stage2_format toy_wide = TOY(.nr_levels = 3, .root_order = 1);
static const struct axvcpu_stage2_format toy_deep = TOY(.nr_levels = 5);
static const struct axvcpu_stage2_format toy_bbm = TOY(.nr_levels = 4, .break_before_make = true);

/* One tree, and every page that it was given. */
struct toy_tree {
	struct axvcpu_stage2 s2;
	struct axvcpu_stage2_cache cache;
	int pages;
	u64 watch;
	int breaks;
	bool watched_absent;
};

static void toy_flush_now(struct axvcpu_stage2 *s2)
{
	struct toy_tree *t = container_of(s2, struct toy_tree, s2);
	unsigned int level;

	t->breaks++;
	t->watched_absent = !axvcpu_stage2_lookup(s2, t->watch, &level);
}

static struct toy_tree *toy_create(struct kunit *test, const struct axvcpu_stage2_format *fmt)
{
	struct toy_tree *t = kunit_kzalloc(test, sizeof(*t), GFP_KERNEL);
	void *root = (void *)__get_free_pages(GFP_KERNEL | __GFP_ZERO, fmt->root_order);

	KUNIT_ASSERT_NOT_ERR_OR_NULL(test, t);
	KUNIT_ASSERT_NOT_ERR_OR_NULL(test, root);
	axvcpu_stage2_init(&t->s2, fmt, root);
	t->s2.flush_now = toy_flush_now;
	return t;
}

static void toy_give(struct kunit *test, struct toy_tree *t, unsigned int nr)
{
	while (t->cache.nr < nr) {
		t->cache.page[t->cache.nr] = (void *)get_zeroed_page(GFP_KERNEL);
		KUNIT_ASSERT_NOT_ERR_OR_NULL(test, t->cache.page[t->cache.nr]);
		t->cache.nr++;
		t->pages++;
	}
}

/* Return: pages that were unlinked. */
static int toy_reap(struct toy_tree *t)
{
	struct page *page, *next;
	int nr = 0;

	list_for_each_entry_safe(page, next, &t->s2.freed, lru) {
		list_del(&page->lru);
		__free_page(page);
		nr++;
	}
	t->pages -= nr;
	return nr;
}

static bool toy_flushed(struct toy_tree *t)
{
	bool flush = t->s2.flush;

	t->s2.flush = false;
	return flush;
}

static void toy_destroy(struct kunit *test, struct toy_tree *t)
{
	axvcpu_stage2_unmap(&t->s2, 0, ~0ULL);
	toy_reap(t);
	for (; t->cache.nr; t->pages--)
		free_page((unsigned long)t->cache.page[--t->cache.nr]);

	KUNIT_EXPECT_EQ(test, t->pages, 0);
	KUNIT_EXPECT_EQ(test, t->s2.nr_tables, 1ULL << t->s2.fmt->root_order);
	KUNIT_EXPECT_EQ(test, t->s2.nr_leaves[0], 0ULL);
	KUNIT_EXPECT_EQ(test, t->s2.nr_leaves[1], 0ULL);
	KUNIT_EXPECT_EQ(test, t->s2.nr_leaves[2], 0ULL);
	free_pages((unsigned long)t->s2.root, t->s2.fmt->root_order);
}

static void toy_map(struct kunit *test, struct toy_tree *t, u64 gpa, u64 pa, unsigned int level,
		    u32 access)
{
	toy_give(test, t, 4);
	KUNIT_ASSERT_EQ(test, axvcpu_stage2_map(&t->s2, gpa, pa, level, access, &t->cache), 0);
}

static void expect_leaf(struct kunit *test, struct toy_tree *t, u64 gpa, u64 pa,
			unsigned int level, u32 access)
{
	unsigned int got_level = 99;
	u64 entry = axvcpu_stage2_lookup(&t->s2, gpa, &got_level);

	KUNIT_EXPECT_EQ(test, got_level, level);
	KUNIT_EXPECT_EQ(test, entry & ~0xfffULL, pa);
	KUNIT_EXPECT_EQ(test, entry & 0x73, (u64)(3 | access << 4));
}

static void expect_absent(struct kunit *test, struct toy_tree *t, u64 gpa)
{
	unsigned int level;

	KUNIT_EXPECT_EQ(test, axvcpu_stage2_lookup(&t->s2, gpa, &level), 0ULL);
}

static void expect_counts(struct kunit *test, struct toy_tree *t, u64 k4, u64 m2, u64 g1,
			  u64 tables)
{
	KUNIT_EXPECT_EQ(test, t->s2.nr_leaves[0], k4);
	KUNIT_EXPECT_EQ(test, t->s2.nr_leaves[1], m2);
	KUNIT_EXPECT_EQ(test, t->s2.nr_leaves[2], g1);
	KUNIT_EXPECT_EQ(test, t->s2.nr_tables, tables);
}

#endif /* _STAGE2_TOY_H */
