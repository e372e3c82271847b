// SPDX-License-Identifier: GPL-2.0-only
/*
 * 6.2 (dab6e717429e) "mm: Rename pmd_read_atomic()" to pmdp_get_lockless().
 * Backports: EL9.6 has the new name, EL8 and EL9.0 the old one.
 */
#include <linux/mm.h>

FACT(pmd_read, "what reads a PMD once, without its lock?");

WITHOUT(pmd_read, pmd_read_atomic, pmdp_get_lockless);
PROBE(pmd_read, pmd_read_atomic)
{
	FACT_IS(pmd_t, pmd_read_atomic((pmd_t *)0));
}

PROBE(pmd_read, pmdp_get_lockless)
{
	FACT_IS(pmd_t, pmdp_get_lockless((pmd_t *)0));
}
