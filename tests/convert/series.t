#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
#
# --series: patches that git am takes, one for each step, which together are
# what --in-place does, byte for byte.
. "$(dirname "$0")/../tap.sh"

if ! command -v spatch >/dev/null || ! command -v unifdef >/dev/null || ! command -v git >/dev/null; then
	skip "series" "spatch, unifdef or git is not installed"
	done_testing
fi
convert=$top/cocci/hmm-convert

in_repo()
{
	(cd "$work/repo" && git -c user.name=n -c user.email=e@example.org "$@")
}

# A tree with everything that a patch could stumble over.
mkdir -p "$work/repo/drivers"
cp -r "$top/examples/vgpu" "$work/repo/drivers/vgpu"
other="$work/repo/drivers/vgpu/a b"
mkdir "$other"
sed 's/$/\r/' "$top/tests/convert/steps/16-hmm-update.c" >"$other/crlf=3D.c"
{ printf '/* \351\377 = */\n'; cat "$top/tests/convert/steps/16-hmm-update.c"; } >"$other/bytes.c"
printf 'From here\n\nvoid f(struct hmm_update *u);' >"$other/end.h"
in_repo init -q .
in_repo config core.autocrlf false
in_repo add .
in_repo commit -q -m start
cp -r "$work/repo" "$work/inplace"

"$convert" --in-place --drop-guard CONFIG_VGPU_USERPTR "$work/inplace" >"$work/said" 2>&1
check "--in-place" "$work/said" test $? = 0
"$convert" --series "$work/patches" --drop-guard CONFIG_VGPU_USERPTR "$work/repo/drivers/vgpu" >"$work/said" 2>&1
check "--series" "$work/said" test $? = 0
check "it says how many" "$work/said" says "$work/said" \
	"converted completely by $(find "$work/patches" -name '*.patch' | wc -l) patches"
in_repo status --porcelain >"$work/status"
check "the tree is as it was" "$work/status" test ! -s "$work/status"
ls "$work/patches" >"$work/ls"
check "one patch for each step that changed something" "$work/ls" test "$(grep -c '^00' "$work/ls")" = 10

in_repo am "$work"/patches/*.patch >"$work/said" 2>&1
check "git am takes them" "$work/said" test $? = 0
diff -r -x .git "$work/inplace" "$work/repo" >"$work/diff" 2>&1
check "together they are what --in-place does" "$work/diff" test ! -s "$work/diff"
in_repo log -n 10 --format=%s%n%b >"$work/log"
check "their messages explain the step" "$work/log" says "$work/log" \
	"hmm_range_register() takes the bounds from the range" "reads them there.  Set them in front of"
in_repo log -n 10 --format=%b >"$work/log"
check "no line is long" "$work/log" test -z "$(grep -E '^.{76}' "$work/log")"

cp -r "$work/patches" "$work/first"
in_repo reset -q --hard HEAD~10
rm -r "$work/patches"
(cd "$work/repo/drivers" && "$convert" --series "$work/patches" --drop-guard CONFIG_VGPU_USERPTR vgpu) >"$work/said" 2>&1
diff -r "$work/first" "$work/patches" >"$work/diff" 2>&1
check "the same input gives the same bytes, wherever it is called from" "$work/diff" test ! -s "$work/diff"

"$convert" --series "$work/patches" "$work/repo" >"$work/said" 2>&1
check "a folder with patches is refused" "$work/said" test $? = 2
check "and it says so" "$work/said" says "$work/said" "has patches in it; give an empty folder"

cp "$top/tests/convert/refused/left.c" "$work/repo/drivers"
"$convert" --series "$work/none" "$work/repo" >"$work/said" 2>&1
check "with something left there are no patches" "$work/said" test $? = 1
check "and no folder" "$work/said" test ! -e "$work/none"

# Without git the names are those of --diff.
cp -r "$top/examples/vgpu" "$work/plain"
(cd "$work" && "$convert" --series plain.series plain) >"$work/said" 2>&1
check "outside git" "$work/said" test $? = 0
(cd "$work" && git init -q . && git add plain && git -c user.name=n -c user.email=e@example.org commit -q -m plain &&
	git -c user.name=n -c user.email=e@example.org am plain.series/*.patch) >"$work/out" 2>&1
check "git am takes these too" "$work/out" test $? = 0

done_testing
