// SPDX-License-Identifier: GPL-2.0-only
/*
 * Local APICs of a VM together: pages and MSRs, messages between them. vCPUs and
 * vendor are fakes.
 */
#include "apic_fake.h"

#include "../arch/x86/apic.c"
#include "../arch/x86/apic_ipi.c"
#include "../arch/x86/apic_timer.c"

struct fake_vm *apic_test_vm;

static struct fake_cpu *fake_of(struct axx86_vcpu *x)
{
	return container_of(x, struct fake_cpu, x);
}

void apic_test_request(struct axvcpu *vcpu, enum apic_test_request request)
{
	atomic_inc(&container_of(vcpu, struct fake_cpu, vcpu)->requests);
}

void apic_test_queue_nmi(struct axx86_vcpu *x)
{
	fake_of(x)->nmis++;
}

void apic_test_queue_init(struct axx86_vcpu *x)
{
	fake_of(x)->inits++;
}

bool apic_test_take_sipi(struct axx86_vcpu *x)
{
	bool waits = fake_of(x)->waits_for_sipi;

	fake_of(x)->waits_for_sipi = false;
	return waits;
}

int apic_test_base_check(u64 old, u64 val, u8 maxphyaddr, bool has_x2apic)
{
	bool bad = (val & AXAPIC_BASE_X2APIC) && !(old & AXAPIC_BASE_ENABLE);

	return bad || (val & 0xff) ? -EINVAL : 0;
}

static u64 fake_read(struct axx86_vcpu *x, enum axx86_field field)
{
	return field == AXX86_TSC_OFFSET ? apic_test_vm->tsc_offset : 0;
}

static const struct apic_test_vendor fake_vendor = { .read = fake_read };
const struct apic_test_vendor *apic_test_vendor = &fake_vendor;

int apic_test_init(struct kunit *test)
{
	int i;

	apic_test_vm = kunit_kzalloc(test, sizeof(*apic_test_vm), GFP_KERNEL);
	KUNIT_ASSERT_NOT_ERR_OR_NULL(test, apic_test_vm);
	apic_test_vm->vm.arch = &apic_test_vm->xvm;
	apic_test_vm->cpuid = (struct axx86_cpuid) {
		.maxphyaddr = 40, .has_x2apic = true, .has_tsc_deadline = true,
	};
	for (i = 0; i < APIC_TEST_CPUS; i++) {
		struct fake_cpu *cpu = &apic_test_vm->cpu[i];

		cpu->vcpu.vm = &apic_test_vm->vm;
		cpu->vcpu.id = i;
		cpu->vcpu.arch = &cpu->x;
		cpu->x.vcpu = &cpu->vcpu;
		cpu->x.cpuid = &apic_test_vm->cpuid;
		cpu->x.apic = axapic_create(&cpu->x);
		KUNIT_ASSERT_NOT_ERR_OR_NULL(test, cpu->x.apic);
		apic_test_vm->vm.vcpus[i] = &cpu->vcpu;
		apic_test_vm->vm.nr_vcpus++;
	}
	return 0;
}

void apic_test_exit(struct kunit *test)
{
	int i;

	if (IS_ERR_OR_NULL(apic_test_vm))
		return;
	for (i = 0; i < APIC_TEST_CPUS; i++) {
		if (!IS_ERR(apic_test_vm->cpu[i].x.apic))
			axapic_destroy(apic_test_vm->cpu[i].x.apic);
	}
}

int apic_test_write(int cpu, u32 offset, u32 val)
{
	struct axvcpu_exit exit;

	return axapic_mmio_write(apic_nr(cpu), offset, 4, val, &exit);
}

u32 apic_test_read(int cpu, u32 offset)
{
	u64 val = 0xa5a5a5a5a5a5a5a5;

	axapic_mmio_read(apic_nr(cpu), offset, 4, &val);
	return val;
}

static int wrmsr_x2(int cpu, u32 msr, u64 val)
{
	struct axvcpu_exit exit;

	return axapic_msr_write(apic_nr(cpu), msr, val, &exit);
}

/* Enabled, flat logical destinations of one bit each. */
void apic_test_enable_all(bool x2apic)
{
	int i;

	for (i = 0; i < APIC_TEST_CPUS; i++) {
		apic_test_write(i, 0x0f0, 0x1ff);
		apic_test_write(i, 0x0d0, 0x01000000U << i);
		if (x2apic)
			axapic_set_base(apic_nr(i), 0xfee00c00, true);
	}
}

/* A bit per CPU that has the vector requested. */
unsigned int apic_test_who_has(u8 vector)
{
	unsigned int set = 0;
	int i;

	for (i = 0; i < APIC_TEST_CPUS; i++) {
		if (test_bit(vector, apic_nr(i)->regs.irr))
			set |= BIT(i);
	}
	return set;
}

void apic_test_forget(u8 vector)
{
	int i;

	for (i = 0; i < APIC_TEST_CPUS; i++) {
		clear_bit(vector, apic_nr(i)->regs.irr);
		atomic_set(&apic_test_vm->cpu[i].requests, 0);
	}
}

struct send_case {
	const char *name;
	u64 icr;
	unsigned int want;
	bool x2apic;
};

static const struct send_case send_cases[] = {
	{ "physical", 0x0200000000000041, BIT(2) },
	{ "physical_to_itself", 0x0100000000000041, BIT(1) },
	{ "physical_to_nobody", 0x0700000000000041, 0 },
	{ "physical_broadcast", 0xff00000000000041, 0xf },
	{ "logical_set", 0x0d00000000000841, BIT(0) | BIT(2) | BIT(3) },
	{ "logical_broadcast", 0xff00000000000841, 0xf },
	{ "self", 0x0000000000040041, BIT(1) },
	{ "all", 0x0000000000080041, 0xf },
	{ "others", 0x00000000000c0041, BIT(0) | BIT(2) | BIT(3) },
	{ "lowest_priority_takes_one", 0xff00000000000941, BIT(3) },
	{ "vector_below_16_goes_nowhere", 0xff0000000000000f, 0 },
	{ "physical_x2", 0x0000000200000041, BIT(2), true },
	{ "physical_above_all_ids_x2", 0x0000010200000041, 0, true },
	{ "physical_broadcast_x2", 0xffffffff00000041, 0xf, true },
	{ "logical_set_x2", 0x0000000d00000841, BIT(0) | BIT(2) | BIT(3), true },
	{ "logical_other_cluster_x2", 0x0001000d00000841, 0, true },
	{ "logical_cluster_above_all_ids_x2", 0xfffe000d00000841, 0, true },
	{ "self_x2", 0x0000000000040041, BIT(1), true },
	{ "others_x2", 0x00000000000c0041, BIT(0) | BIT(2) | BIT(3), true },
};

static void send_case_desc(const struct send_case *c, char *desc)
{
	strscpy(desc, c->name, KUNIT_PARAM_DESC_SIZE);
}

KUNIT_ARRAY_PARAM(send, send_cases, send_case_desc);

static void ipi_reaches_its_targets(struct kunit *test)
{
	const struct send_case *c = test->param_value;
	int i;

	apic_test_enable_all(c->x2apic);
	/* Arbitration: CPU 3 has the least to do. */
	for (i = 0; i < 3; i++)
		axapic_set_tpr(apic_nr(i), 0x30);
	if (c->x2apic) {
		KUNIT_EXPECT_EQ(test, wrmsr_x2(1, 0x830, c->icr), 0);
	} else {
		apic_test_write(1, 0x310, c->icr >> 32);
		KUNIT_EXPECT_EQ(test, apic_test_write(1, 0x300, c->icr), 0);
		KUNIT_EXPECT_EQ(test, apic_test_read(1, 0x300), (u32)c->icr);
	}
	KUNIT_EXPECT_EQ(test, apic_test_who_has(c->icr), c->want);
	for (i = 0; i < APIC_TEST_CPUS; i++) {
		/* The sender looks by itself. */
		int asked = i != 1 && (c->want & BIT(i));

		KUNIT_EXPECT_EQ(test, atomic_read(&apic_test_vm->cpu[i].requests), asked);
		KUNIT_EXPECT_EQ(test, axapic_irr_pending(apic_nr(i)), !!(c->want & BIT(i)));
	}
}

static void disabled_apics_take_no_interrupts_but_nmi_and_init(struct kunit *test)
{
	apic_test_enable_all(false);
	apic_test_write(2, 0x0f0, 0x0ff);
	axapic_set_base(apic_nr(3), 0xfee00000, true);
	apic_test_write(1, 0x300, 0x000c0041);
	KUNIT_EXPECT_EQ(test, apic_test_who_has(0x41), (unsigned int)BIT(0));
	apic_test_write(1, 0x300, 0x000c0400);
	apic_test_write(1, 0x300, 0x000c4500);
	KUNIT_EXPECT_EQ(test, apic_test_vm->cpu[0].nmis, 1U);
	KUNIT_EXPECT_EQ(test, apic_test_vm->cpu[1].nmis, 0U);
	KUNIT_EXPECT_EQ(test, apic_test_vm->cpu[2].nmis, 1U);
	KUNIT_EXPECT_EQ(test, apic_test_vm->cpu[3].nmis, 0U);
	KUNIT_EXPECT_EQ(test, apic_test_vm->cpu[2].inits, 1U);
	KUNIT_EXPECT_EQ(test, apic_test_vm->cpu[3].inits, 0U);
	KUNIT_EXPECT_EQ(test, axapic_inject(apic_nr(2), 0x51, false), 0);
	KUNIT_EXPECT_EQ(test, apic_test_who_has(0x51), 0U);
}

static void init_deassert_is_nothing(struct kunit *test)
{
	apic_test_enable_all(false);
	apic_test_write(1, 0x300, 0x00088500);
	KUNIT_EXPECT_EQ(test, apic_test_vm->cpu[0].inits, 0U);
	apic_test_write(1, 0x310, 0);
	apic_test_write(1, 0x300, 0x0000c500);
	KUNIT_EXPECT_EQ(test, apic_test_vm->cpu[0].inits, 1U);
}

static void sipi_is_one_exit_per_cpu_that_waits(struct kunit *test)
{
	struct axvcpu_exit exit;

	apic_test_enable_all(false);
	apic_test_vm->cpu[2].waits_for_sipi = true;
	apic_test_vm->cpu[3].waits_for_sipi = true;
	memset(&exit, 0xa5, sizeof(exit));
	KUNIT_EXPECT_EQ(test, axapic_mmio_write(apic_nr(0), 0x300, 4, 0x000c0698, &exit), 1);
	KUNIT_EXPECT_EQ(test, exit.reason, (u32)AXVCPU_EXIT_CPU_UP);
	KUNIT_EXPECT_EQ(test, exit.cpu_up.target_cpu, 2ULL);
	KUNIT_EXPECT_EQ(test, exit.cpu_up.entry_point, 0x98000ULL);
	KUNIT_EXPECT_EQ(test, exit.cpu_up.arg, 0ULL);
	KUNIT_EXPECT_TRUE(test, apic_nr(0)->cpu_up_pending);
	KUNIT_EXPECT_TRUE(test, axapic_next_cpu_up(apic_nr(0), &exit));
	KUNIT_EXPECT_EQ(test, exit.cpu_up.target_cpu, 3ULL);
	KUNIT_EXPECT_FALSE(test, apic_nr(0)->cpu_up_pending);
	KUNIT_EXPECT_FALSE(test, axapic_next_cpu_up(apic_nr(0), &exit));
	/* The second one that systems send finds nobody waiting. */
	KUNIT_EXPECT_EQ(test, axapic_mmio_write(apic_nr(0), 0x300, 4, 0x000c0698, &exit), 0);
}

static void errors_are_reported(struct kunit *test)
{
	apic_test_enable_all(false);
	apic_test_write(0, 0x370, 0x000000fe);
	apic_test_write(0, 0x300, 0x0004000f);
	KUNIT_EXPECT_EQ(test, apic_test_who_has(0xfe), (unsigned int)BIT(0));
	apic_test_write(0, 0x280, 0);
	KUNIT_EXPECT_EQ(test, apic_test_read(0, 0x280), 0x20U);
	apic_test_read(0, 0x3f0);
	apic_test_write(0, 0x280, 0);
	KUNIT_EXPECT_EQ(test, apic_test_read(0, 0x280), 0x80U);

	axapic_set_base(apic_nr(1), 0xfee00c00, true);
	KUNIT_EXPECT_EQ(test, wrmsr_x2(1, 0x83f, 0x0f), 0);
	KUNIT_EXPECT_EQ(test, wrmsr_x2(1, 0x828, 0), 0);
	KUNIT_EXPECT_EQ(test, apic_nr(1)->regs.esr, 0x40U);
}

static void eoi_exits_for_chosen_vectors(struct kunit *test)
{
	struct axvcpu_exit exit;

	apic_test_enable_all(false);
	set_bit(0x42, apic_test_vm->xvm.eoi_vectors);
	axapic_inject(apic_nr(0), 0x31, true);
	axapic_accept(apic_nr(0), axapic_pending_vector(apic_nr(0)));
	axapic_inject(apic_nr(0), 0x42, true);
	axapic_accept(apic_nr(0), axapic_pending_vector(apic_nr(0)));

	memset(&exit, 0xa5, sizeof(exit));
	KUNIT_EXPECT_EQ(test, axapic_mmio_write(apic_nr(0), 0x0b0, 4, 0, &exit), 1);
	KUNIT_EXPECT_EQ(test, exit.reason, (u32)AXVCPU_EXIT_EOI);
	KUNIT_EXPECT_EQ(test, exit.eoi.vector, 0x42ULL);
	KUNIT_EXPECT_EQ(test, exit.raw[15], 0ULL);
	KUNIT_EXPECT_EQ(test, apic_test_write(0, 0x0b0, 0), 0);
	KUNIT_EXPECT_EQ(test, apic_test_write(0, 0x0b0, 0), 0);
}

static void page_accesses_of_all_widths(struct kunit *test)
{
	u64 val;

	apic_test_enable_all(false);
	axapic_mmio_read(apic_nr(2), 0x020, 8, &val);
	KUNIT_EXPECT_EQ(test, val, 0x02000000ULL);
	axapic_mmio_read(apic_nr(2), 0x023, 1, &val);
	KUNIT_EXPECT_EQ(test, val, 0x02ULL);
	axapic_mmio_read(apic_nr(2), 0x032, 2, &val);
	KUNIT_EXPECT_EQ(test, val, 0x0005ULL);
	axapic_mmio_read(apic_nr(2), 0x024, 4, &val);
	KUNIT_EXPECT_EQ(test, val, 0ULL);

	axapic_mmio_write(apic_nr(2), 0x080, 1, 0x20, NULL);
	axapic_mmio_write(apic_nr(2), 0x080, 8, 0x20, NULL);
	axapic_mmio_write(apic_nr(2), 0x084, 4, 0x20, NULL);
	KUNIT_EXPECT_EQ(test, apic_test_read(2, 0x080), 0U);
	apic_test_write(2, 0x080, 0x20);
	KUNIT_EXPECT_EQ(test, apic_test_read(2, 0x080), 0x20U);
}

static void base_moves_and_modes(struct kunit *test)
{
	u64 val;

	KUNIT_EXPECT_EQ(test, axapic_base(apic_nr(0)), 0xfee00900ULL);
	KUNIT_EXPECT_EQ(test, axapic_base(apic_nr(1)), 0xfee00800ULL);
	KUNIT_EXPECT_TRUE(test, axapic_covers(apic_nr(1), 0xfee00ff8));
	KUNIT_EXPECT_FALSE(test, axapic_covers(apic_nr(1), 0xfee01000));
	KUNIT_EXPECT_EQ(test, axapic_set_base(apic_nr(1), 0xfed00900, true), 0);
	KUNIT_EXPECT_EQ(test, axapic_base(apic_nr(1)), 0xfed00800ULL);
	KUNIT_EXPECT_TRUE(test, axapic_covers(apic_nr(1), 0xfed00020));
	KUNIT_EXPECT_FALSE(test, axapic_covers(apic_nr(1), 0xfee00020));
	KUNIT_EXPECT_EQ(test, axapic_msr_read(apic_nr(1), 0x802, &val), -EINVAL);
	KUNIT_EXPECT_EQ(test, wrmsr_x2(1, 0x80b, 0), -EINVAL);

	KUNIT_EXPECT_EQ(test, axapic_set_base(apic_nr(1), 0xfed00c00, true), 0);
	KUNIT_EXPECT_FALSE(test, axapic_covers(apic_nr(1), 0xfed00020));
	KUNIT_EXPECT_EQ(test, axapic_msr_read(apic_nr(1), 0x802, &val), 0);
	KUNIT_EXPECT_EQ(test, val, 1ULL);
	KUNIT_EXPECT_EQ(test, axapic_msr_read(apic_nr(1), 0x80d, &val), 0);
	KUNIT_EXPECT_EQ(test, val, 2ULL);
	KUNIT_EXPECT_EQ(test, wrmsr_x2(1, 0x80b, 1), -EINVAL);
	KUNIT_EXPECT_EQ(test, wrmsr_x2(1, 0x830, 0x0000000200000041), 0);
	KUNIT_EXPECT_EQ(test, axapic_msr_read(apic_nr(1), 0x830, &val), 0);
	KUNIT_EXPECT_EQ(test, val, 0x0000000200000041ULL);

	KUNIT_EXPECT_EQ(test, axapic_set_base(apic_nr(1), 0xfee00000, true), 0);
	KUNIT_EXPECT_FALSE(test, axapic_covers(apic_nr(1), 0xfee00020));
	KUNIT_EXPECT_EQ(test, axapic_set_base(apic_nr(1), 0xfee00c00, true), -EINVAL);
	KUNIT_EXPECT_EQ(test, axapic_set_base(apic_nr(1), 0xfee00c00, false), 0);
	KUNIT_EXPECT_EQ(test, axapic_base(apic_nr(1)), 0xfee00c00ULL);
}

static void init_keeps_the_base_and_reset_does_not(struct kunit *test)
{
	apic_test_enable_all(true);
	axapic_set_base(apic_nr(0), 0xfed00d00, false);
	axapic_init_signal(apic_nr(0));
	KUNIT_EXPECT_EQ(test, axapic_base(apic_nr(0)), 0xfed00d00ULL);
	KUNIT_EXPECT_EQ(test, apic_nr(0)->regs.ldr, 1U);
	KUNIT_EXPECT_EQ(test, apic_nr(0)->regs.svr, 0xffU);
	axapic_reset(apic_nr(0));
	KUNIT_EXPECT_EQ(test, axapic_base(apic_nr(0)), 0xfee00900ULL);
	KUNIT_EXPECT_EQ(test, apic_test_read(0, 0x0d0), 0U);
}

static void extint_passes_lint0(struct kunit *test)
{
	struct axapic *apic = apic_nr(0);

	apic_test_enable_all(false);
	KUNIT_EXPECT_EQ(test, axapic_inject_extint(apic, 8), 0);
	KUNIT_EXPECT_EQ(test, axapic_inject_extint(apic, 8), 1);
	KUNIT_EXPECT_EQ(test, axapic_inject_extint(apic, 9), -EBUSY);
	KUNIT_EXPECT_EQ(test, axapic_extint_pending(apic), -1);
	KUNIT_EXPECT_EQ(test, axapic_extint_waits(apic), 8);
	apic_test_write(0, 0x350, 0x00000400);
	KUNIT_EXPECT_EQ(test, axapic_extint_pending(apic), -1);
	apic_test_write(0, 0x350, 0x00000700);
	KUNIT_EXPECT_EQ(test, axapic_extint_pending(apic), 8);
	KUNIT_EXPECT_TRUE(test, axapic_has_event(apic));
	axapic_accept_extint(apic);
	KUNIT_EXPECT_EQ(test, axapic_extint_pending(apic), -1);

	axapic_set_base(apic, 0xfee00000, true);
	KUNIT_EXPECT_EQ(test, axapic_inject_extint(apic, 9), 0);
	KUNIT_EXPECT_EQ(test, axapic_extint_pending(apic), 9);
}

static void msi_answers(struct kunit *test)
{
	apic_test_enable_all(false);
	KUNIT_EXPECT_EQ(test, axapic_msi(&apic_test_vm->vm, 0xfee01000, 0x61), 0);
	KUNIT_EXPECT_EQ(test, axapic_msi(&apic_test_vm->vm, 0xfee01000, 0x61), 1);
	KUNIT_EXPECT_EQ(test, atomic_read(&apic_test_vm->cpu[1].requests), 1);
	/* One of two is new. */
	KUNIT_EXPECT_EQ(test, axapic_msi(&apic_test_vm->vm, 0xfee03004, 0x61), 0);
	KUNIT_EXPECT_EQ(test, apic_test_who_has(0x61), 3U);
	KUNIT_EXPECT_EQ(test, axapic_msi(&apic_test_vm->vm, 0xfee03004, 0x61), 1);
	KUNIT_EXPECT_EQ(test, axapic_msi(&apic_test_vm->vm, 0xfee7f000, 0x61), 0);
	KUNIT_EXPECT_EQ(test, axapic_msi(&apic_test_vm->vm, 0xfee01000, 0x0f), -EINVAL);
	apic_test_forget(0x61);
	KUNIT_EXPECT_EQ(test, axapic_msi(&apic_test_vm->vm, 0xfee01000, 0x8061), 0);
	KUNIT_EXPECT_EQ(test, apic_test_who_has(0x61), 0U);
	KUNIT_EXPECT_EQ(test, axapic_msi(&apic_test_vm->vm, 0xfee02000, 0x0708), 0);
	KUNIT_EXPECT_EQ(test, axapic_extint_pending(apic_nr(2)), 8);
}

static void cr8_follows_the_class_only(struct kunit *test)
{
	apic_test_enable_all(false);
	apic_test_write(0, 0x080, 0x47);
	axapic_set_tpr(apic_nr(0), 0x40);
	KUNIT_EXPECT_EQ(test, axapic_tpr(apic_nr(0)), 0x47ULL);
	axapic_inject(apic_nr(0), 0x45, false);
	KUNIT_EXPECT_EQ(test, axapic_pending_vector(apic_nr(0)), -1);
	KUNIT_EXPECT_EQ(test, axapic_tpr_masked_vector(apic_nr(0)), 0x45);
	axapic_set_tpr(apic_nr(0), 0x30);
	KUNIT_EXPECT_EQ(test, axapic_tpr(apic_nr(0)), 0x30ULL);
	KUNIT_EXPECT_EQ(test, axapic_pending_vector(apic_nr(0)), 0x45);
	KUNIT_EXPECT_EQ(test, axapic_tpr_masked_vector(apic_nr(0)), -1);
	axapic_accept(apic_nr(0), 0x45);
	axapic_inject(apic_nr(0), 0x46, false);
	KUNIT_EXPECT_EQ(test, axapic_tpr_masked_vector(apic_nr(0)), -1);
}

static struct kunit_case apic_vm_cases[] = {
	KUNIT_CASE_PARAM(ipi_reaches_its_targets, send_gen_params),
	KUNIT_CASE(disabled_apics_take_no_interrupts_but_nmi_and_init),
	KUNIT_CASE(init_deassert_is_nothing),
	KUNIT_CASE(sipi_is_one_exit_per_cpu_that_waits),
	KUNIT_CASE(errors_are_reported),
	KUNIT_CASE(eoi_exits_for_chosen_vectors),
	KUNIT_CASE(page_accesses_of_all_widths),
	KUNIT_CASE(base_moves_and_modes),
	KUNIT_CASE(init_keeps_the_base_and_reset_does_not),
	KUNIT_CASE(extint_passes_lint0),
	KUNIT_CASE(msi_answers),
	KUNIT_CASE(cr8_follows_the_class_only),
	{}
};

static struct kunit_suite apic_vm_suite = {
	.name = "axvcpu_apic_vm",
	.init = apic_test_init,
	.exit = apic_test_exit,
	.test_cases = apic_vm_cases,
};

kunit_test_suite(apic_vm_suite);
