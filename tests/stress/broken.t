#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# Every class of the stress test is named by a defect of tests/stress/broken/. (Whether it
# notices: tests/stress/broken-variants; that they find what they break: tests/rules/planted.t.)
. "$(dirname "$0")/../tap.sh"
cd "$top" || exit 1

sed -n 's/^# classes: //p' tests/stress/broken/*.sed | tr ';' ' ' | tr -s ' ' '\n' >"$work/named"

awk '/^const struct class classes_/ { inside = 1; next }
	inside && /^};/ { inside = 0 }
	inside && match($0, /{ "[a-z]+"/) { print substr($0, RSTART + 3, RLENGTH - 4) }' \
	tests/stress/*.c | sort >"$work/classes"
sort -u "$work/named" | comm -23 "$work/classes" - >"$work/left"
sort -u "$work/named" | comm -13 "$work/classes" - >"$work/unknown"
sed 's/^/no defect names the class /' "$work/left" >"$work/said"
sed 's/^/there is no class /' "$work/unknown" >>"$work/said"
if [ -s "$work/said" ] || [ ! -s "$work/classes" ]; then
	not_ok "every class has a defect to notice" "$work/said"
else
	ok "every class has a defect to notice"
fi
done_testing
