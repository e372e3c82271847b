// SPDX-License-Identifier: GPL-2.0-only
/* Earlier generations of the API, and what looks converted but would be wrong. */
#include <linux/hmm.h>

static int older(struct hmm_range *range, struct mm_struct *mm, struct hmm_mirror *mirror, struct vm_area_struct *vma)
{
	hmm_range_register(range, mm, 0, 4096, PAGE_SHIFT);	/* left: older */
	hmm_range_register(range, mirror, 0, 1UL << 21, 21);	/* left: 07-page-shift */
	range->page_shift = huge_page_shift(h);	/* left: 07-page-shift */
	range->vma = vma;	/* left: older */
	if (hmm_vma_fault(range, true))	/* left: older */
		return hmm_vma_range_done(range);	/* left: older */
	hmm_vma_get_pfns(range);	/* left: older */
	hmm_range_snapshot(range);	/* left: older */
	return hmm_range_fault(range, true);	/* left: older */
}

static int versions(struct hmm_range *range, struct hmm_mirror *mirror)
{
#if LINUX_VERSION_CODE >= KERNEL_VERSION(5, 4, 0)
	return hmm_range_register(range, mirror);
#else
	return hmm_range_register(range, mirror, 0, 4096, PAGE_SHIFT);	/* left: 06-register-args */
#endif
}

static void sync(struct hmm_mirror *mirror, enum hmm_update_type update, unsigned long start, unsigned long end)	/* left: older */
{
	if (update == HMM_UPDATE_INVALIDATE)	/* left: older */
		drop(mirror, start, end);
}
