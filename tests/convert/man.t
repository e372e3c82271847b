#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
#
# The manual page says what --help says, knows every step, and is well formed.
# shellcheck disable=SC2317 # functions are called through check
. "$(dirname "$0")/../tap.sh"
page=$top/cocci/hmm-convert.1

# The options of --help are all and only those of the page, with their arguments.
"$top/cocci/hmm-convert" --help >"$work/help"
sed -n '/^option[a-z ]*:/,$ s/^  \(-[^ ]*\( [^ ]*\)\{0,3\}\)\(  .*\)\{0,1\}$/\1/p' "$work/help" |
	sed 's/, /\n/; s/  .*//; s/ *$//' | sort >"$work/said"
sed -n 's/^\.It \(Fl .*\)/\1/p' "$page" |
	sed 's/ , /\n/; s/Fl Fl /--/g; s/Fl /-/g; s/ Ar / /' | sort >"$work/documented"
diff "$work/said" "$work/documented" >"$work/diff"
check "the options are those of --help" "$work/diff" test $? = 0
check "of which there are some" "$work/said" says "$work/said" "--series DIR" "--in-place" "-h"

# So is the synopsis, up to their order.
sed -n '/^\.Sh SYNOPSIS/,/^\.Sh DESC/ s/Fl Fl \([a-z-]*\)/\n--\1\n/gp' "$page" | grep '^--' | sort -u >"$work/synopsis"
grep '^--' "$work/said" | cut -d' ' -f1 | sort -u | diff - "$work/synopsis" >"$work/diff"
check "the synopsis has all of them" "$work/diff" test $? = 0

PYTHONDONTWRITEBYTECODE=1 PYTHONPATH=$top/cocci python3 -c '
from hmm_convert.steps import STEPS
print("\n".join(step.name for step in STEPS))' >"$work/steps" 2>&1
sed -n '/steps: begin/,/steps: end/ s/^\.It Cm //p' "$page" | diff "$work/steps" - >"$work/diff"
check "the steps are there, in their order" "$work/diff" test $? = 0

if command -v mandoc >/dev/null; then
	# Which other pages this machine has is no matter.
	mandoc -Tlint -Wwarning "$page" >"$work/lint" 2>/dev/null
	check "mandoc has nothing to say" "$work/lint" test ! -s "$work/lint"
else
	skip "mandoc has nothing to say" "mandoc is not installed"
fi
if command -v man >/dev/null && command -v groff >/dev/null; then
	MANWIDTH=80 man -l --warnings "$page" >"$work/text" 2>"$work/lint"
	check "man shows it" "$work/lint" says "$work/text" "convert a driver to the HMM API of hmm-backport"
	check "without a warning" "$work/lint" test ! -s "$work/lint"
else
	skip "man shows it" "man or groff is not installed"
fi

done_testing
