// SPDX-License-Identifier: GPL-2.0-only
/* The mm that the mirror is registered with is no member beside it, whatever members are called. */
#include <linux/hmm.h>

struct vm_lock {
	struct rw_semaphore mmap_sem;
};

struct svmm {
	struct drm_mm mm;
	struct hmm_mirror mirror;
};

static int owner(struct svmm *svmm, struct mm_struct *mm)
{
	return hmm_mirror_register(&svmm->mirror, mm);
}

static void use(struct svmm *svmm, struct vm_lock *lock, struct hmm_range *range)
{
	if (hmm_range_register(range, &svmm->mirror))
		return;
	mmap_read_lock(range->hmm->mm);	/* left: 03-range-hmm */
	down_read(&lock->mmap_sem);	/* left: 17-mmap-lock */
}
