#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
#
# facts.t [FACT]...
#
# The facts step on headers of our own: what it makes of each line of "forms", where
# every answer of every fact is found and what could make one wrong stops with the
# right words. With names only those facts; "step" is what belongs to no fact.
# $PROBES names another folder of probes than compat/facts, for tests/facts/mutate.t.
. "$(dirname "$0")/../tap.sh"

probes=${PROBES:-$top/compat/facts}
forms=$top/tests/facts/forms
said=$work/said
mkdir -p "$work/out" "$work/tree/include/generated" "$work/tree/include/config"

# Every header that the probes include is the fixture.
sed -n 's/^#include <\(.*\)>.*/\1/p' "$top"/compat/facts/*.c | sort -u | while read -r h; do
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
# Written here and not taken from the probes: a symbol that they forget is missed.
for s in find_vma mmput __mmu_notifier_register mmu_notifier_unregister handle_mm_fault \
	mmu_interval_notifier_insert_locked mmu_interval_notifier_remove; do
	printf '0x00000000\t%s\tvmlinux\tEXPORT_SYMBOL\t\n' "$s"
done >"$work/exported"
cp "$work/exported" "$work/tree/Module.symvers"
echo '#define UTS_RELEASE "1.2.3-fixture"' >"$work/tree/include/generated/utsrelease.h"
echo 'CONFIG_CC_VERSION_TEXT="cc-of-the-kernel 9.9"' >"$work/tree/include/config/auto.conf"

flags="-nostdinc -std=gnu89 -Wall -Wno-unused-function -I$top/tests/facts -I$work/include -DCONFIG_MMU=1 -D__KERNEL__"
module="-DMODULE -DCONFIG_MMU_NOTIFIER=1"
# What a kernel with CONFIG_WERROR or somebody's KCFLAGS may add: it changes no answer.
strict="-Wundef -Wstrict-prototypes -Wmissing-prototypes -Wdeclaration-after-statement -Werror"
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
	ask_rc=$?
	return $ask_rc
}

# stops WHAT TEXT...: the last ask failed, said all that, and left no facts.
stops()
{
	stops_what=$1
	shift
	if [ $ask_rc = 1 ] && [ ! -e "$work/out/facts.h" ] && [ ! -e "$work/out/facts.h.new" ] &&
	   says "$said" "$@"; then
		ok "$stops_what"
	else
		not_ok "$stops_what (status $ask_rc)" "$said"
	fi
}

answers() { sed -n 's/^#define FACT_\(.*\) 1$/\1/p' "$work/out/facts.h" | tr '[:upper:]' '[:lower:]' | sort; }
answers_of() { sed -n "s/^\(PROBE\|WITHOUT\|WITHOUT_CONSTANT\|WITHOUT_MEMBER\|WITHOUT_STRUCT\)($1, \([a-z0-9_]*\).*/\2/p" "$probes/$1.c" | sort -u; }
facts_named() { sed -n 's/^FACT(\([a-z0-9_]*\),.*/\1/p' "$probes"/*.c; }

# Why a kernel with this answer is refused, if it is.
refusal()
{
	sed -n "/^REFUSED($1, $2,/{n;s/^[^\"]*\"//;s/\".*//;p}" "$probes/$1.c" | grep .
}

# try FACT FORM ANSWER [FURTHER]...: a line of "forms".
try()
{
	try_fact=$1 try_form=$2 try_answer=$3
	try_what="$cc: $1 $2: $3${4:+ ($(shift 3; echo "$*"))}"
	shift 3
	options=
	[ "$try_form" = newest ] || options=-DFIX_${try_fact}_$try_form
	grep -v "^${try_fact}_" "$work/newest" >"$work/want"
	echo "${try_fact}_$try_answer" >>"$work/want"
	for further do
		case $further in
		-D*) options="$options $further" ;;
		-*\(\)) grep -vw "$(echo "$further" | tr -d '()-')" "$work/exported" >"$work/tree/Module.symvers" ;;
		-*) present=$(printf '%s\n' $present | grep -vxF -e "${further#-}") ;;
		+*) present="$present ${further#+}" ;;
		*=*)
			sed -i "s/^${further%%=*}_.*/${further%%=*}_${further#*=}/" "$work/want"
			options="$options -DFIX_${further%%=*}_${further#*=}"
			;;
		esac
	done
	case $try_answer in
	none | two | refused | unexported)
		# shellcheck disable=SC2086 # words
		ask $options
		case $try_answer in
		none)
			set -- "no known answer" "fact:      $try_fact" "exactly one answer: 1 of " \
				"asked in:  compat/facts/$try_fact.c"
			for try_other in $(answers_of "$try_fact"); do
				set -- "$@" "answer '$try_other': the compiler says no"
			done
			stops "$try_what" "$@"
			;;
		two) stops "$try_what" "two answers (" "fact:      $try_fact" "exactly one answer: 1 of " ;;
		refused) stops "$try_what" "$(refusal "$try_fact" "$try_form" || echo "$try_fact: no reason is given")" \
			"$try_fact=$try_form" "Nothing was built" ;;
		unexported) stops "$try_what" "does not export" "Module.symvers" "$(echo "$*" | tr -d '()-')" ;;
		esac
		;;
	*)
		# shellcheck disable=SC2086 # words
		ask $options $strict
		answers >"$work/now" 2>/dev/null
		sort -o "$work/want" "$work/want"
		if cmp -s "$work/now" "$work/want"; then
			ok "$try_what"
		else
			diff "$work/want" "$work/now" | sed -n 's/^[<>] /# differs: &/p'
			not_ok "$try_what" "$said"
		fi
		;;
	esac
	present=$newest
	cmp -s "$work/exported" "$work/tree/Module.symvers" || cp "$work/exported" "$work/tree/Module.symvers"
}

n_answers=0
n_forms=0

# The lines of one fact; and each of its answers is in one, and one has none.
fact()
{
	grep "^$1 " "$forms" >"$work/lines"
	# shellcheck disable=SC2086 # words
	while read -r line; do
		try $line
		# mutate.t wants no more than one.
		[ -z "${PROBES:-}" ] || [ "$tap_failed" = 0 ] || return
	done <"$work/lines"
	answers_of "$1" >"$work/answers"
	n_answers=$((n_answers + $(wc -l <"$work/answers")))
	n_forms=$((n_forms + $(wc -l <"$work/lines")))
	awk '{ print $3 == "refused" ? $2 : $3 }' "$work/lines" | sort -u | comm -13 - "$work/answers" >"$work/left"
	check "$1: every answer has a fixture" "$work/left" test ! -s "$work/left"
	case $1 in
	# A header is there or is not.
	sched_mm | sched_signal) ;;
	*) check "$1: there is a fixture with no answer" "$work/lines" grep -q "^$1 [^ ]* none" "$work/lines" ;;
	esac
}

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

# fails COMMANDS: so says a compiler that nevertheless tells its version.
# shellcheck disable=SC2016 # for it
fails() { printf '#!/bin/sh\n[ "$1" = --version ] && echo "cc-%s" && exit\n%s\n' "$1" "$2" >"$work/cc"; }

# What belongs to no fact.
step()
{
	ask
	check "facts.h holds the list of facts as one string" "$work/out/facts.h" \
		says "$work/out/facts.h" '"range_start=range\n"' '#define HMM_FACTS'

	# No answer, two answers.
	ask -DFIX_range_start_other
	stops "no answer stops" "no known answer" "range_start" "what do mmu_notifier_ops" \
		"mmu_notifier: use structure" "answer 'bounds': the compiler says no" \
		"answer 'blockable': the compiler says no" "answer 'range': the compiler says no" \
		"compat/facts/range_start.c:" "error:" "1.2.3-fixture" "facts.log" "Nothing was built"

	# All that have none in one run, and at the end their names.
	ask -DFIX_range_start_other -DFIX_mmap_lock_neither -DFIX_nonpresent_is_other
	stops "three facts without an answer are said in one run" "without exactly one answer: 3 of $(facts_named | wc -l)" \
		"fact:      range_start" "fact:      mmap_lock" "fact:      nonpresent" \
		"asked in:  compat/facts/range_start.c" "asked in:  compat/facts/mmap_lock.c" \
		"question:  what is an address space's lock called?"
	check "and each in few lines" "$said" test "$(wc -l <"$said")" -lt 100

	# Who is refused, said here once more: the files say it themselves above.
	ask -DFIX_invalidate_page_locked
	stops "4.11 and 4.12 are refused" "4.11 and 4.12" "invalidate_page=locked"
	ask -DFIX_invalidate_page_unlocked
	check "other kernels with invalidate_page() are not" "$said" test -e "$work/out/facts.h"

	cp -R "$probes" "$work/two"
	printf '\nPROBE(non_block, other)\n{\n\tFACT_TRUE(1);\n}\n' >>"$work/two/non_block.c"
	probes=$work/two
	ask
	stops "two answers stop" "two answers (present and other)" "non_block" "answer 'other': compiles"
	probes=${PROBES:-$top/compat/facts}

	# What drivers include has no facts, and must neither lack nor clash with what is there.
	echo '#include <fixture.h>' >"$work/include/linux/types.h"
	cat >"$work/driver.c" <<'END'
#include <linux/hmm_backport_range.h>
int driver(const struct mmu_notifier_range *range);
int driver(const struct mmu_notifier_range *range)
{
	return range->mm && range->start < range->end && mmu_notifier_range_blockable(range);
}
END
	for form in flags flags_function bare "absent -DFIX_range_start_bounds -DFIX_interval_notifier_absent"; do
		# shellcheck disable=SC2086 # words
		$cc $flags $module -Werror -fsyntax-only "-I$top/include" -DFIX_notifier_range_$form "$work/driver.c" >"$said" 2>&1
		check "linux/hmm_backport_range.h: ${form%% *}" "$said" test $? = 0
	done

	# A name that is there stays what it is behind WITHOUT(), and is there for all who ask.
	cp -R "$probes" "$work/behind"
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
	probes=${PROBES:-$top/compat/facts}

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
	mv "$work/include/linux/oom.h" "$work/oom.h"
	ask
	stops "a missing header is named" "lack <linux/oom.h>" "compat/facts/stable_mm.c" "Install them again"
	mv "$work/include/linux/swapops.h" "$work/swapops.h"
	ask
	stops "a second one too" "lack <linux/oom.h>" "lack <linux/swapops.h>" "compat/facts/nonpresent.c"
	echo '#include <fixture.h>' | tee "$work/include/linux/swapops.h" >"$work/include/linux/oom.h"

	# What is always linked.
	for s in find_vma mmput __mmu_notifier_register mmu_notifier_unregister; do
		grep -vw "$s" "$work/exported" >"$work/tree/Module.symvers"
		ask
		stops "$s() that is not exported stops" "does not export" "$s"
	done
	cp "$work/exported" "$work/tree/Module.symvers"

	# The compiler.
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
	# And one that takes none.
	# shellcheck disable=SC2016
	printf '#!/bin/sh\nexec gcc "-D__builtin_types_compatible_p(a,b)=0" "$@"\n' >"$cc"
	ask
	stops "headers whose types are none are found out" "Code that must compile does not"
	# shellcheck disable=SC2016
	printf '#!/bin/sh\nfor a do shift; case $a in -fms-ext*) ;; *) set -- "$@" "$a" ;; esac; done\nexec gcc "$@"\n' >"$cc"
	ask
	stops "members that are not looked into are found out" "member of a structure is taken for missing"
	# shellcheck disable=SC2016
	printf '#!/bin/sh\nexec gcc "-D__builtin_strcmp(a,b)=0" "$@"\n' >"$cc"
	ask
	stops "macros that go unseen are found out" "macro is taken for a missing name"
	cc=gcc

	ask -DCONFIG_GCC_VERSION=10203
	check "another compiler than the kernel's is named, and builds" "$said" \
		says "$said" "not the compiler this kernel was built with (cc-of-the-kernel 9.9)"

	rm "$work/tree/Module.symvers"
	ask
	check "a tree without Module.symvers is noted, not refused" "$said" \
		says "$said" "no Module.symvers"
	cp "$work/exported" "$work/tree/Module.symvers"

	# One start of the compiler for all of it, one for an empty file.
	# shellcheck disable=SC2016
	printf '#!/bin/sh\necho x >>"%s"\nexec gcc "$@"\n' "$work/starts" >"$work/cc"
	cc=$work/cc
	ask
	check "all facts cost two starts of the compiler" "$said" test "$(wc -l <"$work/starts")" = 2
	cc=gcc
}

# Only the facts that are there: mutate asks one at a time.
if ask; then
	answers >"$work/newest"
else
	not_ok "the newest kernel has an answer to all facts" "$said"
	done_testing
fi
check "all facts have an answer" "$said" test "$(wc -l <"$work/newest")" = "$(facts_named | wc -l)"

if [ $# != 0 ]; then
	for name do
		case $name in
		step) step ;;
		*) fact "$name" ;;
		esac
	done
	done_testing
fi

facts_named >"$work/facts"
awk '!/^#/ && NF { print $1 }' "$forms" | sort -u | comm -3 - "$work/facts" >"$work/left"
check "the facts and the facts of \"forms\" are the same" "$work/left" test ! -s "$work/left"
while read -r name; do
	fact "$name"
done <"$work/facts"
step
counts="facts: facts=$(wc -l <"$work/facts") answers=$n_answers fixtures=$n_forms"

if [ -n "${HMM_FAST:-}" ]; then
	skip "the same with clang" "left out with --fast"
elif command -v clang >/dev/null; then
	cc=clang
	while read -r name; do
		fact "$name"
	done <"$work/facts"
	ask -DFIX_range_start_other
	stops "clang: no answer stops" "no known answer" "answer 'bounds': the compiler says no" "error:"
	ask -w
	stops "clang: -w is found out" "call of an undeclared function"
else
	skip "the same with clang" "clang is not installed"
fi

echo "# $counts"
done_testing
