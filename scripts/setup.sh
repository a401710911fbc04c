#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# Installs the Debian packages that building and testing need.
#	setup.sh --missing	prints what is not installed
#	setup.sh		installs it; the only step of this project that needs root
set -eu

# gcc-12 is what Debian's 6.1 kernel headers ask for; Debian 13's own compiler is newer.
# The 32-bit libraries are for tests of 32-bit userspace (gcc-multilib would conflict with
# cross compilers).
packages="make gcc g++ gcc-12 libc6-dev libc6-dev-i386 flex bison bc libelf-dev libssl-dev
	rsync xz-utils lz4 cpio kmod perl python3 sparse shellcheck qemu-system-x86
	debian-archive-keyring ca-certificates"
packages="$packages lib32gcc-$(if [ -r /etc/debian_version ] &&
	grep -q '^13' /etc/debian_version; then echo 14; else echo 12; fi)-dev"

missing()
{
	for p in $packages; do
		case $(dpkg-query -W -f '${Status}' "$p" 2>/dev/null) in
		*" installed") ;;
		*) printf '%s ' "$p" ;;
		esac
	done
}

need=$(missing)
if [ "${1:-}" = --missing ]; then
	echo "$need"
	exit 0
fi
[ -n "$need" ] || exit 0

if ! command -v apt-get >/dev/null; then
	echo "error: this needs Debian 12 or 13 (no apt-get here); packages: $need" >&2
	exit 1
fi
as_root=
if [ "$(id -u)" != 0 ]; then
	if command -v sudo >/dev/null; then
		as_root=sudo
	else
		echo "error: installing packages needs root and there is no sudo; as root run:" >&2
		echo "    apt-get install --no-install-recommends $need" >&2
		exit 1
	fi
fi
echo "setup: installing $need" >&2
$as_root apt-get update -q >/dev/null
# shellcheck disable=SC2086 # the list is meant to be split
$as_root env DEBIAN_FRONTEND=noninteractive \
	apt-get install -q -y --no-install-recommends $need >/dev/null
