#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# The module on each real kernel of $KERNELS: built with W=1 and no warning; links
# only what the kernel exports and exports nothing that the kernel does too; the
# second run compiles nothing; and every kernel header that includes linux/hmm.h
# still compiles before and after ours.
. "$(dirname "$0")/../tap.sh"
said=$work/said
read -ra kernels <<<"${KERNELS:-5.10 6.1 6.12 7.2 7.3}"

# Counts the compiler's starts that compile a file: kbuild asks the compiler for
# its version and options at each run, and that is its own affair.
cat >"$work/cc" <<'END'
#!/bin/sh
for a do
	case $a in
	/dev/null|-) break ;;
	*.[cS]) echo "$*" >>"$CC_STARTS"; break ;;
	esac
done
exec "$CC_REAL" "$@"
END
chmod +x "$work/cc"

for name in "${kernels[@]}"; do
	kernel=$top/build/kernels/$name
	kdir=$kernel/kdir
	if [ ! -d "$kdir" ]; then
		not_ok "$name: is in build/kernels (run: tests/kernels/get $name)"
		continue
	fi
	read -ra args <"$kernel/makeargs"

	# A copy of our own, so that other users of build/mod are not disturbed.
	copy=$work/$name
	mkdir "$copy"
	(cd "$top" && tar cf - --exclude=compat/generated --exclude='*.o' --exclude='.*.cmd' \
		Makefile Kbuild dkms.conf kernels.conf compat include scripts sdk src) | tar xf - -C "$copy"

	export CC_STARTS=$work/starts.$name
	CC_REAL=gcc
	for a in "${args[@]}"; do
		case $a in CC=*) CC_REAL=${a#CC=} ;; esac
	done
	export CC_REAL
	: >"$CC_STARTS"
	make -C "$copy" --no-print-directory modules KDIR="$kdir" "${args[@]}" CC="$work/cc" W=1 >"$said" 2>&1
	rc=$?
	check "$name: builds with W=1" "$said" test $rc = 0
	[ $rc = 0 ] || continue
	check "$name: without a warning" "$said" grep -q '^hmm_backport.ko built .* 0 warnings' "$said"
	check "$name: the facts cost one start of the compiler" "$CC_STARTS" \
		test "$(grep -c facts-unit.c "$CC_STARTS")" = 1
	# Not counted: kbuild's own files, and the preprocessor for the versions of symbols.
	grep -vE 'facts-(unit|empty)\.c|\.mod\.c|[/.]module-common\.c|^-E ' "$CC_STARTS" | sed 's/.* //' >"$work/sources"
	check "$name: all sources together cost one more" "$work/sources" test "$(wc -l <"$work/sources")" = 1

	: >"$CC_STARTS"
	make -C "$copy" --no-print-directory modules KDIR="$kdir" "${args[@]}" CC="$work/cc" W=1 >"$said" 2>&1
	check "$name: a second run compiles nothing" "$CC_STARTS" test ! -s "$CC_STARTS"
	check "$name: and asks nothing" "$said" test -z "$(grep FACTS "$said")"

	# A probe that changes asks again; so does a header that a probe reads.
	touch "$copy/compat/facts/mmap_lock.c"
	make -C "$copy" --no-print-directory modules KDIR="$kdir" "${args[@]}" CC="$work/cc" W=1 >"$said" 2>&1
	check "$name: a touched probe asks again, with one start" "$CC_STARTS" \
		test "$(grep -c facts-unit.c "$CC_STARTS")" = 1
	check "$name: a header of a probe is a dependency of the facts" "$copy/compat/generated/.facts.h.cmd" \
		grep -q 'include/linux/mmu_notifier.h' "$copy/compat/generated/.facts.h.cmd"

	# Symbols.
	ko=$copy/hmm_backport.ko
	cut -f2 "$kdir/Module.symvers" | sort >"$work/kernel.symbols"
	nm -u "$ko" | awk '{ print $2 }' | sort >"$work/undefined"
	comm -23 "$work/undefined" "$work/kernel.symbols" >"$work/left"
	check "$name: links only what the kernel exports" "$work/left" test ! -s "$work/left"
	cut -f2 "$copy/Module.symvers" | sort >"$work/ours"
	comm -12 "$work/ours" "$work/kernel.symbols" >"$work/both"
	check "$name: exports nothing that the kernel exports" "$work/both" test ! -s "$work/both"
	grep -v '^hmm_backport_' "$work/ours" >"$work/unprefixed"
	check "$name: exports only hmm_backport_ names" "$work/unprefixed" \
		test -s "$work/ours" -a ! -s "$work/unprefixed"

	# The kernel's headers that include linux/hmm.h, beside ours.
	srctree=$(sed -n 's/^include \(.*\)\/Makefile$/\1/p' "$kdir/Makefile")
	srctree=${srctree:-$kdir}
	grep -rlE '^#[[:space:]]*include[[:space:]]*[<"]linux/hmm\.h[>"]' "$srctree/include" "$srctree/arch/x86/include" \
		"$srctree/drivers" 2>/dev/null | sort -u >"$work/includers"
	mkdir "$work/beside"
	{
		echo "LINUXINCLUDE := -I$copy/include -I$copy/compat/generated \$(LINUXINCLUDE)"
		echo 'obj-m := none.o'
		n=0
		while read -r h; do
			n=$((n + 1))
			# Ours first, theirs first, theirs alone, in that order.
			printf '#include <linux/mm.h>\n#include <linux/hmm.h>\n#include "%s"\n' "$h" >"$work/beside/ours$n.c"
			printf '#include <linux/mm.h>\n#include "%s"\n#include <linux/hmm.h>\n' "$h" >"$work/beside/theirs$n.c"
			echo "obj-m += ours$n.o theirs$n.o"
			printf 'MODULE_LICENSE("GPL");\n' | sed 's/^/#include <linux\/module.h>\n/' |
				tee -a "$work/beside/ours$n.c" >>"$work/beside/theirs$n.c"
		done <"$work/includers"
		printf '#include <linux/hmm.h>\n#include <linux/module.h>\n#include <linux/hmm.h>\nMODULE_LICENSE("GPL");\n' >"$work/beside/none.c"
	} >"$work/beside/Kbuild"
	for f in "$work"/beside/*.c; do
		echo 'MODULE_DESCRIPTION("a test");' >>"$f"
	done
	make --no-print-directory -C "$kdir" M="$work/beside" "${args[@]}" KBUILD_MODPOST_WARN=1 \
		KBUILD_EXTRA_SYMBOLS="$copy/Module.symvers" modules >"$said" 2>&1
	check "$name: $(wc -l <"$work/includers") headers of the kernel that include linux/hmm.h compile before and after ours" \
		"$said" test $? = 0
	rm -rf "$work/beside"
done
done_testing
