/* SPDX-License-Identifier: MIT */
/* Small images of each format, built in memory. */
#ifndef AXVCPU_UNIT_IMAGES_H
#define AXVCPU_UNIT_IMAGES_H

#include "loaders/image.h"

#define IMAGE_ROOM	8192

/* @data: IMAGE_ROOM bytes; each fills it and sets the size. */
void image_bzimage(struct blob *b, uint8_t *data);
void image_pvh(struct blob *b, uint8_t *data, int is64);
void image_multiboot_flat(struct blob *b, uint8_t *data);
void image_multiboot_elf(struct blob *b, uint8_t *data);

#endif
