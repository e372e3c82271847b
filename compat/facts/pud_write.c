// SPDX-License-Identifier: GPL-2.0-only
/*
 * 4.11 "mm, x86: add support for PUD-sized transparent hugepages". Before, huge
 * PUDs are hugetlbfs alone and have the format of a PTE.
 * Backports: EL7.9.
 */
#include <linux/mm.h>

FACT(pud_write, "is there pud_write()?");

WITHOUT(pud_write, absent, pud_write);

PROBE(pud_write, present)
{
	if (pud_write(FACT_A(pud_t)))
		FACT_TRUE(1);
}
