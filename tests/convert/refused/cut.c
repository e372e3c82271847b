// SPDX-License-Identifier: GPL-2.0-only
/* Statements that a directive cuts, and ranges and variables whose types do not fit. */
#include <linux/hmm.h>

struct job {
	struct hmm_range range;
	struct list_head all;
};

#define JOB_END (range->start + 0x10000)
#define REGISTER(r, m, s, e) do {				\
	if (hmm_range_register(r, m, s, e, PAGE_SHIFT))		/* left: 06-register-args */ \
		pr_err("register\n");				\
} while (0)
#define SETUP(r) do {						\
	INIT_LIST_HEAD(&(r)->list);				/* left: 02-range-list */ \
	(r)->page_shift = PAGE_SHIFT;				/* left: 07-page-shift */ \
} while (0)

#define REGISTER_ALL(r, ...) hmm_range_register(r, ##__VA_ARGS__)	/* left: 06-register-args */
#define THE_REST mirror, start, end, PAGE_SHIFT

static int cut(struct job *job, struct hmm_range *range, struct hmm_mirror *mirror, unsigned long start, unsigned long end, int n)
{
	void *opaque = range;
	int ret;

	SETUP(range);
#ifdef CONFIG_JOB
	if (n)
#endif
		ret = hmm_range_register(range, mirror, start, end, PAGE_SHIFT);	/* left: 06-register-args */
	if (n)
		return 1;
#ifdef CONFIG_JOB
	else
#endif
	if (hmm_range_register(range, mirror, start, end, PAGE_SHIFT))	/* left: 06-register-args */
		return 2;
	ret =
#ifdef CONFIG_JOB
		hmm_range_register(range, mirror, start, end, PAGE_SHIFT);	/* left: 06-register-args */
#else
		0;
#endif
	ret = hmm_range_register(range, mirror, start, end, PAGE_SHIFT)	/* left: 06-register-args */
#ifdef CONFIG_JOB
		+ 1
#endif
		;
	ret = hmm_range_register(range, mirror, start, end	/* left: 06-register-args */
#ifdef CONFIG_JOB
				 , PAGE_SHIFT
#endif
				 );
	ret = hmm_range_register(opaque, mirror, start, end, PAGE_SHIFT);	/* left: 06-register-args */
	ret = hmm_range_register(range, mirror, start, JOB_END, PAGE_SHIFT);	/* left: 06-register-args */
	ret = hmm_range_register(range, THE_REST);	/* left: 06-register-args */
	range->pfn_shift = range->page_shift = PAGE_SHIFT;	/* left: 07-page-shift */
	range->page_shift = PAGE_SHIFT, ret = 0;	/* left: 07-page-shift */
	set(&range->page_shift);	/* left: 07-page-shift */
	list_for_each_entry(range, &job->all, list)	/* left: 02-range-list */
		ret++;
	range = container_of(job->all.next, struct hmm_range, list);	/* left: 02-range-list */
	return ret;
}

static void declarations(struct hmm_range *range, struct hmm_mirror *mirror, unsigned long start, unsigned long end)
{
	__auto_type ret = hmm_range_register(range, mirror, start, end, PAGE_SHIFT);	/* left: 06-register-args */
	struct hmm_range two[2] = {
		{ .pfn_shift = 1, .page_shift = PAGE_SHIFT },	/* left: 07-page-shift */
	};

	two[0] = (typeof(two[0])){ .page_shift = PAGE_SHIFT };	/* left: 07-page-shift */
	struct hmm_range three = {
		.vma = NULL,	/* left: 5.2-range-fault */
		.list = LIST_HEAD_INIT(three.list),	/* left: 02-range-list */
	};

	use(ret, two, offsetof(struct hmm_range, page_shift));	/* left: 07-page-shift */
}
