#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
#
# Two drivers in one tree that register their mirrors under other names: each is
# converted by its own; if they share a header, nothing is certain any more.
. "$(dirname "$0")/../tap.sh"

if ! command -v spatch >/dev/null; then
	skip "two drivers in a tree" "spatch is not installed"
	done_testing
fi

for name in one two; do
	mkdir -p "$work/drm/$name"
	echo "struct $name { struct mm_struct *mm_$name; struct hmm_mirror mirror; };" >"$work/drm/$name/$name.h"
	cat >"$work/drm/$name/$name.c" <<C
#include <linux/hmm.h>
#include "$name.h"

static int ${name}_init(struct $name *x)
{
	return hmm_mirror_register(&x->mirror, x->mm_$name);
}

static struct mm_struct *mm_of(struct hmm_mirror *mirror)
{
	return mirror->hmm->mmu_notifier.mm;
}
C
done
cp -r "$work/drm" "$work/shared"

"$top/cocci/hmm-convert" --in-place "$work/drm" >"$work/said" 2>&1
check "both are converted" "$work/said" test $? = 0
for name in one two; do
	check "$name by its own names" "$work/drm/$name/$name.c" says "$work/drm/$name/$name.c" \
		"	return container_of(mirror, struct $name, mirror)->mm_$name;"
done

echo '#include "../two/two.h"' >>"$work/shared/one/one.c"
"$top/cocci/hmm-convert" "$work/shared" >"$work/said" 2>&1
check "if they share a header, neither is" "$work/said" test $? = 1
check "and it says why" "$work/said" says "$work/said" "one.c:11: hmm of a range or mirror" \
	"two.c:11: hmm of a range or mirror" "was seen in 2 forms"

done_testing
