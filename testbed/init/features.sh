# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=dash
# Job of the lane on a host with optional features: every program of /tests with them and
# without them.  Prints what testbed/axtest/lanes.py reads: lines that begin with @@.

. /suite.env	# PROGRAM_TIMEOUT
export AXVCPU_GUESTS=/guests AXVCPU_TEST_SKIP=/suite.skip PATH=$PATH:/bin

step()		# name, command...: one result line
{
	name=$1
	shift
	"$@" && echo "@@ok $name" || echo "@@not-ok $name"
}

# Bits of AXSVM_FEATURE_*: 0 next RIP, 2 flush by ASID, 4 PAUSE filter.
features()	# wanted value of these three
{
	have=$(axvcpu info | awk '/^backend features/ { print $3 }')
	echo "# backend features: $have"
	[ -n "$have" ] && [ $((have & 0x15)) = $(($1)) ]
}

programs()	# on or off
{
	for program in /tests/*; do
		name=${program##*/}
		echo "axvcpu-test: features $1: $name" >/dev/kmsg
		echo "@@begin features $1: $name"
		(cd /tmp && timeout "$PROGRAM_TIMEOUT" "$program") </dev/null 2>&1
		status=$?
		echo
		echo "@@end features $1: $name $status"
	done
}

step "features on: module loads" insmod /axvcpu.ko
step "features on: next RIP, flush by ASID, PAUSE filter" features 0x15
programs on
step "features on: module unloads" rmmod axvcpu
# The PAUSE filter stays on: on this emulator only its exits end the run of a guest that
# spins with interrupts off.
step "features off: module loads" insmod /axvcpu.ko nrip_save=0 flush_by_asid=0 page_1g=0
step "features off: PAUSE filter" features 0x10
programs off
step "features off: module unloads" rmmod axvcpu
exit 0
