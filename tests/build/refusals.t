#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
#
# What cannot work is refused with one message that says what to do, and leaves
# nothing half-built behind.
. "$(dirname "$0")/../tap.sh"

said=$work/said
name=${KERNELS:-6.1}
name=${name%% *}
kdir=$top/build/kernels/$name/kdir

# The sources in a folder of their own, so that nobody else's build is touched.
mkdir "$work/src"
(cd "$top" && tar cf - Makefile Kbuild dkms.conf kernels.conf compat include scripts sdk src) | tar xf - -C "$work/src"
rm -rf "$work/src/compat/generated"

try() { make -C "$work/src" --no-print-directory "$@" >"$said" 2>&1; }

refuses()
{
	refuses_rc=$?
	refuses_what=$1
	shift
	if [ $refuses_rc != 0 ] && says "$said" "$@" && [ ! -e "$work/src/hmm_backport.ko" ] &&
	   [ ! -e "$work/src/compat/generated/facts.h" ]; then
		ok "$refuses_what"
	else
		not_ok "$refuses_what (status $refuses_rc)" "$said"
	fi
}

# A build tree that looks like RELEASE's; further arguments are CONFIG_ lines.
fake_tree()
{
	rm -rf "$work/tree"
	mkdir -p "$work/tree/include/generated" "$work/tree/include/config"
	: >"$work/tree/include/generated/autoconf.h"
	echo "#define UTS_RELEASE \"$1\"" >"$work/tree/include/generated/utsrelease.h"
	# shellcheck disable=SC2016 # for make
	printf 'modules:\n\t@touch "$(M)/reached"\n' >"$work/tree/Makefile"
	shift
	printf '%s\n' "$@" >"$work/tree/include/config/auto.conf"
}
reached() { [ -e "$work/src/reached" ] && rm "$work/src/reached"; }

try modules KDIR="$work/nowhere"
refuses "no such folder" "there is no folder KDIR=$work/nowhere" "build tree"
mkdir "$work/empty"
try modules KDIR="$work/empty"
refuses "not a build tree" "no kernel build tree that is ready" "modules_prepare" "O=FOLDER"
try modules KVER=9.9.9-none
refuses "headers not installed" "headers of kernel 9.9.9-none are not installed" "KDIR="

fake_tree 6.1.0-test CONFIG_MODULES=y
try modules KDIR="$work/tree"
refuses "no CONFIG_MMU_NOTIFIER" "6.1.0-test is built without CONFIG_MMU_NOTIFIER" "Use a kernel with"
fake_tree 6.1.0-test CONFIG_MMU_NOTIFIER=y
try modules KDIR="$work/tree"
refuses "no CONFIG_MODULES" "6.1.0-test is built without CONFIG_MODULES"

# The range, from kernels.conf.
. "$top/kernels.conf"
for release in 2.6.32-754.el6.x86_64 3.9.11 99.1.0-1-amd64; do
	fake_tree "$release" CONFIG_MODULES=y CONFIG_MMU_NOTIFIER=y
	try modules KDIR="$work/tree"
	refuses "$release is outside the range" "$release is outside the tested range, $HB_MIN to ${HB_MAX%.999}" \
		"HMM_BACKPORT_EXPERIMENTAL=1"
	reached && not_ok "$release: kbuild was called"
	try modules KDIR="$work/tree" HMM_BACKPORT_EXPERIMENTAL=1
	check "$release: HMM_BACKPORT_EXPERIMENTAL=1 lets it through" "$said" reached
done
for release in "$HB_MIN.0-1160.el7.x86_64" "$HB_MIN.108" 4.4.0-22-generic 4.14.336 4.18.0-553.el8_10.x86_64 5.9.16 \
	5.14.0-70.el9.x86_64 6.12.117+deb12-amd64 "${HB_MAX%.999}.4+deb13-amd64" "${HB_MAX%.999}.0"; do
	fake_tree "$release" CONFIG_MODULES=y CONFIG_MMU_NOTIFIER=y
	try modules KDIR="$work/tree"
	check "$release is inside the range" "$said" reached
done

try help
check "help fits a screen and names every target" "$said" \
	says "$said" "make modules" "make install" "make explain" "make clean" "KDIR=" "KVER=" "LLVM=1"
check "help has at most 40 lines of at most 100 characters" "$said" \
	awk 'length > 100 { long = 1 } END { exit long || NR > 40 }' "$said"

if [ ! -d "$kdir" ]; then
	skip "the rest, on a real kernel" "no build/kernels/$name: run tests/kernels/get $name"
	done_testing
fi
args=$(sed 's/CC=[^ ]*//' "$top/build/kernels/$name/makeargs")

# shellcheck disable=SC2086 # words
try modules KDIR="$kdir" $args CC=no-such-gcc
refuses "$name: a compiler that is not installed" "'no-such-gcc' is not installed" "make CC=" "nothing was built"

# A fact that this kernel's headers answer in no way, and one with two answers.
sed -i 's/int (\*)(struct mmu_notifier \*,/long (*)(struct mmu_notifier *,/' "$work/src/compat/facts/range_start.c"
# shellcheck disable=SC2046
try modules KDIR="$kdir" $(cat "$top/build/kernels/$name/makeargs")
refuses "$name: a fact without an answer" "no known answer" "range_start" "history" "nothing was built"
cp "$top/compat/facts/range_start.c" "$work/src/compat/facts/"
printf '\nPROBE(non_block, other)\n{\n}\n' >>"$work/src/compat/facts/non_block.c"
# shellcheck disable=SC2046
try modules KDIR="$kdir" $(cat "$top/build/kernels/$name/makeargs")
refuses "$name: a fact with two answers" "two answers" "non_block" "nothing was built"
# shellcheck disable=SC2046
try explain KDIR="$kdir" $(cat "$top/build/kernels/$name/makeargs")
refuses "$name: explain refuses it too" "two answers" "non_block"
cp "$top/compat/facts/non_block.c" "$work/src/compat/facts/"

# explain: a table, and nothing built.
find "$work/src" | sort >"$work/before"
# shellcheck disable=SC2046
try explain KDIR="$kdir" $(cat "$top/build/kernels/$name/makeargs")
check "$name: explain prints every fact with its answer" "$said" \
	test "$(grep -c '?$' "$said")" = "$(cat "$top"/compat/facts/*.c | grep -c '^FACT(')"
find "$work/src" | sort | cmp -s - "$work/before"
check "$name: explain builds nothing" "$said" test $? = 0

# A module that fails to build leaves none behind, not even an older one.
# shellcheck disable=SC2046
try modules KDIR="$kdir" $(cat "$top/build/kernels/$name/makeargs")
check "$name: the last line says what was done" "$said" \
	sh -c "tail -n 1 '$said' | grep -q '^hmm_backport.ko built for .*: [0-9]* facts, 0 warnings, [0-9]* s'"
echo 'int broken(' >>"$work/src/src/mm.c"
# shellcheck disable=SC2046
try modules KDIR="$kdir" $(cat "$top/build/kernels/$name/makeargs")
rc=$?
check "$name: a failed build leaves no module and says so" "$said" \
	sh -c "[ $rc != 0 ] && [ ! -e '$work/src/hmm_backport.ko' ] && grep -q 'nothing was built for' '$said'"

try clean
check "clean needs no headers and leaves no output" "$said" \
	test -z "$(find "$work/src" -name '*.o' -o -name '*.ko' -o -name '.*.cmd' -o -name facts.h)"

done_testing
