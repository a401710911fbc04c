// SPDX-License-Identifier: MIT
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "devices/acpi.h"
#include "machine/machine.h"
#include "machine/tty.h"

static int map_piece(struct machine *m, uint64_t gpa, uint64_t end, struct error *err)
{
	const uint32_t rwx = AXVCPU_MAP_R | AXVCPU_MAP_W | AXVCPU_MAP_X;
	int ret;

	if (gpa >= end)
		return 0;
	ret = axvcpu_map(m->vm, rwx, gpa, end - gpa, mem_at(&m->mem, gpa, end - gpa));
	if (ret < 0)
		return error_set(err, STATUS_HOST, "cannot map guest memory at 0x%llx: %s",
				 (unsigned long long)gpa, strerror(-ret));
	return 0;
}

static int map_memory(struct machine *m, struct error *err)
{
	if (map_piece(m, 0, GPA_VIDEO, err) ||
	    map_piece(m, GPA_VIDEO_END, m->mem.low_size, err))
		return -1;
	return map_piece(m, GPA_4G, GPA_4G + m->mem.high_size, err);
}

static int put_acpi(struct machine *m, struct error *err)
{
	uint8_t *p = mem_claim(&m->mem, GPA_ACPI, ACPI_ROOM, "ACPI tables", err);

	if (!p)
		return -1;
	if (!acpi_build(p, ACPI_ROOM, GPA_ACPI, m->nr_vcpus))
		return error_set(err, STATUS_USAGE, "too many CPUs for the ACPI tables");
	return 0;
}

static int load(struct machine *m, struct error *err)
{
	struct load_request req = m->opt->load;

	req.tsc_khz = m->info.tsc_khz;
	if (!m->opt->no_acpi) {
		if (put_acpi(m, err))
			return -1;
		req.rsdp = GPA_ACPI;
	}
	return load_image(&m->mem, &req, &m->boot, err);
}

static int create_vcpus(struct machine *m, struct error *err)
{
	unsigned int i;
	int ret;

	m->vcpus = calloc(m->opt->nr_cpus, sizeof(*m->vcpus));
	if (!m->vcpus)
		return error_set(err, STATUS_HOST, "out of memory");
	for (i = 0; i < m->opt->nr_cpus; i++) {
		struct vcpu *v = &m->vcpus[i];

		*v = (struct vcpu){ .m = m, .id = i, .fd = axvcpu_create_vcpu(m->vm, i) };
		if (v->fd < 0)
			return error_set(err, STATUS_HOST, "cannot create vCPU %u: %s", i,
					 strerror(-v->fd));
		m->nr_vcpus++;
		ret = axvcpu_run_map(v->fd, m->info.run_size, &v->run);
		if (ret < 0)
			return error_set(err, STATUS_HOST, "cannot map the run area of vCPU %u: %s",
					 i, strerror(-ret));
	}
	return 0;
}

int machine_create(struct machine *m, const struct run_options *opt, struct error *err)
{
	struct stop_sink stop = { machine_stop, m };

	memset(m, 0, sizeof(*m));
	m->opt = opt;
	m->dev = m->vm = m->console.wake_fd = -1;
	pthread_mutex_init(&m->lock, NULL);
	pthread_cond_init(&m->changed, NULL);
	if (console_init(&m->console, &m->uart, stop, &m->stopping))
		return error_set(err, STATUS_HOST, "cannot create an eventfd");
	if (machine_open(m, err) || mem_alloc(&m->mem, opt->mem_size, err) ||
	    map_memory(m, err) || machine_add_devices(m, err) || create_vcpus(m, err))
		return -1;
	return load(m, err);
}

void machine_destroy(struct machine *m)
{
	unsigned int i;

	for (i = 0; i < m->nr_vcpus; i++) {
		if (m->vcpus[i].run)
			axvcpu_run_unmap(m->vcpus[i].run, m->info.run_size);
		close(m->vcpus[i].fd);
	}
	free(m->vcpus);
	if (m->vm >= 0)
		close(m->vm);
	if (m->dev >= 0)
		close(m->dev);
	mem_free(&m->mem);
	console_destroy(&m->console);
}

int machine_is_stopping(const struct machine *m)
{
	return __atomic_load_n(&m->stopping, __ATOMIC_ACQUIRE);
}

void machine_stop(void *machine, int status, const char *why)
{
	struct machine *m = machine;
	unsigned int i;

	pthread_mutex_lock(&m->lock);
	if (!m->stopping) {
		m->status = status;
		snprintf(m->why, sizeof(m->why), "%s", why ? why : "");
		clock_gettime(CLOCK_MONOTONIC, &m->ended);
		__atomic_store_n(&m->stopping, 1, __ATOMIC_RELEASE);
	}
	pthread_cond_broadcast(&m->changed);
	pthread_mutex_unlock(&m->lock);
	/* A kick before the next RUN is not lost: RUN returns at once. */
	for (i = 0; i < m->nr_vcpus; i++)
		axvcpu_kick(m->vcpus[i].fd);
	console_wake(&m->console);
}

static int start_threads(struct machine *m, struct error *err)
{
	unsigned int i;
	int ret;

	m->vcpus[0].phase = VCPU_UP;
	for (i = 0; i < m->nr_vcpus; i++) {
		ret = pthread_create(&m->vcpus[i].thread, NULL, vcpu_thread, &m->vcpus[i]);
		if (ret) {
			machine_stop(m, STATUS_HOST, "cannot create a thread");
			return error_set(err, STATUS_HOST, "cannot create a thread: %s", strerror(ret));
		}
		m->nr_threads++;
	}
	return 0;
}

int machine_run(struct machine *m, struct error *err)
{
	unsigned int i;
	int ret;

	tty_raw();
	clock_gettime(CLOCK_MONOTONIC, &m->started);
	ret = start_threads(m, err);
	console_loop(&m->console);
	for (i = 0; i < m->nr_threads; i++)
		pthread_join(m->vcpus[i].thread, NULL);
	console_flush(&m->console);
	tty_restore();
	return ret;
}
