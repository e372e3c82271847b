// SPDX-License-Identifier: GPL-2.0-only
/* The mm of a range: the one its mirror was registered with. */
struct svmm { struct mm_struct *mm; struct hmm_mirror mirror; };

static int fault(struct hmm_mirror *mirror, struct hmm_range *range)
{
	long ret;

	ret = hmm_range_register(range, mirror, range->start, range->end, PAGE_SHIFT);
	if (ret) {
		up_read(&range->hmm->mm->mmap_sem);
		return ret;
	}
	if (!hmm_range_wait_until_valid(range, HMM_RANGE_DEFAULT_TIMEOUT)) {
		up_read(&mirror->hmm->mm->mmap_sem);
		return -EBUSY;
	}
	return 0;
}

static int caller(struct svmm *svmm, struct hmm_range *range)
{
	return fault(&svmm->mirror, range);
}

static int direct(struct svmm *s, struct hmm_range *range)
{
	int ret = 0;

	ret = hmm_range_register(range, &s->mirror, range->start, range->end, PAGE_SHIFT);
	if (ret)
		return ret;
	down_read(&range->hmm->mm->mmap_sem);
	return 0;
}

/* Two callers, one of them without an owner to pass: not converted. */
static int other(struct hmm_mirror *mirror, struct hmm_range *range)
{
	int ret;

	ret = hmm_range_register(range, mirror, range->start, range->end, PAGE_SHIFT);
	up_read(&range->hmm->mm->mmap_sem);
	return ret;
}

static int one(struct svmm *svmm, struct hmm_range *range)
{
	return other(&svmm->mirror, range);
}

static int two(struct hmm_mirror *mirror, struct hmm_range *range)
{
	return other(mirror, range);
}

/* The name that the argument would get is taken: not converted. */
static int taken(struct hmm_mirror *mirror, struct hmm_range *range)
{
	struct other *svmm = get();
	int ret;

	ret = hmm_range_register(range, mirror, range->start, range->end, PAGE_SHIFT);
	up_read(&range->hmm->mm->mmap_sem);
	return svmm->x;
}

static int three(struct svmm *svmm, struct hmm_range *range)
{
	return taken(&svmm->mirror, range);
}

/* Another caller could be in another file: not converted. */
int global(struct hmm_mirror *mirror, struct hmm_range *range)
{
	int ret;

	ret = hmm_range_register(range, mirror, range->start, range->end, PAGE_SHIFT);
	up_read(&range->hmm->mm->mmap_sem);
	return ret;
}

static int four(struct svmm *svmm, struct hmm_range *range)
{
	return global(&svmm->mirror, range);
}

/* Its address is taken: not converted. */
static int pointed(struct hmm_mirror *mirror, struct hmm_range *range)
{
	int ret;

	ret = hmm_range_register(range, mirror, range->start, range->end, PAGE_SHIFT);
	up_read(&range->hmm->mm->mmap_sem);
	return ret;
}

static int (*pointer)(struct hmm_mirror *mirror, struct hmm_range *range) = pointed;

static int five(struct svmm *svmm, struct hmm_range *range)
{
	return pointed(&svmm->mirror, range);
}

/* Declared before, called twice. */
static int declared(struct hmm_range *range, struct hmm_mirror *mirror);

static int six(struct svmm *svmm, struct hmm_range *range)
{
	if (declared(range, &svmm->mirror))
		return 1;
	return declared(range + 1, &svmm->mirror);
}

static int declared(struct hmm_range *range, struct hmm_mirror *mirror)
{
	int ret;

	ret = hmm_range_register(range, mirror, range->start, range->end, PAGE_SHIFT);
	up_read(&range->hmm->mm->mmap_sem);
	return ret;
}

/* The range is another one by then: not converted. */
static int changed(struct svmm *svmm, struct hmm_range *range, struct hmm_range *other)
{
	int ret;

	ret = hmm_range_register(range, &svmm->mirror, range->start, range->end, PAGE_SHIFT);
	range = other;
	up_read(&range->hmm->mm->mmap_sem);
	return ret;
}
