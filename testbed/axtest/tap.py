# SPDX-License-Identifier: GPL-2.0-only
"""
Counts TAP and KTAP.

A program's output counts as passed only when it announced a plan, kept it, numbered its
results in order and exited with the status that they imply.  Everything else becomes a
failed test of its own, so that nothing can go wrong without being counted.
"""

import dataclasses
import re

VERSION = re.compile(r"^\s*K?TAP version \d+\s*$")
PLAN = re.compile(r"^( *)1\.\.(\d+)\s*(?:#\s*(.*))?$")
RESULT = re.compile(r"^( *)(not ok|ok)\b\s*(\d+)?\s*(.*)$")
BAIL = re.compile(r"^\s*Bail out!\s*(.*)$")
SKIP = re.compile(r"(?:^|\s)#\s*skip\b\S*\s*(.*)$", re.I)

PASS, FAIL, SKIPPED = "passed", "failed", "skipped"


@dataclasses.dataclass
class Outcome:
    """One counted test."""

    name: str
    verdict: str
    reason: str = ""


class _Level:
    """Results at one indentation; a parent's own line only sums up its subtests."""

    def __init__(self):
        self.plan = None
        self.skip_all = None
        self.seen = 0
        self.leaves = []
        self.errors = []

    def problems(self):
        found = list(self.errors)
        if self.plan is None:
            found.append("no plan")
        elif self.plan != self.seen:
            found.append(f"plan of {self.plan}, {self.seen} results")
        return found


class Parser:
    """Feed the output of one program line by line, then ask for its outcomes."""

    def __init__(self, name):
        self.name = name
        self.levels = {0: _Level()}
        self.bailed = None
        self.said = []

    def line(self, text):
        text = text.rstrip("\r\n").replace("\t", "    ")
        match = BAIL.match(text)
        if match:
            self.bailed = match.group(1) or "no reason given"
        elif PLAN.match(text):
            self._plan(PLAN.match(text))
        elif RESULT.match(text) and not VERSION.match(text):
            self._result(RESULT.match(text))
            self.said = []
        elif text.lstrip().startswith("#"):
            # By convention a program says what went wrong before it says "not ok".
            self.said = [*self.said[-3:], text.lstrip(" #")]

    def _level(self, indent):
        return self.levels.setdefault(indent, _Level())

    def _plan(self, match):
        level = self._level(len(match.group(1)))
        if level.plan is not None:
            level.errors.append("two plans")
        level.plan = int(match.group(2))
        comment = match.group(3) or ""
        if level.plan == 0 and comment.lower().startswith("skip"):
            level.skip_all = comment[4:].strip() or "no reason given"

    def _result(self, match):
        indent = len(match.group(1))
        level = self._level(indent)
        level.seen += 1
        number, rest = match.group(3), match.group(4)
        if number is not None and int(number) != level.seen:
            level.errors.append(f"result {number} came as number {level.seen}")
        skip = SKIP.search(rest)
        title = SKIP.sub("", rest).strip().removeprefix("- ").strip() or f"test {level.seen}"
        failed = match.group(2) == "not ok"
        children = self._take_deeper(indent)
        if children is None:
            verdict = FAIL if failed else SKIPPED if skip else PASS
            reason = skip.group(1) if skip else " / ".join(self.said) if failed else ""
            level.leaves.append(Outcome(title, verdict, reason))
            return
        for child in children:
            child.name = f"{title}: {child.name}"
        if failed and all(c.verdict != FAIL for c in children):
            children.append(Outcome(title, FAIL, "failed as a whole"))
        if not failed and any(c.verdict == FAIL for c in children):
            level.errors.append(f"{title} says ok over a failed subtest")
        level.leaves += children

    def _take_deeper(self, indent):
        """Outcomes of the levels below one that just gave its result, or None without any."""
        deeper = sorted(i for i in self.levels if i > indent)
        if not deeper:
            return None
        leaves = []
        for i in deeper:
            sub = self.levels.pop(i)
            leaves += sub.leaves
            leaves += [Outcome("structure", FAIL, p) for p in sub.problems()]
        return leaves

    def outcomes(self, status):
        """All outcomes; status is the exit status, or None if the program did not end."""
        unfinished = self._take_deeper(0) or []
        top = self.levels[0]
        result = top.leaves + unfinished
        if self.bailed is not None:
            result.append(Outcome("bail out", FAIL, self.bailed))
        elif top.skip_all is not None and not result:
            result.append(Outcome("all", SKIPPED, top.skip_all))
        else:
            result += [Outcome("structure", FAIL, p) for p in top.problems()]
        if unfinished:
            result.append(Outcome("structure", FAIL, "a subtest without a result"))
        if not result:
            result.append(Outcome("structure", FAIL, "not one test"))
        failed = any(o.verdict == FAIL for o in result)
        if status is None:
            result.append(Outcome("end", FAIL, "the program did not end"))
        elif status == 124 or status == 143:
            result.append(Outcome("end", FAIL, f"stopped, status {status} (timeout)"))
        elif status and not failed:
            result.append(Outcome("end", FAIL, f"exit status {status} though no test failed"))
        for outcome in result:
            outcome.name = f"{self.name}: {outcome.name}"
        return result


def parse(name, text, status):
    parser = Parser(name)
    for line in text.splitlines():
        parser.line(line)
    return parser.outcomes(status)
