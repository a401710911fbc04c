// SPDX-License-Identifier: MIT
#include <signal.h>
#include <stdlib.h>
#include <termios.h>
#include <unistd.h>

#include "machine/tty.h"

static struct termios saved;
static volatile sig_atomic_t is_raw;

int tty_usable(void)
{
	/* A job in the background would be stopped by its first access. */
	return isatty(STDIN_FILENO) && tcgetpgrp(STDIN_FILENO) == getpgrp();
}

/* Async-signal-safe: tcsetattr() is, and nothing else is called. */
void tty_restore(void)
{
	if (!is_raw)
		return;
	is_raw = 0;
	tcsetattr(STDIN_FILENO, TCSANOW, &saved);
}

static void on_fatal_signal(int sig)
{
	tty_restore();
	/* SA_RESETHAND has put the default action back: die of the same signal. */
	raise(sig);
}

static void catch_fatal_signals(void)
{
	static const int signals[] = {
		SIGHUP, SIGINT, SIGQUIT, SIGTERM, SIGABRT, SIGSEGV, SIGBUS, SIGFPE,
		SIGILL, SIGTRAP, SIGSYS, SIGXCPU, SIGXFSZ, SIGALRM, SIGUSR1, SIGUSR2,
	};
	struct sigaction sa = { .sa_handler = on_fatal_signal, .sa_flags = SA_RESETHAND };
	unsigned int i;

	sigemptyset(&sa.sa_mask);
	for (i = 0; i < sizeof(signals) / sizeof(signals[0]); i++)
		sigaction(signals[i], &sa, NULL);
}

void tty_raw(void)
{
	struct termios raw;

	if (is_raw || !tty_usable() || tcgetattr(STDIN_FILENO, &saved))
		return;
	catch_fatal_signals();
	atexit(tty_restore);
	raw = saved;
	cfmakeraw(&raw);
	raw.c_oflag |= OPOST;		/* our own messages end in a bare newline */
	is_raw = 1;
	tcsetattr(STDIN_FILENO, TCSANOW, &raw);
}
