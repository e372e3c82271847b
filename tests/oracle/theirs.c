// SPDX-License-Identifier: GPL-2.0-only
/*
 * The kernel's own hmm_range_fault(), asked as its documentation says.
 */
#include <linux/hmm.h>
#include <linux/mm.h>
#include <linux/mmu_notifier.h>
#include <linux/slab.h>
#include <linux/spinlock.h>
#include "oracle.h"

#ifdef HMM_BACKPORT
#error "This half must see the kernel's own <linux/hmm.h>."
#endif

/**
 * struct theirs - a window that is watched the kernel's own way
 * @notifier: hears of changes
 * @seq: sequence number of the last begin
 * @start: first address of the window
 * @npages: its size
 * @watching: @notifier is in use
 * @lock: the driver's lock
 */
struct theirs {
	struct mmu_interval_notifier	notifier;
	unsigned long			seq;
	unsigned long			start;
	unsigned long			npages;
	bool				watching;
	spinlock_t			lock;
};

static unsigned long theirs_request(unsigned int want)
{
	return (want & ORACLE_READ ? HMM_PFN_REQ_FAULT : 0) |
	       (want == ORACLE_READ_WRITE ? HMM_PFN_REQ_WRITE : 0);
}

static bool theirs_invalidate(struct mmu_interval_notifier *notifier,
			      const struct mmu_notifier_range *range, unsigned long seq)
{
	struct theirs *theirs = container_of(notifier, struct theirs, notifier);

	spin_lock(&theirs->lock);
	mmu_interval_set_seq(notifier, seq);
	spin_unlock(&theirs->lock);
	return true;
}

static const struct mmu_interval_notifier_ops theirs_ops = {
	.invalidate = theirs_invalidate,
};

struct theirs *theirs_new(void)
{
	struct theirs *theirs = kzalloc(sizeof(*theirs), GFP_KERNEL);

	if (theirs)
		spin_lock_init(&theirs->lock);
	return theirs;
}

void theirs_free(struct theirs *theirs)
{
	if (theirs)
		theirs_unwatch(theirs);
	kfree(theirs);
}

void theirs_unwatch(struct theirs *theirs)
{
	if (theirs->watching)
		mmu_interval_notifier_remove(&theirs->notifier);
	theirs->watching = false;
}

int theirs_watch(struct theirs *theirs, struct mm_struct *mm, unsigned long start,
		 unsigned long npages)
{
	int ret;

	theirs_unwatch(theirs);
	ret = mmu_interval_notifier_insert(&theirs->notifier, mm, start, npages << PAGE_SHIFT,
					   &theirs_ops);
	theirs->start = start;
	theirs->npages = npages;
	theirs->watching = !ret;
	return ret;
}

void theirs_begin(struct theirs *theirs)
{
	theirs->seq = mmu_interval_read_begin(&theirs->notifier);
}

/* Asked under the mmap lock, held for reading. */
int theirs_fault(struct theirs *theirs, unsigned int want, const u8 *wants,
		 unsigned long *pfns)
{
	struct hmm_range range = {
		.notifier	= &theirs->notifier,
		.notifier_seq	= theirs->seq,
		.start		= theirs->start,
		.end		= theirs->start + (theirs->npages << PAGE_SHIFT),
		.hmm_pfns	= pfns,
		.default_flags	= theirs_request(want),
		.pfn_flags_mask	= wants ? HMM_PFN_REQ_FAULT | HMM_PFN_REQ_WRITE : 0,
	};
	unsigned long i;

	/* Results count as requests when the call is made again. */
	for (i = 0; i < theirs->npages; i++)
		pfns[i] = wants ? theirs_request(wants[i]) : 0;
	return hmm_range_fault(&range);
}

/* Is what was found since theirs_begin() still true? */
bool theirs_valid(struct theirs *theirs)
{
	bool valid;

	spin_lock(&theirs->lock);
	valid = theirs->watching && !mmu_interval_read_retry(&theirs->notifier, theirs->seq);
	spin_unlock(&theirs->lock);
	return valid;
}

u64 theirs_common(unsigned long pfn)
{
	const unsigned long flags = HMM_PFN_VALID | HMM_PFN_WRITE | HMM_PFN_ERROR;
	unsigned int order = hmm_pfn_to_map_order(pfn);
	u64 frame = pfn & ~HMM_PFN_FLAGS;
	u64 common = (u64)order << ORACLE_ORDER_SHIFT;

	if (pfn & HMM_PFN_VALID)
		common |= ORACLE_VALID | frame << ORACLE_FRAME_SHIFT;
	if (pfn & HMM_PFN_WRITE)
		common |= ORACLE_WRITE;
	if (pfn & HMM_PFN_ERROR)
		common |= ORACLE_ERROR;
	if (!(pfn & (HMM_PFN_VALID | HMM_PFN_ERROR)) && (frame || order))
		common |= ORACLE_STRAY;
	if (((pfn & HMM_PFN_FLAGS) ^ ((unsigned long)order << HMM_PFN_ORDER_SHIFT)) & ~flags)
		common |= ORACLE_GARBAGE;
	if ((pfn & HMM_PFN_WRITE) && !(pfn & HMM_PFN_VALID))
		common |= ORACLE_GARBAGE;
	return common;
}
