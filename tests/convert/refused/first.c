// SPDX-License-Identifier: GPL-2.0-only
/* 4.14 to 4.16: what of it is not certain, or has no counterpart. */
#include <linux/hmm.h>

struct svmm {
	struct hmm_mirror mirror;
	struct mm_struct *mm;
};

#define PAGE_OF(pfn) hmm_pfn_t_to_page(pfn)	/* left: 4.17-range-args */

/* Indices of a table of its own, which the compiler would take for today's. */
static const int access_of[] = {
	[HMM_PFN_READ] = 1,	/* left: 4.17-range-args */
	[HMM_PFN_WRITE] = 2,	/* left: 4.17-range-args */
};

static int init(struct svmm *svmm)
{
	return hmm_mirror_register(&svmm->mirror, svmm->mm);
}

static int no_mirror(struct vm_area_struct *vma, struct hmm_range *range, hmm_pfn_t *pfns)
{
	if (hmm_vma_fault(vma, range, 0, 65536, pfns, true, true))	/* left: 4.17-range-args */
		return hmm_vma_get_pfns(vma, range, 0, 65536, pfns);	/* left: 4.17-range-args */
	return !hmm_vma_range_done(next_vma(vma), range);	/* left: 4.17-range-args */
}

static int drops_lock(struct svmm *svmm, struct hmm_range *range, hmm_pfn_t *pfns, bool block)
{
	struct vm_area_struct *vma = find_vma(svmm->mm, 0);

	if (hmm_vma_fault(vma, range, 0, 4096, pfns, true, false))	/* left: 4.17-range-args */
		return hmm_vma_fault(vma, range, 0, 4096, pfns, true, block);	/* left: 4.17-range-args */
	if (pfns[0] & (HMM_PFN_VALID | HMM_PFN_EMPTY))	/* left: 4.17-range-args */
		return access_of[pfns[0] & HMM_PFN_WRITE];
	return 0;
}

static int other_vma(struct svmm *svmm, struct hmm_range *range, hmm_pfn_t *pfns)
{
	struct vm_area_struct *vma = find_vma(svmm->mm, 0);
	int (*look)(struct vm_area_struct *, struct hmm_range *, unsigned long, unsigned long,
		    hmm_pfn_t *) = hmm_vma_get_pfns;	/* left: 4.17-range-args */

	if (!vma)
		vma = svmm->vma;
	return hmm_vma_fault(vma, range, 0, 4096, pfns, true, true);	/* left: 4.17-range-args */
}

static int other_object(struct svmm *svmm, struct hmm_range *range, hmm_pfn_t *pfns)
{
	struct vm_area_struct *vma = find_vma(svmm->mm, 0);

	svmm = svmm->next;
	return hmm_vma_fault(vma, range, 0, 4096, pfns, true, true);	/* left: 4.17-range-args */
}
