// SPDX-License-Identifier: GPL-2.0-only
/* A driver for 5.3, with what may be in the way of conversion. */
#include <linux/hmm.h>

struct svmm {
	struct mutex mutex;
	struct mm_struct *mm;
	struct hmm_mirror mirror;
};

static int svmm_init(struct svmm *svmm)
{
	return hmm_mirror_register(&svmm->mirror, svmm->mm);
}

/* Whoever must not lose the lock says so. */
static long svmm_fault(struct svmm *svmm, struct hmm_range *range, unsigned long start,
		       unsigned long end, bool block)
{
	long ret;

	if (start)
		ret = hmm_range_register(range, &svmm->mirror, start, end, PAGE_SHIFT);
	else
		ret = -EINVAL;
	if (ret)
		return ret;
	if (!hmm_range_wait_until_valid(range, HMM_RANGE_DEFAULT_TIMEOUT))
		return -EBUSY;
	down_read(&svmm->mm->mmap_sem);
	ret = hmm_range_fault(range, block);
	if (ret == -EAGAIN)
		return ret;
	up_read(&svmm->mm->mmap_sem);
	return ret;
}

static long svmm_blocking(struct svmm *svmm, struct hmm_range *range, struct device *dev, dma_addr_t *daddrs)
{
	struct vm_area_struct *vma = NULL;
	long ret;

	ret = hmm_range_fault(range, true);
	if (ret == -EAGAIN)
		goto out;
	hmm_range_dma_unmap(range, vma /* not used */, dev, daddrs, true);
	return hmm_range_page_size(range) * ret;
out:
	return 0;
}
