// SPDX-License-Identifier: MIT
/* An unmodified Linux kernel as a guest, from its first instruction to power-off. */
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "tests/common/spawn.h"
#include "tests/common/tap.h"

#define KERNEL	"/guest/vmlinuz"
#define INITRD	"/guest/initrd"
#define PATIENT	170	/* seconds: an emulated host may be slow */

static struct spawn s;

static void boot(char *cpus, char *append, bool on_tty)
{
	char *const argv[] = {
		"axvcpu", "run", "--kernel", KERNEL, "--initrd", INITRD, "--mem", "256M",
		"--smp", cpus, "--append", append, "--stats", NULL,
	};

	spawn(&s, argv, on_tty);
}

static void check_says(const char *text)
{
	if (!strstr(s.out, text))
		tap_fail(__FILE__, __LINE__, "no \"%s\" in the transcript", text);
}

static void two_cpus_work_and_power_off(const void *unused)
{
	(void)unused;
	boot("2", "console=ttyS0 panic=-1 quiet", false);
	CHECK_EQ(spawn_end(&s, PATIENT), 0);
	check_says("guest: cpus 2\r\n");
	check_says("guest: 40 processes\r\n");
	check_says("guest: md5 of 4 MiB on each cpu: right\r\n");
	check_says("guest: all done\r\n");
	check_says("guest powered off; bzImage, 64-bit protocol, 2 vCPUs\n");
	check_says("  CPU_UP                          1              0\n");
	CHECK(!strstr(s.out, "Call Trace"));
	if (strstr(s.out, "guest powered off"))
		tap_note("%s", strstr(s.out, "guest powered off"));
}

/* Lines for the guest's terminal, each short enough for its input queue. */
static void type_lines(unsigned int lines)
{
	static const char line[] = "0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRS\n";

	while (lines--) {
		spawn_type(&s, line);
		usleep(20000);
	}
}

static void the_console_takes_what_is_typed(const void *unused)
{
	(void)unused;
	boot("1", "console=ttyS0 panic=-1 quiet axvcpu.shell", true);
	REQUIRE(spawn_expect(&s, "this is a shell", PATIENT));
	REQUIRE(spawn_expect(&s, "guest # ", 60));
	spawn_type(&s, "stty -echo; echo answer-$((6 * 7))\n");
	CHECK(spawn_expect(&s, "answer-42", 60));
	spawn_type(&s, "cat >/tmp/typed; echo \"typed $(wc -c </tmp/typed)\"\n");
	sleep(1);
	type_lines(40);
	spawn_type(&s, "\004");
	CHECK(spawn_expect(&s, "typed 2240", 60));
	spawn_type(&s, "reboot -f\n");
	CHECK_EQ(spawn_end(&s, 60), 2);
	check_says("guest asked for a reset");
}

static const struct tap_test tests[] = {
	{ "two_cpus_work_and_power_off", two_cpus_work_and_power_off, NULL },
	{ "the_console_takes_what_is_typed", the_console_takes_what_is_typed, NULL },
};

int main(void)
{
	if (access("/dev/axvcpu", R_OK | W_OK))
		return tap_skip_all("no /dev/axvcpu");
	if (access(KERNEL, R_OK) || access(INITRD, R_OK))
		return tap_skip_all("no Linux guest in /guest");
	tap_cleanup(spawn_kill);
	tap_limit(PATIENT);
	return tap_main(tests, ARRAY_SIZE(tests));
}
