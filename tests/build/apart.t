#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# The module is compiled as one unit, and its files are files still: each of src/ and
# compat/ is in it, a change in any is compiled, an error is said with file and line, and
# each compiles by itself, so it includes what it needs and uses nobody else's statics.
. "$(dirname "$0")/../tap.sh"
said=$work/said
name=6.1
kernel=$top/build/kernels/$name
if [ ! -d "$kernel/kdir" ]; then
	not_ok "$name: is in build/kernels (run: tests/kernels/get $name)"
	done_testing
fi
read -ra args <"$kernel/makeargs"
copy=$work/copy
mkdir "$copy"
(cd "$top" && tar cf - --exclude=compat/generated --exclude='*.o' --exclude='.*.cmd' \
	Makefile Kbuild dkms.conf kernels.conf compat include scripts sdk src) | tar xf - -C "$copy"
try() { make --no-print-directory -C "$kernel/kdir" M="$copy" "${args[@]}" "$@" modules >"$said" 2>&1; }
files=$(cd "$copy" && ls src/*.c compat/*.c)

try
check "it builds as one unit" "$said" test $? = 0
lacking=
for file in $files; do
	grep -qF "$file" "$copy/src/.module.o.cmd" || lacking="$lacking $file"
done
check "all files are in it${lacking:+, but not$lacking}" "$said" test -z "$lacking"

for file in src/dma.c compat/pagewalk.c; do
	cp "$copy/$file" "$work/kept"
	echo 'int fact_of_this_test = nothing_there;' >>"$copy/$file"
	try
	check "an error in $file is said with file and line" "$said" \
		grep -q "$file:$(wc -l <"$copy/$file"):.*error: .*nothing_there" "$said"
	mv "$work/kept" "$copy/$file"
done

# shellcheck disable=SC2086 # words
objects=$(printf '%s ' $files | sed 's/\.c /.o /g')
try parts= hmm_backport-y="$objects" W=1
check "each of $(echo "$files" | wc -l) compiles by itself" "$said" test $? = 0
check "without a warning" "$said" test -z "$(grep -E ': (warning|error): ' "$said")"
check "each was" "$said" test "$(grep -cE '^  CC \[M\] .*(src|compat)/[a-z_]*\.o' "$said")" = "$(echo "$files" | wc -l)"
done_testing
