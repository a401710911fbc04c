// SPDX-License-Identifier: MIT
/* What people type and read: options, exits, registers, counters. */
#include <stdlib.h>
#include <string.h>

#include <axvcpu/axvcpu.h>

#include "machine/counters.h"
#include "machine/parse.h"
#include "unit/tap.h"

static void sizes_have_units(void)
{
	uint64_t v;

	CHECK_EQ(parse_size("256", &v), 0);
	CHECK_EQ(v, 256ULL << 20);
	CHECK_EQ(parse_size("1G", &v), 0);
	CHECK_EQ(v, 1ULL << 30);
	CHECK_EQ(parse_size("0x10mB", &v), 0);
	CHECK_EQ(v, 16ULL << 20);
	CHECK_EQ(parse_size("4096K", &v), 0);
	CHECK_EQ(v, 4ULL << 20);
	CHECK_EQ(parse_size("2GiB", &v), 0);
	CHECK_EQ(v, 2ULL << 30);
}

static void nonsense_is_no_size(void)
{
	static const char *const bad[] = {
		"", "-1", " 1", "1Q", "M", "1MM", "99999999999999999999", "18446744073709551615T",
	};
	uint64_t v;
	unsigned int i;

	for (i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
		CHECK_EQ(parse_size(bad[i], &v), -1);
	CHECK_EQ(parse_number("0x", &v), -1);
	CHECK_EQ(parse_number("12x", &v), -1);
	CHECK_EQ(parse_number("0xffffffffffffffff", &v), 0);
	CHECK_EQ(v, ~0ULL);
}

static void flat_is_file_at_address(void)
{
	struct flat_file f;
	char good[] = "a@b@0x7c00", none[] = "file", empty[] = "@1", bad[] = "f@zz";
	uint32_t mode;

	CHECK_EQ(parse_flat(good, &f), 0);
	CHECK_STR(f.path, "a@b");
	CHECK_EQ(f.gpa, 0x7c00);
	CHECK_EQ(parse_flat(none, &f), -1);
	CHECK_EQ(parse_flat(empty, &f), -1);
	CHECK_EQ(parse_flat(bad, &f), -1);
	CHECK_EQ(parse_mode("prot32", &mode), 0);
	CHECK_EQ(mode, AXVCPU_START_X86_PROT32);
	CHECK_EQ(parse_mode("long", &mode), -1);
}

static void each_exit_has_a_line(void)
{
	struct axvcpu_exit e;
	char line[512], cut[16];
	unsigned int r;
	int n;

	for (r = 0; r < AXVCPU_EXIT_NR + 2; r++) {
		memset(&e, 0xff, sizeof(e));	/* the worst that a struct may hold */
		e.reason = r;
		n = axvcpu_exit_print(&e, line, sizeof(line));
		CHECK(n > 0 && n < (int)sizeof(line));
		CHECK(!strchr(line, '\n'));
		CHECK_HAS(line, axvcpu_exit_name(r));
		CHECK_EQ(axvcpu_exit_print(&e, cut, sizeof(cut)), n);
		CHECK_EQ(strlen(cut), sizeof(cut) - 1);
		CHECK_EQ(axvcpu_exit_print(&e, NULL, 0), n);
	}
}

static void exit_lines_read_well(void)
{
	struct axvcpu_exit e = { .reason = AXVCPU_EXIT_IO_WRITE, .pc = 0x1000, .vcpu = 1 };
	char line[512];

	e.io.port = 0x3f8;
	e.io.width = 1;
	e.io.count = 1;
	e.io.data = 0x41;
	axvcpu_exit_print(&e, line, sizeof(line));
	CHECK_STR(line, "vcpu1 pc=0x1000 IO_WRITE port=0x3f8 width=1 data=0x41");

	e = (struct axvcpu_exit){ .reason = AXVCPU_EXIT_NESTED_PAGE_FAULT };
	e.fault.gpa = 0xfe000000;
	e.fault.access = AXVCPU_ACCESS_W | AXVCPU_ACCESS_GVA;
	e.fault.gva = 0x5000;
	e.fault.insn_len = 2;
	e.fault.insn[0] = 0xf3;
	e.fault.insn[1] = 0x90;
	axvcpu_exit_print(&e, line, sizeof(line));
	CHECK_STR(line, "vcpu0 pc=0x0 NESTED_PAGE_FAULT gpa=0xfe000000 access=w gva=0x5000 insn=f3 90");

	e = (struct axvcpu_exit){ .reason = AXVCPU_EXIT_UNHANDLED, .hw.code = 0x99 };
	axvcpu_exit_print(&e, line, sizeof(line));
	CHECK_STR(line, "vcpu0 pc=0x0 UNHANDLED hw: code=0x99 info=0x0,0x0,0x0,0x0");
}

static void registers_fit_their_buffer(void)
{
	struct axvcpu_x86_regs *regs = malloc(sizeof(*regs));
	char text[4096];
	int n;

	memset(regs, 0xff, sizeof(*regs));
	n = axvcpu_x86_regs_print(regs, ~0ULL, text, sizeof(text));
	CHECK(n > 0 && n < (int)sizeof(text));
	CHECK_HAS(text, "r15 ffffffffffffffff");
	CHECK_EQ(axvcpu_x86_regs_print(regs, 0, text, sizeof(text)), 0);
	CHECK_STR(text, "");
	free(regs);
}

static void names_are_total(void)
{
	CHECK_STR(axvcpu_exit_name(AXVCPU_EXIT_HALT), "HALT");
	CHECK_STR(axvcpu_exit_name(AXVCPU_EXIT_NR), "?");
	CHECK_STR(axvcpu_exit_name(~0U), "?");
	CHECK_STR(axvcpu_state_name(AXVCPU_STATE_READY), "READY");
	CHECK_STR(axvcpu_state_name(6), "?");
	CHECK_STR(axvcpu_arch_name(0), "?");
	CHECK(axvcpu_cap_name(63) == NULL);
}

static void counters_add_up(void)
{
	static char text[] = "entries 10\nstate READY\nIO_READ 3\n\nentries 5\nnot-a-number x\n";
	static struct counters c;
	FILE *f = fmemopen(text, sizeof(text) - 1, "r");

	counters_add(&c, f);
	fclose(f);
	CHECK_EQ(c.nr, 2);
	c.all[0].before = 15;
	counters_sort(&c);
	CHECK_STR(c.all[0].name, "IO_READ");	/* it grew, the other did not */
	CHECK_EQ(c.all[1].sum, 15);
}

static const struct test tests[] = {
	{ "sizes have units", sizes_have_units },
	{ "nonsense is no size", nonsense_is_no_size },
	{ "flat is file at address", flat_is_file_at_address },
	{ "each exit has a line", each_exit_has_a_line },
	{ "exit lines read well", exit_lines_read_well },
	{ "registers fit their buffer", registers_fit_their_buffer },
	{ "names are total", names_are_total },
	{ "counters add up", counters_add_up },
};

TAP_MAIN(tests)
