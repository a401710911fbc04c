/* SPDX-License-Identifier: MIT */
/* A child program with its output caught, on a pipe or on a terminal of its own. */
#ifndef TESTS_COMMON_SPAWN_H
#define TESTS_COMMON_SPAWN_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

struct spawn {
	pid_t pid;
	int fd;			/* our end: output, and with a terminal also input */
	int slave;		/* the terminal's other end, kept to look at its settings */
	char out[1 << 16];	/* all that came so far, NUL-terminated */
	size_t len;
};

/* Start argv[0], found by PATH. One child at a time; the last one is killed if it lives. */
void spawn(struct spawn *s, char *const argv[], bool on_tty);
/* Read until @text has come; false at the end of output or after @seconds. */
bool spawn_expect(struct spawn *s, const char *text, unsigned int seconds);
void spawn_type(struct spawn *s, const char *keys);
/* Read to the end and wait. Exit status, or 128 + signal; -1 after @seconds. */
int spawn_end(struct spawn *s, unsigned int seconds);
/* Kill what is left; for tap_cleanup(). */
void spawn_kill(void);

#endif
