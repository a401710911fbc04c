/* SPDX-License-Identifier: MIT */
/* Sums of the counter files below debugfs, and how they grow. */
#ifndef AXVCPU_MACHINE_COUNTERS_H
#define AXVCPU_MACHINE_COUNTERS_H

#include <stdint.h>
#include <stdio.h>

#define COUNTERS_MAX	256

struct counter {
	char name[64];
	uint64_t sum;
	uint64_t before;	/* the sum one reading earlier */
};

struct counters {
	struct counter all[COUNTERS_MAX];
	unsigned int nr;
	unsigned int vms;
	unsigned int vcpus;
};

/* Lines "name value"; others, and the state of a vCPU, are left out. */
void counters_add(struct counters *c, FILE *f);
/*
 * Read ROOT/<pid>-<vm>/stats and .../vcpu<n>/stats anew. @pid: only that process; 0: all.
 * -1 and errno if @root cannot be read.
 */
int counters_read(struct counters *c, const char *root, long pid);
/* The fastest first, then the highest. */
void counters_sort(struct counters *c);

#endif
