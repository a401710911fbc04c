/* SPDX-License-Identifier: MIT */
/* Verbs of the axvcpu command. Each gets its own argv and returns the exit status. */
#ifndef AXVCPU_CMD_CMD_H
#define AXVCPU_CMD_CMD_H

int cmd_info(int argc, char **argv);
int cmd_run(int argc, char **argv);
int cmd_stat(int argc, char **argv);

#endif
