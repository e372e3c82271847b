#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# The rules of the house hold here, and each of them notices what breaks it.
. "$(dirname "$0")/../tap.sh"
rule=$top/tests/rules/rule

for name in $("$rule" --list); do
	if [ "$name" = shell ] && ! command -v shellcheck > /dev/null; then
		skip "rule $name" "needs shellcheck"
		continue
	fi
	if "$rule" "$name" > "$work/said" 2>&1; then
		ok "rule $name"
	else
		not_ok "rule $name" "$work/said"
	fi
done

# plant RULE FILE WANTED: stdin becomes FILE in a tree that is otherwise empty;
# the rule complains if WANTED is "broken", and does not if it is "fine".
plant()
{
	local tree=$work/tree said=$work/said

	rm -rf "$tree"
	mkdir -p "$tree/$(dirname "$2")"
	cat > "$tree/$2"
	git -C "$tree" init -q && git -C "$tree" add . || exit 1
	"$rule" "$1" "$tree" > "$said" 2>&1
	case $?,$3 in
	1,broken | 0,fine) ok "rule $1 finds this $3: $2, $(tail -n 1 "$tree/$2" | tr '#' .)" ;;
	*) not_ok "rule $1 should find this $3: $2, $(tail -n 1 "$tree/$2" | tr '#' .)" "$said" ;;
	esac
}

spdx='SPDX-License-Identifier: GPL-2.0-only'

plant spdx src/a.c fine <<< "// $spdx"
plant spdx a.sh fine << E
#!/bin/sh
# $spdx
E
plant spdx src/a.c broken << E
/* A comment first. */
// $spdx
E
plant spdx doc.txt broken <<< "No licence at all."

plant versions compat/a.h broken <<< '#if LINUX_VERSION_CODE >= 1'
plant versions compat/a.h broken <<< '#include <linux/version.h>'
plant versions examples/v/a.c broken <<< '#if defined(RHEL_RELEASE_CODE)'
plant versions compat/a.h fine <<< '/* no KERNEL_VERSION() here */'

plant architectures compat/a.h broken <<< '	return IS_ENABLED(CONFIG_X86);'
plant architectures src/a.c broken <<< '#ifdef __aarch64__'
plant architectures compat/a.h fine <<< '#ifdef CONFIG_ARCH_HAS_PTE_SPECIAL'
plant architectures compat/a.h fine <<< '/* as CONFIG_ARM_LPAE has it */'

plant private src/a.c broken <<< '	f = kallsyms_lookup_name("x");'
plant private Kbuild broken <<< 'EXTRA_CFLAGS += -O2'
plant private Kbuild fine <<< 'ccflags-y += -O2'

plant conditions src/a.c broken <<< '#ifdef FACT_PTE_MAP_RCU'
plant conditions src/a.c broken <<< '#if defined(CONFIG_NUMA) && defined(pte_devmap)'
plant conditions src/a.c broken <<< '#if 0'
plant conditions src/a.c fine <<< '#if IS_ENABLED(CONFIG_NUMA) || defined(CONFIG_DEBUG_FS)'
plant conditions src/a.h fine << 'E'
#ifndef HMM_A_H
#define HMM_A_H
#endif
E
plant conditions src/a.c broken <<< '	if (FACT_PTE_MAP_RCU)'

plant flow compat/a.c broken <<< '#include "../src/core.h"'
plant flow compat/a.c broken <<< '#include <linux/hmm.h>'
plant flow src/a.c broken <<< '#include "../compat/pgtable.h"'
plant flow src/a.c fine <<< '#include "../compat/compat.h"'
plant flow include/linux/hmm.h broken <<< '#include "compat.h"'
plant flow examples/v/a.c broken <<< '	hmm_backport_range_fault(range, 0);'

plant exports src/a.c broken <<< 'EXPORT_SYMBOL_GPL(hmm_range_fault);'
plant exports src/a.c fine <<< 'EXPORT_SYMBOL_GPL(hmm_backport_range_fault);'
plant exports compat/a.c broken <<< 'EXPORT_SYMBOL_GPL(hmm_backport_walk);'

plant kerneldoc include/linux/hmm.h broken <<< 'int hmm_undocumented(void);'
plant kerneldoc include/linux/hmm.h broken << 'E'
/**
 * hmm_thing() - do it
 * Context: anywhere
 */
static inline int hmm_thing(void) { return 0; }
E
plant kerneldoc include/linux/hmm.h broken << 'E'
/**
 * struct hmm_thing - a thing
 * @one: the first
 */
struct hmm_thing {
	int one;
	int *two;
};
E
plant kerneldoc include/linux/hmm.h fine << 'E'
/**
 * struct hmm_thing - a thing
 * @one: the first
 */
struct hmm_thing {
	int one;
	/* private: */
	int *two;
};
E

plant words README.md broken <<< "see /wo""rk/main"
plant words README.md broken <<< "written to /t""mp/output"
plant words README.md broken <<< "deb http://de""b.debian.org/debian"
plant words README.md broken <<< "as said in this sess""ion"
plant words README.md fine <<< "a possession, /work, /usr/src/linux"

if command -v shellcheck > /dev/null; then
	plant shell a.sh broken << 'E'
#!/bin/sh
cd $1; [ $x == 1 ]
E
else
	skip "rule shell notices" "needs shellcheck"
fi

plant python a.py broken <<< 'x = (y := 1)'
plant python a.py broken <<< 'subprocess.run(["a"], capture_output=True)'
plant python tool broken << 'E'
#!/usr/bin/env python3
import dataclasses
E
plant python a.py fine <<< 'x = f"{y}"'

# compat/ that calls what src/ defines: two files.
rm -rf "$work/tree"
mkdir -p "$work/tree/src" "$work/tree/compat"
printf 'int hmm_thing(int a)\n{\n}\n' > "$work/tree/src/a.c"
printf 'static int f(void)\n{\n\treturn hmm_thing(1);\n}\n' > "$work/tree/compat/a.c"
git -C "$work/tree" init -q && git -C "$work/tree" add .
if "$rule" flow "$work/tree" > "$work/said"; then
	not_ok "rule flow should find compat/ that calls src/" "$work/said"
else
	ok "rule flow finds compat/ that calls src/"
fi

done_testing
