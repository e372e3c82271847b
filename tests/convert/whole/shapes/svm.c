// SPDX-License-Identifier: GPL-2.0-only
/* Shapes that no semantic patch sees as they are. */
#include "svm.h"

static int parentheses(struct svmm *svmm, struct hmm_range *range, void *opaque, unsigned long start, unsigned long end)
{
	int ret;

	(void)(hmm_range_register(range, &svmm->mirror, start, end, PAGE_SHIFT));
	(hmm_range_register((range), &svmm->mirror, start, end, PAGE_SHIFT));
	if (((ret = (hmm_range_register(range, &svmm->mirror, start, end, PAGE_SHIFT)))))
		return ret;
	if (start)
		(hmm_range_register((struct hmm_range *)opaque, &svmm->mirror, start, end, PAGE_SHIFT));
	return (hmm_range_register(&(*svmm).range, &svmm->mirror,
				   /* where */
				   start, end, PAGE_SHIFT));
}

static int behind(struct svmm *svmm, unsigned long start, unsigned long end)
{
	int tries = 0;

again:
	if (hmm_range_register(svmm->current_range, &svmm->mirror, start, end, PAGE_SHIFT) && tries++ < 3)
		goto again;
#ifdef CONFIG_SVMM_TWICE
	hmm_range_register(svmm->current_range, &svmm->mirror, start, end, PAGE_SHIFT);
#endif
	return tries;
}
