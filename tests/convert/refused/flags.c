// SPDX-License-Identifier: GPL-2.0-only
/* Numbers that are bool or flags, and bits that are indices. */
#include <linux/hmm.h>

static int flags(struct hmm_range *range, struct hmm_mirror *mirror)
{
	hmm_vma_fault(range, true);
	hmm_range_fault(range, 0);	/* left: older */
	hmm_range_fault(range, 1);	/* left: older */
	hmm_range_dma_map(range, device, daddrs, 1);	/* left: older */
	if (!hmm_mirror_mm_is_alive(mirror))	/* left: older */
		return 1;
	if (range->pfns[0] == range->values[HMM_PFN_ERROR])
		return 2;
	return range->pfns[0] & HMM_PFN_WRITE;	/* left: older */
}
