#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
#
# Whole drivers, of the generations before the series and with shapes that need
# more than a semantic patch, whole/NAME: each file comes out as its .out says,
# once and for all, and as a series too.
. "$(dirname "$0")/../tap.sh"

if ! command -v spatch >/dev/null; then
	skip "whole drivers" "spatch is not installed"
	done_testing
fi
convert=$top/cocci/hmm-convert

for generation in "$top"/tests/convert/whole/*; do
	name=$(basename "$generation")
	mkdir "$work/$name"
	cp "$generation"/*.[ch] "$work/$name"
	"$convert" --in-place "$work/$name" >"$work/said" 2>&1
	check "$name is converted completely" "$work/said" test $? = 0
	for out in "$generation"/*.out; do
		diff -u "$out" "$work/$name/$(basename "$out" .out).c"
	done >"$work/diff"
	check "$name comes out as expected" "$work/diff" test ! -s "$work/diff"
	cp -r "$work/$name" "$work/$name.again"
	"$convert" --in-place "$work/$name" >"$work/said" 2>&1
	check "$name: a second run has nothing to do" "$work/said" says "$work/said" "nothing to convert"
	diff -r "$work/$name.again" "$work/$name" >"$work/diff"
	check "$name: and changes nothing" "$work/diff" test ! -s "$work/diff"

	command -v git >/dev/null || continue
	mkdir "$work/$name.git"
	cp "$generation"/*.[ch] "$work/$name.git"
	(
		cd "$work/$name.git" && git init -q . && git add . &&
			git -c user.name=n -c user.email=e@example.org commit -q -m start &&
			"$convert" --series "$work/$name.series" . &&
			git -c user.name=n -c user.email=e@example.org am "$work/$name.series"/*.patch
	) >"$work/said" 2>&1
	diff -r -x .git "$work/$name" "$work/$name.git" >>"$work/said"
	check "$name: the series applies" "$work/said" test $? = 0
done

done_testing
