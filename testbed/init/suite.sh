# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=dash
# Job of a test lane: every program of /tests with a time limit, then a Linux guest, then
# the module leaves.  Prints what testbed/axtest/lanes.py reads: lines that begin with @@.

. /suite.env	# PROGRAM_TIMEOUT GUEST_TIMEOUT KMEMLEAK
export AXVCPU_GUESTS=/guests PATH=$PATH:/bin

step()		# name, command...: one result line
{
	name=$1
	shift
	"$@" && echo "@@ok $name" || echo "@@not-ok $name"
}

# An object is reported when it is older than five seconds and unreachable in a scan since
# whose predecessor it did not change.  Ours are those whose trace names the module, or an
# address without a name: freed init code, or a module that is gone.
leaks()		# number of scans
{
	sleep 6
	for _ in $(seq "$1"); do
		echo scan >/sys/kernel/debug/kmemleak
	done
	cat /sys/kernel/debug/kmemleak >/tmp/leaks
	awk -v RS='unreferenced object' '/axvcpu|\] 0xffffffff/' /tmp/leaks
}

no_leaks()
{
	found=$(leaks "$1")
	[ -z "$found" ] && return 0
	echo "$found" | head -n 60
	return 1
}

unload()
{
	rmmod axvcpu && ! grep -q '^axvcpu ' /proc/modules && [ ! -e /dev/axvcpu ]
}

reload()
{
	insmod /axvcpu.ko && [ -c /dev/axvcpu ] && unload
}

linux_guest()
{
	timeout "$GUEST_TIMEOUT" axvcpu run --kernel /guest/vmlinuz --initrd /guest/initrd \
		--append "console=ttyS0 panic=-1" --mem 256M --smp 2 --stats \
		</dev/null >/tmp/guest.log 2>&1
	status=$?
	cat /tmp/guest.log
	[ "$status" = 0 ] && grep -q 'guest: all done' /tmp/guest.log &&
		grep -q 'guest: cpus 2' /tmp/guest.log
}

# It goes on when the job is over: the host powers off under a running guest, and the kernel
# log after that must be clean too.
guest_for_the_end()
{
	printf '\353\376' >/tmp/spin	# jmp .
	insmod /axvcpu.ko || return 1
	axvcpu run --flat /tmp/spin@0x8000 --entry 0x8000 --mode real16 --mem 4M \
		</dev/null >/tmp/spin.log 2>&1 &
	for _ in $(seq 50); do
		sleep 0.2
		grep -q '^state 4' /sys/kernel/debug/axvcpu/*/vcpu0/stats 2>/dev/null && return 0
	done
	cat /tmp/spin.log
	return 1
}

step "module loads" insmod /axvcpu.ko
for program in /tests/*; do
	[ -x "$program" ] && [ -f "$program" ] || continue
	name=${program##*/}
	echo "axvcpu-test: $name" >/dev/kmsg
	echo "@@begin $name"
	(cd /tmp && timeout "$PROGRAM_TIMEOUT" "$program") </dev/null 2>&1
	status=$?
	echo
	echo "@@end $name $status"
done
echo "axvcpu-test: linux guest" >/dev/kmsg
[ -e /guest/vmlinuz ] && step "linux guest boots, works and powers off" linux_guest
[ "$KMEMLEAK" = 1 ] && step "kmemleak finds nothing while loaded" no_leaks 2
step "module unloads" unload
step "module loads and unloads again" reload
[ "$KMEMLEAK" = 1 ] && step "kmemleak finds nothing after unload" no_leaks 1
step "a guest runs when the host goes down" guest_for_the_end
exit 0
