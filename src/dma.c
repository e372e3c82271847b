// SPDX-License-Identifier: GPL-2.0-only
/*
 * DMA addresses for the pages of a range.
 */
#include <linux/dma-mapping.h>
#include <linux/err.h>
#include <linux/export.h>
#include <linux/string.h>
#include "core.h"

/* The page of an entry if a device can do DMA with it, else NULL. */
static struct page *hmm_dma_page(const struct hmm_range *range, uint64_t entry)
{
	struct page *page;

	if (entry & range->flags[HMM_PFN_DEVICE_PRIVATE])
		return NULL;
	page = hmm_device_entry_to_page(range, entry);
	/* For a driver whose format has no flag for its private memory. */
	if (page && !range->flags[HMM_PFN_DEVICE_PRIVATE] && hmm_page_is_private(page))
		return NULL;
	return page;
}

static enum dma_data_direction hmm_dma_dir(const struct hmm_range *range, uint64_t entry)
{
	return entry & range->flags[HMM_PFN_WRITE] ? DMA_BIDIRECTIONAL : DMA_TO_DEVICE;
}

static void hmm_dma_unmap_page(struct hmm_range *range, struct device *device,
			       uint64_t entry, dma_addr_t *daddr)
{
	hmm_dma_unmap(device, *daddr, hmm_dma_dir(range, entry));
	*daddr = 0;
}

static int hmm_dma_map_page(struct hmm_range *range, struct device *device,
			    struct page *page, uint64_t entry, dma_addr_t *daddr)
{
	*daddr = hmm_dma_map(device, page, hmm_dma_dir(range, entry));
	if (dma_mapping_error(device, *daddr)) {
		*daddr = 0;
		return -EIO;
	}
	if (!hmm_dma_is_direct(device, page, *daddr)) {
		hmm_dma_unmap_page(range, device, entry, daddr);
		return -EOPNOTSUPP;
	}
	return 0;
}

long hmm_backport_range_dma_map(struct hmm_range *range, struct device *device,
				dma_addr_t *daddrs, unsigned int flags)
{
	unsigned long i, npages;
	long ret, mapped = 0;

	/* Whatever happens, an address that is not 0 is mapped. */
	if (!IS_ERR_OR_NULL(range->client))
		memset(daddrs, 0, (((range->last - range->first) >> PAGE_SHIFT) + 1) *
		       sizeof(*daddrs));
	if (!hmm_dma_is_coherent(device))
		return -EOPNOTSUPP;

	ret = hmm_backport_range_fault(range, flags);
	if (ret < 0)
		return ret;

	npages = ret;
	for (i = 0; i < npages; i++) {
		uint64_t entry = range->pfns[i];
		struct page *page;

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
		if (daddrs[i])
			hmm_dma_unmap_page(range, device, range->pfns[i], &daddrs[i]);
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

		if (!daddrs[i])
			continue;
		/* Not set_page_dirty_lock(): the caller's lock or validity keeps the page. */
		if (dirty && entry & range->flags[HMM_PFN_WRITE])
			set_page_dirty(hmm_device_entry_to_page(range, entry));
		hmm_dma_unmap_page(range, device, entry, &daddrs[i]);
		range->pfns[i] = range->values[HMM_PFN_NONE];
		unmapped++;
	}
	return unmapped;
}
EXPORT_SYMBOL_GPL(hmm_backport_range_dma_unmap);
