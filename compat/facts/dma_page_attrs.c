// SPDX-License-Identifier: GPL-2.0-only
/*
 * 4.10 "dma: add calls for dma_map_page_attrs and dma_unmap_page_attrs"; since 4.8
 * attributes are a number.
 * Backports: EL7 has them with the structure of before.
 */
#include <linux/dma-mapping.h>

FACT(dma_page_attrs, "does mapping a page for DMA take attributes?");

PROBE(dma_page_attrs, structure)
{
	FACT_SAME(&dma_map_page_attrs,
		  dma_addr_t (*)(struct device *, struct page *, size_t, size_t,
				 enum dma_data_direction, struct dma_attrs *));
}

PROBE(dma_page_attrs, present)
{
	FACT_SAME(&dma_map_page_attrs,
		  dma_addr_t (*)(struct device *, struct page *, size_t, size_t,
				 enum dma_data_direction, unsigned long));
}

WITHOUT(dma_page_attrs, absent, dma_map_page_attrs);
