// SPDX-License-Identifier: GPL-2.0-only
/*
 * 6.5 (0d940a9b270b) "mm/pgtable: allow pte_offset_map[_lock]() to fail": page
 * tables are freed by RCU, pte_offset_map() became a function that modules
 * cannot link, and __pte_map() under the RCU read lock is what is left.
 * Backports: EL9.6.
 */
#include <linux/mm.h>
#include <linux/highmem.h>

FACT(pte_map, "how does a module map a page table?");

WITHOUT(pte_map, inline, __pte_map);
PROBE(pte_map, inline)
{
	FACT_IS(pte_t *, pte_offset_map((pmd_t *)0, 0UL));
}

PROBE(pte_map, rcu)
{
	FACT_IS(pte_t *, __pte_map((pmd_t *)0, 0UL));
}
