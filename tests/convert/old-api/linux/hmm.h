/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Declarations of HMM as it was before the series "hmm cleanups, v2" (August
 * 2019), as far as drivers could see them.  They compile against a kernel of
 * today; nothing of it can be linked.
 */
#ifndef OLD_API_HMM_H
#define OLD_API_HMM_H
#define LINUX_HMM_H

#include <linux/list.h>
#include <linux/mm.h>
#include <linux/types.h>

/* Renamed in 5.8. */
#define mmap_sem mmap_lock

struct device;
struct hmm {
	struct mm_struct *mm;
};

struct hmm_mirror;
struct hmm_update {
	unsigned long start;
	unsigned long end;
	bool blockable;
};

struct hmm_mirror_ops {
	void (*release)(struct hmm_mirror *mirror);
	int (*sync_cpu_device_pagetables)(struct hmm_mirror *mirror, const struct hmm_update *update);
};

struct hmm_mirror {
	struct hmm *hmm;
	const struct hmm_mirror_ops *ops;
	struct list_head list;
};

enum hmm_pfn_flag_e { HMM_PFN_VALID, HMM_PFN_WRITE, HMM_PFN_DEVICE_PRIVATE, HMM_PFN_FLAG_MAX };
enum hmm_pfn_value_e { HMM_PFN_ERROR, HMM_PFN_NONE, HMM_PFN_SPECIAL, HMM_PFN_VALUE_MAX };

struct hmm_range {
	struct hmm *hmm;
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

#define HMM_FAULT_ALLOW_RETRY (1 << 0)
#define HMM_FAULT_SNAPSHOT (1 << 1)
#define HMM_RANGE_DEFAULT_TIMEOUT 1000

int hmm_mirror_register(struct hmm_mirror *mirror, struct mm_struct *mm);
void hmm_mirror_unregister(struct hmm_mirror *mirror);
int hmm_range_register(struct hmm_range *range, struct hmm_mirror *mirror,
		       unsigned long start, unsigned long end, unsigned int page_shift);
void hmm_range_unregister(struct hmm_range *range);
bool hmm_range_wait_until_valid(struct hmm_range *range, unsigned long timeout);
bool hmm_range_valid(struct hmm_range *range);
long hmm_range_fault(struct hmm_range *range, unsigned int flags);
long hmm_range_dma_map(struct hmm_range *range, struct device *device, dma_addr_t *daddrs,
		       unsigned int flags);
long hmm_range_dma_unmap(struct hmm_range *range, struct vm_area_struct *vma, struct device *device,
			 dma_addr_t *daddrs, bool dirty);
unsigned int hmm_range_page_shift(const struct hmm_range *range);
unsigned long hmm_range_page_size(const struct hmm_range *range);
struct page *hmm_device_entry_to_page(const struct hmm_range *range, uint64_t entry);

#endif
