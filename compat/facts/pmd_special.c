// SPDX-License-Identifier: GPL-2.0-only
/*
 * 6.12 "mm: introduce ARCH_SUPPORTS_HUGE_PFNMAP and special bits to pmd/pud".
 * Backports: EL9.6.
 */
#include <linux/mm.h>

FACT(pmd_special, "can a huge entry be special?");

WITHOUT(pmd_special, absent, pmd_special);

PROBE(pmd_special, present)
{
	FACT_IS(bool, pmd_special(FACT_A(pmd_t)));
	FACT_IS(bool, pud_special(FACT_A(pud_t)));
}
