// SPDX-License-Identifier: MIT
#include <stdio.h>

#include "machine/machine.h"
#include "machine/walk.h"

#define SETS (AXVCPU_REGS_X86_GPRS | AXVCPU_REGS_X86_SEGS | AXVCPU_REGS_X86_CRS)

static void print_code(const struct vcpu *v, const struct axvcpu_x86_regs *regs)
{
	const struct axvcpu_exit *e = &v->run->exit;
	uint8_t walked[15];
	const uint8_t *bytes = walked;
	unsigned int n, i;

	if (e->reason == AXVCPU_EXIT_NESTED_PAGE_FAULT && e->fault.insn_len) {
		bytes = e->fault.insn;
		n = e->fault.insn_len < 15 ? e->fault.insn_len : 15;
	} else {
		n = walk_code(&v->m->mem, regs, walked, sizeof(walked));
	}
	fprintf(stderr, "code");
	for (i = 0; i < n; i++)
		fprintf(stderr, " %02x", bytes[i]);
	fprintf(stderr, "%s\n", n ? "" : " cannot be read");
}

void report_death(struct vcpu *v, const char *what)
{
	const struct axvcpu_exit *e = &v->run->exit;
	struct axvcpu_x86_regs regs;
	char text[4096];

	console_flush(&v->m->console);
	/* Other dying vCPUs wait, so that the reports do not mix. */
	flockfile(stderr);
	fprintf(stderr, "\naxvcpu: the guest died: %s\n", what);
	axvcpu_exit_print(e, text, sizeof(text));
	fprintf(stderr, "%s\n", text);
	if (e->reason != AXVCPU_EXIT_UNHANDLED && e->reason < AXVCPU_EXIT_NR) {
		axvcpu_exit_hw_print(e, text, sizeof(text));
		fprintf(stderr, "%s\n", text);
	}
	if (axvcpu_get_regs(v->fd, SETS, &regs) >= 0) {
		print_code(v, &regs);
		axvcpu_x86_regs_print(&regs, SETS, text, sizeof(text));
		fputs(text, stderr);
	}
	funlockfile(stderr);
}
