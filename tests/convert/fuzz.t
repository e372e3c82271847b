#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
#
# Random callers of the old API do the same after their conversion: the
# generator, its stand-ins and the comparison are in fuzz/.  And the comparison
# finds a converter that goes wrong.  FUZZ_SEED=S takes other cases.
# shellcheck disable=SC2317 # functions are called through check
. "$(dirname "$0")/../tap.sh"

for tool in spatch gcc python3; do
	if ! command -v "$tool" >/dev/null; then
		skip "equivalence of random callers" "$tool is not installed"
		done_testing
	fi
done
fuzz=$top/tests/convert/fuzz/fuzz
sabotage=$top/tests/convert/fuzz/sabotage
seed=${FUZZ_SEED:-1}
n=${HMM_FAST:+200}
n=${n:-2000}

# number WORD: of the last line
number()
{
	sed -n "\$s/^fuzz-convert: .*\\b$1=\\([0-9]*\\).*/\\1/p" "$work/said"
}

equivalent()
{
	"$fuzz" -n "$n" --seed "$seed" --refusals >"$work/said" 2>&1 && [ "$(number mismatches)" = 0 ]
}

# Refusing everything is not the way to make no mistakes.
converts_many()
{
	[ "$(number converted)" -gt "$(($(number cases) / 3))" ]
}

finds()
{
	case $1 in
	bits | tables | indices | request | bounds | special | stale | mirror)
		# Of 4.14 to 4.16 there are few among all.
		set -- "$1" --generation 0 -n 24
		;;
	*)
		set -- "$1" -n 100
		;;
	esac
	defect=$1
	shift
	"$fuzz" "$@" --seed 1 --shrink 0 --convert "$sabotage $defect $work/cache $top/cocci/hmm-convert" \
		>"$work/said" 2>&1
	[ $? = 1 ] && [ "$(number mismatches)" -gt 0 ]
}

shows()
{
	"$fuzz" -n 20 --generation 5 --shrink 1 --convert "$sabotage swap $work/cache $top/cocci/hmm-convert" \
		>"$work/said" 2>&1
	says "$work/said" '--- before:' '--- after:' '- register ' '+ register ' &&
		[ "$(sed -n '/^--- before:/,/^--- after:/p' "$work/said" | wc -l)" -le 16 ]
}

repeats()
{
	"$fuzz" --seed 7 --only 3 --only 5 >"$work/one" 2>&1
	"$fuzz" --seed 7 --only 3 --only 5 >"$work/two" 2>&1
	grep -v 'runs compared' "$work/one" >"$work/one.text"
	grep -v 'runs compared' "$work/two" | diff - "$work/one.text" >"$work/said" && grep -q 'static int case_5' "$work/one"
}

check "$n random callers of seed $seed do the same after their conversion" "$work/said" equivalent
echo "# $(tail -n 1 "$work/said")"
check "more than a third of them are converted" "$work/said" converts_many
for kind in $("$sabotage" --list); do
	check "a converter with the defect \"$kind\" is found out" "$work/said" finds "$kind"
done
check "a mismatch is shrunk and shown with both logs" "$work/said" shows
check "a seed gives the same cases again" "$work/said" repeats

done_testing
