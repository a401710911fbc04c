# SPDX-License-Identifier: GPL-2.0-only
"""
Micro-guests on a host with next RIP, flush by ASID and PAUSE filter, then without them.

QEMU's SVM has none of the three, so the paths that use them are proven here only.
"""

import pathlib
import subprocess
import tempfile

from . import bochs, bochs_fetch, payload, qemu
from .env import BUILD, Fail, TESTBED

PROGRAMS = (
    "abi_args", "abi_fds", "abi_state", "apic", "exits_apic", "exits_basic", "exits_fault",
    "exits_io", "exits_mmio", "exits_msr", "interrupts", "memory", "regs", "regs_host",
)

IF_CLEAR = ("spins with interrupts off: Bochs ends the run of such a guest for no interrupt, "
            "so it never gives the CPU back")
NO_CR2 = "Bochs' VMRUN does not load CR2"
NO_BREAKPOINTS = "Debian builds Bochs without breakpoints of debug registers"
STEP = "Bochs takes a trap that waits in a stepped guest along to the host, which dies of it"
SHADOW = "Bochs loses a virtual interrupt that waits for the end of an interrupt shadow"

# Programs that this emulator cannot run at all.
NOT_HERE = {"kick": IF_CLEAR}

# Tests that fail by a fault of the emulator, by program and name.
SKIP = {
    ("exits_apic", "no_external_interrupt"): IF_CLEAR,
    ("exits_basic", "debug_execution_breakpoint"): NO_BREAKPOINTS,
    ("exits_basic", "debug_watchpoint"): NO_BREAKPOINTS,
    ("exits_basic", "debug_single_step"): STEP,
    ("exits_basic", "debug_step_over_an_exit"): STEP,
    ("exits_fault", "fail_entry_long_mode_without_pe"):
        "Bochs itself ends: its panic is EFER.LMA without CR0.PE",
    ("exits_fault", "fail_entry_cr3_high_bits"): "Bochs' VMRUN takes reserved bits of CR3",
    ("interrupts", "exception_pf"): NO_CR2,
    ("interrupts", "sti_shadow"): SHADOW,
    ("interrupts", "mov_ss_shadow"): SHADOW,
    ("regs", "guest_has_crs_drs_msrs"): NO_CR2,
    ("regs", "events_are_delivered"):
        NO_CR2 + ", and does not end the run for an interrupt that waits already, on which the "
        "NMI behind an injected event depends",
}

STEPS = ("features on: module loads", "features on: next RIP, flush by ASID, PAUSE filter",
         "features on: module unloads", "features off: module loads", "features off: PAUSE filter",
         "features off: module unloads")

# Seconds in the host, whose clock follows the emulated instructions; and on the wall.
PROGRAM_LIMIT, HOST_LIMIT = 120, 900


def prepare():
    """Fetch the emulator; raises when that is impossible."""
    bochs_fetch.get()


def _files(tmp, programs):
    module = tmp / "axvcpu.ko"
    # Reading debug information from an emulated CD takes longer than the tests.
    subprocess.run(["objcopy", "--strip-debug", str(payload.module("stock-6.1")), str(module)],
                   check=True)
    skip = tmp / "skip"
    skip.write_text("".join(f"{program} {test} {why}\n" for (program, test), why in SKIP.items()))
    env = tmp / "suite.env"
    env.write_text(f"PROGRAM_TIMEOUT={PROGRAM_LIMIT}\n")
    return [(module, "/axvcpu.ko"), (skip, "/suite.skip"), (env, "/suite.env"),
            (BUILD / "bin/axvcpu", "/bin/axvcpu"), (BUILD / "guests", "/guests"),
            *((BUILD / "tests" / p, f"/tests/{p}") for p in programs)]


def run(lane, kernel, only=None):
    """(result of the host, names of the programs as init/features.sh prints them)."""
    programs = [p for p in PROGRAMS if only in (None, p)]
    missing = [p for p in programs if not (BUILD / "tests" / p).exists()]
    if missing:
        raise Fail(f"not built: {' '.join(missing)}: make tests")
    with tempfile.TemporaryDirectory(prefix="axvcpu-lane-") as name:
        host = qemu.Host(kernel=kernel, name=lane, files=_files(pathlib.Path(name), programs),
                         timeout=HOST_LIMIT, smp=1, mem=512, cpu="ryzen", kvm=False,
                         script=(TESTBED / "init/features.sh").read_text())
        result = bochs.run(host)
    return result, [f"features {state}: {p}" for state in ("on", "off") for p in programs]
