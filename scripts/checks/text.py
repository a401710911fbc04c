# SPDX-License-Identifier: GPL-2.0-only
"""Checks that read the sources: style, direction of includes, documentation, lengths."""

import hashlib
import json
import os
import re
import shutil
import subprocess

from axtest import debugkernel
from axtest.env import BUILD, TREE

from . import tree

SPDX_EXEMPT = re.compile(r"(^LICENSES/|^COPYING|^LICENSE|\.(png|svg|bin|md5)$)")

# What checkpatch must not say here:
#	FILE_PATH_CHANGES	is about patches, not trees
#	SPDX_LICENSE_TAG	the spdx check looks at this, with the license of each folder
#	UNCOMMENTED_DEFINITION	what a lock protects is in the kernel-doc of its struct
# In kunit/, LINE_SPACING also fires on the macro that follows a table of cases.
# LINUX_VERSION_CODE is tolerated in compat.h alone: a module outside the kernel's tree that
# loads on several kernels needs the macro in one place.
IGNORED = "FILE_PATH_CHANGES,SPDX_LICENSE_TAG,UNCOMMENTED_DEFINITION"
VERSION_FILE = "compat.h"
# Tracepoint definitions have a layout of their own, here as in the kernel.
TRACE_FILE = "trace.h"


def _clean_before(names, salt):
    """Which files are the same as when they last had no complaint; and how to remember it."""
    path = BUILD / "check/checkpatch.json"
    known = set(json.loads(path.read_text())) if path.exists() else set()
    keys = {n: hashlib.sha256((salt + n + tree.read(n)).encode()).hexdigest() for n in names}

    def remember(clean):
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(json.dumps(sorted({keys[n] for n in clean})))

    return {n for n in names if keys[n] in known}, remember


def _tolerated(line):
    name = line.split(":", 1)[0]
    return (os.path.basename(name) == VERSION_FILE
            and re.search(r"LINUX_VERSION_CODE|CONSTANT_COMPARISON", line)
            or os.path.basename(name) == TRACE_FILE
            and re.search(r"COMPLEX_MACRO|PARENTHESIS_ALIGNMENT|OPEN_ENDED_LINE", line)
            or name.startswith("kunit/") and ":LINE_SPACING:" in line)


def checkpatch():
    names = tree.kernel(".c", ".h", ".S")
    if not names:
        return ["no kernel sources found"]
    argv = ["perl", str(debugkernel.source() / "scripts/checkpatch.pl"), "--no-tree", "--strict",
            "--terse", "--show-types", "--no-summary", "--max-line-length=100",
            "--ignore", IGNORED, "-f"]
    clean, remember = _clean_before(names, " ".join(argv))
    todo = [n for n in names if n not in clean]
    if not todo:
        return []
    done = subprocess.run([*argv, *todo], cwd=TREE, capture_output=True, text=True,
                          errors="replace")
    found = [line for line in (done.stdout + done.stderr).splitlines()
             if line.strip() and not _tolerated(line)]
    bad = {line.split(":", 1)[0] for line in found}
    remember([n for n in names if n not in bad])
    return found


def spdx():
    """The license is in one of the first three lines of every file."""
    found = []
    for name in tree.files():
        if SPDX_EXEMPT.search(name):
            continue
        head = tree.read(name).splitlines()[:3]
        match = next((re.search(r"SPDX-License-Identifier: (.*?)\s*(\*/|-->)?$", line)
                      for line in head if "SPDX-License-Identifier:" in line), None)
        if not match:
            found.append(f"{name}: no SPDX line")
            continue
        found += _license(name, match.group(1).strip())
    return found


def _license(name, text):
    if name.startswith("include/uapi/"):
        ok = text.startswith("GPL-2.0-only WITH Linux-syscall-note")
    elif name.startswith("userspace/"):
        ok = text == "MIT"
    elif name.startswith(("Documentation/", "README", "LICENSES")):
        ok = True
    else:
        ok = text == "GPL-2.0-only"
    return [] if ok else [f"{name}: license {text}"]


def _rules(name):
    """(forbidden include, why) pairs for one file."""
    if name.startswith("include/uapi/"):
        yield r"^(?!linux/(types|ioctl|const|stddef)\.h$)", "uapi includes only linux/types.h, ioctl.h"
    elif name.startswith("include/axvcpu/"):
        yield r"(^|/)arch/|^asm/(vmx|svm|kvm\w*)\.h|\.\./", "contracts know no arch and no KVM"
    elif name.startswith("module/"):
        yield r"(^|/)(arch/|x86|svm|vmx|vhe|apic)|^asm/(vmx|svm|kvm\w*)\.h|kunit", \
              "the core reaches a backend only through its ops"
    elif name.startswith("arch/"):
        yield r"(^|/)module/|kunit", "a backend knows the contracts, not the core"
        if "/svm/" in name:
            yield r"vmx", "svm and vmx do not know each other"
        elif "/vmx/" in name:
            yield r"svm", "svm and vmx do not know each other"
        elif name.startswith("arch/x86/"):
            yield r"(^|/)(svm|vmx)[/_]", "shared x86 code does not know a vendor"
        if name.startswith("arch/x86"):
            yield r"arm64|vhe", "an arch does not know another"
    elif name.startswith("userspace/"):
        yield r"include/axvcpu/|(^|/)arch/|^module/", "userspace sees the ABI header alone"
    yield r"kallsyms", "no way around the exports"


def include_direction():
    """Who may include whom; no #ifdef CONFIG_ and no kernel version outside compat.h."""
    found = []
    for name in tree.kernel(".c", ".h", ".S") + tree.userspace(".c", ".h"):
        rules = [(re.compile(p), why) for p, why in _rules(name)]
        for number, line in enumerate(tree.read(name).splitlines(), 1):
            match = re.match(r'\s*#\s*include\s+[<"]([^>"]+)[>"]', line)
            if match:
                found += [f"{name}:{number}: includes {match.group(1)}: {why}"
                          for rule, why in rules if rule.search(match.group(1))]
            if name.startswith("userspace/") or os.path.basename(name) == VERSION_FILE:
                continue
            if re.match(r"\s*#\s*(if|ifdef|ifndef|elif)\b.*\b(CONFIG_|LINUX_VERSION_CODE)", line):
                found.append(f"{name}:{number}: configuration in the code: {line.strip()}")
    return found


def kernel_doc():
    """
    Comments that claim to be kernel-doc are well formed.

    Only the ABI must describe each enumerator: names that an instruction manual has
    already given do not gain by a second word.
    """
    source = debugkernel.source()
    names = [n for n in tree.kernel(".c", ".h") if "/**" in tree.read(n)]
    names += [n for n in tree.userspace(".h") if "/lib/include/" in n and "/**" in tree.read(n)]
    if not names:
        return ["no kernel-doc found"]
    done = subprocess.run(["perl", str(source / "scripts/kernel-doc"), "-none", "-Werror", *names],
                          cwd=TREE, capture_output=True, text=True, errors="replace")
    found = [line for line in (done.stdout + done.stderr).splitlines()
             if re.search(r"warning:|error:", line)
             and not ("Enum value" in line and not line.startswith("include/uapi/"))]
    return found or ([done.stderr.strip()] if done.returncode > 1 else [])


def _definitions(text):
    """(name, first line, last line) of each function that a .c file defines at its left edge."""
    lines = text.splitlines()
    i = 0
    while i < len(lines):
        if lines[i] == "{":
            start = i
            while start > 0 and lines[start - 1] and not lines[start - 1].endswith(("}", ";", "*/")) \
                    and not lines[start - 1].startswith("#"):
                start -= 1
            end = next((j for j in range(i, len(lines)) if lines[j].startswith("}")), i)
            head = " ".join(lines[start:i])
            match = re.search(r"(\w+)\s*\(", head)
            if match:
                yield match.group(1), head, start + 1, i + 1, end + 1
            i = end
        i += 1


def documented():
    """Every function that another file can call has kernel-doc, beside it or in a header."""
    everything = "".join(tree.read(n) for n in tree.kernel(".c", ".h"))
    docs = set(re.findall(r"^\s?\*\s+(\w+)(?:\(\))?\s+-\s", everything, re.M))
    found = []
    for name in tree.kernel(".c"):
        if name.startswith("kunit/"):
            continue
        for function, head, first, _, _ in _definitions(tree.read(name)):
            if head.startswith("static") or " static " in head or function.isupper():
                continue
            if function not in docs:
                found.append(f"{name}:{first}: {function} has no kernel-doc")
    return found


SOFT, HARD = 80, 120


def function_length():
    """Functions over the hard limit fail; those over the soft one are only mentioned."""
    found = []
    for name in tree.kernel(".c") + tree.userspace(".c"):
        for function, _, _, first, last in _definitions(tree.read(name)):
            length = last - first - 1
            if length > HARD:
                found.append(f"{name}:{first}: {function} has {length} lines (limit {HARD})")
            elif length > SOFT:
                print(f"       note: {name}:{first}: {function} has {length} lines")
    return found


def shell():
    """shellcheck and the Python compiler over the scripts."""
    found = []
    scripts = [n for n in tree.files()
               if n.endswith(".sh") or re.match(r"#!.*\b(ba)?sh\b", tree.read(n)[:40])]
    if scripts and shutil.which("shellcheck"):
        done = subprocess.run(["shellcheck", "-f", "gcc", "-e", "SC1091,SC2317,SC2015", *scripts], cwd=TREE, capture_output=True, text=True)
        found += done.stdout.splitlines()
    python = [n for n in tree.files() if n.endswith(".py")
              or tree.read(n).startswith("#!/usr/bin/env python3")]
    for name in python:
        try:
            compile(tree.read(name), name, "exec")
        except SyntaxError as err:
            found.append(f"{name}:{err.lineno}: {err.msg}")
    return found
