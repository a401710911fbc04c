# SPDX-License-Identifier: GPL-2.0-only
"""
Downloads Debian packages without touching the machine's own package state.

A private apt configuration per suite set: own source list, lists and cache.
Works as an ordinary user.  Signatures are checked against Debian's keyring.
"""

import re
import subprocess

from .env import CACHE, Fail, say

KEYRING = "/usr/share/keyrings/debian-archive-keyring.gpg"
DEFAULT_SITE = "http://deb.debian.org/debian"
DEFAULT_SECURITY = "http://deb.debian.org/debian-security"


def codename():
    """The Debian release of this machine; only 12 and 13 are supported."""
    info = {}
    with open("/etc/os-release") as f:
        for line in f:
            key, _, value = line.strip().partition("=")
            info[key] = value.strip('"')
    name = info.get("VERSION_CODENAME", "")
    if info.get("ID") != "debian" or name not in ("bookworm", "trixie"):
        raise Fail("the test bed runs on Debian 12 (bookworm) or 13 (trixie); this is "
                   + info.get("PRETTY_NAME", "unknown"))
    return name


def _mirrors():
    """The archive and security mirrors that the machine itself uses."""
    site, security = DEFAULT_SITE, DEFAULT_SECURITY
    found = subprocess.run(["apt-get", "indextargets", "--format", "$(SITE) $(RELEASE)"],
                           capture_output=True, text=True, check=False).stdout
    for line in found.splitlines():
        url, _, release = line.partition(" ")
        if not url.startswith("http"):
            continue
        if release == codename():
            site = url.rstrip("/")
        elif release == codename() + "-security":
            security = url.rstrip("/")
    return site, security


def _suites(line):
    """Source list entries for the kernels of one line, '6.1' or '6.12', or for 'bochs'."""
    site, security = _mirrors()
    if line == "bochs":
        return [(site, "trixie")]
    if line == "6.12" and codename() == "bookworm":
        return [(site, "bookworm-backports")]
    suite = "bookworm" if line == "6.1" else "trixie"
    return [(site, suite), (security, suite + "-security")]


class Apt:
    """apt on a private configuration for one line of packages."""

    def __init__(self, line):
        self.line = line
        self.dir = CACHE / "apt" / line
        self.debs = CACHE / "debs"

    def _options(self):
        d = self.dir
        return [
            "-o", f"Dir::Etc::sourcelist={d}/sources.list",
            "-o", "Dir::Etc::sourceparts=/dev/null",
            "-o", "Dir::Etc::preferences=/dev/null",
            "-o", "Dir::Etc::preferencesparts=/dev/null",
            "-o", f"Dir::State={d}/state",
            "-o", f"Dir::State::lists={d}/lists",
            "-o", f"Dir::State::status={d}/status",
            "-o", f"Dir::Cache={d}/cache",
            "-o", "APT::Sandbox::User=",
            "-o", "APT::Default-Release=",
            "-o", "APT::Update::Post-Invoke-Success::=true",
            "-o", "Acquire::Languages=none",
            "-o", "Acquire::Retries=3",
        ]

    def _run(self, argv, cwd=None):
        done = subprocess.run([argv[0], *self._options(), *argv[1:]], cwd=cwd,
                              stdin=subprocess.DEVNULL, capture_output=True, text=True)
        if done.returncode:
            raise Fail(f"{' '.join(argv)}: {done.stderr.strip() or done.stdout.strip()}")
        return done.stdout

    def update(self):
        for sub in ("state", "lists/partial", "cache/archives/partial"):
            (self.dir / sub).mkdir(parents=True, exist_ok=True)
        (self.dir / "status").touch()
        text = "".join(f"deb [arch=amd64 signed-by={KEYRING}] {site} {suite} main\n"
                       for site, suite in _suites(self.line))
        (self.dir / "sources.list").write_text(text)
        say(f"reading the package lists for {self.line}")
        self._run(["apt-get", "update", "-q", "-o", "APT::Update::Error-Mode=any"])

    def depends(self, package):
        """(version, names that the newest version of a package depends on)."""
        text = self._run(["apt-cache", "show", "--no-all-versions", package])
        version = re.search(r"^Version: (.*)$", text, re.M)
        deps = re.search(r"^Depends: (.*)$", text, re.M)
        names = re.findall(r"(?:^|[,|])\s*([a-z0-9][a-z0-9.+-]*)", deps.group(1)) if deps else []
        return version.group(1), names

    def download(self, packages):
        """Paths of the .deb files, downloaded or already there."""
        self.debs.mkdir(parents=True, exist_ok=True)
        paths = []
        for name in packages:
            version, _ = self.depends(name)
            stem = f"{name}_{version.replace(':', '%3a')}_"
            have = list(self.debs.glob(stem + "*.deb"))
            if not have:
                say(f"downloading {name} {version}")
                self._run(["apt-get", "-q", "download", name], cwd=self.debs)
                have = list(self.debs.glob(stem + "*.deb"))
            if len(have) != 1:
                raise Fail(f"{name} {version}: expected one .deb in {self.debs}, found {have}")
            paths.append(have[0])
        return paths


def unpack(debs, dest):
    for deb in debs:
        subprocess.run(["dpkg", "-x", str(deb), str(dest)], check=True)
