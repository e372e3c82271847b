// SPDX-License-Identifier: GPL-2.0-only
/* Earlier generations of the API, where nothing proves what they mean. */
#include <linux/hmm.h>

static int older(struct hmm_range *range, struct mm_struct *mm, struct hmm_mirror *mirror, struct vm_area_struct *vma)
{
	hmm_range_register(range, mm, 0, 4096, PAGE_SHIFT);	/* left: 5.3-mirror */
	hmm_range_register(range, current->mm, 0, 4096, PAGE_SHIFT);	/* left: 5.3-mirror */
	range->vma = vma;	/* left: 5.2-range-fault */
	if (hmm_vma_fault(range, true))	/* left: 5.2-range-fault */
		return drop(range);
	if (hmm_vma_fault(range, false))	/* left: 5.2-range-fault */
		return drop(range);
	return hmm_vma_get_pfns(range);	/* left: 5.2-range-fault */
}

/* It looks at the kind of update, of which there was one. */
static void sync(struct hmm_mirror *mirror, enum hmm_update_type update, unsigned long start, unsigned long end)	/* left: 4.20-update */
{
	if (update == HMM_UPDATE_INVALIDATE)	/* left: 16-hmm-update */
		drop(mirror, start, end);
}
