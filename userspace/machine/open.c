// SPDX-License-Identifier: MIT
/* The device and a VM; most of it is what to tell the user when that fails. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "machine/machine.h"

/* By hand: the name service does not work in a static program. */
static int group_name(gid_t gid, char *name, size_t len)
{
	FILE *f = fopen("/etc/group", "re");
	char line[1024];
	int found = 0;

	while (f && !found && fgets(line, sizeof(line), f)) {
		char *save, *n = strtok_r(line, ":", &save);
		char *g;

		strtok_r(NULL, ":", &save);
		g = strtok_r(NULL, ":", &save);
		if (n && g && strtoul(g, NULL, 10) == gid) {
			snprintf(name, len, "%s", n);
			found = 1;
		}
	}
	if (f)
		fclose(f);
	return found;
}

static int no_access(const char *path, struct error *err)
{
	struct stat st;
	char group[64];

	if (stat(path, &st) || !(st.st_mode & 0060) || !group_name(st.st_gid, group, sizeof(group)))
		return error_set(err, STATUS_HOST, "%s: permission denied; only root may use it", path);
	return error_set(err, STATUS_HOST,
			 "%s: permission denied; it is open to group \"%s\" (usermod -aG %s <user>, then log in again)",
			 path, group, group);
}

int device_open_error(const char *path, int error, struct error *err)
{
	switch (error) {
	case ENOENT:
	case ENXIO:
	case ENODEV:
		return error_set(err, STATUS_HOST,
				 "%s is not there: load the kernel module axvcpu (modprobe axvcpu, or insmod axvcpu.ko; dmesg says why if that fails)",
				 path);
	case EACCES:
	case EPERM:
		return no_access(path, err);
	default:
		return error_set(err, STATUS_HOST, "%s: %s", path, strerror(error));
	}
}

/* A loaded module that is known to take the hardware, or NULL. */
static const char *other_owner(void)
{
	static const char *const owners[] = {
		"kvm_amd", "kvm_intel", "vboxdrv", "vmmon", "xen_gntdev", NULL
	};
	FILE *f = fopen("/proc/modules", "re");
	const char *found = NULL;
	char line[1024];
	int i;

	while (f && !found && fgets(line, sizeof(line), f)) {
		line[strcspn(line, " ")] = 0;
		for (i = 0; owners[i] && !found; i++)
			if (!strcmp(line, owners[i]))
				found = owners[i];
	}
	if (f)
		fclose(f);
	return found;
}

static int cannot_create(int error, struct error *err)
{
	const char *owner;

	if (error != EBUSY)
		return error_set(err, STATUS_HOST, "cannot create a VM: %s", strerror(error));
	owner = other_owner();
	return error_set(err, STATUS_HOST,
			 "the virtualization hardware is in use by another hypervisor, %s %s: end its guests, then \"modprobe -r %s\"",
			 owner ? "here" : "most likely", owner ? owner : "kvm_amd or kvm_intel",
			 owner ? owner : "kvm_amd");
}

int machine_open(struct machine *m, struct error *err)
{
	const char *path = m->opt->device ? m->opt->device : AXVCPU_DEVICE;
	uint32_t flags = m->opt->no_irqchip ? 0 : AXVCPU_VM_IRQCHIP;
	int ret;

	m->dev = axvcpu_open(path);
	if (m->dev < 0)
		return device_open_error(path, -m->dev, err);
	ret = axvcpu_info(m->dev, &m->info);
	if (ret < 0)
		return error_set(err, STATUS_HOST, "%s: no axvcpu device: %s", path, strerror(-ret));
	if (m->info.arch != AXVCPU_ARCH_X86)
		return error_set(err, STATUS_HOST, "%s: guests for %s cannot be run yet", path,
				 axvcpu_arch_name(m->info.arch));
	if (m->opt->nr_cpus > m->info.max_vcpus)
		return error_set(err, STATUS_USAGE, "--smp %u: this host allows %u",
				 m->opt->nr_cpus, m->info.max_vcpus);
	if (flags && !(m->info.caps & AXVCPU_CAP_IRQCHIP))
		return error_set(err, STATUS_HOST, "%s: no interrupt controller in the kernel", path);
	m->vm = axvcpu_create_vm(m->dev, flags, 0, 0);
	if (m->vm < 0)
		return cannot_create(-m->vm, err);
	return 0;
}
