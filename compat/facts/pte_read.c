// SPDX-License-Identifier: GPL-2.0-only
/*
 * 5.11 (2a4a06da8a4b) "mm/gup: Provide gup_get_pte() more generic":
 * ptep_get_lockless(). Before, a PTE is read with READ_ONCE(), or in halves
 * where it takes two words.
 * Backports: EL9.
 */
#include <linux/mm.h>

FACT(pte_read, "how is a PTE read without its lock?");

WITHOUT(pte_read, halves, ptep_get_lockless);
PROBE(pte_read, halves)
{
	FACT_TRUE(sizeof(FACT_MEMBER(pte_t, pte_low)) == sizeof(long));
	FACT_TRUE(sizeof(FACT_MEMBER(pte_t, pte_high)) == sizeof(long));
}

WITHOUT(pte_read, word, ptep_get_lockless);
WITHOUT_MEMBER(pte_read, word, pte_t, pte_high);

PROBE(pte_read, ptep_get_lockless)
{
	FACT_IS(pte_t, ptep_get_lockless((pte_t *)0));
}
