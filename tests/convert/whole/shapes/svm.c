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

struct svmm_window {
	struct list_head list;
	int page_shift;
};

static long kept;

static int directives(struct svmm *svmm, struct svmm_window *range, unsigned long start, unsigned long end)
{
	int first __maybe_unused = hmm_range_register(&svmm->range, &svmm->mirror, start, end, PAGE_SHIFT);
#ifdef CONFIG_SVMM_DEBUG
	int tries = 0;
#endif

	/* Not HMM's. */
	range->page_shift = 21;
	INIT_LIST_HEAD(&range->list);
#ifdef CONFIG_SVMM_DEBUG
	pr_info("%d\n", tries);
#endif
	first = hmm_range_register(&svmm->range, &svmm->mirror, start, end, PAGE_SHIFT);
#ifdef CONFIG_SVMM_DEBUG
	if (first)
		return first;
#else
	if (hmm_range_register(&svmm->range, &svmm->mirror, start, end, PAGE_SHIFT))
		return 1;
#endif
	/* Others may set it. */
	kept = hmm_range_fault(&svmm->range, 0);
	schedule();
	return kept == -EAGAIN;
}

static int cases(struct svmm *svmm, void *opaque, unsigned long start, unsigned long end)
{
	int ret = 0;

	switch (svmm->n) {
	case 0:
		ret = hmm_range_register((struct hmm_range *)opaque, &svmm->mirror, start,
					 end, PAGE_SHIFT);
		fallthrough;
	case 1:
		break;
	default:
		ret = hmm_range_register((struct hmm_range *)opaque, &svmm->mirror, start, end, PAGE_SHIFT);
	}
	return ret;
}
