/* SPDX-License-Identifier: MIT */
/* VMs for tests: memory, page tables, a micro-guest, vCPUs, and RUN with a limit. */
#ifndef TESTS_COMMON_VM_H
#define TESTS_COMMON_VM_H

#include <pthread.h>
#include <stdbool.h>
#include <stdint.h>

#include <axvcpu/axvcpu.h>

#include "guests/x86/layout.h"
#include "tests/common/tap.h"

/* What a vCPU's code and handlers leave; offsets are in guests/x86/layout.h. */
struct guest_area {
	uint64_t resume;
	uint64_t hook;
	uint64_t eoi;
	uint64_t nlog;
	uint64_t vector;
	uint64_t error;
	uint64_t rip;
	uint64_t rflags;
	uint64_t cr2;
	uint64_t irq_rip;
	uint64_t pad[6];
	uint64_t gpr[16];
	uint64_t arg[16];
	uint64_t value[16];
	uint8_t	 log[512];
	uint64_t count[256];
};

#define VM_MAX_VCPUS	8
#define MAP_RWX		(AXVCPU_MAP_R | AXVCPU_MAP_W | AXVCPU_MAP_X)

struct vm;

struct vcpu {
	struct vm *vm;
	int fd;
	uint32_t id;
	struct axvcpu_run *run;
	uint64_t cs_base;	/* marks minus this are what pc shows */
	struct guest_area volatile *area;
};

struct vm {
	int fd;
	uint8_t *ram;
	uint64_t ram_size;
	uint8_t *image;		/* the guest as loaded, to find its symbols again */
	uint32_t image_size;
	struct vcpu vcpus[VM_MAX_VCPUS];
	struct vm *next;
};

/* Of the device; opened at the first use. */
int test_dev(void);
const struct axvcpu_info *test_info(void);
bool test_backend_is(const char *name);
/* The machine is QEMU's own emulation, which lacks some checks and intercepts of CPUs. */
bool test_on_tcg(void);

/* All of these end the test if they fail. vm_new() without memory: @ram_size 0. */
struct vm *vm_new(uint32_t flags, uint64_t ram_size);
struct vm *vm_new_poweroff(uint16_t port, uint32_t value);
struct vcpu *vm_vcpu(struct vm *vm, uint32_t id);
void vm_load(struct vm *vm, const char *guest);
void vm_page_tables(struct vm *vm);
uint64_t vm_mark(const struct vm *vm, const char *name);
void vm_close(struct vm *vm);

/* SETUP at a case of the guest; AXVCPU_START_* follows from how it was declared. */
void vcpu_setup(struct vcpu *v, const char *name);
/* The same, and BIND to this thread. */
void vcpu_start(struct vcpu *v, const char *name);

/* One vCPU, irqchip or not, with guest and case: what most tests begin with. */
struct vcpu *vm_quick(uint32_t flags, const char *guest, const char *name);

/* RUN, again after a signal; -ETIMEDOUT if the test's time is over. */
int vcpu_run(struct vcpu *v);
/* The same with a kick after some time. */
int vcpu_run_for(struct vcpu *v, unsigned int us);
/* Run until the guest has interrupts on and waits for them, by kicks. */
void run_until_ready(struct vcpu *v);
/* RUN must return @reason; ends the test if not. */
void vcpu_expect(const char *file, int line, struct vcpu *v, uint32_t reason);
#define EXPECT_EXIT(v, reason)	vcpu_expect(__FILE__, __LINE__, (v), (reason))
/* RUN must come to the guest's DONE with this code. */
void vcpu_expect_done(const char *file, int line, struct vcpu *v, unsigned int code);
#define EXPECT_DONE(v, code)	vcpu_expect_done(__FILE__, __LINE__, (v), (code))

uint32_t vcpu_state(struct vcpu *v);
/* Wait until another thread brings it there; false if the time is over. */
bool vcpu_wait_state(struct vcpu *v, uint32_t state);
void vcpu_regs(struct vcpu *v, uint64_t sets, struct axvcpu_x86_regs *regs);

/* A thread that binds a vCPU and runs it until DONE, an error, or vcpu_thread_stop(). */
struct vcpu_thread {
	pthread_t thread;
	struct vcpu *vcpu;
	int stop;
	int ret;		/* last result of RUN */
	uint64_t nothing;	/* how often it was NOTHING */
	/* NULL: stop at each exit that is not NOTHING. Return false to stop. */
	bool (*on_exit)(struct vcpu *v);
};

void vcpu_thread_start(struct vcpu_thread *t, struct vcpu *v);
void vcpu_thread_join(struct vcpu_thread *t);
void vcpu_thread_stop(struct vcpu_thread *t);

int inject(struct vcpu *v, uint32_t type, uint32_t vector);
int inject_exception(struct vcpu *v, uint32_t vector, bool has_error, uint32_t error,
		     uint64_t address);

uint64_t now_ns(void);
void sleep_us(unsigned int us);

#endif
