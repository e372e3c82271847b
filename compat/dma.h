/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef HMM_COMPAT_DMA_H
#define HMM_COMPAT_DMA_H

#include <linux/dma-map-ops.h>
#include <linux/dma-mapping.h>
#include <linux/iommu.h>
#include <linux/mm.h>
#include "facts.h"

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
	return dev_is_dma_coherent(device);
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
	return false;	/* before 5.8 nothing tells, so none can be trusted */
#endif
}

#endif
