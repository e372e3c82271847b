/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Stand-in for the APIs that hmm-convert converts from.  GENERATION is 5 for
 * the one right before the series "hmm cleanups, v2", 4 for the one of 5.3, 3
 * for that of 5.2, 2 for 4.20 to 5.1, 1 for 4.17 to 4.19 and 0 for 4.14 to 4.16.
 *
 * hmm_range_register() sets the bounds also where it then fails, as callers of
 * the new API do: a driver that looks at them after a failure was never right.
 */
#ifndef FUZZ_HMM_H
#define FUZZ_HMM_H

#include "world.h"

struct hmm {
	struct mm_struct *mm;
};

#if GENERATION == 0
typedef unsigned long hmm_pfn_t;

#define HMM_PFN_VALID			(1 << 0)
#define HMM_PFN_READ			(1 << 1)
#define HMM_PFN_WRITE			(1 << 2)
#define HMM_PFN_ERROR			(1 << 3)
#define HMM_PFN_EMPTY			(1 << 4)
#define HMM_PFN_SPECIAL			(1 << 5)
#define HMM_PFN_DEVICE_UNADDRESSABLE	(1 << 6)
#define HMM_PFN_SHIFT			7

static inline unsigned long hmm_pfn_t_to_pfn(hmm_pfn_t pfn)
{
	return (pfn & HMM_PFN_VALID) == 0 ? -1UL : pfn / (1UL << HMM_PFN_SHIFT);
}

static inline struct page *hmm_pfn_t_to_page(hmm_pfn_t pfn)
{
	return pfn & HMM_PFN_VALID ? pfn_to_page(hmm_pfn_t_to_pfn(pfn)) : NULL;
}

static inline hmm_pfn_t hmm_pfn_t_from_pfn(unsigned long pfn)
{
	return pfn * (1UL << HMM_PFN_SHIFT) + HMM_PFN_VALID;
}

static inline hmm_pfn_t hmm_pfn_t_from_page(struct page *page)
{
	return hmm_pfn_t_from_pfn(page_to_pfn(page));
}
#endif

#if GENERATION >= 2
struct hmm_update {
	unsigned long start, end;
	bool blockable;
};
#else
enum hmm_update_type { HMM_UPDATE_INVALIDATE };
#endif

struct hmm_mirror_ops {
	void (*release)(struct hmm_mirror *mirror);
#if GENERATION < 2
	void (*sync_cpu_device_pagetables)(struct hmm_mirror *mirror, enum hmm_update_type update,
					   unsigned long start, unsigned long end);
#else
	int (*sync_cpu_device_pagetables)(struct hmm_mirror *mirror,
					  const struct hmm_update *update);
#endif
};

struct hmm_mirror {
	struct hmm *hmm;
	const struct hmm_mirror_ops *ops;
	struct list_head list;
};

struct hmm_mirror *fuzz_mirror_of(struct mm_struct *mm);

struct hmm_range {
	struct hmm *hmm;
#if GENERATION <= 3
	struct vm_area_struct *vma;
#endif
	struct list_head list;
	unsigned long start;
	unsigned long end;
	uint64_t *pfns;
	const uint64_t *flags;
	const uint64_t *values;
	uint64_t default_flags;
	uint64_t pfn_flags_mask;
	uint8_t page_shift;
	uint8_t pfn_shift;
	bool valid;
};

static inline int hmm_mirror_register(struct hmm_mirror *mirror, struct mm_struct *mm)
{
	return fuzz_mirror_register(mirror, mm);
}

static inline void hmm_mirror_unregister(struct hmm_mirror *mirror)
{
	fuzz_mirror_unregister(mirror);
}

#if GENERATION >= 3
static inline int fuzz_old_register(struct hmm_range *range, struct hmm_mirror *mirror,
				    unsigned long start, unsigned long end,
				    unsigned int page_shift)
{
	int ret;

	range->page_shift = page_shift;
	range->start = start;
	range->end = end;
	ret = fuzz_register(range, mirror, start, end, page_shift);
	range->hmm = ret ? NULL : mirror->hmm;
	return ret;
}
#endif

/* Entries that changed were emptied: here all of them are, when the range is done. */
static inline bool fuzz_old_done(struct hmm_range *range)
{
	bool valid = fuzz_valid(range);

	if (!valid)
		fuzz_clear(range->pfns, ((range->end - range->start) >> PAGE_SHIFT) * sizeof(*range->pfns));
	fuzz_unregister(range);
	return valid;
}

#if GENERATION >= 4
static inline int hmm_range_register(struct hmm_range *range, struct hmm_mirror *mirror,
				     unsigned long start, unsigned long end,
				     unsigned int page_shift)
{
	return fuzz_old_register(range, mirror, start, end, page_shift);
}
#elif GENERATION == 3
static inline int hmm_range_register(struct hmm_range *range, struct mm_struct *mm,
				     unsigned long start, unsigned long end,
				     unsigned int page_shift)
{
	return fuzz_old_register(range, fuzz_mirror_of(mm), start, end, page_shift);
}
#elif GENERATION == 0
/* As those of 4.17, and everything else was an argument. */
static inline int fuzz_first_fault(struct vm_area_struct *vma, struct hmm_range *range,
				   unsigned long start, unsigned long end, hmm_pfn_t *pfns,
				   unsigned int flags, hmm_pfn_t wanted)
{
	bool snapshot = flags & HMM_FAULT_SNAPSHOT;
	bool special = vma->vm_flags & (VM_SPECIAL | VM_HUGETLB);
	unsigned long i;
	long ret;

	if (snapshot && special)
		return -EINVAL;
	if (start < vma->vm_start || end > vma->vm_end)
		return -EINVAL;
	range->start = start;
	range->end = end;
	range->pfns = pfns;
	range->pfn_shift = HMM_PFN_SHIFT;
	range->default_flags = wanted;
	range->pfn_flags_mask = 0;
	ret = fuzz_register(range, fuzz_mirror_of(vma->vm_mm), start, end, PAGE_SHIFT);
	if (ret)
		return ret;
	if (!fuzz_wait(range, HMM_RANGE_DEFAULT_TIMEOUT)) {
		fuzz_unregister(range);
		return -EBUSY;
	}
	if (special) {
		for (i = 0; start + i * PAGE_SIZE < end; i++)
			pfns[i] = HMM_PFN_SPECIAL;
		return 0;
	}
	ret = fuzz_fault(range, flags);
	if (ret < 0) {
		fuzz_unregister(range);
		return ret;
	}
	return 0;
}

static inline int hmm_vma_fault(struct vm_area_struct *vma, struct hmm_range *range,
				unsigned long start, unsigned long end, hmm_pfn_t *pfns,
				bool write, bool block)
{
	return fuzz_first_fault(vma, range, start, end, pfns, block ? 0 : HMM_FAULT_ALLOW_RETRY,
				write ? HMM_PFN_VALID + HMM_PFN_WRITE : HMM_PFN_VALID);
}

static inline int hmm_vma_get_pfns(struct vm_area_struct *vma, struct hmm_range *range,
				   unsigned long start, unsigned long end, hmm_pfn_t *pfns)
{
	return fuzz_first_fault(vma, range, start, end, pfns, HMM_FAULT_SNAPSHOT, 0);
}

static inline bool hmm_vma_range_done(struct vm_area_struct *vma, struct hmm_range *range)
{
	(void)vma;
	return fuzz_old_done(range);
}
#else
/*
 * These registered the range themselves, waited for changes to end, and gave it
 * up on any error: in the log they are what they consisted of.
 */
static inline int fuzz_old_fault(struct hmm_range *range, unsigned int flags)
{
	long ret;

	if (!(flags & HMM_FAULT_SNAPSHOT)) {
		range->default_flags = 0;
		range->pfn_flags_mask = -1UL;
	}
	ret = fuzz_register(range, fuzz_mirror_of(range->vma->vm_mm), range->start, range->end,
			    PAGE_SHIFT);
	if (ret)
		return ret;
	ret = -EBUSY;
	if (fuzz_wait(range, HMM_RANGE_DEFAULT_TIMEOUT))
		ret = fuzz_fault(range, flags);
	if (ret < 0) {
		fuzz_unregister(range);
		return ret;
	}
	return 0;
}

static inline int hmm_vma_fault(struct hmm_range *range, bool block)
{
	return fuzz_old_fault(range, block ? 0 : HMM_FAULT_ALLOW_RETRY);
}

static inline int hmm_vma_get_pfns(struct hmm_range *range)
{
	return fuzz_old_fault(range, HMM_FAULT_SNAPSHOT);
}

static inline bool hmm_vma_range_done(struct hmm_range *range)
{
	return fuzz_old_done(range);
}
#endif

#if GENERATION >= 3
static inline void hmm_range_unregister(struct hmm_range *range)
{
	fuzz_unregister(range);
	range->hmm = NULL;
}

static inline bool hmm_range_wait_until_valid(struct hmm_range *range, unsigned long timeout)
{
	return fuzz_wait(range, timeout);
}

static inline bool hmm_range_valid(struct hmm_range *range)
{
	return fuzz_valid(range);
}

static inline unsigned int hmm_range_page_shift(const struct hmm_range *range)
{
	return range->page_shift;
}

static inline unsigned long hmm_range_page_size(const struct hmm_range *range)
{
	return 1UL << range->page_shift;
}

#if GENERATION >= 5
static inline long hmm_range_fault(struct hmm_range *range, unsigned int flags)
{
	return fuzz_fault(range, flags);
}

static inline long hmm_range_dma_map(struct hmm_range *range, struct device *device,
				     dma_addr_t *daddrs, unsigned int flags)
{
	return fuzz_dma_map(range, device, daddrs, flags);
}
#else
static inline long hmm_range_fault(struct hmm_range *range, bool block)
{
	return fuzz_fault(range, block ? 0 : HMM_FAULT_ALLOW_RETRY);
}

static inline long hmm_range_snapshot(struct hmm_range *range)
{
	return fuzz_fault(range, HMM_FAULT_SNAPSHOT);
}

static inline long hmm_range_dma_map(struct hmm_range *range, struct device *device,
				     dma_addr_t *daddrs, bool block)
{
	return fuzz_dma_map(range, device, daddrs, block ? 0 : HMM_FAULT_ALLOW_RETRY);
}
#endif

static inline long hmm_range_dma_unmap(struct hmm_range *range, struct vm_area_struct *vma,
				       struct device *device, dma_addr_t *daddrs, bool dirty)
{
	return fuzz_dma_unmap(range, device, daddrs, dirty);
}

#endif

#endif
