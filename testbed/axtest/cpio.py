# SPDX-License-Identifier: GPL-2.0-only
"""Writes initramfs images (cpio "newc") as an ordinary user, device nodes included."""

import os
import stat


class Cpio:
    """Collects entries; parents of each path are made as needed."""

    def __init__(self):
        self._entries = {}

    def _parents(self, path):
        parts = path.split("/")[:-1]
        for i in range(1, len(parts) + 1):
            self._entries.setdefault("/".join(parts[:i]), (stat.S_IFDIR | 0o755, b"", 0, 0))

    def _add(self, dest, mode, data=b"", major=0, minor=0):
        dest = dest.strip("/")
        self._parents(dest)
        self._entries[dest] = (mode, data, major, minor)

    def data(self, dest, data, mode=0o644):
        self._add(dest, stat.S_IFREG | mode, data if isinstance(data, bytes) else data.encode())

    def link(self, dest, target):
        self._add(dest, stat.S_IFLNK | 0o777, target.encode())

    def directory(self, dest, mode=0o755):
        self._add(dest, stat.S_IFDIR | mode)

    def chardev(self, dest, major, minor):
        self._add(dest, stat.S_IFCHR | 0o600, b"", major, minor)

    def file(self, src, dest):
        """A file, or a directory with everything below it; symbolic links are followed."""
        src = os.path.realpath(src)
        if os.path.isdir(src):
            self.directory(dest)
            for name in sorted(os.listdir(src)):
                self.file(os.path.join(src, name), f"{dest}/{name}")
            return
        with open(src, "rb") as f:
            self._add(dest, stat.S_IFREG | (os.stat(src).st_mode & 0o777), f.read())

    def write(self, path):
        with open(path, "wb") as out:
            for ino, (name, entry) in enumerate(sorted(self._entries.items()), 1):
                self._write_entry(out, ino, name, *entry)
            self._write_entry(out, 0, "TRAILER!!!", 0, b"", 0, 0)

    @staticmethod
    def _write_entry(out, ino, name, mode, data, major, minor):
        raw = name.encode() + b"\0"
        nlink = 2 if stat.S_ISDIR(mode) else 1
        fields = (ino, mode, 0, 0, nlink, 0, len(data), 0, 0, major, minor, len(raw), 0)
        head = b"070701" + b"".join(b"%08x" % f for f in fields) + raw
        out.write(head + b"\0" * (-len(head) % 4) + data + b"\0" * (-len(data) % 4))
