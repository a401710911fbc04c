// SPDX-License-Identifier: GPL-2.0-only
/*
 * Entries of nested page tables, as literal values of the AMD64 APM Vol. 2, 5.3.3 and 5.4.1:
 * P 1, R/W 2, U/S 4, A 20, D 40, PS 80, address in bits 51:12, NX in bit 63.
 */
#include <kunit/test.h>

#include "../arch/x86/svm/svm_npt.c"

#define R	AXVCPU_MAP_R
#define RW	(AXVCPU_MAP_R | AXVCPU_MAP_W)
#define RX	(AXVCPU_MAP_R | AXVCPU_MAP_X)
#define RWX	(AXVCPU_MAP_R | AXVCPU_MAP_W | AXVCPU_MAP_X)

static const struct axsvm_npt_config npt_plain = {};
static const struct axsvm_npt_config npt_1g = { .page1g = true };
static const struct axsvm_npt_config npt_la57 = { .la57 = true };
static const struct axsvm_npt_config npt_sme = { .c_bit = 1ULL << 47 };

struct npt_leaf_case {
	const char *name;
	u64 pa;
	unsigned int level;
	u32 access;
	u64 want;
};

static const struct npt_leaf_case npt_leaf_cases[] = {
	{ "4k_read_write_execute", 0x2000, 0, RWX, 0x2067 },
	{ "4k_read_execute", 0x2000, 0, RX, 0x2025 },
	{ "4k_read_write", 0x2000, 0, RW, 0x8000000000002067 },
	{ "4k_read", 0x2000, 0, R, 0x8000000000002025 },
	{ "4k_highest_page", 0xffffffffff000, 0, RX, 0x000ffffffffff025 },
	{ "2m_read_write_execute", 0x40200000, 1, RWX, 0x402000e7 },
	{ "2m_read", 0x40200000, 1, R, 0x80000000402000a5 },
	{ "1g_read_write_execute", 0x180000000, 2, RWX, 0x1800000e7 },
	{ "1g_read_execute", 0x180000000, 2, RX, 0x1800000a5 },
};

static void npt_leaf_case_desc(const struct npt_leaf_case *c, char *desc)
{
	strscpy(desc, c->name, KUNIT_PARAM_DESC_SIZE);
}

KUNIT_ARRAY_PARAM(npt_leaf, npt_leaf_cases, npt_leaf_case_desc);

static void leaves_are_encoded_and_read_back(struct kunit *test)
{
	const struct npt_leaf_case *c = test->param_value;
	u64 entry;

	axsvm_npt_init(&npt_plain);
	entry = axsvm_npt_format.leaf(c->pa, c->level, c->access);

	KUNIT_EXPECT_EQ(test, entry, c->want);
	KUNIT_EXPECT_TRUE(test, axsvm_npt_format.is_present(entry));
	KUNIT_EXPECT_TRUE(test, axsvm_npt_format.is_leaf(entry, c->level));
	KUNIT_EXPECT_EQ(test, axsvm_npt_format.addr(entry), c->pa);
	KUNIT_EXPECT_EQ(test, axsvm_npt_format.access(entry), c->access);
}

/* Rights of a table are those of the leaves below it: it allows everything. */
static void a_table_allows_everything(struct kunit *test)
{
	axsvm_npt_init(&npt_plain);

	KUNIT_EXPECT_EQ(test, axsvm_npt_format.table(0x5000), 0x5007ULL);
	KUNIT_EXPECT_TRUE(test, axsvm_npt_format.is_present(0x5007));
	KUNIT_EXPECT_FALSE(test, axsvm_npt_format.is_leaf(0x5007, 1));
	KUNIT_EXPECT_FALSE(test, axsvm_npt_format.is_leaf(0x5007, 2));
	KUNIT_EXPECT_EQ(test, axsvm_npt_format.addr(0x5007), 0x5000ULL);
}

static void the_hardware_may_set_accessed_and_dirty(struct kunit *test)
{
	axsvm_npt_init(&npt_plain);

	KUNIT_EXPECT_EQ(test, axsvm_npt_format.accessed, 0x20ULL);
	KUNIT_EXPECT_EQ(test, axsvm_npt_format.addr(0x80000000402000c5), 0x40200000ULL);
	KUNIT_EXPECT_EQ(test, axsvm_npt_format.addr(0x5027), 0x5000ULL);
	KUNIT_EXPECT_EQ(test, axsvm_npt_format.access(0x2047), (u32)RWX);
}

static void zero_is_absent(struct kunit *test)
{
	KUNIT_EXPECT_FALSE(test, axsvm_npt_format.is_present(0));
	KUNIT_EXPECT_FALSE(test, axsvm_npt_format.is_present(0x8000000000002066));
}

static void reads_cannot_be_denied(struct kunit *test)
{
	KUNIT_EXPECT_TRUE(test, axsvm_npt_format.supports(R));
	KUNIT_EXPECT_TRUE(test, axsvm_npt_format.supports(RW));
	KUNIT_EXPECT_TRUE(test, axsvm_npt_format.supports(RX));
	KUNIT_EXPECT_TRUE(test, axsvm_npt_format.supports(RWX));
	KUNIT_EXPECT_FALSE(test, axsvm_npt_format.supports(AXVCPU_MAP_W));
	KUNIT_EXPECT_FALSE(test, axsvm_npt_format.supports(AXVCPU_MAP_X));
	KUNIT_EXPECT_FALSE(test, axsvm_npt_format.supports(AXVCPU_MAP_W | AXVCPU_MAP_X));
}

static void the_host_decides_the_shape(struct kunit *test)
{
	axsvm_npt_init(&npt_plain);
	KUNIT_EXPECT_EQ(test, axsvm_npt_format.nr_levels, 4U);
	KUNIT_EXPECT_EQ(test, axsvm_npt_format.root_order, 0U);
	KUNIT_EXPECT_EQ(test, axsvm_npt_format.max_leaf_level, 1U);

	axsvm_npt_init(&npt_1g);
	KUNIT_EXPECT_EQ(test, axsvm_npt_format.nr_levels, 4U);
	KUNIT_EXPECT_EQ(test, axsvm_npt_format.max_leaf_level, 2U);

	axsvm_npt_init(&npt_la57);
	KUNIT_EXPECT_EQ(test, axsvm_npt_format.nr_levels, 5U);
	KUNIT_EXPECT_EQ(test, axsvm_npt_format.max_leaf_level, 1U);
}

static void encrypted_memory_has_the_c_bit(struct kunit *test)
{
	axsvm_npt_init(&npt_sme);

	KUNIT_EXPECT_EQ(test, axsvm_npt_format.table(0x5000), 0x0000800000005007ULL);
	KUNIT_EXPECT_EQ(test, axsvm_npt_format.leaf(0x2000, 0, RX), 0x0000800000002025ULL);
	KUNIT_EXPECT_EQ(test, axsvm_npt_format.addr(0x0000800000005007), 0x5000ULL);
	KUNIT_EXPECT_EQ(test, axsvm_npt_format.addr(0x0000800000002025), 0x2000ULL);

	axsvm_npt_init(&npt_plain);
}

static struct kunit_case npt_cases[] = {
	KUNIT_CASE_PARAM(leaves_are_encoded_and_read_back, npt_leaf_gen_params),
	KUNIT_CASE(a_table_allows_everything),
	KUNIT_CASE(the_hardware_may_set_accessed_and_dirty),
	KUNIT_CASE(zero_is_absent),
	KUNIT_CASE(reads_cannot_be_denied),
	KUNIT_CASE(the_host_decides_the_shape),
	KUNIT_CASE(encrypted_memory_has_the_c_bit),
	{}
};

static struct kunit_suite npt_suite = {
	.name = "axvcpu_svm_npt",
	.test_cases = npt_cases,
};
kunit_test_suite(npt_suite);
