/* SPDX-License-Identifier: GPL-2.0-only */
/* What the hardware says at #VMEXIT, and its meaning. Pure. */
#ifndef _AXSVM_EXIT_H
#define _AXSVM_EXIT_H

#include <linux/types.h>

struct axx86_event;
struct axx86_intercept;

/**
 * struct axsvm_snapshot - the exit fields of a VMCB
 * @code: EXITCODE
 * @info1: EXITINFO1
 * @info2: EXITINFO2
 * @intinfo: EXITINTINFO
 * @nrip: next RIP, 0 if the CPU does not save it
 * @decode: the CPU has decode assists
 */
struct axsvm_snapshot {
	u64 code;
	u64 info1;
	u64 info2;
	u64 intinfo;
	u64 nrip;
	bool decode;
};

void axsvm_exit_decode(const struct axsvm_snapshot *s, struct axx86_intercept *icpt);
bool axsvm_exit_event(const struct axsvm_snapshot *s, struct axx86_event *event);

#endif /* _AXSVM_EXIT_H */
