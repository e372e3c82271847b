#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# The defects of tests/stress/broken/ still find what they break, and every class of the
# stress test is named by one. (Whether it notices: tests/stress/broken-variants.)
. "$(dirname "$0")/../tap.sh"
cd "$top" || exit 1

: >"$work/said"
: >"$work/named"
for variant in tests/stress/broken/*.sed; do
	file=$(sed -n 's/^# file: //p' "$variant")
	case $file in
	*/*) ;;
	*) file=tests/stress/device/$file ;;
	esac
	if ! sed -E -f "$variant" "$file" >"$work/broken" || cmp -s "$work/broken" "$file"; then
		echo "$variant changes nothing in $file: the code has changed, the variant has to follow" >>"$work/said"
	fi
	sed -n 's/^# classes: //p' "$variant" | tr ';' ' ' | tr -s ' ' '\n' >>"$work/named"
done
if [ -s "$work/said" ]; then
	not_ok "every defect finds what it breaks" "$work/said"
else
	ok "every defect finds what it breaks"
fi

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
