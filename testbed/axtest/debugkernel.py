# SPDX-License-Identifier: GPL-2.0-only
"""
The purpose-built kernel: KUnit and every checker, from Debian's kernel source package.

Built once per (source version, configuration); the source tree also lends its checkpatch,
kernel-doc and KUnit parser.
"""

import hashlib
import os
import shutil
import subprocess

from .apt import Apt, unpack
from .env import CACHE, Fail, TESTBED, locked, run_logged, say
from .stock import Kernel

FRAGMENT = TESTBED / "debug.config"
# Fragment lines that a dependency may turn off without harm on another compiler.
OPTIONAL = {"CONFIG_DEBUG_SG", "CONFIG_PM_TEST_SUSPEND"}


def source(name="source", update=False):
    """Path of the unpacked 6.1 kernel source."""
    link = CACHE / "source"
    if link.exists() and not update:
        return link.resolve()
    with locked(name):
        if link.exists() and not update:
            return link.resolve()
        return _unpack_source(link)


def _unpack_source(link):
    apt = Apt("6.1")
    apt.update()
    version, _ = apt.depends("linux-source-6.1")
    dest = CACHE / f"linux-source-6.1-{version}"
    if not dest.exists():
        deb = apt.download(["linux-source-6.1"])
        tmp = CACHE / "source.new"
        shutil.rmtree(tmp, ignore_errors=True)
        tmp.mkdir()
        say("unpacking the kernel source")
        unpack(deb, tmp)
        subprocess.run(["tar", "-xf", str(tmp / "usr/src/linux-source-6.1.tar.xz"),
                        "-C", str(tmp)], check=True)
        (tmp / "linux-source-6.1").rename(dest)
        shutil.rmtree(tmp)
        for path in deb:
            path.unlink()
    new = CACHE / "source.link"
    new.unlink(missing_ok=True)
    os.symlink(dest.name, new)
    new.rename(link)
    return dest


def compiler():
    """6.1 is built with its own release's compiler where that is present."""
    return "gcc-12" if shutil.which("gcc-12") else "gcc"


def _key(src):
    digest = hashlib.sha256()
    digest.update(src.name.encode())
    digest.update(FRAGMENT.read_bytes())
    digest.update(subprocess.run([compiler(), "-dumpfullversion"], capture_output=True,
                                 check=True).stdout)
    return digest.hexdigest()[:16]


def _check_config(config):
    """A fragment line that Kconfig dropped would silently weaken the tests."""
    have = set(config.read_text().splitlines())
    missing = []
    for line in FRAGMENT.read_text().splitlines():
        if not line.startswith("CONFIG_"):
            continue
        option, _, value = line.partition("=")
        want = line if value != "n" else f"# {option} is not set"
        if want in have or option in OPTIONAL:
            continue
        if value == "n" and not any(h.startswith(option + "=") for h in have):
            continue
        missing.append(line)
    if missing:
        raise Fail("the kernel configuration did not take: " + ", ".join(missing))


GNUMAKEFILE = """\
# Modules are built by the compiler that built this kernel, whatever gcc is here.
.PHONY: all $(MAKECMDGOALS)
$(or $(MAKECMDGOALS),all):
	@$(MAKE) --no-print-directory -f Makefile CC={cc} HOSTCC={cc} $@
"""


def _build(src, dest):
    out = dest / "build"
    out.mkdir(parents=True, exist_ok=True)
    make = ["nice", "make", "-C", str(src), f"O={out}", f"CC={compiler()}", f"HOSTCC={compiler()}"]
    log = dest / "build.log"
    run_logged(make + ["tinyconfig"], log, "tinyconfig")
    run_logged(["./scripts/kconfig/merge_config.sh", "-m", "-O", str(out), str(out / ".config"),
                str(FRAGMENT)], log, "merge_config", cwd=src)
    run_logged(make + ["olddefconfig"], log, "olddefconfig")
    _check_config(out / ".config")
    say(f"building the debug kernel (about ten minutes of CPU time); log {log}")
    run_logged(make + [f"-j{os.cpu_count()}", "LOCALVERSION=-axvcpu-debug", "bzImage", "modules"], log,
               "kernel build")
    (out / "GNUmakefile").write_text(GNUMAKEFILE.format(cc=compiler()))
    modules = dest / "modules"
    modules.mkdir(exist_ok=True)
    for ko in out.rglob("*.ko"):
        shutil.copy(ko, modules)
    os.symlink("build/arch/x86/boot/bzImage", dest / "vmlinuz")
    release = (out / "include/config/kernel.release").read_text()
    (dest / "release").write_text(release)
    link = dest.with_name("debug")
    link.unlink(missing_ok=True)
    os.symlink(dest.name, link)


def get(name="debug", update=False):
    """The debug kernel, built if this source and configuration was not built before."""
    src = source(update=update)
    dest = CACHE / "kernels" / f"debug-{_key(src)}"
    if not (dest / "release").exists():
        with locked(name):
            if not (dest / "release").exists():
                _build(src, dest)
    return Kernel(name, dest)
