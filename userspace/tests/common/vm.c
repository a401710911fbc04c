// SPDX-License-Identifier: MIT
/* VMs for tests: memory, page tables, a micro-guest, vCPUs. */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "tests/common/vm.h"

_Static_assert(__builtin_offsetof(struct guest_area, gpr) == AREA_GPR, "layout");
_Static_assert(__builtin_offsetof(struct guest_area, value) == AREA_VALUE, "layout");
_Static_assert(__builtin_offsetof(struct guest_area, count) == AREA_COUNT, "layout");

/* Open VMs: closed after a test, kicked when it takes too long. */
static struct vm *vms;

static void kick_all(void)
{
	struct vm *vm;
	unsigned int i;

	for (vm = vms; vm; vm = vm->next)
		for (i = 0; i < VM_MAX_VCPUS; i++)
			if (vm->vcpus[i].fd >= 0)
				axvcpu_kick(vm->vcpus[i].fd);
}

static void close_all(void)
{
	while (vms)
		vm_close(vms);
}

int test_dev(void)
{
	static int dev = -1;

	if (dev < 0) {
		dev = axvcpu_open(NULL);
		REQUIRE_OK(dev);
	}
	return dev;
}

const struct axvcpu_info *test_info(void)
{
	static struct axvcpu_info info;

	if (!info.abi_version)
		REQUIRE_OK(axvcpu_info(test_dev(), &info));
	return &info;
}

bool test_backend_is(const char *name)
{
	return !strcmp(test_info()->backend, name);
}

static struct vm *new_vm(uint32_t flags, uint64_t ram_size, uint16_t port, uint32_t value)
{
	struct vm *vm = calloc(1, sizeof(*vm));
	unsigned int i;

	REQUIRE(vm);
	for (i = 0; i < VM_MAX_VCPUS; i++)
		vm->vcpus[i].fd = -1;
	tap_cleanup(close_all);
	tap_on_timeout(kick_all);
	vm->next = vms;
	vms = vm;

	vm->fd = axvcpu_create_vm(test_dev(), flags, port, value);
	REQUIRE_OK(vm->fd);
	if (!ram_size)
		return vm;
	vm->ram = mmap(NULL, ram_size, PROT_READ | PROT_WRITE | PROT_EXEC,
		       MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	REQUIRE(vm->ram != MAP_FAILED);
	vm->ram_size = ram_size;
	/* A hole that real mode can reach, where PCs have one. */
	REQUIRE_OK(axvcpu_map(vm->fd, MAP_RWX, 0, GUEST_HOLE, vm->ram));
	REQUIRE_OK(axvcpu_map(vm->fd, MAP_RWX, GUEST_HOLE_END, ram_size - GUEST_HOLE_END,
			      vm->ram + GUEST_HOLE_END));
	return vm;
}

struct vm *vm_new(uint32_t flags, uint64_t ram_size)
{
	return new_vm(flags, ram_size, 0, 0);
}

struct vm *vm_new_poweroff(uint16_t port, uint32_t value)
{
	return new_vm(AXVCPU_VM_POWEROFF_PORT, GUEST_RAM, port, value);
}

void vm_close(struct vm *vm)
{
	struct vm **p;
	unsigned int i;

	for (p = &vms; *p; p = &(*p)->next)
		if (*p == vm) {
			*p = vm->next;
			break;
		}
	for (i = 0; i < VM_MAX_VCPUS; i++) {
		/* A test that was aborted may have left a thread inside RUN. */
		if (vm->vcpus[i].fd >= 0)
			axvcpu_kick(vm->vcpus[i].fd);
		if (vm->vcpus[i].run)
			axvcpu_run_unmap(vm->vcpus[i].run, test_info()->run_size);
		if (vm->vcpus[i].fd >= 0)
			close(vm->vcpus[i].fd);
	}
	if (vm->fd >= 0)
		close(vm->fd);
	if (vm->ram)
		munmap(vm->ram, vm->ram_size);
	free(vm->image);
	free(vm);
}

struct vcpu *vm_vcpu(struct vm *vm, uint32_t id)
{
	struct vcpu *v = &vm->vcpus[id];

	REQUIRE(id < VM_MAX_VCPUS);
	v->vm = vm;
	v->id = id;
	v->fd = axvcpu_create_vcpu(vm->fd, id);
	REQUIRE_OK(v->fd);
	REQUIRE_OK(axvcpu_run_map(v->fd, test_info()->run_size, &v->run));
	if (vm->ram)
		v->area = (void *)(vm->ram + GUEST_AREA0 + id * GUEST_AREA_SIZE);
	return v;
}

static void guest_path(const char *guest, char *path, size_t len)
{
	const char *dir = getenv("AXVCPU_GUESTS");
	char self[300];
	ssize_t n;

	if (dir) {
		snprintf(path, len, "%s/%s.bin", dir, guest);
		return;
	}
	n = readlink("/proc/self/exe", self, sizeof(self) - 1);
	self[n > 0 ? n : 0] = 0;
	if (strrchr(self, '/'))
		*strrchr(self, '/') = 0;
	snprintf(path, len, "%s/../guests/%s.bin", self, guest);
}

void vm_load(struct vm *vm, const char *guest)
{
	char path[400];
	struct stat st;
	int fd;

	guest_path(guest, path, sizeof(path));
	fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd < 0 || fstat(fd, &st)) {
		tap_fail(__FILE__, __LINE__, "%s: %s", path, strerror(errno));
		tap_abort();
	}
	vm->image_size = st.st_size;
	vm->image = malloc(st.st_size);
	REQUIRE(vm->image && read(fd, vm->image, st.st_size) == st.st_size);
	close(fd);
	REQUIRE(!memcmp(vm->image, "AXG1", 4));
	memcpy(vm->ram + GUEST_IMAGE, vm->image, st.st_size);
	vm_page_tables(vm);
}

void vm_page_tables(struct vm *vm)
{
	uint64_t *pml4 = (void *)(vm->ram + GUEST_PML4), *pdpt = (void *)(vm->ram + GUEST_PDPT);
	uint64_t *pd = (void *)(vm->ram + GUEST_PD);
	unsigned int i;

	/* Present, writable, user; accessed and dirty, so that walks do not write. */
	pml4[0] = GUEST_PDPT | 0x27;
	for (i = 0; i < 4; i++)
		pdpt[i] = (GUEST_PD + i * 0x1000) | 0x27;
	for (i = 0; i < 4 * 512; i++)
		pd[i] = (uint64_t)i << 21 | 0xe7;
}

/* Record of the symbol table: address, kind (bits of the mode, 0 for marks), name. */
static const uint32_t *find_symbol(const struct vm *vm, const char *name)
{
	const uint32_t *header = (const void *)vm->image;
	uint32_t at;

	for (at = header[1]; at < header[2]; at += GUEST_SYM_SIZE) {
		const uint8_t *sym = vm->image + (at - GUEST_IMAGE);

		if (!strcmp((const char *)sym + 8, name))
			return (const void *)sym;
	}
	tap_fail(__FILE__, __LINE__, "the guest has no '%s'", name);
	tap_abort();
}

uint64_t vm_mark(const struct vm *vm, const char *name)
{
	return find_symbol(vm, name)[0];
}

void vcpu_setup(struct vcpu *v, const char *name)
{
	const uint32_t *sym = find_symbol(v->vm, name);
	uint32_t mode = sym[1] == 16 ? AXVCPU_START_X86_REAL16 :
			sym[1] == 32 ? AXVCPU_START_X86_PROT32 : AXVCPU_START_X86_LONG64;
	uint64_t cr3 = sym[1] == 64 ? GUEST_PML4 : 0;

	REQUIRE(sym[1]);
	/* A start at a page's begin would put CS there. */
	REQUIRE(sym[1] != 16 || sym[0] & 0xfff);
	v->cs_base = sym[1] == 16 ? GUEST_IMAGE : 0;
	REQUIRE_OK(axvcpu_setup(v->fd, mode, sym[0], GUEST_AREA0 + v->id * GUEST_AREA_SIZE, cr3));
}

void vcpu_start(struct vcpu *v, const char *name)
{
	vcpu_setup(v, name);
	REQUIRE_OK(axvcpu_bind(v->fd));
}

struct vcpu *vm_quick(uint32_t flags, const char *guest, const char *name)
{
	struct vm *vm = vm_new(flags, GUEST_RAM);
	struct vcpu *v = vm_vcpu(vm, 0);

	vm_load(vm, guest);
	vcpu_start(v, name);
	return v;
}
