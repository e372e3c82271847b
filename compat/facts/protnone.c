// SPDX-License-Identifier: GPL-2.0-only
/*
 * 4.0 "mm: add p[te|md] protnone helpers for use by NUMA balancing". Before, NUMA
 * hints have a bit of their own, from 3.8 on.
 * Backports: EL7 has the bit.
 */
#include <linux/mm.h>

FACT(protnone, "what tells a NUMA hint?");

WITHOUT(protnone, numa, pte_protnone);
PROBE(protnone, numa)
{
	FACT_IS(int, pte_numa(FACT_A(pte_t)));
	FACT_IS(int, pmd_numa(FACT_A(pmd_t)));
}

PROBE(protnone, protnone)
{
	/* LoongArch's are long. */
	FACT_TRUE(sizeof(pte_protnone(FACT_A(pte_t))) >= sizeof(int));
	FACT_TRUE(sizeof(pmd_protnone(FACT_A(pmd_t))) >= sizeof(int));
}
