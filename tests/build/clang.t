#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# The module with clang, on a kernel tree prepared with LLVM=1.
. "$(dirname "$0")/../tap.sh"
said=$work/said
if ! "$top/tests/build/clang-tree" >"$said" 2>&1; then
	skip "builds with clang" "$(tail -n 1 "$said")"
	done_testing
fi
kdir=$top/build/kernels/clang/kdir

"$top/tests/build/for-kernel" clang W=1 >"$said" 2>&1
check "LLVM=1: builds with W=1" "$said" test $? = 0
log=$top/build/mod/clang.log
check "LLVM=1: without a warning" "$log" grep -q '^hmm_backport.ko built .* 0 warnings' "$log"
check "LLVM=1: clang asked for the facts" "$log" \
	grep -q '^/\* Generated .* with clang' "$top/build/mod/clang/compat/generated/facts.h"

# As dkms says it for a kernel built with clang.
copy=$work/copy
mkdir "$copy"
(cd "$top" && tar cf - --exclude=compat/generated --exclude='*.o' --exclude='.*.cmd' \
	Makefile Kbuild dkms.conf kernels.conf compat include scripts sdk src) | tar xf - -C "$copy"
make -C "$copy" --no-print-directory modules KDIR="$kdir" CC=clang LD=ld.lld >"$said" 2>&1
check "CC=clang LD=ld.lld: builds without a warning" "$said" grep -q '^hmm_backport.ko built .* 0 warnings' "$said"

# And the wrong way round: one message.
make -C "$copy" --no-print-directory modules KDIR="$kdir" CC=gcc LD=ld.lld >"$said" 2>&1
rc=$?
number=$(sed -n 's/^CONFIG_CLANG_VERSION=\(.*\)....$/\1/p' "$kdir/.config")
check "gcc on a kernel of clang's is one message, with the remedy" "$said" sh -c "[ $rc != 0 ] &&
	[ \$(grep -c 'hmm-backport: the compiler .gcc. cannot compile an empty file' '$said') = 1 ] &&
	grep -q 'make LLVM=-$number\$' '$said' && ! grep -q '^  CC ' '$said'"

# The compiler does not change what the headers say.
release=$(cat "$top/build/kernels/6.1/release")
make -C "$copy" --no-print-directory explain KDIR="$top/build/kernels/6.1/kdir" >"$work/gcc" 2>"$said"
make -C "$copy" --no-print-directory explain KDIR="$kdir" LLVM=1 >"$work/clang" 2>>"$said"
check "clang and gcc give the same facts of 6.1 ($release)" "$said" \
	sh -c "tail -n +3 '$work/gcc' >'$work/a'; tail -n +3 '$work/clang' >'$work/b'; test -s '$work/a' && cmp '$work/a' '$work/b'"
done_testing
