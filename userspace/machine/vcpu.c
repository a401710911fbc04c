// SPDX-License-Identifier: MIT
/* The life of one vCPU thread: parked, started, run, parked again. */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "machine/machine.h"

#define GDT_LIMIT	31
#define GDT_CODE	0x10
#define GDT_DATA	0x18

static int host_error(struct vcpu *v, const char *call, int ret)
{
	char why[160];

	snprintf(why, sizeof(why), "vCPU %u: %s: %s", v->id, call, strerror(-ret));
	machine_stop(v->m, STATUS_HOST, why);
	return -1;
}

/* The selectors that Linux' protocol promises; the hidden parts fit already. */
static int use_boot_gdt(struct vcpu *v)
{
	static const int data[] = { 0, 2, 3 };	/* ES, SS, DS */
	struct axvcpu_x86_regs regs;
	unsigned int i;
	int ret = axvcpu_get_regs(v->fd, AXVCPU_REGS_X86_SEGS, &regs);

	if (ret < 0)
		return host_error(v, "GET_REGS", ret);
	regs.segs.gdtr.base = GPA_GDT;
	regs.segs.gdtr.limit = GDT_LIMIT;
	regs.segs.seg[1].selector = GDT_CODE;
	for (i = 0; i < 3; i++)
		regs.segs.seg[data[i]].selector = GDT_DATA;
	ret = axvcpu_set_regs(v->fd, AXVCPU_REGS_X86_SEGS, &regs);
	return ret < 0 ? host_error(v, "SET_REGS", ret) : 0;
}

static int set_boot_registers(struct vcpu *v)
{
	const struct boot *b = &v->m->boot;
	unsigned int i;

	for (i = 0; i < 8; i++) {
		int ret = 0;

		if (b->gpr_set & (1 << i))
			ret = axvcpu_set_gpr(v->fd, i, b->gpr[i]);
		if (ret < 0)
			return host_error(v, "SET_GPR", ret);
	}
	return b->gdt ? use_boot_gdt(v) : 0;
}

static int start(struct vcpu *v, int is_boot_cpu)
{
	const struct boot *b = &v->m->boot;
	int ret;

	if (is_boot_cpu)
		ret = axvcpu_setup(v->fd, b->mode, b->entry, b->arg, b->page_table);
	else
		ret = axvcpu_setup(v->fd, AXVCPU_START_X86_REAL16, v->entry, 0, 0);
	if (ret < 0)
		return host_error(v, "SETUP", ret);
	ret = axvcpu_bind(v->fd);
	if (ret < 0)
		return host_error(v, "BIND", ret);
	return is_boot_cpu ? set_boot_registers(v) : 0;
}

static void print_trace(const struct vcpu *v)
{
	char line[512];
	int n = axvcpu_exit_print(&v->run->exit, line, sizeof(line) - 1);

	if (n > (int)sizeof(line) - 2)
		n = sizeof(line) - 2;
	line[n] = '\n';
	fwrite(line, n + 1, 1, stderr);	/* whole lines, whatever other threads write */
}

/* Until the vCPU is to be parked (1) or the machine ends (0). */
static int run(struct vcpu *v)
{
	struct machine *m = v->m;

	while (!machine_is_stopping(m)) {
		int ret = axvcpu_run(v->fd);

		if (ret == -EINTR || ret == -EAGAIN)
			continue;
		if (ret < 0) {
			host_error(v, "RUN", ret);
			break;
		}
		if (m->opt->trace)
			print_trace(v);
		if (vcpu_handle_exit(v))
			return 1;
	}
	return 0;
}

static int any_up(const struct machine *m)
{
	unsigned int i;

	for (i = 0; i < m->nr_vcpus; i++)
		if (m->vcpus[i].phase == VCPU_UP)
			return 1;
	return 0;
}

/* 1 when the vCPU is to start, 0 when the machine ends. */
static int wait_for_start(struct vcpu *v)
{
	struct machine *m = v->m;

	pthread_mutex_lock(&m->lock);
	while (v->phase == VCPU_PARKED && !m->stopping)
		pthread_cond_wait(&m->changed, &m->lock);
	pthread_mutex_unlock(&m->lock);
	return !machine_is_stopping(m);
}

static void park(struct vcpu *v)
{
	struct machine *m = v->m;
	int last;

	pthread_mutex_lock(&m->lock);
	v->phase = v->start_again ? VCPU_UP : VCPU_PARKED;
	v->start_again = 0;
	last = !any_up(m);
	pthread_mutex_unlock(&m->lock);
	if (last)
		machine_stop(m, STATUS_OK, "all vCPUs have halted");
}

void vcpu_start(struct machine *m, uint64_t id, uint64_t entry)
{
	struct vcpu *v;

	if (id >= m->nr_vcpus)
		return;			/* no such CPU: nobody hears it */
	v = &m->vcpus[id];
	pthread_mutex_lock(&m->lock);
	v->entry = entry;
	/* Its CPU_DOWN may still be on its way through the other thread. */
	if (v->phase == VCPU_UP)
		v->start_again = 1;
	v->phase = VCPU_UP;
	pthread_cond_broadcast(&m->changed);
	pthread_mutex_unlock(&m->lock);
}

void *vcpu_thread(void *vcpu)
{
	struct vcpu *v = vcpu;
	int is_boot_cpu = v->id == 0;

	while (wait_for_start(v)) {
		if (start(v, is_boot_cpu) || !run(v))
			break;
		axvcpu_unbind(v->fd);
		is_boot_cpu = 0;
		park(v);
	}
	return NULL;
}
