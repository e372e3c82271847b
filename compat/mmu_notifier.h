/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef HMM_COMPAT_MMU_NOTIFIER_H
#define HMM_COMPAT_MMU_NOTIFIER_H

#include <linux/hmm_backport_range.h>
#include <linux/mmu_notifier.h>
#include "facts.h"

struct hmm_notifier;

/**
 * struct hmm_notifier_ops - what an address space tells its observer
 */
struct hmm_notifier_ops {
	/**
	 * @start: an invalidation begins
	 *
	 * @has_end is false if @end will not be called for it: it began before
	 * hmm_notifier_register() was complete and will be over when that
	 * returns, or after @release.
	 *
	 * Return: 0, or -EAGAIN if !mmu_notifier_range_blockable(range) and it
	 * would have to sleep: the invalidation is given up and has no @end.
	 */
	int (*start)(struct hmm_notifier *notifier,
		     const struct mmu_notifier_range *range, bool has_end);
	/** @end: an invalidation for which @start returned 0 is over; same task */
	void (*end)(struct hmm_notifier *notifier);
	/** @release: the address space goes away, or hmm_notifier_unregister() runs */
	void (*release)(struct hmm_notifier *notifier);
};

/**
 * struct hmm_notifier - an observer of one address space
 * @ops: what to call
 */
struct hmm_notifier {
	const struct hmm_notifier_ops	*ops;
	/* private: */
#ifdef FACT_INTERVAL_NOTIFIER_PRESENT
	struct mmu_interval_notifier	starts;
	struct mmu_notifier		ends;
#else
	struct mmu_notifier		plain;
#endif
};

int hmm_notifier_register(struct hmm_notifier *notifier, struct mm_struct *mm,
			  const struct hmm_notifier_ops *ops);
void hmm_notifier_unregister(struct hmm_notifier *notifier, struct mm_struct *mm);

/* The invalidation that a mirror is told of when its address space goes away. */
#ifdef FACT_NOTIFIER_RANGE_BARE
#define HMM_RANGE_BLOCKABLE	.blockable = true
#else
/* 5.2 to 5.4 have events and none for this. */
#if defined(FACT_INTERVAL_NOTIFIER_PRESENT) || defined(FACT_NOTIFIER_RANGE_ABSENT)
#define HMM_EVENT_OF_RELEASE	MMU_NOTIFY_RELEASE
#else
#define HMM_EVENT_OF_RELEASE	MMU_NOTIFY_UNMAP
#endif
#define HMM_RANGE_BLOCKABLE	.flags = MMU_NOTIFIER_RANGE_BLOCKABLE, .event = HMM_EVENT_OF_RELEASE
#endif
#define HMM_RANGE_OF_RELEASE(mm_) {			\
	.mm	= (mm_),				\
	.start	= 0,					\
	.end	= ULONG_MAX,				\
	HMM_RANGE_BLOCKABLE,				\
}

/* 5.4 (312364f3534c): let the kernel catch a callback that sleeps and must not. */
#ifdef FACT_NON_BLOCK_PRESENT
#define hmm_non_block_start()	non_block_start()
#define hmm_non_block_end()	non_block_end()
#else
#define hmm_non_block_start()	do { } while (0)
#define hmm_non_block_end()	do { } while (0)
#endif

#endif
