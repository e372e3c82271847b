// SPDX-License-Identifier: GPL-2.0-only
/*
 * 4.11 "mm: convert generic code to 5-level paging": a level between PGD and PUD.
 * Backports: EL8 has it, EL7 has not.
 */
#include <linux/mm.h>

FACT(p4d, "is there a level between PGD and PUD?");

WITHOUT(p4d, absent, p4d_offset);
WITHOUT(p4d, absent, p4d_none);
WITHOUT(p4d, absent, p4d_bad);
WITHOUT(p4d, absent, p4d_addr_end);

PROBE(p4d, present)
{
	FACT_IS(p4d_t *, p4d_offset((pgd_t *)0, 0UL));
}
