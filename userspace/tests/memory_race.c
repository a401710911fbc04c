// SPDX-License-Identifier: MIT
/* Guest memory while the guest runs: the host takes pages back, the dirty log stays exact. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

#include "tests/common/vm.h"

#define PAGE		4096ULL
#define AT		0x40000000ULL
#define NR		64

static uint8_t *map_pages(struct vcpu *v, uint64_t nr, uint32_t flags)
{
	uint8_t *p = mmap(NULL, nr * PAGE, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS,
			  -1, 0);

	REQUIRE(p != MAP_FAILED);
	REQUIRE_OK(axvcpu_map(v->vm->fd, flags, AT, nr * PAGE, p));
	return p;
}

static struct vcpu *new_vcpu(const char *entry, uint64_t count, uint64_t step)
{
	struct vm *vm = vm_new(0, GUEST_RAM);
	struct vcpu *v = vm_vcpu(vm, 0);

	vm_load(vm, "mem");
	vcpu_setup(v, entry);
	v->area->arg[0] = AT;
	v->area->arg[1] = count;
	v->area->arg[2] = step;
	return v;
}

/* ------------------------------------------------------------------- churning */

static void act_dontneed(uint8_t *p)
{
	madvise(p, NR * PAGE / 2, MADV_DONTNEED);
}

static void act_protect(uint8_t *p)
{
	mprotect(p, NR * PAGE, PROT_READ);
	mprotect(p, NR * PAGE, PROT_READ | PROT_WRITE);
}

static void act_replace(uint8_t *p)
{
	if (mmap(p + PAGE, 8 * PAGE, PROT_READ | PROT_WRITE,
		 MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED, -1, 0) == MAP_FAILED)
		tap_fail(__FILE__, __LINE__, "mmap failed");
}

static void act_write(uint8_t *p)
{
	/* The launcher's own accesses meet the guest's on the same pages. */
	__atomic_fetch_add(&p[rand() % NR * PAGE + 64], 1, __ATOMIC_SEQ_CST);
}

static void act_collapse(uint8_t *p)
{
	madvise(p, NR * PAGE, 25 /* MADV_COLLAPSE */);
	madvise(p, NR * PAGE, MADV_COLD);
	madvise(p, NR * PAGE, MADV_PAGEOUT);
}

/* While a page is protected the guest may come out with a fault: it tries again. */
static bool retry_faults(struct vcpu *v)
{
	return v->run->exit.reason == AXVCPU_EXIT_NESTED_PAGE_FAULT &&
	       v->run->exit.fault.gpa >= AT && v->run->exit.fault.gpa < AT + NR * PAGE;
}

static void churn(const void *arg)
{
	void (*const *act)(uint8_t *) = arg;
	struct vcpu *v = new_vcpu("churn", NR, PAGE);
	struct vcpu_thread t = { .on_exit = retry_faults };
	uint8_t *p = map_pages(v, NR, MAP_RWX);
	uint64_t rounds;
	unsigned int i;

	vcpu_thread_start(&t, v);
	for (i = 0; i < 300 && !tap_timed_out(); i++) {
		(*act)(p);
		/* The guest gets on, now and then. */
		rounds = v->area->value[0];
		while (i % 50 == 0 && v->area->value[0] == rounds && !tap_timed_out())
			sleep_us(100);
	}
	v->area->arg[4] = 1;
	vcpu_thread_join(&t);
	CHECK_EQ(t.ret, AXVCPU_EXIT_IO_WRITE);
	CHECK_EQ(v->run->exit.io.port, GUEST_PORT_DONE);
	CHECK(v->area->value[0] > 0);
}

/* A page that nobody takes away keeps exact count of the guest's rounds. */
static void churn_is_exact(const void *arg)
{
	struct vcpu *v = new_vcpu("churn", NR, PAGE);
	struct vcpu_thread t = { .on_exit = retry_faults };
	uint8_t *p = map_pages(v, NR, MAP_RWX);
	unsigned int i;

	(void)arg;
	vcpu_thread_start(&t, v);
	for (i = 0; i < 200 && !tap_timed_out(); i++) {
		act_protect(p);
		act_write(p);
	}
	v->area->arg[4] = 1;
	vcpu_thread_join(&t);
	for (i = 0; i < NR; i++)
		CHECK_EQ(*(uint64_t *)(p + i * PAGE), v->area->value[0]);
}

/* When UNMAP has returned no vCPU reaches the memory any more. */
static void unmap_while_running(const void *arg)
{
	struct vcpu *v = new_vcpu("churn", NR, PAGE);
	struct vcpu_thread t = { 0 };
	uint8_t *p = map_pages(v, NR, MAP_RWX);
	uint8_t *copy = malloc(NR * PAGE);

	(void)arg;
	vcpu_thread_start(&t, v);
	while (v->area->value[0] < 10 && !tap_timed_out())
		sleep_us(100);
	REQUIRE_OK(axvcpu_unmap(v->vm->fd, AT, NR * PAGE));
	memcpy(copy, p, NR * PAGE);
	vcpu_thread_join(&t);
	CHECK(t.ret == AXVCPU_EXIT_MMIO_READ || t.ret == AXVCPU_EXIT_MMIO_WRITE);
	CHECK_EQ(v->run->exit.mmio.addr & ~(NR * PAGE - 1), AT);
	CHECK_MEM(p, copy, NR * PAGE);
	free(copy);
}

static void map_while_running(const void *arg)
{
	struct vcpu *v = new_vcpu("churn", NR, PAGE);
	struct vcpu_thread t = { 0 };
	uint8_t *p = map_pages(v, NR, MAP_RWX);
	unsigned int i;

	(void)arg;
	vcpu_thread_start(&t, v);
	for (i = 0; i < 200 && !tap_timed_out(); i++) {
		uint64_t at = AT + 0x10000000 + (uint64_t)i % 7 * 0x100000;

		CHECK_ERRNO(axvcpu_map(v->vm->fd, MAP_RWX, at, NR * PAGE, p), 0);
		CHECK_ERRNO(axvcpu_unmap(v->vm->fd, at, NR * PAGE), 0);
	}
	v->area->arg[4] = 1;
	vcpu_thread_join(&t);
	CHECK_EQ(t.ret, AXVCPU_EXIT_IO_WRITE);
}

/* ------------------------------------------------------------------ dirty log */

static void expect_dirty(struct vcpu *v, uint64_t nr, const unsigned int *set, unsigned int n)
{
	uint64_t got[8], want[8] = { 0 };
	unsigned int i;

	memset(got, 0xa5, sizeof(got));
	for (i = 0; i < n; i++)
		want[set[i] / 64] |= 1ULL << set[i] % 64;
	REQUIRE_OK(axvcpu_dirty_log(v->vm->fd, AT, nr * PAGE, got));
	for (i = 0; i < (nr + 63) / 64; i++)
		CHECK_EQ(got[i], want[i]);
	/* Nothing behind the words that it takes. */
	CHECK_EQ(got[i], 0xa5a5a5a5a5a5a5a5);
}

static void write_page(struct vcpu *v, unsigned int page, unsigned int count)
{
	if (vcpu_state(v) == AXVCPU_STATE_READY)
		REQUIRE_OK(axvcpu_unbind(v->fd));
	vcpu_start(v, "fill");
	v->area->arg[0] = AT + page * PAGE + 8;
	v->area->arg[1] = count;
	v->area->arg[2] = PAGE;
	EXPECT_DONE(v, GUEST_DONE_OK);
}

#define LOGGED	(AXVCPU_MAP_R | AXVCPU_MAP_W | AXVCPU_MAP_DIRTY_LOG)

static void dirty_exact(const void *arg)
{
	static const unsigned int first[] = { 1, 5, 6, 7, 63, 64, 99 };
	static const unsigned int second[] = { 5 };
	struct vcpu *v = new_vcpu("fill", 1, PAGE);

	(void)arg;
	map_pages(v, 100, LOGGED);
	expect_dirty(v, 100, NULL, 0);
	write_page(v, 1, 1);
	write_page(v, 5, 3);
	write_page(v, 63, 2);
	write_page(v, 99, 1);
	expect_dirty(v, 100, first, ARRAY_SIZE(first));
	/* Cleared by that; written again it is there again. */
	expect_dirty(v, 100, NULL, 0);
	write_page(v, 5, 1);
	expect_dirty(v, 100, second, 1);
}

/* Reading a page, by the guest or the host, is no write. */
static void dirty_not_by_reads(const void *arg)
{
	struct vcpu *v = new_vcpu("sum", 100, PAGE);
	uint8_t *p = map_pages(v, 100, LOGGED);

	(void)arg;
	p[3 * PAGE] = 1;
	REQUIRE_OK(axvcpu_bind(v->fd));
	EXPECT_DONE(v, GUEST_DONE_OK);
	CHECK_EQ(v->area->value[0], 1);
	expect_dirty(v, 100, NULL, 0);
}

/* The kernel's own writes count: INS ends in guest memory without the guest's store. */
static void dirty_by_the_kernel(const void *arg)
{
	static const unsigned int pages[] = { 9, 10 };
	struct vcpu *v = new_vcpu("ins", 100, PAGE);

	(void)arg;
	map_pages(v, 100, LOGGED);
	v->area->arg[0] = AT + 10 * PAGE - 50;
	REQUIRE_OK(axvcpu_bind(v->fd));
	EXPECT_EXIT(v, AXVCPU_EXIT_IO_READ);
	while (vcpu_run(v) == AXVCPU_EXIT_IO_READ && v->run->exit.io.string)
		;
	CHECK_EQ(v->run->exit.io.port, GUEST_PORT_DONE);
	expect_dirty(v, 100, pages, 2);
}

/* Part of the range, from a multiple of 64 pages. */
static void dirty_in_parts(const void *arg)
{
	struct vcpu *v = new_vcpu("fill", 1, PAGE);
	uint64_t word = 0;

	(void)arg;
	map_pages(v, 200, LOGGED);
	write_page(v, 10, 1);
	write_page(v, 70, 1);
	REQUIRE_OK(axvcpu_dirty_log(v->vm->fd, AT + 64 * PAGE, 64 * PAGE, &word));
	CHECK_EQ(word, 1 << 6);
	REQUIRE_OK(axvcpu_dirty_log(v->vm->fd, AT, 64 * PAGE, &word));
	CHECK_EQ(word, 1 << 10);
	CHECK_ERRNO(axvcpu_dirty_log(v->vm->fd, AT + 32 * PAGE, 64 * PAGE, &word), EINVAL);
	CHECK_ERRNO(axvcpu_dirty_log(v->vm->fd, AT + 192 * PAGE, 64 * PAGE, &word), EINVAL);
}

/* While the guest writes on, no write falls between two readings of the log. */
static void dirty_while_running(const void *arg)
{
	struct vcpu *v = new_vcpu("churn", NR, PAGE);
	struct vcpu_thread t = { 0 };
	uint8_t *p = map_pages(v, NR, LOGGED), *copy = calloc(NR, PAGE);
	uint64_t word;
	unsigned int i, page;

	(void)arg;
	vcpu_thread_start(&t, v);
	for (i = 0; i < 100 && !tap_timed_out(); i++) {
		if (i == 99) {
			v->area->arg[4] = 1;
			vcpu_thread_join(&t);
		}
		REQUIRE_OK(axvcpu_dirty_log(v->vm->fd, AT, NR * PAGE, &word));
		for (page = 0; page < NR; page++)
			if (word & 1ULL << page)
				memcpy(copy + page * PAGE, p + page * PAGE, PAGE);
	}
	CHECK_EQ(t.ret, AXVCPU_EXIT_IO_WRITE);
	CHECK_MEM(copy, p, NR * PAGE);
	free(copy);
}

static void (*const dontneed_fn)(uint8_t *) = act_dontneed;
static void (*const protect_fn)(uint8_t *) = act_protect;
static void (*const replace_fn)(uint8_t *) = act_replace;
static void (*const write_fn)(uint8_t *) = act_write;
static void (*const collapse_fn)(uint8_t *) = act_collapse;

static const struct tap_test tests[] = {
	{ "churn_against_dontneed", churn, &dontneed_fn },
	{ "churn_against_mprotect", churn, &protect_fn },
	{ "churn_against_new_pages", churn, &replace_fn },
	{ "churn_against_writes", churn, &write_fn },
	{ "churn_against_reclaim", churn, &collapse_fn },
	{ "no_write_is_lost", churn_is_exact, NULL },
	{ "unmap_while_running", unmap_while_running, NULL },
	{ "map_while_running", map_while_running, NULL },
	{ "dirty_log_is_exact", dirty_exact, NULL },
	{ "dirty_log_not_by_reads", dirty_not_by_reads, NULL },
	{ "dirty_log_has_the_kernels_writes", dirty_by_the_kernel, NULL },
	{ "dirty_log_in_parts", dirty_in_parts, NULL },
	{ "dirty_log_while_running", dirty_while_running, NULL },
};

int main(void)
{
	return tap_main(tests, ARRAY_SIZE(tests));
}
