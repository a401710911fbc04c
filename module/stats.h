/* SPDX-License-Identifier: GPL-2.0-only */
/* Counters in debugfs. */
#ifndef _AXVCPU_STATS_H
#define _AXVCPU_STATS_H

struct axvcpu;
struct axvcpu_vm;

void axvcpu_stats_init(void);
void axvcpu_stats_exit(void);
void axvcpu_stats_add_vm(struct axvcpu_vm *vm);
void axvcpu_stats_del_vm(struct axvcpu_vm *vm);
void axvcpu_stats_add_vcpu(struct axvcpu *vcpu);

#endif /* _AXVCPU_STATS_H */
