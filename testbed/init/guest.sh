#!/bin/busybox sh
# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=dash
# First process of the Linux guest: shows that the guest works, then gives a shell
# (axvcpu.shell on the kernel command line) or powers off.

/bin/busybox mkdir -p /proc /sys /dev /tmp /root /sbin /usr/bin /usr/sbin
/bin/busybox --install -s
export PATH=/bin:/sbin:/usr/bin:/usr/sbin HOME=/root PS1='guest # '

mount -t proc proc /proc
mount -t sysfs sys /sys
mount -t devtmpfs dev /dev
mount -t tmpfs tmp /tmp
hostname axvcpu-guest

echo "guest: $(uname -a)"
echo "guest: memory $(awk '/MemTotal/ { print $2, $3 }' /proc/meminfo)"
echo "guest: cpus $(grep -c '^processor' /proc/cpuinfo)"
echo "guest: uptime $(cut -d' ' -f1 /proc/uptime) s"

if grep -q axvcpu.shell /proc/cmdline; then
	echo "guest: this is a shell; 'poweroff -f' ends it, Ctrl-a x quits the launcher"
	setsid -c sh -i </dev/console >/dev/console 2>&1
	poweroff -f
fi

n=0
while [ "$n" -lt 40 ]; do
	sh -c 'exit 0' && n=$((n + 1)) || break
done
echo "guest: $n processes"

# All-zero input makes the right answer a constant.
dd if=/dev/zero of=/tmp/zeros bs=1M count=4 2>/dev/null
for cpu in $(seq 0 $(($(grep -c '^processor' /proc/cpuinfo) - 1))); do
	taskset -c "$cpu" md5sum /tmp/zeros >"/tmp/sum.$cpu" &
done
wait
bad=0
for sum in /tmp/sum.*; do
	read -r value _ <"$sum"
	[ "$value" = b5cfa9d6c8febd618f91ac2843d50a1c ] || bad=1
done
echo "guest: md5 of 4 MiB on each cpu: $([ $bad = 0 ] && echo right || echo WRONG)"
echo "guest: uptime $(cut -d' ' -f1 /proc/uptime) s"
[ $bad = 0 ] && [ $n = 40 ] && echo "guest: all done"
poweroff -f
