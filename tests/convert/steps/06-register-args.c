// SPDX-License-Identifier: GPL-2.0-only
/* The bounds become assignments, or stay where they are. */
static int statements(struct hmm_range *range, struct hmm_mirror *mirror, struct job *job,
		      unsigned long start, unsigned long end)
{
	struct hmm_range local;
	int ret;

	hmm_range_register(range, mirror, start,
			   start + job->num_pages * PAGE_SIZE, PAGE_SHIFT);
	ret = hmm_range_register(range, &job->mirror,
				 range->start, range->end,
				 PAGE_SHIFT);
	ret = hmm_range_register(&local, mirror, start, end, PAGE_SHIFT);
	hmm_range_register(&job->range, mirror, job->range.start, end, PAGE_SHIFT);
	if (hmm_range_register(range, mirror, start, end, PAGE_SHIFT))
		return -EINVAL;
	if ((ret = hmm_range_register(range, mirror, start, end, PAGE_SHIFT)) < 0)
		return ret;
	if (unlikely(hmm_range_register(range, mirror, start, end, PAGE_SHIFT) != 0))
		return ret;
	else
		other();
	if (job)
		ret = hmm_range_register(range, mirror, start, end, PAGE_SHIFT);
	else
		hmm_range_register(range, mirror, start, end, PAGE_SHIFT);
	if (job)
		other();
	else if (hmm_range_register(range, mirror, start, end, PAGE_SHIFT))
		other();
	ret = hmm_range_register(range, mirror, start, range->end, PAGE_SHIFT);
	list_for_each_entry(range, &job->ranges, node)
		hmm_range_register(range, mirror, start, end, PAGE_SHIFT);
	while (ret)
		ret = hmm_range_register(range, mirror, start++, end, PAGE_SHIFT);
	switch (ret) {
	case 0:
		ret = hmm_range_register(range, mirror, start, end, PAGE_SHIFT);
		break;
	default:
		return hmm_range_register(range, mirror, start, end, PAGE_SHIFT);
	}
out:
	hmm_range_register(range, mirror, range->start, range->start + 1, PAGE_SHIFT);
	return ret;
}

/* What is evaluated first and always, whatever is around it. */
static int more(struct hmm_range *range, struct hmm_mirror *mirror,
		unsigned long start, unsigned long end)
{
	int ret;

	if (hmm_range_register(range, mirror, start, end, PAGE_SHIFT) || g())
		return 1;
	if (!hmm_range_register(range, mirror, start, end, PAGE_SHIFT) && g())
		return 1;
	if ((ret = hmm_range_register(range, mirror, start, end, PAGE_SHIFT)) < 0 || x)
		return 1;
	if (WARN_ON(hmm_range_register(range, mirror, start, end, PAGE_SHIFT)))
		return 1;
	ret |= hmm_range_register(range, mirror, start, end, PAGE_SHIFT);
	ret = (int)hmm_range_register(range, mirror, start, end, PAGE_SHIFT);
	(void)hmm_range_register(range, mirror, start, end, PAGE_SHIFT);
	switch (x) {
	case 0:
		return !hmm_range_register(range, mirror, start, end, PAGE_SHIFT);
	}
	if (x)
		return hmm_range_register(range, mirror, start, end, PAGE_SHIFT) < 0;
	WARN_ON(hmm_range_register(range, mirror, start, end, PAGE_SHIFT));
	return hmm_range_register(range, mirror, start, end, PAGE_SHIFT) ? -EFAULT : 0;
}

/* None of these can be changed so without changing what they do. */
static int left(struct hmm_range *range, struct hmm_mirror *mirror,
		unsigned long start, unsigned long end)
{
	int ret = hmm_range_register(range, mirror, start, end, PAGE_SHIFT);

	if (range && hmm_range_register(range, mirror, start, end, PAGE_SHIFT))
		return 1;
	if (!range || hmm_range_register(range, mirror, start, end, PAGE_SHIFT))
		return 1;
	ret = range ? hmm_range_register(range, mirror, start, end, PAGE_SHIFT) : 0;
	while (hmm_range_register(range, mirror, start, end, PAGE_SHIFT))
		ret++;
	switch (hmm_range_register(range, mirror, start, end, PAGE_SHIFT)) {
	}
	hmm_range_register(next(range), mirror, start, end, PAGE_SHIFT);
	hmm_range_register(range++, mirror, start, end, PAGE_SHIFT);
	hmm_range_register(range, mirror, start, range->start + end, PAGE_SHIFT);
	hmm_range_register(range, mirror, start, end_of(range), PAGE_SHIFT);
	hmm_range_register(&job.range, mirror, start, end_of(&job.range), PAGE_SHIFT);
	return ret;
}

static int values(struct hmm_range *range, struct hmm_mirror *mirror, unsigned long start, unsigned long end)
{
	int ret = 0;

	ret += -hmm_range_register(range, mirror, start, end, PAGE_SHIFT);
	ret |= hmm_range_register(range, mirror, start, end, PAGE_SHIFT) < 0 ? 1 : 2;
	ret = hmm_range_register(range, mirror, start, end, PAGE_SHIFT) ? ret : 2;
	ret = 3 - hmm_range_register(range, mirror, start, end, PAGE_SHIFT);
	if (!!hmm_range_register(range, mirror, start, end, PAGE_SHIFT))
		return ret;
	if (hmm_range_register(range, mirror, start, end, PAGE_SHIFT) & 1)
		return ret;
	if (0 == hmm_range_register(range, mirror, start, end, PAGE_SHIFT))
		return ret;
	if (0 != (ret = hmm_range_register(range, mirror, start, end, PAGE_SHIFT)))
		return ret;
	return 0;
}
