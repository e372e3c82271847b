// SPDX-License-Identifier: GPL-2.0-only
/*
 * 5.6 (93fab1b22ef7) "mm: add generic p?d_leaf() macros". Before, it is each
 * architecture's own, if it has huge PUDs.
 * Backports: EL8.4 and later, EL9.
 * 32-bit ARM has no huge PUD, so no pud_pfn(). powerpc's was made to stop the build
 * of whoever calls it, before 6.10; pud_pte() tells the same.
 */
#include <linux/mm.h>

FACT(pud_leaf, "what tells a huge PUD, and what its frame?");

WITHOUT(pud_leaf, absent, pud_leaf);
WITHOUT(pud_leaf, absent, pud_large);
WITHOUT(pud_leaf, absent, pud_sect);

WITHOUT(pud_leaf, frameless, pud_pfn);

WITHOUT(pud_leaf, sect, pud_leaf);
WITHOUT(pud_leaf, sect, pud_large);
PROBE(pud_leaf, sect)
{
	if (pud_sect(FACT_A(pud_t)))
		FACT_TRUE(sizeof(pud_pfn(FACT_A(pud_t))) >= sizeof(int));
}

WITHOUT(pud_leaf, large, pud_leaf);
PROBE(pud_leaf, large)
{
	if (pud_large(FACT_A(pud_t)))
		FACT_TRUE(sizeof(pud_pfn(FACT_A(pud_t))) >= sizeof(int));
}

PROBE(pud_leaf, frameless)
{
	if (pud_leaf(FACT_A(pud_t)))
		FACT_TRUE(1);
}

WITHOUT(pud_leaf, pfn, pud_pte);
PROBE(pud_leaf, pfn)
{
	if (pud_leaf(FACT_A(pud_t)))
		FACT_TRUE(sizeof(pud_pfn(FACT_A(pud_t))) >= sizeof(int));
}

PROBE(pud_leaf, pte)
{
	if (pud_leaf(FACT_A(pud_t)))
		FACT_IS(pte_t, pud_pte(FACT_A(pud_t)));
	FACT_TRUE(sizeof(pud_pfn(FACT_A(pud_t))) >= sizeof(int));
}
