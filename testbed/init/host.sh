#!/bin/busybox sh
# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=dash
# First process of an emulated host: runs /job.sh with the second serial port as its
# standard files, reports its status there and powers off.

/bin/busybox mkdir -p /proc /sys /dev /tmp /run /root /sbin /usr/bin /usr/sbin
/bin/busybox --install -s
export PATH=/bin:/sbin:/usr/bin:/usr/sbin HOME=/root

mount -t proc proc /proc
mount -t sysfs sys /sys
mount -t devtmpfs dev /dev
mkdir -p /dev/pts /dev/shm /sys/fs/cgroup
mount -t devpts pts /dev/pts 2>/dev/null
mount -t tmpfs shm /dev/shm
mount -t debugfs debug /sys/kernel/debug 2>/dev/null
mount -t tracefs trace /sys/kernel/tracing 2>/dev/null
mount -t cgroup2 cgroup /sys/fs/cgroup 2>/dev/null
hostname axvcpu-host
ulimit -c 0

. /job.env
if [ "$JOB_INTERACTIVE" = 1 ]; then
	stty -F /dev/ttyS1 sane cols "$JOB_COLS" rows "$JOB_ROWS"
	setsid -c sh /job.sh </dev/ttyS1 >/dev/ttyS1 2>&1
else
	# Bochs sends at the speed that is set, and a close waits for no more than 30 s.
	stty -F /dev/ttyS1 raw -echo 115200
	sh /job.sh </dev/null >/dev/ttyS1 2>&1
fi
status=$?

# The last close of the port waits until everything has been sent.
printf '\n%s %d\n' "$JOB_TOKEN" "$status" >/dev/ttyS1
sleep 0.1
# Emulators do not power off any more once they have slept; a reset ends them as well.
case $(cat /sys/power/suspend_stats/success 2>/dev/null) in
'' | 0) poweroff -f ;;
*) reboot -f ;;
esac
