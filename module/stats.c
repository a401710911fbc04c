// SPDX-License-Identifier: GPL-2.0-only
/*
 * Counters in debugfs: axvcpu/<pid>-<vm>/stats and .../vcpu<id>/stats, a line
 * "name value" each. The files go before the VM does: debugfs waits for readers.
 */
#include <linux/debugfs.h>
#include <linux/kernel.h>
#include <linux/sched.h>
#include <linux/seq_file.h>

#include <axvcpu/mem.h>
#include <axvcpu/vcpu.h>

#include "exit_name.h"
#include "stats.h"

static struct dentry *root;

static int vm_stats_show(struct seq_file *m, void *unused)
{
	struct axvcpu_vm *vm = m->private;
	struct axvcpu_vm_stats s = {};

	axvcpu_mem_stats(vm, &s);
	seq_printf(m, "nr_vcpus %u\n", READ_ONCE(vm->nr_vcpus));
	seq_printf(m, "mapped_4k %llu\n", s.mapped_4k);
	seq_printf(m, "mapped_2m %llu\n", s.mapped_2m);
	seq_printf(m, "mapped_1g %llu\n", s.mapped_1g);
	seq_printf(m, "table_pages %llu\n", s.table_pages);
	seq_printf(m, "faults %llu\n", s.faults);
	seq_printf(m, "invalidations %llu\n", s.invalidations);
	seq_printf(m, "tlb_flushes %llu\n", s.tlb_flushes);
	return 0;
}
DEFINE_SHOW_ATTRIBUTE(vm_stats);

static int vcpu_stats_show(struct seq_file *m, void *unused)
{
	const struct axvcpu *vcpu = m->private;
	const struct axvcpu_stats *s = &vcpu->stats;
	int i;

	seq_printf(m, "state %u\n", READ_ONCE(vcpu->state));
	seq_printf(m, "entries %llu\n", s->entries);
	for (i = 0; i < AXVCPU_EXIT_NR; i++)
		seq_printf(m, "user_%s %llu\n", axvcpu_exit_name(i), s->user_exits[i]);
	for (i = 0; i < AXVCPU_EXIT_NR; i++)
		seq_printf(m, "kernel_%s %llu\n", axvcpu_exit_name(i), s->kernel_exits[i]);
	seq_printf(m, "interrupts %llu\n", s->interrupts);
	seq_printf(m, "nmis %llu\n", s->nmis);
	seq_printf(m, "exceptions %llu\n", s->exceptions);
	seq_printf(m, "reinjections %llu\n", s->reinjections);
	seq_printf(m, "kicks %llu\n", s->kicks);
	seq_printf(m, "blocked %llu\n", s->blocked);
	seq_printf(m, "blocked_ns %llu\n", s->blocked_ns);
	return 0;
}
DEFINE_SHOW_ATTRIBUTE(vcpu_stats);

/**
 * axvcpu_stats_init() - make the directory; the module works without it
 */
void axvcpu_stats_init(void)
{
	root = debugfs_create_dir("axvcpu", NULL);
}

/**
 * axvcpu_stats_exit() - undo axvcpu_stats_init()
 */
void axvcpu_stats_exit(void)
{
	debugfs_remove_recursive(root);
}

/**
 * axvcpu_stats_add_vm() - show a VM
 * @vm: VM of the calling process
 */
void axvcpu_stats_add_vm(struct axvcpu_vm *vm)
{
	char name[32];

	snprintf(name, sizeof(name), "%d-%u", task_tgid_nr(current), vm->id);
	vm->debugfs = debugfs_create_dir(name, root);
	debugfs_create_file("stats", 0444, vm->debugfs, vm, &vm_stats_fops);
}

/**
 * axvcpu_stats_del_vm() - show it no more, its vCPUs neither
 * @vm: VM
 */
void axvcpu_stats_del_vm(struct axvcpu_vm *vm)
{
	debugfs_remove_recursive(vm->debugfs);
}

/**
 * axvcpu_stats_add_vcpu() - show a vCPU
 * @vcpu: vCPU of a VM that is shown
 */
void axvcpu_stats_add_vcpu(struct axvcpu *vcpu)
{
	char name[32];

	snprintf(name, sizeof(name), "vcpu%u", vcpu->id);
	vcpu->debugfs = debugfs_create_dir(name, vcpu->vm->debugfs);
	debugfs_create_file("stats", 0444, vcpu->debugfs, vcpu, &vcpu_stats_fops);
}
