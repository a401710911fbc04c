// SPDX-License-Identifier: GPL-2.0-only
/*
 * From the exit fields of a VMCB to what the guest did. Numbers are those of the APM:
 * Vol. 2, Appendix C (exit codes), 15.7.2, 15.8.1, 15.10.2 and 15.25.6.
 */
#include <kunit/test.h>

#include "../arch/x86/svm/svm_exit.c"

struct row_case {
	const char *name;
	u64 code;
	u8 kind;
	u8 fixed;
};

/* Every code that has a meaning, besides control and debug registers and exceptions. */
static const struct row_case row_cases[] = {
	{ "host_interrupt", 0x60, AXX86_ICPT_NONE },
	{ "host_nmi", 0x61, AXX86_ICPT_NONE },
	{ "host_smi", 0x62, AXX86_ICPT_NONE },
	{ "init_signal", 0x63, AXX86_ICPT_INIT },
	{ "vintr_is_a_window", 0x64, AXX86_ICPT_IRQ_WINDOW },
	{ "rdpmc_is_gp", 0x6f, AXX86_ICPT_GP },
	{ "cpuid", 0x72, AXX86_ICPT_CPUID, AXX86_FIX_CPUID },
	{ "rsm_is_ud", 0x73, AXX86_ICPT_UD },
	{ "iret_is_a_window", 0x74, AXX86_ICPT_NMI_WINDOW },
	{ "software_interrupt", 0x75, AXX86_ICPT_SOFT_INT },
	{ "invd_does_nothing", 0x76, AXX86_ICPT_SKIP, AXX86_FIX_INVD },
	{ "pause_does_nothing", 0x77, AXX86_ICPT_SKIP, AXX86_FIX_PAUSE },
	{ "hlt", 0x78, AXX86_ICPT_HLT, AXX86_FIX_HLT },
	{ "invlpga_is_ud", 0x7a, AXX86_ICPT_UD },
	{ "ioio", 0x7b, AXX86_ICPT_IO, AXX86_FIX_ANY },
	{ "rdmsr", 0x7c, AXX86_ICPT_MSR, AXX86_FIX_RDMSR },
	{ "shutdown", 0x7f, AXX86_ICPT_SHUTDOWN },
	{ "vmrun_is_ud", 0x80, AXX86_ICPT_UD },
	{ "vmmcall_is_a_hypercall", 0x81, AXX86_ICPT_HYPERCALL, AXX86_FIX_VMMCALL },
	{ "vmload_is_ud", 0x82, AXX86_ICPT_UD },
	{ "vmsave_is_ud", 0x83, AXX86_ICPT_UD },
	{ "stgi_is_ud", 0x84, AXX86_ICPT_UD },
	{ "clgi_is_ud", 0x85, AXX86_ICPT_UD },
	{ "skinit_is_ud", 0x86, AXX86_ICPT_UD },
	{ "rdtscp_is_ud", 0x87, AXX86_ICPT_UD },
	{ "wbinvd_does_nothing", 0x89, AXX86_ICPT_SKIP, AXX86_FIX_WBINVD },
	{ "monitor_is_ud", 0x8a, AXX86_ICPT_UD },
	{ "mwait_is_ud", 0x8b, AXX86_ICPT_UD },
	{ "armed_mwait_is_ud", 0x8c, AXX86_ICPT_UD },
	{ "xsetbv", 0x8d, AXX86_ICPT_XSETBV, AXX86_FIX_XSETBV },
	{ "rdpru_is_ud", 0x8e, AXX86_ICPT_UD },
	{ "invlpgb_is_ud", 0xa0, AXX86_ICPT_UD },
	{ "illegal_invlpgb_is_ud", 0xa1, AXX86_ICPT_UD },
	{ "mcommit_is_ud", 0xa3, AXX86_ICPT_UD },
	{ "tlbsync_is_ud", 0xa4, AXX86_ICPT_UD },
	{ "nested_page_fault", 0x400, AXX86_ICPT_NPF, AXX86_FIX_ANY },
	{ "refused_state", 0xffffffffffffffffULL, AXX86_ICPT_FAIL_ENTRY },
	{ "refused_state_in_32_bits", 0xffffffffULL, AXX86_ICPT_FAIL_ENTRY },
};

static void row_case_desc(const struct row_case *c, char *desc)
{
	strscpy(desc, c->name, KUNIT_PARAM_DESC_SIZE);
}

KUNIT_ARRAY_PARAM(row, row_cases, row_case_desc);

/* What the decoder left unwritten shows as 0xa5. */
static struct axx86_intercept decode(const struct axsvm_snapshot *s)
{
	struct axx86_intercept icpt;

	memset(&icpt, 0xa5, sizeof(icpt));
	axsvm_exit_decode(s, &icpt);
	return icpt;
}

static void an_exit_code_has_its_meaning(struct kunit *test)
{
	const struct row_case *c = test->param_value;
	const struct axsvm_snapshot s = { .code = c->code, .nrip = 0x1234 };
	struct axx86_intercept got = decode(&s);
	bool has_next = c->code != 0x7b && c->code != 0x400;

	KUNIT_EXPECT_EQ(test, got.kind, c->kind);
	KUNIT_EXPECT_EQ(test, got.fixed, c->fixed);
	KUNIT_EXPECT_EQ(test, got.next_rip, has_next ? 0x1234ULL : 0);
}

static bool has_row(u64 code)
{
	size_t i;

	if (code < 0x60)
		return true;
	for (i = 0; i < ARRAY_SIZE(row_cases); i++)
		if (row_cases[i].code == code)
			return true;
	return false;
}

/* An unknown exit keeps nothing but the next RIP: it is never taken for another one. */
static void every_other_code_is_unknown(struct kunit *test)
{
	struct axsvm_snapshot s = { .info1 = ~0ULL, .info2 = ~0ULL, .decode = true };
	struct axx86_intercept got;
	u64 seen = 0;

	for (s.code = 0; s.code < 0x500; s.code++) {
		if (has_row(s.code))
			continue;
		got = decode(&s);
		KUNIT_EXPECT_EQ_MSG(test, got.kind, AXX86_ICPT_UNKNOWN, "0x%llx", s.code);
		KUNIT_EXPECT_EQ_MSG(test, got.fixed, 0, "0x%llx", s.code);
		KUNIT_EXPECT_NULL(test, memchr_inv(&got.u, 0, sizeof(got.u)));
		seen++;
	}
	/* All of them, but for 0x60 below and the rows. */
	KUNIT_EXPECT_EQ(test, seen, 0x500 - 0x60 - 36ULL);
}

struct hole_case {
	const char *name;
	u64 code;
};

static const struct hole_case hole_cases[] = {
	{ "busy", 0xfffffffffffffffeULL },
	{ "busy_in_32_bits", 0xfffffffeULL },
	{ "unused_of_sev", 0xfffffffffffffffdULL },
	{ "avic_incomplete_ipi", 0x401 },
	{ "vmgexit", 0x403 },
	{ "host_interrupt_with_high_bits", 0x100000060ULL },
	{ "cr0_with_high_bits", 0x100000000ULL },
	{ "exception_with_high_bits", 0x10000004eULL },
	{ "far_beyond", 0x8000000000000000ULL },
};

static void hole_case_desc(const struct hole_case *c, char *desc)
{
	strscpy(desc, c->name, KUNIT_PARAM_DESC_SIZE);
}

KUNIT_ARRAY_PARAM(hole, hole_cases, hole_case_desc);

static void a_hole_is_unknown(struct kunit *test)
{
	const struct hole_case *c = test->param_value;
	const struct axsvm_snapshot s = { .code = c->code };

	KUNIT_EXPECT_EQ(test, decode(&s).kind, AXX86_ICPT_UNKNOWN);
}

/* ------------------------------------------------------------------- ports */

struct io_case {
	const char *name;
	u64 info1;
	u16 port;
	u8 width;
	u8 addr_size;
	u8 seg;
	bool in;
	bool string;
	bool rep;
};

static const struct io_case io_cases[] = {
	{ "out_byte_to_0x3f8", 0x03f80110, 0x3f8, 1, 4 },
	{ "out_word_to_0x604", 0x06040120, 0x604, 2, 4 },
	{ "out_dword_to_0xcf8", 0x0cf80140, 0xcf8, 4, 4 },
	{ "in_byte_from_0x64", 0x00640111, 0x64, 1, 4, .in = true },
	{ "in_word_from_0x1f0", 0x01f00121, 0x1f0, 2, 4, .in = true },
	{ "in_dword_from_0xcfc", 0x0cfc0141, 0xcfc, 4, 4, .in = true },
	{ "port_0", 0x00000110, 0, 1, 4 },
	{ "port_0xffff", 0xffff0110, 0xffff, 1, 4 },
	{ "outs_from_ds_16_bit", 0x03f80c94, 0x3f8, 1, 2, .seg = 3, .string = true },
	{ "rep_outs_from_ds_32_bit", 0x03f80d1c, 0x3f8, 1, 4, .seg = 3, .string = true,
	  .rep = true },
	{ "rep_outs_from_gs_64_bit", 0x03f8164c, 0x3f8, 4, 8, .seg = 5, .string = true,
	  .rep = true },
	{ "ins_to_es", 0x01f00225, 0x1f0, 2, 8, .in = true, .string = true },
	{ "rep_ins_to_es", 0x01f0022d, 0x1f0, 2, 8, .in = true, .string = true, .rep = true },
};

static void io_case_desc(const struct io_case *c, char *desc)
{
	strscpy(desc, c->name, KUNIT_PARAM_DESC_SIZE);
}

KUNIT_ARRAY_PARAM(io, io_cases, io_case_desc);

static void a_port_access_is_decoded(struct kunit *test)
{
	const struct io_case *c = test->param_value;
	struct axsvm_snapshot s = {
		.code = 0x7b, .info1 = c->info1, .info2 = 0xfff0, .nrip = 0x1111,
	};
	struct axx86_intercept got = decode(&s);

	KUNIT_EXPECT_EQ(test, got.kind, AXX86_ICPT_IO);
	KUNIT_EXPECT_EQ(test, got.u.io.port, c->port);
	KUNIT_EXPECT_EQ(test, got.u.io.width, c->width);
	KUNIT_EXPECT_EQ(test, got.u.io.addr_size, c->addr_size);
	KUNIT_EXPECT_EQ(test, got.u.io.in, c->in);
	KUNIT_EXPECT_EQ(test, got.u.io.string, c->string);
	KUNIT_EXPECT_EQ(test, got.u.io.rep, c->rep);
	/* The next RIP is in EXITINFO2 on every CPU. */
	KUNIT_EXPECT_EQ(test, got.next_rip, 0xfff0ULL);
	/* Without decode assists the segment field means nothing. */
	KUNIT_EXPECT_FALSE(test, got.u.io.seg_valid);

	s.decode = true;
	got = decode(&s);
	KUNIT_EXPECT_TRUE(test, got.u.io.seg_valid);
	KUNIT_EXPECT_EQ(test, got.u.io.seg, c->seg);
}

static void msr_writes_are_told_from_reads(struct kunit *test)
{
	struct axsvm_snapshot s = { .code = 0x7c, .info1 = 1, .nrip = 0x1000 };
	struct axx86_intercept got = decode(&s);

	KUNIT_EXPECT_EQ(test, got.kind, AXX86_ICPT_MSR);
	KUNIT_EXPECT_TRUE(test, got.u.msr.write);
	KUNIT_EXPECT_EQ(test, got.fixed, AXX86_FIX_WRMSR);
	KUNIT_EXPECT_EQ(test, got.next_rip, 0x1000ULL);

	s.info1 = 0;
	got = decode(&s);
	KUNIT_EXPECT_FALSE(test, got.u.msr.write);
	KUNIT_EXPECT_EQ(test, got.fixed, AXX86_FIX_RDMSR);
}

/* ------------------------------------------------------ nested page faults */

struct npf_case {
	const char *name;
	u64 info1;
	u32 access;
};

/* ABI: R 1, W 2, X 4, table walk 0x10, permission 0x40. */
static const struct npf_case npf_cases[] = {
	{ "read_of_nothing", 0x100000004ULL, 0x01 },
	{ "write_of_nothing", 0x100000006ULL, 0x02 },
	{ "fetch_of_nothing", 0x100000014ULL, 0x04 },
	{ "read_that_is_forbidden", 0x100000005ULL, 0x41 },
	{ "write_that_is_forbidden", 0x100000007ULL, 0x42 },
	{ "fetch_that_is_forbidden", 0x100000015ULL, 0x44 },
	{ "walk_reads_a_table", 0x200000004ULL, 0x11 },
	{ "walk_writes_a_table", 0x200000006ULL, 0x12 },
	{ "walk_writes_a_table_that_is_forbidden", 0x200000007ULL, 0x52 },
	{ "reserved_bit_set_is_a_read", 0x10000000dULL, 0x41 },
};

static void npf_case_desc(const struct npf_case *c, char *desc)
{
	strscpy(desc, c->name, KUNIT_PARAM_DESC_SIZE);
}

KUNIT_ARRAY_PARAM(npf, npf_cases, npf_case_desc);

static void a_nested_page_fault_is_decoded(struct kunit *test)
{
	const struct npf_case *c = test->param_value;
	const struct axsvm_snapshot s = {
		.code = 0x400, .info1 = c->info1, .info2 = 0xfee00080, .nrip = 0x1111,
	};
	struct axx86_intercept got = decode(&s);

	KUNIT_EXPECT_EQ(test, got.kind, AXX86_ICPT_NPF);
	KUNIT_EXPECT_EQ(test, got.u.fault.gpa, 0xfee00080ULL);
	KUNIT_EXPECT_EQ(test, got.u.fault.access, c->access);
	/* A fault is not an instruction that ended. */
	KUNIT_EXPECT_EQ(test, got.next_rip, 0ULL);
}

/* ---------------------------------------------- control and debug registers */

struct reg_case {
	const char *name;
	u64 code;
	u64 info1;
	bool assists;
	u8 kind;
	u8 nr;
	bool write;
	bool decoded;
	u8 gpr;
};

static const struct reg_case reg_cases[] = {
	{ "mov_rax_cr0", 0x00, 0x8000000000000000ULL, true, AXX86_ICPT_CR, 0, false, true, 0 },
	{ "mov_r15_cr8", 0x08, 0x800000000000000fULL, true, AXX86_ICPT_CR, 8, false, true, 15 },
	{ "mov_cr0_rbx", 0x10, 0x8000000000000003ULL, true, AXX86_ICPT_CR, 0, true, true, 3 },
	{ "mov_cr4_rcx", 0x14, 0x8000000000000001ULL, true, AXX86_ICPT_CR, 4, true, true, 1 },
	{ "mov_cr8_rdi", 0x18, 0x8000000000000007ULL, true, AXX86_ICPT_CR, 8, true, true, 7 },
	{ "write_of_cr15", 0x1f, 0x8000000000000000ULL, true, AXX86_ICPT_CR, 15, true, true, 0 },
	{ "clts_or_lmsw", 0x10, 0, true, AXX86_ICPT_CR, 0, true, false, 0 },
	{ "smsw", 0x00, 0, true, AXX86_ICPT_CR, 0, false, false, 0 },
	{ "cr_without_assists", 0x14, 0x8000000000000001ULL, false, AXX86_ICPT_CR, 4, true, false,
	  1 },
	{ "mov_rax_dr0", 0x20, 0, true, AXX86_ICPT_DR, 0, false, true, 0 },
	{ "mov_rsi_dr7", 0x27, 6, true, AXX86_ICPT_DR, 7, false, true, 6 },
	{ "mov_dr7_rdx", 0x37, 2, true, AXX86_ICPT_DR, 7, true, true, 2 },
	{ "write_of_dr15", 0x3f, 0, true, AXX86_ICPT_DR, 15, true, true, 0 },
	{ "dr_without_assists", 0x37, 0, false, AXX86_ICPT_DR, 7, true, false, 0 },
};

static void reg_case_desc(const struct reg_case *c, char *desc)
{
	strscpy(desc, c->name, KUNIT_PARAM_DESC_SIZE);
}

KUNIT_ARRAY_PARAM(reg, reg_cases, reg_case_desc);

static void a_register_access_is_decoded(struct kunit *test)
{
	const struct reg_case *c = test->param_value;
	const struct axsvm_snapshot s = {
		.code = c->code, .info1 = c->info1, .nrip = 0x1003, .decode = c->assists,
	};
	struct axx86_intercept got = decode(&s);

	KUNIT_EXPECT_EQ(test, got.kind, c->kind);
	KUNIT_EXPECT_EQ(test, got.fixed, AXX86_FIX_ANY);
	KUNIT_EXPECT_EQ(test, got.u.reg.nr, c->nr);
	KUNIT_EXPECT_EQ(test, got.u.reg.write, c->write);
	KUNIT_EXPECT_EQ(test, got.u.reg.decoded, c->decoded);
	if (c->decoded)
		KUNIT_EXPECT_EQ(test, got.u.reg.gpr, c->gpr);
	KUNIT_EXPECT_EQ(test, got.next_rip, 0x1003ULL);
}

static void every_register_has_its_code(struct kunit *test)
{
	struct axsvm_snapshot s = {};
	struct axx86_intercept got;

	for (s.code = 0; s.code < 0x40; s.code++) {
		got = decode(&s);
		KUNIT_EXPECT_EQ(test, got.kind, s.code < 0x20 ? AXX86_ICPT_CR : AXX86_ICPT_DR);
		KUNIT_EXPECT_EQ(test, got.u.reg.nr, s.code % 16);
		KUNIT_EXPECT_EQ(test, got.u.reg.write, s.code / 16 % 2);
	}
}

/* --------------------------------------------------------------- exceptions */

/* APM Vol. 2, 8.2: #DF, #TS, #NP, #SS, #GP, #PF, #AC, #CP push an error code. */
#define PUSHES_ERROR	0x00227d00

static void every_exception_has_its_code(struct kunit *test)
{
	struct axsvm_snapshot s = { .info1 = 0xdeadbeef12345678ULL, .info2 = 0xcafe000,
				    .nrip = 0x1111 };
	struct axx86_intercept got;
	bool error;
	u32 vector;

	for (vector = 0; vector < 32; vector++) {
		s.code = 0x40 + vector;
		error = PUSHES_ERROR & BIT(vector);
		got = decode(&s);
		/* A machine check is the host's. */
		KUNIT_EXPECT_EQ(test, got.kind,
				vector == 18 ? AXX86_ICPT_NONE : AXX86_ICPT_EXCEPTION);
		KUNIT_EXPECT_EQ(test, got.u.exception.vector, vector);
		KUNIT_EXPECT_EQ_MSG(test, got.u.exception.has_error, error, "vector %u", vector);
		KUNIT_EXPECT_EQ(test, got.u.exception.error, error ? 0x12345678U : 0);
		KUNIT_EXPECT_EQ(test, got.u.exception.address, vector == 14 ? 0xcafe000ULL : 0);
		KUNIT_EXPECT_EQ(test, got.next_rip, 0ULL);
	}
}

/* -------------------------------------------------------------- EXITINTINFO */

struct event_case {
	const char *name;
	u64 intinfo;
	bool valid;
	u8 type;
	u8 vector;
	bool has_error;
	u32 error;
};

static const struct event_case event_cases[] = {
	{ "nothing", 0 },
	{ "all_but_the_valid_bit", 0xffffffff7fffffffULL },
	{ "interrupt_0x30", 0x80000030ULL, true, 0, 0x30 },
	{ "interrupt_0xff", 0x800000ffULL, true, 0, 0xff },
	{ "nmi", 0x80000202ULL, true, 2, 2 },
	{ "page_fault_with_error_code", 0x0000000680000b0eULL, true, 3, 14, true, 6 },
	{ "general_protection_with_selector", 0xfffffff880000b0dULL, true, 3, 13, true,
	  0xfffffff8 },
	{ "invalid_opcode_without_error_code", 0x80000306ULL, true, 3, 6 },
	{ "software_interrupt_0x80", 0x80000480ULL, true, 4, 0x80 },
};

static void event_case_desc(const struct event_case *c, char *desc)
{
	strscpy(desc, c->name, KUNIT_PARAM_DESC_SIZE);
}

KUNIT_ARRAY_PARAM(event, event_cases, event_case_desc);

static void an_interrupted_delivery_is_decoded(struct kunit *test)
{
	const struct event_case *c = test->param_value;
	const struct axsvm_snapshot s = { .intinfo = c->intinfo };
	struct axx86_event got;

	memset(&got, 0xa5, sizeof(got));
	KUNIT_EXPECT_EQ(test, axsvm_exit_event(&s, &got), c->valid);
	KUNIT_EXPECT_EQ(test, got.valid, c->valid);
	KUNIT_EXPECT_EQ(test, got.type, c->type);
	KUNIT_EXPECT_EQ(test, got.vector, c->vector);
	KUNIT_EXPECT_EQ(test, got.has_error, c->has_error);
	KUNIT_EXPECT_EQ(test, got.error, c->error);
	KUNIT_EXPECT_EQ(test, got.insn_len, 0);
	KUNIT_EXPECT_EQ(test, got.address, 0ULL);
}

static struct kunit_case svm_exit_suite_cases[] = {
	KUNIT_CASE_PARAM(an_exit_code_has_its_meaning, row_gen_params),
	KUNIT_CASE(every_other_code_is_unknown),
	KUNIT_CASE_PARAM(a_hole_is_unknown, hole_gen_params),
	KUNIT_CASE_PARAM(a_port_access_is_decoded, io_gen_params),
	KUNIT_CASE(msr_writes_are_told_from_reads),
	KUNIT_CASE_PARAM(a_nested_page_fault_is_decoded, npf_gen_params),
	KUNIT_CASE_PARAM(a_register_access_is_decoded, reg_gen_params),
	KUNIT_CASE(every_register_has_its_code),
	KUNIT_CASE(every_exception_has_its_code),
	KUNIT_CASE_PARAM(an_interrupted_delivery_is_decoded, event_gen_params),
	{}
};

static struct kunit_suite svm_exit_suite = {
	.name = "axvcpu_svm_exit",
	.test_cases = svm_exit_suite_cases,
};

kunit_test_suite(svm_exit_suite);
