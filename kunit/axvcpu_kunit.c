// SPDX-License-Identifier: GPL-2.0-only
/* The test module: its suites run when it is loaded. */
#include <linux/module.h>

MODULE_LICENSE("GPL");
MODULE_DESCRIPTION("KUnit tests of axvcpu, with scripted fakes instead of hardware");
