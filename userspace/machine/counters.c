// SPDX-License-Identifier: MIT
#include <dirent.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "machine/counters.h"

static struct counter *find(struct counters *c, const char *name)
{
	struct counter *n;
	unsigned int i;

	for (i = 0; i < c->nr; i++)
		if (!strcmp(c->all[i].name, name))
			return &c->all[i];
	if (c->nr == COUNTERS_MAX)
		return NULL;
	n = &c->all[c->nr++];
	memset(n, 0, sizeof(*n));
	snprintf(n->name, sizeof(n->name), "%s", name);
	return n;
}

void counters_add(struct counters *c, FILE *f)
{
	char line[256], name[64];
	unsigned long long value;
	struct counter *n;

	while (fgets(line, sizeof(line), f)) {
		if (sscanf(line, "%63s %llu", name, &value) != 2)
			continue;
		if (!strcmp(name, "state") || !strcmp(name, "nr_vcpus"))
			continue;	/* no counts: a sum of them says nothing */
		n = find(c, name);
		if (n)
			n->sum += value;
	}
}

/* Returns whether it was there: a VM may go away meanwhile. */
static int add_file(struct counters *c, int dir, const char *path)
{
	int fd = openat(dir, path, O_RDONLY | O_CLOEXEC);
	FILE *f = fd < 0 ? NULL : fdopen(fd, "r");

	if (f) {
		counters_add(c, f);
		fclose(f);
	} else if (fd >= 0) {
		close(fd);
	}
	return f != NULL;
}

static void read_vm(struct counters *c, DIR *vm)
{
	char path[sizeof(((struct dirent *)0)->d_name) + 8];
	struct dirent *e;

	c->vms++;
	add_file(c, dirfd(vm), "stats");
	while ((e = readdir(vm)) != NULL) {
		if (strncmp(e->d_name, "vcpu", 4))
			continue;
		snprintf(path, sizeof(path), "%s/stats", e->d_name);
		c->vcpus += add_file(c, dirfd(vm), path);
	}
}

static void start_reading(struct counters *c)
{
	unsigned int i;

	for (i = 0; i < c->nr; i++) {
		c->all[i].before = c->all[i].sum;
		c->all[i].sum = 0;
	}
	c->vms = c->vcpus = 0;
}

int counters_read(struct counters *c, const char *root, long pid)
{
	DIR *top = opendir(root);
	struct dirent *e;

	if (!top)
		return -1;
	start_reading(c);
	while ((e = readdir(top)) != NULL) {
		int fd;
		DIR *vm;

		if (e->d_name[0] == '.' || (pid && strtol(e->d_name, NULL, 10) != pid))
			continue;
		fd = openat(dirfd(top), e->d_name, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
		vm = fd < 0 ? NULL : fdopendir(fd);
		if (vm) {
			read_vm(c, vm);
			closedir(vm);
		} else if (fd >= 0) {
			close(fd);
		}
	}
	closedir(top);
	return 0;
}

/* A VM that ended takes its counts along: that is no negative speed. */
static uint64_t growth(const struct counter *n)
{
	return n->sum > n->before ? n->sum - n->before : 0;
}

static int compare(const void *a, const void *b)
{
	const struct counter *x = a, *y = b;

	if (growth(x) != growth(y))
		return growth(x) < growth(y) ? 1 : -1;
	if (x->sum != y->sum)
		return x->sum < y->sum ? 1 : -1;
	return strcmp(x->name, y->name);
}

void counters_sort(struct counters *c)
{
	qsort(c->all, c->nr, sizeof(c->all[0]), compare);
}
