#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# examples/usersum on each kernel of $KERNELS: one source, built with hmm-backport,
# without it, and by a list of kernels that are to go without.
. "$(dirname "$0")/../tap.sh"
said=$work/said
read -ra kernels <<<"${KERNELS:-5.10 6.1 6.12 7.2 7.3}"
cp -r "$top/examples/usersum" "$work/usersum"

# built WHAT WAY [MAKE-ARGUMENT]...: by what it reads memory.
built()
{
	local what=$1 way=$2
	shift 2
	make --no-print-directory -C "$work/usersum" KDIR="$kernel/kdir" HMM_BACKPORT_MK="$top/sdk/hmm-backport.mk" \
		"${args[@]}" clean >"$said" 2>&1
	make --no-print-directory -C "$work/usersum" KDIR="$kernel/kdir" HMM_BACKPORT_MK="$top/sdk/hmm-backport.mk" \
		HMM_BACKPORT_DIR="$top/build/mod/$name" "${args[@]}" modules W=1 "$@" >"$said" 2>&1
	check "$name: it builds $what" "$said" test $? = 0
	check "$name: without a warning" "$said" sh -c "! grep '[^ ]: warning: ' '$said'"
	nm -u "$work/usersum/usersum.ko" >"$work/undefined" 2>&1
	case $way in
	hmm) check "$name: and links with it" "$work/undefined" grep -q hmm_backport_range_fault "$work/undefined" ;;
	gup) check "$name: and links nothing of it" "$work/undefined" \
		sh -c "grep -q get_user_pages_fast '$work/undefined' && ! grep -q hmm_backport '$work/undefined'" ;;
	esac
}

for name in "${kernels[@]}"; do
	kernel=$top/build/kernels/$name
	[ -d "$kernel/kdir" ] || { not_ok "$name: is in build/kernels (run: tests/kernels/get $name)"; continue; }
	read -ra args <"$kernel/makeargs"
	if ! "$top/tests/build/for-kernel" "$name" >"$said" 2>&1; then
		not_ok "$name: hmm_backport.ko builds" "$said"
		continue
	fi
	release=$(cat "$kernel/release")
	built "with hmm-backport" hmm
	built "without" gup HMM_BACKPORT=n
	built "with it, if the list names other kernels" hmm HMM_BACKPORT_NOT="2.6.% $release.1"
	built "without, if the list names this one" gup HMM_BACKPORT_NOT="2.6.% ${release%%.*}.%"
done
done_testing
