# SPDX-License-Identifier: GPL-2.0-only
"""Builds with every warning fatal, and what the result asks of the kernel."""

import os
import re
import subprocess

from axtest import stock
from axtest.env import BUILD, TREE

# Exported to KVM alone on newer kernels, or a way around the exports.
FORBIDDEN = re.compile(r"^(cr4_update_irqsoff|fpu_swap_kvm_fpstate|current_save_fsgs|"
                       r"load_direct_gdt|write_ibpb|x86_verw_sel|asm_exc_nmi\w*|kvm_\w+|"
                       r"kallsyms_lookup_name|cpu_emergency_\w+|x86_virt_\w+)$")


def module(kernel_name, sparse):
    """W=1 and optionally sparse on one kernel; complaints are the warnings."""
    kernel = stock.get(kernel_name)
    out = BUILD / "check" / kernel_name
    argv = [str(TREE / "scripts/kmod.sh"), str(out), str(kernel.build), f"-j{os.cpu_count()}",
            "-s", "W=1", "-k"]
    if sparse:
        argv.append("C=1")
    done = subprocess.run(argv, capture_output=True, text=True, errors="replace")
    text = (done.stdout + done.stderr).replace(str(out) + "/", "")
    # Debian builds its headers with the same compiler release; BTF is not needed here.
    noise = re.compile(r"Skipping BTF|the compiler differs|You are using:|The kernel was built")
    found = [line for line in text.splitlines()
             if re.search(r"warning:|error:|ERROR:|WARNING:|\*\*\*", line)
             and not noise.search(line)]
    if done.returncode and not found:
        found = text.splitlines()[-20:]
    _forget(out, found)
    return found


def _forget(out, found):
    """Only what changed is compiled and checked again, so what has a warning must not stay."""
    for line in found:
        source = line.split(":", 1)[0]
        if source.endswith((".c", ".S")):
            (out / source).with_suffix(".o").unlink(missing_ok=True)
        else:
            for obj in out.rglob("*.o"):
                obj.unlink()


def symbols():
    """No symbol that newer kernels keep for KVM, none reached around the exports."""
    found = []
    for name in stock.LINES:
        for ko in sorted((BUILD / "check" / name).glob("*.ko")):
            undefined = subprocess.run(["nm", "-u", str(ko)], capture_output=True, text=True,
                                       check=True).stdout.split()
            found += [f"{name}: {ko.name} uses {s}" for s in undefined if FORBIDDEN.match(s)]
    return found
