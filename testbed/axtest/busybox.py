# SPDX-License-Identifier: GPL-2.0-only
"""A static busybox for hosts and guests, unpacked so that it replaces none on this machine."""

import shutil

from .apt import Apt, unpack
from .env import CACHE, locked


def path():
    dest = CACHE / "busybox"
    binary = dest / "bin/busybox"
    if not binary.exists():
        with locked("busybox"):
            if not binary.exists():
                apt = Apt("6.1")
                apt.update()
                new = CACHE / "busybox.new"
                shutil.rmtree(new, ignore_errors=True)
                unpack(apt.download(["busybox-static"]), new)
                new.rename(dest)
    return binary
