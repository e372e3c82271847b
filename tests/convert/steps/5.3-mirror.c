// SPDX-License-Identifier: GPL-2.0-only
/* The mm is the one of an object with a mirror, or not for certain. */
static int a(struct svmm *svmm)
{
	return hmm_range_register(&svmm->range, svmm->mm, 0, 4096, PAGE_SHIFT);
}

static int b(struct svmm *svmm)
{
	struct mm_struct *mm = svmm->mm;
	int ret;

	down_read(&mm->mmap_sem);
	ret = hmm_range_register(&svmm->range, mm, 0, 4096, PAGE_SHIFT);
	return ret;
}

static int c(struct svmm *svmm, int x)
{
	struct mm_struct *mm;
	int ret;

	mm = svmm->mm;
	if (x)
		mm = current->mm;
	ret = hmm_range_register(&svmm->range, mm, 0, 4096, PAGE_SHIFT);
	return ret;
}

static int d(struct svmm *svmm, struct mm_struct *mm, int x)
{
	int ret;

	if (x)
		mm = svmm->mm;
	ret = hmm_range_register(&svmm->range, mm, 0, 4096, PAGE_SHIFT);
	return ret;
}

static int e(struct svmm *svmm, struct mm_struct *mm, int x)
{
	int ret;

	mm = svmm->mm;
	svmm = svmm->next;
	if (!hmm_range_register(&svmm->range, mm, 0, 4096, PAGE_SHIFT))
		return 1;
	return ret;
}

static int g(struct svmm *svmm, struct mm_struct *m, int x)
{
	while (x--) {
		struct mm_struct *mm;
		svmm = get(x);
		mm = svmm->mm;
		if (!hmm_range_register(&svmm->range, mm, 0, 4096, PAGE_SHIFT))
			return 1;
	}
	return ret;
}
