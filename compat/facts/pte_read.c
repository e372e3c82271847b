// SPDX-License-Identifier: GPL-2.0-only
/*
 * 5.11 (2a4a06da8a4b) "mm/gup: Provide gup_get_pte() more generic":
 * ptep_get_lockless(). Before, a PTE is read with READ_ONCE(), or in halves
 * where it takes two words.
 * Backports: EL9.
 */
#include <linux/mm.h>

FACT(pte_read, "is there ptep_get_lockless()?");

WITHOUT(pte_read, absent, ptep_get_lockless);

PROBE(pte_read, ptep_get_lockless)
{
	FACT_IS(pte_t, ptep_get_lockless((pte_t *)0));
}
