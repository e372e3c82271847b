#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# dkms.conf with the real dkms, in a dkms tree of our own: built and kept with its
# Module.symvers for each kernel of $KERNELS; skipped without harm for a kernel
# outside the range or that no module can serve. Needs dkms and root (dkms insists).
. "$(dirname "$0")/../tap.sh"
said=$work/said
read -ra kernels <<<"${KERNELS:-5.10 6.1 6.12 7.2 7.3}"
dkms=$(command -v dkms || echo /usr/sbin/dkms)
if [ ! -x "$dkms" ] || [ "$(id -u)" != 0 ]; then
	skip "dkms builds and skips" "needs dkms and root"
	done_testing
fi
# dkms 2 would run "make mrproper" in the headers of build/kernels, which others use.
case $("$dkms" --version) in
dkms-[12].* | dkms:\ [12].*)
	skip "dkms builds and skips" "dkms 2 cleans the kernel's headers themselves"
	done_testing
	;;
esac
arch=$(uname -m)

version=$(sed -n 's/^PACKAGE_VERSION="\(.*\)"/\1/p' "$top/dkms.conf")
source=$work/src/hmm-backport-$version
tree=$work/dkms
mkdir -p "$source" "$tree" "$work/bin"
PATH=$work/bin:$PATH
(cd "$top" && tar cf - --exclude=compat/generated --exclude='*.o' --exclude='.*.cmd' \
	Makefile Kbuild dkms.conf kernels.conf compat include scripts sdk src) | tar xf - -C "$source"

run() { "$dkms" "$@" --dkmstree "$tree" --sourcetree "$work/src" >"$said" 2>&1; }

run add -m hmm-backport -v "$version"
check "dkms takes the source tree" "$said" test $? = 0

for name in "${kernels[@]}"; do
	kernel=$top/build/kernels/$name
	[ -d "$kernel/kdir" ] || { not_ok "$name: is in build/kernels (run: tests/kernels/get $name)"; continue; }
	release=$(cat "$kernel/release")
	# Some kernels want make arguments on this machine that dkms cannot be told, for
	# lack of their own compiler: a make that adds them.
	read -ra args <"$kernel/makeargs"
	printf '#!/bin/sh\nexec %s "$@" %s\n' "$(PATH=${PATH#"$work/bin:"} command -v make)" "${args[*]}" >"$work/bin/make"
	chmod +x "$work/bin/make"
	run build -m hmm-backport -v "$version" -k "$release" --kernelsourcedir "$kernel/kdir"
	rc=$?
	[ $rc = 0 ] || cat "$tree/hmm-backport/$version/build/make.log" >>"$said"
	check "$name: dkms builds it" "$said" test $rc = 0
	[ $rc = 0 ] || continue
	kept=$tree/hmm-backport/$version/$release/$arch/module
	check "$name: dkms keeps the module" "$said" \
		sh -c "ls '$kept' | grep -q '^hmm_backport\.ko'"
	check "$name: modinfo says dkms' version" "$said" \
		test "$(modinfo -F version "$kept"/hmm_backport.ko*)" = "$version"
	check "$name: and its Module.symvers beside it" "$said" \
		grep -q hmm_backport_mirror_register "$kept/Module.symvers"
done

# skipped WHAT RELEASE KDIR: neither built nor counted as a failure.
skipped()
{
	run build -m hmm-backport -v "$version" -k "$2" --kernelsourcedir "$3"
	rc=$?
	# Asked for by name, an excluded module is an error (77 from dkms 3 on).
	check "$1: a build by name says it is excluded" "$said" \
		sh -c "[ $rc != 0 ] && grep -q BUILD_EXCLUSIVE '$said'"
	check "$1: nothing is kept" "$said" test ! -e "$tree/hmm-backport/$version/$2"
	# What the kernel package's hook runs.
	run autoinstall -k "$2" --kernelsourcedir "$3"
	check "$1: autoinstall is not hurt" "$said" test $? = 0
}

# A build tree that dkms accepts, for a kernel that hmm-backport does not.
fake()
{
	mkdir -p "$work/fake-$1/include"
	echo "$2" >"$work/fake-$1/.config"
	echo 'modules:' >"$work/fake-$1/Makefile"
}
fake 2.6.32-754.el6.x86_64 CONFIG_MMU_NOTIFIER=y
skipped "an older kernel" 2.6.32-754.el6.x86_64 "$work/fake-2.6.32-754.el6.x86_64"
fake 3.16.0-11-amd64 CONFIG_MMU_NOTIFIER=y
printf '0x00000000\tfind_vma\tvmlinux\tEXPORT_SYMBOL\n' >"$work/fake-3.16.0-11-amd64/Module.symvers"
skipped "a kernel that does not export what is linked" 3.16.0-11-amd64 "$work/fake-3.16.0-11-amd64"
fake 4.12.14 CONFIG_MMU_NOTIFIER=y
mkdir "$work/fake-4.12.14/include/linux"
echo '	void (*invalidate_page)(struct mmu_notifier *mn);' >"$work/fake-4.12.14/include/linux/mmu_notifier.h"
echo 'struct page_vma_mapped_walk {' >"$work/fake-4.12.14/include/linux/rmap.h"
skipped "a kernel with invalidate_page() under a lock" 4.12.14 "$work/fake-4.12.14"
fake 99.1.0-1-amd64 CONFIG_MMU_NOTIFIER=y
skipped "a newer kernel" 99.1.0-1-amd64 "$work/fake-99.1.0-1-amd64"
fake 6.1.0-none-amd64 '# CONFIG_MMU_NOTIFIER is not set'
skipped "a kernel without MMU_NOTIFIER" 6.1.0-none-amd64 "$work/fake-6.1.0-none-amd64"

done_testing
