// SPDX-License-Identifier: GPL-2.0-only
/* 5.2 dropped mmap_sem with -EAGAIN. */
#include <linux/hmm.h>

struct svmm {
	struct hmm_mirror mirror;
	struct mm_struct *mm;
};

static int init(struct svmm *svmm)
{
	return hmm_mirror_register(&svmm->mirror, svmm->mm);
}

static long fault(struct svmm *svmm, struct hmm_range *range)
{
	long ret = hmm_range_register(range, svmm->mm, 0, 4096, PAGE_SHIFT);

	ret = hmm_range_fault(range, true);
	if (ret == -EAGAIN)	/* left: 5.3-mirror */
		return fault(svmm, range);
	if (ret == -EBUSY)
		return -EAGAIN;
	return ret;
}
