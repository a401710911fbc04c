// SPDX-License-Identifier: GPL-2.0-only
/* What waits for an x86 guest: exceptions that pile up, what goes first, what must wait. */
#include <linux/string.h>
#include <kunit/test.h>

#include "../arch/x86/x86_event.c"

/* ---------------------------------------------- one exception upon another */

/* APM Vol. 2, 8.2.9: divide error, invalid TSS, not present, stack, #GP, and #CP (8.2.20). */
static const u8 contributory[] = { 0, 10, 11, 12, 13, 21 };

static bool is_contributory(u8 vector)
{
	return memchr(contributory, vector, sizeof(contributory));
}

/* What the manual says of a pair; 99 is a shutdown. */
static u8 expected(u8 first, u8 second)
{
	bool bad = is_contributory(second) || second == 14;

	if (first == 8)
		return bad ? 99 : second;
	if (is_contributory(first))
		return is_contributory(second) ? 8 : second;
	if (first == 14)
		return bad ? 8 : second;
	return second;
}

static void expect_pair(struct kunit *test, struct axx86_events *ev, u8 first, u8 second)
{
	u8 want = expected(first, second);

	axx86_event_raise(ev, second, true, 0x55, 0x6000);
	KUNIT_EXPECT_EQ_MSG(test, ev->shutdown, want == 99, "%u upon %u", second, first);
	if (want == 99)
		return;
	KUNIT_EXPECT_TRUE(test, ev->exception.valid);
	KUNIT_EXPECT_FALSE(test, ev->again.valid);
	KUNIT_EXPECT_EQ(test, ev->exception.type, 3);
	KUNIT_EXPECT_EQ_MSG(test, ev->exception.vector, want, "%u upon %u", second, first);
	KUNIT_EXPECT_TRUE(test, ev->exception.has_error);
	KUNIT_EXPECT_EQ(test, ev->exception.error, want == second ? 0x55U : 0);
	KUNIT_EXPECT_EQ(test, ev->exception.address, 0x6000ULL);
}

static void every_pair_that_waits(struct kunit *test)
{
	struct axx86_events ev;
	u8 first, second;

	for (first = 0; first < 32; first++) {
		for (second = 0; second < 32; second++) {
			axx86_event_reset(&ev);
			axx86_event_raise(&ev, first, false, 0, 0);
			expect_pair(test, &ev, first, second);
		}
	}
}

static void every_pair_of_an_interrupted_delivery(struct kunit *test)
{
	struct axx86_event event = { .valid = true, .type = 3 };
	struct axx86_events ev;
	u8 first, second;

	for (first = 0; first < 32; first++) {
		for (second = 0; second < 32; second++) {
			axx86_event_reset(&ev);
			event.vector = first;
			axx86_event_interrupted(&ev, &event);
			expect_pair(test, &ev, first, second);
		}
	}
}

static void three_faults_are_a_shutdown(struct kunit *test)
{
	struct axx86_events ev;

	axx86_event_reset(&ev);
	axx86_event_raise(&ev, 14, true, 2, 0x1000);
	axx86_event_raise(&ev, 13, true, 0x18, 0);
	KUNIT_EXPECT_EQ(test, ev.exception.vector, 8);
	KUNIT_EXPECT_EQ(test, ev.exception.error, 0U);
	KUNIT_EXPECT_FALSE(test, ev.shutdown);
	axx86_event_raise(&ev, 11, true, 0x20, 0);
	KUNIT_EXPECT_TRUE(test, ev.shutdown);
}

static void an_exception_upon_an_interrupt_keeps_the_interrupt(struct kunit *test)
{
	static const u8 types[] = { 0, 2, 4 };
	struct axx86_event event = { .valid = true, .vector = 0x41 };
	struct axx86_events ev;
	size_t i;

	for (i = 0; i < ARRAY_SIZE(types); i++) {
		axx86_event_reset(&ev);
		event.type = types[i];
		axx86_event_interrupted(&ev, &event);
		axx86_event_raise(&ev, 14, true, 2, 0x1000);
		KUNIT_EXPECT_TRUE(test, ev.again.valid);
		KUNIT_EXPECT_EQ(test, ev.again.vector, 0x41);
		KUNIT_EXPECT_EQ(test, ev.exception.vector, 14);
	}
}

/* ------------------------------------------------------------- what goes first */

#define AGAIN_INTR	0x01	/* interrupt 0x61 whose delivery was interrupted */
#define AGAIN_FAULT	0x02	/* #PF whose delivery was interrupted */
#define FAULT		0x04	/* #GP waits */
#define NMI		0x08	/* an NMI waits */
#define MASKED		0x10	/* NMIs are masked */

#define NONE		0xff

struct pick_case {
	const char *name;
	u8 waits;
	bool irq;
	bool nmi;
	int vector;
	/* want */
	u8 got;
	u8 type;
	bool irq_window;
	bool nmi_window;
};

static const struct pick_case pick_cases[] = {
	{ "nothing_waits", 0, true, true, -1, NONE, 0, false, false },
	{ "an_interrupt_goes", 0, true, true, 0x31, 0x31, 0, false, false },
	{ "an_interrupt_goes_in_an_nmi_shadow", 0, true, false, 0x31, 0x31, 0, false, false },
	{ "an_interrupt_that_is_masked_waits", 0, false, true, 0x31, NONE, 0, true, false },
	{ "vector_0_is_one", 0, true, true, 0, 0, 0, false, false },
	{ "an_nmi_goes", NMI, true, true, -1, 2, 2, false, false },
	{ "an_nmi_goes_although_interrupts_are_masked", NMI, false, true, -1, 2, 2, false, false },
	{ "an_nmi_goes_before_an_interrupt", NMI, true, true, 0x31, 2, 2, true, false },
	{ "an_nmi_in_a_shadow_waits", NMI, true, false, -1, NONE, 0, false, true },
	{ "an_nmi_in_an_nmi_waits", NMI | MASKED, true, true, -1, NONE, 0, false, true },
	{ "an_interrupt_passes_an_nmi_that_is_masked", NMI | MASKED, true, true, 0x31, 0x31, 0,
	  false, true },
	{ "both_are_masked", NMI | MASKED, false, false, 0x31, NONE, 0, true, true },
	{ "the_mask_alone_asks_nothing", MASKED, true, true, -1, NONE, 0, false, false },
	{ "an_exception_goes", FAULT, false, false, -1, 13, 3, false, false },
	{ "an_exception_goes_before_all", FAULT | NMI, true, true, 0x31, 13, 3, true, true },
	{ "an_interrupted_interrupt_goes_again", AGAIN_INTR, false, false, -1, 0x61, 0, false,
	  false },
	{ "an_interrupted_interrupt_goes_before_another", AGAIN_INTR, true, true, 0x71, 0x61, 0,
	  true, false },
	{ "an_interrupted_exception_goes_again", AGAIN_FAULT | NMI, true, true, -1, 14, 3, false,
	  true },
};

static void pick_case_desc(const struct pick_case *c, char *desc)
{
	strscpy(desc, c->name, KUNIT_PARAM_DESC_SIZE);
}

KUNIT_ARRAY_PARAM(pick, pick_cases, pick_case_desc);

static void fill(struct axx86_events *ev, u8 waits)
{
	axx86_event_reset(ev);
	if (waits & AGAIN_INTR)
		ev->again = (struct axx86_event) { .valid = true, .type = 0, .vector = 0x61 };
	if (waits & AGAIN_FAULT)
		ev->again = (struct axx86_event) { .valid = true, .type = 3, .vector = 14 };
	if (waits & FAULT)
		axx86_event_raise(ev, 13, true, 0, 0);
	if (waits & NMI)
		set_bit(AXX86_ASYNC_NMI, &ev->async);
	ev->nmi_masked = waits & MASKED;
}

static void the_first_one_is_picked(struct kunit *test)
{
	const struct pick_case *c = test->param_value;
	const struct axx86_gate gate = { .irq = c->irq, .nmi = c->nmi, .vector = c->vector };
	struct axx86_events ev;
	struct axx86_delivery d;
	bool nmi_left;

	fill(&ev, c->waits);
	memset(&d, 0xa5, sizeof(d));
	axx86_event_pick(&ev, &gate, &d);

	KUNIT_EXPECT_EQ(test, d.event.valid, c->got != NONE);
	if (c->got != NONE)
		KUNIT_EXPECT_EQ(test, d.event.vector, c->got);
	KUNIT_EXPECT_EQ(test, d.event.type, c->type);
	KUNIT_EXPECT_EQ(test, d.irq_window, c->irq_window);
	KUNIT_EXPECT_EQ(test, d.nmi_window, c->nmi_window);

	/* What was picked is gone, and nothing else. */
	nmi_left = c->waits & NMI && c->type != 2;
	KUNIT_EXPECT_EQ(test, test_bit(AXX86_ASYNC_NMI, &ev.async), nmi_left);
	KUNIT_EXPECT_FALSE(test, ev.again.valid);
	KUNIT_EXPECT_FALSE(test, ev.exception.valid);
	KUNIT_EXPECT_EQ(test, ev.nmi_masked, c->waits & MASKED || c->type == 2);
}

static void an_exception_waits_behind_an_interrupted_interrupt(struct kunit *test)
{
	const struct axx86_gate gate = { .irq = true, .nmi = true, .vector = -1 };
	struct axx86_events ev;
	struct axx86_delivery d;

	fill(&ev, AGAIN_INTR | FAULT);
	axx86_event_pick(&ev, &gate, &d);
	KUNIT_EXPECT_EQ(test, d.event.vector, 0x61);
	axx86_event_pick(&ev, &gate, &d);
	KUNIT_EXPECT_EQ(test, d.event.vector, 13);
	KUNIT_EXPECT_EQ(test, d.event.type, 3);
	axx86_event_pick(&ev, &gate, &d);
	KUNIT_EXPECT_FALSE(test, d.event.valid);
}

/* --------------------------------------------- interrupts without a controller */

struct irq_case {
	const char *name;
	int waits[3];
	u8 tpr;
	int want;
};

static const struct irq_case irq_cases[] = {
	{ "nothing", {}, 0, -1 },
	{ "the_only_one", { 0x20 }, 0, 0x20 },
	{ "the_highest", { 0x20, 0x9f, 0x31 }, 0, 0x9f },
	{ "the_last_vector", { 0xff }, 14, 0xff },
	{ "the_first_vector", { 0x10 }, 0, 0x10 },
	{ "priority_of_its_class_holds_it", { 0x31 }, 3, -1 },
	{ "priority_of_the_class_below_does_not", { 0x31 }, 2, 0x31 },
	{ "top_priority_holds_all", { 0xff, 0x20 }, 15, -1 },
	{ "one_that_is_held_does_not_let_a_lower_one_pass", { 0x51, 0x41 }, 5, -1 },
};

static void irq_case_desc(const struct irq_case *c, char *desc)
{
	strscpy(desc, c->name, KUNIT_PARAM_DESC_SIZE);
}

KUNIT_ARRAY_PARAM(irq, irq_cases, irq_case_desc);

static void the_highest_interrupt_above_the_priority(struct kunit *test)
{
	const struct irq_case *c = test->param_value;
	struct axx86_events ev;
	size_t i;

	axx86_event_reset(&ev);
	for (i = 0; i < ARRAY_SIZE(c->waits); i++)
		if (c->waits[i])
			set_bit(c->waits[i], ev.irq);
	KUNIT_EXPECT_EQ(test, axx86_event_irq(&ev, c->tpr), c->want);
}

/* -------------------------------------------------------------- save and load */

struct state_case {
	const char *name;
	struct axvcpu_x86_events in;
	int check;
};

/* Flags: exception 1, error 2, NMI 4, masked 8, shadow 0x10, interrupt 0x20, soft 0x40. */
static const struct state_case state_cases[] = {
	{ "nothing", {} },
	{ "exception_without_error", { .flags = 0x01, .exception = 6 } },
	{ "page_fault", { .flags = 0x03, .exception = 14, .error_code = 7, .address = 0x7000 } },
	{ "last_exception", { .flags = 0x01, .exception = 31 } },
	{ "nmi", { .flags = 0x04 } },
	{ "masked_nmi", { .flags = 0x0c } },
	{ "interrupted_interrupt", { .flags = 0x20, .vector = 0x44 } },
	{ "interrupted_int_n", { .flags = 0x60, .vector = 0x80, .soft_len = 2 } },
	{ "longest_int_n", { .flags = 0x60, .vector = 0x80, .soft_len = 15 } },
	{ "interrupts_that_wait", { .irq = { 0xffffffffffff0000ULL, 1, 2, 1ULL << 63 } } },
	{ "all_at_once", { .flags = 0x2f, .exception = 13, .error_code = 8, .vector = 0x30,
			   .irq = { 1ULL << 32 } } },
	{ "unknown_flag", { .flags = 0x200 }, -EINVAL },
	{ "highest_flag", { .flags = 0x80000000 }, -EINVAL },
	{ "padding", { .pad = 1 }, -EINVAL },
	{ "exception_32", { .flags = 0x01, .exception = 32 }, -EINVAL },
	{ "exception_2_is_no_exception", { .flags = 0x01, .exception = 2 }, -EINVAL },
	{ "error_code_of_ud", { .flags = 0x03, .exception = 6 }, -EINVAL },
	{ "error_code_without_exception", { .flags = 0x02 }, -EINVAL },
	{ "soft_without_interrupt", { .flags = 0x40, .soft_len = 2 }, -EINVAL },
	{ "soft_with_16_bytes", { .flags = 0x60, .vector = 0x80, .soft_len = 16 }, -EINVAL },
	{ "interrupt_15_waits", { .irq = { 1 << 15 } }, -EINVAL },
	{ "interrupt_0_waits", { .irq = { 1 } }, -EINVAL },
};

static void state_case_desc(const struct state_case *c, char *desc)
{
	strscpy(desc, c->name, KUNIT_PARAM_DESC_SIZE);
}

KUNIT_ARRAY_PARAM(state, state_cases, state_case_desc);

static void what_is_saved_can_be_loaded(struct kunit *test)
{
	const struct state_case *c = test->param_value;
	struct axvcpu_x86_events out;
	struct axx86_events ev;

	KUNIT_EXPECT_EQ(test, axx86_event_check(&c->in), c->check);
	if (c->check)
		return;
	memset(&ev, 0xa5, sizeof(ev));
	axx86_event_set(&ev, &c->in);
	memset(&out, 0xa5, sizeof(out));
	axx86_event_get(&ev, &out);
	KUNIT_EXPECT_EQ(test, memcmp(&out, &c->in, sizeof(out)), 0);
	KUNIT_EXPECT_FALSE(test, ev.shutdown);
	KUNIT_EXPECT_FALSE(test, ev.iret_started);
}

/* Its delivery had masked further NMIs; who loads it must be able to deliver it. */
static void an_interrupted_nmi_is_saved_as_one_that_waits(struct kunit *test)
{
	const struct axx86_event nmi = { .valid = true, .type = 2, .vector = 2 };
	struct axvcpu_x86_events out;
	struct axx86_events ev;

	axx86_event_reset(&ev);
	ev.nmi_masked = true;
	axx86_event_interrupted(&ev, &nmi);
	axx86_event_get(&ev, &out);
	KUNIT_EXPECT_EQ(test, out.flags, 0x04U);
}

static void an_interrupted_exception_is_saved_as_one_that_waits(struct kunit *test)
{
	const struct axx86_event fault = {
		.valid = true, .type = 3, .vector = 14, .has_error = true, .error = 2,
		.address = 0x3000,
	};
	struct axvcpu_x86_events out;
	struct axx86_events ev;

	axx86_event_reset(&ev);
	axx86_event_interrupted(&ev, &fault);
	axx86_event_get(&ev, &out);
	KUNIT_EXPECT_EQ(test, out.flags, 0x03U);
	KUNIT_EXPECT_EQ(test, out.exception, 14);
	KUNIT_EXPECT_EQ(test, out.error_code, 2U);
	KUNIT_EXPECT_EQ(test, out.address, 0x3000ULL);
}

/* Table 8-1 of the APM, as bits. */
static void the_exceptions_with_an_error_code(struct kunit *test)
{
	struct axvcpu_x86_events in = { .flags = 0x03 };
	u32 vector;

	for (vector = 0; vector < 32; vector++) {
		in.exception = vector;
		KUNIT_EXPECT_EQ_MSG(test, axx86_event_check(&in),
				    0x00227d00 & BIT(vector) ? 0 : -EINVAL, "vector %u", vector);
	}
}

static struct kunit_case event_suite_cases[] = {
	KUNIT_CASE(every_pair_that_waits),
	KUNIT_CASE(every_pair_of_an_interrupted_delivery),
	KUNIT_CASE(three_faults_are_a_shutdown),
	KUNIT_CASE(an_exception_upon_an_interrupt_keeps_the_interrupt),
	KUNIT_CASE_PARAM(the_first_one_is_picked, pick_gen_params),
	KUNIT_CASE(an_exception_waits_behind_an_interrupted_interrupt),
	KUNIT_CASE_PARAM(the_highest_interrupt_above_the_priority, irq_gen_params),
	KUNIT_CASE_PARAM(what_is_saved_can_be_loaded, state_gen_params),
	KUNIT_CASE(an_interrupted_nmi_is_saved_as_one_that_waits),
	KUNIT_CASE(an_interrupted_exception_is_saved_as_one_that_waits),
	KUNIT_CASE(the_exceptions_with_an_error_code),
	{}
};

static struct kunit_suite event_suite = {
	.name = "axvcpu_x86_event",
	.test_cases = event_suite_cases,
};

kunit_test_suite(event_suite);
