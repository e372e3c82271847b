// SPDX-License-Identifier: GPL-2.0-only
/* -EAGAIN that cannot come, and that can. */
static int never(struct hmm_range *range, struct mm_struct *mm)
{
	int retry = 0;
	long r;

retry:
	down_read(&mm->mmap_sem);
	r = hmm_range_fault(range, 0);
	if (unlikely(r < 0)) {
		if (likely(r == -EAGAIN)) {
			/* the lock is dropped */
			if (retry++ < 16)
				goto retry;
			else
				pr_err("too many\n");
		}

		goto out_up_read;
	}
	up_read(&mm->mmap_sem);
	return 0;

out_up_read:
	if (likely(r != -EAGAIN))
		up_read(&mm->mmap_sem);
	return r;
}

static int snapshot(struct hmm_range *range)
{
	long ret = hmm_range_fault(range, HMM_FAULT_SNAPSHOT);

	ret = hmm_range_fault(range, HMM_FAULT_SNAPSHOT);
	if (ret == -EBUSY || ret == -EAGAIN)
		return busy();
	if (ret == -EAGAIN)
		return again();
	else
		return ret;
}

static int with_retry(struct hmm_range *range, struct mm_struct *mm)
{
	long r;

	r = hmm_range_fault(range, HMM_FAULT_ALLOW_RETRY);
	if (r != -EAGAIN)
		up_read(&mm->mmap_sem);
	return r;
}

static int unknown_flags(struct hmm_range *range, struct mm_struct *mm, int flags)
{
	long r;

	r = hmm_range_fault(range, flags);
	if (r != -EAGAIN)
		up_read(&mm->mmap_sem);
	return r;
}

static int from_elsewhere(struct hmm_range *range, int early)
{
	long r;

	if (early) {
		r = lock_dropping_call();
		goto out;
	}
	r = hmm_range_fault(range, 0);
	if (r == -EAGAIN)
		never_called();
	r = prepare();
	if (r == -EAGAIN)
		called();
out:
	if (r != -EAGAIN)
		unlock();
	return r;
}
