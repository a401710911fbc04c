# SPDX-License-Identifier: GPL-2.0-only
"""What goes into an emulated host: our build products and the Linux guest."""

import lzma
import os
import threading

from . import busybox, stock
from .cpio import Cpio
from .env import BUILD, Fail, TESTBED

KMOD = BUILD / "kmod"


def module(kernel, name="axvcpu.ko"):
    path = KMOD / kernel / name
    if not path.exists():
        raise Fail(f"{path} is not built: make modules")
    return path


def tree(kernel):
    """Everything that make built, as (source, destination) pairs."""
    files = [(module(kernel), "/axvcpu.ko")]
    kunit = KMOD / kernel / "axvcpu_kunit.ko"
    if kunit.exists():
        files.append((kunit, "/axvcpu_kunit.ko"))
    for sub in ("bin", "tests", "guests"):
        if (BUILD / sub).is_dir():
            files.append((BUILD / sub, f"/{sub}"))
    return files


def msr_driver(kernel):
    """With it tests look at EFER.SVME; some kernels have it built in."""
    for src in kernel.modules.rglob("msr.ko*"):
        if src.suffix == ".xz":
            unpacked = BUILD / "guest" / kernel.name / "msr.ko"
            unpacked.parent.mkdir(parents=True, exist_ok=True)
            unpacked.write_bytes(lzma.decompress(src.read_bytes()))
            src = unpacked
        return [(src, "/modules/msr.ko")]
    return []


def linux_guest():
    """An unmodified Debian kernel and a busybox initramfs."""
    image = Cpio()
    image.file(busybox.path(), "bin/busybox")
    image.link("bin/sh", "busybox")
    image.file(TESTBED / "init/guest.sh", "init")
    image.chardev("dev/console", 5, 1)
    (BUILD / "guest").mkdir(parents=True, exist_ok=True)
    initrd = BUILD / "guest/initrd"
    # Lanes prepare their hosts at the same time.
    new = initrd.with_name(f"initrd.{os.getpid()}.{threading.get_ident()}")
    image.write(new)
    new.rename(initrd)
    return [(stock.get("stock-6.1").vmlinuz, "/guest/vmlinuz"), (initrd, "/guest/initrd")]
