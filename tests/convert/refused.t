#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
#
# What cannot be converted with proof is listed, each place with its line, and
# nothing is written.  The places carry a comment "left: STEP".
. "$(dirname "$0")/../tap.sh"

if ! command -v spatch >/dev/null; then
	skip "refusals" "spatch is not installed"
	done_testing
fi
convert=$top/cocci/hmm-convert

for fixture in "$top"/tests/convert/refused/*.[ch]; do
	name=$(basename "$fixture")
	mkdir -p "$work/tree"
	cp "$fixture" "$work/tree/$name"
	"$convert" --in-place --json "$work/tree" >"$work/json" 2>"$work/err"
	rc=$?
	check "$name: exit status 1" "$work/err" test "$rc" = 1
	check "$name: nothing is written" "" cmp -s "$fixture" "$work/tree/$name"

	python3 -c '
import json, sys
for use in json.load(open(sys.argv[1]))["left"]:
    print(use["line"], use["step"])' "$work/json" | sort -u >"$work/got"
	sed -n '/left: [0-9o]/{=;s/.*left: \([0-9a-z.-]*\).*/\1/p;}' "$fixture" | paste -d ' ' - - | sort -u >"$work/want"
	diff -u "$work/want" "$work/got" >"$work/diff"
	check "$name: exactly the marked places are listed" "$work/diff" test ! -s "$work/diff"

	"$convert" --diff "$work/tree" >"$work/out" 2>"$work/err"
	check "$name: --diff prints no diff" "$work/out" test ! -s "$work/out"
	check "$name: each place has a reason and a remedy" "$work/err" \
		test "$(grep -c '^    why: ' "$work/err")" = "$(grep -c '^    do:  ' "$work/err")"
	tail -n 1 "$work/err" >"$work/last"
	check "$name: the last line says it" "$work/err" \
		says "$work/last" "left for a person; nothing was written"
	rm -rf "$work/tree"
done

# One refusal holds back the files that could be converted, unless told otherwise.
mkdir "$work/tree"
cp "$top/tests/convert/refused/left.c" "$top/tests/convert/steps/16-hmm-update.c" "$work/tree"
"$convert" --in-place "$work/tree" >"$work/said" 2>&1
check "one refusal holds everything back" "$work/said" \
	cmp -s "$top/tests/convert/steps/16-hmm-update.c" "$work/tree/16-hmm-update.c"
"$convert" --in-place --partial "$work/tree" >"$work/said" 2>&1
check "--partial still exits with 1" "$work/said" test $? = 1
check "--partial writes what it could" "$work/said" \
	cmp -s "$top/tests/convert/steps/16-hmm-update.out" "$work/tree/16-hmm-update.c"

done_testing
