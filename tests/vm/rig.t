#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# The boot rig notices what it has to notice. Kernels to try it on: RIG_KERNELS
# (default 6.1); on each it boots about ten times, four seconds each.

. "$(dirname "$0")/../tap.sh"

said=$work/said
console=$work/console

# run STATUS ARGUMENT...: its TAP is in $work/out, the rest in $said.
run()
{
	local want=$1 status

	shift
	"$top/tests/vm/run" "$kernel" -o "$console" "$@" >"$work/out" 2>"$said"
	status=$?
	echo "exit status $status, expected $want" >>"$said"
	[ $status = "$want" ]
}

hears()
{
	grep -qE "$1" "$said"
}

stood()
{
	grep -q '^RIP=' "$console.registers" && grep -q 'unknown_nmi_error' "$console"
}

no_machine()
{
	! pgrep -f -- "-chardev file,id=console,path=$console " >/dev/null
}

whole_lines()
{
	[ "$(cat "$work/out")" = "$(seq -f 'ok %g' 300)" ]
}

# Killed without a chance to clean up.
killed_run()
{
	"$top/tests/vm/run" "$kernel" -o "$console" -- sleep 100 >/dev/null 2>&1 &
	sleep 3
	kill -KILL $!
	wait $! 2>/dev/null
	sleep 1
	no_machine
}

for kernel in ${RIG_KERNELS:-6.1}; do
	"$top/tests/kernels/get" "$kernel" >/dev/null || exit 1
	planted=$work/$kernel
	cp -r "$top/tests/vm/planted" "$planted"
	# shellcheck disable=SC2046 # arguments are words
	if ! make -C "$top/build/kernels/$kernel/kdir" M="$planted" \
		$(cat "$top/build/kernels/$kernel/makeargs") modules >"$work/make" 2>&1; then
		sed 's/^/# /' "$work/make"
		echo "Bail out! The module with the planted faults does not build for $kernel"
		exit 1
	fi
	planted=$planted/planted.ko

	# shellcheck disable=SC2016 # for the guest's shell
	check "$kernel: a command that succeeds; swapping; huge pages" "$said" \
		run 0 -m "$planted" -a hugepages=4 -- sh -c \
		'guest-swap on && grep -q "HugePages_Total: *4" /proc/meminfo &&
		grep -q "\[always\]" /sys/kernel/mm/transparent_hugepage/enabled &&
		grep -q ^planted /proc/modules && [ $(nproc) = 2 ]'
	check "$kernel: lines are not cut by kernel messages" "$said" \
		run 0 -- sh -c \
		'yes noise | head -n 2000 >/dev/kmsg 2>/dev/null & seq 300 | sed "s/^/ok /"; wait'
	check "$kernel: and none is lost" "$said" whole_lines
	check "$kernel: the command's status comes back" "$said" run 7 -- sh -c 'exit 7'
	check "$kernel: a WARN fails the run" "$said" run 101 -m "$planted fault=warn" -- true
	check "$kernel: and is shown" "$said" hears 'planted: first fault|WARNING: .*planted'
	check "$kernel: an expected WARN does not" "$said" \
		run 0 -w 'planted: first' -m "$planted fault=warn" -- true
	check "$kernel: but the unexpected one beside it does" "$said" \
		run 101 -w 'planted: first' -m "$planted fault=two" -- true
	check "$kernel: a sleep in atomic context or a word of it fails the run" "$said" \
		run 101 -- sh -c 'echo "BUG: sleeping function called from invalid context" >/dev/kmsg'
	check "$kernel: an oops ends the run" "$said" run 102 -m "$planted fault=oops" -- true
	check "$kernel: and is shown" "$said" hears 'BUG: (kernel NULL|unable to handle)'
	check "$kernel: a module that does not load" "$said" run 125 -m "$planted fault=refuse" -- true
	check "$kernel: a hang is killed" "$said" run 124 -t 20 -- sleep 100
	check "$kernel: and said" "$said" hears 'killed after 20 s'
	check "$kernel: and where it stood" "$said" stood
	check "$kernel: no machine is left" "$said" no_machine
	check "$kernel: nor when the run itself is killed" "$said" killed_run
done

kernel=0.0
check "an unknown kernel is refused" "$said" run 1 -- true
check "with a word on what to do" "$said" hears 'tests/kernels/'
done_testing
