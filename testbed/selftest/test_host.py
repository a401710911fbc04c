# SPDX-License-Identifier: GPL-2.0-only
"""Kernel log judgement and initramfs images."""

import pathlib
import subprocess
import tempfile
import unittest

from axtest import splat
from axtest.cpio import Cpio

SPLATS = """\
BUG: KASAN: use-after-free in foo
WARNING: CPU: 0 PID: 1 at kernel/foo.c:1 foo+0x1
UBSAN: shift-out-of-bounds in foo.c:1:2
WARNING: possible circular locking dependency detected
BUG: sleeping function called from invalid context at foo.c:1
BUG: scheduling while atomic: sh/1/0x2
rcu: INFO: rcu_preempt self-detected stall on CPU
rcu: INFO: rcu_preempt detected stalls on CPUs/tasks:
INFO: task sh:1 blocked for more than 120 seconds.
watchdog: BUG: soft lockup - CPU#0 stuck for 26s!
unchecked MSR access error: WRMSR to 0xc0010117
general protection fault, probably for non-canonical address 0x1
BUG: unable to handle page fault for address: 1
Kernel panic - not syncing: Fatal exception
refcount_t: underflow; use-after-free.
list_del corruption. prev->next should be 1
ODEBUG: free active (active state 0) object type: timer_list
BUG: Bad page state in process sh  pfn:1
INFO: trying to register non-static key.
"""
CLEAN = """\
Linux version 6.1.0
x86/mm: Checked W+X mappings: passed, no W+X pages found.
rcu: Hierarchical RCU implementation.
RCU lockdep checking is enabled.
Lock dependency validator: Copyright (c) 2006 Red Hat, Inc., Ingo Molnar
kmemleak: Kernel memory leak detector initialized (mem pool available: 15000)
kmemleak: 3 new suspected memory leaks (see /sys/kernel/debug/kmemleak)
axvcpu: AMD SVM, 2 CPUs
"""


class Splats(unittest.TestCase):
    """Every kind of kernel complaint is seen, and a good log is not called bad."""

    def test_each_complaint_is_found(self):
        for line in SPLATS.splitlines():
            self.assertEqual(splat.find(line), [line])

    def test_clean_log_is_clean(self):
        self.assertEqual(splat.find(CLEAN), [])

    def test_allowed_lines_are_left_out(self):
        self.assertEqual(splat.find("WARNING: known", allow=["known"]), [])


class Image(unittest.TestCase):
    """The archive is what cpio itself reads."""

    def test_names_and_content(self):
        image = Cpio()
        image.data("a/b/file", "text", 0o755)
        image.link("bin/sh", "busybox")
        with tempfile.TemporaryDirectory() as tmp:
            path = pathlib.Path(tmp) / "image"
            image.write(path)
            listed = subprocess.run(["cpio", "-t", "--quiet"], stdin=path.open("rb"),
                                    capture_output=True, text=True, check=True).stdout.split()
            self.assertEqual(listed, ["a", "a/b", "a/b/file", "bin", "bin/sh"])
            data = subprocess.run(["cpio", "-i", "--quiet", "--to-stdout", "a/b/file"],
                                  stdin=path.open("rb"), capture_output=True, check=True).stdout
            self.assertEqual(data, b"text")


if __name__ == "__main__":
    unittest.main()
