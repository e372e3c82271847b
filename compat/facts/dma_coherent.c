// SPDX-License-Identifier: GPL-2.0-only
/*
 * 4.20 brought dev_is_dma_coherent() in linux/dma-noncoherent.h; 5.10
 * "dma-mapping: split <linux/dma-mapping.h>" moved it.
 * Backports: EL8 (later ones as 5.10), EL9.
 * Before, an architecture speaks for all its devices: one that is not coherent
 * throughout has to define ARCH_DMA_MINALIGN, lest kmalloc() put two buffers into
 * one cache line (Documentation/DMA-API-HOWTO.txt).
 */
#include <linux/dma-mapping.h>
#include <linux/slab.h>
#if HAVE_LINUX_DMA_MAP_OPS_H
#include <linux/dma-map-ops.h>
#elif HAVE_LINUX_DMA_NONCOHERENT_H
#include <linux/dma-noncoherent.h>
#endif

FACT(dma_coherent, "who tells whether a device sees the CPU's caches?");

PROBE(dma_coherent, dma_noncoherent_h)
{
	FACT_TRUE(!HAVE_LINUX_DMA_MAP_OPS_H);
	FACT_SAME(&dev_is_dma_coherent, bool (*)(struct device *));
}

PROBE(dma_coherent, dma_map_ops_h)
{
	FACT_TRUE(HAVE_LINUX_DMA_MAP_OPS_H);
	FACT_SAME(&dev_is_dma_coherent, bool (*)(struct device *));
}

WITHOUT(dma_coherent, nobody, dev_is_dma_coherent);
PROBE(dma_coherent, nobody)
{
	FACT_TRUE(sizeof(ARCH_DMA_MINALIGN));
}

WITHOUT(dma_coherent, all_are, dev_is_dma_coherent);
WITHOUT(dma_coherent, all_are, ARCH_DMA_MINALIGN);
