// SPDX-License-Identifier: MIT
#include <argp.h>
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "cmd/cmd.h"
#include "machine/machine.h"

static const struct argp_option options[] = {
	{ "device", 'd', "PATH", 0, "device to ask instead of " AXVCPU_DEVICE, 0 },
	{ 0 },
};

static error_t parse(int key, char *arg, struct argp_state *state)
{
	const char **device = state->input;

	if (key != 'd')
		return key == ARGP_KEY_ARG ? EINVAL : ARGP_ERR_UNKNOWN;
	*device = arg;
	return 0;
}

static const struct argp argp = {
	.options = options,
	.parser = parse,
	.doc = "axvcpu info -- what /dev/axvcpu offers on this machine",
};

static void print_bits(const char *label, uint64_t bits, const char *(*name)(unsigned int))
{
	unsigned int i;

	printf("%-22s", label);
	for (i = 0; i < 64; i++) {
		const char *n = name(i);

		if (!(bits & (1ULL << i)))
			continue;
		if (n)
			printf(" %s", n);
		else
			printf(" bit%u", i);
	}
	printf("%s\n", bits ? "" : " none");
}

static const char *reg_set_name(unsigned int bit)
{
	static const char *const names[] = {
		"gprs", "segs", "crs", "drs", "msrs", "xsave", "events", "apic",
	};

	return bit < sizeof(names) / sizeof(names[0]) ? names[bit] : NULL;
}

static void print_info(const struct axvcpu_info *i)
{
	printf("%-22s %u (this program: %u)\n", "ABI version", i->abi_version, AXVCPU_ABI_VERSION);
	printf("%-22s %.*s on %s\n", "backend", (int)sizeof(i->backend), i->backend,
	       axvcpu_arch_name(i->arch));
	print_bits("capabilities", i->caps, axvcpu_cap_name);
	printf("%-22s %u\n", "vCPUs in a VM", i->max_vcpus);
	printf("%-22s %u\n", "mapped ranges in a VM", i->max_maps);
	printf("%-22s %u bits\n", "guest-physical address", i->gpa_bits);
	if (i->tsc_khz)
		printf("%-22s %u.%03u MHz\n", "guest time counter", i->tsc_khz / 1000,
		       i->tsc_khz % 1000);
	else
		printf("%-22s not known\n", "guest time counter");
	print_bits("register sets", i->reg_sets, reg_set_name);
	printf("%-22s 0x%llx\n", "backend features", i->features);
	printf("%-22s %u bytes; I/O data at %u, %u bytes\n", "run area", i->run_size,
	       i->io_data_offset, i->io_data_size);
}

int cmd_info(int argc, char **argv)
{
	const char *device = AXVCPU_DEVICE;
	struct axvcpu_info info;
	struct error err;
	int dev, ret;

	argp_err_exit_status = STATUS_USAGE;
	argp_parse(&argp, argc, argv, 0, NULL, &device);
	dev = axvcpu_open(device);
	if (dev < 0) {
		device_open_error(device, -dev, &err);
		fprintf(stderr, "axvcpu: %s\n", err.text);
		return err.status;
	}
	ret = axvcpu_info(dev, &info);
	close(dev);
	if (ret < 0) {
		fprintf(stderr, "axvcpu: %s: no axvcpu device: %s\n", device, strerror(-ret));
		return STATUS_HOST;
	}
	print_info(&info);
	return STATUS_OK;
}
