/* SPDX-License-Identifier: GPL-2.0-only */
/* Interrupt messages: what the command register and MSIs say, and whom they reach. Pure. */
#ifndef _AXAPIC_MSG_H
#define _AXAPIC_MSG_H

#include <linux/types.h>

#include "apic_regs.h"

/**
 * struct axapic_msg - one message
 * @dest: destination: 32 bits from an x2APIC, else 8
 * @vector: vector
 * @mode: AXAPIC_MODE_*
 * @shorthand: AXAPIC_TO_*
 * @logical: @dest is a logical destination
 * @wide: from an x2APIC
 * @broadcast: @dest means everybody
 * @level: level-triggered
 * @deassert: a level goes away: nothing to deliver
 */
struct axapic_msg {
	u32 dest;
	u8 vector;
	u8 mode;
	u8 shorthand;
	bool logical;
	bool wide;
	bool broadcast;
	bool level;
	bool deassert;
};

void axapic_msg_from_icr(u64 icr, bool x2apic, struct axapic_msg *m);
int axapic_msg_from_msi(u64 address, u32 data, struct axapic_msg *m);
bool axapic_msg_matches(const struct axapic_msg *m, const struct axapic_regs *r);
unsigned int axapic_msg_choose(const u8 *prio, unsigned int nr, u8 vector);

#endif /* _AXAPIC_MSG_H */
