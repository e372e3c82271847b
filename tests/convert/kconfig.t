#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
#
# Kconfig files: what depended on HMM selects it, with HMM's own limits gone,
# or the line is listed.  And guards: what --drop-guard resolves, what it leaves
# as it was, and what becomes of the symbol's entry.
. "$(dirname "$0")/../tap.sh"

if ! command -v spatch >/dev/null || ! command -v unifdef >/dev/null; then
	skip "Kconfig and guards" "spatch or unifdef is not installed"
	done_testing
fi
here=$top/tests/convert

convert()
{
	"$top/cocci/hmm-convert" "$@" >"$work/said" 2>&1
	rc=$?
}

# leaves FILE NAME: exactly the lines of FILE with a comment "left" are listed, for NAME.
leaves()
{
	sed -n "s/^[^ ]*$2:\([0-9]*\): .*/\1/p" "$work/said" | sort -nu >"$work/got"
	grep -nE '(#|/\*) left' "$1" | cut -d: -f1 | diff - "$work/got" >"$work/diff"
}

mkdir "$work/t"
cp "$here/kconfig/Kconfig.convert" "$work/t/Kconfig"
printf '#include <linux/hmm.h>\nstatic struct hmm_mirror mirror;\n' >"$work/t/a.c"
convert --in-place "$work/t"
check "Kconfig: everything is converted" "$work/said" test "$rc" = 0
sed 1,2d "$work/t/Kconfig" >"$work/result"
sed 1,2d "$here/kconfig/Kconfig.converted" | diff -u - "$work/result" >"$work/diff"
check "Kconfig: as expected" "$work/diff" test ! -s "$work/diff"
check "limits that go and limits that stay are named" "$work/said" says "$work/said" \
	"Kconfig:25: (X86_64 || PPC64) is dropped" "Kconfig:26: 64BIT is dropped" "Kconfig:6: X86_64 stays"
convert --in-place "$work/t"
check "Kconfig: a second run has nothing to do" "$work/said" says "$work/said" "nothing to convert"

cp "$here/kconfig/Kconfig.left" "$work/t/Kconfig"
convert --in-place --partial "$work/t"
check "Kconfig: the rest is left" "$work/said" test "$rc" = 1
leaves "$here/kconfig/Kconfig.left" Kconfig
check "exactly the marked lines" "$work/diff" test ! -s "$work/diff"
check "and these entries are not touched" "" cmp -s "$here/kconfig/Kconfig.left" "$work/t/Kconfig"

# The kernel's own, of 5.3 and of the series, if someone gives the whole tree.
cat >"$work/t/Kconfig" <<'K'
config ARCH_HAS_HMM_MIRROR
	bool
	default y
	depends on (X86_64 || PPC64)

config HMM_MIRROR
	bool "HMM mirror CPU page table into a device page table"
	depends on ARCH_HAS_HMM_MIRROR
	depends on MMU
	select MMU_NOTIFIER

config TEST
	bool "in the form of 5.10"
	select HMM_MIRROR
K
rm "$work/t/a.c"
cp "$work/t/Kconfig" "$work/kernels"
convert --in-place "$work/t"
check "the kernel's own entries are left alone" "$work/said" cmp -s "$work/kernels" "$work/t/Kconfig"

rm -r "$work/t" && mkdir "$work/t"
cp "$here/guards/guards.c" "$work/t"
convert --in-place --drop-guard CONFIG_X "$work/t"
check "guards: all resolved" "$work/said" test "$rc" = 0
diff -u "$here/guards/guards.out" "$work/t/guards.c" >"$work/diff"
check "guards: as expected" "$work/diff" test ! -s "$work/diff"

cp "$here/guards/left.c" "$here/guards/Kbuild" "$work/t"
convert --in-place --partial --drop-guard CONFIG_X "$work/t"
leaves "$here/guards/left.c" left.c
check "guards: exactly the marked ones are left" "$work/diff" test ! -s "$work/diff"
check "and are as they were" "" cmp -s "$here/guards/left.c" "$work/t/left.c"
leaves "$here/guards/Kbuild" Kbuild
check "kbuild: exactly the marked lines are left" "$work/diff" test ! -s "$work/diff"
sed 's/^\([cdo][a-z]*\)-\$(CONFIG_X) \(.*[^t]\)$/\1-y \2/' "$here/guards/Kbuild" | diff -u - "$work/t/Kbuild" >"$work/diff"
check "kbuild: the others are resolved" "$work/diff" test ! -s "$work/diff"

rm -r "$work/t" && mkdir "$work/t"
printf '#include <linux/hmm.h>\n\n#ifdef CONFIG_X\nstruct hmm_mirror *mirror;\n' >"$work/t/open.c"
printf '#include <linux/hmm.h>\n#ifdef CONFIG_X\n#endif\nstruct hmm_mirror *mirror;\n#endif\n' >"$work/t/closed.c"
convert --drop-guard CONFIG_X "$work/t"
check "unbalanced conditionals are left" "$work/said" test "$rc" = 1
check "with their lines" "$work/said" says "$work/said" "open.c:3: a conditional that unifdef cannot follow" \
	"closed.c:5: a conditional that unifdef cannot follow"

rm -r "$work/t" && mkdir "$work/t"
cat >"$work/t/Kconfig" <<'K'
config DRV
	tristate "driver"
	depends on DRM && \
		PCI
	help
	  The driver.

config X
	bool "user pointers"
	depends on DRV && DEBUG_FS
	depends on HMM_MIRROR
	select INTERVAL_TREE
	select FOO if BAR
	help
	  select NOT
K
cat >"$work/want" <<'K'
config DRV
	tristate "driver"
	depends on DRM && \
		PCI
	select HMM_MIRROR
	select MMU_NOTIFIER
	select INTERVAL_TREE
	select FOO if BAR
	help
	  The driver.
K
convert --in-place --drop-guard CONFIG_X "$work/t"
diff -u "$work/want" "$work/t/Kconfig" >"$work/diff"
check "the selects of the guard's entry move to the entry that it depends on" "$work/diff" test ! -s "$work/diff"
check "what else it depended on is named" "$work/said" says "$work/said" 'Kconfig:10: "depends on DEBUG_FS" goes with config X'

done_testing
