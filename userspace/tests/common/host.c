// SPDX-License-Identifier: MIT
/* The host around the module: its files, modules, CPUs and log. */
#include <errno.h>
#include <fcntl.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "tests/common/host.h"
#include "tests/common/tap.h"

#define MSR_EFER	0xc0000080
#define EFER_SVME	(1 << 12)
#define MSR_KO		"/modules/msr.ko"

int host_write(const char *path, const char *text)
{
	int fd = open(path, O_WRONLY | O_CLOEXEC), ret = 0;

	if (fd < 0)
		return -errno;
	if (write(fd, text, strlen(text)) < 0)
		ret = -errno;
	close(fd);
	return ret;
}

int host_read(const char *path, char *buf, size_t len)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	size_t got = 0;
	ssize_t n = 0;

	if (fd < 0)
		return -errno;
	while (got + 1 < len && (n = read(fd, buf + got, len - 1 - got)) > 0)
		got += n;
	buf[got] = 0;
	close(fd);
	return n < 0 ? -errno : (int)got;
}

long long host_number(const char *path)
{
	char text[64], *end;
	long long n;

	if (host_read(path, text, sizeof(text)) <= 0)
		return -1;
	n = strtoll(text, &end, 0);
	return end == text ? -1 : n;
}

int host_insmod(const char *path, const char *params)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC), ret = 0;

	if (fd < 0)
		return -errno;
	if (syscall(SYS_finit_module, fd, params, 0) && errno != EEXIST)
		ret = -errno;
	close(fd);
	return ret;
}

int host_rmmod(const char *name)
{
	return syscall(SYS_delete_module, name, O_NONBLOCK) ? -errno : 0;
}

bool host_has_module(const char *name)
{
	char path[100];

	/* Built-in ones have a directory too, but no state. */
	snprintf(path, sizeof(path), "/sys/module/%s/initstate", name);
	return !access(path, F_OK);
}

void host_restore_module(void)
{
	/* With no parameters, as the test bed had it. */
	if (host_has_module("axvcpu"))
		host_rmmod("axvcpu");
	if (!host_has_module("axvcpu"))
		host_insmod(HOST_AXVCPU_KO, "");
}

int host_svme(unsigned int cpu)
{
	char path[40];
	uint64_t efer;
	ssize_t n;
	int fd;

	if (access("/dev/cpu/0/msr", F_OK))
		host_insmod(MSR_KO, "");
	snprintf(path, sizeof(path), "/dev/cpu/%u/msr", cpu);
	fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		return -1;
	n = pread(fd, &efer, sizeof(efer), MSR_EFER);
	close(fd);
	return n == sizeof(efer) ? !!(efer & EFER_SVME) : -1;
}

int host_self(const char *mode)
{
	char self[200], line[300];
	ssize_t n = readlink("/proc/self/exe", self, sizeof(self) - 1);
	char command[300];
	FILE *out;
	int status;

	if (n < 0)
		return -1;
	self[n] = 0;
	snprintf(command, sizeof(command), "%s %s 2>&1", self, mode);
	fflush(stdout);
	out = popen(command, "re");
	if (!out)
		return -1;
	/* Only what it complains of: its own results are not ours. */
	while (fgets(line, sizeof(line), out))
		if (line[0] == '#')
			printf("%s", line);
	status = pclose(out);
	return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

static int log_fd = -1;

void host_log_mark(void)
{
	if (log_fd < 0)
		log_fd = open("/dev/kmsg", O_RDONLY | O_NONBLOCK | O_CLOEXEC);
	if (log_fd >= 0)
		lseek(log_fd, 0, SEEK_END);
}

/* Reads on from the mark: a second question is about later messages. */
bool host_log_has(const char *text)
{
	char record[2048];
	ssize_t n;

	while ((n = read(log_fd, record, sizeof(record) - 1)) > 0 || (n < 0 && errno == EPIPE)) {
		record[n > 0 ? n : 0] = 0;
		if (strstr(record, text))
			return true;
	}
	return false;
}
