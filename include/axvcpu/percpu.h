/* SPDX-License-Identifier: GPL-2.0-only */
/* Who has virtualization switched on, on which CPU, and until when. */
#ifndef _AXVCPU_PERCPU_H
#define _AXVCPU_PERCPU_H

/**
 * axvcpu_percpu_init() - register the reboot, suspend and panic hooks
 *
 * Context: module load. Return: 0 or -errno.
 */
int axvcpu_percpu_init(void);

/**
 * axvcpu_percpu_exit() - undo axvcpu_percpu_init()
 */
void axvcpu_percpu_exit(void);

/**
 * axvcpu_percpu_get() - a VM needs the hardware: the first one enables all CPUs
 *
 * CPUs that come online later are enabled as they come; one that refuses stays
 * offline. Context: process, sleeps.
 * Return: 0, -EBUSY (another owner has it), or what the backend says.
 */
int axvcpu_percpu_get(void);

/**
 * axvcpu_percpu_put() - undo axvcpu_percpu_get(); the last one disables all CPUs
 */
void axvcpu_percpu_put(void);

#endif /* _AXVCPU_PERCPU_H */
