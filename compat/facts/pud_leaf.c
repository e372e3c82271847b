// SPDX-License-Identifier: GPL-2.0-only
/*
 * 5.6 (93fab1b22ef7) "mm: add generic p?d_leaf() macros".
 * Backports: EL8.4 and later, EL9.
 */
#include <linux/mm.h>

FACT(pud_leaf, "is a huge PUD told by pud_leaf()?");

WITHOUT(pud_leaf, absent, pud_leaf);

PROBE(pud_leaf, present)
{
	if (pud_leaf(FACT_A(pud_t)) && pud_write(FACT_A(pud_t)))
		FACT_TRUE(sizeof(pud_pfn(FACT_A(pud_t))) >= sizeof(int));
}
