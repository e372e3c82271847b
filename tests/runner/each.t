#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# tests/kernels/each in a tree of its own, where getting a kernel is a file that appears.
. "$(dirname "$0")/../tap.sh"

mkdir -p "$work/tests/kernels" || exit 1
cp "$top/tests/kernels/each" "$work/tests/kernels/" || exit 1
printf '%s\n' '# a comment' 'one  what' 'two  what' >"$work/tests/kernels/list"

# script FILE: from stdin
script()
{
	{ echo '#!/bin/sh'; cat; } >"$work/tests/$1" && chmod +x "$work/tests/$1"
}

script setup </dev/null
# shellcheck disable=SC2016 # for these scripts
script kernels/get <<<'[ "$1" != 9.9 ]'
# shellcheck disable=SC2016
script kernels/debug-kernel <<<'echo "built $1"'
script run <<'EOT'
echo "ok 1"
[ "$1" = 6.2 ] || echo "# thing: kernel=$1 args=$2,$3"
[ "$1" != 6.3 ]
EOT

# expect WHAT STATUS LINE "KERNEL...": the last line, and the exit status
expect()
{
	local got status

	got=$("$work/tests/kernels/each" thing "$4" tests/run a b 2>/dev/null)
	status=$?
	got=$(tail -n 1 <<<"$got")
	if [ "$status" = "$2" ] && [ "$got" = "$3" ]; then
		ok "$1"
	else
		not_ok "$1: exit status $status: $got"
	fi
}

expect "the line of a kernel is said again" 0 'thing: kernel=6.1 args=a,b' 6.1
expect "without a kernel, all of the list" 0 'thing: kernel=two args=a,b' ''
expect "a run that fails" 1 'thing: kernel=6.3 args=a,b failed=yes' '6.1 6.3'
expect "a run that says nothing fails" 1 'thing: kernel=6.2 failed=yes' 6.2
expect "a kernel that cannot be had" 1 'thing: kernel=9.9 failed=yes' '6.1 9.9'
expect "a failure is not forgotten" 1 'thing: kernel=6.1 args=a,b' '6.3 6.1'
done_testing
