// SPDX-License-Identifier: GPL-2.0-only
/*
 * In place of theirs.c where the kernel has no hmm_range_fault() of that form: before
 * 5.9, or without CONFIG_HMM_MIRROR.  Whoever asks for its answer is told so.
 */
#include <linux/errno.h>
#include <linux/kernel.h>
#include "oracle.h"

struct theirs {
	char nothing;
};

struct theirs *theirs_new(void)
{
	static struct theirs nobody;

	return &nobody;
}

void theirs_free(struct theirs *theirs)
{
}

void theirs_unwatch(struct theirs *theirs)
{
}

int theirs_watch(struct theirs *theirs, struct mm_struct *mm, unsigned long start,
		 unsigned long npages)
{
	return -EOPNOTSUPP;
}

void theirs_begin(struct theirs *theirs)
{
}

int theirs_fault(struct theirs *theirs, unsigned int want, const u8 *wants,
		 unsigned long *pfns)
{
	return -EOPNOTSUPP;
}

/* Nothing is known that was not true any more. */
bool theirs_valid(struct theirs *theirs)
{
	return true;
}

u64 theirs_common(unsigned long pfn)
{
	return 0;
}
