// SPDX-License-Identifier: GPL-2.0-only
/* The list of a range, and lists of others. */
struct inner { struct hmm_range range; struct list_head list; };
struct job { struct hmm_range *range; struct inner inner; struct list_head list; };

static void init(struct hmm_range *range, struct job *job, struct hmm_mirror *mirror)
{
	struct hmm_range local;

	if (range) {
		range->pfn_shift = PAGE_SHIFT;
		INIT_LIST_HEAD(&range->list);
	}
	if (range)
		INIT_LIST_HEAD(&range->list);
	range = &job->inner.range;
	INIT_LIST_HEAD(&local.list);
	range = job->range;
	INIT_LIST_HEAD(&job->range->list);
	range = &local;
	INIT_LIST_HEAD(&job->inner.range.list);
	INIT_LIST_HEAD(&job->inner.list);
	INIT_LIST_HEAD(&job->list);
	INIT_LIST_HEAD(&mirror->list);
}
