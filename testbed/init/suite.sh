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

leaks()		# prints what kmemleak has found since the last clear
{
	# An object is reported when it is older than five seconds and unreachable in two scans.
	sleep 6
	echo scan >/sys/kernel/debug/kmemleak
	sleep 1
	echo scan >/sys/kernel/debug/kmemleak
	cat /sys/kernel/debug/kmemleak
}

no_new_leaks()
{
	found=$(leaks)
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

if [ "$KMEMLEAK" = 1 ]; then
	leaks >/dev/null
	echo clear >/sys/kernel/debug/kmemleak
fi

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
[ "$KMEMLEAK" = 1 ] && step "kmemleak finds nothing while loaded" no_new_leaks
step "module unloads" unload
step "module loads and unloads again" reload
[ "$KMEMLEAK" = 1 ] && step "kmemleak finds nothing after unload" no_new_leaks
exit 0
