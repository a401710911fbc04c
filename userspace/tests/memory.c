// SPDX-License-Identifier: MIT
/* Guest memory follows the launcher's: what the host does to pages, the guest sees at once. */
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include "tests/common/vm.h"

#define PAGE		4096ULL
#define AT		0x40000000ULL		/* where tests map more memory */
#define HUGE		0x200000ULL

static uint8_t *pages(uint64_t nr)
{
	void *p = mmap(NULL, nr * PAGE, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS,
		       -1, 0);

	REQUIRE(p != MAP_FAILED);
	return p;
}

static struct vcpu *mem_vcpu(const char *entry)
{
	return vm_quick(0, "mem", entry);
}

static void args(struct vcpu *v, uint64_t addr, uint64_t count, uint64_t step, uint64_t value)
{
	v->area->arg[0] = addr;
	v->area->arg[1] = count;
	v->area->arg[2] = step;
	v->area->arg[3] = value;
}

static void again(struct vcpu *v, const char *entry)
{
	REQUIRE_OK(axvcpu_unbind(v->fd));
	vcpu_start(v, entry);
}

static struct axvcpu_vm_stats vm_stats(struct vcpu *v)
{
	struct axvcpu_vm_stats s;

	REQUIRE_OK(axvcpu_vm_stats(v->vm->fd, &s));
	return s;
}

static void map(struct vcpu *v, uint64_t gpa, uint64_t nr, void *hva)
{
	REQUIRE_OK(axvcpu_map(v->vm->fd, MAP_RWX, gpa, nr * PAGE, hva));
}

/* ------------------------------------------------------------------- the host */

static void on_demand(const void *arg)
{
	struct vcpu *v = mem_vcpu("fill");
	uint8_t *p = pages(64);
	struct axvcpu_vm_stats before, after;
	unsigned int i;

	(void)arg;
	/* Small pages, so that they can be counted. */
	madvise(p, 64 * PAGE, MADV_NOHUGEPAGE);
	map(v, AT, 64, p);
	args(v, AT, 1, PAGE, 100);
	EXPECT_DONE(v, 0);
	before = vm_stats(v);
	again(v, "fill");
	args(v, AT, 32, 2 * PAGE, 500);
	EXPECT_DONE(v, 0);
	after = vm_stats(v);
	CHECK_EQ(after.mapped_4k - before.mapped_4k, 31);
	CHECK(after.faults - before.faults >= 31);
	for (i = 0; i < 64; i++)
		CHECK_EQ(*(uint64_t *)(p + i * PAGE), i % 2 ? 0 : 500 + i / 2);
	munmap(p, 64 * PAGE);
}

static void host_writes_are_seen(const void *arg)
{
	struct vcpu *v = mem_vcpu("sum");
	uint8_t *p = pages(8);
	unsigned int i;

	(void)arg;
	map(v, AT, 8, p);
	for (i = 0; i < 8; i++)
		*(uint64_t *)(p + i * PAGE) = 1ULL << (8 * i);
	args(v, AT, 8, PAGE, 0);
	EXPECT_DONE(v, 0);
	CHECK_EQ(v->area->value[0], 0x0101010101010101);
}

/* The range stays, its memory goes: a fault for userspace, and the guest waits at it. */
static void munmap_under_the_guest(const void *arg)
{
	struct vcpu *v = mem_vcpu("fill");
	uint8_t *p = pages(4);
	const struct axvcpu_exit *e = &v->run->exit;

	(void)arg;
	map(v, AT, 4, p);
	args(v, AT, 4, PAGE, 7);
	EXPECT_DONE(v, 0);
	munmap(p + PAGE, PAGE);
	again(v, "fill");
	EXPECT_EXIT(v, AXVCPU_EXIT_NESTED_PAGE_FAULT);
	CHECK_EQ(e->fault.gpa, AT + PAGE);
	CHECK_EQ(e->pc, vm_mark(v->vm, "fill_store"));
	CHECK_EQ(e->fault.access & AXVCPU_ACCESS_W, AXVCPU_ACCESS_W);
	EXPECT_EXIT(v, AXVCPU_EXIT_NESTED_PAGE_FAULT);
	REQUIRE(mmap(p + PAGE, PAGE, PROT_READ | PROT_WRITE,
		     MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED, -1, 0) != MAP_FAILED);
	EXPECT_DONE(v, 0);
	CHECK_EQ(*(uint64_t *)(p + PAGE), 8);
	CHECK_EQ(*(uint64_t *)(p + 3 * PAGE), 10);
}

static void mprotect_under_the_guest(const void *arg)
{
	struct vcpu *v = mem_vcpu("fill");
	uint8_t *p = pages(2);

	(void)arg;
	map(v, AT, 2, p);
	args(v, AT, 2, PAGE, 7);
	EXPECT_DONE(v, 0);
	REQUIRE(!mprotect(p, PAGE, PROT_READ));
	again(v, "fill");
	args(v, AT, 2, PAGE, 70);
	EXPECT_EXIT(v, AXVCPU_EXIT_NESTED_PAGE_FAULT);
	CHECK_EQ(v->run->exit.fault.gpa, AT);
	CHECK_EQ(*(uint64_t *)p, 7);
	REQUIRE(!mprotect(p, PAGE, PROT_READ | PROT_WRITE));
	EXPECT_DONE(v, 0);
	CHECK_EQ(*(uint64_t *)p, 70);
	/* Reading is allowed by PROT_READ. */
	REQUIRE(!mprotect(p, 2 * PAGE, PROT_READ));
	again(v, "sum");
	EXPECT_DONE(v, 0);
	CHECK_EQ(v->area->value[0], 70 + 71);
}

static void dontneed(const void *arg)
{
	struct vcpu *v = mem_vcpu("fill");
	uint8_t *p = pages(16);
	struct axvcpu_vm_stats s;

	(void)arg;
	map(v, AT, 16, p);
	args(v, AT, 16, PAGE, 1);
	EXPECT_DONE(v, 0);
	s = vm_stats(v);
	REQUIRE(!madvise(p, 16 * PAGE, MADV_DONTNEED));
	CHECK(vm_stats(v).invalidations > s.invalidations);
	CHECK(vm_stats(v).mapped_4k < s.mapped_4k || vm_stats(v).mapped_2m < s.mapped_2m);
	again(v, "sum");
	EXPECT_DONE(v, 0);
	CHECK_EQ(v->area->value[0], 0);
}

static void mremap_away(const void *arg)
{
	struct vcpu *v = mem_vcpu("fill");
	uint8_t *p = pages(2), *q = pages(2);

	(void)arg;
	map(v, AT, 2, p);
	args(v, AT, 2, PAGE, 30);
	EXPECT_DONE(v, 0);
	REQUIRE(mremap(p, 2 * PAGE, 2 * PAGE, MREMAP_MAYMOVE | MREMAP_FIXED, q) == q);
	again(v, "fill");
	args(v, AT, 2, PAGE, 40);
	EXPECT_EXIT(v, AXVCPU_EXIT_NESTED_PAGE_FAULT);
	CHECK_EQ(*(uint64_t *)q, 30);
	CHECK_EQ(*(uint64_t *)(q + PAGE), 31);
	munmap(q, 2 * PAGE);
}

/* After fork() both share the pages: the guest's write must not reach the child. */
static void fork_copies(const void *arg)
{
	struct vcpu *v = mem_vcpu("fill");
	uint8_t *p = pages(8);
	int go[2], status, bad = 0;
	unsigned int i;
	pid_t pid;
	char c;

	(void)arg;
	map(v, AT, 8, p);
	args(v, AT, 8, PAGE, 1000);
	EXPECT_DONE(v, 0);
	REQUIRE(!pipe(go));
	fflush(stdout);
	pid = fork();
	REQUIRE(pid >= 0);
	if (!pid) {
		close(go[1]);
		if (read(go[0], &c, 1))
			_exit(100);
		for (i = 0; i < 8; i++)
			bad += *(uint64_t *)(p + i * PAGE) != 1000 + i;
		_exit(bad);
	}
	again(v, "fill");
	args(v, AT, 8, PAGE, 2000);
	EXPECT_DONE(v, 0);
	close(go[1]);
	REQUIRE(waitpid(pid, &status, 0) == pid);
	close(go[0]);
	CHECK_EQ(status, 0);
	for (i = 0; i < 8; i++)
		CHECK_EQ(*(uint64_t *)(p + i * PAGE), 2000 + i);
}

/* A file's pages, shared: what the guest writes is in the file. */
static void shared_file(const void *arg)
{
	struct vcpu *v = mem_vcpu("fill");
	int fd = memfd_create("guest", MFD_CLOEXEC);
	uint64_t word = 0;
	uint8_t *p;

	(void)arg;
	REQUIRE(fd >= 0 && !ftruncate(fd, 4 * PAGE));
	p = mmap(NULL, 4 * PAGE, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
	REQUIRE(p != MAP_FAILED);
	map(v, AT, 4, p);
	args(v, AT, 4, PAGE, 0xabc0);
	EXPECT_DONE(v, 0);
	CHECK_EQ(pread(fd, &word, 8, 2 * PAGE), 8);
	CHECK_EQ(word, 0xabc2);
	/* Truncated: behind the end nothing answers, and nobody dies of it. */
	REQUIRE(!ftruncate(fd, PAGE));
	again(v, "sum");
	EXPECT_EXIT(v, AXVCPU_EXIT_NESTED_PAGE_FAULT);
	CHECK_EQ(v->run->exit.fault.gpa, AT + PAGE);
	close(fd);
}

static void aliases(const void *arg)
{
	struct vcpu *v = mem_vcpu("fill");
	uint8_t *p = pages(2);

	(void)arg;
	map(v, AT, 2, p);
	map(v, AT + 0x100000, 2, p);
	args(v, AT, 2, PAGE, 50);
	EXPECT_DONE(v, 0);
	again(v, "sum");
	args(v, AT + 0x100000, 2, PAGE, 0);
	EXPECT_DONE(v, 0);
	CHECK_EQ(v->area->value[0], 50 + 51);
	/* Both views lose the page together. */
	REQUIRE(!madvise(p, 2 * PAGE, MADV_DONTNEED));
	again(v, "sum");
	args(v, AT + 0x100000, 2, PAGE, 0);
	EXPECT_DONE(v, 0);
	CHECK_EQ(v->area->value[0], 0);
}

/* ------------------------------------------------------------------ big things */

static bool thp_on(void)
{
	FILE *f = fopen("/sys/kernel/mm/transparent_hugepage/enabled", "r");
	char text[80] = "";

	if (f && !fgets(text, sizeof(text), f))
		text[0] = 0;
	if (f)
		fclose(f);
	return text[0] && !strstr(text, "[never]");
}

static void huge_pages(const void *arg)
{
	struct vcpu *v = mem_vcpu("fill");
	uint8_t *p = pages(5 * HUGE / PAGE), *q = (void *)(((uintptr_t)p + HUGE - 1) & -HUGE);
	struct axvcpu_vm_stats s;

	(void)arg;
	if (!(test_info()->caps & AXVCPU_CAP_HUGE_2M) || !thp_on())
		tap_skip("no huge pages here");
	madvise(q, 4 * HUGE, MADV_HUGEPAGE);
	memset(q, 0, 4 * HUGE);
	map(v, AT, 4 * HUGE / PAGE, q);
	args(v, AT, 4 * HUGE / PAGE, PAGE, 1);
	EXPECT_DONE(v, 0);
	s = vm_stats(v);
	tap_note("4k %llu 2m %llu tables %llu", (unsigned long long)s.mapped_4k,
		 (unsigned long long)s.mapped_2m, (unsigned long long)s.table_pages);
	CHECK(s.mapped_2m >= 1);
	/* A part of one goes: the rest of it stays what it was. */
	REQUIRE(!madvise(q + HUGE + 5 * PAGE, PAGE, MADV_DONTNEED));
	again(v, "sum");
	args(v, AT + HUGE, 512, PAGE, 0);
	EXPECT_DONE(v, 0);
	CHECK_EQ(v->area->value[0], (uint64_t)(513 + 1024) * 512 / 2 - (513 + 5));
	munmap(p, 5 * HUGE);
}

static void many_regions(const void *arg)
{
	struct vcpu *v = mem_vcpu("fill");
	uint8_t *p = pages(600);
	unsigned int i;

	(void)arg;
	/* Backwards, with holes in between. */
	for (i = 300; i-- > 0;)
		map(v, AT + i * 2 * PAGE, 1, p + i * PAGE);
	args(v, AT, 300, 2 * PAGE, 5);
	EXPECT_DONE(v, 0);
	for (i = 0; i < 300; i++)
		CHECK_EQ(*(uint64_t *)(p + i * PAGE), 5 + i);
	for (i = 0; i < 300; i += 3)
		CHECK_ERRNO(axvcpu_unmap(v->vm->fd, AT + i * 2 * PAGE, PAGE), 0);
	again(v, "sum");
	args(v, AT + 2 * PAGE, 2, 2 * PAGE, 0);
	EXPECT_DONE(v, 0);
	CHECK_EQ(v->area->value[0], 6 + 7);
}

static void too_many_regions(const void *arg)
{
	struct vm *vm = vm_new(0, 0);
	uint8_t *p = pages(1);
	uint32_t i, max = test_info()->max_maps;
	int ret = 0;

	(void)arg;
	for (i = 0; i < max && !ret; i++)
		ret = axvcpu_map(vm->fd, MAP_RWX, i * PAGE, PAGE, p);
	CHECK_EQ(ret, 0);
	CHECK_EQ(i, max);
	CHECK_ERRNO(axvcpu_map(vm->fd, MAP_RWX, i * PAGE, PAGE, p), ENOSPC);
	CHECK_ERRNO(axvcpu_unmap(vm->fd, 0, PAGE), 0);
	CHECK_ERRNO(axvcpu_map(vm->fd, MAP_RWX, i * PAGE, PAGE, p), 0);
}

struct overlap {
	uint64_t first, nr;
	int err;
};

/* Around a range of four pages that begins at page 10. */
static void overlaps(const void *arg)
{
	static const struct overlap rows[] = {
		{ 6, 4, 0 }, { 14, 4, 0 }, { 6, 5, EEXIST }, { 13, 4, EEXIST }, { 11, 2, EEXIST },
		{ 10, 4, EEXIST }, { 8, 10, EEXIST }, { 0, 1, 0 },
	};
	struct vm *vm = vm_new(0, 0);
	uint8_t *p = pages(16);
	uint64_t top = 1ULL << test_info()->gpa_bits;
	unsigned int i;

	(void)arg;
	REQUIRE_OK(axvcpu_map(vm->fd, MAP_RWX, 10 * PAGE, 4 * PAGE, p));
	for (i = 0; i < ARRAY_SIZE(rows); i++) {
		const struct overlap *r = &rows[i];

		CHECK_ERRNO(axvcpu_map(vm->fd, MAP_RWX, r->first * PAGE, r->nr * PAGE, p), r->err);
		if (!r->err)
			CHECK_ERRNO(axvcpu_unmap(vm->fd, r->first * PAGE, r->nr * PAGE), 0);
	}
	/* A part of a range, or two at once, is not a range. */
	CHECK_ERRNO(axvcpu_unmap(vm->fd, 10 * PAGE, 2 * PAGE), ENOENT);
	CHECK_ERRNO(axvcpu_unmap(vm->fd, 12 * PAGE, 2 * PAGE), ENOENT);
	CHECK_ERRNO(axvcpu_map(vm->fd, MAP_RWX, top - PAGE, PAGE, p), 0);
	CHECK_ERRNO(axvcpu_map(vm->fd, MAP_RWX, top, PAGE, p), EINVAL);
	CHECK_ERRNO(axvcpu_map(vm->fd, MAP_RWX, top - 2 * PAGE, 4 * PAGE, p), EINVAL);
	CHECK_ERRNO(axvcpu_map(vm->fd, AXVCPU_MAP_W, 0, PAGE, p),
		    test_info()->caps & AXVCPU_CAP_MAP_NO_READ ? 0 : EOPNOTSUPP);
}

static void unmapped_is_mmio(const void *arg)
{
	struct vcpu *v = mem_vcpu("load");
	uint8_t *p = pages(2);
	const struct axvcpu_exit *e = &v->run->exit;

	(void)arg;
	map(v, AT, 2, p);
	*(uint64_t *)p = 5;
	args(v, AT, 2, PAGE, 0);
	EXPECT_DONE(v, 0);
	REQUIRE_OK(axvcpu_unmap(v->vm->fd, AT, 2 * PAGE));
	again(v, "load");
	args(v, AT, 1, PAGE, 0);
	EXPECT_EXIT(v, AXVCPU_EXIT_MMIO_READ);
	CHECK_EQ(e->mmio.addr, AT);
	CHECK_EQ(e->mmio.width, 8);
	v->run->value = 99;
	EXPECT_DONE(v, 0);
	CHECK_EQ(v->area->value[0], 99);
}

static const struct tap_test tests[] = {
	{ "pages_come_on_demand", on_demand, NULL },
	{ "host_writes_are_seen", host_writes_are_seen, NULL },
	{ "munmap", munmap_under_the_guest, NULL },
	{ "mprotect", mprotect_under_the_guest, NULL },
	{ "madvise_dontneed", dontneed, NULL },
	{ "mremap", mremap_away, NULL },
	{ "fork_copies_on_write", fork_copies, NULL },
	{ "shared_file", shared_file, NULL },
	{ "two_addresses_of_one_page", aliases, NULL },
	{ "huge_pages", huge_pages, NULL },
	{ "three_hundred_regions", many_regions, NULL },
	{ "too_many_regions", too_many_regions, NULL },
	{ "overlaps", overlaps, NULL },
	{ "unmapped_is_mmio", unmapped_is_mmio, NULL },
};

int main(void)
{
	return tap_main(tests, ARRAY_SIZE(tests));
}
