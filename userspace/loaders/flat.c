// SPDX-License-Identifier: MIT
/* Raw code and data at fixed addresses. */
#include <string.h>

#include <linux/axvcpu.h>

#include "loaders/image.h"

static int load_one(struct guest_mem *mem, const struct flat_file *file, struct error *err)
{
	struct blob blob;
	void *p = NULL;

	if (blob_read(&blob, file->path, err))
		return -1;
	if (!blob.size)
		error_fill(err, STATUS_IMAGE, "%s: empty", file->path);
	else
		p = mem_claim(mem, file->gpa, blob.size, file->path, err);
	if (p)
		memcpy(p, blob.data, blob.size);
	blob_free(&blob);
	return p ? 0 : -1;
}

int load_flat(struct guest_mem *mem, const struct load_request *req, struct boot *boot,
	      struct error *err)
{
	unsigned int i;

	for (i = 0; i < req->nr_flat; i++)
		if (load_one(mem, &req->flat[i], err))
			return -1;
	if (req->kernel)
		return 0;
	boot->protocol = "flat";
	boot->mode = req->mode;
	boot->entry = req->entry;
	if (boot->mode == AXVCPU_START_X86_LONG64) {
		boot->page_table = GPA_PAGE_TABLES;
		return put_page_tables(mem, err);
	}
	return 0;
}
