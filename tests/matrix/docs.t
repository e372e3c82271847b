#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# docs/kernels.md and README's table say what docs/kernels.json and docs/kernel-limits.tsv
# say, and make docs notices when they do not.
. "$(dirname "$0")/../tap.sh"
said=$work/said
copy=$work/src

"$top/tests/matrix/docs" --check >"$said" 2>&1
check "the pages are what the committed results say" "$said" test $? = 0

mkdir -p "$copy/tests/kernels"
cp -r "$top/tests/matrix" "$top/tests/bench" "$copy/tests"
cp "$top/Makefile" "$top/README.md" "$copy"
cp "$top/tests/tests.mk" "$copy/tests"
cp -r "$top/docs" "$copy"

# Results of our own: a kernel that did well, one that failed in part, one that was refused, one of another
# architecture, and one that nobody has measured.
printf '# name suite release libs\nfine x y z\nunseen x y z\n' >"$copy/tests/kernels/list"
printf 'far x y z vax x\n' >"$copy/tests/kernels/by-hand"
python3 - "$copy" <<'E'
import sys
sys.path.insert(0, sys.argv[1] + "/tests/matrix")
sys.dont_write_bytecode = True
import rows
fine = dict(rows.blank("fine", "amd64"), release="6.1.0-9", compiler="gcc 12.2.0", built=True, booted=True,
            scenarios_passed=91, scenarios_skipped=4, scenarios_total=95, module_passed=34, module_skipped=0,
            module_total=34, stress_seconds=9, stress_operations=1234, stress_mismatches=0, seconds=77,
            date="2020-01-02", facts={"door": "open"})
part = dict(fine, kernel="part", release="5.3.1", experimental=True, scenarios_passed=90, header_warnings=5,
            date="2020-01-03", reason="scenarios: 1 failed (live_munmap)")
plain = dict(rows.blank("plain", "amd64"), release="4.4.9", built=True, experimental=True, seconds=11, date="2020-01-04")
no = dict(rows.blank("no", "amd64"), release="4.12.3", experimental=True, date="2020-01-05", reason="It cannot be.")
rows.write(sys.argv[1] + "/docs/kernels.json", [no, plain, part, fine])
E
printf '# a table\nkernels\twrong\tremedy\n9.8\teats pages\tfeed it\n' >"$copy/docs/kernel-limits.tsv"
page=$copy/docs/kernels.md readme=$copy/README.md

"$copy/tests/matrix/docs" --check >"$said" 2>&1
check "other results are noticed" "$said" test $? = 1
check "in both pages" "$said" says "$said" "docs/kernels.md is not" "README.md is not"
make -C "$copy" --no-print-directory docs >"$said" 2>&1
check "make docs makes both" "$said" says "$said" "made docs/kernels.md" "made README.md"
"$copy/tests/matrix/docs" --check >"$said" 2>&1
check "then they are right" "$said" test $? = 0
make -C "$copy" --no-print-directory docs >"$said" 2>&1
check "and stay as they are" "$said" test ! -s "$said"

check "a kernel that did well" "$page" says "$page" \
	"| fine | 6.1.0-9 | gcc 12.2.0 | 0 | yes | 0 | yes | 91 passed, 4 skipped | 34 passed | 0 of 1234 | 77 | 2020-01-02 |"
check "one that failed in part" "$page" says "$page" \
	"| part | 5.3.1 | gcc 12.2.0 | 0 | yes | 0 (5) | yes | 90 passed, **1 failed**, 4 skipped |" \
	"- **part** (amd64): scenarios: 1 failed (live_munmap)"
check "one that was only built" "$page" says "$page" "| plain | 4.4.9 | - | 0 | yes | 0 | - | - | - | - | 11 | 2020-01-04 |"
check "one that was refused, and why" "$page" says "$page" "| no | 4.12.3 | - | - | **no** |" "- **no** (amd64): It cannot be."
check "what nobody has measured" "$page" says "$page" "| unseen | nobody has measured it |" "| far | vax | nobody has measured it |"
check "what no module can mend" "$page" says "$page" "| 9.8 | eats pages | feed it |"
check "the figures" "$page" says "$page" "Of 4 kernels of amd64 the module was built for 3; 2 of them were booted."
check "README: what was booted, and when" "$readme" says "$readme" \
	"| fine | amd64 | 6.1.0-9 | yes | yes | 91 passed, 4 skipped | 34 passed | nothing | 2020-01-02 |" \
	"| part | amd64 | 5.3.1 | yes | yes | 90 passed, **1 failed**, 4 skipped | 34 passed | scenarios: 1 failed (live_munmap) | 2020-01-03 |" \
	"| unseen | amd64 | nobody has measured it |"
grep -e '^| plain ' -e '^| no ' "$readme" >"$said"
check "and no other" "$said" test ! -s "$said"

sed -i 's/eats pages/eats files/' "$copy/docs/kernel-limits.tsv"
"$copy/tests/matrix/docs" --check >"$said" 2>&1
check "another limit is noticed" "$said" says "$said" "docs/kernels.md is not"
sed -i 's/91 passed/92 passed/' "$readme"
"$copy/tests/matrix/docs" --check >"$said" 2>&1
check "a page that was edited is noticed" "$said" says "$said" "README.md is not"

done_testing
