// SPDX-License-Identifier: GPL-2.0-only
/*
 * 5.6 "mm: add generic p?d_leaf() macros". Before, it is each
 * architecture's own; pmd_huge() is not for modules and pmd_trans_huge() leaves
 * hugetlbfs out on some.
 * Backports: EL8.4 and later, EL9.
 */
#include <linux/mm.h>

FACT(pmd_leaf, "what tells a huge PMD?");

WITHOUT(pmd_leaf, sect, pmd_leaf);
WITHOUT(pmd_leaf, sect, pmd_large);
PROBE(pmd_leaf, sect)
{
	if (pmd_sect(FACT_A(pmd_t)))
		FACT_TRUE(1);
}

WITHOUT(pmd_leaf, large, pmd_leaf);
PROBE(pmd_leaf, large)
{
	if (pmd_large(FACT_A(pmd_t)))
		FACT_TRUE(1);
}

PROBE(pmd_leaf, present)
{
	if (pmd_leaf(FACT_A(pmd_t)))
		FACT_TRUE(1);
}
