/* SPDX-License-Identifier: MIT */
/* An error is a sentence for the user and the exit status that goes with it. */
#ifndef AXVCPU_MACHINE_ERROR_H
#define AXVCPU_MACHINE_ERROR_H

/* Exit statuses of the command; odd ones belong to --debug-exit. */
enum exit_status {
	STATUS_OK	= 0,	/* powered off, halted, or quit by Ctrl-a x */
	STATUS_RESET	= 2,	/* the guest asked for a reset */
	STATUS_DIED	= 4,	/* triple fault, refused entry, unhandled exit */
	STATUS_HOST	= 6,	/* device, permission or memory of the host */
	STATUS_IMAGE	= 8,	/* an image cannot be read or is malformed */
	STATUS_STRICT	= 10,	/* --strict met an unclaimed access */
	STATUS_USAGE	= 64,
};

struct error {
	int status;
	char text[320];
};

void error_fill(struct error *err, int status, const char *fmt, ...)
	__attribute__((format(printf, 3, 4)));

/* -1, visibly to the compiler, so that "return error_set(...)" reads well. */
#define error_set(err, status, ...) (error_fill(err, status, __VA_ARGS__), -1)

#endif
