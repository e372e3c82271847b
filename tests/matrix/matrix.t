#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# make matrix, on folders that look like kernels to it: what it says of those that build,
# warn, fail, are refused or are none; what stays of a run that was stopped; what it makes
# of guests that pass, fail and die.
. "$(dirname "$0")/../tap.sh"
said=$work/said
copy=$work/src
json=$copy/build/matrix.json
# These reach make as if they had been on its command line.
unset KERNELS ARCHES KDIRS BOOT STRESS JOBS RESULTS

mkdir "$copy"
(cd "$top" && tar cf - --exclude=compat/generated --exclude=__pycache__ Makefile Kbuild kernels.conf dkms.conf \
	compat scripts include src sdk tests/build/for-kernel tests/kernels tests/matrix tests/runner tests/tests.mk) |
	tar xf - -C "$copy"
# Guests and the installation of packages are played.
mkdir "$copy"/tests/{scenarios,module,stress}
printf '#!/bin/sh\n' >"$copy/tests/setup"
chmod +x "$copy/tests/setup"

# kernel NAME RELEASE [LINE]...: a folder with a kdir, in which LINEs of shell are run to build.
kernel()
{
	local dir=$work/kernels/$1 line

	mkdir -p "$dir/kdir/include/generated" "$dir/kdir/include/config" "$dir/modules"
	: >"$dir/kdir/include/generated/autoconf.h"
	echo "#define UTS_RELEASE \"$2\"" >"$dir/kdir/include/generated/utsrelease.h"
	printf 'CONFIG_MODULES=y\nCONFIG_MMU_NOTIFIER=y\n' >"$dir/kdir/include/config/auto.conf"
	echo "$2" >"$dir/release"
	echo 'CC=gcc' >"$dir/makeargs"
	shift 2
	# shellcheck disable=SC2016 # for make
	{
		printf 'modules:\n'
		for line; do
			printf '\t@%s\n' "$line"
		done
		printf '\t@mkdir -p $(M)/compat/generated && cp $(CURDIR)/facts.h $(M)/compat/generated && : >$(M)/hmm_backport.ko\n'
	} >"$dir/kdir/Makefile"
	printf '#define FACT_DOOR_OPEN 1\n#define FACT_MOON_FULL 1\n\t"door=open\\n" \\\n\t"moon=full\\n"\n' >"$dir/kdir/facts.h"
}

# matrix NAME...: measures these; $options are given as well.
options=()
matrix()
{
	"$copy/tests/matrix/matrix" ${options[@]+"${options[@]}"} "${@/#/$work/kernels/}" >"$said" 2>&1
}

# row NAME EXPRESSION: is it true of its row (r) in $json?
row()
{
	python3 - "$json" "$@" <<'E' >>"$said" 2>&1
import json, sys
rows = [r for r in json.load(open(sys.argv[1])) if r["kernel"] == sys.argv[2]]
if len(rows) != 1 or not eval(sys.argv[3].replace("\n", " "), {"r": rows[0]}):
    sys.exit("not so: %s of %s" % (sys.argv[3], rows))
E
}

kernel good 6.1.5-test
kernel new 7.1.0-test
sed -i 's/door=open/door=shut/' "$work/kernels/new/kdir/facts.h"
# shellcheck disable=SC2016 # for make
kernel warns 6.2.0 'echo "$(M)/src/mm.c:3:1: warning: planted"' 'echo "include/linux/timer.h:9: warning: of old"' \
	'echo "warning: the compiler differs"' 'echo "WARNING: modpost: hmm_backport: planted"'
kernel old 3.2.0 'echo "./include/linux/timer.h:9:3: warning: of old"'
kernel fails 6.3.0 'echo "src/mm.c:7:2: error: planted here"; false'
kernel refused 6.4.0 'printf "\nhmm-backport: This kernel cannot be used.\n\n  fact:      door=locked (x)\n" >&2; false'
kernel noconfig 6.5.0
rm "$work/kernels/noconfig/kdir/include/config/auto.conf"
kernel noargs 6.6.0
rm "$work/kernels/noargs/makeargs"
mkdir "$work/kernels/empty"
kernel factless 6.7.0
: >"$work/kernels/factless/kdir/facts.h"

matrix good new warns old fails refused noconfig noargs empty nowhere factless good
check "kernels that fail make it fail" "$said" test $? = 1
check "every kernel has one row" "$said" test "$(grep -c '"kernel"' "$json")" = 11
check "the table ends in a line of figures" "$said" \
	sh -c "tail -n 1 '$said' | grep -q '^matrix: kernels=11 built=5 booted=0 failed=8 seconds=[0-9]* file=build/matrix.json$'"
check "what builds has all that a row can have of it" "$said" row good 'r["built"] is True and r["arch"] == "amd64" and
	r["compiler"].startswith("gcc ") and r["warnings"] == 0 and r["booted"] is None and r["scenarios_total"] is None and
	r["release"] == "6.1.5-test" and r["reason"] == "" and r["seconds"] >= 0 and len(r["date"]) == 10'
check "facts, and those that are not the newest kernel's" "$said" row good \
	'r["facts"] == {"door": "open", "moon": "full"} and r["facts_differ"] == ["door=open"]'
check "none differs on the newest" "$said" row new 'r["facts_differ"] == []'
check "warnings of our files and of others are told apart" "$said" row warns \
	'r["built"] and r["warnings"] == 2 and r["header_warnings"] == 1 and "warnings of our own files" in r["reason"]'
check "a kernel outside the range is an experiment" "$said" row old \
	'r["built"] and r["experimental"] and r["warnings"] == 0 and r["header_warnings"] == 1 and r["reason"] == ""'
check "one inside is none" "$said" row good 'not r["experimental"]'
check "a failed build: the compiler's words" "$said" row fails 'not r["built"] and r["reason"] == "src/mm.c:7:2: error: planted here"'
check "a refusal: the build's own sentence" "$said" row refused \
	'not r["built"] and r["reason"] == "This kernel cannot be used. (door=locked)"'
check "no configuration" "$said" row noconfig 'not r["built"] and "no configuration" in r["reason"]'
check "no makeargs" "$said" row noargs 'not r["built"] and "makeargs" in r["reason"]'
check "an empty folder" "$said" row empty 'not r["built"] and "no kernel build tree" in r["reason"]'
check "no folder" "$said" row nowhere 'not r["built"] and r["reason"] == "there is no such folder"'
check "a build without facts is not believed" "$said" row factless '"no facts" in r["reason"]'
check "no folder of this machine is in the rows" "$said" test -z "$(grep -F "$work" "$json" | tee -a "$said")"

matrix good new
check "kernels that build make it succeed" "$said" test $? = 0

# A row replaces the one of its kernel, and no other.
echo 6.1.6-test >"$work/kernels/good/release"
cp "$json" "$work/results.json"
options=(--results "$work/results.json")
matrix good
check "a later run replaces its kernel's row" "$said" row good 'r["release"] == "6.1.6-test"'
check "and leaves the others" "$said" row fails 'r["reason"].endswith("planted here")'
cmp "$json" "$work/results.json" >>"$said" 2>&1
check "so it is in the file that was named" "$said" test $? = 0
options=()

# A build tree by itself; two of one name; a name that is taken.
mkdir -p "$work/kernels/trees/a" "$work/kernels/trees/b" "$work/kernels/other"
cp -r "$work/kernels/good/kdir" "$work/kernels/trees/a/linux"
cp -r "$work/kernels/good/kdir" "$work/kernels/trees/b/linux"
cp -r "$work/kernels/good/kdir" "$work/kernels/other/6.1"
matrix trees/a/linux trees/b/linux other/6.1
check "a build tree needs no more than itself" "$said" row linux 'r["built"] and r["release"] == "6.1.5-test"'
check "another of the same name has its folder's too" "$said" row b-linux 'r["built"]'
check "the name of one of Debian's is taken" "$said" row 6.1 'not r["built"] and "another kernel of this name" in r["reason"]'

# Stopped.
rm -f "$json"
kernel endless 6.8.0 'echo begun' 'exec sleep 1000.25'
"$copy/tests/matrix/matrix" --jobs 1 "$work/kernels/good" "$work/kernels/endless" "$work/kernels/new" >"$said" 2>&1 &
pid=$!
for _ in $(seq 300); do
	grep -qs begun "$copy/build/mod/endless.log" && break
	sleep 0.1
done
kill -TERM $pid
wait $pid
check "a run that was stopped says so" "$said" test $? = 130
check "and has lost no row" "$said" row good 'r["built"]'
check "nor made up one" "$said" test "$(grep -c '"kernel"' "$json")" = 1
check "nor left anything running" "$said" test -z "$(ps -eo args | grep '^sleep 1000[.]25')"

# Guests.
cat >"$copy/tests/scenarios/run" <<'E'
#!/bin/sh
case $1 in
passes) printf '1..3\nok 1 - a\nok 2 - b\nok 3 - c # SKIP no such memory\n' ;;
loses) printf '1..2\nok 1 - a\nnot ok 2 - live_munmap\n'
	echo 'loses (6.2): /scenarios: FAILED, 1 passed, 1 failed, 0 skipped, exit status 1, the kernel complained, 9 s; console in build/x' >&2
	exit 1 ;;
vanishes) echo "vgpu-for-kernel: the converted driver does not build" >&2; exit 1 ;;
dies) echo 'dies (6.3): /scenarios: FAILED, the kernel did not get to its first program; , 60 s; console in build/x' >&2; exit 102 ;;
esac
E
cat >"$copy/tests/module/run" <<'E'
#!/bin/sh
case $1 in
dies) exit 102 ;;
vanishes) echo 'test.h:6:10: fatal error: linux/bits.h: none' >&2; exit 1 ;;
esac
printf '1..1\nok 1 - module\n'
E
cat >"$copy/tests/stress/run" <<'E'
#!/bin/sh
case $1 in dies | vanishes) exit 102 ;; esac
printf '1..1\nok 1 - mix\n# stress: kernel=%s seconds=%s operations=700 mismatches=0 seed=1\n' "$1" "$3"
E
chmod +x "$copy"/tests/{scenarios,module,stress}/run
for name in passes loses dies vanishes; do
	kernel $name 6.9.0
	: >"$work/kernels/$name/vmlinuz"
done
options=(--boot)
matrix passes good
check "guests that pass make it succeed" "$said" test $? = 0
check "what passed is counted" "$said" row passes 'r["booted"] is True and r["scenarios_passed"] == 2 and
	r["scenarios_skipped"] == 1 and r["scenarios_total"] == 3 and r["module_passed"] == 1 and r["stress_operations"] is None'
check "what has no image is not booted and says so" "$said" row good 'r["booted"] is None and "there is no image" in r["reason"]'
options=(--boot --stress 7)
matrix loses
check "a guest that fails makes it fail" "$said" test $? = 1
matrix dies
check "so does one that dies" "$said" test $? = 1
matrix vanishes
check "so does one whose tests do not build" "$said" test $? = 1
matrix passes fails
check "a test that failed: which, and what the rig says" "$said" row loses 'r["booted"] is True and
	r["scenarios_total"] == 2 and r["scenarios_passed"] == 1 and
	r["reason"] == "scenarios: 1 failed (live_munmap), exit status 1, the kernel complained"'
check "a kernel that does not boot" "$said" row dies 'r["booted"] is False and "did not get to its first program" in r["reason"]'
check "tests that do not build boot nothing" "$said" row vanishes 'r["booted"] is None and r["scenarios_total"] is None and
	"converted driver does not build" in r["reason"] and "linux/bits.h" in r["reason"]'
check "the stress test's figures" "$said" row passes 'r["stress_seconds"] == 7 and r["stress_operations"] == 700 and
	r["stress_mismatches"] == 0'
check "what was not built is not booted" "$said" row fails 'r["booted"] is None and not r["built"]'
check "a table for people" "$said" grep -Eq '^passes +amd64 +gcc [0-9.]+ +[0-9]+ +yes +0 +yes +2/3 +1/1 +7 s, 0 wrong +[0-9]+$' "$said"
options=()

# What make is told reaches it.
if make -C "$copy" --no-print-directory matrix KDIRS="$work/kernels/passes $work/kernels/good" BOOT=1 STRESS=5 JOBS=1 \
	RESULTS="$work/other.json" >"$said" 2>&1; then
	json=$work/other.json
	check "make matrix KDIRS= BOOT= STRESS= JOBS= RESULTS=" "$said" row passes 'r["stress_seconds"] == 5'
	json=$copy/build/matrix.json
else
	not_ok "make matrix KDIRS= BOOT= STRESS= JOBS= RESULTS=" "$said"
fi
make -C "$copy" --no-print-directory matrix ARCHES=vax >"$said" 2>&1
check "an architecture that nobody knows" "$said" says "$said" "no kernel of: vax"
make -C "$copy" --no-print-directory matrix KERNELS=9.9 >"$said" 2>&1
check "a name that nobody knows" "$said" row 9.9 'not r["built"] and "knows no kernel" in r["reason"]'

done_testing
