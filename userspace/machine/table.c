// SPDX-License-Identifier: MIT
#include <stdio.h>

#include "machine/machine.h"

struct sums {
	struct axvcpu_stats all;
	uint64_t user, kernel;
};

static void add_vcpu(struct sums *s, const struct axvcpu_stats *one)
{
	unsigned int i;

	for (i = 0; i < AXVCPU_STATS_REASONS; i++) {
		s->all.user_exits[i] += one->user_exits[i];
		s->all.kernel_exits[i] += one->kernel_exits[i];
		s->user += one->user_exits[i];
		s->kernel += one->kernel_exits[i];
	}
	s->all.entries += one->entries;
	s->all.interrupts += one->interrupts;
	s->all.nmis += one->nmis;
	s->all.exceptions += one->exceptions;
	s->all.reinjections += one->reinjections;
	s->all.blocked += one->blocked;
	s->all.blocked_ns += one->blocked_ns;
}

static void print_exits(const struct sums *s)
{
	unsigned int i;

	fprintf(stderr, "%-20s %14s %14s\n", "exits by reason", "to userspace", "in the kernel");
	for (i = 0; i < AXVCPU_STATS_REASONS; i++) {
		if (!s->all.user_exits[i] && !s->all.kernel_exits[i])
			continue;
		fprintf(stderr, "  %-18s %14llu %14llu\n", axvcpu_exit_name(i),
			s->all.user_exits[i], s->all.kernel_exits[i]);
	}
	fprintf(stderr, "  %-18s %14llu %14llu\n", "total",
		(unsigned long long)s->user, (unsigned long long)s->kernel);
}

static void print_memory(struct machine *m)
{
	struct axvcpu_vm_stats vm;

	fprintf(stderr, "memory               %llu MiB, %.1f MiB touched\n",
		(unsigned long long)(m->mem.size >> 20),
		mem_resident(&m->mem) / 1048576.0);
	if (axvcpu_vm_stats(m->vm, &vm) < 0)
		return;
	fprintf(stderr, "stage-2 mappings     4K: %llu  2M: %llu  1G: %llu; %llu table pages\n",
		vm.mapped_4k, vm.mapped_2m, vm.mapped_1g, vm.table_pages);
	fprintf(stderr, "stage-2 events       %llu faults, %llu invalidations, %llu flushes\n",
		vm.faults, vm.invalidations, vm.tlb_flushes);
}

void print_stats(struct machine *m)
{
	struct axvcpu_stats one;
	struct sums s = { .user = 0 };
	double wall;
	unsigned int i;

	for (i = 0; i < m->nr_vcpus; i++)
		if (axvcpu_stats(m->vcpus[i].fd, &one) >= 0)
			add_vcpu(&s, &one);
	wall = m->ended.tv_sec - m->started.tv_sec +
	       (m->ended.tv_nsec - m->started.tv_nsec) / 1e9;

	fprintf(stderr, "\n%s; %s, %u vCPU%s\n", *m->why ? m->why : "debug exit",
		m->boot.protocol, m->nr_vcpus, m->nr_vcpus == 1 ? "" : "s");
	print_exits(&s);
	fprintf(stderr, "entries              %llu\n", s.all.entries);
	fprintf(stderr, "events in the guest  %llu interrupts, %llu NMIs, %llu exceptions, %llu delivered again\n",
		s.all.interrupts, s.all.nmis, s.all.exceptions, s.all.reinjections);
	fprintf(stderr, "time                 %.3f s", wall);
	fprintf(stderr, "; vCPUs idle %.3f s in %llu waits\n", s.all.blocked_ns / 1e9,
		s.all.blocked);
	print_memory(m);
}
