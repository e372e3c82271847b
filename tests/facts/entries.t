#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
#
# Page-table entries of a processor that is not at hand, decoded by compat/pgtable.h: its
# bits and helpers are stood in for, those of arm64 before 5.6, where a huge page that is
# a NUMA hint is not what pmd_sect() takes for a huge page.
. "$(dirname "$0")/../tap.sh"

mkdir -p "$work/linux"
for h in err hugetlb irqflags mm rcupdate swap swapops memremap; do
	echo '#include <kernel.h>' >"$work/linux/$h.h"
done
cat >"$work/facts.h" <<'END'
#define FACT_PMD_LEAF_SECT
#define FACT_PUD_LEAF_SECT
#define FACT_PMD_READ_PMD_READ_ATOMIC
#define FACT_NONPRESENT_ABSENT
#define FACT_PGMAP_OF_PAGE_ABSENT
END
cat >"$work/kernel.h" <<'END'
#pragma once
typedef _Bool bool;
enum { false, true };
#define NULL ((void *)0)
#define EFAULT 14
#define VM_MIXEDMAP 0x10000000UL
#define __PAGETABLE_P4D_FOLDED
#define __PAGETABLE_PUD_FOLDED
#define READ_ONCE(x) (x)
#define barrier() do { } while (0)
#define unlikely(x) (x)
#define pte_offset_map(pmd, addr) ((pte_t *)NULL)
#define pte_unmap(pte) do { } while (0)
#define p4d_offset(pgd, addr) ((p4d_t *)(pgd))
#define pud_offset(p4d, addr) ((pud_t *)(p4d))
#define pmd_offset(pud, addr) ((pmd_t *)(pud))
#define pmd_read_atomic(pmdp) (*(pmdp))
#define pfn_to_page(pfn) ((struct page *)NULL)
typedef struct { unsigned long val; } pgd_t, p4d_t, pud_t, pmd_t, pte_t;
struct page;
struct vm_area_struct { unsigned long vm_flags; };
/* Valid 1, table or page 2, read-only 0x80, no access for the process but an entry 1 << 58. */
#define NONE_BIT (1UL << 58)
#define pmd_none(p) (!(p).val)
#define pmd_present(p) (((p).val & (1 | NONE_BIT)) != 0)
#define pmd_bad(p) (!((p).val & 2))
#define pmd_sect(p) (((p).val & 3) == 1)
#define pmd_protnone(p) (((p).val & (1 | NONE_BIT)) == NONE_BIT)
#define pmd_write(p) (!((p).val & 0x80))
#define pmd_pfn(p) (((p).val & ~NONE_BIT) >> 12)
#define pud_none(p) pmd_none(p)
#define pud_present(p) pmd_present(p)
#define pud_bad(p) pmd_bad(p)
#define pud_sect(p) pmd_sect(p)
#define pud_write(p) pmd_write(p)
#define pud_pfn(p) pmd_pfn(p)
#define FACT_PUD_WRITE_PRESENT
#define pte_present(p) pmd_present(p)
#define pte_protnone(p) pmd_protnone(p)
#define pte_special(p) 0
#define pte_write(p) pmd_write(p)
#define pte_pfn(p) pmd_pfn(p)
#define is_zero_pfn(pfn) 0
#define is_vm_hugetlb_page(vma) 0
END
cat >"$work/test.c" <<'END'
#include "pgtable.h"
int main(void)
{
	struct vm_area_struct vma = { 0 };
	const pmd_t table = { 0x1003 }, huge = { 0x200001 }, readonly = { 0x200081 },
		hint = { 0x200000 | NONE_BIT }, broken = { 0x200002 | NONE_BIT | 1 | 2 };
	struct hmm_entry e;

	if (!hmm_pmd_is_table(table) || hmm_pmd_is_table(huge) || hmm_pmd_is_table(hint))
		return 1;
	e = hmm_pmd_decode(huge, &vma);
	if (e.kind != HMM_ENTRY_PAGE || !e.write || e.pfn != 0x200)
		return 2;
	e = hmm_pmd_decode(readonly, &vma);
	if (e.kind != HMM_ENTRY_PAGE || e.write)
		return 3;
	e = hmm_pmd_decode(hint, &vma);
	if (e.kind != HMM_ENTRY_NONE)
		return 4;
	/* What is neither table nor huge page nor hint stays an error. */
	if (hmm_pmd_decode(broken, &vma).kind != HMM_ENTRY_ERROR)
		return 5;
	return 0;
}
END
gcc -std=gnu89 -Wall -nostdinc -O1 -I"$work" -I"$top/compat" -o "$work/test" "$work/test.c" >"$work/said" 2>&1
check "pgtable.h compiles for it" "$work/said" test $? = 0
"$work/test"
rc=$?
echo "the program said $rc" >"$work/said"
check "a table, a huge page, and a huge page that is a hint" "$work/said" test $rc = 0
done_testing
