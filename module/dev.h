/* SPDX-License-Identifier: GPL-2.0-only */
/* /dev/axvcpu. */
#ifndef _AXVCPU_DEV_H
#define _AXVCPU_DEV_H

int axvcpu_dev_init(void);
void axvcpu_dev_exit(void);

#endif /* _AXVCPU_DEV_H */
