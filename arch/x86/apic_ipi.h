/* SPDX-License-Identifier: GPL-2.0-only */
/* Messages of a local APIC to those of its VM. */
#ifndef _AXAPIC_IPI_H
#define _AXAPIC_IPI_H

#include <linux/types.h>

#include <uapi/linux/axvcpu.h>

struct axapic;

int axapic_send_icr(struct axapic *apic, struct axvcpu_exit *exit);
void axapic_send_self(struct axapic *apic, u8 vector);
bool axapic_error(struct axapic *apic, unsigned int error);

#endif /* _AXAPIC_IPI_H */
