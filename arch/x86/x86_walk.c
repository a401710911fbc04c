// SPDX-License-Identifier: GPL-2.0-only
/*
 * Walk of a guest's own page tables: what the CPU does for each access of the
 * guest, done again for an access that axvcpu completes.
 *
 * Pure.  The tables are the guest's, and other vCPUs may write them meanwhile: each
 * entry is read once, and changed only if it is still the same.
 */
#include <linux/bits.h>
#include <linux/errno.h>
#include <linux/string.h>
#include <linux/types.h>

#include "x86_defs.h"
#include "x86_walk.h"

/* Bits of an entry.  APM 5.4. */
#define AXPTE_P		BIT_ULL(0)
#define AXPTE_RW	BIT_ULL(1)
#define AXPTE_US	BIT_ULL(2)
#define AXPTE_A		BIT_ULL(5)
#define AXPTE_D		BIT_ULL(6)
#define AXPTE_PS	BIT_ULL(7)
#define AXPTE_G		BIT_ULL(8)
#define AXPTE_NX	BIT_ULL(63)
#define AXPTE_ADDR	GENMASK_ULL(51, 12)
#define AXPTE_PKEY_SHIFT	59		/* four bits */

/* PKRU: two bits for each key.  APM 5.6.7. */
#define AXPKRU_AD	BIT(0)
#define AXPKRU_WD	BIT(1)

/* Bits 39:32 of a 4 MiB page, which stand in bits 20:13; bit 21 is reserved.  APM 5.2.1. */
#define AXPSE36_SHIFT	13
#define AXPSE36_RSVD	BIT_ULL(21)

/* Reserved in a PDPE of legacy PAE paging, which has no rights.  APM 5.2.2. */
#define AXPDPE_PAE_RSVD	(GENMASK_ULL(2, 1) | GENMASK_ULL(8, 5) | AXPTE_NX)

/*
 * A guest that writes an entry all the time makes no progress on hardware either, but there
 * interrupts come in between: after so many attempts the caller gets its chance.
 */
#define WALK_ATTEMPTS	16
#define WALK_MAX_LEVELS	5
#define WALK_RACED	1

enum level_kind {
	LEVEL_PTE,		/* always a page */
	LEVEL_PDE,		/* a page if PS is set */
	LEVEL_PDPE,		/* the same, where the CPU has 1 GiB pages */
	LEVEL_TOP,		/* never a page, PS is reserved */
	LEVEL_PDPE_PAE,		/* never a page, no rights */
};

struct walk_level {
	u8 kind;
	u8 shift;
	u8 index_bits;
};

struct walk_format {
	u8 entry_bytes;
	u64 root_mask;
	struct walk_level level[WALK_MAX_LEVELS];
};

/* APM 5.2.1, 5.2.2 (legacy modes), 5.3.2 to 5.3.5 (long mode). */
static const struct walk_format format_32 = {
	4, GENMASK_ULL(31, 12),
	{ { LEVEL_PDE, 22, 10 }, { LEVEL_PTE, 12, 10 } },
};

static const struct walk_format format_pae = {
	8, GENMASK_ULL(31, 5),
	{ { LEVEL_PDPE_PAE, 30, 2 }, { LEVEL_PDE, 21, 9 }, { LEVEL_PTE, 12, 9 } },
};

static const struct walk_format format_48 = {
	8, AXPTE_ADDR,
	{ { LEVEL_TOP, 39, 9 }, { LEVEL_PDPE, 30, 9 }, { LEVEL_PDE, 21, 9 },
	  { LEVEL_PTE, 12, 9 } },
};

static const struct walk_format format_57 = {
	8, AXPTE_ADDR,
	{ { LEVEL_TOP, 48, 9 }, { LEVEL_TOP, 39, 9 }, { LEVEL_PDPE, 30, 9 },
	  { LEVEL_PDE, 21, 9 }, { LEVEL_PTE, 12, 9 } },
};

struct walk_step {
	u64 gpa;
	u64 entry;
};

struct walker {
	const struct axx86_walk_mem *mem;
	const struct axx86_paging *pg;
	const struct walk_format *format;
	u64  gva;
	u32  access;
	bool user;
	u8   leaf;			/* index of the last step */
	u64  rights;			/* AXPTE_RW and AXPTE_US if in all entries */
	u64  nx;			/* AXPTE_NX if in any entry */
	struct walk_step step[WALK_MAX_LEVELS];
};

static const struct walk_format *walk_format(const struct axx86_paging *pg)
{
	if (!(pg->cr0 & AXCR0_PG))
		return NULL;
	if (!(pg->cr4 & AXCR4_PAE))
		return &format_32;
	if (!(pg->efer & AXEFER_LMA))
		return &format_pae;
	return pg->cr4 & AXCR4_LA57 ? &format_57 : &format_48;
}

/* APM 8.4.2.  I is only given where fetches can fault differently from reads. */
static int walk_fault(const struct walker *w, u32 error, struct axx86_walk *out)
{
	const struct axx86_paging *pg = w->pg;
	bool nx = pg->cr4 & AXCR4_PAE && pg->efer & AXEFER_NXE;

	if (w->access & AXX86_ACCESS_WRITE)
		error |= AXX86_PF_W;
	if (w->user)
		error |= AXX86_PF_U;
	if (w->access & AXX86_ACCESS_FETCH && (nx || pg->cr4 & AXCR4_SMEP))
		error |= AXX86_PF_I;
	out->fault = (struct axx86_fault) {
		.address = w->gva,
		.error = error,
		.vector = AXVEC_PF,
	};
	return -EFAULT;
}

static bool is_page(const struct walker *w, const struct walk_level *level, u64 entry)
{
	switch (level->kind) {
	case LEVEL_PTE:
		return true;
	case LEVEL_PDE:
		/* CR4.PSE matters with 32-bit entries only.  APM 5.2. */
		return entry & AXPTE_PS && (w->format->entry_bytes == 8 || w->pg->cr4 & AXCR4_PSE);
	case LEVEL_PDPE:
		return entry & AXPTE_PS && !(w->pg->quirks & AXX86_PAGING_NO_1G);
	default:
		return false;
	}
}

/* APM 5.2.1: 4 MiB pages reach beyond 4 GiB as far as the CPU has address bits. */
static u64 reserved_32(const struct walker *w, bool large)
{
	u8 bits = w->pg->maxphyaddr;
	u64 high = bits < 40 ? GENMASK_ULL(39, bits) >> 32 << AXPSE36_SHIFT : 0;

	return large ? AXPSE36_RSVD | high : 0;
}

/* APM 5.2.2, 5.3.3 to 5.3.5: fields marked MBZ or reserved in the figures. */
static u64 reserved_64(const struct walker *w, const struct walk_level *level, bool page)
{
	const struct axx86_paging *pg = w->pg;
	u64 rsvd = pg->maxphyaddr < 52 ? GENMASK_ULL(51, pg->maxphyaddr) : 0;

	if (!(pg->efer & AXEFER_LMA))
		rsvd |= GENMASK_ULL(62, 52);
	if (!(pg->efer & AXEFER_NXE))
		rsvd |= AXPTE_NX;
	if (page && level->shift > 12)
		rsvd |= GENMASK_ULL(level->shift - 1, 13);
	if (level->kind == LEVEL_PDPE_PAE)
		rsvd |= AXPDPE_PAE_RSVD;
	if (level->kind == LEVEL_TOP || (level->kind == LEVEL_PDPE && !page)) {
		rsvd |= AXPTE_PS;
		if (pg->quirks & AXX86_PAGING_AMD)
			rsvd |= AXPTE_G;
	}
	return rsvd;
}

static int read_entry(struct walker *w, u8 i, u64 table, struct axx86_walk *out)
{
	const struct walk_format *f = w->format;
	const struct walk_level *level = &f->level[i];
	u64 index = w->gva >> level->shift & GENMASK_ULL(level->index_bits - 1, 0);
	struct walk_step *step = &w->step[i];
	u32 entry32 = 0;
	int ret;

	if (level->kind == LEVEL_PDPE_PAE && w->pg->pdpte) {
		step->gpa = 0;
		step->entry = w->pg->pdpte[index];
		return 0;
	}
	step->gpa = table + index * f->entry_bytes;
	if (f->entry_bytes == 4) {
		ret = w->mem->read(w->mem->ctx, step->gpa, &entry32, sizeof(entry32));
		step->entry = entry32;
	} else {
		ret = w->mem->read(w->mem->ctx, step->gpa, &step->entry, sizeof(step->entry));
	}
	if (ret)
		out->table_gpa = step->gpa;
	return ret;
}

/* The rights of all levels are combined before any is looked at.  APM 5.6. */
static void add_rights(struct walker *w, const struct walk_level *level, u64 entry)
{
	if (level->kind == LEVEL_PDPE_PAE)
		return;
	w->rights &= entry;
	w->nx |= entry & AXPTE_NX;
}

/* Down to the entry that maps a page.  APM 5.2, 5.3. */
static int descend(struct walker *w, struct axx86_walk *out)
{
	const struct walk_format *f = w->format;
	u64 table = w->pg->cr3 & f->root_mask;
	const struct walk_level *level;
	u64 entry, rsvd;
	bool page;
	int ret;

	w->rights = AXPTE_RW | AXPTE_US;
	w->nx = 0;
	for (w->leaf = 0; ; w->leaf++) {
		level = &f->level[w->leaf];
		ret = read_entry(w, w->leaf, table, out);
		if (ret)
			return ret;
		entry = w->step[w->leaf].entry;
		if (!(entry & AXPTE_P))
			return walk_fault(w, 0, out);
		page = is_page(w, level, entry);
		rsvd = f->entry_bytes == 8 ? reserved_64(w, level, page) :
					     reserved_32(w, page && level->shift > 12);
		if (entry & rsvd)
			return walk_fault(w, AXX86_PF_P | AXX86_PF_RSVD, out);
		add_rights(w, level, entry);
		if (page)
			return 0;
		table = entry & AXPTE_ADDR;
	}
}

/* User pages, seen from the supervisor.  APM 5.6.5 (SMEP), 5.6.6 (SMAP). */
static bool supervisor_denied(const struct walker *w)
{
	const struct axx86_paging *pg = w->pg;

	if (w->user || !(w->rights & AXPTE_US))
		return false;
	if (w->access & AXX86_ACCESS_FETCH)
		return pg->cr4 & AXCR4_SMEP;
	return pg->cr4 & AXCR4_SMAP &&
	       (w->access & AXX86_ACCESS_IMPLICIT || !(pg->rflags & AXRFLAGS_AC));
}

/* Supervisor writes obey R/W and the write-disable bit of a key with CR0.WP only. */
static bool write_is_checked(const struct walker *w)
{
	return w->access & AXX86_ACCESS_WRITE && (w->user || w->pg->cr0 & AXCR0_WP);
}

/* APM 5.6.1 to 5.6.4. */
static bool rights_deny(const struct walker *w)
{
	return (w->user && !(w->rights & AXPTE_US)) ||
	       (write_is_checked(w) && !(w->rights & AXPTE_RW)) ||
	       (w->access & AXX86_ACCESS_FETCH && w->nx) ||
	       supervisor_denied(w);
}

/* Keys guard data of user pages against everybody.  APM 5.6.7. */
static bool key_denies(const struct walker *w)
{
	const struct axx86_paging *pg = w->pg;
	u8 key = w->step[w->leaf].entry >> AXPTE_PKEY_SHIFT & 0xf;
	u32 bits = pg->pkru >> (key * 2);

	if (!(pg->cr4 & AXCR4_PKE) || !(pg->efer & AXEFER_LMA))
		return false;
	if (w->access & AXX86_ACCESS_FETCH || !(w->rights & AXPTE_US))
		return false;
	return bits & AXPKRU_AD || (bits & AXPKRU_WD && write_is_checked(w));
}

static int check_rights(const struct walker *w, struct axx86_walk *out)
{
	u32 error = AXX86_PF_P;

	if (key_denies(w))
		error |= AXX86_PF_PK;
	else if (!rights_deny(w))
		return 0;
	return walk_fault(w, error, out);
}

/* By a variable, because the kernel has a macro of the member's name. */
static int change_entry(const struct walker *w, const struct walk_step *step, u64 new)
{
	int (*change)(void *ctx, u64 gpa, u64 old, u64 new, size_t len) = w->mem->cmpxchg;

	return change(w->mem->ctx, step->gpa, step->entry, new, w->format->entry_bytes);
}

/* APM 5.4.2.  WALK_RACED if an entry is no longer what the answer was made of. */
static int set_accessed(const struct walker *w, struct axx86_walk *out)
{
	const struct walk_step *step;
	u64 new;
	int ret;
	u8 i;

	for (i = 0; i <= w->leaf; i++) {
		step = &w->step[i];
		if (w->format->level[i].kind == LEVEL_PDPE_PAE)
			continue;
		new = step->entry | AXPTE_A;
		if (i == w->leaf && w->access & AXX86_ACCESS_WRITE)
			new |= AXPTE_D;
		if (new == step->entry)
			continue;
		ret = change_entry(w, step, new);
		if (ret == -EAGAIN)
			return WALK_RACED;
		if (ret) {
			out->table_gpa = step->gpa;
			return ret;
		}
	}
	return 0;
}

static void found(const struct walker *w, struct axx86_walk *out)
{
	const struct walk_level *level = &w->format->level[w->leaf];
	u64 offset = GENMASK_ULL(level->shift - 1, 0);
	u64 entry = w->step[w->leaf].entry;
	u64 page = entry & AXPTE_ADDR & ~offset;

	if (w->format->entry_bytes == 4 && level->kind == LEVEL_PDE)
		page |= (entry >> AXPSE36_SHIFT & 0xff) << 32;
	out->gpa = page | (w->gva & offset);
	out->page_size = BIT_ULL(level->shift);
}

static int walk_once(struct walker *w, struct axx86_walk *out)
{
	int ret = descend(w, out);

	if (!ret)
		ret = check_rights(w, out);
	if (!ret)
		ret = set_accessed(w, out);
	if (!ret)
		found(w, out);
	return ret;
}

/**
 * axx86_walk - translate a linear address the way the guest's CPU would now
 * @mem:    access to guest memory
 * @pg:     paging state
 * @gva:    linear address, canonical in 64-bit mode; its upper half is ignored otherwise
 * @access: AXX86_ACCESS_*; READ and WRITE together is a read-modify-write
 * @out:    the result; every byte is written
 *
 * Sets the accessed bits, and for a write the dirty bit, but only if the access is
 * permitted.
 *
 * Context: that of the functions in @mem.
 *
 * Return: 0;
 * -EFAULT if the guest gets a page fault;
 * -EAGAIN if other vCPUs keep changing the entries: let the guest try again;
 * otherwise the error of a function in @mem.
 *
 * Spec: APM 5.2, 5.3 (formats), 5.4.2 (accessed, dirty), 5.6 (protection), 8.4.2 (error code).
 */
int axx86_walk(const struct axx86_walk_mem *mem, const struct axx86_paging *pg, u64 gva,
	       u32 access, struct axx86_walk *out)
{
	struct walker w = {
		.mem = mem,
		.pg = pg,
		.format = walk_format(pg),
		.gva = pg->efer & AXEFER_LMA ? gva : (u32)gva,
		.access = access,
		.user = pg->cpl == 3 && !(access & AXX86_ACCESS_IMPLICIT),
	};
	int ret, i;

	memset(out, 0, sizeof(*out));
	if (!w.format) {
		out->gpa = w.gva;
		out->page_size = BIT_ULL(12);
		return 0;
	}
	for (i = 0; i < WALK_ATTEMPTS; i++) {
		ret = walk_once(&w, out);
		if (ret != WALK_RACED)
			return ret;
	}
	return -EAGAIN;
}
