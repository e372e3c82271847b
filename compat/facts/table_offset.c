// SPDX-License-Identifier: GPL-2.0-only
/*
 * 5.9 (d3f7b1bb2040) "mm/gup: fix gup_fast with dynamic page table folding":
 * pmd_offset_lockless() and its neighbours step down from an entry that was
 * read before.
 */
#include <linux/mm.h>

FACT(table_offset, "can one step down from a copy of an entry?");

WITHOUT(table_offset, plain, pmd_offset_lockless);

PROBE(table_offset, lockless)
{
	FACT_IS(pmd_t *, pmd_offset_lockless((pud_t *)0, FACT_A(pud_t), 0UL));
	FACT_IS(pud_t *, pud_offset_lockless((p4d_t *)0, FACT_A(p4d_t), 0UL));
	FACT_IS(p4d_t *, p4d_offset_lockless((pgd_t *)0, FACT_A(pgd_t), 0UL));
}
