/* SPDX-License-Identifier: GPL-2.0-only */
/* The functions that the conversion adds would be there twice: here and in a file that includes this. */
#include <linux/hmm.h>

static inline struct page *svmm_page(hmm_pfn_t pfn)
{
	return pfn & HMM_PFN_WRITE ? hmm_pfn_t_to_page(pfn) : NULL;	/* left: 4.17-range-args */
}

struct svmm {
	struct hmm_mirror mirror;
	struct mm_struct *mm;
};

static inline int svmm_init(struct svmm *svmm)
{
	return hmm_mirror_register(&svmm->mirror, svmm->mm);
}
