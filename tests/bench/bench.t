#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# What is made of the benchmark's figures, on figures that were made up: report's arithmetic
# and what it refuses, what make bench keeps of a run that fails, plots and the page. And
# docs/performance.md is what the committed results say.
. "$(dirname "$0")/../tap.sh"
said=$work/said
err=$work/err
copy=$work/src
json=$copy/build/bench.json
# These reach make as if they had been on its command line.
unset KERNELS TWICE QUICK RESULTS MAKEFLAGS

"$top/tests/bench/docs" --check >"$said" 2>&1
check "docs/performance.md and its plots are what the committed results say" "$said" test $? = 0

mkdir -p "$copy/tests/kernels" "$copy/docs" "$copy/build/kernels/6.1" "$copy/packaging"
cp -r "$top"/tests/{bench,arch,runner,matrix,tests.mk} "$copy/tests"
cp "$top/Makefile" "$top/dkms.conf" "$copy"
cp "$top/packaging/version" "$copy/packaging"
printf 'CC=gcc\n' >"$copy/build/kernels/6.1/makeargs"
printf '6.1.0-9-test\n' >"$copy/build/kernels/6.1/release"

# sample [NAME VALUE]...: all lines of a kernel. Of walks, the kernel's own costs 50 + 20 for each
# page, ours 100 + 4; with NAME=VALUE ours costs VALUE times the kernel's own.
cat >"$work/sample" <<'E'
import sys
sys.dont_write_bytecode = True
sys.path.insert(0, sys.argv[1] + "/tests/bench")
import workloads
times = dict(zip(sys.argv[2::2], map(float, sys.argv[3::2])))
def line(name, of, native, ours, rest):
    if name in times:
        ours = round(times[name] * native)
    print("bench: workload=%s%s ours=%d native=%d%s" % (name, of, ours, native, rest))
for w in workloads.table().values():
    if w.name.startswith("touch_"):
        for n in (1, 512, 4096):
            line(w.name, " pages=%d" % n, n * 1060, n * 1040, " gup_fast=%d floor=- handle_ours=%d handle=%d" % (
                n * 2000, n * 1010, n * 1000))
    elif w.against == "pages":
        for n in (1, 512, 4096, 32768, 262144):
            line(w.name, " pages=%d" % n, 50 + 20 * n, 100 + 4 * n, " gup_fast=%d floor=%d" % (40 * n, n))
    elif w.against == "vmas":
        for n in (1, 10, 100):
            line(w.name, " pages=1000 vmas=%d" % n, 20000 + n, 8000 + n, " gup_fast=- floor=1000")
    elif w.against == "ranges":
        for n in (1, 10, 100, 1000, 10000):
            cost = {"invalidate_none": 200, "invalidate_one": 400, "invalidate_all": 50 * n}.get(w.name, 300 * n ** 0.5)
            line(w.name, " ranges=%d" % n, cost, cost, " base=1000")
    else:
        line(w.name, "", 88, 96, "")
E
sample()
{
	python3 "$work/sample" "$copy" "$@"
}

# report ARGUMENT...: stdout to $said, and stderr to $err.
report()
{
	"$copy/tests/bench/report" "$@" >"$said" 2>"$err"
}

# row WHAT WORKLOAD PAGES RANGES EXPRESSION: is it true of that row (r) in $json?
row()
{
	python3 - "$json" "${@:2}" >>"$said" 2>&1 <<'E'
import json, sys
rows = [r for r in json.load(open(sys.argv[1])) if r["workload"] == sys.argv[2] and
        str(r["pages"]) == sys.argv[3] and str(r["ranges"]) == sys.argv[4]]
if len(rows) != 1 or not eval(sys.argv[5], {"r": rows[0]}):
    sys.exit("not so: %s of %s" % (sys.argv[5], rows))
E
	check "$1" "$said" test $? = 0
}

# refused WHAT TEXT COMMAND: sed's COMMAND on a kernel's lines makes report say TEXT and write nothing.
refused()
{
	sed "$3" "$work/6.1" >"$work/bad"
	echo old >"$work/old.json"
	report --json "$work/old.json" "$work/bad"
	check "refused: $1" "$err" test $? = 1
	check "  and it is said where and what" "$err" says "$err" "$work/bad" "$2"
	check "  and nothing is written" "$work/old.json" test "$(cat "$work/old.json")" = old
}

# report
sample >"$work/6.1"
report --json "$json" "$work/6.1"
check "a kernel's lines become JSON and tables" "$err" test $? = 0
row "a walk: instructions a page" snapshot_4k 512 None \
	'(r["ours"], r["native"], r["gup_fast"], r["floor"]) == (4.195, 20.098, 40.0, 1.0)'
row "and the ratio is of the whole call" snapshot_4k 512 None 'r["ratio"] == round(2148 / 10290, 3) and r["kernel"] == "6.1"'
row "what is not said is null" snapshot_4k 512 None 'r["vmas"] is r["handle"] is r["base"] is None'
row "what could not be measured is null" touch_read 512 None 'r["floor"] is None and r["gup_fast"] == 2000'
row "faulting: the ratio is of what is outside the handler" touch_read 512 None \
	'r["ratio"] == 0.5 and r["ours"] == 1040 and r["handle"] == 1000 and r["handle_ours"] == 1010'
row "an invalidation is not divided" invalidate_one None 1000 'r["ours"] == 400 and r["ratio"] == 1 and r["base"] == 1000'
row "bytes neither" memory_range None None '(r["ours"], r["native"], r["ratio"]) == (96, 88, 1.091)'
check "one object a line" "$json" test "$(grep -c '^{"kernel": "6.1", .*}' "$json")" = "$(grep -c ^bench "$work/6.1")"
check "a table for people" "$said" grep -Eq '^snapshot_4k +512 pages +4\.20 +20\.10 +40\.00 +1\.00 +- +- +0\.209 +<= 0\.45 reached$' "$said"
check "without a target where the call is most of the cost" "$said" grep -Eq '^snapshot_4k +1 page .* 1\.486$' "$said"
check "growth of walks: little at the small end, as the pages at the large one" "$said" \
	grep -Eq '^snapshot_4k +pages +0\.[0-9]+ +1\.00 +0\.[0-9]+ +1\.00$' "$said"
check "growth of what costs the same" "$said" grep -Eq '^invalidate_one +ranges +0\.00 +0\.00 +0\.00 +0\.00$' "$said"
check "growth of what costs as many" "$said" grep -Eq '^invalidate_all +ranges +1\.00 +1\.00 +1\.00 +1\.00$' "$said"
check "growth of what costs the root of it" "$said" grep -Eq '^register +ranges +0\.50 +0\.50 +0\.50 +0\.50$' "$said"
check "all targets are reached, and one line says so" "$said" \
	sh -c "tail -n 1 '$said' | grep -q '^bench: kernels=1 rows=[0-9]* targets_reached=[0-9]* targets_missed=0 unknown=0 file='"

sample snapshot_4k 0.46 invalidate_one 2 >"$work/6.12"
sed -i '/invalidate_one ranges=10000/s/ours=[0-9]*/ours=1041/' "$work/6.12"
report "$work/6.12"
check "a target that is missed" "$said" says "$said" "<= 0.45 MISSED" "targets_missed=3 "
check "by how much" "$said" grep -Eq '^snapshot: 4 KiB pages, from 512 pages on +0\.45 +0\.460 !$' "$said"
check "growth beyond its target" "$said" grep -Eq '^invalidation, one range hit: growth, .* 1\.30 +1\.301 !$' "$said"
sed '/ranges/s/native=[0-9]*/native=-/' "$work/6.1" >"$work/5.8"
report "$work/5.8"
check "without the kernel's own there is no verdict" "$said" says "$said" "<= 1.70 unknown" "targets_missed=0 unknown=2"
sed '/snapshot_thp/s/\(ours\|native\|gup_fast\|floor\)=[0-9]*/\1=-/g' "$work/6.1" >"$work/5.9"
report "$work/5.9"
check "nor of memory that the kernel does not have" "$said" says "$said" "<= 0.42 unknown"

report --json "$json" "$work/6.1" "$work/6.12"
cp "$json" "$work/one.json"
tac "$work/6.1" >"$work/backwards"
report --json "$json" "$work/6.12" 6.1="$work/backwards"
check "JSON is in one order" "$said" cmp "$json" "$work/one.json"
report "$work/6.1" "$work/6.12"
check "kernels side by side, older ones first" "$said" grep -Eq '^target +at most +6\.1 +6\.12$' "$said"

refused "a run that was cut off" '"worklo"' "\$s/.*/bench: worklo/"
head -c -5 "$work/6.1" >"$work/cut"
report "$work/cut"
check "so is one that was cut off in its last line" "$err" says "$err" "cut off"
refused "a workload that is missing" "snapshot_thp" /snapshot_thp/d
refused "a word for a number" "bad:1: ours=much" '1s/ours=[0-9]*/ours=much/'
refused "a line without the kernel's own" "bad:1: snapshot_4k has no native=" '1s/ native=[0-9]*//'
refused "a line without its size" "bad:1: snapshot_4k has no pages=" '1s/ pages=1//'
refused "no page at all" "bad:1: pages=0" '1s/pages=1/pages=0/'
refused "faulting without the handler's part" "has no handle=" 's/ handle=[0-9]*//'
refused "the same twice" "bad:2: this was measured before" '1p'
refused "an unknown workload" 'tests/bench/workloads has no workload "odd"' '1s/snapshot_4k/odd/'
refused "an unknown word" 'bad:1: "speed=9"' '1s/$/ speed=9/'
refused "something else between" "bad:2: this is no line" '1a BUG: something'
refused "nothing" "not one line" d
report --partial --json "$work/old.json" "$work/bad" "$work/6.1"
check "a bad file keeps a good one out, too" "$err" test "$(cat "$work/old.json")" = old
sed -n '/snapshot_4k pages/p' "$work/6.1" >"$work/part"
report --partial "$work/part"
check "a part, if that is wanted" "$err" test $? = 0
report --partial --results "$work/old.json" "$work/part"
check "but not for the committed results" "$err" test $? = 2

# make bench, where kernels, packages and machines are played.
script()
{
	{ echo '#!/bin/sh'; cat; } >"$copy/tests/$1" && chmod +x "$copy/tests/$1"
}

script setup <<<'echo installing'
# shellcheck disable=SC2016 # for these scripts
{
	script kernels/get <<<'[ "$1" != 9.9 ]'
	script bench/measure <<<'echo "$@" >>"$PLAYED/calls"
echo "this is progress" >&2
[ "$1" != 6.3 ] || { head -n 20 "$PLAYED/6.1"; exit 101; }
[ "$1" != 6.5 ] || { cat "$PLAYED/6.1"; exit 101; }
[ "$1" != 6.4 ] || [ ! -e "$PLAYED/again" ] || { sed "3s/ours=/&1/" "$PLAYED/6.1"; exit; }
: >"$PLAYED/again"
case $* in *-q) exec cat "$PLAYED/part" ;; esac
cat "$PLAYED/6.1"'
}
printf '# name\n6.1 x\n6.2 x\n' >"$copy/tests/kernels/list"
export PLAYED=$work
git -C "$copy" init -q

# bench VARIABLE=VALUE...: make bench
bench()
{
	rm -f "$work/calls" "$work/again"
	make -C "$copy" --no-print-directory bench "$@" >"$said" 2>"$err"
}

rm "$json"
bench
check "make bench" "$err" test $? = 0
check "measures all kernels of the list" "$work/calls" test "$(paste -sd, "$work/calls")" = 6.1,6.2
check "both are in build/bench.json" "$json" test "$(grep -o '"kernel": "[^"]*"' "$json" | sort -u | wc -l)" = 2
check "the tables are on stdout" "$said" grep -q '^bench: kernels=2 .*targets_missed=0 unknown=0 file=build/bench.json$' "$said"
grep -e progress -e installing "$said" >"$work/noise"
check "and nothing else" "$work/noise" test ! -s "$work/noise"
check "progress is on stderr" "$err" says "$err" "6.2: measuring" "this is progress"
check "a kernel's lines are kept, with what they were measured with" "$copy/build/bench/lines/6.1" \
	grep -Eq "^measured: kernel=6\.1 release=6\.1\.0-9-test compiler='?gcc .* version=$("$top/packaging/version") " "$copy/build/bench/lines/6.1"

cp "$json" "$work/before.json"
bench KERNELS=6.3
check "a kernel that dies while it is measured makes it fail" "$err" test $? != 0
check "which is said" "$err" says "$err" "6.3: could not be measured" "nothing was measured"
check "and the file of before is as it was" "$err" cmp "$json" "$work/before.json"
bench KERNELS=6.5
check "so does one that complains in the end" "$err" test $? != 0
check "and its figures are not kept" "$err" cmp "$json" "$work/before.json"
bench KERNELS="6.3 9.9 6.1" RESULTS="$work/results.json"
check "it and one that cannot be had keep no other away" "$err" test $? != 0
check "which alone is in build/bench.json" "$json" test "$(grep -o '"kernel": "[^"]*"' "$json" | sort -u)" = '"kernel": "6.1"'
check "and in RESULTS" "$work/results.json" test "$(grep -o '"kernel": "[^"]*"' "$work/results.json" | sort -u)" = '"kernel": "6.1"'

bench KERNELS="6.1" TWICE=1
check "measured twice, the same" "$err" test $? = 0
check "  was measured twice" "$work/calls" test "$(wc -l <"$work/calls")" = 2
check "  which is said" "$err" says "$err" "both times the same"
cp "$json" "$work/before.json"
bench KERNELS="6.4" TWICE=1 RESULTS="$work/results.json"
check "measured twice, and not the same: a failure" "$err" test $? != 0
check "  that shows the lines" "$err" grep -q '^> bench: workload=snapshot_4k pages=4096 ours=116' "$err"
check "  and keeps nothing" "$err" cmp "$json" "$work/before.json"
check "  here neither" "$work/results.json" sh -c "! grep -q 6.4 '$work/results.json'"

bench KERNELS=6.1 QUICK=1
check "little of each" "$work/calls" sh -c "test \$? = 0 && grep -q -e '6.1 -q' '$work/calls'"
bench KERNELS=6.1 QUICK=1 RESULTS="$work/results.json"
check "but not for the committed results" "$err" says "$err" "wants all sizes"

cp "$work/6.1" "$work/6.1.good"
sample snapshot_4k 0.5 >"$work/6.1"
bench KERNELS=6.2 RESULTS="$work/results.json"
check "a further kernel is added to RESULTS" "$work/results.json" \
	grep -q '^{"kernel": "6.1", "release": "6.1.0-9-test", "compiler": "gcc ' "$work/results.json"
bench KERNELS=6.1 RESULTS="$work/results.json"
check "and measured again replaces what was there" "$work/results.json" \
	test "$(grep -c '"snapshot_4k", "pages": 512, .*"ratio": 0.5}' "$work/results.json")" = 2
cp "$work/6.1.good" "$work/6.1"

# Plots and the page.
page=$copy/docs/performance.md
sample snapshot_4k 0.46 invalidate_one 1.75 invalidate_none 9 >"$work/6.12"
report --results "$copy/docs/performance.json" "$work/6.1" "$work/6.12" "$work/5.8" "$work/5.9"
mkdir -p "$copy/docs/performance"
printf '<!-- SPDX-License-Identifier: GPL-2.0-only -->\n## Written by hand\n\nWhy.\n' >"$copy/docs/performance/notes.md"
: >"$copy/docs/performance/pages-3.1.svg"
docs() { "$copy/tests/bench/docs" "$@" >"$said" 2>&1; }
docs --check
check "results without a page are noticed" "$said" says "$said" "docs/performance.md is not" "docs/performance/pages-6.1.svg is not" "pages-3.1.svg is not"
docs
check "the page and the plots are made" "$said" says "$said" "made docs/performance.md" "made docs/performance/ranges-6.12.svg" \
	"removed docs/performance/pages-3.1.svg"
docs --check
check "then they are right" "$said" test $? = 0
docs
check "and stay as they are" "$said" test ! -s "$said"
check "the page: targets" "$page" says "$page" "| snapshot: 4 KiB pages, from 512 pages on | 0.45 | 0.209 | 0.209 | 0.209 | **0.460** |" \
	"| invalidation, one range hit, from 10 ranges on | 1.70 | - | 1.000 | 1.000 | **1.750** |"
check "  how many are reached" "$page" grep -q '^Targets reached: 5.8 \([0-9]*\) of \1; .*; 6.12 [0-9]* of [0-9]*\.$' "$page"
check "  growth" "$page" says "$page" "| register a range | ranges | 0.50 / - | 0.50 / 0.50 |"
check "  memory" "$page" says "$page" "| memory of a range | 96 / 88 |"
check "  all figures" "$page" says "$page" "| snapshot_4k | 512 pages | 4.20 | 20.10 | 40.00 | 1.00 | - | - | 0.209 |"
check "  what was written by hand" "$page" says "$page" "## Written by hand" "Why."
check "  whose licence is not said twice" "$page" test "$(grep -c SPDX "$page")" = 1
sed -n 's/^!\[.*](\(.*\))$/\1/p' "$page" | sort >"$work/shown"
(cd "$copy/docs" && ls performance/*.svg) | sort >"$work/there"
check "  it shows all plots that are there" "$work/there" cmp "$work/shown" "$work/there"

python3 - "$copy"/docs/performance/*.svg >"$said" 2>&1 <<'E'
import re, sys
import xml.etree.ElementTree as tree
for path in sys.argv[1:]:
    text = open(path).read()
    root = tree.fromstring(text)
    width, height = int(root.get("width")), int(root.get("height"))
    assert root.tag.endswith("svg") and len(root) > 20, path
    assert "nan" not in text and "inf" not in text.replace("infty", ""), path
    for at in root.iter():
        for x, y in re.findall(r"(-?\d+\.\d) (-?\d+\.\d)", at.get("d") or ""):
            assert 0 <= float(x) <= width and 0 <= float(y) <= height, (path, at.attrib)
    boxes = []
    for at in root.iter("{http://www.w3.org/2000/svg}text"):
        # About so wide are the letters of this font.
        x, y, size = float(at.get("x")), float(at.get("y")), int(at.get("font-size"))
        wide = len(at.text) * size * (0.62 if at.get("font-weight") else 0.57)
        left = x - {"start": 0, "middle": wide / 2, "end": wide}[at.get("text-anchor")]
        assert left >= 0 and left + wide <= width, (path, at.text, left, wide)
        for other, left2, wide2, y2, size2 in boxes:
            assert (left + wide <= left2 or left2 + wide2 <= left or y - size >= y2 or y2 - size2 >= y), (
                path, at.text, other)
        boxes.append((at.text, left, wide, y, size))
E
check "plots are well-formed, nothing is drawn outside of them, and no label over another" "$said" test $? = 0
svg=$copy/docs/performance
check "a bar beyond the scale still has its number" "$svg/ratios-ranges.svg" says "$svg/ratios-ranges.svg" "9.000 above"
check "what could not be measured is said to be unknown" "$svg/ratios-pages.svg" says "$svg/ratios-pages.svg" unknown
check "a plot has ours and, where there is one, the kernel's own" "$svg/ranges-5.8.svg" \
	sh -c "grep -q circle '$svg/ranges-5.8.svg' && test \$(grep -c 2b83c6 '$svg/ranges-5.8.svg') -lt \$(grep -c 2b83c6 '$svg/ranges-6.1.svg')"

sed -i 's/"ratio": 0.209}/"ratio": 0.219}/' "$copy/docs/performance.json"
docs --check
check "other results are noticed" "$said" says "$said" "docs/performance.md is not" "ratios-pages.svg is not"
docs
sed -i 's/0.219/0.119/' "$page"
docs --check
check "a page that was edited is noticed" "$said" test "$(cat "$said")" = \
	"docs/performance.md is not what the committed results say: run make docs"
docs
sed -i '/Why/s/$/ Because./' "$copy/docs/performance/notes.md"
docs --check
check "so is another text" "$said" test $? = 1
docs
sed -i 's/0\.45/0.44/' "$copy/tests/bench/workloads"
docs --check
check "and another target" "$said" test $? = 1

done_testing
