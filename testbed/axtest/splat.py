# SPDX-License-Identifier: GPL-2.0-only
"""Finds the lines of a kernel log that mean that something went wrong."""

import re

PATTERNS = [
    r"Kernel panic",
    r"\bBUG:",
    r"\bWARNING:",
    r"\bKASAN:",
    r"\bUBSAN:",
    r"\bODEBUG:",
    r"\[ INFO: ",
    r"INFO: possible recursive locking",
    r"INFO: possible circular locking",
    r"INFO: trying to register non-static key",
    r"INFO: task .* blocked for more than",
    r"inconsistent lock state",
    r"DEBUG_LOCKS_WARN_ON",
    r"suspicious RCU usage",
    r"Voluntary context switch within RCU",
    r"rcu_\w+ (self-)?detected",
    r"(soft|hard) lockup|LOCKUP",
    r"scheduling while atomic",
    r"sleeping function called",
    r"general protection fault",
    r"unable to handle",
    r"Oops:",
    r"(list_add|list_del) corruption",
    r"refcount_t:",
    r"unchecked MSR access error",
    r"Bad (page|rss-counter) state|Bad rss-counter",
    r"kernel tried to execute NX",
    r"Call Trace:",
    r"Out of memory:",
    r"disagrees about version of symbol|Unknown symbol",
]
_ANY = re.compile("|".join(PATTERNS))


def find(log, allow=()):
    """Lines of a kernel log that are splats and match none of the allowed expressions."""
    allowed = [re.compile(a) for a in allow]
    return [line for line in log.splitlines()
            if _ANY.search(line) and not any(a.search(line) for a in allowed)]
