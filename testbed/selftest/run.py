# SPDX-License-Identifier: GPL-2.0-only
"""Runs the test bed's own tests and prints TAP."""

import pathlib
import sys
import unittest

HERE = pathlib.Path(__file__).resolve().parent
sys.path[:0] = [str(HERE.parent), str(HERE)]


class TapResult(unittest.TestResult):
    """One TAP line per test."""

    count = 0

    def _line(self, test, word, note=""):
        self.count += 1
        print(f"{word} {self.count} - {test.id()}{note}")

    def addSuccess(self, test):
        self._line(test, "ok")

    def _bad(self, test, err):
        self._line(test, "not ok")
        for line in self._exc_info_to_string(err, test).splitlines():
            print("# " + line)

    def addFailure(self, test, err):
        super().addFailure(test, err)
        self._bad(test, err)

    def addError(self, test, err):
        super().addError(test, err)
        self._bad(test, err)

    def addSkip(self, test, reason):
        super().addSkip(test, reason)
        self._line(test, "ok", f" # SKIP {reason}")


def main():
    suite = unittest.defaultTestLoader.discover(str(HERE), pattern="test_*.py")
    print("TAP version 13")
    print(f"1..{suite.countTestCases()}")
    result = suite.run(TapResult())
    return 0 if result.wasSuccessful() and result.count else 1


sys.exit(main())
