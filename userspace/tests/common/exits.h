/* SPDX-License-Identifier: MIT */
/* Tables of expected exits, compared byte by byte. */
#ifndef TESTS_COMMON_EXITS_H
#define TESTS_COMMON_EXITS_H

#include "tests/common/vm.h"

enum exit_answer {
	ANSWER_NONE,		/* nothing: the preset value counts */
	ANSWER_VALUE,		/* run->value */
	ANSWER_RETURN,		/* SET_RETURN_VALUE */
	ANSWER_GPR,		/* SET_GPR of step.reg */
	ANSWER_GP,		/* #GP(0) in place of the completion */
};

#define EXIT_MAX_STEPS	8
#define EXIT_MAX_VALUES	6

/**
 * struct exit_step - one exit and what is answered
 * @insn: the instruction: marks NAME and NAME_end give pc and insn_len
 * @bare: pc is NAME itself and there is no instruction length
 * @want: the exit but for pc, insn_len, vcpu and hw; reason NOTHING ends the list
 * @loose: flags that are not compared
 * @answer: how the exit is answered
 * @reg: ANSWER_GPR
 * @value: the answer
 */
struct exit_step {
	const char *insn;
	bool bare;
	struct axvcpu_exit want;
	uint32_t loose;
	enum exit_answer answer;
	uint32_t reg;
	uint64_t value;
};

/**
 * struct exit_case - a guest, its exits, and what it leaves
 * @name: name of the test
 * @guest: file
 * @entry: case in it
 * @flags: AXVCPU_VM_*
 * @prepare: called before the vCPU is made; may be NULL
 * @ready: called when the vCPU is bound; may be NULL
 * @steps: its exits before DONE
 * @no_done: the last step is the end
 * @values: guest_area.value at DONE
 * @nr_values: how many of them are compared
 * @last: called at the end; may be NULL
 */
struct exit_case {
	const char *name;
	const char *guest;
	const char *entry;
	uint32_t flags;
	void (*prepare)(struct vm *vm);
	void (*ready)(struct vcpu *v);
	struct exit_step steps[EXIT_MAX_STEPS];
	bool no_done;
	uint64_t values[EXIT_MAX_VALUES];
	unsigned int nr_values;
	void (*last)(struct vcpu *v);
};

/* Flags of an exit from a guest with interrupts off and no NMI in service. */
#define FLAGS_QUIET	AXVCPU_EXIT_NMI_READY
#define FLAGS_READ	(AXVCPU_EXIT_NMI_READY | AXVCPU_EXIT_PENDING)
#define FLAGS_DONE	(AXVCPU_EXIT_NMI_READY | AXVCPU_EXIT_PENDING)

/* A tap_test function; its argument is a struct exit_case. */
void exit_case_run(const void *arg);
/* Compare the exit in the run area; the marks as in struct exit_step. */
void exit_check(struct vcpu *v, const struct axvcpu_exit *want, const char *insn, bool bare);
/* hw is what this backend says for such an exit. */
void exit_check_hw(struct vcpu *v);

#endif
