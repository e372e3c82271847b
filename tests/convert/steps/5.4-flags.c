// SPDX-License-Identifier: GPL-2.0-only
/* bool block becomes flags. */
static long f(struct hmm_range *range, bool block, int n)
{
	long r = hmm_range_fault(range, true);
	r = hmm_range_fault(range, false);
	r = hmm_range_fault(range, block);
	r = hmm_range_fault(range, !block);
	r = hmm_range_fault(range, 0);
	r = hmm_range_fault(range, n);
	r = hmm_range_fault(range, 1);
	r = hmm_range_fault(range, HMM_FAULT_SNAPSHOT);
	r = hmm_range_dma_map(range, dev, daddrs, true);
	r = hmm_range_dma_map(range, dev, daddrs, block);
	return hmm_range_snapshot(range);
}
