#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# The module and the converted driver for other architectures, cross-built with W=1
# against Debian's own headers: no warning, every fact answered, and nothing linked
# that the kernel does not export. Kernels: $ARCH_KERNELS; by default one of each
# architecture that Debian 12 has a compiler for.
. "$(dirname "$0")/../tap.sh"
said=$work/said
started=$SECONDS
read -ra kernels <<<"${ARCH_KERNELS:-6.1-arm64 6.1-i386 6.1-s390x 6.1-armhf 6.1-ppc64el 6.12-riscv64}"

warned()
{
	grep -e '[^ ]: warning: ' -e '^WARNING: ' "$top/build/mod/$1.log"
}

links_only_exports()
{
	cut -f2 "$top/build/kernels/$1/kdir/Module.symvers" | sort >"$work/exported"
	# .TOC. is where powerpc's loader puts the module's own table.
	nm -u "$top/build/mod/$1/hmm_backport.ko" | awk '$2 != ".TOC." { print $2 }' |
		sort >"$work/undefined"
	[ -s "$work/undefined" ] &&
		[ -z "$(comm -23 "$work/undefined" "$work/exported" | tee "$said")" ]
}

# A file says itself for which machine it is.
is_for()
{
	local machine endian

	case $(cat "$top/build/kernels/$1/arch") in
	arm64) machine=AArch64 endian=little ;;
	armhf) machine=ARM endian=little ;;
	i386) machine='Intel 80386' endian=little ;;
	loong64) machine=LoongArch endian=little ;;
	ppc64el) machine=PowerPC64 endian=little ;;
	riscv64) machine=RISC-V endian=little ;;
	s390x) machine='IBM S/390' endian=big ;;
	*) echo "no words of readelf for this machine" >"$said" && return 1 ;;
	esac
	LC_ALL=C readelf -h "$top/build/mod/$1/hmm_backport.ko" >"$said" &&
		grep -q "Machine: *$machine" "$said" && grep -q "$endian endian" "$said"
}

for name in "${kernels[@]}"; do
	if ! "$top/tests/kernels/get" -H "$name" >"$said" 2>&1; then
		not_ok "$name: headers and compiler" "$said"
		continue
	fi
	rm -rf "$top/build/mod/$name"
	if ! "$top/tests/build/for-kernel" "$name" W=1 >"$said" 2>&1; then
		not_ok "$name: builds with W=1" "$said"
		continue
	fi
	facts=$(sed -n 's/^hmm_backport.ko built for .*: \([0-9]*\) facts.*/\1/p' "$said")
	warnings=$(warned "$name" | tee "$work/warnings" | wc -l)
	check "$name: builds with W=1, $facts facts, $warnings warnings" "$work/warnings" test "$warnings" = 0
	check "$name: for that machine" "$said" is_for "$name"
	check "$name: links only what the kernel exports" "$said" links_only_exports "$name"
	"$top/tests/build/vgpu-for-kernel" "$name" >"$said" 2>&1
	check "$name: so does the converted driver, without a warning" "$said" test $? = 0
done
echo "# arches: kernels=${#kernels[@]} failed=$tap_failed seconds=$((SECONDS - started))"
done_testing
