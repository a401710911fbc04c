// SPDX-License-Identifier: GPL-2.0-only
/*
 * Guest page walk: formats, rights, reserved bits, error codes, accessed and dirty
 * bits, in every paging mode.  Guest memory is a handful of table entries.
 */
#include <kunit/test.h>

#include "../arch/x86/x86_walk.c"

#define R	AXX86_ACCESS_READ
#define W	AXX86_ACCESS_WRITE
#define X	AXX86_ACCESS_FETCH
#define I	AXX86_ACCESS_IMPLICIT
#define NX	BIT_ULL(63)

#define FAKE_ENTRIES	5

struct fake_entry {
	u64 gpa;
	u64 value;
};

struct fake_mem {
	struct fake_entry e[FAKE_ENTRIES];
	size_t entry_bytes;
	unsigned int reads;
	unsigned int races;		/* so many cmpxchg still lose */
	u64 racer;			/* what the other vCPU then leaves in the entry */
	int cmpxchg_error;
};

static struct fake_entry *fake_find(struct fake_mem *m, u64 gpa)
{
	int i;

	for (i = 0; i < FAKE_ENTRIES; i++)
		if (m->e[i].gpa == gpa && gpa)
			return &m->e[i];
	return NULL;
}

static int fake_read(void *ctx, u64 gpa, void *buf, size_t len)
{
	struct fake_mem *m = ctx;
	struct fake_entry *e = fake_find(m, gpa);

	m->reads++;
	if (!e || len != m->entry_bytes)
		return -ENXIO;
	memcpy(buf, &e->value, len);
	return 0;
}

static int fake_cmpxchg(void *ctx, u64 gpa, u64 old, u64 new, size_t len)
{
	struct fake_mem *m = ctx;
	struct fake_entry *e = fake_find(m, gpa);

	if (m->cmpxchg_error)
		return m->cmpxchg_error;
	if (!e || len != m->entry_bytes)
		return -ENXIO;
	if (m->races) {
		m->races--;
		e->value = m->racer;
	}
	if (e->value != old)
		return -EAGAIN;
	e->value = new;
	return 0;
}

static int fake_walk(struct fake_mem *m, const struct axx86_paging *pg, u64 gva, u32 access,
		     struct axx86_walk *out)
{
	const struct axx86_walk_mem mem = { fake_read, fake_cmpxchg, m };

	m->entry_bytes = pg->cr4 & 0x20 ? 8 : 4;
	memset(out, 0xa5, sizeof(*out));
	return axx86_walk(&mem, pg, gva, access, out);
}

/*
 * struct axx86_paging: CR0 (PG 80000000, WP 10000, PE 1), CR3, CR4 (PSE 10, PAE 20, LA57 1000,
 * SMEP 100000, SMAP 200000, PKE 400000), EFER (LME 100, LMA 400, NXE 800), RFLAGS (AC 40000),
 * pdpte, pkru, quirks, maxphyaddr, cpl.
 *
 * Entries: P 1, RW 2, US 4, A 20, D 40, PS 80, G 100.
 */
struct walk_case {
	const char *name;
	struct axx86_paging pg;
	u64 gva;
	u32 access;
	struct fake_entry before[FAKE_ENTRIES];
	u64 after[FAKE_ENTRIES];
	int ret;
	u64 gpa;
	u64 page_size;
	u64 table_gpa;
	u32 error;
};

static const u64 held_pdptes[4] = { 0, 0, 0x5001, 0 };

static const struct walk_case walk_cases[] = {
	{ "paging_off", { 0x11, 0x1000, 0, 0, 2, NULL, 0, 0, 36, 0 }, 0xfee00123, W,
	  {}, {}, 0, 0xfee00123, 0x1000 },
	{ "paging_off_has_32_bits", { 0x11, 0x1000, 0, 0, 2, NULL, 0, 0, 36, 0 },
	  0x1fee00123ULL, R, {}, {}, 0, 0xfee00123, 0x1000 },
	{ "paging_off_ignores_cpl", { 0x11, 0, 0x20, 0x800, 2, NULL, 0, 0, 36, 3 }, 0x1000, W,
	  {}, {}, 0, 0x1000, 0x1000 },

	/* 32-bit: gva 00c04abc has directory index 3, table index 4 */
	{ "legacy_4k_read_sets_accessed", { 0x80000001, 0x1000, 0, 0, 2, NULL, 0, 0, 36, 0 },
	  0xc04abc, R,
	  { { 0x100c, 0x4003 }, { 0x4010, 0x55003 } }, { 0x4023, 0x55023 },
	  0, 0x55abc, 0x1000 },
	{ "legacy_4k_write_sets_dirty_in_the_leaf",
	  { 0x80000001, 0x1000, 0, 0, 2, NULL, 0, 0, 36, 0 }, 0xc04abc, W,
	  { { 0x100c, 0x4003 }, { 0x4010, 0x55003 } }, { 0x4023, 0x55063 },
	  0, 0x55abc, 0x1000 },
	{ "legacy_cr3_flags_are_no_address", { 0x80000001, 0x1018, 0, 0, 2, NULL, 0, 0, 36, 0 },
	  0xc04abc, R,
	  { { 0x100c, 0x4023 }, { 0x4010, 0x55023 } }, { 0x4023, 0x55023 },
	  0, 0x55abc, 0x1000 },
	{ "legacy_address_has_32_bits", { 0x80000001, 0x1000, 0, 0, 2, NULL, 0, 0, 36, 0 },
	  0xffffffff00c04abcULL, R,
	  { { 0x100c, 0x4023 }, { 0x4010, 0x55023 } }, { 0x4023, 0x55023 },
	  0, 0x55abc, 0x1000 },
	{ "legacy_cr3_has_32_bits", { 0x80000001, 0xfff00001000ULL, 0, 0, 2, NULL, 0, 0, 36, 0 },
	  0xc04abc, R,
	  { { 0x100c, 0x4023 }, { 0x4010, 0x55023 } }, { 0x4023, 0x55023 },
	  0, 0x55abc, 0x1000 },
	{ "legacy_fetch_does_not_tell_even_with_nxe",
	  { 0x80000001, 0x1000, 0, 0x800, 2, NULL, 0, 0, 36, 0 }, 0xc04abc, X,
	  { { 0x100c, 0x4002 } }, { 0x4002 }, -EFAULT, .error = 0 },
	{ "legacy_has_no_protection_keys",
	  { 0x80000001, 0x1000, 0x400000, 0, 2, NULL, 0xffffffff, 0, 36, 3 }, 0xc04abc, R,
	  { { 0x100c, 0x4027 }, { 0x4010, 0x55027 } }, { 0x4027, 0x55027 },
	  0, 0x55abc, 0x1000 },
	{ "legacy_last_entries", { 0x80000001, 0x1000, 0, 0, 2, NULL, 0, 0, 36, 0 },
	  0xffffffff, R,
	  { { 0x1ffc, 0x4023 }, { 0x4ffc, 0xfffff023 } }, { 0x4023, 0xfffff023 },
	  0, 0xffffffff, 0x1000 },
	{ "legacy_4m", { 0x80000001, 0x1000, 0x10, 0, 2, NULL, 0, 0, 36, 0 }, 0xc04abc, W,
	  { { 0x100c, 0x800083 } }, { 0x8000e3 }, 0, 0x804abc, 0x400000 },
	{ "legacy_4m_above_4g_by_pse_36", { 0x80000001, 0x1000, 0x10, 0, 2, NULL, 0, 0, 36, 0 },
	  0xc04abc, R,
	  { { 0x100c, 0x81e0a3 } }, { 0x81e0a3 }, 0, 0xf00804abcULL, 0x400000 },
	{ "legacy_ps_without_pse_is_a_table", { 0x80000001, 0x1000, 0, 0, 2, NULL, 0, 0, 36, 0 },
	  0xc04abc, R,
	  { { 0x100c, 0x40a3 }, { 0x4010, 0x55023 } }, { 0x40a3, 0x55023 },
	  0, 0x55abc, 0x1000 },
	{ "legacy_directory_not_present", { 0x80000001, 0x1000, 0, 0, 2, NULL, 0, 0, 36, 0 },
	  0xc04abc, R, { { 0x100c, 0x4002 } }, { 0x4002 }, -EFAULT, .error = 0 },
	{ "legacy_table_not_present_leaves_accessed_alone",
	  { 0x80000001, 0x1000, 0, 0, 2, NULL, 0, 0, 36, 3 }, 0xc04abc, W,
	  { { 0x100c, 0x4007 }, { 0x4010, 0x55006 } }, { 0x4007, 0x55006 },
	  -EFAULT, .error = 6 },

	/* PAE: gva 80604abc has indices 2, 3, 4 */
	{ "pae_4k", { 0x80000001, 0x1020, 0x20, 0x800, 2, NULL, 0, 0, 40, 0 }, 0x80604abc, W,
	  { { 0x1030, 0x2001 }, { 0x2018, 0x4003 }, { 0x4020, 0xff00055003ULL } },
	  { 0x2001, 0x4023, 0xff00055063ULL }, 0, 0xff00055abcULL, 0x1000 },
	{ "pae_2m", { 0x80000001, 0x1020, 0x20, 0, 2, NULL, 0, 0, 40, 0 }, 0x80604abc, R,
	  { { 0x1030, 0x2001 }, { 0x2018, 0x40000083 } }, { 0x2001, 0x400000a3 },
	  0, 0x40004abc, 0x200000 },
	{ "pae_last_page", { 0x80000001, 0x1020, 0x20, 0, 2, NULL, 0, 0, 40, 0 }, 0xffffffff, R,
	  { { 0x1038, 0x2001 }, { 0x2ff8, 0x4023 }, { 0x4ff8, 0x55023 } },
	  { 0x2001, 0x4023, 0x55023 }, 0, 0x55fff, 0x1000 },
	{ "pae_cr3_has_32_bits", { 0x80000001, 0xfff00001020ULL, 0x20, 0, 2, NULL, 0, 0, 40, 0 },
	  0x80604abc, R,
	  { { 0x1030, 0x2001 }, { 0x2018, 0x400000a3 } }, { 0x2001, 0x400000a3 },
	  0, 0x40004abc, 0x200000 },
	{ "pae_pdpte_has_no_rights", { 0x80010001, 0x1020, 0x20, 0, 2, NULL, 0, 0, 40, 3 },
	  0x80604abc, W,
	  { { 0x1030, 0x2001 }, { 0x2018, 0x400000e7 } }, { 0x2001, 0x400000e7 },
	  0, 0x40004abc, 0x200000 },
	{ "pae_pdptes_held_by_the_cpu",
	  { 0x80000001, 0x1020, 0x20, 0, 2, held_pdptes, 0, 0, 40, 0 }, 0x80604abc, R,
	  { { 0x5018, 0x400000a3 } }, { 0x400000a3 }, 0, 0x40004abc, 0x200000 },
	{ "pae_held_pdpte_not_present",
	  { 0x80000001, 0x1020, 0x20, 0, 2, held_pdptes, 0, 0, 40, 0 }, 0xc0604abc, R,
	  {}, {}, -EFAULT, .error = 0 },
	{ "pae_pdpte_not_present", { 0x80000001, 0x1020, 0x20, 0, 2, NULL, 0, 0, 40, 3 },
	  0x80604abc, R, { { 0x1030, 0x2000 } }, { 0x2000 }, -EFAULT, .error = 4 },

	/* long: gva 8080604abc has indices 1, 2, 3, 4 */
	{ "long_4k", { 0x80010001, 0x1000, 0x20, 0xd00, 2, NULL, 0, 0, 48, 3 },
	  0x8080604abcULL, W,
	  { { 0x1008, 0x2007 }, { 0x2010, 0x3007 }, { 0x3018, 0x4007 },
	    { 0x4020, 0x876543210007ULL } },
	  { 0x2027, 0x3027, 0x4027, 0x876543210067ULL }, 0, 0x876543210abcULL, 0x1000 },
	{ "long_2m", { 0x80010001, 0x1000, 0x20, 0xd00, 2, NULL, 0, 0, 48, 3 },
	  0x8080604abcULL, R,
	  { { 0x1008, 0x2007 }, { 0x2010, 0x3007 }, { 0x3018, 0x40000087 } },
	  { 0x2027, 0x3027, 0x400000a7 }, 0, 0x40004abc, 0x200000 },
	{ "long_2m_pat_bit_is_no_address",
	  { 0x80010001, 0x1000, 0x20, 0xd00, 2, NULL, 0, 0, 48, 3 },
	  0x8080604abcULL, R,
	  { { 0x1008, 0x2027 }, { 0x2010, 0x3027 }, { 0x3018, 0x400010a7 } },
	  { 0x2027, 0x3027, 0x400010a7 }, 0, 0x40004abc, 0x200000 },
	{ "long_1g", { 0x80010001, 0x1000, 0x20, 0xd00, 2, NULL, 0, 0, 48, 3 },
	  0x8080604abcULL, W,
	  { { 0x1008, 0x2007 }, { 0x2010, 0xc0000087ULL } },
	  { 0x2027, 0xc00000e7ULL }, 0, 0xc0604abcULL, 0x40000000 },
	{ "long_last_page", { 0x80010001, 0x1000, 0x20, 0xd00, 2, NULL, 0, 0, 52, 0 },
	  0xffffffffffffffffULL, R,
	  { { 0x1ff8, 0x2027 }, { 0x2ff8, 0x3027 }, { 0x3ff8, 0x4027 },
	    { 0x4ff8, 0xffffffffff027ULL } },
	  { 0x2027, 0x3027, 0x4027, 0xffffffffff027ULL }, 0, 0xfffffffffffffULL, 0x1000 },
	{ "long_available_bits_mean_nothing",
	  { 0x80010001, 0x1000, 0x20, 0xd00, 2, NULL, 0, 0, 48, 3 }, 0x8080604abcULL, R,
	  { { 0x1008, 0x7ff0000000002e27ULL }, { 0x2010, 0x7ff0000000003e27ULL },
	    { 0x3018, 0x7ff0000000004f27ULL }, { 0x4020, 0x7ff0000000055fe7ULL } },
	  { 0x7ff0000000002e27ULL, 0x7ff0000000003e27ULL, 0x7ff0000000004f27ULL,
	    0x7ff0000000055fe7ULL }, 0, 0x55abc, 0x1000 },
	{ "long_cr3_pcid_is_no_address",
	  { 0x80010001, 0x1fff, 0x20020, 0xd00, 2, NULL, 0, 0, 48, 3 },
	  0x8080604abcULL, R,
	  { { 0x1008, 0x2027 }, { 0x2010, 0xc00000a7ULL } },
	  { 0x2027, 0xc00000a7ULL }, 0, 0xc0604abcULL, 0x40000000 },
	{ "long_top_not_present", { 0x80010001, 0x1000, 0x20, 0xd00, 2, NULL, 0, 0, 48, 3 },
	  0x8080604abcULL, R, { { 0x1008, 0 } }, { 0 }, -EFAULT, .error = 4 },
	{ "not_present_beats_reserved_bits",
	  { 0x80010001, 0x1000, 0x20, 0xd00, 2, NULL, 0, 0, 48, 3 },
	  0x8080604abcULL, R,
	  { { 0x1008, 0xfffffffffffffffeULL } }, { 0xfffffffffffffffeULL }, -EFAULT, .error = 4 },
	{ "long_no_ram_at_the_top_table", { 0x80010001, 0x9000, 0x20, 0xd00, 2, NULL, 0, 0, 48, 3 },
	  0x8080604abcULL, R, {}, {}, -ENXIO, .table_gpa = 0x9008 },
	{ "long_no_ram_at_a_lower_table", { 0x80010001, 0x1000, 0x20, 0xd00, 2, NULL, 0, 0, 48, 3 },
	  0x8080604abcULL, R,
	  { { 0x1008, 0x2007 }, { 0x2010, 0xfee00007 } }, { 0x2007, 0xfee00007 },
	  -ENXIO, .table_gpa = 0xfee00018 },

	/* long with LA57: gva 5008080604abc has indices 5, 1, 2, 3, 4 */
	{ "la57_4k", { 0x80010001, 0x7000, 0x1020, 0xd00, 2, NULL, 0, 0, 48, 3 },
	  0x5008080604abcULL, R,
	  { { 0x7028, 0x1007 }, { 0x1008, 0x2007 }, { 0x2010, 0x3007 }, { 0x3018, 0x4007 },
	    { 0x4020, 0x55007 } },
	  { 0x1027, 0x2027, 0x3027, 0x4027, 0x55027 }, 0, 0x55abc, 0x1000 },
	{ "la57_last_page", { 0x80010001, 0x7000, 0x1020, 0xd00, 2, NULL, 0, 0, 48, 0 },
	  0xffffffffffffffffULL, R,
	  { { 0x7ff8, 0x1027 }, { 0x1ff8, 0x2027 }, { 0x2ff8, 0x3027 }, { 0x3ff8, 0x4027 },
	    { 0x4ff8, 0x55027 } },
	  { 0x1027, 0x2027, 0x3027, 0x4027, 0x55027 }, 0, 0x55fff, 0x1000 },
	{ "la57_1g", { 0x80010001, 0x7000, 0x1020, 0xd00, 2, NULL, 0, 0, 48, 3 },
	  0x5008080604abcULL, R,
	  { { 0x7028, 0x1007 }, { 0x1008, 0x2007 }, { 0x2010, 0x40000087 } },
	  { 0x1027, 0x2027, 0x400000a7 }, 0, 0x40604abc, 0x40000000 },
	{ "la57_means_nothing_in_legacy_pae",
	  { 0x80000001, 0x1020, 0x1020, 0, 2, NULL, 0, 0, 40, 0 }, 0x80604abc, R,
	  { { 0x1030, 0x2001 }, { 0x2018, 0x400000a3 } }, { 0x2001, 0x400000a3 },
	  0, 0x40004abc, 0x200000 },
};

static void walk_case_desc(const struct walk_case *c, char *desc)
{
	strscpy(desc, c->name, KUNIT_PARAM_DESC_SIZE);
}

KUNIT_ARRAY_PARAM(walk, walk_cases, walk_case_desc);

static void walks_translate(struct kunit *test)
{
	const struct walk_case *c = test->param_value;
	u64 gva = c->pg.efer & 0x400 ? c->gva : c->gva & 0xffffffff;
	struct fake_mem m = {};
	struct axx86_walk got;
	int i;

	memcpy(m.e, c->before, sizeof(m.e));
	KUNIT_EXPECT_EQ(test, fake_walk(&m, &c->pg, c->gva, c->access, &got), c->ret);
	KUNIT_EXPECT_EQ(test, got.gpa, c->gpa);
	KUNIT_EXPECT_EQ(test, got.page_size, c->page_size);
	KUNIT_EXPECT_EQ(test, got.table_gpa, c->table_gpa);
	KUNIT_EXPECT_EQ(test, got.fault.error, c->error);
	KUNIT_EXPECT_EQ(test, got.fault.vector, c->ret == -EFAULT ? 14 : 0);
	KUNIT_EXPECT_EQ(test, got.fault.address, c->ret == -EFAULT ? gva : 0);
	for (i = 0; i < FAKE_ENTRIES; i++)
		KUNIT_EXPECT_EQ(test, m.e[i].value, c->after[i]);
}

/* Rights in long mode: one entry above the page, and the page, in a 2 MiB mapping. */
struct right_case {
	const char *name;
	u64 cr0;
	u64 cr4;
	u64 efer;
	u64 rflags;
	u32 pkru;
	u8  cpl;
	u32 access;
	u64 upper;
	u64 leaf;
	u32 error;			/* 0: allowed */
};

static const struct right_case right_cases[] = {
	/* user */
	{ "user_reads", 0x80010001, 0x20, 0xd00, 2, 0, 3, R, 0x27, 0xe7, 0 },
	{ "user_writes", 0x80010001, 0x20, 0xd00, 2, 0, 3, W, 0x27, 0xe7, 0 },
	{ "user_executes", 0x80010001, 0x20, 0xd00, 2, 0, 3, X, 0x27, 0xe7, 0 },
	{ "user_reads_a_supervisor_page", 0x80010001, 0x20, 0xd00, 2, 0, 3, R, 0x27, 0xe3, 0x05 },
	{ "user_reads_below_a_supervisor_table", 0x80010001, 0x20, 0xd00, 2, 0, 3, R,
	  0x23, 0xe7, 0x05 },
	{ "user_writes_a_supervisor_page", 0x80010001, 0x20, 0xd00, 2, 0, 3, W, 0x27, 0xe3, 0x07 },
	{ "user_executes_a_supervisor_page", 0x80010001, 0x20, 0xd00, 2, 0, 3, X,
	  0x27, 0xe3, 0x15 },
	{ "user_executes_a_supervisor_page_without_nxe", 0x80010001, 0x20, 0x500, 2, 0, 3, X,
	  0x27, 0xe3, 0x05 },
	{ "user_writes_a_read_only_page", 0x80010001, 0x20, 0xd00, 2, 0, 3, W, 0x27, 0xe5, 0x07 },
	{ "user_writes_below_a_read_only_table", 0x80010001, 0x20, 0xd00, 2, 0, 3, W,
	  0x25, 0xe7, 0x07 },
	{ "user_writes_a_read_only_page_without_wp", 0x80000001, 0x20, 0xd00, 2, 0, 3, W,
	  0x27, 0xe5, 0x07 },
	{ "user_reads_a_read_only_page", 0x80010001, 0x20, 0xd00, 2, 0, 3, R, 0x27, 0xe5, 0 },
	{ "user_modifies_a_read_only_page", 0x80010001, 0x20, 0xd00, 2, 0, 3, R | W,
	  0x27, 0xe5, 0x07 },

	/* supervisor, write protection */
	{ "supervisor_writes_its_page", 0x80010001, 0x20, 0xd00, 2, 0, 0, W, 0x23, 0xe3, 0 },
	{ "supervisor_writes_a_user_page", 0x80010001, 0x20, 0xd00, 2, 0, 0, W, 0x27, 0xe7, 0 },
	{ "supervisor_writes_a_read_only_page", 0x80010001, 0x20, 0xd00, 2, 0, 0, W,
	  0x23, 0xe1, 0x03 },
	{ "supervisor_writes_below_a_read_only_table", 0x80010001, 0x20, 0xd00, 2, 0, 0, W,
	  0x21, 0xe3, 0x03 },
	{ "supervisor_writes_a_read_only_page_without_wp", 0x80000001, 0x20, 0xd00, 2, 0, 0, W,
	  0x23, 0xe1, 0 },
	{ "ring_2_is_supervisor", 0x80010001, 0x20, 0xd00, 2, 0, 2, R, 0x23, 0xe3, 0 },
	{ "implicit_access_of_ring_3_is_supervisor", 0x80010001, 0x20, 0xd00, 2, 0, 3, R | I,
	  0x23, 0xe3, 0 },
	{ "implicit_write_of_ring_3_faults_as_supervisor", 0x80010001, 0x20, 0xd00, 2, 0, 3, W | I,
	  0x23, 0xe1, 0x03 },

	/* no execute */
	{ "nx_page", 0x80010001, 0x20, 0xd00, 2, 0, 0, X, 0x23, NX | 0xe3, 0x11 },
	{ "nx_table", 0x80010001, 0x20, 0xd00, 2, 0, 0, X, NX | 0x23, 0xe3, 0x11 },
	{ "nx_page_for_a_user", 0x80010001, 0x20, 0xd00, 2, 0, 3, X, 0x27, NX | 0xe7, 0x15 },
	{ "nx_page_reads", 0x80010001, 0x20, 0xd00, 2, 0, 0, R, 0x23, NX | 0xe3, 0 },
	{ "nx_without_nxe_is_reserved", 0x80010001, 0x20, 0x500, 2, 0, 0, R,
	  0x23, NX | 0xe3, 0x09 },
	{ "nx_without_nxe_is_reserved_for_fetches", 0x80010001, 0x20, 0x500, 2, 0, 0, X,
	  0x23, NX | 0xe3, 0x09 },

	/* SMEP */
	{ "supervisor_executes_a_user_page", 0x80010001, 0x20, 0xd00, 2, 0, 0, X, 0x27, 0xe7, 0 },
	{ "smep", 0x80010001, 0x100020, 0xd00, 2, 0, 0, X, 0x27, 0xe7, 0x11 },
	{ "smep_without_nxe", 0x80010001, 0x100020, 0x500, 2, 0, 0, X, 0x27, 0xe7, 0x11 },
	{ "smep_and_a_supervisor_page", 0x80010001, 0x100020, 0xd00, 2, 0, 0, X, 0x27, 0xe3, 0 },
	{ "smep_and_a_supervisor_table", 0x80010001, 0x100020, 0xd00, 2, 0, 0, X, 0x23, 0xe7, 0 },
	{ "smep_lets_data_be_read", 0x80010001, 0x100020, 0xd00, 2, 0, 0, R, 0x27, 0xe7, 0 },
	{ "smep_lets_users_execute", 0x80010001, 0x100020, 0xd00, 2, 0, 3, X, 0x27, 0xe7, 0 },

	/* SMAP */
	{ "smap_read", 0x80010001, 0x200020, 0xd00, 2, 0, 0, R, 0x27, 0xe7, 0x01 },
	{ "smap_write", 0x80010001, 0x200020, 0xd00, 2, 0, 0, W, 0x27, 0xe7, 0x03 },
	{ "smap_with_ac", 0x80010001, 0x200020, 0xd00, 0x40002, 0, 0, W, 0x27, 0xe7, 0 },
	{ "smap_implicit_ignores_ac", 0x80010001, 0x200020, 0xd00, 0x40002, 0, 0, R | I,
	  0x27, 0xe7, 0x01 },
	{ "smap_implicit_in_ring_3", 0x80010001, 0x200020, 0xd00, 0x40002, 0, 3, R | I,
	  0x27, 0xe7, 0x01 },
	{ "smap_and_a_supervisor_page", 0x80010001, 0x200020, 0xd00, 2, 0, 0, R, 0x27, 0xe3, 0 },
	{ "smap_lets_users_read", 0x80010001, 0x200020, 0xd00, 2, 0, 3, R, 0x27, 0xe7, 0 },
	{ "smap_is_not_for_fetches", 0x80010001, 0x200020, 0xd00, 2, 0, 0, X, 0x27, 0xe7, 0 },

	/* protection keys: the page has key 5, so AD is bit 10 and WD bit 11 of PKRU */
	{ "key_without_pke", 0x80010001, 0x20, 0xd00, 2, 0xc00, 3, R,
	  0x27, 0x28000000000000e7ULL, 0 },
	{ "key_open", 0x80010001, 0x400020, 0xd00, 2, 0xfffff3ff, 3, W,
	  0x27, 0x28000000000000e7ULL, 0 },
	{ "key_denies_read", 0x80010001, 0x400020, 0xd00, 2, 0x400, 3, R,
	  0x27, 0x28000000000000e7ULL, 0x25 },
	{ "key_denies_write_by_ad", 0x80010001, 0x400020, 0xd00, 2, 0x400, 3, W,
	  0x27, 0x28000000000000e7ULL, 0x27 },
	{ "key_denies_write_by_wd", 0x80010001, 0x400020, 0xd00, 2, 0x800, 3, W,
	  0x27, 0x28000000000000e7ULL, 0x27 },
	{ "key_wd_lets_read", 0x80010001, 0x400020, 0xd00, 2, 0x800, 3, R,
	  0x27, 0x28000000000000e7ULL, 0 },
	{ "key_is_not_for_fetches", 0x80010001, 0x400020, 0xd00, 2, 0xc00, 3, X,
	  0x27, 0x28000000000000e7ULL, 0 },
	{ "key_denies_the_supervisor_too", 0x80010001, 0x400020, 0xd00, 2, 0x400, 0, R,
	  0x27, 0x28000000000000e7ULL, 0x21 },
	{ "key_wd_and_the_supervisor_with_wp", 0x80010001, 0x400020, 0xd00, 2, 0x800, 0, W,
	  0x27, 0x28000000000000e7ULL, 0x23 },
	{ "key_wd_and_the_supervisor_without_wp", 0x80000001, 0x400020, 0xd00, 2, 0x800, 0, W,
	  0x27, 0x28000000000000e7ULL, 0 },
	{ "key_is_not_for_supervisor_pages", 0x80010001, 0x400020, 0xd00, 2, 0xc00, 0, W,
	  0x27, 0x28000000000000e3ULL, 0 },
	{ "key_of_the_table_means_nothing", 0x80010001, 0x400020, 0xd00, 2, 0xc00, 3, R,
	  0x2800000000000027ULL, 0xe7, 0 },
	{ "key_and_rights_both_deny", 0x80010001, 0x400020, 0xd00, 2, 0x800, 3, W,
	  0x27, 0x28000000000000e5ULL, 0x27 },
};

static void right_case_desc(const struct right_case *c, char *desc)
{
	strscpy(desc, c->name, KUNIT_PARAM_DESC_SIZE);
}

KUNIT_ARRAY_PARAM(right, right_cases, right_case_desc);

static void rights_are_checked(struct kunit *test)
{
	const struct right_case *c = test->param_value;
	const struct axx86_paging pg = {
		c->cr0, 0x1000, c->cr4, c->efer, c->rflags, NULL, c->pkru, 0, 48, c->cpl
	};
	struct fake_mem m = {
		.e = { { 0x1008, 0x2027 }, { 0x2010, 0x3000 | c->upper },
		       { 0x3018, 0x40000000 | c->leaf } },
	};
	struct axx86_walk got;
	int ret = fake_walk(&m, &pg, 0x8080604abcULL, c->access, &got);

	KUNIT_EXPECT_EQ(test, ret, c->error ? -EFAULT : 0);
	KUNIT_EXPECT_EQ(test, got.fault.error, c->error);
	KUNIT_EXPECT_EQ(test, got.gpa, c->error ? 0ULL : 0x40004abcULL);
	KUNIT_EXPECT_EQ(test, got.fault.address, c->error ? 0x8080604abcULL : 0ULL);
}

/* One entry, with one thing reserved in it. */
struct reserved_case {
	const char *name;
	u64 cr4;
	u64 efer;
	u32 quirks;
	u8  maxphyaddr;
	u8  level;			/* 0: the top one */
	u64 bits;			/* added to a sound entry */
	bool large;			/* the entry is a page: PS, and a free address */
	u32 error;			/* for a read by the supervisor; 0: not reserved */
};

static const struct reserved_case reserved_cases[] = {
	{ "legacy_directory_has_nothing_reserved", 0x10, 0, 0, 36, 0, 0x100, false, 0 },
	{ "legacy_4m_bit_21", 0x10, 0, 0, 40, 0, 0x200000, true, 0x09 },
	{ "legacy_4m_bits_20_to_13_with_40_address_bits", 0x10, 0, 0, 40, 0, 0x1fe000, true, 0 },
	{ "legacy_4m_bit_17_with_36_address_bits", 0x10, 0, 0, 36, 0, 0x20000, true, 0x09 },
	{ "legacy_4m_bit_16_with_36_address_bits", 0x10, 0, 0, 36, 0, 0x10000, true, 0 },
	{ "legacy_4m_bit_13_with_32_address_bits", 0x10, 0, 0, 32, 0, 0x2000, true, 0x09 },
	{ "legacy_4m_with_52_address_bits", 0x10, 0, 0, 52, 0, 0x1fe000, true, 0 },

	{ "pae_pdpte_bit_1", 0x20, 0x800, 0, 40, 0, 0x2, false, 0x09 },
	{ "pae_pdpte_bit_2", 0x20, 0x800, 0, 40, 0, 0x4, false, 0x09 },
	{ "pae_pdpte_bit_5", 0x20, 0x800, 0, 40, 0, 0x20, false, 0x09 },
	{ "pae_pdpte_bit_8", 0x20, 0x800, 0, 40, 0, 0x100, false, 0x09 },
	{ "pae_pdpte_bits_free", 0x20, 0x800, 0, 40, 0, 0xe18, false, 0 },
	{ "pae_pdpte_nx", 0x20, 0x800, 0, 40, 0, NX, false, 0x09 },
	{ "pae_pdpte_above_maxphyaddr", 0x20, 0x800, 0, 40, 0, BIT_ULL(40), false, 0x09 },
	{ "pae_pde_bit_52", 0x20, 0x800, 0, 40, 1, BIT_ULL(52), false, 0x09 },
	{ "pae_pde_bit_62", 0x20, 0x800, 0, 52, 1, BIT_ULL(62), false, 0x09 },
	{ "pae_pde_nx", 0x20, 0x800, 0, 40, 1, NX, false, 0 },
	{ "pae_pde_nx_without_nxe", 0x20, 0, 0, 40, 1, NX, false, 0x09 },
	{ "pae_2m_bit_13", 0x20, 0x800, 0, 40, 1, 0x2000, true, 0x09 },
	{ "pae_2m_bit_20", 0x20, 0x800, 0, 40, 1, 0x100000, true, 0x09 },
	{ "pae_2m_bit_12_is_pat", 0x20, 0x800, 0, 40, 1, 0x1000, true, 0 },
	{ "pae_pte_above_maxphyaddr", 0x20, 0x800, 0, 40, 2, BIT_ULL(51), false, 0x09 },
	{ "pae_pte_bit_7_is_pat", 0x20, 0x800, 0, 40, 2, 0x80, false, 0 },

	{ "long_pml4e_bit_7", 0x20, 0xd00, 0, 48, 0, 0x80, false, 0x09 },
	{ "long_pml4e_bit_8", 0x20, 0xd00, 0, 48, 0, 0x100, false, 0 },
	{ "long_pml4e_bit_8_on_amd", 0x20, 0xd00, 2, 48, 0, 0x100, false, 0x09 },
	{ "long_pml4e_bit_7_on_amd", 0x20, 0xd00, 2, 48, 0, 0x80, false, 0x09 },
	{ "long_pml4e_bit_48", 0x20, 0xd00, 0, 48, 0, BIT_ULL(48), false, 0x09 },
	{ "long_pml4e_bit_51_with_48_address_bits", 0x20, 0xd00, 0, 48, 0, BIT_ULL(51),
	  false, 0x09 },
	{ "long_pml4e_bit_52", 0x20, 0xd00, 0, 48, 0, BIT_ULL(52), false, 0 },
	{ "long_pml4e_nx_without_nxe", 0x20, 0x500, 0, 48, 0, NX, false, 0x09 },
	{ "long_pdpe_bit_8", 0x20, 0xd00, 0, 48, 1, 0x100, false, 0 },
	{ "long_pdpe_bit_8_on_amd", 0x20, 0xd00, 2, 48, 1, 0x100, false, 0x09 },
	{ "long_pdpe_bit_48", 0x20, 0xd00, 0, 48, 1, BIT_ULL(48), false, 0x09 },
	{ "long_1g_bit_8_on_amd_is_global", 0x20, 0xd00, 2, 48, 1, 0x100, true, 0 },
	{ "long_1g_bit_13", 0x20, 0xd00, 0, 48, 1, 0x2000, true, 0x09 },
	{ "long_1g_bit_29", 0x20, 0xd00, 0, 48, 1, 0x20000000, true, 0x09 },
	{ "long_1g_bit_12_is_pat", 0x20, 0xd00, 0, 48, 1, 0x1000, true, 0 },
	{ "long_1g_where_the_cpu_has_none", 0x20, 0xd00, 1, 48, 1, 0, true, 0x09 },
	{ "long_pde_bit_8_on_amd", 0x20, 0xd00, 2, 48, 2, 0x100, false, 0 },
	{ "long_2m_bit_13", 0x20, 0xd00, 0, 48, 2, 0x2000, true, 0x09 },
	{ "long_2m_bit_20", 0x20, 0xd00, 0, 48, 2, 0x100000, true, 0x09 },
	{ "long_2m_without_1g_pages", 0x20, 0xd00, 1, 48, 2, 0, true, 0 },
	{ "long_pte_bit_36_with_36_address_bits", 0x20, 0xd00, 0, 36, 3, BIT_ULL(36),
	  false, 0x09 },
	{ "long_pte_bit_35_with_36_address_bits", 0x20, 0xd00, 0, 36, 3, BIT_ULL(35), false, 0 },
	{ "long_pte_nx_without_nxe", 0x20, 0x500, 0, 48, 3, NX, false, 0x09 },
	{ "long_pte_bit_36_without_nxe", 0x20, 0x500, 0, 36, 3, BIT_ULL(36), false, 0x09 },
	{ "long_pte_bit_7_is_pat", 0x20, 0xd00, 0, 48, 3, 0x80, false, 0 },
	{ "la57_pml5e_bit_7", 0x1020, 0xd00, 0, 48, 0, 0x80, false, 0x09 },
	{ "la57_pml5e_bit_8_on_amd", 0x1020, 0xd00, 2, 48, 0, 0x100, false, 0x09 },
	{ "la57_pml4e_bit_7", 0x1020, 0xd00, 0, 48, 1, 0x80, false, 0x09 },
	{ "la57_pdpe_bit_29", 0x1020, 0xd00, 0, 48, 2, 0x20000000, true, 0x09 },
};

static void reserved_case_desc(const struct reserved_case *c, char *desc)
{
	strscpy(desc, c->name, KUNIT_PARAM_DESC_SIZE);
}

KUNIT_ARRAY_PARAM(reserved, reserved_cases, reserved_case_desc);

static u8 table_levels(const struct reserved_case *c)
{
	if (!(c->cr4 & 0x20))
		return 2;
	if (!(c->efer & 0x400))
		return 3;
	return c->cr4 & 0x1000 ? 5 : 4;
}

/* For the address 0, with tables at 1000, 2000 and so on, one for each level. */
static void reserved_bits_are_checked(struct kunit *test)
{
	const struct reserved_case *c = test->param_value;
	const struct axx86_paging pg = {
		0x80010001, 0x1000, c->cr4, c->efer, 2, NULL, 0, c->quirks, c->maxphyaddr, 0
	};
	bool pae = table_levels(c) == 3;
	struct fake_mem m = {};
	struct axx86_walk got;
	u8 i;

	for (i = 0; i < table_levels(c); i++) {
		m.e[i].gpa = (i + 1) * 0x1000;
		m.e[i].value = (i + 2) * 0x1000 | (pae && !i ? 0x01 : 0x63);
	}
	if (c->large)
		m.e[c->level].value = 0x800000e3 | c->bits;
	else
		m.e[c->level].value |= c->bits;

	KUNIT_EXPECT_EQ(test, fake_walk(&m, &pg, 0, R, &got), c->error ? -EFAULT : 0);
	KUNIT_EXPECT_EQ(test, got.fault.error, c->error);
}

static const struct axx86_paging race_paging = {
	0x80010001, 0x1000, 0x20, 0xd00, 2, NULL, 0, 0, 48, 3
};

static void a_changed_entry_is_walked_again(struct kunit *test)
{
	struct fake_mem m = {
		.e = { { 0x1008, 0x2027 }, { 0x2010, 0x40000087 } },
		.races = 1,
		.racer = 0x80000087,		/* another page meanwhile */
	};
	struct axx86_walk got;

	KUNIT_EXPECT_EQ(test, fake_walk(&m, &race_paging, 0x8080604abcULL, R, &got), 0);
	KUNIT_EXPECT_EQ(test, got.gpa, 0x80604abcULL);
	KUNIT_EXPECT_EQ(test, m.e[1].value, 0x800000a7ULL);
	KUNIT_EXPECT_EQ(test, m.reads, 4U);
}

static void an_entry_that_vanishes_is_a_fault(struct kunit *test)
{
	struct fake_mem m = {
		.e = { { 0x1008, 0x2027 }, { 0x2010, 0x40000087 } },
		.races = 1,
		.racer = 0,
	};
	struct axx86_walk got;

	KUNIT_EXPECT_EQ(test, fake_walk(&m, &race_paging, 0x8080604abcULL, W, &got), -EFAULT);
	KUNIT_EXPECT_EQ(test, got.fault.error, 6U);
	KUNIT_EXPECT_EQ(test, m.e[1].value, 0ULL);
}

static void endless_changes_end_the_walk(struct kunit *test)
{
	struct fake_mem m = {
		.e = { { 0x1008, 0x2027 }, { 0x2010, 0x40000087 } },
		.cmpxchg_error = -EAGAIN,
	};
	struct axx86_walk zero = {}, got;

	KUNIT_EXPECT_EQ(test, fake_walk(&m, &race_paging, 0x8080604abcULL, R, &got), -EAGAIN);
	KUNIT_EXPECT_EQ(test, m.reads, 32U);
	KUNIT_EXPECT_EQ(test, memcmp(&got, &zero, sizeof(got)), 0);
}

static void tables_in_read_only_memory_are_an_error(struct kunit *test)
{
	struct fake_mem m = {
		.e = { { 0x1008, 0x2027 }, { 0x2010, 0x40000087 } },
		.cmpxchg_error = -EROFS,
	};
	struct axx86_walk got;

	KUNIT_EXPECT_EQ(test, fake_walk(&m, &race_paging, 0x8080604abcULL, R, &got), -EROFS);
	KUNIT_EXPECT_EQ(test, got.table_gpa, 0x2010ULL);
	KUNIT_EXPECT_EQ(test, got.gpa, 0ULL);

	m.e[1].value = 0x400000a7;		/* nothing to set: nothing is written */
	KUNIT_EXPECT_EQ(test, fake_walk(&m, &race_paging, 0x8080604abcULL, R, &got), 0);
	KUNIT_EXPECT_EQ(test, got.gpa, 0x40604abcULL);
}

static struct kunit_case x86_walk_cases[] = {
	KUNIT_CASE_PARAM(walks_translate, walk_gen_params),
	KUNIT_CASE_PARAM(rights_are_checked, right_gen_params),
	KUNIT_CASE_PARAM(reserved_bits_are_checked, reserved_gen_params),
	KUNIT_CASE(a_changed_entry_is_walked_again),
	KUNIT_CASE(an_entry_that_vanishes_is_a_fault),
	KUNIT_CASE(endless_changes_end_the_walk),
	KUNIT_CASE(tables_in_read_only_memory_are_an_error),
	{}
};

static struct kunit_suite x86_walk_suite = {
	.name = "axvcpu_x86_walk",
	.test_cases = x86_walk_cases,
};

kunit_test_suite(x86_walk_suite);
