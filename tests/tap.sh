# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=sh
#
# TAP for tests in shell: ok/not_ok/check/skip count, done_testing prints the plan.
# Sourced by tests/facts/*.t and tests/build/*.t; they run from anywhere.
# shellcheck disable=SC2034 # $top and $work are for the tests
top=$(cd "$(dirname "$0")/../.." && pwd -P) || exit 1
work=$(mktemp -d) || exit 1
trap 'rm -rf "$work"' EXIT
trap 'exit 1' HUP INT TERM
tap_n=0
tap_failed=0

ok()
{
	tap_n=$((tap_n + 1))
	echo "ok $tap_n - $1"
}

# not_ok WHAT [FILE]: the file's lines say why.
not_ok()
{
	tap_n=$((tap_n + 1))
	tap_failed=$((tap_failed + 1))
	echo "not ok $tap_n - $1"
	if [ -n "${2:-}" ] && [ -f "$2" ]; then
		tail -n 40 "$2" | sed 's/^/# /'
	fi
}

skip()
{
	tap_n=$((tap_n + 1))
	echo "ok $tap_n - $1 # SKIP $2"
}

# check WHAT FILE COMMAND...: ok if the command succeeds.
check()
{
	tap_what=$1 tap_file=$2
	shift 2
	if "$@"; then
		ok "$tap_what"
	else
		not_ok "$tap_what" "$tap_file"
	fi
}

# says FILE TEXT...: all the texts are in the file, literally.
says()
{
	tap_in=$1
	shift
	for tap_text do
		grep -qF -e "$tap_text" "$tap_in" || {
			echo "# not said: $tap_text"
			return 1
		}
	done
}

done_testing()
{
	echo "1..$tap_n"
	[ "$tap_failed" = 0 ]
	exit
}
