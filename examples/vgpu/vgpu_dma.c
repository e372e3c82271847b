// SPDX-License-Identifier: GPL-2.0-only
/*
 * vgpu: DMA.  A window is mapped for the device, reported and unmapped.
 */
#include <linux/dma-mapping.h>
#include <linux/hmm.h>
#include <linux/mm.h>
#include <linux/uaccess.h>
#include <linux/vmalloc.h>

#include "vgpu.h"

static void vgpu_dma_window(struct vgpu_ctx *ctx, struct vgpu_dma *args,
			    u64 *pfns, dma_addr_t *daddrs, u64 *report,
			    unsigned long npages)
{
	struct device *dev = vgpu_dma_device();
	struct mm_struct *mm = ctx->mm;
	struct vm_area_struct *vma;
	struct hmm_range range;
	unsigned long i;
	bool dirty;
	int ret;

	vgpu_range_init(&range);
	range.pfns = pfns;
	range.default_flags = range.flags[HMM_PFN_VALID];
	if (args->flags & VGPU_WRITE)
		range.default_flags |= range.flags[HMM_PFN_WRITE];
	range.pfn_flags_mask = 0;

	ret = hmm_range_register(&range, &ctx->mirror, args->start, args->end,
				 PAGE_SHIFT);
	if (ret) {
		args->mapped = ret;
		return;
	}

	/* Whether it timed out shows in what follows. */
	hmm_range_wait_until_valid(&range, HMM_RANGE_DEFAULT_TIMEOUT);

	down_read(&mm->mmap_sem);
	vma = find_vma(mm, range.start);
	if (!vma || vma->vm_start > range.start) {
		args->mapped = -EFAULT;
		goto out;
	}

	args->mapped = hmm_range_dma_map(&range, dev, daddrs, 0);
	if (args->mapped < 0)
		goto out;

	for (i = 0; i < npages; i++)
		report[i] = daddrs[i];

	/* Pages may be touched only while the range is valid. */
	mutex_lock(&ctx->lock);
	dirty = args->dirty && hmm_range_valid(&range);
	args->unmapped = hmm_range_dma_unmap(&range, vma, dev, daddrs, dirty);
	mutex_unlock(&ctx->lock);

out:
	up_read(&mm->mmap_sem);
	hmm_range_unregister(&range);
}

int vgpu_dma(struct vgpu_ctx *ctx, struct vgpu_dma *args)
{
	unsigned long npages = 0;
	u64 *pfns, *report;
	dma_addr_t *daddrs;
	int ret = 0;

	args->mapped = 0;
	args->unmapped = 0;
	if (args->flags & ~VGPU_WRITE)
		return -EINVAL;

	if (args->start < args->end &&
	    !offset_in_page(args->start) && !offset_in_page(args->end))
		npages = (args->end - args->start) >> PAGE_SHIFT;
	if (npages > VGPU_MAX_PAGES)
		return -E2BIG;

	pfns = vzalloc(max(npages, 1UL) * sizeof(*pfns));
	daddrs = vzalloc(max(npages, 1UL) * sizeof(*daddrs));
	report = vzalloc(max(npages, 1UL) * sizeof(*report));
	if (!pfns || !daddrs || !report) {
		ret = -ENOMEM;
		goto out;
	}

	if (mmget_not_zero(ctx->mm)) {
		vgpu_dma_window(ctx, args, pfns, daddrs, report, npages);
		mmput(ctx->mm);
	} else {
		args->mapped = -EFAULT;
	}

	if (args->mapped >= 0 &&
	    copy_to_user(u64_to_user_ptr(args->daddrs), report,
			 npages * sizeof(*report)))
		ret = -EFAULT;

out:
	vfree(report);
	vfree(daddrs);
	vfree(pfns);
	return ret;
}
