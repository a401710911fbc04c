# SPDX-License-Identifier: GPL-2.0-only
"""
Chooses the QEMU that runs the emulated hosts.

QEMU before 8.1 races between translating a page and another CPU that patches it: Linux
6.12 patches its static branches often enough that one SMP boot in four dies of it.
Debian 12 has 7.2, so there the 10.0 of bookworm-backports is unpacked into the cache (the
libraries are those of the installed 7.2).
"""

import functools
import re
import shutil
import subprocess

from .apt import Apt, codename, unpack
from .env import CACHE, Fail, locked, say

PACKAGES = ("qemu-system-x86", "qemu-system-common", "qemu-system-data", "seabios")
OLDEST_GOOD = (8, 1)


def version(binary):
    text = subprocess.run([str(binary), "--version"], capture_output=True, text=True,
                          check=False).stdout
    match = re.search(r"version (\d+)\.(\d+)", text)
    return (int(match.group(1)), int(match.group(2))) if match else (0, 0)


def _unpack(dest):
    apt = Apt("6.12")
    apt.update()
    debs = apt.download(PACKAGES)
    say("unpacking QEMU")
    new = CACHE / "qemu.new"
    shutil.rmtree(new, ignore_errors=True)
    unpack(debs, new)
    binary = new / "usr/bin/qemu-system-x86_64"
    if version(binary) < OLDEST_GOOD:
        raise Fail(f"{binary} does not start; is qemu-system-x86 installed?  make setup")
    shutil.rmtree(dest, ignore_errors=True)
    new.rename(dest)
    for deb in debs:
        deb.unlink()


@functools.cache
def command():
    """argv of the emulator, with where it finds its firmware."""
    installed = shutil.which("qemu-system-x86_64")
    if installed and version(installed) >= OLDEST_GOOD:
        return [installed]
    dest = CACHE / "qemu"
    if not dest.exists():
        if codename() != "bookworm":
            raise Fail("qemu-system-x86 is not installed: make setup")
        with locked("qemu"):
            if not dest.exists():
                _unpack(dest)
    return [str(dest / "usr/bin/qemu-system-x86_64"), "-L", str(dest / "usr/share/seabios"),
            "-L", str(dest / "usr/share/qemu")]
