// SPDX-License-Identifier: GPL-2.0-only
/* 4.14 to 4.16, where there is no good place for what the conversion adds. */
#if IS_ENABLED(CONFIG_HMM_MIRROR)
#include <linux/hmm.h>
#endif

struct svmm {
	struct hmm_mirror mirror;
	struct mm_struct *mm;
};

static int init(struct svmm *svmm)
{
	return hmm_mirror_register(&svmm->mirror, svmm->mm);
}

static bool writable(unsigned long pfn)
{
	return pfn & HMM_PFN_WRITE;	/* left: 4.17-range-args */
}

#ifdef CONFIG_SVMM_TRACE
static struct page *traced(hmm_pfn_t pfn)
{
	return hmm_pfn_t_to_page(pfn);	/* left: 4.17-range-args */
}
#endif

static struct page *used(hmm_pfn_t pfn)
{
	return hmm_pfn_t_to_page(pfn);	/* left: 4.17-range-args */
}
