#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# The model of the validity protocol: it holds in every world, and each broken
# variant is caught for the reason it should be.
set -u
cd "$(dirname "$0")/../.." || exit 1
model=$PWD/docs/protocol.pml

# kind | what breaks, as pan words it | what it shows | macros
rows=(
	"holds||a faulting driver, task 2, the reaper|NODRIVER1 NOEXIT"
	"holds||a careless driver, task 2, the reaper, exit|NODRIVER0"
	"holds||two drivers and task 2|NOREAPER NOEXIT"
	"holds||two drivers, the reaper, exit|NOCHANGER"
	"holds||two faults before -EBUSY|NODRIVER1 NOEXIT NOREAPER TRIES=2"
	"holds||one record slot only|SLOTS=1 NODRIVER0"
	"holds||no timeouts: nobody waits for ever|PATIENT NODRIVER1"
	"holds||no timeouts, one record slot|PATIENT SLOTS=1 ROUNDS=1 NOREAPER"
	"holds||no timeouts, an endless invalidation elsewhere|PATIENT ELSEWHERE SLOTS=4 ROUNDS=1 NOEXIT NOREAPER"
	"breaks|assertion|the callback before the mark|CALLBACKFIRST"
	"breaks|assertion|raising hit and recording in two steps|SPLIT"
	"breaks|assertion|records without hit|NORAISE"
	"breaks|assertion|hit without records|NORECORDS"
	"breaks|assertion|the record dropped when the callback returns|DROPEARLY NOREAPER NOEXIT"
	"breaks|assertion|v5.4's valid flag|VALIDFLAG"
	"breaks|assertion|a new range counts as begun|BEGUN"
	"breaks|assertion|a wait that timed out keeps a sample|KEEPSAMPLE"
	"breaks|assertion|the sample taken after the range lock is dropped|SAMPLELATE"
	"breaks|assertion|the walk goes on with a new sample after its own fault|CONTINUE"
	"breaks|assertion|-EBUSY leaves a sample that counts|BUSYVALID"
	"breaks|assertion|asking hmm_range_valid() outside the driver's lock|UNLOCKED"
	"breaks|invalid end state|faulting under the driver's lock|LOCKEDFAULT"
	"breaks|invalid end state|waiting inside the callback|WAITINSIDE"
	"breaks|assertion|an end takes its task's oldest record|OLDEST NOREAPER NOEXIT NODRIVER0"
	"breaks|assertion|an end takes any task's newest record|ANYTASK NOREAPER NOEXIT ROUNDS=1"
	"breaks|assertion|a start that found no slot is forgotten|OVERLOOK"
	"breaks|assertion|the overflow ends when a slot is free again|OVEREARLY"
	"breaks|assertion|a callback's refusal is ignored|IGNOREFAIL"
	"breaks|assertion|a failed start leaves its record|KEEPFAILED"
	"breaks|invalid end state|a failed start wakes nobody|PATIENT QUIETFAIL"
	"breaks|invalid end state|a wait without timeout, and a foreign notifier that fails|PATIENT FOREIGN"
	"breaks|invalid end state|waiting for the whole mm to be quiet|PATIENT ELSEWHERE SLOTS=4 ROUNDS=1 NOEXIT NOREAPER WHOLEMM"
	"breaks|assertion|a range that holds no mm_users|NOUSERS"
	"breaks|assertion|release without a last callback|QUIETRELEASE"
	"breaks|assertion|->release while a callback runs|HASTYRELEASE"
	"breaks|assertion|callbacks after ->release|AFTERWARDS"
)

missing=
for tool in spin gcc; do
	command -v "$tool" > /dev/null || missing="$missing $tool"
done
if [ -n "$missing" ] && [ "$(id -u)" = 0 ] && command -v apt-get > /dev/null; then
	{ apt-get update -q && apt-get install -q -y --no-install-recommends spin gcc libc6-dev; } > /dev/null 2>&1
	missing=
	for tool in spin gcc; do
		command -v "$tool" > /dev/null || missing="$missing $tool"
	done
fi
if [ -n "$missing" ]; then
	echo "1..0 # SKIP needs$missing (apt-get install spin gcc libc6-dev)"
	exit 0
fi

work=$(mktemp -d) || exit 1
trap 'rm -rf "$work"' EXIT

# check NUMBER: one world or variant; its verdict goes to $work/NUMBER/tap.
check() {
	local kind broken text macros options=() m dir=$work/$1 level=-O0 said states
	IFS='|' read -r kind broken text macros <<< "${rows[$1]}"
	for m in $macros; do
		options+=("-D$m")
	done
	mkdir "$dir" && cd "$dir" || return
	[ "$kind" = holds ] && level=-O2
	if ! spin -a "${options[@]}" "$model" > spin.out 2>&1 ||
	   ! gcc -w "$level" -DSAFETY -DCOLLAPSE -DMEMLIM=1500 -o pan pan.c 2> gcc.out ||
	   ! timeout 120 ./pan -m100000 > pan.out 2>&1; then
		{
			echo "not ok $(($1 + 1)) - $text ($macros): did not run"
			tail -n 5 ./*.out | sed 's/^/# /'
		} > tap
		return
	fi
	said=$(sed -n 's/^pan:1: \(.*\) (at depth.*/\1/p' pan.out)
	states=$(sed -n 's/^ *\([0-9.e+]*\) states, stored.*/\1/p' pan.out)
	if [ "$kind" = holds ]; then
		if grep -q 'errors: 0$' <(sed 's/ *$//' pan.out) &&
		   ! grep -qE 'Search not completed|max search depth|out of memory' pan.out; then
			echo "ok $(($1 + 1)) - holds: $text ($macros; $states states)"
		else
			echo "not ok $(($1 + 1)) - holds: $text ($macros): ${said:-search not completed}"
			spin -t -p "${options[@]}" "$model" 2> /dev/null | tail -n 60 | sed 's/^/# /'
		fi > tap
	elif [[ $said == "$broken"* ]]; then
		echo "ok $(($1 + 1)) - caught: $text ($macros: $said)" > tap
	else
		echo "not ok $(($1 + 1)) - caught: $text ($macros): pan says '${said:-no error}', not '$broken'" > tap
	fi
}

echo "1..$((${#rows[@]} + 2))"
for n in "${!rows[@]}"; do
	while [ "$(jobs -rp | wc -l)" -ge 2 ]; do
		wait -n
	done
	check "$n" &
done
wait
for n in "${!rows[@]}"; do
	cat "$work/$n/tap"
done

# Every switch of the model is tried above, and explained.
number=${#rows[@]}
sed -n 's/^#\(ifdef\|ifndef\) //p; s/^#\(if\|elif\) !\{0,1\}defined(\([A-Z]*\)).*/\2/p' "$model" | sort -u > "$work/switches"
for where in tests/protocol/model.t docs/protocol.md; do
	number=$((number + 1))
	if lost=$(grep -ow -f "$work/switches" "$where" | sort -u | comm -23 "$work/switches" -) && [ -z "$lost" ]; then
		echo "ok $number - every switch of the model is in $where"
	else
		echo "not ok $number - these switches of the model are not in $where: ${lost//$'\n'/ }"
	fi
done
