// SPDX-License-Identifier: GPL-2.0-only
/*
 * 5.7 (f894ddd5ff01) "memremap: add an owner field to struct dev_pagemap".
 * Backports: EL8.4 and later, EL9.
 */
#include <linux/mm.h>
#include <linux/memremap.h>

FACT(pgmap_owner, "does a page map name its owner?");

WITHOUT_MEMBER(pgmap_owner, absent, struct dev_pagemap, owner);

PROBE(pgmap_owner, present)
{
	FACT_SAME(FACT_MEMBER(struct dev_pagemap, owner), void *);
}
