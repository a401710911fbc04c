# SPDX-License-Identifier: GPL-2.0-only
"""Each header compiles alone; the ABI header in every language and width that can use it."""

import os
import re
import shutil
import subprocess
import tempfile

from axtest import stock
from axtest.env import BUILD, TREE

from . import tree

UAPI = "include/uapi/linux/axvcpu.h"


def _write(path, text):
    """Leave an unchanged file alone, so that the build stays incremental."""
    if not path.exists() or path.read_text() != text:
        path.write_text(text)


def kernel_alone():
    """One tiny .c file per kernel header, compiled with the module's own include paths."""
    kernel = stock.get("stock-6.1")
    out = BUILD / "check/headers"
    out.mkdir(parents=True, exist_ok=True)
    objects = []
    # A header of tracepoints is read through its .c file by design.
    for name in tree.kernel(".h"):
        if "trace" in os.path.basename(name):
            continue
        stem = "alone_" + re.sub(r"\W", "_", name)
        _write(out / f"{stem}.c", f'#include "{TREE / name}"\n#include "{TREE / name}"\n')
        objects.append(f"{stem}.o")
    if not objects:
        return []
    flags = re.search(r"^ccflags-y\s*:?=\s*(.*)$", tree.read("Kbuild"), re.M)
    includes = flags.group(1).replace("$(src)", str(TREE)) if flags else ""
    # A toy that several tests share offers more than each of them uses.
    relaxed = "".join(f"CFLAGS_{o} := -Wno-unused-function\n" for o in objects if "kunit" in o)
    _write(out / "Kbuild", f"{relaxed}obj-m := alone.o\nalone-objs := {' '.join(objects)}\n"
                           f"ccflags-y := -Werror {includes}\n")
    done = subprocess.run(["make", "-s", "-k", "-C", str(kernel.build), f"M={out}",
                           f"-j{os.cpu_count()}", *objects],
                          capture_output=True, text=True, errors="replace")
    text = (done.stdout + done.stderr).replace(str(TREE) + "/", "")
    found = [line for line in text.splitlines() if re.search(r"error:|warning:|\*\*\*", line)]
    return found or (text.splitlines()[-10:] if done.returncode else [])


def _compilers():
    flags = ["-fsyntax-only", "-Wall", "-Wextra", "-Wpadded", "-Werror"]
    yield ["gcc", "-std=c11", "-x", "c", *flags]
    yield ["g++", "-std=c++17", "-x", "c++", *flags]
    # The kernel's own headers for i386 are those of amd64.
    yield ["gcc", "-m32", "-std=c11", "-x", "c", "-isystem", "/usr/include/x86_64-linux-gnu",
           *flags]
    if shutil.which("clang"):
        yield ["clang", "-std=c11", "-x", "c", *flags]


def _sizes(flags):
    """Size of each struct, as the compiler lays it out."""
    text = tree.read(UAPI)
    structs = re.findall(r"^struct (axvcpu_\w+) \{", text, re.M)
    source = '#include <linux/axvcpu.h>\n' + "".join(
        f"char size_of_{s}[sizeof(struct {s})];\n" for s in structs)
    with tempfile.TemporaryDirectory() as tmp:
        src, obj = os.path.join(tmp, "a.c"), os.path.join(tmp, "a.o")
        with open(src, "w") as f:
            f.write(source)
        subprocess.run(["gcc", *flags, f"-I{TREE / 'include/uapi'}", "-fno-common", "-c", src,
                        "-o", obj], check=True, capture_output=True)
        out = subprocess.run(["nm", "-S", obj], check=True, capture_output=True,
                             text=True).stdout
    return {line.split()[3]: int(line.split()[1], 16) for line in out.splitlines()}


def uapi():
    """The ABI header alone: C11, C++17, 32-bit, no hidden padding, one layout."""
    if not (TREE / UAPI).exists():
        return [f"no {UAPI}"]
    found = []
    for argv in _compilers():
        done = subprocess.run([*argv, f"-I{TREE / 'include/uapi'}", str(TREE / UAPI)],
                              capture_output=True, text=True)
        if done.returncode:
            found += [f"{argv[0]} {argv[1]}: {line}" for line in done.stderr.splitlines()
                      if "error" in line]
    if not found:
        wide = _sizes([])
        narrow = _sizes(["-m32", "-isystem", "/usr/include/x86_64-linux-gnu"])
        found += [f"{n}: {wide[n]} bytes on 64 bit, {narrow.get(n)} on 32 bit"
                  for n in wide if wide[n] != narrow.get(n)]
        if not wide:
            found.append("no struct found in the ABI header")
    return found
