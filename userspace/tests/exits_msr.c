// SPDX-License-Identifier: MIT
/* Exits SYSREG_READ and SYSREG_WRITE, and the policy that decides about them. */
#include <string.h>

#include "tests/common/exits.h"

#define MSR_UNKNOWN	0x12345
#define MSR_TSC_AUX	0xc0000103
#define MSR_STAR	0xc0000081
#define MSR_EFER	0xc0000080

struct msr_case {
	const char *name;
	const char *entry;
	uint32_t msr;
	uint32_t policy;		/* of reads and writes alike */
	bool has_policy;
	bool exits;
	bool faults;
	enum exit_answer answer;
	uint64_t value;			/* answer, or what the guest must read */
};

#define OLD	0x1122334455667788ULL
#define WRITTEN	0xddeeff0055667788ULL

static const struct msr_case cases[] = {
	{ "read_unknown_exits", "rd", MSR_UNKNOWN, 0, false, true, false, ANSWER_VALUE,
	  0x89abcdef01234567 },
	{ "read_unknown_default_policy_exits", "rd", MSR_UNKNOWN, AXVCPU_MSR_DEFAULT, true, true,
	  false, ANSWER_VALUE, 5 },
	{ "read_answered_by_set_return_value", "rd", MSR_UNKNOWN, 0, false, true, false,
	  ANSWER_RETURN, 0x89abcdef01234567 },
	{ "read_unanswered_is_all_ones", "rd", MSR_UNKNOWN, 0, false, true, false, ANSWER_NONE,
	  ~0ULL },
	{ "read_replaced_by_fault", "rd", MSR_UNKNOWN, 0, false, true, true, ANSWER_GP, 0 },
	{ "read_policy_exit", "rd", MSR_STAR, AXVCPU_MSR_EXIT, true, true, false, ANSWER_VALUE,
	  0x123 },
	{ "read_policy_fault", "rd", MSR_UNKNOWN, AXVCPU_MSR_FAULT, true, false, true,
	  ANSWER_NONE, 0 },
	{ "read_policy_fault_of_a_known_one", "rd", MSR_STAR, AXVCPU_MSR_FAULT, true, false, true,
	  ANSWER_NONE, 0 },
	{ "read_policy_ignore", "rd", MSR_UNKNOWN, AXVCPU_MSR_IGNORE, true, false, false,
	  ANSWER_NONE, 0 },
	{ "write_unknown_exits", "wr", MSR_UNKNOWN, 0, false, true, false, ANSWER_NONE, 0 },
	{ "write_replaced_by_fault", "wr", MSR_UNKNOWN, 0, false, true, true, ANSWER_GP, 0 },
	{ "write_policy_exit", "wr", MSR_STAR, AXVCPU_MSR_EXIT, true, true, false, ANSWER_NONE,
	  0 },
	{ "write_policy_fault", "wr", MSR_STAR, AXVCPU_MSR_FAULT, true, false, true, ANSWER_NONE,
	  0 },
	{ "write_policy_ignore", "wr", MSR_UNKNOWN, AXVCPU_MSR_IGNORE, true, false, false,
	  ANSWER_NONE, 0 },
};

static bool is_read(const struct msr_case *c)
{
	return !strcmp(c->entry, "rd");
}

static void check_exit(struct vcpu *v, const struct msr_case *c)
{
	struct axvcpu_exit want = {
		.reason = is_read(c) ? AXVCPU_EXIT_SYSREG_READ : AXVCPU_EXIT_SYSREG_WRITE,
		.flags = is_read(c) ? FLAGS_READ : FLAGS_DONE,
		.sysreg = { .addr = c->msr, .value = is_read(c) ? 0 : WRITTEN },
	};

	EXPECT_EXIT(v, want.reason);
	exit_check(v, &want, is_read(c) ? "i_rd" : "i_wr", false);
	if (is_read(c))
		CHECK_EQ(v->run->value, ~0ULL);
	if (c->answer == ANSWER_VALUE)
		v->run->value = c->value;
	if (c->answer == ANSWER_RETURN)
		REQUIRE_OK(axvcpu_set_return_value(v->fd, c->value));
	if (c->answer == ANSWER_GP)
		REQUIRE_OK(inject_exception(v, 13, true, 0, 0));
}

static void check_left(struct vcpu *v, const struct msr_case *c)
{
	CHECK_EQ(v->area->value[2], !c->faults);
	CHECK_EQ(v->area->value[3], c->faults);
	if (c->faults) {
		CHECK_EQ(v->area->value[4], 13);
		CHECK_EQ(v->area->error, 0);
		CHECK_EQ(v->area->rip, vm_mark(v->vm, is_read(c) ? "i_rd" : "i_wr"));
		CHECK_EQ(v->area->gpr[0], OLD);
		CHECK_EQ(v->area->gpr[1], c->msr);
	} else if (is_read(c)) {
		CHECK_EQ(v->area->value[0], (uint32_t)c->value);
		CHECK_EQ(v->area->value[1], c->value >> 32);
	} else {
		CHECK_EQ(v->area->value[0], OLD);
	}
}

static struct vcpu *msr_vcpu(const char *entry, uint32_t msr, const struct axvcpu_msr_range *r,
			     uint32_t nr)
{
	struct vm *vm = vm_new(0, GUEST_RAM);
	struct vcpu *v;

	vm_load(vm, "msr");
	if (nr)
		REQUIRE_OK(axvcpu_msr_policy(vm->fd, r, nr));
	v = vm_vcpu(vm, 0);
	vcpu_start(v, entry);
	v->area->arg[0] = msr;
	return v;
}

static void run_msr(const void *arg)
{
	const struct msr_case *c = arg;
	struct axvcpu_msr_range r = { c->msr, c->msr, c->policy, c->policy };
	struct vcpu *v = msr_vcpu(c->entry, c->msr, &r, c->has_policy);

	if (c->exits)
		check_exit(v, c);
	EXPECT_DONE(v, GUEST_DONE_OK);
	check_left(v, c);
}

/* The first range that fits decides; directions are apart; the ends are included. */
static void first_range_decides(const void *arg)
{
	static const struct axvcpu_msr_range ranges[] = {
		{ 0x20000, 0x20000, AXVCPU_MSR_FAULT, AXVCPU_MSR_EXIT },
		{ 0x1fff0, 0x20001, AXVCPU_MSR_IGNORE, AXVCPU_MSR_FAULT },
		{ 0x20001, 0x20005, AXVCPU_MSR_FAULT, AXVCPU_MSR_FAULT },
	};
	static const struct { const char *entry; uint32_t msr; bool exits, faults; } row[] = {
		{ "rd", 0x20000, false, true },
		{ "wr", 0x20000, true, false },
		{ "rd", 0x20001, false, false },
		{ "rd", 0x1fff0, false, false },
		{ "wr", 0x1fff0, false, true },
		{ "rd", 0x1ffef, true, false },
		{ "rd", 0x20005, false, true },
		{ "rd", 0x20006, true, false },
	};
	unsigned int i;

	(void)arg;
	for (i = 0; i < ARRAY_SIZE(row); i++) {
		struct vcpu *v = msr_vcpu(row[i].entry, row[i].msr, ranges, ARRAY_SIZE(ranges));

		tap_note("%s 0x%x", row[i].entry, row[i].msr);
		if (row[i].exits)
			EXPECT_EXIT(v, row[i].entry[0] == 'r' ? AXVCPU_EXIT_SYSREG_READ
							      : AXVCPU_EXIT_SYSREG_WRITE);
		EXPECT_DONE(v, GUEST_DONE_OK);
		CHECK_EQ(v->area->value[3], row[i].faults);
		vm_close(v->vm);
	}
}

/* EFER stays the kernel's whatever the policy says. */
static void policy_does_not_reach_efer(const void *arg)
{
	static const struct axvcpu_msr_range all = {
		0, 0xffffffff, AXVCPU_MSR_EXIT, AXVCPU_MSR_EXIT,
	};
	struct vcpu *v = msr_vcpu("rd", MSR_EFER, &all, 1);

	(void)arg;
	EXPECT_DONE(v, GUEST_DONE_OK);
	/* Long mode, and never SVME. */
	CHECK_EQ(v->area->value[0] & 0x1500, 0x500);
}

struct kept {
	const char *name;
	uint32_t msr;
	uint64_t value;
	bool faults;
};

/* Known registers keep a good value and refuse a bad one. */
static const struct kept kept[] = {
	{ "keeps_star", MSR_STAR, 0x0023001000000000, false },
	{ "keeps_lstar", 0xc0000082, 0xffff800012345678, false },
	{ "refuses_noncanonical_lstar", 0xc0000082, 0x8000000000000000, true },
	{ "keeps_sfmask", 0xc0000084, 0x47700, false },
	{ "keeps_fs_base", 0xc0000100, 0x7fff12345678, false },
	{ "refuses_noncanonical_gs_base", 0xc0000101, 0x800000000000, true },
	{ "keeps_kernel_gs_base", 0xc0000102, 0xffffffff80000000, false },
	{ "keeps_tsc_aux", MSR_TSC_AUX, 0xabcd, false },
	{ "keeps_sysenter_eip", 0x176, 0x1234567, false },
	{ "keeps_pat", 0x277, 0x0007040600070406, false },
	{ "refuses_bad_pat", 0x277, 0x0002040600070406, true },
	{ "refuses_efer_reserved", MSR_EFER, 0x80000000d01, true },
	{ "refuses_efer_svme", MSR_EFER, 0x1d01, true },
};

static void run_kept(const void *arg)
{
	const struct kept *k = arg;
	struct vcpu *v = msr_vcpu("wr_rd", k->msr, NULL, 0);

	v->area->arg[1] = k->value;
	EXPECT_DONE(v, GUEST_DONE_OK);
	/* Written by the guest itself: what the CPU does not check nobody does. */
	if (k->faults && !v->area->value[3] && strstr(k->name, "noncanonical") && test_on_tcg())
		tap_skip("this emulator does not check addresses in MSRs");
	CHECK_EQ(v->area->value[3], k->faults);
	if (k->faults)
		CHECK_EQ(v->area->value[4], 13);
	else
		CHECK_EQ(v->area->value[0], k->value);
}

static const struct tap_test more[] = {
	{ "policy_first_range_decides", first_range_decides, NULL },
	{ "policy_does_not_reach_efer", policy_does_not_reach_efer, NULL },
};

int main(void)
{
	struct tap_test tests[ARRAY_SIZE(cases) + ARRAY_SIZE(kept) + ARRAY_SIZE(more)];
	size_t i, n = 0;

	for (i = 0; i < ARRAY_SIZE(cases); i++)
		tests[n++] = (struct tap_test){ cases[i].name, run_msr, &cases[i] };
	for (i = 0; i < ARRAY_SIZE(kept); i++)
		tests[n++] = (struct tap_test){ kept[i].name, run_kept, &kept[i] };
	memcpy(tests + n, more, sizeof(more));
	return tap_main(tests, ARRAY_SIZE(tests));
}
