// SPDX-License-Identifier: GPL-2.0-only
/* 4.14 to 4.16, whose entries had a format of their own, and numbers that are bool or flags. */
#include <linux/hmm.h>

static int first(struct hmm_range *range, struct vm_area_struct *vma, struct hmm_mirror *mirror)
{
	hmm_pfn_t pfns[16];	/* left: older */

	if (hmm_vma_fault(vma, range, 0, 65536, pfns, true, true))	/* left: older */
		return hmm_vma_get_pfns(vma, range, 0, 65536, pfns);	/* left: older */
	use(hmm_pfn_t_to_page(pfns[0]));	/* left: older */
	hmm_range_fault(range, 0);	/* left: older */
	hmm_range_fault(range, 1);	/* left: older */
	hmm_range_dma_map(range, device, daddrs, 1);	/* left: older */
	if (!hmm_mirror_mm_is_alive(mirror))	/* left: older */
		return 1;
	return !hmm_vma_range_done(vma, range);	/* left: older */
}
