// SPDX-License-Identifier: GPL-2.0-only
/* The stage-2 walker, with an encoding of its own and counted pages. */
#include <kunit/test.h>

#include "../module/stage2.c"
#include "stage2_toy.h"

struct size_case {
	const char *name;
	const struct axvcpu_stage2_format *fmt;
	u64 gpa;
	u64 pa;
	unsigned int level;
	u64 tables;
};

static const struct size_case size_cases[] = {
	{ "4k_at_zero", &toy, 0, 0x12345000, 0, 4 },
	{ "4k_at_the_end", &toy, (1ULL << 48) - K4, 0x12345000, 0, 4 },
	{ "2m", &toy, 3 * G1 + 5 * M2, 7 * M2, 1, 3 },
	{ "1g", &toy, 5 * G1, 7 * G1, 2, 2 },
	{ "4k_of_three_levels", &toy_wide, 0x1000, 0x12345000, 0, 4 },
	{ "4k_in_the_second_page_of_the_root", &toy_wide, 600 * G1, 0x12345000, 0, 4 },
	{ "1g_in_the_second_page_of_the_root", &toy_wide, 1023 * G1, 7 * G1, 2, 2 },
	{ "4k_of_five_levels", &toy_deep, 1ULL << 55, 0x12345000, 0, 5 },
};

static void size_case_desc(const struct size_case *c, char *desc)
{
	strscpy(desc, c->name, KUNIT_PARAM_DESC_SIZE);
}

KUNIT_ARRAY_PARAM(size, size_cases, size_case_desc);

static void maps_each_size(struct kunit *test)
{
	const struct size_case *c = test->param_value;
	struct toy_tree *t = toy_create(test, c->fmt);
	u64 size = K4 << (9 * c->level);

	toy_map(test, t, c->gpa, c->pa, c->level, RX);
	expect_leaf(test, t, c->gpa, c->pa, c->level, RX);
	expect_leaf(test, t, c->gpa + size - 1, c->pa, c->level, RX);
	KUNIT_EXPECT_EQ(test, t->s2.nr_leaves[c->level], 1ULL);
	KUNIT_EXPECT_EQ(test, t->s2.nr_tables, c->tables);
	KUNIT_EXPECT_FALSE(test, toy_flushed(t));

	axvcpu_stage2_unmap(&t->s2, c->gpa, c->gpa + size);
	expect_absent(test, t, c->gpa);
	KUNIT_EXPECT_TRUE(test, toy_flushed(t));
	KUNIT_EXPECT_EQ(test, toy_reap(t), (int)(c->tables - (1ULL << c->fmt->root_order)));
	toy_destroy(test, t);
}

static void a_neighbour_needs_no_page(struct kunit *test)
{
	struct axvcpu_stage2_cache empty = {};
	struct toy_tree *t = toy_create(test, &toy);

	toy_map(test, t, 0x1000, 0x8000, 0, R);
	KUNIT_EXPECT_EQ(test, axvcpu_stage2_map(&t->s2, 0x2000, 0x5000, 0, RW, &empty), 0);
	expect_leaf(test, t, 0x1000, 0x8000, 0, R);
	expect_leaf(test, t, 0x2000, 0x5000, 0, RW);
	expect_counts(test, t, 2, 0, 0, 4);
	toy_destroy(test, t);
}

static void too_few_pages_change_nothing(struct kunit *test)
{
	struct toy_tree *t = toy_create(test, &toy);
	unsigned int have;

	for (have = 0; have < 3; have++) {
		toy_give(test, t, have);
		KUNIT_EXPECT_EQ(test, axvcpu_stage2_map(&t->s2, 0, 0, 0, RW, &t->cache), -ENOMEM);
		KUNIT_EXPECT_EQ(test, t->cache.need, 3U);
		KUNIT_EXPECT_EQ(test, t->cache.nr, have);
		KUNIT_EXPECT_EQ(test, t->s2.root[0], 0ULL);
		expect_counts(test, t, 0, 0, 0, 1);
	}
	toy_give(test, t, 3);
	KUNIT_EXPECT_EQ(test, axvcpu_stage2_map(&t->s2, 0, 0, 0, RW, &t->cache), 0);
	KUNIT_EXPECT_EQ(test, t->cache.nr, 0U);
	toy_destroy(test, t);
}

static void too_few_pages_leave_a_big_page_whole(struct kunit *test)
{
	struct toy_tree *t = toy_create(test, &toy);
	unsigned int have;

	toy_give(test, t, 1);
	KUNIT_ASSERT_EQ(test, axvcpu_stage2_map(&t->s2, G1, 4 * G1, 2, R, &t->cache), 0);
	for (have = 0; have < 2; have++) {
		toy_give(test, t, have);
		KUNIT_EXPECT_EQ(test, axvcpu_stage2_map(&t->s2, G1, 4 * G1, 0, RW, &t->cache),
				-ENOMEM);
		KUNIT_EXPECT_EQ(test, t->cache.need, 2U);
		expect_leaf(test, t, G1, 4 * G1, 2, R);
		expect_counts(test, t, 0, 0, 1, 2);
		KUNIT_EXPECT_FALSE(test, toy_flushed(t));
	}
	toy_destroy(test, t);
}

static void a_2m_page_is_split_and_the_rest_stays(struct kunit *test)
{
	struct toy_tree *t = toy_create(test, &toy);
	u64 i;

	toy_map(test, t, 6 * M2, 4 * M2, 1, RX);
	toy_map(test, t, 6 * M2 + 5 * K4, 4 * M2 + 5 * K4, 0, RW);

	for (i = 0; i < 512; i++)
		expect_leaf(test, t, 6 * M2 + i * K4, 4 * M2 + i * K4, 0, i == 5 ? RW : RX);
	expect_counts(test, t, 512, 0, 0, 4);
	KUNIT_EXPECT_TRUE(test, toy_flushed(t));
	toy_destroy(test, t);
}

static void a_1g_page_is_split_to_4k(struct kunit *test)
{
	struct toy_tree *t = toy_create(test, &toy);
	u64 at = 3 * M2 + 7 * K4;

	toy_map(test, t, 2 * G1, 5 * G1, 2, R);
	toy_map(test, t, 2 * G1 + at, 5 * G1 + at, 0, RW);

	expect_leaf(test, t, 2 * G1 + at, 5 * G1 + at, 0, RW);
	expect_leaf(test, t, 2 * G1 + at - K4, 5 * G1 + at - K4, 0, R);
	expect_leaf(test, t, 2 * G1 + at + K4, 5 * G1 + at + K4, 0, R);
	expect_leaf(test, t, 2 * G1 + 2 * M2, 5 * G1 + 2 * M2, 1, R);
	expect_leaf(test, t, 2 * G1 + 511 * M2, 5 * G1 + 511 * M2, 1, R);
	expect_counts(test, t, 512, 511, 0, 4);
	toy_destroy(test, t);
}

static void a_2m_page_replaces_a_table(struct kunit *test)
{
	struct toy_tree *t = toy_create(test, &toy);

	toy_map(test, t, M2, 0x5000, 0, R);
	toy_map(test, t, M2 + 3 * K4, 0x7000, 0, RW);
	toy_map(test, t, M2, 8 * M2, 1, RW);

	expect_leaf(test, t, M2, 8 * M2, 1, RW);
	expect_leaf(test, t, 2 * M2 - 1, 8 * M2, 1, RW);
	expect_counts(test, t, 0, 1, 0, 3);
	KUNIT_EXPECT_TRUE(test, toy_flushed(t));
	KUNIT_EXPECT_EQ(test, toy_reap(t), 1);
	toy_destroy(test, t);
}

static void a_1g_page_replaces_a_tree(struct kunit *test)
{
	struct toy_tree *t = toy_create(test, &toy);

	toy_map(test, t, G1, 0x5000, 0, R);
	toy_map(test, t, G1 + 9 * M2, 0x7000, 0, RW);
	toy_map(test, t, G1 + 10 * M2, 2 * M2, 1, RW);
	expect_counts(test, t, 2, 1, 0, 5);

	toy_map(test, t, G1, 9 * G1, 2, R);
	expect_leaf(test, t, G1, 9 * G1, 2, R);
	expect_counts(test, t, 0, 0, 1, 2);
	KUNIT_EXPECT_EQ(test, toy_reap(t), 3);
	toy_destroy(test, t);
}

static void unmap_takes_its_range_only(struct kunit *test)
{
	struct toy_tree *t = toy_create(test, &toy);
	u64 i;

	for (i = 0; i < 4; i++)
		toy_map(test, t, i * K4, i * K4, 0, RW);
	axvcpu_stage2_unmap(&t->s2, 1 * K4, 3 * K4);

	expect_leaf(test, t, 0, 0, 0, RW);
	expect_absent(test, t, 1 * K4);
	expect_absent(test, t, 2 * K4);
	expect_leaf(test, t, 3 * K4, 3 * K4, 0, RW);
	expect_counts(test, t, 2, 0, 0, 4);
	KUNIT_EXPECT_EQ(test, toy_reap(t), 0);
	toy_destroy(test, t);
}

static void a_big_page_is_unmapped_as_a_whole(struct kunit *test)
{
	struct toy_tree *t = toy_create(test, &toy);

	toy_map(test, t, 0, 0, 1, RW);
	toy_map(test, t, M2, M2, 1, RW);
	toy_map(test, t, 2 * M2, 2 * M2, 1, RW);
	axvcpu_stage2_unmap(&t->s2, M2 + K4, M2 + 2 * K4);

	expect_leaf(test, t, 0, 0, 1, RW);
	expect_absent(test, t, M2);
	expect_absent(test, t, 2 * M2 - K4);
	expect_leaf(test, t, 2 * M2, 2 * M2, 1, RW);
	toy_destroy(test, t);
}

static void unmap_frees_only_empty_tables(struct kunit *test)
{
	struct toy_tree *t = toy_create(test, &toy);

	toy_map(test, t, 0, 0x5000, 0, RW);
	toy_map(test, t, M2, 0x6000, 0, RW);
	toy_map(test, t, 3 * G1, 0x7000, 0, RW);
	expect_counts(test, t, 3, 0, 0, 7);

	axvcpu_stage2_unmap(&t->s2, M2, M2 + K4);
	KUNIT_EXPECT_EQ(test, toy_reap(t), 1);
	axvcpu_stage2_unmap(&t->s2, 3 * G1, 4 * G1);
	KUNIT_EXPECT_EQ(test, toy_reap(t), 2);
	expect_leaf(test, t, 0, 0x5000, 0, RW);
	expect_counts(test, t, 1, 0, 0, 4);
	toy_destroy(test, t);
}

static void unmap_of_nothing_does_nothing(struct kunit *test)
{
	struct toy_tree *t = toy_create(test, &toy);

	toy_map(test, t, G1, 0, 0, RW);
	axvcpu_stage2_unmap(&t->s2, 0, G1);
	axvcpu_stage2_unmap(&t->s2, G1 + K4, ~0ULL);
	KUNIT_EXPECT_FALSE(test, toy_flushed(t));
	expect_counts(test, t, 1, 0, 0, 4);
	toy_destroy(test, t);
}

static void write_protect_takes_only_write_access(struct kunit *test)
{
	struct toy_tree *t = toy_create(test, &toy);

	toy_map(test, t, 0, 0x5000, 0, RW | RX);
	toy_map(test, t, K4, 0x6000, 0, RW);
	toy_map(test, t, M2, 0, 1, RW);
	axvcpu_stage2_write_protect(&t->s2, 0, K4);
	axvcpu_stage2_write_protect(&t->s2, M2 + K4, M2 + 2 * K4);

	expect_leaf(test, t, 0, 0x5000, 0, RX);
	expect_leaf(test, t, K4, 0x6000, 0, RW);
	expect_leaf(test, t, M2, 0, 1, R);
	KUNIT_EXPECT_TRUE(test, toy_flushed(t));

	axvcpu_stage2_write_protect(&t->s2, 0, K4);
	KUNIT_EXPECT_FALSE(test, toy_flushed(t));
	toy_destroy(test, t);
}

static void write_protect_keeps_an_old_page_old(struct kunit *test)
{
	struct toy_tree *t = toy_create(test, &toy);

	toy_map(test, t, 0, 0x5000, 0, RW);
	axvcpu_stage2_age(&t->s2, 0, K4, true);
	axvcpu_stage2_write_protect(&t->s2, 0, K4);
	KUNIT_EXPECT_FALSE(test, axvcpu_stage2_age(&t->s2, 0, K4, false));
	toy_destroy(test, t);
}

static void more_access_needs_no_flush(struct kunit *test)
{
	struct toy_tree *t = toy_create(test, &toy);

	toy_map(test, t, 0, 0x5000, 0, R);
	toy_map(test, t, 0, 0x5000, 0, RW);
	expect_leaf(test, t, 0, 0x5000, 0, RW);
	expect_counts(test, t, 1, 0, 0, 4);
	KUNIT_EXPECT_FALSE(test, toy_flushed(t));
	toy_destroy(test, t);
}

static void less_access_leaves_the_entry(struct kunit *test)
{
	struct toy_tree *t = toy_create(test, &toy);

	toy_map(test, t, 0, 0x5000, 0, RW);
	toy_map(test, t, 0, 0x5000, 0, R);
	expect_leaf(test, t, 0, 0x5000, 0, RW);
	toy_map(test, t, M2, M2, 1, RW);
	toy_map(test, t, M2 + K4, M2 + K4, 0, R);
	expect_leaf(test, t, M2 + K4, M2, 1, RW);
	KUNIT_EXPECT_FALSE(test, toy_flushed(t));
	toy_destroy(test, t);
}

static void another_page_or_other_access_needs_a_flush(struct kunit *test)
{
	struct toy_tree *t = toy_create(test, &toy);

	toy_map(test, t, 0, 0x5000, 0, RW);
	toy_map(test, t, 0, 0x6000, 0, RW);
	expect_leaf(test, t, 0, 0x6000, 0, RW);
	KUNIT_EXPECT_TRUE(test, toy_flushed(t));

	toy_map(test, t, 0, 0x6000, 0, RX);
	expect_leaf(test, t, 0, 0x6000, 0, RX);
	KUNIT_EXPECT_TRUE(test, toy_flushed(t));
	expect_counts(test, t, 1, 0, 0, 4);
	toy_destroy(test, t);
}

static void a_page_ages(struct kunit *test)
{
	struct toy_tree *t = toy_create(test, &toy);

	toy_map(test, t, 0, 0x5000, 0, R);
	toy_map(test, t, M2, 0, 1, R);
	KUNIT_EXPECT_TRUE(test, axvcpu_stage2_age(&t->s2, 0, K4, false));
	KUNIT_EXPECT_TRUE(test, axvcpu_stage2_age(&t->s2, 0, K4, true));
	KUNIT_EXPECT_FALSE(test, axvcpu_stage2_age(&t->s2, 0, K4, true));
	KUNIT_EXPECT_TRUE(test, axvcpu_stage2_age(&t->s2, M2 + K4, M2 + 2 * K4, true));
	KUNIT_EXPECT_FALSE(test, axvcpu_stage2_age(&t->s2, 0, 2 * M2, false));
	KUNIT_EXPECT_FALSE(test, axvcpu_stage2_age(&t->s2, G1, 2 * G1, true));
	expect_leaf(test, t, 0, 0x5000, 0, R);
	KUNIT_EXPECT_FALSE(test, toy_flushed(t));
	toy_destroy(test, t);
}

static void without_accessed_bits_ageing_unmaps(struct kunit *test)
{
	struct toy_tree *t = toy_create(test, &toy_blind);

	toy_map(test, t, 0, 0x5000, 0, R);
	KUNIT_EXPECT_TRUE(test, axvcpu_stage2_age(&t->s2, 0, K4, false));
	expect_leaf(test, t, 0, 0x5000, 0, R);
	KUNIT_EXPECT_TRUE(test, axvcpu_stage2_age(&t->s2, 0, K4, true));
	expect_absent(test, t, 0);
	KUNIT_EXPECT_TRUE(test, toy_flushed(t));
	KUNIT_EXPECT_FALSE(test, axvcpu_stage2_age(&t->s2, 0, K4, true));
	toy_destroy(test, t);
}

static void break_before_make_goes_through_absent(struct kunit *test)
{
	struct toy_tree *t = toy_create(test, &toy_bbm);

	t->watch = M2;
	toy_map(test, t, M2, M2, 1, R);
	KUNIT_EXPECT_EQ(test, t->breaks, 0);

	toy_map(test, t, M2, M2, 0, RW);
	KUNIT_EXPECT_EQ(test, t->breaks, 1);
	KUNIT_EXPECT_TRUE(test, t->watched_absent);

	toy_map(test, t, M2, 3 * M2, 1, RW);
	KUNIT_EXPECT_EQ(test, t->breaks, 2);
	KUNIT_EXPECT_TRUE(test, t->watched_absent);
	expect_leaf(test, t, M2, 3 * M2, 1, RW);
	expect_counts(test, t, 0, 1, 0, 3);
	toy_destroy(test, t);
}

static struct kunit_case stage2_cases[] = {
	KUNIT_CASE_PARAM(maps_each_size, size_gen_params),
	KUNIT_CASE(a_neighbour_needs_no_page),
	KUNIT_CASE(too_few_pages_change_nothing),
	KUNIT_CASE(too_few_pages_leave_a_big_page_whole),
	KUNIT_CASE(a_2m_page_is_split_and_the_rest_stays),
	KUNIT_CASE(a_1g_page_is_split_to_4k),
	KUNIT_CASE(a_2m_page_replaces_a_table),
	KUNIT_CASE(a_1g_page_replaces_a_tree),
	KUNIT_CASE(unmap_takes_its_range_only),
	KUNIT_CASE(a_big_page_is_unmapped_as_a_whole),
	KUNIT_CASE(unmap_frees_only_empty_tables),
	KUNIT_CASE(unmap_of_nothing_does_nothing),
	KUNIT_CASE(write_protect_takes_only_write_access),
	KUNIT_CASE(write_protect_keeps_an_old_page_old),
	KUNIT_CASE(more_access_needs_no_flush),
	KUNIT_CASE(less_access_leaves_the_entry),
	KUNIT_CASE(another_page_or_other_access_needs_a_flush),
	KUNIT_CASE(a_page_ages),
	KUNIT_CASE(without_accessed_bits_ageing_unmaps),
	KUNIT_CASE(break_before_make_goes_through_absent),
	{}
};

static struct kunit_suite stage2_suite = {
	.name = "axvcpu_stage2",
	.test_cases = stage2_cases,
};
kunit_test_suite(stage2_suite);
