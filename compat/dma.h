/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef HMM_COMPAT_DMA_H
#define HMM_COMPAT_DMA_H

#include <linux/dma-mapping.h>
#include <linux/iommu.h>
#include <linux/mm.h>
#include "facts.h"
#ifdef FACT_DMA_COHERENT_DMA_MAP_OPS_H
#include <linux/dma-map-ops.h>
#elif defined(FACT_DMA_COHERENT_DMA_NONCOHERENT_H)
#include <linux/dma-noncoherent.h>
#endif

/**
 * hmm_dma_is_coherent() - does a device see what the CPU writes, and the other way?
 * @device: device
 *
 * Context: any.
 *
 * Return: true if no cache maintenance is needed.
 */
static inline bool hmm_dma_is_coherent(struct device *device)
{
#if defined(FACT_DMA_COHERENT_ALL_ARE)
	return true;
#elif defined(FACT_DMA_COHERENT_NOBODY)
	/* Some devices of this architecture do not; which, no module can tell. */
	return false;
#else
	return dev_is_dma_coherent(device);
#endif
}

/**
 * hmm_dma_is_direct() - does a bus address lead to the page itself?
 * @device: coherent device
 * @page: page
 * @daddr: what dma_map_page() gave for it
 *
 * A mirror has no point at which to copy, so a device behind a bounce buffer
 * would silently work on old bytes.  Behind
 * an IOMMU the translation itself is asked, since before 6.10
 * dma_need_sync() said yes for every such device.
 *
 * Context: any.
 *
 * Return: true if the device works on the page's own bytes.
 */
static inline bool hmm_dma_is_direct(struct device *device, struct page *page,
				     dma_addr_t daddr)
{
	struct iommu_domain *domain = iommu_get_domain_for_dev(device);

	if (domain)
		return iommu_iova_to_phys(domain, daddr) == page_to_phys(page);
#ifdef FACT_DMA_NEED_SYNC_PRESENT
	return !dma_need_sync(device, daddr);
#else
	/* Before 5.8: a bounce buffer lies elsewhere.  An offset bus is refused with it. */
	return daddr == page_to_phys(page);
#endif
}

/*
 * No syncs, ever: only devices that need none are served, and one page may be
 * mapped by several ranges and mirrors.  Before 4.10 there is no way to say that:
 * there the direction is to the device, of which unmapping copies nothing back, not
 * even from the bounce buffer of a device that is being refused.
 */
static inline dma_addr_t hmm_dma_map(struct device *device, struct page *page,
				     enum dma_data_direction dir)
{
#ifdef FACT_DMA_PAGE_ATTRS_PRESENT
	return dma_map_page_attrs(device, page, 0, PAGE_SIZE, dir, DMA_ATTR_SKIP_CPU_SYNC);
#else
	return dma_map_page(device, page, 0, PAGE_SIZE, DMA_TO_DEVICE);
#endif
}

static inline void hmm_dma_unmap(struct device *device, dma_addr_t daddr,
				 enum dma_data_direction dir)
{
#ifdef FACT_DMA_PAGE_ATTRS_PRESENT
	dma_unmap_page_attrs(device, daddr, PAGE_SIZE, dir, DMA_ATTR_SKIP_CPU_SYNC);
#else
	dma_unmap_page(device, daddr, PAGE_SIZE, DMA_TO_DEVICE);
#endif
}

#endif
