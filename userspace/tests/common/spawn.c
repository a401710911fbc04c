// SPDX-License-Identifier: MIT
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <pty.h>
#include <signal.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>
#include <utmp.h>

#include "tests/common/spawn.h"
#include "tests/common/tap.h"

static struct spawn *live;

static double now(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return ts.tv_sec + ts.tv_nsec / 1e9;
}

static void child(int fd, bool on_tty, char *const argv[])
{
	if (on_tty) {
		login_tty(fd);
	} else {
		dup2(open("/dev/null", O_RDONLY), STDIN_FILENO);
		dup2(fd, STDOUT_FILENO);
		dup2(fd, STDERR_FILENO);
		close(fd);
	}
	execvp(argv[0], argv);
	_exit(127);
}

void spawn(struct spawn *s, char *const argv[], bool on_tty)
{
	int ends[2];

	memset(s, 0, sizeof(*s));
	if (on_tty) {
		REQUIRE_EQ(openpty(&ends[0], &ends[1], NULL, NULL, NULL), 0);
		fcntl(ends[0], F_SETFD, FD_CLOEXEC);
	} else {
		REQUIRE_EQ(pipe2(ends, O_CLOEXEC), 0);
	}
	s->fd = ends[0];
	s->slave = -1;
	s->pid = fork();
	REQUIRE(s->pid >= 0);
	if (!s->pid)
		child(ends[1], on_tty, argv);
	if (on_tty)
		s->slave = ends[1];
	else
		close(ends[1]);
	live = s;
}

/* More output: 1; the end of it: 0; nothing yet: -1. */
static int read_some(struct spawn *s, int timeout_ms)
{
	struct pollfd p = { .fd = s->fd, .events = POLLIN };
	char drop[512];
	size_t room = sizeof(s->out) - 1 - s->len;
	ssize_t n;

	if (poll(&p, 1, timeout_ms) <= 0)
		return -1;
	n = room ? read(s->fd, s->out + s->len, room) : read(s->fd, drop, sizeof(drop));
	if (n <= 0)
		return n < 0 && errno == EINTR ? -1 : 0;
	if (room) {
		s->len += n;
		s->out[s->len] = 0;
	}
	return 1;
}

static bool has(const struct spawn *s, const char *text)
{
	return memmem(s->out, s->len, text, strlen(text)) != NULL;
}

bool spawn_expect(struct spawn *s, const char *text, unsigned int seconds)
{
	double end = now() + seconds;

	while (!has(s, text) && now() < end && !tap_timed_out())
		if (!read_some(s, 200))
			break;
	if (!has(s, text))
		tap_note("no \"%s\" in: %.1500s", text, s->len > 1500 ? s->out + s->len - 1500 : s->out);
	return has(s, text);
}

void spawn_type(struct spawn *s, const char *keys)
{
	size_t len = strlen(keys);

	CHECK_EQ(write(s->fd, keys, len), len);
}

int spawn_end(struct spawn *s, unsigned int seconds)
{
	double end = now() + seconds;
	int status;

	/* With our copy of the terminal open, its output does not end by itself. */
	while (now() < end && !tap_timed_out()) {
		pid_t done = waitpid(s->pid, &status, WNOHANG);

		if (done == s->pid) {
			while (read_some(s, 50) > 0)
				;
			live = NULL;
			return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
		}
		if (!read_some(s, 100))
			usleep(10000);
	}
	return -1;
}

void spawn_kill(void)
{
	if (!live)
		return;
	kill(live->pid, SIGKILL);
	waitpid(live->pid, NULL, 0);
	close(live->fd);
	if (live->slave >= 0)
		close(live->slave);
	live = NULL;
}
