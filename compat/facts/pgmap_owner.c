// SPDX-License-Identifier: GPL-2.0-only
/*
 * 5.3 "memremap: move dev_pagemap callbacks into a separate structure": ops. 5.7
 * (f894ddd5ff01) "memremap: add an owner field to struct dev_pagemap".
 * Backports: EL8.2 and later have ops, EL8.4 and later and EL9 the owner.
 */
#include <linux/mm.h>
#if HAVE_LINUX_MEMREMAP_H
#include <linux/memremap.h>
#endif

FACT(pgmap_owner, "does a page map name its owner?");

#if !HAVE_LINUX_MEMREMAP_H
PROBE(pgmap_owner, nothing)
{
}
#else
WITHOUT_MEMBER(pgmap_owner, nothing, struct dev_pagemap, owner);
WITHOUT_MEMBER(pgmap_owner, nothing, struct dev_pagemap, ops);
#endif

WITHOUT_MEMBER(pgmap_owner, ops, struct dev_pagemap, owner);
PROBE(pgmap_owner, ops)
{
	FACT_SAME(FACT_MEMBER(struct dev_pagemap, ops), const struct dev_pagemap_ops *);
}

PROBE(pgmap_owner, present)
{
	FACT_SAME(FACT_MEMBER(struct dev_pagemap, owner), void *);
}
