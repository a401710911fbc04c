// SPDX-License-Identifier: MIT
#include <argp.h>
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <time.h>
#include <unistd.h>

#include "cmd/cmd.h"
#include "machine/counters.h"
#include "machine/error.h"
#include "machine/parse.h"

#define ROOT "/sys/kernel/debug/axvcpu"

struct stat_options {
	const char *root;
	double interval;
	uint64_t rounds;	/* 0: until interrupted */
	uint64_t pid;
};

static const struct argp_option options[] = {
	{ "interval", 'i', "SECONDS", 0, "time between two readings (default 1)", 0 },
	{ "count", 'c', "N", 0, "end after N readings", 0 },
	{ "once", '1', 0, 0, "one reading: totals only", 0 },
	{ "pid", 'p', "PID", 0, "only the VMs of this process", 0 },
	{ "root", 'r', "DIR", 0, "read here instead of " ROOT, 0 },
	{ 0 },
};

static error_t parse(int key, char *arg, struct argp_state *state)
{
	struct stat_options *o = state->input;
	char *end;

	switch (key) {
	case 'i':
		o->interval = strtod(arg, &end);
		if (*end || !(o->interval >= 0.05 && o->interval <= 3600))
			argp_error(state, "--interval %s: 0.05 to 3600 seconds", arg);
		return 0;
	case 'c':
		if (parse_number(arg, &o->rounds) || !o->rounds)
			argp_error(state, "--count %s: not a number", arg);
		return 0;
	case '1':
		o->rounds = 1;
		return 0;
	case 'p':
		if (parse_number(arg, &o->pid) || !o->pid)
			argp_error(state, "--pid %s: not a process", arg);
		return 0;
	case 'r':
		o->root = arg;
		return 0;
	case ARGP_KEY_ARG:
		argp_error(state, "unexpected argument: %s", arg);
		return EINVAL;
	}
	return ARGP_ERR_UNKNOWN;
}

static const struct argp argp = {
	.options = options,
	.parser = parse,
	.doc = "axvcpu stat -- live counters of the vCPUs on this machine",
};

static volatile sig_atomic_t interrupted;

static void on_interrupt(int sig)
{
	(void)sig;
	interrupted = 1;
}

static unsigned int rows_on_screen(void)
{
	struct winsize w;

	if (!isatty(STDOUT_FILENO) || ioctl(STDOUT_FILENO, TIOCGWINSZ, &w) || w.ws_row < 8)
		return COUNTERS_MAX;
	return w.ws_row - 4;
}

static void print_table(const struct counters *c, double seconds)
{
	unsigned int rows = rows_on_screen(), i;

	printf("axvcpu: %u VM%s, %u vCPU%s\n\n", c->vms, c->vms == 1 ? "" : "s", c->vcpus,
	       c->vcpus == 1 ? "" : "s");
	printf("%-32s %16s %12s\n", "counter", "total", seconds > 0 ? "per second" : "");
	for (i = 0; i < c->nr && i < rows; i++) {
		const struct counter *n = &c->all[i];

		if (!n->sum)
			continue;
		printf("%-32s %16llu", n->name, (unsigned long long)n->sum);
		if (seconds > 0 && n->sum > n->before)
			printf(" %12.0f", (n->sum - n->before) / seconds);
		putchar('\n');
	}
	fflush(stdout);
}

static double now(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return ts.tv_sec + ts.tv_nsec / 1e9;
}

static void pause_for(double seconds)
{
	struct timespec ts = { .tv_sec = seconds };

	ts.tv_nsec = (seconds - ts.tv_sec) * 1e9;
	nanosleep(&ts, NULL);
}

static int cannot_read(const char *root)
{
	const char *hint = "";

	if (errno == ENOENT)
		hint = "; is the module axvcpu loaded, and debugfs mounted (mount -t debugfs none /sys/kernel/debug)?";
	else if (errno == EACCES)
		hint = "; debugfs is open to root alone";
	fprintf(stderr, "axvcpu: %s: %s%s\n", root, strerror(errno), hint);
	return STATUS_HOST;
}

int cmd_stat(int argc, char **argv)
{
	static struct counters c;
	struct stat_options o = { .root = ROOT, .interval = 1 };
	struct sigaction sa = { .sa_handler = on_interrupt };
	double last = 0;
	uint64_t n;

	argp_err_exit_status = STATUS_USAGE;
	argp_parse(&argp, argc, argv, 0, NULL, &o);
	sigaction(SIGINT, &sa, NULL);
	sigaction(SIGTERM, &sa, NULL);
	for (n = 0; !interrupted && (!o.rounds || n < o.rounds); n++) {
		double t = now();

		if (counters_read(&c, o.root, o.pid))
			return cannot_read(o.root);
		counters_sort(&c);
		if (isatty(STDOUT_FILENO) && o.rounds != 1)
			printf("\033[H\033[J");
		print_table(&c, last ? t - last : 0);
		last = t;
		if (!o.rounds || n + 1 < o.rounds)
			pause_for(o.interval);
	}
	return STATUS_OK;
}
