# SPDX-License-Identifier: GPL-2.0-only
"""Which files there are, and of what kind."""

import functools
import os
import subprocess

from axtest.env import TREE

KERNEL_ROOTS = ("include/", "module/", "arch/", "kunit/")


@functools.cache
def files():
    """Paths of the project's files, relative to the tree: tracked ones and new ones."""
    done = subprocess.run(["git", "ls-files", "-co", "--exclude-standard"], cwd=TREE,
                          capture_output=True, text=True)
    if done.returncode == 0:
        names = done.stdout.splitlines()
    else:
        names = [os.path.relpath(os.path.join(d, f), TREE)
                 for d, _, fs in os.walk(TREE) for f in fs]
        names = [n for n in names if not n.startswith(("build/", ".git/"))]
    return sorted({n for n in names if (TREE / n).is_file()})


def kernel(*suffixes):
    return [n for n in files() if n.startswith(KERNEL_ROOTS) and n.endswith(suffixes)]


def userspace(*suffixes):
    return [n for n in files() if n.startswith("userspace/") and n.endswith(suffixes)]


def read(name):
    return (TREE / name).read_text(errors="replace")
