// SPDX-License-Identifier: GPL-2.0-only
/* A driver that has the mmap lock's helpers of its own: they must not call themselves. */
#include <linux/hmm.h>

static inline void mmap_read_lock(struct mm_struct *mm)
{
	down_read(&mm->mmap_sem);	/* left: 17-mmap-lock */
}

#define mmap_read_unlock(mm) \
	up_read(&(mm)->mmap_sem)	/* left: 17-mmap-lock */

static int fault(struct hmm_range *range, struct hmm_mirror *mirror, struct mm_struct *mm)
{
	int ret = hmm_range_register(range, mirror);

	mmap_read_lock(mm);
	down_write(&mm->mmap_sem);
	up_write(&mm->mmap_sem);
	mmap_read_unlock(mm);
	return ret;
}
