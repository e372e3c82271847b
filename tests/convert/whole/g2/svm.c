// SPDX-License-Identifier: GPL-2.0-only
/* A driver for 4.17 to 4.19. */
#include <linux/hmm.h>

struct svmm {
	struct mutex mutex;
	struct mm_struct *mm;
	struct hmm_mirror mirror;
};

static void svmm_sync(struct hmm_mirror *mirror, enum hmm_update_type type,
		      unsigned long start, unsigned long end)
{
	struct svmm *svmm = container_of(mirror, struct svmm, mirror);

	mutex_lock(&svmm->mutex);
	svmm_invalidate(svmm, start, end);
	mutex_unlock(&svmm->mutex);
}

static const struct hmm_mirror_ops svmm_ops = {
	.sync_cpu_device_pagetables = svmm_sync,
};

static int svmm_init(struct svmm *svmm)
{
	int ret;

	svmm->mm = current->mm;
	svmm->mirror.ops = &svmm_ops;
	down_write(&svmm->mm->mmap_sem);
	ret = hmm_mirror_register(&svmm->mirror, svmm->mm);
	up_write(&svmm->mm->mmap_sem);
	return ret;
}

static int svmm_fault(struct svmm *svmm, u64 addr, uint64_t *pfns)
{
	struct vm_area_struct *vma;
	struct hmm_range range;
	int ret;

	down_read(&svmm->mm->mmap_sem);
	vma = find_vma_intersection(svmm->mm, addr, addr + PAGE_SIZE);
	if (!vma) {
		up_read(&svmm->mm->mmap_sem);
		return -EFAULT;
	}
	range.vma = vma;
	range.start = addr;
	range.end = addr + PAGE_SIZE;
	range.pfns = pfns;
	range.flags = svmm_flags;
	range.values = svmm_values;
	range.pfn_shift = 12;
again:
	ret = hmm_vma_fault(&range, true);
	if (ret == 0) {
		mutex_lock(&svmm->mutex);
		if (!hmm_vma_range_done(&range)) {
			mutex_unlock(&svmm->mutex);
			goto again;
		}
		svmm_map(svmm, hmm_pfn_to_page(&range, pfns[0]));
		mutex_unlock(&svmm->mutex);
	}
	up_read(&svmm->mm->mmap_sem);
	return ret;
}

/* The mm in a variable, and entries without a look at what hmm_vma_range_done() says. */
static int svmm_peek(struct svmm *svmm, struct hmm_range *range)
{
	struct mm_struct *mm = svmm->mm;
	struct vm_area_struct *vma;
	int ret = -EFAULT;

	down_read(&mm->mmap_sem);
	vma = find_vma(mm, range->start);
	if (vma) {
		range->vma = vma;
		ret = hmm_vma_get_pfns(range);
	}
	if (ret == 0) {
		mutex_lock(&svmm->mutex);
		hmm_vma_range_done(range);
		svmm_map(svmm, hmm_pfn_to_page(range, range->pfns[0]));
		mutex_unlock(&svmm->mutex);
	}
	up_read(&mm->mmap_sem);
	return ret;
}
