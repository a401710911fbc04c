// SPDX-License-Identifier: MIT
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "loaders/image.h"

#define IMAGE_MAX	(4ULL << 30)

static int read_all(int fd, struct blob *blob, struct error *err)
{
	size_t room = blob->size;
	ssize_t n;

	blob->size = 0;
	while (blob->size < room) {
		n = read(fd, blob->data + blob->size, room - blob->size);
		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return error_set(err, STATUS_IMAGE, "%s: %s", blob->path, strerror(errno));
		if (!n)
			break;		/* became shorter meanwhile */
		blob->size += n;
	}
	return 0;
}

int blob_read(struct blob *blob, const char *path, struct error *err)
{
	struct stat st;
	int fd, ret;

	memset(blob, 0, sizeof(*blob));
	blob->path = path;
	fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd < 0 || fstat(fd, &st)) {
		ret = error_set(err, STATUS_IMAGE, "%s: %s", path, strerror(errno));
	} else if (!S_ISREG(st.st_mode)) {
		ret = error_set(err, STATUS_IMAGE, "%s: not a regular file", path);
	} else if ((uint64_t)st.st_size > IMAGE_MAX) {
		ret = error_set(err, STATUS_IMAGE, "%s: larger than 4 GiB", path);
	} else {
		blob->size = st.st_size;
		blob->data = malloc(blob->size ? blob->size : 1);
		ret = blob->data ? read_all(fd, blob, err) :
		      error_set(err, STATUS_HOST, "%s: out of memory", path);
	}
	if (fd >= 0)
		close(fd);
	if (ret)
		blob_free(blob);
	return ret;
}

void blob_free(struct blob *blob)
{
	free(blob->data);
	blob->data = NULL;
	blob->size = 0;
}

const void *blob_at(const struct blob *blob, uint64_t offset, uint64_t len)
{
	if (offset > blob->size || len > blob->size - offset)
		return NULL;
	return blob->data + offset;
}

int put_page_tables(struct guest_mem *mem, struct error *err)
{
	const uint64_t table = 3, large = 0x83;	/* present, writable; 2 MiB */
	uint64_t *t = mem_claim(mem, GPA_PAGE_TABLES, 6 * 4096, "identity page tables", err);
	unsigned int i;

	if (!t)
		return -1;
	t[0] = (GPA_PAGE_TABLES + 0x1000) | table;
	for (i = 0; i < 4; i++)
		t[512 + i] = (GPA_PAGE_TABLES + 0x2000 + i * 0x1000) | table;
	for (i = 0; i < 4 * 512; i++)
		t[1024 + i] = ((uint64_t)i << 21) | large;
	return 0;
}

int put_gdt(struct guest_mem *mem, int long_mode, struct error *err)
{
	uint64_t *gdt = mem_claim(mem, GPA_GDT, 4 * 8, "descriptor table", err);

	if (!gdt)
		return -1;
	gdt[2] = long_mode ? 0x00af9b000000ffffULL : 0x00cf9b000000ffffULL;
	gdt[3] = 0x00cf93000000ffffULL;
	return 0;
}

int put_cmdline(struct guest_mem *mem, const char *cmdline, size_t max, struct error *err)
{
	size_t len = strlen(cmdline);
	char *p;

	if (len > max || len >= CMDLINE_ROOM)
		return error_set(err, STATUS_IMAGE,
				 "command line of %zu bytes; this kernel takes %zu", len,
				 max < CMDLINE_ROOM - 1 ? max : (size_t)CMDLINE_ROOM - 1);
	p = mem_claim(mem, GPA_CMDLINE, len + 1, "command line", err);
	if (!p)
		return -1;
	memcpy(p, cmdline, len + 1);
	return 0;
}

/* Whether the user has said "name=..." already. */
static int has_option(const char *cmdline, const char *name)
{
	const char *p = cmdline;

	while ((p = strstr(p, name)) != NULL) {
		if (p == cmdline || p[-1] == ' ')
			return 1;
		p++;
	}
	return 0;
}

void linux_cmdline(char *buf, size_t len, const struct load_request *req)
{
	char khz[32] = "";

	if (req->tsc_khz && !has_option(req->cmdline, "tsc_early_khz="))
		snprintf(khz, sizeof(khz), " tsc_early_khz=%u", req->tsc_khz);
	snprintf(buf, len, "%s%s%s", req->cmdline,
		 has_option(req->cmdline, "tsc=") ? "" : " tsc=reliable", khz);
}

int put_initrd(struct guest_mem *mem, const struct load_request *req, uint64_t limit,
	       uint64_t *gpa, uint64_t *size, struct error *err)
{
	struct blob initrd;
	void *p = NULL;

	*gpa = *size = 0;
	if (!req->initrd)
		return 0;
	if (blob_read(&initrd, req->initrd, err))
		return -1;
	if (initrd.size) {
		p = mem_claim_top(mem, initrd.size, 4096, limit, "initrd", gpa, err);
		if (p)
			memcpy(p, initrd.data, initrd.size);
		*size = initrd.size;
	}
	blob_free(&initrd);
	return *size && !p ? -1 : 0;
}

static int load_kernel(struct guest_mem *mem, const struct load_request *req,
		       const struct blob *kernel, struct boot *boot, struct error *err)
{
	if (is_bzimage(kernel))
		return load_bzimage(mem, req, kernel, boot, err);
	if (is_pvh(kernel))
		return load_pvh(mem, req, kernel, boot, err);
	if (is_multiboot(kernel))
		return load_multiboot(mem, req, kernel, boot, err);
	return error_set(err, STATUS_IMAGE,
			 "%s: no bzImage, ELF with a PVH note, or multiboot image (raw code: --flat)",
			 kernel->path);
}

int load_image(struct guest_mem *mem, const struct load_request *req, struct boot *boot,
	       struct error *err)
{
	struct blob kernel;
	int ret;

	memset(boot, 0, sizeof(*boot));
	/* Flat files first: with a kernel they are data that it finds in place. */
	if (load_flat(mem, req, boot, err))
		return -1;
	if (!req->kernel)
		return 0;
	memset(boot, 0, sizeof(*boot));
	if (blob_read(&kernel, req->kernel, err))
		return -1;
	ret = load_kernel(mem, req, &kernel, boot, err);
	blob_free(&kernel);
	return ret;
}
