/* SPDX-License-Identifier: MIT */
/* One virtual machine: memory, devices, vCPU threads. */
#ifndef AXVCPU_MACHINE_MACHINE_H
#define AXVCPU_MACHINE_MACHINE_H

#include <pthread.h>
#include <stdint.h>
#include <time.h>

#include <axvcpu/axvcpu.h>

#include "devices/cmos.h"
#include "devices/ioapic.h"
#include "devices/pit.h"
#include "devices/power.h"
#include "devices/uart.h"
#include "loaders/image.h"
#include "machine/bus.h"
#include "machine/console.h"
#include "machine/error.h"
#include "machine/memory.h"

struct run_options {
	const char *device;		/* NULL: AXVCPU_DEVICE */
	struct load_request load;
	uint64_t mem_size;
	unsigned int nr_cpus;
	int no_irqchip;
	int no_acpi;
	int debug_exit;
	int strict;
	int trace;
	int stats;
};

enum vcpu_phase {
	VCPU_PARKED,		/* waits for another vCPU to start it */
	VCPU_UP,
};

struct machine;

struct vcpu {
	struct machine *m;
	unsigned int id;
	int fd;
	struct axvcpu_run *run;
	pthread_t thread;
	enum vcpu_phase phase;	/* the machine's lock */
	int start_again;	/* the machine's lock: CPU_UP came before CPU_DOWN */
	uint64_t entry;		/* the machine's lock: where CPU_UP wants it */
};

struct machine {
	const struct run_options *opt;
	int dev;
	int vm;
	struct axvcpu_info info;
	struct guest_mem mem;
	struct boot boot;
	struct vcpu *vcpus;
	unsigned int nr_vcpus;
	unsigned int nr_threads;

	struct bus pio;
	struct bus mmio;
	struct uart uart;
	struct ioapic ioapic;
	struct cmos cmos;
	struct pit pit;
	struct power power;
	struct console console;

	pthread_mutex_t lock;
	pthread_cond_t changed;	/* a phase, or the end */
	int stopping;		/* atomic */
	int status;		/* valid once @stopping */
	char why[256];
	struct timespec started;
	struct timespec ended;
};

/* Everything up to the first RUN. 0, or -1 with @err set. */
int machine_create(struct machine *m, const struct run_options *opt, struct error *err);
/* Run to the end; the result is in @m->status and @m->why. */
int machine_run(struct machine *m, struct error *err);
void machine_destroy(struct machine *m);

/* End the machine; the first call decides. Any thread; @why may be NULL. */
void machine_stop(void *machine, int status, const char *why);
int machine_is_stopping(const struct machine *m);

/* devices.c: fill both buses. */
int machine_add_devices(struct machine *m, struct error *err);

/* open.c: the device and a VM, with errors that say what to do. */
int machine_open(struct machine *m, struct error *err);
int device_open_error(const char *path, int error, struct error *err);

/* vcpu.c */
void *vcpu_thread(void *vcpu);
/* CPU_UP: start vCPU @id at @entry. */
void vcpu_start(struct machine *m, uint64_t id, uint64_t entry);

/* exits.c: act on the exit in @v->run. 0: RUN again; 1: park this vCPU. */
int vcpu_handle_exit(struct vcpu *v);

/* report.c: how a guest has died, on stderr. */
void report_death(struct vcpu *v, const char *what);

/* table.c: the table of --stats, on stderr. */
void print_stats(struct machine *m);

#endif
