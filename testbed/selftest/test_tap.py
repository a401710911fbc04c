# SPDX-License-Identifier: GPL-2.0-only
"""The counter of test results: a check that cannot fail is a defect."""

import unittest

from axtest import tap
from axtest.lanes import parse_suite
from axtest.tap import FAIL, PASS, SKIPPED


def verdicts(text, status=0):
    return [o.verdict for o in tap.parse("p", text, status)]


class Counting(unittest.TestCase):
    """What is counted, and as what."""

    def test_plain_results_count_one_each(self):
        self.assertEqual(verdicts("1..2\nok 1 - a\nok 2 - b\n"), [PASS, PASS])

    def test_plan_may_come_last(self):
        self.assertEqual(verdicts("ok 1\nok 2\n1..2\n"), [PASS, PASS])

    def test_not_ok_fails(self):
        self.assertEqual(verdicts("1..2\nok 1\nnot ok 2\n", 1), [PASS, FAIL])

    def test_skip_is_neither(self):
        got = tap.parse("p", "1..1\nok 1 - a # SKIP no such CPU\n", 0)
        self.assertEqual((got[0].verdict, got[0].reason), (SKIPPED, "no such CPU"))

    def test_skip_all_needs_a_plan_of_zero(self):
        self.assertEqual(verdicts("1..0 # SKIP nothing here\n"), [SKIPPED])

    def test_subtests_count_instead_of_their_sum(self):
        text = "KTAP version 1\n1..1\n    1..2\n    ok 1 x\n    ok 2 y\nok 1 both\n"
        got = tap.parse("p", text, 0)
        self.assertEqual([o.name for o in got], ["p: both: x", "p: both: y"])

    def test_failed_subtest_fails(self):
        text = "1..1\n    1..2\n    ok 1 x\n    not ok 2 y\nnot ok 1 both\n"
        self.assertEqual(verdicts(text, 1), [PASS, FAIL])

    def test_reason_of_a_failure_is_what_was_said_before_it(self):
        got = tap.parse("p", "1..2\n# setup\nok 1 a\n# got 3\nnot ok 2 b\n", 1)
        self.assertEqual([o.reason for o in got], ["", "got 3"])

    def test_noise_between_results_is_ignored(self):
        self.assertEqual(verdicts("1..1\nhello\n# ok 7\nok 1\nokay\n"), [PASS])


class Distrust(unittest.TestCase):
    """Each way in which results can be missing or contradict each other fails."""

    def fails(self, text, status=0):
        self.assertIn(FAIL, verdicts(text, status))

    def test_silence(self):
        self.fails("")

    def test_no_plan(self):
        self.fails("ok 1\nok 2\n")

    def test_fewer_results_than_planned(self):
        self.fails("1..3\nok 1\nok 2\n")

    def test_more_results_than_planned(self):
        self.fails("1..1\nok 1\nok 2\n")

    def test_two_plans(self):
        self.fails("1..1\nok 1\n1..1\n")

    def test_wrong_number(self):
        self.fails("1..2\nok 1\nok 3\n")

    def test_plan_of_zero_without_skip(self):
        self.fails("1..0\n")

    def test_bail_out(self):
        self.fails("1..1\nok 1\nBail out! no device\n")

    def test_bad_status_over_good_results(self):
        self.fails("1..1\nok 1\n", 1)

    def test_timeout(self):
        self.fails("1..1\nok 1\n", 124)

    def test_no_end(self):
        self.fails("1..1\nok 1\n", None)

    def test_parent_that_hides_a_failed_subtest(self):
        self.fails("1..1\n    1..1\n    not ok 1 x\nok 1 both\n")

    def test_failed_parent_over_good_subtests(self):
        self.fails("1..1\n    1..1\n    ok 1 x\nnot ok 1 both\n", 1)

    def test_subtest_without_its_parent(self):
        self.fails("1..1\nok 1 a\n    1..1\n    ok 1 x\n")


class Suite(unittest.TestCase):
    """What a lane makes of an emulated host's output."""

    def test_steps_and_programs(self):
        text = "@@ok module loads\n@@begin a\n1..1\nok 1 x\n@@end a 0\n@@not-ok module unloads\n"
        got = [(o.name, o.verdict) for o in parse_suite(text, ["a"])]
        self.assertEqual(got, [("module loads", PASS), ("a: x", PASS), ("module unloads", FAIL)])

    def test_program_that_never_ran(self):
        got = parse_suite("@@begin a\n1..1\nok 1 x\n@@end a 0\n", ["a", "b"])
        self.assertEqual([(o.name, o.verdict) for o in got][1:], [("b", FAIL)])

    def test_host_that_died_inside_a_program(self):
        got = parse_suite("@@begin a\n1..2\nok 1 x\n", ["a"])
        self.assertEqual(sum(o.verdict == FAIL for o in got), 2)


if __name__ == "__main__":
    unittest.main()
