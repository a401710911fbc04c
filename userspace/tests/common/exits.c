// SPDX-License-Identifier: MIT
/* Tables of expected exits, compared byte by byte. */
#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include "tests/common/exits.h"

static void print_both(const struct axvcpu_exit *got, const struct axvcpu_exit *want)
{
	char text[300];

	axvcpu_exit_print(got, text, sizeof(text));
	tap_note("got:      %s", text);
	axvcpu_exit_hw_print(got, text, sizeof(text));
	tap_note("          %s", text);
	axvcpu_exit_print(want, text, sizeof(text));
	tap_note("expected: %s", text);
}

static bool same_union(const struct axvcpu_exit *got, const struct axvcpu_exit *want)
{
	unsigned int i;
	bool same = true;

	for (i = 0; i < 16; i++)
		if (got->raw[i] != want->raw[i]) {
			tap_fail(__FILE__, __LINE__, "raw[%u] is 0x%llx, expected 0x%llx", i,
				 (unsigned long long)got->raw[i],
				 (unsigned long long)want->raw[i]);
			same = false;
		}
	return same;
}

void exit_check(struct vcpu *v, const struct axvcpu_exit *want, const char *insn, bool bare)
{
	const struct axvcpu_exit *got = &v->run->exit;
	struct axvcpu_exit w = *want;
	char end[80];
	bool same;

	if (insn) {
		snprintf(end, sizeof(end), "%s_end", insn);
		w.pc = vm_mark(v->vm, bare ? insn : end);
		w.insn_len = bare ? 0 : w.pc - vm_mark(v->vm, insn);
		/* A string instruction that goes on is where it was: nothing is behind pc. */
		if (w.flags & AXVCPU_EXIT_PARTIAL) {
			w.pc -= w.insn_len;
			w.insn_len = 0;
		}
		w.pc -= v->cs_base;
	}
	w.vcpu = v->id;
	same = CHECK_EQ(got->reason, w.reason);
	same &= CHECK_EQ(got->flags, w.flags);
	same &= !insn || CHECK_EQ(got->pc, w.pc);
	same &= !insn || CHECK_EQ(got->insn_len, w.insn_len);
	same &= CHECK_EQ(got->vcpu, w.vcpu);
	same &= same_union(got, &w);
	if (!same)
		print_both(got, &w);
	else
		exit_check_hw(v);
}

static void give_answer(struct vcpu *v, const struct exit_step *s)
{
	switch (s->answer) {
	case ANSWER_NONE:
		break;
	case ANSWER_VALUE:
		v->run->value = s->value;
		break;
	case ANSWER_RETURN:
		CHECK_ERRNO(axvcpu_set_return_value(v->fd, s->value), 0);
		break;
	case ANSWER_GPR:
		CHECK_ERRNO(axvcpu_set_gpr(v->fd, s->reg, s->value), 0);
		break;
	case ANSWER_GP:
		CHECK_ERRNO(inject_exception(v, 13, true, 0, 0), 0);
		break;
	}
}

/* What a value must be preset with, before an answer comes. */
static void check_preset(struct vcpu *v)
{
	switch (v->run->exit.reason) {
	case AXVCPU_EXIT_MMIO_READ:
	case AXVCPU_EXIT_IO_READ:
	case AXVCPU_EXIT_SYSREG_READ:
		CHECK_EQ(v->run->value, ~0ULL);
		break;
	case AXVCPU_EXIT_HYPERCALL:
		CHECK_EQ(v->run->value, v->run->exit.hypercall.nr);
		break;
	default:
		break;
	}
}

static void run_step(struct vcpu *v, const struct exit_step *s)
{
	struct axvcpu_exit want = s->want;
	int ret;

	/* What an earlier exit left must not shine through. */
	memset(&v->run->exit, 0xa5, sizeof(v->run->exit));
	ret = vcpu_run(v);
	if (ret < 0 || (uint32_t)ret != s->want.reason) {
		CHECK_EQ(ret, s->want.reason);
		if (ret >= 0)
			print_both(&v->run->exit, &s->want);
		tap_abort();
	}
	want.flags |= v->run->exit.flags & s->loose;
	exit_check(v, &want, s->insn, s->bare);
	check_preset(v);
	give_answer(v, s);
}

void exit_case_run(const void *arg)
{
	const struct exit_case *c = arg;
	struct vm *vm = vm_new(c->flags, GUEST_RAM);
	const struct exit_step *s;
	struct vcpu *v;
	unsigned int i;

	vm_load(vm, c->guest);
	if (c->prepare)
		c->prepare(vm);
	v = vm_vcpu(vm, 0);
	vcpu_start(v, c->entry);
	if (c->ready)
		c->ready(v);
	for (s = c->steps; s < c->steps + EXIT_MAX_STEPS && s->want.reason; s++)
		run_step(v, s);
	if (!c->no_done)
		EXPECT_DONE(v, GUEST_DONE_OK);
	for (i = 0; i < c->nr_values; i++)
		if (!CHECK_EQ(v->area->value[i], c->values[i]))
			tap_note("value %u", i);
	if (c->last)
		c->last(v);
}
