/* SPDX-License-Identifier: GPL-2.0-only */
/* Stage-2 tables: one walker for all formats; a backend encodes entries. */
#ifndef _AXVCPU_STAGE2_H
#define _AXVCPU_STAGE2_H

#include <linux/list.h>
#include <linux/types.h>

/*
 * Level 0 maps 4 KiB, 1 maps 2 MiB, 2 maps 1 GiB; tables have 512 entries of
 * 8 bytes, but for a root of several tables side by side (Arm).
 */
#define AXVCPU_STAGE2_4K		0
#define AXVCPU_STAGE2_2M		1
#define AXVCPU_STAGE2_1G		2
#define AXVCPU_STAGE2_LEAF_LEVELS	3
#define AXVCPU_STAGE2_MAX_LEVELS	5

/**
 * struct axvcpu_stage2_format - entries of one architecture
 * @nr_levels: levels of tables, at most AXVCPU_STAGE2_MAX_LEVELS
 * @root_order: the root is 2^root_order pages, aligned to its size
 * @max_leaf_level: highest level that may map memory; set at probe
 * @break_before_make: a present entry may be replaced only through an absent one
 *	and a TLB flush (Arm)
 * @accessed: bits that the hardware sets in a leaf on access; 0 if it sets none
 * @supports: a leaf can allow exactly this access (AXVCPU_MAP_R, _W, _X)
 * @table: entry that points to a next-level table at a host-physical address
 * @leaf: entry that maps a page as if just accessed; access is AXVCPU_MAP_R, _W, _X
 * @is_present: the entry points to something
 * @is_leaf: the entry, which is present, maps memory
 * @addr: host-physical address that a present entry holds
 * @access: AXVCPU_MAP_R, _W, _X that a leaf allows
 *
 * All pure. An entry of 0 is not present on every architecture.
 */
struct axvcpu_stage2_format {
	unsigned int nr_levels;
	unsigned int root_order;
	unsigned int max_leaf_level;
	bool break_before_make;
	u64 accessed;
	bool (*supports)(u32 access);
	u64 (*table)(u64 pa);
	u64 (*leaf)(u64 pa, unsigned int level, u32 access);
	bool (*is_present)(u64 entry);
	bool (*is_leaf)(u64 entry, unsigned int level);
	u64 (*addr)(u64 entry);
	u32 (*access)(u64 entry);
};

/**
 * struct axvcpu_stage2_cache - zeroed pages that a map may turn into tables
 * @nr: pages in @page
 * @need: written by a map that fails: how many it takes
 * @page: the pages; a map takes them from the end
 *
 * The walker runs under a spinlock, the pages are allocated before it.
 */
struct axvcpu_stage2_cache {
	unsigned int nr;
	unsigned int need;
	void *page[AXVCPU_STAGE2_MAX_LEVELS - 1];
};

/**
 * struct axvcpu_stage2 - a tree of tables
 * @fmt: encoder; constant
 * @root: root table; constant
 * @root_pa: its host-physical address; constant
 * @flush_now: needed by formats with break_before_make: drops every cached
 *	translation before it returns; constant
 * @nr_leaves: leaf entries by level
 * @nr_tables: pages of linked tables, the root's included
 * @flush: an entry was narrowed or removed, cached translations may disagree
 * @freed: tables unlinked from the tree, as struct page.lru; a CPU may still walk
 *	them until the flush
 *
 * Its user serializes all calls (axvcpu_mem.lock), and before unlocking flushes
 * if @flush and gives the pages on @freed away after that.
 */
struct axvcpu_stage2 {
	const struct axvcpu_stage2_format *fmt;
	u64 *root;
	u64 root_pa;
	void (*flush_now)(struct axvcpu_stage2 *s2);
	u64 nr_leaves[AXVCPU_STAGE2_LEAF_LEVELS];
	u64 nr_tables;
	bool flush;
	struct list_head freed;
};

/**
 * axvcpu_stage2_size() - bytes that one entry spans
 * @level: level of its table
 *
 * Pure. Return: 4 KiB, 2 MiB, 1 GiB, ...
 */
static inline u64 axvcpu_stage2_size(unsigned int level)
{
	return 1ULL << (12 + 9 * level);
}

/**
 * axvcpu_stage2_limit() - first guest-physical address beyond the tables
 * @fmt: format
 *
 * Pure. Return: the address.
 */
static inline u64 axvcpu_stage2_limit(const struct axvcpu_stage2_format *fmt)
{
	return axvcpu_stage2_size(fmt->nr_levels) << fmt->root_order;
}

/**
 * axvcpu_stage2_init() - make an empty tree
 * @s2: written
 * @fmt: encoder
 * @root: 2^root_order zeroed pages from the page allocator, aligned to their size
 */
void axvcpu_stage2_init(struct axvcpu_stage2 *s2, const struct axvcpu_stage2_format *fmt,
			void *root);

/**
 * axvcpu_stage2_map() - map one page of any size
 * @s2: tree
 * @gpa: guest-physical address, aligned to the size of @level
 * @pa: host-physical address, aligned likewise
 * @level: at most fmt->max_leaf_level
 * @access: AXVCPU_MAP_R, _W, _X
 * @cache: pages for missing tables
 *
 * Does nothing if a leaf of this or a higher level leads to @pa with at least
 * @access already. A higher leaf that does not is split, and what else it mapped
 * stays; lower tables in the way are unlinked. The change is one store to the tree,
 * so that a CPU walking it sees the old or the new state.
 *
 * Return: 0, or -ENOMEM with nothing changed but @cache->need.
 */
int axvcpu_stage2_map(struct axvcpu_stage2 *s2, u64 gpa, u64 pa, unsigned int level,
		      u32 access, struct axvcpu_stage2_cache *cache);

/**
 * axvcpu_stage2_unmap() - remove every leaf that touches a range
 * @s2: tree
 * @start: first guest-physical address
 * @end: address after the last
 *
 * A leaf that the range covers in part goes as a whole: the rest comes back by
 * faults. Tables that become empty are unlinked.
 */
void axvcpu_stage2_unmap(struct axvcpu_stage2 *s2, u64 start, u64 end);

/**
 * axvcpu_stage2_write_protect() - take write access from every leaf that touches a range
 * @s2: tree
 * @start: first guest-physical address
 * @end: address after the last
 */
void axvcpu_stage2_write_protect(struct axvcpu_stage2 *s2, u64 start, u64 end);

/**
 * axvcpu_stage2_age() - was a range accessed since it was last made old
 * @s2: tree
 * @start: first guest-physical address
 * @end: address after the last
 * @clear: make it old
 *
 * Where the hardware records no access a mapped page counts as accessed, and to
 * make it old is to unmap it.
 *
 * Return: true if a leaf that touches the range was young.
 */
bool axvcpu_stage2_age(struct axvcpu_stage2 *s2, u64 start, u64 end, bool clear);

/**
 * axvcpu_stage2_lookup() - entry that decides about an address
 * @s2: tree
 * @gpa: guest-physical address
 * @level: written: level of the entry
 *
 * Return: the leaf, or 0 if the address is not mapped.
 */
u64 axvcpu_stage2_lookup(const struct axvcpu_stage2 *s2, u64 gpa, unsigned int *level);

#endif /* _AXVCPU_STAGE2_H */
