/* SPDX-License-Identifier: MIT */
/* The host around the module: its files, modules, CPUs and log. For root on a test machine. */
#ifndef TESTS_COMMON_HOST_H
#define TESTS_COMMON_HOST_H

#include <stdbool.h>
#include <stddef.h>

#define HOST_AXVCPU_KO	"/axvcpu.ko"
#define HOST_CPU1	"/sys/devices/system/cpu/cpu1/online"

/* 0 or -errno. */
int host_write(const char *path, const char *text);
/* The whole file, NUL-terminated; its length or -errno. */
int host_read(const char *path, char *buf, size_t len);
/* The number that a file holds, -1 without one. */
long long host_number(const char *path);

/* 0 or -errno; loading of what is there already is fine, a file that is missing not. */
int host_insmod(const char *path, const char *params);
int host_rmmod(const char *name);
bool host_has_module(const char *name);
/* After a test that plays with the module, whatever its end. */
void host_restore_module(void);

/* EFER.SVME of a CPU; -1 if this host does not tell. */
int host_svme(unsigned int cpu);

/* Run this program again in a process of its own; its exit status, with its output noted. */
int host_self(const char *mode);

/* Kernel messages from now on, and whether one of them contains @text. */
void host_log_mark(void);
bool host_log_has(const char *text);

#endif
