// SPDX-License-Identifier: GPL-2.0-only
/* What the callback is told. */
struct hmm_update;

int sync(struct hmm_mirror *mirror, const struct hmm_update *update);

int sync(struct hmm_mirror *mirror,
	 const struct hmm_update *update)
{
	const struct hmm_update *again = update;
	unsigned long start = update->start;
	bool blockable = update->blockable;

	/* notification is exclusive, but interval is inclusive */
	if (lock(mirror, update->blockable))
		return -EAGAIN;
	if (!again->blockable && !blockable)
		return -EAGAIN;
	drop(mirror, start, update->end - 1);
	return 0;
}

static bool may_block(const struct hmm_update *update)
{
	return (*update).blockable;
}
