#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
#
# A driver that was not converted stops at compile time, with the remedy.
. "$(dirname "$0")/../tap.sh"

kernel=
for name in 6.1 6.12 5.10 7.2 7.3; do
	[ -d "$top/build/kernels/$name/kdir" ] && kernel=$name && break
done
if [ -z "$kernel" ]; then
	skip "the unconverted driver" "there is no kernel in build/kernels"
	done_testing
fi

# The header and the symbols are all that it takes; nothing is linked.
mkdir -p "$work/hb"
cp -r "$top/include" "$work/hb/include"
: >"$work/hb/Module.symvers"
cp -r "$top/examples/vgpu" "$work/vgpu"
# shellcheck disable=SC2046 # makeargs are words
make -k -C "$top/build/kernels/$kernel/kdir" M="$work/vgpu" HMM_BACKPORT_MK="$top/sdk/hmm-backport.mk" \
	HMM_BACKPORT_DIR="$work/hb" $(cat "$top/build/kernels/$kernel/makeargs") modules >"$work/said" 2>&1
check "the unconverted driver does not build ($kernel)" "$work/said" test $? != 0
check "the compiler names hmm-convert for hmm_range_register()" "$work/said" \
	grep -q 'vgpu_svm.c.*hmm_range_register(range, mirror).*hmm-convert\|error:.*hmm_range_register(range, mirror).*hmm-convert' "$work/said"
check "and for hmm_range_dma_unmap()" "$work/said" \
	grep -q 'error:.*hmm_range_dma_unmap(.*hmm-convert' "$work/said"

done_testing
