// SPDX-License-Identifier: GPL-2.0-only
/* The calls of 4.14 to 4.16, and entries in the format that HMM had then. */
#include <linux/mm.h>
#include <linux/hmm.h>
#include "drv.h"

struct svmm { struct mm_struct *mm; struct hmm_mirror mirror; };

#define WRITABLE(pfn) ((pfn) & HMM_PFN_WRITE)

static bool usable(hmm_pfn_t pfn)
{
	return (pfn & (HMM_PFN_VALID | HMM_PFN_READ)) && !(pfn & (HMM_PFN_ERROR | HMM_PFN_SPECIAL));
}

static int fault(struct svmm *svmm, unsigned long addr, unsigned long end, bool write)
{
	struct vm_area_struct *vma;
	struct hmm_range range;
	hmm_pfn_t pfns[16];
	int ret;

	down_read(&svmm->mm->mmap_sem);
	vma = find_vma_intersection(svmm->mm, addr, end);
	if (!vma) {
		up_read(&svmm->mm->mmap_sem);
		return -EFAULT;
	}
again:
	ret = hmm_vma_fault(vma, &range, addr, min(end, vma->vm_end), pfns, write, true);
	if (ret == 0) {
		mutex_lock(&svmm->mutex);
		if (!hmm_vma_range_done(vma, &range)) {
			mutex_unlock(&svmm->mutex);
			goto again;
		}
		if (usable(pfns[0]) && WRITABLE(pfns[0]))
			use(hmm_pfn_t_to_page(pfns[0]), pfns[0] >> HMM_PFN_SHIFT);
		mutex_unlock(&svmm->mutex);
	}
	up_read(&svmm->mm->mmap_sem);
	return ret;
}

static int snap(struct svmm *svmm, struct hmm_range *range, unsigned long start, hmm_pfn_t *pfns)
{
	struct vm_area_struct *vma = find_vma(svmm->mm, start);

	if (!vma || hmm_vma_get_pfns(vma, range, start, start + PAGE_SIZE, pfns))
		return -EFAULT;
	mutex_lock(&svmm->mutex);
	hmm_vma_range_done(vma, range);
	map(hmm_pfn_t_to_pfn(*pfns), hmm_pfn_t_from_page(svmm->page), hmm_pfn_t_from_pfn(3));
	mutex_unlock(&svmm->mutex);
	return 0;
}

static bool done(struct svmm *svmm, struct hmm_range *range)
{
	hmm_vma_range_done(svmm->vma, range);
	return hmm_vma_range_done(&svmm->own, range) || hmm_vma_range_done(next_vma(svmm), range);
}

static int param(struct svmm *svmm, struct hmm_range *range, struct vm_area_struct *vma, hmm_pfn_t *pfns)
{
	return hmm_vma_get_pfns(vma, range, 0, PAGE_SIZE, pfns);
}

static int drops(struct svmm *svmm, struct hmm_range *range, hmm_pfn_t *pfns)
{
	struct vm_area_struct *vma = find_vma(svmm->mm, 0);

	if (pfns[0] & HMM_PFN_EMPTY)
		return 0;
	return hmm_vma_fault(vma, range, 0, PAGE_SIZE, pfns, false, false);
}

static int tested(struct svmm *svmm, struct hmm_range *range, hmm_pfn_t *pfns)
{
	struct vm_area_struct *vma = find_vma(svmm->mm, range->start);

	return hmm_vma_fault(vma, range, 0, PAGE_SIZE, pfns, false, true) == -EBUSY;
}
