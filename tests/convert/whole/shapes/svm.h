/* SPDX-License-Identifier: GPL-2.0-only */
#include <linux/hmm.h>

struct svmm {
	struct mm_struct *mm;
	struct hmm_mirror mirror;
	struct hmm_range range;
	struct hmm_range *current_range;
};

static inline int svmm_init(struct svmm *svmm)
{
	return hmm_mirror_register(&svmm->mirror, svmm->mm);
}
