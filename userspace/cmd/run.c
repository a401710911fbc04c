// SPDX-License-Identifier: MIT
#include <argp.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>

#include "cmd/cmd.h"
#include "machine/machine.h"
#include "machine/parse.h"

enum {
	KERNEL = 'k', INITRD = 'i', APPEND = 'a', MEM = 'm', SMP = 'n', DEVICE = 'd',
	FLAT = 'f', ENTRY = 'e',
	MODE = 0x100, DEBUG_EXIT, STRICT, TRACE, STATS, NO_IRQCHIP, NO_ACPI,
};

static const struct argp_option options[] = {
	{ "kernel", KERNEL, "FILE", 0,
	  "bzImage, ELF with a PVH note, or multiboot image", 1 },
	{ "initrd", INITRD, "FILE", 0, "initial RAM disk, or first multiboot module", 1 },
	{ "append", APPEND, "STRING", 0,
	  "kernel command line (default: console=ttyS0)", 1 },
	{ "flat", FLAT, "FILE@ADDR", 0, "raw file at this address; may be repeated", 2 },
	{ "entry", ENTRY, "ADDR", 0, "first instruction of a flat guest", 2 },
	{ "mode", MODE, "MODE", 0, "start in real16, prot32 or long64 (default)", 2 },
	{ "mem", MEM, "SIZE", 0, "guest memory: number and K, M or G (default 256M)", 3 },
	{ "smp", SMP, "N", 0, "number of vCPUs (default 1)", 3 },
	{ "device", DEVICE, "PATH", 0, "device to use instead of " AXVCPU_DEVICE, 3 },
	{ "no-irqchip", NO_IRQCHIP, 0, 0, "no interrupt controllers at all", 3 },
	{ "no-acpi", NO_ACPI, 0, 0, "no ACPI tables at 0xe0000", 3 },
	{ "debug-exit", DEBUG_EXIT, 0, 0,
	  "a write of V to port 0xf4 ends with status (V << 1) | 1", 4 },
	{ "strict", STRICT, 0, 0, "stop at an access that no device claims", 4 },
	{ "trace", TRACE, 0, 0, "print each exit on stderr", 4 },
	{ "stats", STATS, 0, 0, "at the end, a table of exits, time and memory", 4 },
	{ 0 },
};

static void take_kernel_option(int key, char *arg, struct load_request *load)
{
	if (key == KERNEL)
		load->kernel = arg;
	else if (key == INITRD)
		load->initrd = arg;
	else
		load->cmdline = arg;
}

static void take_flag(int key, struct run_options *o)
{
	int *const flags[] = { &o->debug_exit, &o->strict, &o->trace, &o->stats,
			       &o->no_irqchip, &o->no_acpi };

	*flags[key - DEBUG_EXIT] = 1;
}

static void take_number(int key, char *arg, struct run_options *o, struct argp_state *state)
{
	uint64_t n;

	switch (key) {
	case MEM:
		if (parse_size(arg, &o->mem_size))
			argp_error(state, "--mem %s: not a size", arg);
		break;
	case SMP:
		if (parse_number(arg, &n) || !n || n > 4096)
			argp_error(state, "--smp %s: not a number of CPUs", arg);
		o->nr_cpus = n;
		break;
	case ENTRY:
		if (parse_number(arg, &o->load.entry))
			argp_error(state, "--entry %s: not an address", arg);
		break;
	case MODE:
		if (parse_mode(arg, &o->load.mode))
			argp_error(state, "--mode %s: real16, prot32 or long64", arg);
		break;
	case FLAT:
		if (o->load.nr_flat == FLAT_MAX)
			argp_error(state, "more than %d --flat files", FLAT_MAX);
		else if (parse_flat(arg, &o->load.flat[o->load.nr_flat++]))
			argp_error(state, "--flat %s: not FILE@ADDR", arg);
		break;
	}
}

static void check(const struct run_options *o, struct argp_state *state)
{
	if (!o->load.kernel && !o->load.nr_flat)
		argp_error(state, "nothing to run: give --kernel or --flat");
	if (o->load.kernel && o->load.entry)
		argp_error(state, "--entry is for flat guests; a kernel names its own");
	if (!o->load.kernel && o->load.initrd)
		argp_error(state, "--initrd needs --kernel");
	if (strlen(o->load.cmdline) >= CMDLINE_ROOM - 64)
		argp_error(state, "--append: too long");
}

static error_t parse(int key, char *arg, struct argp_state *state)
{
	struct run_options *o = state->input;

	switch (key) {
	case KERNEL:
	case INITRD:
	case APPEND:
		take_kernel_option(key, arg, &o->load);
		return 0;
	case DEVICE:
		o->device = arg;
		return 0;
	case DEBUG_EXIT ... NO_ACPI:
		take_flag(key, o);
		return 0;
	case MEM:
	case SMP:
	case ENTRY:
	case MODE:
	case FLAT:
		take_number(key, arg, o, state);
		return 0;
	case ARGP_KEY_ARG:
		argp_error(state, "unexpected argument: %s", arg);
		return EINVAL;
	case ARGP_KEY_END:
		check(o, state);
		return 0;
	}
	return ARGP_ERR_UNKNOWN;
}

static const struct argp argp = {
	.options = options,
	.parser = parse,
	.doc = "axvcpu run -- run a guest, its serial console on stdin and stdout"
	       "\v"
	       "Ctrl-a x quits, Ctrl-a h helps.\n\n"
	       "Exit status: 0 power-off, all vCPUs halted, or Ctrl-a x; 2 the guest asked for a "
	       "reset; 4 the guest died; 6 the host refused; 8 an image cannot be "
	       "used; 10 --strict; 64 usage; odd: --debug-exit.",
};

/* What the user would not see otherwise; a death has been told already. */
static int worth_telling(const struct machine *m)
{
	if (!*m->why || m->status == STATUS_DIED)
		return 0;
	return m->status != STATUS_OK || !strncmp(m->why, "all ", 4);
}

int cmd_run(int argc, char **argv)
{
	static struct machine m;
	struct run_options opt = {
		.mem_size = 256ULL << 20,
		.nr_cpus = 1,
		.load = { .cmdline = "console=ttyS0", .mode = AXVCPU_START_X86_LONG64 },
	};
	struct error err;
	int status;

	argp_err_exit_status = STATUS_USAGE;
	argp_parse(&argp, argc, argv, 0, NULL, &opt);
	signal(SIGPIPE, SIG_IGN);	/* a closed stdout must not end the guest */
	if (machine_create(&m, &opt, &err) || machine_run(&m, &err)) {
		fprintf(stderr, "axvcpu: %s\n", err.text);
		machine_destroy(&m);
		return err.status;
	}
	status = m.status;
	if (worth_telling(&m))
		fprintf(stderr, "axvcpu: %s\n", m.why);
	if (opt.stats)
		print_stats(&m);
	machine_destroy(&m);
	return status;
}
