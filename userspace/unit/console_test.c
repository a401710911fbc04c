// SPDX-License-Identifier: MIT
#include <pty.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <termios.h>
#include <unistd.h>
#include <utmp.h>

#include "machine/console.h"
#include "machine/tty.h"
#include "unit/tap.h"

static struct console c;
static struct uart u;
static int stopping, stops;
static char fed[64];

static void on_stop(void *ctx, int status, const char *why)
{
	(void)ctx;
	(void)why;
	CHECK_EQ(status, 0);
	stops++;
}

static void fresh(int is_tty)
{
	stops = 0;
	CHECK_EQ(console_init(&c, &u, (struct stop_sink){ on_stop, NULL }, &stopping), 0);
	c.is_tty = is_tty;
}

static void keys(const char *text)
{
	console_keys(&c, (const uint8_t *)text, strlen(text));
}

static const char *queued(void)
{
	memset(fed, 0, sizeof(fed));
	memcpy(fed, c.in + c.in_head, c.in_count);
	c.in_head = c.in_count = 0;
	console_destroy(&c);
	return fed;
}

static void ctrl_a_x_quits(void)
{
	fresh(1);
	keys("ab\001");
	CHECK_EQ(stops, 0);
	keys("xc");
	CHECK_EQ(stops, 1);
	CHECK_STR(queued(), "abc");
}

static void ctrl_a_twice_sends_one(void)
{
	fresh(1);
	keys("\001\001q\001zr");
	CHECK_EQ(stops, 0);
	CHECK_STR(queued(), "\001qr");
}

static void a_pipe_has_no_escapes(void)
{
	fresh(0);
	keys("\001x");
	CHECK_EQ(stops, 0);
	CHECK_STR(queued(), "\001x");
}

static void a_full_queue_still_hears_quit(void)
{
	unsigned int i;

	fresh(1);
	for (i = 0; i < 5000; i++)
		keys("y");
	CHECK_EQ(c.in_count, sizeof(c.in));
	keys("\001x");
	CHECK_EQ(stops, 1);
	c.in_count = 0;
	queued();
}

/* A child makes the terminal raw and ends in this way; is it as before? */
static void check_restored(int sig)
{
	struct termios before, after;
	int master, slave, status;
	char ready = 0;
	pid_t child;

	CHECK_EQ(openpty(&master, &slave, NULL, NULL, NULL), 0);
	tcgetattr(slave, &before);
	child = fork();
	if (!child) {
		login_tty(slave);
		tty_raw();
		tcgetattr(STDIN_FILENO, &after);
		ready = after.c_lflag & ICANON ? 'n' : 'y';
		if (write(STDOUT_FILENO, &ready, 1) != 1)
			_exit(1);
		if (sig)
			raise(sig);
		exit(0);
	}
	CHECK_EQ(read(master, &ready, 1), 1);
	CHECK_EQ(ready, 'y');
	waitpid(child, &status, 0);
	if (sig)
		CHECK(WIFSIGNALED(status) && WTERMSIG(status) == sig);
	else
		CHECK(WIFEXITED(status));
	tcgetattr(slave, &after);
	CHECK_EQ(after.c_lflag, before.c_lflag);
	CHECK_EQ(after.c_iflag, before.c_iflag);
	CHECK_EQ(after.c_oflag, before.c_oflag);
	close(master);
	close(slave);
}

static void terminal_is_restored(void)
{
	check_restored(0);
	check_restored(SIGTERM);
	check_restored(SIGINT);
	check_restored(SIGHUP);
	check_restored(SIGABRT);
#ifndef __SANITIZE_ADDRESS__
	check_restored(SIGSEGV);
#endif
}

static const struct test tests[] = {
	{ "Ctrl-a x quits", ctrl_a_x_quits },
	{ "Ctrl-a twice sends one", ctrl_a_twice_sends_one },
	{ "a pipe has no escapes", a_pipe_has_no_escapes },
	{ "a full queue still hears quit", a_full_queue_still_hears_quit },
	{ "terminal is restored", terminal_is_restored },
};

TAP_MAIN(tests)
