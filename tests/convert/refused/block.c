// SPDX-License-Identifier: GPL-2.0-only
/* A bool, or flags: nothing in the driver says which. */
#include <linux/hmm.h>

struct job {
	unsigned int block:1;
	unsigned int fault_flags;
};

#define HMM(op, ...) hmm_range_##op(__VA_ARGS__)	/* left: older */

static long block(struct job *job, struct hmm_range *range, struct hmm_mirror *mirror, int wait, unsigned int flags)
{
	hmm_range_fault(range, 0);
	hmm_range_fault(range, flags);
	hmm_range_fault(range, wait);	/* left: older */
	hmm_range_fault(range, !(flags & 4));	/* left: older */
	hmm_range_dma_map(range, device, daddrs, !wait);	/* left: older */
	return hmm_range_fault(range, job->block);	/* left: older */
}
