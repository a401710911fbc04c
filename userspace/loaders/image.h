/* SPDX-License-Identifier: MIT */
/*
 * From image files to a guest that is ready to start.
 *
 * Images are not trusted: every offset and length in them is checked against
 * the file, every place against guest memory and what is there already.
 */
#ifndef AXVCPU_LOADERS_IMAGE_H
#define AXVCPU_LOADERS_IMAGE_H

#include <stddef.h>
#include <stdint.h>

#include "machine/error.h"
#include "machine/memory.h"

struct blob {
	const char *path;
	uint8_t *data;
	size_t size;
};

#define FLAT_MAX	16

struct flat_file {
	const char *path;
	uint64_t gpa;
};

struct load_request {
	const char *kernel;		/* NULL: flat files only */
	const char *initrd;		/* NULL: none */
	const char *cmdline;
	struct flat_file flat[FLAT_MAX];
	unsigned int nr_flat;
	uint32_t mode;			/* AXVCPU_START_* of flat files */
	uint64_t entry;			/* of flat files */
	uint32_t tsc_khz;		/* 0: not known */
	uint64_t rsdp;			/* 0: no ACPI tables */
};

enum { GPR_RAX, GPR_RCX, GPR_RDX, GPR_RBX, GPR_RSP, GPR_RBP, GPR_RSI, GPR_RDI };

/* How vCPU 0 starts. */
struct boot {
	const char *protocol;
	uint32_t mode;
	uint64_t entry;
	uint64_t arg;
	uint64_t page_table;
	uint64_t gpr[8];
	uint8_t gpr_set;		/* a bit per register of @gpr that counts */
	int gdt;			/* segments of the table at GPA_GDT */
};

/* All return 0, or -1 with @err set. */
int blob_read(struct blob *blob, const char *path, struct error *err);
void blob_free(struct blob *blob);
/* Bytes [offset, offset + len) of the file, or NULL. */
const void *blob_at(const struct blob *blob, uint64_t offset, uint64_t len);

int load_image(struct guest_mem *mem, const struct load_request *req, struct boot *boot,
	       struct error *err);

/* One per format. @kernel is what the format's test has accepted. */
int is_bzimage(const struct blob *kernel);
int load_bzimage(struct guest_mem *mem, const struct load_request *req,
		 const struct blob *kernel, struct boot *boot, struct error *err);
int is_pvh(const struct blob *kernel);
int load_pvh(struct guest_mem *mem, const struct load_request *req,
	     const struct blob *kernel, struct boot *boot, struct error *err);
int is_multiboot(const struct blob *kernel);
int load_multiboot(struct guest_mem *mem, const struct load_request *req,
		   const struct blob *kernel, struct boot *boot, struct error *err);
int load_flat(struct guest_mem *mem, const struct load_request *req, struct boot *boot,
	      struct error *err);

/* Shared by the formats. */

/* Identity map of the first 4 GiB at GPA_PAGE_TABLES. */
int put_page_tables(struct guest_mem *mem, struct error *err);
/* Descriptors 0x10 (code, 64-bit if @long_mode) and 0x18 (data) at GPA_GDT. */
int put_gdt(struct guest_mem *mem, int long_mode, struct error *err);
/* The string at GPA_CMDLINE; @max: longest that the guest can take. */
int put_cmdline(struct guest_mem *mem, const char *cmdline, size_t max, struct error *err);
/*
 * The command line for a Linux kernel, with what the user has not said:
 * tsc_early_khz=, since Linux could only measure the frequency with timers that
 * this machine does not have, and tsc=reliable, since it would otherwise watch
 * the TSC by the only other clock, its own tick, which the TSC makes.
 */
void linux_cmdline(char *buf, size_t len, const struct load_request *req);
/* The initrd as high as possible below @limit; *size is 0 if there is none. */
int put_initrd(struct guest_mem *mem, const struct load_request *req, uint64_t limit,
	       uint64_t *gpa, uint64_t *size, struct error *err);

#endif
