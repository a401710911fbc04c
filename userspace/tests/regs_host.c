// SPDX-License-Identifier: MIT
/* The thread's own registers survive a guest, the guest's survive the thread; CPUID, TSC, XCR0. */
#include <errno.h>
#include <signal.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/ptrace.h>
#include <sys/syscall.h>
#include <sys/user.h>
#include <sys/wait.h>
#include <unistd.h>

#include "tests/common/vm.h"

/* ------------------------------------------------------- the host's registers */

struct vectors {
	uint8_t ymm[16][32];
} __attribute__((aligned(32)));

static bool has_avx(void)
{
	return __builtin_cpu_supports("avx");
}

#define EACH(op)	op(0) op(1) op(2) op(3) op(4) op(5) op(6) op(7) op(8) op(9) op(10) \
			op(11) op(12) op(13) op(14) op(15)
#define LOAD_Y(n)	"vmovdqu " #n "*32(%[in]), %%ymm" #n "\n"
#define STORE_Y(n)	"vmovdqu %%ymm" #n ", " #n "*32(%[out])\n"
#define LOAD_X(n)	"movdqu " #n "*32(%[in]), %%xmm" #n "\n"
#define STORE_X(n)	"movdqu %%xmm" #n ", " #n "*32(%[out])\n"
#define CLOBBERS	"rcx", "r11", "memory", "xmm0", "xmm1", "xmm2", "xmm3", "xmm4", "xmm5", \
			"xmm6", "xmm7", "xmm8", "xmm9", "xmm10", "xmm11", "xmm12", "xmm13",	\
			"xmm14", "xmm15"

/* RUN by its system call with nothing around it that could touch a register. */
static long run_with_avx(int fd, const struct vectors *in, struct vectors *out)
{
	long ret = SYS_ioctl;

	asm volatile(EACH(LOAD_Y) "syscall\n" EACH(STORE_Y) "vzeroupper\n"
		     : "+a" (ret)
		     : "D" ((long)fd), "S" ((long)AXVCPU_RUN), "d" (0L), [in] "r" (in),
		       [out] "r" (out)
		     : CLOBBERS);
	return ret;
}

static long run_with_sse(int fd, const struct vectors *in, struct vectors *out)
{
	long ret = SYS_ioctl;

	asm volatile(EACH(LOAD_X) "syscall\n" EACH(STORE_X)
		     : "+a" (ret)
		     : "D" ((long)fd), "S" ((long)AXVCPU_RUN), "d" (0L), [in] "r" (in),
		       [out] "r" (out)
		     : CLOBBERS);
	return ret;
}

static uint64_t fs_base(void)
{
	uint64_t base;

	asm volatile("mov %%fs:0, %0" : "=r" (base));
	return base;
}

static void host_vectors(const void *arg)
{
	static struct vectors in, out;
	struct vcpu *v = vm_quick(0, "regs", "scribble");
	uint32_t mxcsr_in = 0x1fa0, mxcsr, before;
	uint16_t cw_in = 0x027f, cw;
	unsigned int i, width = has_avx() ? 32 : 16;
	uint64_t tls = fs_base();
	long ret;

	(void)arg;
	for (i = 0; i < sizeof(in); i++)
		((uint8_t *)&in)[i] = i * 13 + 5;
	asm volatile("stmxcsr %0" : "=m" (before));
	asm volatile("ldmxcsr %0; fldcw %1" : : "m" (mxcsr_in), "m" (cw_in));
	ret = (has_avx() ? run_with_avx : run_with_sse)(v->fd, &in, &out);
	asm volatile("stmxcsr %0; fnstcw %1" : "=m" (mxcsr), "=m" (cw));
	asm volatile("ldmxcsr %0; fninit" : : "m" (before));
	CHECK_EQ(ret, AXVCPU_EXIT_HYPERCALL);
	for (i = 0; i < 16; i++)
		if (!CHECK_MEM(out.ymm[i], in.ymm[i], width))
			tap_note("register %u", i);
	CHECK_EQ(mxcsr, mxcsr_in);
	CHECK_EQ(cw, cw_in);
	CHECK_EQ(fs_base(), tls);
	EXPECT_DONE(v, GUEST_DONE_OK);
}

/* System calls and the per-CPU area of the kernel still work: the syscall MSRs are the host's. */
static void host_msrs(const void *arg)
{
	struct vcpu *v = vm_quick(0, "regs", "scribble");
	uint32_t aux_before, aux_after, cpu;
	unsigned long gs_before, gs_after;

	(void)arg;
	asm volatile("rdtscp" : "=c" (aux_before) : : "rax", "rdx");
	syscall(SYS_arch_prctl, 0x1004 /* ARCH_GET_GS */, &gs_before);
	EXPECT_EXIT(v, AXVCPU_EXIT_HYPERCALL);
	syscall(SYS_arch_prctl, 0x1004, &gs_after);
	asm volatile("rdtscp" : "=c" (aux_after) : : "rax", "rdx");
	syscall(SYS_getcpu, &cpu, NULL, NULL);
	CHECK_EQ(gs_after, gs_before);
	/* The kernel keeps the CPU number there; another thread move apart. */
	if ((aux_after & 0xfff) != cpu)
		syscall(SYS_getcpu, &cpu, NULL, NULL);
	CHECK((aux_after & 0xfff) == cpu || aux_after != aux_before);
	CHECK(aux_after != 0xabcdef);
	EXPECT_DONE(v, GUEST_DONE_OK);
}

static volatile int watched;

static void traced_child(void)
{
	struct vcpu *v;

	ptrace(PTRACE_TRACEME, 0, NULL, NULL);
	raise(SIGSTOP);
	v = vm_quick(0, "regs", "scribble");
	if (vcpu_run(v) != AXVCPU_EXIT_HYPERCALL)
		_exit(2);
	watched = 1;
	if (vcpu_run(v) != AXVCPU_EXIT_IO_WRITE)
		_exit(3);
	watched = 2;
	_exit(0);
}

static bool watch(pid_t pid)
{
	size_t dr = offsetof(struct user, u_debugreg);
	/* Four bytes, on writing. */
	unsigned long dr7 = 1 | 1 << 16 | 3 << 18;

	return !ptrace(PTRACE_POKEUSER, pid, dr, &watched) &&
	       !ptrace(PTRACE_POKEUSER, pid, dr + 7 * sizeof(long), dr7);
}

/* A debugger's watchpoint on the launcher works through its guest's use of DR0..DR7. */
static void host_breakpoints(const void *arg)
{
	unsigned int traps = 0;
	int status;
	pid_t pid;

	(void)arg;
	fflush(stdout);
	pid = fork();
	REQUIRE(pid >= 0);
	if (!pid)
		traced_child();
	REQUIRE(waitpid(pid, &status, 0) == pid && WIFSTOPPED(status));
	REQUIRE(watch(pid));
	for (;;) {
		ptrace(PTRACE_CONT, pid, NULL, NULL);
		if (waitpid(pid, &status, 0) != pid || !WIFSTOPPED(status))
			break;
		if (WSTOPSIG(status) == SIGTRAP)
			traps++;
		if (traps > 10) {
			kill(pid, SIGKILL);
			break;
		}
	}
	CHECK_EQ(status, 0);
	CHECK_EQ(traps, 2);
}

/* ------------------------------------------------------- the guest's registers */

static void guest_vectors(const void *arg)
{
	struct vcpu *v = vm_quick(0, "regs", "keep_xmm");
	struct axvcpu_x86_regs regs;
	static struct vectors in, out;
	const uint8_t *data = v->vm->ram + GUEST_DATA;
	uint8_t *xmm = regs.xsave.region + 160;
	unsigned int i;

	(void)arg;
	EXPECT_EXIT(v, AXVCPU_EXIT_HYPERCALL);
	vcpu_regs(v, AXVCPU_REGS_X86_XSAVE, &regs);
	CHECK_MEM(xmm, data, 256);
	CHECK_EQ(*(uint32_t *)(regs.xsave.region + 24), 0x3f80);
	/* One register changed from outside, all of them used by the host meanwhile. */
	xmm[5 * 16] ^= 0xff;
	REQUIRE_OK(axvcpu_set_regs(v->fd, AXVCPU_REGS_X86_XSAVE, &regs));
	memset(&in, 0xcc, sizeof(in));
	CHECK_EQ(run_with_sse(v->fd, &in, &out), AXVCPU_EXIT_IO_WRITE);
	for (i = 0; i < 256; i++)
		if (!CHECK_EQ(data[0x800 + i], data[i] ^ (i == 5 * 16 ? 0xff : 0)))
			break;
	CHECK_EQ(v->area->value[1], 0x3f80);
}

struct xcr0_case {
	const char *name;
	uint64_t value;
	uint32_t index;
	bool faults;
	bool needs_avx;
};

static const struct xcr0_case xcr0s[] = {
	{ "xsetbv_sse", 3, 0, false, false },
	{ "xsetbv_x87", 1, 0, false, false },
	{ "xsetbv_avx", 7, 0, false, true },
	{ "xsetbv_nothing", 0, 0, true, false },
	{ "xsetbv_avx_without_sse", 5, 0, true, false },
	{ "xsetbv_unknown", 1ULL << 62 | 1, 0, true, false },
	{ "xsetbv_other_index", 1, 1, true, false },
};

static void xsetbv(const void *arg)
{
	const struct xcr0_case *c = arg;
	struct vcpu *v = vm_quick(0, "regs", "xsetbv");
	struct axvcpu_x86_regs regs;

	if (!__builtin_cpu_supports("avx") && (c->needs_avx || c->faults))
		tap_skip("no AVX here");
	v->area->arg[0] = c->value;
	v->area->arg[1] = c->index;
	EXPECT_DONE(v, GUEST_DONE_OK);
	CHECK_EQ(v->area->value[1], !c->faults);
	CHECK_EQ(v->area->value[0], c->faults ? 1 : c->value);
	CHECK_EQ(v->area->vector, c->faults ? 13 : 0);
	CHECK_EQ(v->area->value[2], !c->faults && c->value & 4 ? 832 : 576);
	vcpu_regs(v, AXVCPU_REGS_X86_CRS, &regs);
	CHECK_EQ(regs.crs.xcr0, v->area->value[0]);
}

/* ------------------------------------------------------------------- CPUID */

static struct axvcpu_cpuid_entry table[AXVCPU_CPUID_MAX], second[AXVCPU_CPUID_MAX];

static void guest_cpuid(struct vcpu *v, uint32_t leaf, uint32_t subleaf, uint32_t out[4])
{
	unsigned int i;

	if (vcpu_state(v) == AXVCPU_STATE_READY)
		REQUIRE_OK(axvcpu_unbind(v->fd));
	vcpu_start(v, "cpuid");
	v->area->arg[0] = leaf;
	v->area->arg[1] = subleaf;
	EXPECT_DONE(v, GUEST_DONE_OK);
	for (i = 0; i < 4; i++)
		out[i] = v->area->value[i];
}

static void cpuid_set_get(const void *arg)
{
	struct vcpu *v = vm_quick(0, "regs", "cpuid");
	uint32_t nr = AXVCPU_CPUID_MAX, got = 0, i, out[4];

	(void)arg;
	REQUIRE_OK(axvcpu_get_cpuid(v->fd, table, &nr));
	CHECK(nr > 5 && nr < AXVCPU_CPUID_MAX);
	CHECK_ERRNO(axvcpu_get_cpuid(v->fd, second, &got), ENOSPC);
	CHECK_EQ(got, nr);
	table[nr++] = (struct axvcpu_cpuid_entry){ 0x40000020, 0, 0, 1, 2, 3, 4, 0 };
	for (i = 0; i < nr; i++)
		if (table[i].leaf == 0x40000000)
			table[i].eax = 0x40000020;
	REQUIRE_OK(axvcpu_set_cpuid(v->fd, table, nr));
	got = AXVCPU_CPUID_MAX;
	REQUIRE_OK(axvcpu_get_cpuid(v->fd, second, &got));
	CHECK_EQ(got, nr);
	guest_cpuid(v, 0x40000020, 0, out);
	CHECK(out[0] == 1 && out[1] == 2 && out[2] == 3 && out[3] == 4);
	/* The guest has looked: it stays so. */
	CHECK_ERRNO(axvcpu_set_cpuid(v->fd, table, nr), EBUSY);
}

static void cpuid_refuses(const void *arg)
{
	static const struct axvcpu_cpuid_entry bad[] = {
		{ .leaf = 0x40000020, .flags = 2 },
		{ .leaf = 0x40000020, .pad = 1 },
		{ .leaf = 0x40000020, .subleaf = 1 },
	};
	struct vcpu *v = vm_quick(0, "regs", "cpuid");
	uint32_t nr = AXVCPU_CPUID_MAX, got = AXVCPU_CPUID_MAX, i;

	(void)arg;
	REQUIRE_OK(axvcpu_get_cpuid(v->fd, table, &nr));
	for (i = 0; i < ARRAY_SIZE(bad); i++) {
		table[nr] = bad[i];
		if (!CHECK_ERRNO(axvcpu_set_cpuid(v->fd, table, nr + 1), EINVAL))
			tap_note("row %u", i);
	}
	table[nr] = table[0];
	CHECK_ERRNO(axvcpu_set_cpuid(v->fd, table, nr + 1), EINVAL);
	CHECK_ERRNO(axvcpu_set_cpuid(v->fd, table, 0), EINVAL);
	REQUIRE_OK(axvcpu_get_cpuid(v->fd, second, &got));
	CHECK_EQ(got, nr);
	CHECK_MEM(second, table, nr * sizeof(table[0]));
}

/* Each vCPU finds its own number; what the module does not virtualize is not there. */
static void cpuid_view(const void *arg)
{
	struct vm *vm = vm_new(AXVCPU_VM_IRQCHIP, GUEST_RAM);
	uint32_t out[4], id;

	(void)arg;
	vm_load(vm, "regs");
	for (id = 0; id < 3; id++) {
		struct vcpu *v = vm_vcpu(vm, id);

		guest_cpuid(v, 1, 0, out);
		CHECK_EQ(out[1] >> 24, id);
		CHECK(out[2] & 1U << 31);		/* a hypervisor is there */
		CHECK(!(out[2] & 1 << 3));		/* MONITOR */
		CHECK(!(out[2] & 1 << 5));		/* VMX */
		guest_cpuid(v, 0, 0, out);
		if (out[0] >= 0xb) {
			guest_cpuid(v, 0xb, 0, out);
			CHECK_EQ(out[3], id);
		}
		guest_cpuid(v, 0x80000001, 0, out);
		CHECK(!(out[2] & 1 << 2));		/* SVM */
		guest_cpuid(v, 0x40000000, 0, out);
		CHECK(out[0] >= 0x40000000 && out[1]);
		REQUIRE_OK(axvcpu_unbind(v->fd));
	}
}

/* --------------------------------------------------------------------- TSC */

/* Never back, through exits and changes of the CPU; what GET_REGS says lies between. */
static void tsc_goes_on(const void *arg)
{
	struct vcpu *v = vm_quick(0, "regs", "tsc");
	struct axvcpu_x86_regs regs;
	uint64_t last = 0;
	unsigned int i;

	(void)arg;
	for (i = 0; i < 300; i++) {
		EXPECT_EXIT(v, AXVCPU_EXIT_HYPERCALL);
		vcpu_regs(v, AXVCPU_REGS_X86_MSRS, &regs);
		CHECK(regs.msrs.tsc > v->area->value[2] && regs.msrs.tsc > last);
		last = regs.msrs.tsc;
		if (i % 50 == 49)
			sleep_us(2000);
	}
	EXPECT_DONE(v, GUEST_DONE_OK);
	CHECK_EQ(v->area->value[0], 0);
	CHECK(v->area->value[2] > last);
}

static void tsc_can_be_set(const void *arg)
{
	struct vcpu *v = vm_quick(0, "regs", "tsc");
	uint64_t khz = test_info()->tsc_khz;
	struct axvcpu_x86_regs regs;

	(void)arg;
	vcpu_regs(v, AXVCPU_REGS_X86_MSRS, &regs);
	/* A VM begins with a young TSC: less than a minute old. */
	CHECK(!khz || regs.msrs.tsc < 60 * khz * 1000);
	regs.msrs.tsc = 1ULL << 50;
	REQUIRE_OK(axvcpu_set_regs(v->fd, AXVCPU_REGS_X86_MSRS, &regs));
	EXPECT_EXIT(v, AXVCPU_EXIT_HYPERCALL);
	CHECK(v->area->value[1] > 1ULL << 50);
	CHECK(!khz || v->area->value[1] - (1ULL << 50) < 20 * khz * 1000);
}

static const struct tap_test more[] = {
	{ "host_vector_registers", host_vectors, NULL },
	{ "host_msrs", host_msrs, NULL },
	{ "host_breakpoints", host_breakpoints, NULL },
	{ "guest_vector_registers", guest_vectors, NULL },
	{ "cpuid_set_and_get", cpuid_set_get, NULL },
	{ "cpuid_refuses", cpuid_refuses, NULL },
	{ "cpuid_view", cpuid_view, NULL },
	{ "tsc_goes_on", tsc_goes_on, NULL },
	{ "tsc_can_be_set", tsc_can_be_set, NULL },
};

int main(void)
{
	struct tap_test tests[ARRAY_SIZE(more) + ARRAY_SIZE(xcr0s)];
	size_t i, n = 0;

	for (i = 0; i < ARRAY_SIZE(more); i++)
		tests[n++] = more[i];
	for (i = 0; i < ARRAY_SIZE(xcr0s); i++)
		tests[n++] = (struct tap_test){ xcr0s[i].name, xsetbv, &xcr0s[i] };
	return tap_main(tests, n);
}
