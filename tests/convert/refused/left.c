// SPDX-License-Identifier: GPL-2.0-only
/* What hmm-convert leaves for a person, each marked with the step it belongs to. */
#include <linux/hmm.h>

struct job {
	struct hmm_range range;
	struct hmm_mirror mirror;
	struct mm_struct *mm;
};

#define REGISTER(r, m, s, e) \
	hmm_range_register(r, m, s, e, PAGE_SHIFT)	/* left: 06-register-args */

static int (*register_range)(struct hmm_range *, struct hmm_mirror *, unsigned long,
			     unsigned long, unsigned int) = hmm_range_register;	/* left: 06-register-args */

static int left(struct hmm_range *range, struct hmm_mirror *mirror, unsigned long start, unsigned long end)
{
	int first = hmm_range_register(range, mirror, start, end, PAGE_SHIFT);	/* left: 06-register-args */
	int ret = first ? 1 : read(range);
	int inside = -hmm_range_register(range, mirror, start, end, PAGE_SHIFT);	/* left: 06-register-args */
	struct job *j = &(struct job){ .n = hmm_range_register(range, mirror, start, end, PAGE_SHIFT) };	/* left: 06-register-args */

	if (range && hmm_range_register(range, mirror, start, end, PAGE_SHIFT))	/* left: 06-register-args */
		return 1;
	if ((range == 0) || hmm_range_register(range, mirror, start, end, PAGE_SHIFT))	/* left: 06-register-args */
		return 1;
	if (ret++ < hmm_range_register(range, mirror, start, end, PAGE_SHIFT))	/* left: 06-register-args */
		return 1;
	ret = range ? hmm_range_register(range, mirror, start, end, PAGE_SHIFT) : 0;	/* left: 06-register-args */
	/* Which mirror it is would be decided by the new start. */
	hmm_range_register(range, range->start > 9 ? mirror : &j->mirror, start, end, PAGE_SHIFT);	/* left: 06-register-args */
	hmm_range_register(range, mirror_of(range), start, end, PAGE_SHIFT);	/* left: 06-register-args */
	ret = hmm_range_register(range, mirror, start, end, PAGE_SHIFT) + next(range);	/* left: 06-register-args */
	while (hmm_range_register(range, mirror, start, end, PAGE_SHIFT))	/* left: 06-register-args */
		ret++;
	do {
		ret++;
	} while (hmm_range_register(range, mirror, start, end, PAGE_SHIFT));	/* left: 06-register-args */
	for (ret = 0; hmm_range_register(range, mirror, start, end, PAGE_SHIFT); ret++)	/* left: 06-register-args */
		next(range);
	for (; ret; hmm_range_register(range, mirror, start, end, PAGE_SHIFT))	/* left: 06-register-args */
		next(range);
	switch (hmm_range_register(range, mirror, start, end, PAGE_SHIFT)) {	/* left: 06-register-args */
	}
	use(ret, hmm_range_register(range, mirror, start, end, PAGE_SHIFT));	/* left: 06-register-args */
	ret = 0, hmm_range_register(range, mirror, start, end, PAGE_SHIFT);	/* left: 06-register-args */
	ret = ({ hmm_range_register(range, mirror, start, end, PAGE_SHIFT); });	/* left: 06-register-args */
	hmm_range_register(next(range), mirror, start, end, PAGE_SHIFT);	/* left: 06-register-args */
	hmm_range_register(range, mirror, start, range->start + end, PAGE_SHIFT);	/* left: 06-register-args */
	hmm_range_register(&j->range, mirror, start, range->start + end, PAGE_SHIFT);	/* left: 06-register-args */
	hmm_range_register(range, mirror, start_of(j), end_of(j), PAGE_SHIFT);	/* left: 06-register-args */
	/* C does not say which ret, and which j, is meant. */
	hmm_range_register(range, mirror, ret ? start : end, (ret += 2, end), PAGE_SHIFT);	/* left: 06-register-args */
	hmm_range_register(&j->range, &(++j)->mirror, start, end, PAGE_SHIFT);	/* left: 06-register-args */
	do
		hmm_range_register(range, mirror, start, end, PAGE_SHIFT);	/* left: 06-register-args */
	while (ret);
	hmm_range_dma_unmap(range, next_vma(), dev, daddrs, true);	/* left: 05-dma-unmap-vma */
	down_read_nested(&mirror->mm->mmap_sem, 1);	/* left: 17-mmap-lock */
	list_add(&range->list, &all);	/* left: 02-range-list */
	return range->hmm->mm == current->mm;	/* left: 03-range-hmm */
}

static int sync(struct hmm_mirror *mirror, const struct hmm_update *update)
{
	struct hmm_update own = *update;	/* left: 16-hmm-update */

	if (update->event != 1)	/* left: 16-hmm-update */
		return 0;
	return drop(&own);
}

/* Coccinelle cannot parse this one. */
static int unparsed(struct job *job)
{
	IF_TRACING(job) trace(job); else return 0;
	hmm_range_register(&job->range, &job->mirror, 0, 4096, PAGE_SHIFT);	/* left: 06-register-args */
	return hmm_range_page_size(&job->range);	/* left: 07-page-shift */
}

/* The symbol says nothing of a version, but one branch is for another kernel. */
static int forms(struct hmm_range *range, struct hmm_mirror *mirror)
{
#ifdef HAVE_HMM_RANGE_REGISTER_2ARGS
	return hmm_range_register(range, mirror);
#else
	return hmm_range_register(range, mirror, 0, 4096, PAGE_SHIFT);	/* left: 06-register-args */
#endif
}

static int through_pointers(struct hmm_range *r, struct hmm_mirror *m, int (*judge)(int),
			    unsigned long (*to)(struct hmm_range *), unsigned long at)
{
	int ret;

	ret = (*judge)(hmm_range_register(r, m, at, at, PAGE_SHIFT));	/* left: 06-register-args */
	if ((*judge)(hmm_range_register(r, m, at, at, PAGE_SHIFT)))	/* left: 06-register-args */
		return ret;
	return hmm_range_register(r, m, (*to)(r), (*to)(r), PAGE_SHIFT); /* left: 06-register-args */
}
