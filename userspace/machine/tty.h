/* SPDX-License-Identifier: MIT */
/* The user's terminal: raw while the guest runs, restored however we end. */
#ifndef AXVCPU_MACHINE_TTY_H
#define AXVCPU_MACHINE_TTY_H

/* Whether stdin is a terminal that this process may read from. */
int tty_usable(void);
/* Raw input; restored by exit(), by fatal signals, or by tty_restore(). */
void tty_raw(void);
void tty_restore(void);

#endif
