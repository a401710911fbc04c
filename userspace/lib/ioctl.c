// SPDX-License-Identifier: MIT
/* The calls of the device, one function each. */
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>

#include <axvcpu/axvcpu.h>

static int call(int fd, unsigned long cmd, void *arg)
{
	int ret = ioctl(fd, cmd, arg);

	return ret < 0 ? -errno : ret;
}

static uint64_t user_address(const void *p)
{
	return (uintptr_t)p;
}

int axvcpu_open(const char *path)
{
	int fd = open(path ? path : AXVCPU_DEVICE, O_RDWR | O_CLOEXEC);

	return fd < 0 ? -errno : fd;
}

int axvcpu_info(int dev, struct axvcpu_info *info)
{
	memset(info, 0, sizeof(*info));
	info->size = sizeof(*info);
	return call(dev, AXVCPU_INFO, info);
}

int axvcpu_create_vm(int dev, uint32_t flags, uint16_t poweroff_port,
		     uint32_t poweroff_value)
{
	struct axvcpu_create_vm arg = {
		.size = sizeof(arg),
		.flags = flags,
		.poweroff_port = poweroff_port,
		.poweroff_value = poweroff_value,
	};

	return call(dev, AXVCPU_CREATE_VM, &arg);
}

static int read_cpuid(int fd, unsigned long cmd,
		      struct axvcpu_cpuid_entry *entries, uint32_t *nr)
{
	struct axvcpu_cpuid arg = {
		.size = sizeof(arg),
		.nr = *nr,
		.entries = user_address(entries),
	};
	int ret = call(fd, cmd, &arg);

	if (!ret || ret == -ENOSPC)
		*nr = arg.nr;
	return ret;
}

int axvcpu_supported_cpuid(int dev, struct axvcpu_cpuid_entry *entries, uint32_t *nr)
{
	return read_cpuid(dev, AXVCPU_SUPPORTED_CPUID, entries, nr);
}

int axvcpu_create_vcpu(int vm, uint32_t id)
{
	struct axvcpu_create_vcpu arg = { .size = sizeof(arg), .id = id };

	return call(vm, AXVCPU_CREATE_VCPU, &arg);
}

int axvcpu_map(int vm, uint32_t flags, uint64_t gpa, uint64_t len, void *hva)
{
	struct axvcpu_map arg = {
		.size = sizeof(arg),
		.flags = flags,
		.gpa = gpa,
		.len = len,
		.hva = user_address(hva),
	};

	return call(vm, AXVCPU_MAP, &arg);
}

int axvcpu_unmap(int vm, uint64_t gpa, uint64_t len)
{
	struct axvcpu_unmap arg = { .size = sizeof(arg), .gpa = gpa, .len = len };

	return call(vm, AXVCPU_UNMAP, &arg);
}

int axvcpu_dirty_log(int vm, uint64_t gpa, uint64_t len, uint64_t *bitmap)
{
	struct axvcpu_dirty_log arg = {
		.size = sizeof(arg),
		.gpa = gpa,
		.len = len,
		.bitmap = user_address(bitmap),
	};

	return call(vm, AXVCPU_DIRTY_LOG, &arg);
}

int axvcpu_signal_msi(int vm, uint64_t address, uint32_t data)
{
	struct axvcpu_msi arg = {
		.size = sizeof(arg),
		.address = address,
		.data = data,
	};

	return call(vm, AXVCPU_SIGNAL_MSI, &arg);
}

int axvcpu_eoi_vectors(int vm, const uint64_t vectors[4])
{
	struct axvcpu_eoi_vectors arg = { .size = sizeof(arg) };

	memcpy(arg.vectors, vectors, sizeof(arg.vectors));
	return call(vm, AXVCPU_EOI_VECTORS, &arg);
}

int axvcpu_msr_policy(int vm, const struct axvcpu_msr_range *ranges, uint32_t nr)
{
	struct axvcpu_msr_policy arg = {
		.size = sizeof(arg),
		.nr = nr,
		.ranges = user_address(ranges),
	};

	return call(vm, AXVCPU_MSR_POLICY, &arg);
}

int axvcpu_vm_stats(int vm, struct axvcpu_vm_stats *stats)
{
	memset(stats, 0, sizeof(*stats));
	stats->size = sizeof(*stats);
	return call(vm, AXVCPU_VM_STATS, stats);
}

int axvcpu_run_map(int vcpu, size_t run_size, struct axvcpu_run **run)
{
	void *p = mmap(NULL, run_size, PROT_READ | PROT_WRITE, MAP_SHARED, vcpu, 0);

	if (p == MAP_FAILED)
		return -errno;
	*run = p;
	return 0;
}

int axvcpu_run_unmap(struct axvcpu_run *run, size_t run_size)
{
	return munmap(run, run_size) ? -errno : 0;
}

int axvcpu_setup(int vcpu, uint32_t mode, uint64_t entry, uint64_t arg,
		 uint64_t page_table)
{
	struct axvcpu_setup setup = {
		.size = sizeof(setup),
		.mode = mode,
		.entry = entry,
		.arg = arg,
		.page_table = page_table,
	};

	return call(vcpu, AXVCPU_SETUP, &setup);
}

int axvcpu_bind(int vcpu)
{
	return call(vcpu, AXVCPU_BIND, NULL);
}

int axvcpu_unbind(int vcpu)
{
	return call(vcpu, AXVCPU_UNBIND, NULL);
}

int axvcpu_run(int vcpu)
{
	return call(vcpu, AXVCPU_RUN, NULL);
}

int axvcpu_kick(int vcpu)
{
	return call(vcpu, AXVCPU_KICK, NULL);
}

int axvcpu_set_gpr(int vcpu, uint32_t reg, uint64_t value)
{
	struct axvcpu_gpr arg = { .size = sizeof(arg), .reg = reg, .value = value };

	return call(vcpu, AXVCPU_SET_GPR, &arg);
}

int axvcpu_set_return_value(int vcpu, uint64_t value)
{
	struct axvcpu_return_value arg = { .size = sizeof(arg), .value = value };

	return call(vcpu, AXVCPU_SET_RETURN_VALUE, &arg);
}

int axvcpu_inject(int vcpu, const struct axvcpu_event *event)
{
	struct axvcpu_event arg = *event;

	arg.size = sizeof(arg);
	return call(vcpu, AXVCPU_INJECT, &arg);
}

int axvcpu_get_regs(int vcpu, uint64_t sets, struct axvcpu_x86_regs *regs)
{
	struct axvcpu_regs arg = {
		.size = sizeof(arg),
		.data_size = sizeof(*regs),
		.sets = sets,
		.data = user_address(regs),
	};

	return call(vcpu, AXVCPU_GET_REGS, &arg);
}

int axvcpu_set_regs(int vcpu, uint64_t sets, const struct axvcpu_x86_regs *regs)
{
	struct axvcpu_regs arg = {
		.size = sizeof(arg),
		.data_size = sizeof(*regs),
		.sets = sets,
		.data = user_address(regs),
	};

	return call(vcpu, AXVCPU_SET_REGS, &arg);
}

int axvcpu_set_cpuid(int vcpu, const struct axvcpu_cpuid_entry *entries, uint32_t nr)
{
	struct axvcpu_cpuid arg = {
		.size = sizeof(arg),
		.nr = nr,
		.entries = user_address(entries),
	};

	return call(vcpu, AXVCPU_SET_CPUID, &arg);
}

int axvcpu_get_cpuid(int vcpu, struct axvcpu_cpuid_entry *entries, uint32_t *nr)
{
	return read_cpuid(vcpu, AXVCPU_GET_CPUID, entries, nr);
}

int axvcpu_stats(int vcpu, struct axvcpu_stats *stats)
{
	memset(stats, 0, sizeof(*stats));
	stats->size = sizeof(*stats);
	return call(vcpu, AXVCPU_STATS, stats);
}

int axvcpu_set_debug(int vcpu, uint32_t flags)
{
	struct axvcpu_debug arg = { .size = sizeof(arg), .flags = flags };

	return call(vcpu, AXVCPU_SET_DEBUG, &arg);
}
