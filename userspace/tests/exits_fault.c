// SPDX-License-Identifier: MIT
/* Exits NESTED_PAGE_FAULT and FAIL_ENTRY, and memory that a mapping forbids. */
#include <errno.h>
#include <string.h>

#include "tests/common/exits.h"

/* A read-modify-write is one access to write on a CPU, a read and a write on emulators. */
#define RMW	(AXVCPU_ACCESS_R | AXVCPU_ACCESS_W)

/* Instruction bytes in the exit are those at pc, as many as the instruction has at least. */
static void check_bytes(struct vcpu *v, uint32_t least)
{
	const struct axvcpu_exit *e = &v->run->exit;

	REQUIRE(e->fault.insn_len >= least && e->fault.insn_len <= 15);
	CHECK_MEM(e->fault.insn, v->vm->ram + e->pc, e->fault.insn_len);
	CHECK_EQ(e->fault.insn_len < 15 ? e->fault.insn[e->fault.insn_len] : 0, 0);
}

/* The exit but for gva and bytes, which are looked at apart. */
static void check_fault(struct vcpu *v, uint64_t pc, uint64_t gpa, uint32_t access)
{
	struct axvcpu_exit want = {
		.reason = AXVCPU_EXIT_NESTED_PAGE_FAULT, .flags = FLAGS_QUIET,
	};
	const struct axvcpu_exit *e = &v->run->exit;

	memset(&v->run->exit, 0xa5, sizeof(v->run->exit));
	EXPECT_EXIT(v, AXVCPU_EXIT_NESTED_PAGE_FAULT);
	want.fault = e->fault;
	want.fault.gpa = gpa;
	if (access == RMW)
		access &= e->fault.access;
	want.fault.access = access | (e->fault.access & AXVCPU_ACCESS_GVA);
	if (!(e->fault.access & AXVCPU_ACCESS_GVA))
		want.fault.gva = 0;
	memset(want.fault.pad, 0, sizeof(want.fault.pad));
	CHECK_EQ(e->pc, pc);
	CHECK_EQ(e->insn_len, 0);
	exit_check(v, &want, NULL, false);
}

struct unknown {
	const char *name;
	const char *entry;
	const char *insn;
	uint32_t access;
	uint32_t len;
};

static const struct unknown unknown[] = {
	{ "unknown_add", "un_add", "i_un_add", RMW, 2 },
	{ "unknown_xchg", "un_xchg", "i_un_xchg", RMW, 2 },
	{ "unknown_push", "un_push", "i_un_push", AXVCPU_ACCESS_R, 2 },
	{ "unknown_sse", "un_sse", "i_un_sse", AXVCPU_ACCESS_R, 3 },
	{ "unknown_cmp", "un_cmp", "i_un_cmp", AXVCPU_ACCESS_R, 3 },
	{ "unknown_inc", "un_inc", "i_un_inc", RMW, 3 },
};

/* Userspace emulates: it moves pc itself, and nothing is done twice. */
static void run_unknown(const void *arg)
{
	const struct unknown *u = arg;
	struct vcpu *v = vm_quick(0, "fault", u->entry);
	uint64_t pc = vm_mark(v->vm, u->insn);
	struct axvcpu_x86_regs regs;

	check_fault(v, pc, GUEST_MMIO + 0x20, u->access);
	check_bytes(v, u->len);
	/* Unanswered it comes again. */
	check_fault(v, pc, GUEST_MMIO + 0x20, u->access);
	vcpu_regs(v, AXVCPU_REGS_X86_GPRS, &regs);
	CHECK_EQ(regs.gprs.rip, pc);
	regs.gprs.rip += u->len;
	REQUIRE_OK(axvcpu_set_regs(v->fd, AXVCPU_REGS_X86_GPRS, &regs));
	EXPECT_DONE(v, GUEST_DONE_OK);
	CHECK_EQ(v->area->value[0], 1);
}

static void fetch_from_no_memory(const void *arg)
{
	struct vcpu *v = vm_quick(0, "fault", "fetch");

	(void)arg;
	v->area->arg[0] = GUEST_MMIO + 0x40;
	check_fault(v, GUEST_MMIO + 0x40, GUEST_MMIO + 0x40, AXVCPU_ACCESS_X);
	CHECK_EQ(v->run->exit.fault.insn_len, 0);
	/* Memory may be put there: then the guest goes on. */
	memset(v->vm->ram + GUEST_DATA, 0xf4, 4096);
	REQUIRE_OK(axvcpu_map(v->vm->fd, MAP_RWX, GUEST_MMIO, 4096, v->vm->ram + GUEST_DATA));
	EXPECT_EXIT(v, AXVCPU_EXIT_HALT);
	CHECK_EQ(v->run->exit.pc, GUEST_MMIO + 0x41);
}

/* A VM whose page at GUEST_DATA is mapped with other rights. */
static struct vcpu *with_rights(uint32_t rights, const char *entry)
{
	struct vm *vm = vm_new(0, GUEST_RAM);
	struct vcpu *v;

	REQUIRE_OK(axvcpu_unmap(vm->fd, 0, GUEST_HOLE));
	REQUIRE_OK(axvcpu_map(vm->fd, MAP_RWX, 0, GUEST_DATA, vm->ram));
	REQUIRE_OK(axvcpu_map(vm->fd, rights, GUEST_DATA, 4096, vm->ram + GUEST_DATA));
	REQUIRE_OK(axvcpu_map(vm->fd, MAP_RWX, GUEST_DATA + 4096, GUEST_HOLE - GUEST_DATA - 4096,
			      vm->ram + GUEST_DATA + 4096));
	vm_load(vm, "fault");
	v = vm_vcpu(vm, 0);
	vcpu_start(v, entry);
	v->area->arg[0] = GUEST_DATA;
	return v;
}

static void no_exec(const void *arg)
{
	struct vcpu *v;

	(void)arg;
	if (!(test_info()->caps & AXVCPU_CAP_MAP_EXEC))
		tap_skip("this backend cannot forbid execution");
	v = with_rights(AXVCPU_MAP_R | AXVCPU_MAP_W, "fetch_noexec");
	check_fault(v, GUEST_DATA, GUEST_DATA, AXVCPU_ACCESS_X | AXVCPU_ACCESS_PERMISSION);
	REQUIRE_OK(axvcpu_unmap(v->vm->fd, GUEST_DATA, 4096));
	REQUIRE_OK(axvcpu_map(v->vm->fd, MAP_RWX, GUEST_DATA, 4096, v->vm->ram + GUEST_DATA));
	EXPECT_DONE(v, GUEST_DONE_OK);
	CHECK_EQ(v->area->value[0], 1);
}

/* A store to read-only memory is a device's: userspace sees it, memory does not change. */
static void write_to_read_only(const void *arg)
{
	static const struct axvcpu_exit want = {
		.reason = AXVCPU_EXIT_MMIO_WRITE, .flags = FLAGS_DONE,
		.mmio = { .addr = GUEST_DATA, .data = 0x1234, .width = 4 },
	};
	struct vcpu *v = with_rights(AXVCPU_MAP_R | AXVCPU_MAP_X, "store_load");

	(void)arg;
	v->vm->ram[GUEST_DATA] = 0x77;
	EXPECT_EXIT(v, AXVCPU_EXIT_MMIO_WRITE);
	exit_check(v, &want, "i_store", false);
	EXPECT_DONE(v, GUEST_DONE_OK);
	CHECK_EQ(v->area->value[0], 0x77);
	CHECK_EQ(v->vm->ram[GUEST_DATA], 0x77);
}

static void across_the_end_of_memory(const void *arg)
{
	struct vcpu *v = vm_quick(0, "fault", "cross");
	const struct axvcpu_exit *e = &v->run->exit;

	(void)arg;
	v->area->arg[0] = GUEST_RAM - 4;
	EXPECT_EXIT(v, AXVCPU_EXIT_NESTED_PAGE_FAULT);
	CHECK_EQ(e->pc, vm_mark(v->vm, "i_cross"));
	CHECK_EQ(e->fault.access & 7, AXVCPU_ACCESS_W);
	CHECK_EQ(e->fault.gpa & ~0xfffULL, GUEST_RAM);
	check_bytes(v, 3);
}

static void table_walk(const void *arg)
{
	struct vcpu *v = vm_quick(0, "fault", "table_walk");
	const struct axvcpu_exit *e = &v->run->exit;

	(void)arg;
	EXPECT_EXIT(v, AXVCPU_EXIT_NESTED_PAGE_FAULT);
	CHECK_EQ(e->pc, vm_mark(v->vm, "i_walk"));
	CHECK_EQ(e->fault.gpa & ~0xfffULL, GUEST_MMIO);
	CHECK_EQ(e->fault.access & AXVCPU_ACCESS_TABLE_WALK, AXVCPU_ACCESS_TABLE_WALK);
	CHECK_EQ(e->fault.access & AXVCPU_ACCESS_PERMISSION, 0);
}

static void own_fault(const void *arg)
{
	struct vcpu *v = vm_quick(0, "fault", "own_fault");

	(void)arg;
	EXPECT_DONE(v, GUEST_DONE_OK);
	CHECK_EQ(v->area->value[0], 14);
	CHECK_EQ(v->area->cr2, 0x123456789abc);
	CHECK_EQ(v->area->rip, vm_mark(v->vm, "i_own_fault"));
}

/* --------------------------------------------------------------- FAIL_ENTRY */

struct bad_state {
	const char *name;
	uint64_t cr0_set, cr0_clear, cr4_set, cr4_clear, efer_set, cr3_set;
	const char *why;		/* a word of the reason */
};

#define CR0_NW	0x20000000
#define CR0_PE	0x1
#define CR0_PG	0x80000000
#define CR4_PAE	0x20

static const struct bad_state bad_states[] = {
	{ .name = "fail_entry_nw_without_cd", .cr0_set = CR0_NW, .why = "NW" },
	{ .name = "fail_entry_long_mode_without_pae", .cr4_clear = CR4_PAE, .why = "PAE" },
	{ .name = "fail_entry_long_mode_without_pe", .cr0_clear = CR0_PE, .why = "PE" },
	{ .name = "fail_entry_cr0_high_bits", .cr0_set = 1ULL << 40, .why = "CR0" },
	{ .name = "fail_entry_cr3_high_bits", .cr3_set = 1ULL << 60, .why = "CR3" },
	{ .name = "fail_entry_cr4_reserved", .cr4_set = 1ULL << 40, .why = "CR4" },
};

static bool has_word(const char *text, const char *word)
{
	return strstr(text, word) && strchr(text, ' ');
}

/* Some states are refused by SET_REGS already: then nothing may have changed. */
static void run_bad_state(const void *arg)
{
	const struct bad_state *b = arg;
	struct vcpu *v = vm_quick(0, "basic", "halt");
	const struct axvcpu_exit *e = &v->run->exit;
	struct axvcpu_x86_regs good, bad;
	int ret;

	vcpu_regs(v, AXVCPU_REGS_X86_CRS, &good);
	bad = good;
	bad.crs.cr0 = (good.crs.cr0 | b->cr0_set) & ~b->cr0_clear;
	bad.crs.cr4 = (good.crs.cr4 | b->cr4_set) & ~b->cr4_clear;
	bad.crs.efer |= b->efer_set;
	bad.crs.cr3 |= b->cr3_set;
	ret = axvcpu_set_regs(v->fd, AXVCPU_REGS_X86_CRS, &bad);
	if (ret < 0) {
		CHECK_ERRNO(ret, EINVAL);
		EXPECT_EXIT(v, AXVCPU_EXIT_HALT);
		tap_note("SET_REGS refuses such a state");
		return;
	}
	memset(&v->run->exit, 0xa5, sizeof(v->run->exit));
	EXPECT_EXIT(v, AXVCPU_EXIT_FAIL_ENTRY);
	CHECK(e->fail_entry.rule != 0);
	CHECK_EQ(e->fail_entry.pad, 0);
	CHECK(memchr(e->fail_entry.why, 0, sizeof(e->fail_entry.why)) != NULL);
	if (!CHECK(has_word(e->fail_entry.why, b->why)))
		tap_note("why: %.112s", e->fail_entry.why);
	CHECK_EQ(e->pc, vm_mark(v->vm, "halt"));
	CHECK_EQ(e->insn_len, 0);
	CHECK_EQ(e->hw.code, e->fail_entry.hardware_entry_failure_reason);
	exit_check_hw(v);
	/* Not the end of the vCPU: with a good state it runs. */
	EXPECT_EXIT(v, AXVCPU_EXIT_FAIL_ENTRY);
	REQUIRE_OK(axvcpu_set_regs(v->fd, AXVCPU_REGS_X86_CRS, &good));
	EXPECT_EXIT(v, AXVCPU_EXIT_HALT);
}

static const struct tap_test more[] = {
	{ "fetch_from_no_memory", fetch_from_no_memory, NULL },
	{ "fetch_from_no_exec", no_exec, NULL },
	{ "write_to_read_only", write_to_read_only, NULL },
	{ "store_across_the_end_of_memory", across_the_end_of_memory, NULL },
	{ "table_walk_without_memory", table_walk, NULL },
	{ "page_fault_of_the_guest_stays_there", own_fault, NULL },
};

int main(void)
{
	struct tap_test tests[ARRAY_SIZE(unknown) + ARRAY_SIZE(bad_states) + ARRAY_SIZE(more)];
	size_t i, n = 0;

	for (i = 0; i < ARRAY_SIZE(unknown); i++)
		tests[n++] = (struct tap_test){ unknown[i].name, run_unknown, &unknown[i] };
	for (i = 0; i < ARRAY_SIZE(more); i++)
		tests[n++] = more[i];
	for (i = 0; i < ARRAY_SIZE(bad_states); i++)
		tests[n++] = (struct tap_test){ bad_states[i].name, run_bad_state,
						&bad_states[i] };
	return tap_main(tests, ARRAY_SIZE(tests));
}
