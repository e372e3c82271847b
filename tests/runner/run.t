#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# The runner of the tests believes no test that does not say all it has to say.
. "$(dirname "$0")/../tap.sh"

# runs TEXT WANTED SAYS: stdin is the test; WANTED is the last line of tests/run,
# SAYS is somewhere above it.
runs()
{
	local last status

	{ echo "#!/bin/sh"; cat; } > "$work/it.t"
	chmod +x "$work/it.t"
	"$top/tests/run" --no-setup "$work/it.t" > "$work/said" 2>&1
	status=$?
	last=$(tail -n 1 "$work/said")
	case $2,$status in
	*' 0 failed,'*,0) ;;
	*' 0 failed,'* | *,0) last="$last, but exit status $status" ;;
	esac
	if [ "$last" = "$2" ] && grep -qF -e "$3" "$work/said"; then
		ok "$1"
	else
		echo "last line: $last" >> "$work/said"
		not_ok "$1: wanted '$2' and '$3'" "$work/said"
	fi
}

runs "all is well" "2 passed, 0 failed, 0 skipped" "2 passed" << 'E'
echo "1..2"; echo "ok 1 - one"; echo "ok 2 - two"
E
runs "the plan may come last" "1 passed, 0 failed, 0 skipped" "ok" << 'E'
echo "ok 1 - one"; echo "1..1"
E
runs "a failure, with the comments behind it" "1 passed, 1 failed, 0 skipped" "# because of this" << 'E'
echo "1..2"; echo "ok 1 - one"; echo "not ok 2 - two"; echo "# because of this"; exit 1
E
runs "a skip, with its reason" "1 passed, 0 failed, 1 skipped" "skipped: two: no such thing here" << 'E'
echo "1..2"; echo "ok 1 - one"; echo "ok 2 - two # SKIP no such thing here"
E
runs "all skipped" "0 passed, 0 failed, 1 skipped" "needs a moon" << 'E'
echo "1..0 # SKIP needs a moon"
E
runs "no plan" "1 passed, 1 failed, 0 skipped" "has no plan" << 'E'
echo "ok 1 - one"
E
runs "nothing said" "0 passed, 1 failed, 0 skipped" "has no plan" << 'E'
true
E
runs "died early" "0 passed, 1 failed, 0 skipped" "died before it had a plan (exit status 3)" << 'E'
echo "the reason" >&2; exit 3
E
runs "what it said before it died" "0 passed, 1 failed, 0 skipped" "the reason" << 'E'
echo "the reason" >&2; exit 3
E
runs "died in the middle" "1 passed, 1 failed, 0 skipped" "planned 2 tests and ran 1 (exit status 1)" << 'E'
echo "1..2"; echo "ok 1 - one"; exit 1
E
runs "killed" "1 passed, 1 failed, 0 skipped" "(exit status -9)" << 'E'
echo "1..2"; echo "ok 1 - one"; kill -9 $$
E
runs "more than planned" "2 passed, 1 failed, 0 skipped" "planned 1 tests and ran 2" << 'E'
echo "1..1"; echo "ok 1 - one"; echo "ok 2 - two"
E
runs "wrong number" "2 passed, 1 failed, 0 skipped" "test 2 has the number 3" << 'E'
echo "1..3"; echo "ok 1 - one"; echo "ok 3 - three"
E
runs "wrong status" "1 passed, 1 failed, 0 skipped" "exit status 1 although no test failed" << 'E'
echo "1..1"; echo "ok 1 - one"; exit 1
E
runs "bails out" "1 passed, 2 failed, 0 skipped" "Bail out! no disk" << 'E'
echo "1..2"; echo "ok 1 - one"; echo "Bail out! no disk"; exit 1
E
runs "a console's line ends" "1 passed, 0 failed, 0 skipped" "ok" << 'E'
printf '1..1\r\nok 1 - one\r\n'
E

cp "$work/it.t" "$work/too.t"
if "$top/tests/run" --no-setup --jobs 2 "$work/it.t" "$work/too.t" > "$work/said" 2>&1 &&
   [ "$(tail -n 1 "$work/said")" = "2 passed, 0 failed, 0 skipped" ]; then
	ok "two tests at a time"
else
	not_ok "two tests at a time" "$work/said"
fi
if "$top/tests/run" --no-setup nosuchtest > "$work/said" 2>&1; then
	not_ok "an unknown test is refused" "$work/said"
elif says "$work/said" "nosuchtest is no test"; then
	ok "an unknown test is refused"
else
	not_ok "an unknown test is refused" "$work/said"
fi

# listed DESCRIPTION PATTERN ARGUMENT...: what would be run
listed()
{
	local description=$1 pattern=$2

	shift 2
	env -u KERNELS "$top/tests/run" --list "$@" > "$work/said" 2>&1
	check "$description" "$work/said" grep -qx -e "$pattern" "$work/said"
}
unlisted()
{
	local description=$1 pattern=$2

	shift 2
	env -u KERNELS "$top/tests/run" --list "$@" > "$work/said" 2>&1
	check "$description" "$work/said" sh -c '[ -s "$2" ] && ! grep -q -e "$1" "$2"' sh "$pattern" "$work/said"
}
listed "the debug kernel is built" 'tests/kernels/debug-kernel debug'
check "before all else" "$work/said" [ "$(head -n 1 "$work/said")" = 'tests/kernels/debug-kernel debug' ]
listed "and has its tests" 'tests/scenarios/run debug'
unlisted "not with --fast" 'debug$' --fast
unlisted "not with other kernels named" 'debug$' --kernels 6.1
listed "it can be named" 'tests/module/run debug' --kernels debug vm
unlisted "then no other is there" 'run 6.1' --kernels debug vm
unlisted "the kernel for races must be named" kcsan
listed "and is built then" 'tests/kernels/debug-kernel kcsan' --kernels '6.1 kcsan'
listed "and has all tests" 'tests/module/run kcsan' --kernels '6.1 kcsan'

done_testing
