// SPDX-License-Identifier: MIT
#include <argp.h>
#include <stdio.h>
#include <string.h>

#include "cmd/cmd.h"
#include "machine/error.h"

const char *argp_program_version = "axvcpu " AXVCPU_VERSION;

static const struct {
	const char *name;
	char *title;		/* what getopt's messages begin with */
	int (*fn)(int argc, char **argv);
	const char *what;
} verbs[] = {
	{ "run", "axvcpu run", cmd_run, "run a guest, its console on this terminal" },
	{ "info", "axvcpu info", cmd_info, "what /dev/axvcpu offers on this machine" },
	{ "stat", "axvcpu stat", cmd_stat, "live counters of the vCPUs on this machine" },
};

#define NR_VERBS (sizeof(verbs) / sizeof(verbs[0]))

static void usage(FILE *to)
{
	unsigned int i;

	fprintf(to, "Usage: axvcpu VERB [OPTION...]\n\n");
	for (i = 0; i < NR_VERBS; i++)
		fprintf(to, "  %-6s%s\n", verbs[i].name, verbs[i].what);
	fprintf(to, "\n\"axvcpu VERB --help\" tells the options; axvcpu(1) tells all.\n");
}

int main(int argc, char **argv)
{
	unsigned int i;

	for (i = 0; argc > 1 && i < NR_VERBS; i++)
		if (!strcmp(argv[1], verbs[i].name)) {
			argv[1] = verbs[i].title;
			return verbs[i].fn(argc - 1, argv + 1);
		}
	if (argc > 1 && (!strcmp(argv[1], "--version") || !strcmp(argv[1], "-V"))) {
		puts(argp_program_version);
		return STATUS_OK;
	}
	if (argc > 1 && (!strcmp(argv[1], "--help") || !strcmp(argv[1], "help") ||
			 !strcmp(argv[1], "-h"))) {
		usage(stdout);
		return STATUS_OK;
	}
	if (argc > 1)
		fprintf(stderr, "axvcpu: no such verb: %s\n", argv[1]);
	usage(stderr);
	return STATUS_USAGE;
}
