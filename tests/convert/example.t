#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
#
# The example driver: converted completely, in every mode, once and for all.
# shellcheck disable=SC2317 # functions are called through check
. "$(dirname "$0")/../tap.sh"

if ! command -v spatch >/dev/null || ! command -v unifdef >/dev/null; then
	skip "the example driver" "spatch or unifdef is not installed"
	done_testing
fi
example=$top/examples/vgpu
guard=CONFIG_VGPU_USERPTR

# convert DIR [ARGUMENT]...: output in $work/said, status in $rc
convert()
{
	dir=$1
	shift
	"$top/cocci/hmm-convert" "$@" "$dir" >"$work/said" 2>"$work/err"
	rc=$?
}

same()
{
	diff -r "$1" "$2" >"$work/diff" 2>&1
}

# absent PATTERN [GREP-OPTION]...: no line of the converted driver matches
absent()
{
	pattern=$1
	shift
	! grep -rnE "$@" -e "$pattern" "$work/a" >"$work/left"
}

apply()
{
	patch -d "$work/c" -p1 --no-backup-if-mismatch <"$work/c.diff" >"$work/out" 2>&1
}

cp -r "$example" "$work/a"
convert "$work/a"
check "--check is the default and finds everything convertible" "$work/said" test "$rc" = 0
check "it names each step that has work" "$work/said" says "$work/said" 01-eagain 02-range-list 03-range-hmm \
	05-dma-unmap-vma 06-register-args 07-page-shift 14-kconfig 16-hmm-update 17-mmap-lock
tail -n 1 "$work/said" >"$work/last"
check "it ends in one line" "$work/said" says "$work/last" "hmm-convert: 5 of 11 files can be converted completely"
check "--check changes nothing" "$work/diff" same "$example" "$work/a"

convert "$work/a" --check --json
check "--json is JSON" "$work/said" python3 -c 'import json, sys
r = json.load(open(sys.argv[1]))
assert r["status"] == 0 and not r["left"] and not r["written"] and len(r["changed"]) == 5, r' "$work/said"

convert "$work/a" --in-place --drop-guard $guard
check "--in-place converts" "$work/err" test "$rc" = 0
check "nothing of the old API is left" "$work/left" absent \
	'page_shift|hmm_update|mmap_sem\)|->hmm\b|->blockable|depends on HMM|mmap_sem is dropped|range->list'
check "nothing of the guard is left" "$work/left" absent 'CONFIG_VGPU_USERPTR|config VGPU_USERPTR' --exclude=Makefile --exclude-dir=debian --exclude-dir=rpm
check "it selects what it depended on" "$work/a/Kconfig" says "$work/a/Kconfig" \
	"	depends on MMU" "	select HMM_MIRROR" "	select MMU_NOTIFIER"
check "no white space at the end of a line" "$work/left" absent '[[:blank:]]$'

cp -r "$work/a" "$work/b"
convert "$work/b" --in-place --drop-guard $guard
check "a second run has nothing to do" "$work/said" says "$work/said" "nothing to convert"
check "a second run changes nothing" "$work/diff" same "$work/a" "$work/b"

cp -r "$example" "$work/c"
(cd "$work/c" && "$top/cocci/hmm-convert" --diff --drop-guard $guard . >"$work/c.diff" 2>"$work/err")
check "--diff changes nothing" "$work/diff" same "$example" "$work/c"
check "patch takes the diff" "$work/out" apply
check "the diff is what --in-place does" "$work/diff" same "$work/a" "$work/c"

cp -r "$example" "$work/d"
convert "$work/d" --in-place
check "without --drop-guard the guards stay" "$work/err" grep -q 'IS_ENABLED(CONFIG_VGPU_USERPTR)' "$work/d/vgpu.h"

cp -r "$example" "$work/e"
convert "$work/e" --in-place --jobs 2 --drop-guard $guard
check "--jobs changes nothing in the result" "$work/diff" same "$work/a" "$work/e"

done_testing
