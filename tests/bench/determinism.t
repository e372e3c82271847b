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
    assert row["ours"] > 0 and row["native"] > 0 and row["ratio"] > 0, "no figure: %s" % row
    assert row["floor"] is None or 0 < row["floor"] < min(row["ours"], row["native"]), "less than nothing: %s" % row
E
check "there is a figure of all, and none is below the floor" "$work/said" test $? = 0

done_testing
