// SPDX-License-Identifier: GPL-2.0-only
/* The same, with a macro that calls a function of another name. */
#include <linux/hmm.h>

#define mmap_read_lock(mm) job_lock(mm)

static inline void job_lock(struct mm_struct *mm)
{
	down_read(&mm->mmap_sem);	/* left: 17-mmap-lock */
}

static int fault(struct hmm_range *range, struct hmm_mirror *mirror, struct mm_struct *mm)
{
	mmap_read_lock(mm);
	return hmm_range_register(range, mirror);
}
