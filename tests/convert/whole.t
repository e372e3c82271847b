#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
#
# Whole drivers of the generations before the series, whole/GENERATION/svm.c:
# each comes out as svm.out says, once and for all, and as a series too.
. "$(dirname "$0")/../tap.sh"

if ! command -v spatch >/dev/null; then
	skip "whole drivers" "spatch is not installed"
	done_testing
fi
convert=$top/cocci/hmm-convert

for generation in "$top"/tests/convert/whole/*; do
	name=$(basename "$generation")
	mkdir "$work/$name"
	cp "$generation/svm.c" "$work/$name"
	"$convert" --in-place "$work/$name" >"$work/said" 2>&1
	check "$name is converted completely" "$work/said" test $? = 0
	diff -u "$generation/svm.out" "$work/$name/svm.c" >"$work/diff"
	check "$name comes out as expected" "$work/diff" test ! -s "$work/diff"
	cp "$work/$name/svm.c" "$work/again.c"
	"$convert" --in-place "$work/$name" >"$work/said" 2>&1
	check "$name: a second run has nothing to do" "$work/said" says "$work/said" "nothing to convert"
	check "$name: and changes nothing" "" cmp -s "$work/again.c" "$work/$name/svm.c"

	command -v git >/dev/null || continue
	mkdir "$work/$name.git"
	cp "$generation/svm.c" "$work/$name.git"
	(
		cd "$work/$name.git" && git init -q . && git add . &&
			git -c user.name=n -c user.email=e@example.org commit -q -m start &&
			"$convert" --series "$work/$name.series" . &&
			git -c user.name=n -c user.email=e@example.org am "$work/$name.series"/*.patch
	) >"$work/said" 2>&1
	check "$name: the series applies" "$work/said" cmp -s "$work/again.c" "$work/$name.git/svm.c"
done

done_testing
