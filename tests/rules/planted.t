#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# The defects that tests plant in the code still find what they break. (Whether they are
# noticed: the table of docs/testing.md names the command of each set.)
. "$(dirname "$0")/../tap.sh"
cd "$top" || exit 1

# try SET NAME FILE SED...: the command has to change the file.
try()
{
	local set=$1 name=$2 file=$3

	shift 3
	n=$((n + 1))
	if ! sed "$@" "$file" >"$work/broken" || cmp -s "$work/broken" "$file"; then
		echo "$set: $name changes nothing in $file: the code has changed, the defect has to follow" >>"$work/said"
	fi
}

# verdict SET
verdict()
{
	if [ -s "$work/said" ] || [ $n = 0 ]; then
		not_ok "every defect of $1 finds what it breaks" "$work/said"
	else
		ok "every defect of $1 finds what it breaks"
	fi
}

for set in tests/stress/broken:-E tests/liveness/broken:-E tests/faultinjection/planted:; do
	n=0
	: >"$work/said"
	for defect in "${set%:*}"/*.sed; do
		file=$(sed -n 's/^# file: //p' "$defect")
		case $file in
		*/*) ;;
		*) file=tests/stress/device/$file ;;
		esac
		try "${set%:*}" "$(basename "$defect" .sed)" "$file" ${set#*:} -f "$defect"
	done
	verdict "${set%:*}"
done

for set in tests/oracle/plants tests/selftest/broken; do
	n=0
	: >"$work/said"
	case $set in
	*/plants) grep -v '^#' "$set" | cut -f 1-3 >"$work/defects" ;;
	*) "$set" --list >"$work/defects" ;;
	esac
	while IFS=$'\t' read -r name file command; do
		try "$set" "$name" "$file" "$command"
	done <"$work/defects"
	verdict "$set"
done
done_testing
