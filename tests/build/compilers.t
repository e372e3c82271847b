#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# Compilers that do not fit the kernel's headers are one message, not a broken build;
# those that differ and work are used. And the ways in which make is called: CC of two
# words, V=1, -j, a kernel tree that must not be written to.
. "$(dirname "$0")/../tap.sh"
said=$work/said
read -ra kernels <<<"${KERNELS:-6.1 7.3}"
name=${kernels[0]}
kdir=$top/build/kernels/$name/kdir
[ -d "$kdir" ] || { not_ok "$name: is in build/kernels (run: tests/kernels/get $name)"; done_testing; }
read -ra args <"$top/build/kernels/$name/makeargs"

mkdir "$work/src"
(cd "$top" && tar cf - --exclude=compat/generated --exclude='*.o' --exclude='.*.cmd' \
	Makefile Kbuild dkms.conf kernels.conf compat include scripts sdk src) | tar xf - -C "$work/src"

try()
{
	make -C "$work/src" --no-print-directory modules "$@" >"$said" 2>&1
	rc=$?
}

# refuses WHAT TEXT...: the last try failed with one message of a few lines, in which
# the texts are, and compiled nothing.
refuses()
{
	local what=$1

	shift
	if [ $rc != 0 ] && says "$said" "$@" "nothing was built for" &&
	   [ "$(grep -c 'hmm-backport: the compiler' "$said")" = 1 ] &&
	   [ "$(wc -l <"$said")" -le 20 ] && ! grep -q '^  CC \|\[-W' "$said"; then
		ok "$what"
	else
		not_ok "$what (status $rc)" "$said"
	fi
}

# own NAME: the compiler that the kernel was built with.
own() { sed -n 's/^CONFIG_CC_VERSION_TEXT=//p' "$top/build/kernels/$1/config" | tr -d '"'; }

# A kernel whose configuration has an option that our gcc does not know.
for new in "${kernels[@]}" ''; do
	grep -q 'FUNCTION_ALIGNMENT=$' <(tr ' ' '\n' 2>/dev/null <"$top/build/kernels/${new:-none}/makeargs") && break
done
if [ -n "$new" ]; then
	cc=$(tr ' ' '\n' <"$top/build/kernels/$new/makeargs" | grep '^CC=')
	number=$(sed -n 's/^CONFIG_GCC_VERSION=\(.*\)....$/\1/p' "$top/build/kernels/$new/config")
	try KDIR="$top/build/kernels/$new/kdir" "$cc"
	refuses "$new: ${cc#CC=} does not know an option of gcc $number's" \
		"unrecognized command-line option" "built with:  $(own "$new")" "gcc-$number" \
		"called:      $(${cc#CC=} --version | head -n 1)" "make CC=gcc-$number"
else
	skip "an option that our gcc does not know" "no kernel of a newer gcc among: ${kernels[*]}"
fi
if command -v clang >/dev/null; then
	try KDIR="$kdir" "${args[@]}" CC=clang
	refuses "$name: clang on the headers of a kernel of gcc's" \
		"compiler 'clang' cannot compile an empty file" "built with:  $(own "$name")" "make CC=gcc-"
else
	skip "clang on the headers of a kernel of gcc's" "clang is not installed"
fi
try KDIR="$kdir" "${args[@]}" CC=no-such-gcc-12
refuses "$name: a compiler that is not installed" "'no-such-gcc-12' is not installed" \
	"built with:  $(own "$name")" "apt-get install gcc-"
try KDIR="$kdir" "${args[@]}" KCFLAGS=-fno-such-option
refuses "$name: an option of the caller's that it does not know" "-fno-such-option"

# What works. The tree is only read: nothing in it is newer afterwards.
cc=gcc
for a in "${args[@]}"; do
	case $a in CC=*) cc=${a#CC=} ;; esac
done
touch "$work/before"
built() { grep -q '^hmm_backport.ko built .* 0 warnings' "$said"; }
if command -v ccache >/dev/null; then
	export CCACHE_DIR=$work/ccache
	try KDIR="$kdir" "${args[@]}" CC="ccache $cc" -j2
	check "$name: CC=\"ccache $cc\" -j2" "$said" built
	check "$name: the compiler is named so" "$work/src/compat/generated/facts.h" \
		grep -q "^/\* Generated .* with ccache $cc \*/" "$work/src/compat/generated/facts.h"
else
	skip "$name: CC=\"ccache $cc\" -j2" "ccache is not installed"
fi
try KDIR="$kdir" "${args[@]}" V=1 -j2
check "$name: V=1 -j2" "$said" built
check "$name: another compiler compiles all of it anew, and V=1 shows how" "$said" \
	test "$(grep -c ' -c -o [^ ]*src/module\.o ' "$said")" = 1
find "$top/build/kernels/$name/root" -newer "$work/before" ! -name __pycache__ >"$work/written"
check "$name: nothing is written into the kernel's tree" "$work/written" test ! -s "$work/written"
srctree=$(sed -n 's/^include \(.*\)\/Makefile$/\1/p' "$kdir/Makefile")
check "$name: whose sources are in another folder, as O= leaves it" "$kdir/Makefile" \
	test "${srctree:-$kdir}" != "$kdir" -a ! -e "$kdir/include/linux/mm.h"
done_testing
