# SPDX-License-Identifier: GPL-2.0-only
"""The way from a kernel log to counted in-kernel tests, through the kernel's own parser."""

import unittest

from axtest import kunit
from axtest.env import CACHE
from axtest.tap import FAIL, PASS, SKIPPED

SOURCE = CACHE / "source"
LOG = """\
[    1.000000] unrelated
[    2.000000] axvcpu-kunit: begin
[    2.100000]     KTAP version 1
[    2.100001]     # Subtest: suite_one
[    2.100002]     1..2
[    2.100003]     ok 1 first
[    2.100004]     {second}
[    2.100005] # suite_one: pass:2 fail:0 skip:0 total:2
[    2.100006] {one}
[    2.200000]     KTAP version 1
[    2.200001]     # Subtest: suite_two
[    2.200002]     1..1
[    2.200003]     ok 1 third # SKIP not here
[    2.200004] ok 2 suite_two # SKIP
[    2.300000] axvcpu-kunit: end
[    2.400000] ok 3 not_ours
"""


@unittest.skipUnless(SOURCE.exists(), "the kernel source is not in the cache")
class Kunit(unittest.TestCase):
    """Counts and failures."""

    def verdicts(self, log, suites=2):
        outcomes, _ = kunit.parse(kunit.ktap(log, suites), SOURCE)
        return sorted(o.verdict for o in outcomes)

    def test_two_suites(self):
        log = LOG.format(second="ok 2 second", one="ok 1 suite_one")
        self.assertEqual(self.verdicts(log), sorted([PASS, PASS, SKIPPED]))

    def test_failed_case(self):
        log = LOG.format(second="not ok 2 second", one="not ok 1 suite_one")
        self.assertEqual(self.verdicts(log).count(FAIL), 1)

    def test_missing_case(self):
        log = LOG.format(second="# nothing", one="ok 1 suite_one")
        self.assertIn(FAIL, self.verdicts(log))

    def test_missing_suite(self):
        log = LOG.format(second="ok 2 second", one="ok 1 suite_one")
        self.assertIn(FAIL, self.verdicts(log, suites=3))

    def test_no_output(self):
        self.assertIn(FAIL, self.verdicts("[    1.000000] nothing\n"))


if __name__ == "__main__":
    unittest.main()
