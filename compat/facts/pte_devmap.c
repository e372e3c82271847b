// SPDX-License-Identifier: GPL-2.0-only
/*
 * 4.5 "mm, dax: convert vmf_insert_pfn_pmd() to pfn_t" and its neighbours
 * brought the devmap bits; 6.17 (d438d2734170) "mm: remove devmap related
 * functions and page table bits" took them away.
 * Backports: EL7.3 and later, EL8, EL9 have them.
 */
#include <linux/mm.h>

FACT(pte_devmap, "do page tables carry a devmap bit?");

WITHOUT(pte_devmap, absent, pte_devmap);

PROBE(pte_devmap, present)
{
	FACT_IS(int, pte_devmap(FACT_A(pte_t)));
}
