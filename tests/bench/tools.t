#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
#
# What make bench-tools compares with and reckons is right: the one semantic patch that
# stands for all steps does their work, and the table has medians and their ratios.
. "$(dirname "$0")/../tap.sh"

# Processor and clock apart, an outlier, an even and an odd number of runs.
mkdir "$work/times"
printf '%s\n' '9 4' '1 2' '2 3' >"$work/times/a-b.ours"
printf '%s\n' '8 1' '2 2' '4 3' '4 90' >"$work/times/c.theirs"
printf '%s\n' '5 5' >"$work/times/lonely.theirs"
printf '%s\n' '+a-b c some words' 'a-b c others' 'lonely c never measured' |
	bash -c 'work=$1; . "$2/tests/bench/times.sh"; table title me you "line: runs=3"' - "$work" "$top" >"$work/table"
check "a row has the medians and their ratio" "$work/table" \
	grep -qE '^some words +3\.00 +2\.50 +1\.20 +2\.00 +4\.00 +0\.50$' "$work/table"
check "the last line has the ratios" "$work/table" \
	test "$(tail -n 1 "$work/table")" = "line: runs=3 a_b=1.20 a_b_clock=0.50 a_b=1.20"
check "what was not measured has no row" "$work/table" sh -c "! grep -q never '$work/table'"

if ! command -v spatch >/dev/null; then
	skip "one semantic patch" "spatch is not installed"
	done_testing
fi
"$top/tests/bench/one-patch" >"$work/one.cocci"
for step in 05-dma-unmap-vma 16-hmm-update 17-mmap-lock; do
	cp "$top/tests/convert/steps/$step.c" "$work/alone.c"
	cp "$work/alone.c" "$work/one.c"
	for patch in "$top/cocci/$step.cocci" "$work/one.cocci"; do
		[ "$patch" = "$work/one.cocci" ] && file=one || file=alone
		spatch --sp-file "$patch" -D patch -D mirror=mirror -D mm=mm --no-includes --very-quiet \
			--in-place --no-show-diff --macro-file "$top/cocci/macros.h" "$work/$file.c" >>"$work/said" 2>&1 ||
			echo "spatch: $?" >>"$work/said"
	done
	check "one semantic patch does $step" "$work/said" cmp -s "$work/alone.c" "$work/one.c"
	check "$step changes something" "$work/said" sh -c "! cmp -s '$top/tests/convert/steps/$step.c' '$work/one.c'"
done
check "no rule of it is taken for another's" "$work/said" test ! -s "$work/said"

done_testing
