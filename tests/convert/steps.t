#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
#
# Each semantic patch alone, with plain spatch: it parses, it does its one thing
# to its fixture steps/NAME.c and nothing else, a second run does nothing, and
# its other modes find the same places and change nothing.
# shellcheck disable=SC2317 # functions are called through check
. "$(dirname "$0")/../tap.sh"

if ! command -v spatch >/dev/null; then
	skip "semantic patches" "spatch is not installed"
	done_testing
fi

# spatch_mode MODE FILE [ARGUMENT]...
spatch_mode()
{
	mode=$1 file=$2
	shift 2
	spatch --sp-file "$patch" -D "$mode" -D mirror=mirror -D mm=mm --very-quiet \
		--macro-file "$top/cocci/macros.h" "$@" "$file" 2>&1
}

parses()
{
	spatch --parse-cocci "$patch" -D patch -D mirror=m -D mm=m >"$work/said" 2>&1
}

for patch in "$top"/cocci/*.cocci; do
	name=$(basename "$patch" .cocci)
	fixture=$top/tests/convert/steps/$name.c

	check "$name parses" "$work/said" parses

	cp "$fixture" "$work/$name.c"
	spatch_mode patch "$work/$name.c" --in-place --no-show-diff >"$work/said"
	diff -u "$top/tests/convert/steps/$name.out" "$work/$name.c" >"$work/diff"
	check "$name does what it says" "$work/diff" test ! -s "$work/diff"

	cp "$work/$name.c" "$work/again.c"
	spatch_mode patch "$work/again.c" --in-place --no-show-diff >"$work/said"
	check "$name: a second run does nothing" "$work/said" cmp -s "$work/$name.c" "$work/again.c"

	cp "$fixture" "$work/$name.c"
	spatch_mode report "$work/$name.c" --no-show-diff >"$work/report"
	check "$name reports" "$work/report" grep -q 'WARNING: ' "$work/report"
	spatch_mode org "$work/$name.c" --no-show-diff >"$work/org"
	check "$name: org finds the same" "$work/org" \
		test "$(grep -c WARNING: "$work/report")" = "$(grep -c TODO "$work/org")"
	spatch_mode context "$work/$name.c" >"$work/context"
	check "$name: context shows it" "$work/context" grep -q '^-[^-]' "$work/context"
	check "$name: no other mode changes the file" "" cmp -s "$fixture" "$work/$name.c"

	check "$name follows the kernel's convention" "" says "$patch" \
		"// SPDX-License-Identifier: GPL-2.0-only" "// Confidence: " "// Copyright: " "// Options: " \
		"virtual patch" "virtual context" "virtual org" "virtual report"
done

done_testing
