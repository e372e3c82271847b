// SPDX-License-Identifier: GPL-2.0-only
/* 4.14 dropped mmap_sem with -EBUSY. */
#include <linux/hmm.h>

struct svmm {
	struct hmm_mirror mirror;
	struct mm_struct *mm;
};

static int init(struct svmm *svmm)
{
	return hmm_mirror_register(&svmm->mirror, svmm->mm);
}

static int fault(struct svmm *svmm, struct hmm_range *range, hmm_pfn_t *pfns)
{
	struct vm_area_struct *vma;
	int ret;

again:
	down_read(&svmm->mm->mmap_sem);
	vma = find_vma(svmm->mm, 0);
	ret = hmm_vma_fault(vma, range, 0, 4096, pfns, true, true);
	switch (ret) {
	case 0:
		break;
	case -EBUSY:	/* left: 4.17-range-args */
		goto again;
	default:
		up_read(&svmm->mm->mmap_sem);
		return ret;
	}
	up_read(&svmm->mm->mmap_sem);
	return hmm_vma_range_done(vma, range) ? 0 : -EAGAIN;
}
