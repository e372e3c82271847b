#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# A kernel of tomorrow: the newest of $KERNELS, with a release beyond the range and
# with interfaces that changed. It is refused with the one switch to try it; with that
# the facts step says which facts have no answer, all of them and nothing else.
. "$(dirname "$0")/../tap.sh"
said=$work/said
read -ra kernels <<<"${KERNELS:-7.3}"
name=${kernels[-1]}
kernel=$top/build/kernels/$name
if [ ! -d "$kernel/kdir" ]; then
	skip "a kernel of tomorrow" "no build/kernels/$name: run tests/kernels/get $name"
	done_testing
fi
read -ra args <"$kernel/makeargs"

# Hard links, and sed -i puts a new file in the place of what it changes.
tree=$(mktemp -d "$top/build/tomorrow.XXXXXX") || exit 1
trap 'rm -rf "$work" "$tree"' EXIT
cp -al "$kernel/root" "$tree/root" || exit 1
kdir=$tree/$(readlink "$kernel/kdir")
sed -i "s,$kernel/root,$tree/root," "$kdir/Makefile"
srctree=$(sed -n 's/^include \(.*\)\/Makefile$/\1/p' "$kdir/Makefile")
release=7.99.0-tomorrow-amd64
sed -i "s/UTS_RELEASE .*/UTS_RELEASE \"$release\"/" "$kdir/include/generated/utsrelease.h"
echo "$release" >"$tree/release" && mv "$tree/release" "$kdir/include/config/kernel.release"

mkdir "$work/src"
(cd "$top" && tar cf - --exclude=compat/generated --exclude='*.o' --exclude='.*.cmd' \
	Makefile Kbuild dkms.conf kernels.conf compat include scripts sdk src) | tar xf - -C "$work/src"
try() { make -C "$work/src" --no-print-directory "$@" KDIR="$kdir" "${args[@]}" >"$said" 2>&1; }
built() { [ -e "$work/src/hmm_backport.ko" ] || [ -e "$work/src/src/module.o" ]; }

# change FILE FROM TO: an interface, so that its header still compiles.
change()
{
	if grep -q "$2" "$srctree/include/linux/$1"; then
		sed -i "s/$2/$3/" "$srctree/include/linux/$1"
	else
		not_ok "$name: linux/$1 has $2 to change"
	fi
}

try modules
rc=$?
check "$release is refused, with the one switch to try it" "$said" \
	sh -c "[ $rc != 0 ] && grep -qF '$release is outside the tested range' '$said' &&
	       [ \$(grep -c HMM_BACKPORT_EXPERIMENTAL=1 '$said') = 1 ]"
try modules HMM_BACKPORT_EXPERIMENTAL=1
check "with the switch it builds, if nothing changed" "$said" built
check "and is called an experiment" "$said" grep -q 'outside the tested range .*: an experiment' "$said"
make -C "$work/src" --no-print-directory clean >"$said" 2>&1

change mmu_notifier.h '(\*invalidate_range_start)(struct mmu_notifier \*subscription,' '(*invalidate_range_start)(struct mmu_notifier *subscription, long how,'
change mm.h 'handle_mm_fault(struct vm_area_struct \*vma,' 'handle_mm_fault(long how, struct vm_area_struct *vma,'
change oom.h 'check_stable_address_space(struct mm_struct \*mm)' 'check_stable_address_space(struct mm_struct *mm, long how)'
changed="handle_mm_fault range_start stable_mm"

for goal in modules explain; do
	try $goal HMM_BACKPORT_EXPERIMENTAL=1
	rc=$?
	sed -n 's/^  fact: *//p' "$said" | sort | xargs >"$work/facts"
	check "$goal: the facts without an answer are those that changed, all in one run" "$said" \
		sh -c "[ $rc != 0 ] && [ \"\$(cat '$work/facts')\" = '$changed' ]"
	check "$goal: with the file that asks and the question" "$said" says "$said" \
		"compat/facts/range_start.c" "$(sed -n 's/^FACT(.*"\(.*\)".*/\1/p' "$top/compat/facts/range_start.c")" \
		"compat/facts/handle_mm_fault.c" "what does handle_mm_fault() take?" \
		"compat/facts/stable_mm.c" "exactly one answer: 3 of $(cat "$top"/compat/facts/*.c | grep -c '^FACT(')"
	check "$goal: and no pages of the compiler's words" "$said" \
		sh -c "[ \$(wc -l <'$said') -lt 90 ] && [ \$(grep -c 'error:' '$said') -lt 25 ]"
	check "$goal: nothing was compiled" "$said" sh -c "! grep -q 'CC \[M\]' '$said'"
done

# What no fact asks.
for f in mmu_notifier.h mm.h oom.h; do
	cp --remove-destination "$kernel/root/${srctree#"$tree/root/"}/include/linux/$f" "$srctree/include/linux/$f"
done
grep -rlw hstate_vma "$srctree/include" | xargs sed -i 's/\<hstate_vma\>/hstate_of_vma/g'
try modules HMM_BACKPORT_EXPERIMENTAL=1
rc=$?
check "what no fact asks is called so" "$said" \
	sh -c "[ $rc != 0 ] && tail -n 4 '$said' | grep -q 'every fact has its answer.*no fact asks'"

done_testing
