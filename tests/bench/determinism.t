#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# The benchmark, little of each, on 6.1: two runs print the same, byte for byte, and
# what they print is whole.
. "$(dirname "$0")/../tap.sh"

for run in first second; do
	"$top/tests/bench/measure" 6.1 -q >"$work/$run" 2>"$work/log"
	check "the $run run" "$work/log" test $? = 0
done
diff "$work/first" "$work/second" >"$work/differ"
check "both print the same" "$work/differ" test $? = 0

cp "$work/first" "$work/6.1"
"$top/tests/bench/report" --partial --json "$work/json" "$work/6.1" >"$work/said" 2>&1
check "report understands it" "$work/said" test $? = 0
# Sizes that -q leaves out are of snapshot_mixed.
python3 -B - "$top" "$work/json" >"$work/said" 2>&1 <<'E'
import json, sys
sys.path.insert(0, sys.argv[1] + "/tests/bench")
import workloads
rows = json.load(open(sys.argv[2]))
missing = set(workloads.table()) - {row["workload"] for row in rows} - {"snapshot_mixed"}
assert not missing, "nothing of %s" % ", ".join(missing)
for row in rows:
    # What the kernel has in place of a mirror is much less.
    times = row["ours"] / row["native"]
    assert row["workload"] == "memory_mirror" or 0.01 < times < 10, "no sensible figure: %s" % row
E
check "there is a figure of all, in reason" "$work/said" test $? = 0

done_testing
