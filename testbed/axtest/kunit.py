# SPDX-License-Identifier: GPL-2.0-only
"""
Reads KUnit results with the kernel's own parser, tools/testing/kunit of the source tree.

A test module prints its suites without the header and the plan that the parser wants to
see above them.  They are added here, with the number of suites that debugfs shows.
"""

import importlib
import io
import re
import sys

from .tap import FAIL, PASS, SKIPPED, Outcome

BEGIN, END = "axvcpu-kunit: begin", "axvcpu-kunit: end"
STAMP = re.compile(r"^\[ *\d+\.\d+\] ?")


def _parser(source, report):
    path = str(source / "tools/testing/kunit")
    if path not in sys.path:
        sys.path.insert(0, path)
    parser = importlib.import_module("kunit_parser")
    parser.stdout = importlib.import_module("kunit_printer").Printer(report)
    return parser


def ktap(console, suites):
    """KTAP text of the test module's part of a kernel log."""
    lines = [STAMP.sub("", line) for line in console.splitlines()]
    first = next((i for i, line in enumerate(lines) if BEGIN in line), None)
    if first is None:
        return ""
    last = next((i for i, line in enumerate(lines) if END in line), len(lines))
    return "\n".join(["KTAP version 1", f"1..{suites}", *lines[first + 1:last]]) + "\n"


def _leaves(test, prefix):
    if not test.subtests:
        yield prefix, test
        return
    for sub in test.subtests:
        yield from _leaves(sub, f"{prefix}{': ' if prefix else ''}{sub.name or 'unnamed'}")


def parse(text, source):
    """(outcomes, the parser's own readable report) of KTAP text."""
    report = io.StringIO()
    parser = _parser(source, report)
    top = parser.parse_run_tests(iter(text.splitlines()))
    verdicts = {parser.TestStatus.SUCCESS: PASS, parser.TestStatus.SKIPPED: SKIPPED}
    outcomes = []
    for name, leaf in _leaves(top, ""):
        verdict = verdicts.get(leaf.status, FAIL)
        reason = ""
        if verdict == SKIPPED:
            # The parser drops the reason.
            said = re.search(rf"^\s*ok \d+ {re.escape(leaf.name)} # SKIP (.+)$", text, re.M)
            reason = said.group(1) if said else ""
        elif verdict != PASS:
            reason = " / ".join([leaf.status.name, *(line.strip() for line in leaf.log[-4:])])
        outcomes.append(Outcome(name or "kunit", verdict, reason))
    if top.counts.errors:
        outcomes.append(Outcome("structure", FAIL, f"{top.counts.errors} errors in the KTAP"))
    return outcomes, report.getvalue()
