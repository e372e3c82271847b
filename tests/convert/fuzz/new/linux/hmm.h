/* SPDX-License-Identifier: GPL-2.0-only */
/* Stand-in for the API that hmm-convert converts to. */
#ifndef FUZZ_HMM_H
#define FUZZ_HMM_H

#include "world.h"

struct mmu_notifier_range {
	struct mm_struct *mm;
	unsigned long start, end;
	unsigned int flags;
};

static inline bool mmu_notifier_range_blockable(const struct mmu_notifier_range *range)
{
	return range->flags & 1;
}

struct hmm_mirror_ops {
	void (*release)(struct hmm_mirror *mirror);
	int (*sync_cpu_device_pagetables)(struct hmm_mirror *mirror,
					  const struct mmu_notifier_range *update);
};

struct hmm_mirror {
	const struct hmm_mirror_ops *ops;
	void *client;
};

struct hmm_range {
	unsigned long start;
	unsigned long end;
	uint64_t *pfns;
	const uint64_t *flags;
	const uint64_t *values;
	uint64_t default_flags;
	uint64_t pfn_flags_mask;
	uint8_t pfn_shift;
	bool valid;
	void *client;
};

static inline int hmm_mirror_register(struct hmm_mirror *mirror, struct mm_struct *mm)
{
	return fuzz_mirror_register(mirror, mm);
}

static inline void hmm_mirror_unregister(struct hmm_mirror *mirror)
{
	fuzz_mirror_unregister(mirror);
}

static inline int hmm_range_register(struct hmm_range *range, struct hmm_mirror *mirror)
{
	return fuzz_register(range, mirror, range->start, range->end, PAGE_SHIFT);
}

static inline void hmm_range_unregister(struct hmm_range *range)
{
	fuzz_unregister(range);
}

static inline bool hmm_range_wait_until_valid(struct hmm_range *range, unsigned long timeout)
{
	return fuzz_wait(range, timeout);
}

static inline bool hmm_range_valid(const struct hmm_range *range)
{
	return fuzz_valid(range);
}

static inline long hmm_range_fault(struct hmm_range *range, unsigned int flags)
{
	return fuzz_fault(range, flags);
}

static inline long hmm_range_dma_map(struct hmm_range *range, struct device *device,
				     dma_addr_t *daddrs, unsigned int flags)
{
	return fuzz_dma_map(range, device, daddrs, flags);
}

static inline long hmm_range_dma_unmap(struct hmm_range *range, struct device *device,
				       dma_addr_t *daddrs, bool dirty)
{
	return fuzz_dma_unmap(range, device, daddrs, dirty);
}

#endif
