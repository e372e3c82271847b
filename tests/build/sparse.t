#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# sparse (C=2) finds nothing in the module, the converted example driver, or the
# test modules: address spaces, bitwise types, locks that are taken and not given back.
# On $SPARSE_KERNELS (6.1), if their headers have what kbuild asks before (Debian's 7.x
# have not).
. "$(dirname "$0")/../tap.sh"
said=$work/said
read -ra kernels <<<"${SPARSE_KERNELS:-6.1}"
command -v sparse >/dev/null || {
	skip "sparse is silent" "sparse is not installed"
	done_testing
}

# silent LOG: sparse looked at files, and neither it nor the compiler said anything.
silent()
{
	grep -q '^  CHECK ' "$1" && ! grep -E '[^ ]: (warning|error): ' "$1"
}

for name in "${kernels[@]}"; do
	kernel=$top/build/kernels/$name
	[ -d "$kernel/kdir" ] || { not_ok "$name: is in build/kernels (run: tests/kernels/get $name)"; continue; }
	srctree=$(sed -n 's/^include \(.*\)\/Makefile$/\1/p' "$kernel/kdir/Makefile")
	if [ ! -e "${srctree:-$kernel/kdir}/scripts/checker-valid.sh" ] &&
	   grep -q checker-valid "${srctree:-$kernel/kdir}/Makefile"; then
		skip "$name: sparse is silent" "its headers lack scripts/checker-valid.sh"
		continue
	fi
	"$top/tests/build/for-kernel" "$name" C=2 >"$said" 2>&1
	cp "$top/build/mod/$name.log" "$work/log"
	files=$(grep -c '^  CHECK ' "$work/log")
	check "$name: $files files of the module" "$work/log" silent "$work/log"
	"$top/tests/build/vgpu-for-kernel" "$name" C=2 >"$said" 2>&1
	check "$name: the converted driver" "$said" silent "$top/build/vgpu/$name.log"
	"$top/tests/build/testmod-for-kernel" "$name" C=2 >"$said" 2>&1
	check "$name: the in-kernel tests" "$said" silent "$top/build/testmod/$name.log"
done

# What it would find, so that silence means something.
if [ -e "${work}/log" ]; then
	mkdir "$work/bad"
	echo 'obj-m := bad.o' >"$work/bad/Kbuild"
	cat >"$work/bad/bad.c" <<-'END'
	#include <linux/module.h>
	#include <linux/mm.h>
	int bad_deref(int __user *p);
	int bad_deref(int __user *p) { return *p; }
	unsigned int bad_type(vm_fault_t f);
	unsigned int bad_type(vm_fault_t f) { return f; }
	void bad_lock(spinlock_t *l);
	void bad_lock(spinlock_t *l) { spin_lock(l); }
	MODULE_LICENSE("GPL");
	MODULE_DESCRIPTION("a test");
	END
	name=${kernels[0]}
	# shellcheck disable=SC2046 # words
	make --no-print-directory -C "$top/build/kernels/$name/kdir" M="$work/bad" C=2 \
		$(cat "$top/build/kernels/$name/makeargs") modules >"$said" 2>&1
	check "$name: it says what it is there for" "$said" says "$said" \
		"dereference of noderef expression" "different base types" "context imbalance in 'bad_lock'"
fi
done_testing
