#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# What dkms skips is what the facts refuse: sdk/dkms-hopeless on a real kernel as it
# is, where both let it through, and changed into one that no module can serve, where
# neither does.
. "$(dirname "$0")/../tap.sh"
said=$work/said
read -ra kernels <<<"${KERNELS:-6.1}"
name=${kernels[-1]}
kernel=$top/build/kernels/$name
if [ ! -d "$kernel/kdir" ]; then
	skip "what no module can serve" "no build/kernels/$name: run tests/kernels/get $name"
	done_testing
fi
read -ra args <"$kernel/makeargs"

tree=$(mktemp -d "$top/build/hopeless.XXXXXX") || exit 1
trap 'rm -rf "$work" "$tree"' EXIT
mkdir "$work/src"
(cd "$top" && tar cf - --exclude=compat/generated --exclude='*.o' --exclude='.*.cmd' \
	Makefile Kbuild dkms.conf kernels.conf compat include scripts sdk src) | tar xf - -C "$work/src"

# Hard links, and sed -i puts a new file in the place of what it changes.
as_it_is()
{
	rm -rf "$tree/root"
	cp -al "$kernel/root" "$tree/root" || exit 1
	kdir=$tree/$(readlink "$kernel/kdir")
	sed -i "s,$kernel/root,$tree/root," "$kdir/Makefile"
	srctree=$(sed -n 's/^include \(.*\)\/Makefile$/\1/p' "$kdir/Makefile")
	srctree=${srctree:-$kdir}
}

# both WHAT TEXT: dkms skips it and the facts refuse it, with these words.
both()
{
	"$top/sdk/dkms-hopeless" "$kdir"
	check "$name $1: dkms skips it" "" test $? = 0
	make -C "$work/src" --no-print-directory explain KDIR="$kdir" "${args[@]}" >"$said" 2>&1
	check "$name $1: it is refused" "$said" says "$said" "$2"
}

as_it_is
"$top/sdk/dkms-hopeless" "$kdir"
check "$name: dkms builds it" "" test $? = 1
make -C "$work/src" --no-print-directory explain KDIR="$kdir" "${args[@]}" >"$said" 2>&1
check "$name: the facts refuse nothing" "$said" says "$said" "facts, one answer each"

sed -i '/\thandle_mm_fault\t/d' "$kdir/Module.symvers"
both "without an exported handle_mm_fault()" "does not export to modules what hmm-backport links: handle_mm_fault"

as_it_is
sed -i 's/^struct mmu_notifier_ops {/&\n\tvoid (*invalidate_page)(struct mmu_notifier *mn, struct mm_struct *mm, unsigned long address);/' \
	"$srctree/include/linux/mmu_notifier.h"
both "with invalidate_page() under a lock" "holds the lock of a page table"

# A tree names its sources in one of several ways.
for words in "include $(realpath --relative-to="$kdir" "$srctree")/Makefile" "include  $srctree/Makefile " \
	"MAKEARGS := -C $srctree O=$kdir"; do
	cp "$kdir/Makefile" "$work/Makefile"
	rm "$kdir/Makefile"
	echo "$words" >"$kdir/Makefile"
	"$top/sdk/dkms-hopeless" "$kdir"
	check "$name: sources are found by: ${words%%[/.]*}" "" test $? = 0
	cp "$work/Makefile" "$kdir/Makefile"
done

# Under no lock, as up to 4.10.
sed -i 's/^struct page_vma_mapped_walk {/struct page_vma_walk {/' "$srctree/include/linux/rmap.h"
"$top/sdk/dkms-hopeless" "$kdir"
check "$name with invalidate_page() under none: dkms builds it" "" test $? = 1

as_it_is
sed -i '/^CONFIG_MMU_NOTIFIER=y/d' "$kdir/.config" "$kdir/include/config/auto.conf"
both "without MMU_NOTIFIER" "built without CONFIG_MMU_NOTIFIER"

done_testing
