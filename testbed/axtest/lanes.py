# SPDX-License-Identifier: GPL-2.0-only
"""
The test lanes: each gives a list of outcomes and never raises for a failing product.

unit      userspace unit tests and the test bed's own, on this machine
kunit     in-kernel tests on the debug kernel
svm-*     test programs and a Linux guest on an emulated AMD host, one lane per kernel
svm-bochs test programs on an AMD host with features that QEMU lacks, with and without them
"""

import os
import re
import subprocess
import sys

from . import bochs_lane, debugkernel, kunit, payload, qemu, stock, tap
from .env import BUILD, Fail, LOGS, TESTBED, TREE
from .tap import FAIL, PASS, SKIPPED, Outcome

# Wall times on a quiet machine are a tenth of these.
LIMITS = {
    "stock": {"program": 180, "guest": 240, "host": 1200},
    "debug": {"program": 420, "guest": 600, "host": 2100},
}


def _kernel(name):
    return debugkernel.get(name) if name == "debug" else stock.get(name)


def _host_outcomes(result):
    """The host itself is a test: it must end on its own with a clean kernel log."""
    found = [Outcome("host", FAIL, p) for p in result.problems]
    if result.status not in (0, None):
        found.append(Outcome("host", FAIL, f"the job's status is {result.status}"))
    return found or [Outcome("host: ends with a clean kernel log", PASS)]


def parse_suite(output, expected):
    """Outcomes of what init/suite.sh printed; expected programs that did not run fail."""
    outcomes, seen, parser = [], set(), None
    for line in output.splitlines():
        match = re.match(r"@@(begin|end|ok|not-ok) (.*)$", line)
        if not match:
            if parser:
                parser.line(line)
            continue
        kind, text = match.groups()
        if kind == "begin":
            parser = tap.Parser(text)
            seen.add(text)
        elif kind == "end" and parser:
            outcomes += parser.outcomes(int(text.rsplit(" ", 1)[1]))
            parser = None
        elif kind in ("ok", "not-ok"):
            outcomes.append(Outcome(text, PASS if kind == "ok" else FAIL))
    if parser:
        outcomes += parser.outcomes(None)
    outcomes += [Outcome(name, FAIL, "did not run") for name in sorted(set(expected) - seen)]
    return outcomes


def _steps(with_kmemleak):
    steps = ["module loads", "linux guest boots, works and powers off", "module unloads",
             "module loads and unloads again"]
    if with_kmemleak:
        steps += ["kmemleak finds nothing while loaded", "kmemleak finds nothing after unload"]
    return [*steps, "a guest runs when the host goes down"]


def svm(lane, kernel_name, only=None):
    debug = kernel_name == "debug"
    limits = LIMITS["debug" if debug else "stock"]
    kernel = _kernel(kernel_name)
    programs = sorted(p.name for p in (BUILD / "tests").glob("*")
                      if p.is_file() and os.access(p, os.X_OK))
    if only:
        programs = [p for p in programs if p == only]
    if not programs:
        return [Outcome("programs", FAIL, f"no test programs in {BUILD / 'tests'}")]
    LOGS.mkdir(parents=True, exist_ok=True)
    env = LOGS / f"{lane}.env"
    env.write_text(f"PROGRAM_TIMEOUT={limits['program']}\nGUEST_TIMEOUT={limits['guest']}\n"
                   f"KMEMLEAK={int(debug)}\n")
    files = [f for f in payload.tree(kernel_name) if f[1] != "/tests"]
    files += [(BUILD / "tests" / p, f"/tests/{p}") for p in programs]
    files += [(env, "/suite.env"), *payload.linux_guest(), *payload.msr_driver(kernel)]
    host = qemu.Host(kernel=kernel, name=lane, files=files, timeout=limits["host"], smp=2,
                     mem=1024 if debug else 2048, script=(TESTBED / "init/suite.sh").read_text())
    result = qemu.run(host)
    outcomes = parse_suite(result.output, programs)
    ran = {o.name for o in outcomes}
    outcomes += [Outcome(s, FAIL, "did not run") for s in _steps(debug) if s not in ran]
    return outcomes + _host_outcomes(result)


def svm_bochs(lane, only=None):
    """The only lane that may be missing: its emulator comes from another Debian release."""
    try:
        bochs_lane.prepare()
    except (Fail, OSError, subprocess.SubprocessError) as err:
        return [Outcome("bochs", SKIPPED, f"Bochs 3.0 cannot be had: {err}")]
    LOGS.mkdir(parents=True, exist_ok=True)
    result, expected = bochs_lane.run(lane, _kernel("stock-6.1"), only)
    outcomes = parse_suite(result.output, expected)
    ran = {o.name for o in outcomes}
    outcomes += [Outcome(s, FAIL, "did not run") for s in bochs_lane.STEPS if s not in ran]
    outcomes += [Outcome(name, SKIPPED, why) for name, why in bochs_lane.NOT_HERE.items()
                 if only in (None, name)]
    return outcomes + _host_outcomes(result)


KUNIT_JOB = f"""
insmod /kunit.ko enable=1 || exit 1
echo '{kunit.BEGIN}' >/dev/kmsg
insmod /axvcpu_kunit.ko
status=$?
echo '{kunit.END}' >/dev/kmsg
echo "suites $(ls /sys/kernel/debug/kunit | wc -l)"
[ $status = 0 ] || exit 2
rmmod axvcpu_kunit
"""


def kunit_lane(lane, _only=None):
    kernel = _kernel("debug")
    files = [(kernel.modules / "kunit.ko", "/kunit.ko"),
             (payload.module("debug", "axvcpu_kunit.ko"), "/axvcpu_kunit.ko")]
    host = qemu.Host(kernel=kernel, name=lane, files=files, timeout=LIMITS["debug"]["host"],
                     append="kmemleak=off", script=KUNIT_JOB)
    result = qemu.run(host)
    suites = re.search(r"^suites (\d+)$", result.output, re.M)
    text = kunit.ktap(result.console.read_text(errors="replace"),
                      suites.group(1) if suites else 1)
    (LOGS / f"{lane}.ktap.log").write_text(text)
    outcomes, report = kunit.parse(text, debugkernel.source())
    (LOGS / f"{lane}.out.log").write_text(report)
    return outcomes + _host_outcomes(result)


def _unit_programs():
    for path in sorted((BUILD / "unit").glob("*")):
        if path.is_file() and os.access(path, os.X_OK):
            yield path.name, [str(path)]


def unit(lane, only=None):
    """Programs that need no kernel of ours; the test bed checks itself here as well."""
    outcomes = []
    LOGS.mkdir(parents=True, exist_ok=True)
    runs = list(_unit_programs())
    runs.append(("testbed", [sys.executable, str(TESTBED / "selftest/run.py")]))
    runs = [r for r in runs if only in (None, r[0])]
    with open(LOGS / f"{lane}.out.log", "w") as log:
        for name, argv in runs:
            try:
                done = subprocess.run(argv, cwd=TREE, stdin=subprocess.DEVNULL, text=True,
                                      stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
                                      errors="replace", timeout=300)
                text, status = done.stdout, done.returncode
            except subprocess.TimeoutExpired as err:
                text, status = (err.stdout or b"").decode(errors="replace"), None
            log.write(f"== {name}: status {status}\n{text}\n")
            outcomes += tap.parse(name, text, status)
    return outcomes


# In the order of their length, so that the last one to end is a short one.
LANES = {
    "svm-debug": ("svm", lambda lane, only: svm(lane, "debug", only)),
    "svm-6.1": ("svm", lambda lane, only: svm(lane, "stock-6.1", only)),
    "svm-6.12": ("svm", lambda lane, only: svm(lane, "stock-6.12", only)),
    "svm-bochs": ("svm", svm_bochs),
    "kunit": (None, kunit_lane),
    "unit": (None, unit),
}
BACKENDS = sorted({backend for backend, _ in LANES.values() if backend})


def run(lane, only=None):
    """Outcomes of one lane; whatever goes wrong in the test bed is a failed test too."""
    try:
        outcomes = LANES[lane][1](lane, only)
    except (Fail, OSError, subprocess.SubprocessError) as err:
        return [Outcome("test bed", FAIL, str(err))]
    return outcomes or [Outcome("test bed", FAIL, "a lane without tests")]
