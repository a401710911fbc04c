# SPDX-License-Identifier: GPL-2.0-only
"""
Boots an emulated host, runs one shell job in it and tells how that ended.

Success is only ever an explicit result line: an emulator exits with status 0 after a
panic as well.
"""

import dataclasses
import lzma
import os
import pathlib
import re
import secrets
import select
import shutil
import subprocess
import sys
import tempfile
import termios
import time
import tty

from . import busybox, emulator, splat
from .cpio import Cpio
from .env import LOGS, TESTBED

CPU_SVM = "max,+svm,+npt"
KVM_MODULES = ("irqbypass.ko", "kvm.ko", "kvm-amd.ko")


@dataclasses.dataclass
class Host:
    """What to boot and how."""

    kernel: object
    script: str
    name: str = "host"
    smp: int = 2
    mem: int = 2048
    cpu: str = CPU_SVM
    icount: bool = False
    timeout: float = 120
    append: str = ""
    files: list = dataclasses.field(default_factory=list)	# (source, destination)
    allow: list = dataclasses.field(default_factory=list)	# splats that are expected
    interactive: bool = False
    kvm: bool = True		# kvm.ko and its parts in /kvm
    qemu_args: list = dataclasses.field(default_factory=list)


@dataclasses.dataclass
class Result:
    """How a job ended; status is None when no result line came."""

    status: object
    output: str
    console: pathlib.Path
    problems: list
    seconds: float

    @property
    def ok(self):
        return self.status == 0 and not self.problems


def initramfs(host, token, path):
    image = Cpio()
    image.file(busybox.path(), "bin/busybox")
    image.link("bin/sh", "busybox")
    image.file(TESTBED / "init/host.sh", "init")
    image.chardev("dev/console", 5, 1)
    image.directory("tmp", 0o1777)
    size = shutil.get_terminal_size((80, 25))
    image.data("job.env", f"JOB_TOKEN={token}\nJOB_INTERACTIVE={int(host.interactive)}\n"
                          f"JOB_COLS={size.columns}\nJOB_ROWS={size.lines}\n")
    image.data("job.sh", host.script + "\n")
    for src in host.kernel.modules.rglob("*.ko*") if host.kvm else ():
        if src.name in KVM_MODULES:
            image.file(src, f"kvm/{src.name}")
        elif src.suffix == ".xz" and src.stem in KVM_MODULES:
            image.data(f"kvm/{src.stem}", lzma.decompress(src.read_bytes()))
    for src, dest in host.files:
        image.file(src, dest)
    image.write(path)


def command_line(host, initrd, console):
    # no_timer_check: a busy machine can hold the emulated timer back for longer than the
    # kernel's look at it takes, and it panics.
    append = ["console=ttyS0,115200", "panic=-1", "oops=panic", "panic_on_warn=1", "no_timer_check",
              "rcupdate.rcu_cpu_stall_timeout=120", "watchdog_thresh=60"]
    if host.icount:
        accel = ["-accel", "tcg,thread=single", "-icount", "shift=0,sleep=off"]
        append += ["mitigations=off", "nokaslr", "quiet"]
    else:
        accel = ["-accel", "tcg,thread=multi"]
    append.append(host.append)
    return [*emulator.command(), *accel, "-machine", "q35", "-cpu", host.cpu,
            "-smp", str(1 if host.icount else host.smp), "-m", str(host.mem),
            "-display", "none", "-vga", "none", "-nic", "none", "-no-reboot", "-monitor", "none",
            "-kernel", str(host.kernel.vmlinuz), "-initrd", str(initrd),
            "-append", " ".join(append).strip(),
            "-serial", f"file:{console}",
            "-chardev", "stdio,id=job,signal=off", "-serial", "chardev:job",
            *host.qemu_args]


class _Terminal:
    """The caller's terminal, raw while an interactive job runs."""

    def __init__(self, wanted):
        self.fd = sys.stdin.fileno() if wanted and sys.stdin.isatty() else None
        self.saved = None

    def __enter__(self):
        if self.fd is not None:
            self.saved = termios.tcgetattr(self.fd)
            tty.setraw(self.fd)
        return self

    def __exit__(self, *exc):
        if self.saved is not None:
            termios.tcsetattr(self.fd, termios.TCSADRAIN, self.saved)


def _pump(proc, host, token, emit):
    """Move bytes both ways until the emulator ends; returns (output, reason it was killed)."""
    out_fd = proc.stdout.fileno()
    deadline = time.monotonic() + host.timeout
    seen = bytearray()
    shown = 0
    marker = f"\n{token} ".encode()
    stdin = sys.stdin.fileno() if host.interactive else None
    last_key = b""
    while True:
        left = deadline - time.monotonic()
        if left <= 0:
            proc.kill()
            return seen, f"timeout after {host.timeout:.0f} s"
        watch = [out_fd] if stdin is None else [out_fd, stdin]
        ready, _, _ = select.select(watch, [], [], min(left, 1.0))
        if stdin is not None and stdin in ready:
            keys = os.read(stdin, 1024)
            if not keys:
                stdin = None
            # The launcher in the host quits on Ctrl-a x; when none is there to do so, this must.
            if (last_key + keys).endswith(b"\x01x"):
                deadline = min(deadline, time.monotonic() + 15)
            last_key = keys[-1:]
            try:
                proc.stdin.write(keys)
                proc.stdin.flush()
            except BrokenPipeError:
                stdin = None
        if out_fd in ready:
            chunk = os.read(out_fd, 65536)
            if not chunk:
                break
            seen += chunk
            # Hold back what may be the beginning of the result line.
            end = seen.find(marker)
            if end < 0:
                end = len(seen) if host.interactive else max(shown, len(seen) - len(marker))
            if emit and end > shown:
                emit(bytes(seen[shown:end]))
                shown = end
    end = seen.find(marker)
    if emit and end != shown:
        emit(bytes(seen[shown:end if end >= 0 else len(seen)]))
    proc.wait()
    return seen, None


def to_stdout(data):
    sys.stdout.buffer.write(data)
    sys.stdout.buffer.flush()


def run(host, emit=None):
    """Boot, run, and judge.  emit(bytes) gets the job's output as it comes."""
    LOGS.mkdir(parents=True, exist_ok=True)
    console = LOGS / f"{host.name}.console.log"
    console.unlink(missing_ok=True)
    token = "axvcpu-result-" + secrets.token_hex(8)
    started = time.monotonic()
    with tempfile.TemporaryDirectory(prefix="axvcpu-host-") as tmp:
        initrd = os.path.join(tmp, "initrd.cpio")
        initramfs(host, token, initrd)
        argv = command_line(host, initrd, console)
        err_path = LOGS / f"{host.name}.qemu.log"
        with open(err_path, "w") as err, _Terminal(host.interactive):
            err.write(" ".join(argv) + "\n")
            err.flush()
            proc = subprocess.Popen(argv, stdout=subprocess.PIPE, stderr=err,
                                    stdin=subprocess.PIPE if host.interactive
                                    else subprocess.DEVNULL)
            try:
                seen, killed = _pump(proc, host, token, emit)
            finally:
                if proc.poll() is None:
                    proc.kill()
                proc.wait()
    seconds = time.monotonic() - started
    return judge(host, seen, killed, token, console, err_path, seconds)


def judge(host, seen, killed, token, console, err_path, seconds):
    text = seen.decode(errors="replace").replace("\r\n", "\n")
    match = re.search(rf"\n?^{token} (\d+)$", text, re.M)
    status = int(match.group(1)) if match else None
    output = text[:match.start()] if match else text
    log = console.read_text(errors="replace") if console.exists() else ""
    problems = [f"kernel log: {line.strip()}" for line in splat.find(log, host.allow)]
    if killed:
        problems.insert(0, killed)
    elif status is None:
        said = err_path.read_text().splitlines()[1:]
        problems.insert(0, "the host ended without a result line " + " ".join(said[-3:]))
    (LOGS / f"{host.name}.out.log").write_text(output)
    return Result(status, output, console, problems, seconds)
