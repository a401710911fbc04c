// SPDX-License-Identifier: MIT
/* "axvcpu run" with guests of a few bytes: devices, ends, messages, keys. */
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <termios.h>
#include <unistd.h>

#include "tests/common/spawn.h"
#include "tests/common/tap.h"

#define ORG	"0x7c00"
#define CODE(bytes)	.code = (bytes), .len = sizeof(bytes) - 1

struct run_case {
	const char *mode;
	const char *code;
	size_t len;
	const char *flags[3];
	int status;
	const char *says;
};

static struct spawn s;
static char *args[24];
static unsigned int nr_args;

static void put_file(const char *path, const void *bytes, size_t len)
{
	FILE *f = fopen(path, "wb");

	REQUIRE(f != NULL);
	REQUIRE_EQ(fwrite(bytes, 1, len, f), len);
	REQUIRE_EQ(fclose(f), 0);
}

static void arg(const char *text)
{
	REQUIRE(nr_args < ARRAY_SIZE(args) - 1);
	args[nr_args++] = (char *)text;
	args[nr_args] = NULL;
}

static void start(const struct run_case *c, bool on_tty)
{
	unsigned int i;

	put_file("code.bin", c->code, c->len);
	nr_args = 0;
	arg("axvcpu");
	arg("run");
	arg("--flat");
	arg("code.bin@" ORG);
	arg("--entry");
	arg(ORG);
	arg("--mode");
	arg(c->mode ? c->mode : "real16");
	arg("--mem");
	arg("4M");
	for (i = 0; i < ARRAY_SIZE(c->flags) && c->flags[i]; i++)
		arg(c->flags[i]);
	spawn(&s, args, on_tty);
}

static void run_case(const void *row)
{
	const struct run_case *c = row;

	start(c, false);
	CHECK_EQ(spawn_end(&s, 20), c->status);
	if (c->says && !strstr(s.out, c->says))
		tap_fail(__FILE__, __LINE__, "no \"%s\" in \"%s\"", c->says, s.out);
}

/* Code is 16-bit at 0000:7c00 unless the row says another mode. */
static const struct run_case halts = {
	CODE("\xb0\x48\xe6\xe9\xf4"),		/* mov al,'H'; out 0xe9,al; hlt */
	.flags = { "--no-irqchip" }, .says = "Haxvcpu: all vCPUs have halted",
};
static const struct run_case prot32 = {
	.mode = "prot32", CODE("\xb8\x50\x00\x00\x00\xe6\xe9\xf4"),	/* mov eax,'P' */
	.flags = { "--no-irqchip" }, .says = "P",
};
static const struct run_case long64 = {
	.mode = "long64",			/* mov rax,'L' (64 bits); out; hlt */
	CODE("\x48\xb8\x4c\x00\x00\x00\x00\x00\x00\x00\xe6\xe9\xf4"),
	.flags = { "--no-irqchip" }, .says = "L",
};
static const struct run_case string_output = {
	/* mov si,0x7c0e; mov cx,5; mov dx,0xe9; cld; rep outsb; hlt; nop; "hello" */
	CODE("\xbe\x0e\x7c\xb9\x05\x00\xba\xe9\x00\xfc\xf3\x6e\xf4\x90hello"),
	.flags = { "--no-irqchip" }, .says = "hello",
};
static const struct run_case string_input = {
	/*
	 * mov di,0x7d00; mov cx,4; mov dx,0xe9; cld; rep insb
	 * mov al,[0x7d03]; sub al,0xa5; out dx,al; hlt
	 */
	CODE("\xbf\x00\x7d\xb9\x04\x00\xba\xe9\x00\xfc\xf3\x6c\xa0\x03\x7d\x2c\xa5\xee\xf4"),
	.flags = { "--no-irqchip" }, .says = "D",
};
static const struct run_case absent_port_is_ones = {
	CODE("\xe4\x99\x04\x42\xe6\xe9\xf4"),	/* in al,0x99; add al,'A'+1; out 0xe9,al */
	.flags = { "--no-irqchip" }, .says = "A",
};
static const struct run_case absent_memory_is_ones = {
	/* mov ax,0xb800; mov ds,ax; mov [0],al; mov al,[0]; add al,'B'+1; out 0xe9,al; hlt */
	CODE("\xb8\x00\xb8\x8e\xd8\xa2\x00\x00\xa0\x00\x00\x04\x43\xe6\xe9\xf4"),
	.flags = { "--no-irqchip" }, .says = "B",
};
static const struct run_case strict_stops = {
	CODE("\xe4\x99\xf4"), .flags = { "--no-irqchip", "--strict" }, .status = 10,
	.says = "strict: nothing claims this access: vcpu0 pc=0x7c02 IO_READ port=0x99 width=1",
};
static const struct run_case debug_exit = {
	CODE("\xb0\x10\xe6\xf4\xeb\xfe"), .flags = { "--debug-exit" }, .status = 0x21,
};
static const struct run_case reset_cf9 = {
	CODE("\xba\xf9\x0c\xb0\x06\xee\xeb\xfe"), .status = 2, .says = "reset (port 0xcf9)",
};
static const struct run_case reset_64 = {
	CODE("\xb0\xfe\xe6\x64\xeb\xfe"), .status = 2, .says = "reset (port 0x64)",
};
static const struct run_case power_off = {
	/* mov dx,0x604; mov ax,0x2000; out dx,ax */
	CODE("\xba\x04\x06\xb8\x00\x20\xef\xeb\xfe"), .flags = { "--stats" },
	.says = "guest powered off; flat, 1 vCPU",
};
static const struct run_case unknown_msr_faults = {
	/*
	 * mov word [0x34],0x7c20; mov word [0x36],0; mov ecx,0x12345; rdmsr; hlt
	 * at 0x7c20: mov al,'G'; out 0xe9,al; hlt
	 */
	CODE("\xc7\x06\x34\x00\x20\x7c\xc7\x06\x36\x00\x00\x00\x66\xb9\x45\x23\x01\x00"
	     "\x0f\x32\xf4\x90\x90\x90\x90\x90\x90\x90\x90\x90\x90\x90\xb0\x47\xe6\xe9\xf4"),
	.flags = { "--no-irqchip" }, .says = "G",
};
static const struct run_case triple_fault = {
	/* lidt [0x7c10] (limit 0); mov bx,0xbeef; int3 */
	CODE("\x0f\x01\x1e\x10\x7c\xbb\xef\xbe\xcc\x90\x90\x90\x90\x90\x90\x90"
	     "\x00\x00\x00\x00\x00\x00"),
	.status = 4, .says = "the guest died: triple fault",
};
static const struct run_case dies_with_code = {
	/* mov ax,0xb800; mov ds,ax; add [0],ax */
	CODE("\xb8\x00\xb8\x8e\xd8\x01\x06\x00\x00\xf4"), .status = 4,
	.says = "code 01 06 00 00",
};
static const struct run_case dies_with_registers = {
	CODE("\xbb\xef\xbe\xb8\x00\xb8\x8e\xd8\x01\x06\x00\x00"), .status = 4,
	.says = "rbx 000000000000beef",
};
static const struct run_case trace_line = {
	CODE("\xb0\x0a\xe6\xe9\xf4"), .flags = { "--no-irqchip", "--trace" },
	.says = "vcpu0 pc=0x7c04 IO_WRITE port=0xe9 width=1 data=0xa",
};
static const struct run_case no_device = {
	CODE("\xf4"), .flags = { "--device", "/nonexistent" }, .status = 6,
	.says = "load the kernel module axvcpu",
};
static const struct run_case wrong_device = {
	CODE("\xf4"), .flags = { "--device", "/dev/null" }, .status = 6,
	.says = "/dev/null: no axvcpu device",
};
static const struct run_case too_many_cpus = {
	CODE("\xf4"), .flags = { "--smp", "4096" }, .status = 64, .says = "this host allows",
};

/* For 0x3f8: echo each byte; 'q' ends. mov dx,0x3fd; in al,dx; test al,1; jz; ... */
static const struct run_case echo = {
	CODE("\xba\xfd\x03\xec\xa8\x01\x74\xf8\xba\xf8\x03\xec\xee\x3c\x71\x75\xef\xf4"),
	.flags = { "--no-irqchip" },
};
static const struct run_case forever = { CODE("\xb0\x2e\xe6\xe9\xeb\xfe") };	/* '.' */

static void uart_echoes_what_is_typed(const void *unused)
{
	(void)unused;
	start(&echo, true);
	spawn_type(&s, "Hello, \001\001 world");
	CHECK(spawn_expect(&s, "Hello, \001 world", 20));
	spawn_type(&s, "q");
	CHECK_EQ(spawn_end(&s, 20), 0);
}

static bool is_cooked(void)
{
	struct termios t;

	return !tcgetattr(s.slave, &t) && (t.c_lflag & ICANON) && (t.c_lflag & ECHO);
}

static void ctrl_a_x_quits(const void *unused)
{
	(void)unused;
	start(&forever, true);
	CHECK(spawn_expect(&s, ".", 20));
	CHECK(!is_cooked());
	spawn_type(&s, "\001h");
	CHECK(spawn_expect(&s, "Ctrl-a x  quit", 20));
	spawn_type(&s, "abc\001x");
	CHECK_EQ(spawn_end(&s, 20), 0);
	CHECK(is_cooked());
}

static void terminal_survives_a_signal(const void *row)
{
	int sig = *(const int *)row;

	start(&forever, true);
	CHECK(spawn_expect(&s, ".", 20));
	CHECK(!is_cooked());
	kill(s.pid, sig);
	CHECK_EQ(spawn_end(&s, 20), 128 + sig);
	CHECK(is_cooked());
}

static void stat_sees_the_guest(const void *unused)
{
	FILE *p;
	char text[4096];
	size_t n;

	(void)unused;
	start(&forever, true);
	CHECK(spawn_expect(&s, ".", 20));
	p = popen("axvcpu stat --once 2>&1", "r");
	REQUIRE(p != NULL);
	n = fread(text, 1, sizeof(text) - 1, p);
	text[n] = 0;
	CHECK_EQ(pclose(p), 0);
	if (!strstr(text, "axvcpu: 1 VM, 1 vCPU") || !strstr(text, "user_IO_WRITE"))
		tap_fail(__FILE__, __LINE__, "stat says: %s", text);
	spawn_type(&s, "\001x");
	CHECK_EQ(spawn_end(&s, 20), 0);
}

static void run_kernel(const char *path, int status, const char *says)
{
	nr_args = 0;
	arg("axvcpu");
	arg("run");
	arg("--no-irqchip");
	arg("--mem");
	arg("4M");
	arg("--kernel");
	arg(path);
	arg("--append");
	arg("an argument");
	spawn(&s, args, false);
	CHECK_EQ(spawn_end(&s, 20), status);
	if (!strstr(s.out, says))
		tap_fail(__FILE__, __LINE__, "no \"%s\" in \"%s\"", says, s.out);
}

/*
 * Linked for 0x100000: is EAX the loader's magic, and the first letter of the
 * command line 'a'? Then prints "M", the letter.
 * cmp eax,0x2badb002; jne 1f; mov esi,[ebx+16]; lodsb; mov ah,al; mov al,'M'
 * out 0xe9,al; mov al,ah; out 0xe9,al; 1: hlt
 */
static const char multiboot[] =
	"\x02\xb0\xad\x1b" "\x00\x00\x01\x00" "\xfe\x4f\x51\xe4"
	"\x00\x00\x10\x00" "\x00\x00\x10\x00" "\x00\x00\x00\x00" "\x00\x20\x10\x00"
	"\x20\x00\x10\x00"
	"\x3d\x02\xb0\xad\x2b\x75\x0e\x8b\x73\x10\xac\x88\xc4\xb0\x4d\xe6\xe9\x88\xe0\xe6\xe9\xf4";

static void multiboot_kernel_runs(const void *unused)
{
	(void)unused;
	put_file("multiboot", multiboot, sizeof(multiboot) - 1);
	run_kernel("multiboot", 0, "Ma");
}

/*
 * ELF32 with a PVH note. Entry: cmp dword [ebx],0x336ec578; jne 1f;
 * mov esi,[ebx+24]; lodsb; mov ah,al; mov al,'V'; out; mov al,ah; out; 1: hlt
 */
static const char pvh[] =
	"\x7f" "ELF\1\1\1\0\0\0\0\0\0\0\0\0" "\2\0\3\0\1\0\0\0" "\x88\x00\x10\x00"
	"\x34\0\0\0" "\0\0\0\0" "\0\0\0\0" "\x34\0\x20\0\2\0\0\0\0\0\0\0"
	"\1\0\0\0" "\0\0\0\0" "\0\0\x10\0" "\0\0\x10\0" "\xa0\0\0\0" "\0\x10\0\0" "\7\0\0\0" "\0\x10\0\0"
	"\4\0\0\0" "\x74\0\0\0" "\x74\0\x10\0" "\x74\0\x10\0" "\x14\0\0\0" "\x14\0\0\0" "\4\0\0\0" "\4\0\0\0"
	"\4\0\0\0" "\4\0\0\0" "\x12\0\0\0" "Xen\0" "\x88\0\x10\0"
	"\x81\x3b\x78\xc5\x6e\x33\x75\x0e\x8b\x73\x18\xac\x88\xc4\xb0\x56\xe6\xe9\x88\xe0\xe6\xe9\xf4\xf4";

static void pvh_kernel_runs(const void *unused)
{
	(void)unused;
	put_file("pvh", pvh, sizeof(pvh) - 1);
	run_kernel("pvh", 0, "Va");
}

static void no_kernel_says_so(const void *unused)
{
	(void)unused;
	put_file("text", "this is no kernel\n", 18);
	run_kernel("text", 8, "no bzImage, ELF with a PVH note, or multiboot image");
	run_kernel("/nonexistent", 8, "/nonexistent: No such file");
}

static void info_describes_the_host(const void *unused)
{
	(void)unused;
	nr_args = 0;
	arg("axvcpu");
	arg("info");
	spawn(&s, args, false);
	CHECK_EQ(spawn_end(&s, 20), 0);
	CHECK(strstr(s.out, "ABI version            1") != NULL);
	CHECK(strstr(s.out, "irqchip") != NULL);
}

static const int sigterm = SIGTERM, sigint = SIGINT, sigsegv = SIGSEGV;

static const struct tap_test tests[] = {
	{ "halt_of_all_vcpus_ends", run_case, &halts },
	{ "protected_mode_starts", run_case, &prot32 },
	{ "long_mode_starts", run_case, &long64 },
	{ "string_output_arrives", run_case, &string_output },
	{ "string_input_arrives", run_case, &string_input },
	{ "absent_port_reads_all_ones", run_case, &absent_port_is_ones },
	{ "absent_memory_reads_all_ones", run_case, &absent_memory_is_ones },
	{ "strict_stops_at_an_absent_port", run_case, &strict_stops },
	{ "debug_exit_gives_an_odd_status", run_case, &debug_exit },
	{ "reset_by_cf9", run_case, &reset_cf9 },
	{ "reset_by_keyboard_controller", run_case, &reset_64 },
	{ "power_off_and_stats", run_case, &power_off },
	{ "unknown_msr_faults_in_the_guest", run_case, &unknown_msr_faults },
	{ "triple_fault_is_a_death", run_case, &triple_fault },
	{ "death_shows_instruction_bytes", run_case, &dies_with_code },
	{ "death_shows_registers", run_case, &dies_with_registers },
	{ "trace_prints_each_exit", run_case, &trace_line },
	{ "absent_device_names_the_module", run_case, &no_device },
	{ "another_device_is_refused", run_case, &wrong_device },
	{ "too_many_cpus_are_refused", run_case, &too_many_cpus },
	{ "multiboot_kernel_runs", multiboot_kernel_runs, NULL },
	{ "pvh_kernel_runs", pvh_kernel_runs, NULL },
	{ "no_kernel_says_so", no_kernel_says_so, NULL },
	{ "info_describes_the_host", info_describes_the_host, NULL },
	{ "uart_echoes_what_is_typed", uart_echoes_what_is_typed, NULL },
	{ "ctrl_a_x_quits", ctrl_a_x_quits, NULL },
	{ "terminal_survives_sigterm", terminal_survives_a_signal, &sigterm },
	{ "terminal_survives_sigint", terminal_survives_a_signal, &sigint },
	{ "terminal_survives_sigsegv", terminal_survives_a_signal, &sigsegv },
	{ "stat_sees_the_guest", stat_sees_the_guest, NULL },
};

int main(void)
{
	char dir[] = "/tmp/axvcpu-launcher-XXXXXX";

	if (access("/dev/axvcpu", R_OK | W_OK))
		return tap_skip_all("no /dev/axvcpu");
	if (!mkdtemp(dir) || chdir(dir))
		return tap_skip_all("no directory for files");
	tap_cleanup(spawn_kill);
	tap_limit(60);
	return tap_main(tests, ARRAY_SIZE(tests));
}
