// SPDX-License-Identifier: GPL-2.0-only
/* The page shift of a range, and of others. */
struct other { unsigned int page_shift; };
struct job { struct hmm_range range; struct other other; };

static unsigned long pages(struct hmm_range *range, struct job *job, struct other *other)
{
	struct hmm_range local = {
		.start = 0,
		.page_shift = PAGE_SHIFT,
		.end = 1,
	};
	unsigned long addr;

	range->page_shift = PAGE_SHIFT;
	job->range.page_shift = PAGE_SHIFT;
	job->other.page_shift = PAGE_SHIFT;
	other->page_shift = PAGE_SHIFT;
	for (addr = range->start; addr < range->end; addr += hmm_range_page_size(range))
		use((addr - range->start) >> range->page_shift, other->page_shift);
	return (local.end - local.start) >> hmm_range_page_shift(&local);
}
