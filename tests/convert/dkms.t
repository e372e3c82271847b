#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
#
# A vendor who ships the pristine driver and patches (docs/porting.md): the real
# dkms applies what --series wrote, in its order, and what it builds then is, byte
# for byte, what --in-place makes. The kernel is a stand-in: which sources dkms
# builds is the matter here, and it does not touch /var/lib/dkms or /usr/src.
# shellcheck disable=SC2317 # functions are called through check
. "$(dirname "$0")/../tap.sh"
dkms=$(command -v dkms || echo /usr/sbin/dkms)
if [ ! -x "$dkms" ] || [ "$(id -u)" != 0 ] || ! command -v spatch >/dev/null || ! command -v unifdef >/dev/null; then
	skip "dkms applies the series" "needs dkms and root, spatch and unifdef"
	done_testing
fi
case $("$dkms" --version) in
dkms-[12].* | dkms:\ [12].*)
	skip "dkms applies the series" "dkms 2 wants a whole kernel"
	done_testing
	;;
esac
kernel=6.1.0-none-amd64
source=$work/src/vgpu-1.0

# package WHAT MODE...: the pristine driver with the conversion as patches
package()
{
	rm -rf "$work/src" "$work/dkms" "$work/built" && mkdir -p "$work/src" "$work/dkms"
	cp -r "$top/examples/vgpu" "$source"
	mkdir "$source/patches"
	case $1 in
	series)
		(cd "$source" && "$top/cocci/hmm-convert" --series patches --drop-guard CONFIG_VGPU_USERPTR .)
		;;
	diff)
		(cd "$source" && "$top/cocci/hmm-convert" --diff --drop-guard CONFIG_VGPU_USERPTR .) \
			>"$source/patches/hmm-backport.patch"
		;;
	esac || return
	n=0
	for patch in "$source"/patches/*.patch; do
		echo "PATCH[$n]=\"$(basename "$patch")\""
		n=$((n + 1))
	done >>"$source/dkms.conf"
	{
		echo 'BUILD_DEPENDS[0]=""'
		echo 'STRIP[0]="no"'
		echo "MAKE[0]=\"cp -r . '$work/built' && gcc -c -x c /dev/null -o vgpu.ko\""
		echo 'CLEAN="true"'
	} >>"$source/dkms.conf"
}

run()
{
	"$dkms" "$@" --dkmstree "$work/dkms" --sourcetree "$work/src" >"$work/said" 2>&1
}

built()
{
	run add -m vgpu -v 1.0 || return
	run build -m vgpu -v 1.0 -k $kernel --kernelsourcedir "$work/kernel" && return
	cat "$work/dkms/vgpu/1.0/build/make.log" >>"$work/said" 2>/dev/null
	return 1
}

same()
{
	diff -r -x dkms.conf -x patches -x make.log "$work/converted" "$work/built" >"$work/diff" 2>&1
}

mkdir -p "$work/kernel/include"
echo CONFIG_MMU_NOTIFIER=y >"$work/kernel/.config"
echo 'modules:' >"$work/kernel/Makefile"
cp -r "$top/examples/vgpu" "$work/converted"
"$top/cocci/hmm-convert" --in-place --drop-guard CONFIG_VGPU_USERPTR "$work/converted" >"$work/said" 2>&1
check "--in-place" "$work/said" test $? = 0

for what in series diff; do
	package $what >"$work/said" 2>&1
	check "a package with --$what" "$work/said" test $? = 0
	cp -r "$source" "$work/pristine"
	check "dkms builds it" "$work/said" built
	check "it applied each patch" "$work/said" \
		test "$(grep -c 'applying patch' "$work/said")" = "$(find "$source/patches" -name '*.patch' | wc -l)"
	check "what it built is the converted driver" "$work/diff" same
	check "and the source is as pristine as it was" "" diff -r "$work/pristine" "$source"
	rm -r "$work/pristine"
done

done_testing
