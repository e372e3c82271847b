// SPDX-License-Identifier: GPL-2.0-only
/*
 * DMA addresses for the pages of a range.
 */
#include <linux/dma-mapping.h>
#include <linux/export.h>
#include <linux/memremap.h>
#include "core.h"

/* The page of an entry if a device can do DMA with it, else NULL. */
static struct page *hmm_dma_page(const struct hmm_range *range, uint64_t entry)
{
	struct page *page;

	if (entry & range->flags[HMM_PFN_DEVICE_PRIVATE])
		return NULL;
	page = hmm_device_entry_to_page(range, entry);
	/* For a driver whose format has no flag for its private memory. */
	if (page && !range->flags[HMM_PFN_DEVICE_PRIVATE] && is_device_private_page(page))
		return NULL;
	return page;
}

static enum dma_data_direction hmm_dma_dir(const struct hmm_range *range, uint64_t entry)
{
	return entry & range->flags[HMM_PFN_WRITE] ? DMA_BIDIRECTIONAL : DMA_TO_DEVICE;
}

static int hmm_dma_map_page(struct hmm_range *range, struct device *device,
			    struct page *page, uint64_t entry, dma_addr_t *daddr)
{
	enum dma_data_direction dir = hmm_dma_dir(range, entry);

	*daddr = dma_map_page(device, page, 0, PAGE_SIZE, dir);
	if (dma_mapping_error(device, *daddr)) {
		*daddr = 0;
		return -EIO;
	}
	if (!hmm_dma_is_direct(device, page, *daddr)) {
		/* A bounce buffer's copy must not come back over newer bytes. */
		dma_unmap_page_attrs(device, *daddr, PAGE_SIZE, dir, DMA_ATTR_SKIP_CPU_SYNC);
		*daddr = 0;
		return -EOPNOTSUPP;
	}
	return 0;
}

long hmm_backport_range_dma_map(struct hmm_range *range, struct device *device,
				dma_addr_t *daddrs, unsigned int flags)
{
	unsigned long i, npages;
	long ret, mapped = 0;

	ret = hmm_backport_range_fault(range, flags);
	if (ret < 0)
		return ret;

	npages = ret;
	for (i = 0; i < npages; i++) {
		uint64_t entry = range->pfns[i];
		struct page *page;

		daddrs[i] = 0;
		/* Asked before each page: one that has gone is not looked at. */
		if (!hmm_range_valid(range)) {
			ret = -EBUSY;
			goto unmap;
		}
		page = hmm_dma_page(range, entry);
		if (!page)
			continue;
		ret = hmm_dma_map_page(range, device, page, entry, &daddrs[i]);
		if (ret)
			goto unmap;
		mapped++;
	}
	return mapped;

unmap:
	while (i--)
		if (hmm_dma_page(range, range->pfns[i])) {
			dma_unmap_page(device, daddrs[i], PAGE_SIZE,
				       hmm_dma_dir(range, range->pfns[i]));
			daddrs[i] = 0;
		}
	return ret;
}
EXPORT_SYMBOL_GPL(hmm_backport_range_dma_map);

long hmm_backport_range_dma_unmap(struct hmm_range *range, struct device *device,
				  dma_addr_t *daddrs, bool dirty)
{
	unsigned long i, npages = (range->end - range->start) >> PAGE_SHIFT;
	long unmapped = 0;

	for (i = 0; i < npages; i++) {
		uint64_t entry = range->pfns[i];
		struct page *page = hmm_dma_page(range, entry);

		if (!page)
			continue;
		/* Not set_page_dirty_lock(): the caller's lock or validity keeps the page. */
		if (dirty && entry & range->flags[HMM_PFN_WRITE])
			set_page_dirty(page);
		dma_unmap_page(device, daddrs[i], PAGE_SIZE, hmm_dma_dir(range, entry));
		daddrs[i] = 0;
		range->pfns[i] = range->values[HMM_PFN_NONE];
		unmapped++;
	}
	return unmapped;
}
EXPORT_SYMBOL_GPL(hmm_backport_range_dma_unmap);
