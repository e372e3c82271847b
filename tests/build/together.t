#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# Builds that run side by side or one after another in one folder, parallel make,
# and installing below a folder.
. "$(dirname "$0")/../tap.sh"
said=$work/said
read -ra kernels <<<"${KERNELS:-6.1 7.3}"
a=${kernels[0]}
b=${kernels[-1]}
for name in "$a" "$b"; do
	if [ ! -d "$top/build/kernels/$name/kdir" ]; then
		skip "builds side by side" "no build/kernels/$name: run tests/kernels/get $name"
		done_testing
	fi
done

# Side by side, from nothing.
rm -rf "$top/build/mod/$a/hmm_backport.ko" "$top/build/mod/$b/hmm_backport.ko" \
	"$top/build/mod/$a/compat/generated" "$top/build/mod/$b/compat/generated"
"$top/tests/build/for-kernel" "$a" -j2 >"$work/a" 2>&1 & pa=$!
"$top/tests/build/for-kernel" "$b" -j2 >"$work/b" 2>&1 & pb=$!
wait $pa
check "$a: builds beside $b, with -j2" "$work/a" test $? = 0
wait $pb
check "$b: builds beside $a, with -j2" "$work/b" test $? = 0
for name in "$a" "$b"; do
	check "$name: the module is for that kernel" "$work/a" \
		sh -c "modinfo -F vermagic '$top/build/mod/$name/hmm_backport.ko' | grep -qF \"\$(cat '$top/build/kernels/$name/release') \""
done

# One after another in one folder: all that depends on the kernel is made anew.
copy=$work/copy
mkdir "$copy"
(cd "$top" && tar cf - --exclude=compat/generated --exclude='*.o' --exclude='.*.cmd' \
	Makefile Kbuild dkms.conf kernels.conf compat include scripts sdk src) | tar xf - -C "$copy"
for name in "$a" "$b" "$a"; do
	kernel=$top/build/kernels/$name
	read -ra args <"$kernel/makeargs"
	make -C "$copy" --no-print-directory -j2 modules KDIR="$kernel/kdir" "${args[@]}" >"$said" 2>&1
	check "$name: builds after another kernel in the same folder" "$said" \
		sh -c "modinfo -F vermagic '$copy/hmm_backport.ko' | grep -qF \"\$(cat '$kernel/release') \""
done

# Installing below a folder needs no root.
release=$(cat "$kernel/release")
make -C "$copy" --no-print-directory install KDIR="$kernel/kdir" INSTALL_MOD_PATH="$work/root" "${args[@]}" >"$said" 2>&1
rc=$?
check "$name: install puts the module where its kernel looks" "$said" \
	sh -c "[ $rc = 0 ] && ls '$work/root/lib/modules/$release/updates' | grep -q '^hmm_backport.ko'"
check "$name: and depmod knows it" "$said" grep -q hmm_backport "$work/root/lib/modules/$release/modules.dep"
check "$name: and the last line says where" "$said" \
	sh -c "tail -n 1 '$said' | grep -q '^hmm_backport.ko installed in .*modprobe hmm_backport'"

done_testing
