# SPDX-License-Identifier: GPL-2.0-only
"""
Debian's own cloud kernels, unpacked into the cache with headers that can build modules there.

Nothing is installed on the machine, and ABI numbers are resolved through the meta packages.
"""

import os
import re
import shutil

from .apt import Apt, unpack
from .env import CACHE, Fail, locked, say

LINES = {"stock-6.1": "6.1", "stock-6.12": "6.12"}


class Kernel:
    """A kernel to boot (vmlinuz), to build against (build) and its modules."""

    def __init__(self, name, directory):
        self.name = name
        self.dir = directory
        self.vmlinuz = directory / "vmlinuz"
        self.build = directory / "build"
        self.modules = directory / "modules"

    @property
    def release(self):
        return (self.dir / "release").read_text().strip()


def _one(paths, what):
    paths = list(paths)
    if len(paths) != 1:
        raise Fail(f"expected one {what}, found {[str(p) for p in paths]}")
    return paths[0]


def _relocate(root, headers):
    """Make unpacked header packages usable below root instead of below /."""
    makefile = headers / "Makefile"
    text = re.sub(r"(/usr/src/linux-headers-)", lambda m: str(root) + m.group(1),
                  makefile.read_text())
    makefile.write_text(text)
    # Only there for BTF, which would make pahole a build dependency and slow down each link.
    (headers / "vmlinux").unlink(missing_ok=True)


def _packages(apt):
    _, images = apt.depends("linux-image-cloud-amd64")
    image = _one([n for n in images if n.startswith("linux-image-")], "kernel image package")
    _, names = apt.depends("linux-headers-cloud-amd64")
    headers = _one([n for n in names if n.startswith("linux-headers-")], "headers package")
    _, names = apt.depends(headers)
    more = [n for n in names if n.startswith("linux-headers-") or n.startswith("linux-kbuild-")]
    return [image, headers, *more]


def _prepare(name, dest):
    apt = Apt(LINES[name])
    apt.update()
    debs = apt.download(_packages(apt))
    listed = "".join(f"{deb.name}\n" for deb in debs)
    stamp = dest / "packages"
    if stamp.exists() and stamp.read_text() == listed:
        return
    say(f"unpacking {name}")
    tmp = dest.with_name(dest.name + ".new")
    shutil.rmtree(tmp, ignore_errors=True)
    root = tmp / "root"
    root.mkdir(parents=True)
    unpack(debs, root)

    vmlinuz = _one(root.glob("boot/vmlinuz-*"), "vmlinuz")
    release = vmlinuz.name[len("vmlinuz-"):]
    modules = _one([p for p in (root / "lib/modules" / release, root / "usr/lib/modules" / release)
                    if (p / "kernel").is_dir()], "modules directory")
    headers = root / "usr/src" / f"linux-headers-{release}"
    _relocate(dest / "root", headers)
    for link, target in (("vmlinuz", vmlinuz), ("modules", modules), ("build", headers)):
        os.symlink(os.path.relpath(target, tmp), tmp / link)
    (tmp / "release").write_text(release + "\n")
    (tmp / "packages").write_text(listed)

    shutil.rmtree(dest, ignore_errors=True)
    tmp.rename(dest)


def get(name, update=False):
    """The named stock kernel, fetched if it is not in the cache."""
    dest = CACHE / "kernels" / name
    if update or not (dest / "release").exists():
        with locked(name):
            if update or not (dest / "release").exists():
                _prepare(name, dest)
    return Kernel(name, dest)
