# SPDX-License-Identifier: GPL-2.0-only
"""Where things are, and how the test bed speaks to the person who runs it."""

import contextlib
import fcntl
import os
import pathlib
import subprocess
import sys
import time

TREE = pathlib.Path(__file__).resolve().parents[2]
TESTBED = TREE / "testbed"
BUILD = pathlib.Path(os.environ.get("AXVCPU_BUILD") or TREE / "build").resolve()
LOGS = BUILD / "logs"


def _cache_dir():
    if os.environ.get("AXVCPU_CACHE"):
        return pathlib.Path(os.environ["AXVCPU_CACHE"]).resolve()
    base = os.environ.get("XDG_CACHE_HOME") or os.path.expanduser("~/.cache")
    return pathlib.Path(base).resolve() / "axvcpu"


CACHE = _cache_dir()


class Fail(Exception):
    """Something the user must know about; printed without a traceback."""


def say(text):
    print(f"[{time.strftime('%H:%M:%S')}] {text}", file=sys.stderr, flush=True)


def run_logged(argv, log, what, **kw):
    """Run argv with its output in a file; on failure show the end of that file."""
    log.parent.mkdir(parents=True, exist_ok=True)
    with open(log, "w") as out:
        done = subprocess.run(argv, stdin=subprocess.DEVNULL, stdout=out,
                              stderr=subprocess.STDOUT, **kw)
    if done.returncode:
        tail = log.read_text(errors="replace").splitlines()[-30:]
        raise Fail(f"{what} failed, status {done.returncode}; full log {log}\n  "
                   + "\n  ".join(tail))


@contextlib.contextmanager
def locked(name):
    """One process at a time prepares a cached thing; the others wait for it."""
    CACHE.mkdir(parents=True, exist_ok=True)
    with open(CACHE / f".lock-{name}", "w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            say(f"waiting for another process that prepares {name}")
            fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def main_wrapper(main):
    """Run a command's main() and turn Fail into a message and status 1."""
    try:
        sys.exit(main())
    except (Fail, OSError) as err:
        print(f"error: {err}", file=sys.stderr)
        sys.exit(1)
    except KeyboardInterrupt:
        sys.exit(130)
