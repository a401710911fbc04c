# SPDX-License-Identifier: GPL-2.0-only
"""
Runs jobs on a host that Bochs emulates: an AMD CPU with next RIP, PAUSE filter and LBR.

The same host, job and verdict as in qemu.py.  The machine boots from a CD image; the kernel
log and the job's output are the files behind its serial ports.  Bochs ends with status 1
whatever happened.
"""

import os
import pathlib
import secrets
import shutil
import subprocess
import tempfile
import time

from . import bochs_fetch, qemu
from .env import LOGS, run_logged

# A guest that is entered with interrupts off gets no exits for external interrupts here, so
# it may never give the CPU back: silence of both ports means that.
SILENCE = 100

CONFIG = """\
display_library: rfb, options="timeout=0"
romimage: file={share}/bochs/BIOS-bochs-latest, options=fastboot
vgaromimage: file={share}/vgabios/vgabios.bin
vga: realtime=0
sound: waveoutdrv=dummy, waveindrv=dummy
memory: guest={mem}, host={mem}
cpu: model={model}, count=1, ips=50000000, reset_on_triple_fault=0, ignore_bad_msrs=1, \
exclude_features="rdrand,rdseed"
clock: sync=none, time0=1700000000
ata0: enabled=1, ioaddr1=0x1f0, ioaddr2=0x3f0, irq=14
ata0-master: type=cdrom, path={iso}, status=inserted
boot: cdrom
com1: enabled=1, mode=file, dev={console}
com2: enabled=1, mode=file, dev={out}
panic: action=fatal
error: action=ignore
pci: enabled=1, chipset=i440fx
config_interface: textconfig
log: {log}
"""

ISOLINUX = """\
DEFAULT host
PROMPT 0
LABEL host
KERNEL vmlinuz
INITRD initrd
APPEND {append}
"""


def _append(host):
    return " ".join(["console=ttyS0,115200", "nokaslr", "mitigations=off", "tsc=reliable",
                     "cryptomgr.notests", "panic=-1", "oops=panic", "panic_on_warn=1",
                     "rcupdate.rcu_cpu_stall_timeout=120", "watchdog_thresh=60",
                     host.append]).strip()


def _image(host, emulator, token, tmp):
    """The CD: boot loader, kernel, initramfs."""
    cd = tmp / "cd"
    cd.mkdir()
    root = emulator.root / "usr/lib"
    shutil.copy(root / "ISOLINUX/isolinux.bin", cd)
    shutil.copy(root / "syslinux/modules/bios/ldlinux.c32", cd)
    shutil.copy(host.kernel.vmlinuz, cd / "vmlinuz")
    (cd / "isolinux.cfg").write_text(ISOLINUX.format(append=_append(host)))
    qemu.initramfs(host, token, cd / "initrd")
    iso = tmp / "host.iso"
    run_logged([*emulator.argv("genisoimage"), "-quiet", "-o", str(iso), "-b", "isolinux.bin",
                "-c", "boot.cat", "-no-emul-boot", "-boot-load-size", "4",
                "-boot-info-table", str(cd)], tmp / "genisoimage.log", "genisoimage")
    shutil.rmtree(cd)
    return iso


def _private_network():
    """Bochs shows its screen to the network, also to nobody; here it gets none."""
    argv = ["unshare", "--net", "--map-root-user"]
    try:
        subprocess.run([*argv, "true"], check=True, capture_output=True)
    except (OSError, subprocess.CalledProcessError):
        return []
    return argv


def _wait(proc, host, files):
    """Until the emulator ends; the reason why it was killed, or None."""
    started = changed = time.monotonic()
    size = 0
    while True:
        try:
            proc.wait(timeout=0.5)
            return None
        except subprocess.TimeoutExpired:
            pass
        now = time.monotonic()
        grown = sum(f.stat().st_size for f in files if f.exists())
        if grown != size:
            size, changed = grown, now
        if now - started > host.timeout:
            return f"timeout after {host.timeout:.0f} s"
        if now - changed > SILENCE:
            return f"no sign of life for {SILENCE} s"


def run(host):
    """Boot, run, and judge; a qemu.Host whose smp is 1 and whose cpu is a model of Bochs."""
    emulator = bochs_fetch.get()
    LOGS.mkdir(parents=True, exist_ok=True)
    console = LOGS / f"{host.name}.console.log"
    err_path = LOGS / f"{host.name}.bochs.log"
    console.unlink(missing_ok=True)
    token = "axvcpu-result-" + secrets.token_hex(8)
    started = time.monotonic()
    with tempfile.TemporaryDirectory(prefix="axvcpu-host-") as name:
        tmp = pathlib.Path(name)
        out = tmp / "out"
        iso = _image(host, emulator, token, tmp)
        (tmp / "bochsrc").write_text(CONFIG.format(
            share=emulator.root / "usr/share", mem=host.mem, model=host.cpu, iso=iso,
            console=console, out=out, log=LOGS / f"{host.name}.device.log"))
        # The debugger in Debian's binary waits for a command.
        (tmp / "commands").write_text("c\n")
        env = dict(os.environ, LTDL_LIBRARY_PATH=str(emulator.libs / "bochs/plugins"),
                   BXSHARE=str(emulator.root / "usr/share/bochs"))
        with open(err_path, "w") as err:
            argv = [*_private_network(), *emulator.argv("bochs-bin"), "-q",
                    "-f", str(tmp / "bochsrc"), "-rc", str(tmp / "commands")]
            proc = subprocess.Popen(argv,
                                    stdin=subprocess.DEVNULL, stdout=err,
                                    stderr=subprocess.STDOUT, env=env, cwd=tmp)
            try:
                killed = _wait(proc, host, (console, out))
            finally:
                if proc.poll() is None:
                    proc.kill()
                proc.wait()
        seen = out.read_bytes() if out.exists() else b""
    return qemu.judge(host, seen, killed, token, console, err_path, time.monotonic() - started)
