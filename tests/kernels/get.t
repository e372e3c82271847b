#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# Getting kernels: a killed run leaves nothing half-done, a damaged download is
# noticed, errors say what to do. In a tree of its own, with a cache of its own.

. "$(dirname "$0")/../tap.sh"

said=$work/said
kernel=6.1
kernels=$work/build/kernels
tree=$kernels/$kernel
export HMM_CACHE=$work/cache
mkdir "$work/tests"
cp -r "$top/tests/kernels" "$top/tests/arch" "$work/tests/"

# get STATUS ARGUMENT...: standard output is in $work/out, all in $said.
get()
{
	local want=$1 status

	shift
	"$work/tests/kernels/get" "$@" >"$work/out" 2>"$said"
	status=$?
	cat "$work/out" >>"$said"
	echo "exit status $status, expected $want" >>"$said"
	[ $status = "$want" ]
}

hears()
{
	grep -qE "$1" "$said"
}

hears_not()
{
	! hears "$1"
}

# Killed with all its children, when the first package is being unpacked.
killed_get()
{
	local pid

	rm -rf "$tree"
	setsid "$work/tests/kernels/get" $kernel >"$said" 2>&1 &
	pid=$!
	until [ -d "$kernels/.new.$kernel/root/usr" ] || ! kill -0 $pid 2>/dev/null; do
		sleep 0.05
	done
	kill -KILL -- "-$pid"
	wait $pid 2>/dev/null
	ls -a "$kernels" >>"$said"
	! [ -e "$tree" ] && [ -d "$kernels/.new.$kernel" ]
}

whole()
{
	ls -a "$kernels" "$tree" >>"$said" 2>&1
	[ -e "$tree/kdir/Module.symvers" ] && [ -s "$tree/vmlinuz" ] &&
		[ -s "$tree/config" ] && [ -s "$tree/release" ] &&
		[ -e "$tree/makeargs" ] && [ -s "$tree/modules/order" ] &&
		! [ -e "$kernels/.new.$kernel" ]
}

damage()
{
	local deb

	deb=$(ls "$work"/cache/deb/linux-kbuild-*)
	truncate -s -100 "$deb"
	rm -rf "$tree"
}

unchanged()
{
	[ "$(stat -c %Y "$tree/stamp")" = "$1" ]
}

one_line_each()
{
	[ "$(wc -l <"$work/out")" = 1 ]
}

check "a kernel is got" "$said" get 0 $kernel
check "whole" "$said" whole
check "with one line at the end" "$said" one_line_each
stamp=$(stat -c %Y "$tree/stamp")
check "a second time it is there already" "$said" get 0 $kernel
check "untouched" "$said" unchanged "$stamp"
check "without a download" "$said" hears_not downloading
check "-n finds nothing newer" "$said" get 0 -n $kernel
check "and leaves it" "$said" unchanged "$stamp"
check "a killed run leaves no tree" "$said" killed_get
check "the next one makes it" "$said" get 0 $kernel
check "whole" "$said" whole
check "from the cache" "$said" hears_not downloading
damage
check "a damaged package in the cache is got again" "$said" get 0 $kernel
check "and that is said" "$said" hears 'damaged'
rm -rf "$tree" "$work/cache"
http_proxy=http://127.0.0.1:9/
https_proxy=$http_proxy
export http_proxy https_proxy
check "without a network it fails" "$said" get 1 $kernel
check "and says at what" "$said" hears 'could not read the package list'
check "leaving nothing" "$said" test ! -e "$tree"
check "an unknown name is refused" "$said" get 1 2.4
check "with the known ones" "$said" hears '5\.10 6\.1'
done_testing
