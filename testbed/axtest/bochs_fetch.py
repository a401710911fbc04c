# SPDX-License-Identifier: GPL-2.0-only
"""
Gets Bochs 3.0, which emulates an AMD CPU with features that QEMU's SVM lacks.

It comes from Debian 13 and runs there and on Debian 12: unpacked into the cache, with the
C library and the dynamic loader of its own release.
"""

import dataclasses
import pathlib
import re
import shutil
import subprocess

from .apt import Apt, unpack
from .env import CACHE, Fail, locked, say

PACKAGES = (
    "bochs", "bochsbios", "vgabios", "genisoimage", "isolinux", "syslinux-common",
    "libbz2-1.0", "libc6", "libffi8", "libgcc-s1", "libglib2.0-0t64", "libatomic1", "libltdl7",
    "liblzma5", "libmagic1t64", "libpcre2-8-0", "libreadline8t64", "libsamplerate0",
    "libstdc++6", "libtinfo6", "zlib1g",
)

# Debian's binary is linked with GTK, for a debugger that is never opened here.  Empty
# libraries in their place save a hundred packages.
UNUSED = {"libgtk-3.so.0": "gtk_", "libgdk-3.so.0": "gdk_", "libpango-1.0.so.0": "pango_"}


@dataclasses.dataclass
class Bochs:
    """The unpacked packages."""

    root: pathlib.Path

    @property
    def libs(self):
        return self.root / "usr/lib/x86_64-linux-gnu"

    def argv(self, program):
        """argv that runs usr/bin/PROGRAM with its own libraries only."""
        return [str(self.libs / "ld-linux-x86-64.so.2"), "--library-path", str(self.libs),
                str(self.root / "usr/bin" / program)]


def _stand_ins(bochs):
    """Nobody calls these functions, but the loader wants each of them to exist."""
    binary = bochs.root / "usr/bin/bochs-bin"
    names = subprocess.run(["nm", "-D", "--undefined-only", str(binary)], check=True,
                           capture_output=True, text=True).stdout
    for library, prefix in UNUSED.items():
        wanted = sorted(set(re.findall(rf"\b({prefix}\w+)", names)))
        code = "".join(f"void {name}(void) {{ __builtin_trap(); }}\n" for name in wanted)
        subprocess.run(["gcc", "-shared", "-fPIC", "-nostdlib", "-x", "c", "-",
                        f"-Wl,-soname,{library}", "-o", str(bochs.libs / library)],
                       check=True, input=code, text=True)


def _unpack(dest):
    apt = Apt("bochs")
    apt.update()
    debs = apt.download(PACKAGES)
    say("unpacking Bochs")
    new = CACHE / "bochs.new"
    shutil.rmtree(new, ignore_errors=True)
    unpack(debs, new)
    _stand_ins(Bochs(new))
    check = subprocess.run([*Bochs(new).argv("bochs-bin"), "--help"], capture_output=True,
                           stdin=subprocess.DEVNULL, text=True, check=False,
                           env={"LTDL_LIBRARY_PATH": str(Bochs(new).libs / "bochs/plugins")})
    if "Bochs x86 Emulator 3." not in check.stdout + check.stderr:
        raise Fail(f"Bochs does not start: {(check.stdout + check.stderr)[-300:]}")
    shutil.rmtree(dest, ignore_errors=True)
    new.rename(dest)
    for deb in debs:
        deb.unlink()


def get():
    """The emulator, fetched if it is not in the cache."""
    dest = CACHE / "bochs"
    if not dest.exists():
        with locked("bochs"):
            if not dest.exists():
                _unpack(dest)
    return Bochs(dest)
