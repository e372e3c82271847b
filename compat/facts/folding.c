// SPDX-License-Identifier: GPL-2.0-only
/*
 * How many levels there are is known at run time only on riscv since 5.17
 * (e8a62cc26ddf, four levels) and 5.18 (d10efa21a937, five): two variables, which are
 * exported. 6.11 made pud_offset() and p4d_offset() there functions that are not, so
 * the step down is made here. Others name a function so, or nothing.
 */
#include <linux/mm.h>

FACT(folding, "do variables tell which levels are folded?");

PROBE(folding, variables)
{
	FACT_IS(bool, pgtable_l4_enabled);
	FACT_IS(bool, pgtable_l5_enabled);
	FACT_IS(pud_t *, p4d_pgtable(FACT_A(p4d_t)));
	FACT_IS(p4d_t *, pgd_pgtable(FACT_A(pgd_t)));
}

PROBE(folding, other)
{
	/* A variable of that name makes this an error, a function does not. */
	bool (pgtable_l4_enabled)(void);
}
