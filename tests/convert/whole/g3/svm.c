// SPDX-License-Identifier: GPL-2.0-only
/* A driver for 5.2. */
#include <linux/hmm.h>

struct svmm {
	struct mutex mutex;
	struct mm_struct *mm;
	struct hmm_mirror mirror;
};

static int svmm_sync(struct hmm_mirror *mirror, const struct hmm_update *update)
{
	struct svmm *svmm = container_of(mirror, struct svmm, mirror);

	if (update->event != HMM_UPDATE_INVALIDATE)
		return 0;
	if (update->blockable)
		mutex_lock(&svmm->mutex);
	else if (!mutex_trylock(&svmm->mutex))
		return -EAGAIN;
	svmm_invalidate(svmm, update->start, update->end);
	mutex_unlock(&svmm->mutex);
	return 0;
}

static const struct hmm_mirror_ops svmm_ops = {
	.sync_cpu_device_pagetables = svmm_sync,
};

static int svmm_init(struct svmm *svmm, struct mm_struct *mm)
{
	svmm->mm = mm;
	svmm->mirror.ops = &svmm_ops;
	return hmm_mirror_register(&svmm->mirror, svmm->mm);
}

static long svmm_look(struct svmm *svmm, struct hmm_range *range, unsigned long start,
		      unsigned long end)
{
	struct mm_struct *mm = svmm->mm;
	long npages;
	int ret;

	range->start = start;
	range->end = end;
	ret = hmm_range_register(range, mm,
				 start, /* the first
					 * address */
				 end, /* and the one behind the last */
				 PAGE_SHIFT);
	if (ret)
		return ret;
	hmm_range_wait_until_valid(range, HMM_RANGE_DEFAULT_TIMEOUT);
	down_read(&mm->mmap_sem);
	npages = hmm_range_snapshot(range);
	up_read(&mm->mmap_sem);
	if (npages < 0)
		hmm_range_unregister(range);
	return npages;
}

static long svmm_fault(struct svmm *svmm, struct hmm_range *range, unsigned long start, struct device *dev,
		       dma_addr_t *daddrs)
{
	const int ret = hmm_range_register(range, svmm->mm, start, start + svmm_size(svmm), PAGE_SHIFT);
	long npages = 0;

	if (ret)
		return ret;
	hmm_range_wait_until_valid(range, HMM_RANGE_DEFAULT_TIMEOUT);
	down_read(&svmm->mm->mmap_sem);
	npages = hmm_range_dma_map(range, dev, daddrs, true);
	up_read(&svmm->mm->mmap_sem);
	return npages;
}
