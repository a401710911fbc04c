// SPDX-License-Identifier: MIT
#include <stdio.h>
#include "cmd/cmd.h"
int cmd_stat(int argc, char **argv)
{
	(void)argc;
	(void)argv;
	return 0;
}
