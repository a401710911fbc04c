// SPDX-License-Identifier: GPL-2.0-only
/* Mapped ranges: which may be added, and what a lookup finds. */
#include <kunit/test.h>

#include "../module/mem_region.c"

#define R	AXVCPU_MAP_R
#define W	AXVCPU_MAP_W
#define LOG	AXVCPU_MAP_DIRTY_LOG

#define LIMIT	BIT_ULL(40)

struct check_case {
	const char *name;
	struct axvcpu_map map;
	int want;
};

#define MAP(f, g, l, h)	{ .flags = (f), .gpa = (g), .len = (l), .hva = (h) }

static const struct check_case check_cases[] = {
	{ "one_page_at_zero", MAP(R, 0, 0x1000, 0x7f0000000000), 0 },
	{ "write_only_is_the_formats_business", MAP(W, 0, 0x1000, 0x10000), 0 },
	{ "all_flags", MAP(0xf, 0x1000, 0x1000, 0x10000), 0 },
	{ "up_to_the_limit", MAP(R, LIMIT - 0x1000, 0x1000, 0x10000), 0 },
	{ "all_of_the_width", MAP(R, 0, LIMIT, 0x1000), 0 },
	{ "length_zero", MAP(R, 0x1000, 0, 0x10000), -EINVAL },
	{ "gpa_misaligned", MAP(R, 0x1800, 0x1000, 0x10000), -EINVAL },
	{ "gpa_misaligned_by_one", MAP(R, 1, 0x1000, 0x10000), -EINVAL },
	{ "len_misaligned", MAP(R, 0x1000, 0x1001, 0x10000), -EINVAL },
	{ "len_below_a_page", MAP(R, 0x1000, 0x800, 0x10000), -EINVAL },
	{ "hva_misaligned", MAP(R, 0x1000, 0x1000, 0x10008), -EINVAL },
	{ "one_page_over_the_limit", MAP(R, LIMIT, 0x1000, 0x10000), -EINVAL },
	{ "across_the_limit", MAP(R, LIMIT - 0x1000, 0x2000, 0x10000), -EINVAL },
	{ "gpa_wraps_to_zero", MAP(R, 0xfffffffffffff000, 0x1000, 0x10000), -EINVAL },
	{ "gpa_wraps", MAP(R, 0xfffffffffffff000, 0x2000, 0x10000), -EINVAL },
	{ "huge_len_wraps", MAP(R, 0x1000, 0xfffffffffffff000, 0x10000), -EINVAL },
	{ "hva_wraps", MAP(R, 0x1000, 0x2000, 0xfffffffffffff000), -EINVAL },
	{ "no_access", MAP(0, 0x1000, 0x1000, 0x10000), -EINVAL },
	{ "only_a_log", MAP(LOG, 0x1000, 0x1000, 0x10000), -EINVAL },
	{ "unknown_flag", MAP(R | 0x10, 0x1000, 0x1000, 0x10000), -EINVAL },
	{ "unknown_high_flag", MAP(R | 0x80000000, 0x1000, 0x1000, 0x10000), -EINVAL },
};

static void check_case_desc(const struct check_case *c, char *desc)
{
	strscpy(desc, c->name, KUNIT_PARAM_DESC_SIZE);
}

KUNIT_ARRAY_PARAM(check, check_cases, check_case_desc);

static void ranges_are_checked(struct kunit *test)
{
	const struct check_case *c = test->param_value;

	KUNIT_EXPECT_EQ(test, axvcpu_region_check(&c->map, LIMIT), c->want);
}

static struct axvcpu_regions *make_regions(struct kunit *test, u32 nr)
{
	struct axvcpu_regions *regions;

	regions = kunit_kzalloc(test, struct_size(regions, region, nr), GFP_KERNEL);
	KUNIT_ASSERT_NOT_ERR_OR_NULL(test, regions);
	return regions;
}

/* Region @i: 16 KiB at 64 KiB * (i + 1), behind it 0x10000000 + 64 KiB * i. */
static struct axvcpu_regions *make_row(struct kunit *test, u32 nr)
{
	struct axvcpu_regions *regions = make_regions(test, nr);
	u32 i;

	regions->nr = nr;
	for (i = 0; i < nr; i++)
		regions->region[i] = (struct axvcpu_region) {
			.gpa = 0x10000ULL * (i + 1),
			.end = 0x10000ULL * (i + 1) + 0x4000,
			.hva = 0x10000000 + 0x10000 * i,
			.hva_end = 0x10000000 + 0x10000 * i + 0x4000,
			.flags = R,
		};
	return regions;
}

static void take_away(struct axvcpu_regions *regions, u32 i)
{
	regions->region[i].end = regions->region[i].gpa;
}

static const u32 row_sizes[] = { 0, 1, 2, 3, 64, 512 };

static void row_size_desc(const u32 *nr, char *desc)
{
	snprintf(desc, KUNIT_PARAM_DESC_SIZE, "%u_regions", *nr);
}

KUNIT_ARRAY_PARAM(row_size, row_sizes, row_size_desc);

static void every_address_is_found_where_it_is(struct kunit *test)
{
	u32 nr = *(const u32 *)test->param_value;
	struct axvcpu_regions *regions = make_row(test, nr);
	u32 i;

	for (i = 0; i < nr; i++) {
		u64 gpa = 0x10000ULL * (i + 1);
		struct axvcpu_region *r = &regions->region[i];

		KUNIT_EXPECT_NULL(test, axvcpu_regions_find(regions, gpa - 1, AXVCPU_HINT_FAULT));
		KUNIT_EXPECT_PTR_EQ(test, axvcpu_regions_find(regions, gpa, AXVCPU_HINT_FAULT), r);
		KUNIT_EXPECT_PTR_EQ(test, axvcpu_regions_find(regions, gpa + 0x3fff,
							      AXVCPU_HINT_FAULT), r);
		KUNIT_EXPECT_NULL(test, axvcpu_regions_find(regions, gpa + 0x4000,
							    AXVCPU_HINT_FAULT));
	}
	KUNIT_EXPECT_NULL(test, axvcpu_regions_find(regions, 0, AXVCPU_HINT_FAULT));
	KUNIT_EXPECT_NULL(test, axvcpu_regions_find(regions, ~0ULL, AXVCPU_HINT_FAULT));
}

static void a_hint_remembers_regions_and_gaps(struct kunit *test)
{
	struct axvcpu_regions *regions = make_row(test, 64);

	axvcpu_regions_find(regions, 0x200000, AXVCPU_HINT_ACCESS);
	KUNIT_EXPECT_EQ(test, regions->hint[AXVCPU_HINT_ACCESS], 32U);
	KUNIT_EXPECT_EQ(test, regions->hint[AXVCPU_HINT_FAULT], 0U);

	axvcpu_regions_find(regions, 0xfee00000, AXVCPU_HINT_FAULT);
	KUNIT_EXPECT_EQ(test, regions->hint[AXVCPU_HINT_FAULT], 64U);
	KUNIT_EXPECT_EQ(test, regions->hint[AXVCPU_HINT_ACCESS], 32U);
}

static void a_region_taken_away_is_not_found(struct kunit *test)
{
	struct axvcpu_regions *regions = make_row(test, 3);

	axvcpu_regions_find(regions, 0x20000, AXVCPU_HINT_FAULT);
	take_away(regions, 1);
	KUNIT_EXPECT_NULL(test, axvcpu_regions_find(regions, 0x20000, AXVCPU_HINT_FAULT));
	KUNIT_EXPECT_FALSE(test, axvcpu_regions_overlap(regions, 0x20000, 0x24000));
	KUNIT_EXPECT_EQ(test, axvcpu_regions_live(regions), 2U);
}

struct overlap_case {
	const char *name;
	u64 gpa;
	u64 end;
	bool want;
};

/* Regions: 10000..14000, 20000..24000 */
static const struct overlap_case overlap_cases[] = {
	{ "below_all", 0x0, 0x10000, false },
	{ "between_touching_both", 0x14000, 0x20000, false },
	{ "above_all", 0x24000, 0x25000, false },
	{ "the_same", 0x10000, 0x14000, true },
	{ "inside", 0x11000, 0x12000, true },
	{ "around", 0xf000, 0x15000, true },
	{ "its_first_page", 0xf000, 0x11000, true },
	{ "its_last_page", 0x13000, 0x15000, true },
	{ "the_gap_and_a_page", 0x14000, 0x21000, true },
	{ "both", 0x0, 0x1000000, true },
};

static void overlap_case_desc(const struct overlap_case *c, char *desc)
{
	strscpy(desc, c->name, KUNIT_PARAM_DESC_SIZE);
}

KUNIT_ARRAY_PARAM(overlap, overlap_cases, overlap_case_desc);

static void overlaps_are_seen(struct kunit *test)
{
	const struct overlap_case *c = test->param_value;
	struct axvcpu_regions *regions = make_row(test, 2);

	KUNIT_EXPECT_EQ(test, axvcpu_regions_overlap(regions, c->gpa, c->end), c->want);
}

static void check_insert(struct kunit *test, u64 gpa, u32 at)
{
	struct axvcpu_region region = { .gpa = gpa, .end = gpa + 0x1000 };
	struct axvcpu_regions *from = make_row(test, 3);
	struct axvcpu_regions *to = make_regions(test, 4);
	u32 i;

	axvcpu_regions_insert(to, from, &region);
	KUNIT_ASSERT_EQ(test, to->nr, 4U);
	KUNIT_EXPECT_EQ(test, to->region[at].gpa, gpa);
	for (i = 1; i < to->nr; i++)
		KUNIT_EXPECT_GT(test, to->region[i].gpa, to->region[i - 1].gpa);
}

static void a_new_region_goes_to_its_place(struct kunit *test)
{
	check_insert(test, 0, 0);
	check_insert(test, 0x14000, 1);
	check_insert(test, 0x28000, 2);
	check_insert(test, 0x1000000, 3);
}

static void the_place_of_a_region_taken_away_is_free_again(struct kunit *test)
{
	struct axvcpu_region region = { .gpa = 0x20000, .end = 0x24000, .hva = 0x5000 };
	struct axvcpu_regions *from = make_row(test, 3);
	struct axvcpu_regions *to = make_regions(test, 3);

	take_away(from, 1);
	axvcpu_regions_insert(to, from, &region);
	KUNIT_ASSERT_EQ(test, to->nr, 3U);
	KUNIT_EXPECT_EQ(test, to->region[1].hva, 0x5000UL);
}

static void expect_piece(struct kunit *test, struct axvcpu_hva_walk *walk,
			 const struct axvcpu_regions *regions, u64 gpa, u64 end)
{
	KUNIT_ASSERT_TRUE(test, axvcpu_hva_walk_next(walk, regions));
	KUNIT_EXPECT_EQ(test, walk->gpa, gpa);
	KUNIT_EXPECT_EQ(test, walk->gpa_end, end);
}

static void a_host_range_leads_to_every_region_behind_it(struct kunit *test)
{
	struct axvcpu_hva_walk walk = { .start = 0x10003000, .end = 0x10021000, .step = 1 << 20 };
	struct axvcpu_regions *regions = make_row(test, 4);

	expect_piece(test, &walk, regions, 0x13000, 0x14000);
	expect_piece(test, &walk, regions, 0x20000, 0x24000);
	expect_piece(test, &walk, regions, 0x30000, 0x31000);
	KUNIT_EXPECT_FALSE(test, axvcpu_hva_walk_next(&walk, regions));
}

static void a_large_range_comes_in_steps(struct kunit *test)
{
	struct axvcpu_hva_walk walk = { .start = 0, .end = ULONG_MAX, .step = 0x3000 };
	struct axvcpu_regions *regions = make_row(test, 2);

	expect_piece(test, &walk, regions, 0x10000, 0x13000);
	expect_piece(test, &walk, regions, 0x13000, 0x14000);
	expect_piece(test, &walk, regions, 0x20000, 0x23000);
	expect_piece(test, &walk, regions, 0x23000, 0x24000);
	KUNIT_EXPECT_FALSE(test, axvcpu_hva_walk_next(&walk, regions));
}

static void memory_mapped_twice_is_found_twice(struct kunit *test)
{
	struct axvcpu_hva_walk walk = { .start = 0x10001000, .end = 0x10002000, .step = 1 << 20 };
	struct axvcpu_regions *regions = make_row(test, 2);

	regions->region[1].hva = regions->region[0].hva;
	regions->region[1].hva_end = regions->region[0].hva_end;
	expect_piece(test, &walk, regions, 0x11000, 0x12000);
	expect_piece(test, &walk, regions, 0x21000, 0x22000);
	KUNIT_EXPECT_FALSE(test, axvcpu_hva_walk_next(&walk, regions));
}

/* Its translations may be there a while longer than lookups find it. */
static void a_region_on_its_way_out_is_still_invalidated(struct kunit *test)
{
	struct axvcpu_hva_walk walk = { .start = 0x10000000, .end = 0x10001000, .step = 1 << 20 };
	struct axvcpu_regions *regions = make_row(test, 1);

	take_away(regions, 0);
	expect_piece(test, &walk, regions, 0x10000, 0x11000);

	walk.cursor = 0;
	regions->region[0].hva_end = regions->region[0].hva;
	KUNIT_EXPECT_FALSE(test, axvcpu_hva_walk_next(&walk, regions));
}

static struct kunit_case mem_cases[] = {
	KUNIT_CASE_PARAM(ranges_are_checked, check_gen_params),
	KUNIT_CASE_PARAM(every_address_is_found_where_it_is, row_size_gen_params),
	KUNIT_CASE(a_hint_remembers_regions_and_gaps),
	KUNIT_CASE(a_region_taken_away_is_not_found),
	KUNIT_CASE_PARAM(overlaps_are_seen, overlap_gen_params),
	KUNIT_CASE(a_new_region_goes_to_its_place),
	KUNIT_CASE(the_place_of_a_region_taken_away_is_free_again),
	KUNIT_CASE(a_host_range_leads_to_every_region_behind_it),
	KUNIT_CASE(a_large_range_comes_in_steps),
	KUNIT_CASE(memory_mapped_twice_is_found_twice),
	KUNIT_CASE(a_region_on_its_way_out_is_still_invalidated),
	{}
};

static struct kunit_suite mem_suite = {
	.name = "axvcpu_mem",
	.test_cases = mem_cases,
};
kunit_test_suite(mem_suite);
