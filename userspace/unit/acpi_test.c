// SPDX-License-Identifier: MIT
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "devices/acpi.h"
#include "unit/tap.h"

#define GPA	0xe0000ULL

static uint8_t buf[0x4000];

static uint32_t get32(const uint8_t *p)
{
	uint32_t v;

	memcpy(&v, p, 4);
	return v;
}

static uint64_t get64(const uint8_t *p)
{
	uint64_t v;

	memcpy(&v, p, 8);
	return v;
}

static uint8_t sum(const uint8_t *p, size_t n)
{
	uint8_t s = 0;

	while (n--)
		s += *p++;
	return s;
}

static const uint8_t *at(uint64_t gpa)
{
	CHECK(gpa >= GPA && gpa < GPA + sizeof(buf));
	return buf + (gpa - GPA);
}

static const uint8_t *table(const char *signature)
{
	const uint8_t *xsdt = at(get64(buf + 24));
	unsigned int n = (get32(xsdt + 4) - 36) / 8, i;

	for (i = 0; i < n; i++) {
		const uint8_t *t = at(get64(xsdt + 36 + 8 * i));

		if (!memcmp(t, signature, 4))
			return t;
	}
	tap_fail(__FILE__, __LINE__, "no table %s", signature);
	return buf;
}

static void rsdp_is_valid_in_both_forms(void)
{
	CHECK(acpi_build(buf, sizeof(buf), GPA, 2) > 0);
	CHECK(!memcmp(buf, "RSD PTR ", 8));
	CHECK_EQ(sum(buf, 20), 0);
	CHECK_EQ(sum(buf, 36), 0);
	CHECK_EQ(buf[15], 2);
}

static void every_checksum_is_right(void)
{
	const uint8_t *fadt, *dsdt;

	acpi_build(buf, sizeof(buf), GPA, 3);
	CHECK_EQ(sum(at(get64(buf + 24)), get32(at(get64(buf + 24)) + 4)), 0);
	CHECK_EQ(sum(table("APIC"), get32(table("APIC") + 4)), 0);
	fadt = table("FACP");
	CHECK_EQ(sum(fadt, get32(fadt + 4)), 0);
	dsdt = at(get64(fadt + 140));
	CHECK(!memcmp(dsdt, "DSDT", 4));
	CHECK_EQ(sum(dsdt, get32(dsdt + 4)), 0);
	CHECK_EQ(get32(fadt + 40), get64(fadt + 140));
	CHECK_EQ(get32(fadt + 36) % 64, 0);
	CHECK(!memcmp(at(get32(fadt + 36)), "FACS", 4));
}

static void fadt_tells_power_off_and_reset(void)
{
	const uint8_t *fadt;

	acpi_build(buf, sizeof(buf), GPA, 1);
	fadt = table("FACP");
	CHECK_EQ(get32(fadt + 64), 0x604);
	CHECK_EQ(get64(fadt + 172 + 4), 0x604);
	CHECK_EQ(get64(fadt + 116 + 4), 0xcf9);
	CHECK_EQ(fadt[128], 6);
	CHECK_EQ(get32(fadt + 48), 0);		/* no SMI command: in ACPI mode already */
	CHECK_EQ(fadt[109] & 2, 0);		/* no 8042 */
}

static void madt_counts_cpus(void)
{
	const uint8_t *m, *e;
	unsigned int lapics = 0, x2apics = 0, ioapics = 0;

	CHECK(acpi_build(buf, sizeof(buf), GPA, 300) > 0);
	m = table("APIC");
	for (e = m + 44; e < m + get32(m + 4); e += e[1]) {
		CHECK(e[1] >= 6);
		if (e[1] < 6)
			return;
		lapics += e[0] == 0;
		x2apics += e[0] == 9;
		ioapics += e[0] == 1 && get32(e + 4) == 0xfec00000;
	}
	CHECK_EQ(lapics, 255);
	CHECK_EQ(x2apics, 45);
	CHECK_EQ(ioapics, 1);
}

static void too_little_room_is_refused(void)
{
	size_t need = acpi_build(buf, sizeof(buf), GPA, 2), room;

	memset(buf, 0xa5, sizeof(buf));
	for (room = 0; room < need; room++)
		CHECK_EQ(acpi_build(buf, room, GPA, 2), 0);
	CHECK_EQ(buf[need], 0xa5);
	CHECK_EQ(acpi_build(buf, need, GPA, 2), need);
}

static int dump(const char *dir, const char *name, const uint8_t *t)
{
	char path[128];
	FILE *f;

	snprintf(path, sizeof(path), "%s/%s.aml", dir, name);
	f = fopen(path, "wb");
	if (!f)
		return -1;
	fwrite(t, get32(t + 4), 1, f);
	return fclose(f);
}

/* The reference compiler takes the tables apart, and its result together again. */
static void iasl_accepts_the_tables(void)
{
	char dir[] = "/tmp/axvcpu-acpi-XXXXXX", cmd[512];

	if (system("command -v iasl >/dev/null 2>&1")) {
		tap_skip("no iasl (acpica-tools)");
		return;
	}
	CHECK(mkdtemp(dir) != NULL);
	acpi_build(buf, sizeof(buf), GPA, 2);
	CHECK_EQ(dump(dir, "dsdt", at(get64(table("FACP") + 140))), 0);
	CHECK_EQ(dump(dir, "facp", table("FACP")), 0);
	CHECK_EQ(dump(dir, "apic", table("APIC")), 0);
	snprintf(cmd, sizeof(cmd),
		 "cd %s && iasl -d dsdt.aml facp.aml apic.aml >d.log 2>&1 && "
		 "! grep -iE 'warning|error|invalid' d.log && "
		 "iasl -p out dsdt.dsl >c.log 2>&1 && grep -q '0 Errors' c.log && "
		 "grep -q PNP0501 dsdt.dsl", dir);
	CHECK_EQ(system(cmd), 0);
	snprintf(cmd, sizeof(cmd), "rm -rf %s", dir);
	CHECK_EQ(system(cmd), 0);
}

static const struct test tests[] = {
	{ "RSDP is valid in both forms", rsdp_is_valid_in_both_forms },
	{ "every checksum is right", every_checksum_is_right },
	{ "FADT tells power-off and reset", fadt_tells_power_off_and_reset },
	{ "MADT counts CPUs", madt_counts_cpus },
	{ "too little room is refused", too_little_room_is_refused },
	{ "iasl accepts the tables", iasl_accepts_the_tables },
};

TAP_MAIN(tests)
