#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
#
# The example driver as it is: a driver of the old API, which compiles without a
# warning against that, and against hmm-backport stops with the remedy.
. "$(dirname "$0")/../tap.sh"

kernel=
for name in 6.1 6.12 5.10 7.2 7.3; do
	[ -d "$top/build/kernels/$name/kdir" ] && kernel=$name && break
done
if [ -z "$kernel" ]; then
	skip "the unconverted driver" "there is no kernel in build/kernels"
	done_testing
fi

# compile DIR MAKE-ARGUMENT...: the objects only, nothing is linked
compile()
{
	dir=$1
	shift
	cp -r "$top/examples/vgpu" "$dir"
	# shellcheck disable=SC2046 # makeargs are words
	make -k -C "$top/build/kernels/$kernel/kdir" M="$dir" W=1 $(cat "$top/build/kernels/$kernel/makeargs") \
		"$@" KBUILD_MODPOST_WARN=1 modules >"$work/said" 2>&1
}

compile "$work/old" HMM_BACKPORT_MK="$top/tests/convert/old-api/old-api.mk" OLD_API_DIR="$top/tests/convert/old-api"
for part in drv svm dma userptr; do
	check "vgpu_$part.c compiles against the old API ($kernel)" "$work/said" test -f "$work/old/vgpu_$part.o"
done
grep 'vgpu.*warning:' "$work/said" >"$work/warnings"
check "without a warning" "$work/warnings" test ! -s "$work/warnings"

compile "$work/off" HMM_BACKPORT_MK="$top/tests/convert/old-api/old-api.mk" OLD_API_DIR="$top/tests/convert/old-api" \
	CONFIG_VGPU_USERPTR=n
check "without its option it compiles too" "$work/said" test -f "$work/off/vgpu_drv.o"
grep 'vgpu.*warning:' "$work/said" >"$work/warnings"
check "also without a warning" "$work/warnings" test ! -s "$work/warnings"

mkdir -p "$work/hb"
cp -r "$top/include" "$work/hb/include"
printf '0x00000000\thmm_backport_abi_%s\t%s/hmm_backport\tEXPORT_SYMBOL_GPL\t\n' "$("$top/packaging/version" abi)" "$work/hb" \
	>"$work/hb/Module.symvers"
compile "$work/new" HMM_BACKPORT_MK="$top/sdk/hmm-backport.mk" HMM_BACKPORT_DIR="$work/hb"
check "against hmm-backport it does not compile" "$work/said" test $? != 0
check "the compiler names hmm-convert for hmm_range_register()" "$work/said" \
	grep -q 'error:.*hmm_range_register(range, mirror).*hmm-convert' "$work/said"
check "and for hmm_range_dma_unmap()" "$work/said" \
	grep -q 'error:.*hmm_range_dma_unmap(.*hmm-convert' "$work/said"

# The drivers of before: what they come to compiles, and what they are does not.
cat >"$work/svm.h" <<'EOF'
/* SPDX-License-Identifier: GPL-2.0-only */
/* What the drivers in whole/ leave out. */
#include <linux/hmm.h>
#include <linux/mm.h>
#include <linux/module.h>
#include <linux/mutex.h>
#include <linux/sched/mm.h>
struct svmm;
extern const uint64_t svmm_flags[], svmm_values[];
void svmm_invalidate(struct svmm *svmm, unsigned long start, unsigned long end);
#ifdef SVMM_PAGES
void svmm_map(struct svmm *svmm, struct page *page);
#else
#define SVMM_PTE_WRITE (1ULL << 1)
#define SVMM_PTE_VALID (1ULL << 0)
void svmm_map(struct svmm *svmm, unsigned long addr, u64 pte);
#endif
/* Nothing refers to the functions of a driver without an entry point. */
#pragma GCC diagnostic ignored "-Wunused-function"
EOF

# whole DIR FILE [FLAG]: compile a driver that is one file
whole()
{
	mkdir "$1"
	cp "$2" "$1/svm.c"
	cp "$work/svm.h" "$1"
	echo 'MODULE_LICENSE("GPL");' >>"$1/svm.c"
	# shellcheck disable=SC2016 # for make
	{
		echo 'include $(HMM_BACKPORT_MK)'
		echo "ccflags-y += -include \$(src)/svm.h -Wno-missing-prototypes $3"
		echo 'obj-m := svm.o'
	} >"$1/Kbuild"
	# shellcheck disable=SC2046 # makeargs are words
	make -k -C "$top/build/kernels/$kernel/kdir" M="$1" W=1 $(cat "$top/build/kernels/$kernel/makeargs") \
		HMM_BACKPORT_MK="$top/sdk/hmm-backport.mk" HMM_BACKPORT_DIR="$work/hb" KBUILD_MODPOST_WARN=1 \
		modules >"$work/said" 2>&1
}

for generation in g1 g2; do
	[ "$generation" = g1 ] || flag=-DSVMM_PAGES
	whole "$work/$generation" "$top/tests/convert/whole/$generation/svm.out" "${flag-}"
	check "the converted driver of $generation compiles ($kernel)" "$work/said" test -f "$work/$generation/svm.o"
	grep 'svm.c.*warning:' "$work/said" >"$work/warnings"
	check "without a warning" "$work/warnings" test ! -s "$work/warnings"
	whole "$work/$generation.old" "$top/tests/convert/whole/$generation/svm.c" "${flag-}"
	check "as it is it does not" "$work/said" test ! -f "$work/$generation.old/svm.o"
done

done_testing
