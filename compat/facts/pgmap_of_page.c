// SPDX-License-Identifier: GPL-2.0-only
/*
 * 4.14 "mm/ZONE_DEVICE: new type of ZONE_DEVICE for unaddressable memory" named it
 * in struct page. 6.15 (82ba975e4c43) "mm: allow compound zone device pages": the
 * page map moved from the page to its folio, page_pgmap() finds it.
 */
#include <linux/mm.h>
#include <linux/mmzone.h>
#if HAVE_LINUX_MEMREMAP_H
#include <linux/memremap.h>
#endif

FACT(pgmap_of_page, "where does a device page keep its page map?");

WITHOUT(pgmap_of_page, absent, page_pgmap);
WITHOUT_MEMBER(pgmap_of_page, absent, struct page, pgmap);

WITHOUT(pgmap_of_page, member, page_pgmap);
PROBE(pgmap_of_page, member)
{
	FACT_SAME(FACT_MEMBER(struct page, pgmap), struct dev_pagemap *);
}

PROBE(pgmap_of_page, page_pgmap)
{
	FACT_IS(struct dev_pagemap *, page_pgmap((const struct page *)0));
}
