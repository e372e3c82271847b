// SPDX-License-Identifier: GPL-2.0-only
/*
 * 5.8 "dma-mapping: add a new dma_need_sync API".
 * Backports: EL9.
 */
#include <linux/dma-mapping.h>

FACT(dma_need_sync, "is there dma_need_sync()?");

PROBE(dma_need_sync, present)
{
	FACT_SAME(&dma_need_sync, bool (*)(struct device *, dma_addr_t));
}

WITHOUT(dma_need_sync, absent, dma_need_sync);
