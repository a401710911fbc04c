// SPDX-License-Identifier: MIT
/* Register sets: what goes in comes out, the guest has it, and one bad value changes nothing. */
#include <errno.h>
#include <stddef.h>
#include <string.h>

#include "tests/common/vm.h"

#define ALL_SETS	(AXVCPU_REGS_X86_GPRS | AXVCPU_REGS_X86_SEGS | AXVCPU_REGS_X86_CRS | \
			 AXVCPU_REGS_X86_DRS | AXVCPU_REGS_X86_MSRS | AXVCPU_REGS_X86_XSAVE | \
			 AXVCPU_REGS_X86_EVENTS)

static struct axvcpu_x86_regs a, b;

/* Clocks go on between two readings. */
static void forget_time(struct axvcpu_x86_regs *r)
{
	r->msrs.tsc = 0;
}

static void round_trip(const void *arg)
{
	uint64_t sets = *(const uint64_t *)arg;
	uint32_t flags = sets & AXVCPU_REGS_X86_APIC ? AXVCPU_VM_IRQCHIP : 0;
	struct vcpu *v = vm_quick(flags, "regs", "scribble");

	/* A state that has little in common with that of a reset. */
	EXPECT_EXIT(v, AXVCPU_EXIT_HYPERCALL);
	memset(&a, 0xa5, sizeof(a));
	memset(&b, 0x5a, sizeof(b));
	vcpu_regs(v, sets, &a);
	REQUIRE_OK(axvcpu_set_regs(v->fd, sets, &a));
	vcpu_regs(v, sets, &b);
	forget_time(&a);
	forget_time(&b);
#define SAME(set, member)								\
	if (sets & AXVCPU_REGS_X86_##set)						\
		CHECK_MEM(&b.member, &a.member, sizeof(a.member))
	SAME(GPRS, gprs);
	SAME(SEGS, segs);
	SAME(CRS, crs);
	SAME(DRS, drs);
	SAME(MSRS, msrs);
	SAME(EVENTS, events);
	SAME(APIC, apic);
	SAME(XSAVE, xsave);
	/* Sets that were not asked for are not touched. */
	if (!(sets & AXVCPU_REGS_X86_XSAVE))
		CHECK_EQ(b.xsave.region[0], 0x5a);
	if (!(sets & AXVCPU_REGS_X86_GPRS))
		CHECK_EQ(b.gprs.rip, 0x5a5a5a5a5a5a5a5a);
	EXPECT_DONE(v, GUEST_DONE_OK);
}

/* A vCPU moved to another VM by its registers alone goes on there. */
static void moves_to_another_vm(const void *arg)
{
	struct vcpu *v = vm_quick(0, "regs", "keep_xmm");
	struct vcpu *w = vm_quick(0, "regs", "gprs");
	const uint8_t *data;

	(void)arg;
	EXPECT_EXIT(v, AXVCPU_EXIT_HYPERCALL);
	vcpu_regs(v, ALL_SETS, &a);
	memcpy(w->vm->ram, v->vm->ram, v->vm->ram_size);
	REQUIRE_OK(axvcpu_set_regs(w->fd, ALL_SETS, &a));
	EXPECT_DONE(w, GUEST_DONE_OK);
	data = w->vm->ram + GUEST_DATA;
	CHECK_MEM(data + 0x800, data, 256);
	CHECK_EQ(w->area->value[1], 0x3f80);
}

static void guest_has_gprs(const void *arg)
{
	struct vcpu *v = vm_quick(0, "regs", "gprs");
	unsigned int i;

	(void)arg;
	vcpu_regs(v, AXVCPU_REGS_X86_GPRS, &a);
	for (i = 0; i < 16; i++)
		a.gprs.gpr[i] = 0x0101010101010101ULL * (i + 1) ^ 0x8000000000000000;
	a.gprs.rip = vm_mark(v->vm, "gprs_store");
	REQUIRE_OK(axvcpu_set_regs(v->fd, AXVCPU_REGS_X86_GPRS, &a));
	REQUIRE_OK(axvcpu_set_gpr(v->fd, 11, 0x4711));
	a.gprs.gpr[11] = 0x4711;
	EXPECT_DONE(v, GUEST_DONE_OK);
	CHECK_MEM(v->vm->ram + GUEST_DATA, a.gprs.gpr, sizeof(a.gprs.gpr));
}

static void guest_has_crs(const void *arg)
{
	uint64_t sets = AXVCPU_REGS_X86_CRS | AXVCPU_REGS_X86_DRS | AXVCPU_REGS_X86_MSRS;
	struct vcpu *v = vm_quick(0, "regs", "read_crs");

	(void)arg;
	vcpu_regs(v, sets, &a);
	a.crs.cr2 = 0x123456789000;
	a.crs.cr8 = 9;
	a.drs.dr[0] = 0x1000;
	a.drs.dr[3] = 0xffff800000003000;
	a.msrs.kernel_gs_base = 0xffff888012345678;
	REQUIRE_OK(axvcpu_set_regs(v->fd, sets, &a));
	EXPECT_DONE(v, GUEST_DONE_OK);
	CHECK_EQ(v->area->value[0], 0x123456789000);
	CHECK_EQ(v->area->value[1], 9);
	CHECK_EQ(v->area->value[2], 0x1000);
	CHECK_EQ(v->area->value[3], 0xffff800000003000);
	CHECK_EQ(v->area->value[4], 0x400);
	CHECK_EQ(v->area->value[5], 0xffff888012345678);
}

/* ------------------------------------------------------------------ bad values */

struct bad {
	const char *name;
	uint64_t set;
	uint32_t offset, width;
	uint64_t value;
};

#define BAD(n, set, field, val)								\
	{ "refuses_" n, AXVCPU_REGS_X86_##set, offsetof(struct axvcpu_x86_regs, field),	\
	  sizeof(a.field), val }

static const struct bad bads[] = {
	BAD("rflags_reserved", GPRS, gprs.rflags, 1ULL << 40),
	BAD("segment_attributes", SEGS, segs.seg[0].attrib, 0x4000),
	BAD("segment_base", SEGS, segs.seg[1].base, 1ULL << 40),
	BAD("noncanonical_fs_base", SEGS, segs.seg[4].base, 1ULL << 63),
	BAD("gdtr_limit", SEGS, segs.gdtr.limit, 0x10000),
	BAD("gdtr_selector", SEGS, segs.gdtr.selector, 8),
	BAD("cr4_unknown", CRS, crs.cr4, 1ULL << 31),
	BAD("cr8_too_large", CRS, crs.cr8, 16),
	BAD("efer_svme", CRS, crs.efer, 0x1d00),
	BAD("efer_unknown", CRS, crs.efer, 1ULL << 32),
	BAD("xcr0_without_x87", CRS, crs.xcr0, 2),
	BAD("xcr0_unknown", CRS, crs.xcr0, 1ULL << 62 | 1),
	BAD("dr7_high", DRS, drs.dr7, 1ULL << 32 | 0x400),
	BAD("dr6_high", DRS, drs.dr6, 1ULL << 32),
	BAD("noncanonical_lstar", MSRS, msrs.lstar, 1ULL << 63),
	BAD("noncanonical_sysenter_eip", MSRS, msrs.sysenter_eip, 1ULL << 63),
	BAD("pat_type_2", MSRS, msrs.pat, 2),
	BAD("tsc_aux_high", MSRS, msrs.tsc_aux, 1ULL << 32),
	BAD("xss_unknown", MSRS, msrs.xss, 1ULL << 62),
	BAD("apic_base_reserved", MSRS, msrs.apic_base, 1ULL << 62),
	BAD("event_flags", EVENTS, events.flags, 1U << 31),
	BAD("event_pad", EVENTS, events.pad, 1),
	BAD("xsave_mxcsr", XSAVE, xsave.region[27], 0x80),
	BAD("xsave_header", XSAVE, xsave.region[512 + 7], 0x40),
	BAD("xsave_compacted", XSAVE, xsave.region[520 + 7], 0x80),
	BAD("xsave_header_reserved", XSAVE, xsave.region[512 + 30], 1),
};

/* All sets are given, changed everywhere, with one bad value: none of it is taken. */
static void refuses(const void *arg)
{
	static struct axvcpu_x86_regs old, new;
	const struct bad *bad = arg;
	struct vcpu *v = vm_quick(0, "regs", "gprs");

	vcpu_regs(v, ALL_SETS, &old);
	new = old;
	new.gprs.gpr[3] = 77;
	new.segs.seg[0].selector = 0x33;
	new.crs.cr2 = 88;
	new.drs.dr[1] = 99;
	new.msrs.star = 1ULL << 50;
	new.events.irq[1] = 1;
	new.xsave.region[160] ^= 1;
	memcpy((uint8_t *)&new + bad->offset, &bad->value, bad->width);
	CHECK_ERRNO(axvcpu_set_regs(v->fd, ALL_SETS, &new), EINVAL);
	CHECK_ERRNO(axvcpu_set_regs(v->fd, bad->set, &new), EINVAL);
	vcpu_regs(v, ALL_SETS, &new);
	forget_time(&old);
	forget_time(&new);
	CHECK_MEM(&new, &old, offsetof(struct axvcpu_x86_regs, apic));
	CHECK_MEM(&new.xsave, &old.xsave, sizeof(old.xsave));
	EXPECT_DONE(v, GUEST_DONE_OK);
}

static void apic_needs_a_controller(const void *arg)
{
	struct vcpu *v = vm_quick(0, "regs", "gprs");

	(void)arg;
	vcpu_regs(v, AXVCPU_REGS_X86_APIC, &a);
	CHECK_EQ(a.apic.regs[0x30], 0);
	CHECK_ERRNO(axvcpu_set_regs(v->fd, AXVCPU_REGS_X86_APIC, &a), EINVAL);
}

/* Events that were set are delivered. */
static void events_are_delivered(const void *arg)
{
	struct vcpu *v = vm_quick(0, "irq", "exception");

	(void)arg;
	EXPECT_EXIT(v, AXVCPU_EXIT_HYPERCALL);
	v->run->immediate_exit = 1;
	EXPECT_EXIT(v, AXVCPU_EXIT_NOTHING);
	v->run->immediate_exit = 0;
	vcpu_regs(v, AXVCPU_REGS_X86_EVENTS, &a);
	CHECK_EQ(a.events.flags, 0);
	a.events.flags = AXVCPU_X86_EVENT_EXCEPTION | AXVCPU_X86_EVENT_ERROR_CODE |
			 AXVCPU_X86_EVENT_NMI_PENDING;
	a.events.exception = 14;
	a.events.error_code = 2;
	a.events.address = 0x777000;
	a.events.irq[1] = 1ULL << 10;
	REQUIRE_OK(axvcpu_set_regs(v->fd, AXVCPU_REGS_X86_EVENTS, &a));
	vcpu_regs(v, AXVCPU_REGS_X86_EVENTS, &b);
	CHECK_MEM(&b.events, &a.events, sizeof(a.events));
	EXPECT_DONE(v, GUEST_DONE_OK);
	CHECK_EQ(v->area->vector, 14);
	CHECK_EQ(v->area->error, 2);
	CHECK_EQ(v->area->cr2, 0x777000);
	CHECK_EQ(v->area->count[2], 1);
	/* Interrupts are off: it waits still, and can be read. */
	vcpu_regs(v, AXVCPU_REGS_X86_EVENTS, &b);
	CHECK_EQ(b.events.irq[1], 1ULL << 10);
	CHECK_EQ(b.events.flags, 0);
}

static const uint64_t one_set[] = {
	AXVCPU_REGS_X86_GPRS, AXVCPU_REGS_X86_SEGS, AXVCPU_REGS_X86_CRS, AXVCPU_REGS_X86_DRS,
	AXVCPU_REGS_X86_MSRS, AXVCPU_REGS_X86_XSAVE, AXVCPU_REGS_X86_EVENTS,
	AXVCPU_REGS_X86_APIC, ALL_SETS, ALL_SETS | AXVCPU_REGS_X86_APIC,
};

static const char *const set_names[] = {
	"round_trip_gprs", "round_trip_segs", "round_trip_crs", "round_trip_drs",
	"round_trip_msrs", "round_trip_xsave", "round_trip_events", "round_trip_apic",
	"round_trip_all", "round_trip_all_with_apic",
};

static const struct tap_test more[] = {
	{ "moves_to_another_vm", moves_to_another_vm, NULL },
	{ "guest_has_gprs", guest_has_gprs, NULL },
	{ "guest_has_crs_drs_msrs", guest_has_crs, NULL },
	{ "apic_set_needs_a_controller", apic_needs_a_controller, NULL },
	{ "events_are_delivered", events_are_delivered, NULL },
};

int main(void)
{
	struct tap_test tests[ARRAY_SIZE(one_set) + ARRAY_SIZE(bads) + ARRAY_SIZE(more)];
	size_t i, n = 0;

	for (i = 0; i < ARRAY_SIZE(one_set); i++)
		tests[n++] = (struct tap_test){ set_names[i], round_trip, &one_set[i] };
	for (i = 0; i < ARRAY_SIZE(bads); i++)
		tests[n++] = (struct tap_test){ bads[i].name, refuses, &bads[i] };
	for (i = 0; i < ARRAY_SIZE(more); i++)
		tests[n++] = more[i];
	return tap_main(tests, n);
}
