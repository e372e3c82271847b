#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# The kernel's checkpatch.pl and kernel-doc have nothing to say about our C code.
# HMM_FAST=1: only if they are there already (get-checkpatch says how).
. "$(dirname "$0")/../tap.sh"
cd "$top" || exit 1

if ! command -v perl > /dev/null; then
	skip "checkpatch" "needs perl"
	done_testing
fi
if ! script=$(tests/rules/get-checkpatch ${HMM_FAST:+--offline} 2> "$work/said"); then
	if [ -n "${HMM_FAST:-}" ]; then
		skip "checkpatch" "$(tail -n 1 "$work/said")"
	else
		not_ok "checkpatch can be had" "$work/said"
	fi
	done_testing
fi

ignored()
{
	awk -v kind="$1" '$1 == kind { printf "%s%s", sep, $2; sep = "," }' tests/rules/checkpatch.conf
}

# checked TEXT KIND PATHSPEC...
checked()
{
	local text=$1 kind=$2 options=() list

	shift 2
	mapfile -d '' list < <(git ls-files -z -- "$@" | while IFS= read -r -d '' f; do
		[ -f "$f" ] && printf '%s\0' "$f"
	done)
	if [ ${#list[@]} = 0 ]; then
		skip "checkpatch: $text" "no such files"
		return
	fi
	[ "$kind" = kernel ] || options=(--ignore "$(ignored "$kind")")
	if perl "$script" --terse --show-types --quiet "${options[@]}" -f "${list[@]}" > "$work/all" 2>&1; then
		ok "checkpatch: $text (${#list[@]} files)"
	else
		grep -v '^total:' "$work/all" > "$work/said"
		not_ok "checkpatch: $text" "$work/said"
	fi
}

checked "the module" kernel 'src/*.[ch]' 'compat/*.[ch]' 'include/*.h' ':!compat/facts'
checked "the example driver" kernel 'examples/*.[ch]'
checked "facts" facts 'compat/facts/*.[ch]'
checked "modules for tests" module 'tests/module/*.[ch]' 'tests/kernels/faults/*.[ch]' 'tests/stress/device/*.[ch]'
checked "programs" user 'tests/scenarios/*.[ch]' 'tests/stress/*.[ch]' ':!tests/stress/device' 'tests/facts/*.[ch]' 'demo/*.[ch]'

printf 'int f(void){\n\treturn(1) ;\n}\n' > "$work/bad.c"
if perl "$script" --terse --quiet -f "$work/bad.c" > "$work/said" 2>&1; then
	not_ok "checkpatch notices bad style" "$work/said"
else
	ok "checkpatch notices bad style"
fi

doc=$(find build/kernels/*/ build/checkpatch -name kernel-doc -path '*scripts*' 2> /dev/null |
	sort -V | xargs -r -d '\n' grep -l -e Wall | tail -n 1)
if [ -n "$doc" ]; then
	if perl "$doc" -none -Wall include/linux/hmm.h > "$work/said" 2>&1 && [ ! -s "$work/said" ]; then
		ok "kernel-doc reads include/linux/hmm.h without a warning"
	else
		not_ok "kernel-doc reads include/linux/hmm.h without a warning" "$work/said"
	fi
else
	skip "kernel-doc reads include/linux/hmm.h" "no kernel-doc script in build/"
fi

done_testing
