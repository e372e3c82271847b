#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
#
# The facts step on headers of our own: every answer of every fact is found, and
# whatever could make an answer wrong stops with the right words.
. "$(dirname "$0")/../tap.sh"

probes=$top/compat/facts
said=$work/said
mkdir -p "$work/out" "$work/tree/include/generated" "$work/tree/include/config"

# Every header that the probes include is the fixture.
sed -n 's/^#include <\(.*\)>.*/\1/p' "$probes"/*.c | sort -u | while read -r h; do
	mkdir -p "$work/include/${h%/*}"
	echo '#include <fixture.h>' >"$work/include/$h"
done
# Headers that some kernels lack, in a folder each: $present says which are there.
for h in leafops dma-map-ops dma-noncoherent memremap sched/mm sched/signal; do
	mkdir -p "$work/$h/linux/sched"
	mv "$work/include/linux/$h.h" "$work/$h/linux/$h.h"
done
newest="leafops dma-map-ops memremap sched/mm sched/signal"
present=$newest
sed -n 's/^EXPORTED(.*, \(.*\));/\1/p' "$probes"/*.c | sort -u | while read -r s; do
	printf '0x00000000\t%s\tvmlinux\tEXPORT_SYMBOL\t\n' "$s"
done >"$work/tree/Module.symvers"
echo '#define UTS_RELEASE "1.2.3-fixture"' >"$work/tree/include/generated/utsrelease.h"
echo 'CONFIG_CC_VERSION_TEXT="cc-of-the-kernel 9.9"' >"$work/tree/include/config/auto.conf"

flags="-nostdinc -std=gnu89 -Wall -Wno-unused-function -I$top/tests/facts -I$work/include -DCONFIG_MMU=1 -D__KERNEL__"
module="-DMODULE -DCONFIG_MMU_NOTIFIER=1"
cc=gcc

# ask [FLAG]...: facts.sh with the fixture.
ask()
{
	ask_include=
	for h in $present; do
		ask_include="$ask_include -I$work/$h"
	done
	# shellcheck disable=SC2086 # words
	"$top/compat/facts.sh" "$work/out/facts.h" "$probes" "$work/tree/Module.symvers" \
		$cc $flags $module $ask_include "$@" >"$said" 2>&1
}

# stops WHAT TEXT...: the last ask failed, said all that, and left no facts.
stops()
{
	stops_rc=$?
	stops_what=$1
	shift
	if [ $stops_rc = 1 ] && [ ! -e "$work/out/facts.h" ] && [ ! -e "$work/out/facts.h.new" ] &&
	   says "$said" "$@"; then
		ok "$stops_what"
	else
		not_ok "$stops_what (status $stops_rc)" "$said"
	fi
}

answers() { sed -n 's/^#define FACT_\(.*\) 1$/\1/p' "$work/out/facts.h" | tr '[:upper:]' '[:lower:]'; }

# Why a kernel with this answer is refused, if it is.
refusal()
{
	sed -n "/^REFUSED($1, $2,/{n;s/^[^\"]*\"//;s/\".*//;p}" "$probes/$1.c" | grep .
}

# Each answer of each fact, the others staying as they are.
every_answer()
{
	ask && answers >"$work/newest"
	check "$cc: all facts have an answer" "$said" \
		test "$(wc -l <"$work/newest")" = "$(grep -c '^FACT(' "$probes"/*.c | grep -c ':1$')"
	sed -n 's/^\(PROBE\|WITHOUT\|WITHOUT_CONSTANT\|WITHOUT_MEMBER\|WITHOUT_STRUCT\)(\([a-z0-9_]*\), \([a-z0-9_]*\).*/\2 \3/p' "$probes"/*.c |
		grep -v '^control ' | sort -u >"$work/all"
	while read -r fact answer; do
		# What goes with it: headers, and other answers that no kernel has without.
		along=
		case $fact-$answer in
		nonpresent-leafops) ;;
		nonpresent-*) present=${newest#leafops } ;;
		dma_coherent-dma_noncoherent_h) present="leafops dma-noncoherent memremap sched/mm sched/signal" ;;
		notifier_range-absent) along="range_start_bounds interval_notifier_absent" ;;
		p4d-absent) along=table_offset_plain ;;
		sched_mm-absent) present="leafops dma-map-ops memremap sched/signal" ;;
		sched_signal-absent) present="leafops dma-map-ops memremap sched/mm" ;;
		esac
		options="-DFIX_${fact}_$answer"
		{ grep -v "^${fact}_" "$work/newest"; echo "${fact}_$answer"; } >"$work/want"
		for other in $along; do
			options="$options -DFIX_$other"
			sed -i "s/^${other%_*}_.*/$other/" "$work/want"
		done
		if why=$(refusal "$fact" "$answer"); then
			# shellcheck disable=SC2086 # words
			ask $options
			stops "$cc: $fact: $answer is refused" "$why" "$fact=$answer" "Nothing was built"
			continue
		fi
		# shellcheck disable=SC2086 # words
		ask $options
		answers >"$work/now" 2>/dev/null
		sort -o "$work/want" "$work/want"
		if sort "$work/now" | cmp -s - "$work/want"; then
			ok "$cc: $fact: $answer"
		else
			not_ok "$cc: $fact: $answer" "$said"
		fi
		present=$newest
	done <"$work/all"
}

every_answer

ask
check "facts.h holds the list of facts as one string" "$work/out/facts.h" \
	says "$work/out/facts.h" '"range_start=range\n"' '#define HMM_FACTS'

# No answer, two answers.
ask -DFIX_range_start_other
stops "no answer stops" "no known answer" "range_start" "what does mmu_notifier_ops" \
	"mmu_notifier: use structure" "answer 'bounds': the compiler says no" \
	"answer 'blockable': the compiler says no" "answer 'range': the compiler says no" \
	"compat/facts/range_start.c:" "error:" "1.2.3-fixture" "facts.log" "Nothing was built"

# LoongArch's tests of a hint give a long.
ask -DFIX_protnone_long
check "protnone of a long is protnone" "$said" test "$(answers | grep ^protnone_)" = protnone_protnone

# A name that is there and is something else is neither there nor absent.
for f in mmgrab dma_need_sync; do
	ask "-DFIX_${f}_other"
	stops "$f() that takes something else stops" "no known answer" "fact:      $f" \
		"answer 'present': the compiler says no" "answer 'absent': the compiler says no"
done

# Who is refused, said here once more: the files say it themselves above.
ask -DFIX_invalidate_page_locked
stops "4.11 and 4.12 are refused" "4.11 and 4.12" "invalidate_page=locked"
ask -DFIX_invalidate_page_unlocked
check "other kernels with invalidate_page() are not" "$said" test -e "$work/out/facts.h"

# Two ways to the same answer.
present=$(echo "$newest" | sed 's/memremap //')
ask -DFIX_pgmap_of_page_absent -DFIX_pgmap_owner_nothing
check "without linux/memremap.h there are no page maps" "$said" \
	test "$(answers | grep ^pgmap_)" = "pgmap_of_page_absent
pgmap_owner_nothing"
present=$newest

# A kernel that says what its headers do not, in linux/hmm_backport_range.h's eyes.
ask -DHMM_BACKPORT_RANGE_BARE=1 -DFIX_notifier_range_absent -DFIX_range_start_bounds -DFIX_interval_notifier_absent
stops "a wrong HMM_BACKPORT_RANGE_BARE stops" "no known answer" "notifier_range"

cp -R "$probes" "$work/two"
printf '\nPROBE(non_block, other)\n{\n\tFACT_TRUE(1);\n}\n' >>"$work/two/non_block.c"
probes=$work/two
ask
stops "two answers stop" "two answers (present and other)" "non_block" "answer 'other': compiles"
probes=$top/compat/facts

# A name that is there stays what it is behind WITHOUT(), and is there for all who ask.
cp -R "$top/compat/facts" "$work/behind"
cat >"$work/behind/behind.c" <<'END'
#include <linux/mm.h>
FACT(behind, "a function of the kernel?");
WITHOUT(behind, absent, mmgrab);
WITHOUT(behind, gone, mmgrab);
PROBE(behind, other)
{
	FACT_SAME(&mmgrab, long (*)(long));
}
PROBE(behind, present)
{
	mmgrab((struct mm_struct *)0);
}
END
probes=$work/behind
ask
check "a function is still seen behind WITHOUT(), with its type" "$said" grep -q '"behind=present' "$work/out/facts.h"
probes=$top/compat/facts

# The environment.
ask -w
stops "-w is found out" "call of an undeclared function" "-w"
module="-DCONFIG_MMU_NOTIFIER=1"
ask
stops "a missing -DMODULE is found out" "-DMODULE" "flags of kbuild"
module="-DMODULE"
ask
stops "a kernel without CONFIG_MMU_NOTIFIER is refused" "CONFIG_MMU_NOTIFIER" "nothing can be mirrored"
module="-DMODULE -DCONFIG_MMU_NOTIFIER=1"

ask -DFIX_warning
check "a warning in a header changes nothing" "$said" test $? = 0
ask -DFIX_warning -Werror
stops "a warning turned error stops" "headers themselves do not compile" "fixture.h:" "-Werror=parentheses"

echo 'this is not C' >"$work/include/linux/oom.h"
ask
stops "broken headers stop" "headers themselves do not compile"
rm "$work/include/linux/oom.h"
ask
stops "a missing header is named" "lack <linux/oom.h>" "compat/facts/stable_mm.c" "Install them again"
echo '#include <fixture.h>' >"$work/include/linux/oom.h"

# The compiler: one that does not fit the kernel is one message, whatever is wrong.
does_not_fit()
{
	ask
	stops "$@" "1.2.3-fixture, $work/tree" "cc-of-the-kernel 9.9" "facts.log"
	check "and nothing else is said" "$said" test "$(grep -c . "$said")" -le 6
}
config()
{
	echo 'CONFIG_CC_VERSION_TEXT="cc-of-the-kernel 9.9"' >"$work/tree/include/config/auto.conf"
	printf '%s\n' "$@" >>"$work/tree/include/config/auto.conf"
}
config CONFIG_GCC_VERSION=90400 CONFIG_CLANG_VERSION=0
cc=$work/no-such-compiler
does_not_fit "a compiler that is not there is named" "no-such-compiler' is not installed" "gcc-9" "make CC=gcc-9"
cc=$work/s390x-linux-gnu-gcc-12
does_not_fit "and so is the cross compiler of the right version" "gcc-12' is not installed" "make CC=s390x-linux-gnu-gcc-9"
config CONFIG_GCC_VERSION=0 CONFIG_CLANG_VERSION=190107
cc=$work/no-such-compiler
does_not_fit "a kernel of clang's wants clang" "clang-19" "make LLVM=-19"
config
does_not_fit "a kernel that does not say its compiler's number" "make CC="
cc=$work/cc
echo '#!/bin/sh' >"$cc"
does_not_fit "a compiler that may not be run is named" "cannot be run"
chmod +x "$cc"
does_not_fit "a compiler that does nothing is found out" "made no object"
# fails COMMANDS: so says a compiler that nevertheless tells its version.
# shellcheck disable=SC2016 # for it
fails() { printf '#!/bin/sh\n[ "$1" = --version ] && echo "cc-%s" && exit\n%s\n' "$1" "$2" >"$work/cc"; }
fails crash 'kill -SEGV $$'
does_not_fit "a compiler that crashes is not a 'no'" "cannot compile an empty file" "called:      cc-crash"
fails option 'echo "cc: warning: old" >&2; echo "cc: error: unrecognized command-line option -fnew" >&2; exit 1'
does_not_fit "an option that it does not know is named" "unrecognized command-line option -fnew" "cc-option"
fails plugin 'echo "cc1: error: incompatible gcc/plugin versions" >&2; exit 1'
does_not_fit "a plugin of another compiler is named" "incompatible gcc/plugin versions"
cc="$work/cc -m64"
does_not_fit "a compiler of several words, one an option" "incompatible gcc/plugin versions" "compiler '$work/cc'"
cc="env $work/cc"
does_not_fit "a compiler of two words" "compiler 'env $work/cc'" "called:      cc-plugin"
fails of-the-kernel' 9.9' 'echo "cc: error: wrong option" >&2; exit 1'
does_not_fit "the kernel's own compiler that fails" "wrong option" "KCFLAGS"
cc=$work/cc
# Only the questions make these fail.
# shellcheck disable=SC2016 # for the wrapper
sane='for a do [ "$a" = -c ] && exec gcc "$@"; done'
fails sane "$sane; exit 0"
ask
stops "a compiler that accepts everything is found out" "accepts plain nonsense"
fails sane "$sane; kill -SEGV \$\$"
ask
stops "a compiler that crashes over the questions is not a 'no'" "did not end well (status 139)"
fails sane "$sane; echo 'cc1: out of memory' >&2; exit 1"
ask
stops "a compiler that fails without a word on the code is not a 'no'" "did not end well (status 1)" "out of memory"
# shellcheck disable=SC2016 # for the wrapper
printf '#!/bin/sh\nn=$#\nfor a do shift; case $a in -ftrack-macro*) ;; *) set -- "$@" "$a" ;; esac; done\nexec gcc "$@"\n' >"$cc"
ask
stops "an error given to a header's macro is found out" "fixture.h:" "headers themselves"
# One that takes any two types for the same.
# shellcheck disable=SC2016
printf '#!/bin/sh\nexec gcc "-D__builtin_types_compatible_p(a,b)=1" "$@"\n' >"$cc"
ask
stops "a callback of the wrong type that goes unseen is found out" "callback of the wrong type"
# shellcheck disable=SC2016
printf '#!/bin/sh\nfor a do shift; case $a in -fms-ext*) ;; *) set -- "$@" "$a" ;; esac; done\nexec gcc "$@"\n' >"$cc"
ask
stops "members that are not looked into are found out" "member of a structure is taken for missing"
cc=gcc

ask -DCONFIG_GCC_VERSION=10203
check "another compiler than the kernel's is named, and builds" "$said" \
	says "$said" "not the compiler this kernel was built with (cc-of-the-kernel 9.9)"

# Exports.
sed -i '/handle_mm_fault/d' "$work/tree/Module.symvers"
ask
stops "a symbol that is declared and not exported stops" "does not export" "handle_mm_fault" "Module.symvers"
rm "$work/tree/Module.symvers"
ask
check "a tree without Module.symvers is noted, not refused" "$said" \
	says "$said" "no Module.symvers"

# One start of the compiler for all of it, one for an empty file.
# shellcheck disable=SC2016
printf '#!/bin/sh\necho x >>"%s"\nexec gcc "$@"\n' "$work/starts" >"$work/cc"
cc=$work/cc
ask
check "all facts cost two starts of the compiler" "$said" test "$(wc -l <"$work/starts")" = 2

if command -v clang >/dev/null; then
	cc=clang
	every_answer
	ask -DFIX_range_start_other
	stops "clang: no answer stops" "no known answer" "answer 'bounds': the compiler says no" "error:"
	ask -w
	stops "clang: -w is found out" "call of an undeclared function"
else
	skip "the same with clang" "clang is not installed"
fi

done_testing
