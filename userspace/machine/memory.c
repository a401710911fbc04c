// SPDX-License-Identifier: MIT
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "machine/memory.h"

#define HUGE	(2ULL << 20)

int mem_alloc(struct guest_mem *mem, uint64_t size, struct error *err)
{
	void *p;

	memset(mem, 0, sizeof(*mem));
	if (size < 2 * GPA_1M || size % HUGE || size > (1ULL << 44))
		return error_set(err, STATUS_USAGE,
				 "guest memory must be a multiple of 2 MiB, from 2 MiB to 16 TiB");

	/* Not reserved: memory that the guest never touches costs nothing. */
	mem->mapping_size = size + HUGE;
	p = mmap(NULL, mem->mapping_size, PROT_READ | PROT_WRITE,
		 MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
	if (p == MAP_FAILED)
		return error_set(err, STATUS_HOST, "cannot get %llu MiB of memory: %s",
				 (unsigned long long)(size >> 20), strerror(errno));
	mem->mapping = p;
	mem->base = (uint8_t *)(((uintptr_t)p + HUGE - 1) & ~(HUGE - 1));
	mem->size = size;
	mem->low_size = size < GPA_HOLE ? size : GPA_HOLE;
	mem->high_size = size - mem->low_size;
	madvise(mem->base, size, MADV_HUGEPAGE);	/* a wish: the host may lack it */
	return 0;
}

void mem_free(struct guest_mem *mem)
{
	if (mem->mapping)
		munmap(mem->mapping, mem->mapping_size);
	memset(mem, 0, sizeof(*mem));
}

static int inside(uint64_t gpa, uint64_t len, uint64_t start, uint64_t size)
{
	return gpa >= start && gpa - start <= size && len <= size - (gpa - start);
}

static int overlap(uint64_t a, uint64_t a_end, uint64_t b, uint64_t b_end)
{
	return a < b_end && b < a_end;
}

void *mem_at(const struct guest_mem *mem, uint64_t gpa, uint64_t len)
{
	if (inside(gpa, len, 0, mem->low_size) &&
	    !overlap(gpa, gpa + len, GPA_VIDEO, GPA_VIDEO_END))
		return mem->base + gpa;
	if (mem->high_size && inside(gpa, len, GPA_4G, mem->high_size))
		return mem->base + mem->low_size + (gpa - GPA_4G);
	return NULL;
}

static const struct mem_claim *find_claim(const struct guest_mem *mem, uint64_t gpa,
					  uint64_t len)
{
	unsigned int i;

	for (i = 0; i < mem->nr_claims; i++)
		if (overlap(gpa, gpa + len, mem->claims[i].start, mem->claims[i].end))
			return &mem->claims[i];
	return NULL;
}

int mem_is_free(const struct guest_mem *mem, uint64_t gpa, uint64_t len)
{
	return mem_at(mem, gpa, len) && !find_claim(mem, gpa, len);
}

void *mem_claim(struct guest_mem *mem, uint64_t gpa, uint64_t len, const char *what,
		struct error *err)
{
	const struct mem_claim *other;
	void *p = mem_at(mem, gpa, len);

	if (!p) {
		error_fill(err, STATUS_IMAGE,
			  "%s at 0x%llx, 0x%llx bytes: not all of it is guest memory (more --mem?)",
			  what, (unsigned long long)gpa, (unsigned long long)len);
		return NULL;
	}
	other = find_claim(mem, gpa, len);
	if (other) {
		error_fill(err, STATUS_IMAGE, "%s at 0x%llx, 0x%llx bytes: overlaps %s at 0x%llx",
			  what, (unsigned long long)gpa, (unsigned long long)len,
			  other->what, (unsigned long long)other->start);
		return NULL;
	}
	if (mem->nr_claims == MEM_CLAIMS_MAX) {
		error_fill(err, STATUS_IMAGE, "%s: too many pieces", what);
		return NULL;
	}
	mem->claims[mem->nr_claims++] = (struct mem_claim){ gpa, gpa + len, what };
	return p;
}

void *mem_claim_top(struct guest_mem *mem, uint64_t len, uint64_t align, uint64_t limit,
		    const char *what, uint64_t *gpa, struct error *err)
{
	uint64_t end = limit < mem->low_size ? limit : mem->low_size;

	while (len <= end) {
		uint64_t at = (end - len) & ~(align - 1);
		const struct mem_claim *other = find_claim(mem, at, len);

		if (!other && at >= GPA_1M) {
			*gpa = at;
			return mem_claim(mem, at, len, what, err);
		}
		if (!other || at < GPA_1M)
			break;
		end = other->start;
	}
	error_fill(err, STATUS_IMAGE, "%s, 0x%llx bytes: does not fit in guest memory (more --mem?)",
		  what, (unsigned long long)len);
	return NULL;
}

unsigned int mem_ranges(const struct guest_mem *mem, struct mem_range out[MEM_RANGES_MAX])
{
	unsigned int n = 0;

	out[n++] = (struct mem_range){ 0, GPA_EBDA, MEM_RAM };
	out[n++] = (struct mem_range){ GPA_EBDA, GPA_VIDEO - GPA_EBDA, MEM_RESERVED };
	out[n++] = (struct mem_range){ GPA_ACPI, GPA_1M - GPA_ACPI, MEM_RESERVED };
	out[n++] = (struct mem_range){ GPA_1M, mem->low_size - GPA_1M, MEM_RAM };
	if (mem->high_size)
		out[n++] = (struct mem_range){ GPA_4G, mem->high_size, MEM_RAM };
	return n;
}

uint64_t mem_resident(const struct guest_mem *mem)
{
	size_t page = sysconf(_SC_PAGESIZE), chunk = 64ULL << 20, at, i;
	unsigned char *vec = malloc(chunk / page);
	uint64_t pages = 0;

	for (at = 0; vec && at < mem->size; at += chunk) {
		size_t len = mem->size - at < chunk ? mem->size - at : chunk;

		if (mincore(mem->base + at, len, vec))
			break;
		for (i = 0; i < len / page; i++)
			pages += vec[i] & 1;
	}
	free(vec);
	return pages * page;
}
