/* SPDX-License-Identifier: GPL-2.0-only */
/* Exit reasons in words. */
#ifndef _AXVCPU_EXIT_NAME_H
#define _AXVCPU_EXIT_NAME_H

#include <linux/types.h>

const char *axvcpu_exit_name(u32 reason);

#endif /* _AXVCPU_EXIT_NAME_H */
