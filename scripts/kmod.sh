#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# Builds the module out of tree for one kernel and keeps the checkout clean:
#	kmod.sh OUT KDIR [make arguments]
# OUT is a copy of the kernel sources, brought up to date each time; building there is
# incremental because rsync keeps modification times.
set -eu

out=$1
kdir=$2
shift 2
top=$(cd "$(dirname "$0")/.." && pwd)

if [ ! -f "$kdir/Makefile" ]; then
	echo "error: $kdir has no kernel build files; give KDIR=, or install" \
		"linux-headers-$(uname -r)" >&2
	exit 1
fi
mkdir -p "$out"
cd "$top"
for part in Kbuild include module arch kunit; do
	[ ! -e "$part" ] || printf '%s\n' "$part"
done | rsync -rlpt --delete --files-from=- --filter='P *.o' --filter='P *.o.d' \
	--filter='P *.ko' --filter='P .*.cmd' --filter='P *.mod' --filter='P *.mod.c' \
	--filter='P modules.order' --filter='P Module.symvers' --filter='P .tmp_*' ./ "$out/"
exec make -C "$kdir" M="$out" --no-print-directory "$@" modules
