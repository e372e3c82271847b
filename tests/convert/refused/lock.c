// SPDX-License-Identifier: GPL-2.0-only
/* A driver that has a helper of the mmap lock of its own, which must not call itself. */
#include <linux/hmm.h>

static inline void mmap_read_lock(struct mm_struct *mm)
	__acquires(&mm->mmap_sem)	/* left: 17-mmap-lock */
{
	down_read(&mm->mmap_sem);	/* left: 17-mmap-lock */
}

static int fault(struct hmm_range *range, struct hmm_mirror *mirror, struct mm_struct *mm)
{
	int ret = hmm_range_register(range, mirror);

	mmap_read_lock(mm);
	up_read(&mm->mmap_sem);		/* left: 17-mmap-lock */
	if (down_read_trylock(&mm->mmap_sem))	/* left: 17-mmap-lock */
		mmap_read_unlock(mm);
	return ret;
}
