/* SPDX-License-Identifier: GPL-2.0-only */
/* Extended state (x87, SSE, AVX, ..., PKRU) of a guest, and its switch. */
#ifndef _AXX86_FPU_H
#define _AXX86_FPU_H

#include <linux/types.h>

#include <uapi/linux/axvcpu.h>

struct axx86_vcpu;

int axx86_fpu_probe(void);
u64 axx86_fpu_features(void);

int axx86_fpu_create(struct axx86_vcpu *x);
void axx86_fpu_destroy(struct axx86_vcpu *x);
void axx86_fpu_reset(struct axx86_vcpu *x);
void axx86_fpu_sync(struct axx86_vcpu *x, u64 cr4);

void axx86_fpu_load(struct axx86_vcpu *x);
void axx86_fpu_save(struct axx86_vcpu *x);

void axx86_fpu_get(struct axx86_vcpu *x, struct axvcpu_x86_xsave *out);
int axx86_fpu_check(struct axx86_vcpu *x, const struct axvcpu_x86_xsave *in);
void axx86_fpu_set(struct axx86_vcpu *x, const struct axvcpu_x86_xsave *in);

#endif /* _AXX86_FPU_H */
