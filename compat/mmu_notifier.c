// SPDX-License-Identifier: GPL-2.0-only
/*
 * Starts and ends of invalidations, from two notifiers of the kernel.
 *
 * Starts come from an interval notifier over the whole address space (5.5,
 * 99cb252f5e68): it alone may refuse a non-blockable invalidation on every
 * kernel, since from 5.12 (c2655835fd8c) a plain notifier with an end callback
 * must not.  Interval notifiers have no end, so ends come from a plain notifier
 * that has no start.  The kernel runs the interval tree first and the plain
 * list after it, in the task that invalidates.
 *
 * Kernels without interval notifiers: mmu_notifier_plain.c.
 */
#include <linux/kernel.h>
#include <linux/list.h>
#include "mmu_notifier.h"

#ifdef FACT_INTERVAL_NOTIFIER_PRESENT

static bool hmm_starts_invalidate(struct mmu_interval_notifier *starts,
				  const struct mmu_notifier_range *range,
				  unsigned long seq)
{
	struct hmm_notifier *notifier = container_of(starts, struct hmm_notifier, starts);

	/* The plain notifier's release says the same, once. */
	if (range->event == MMU_NOTIFY_RELEASE)
		return true;

	/*
	 * The sequence number is not kept: it is for mmu_interval_read_begin(),
	 * which waits for the whole address space and is never called.
	 *
	 * An invalidation ends with a call of ours exactly if the plain notifier
	 * is on the kernel's list.  It gets there under mm_take_all_locks(),
	 * which every running invalidation excludes, so what is seen here holds
	 * until the end; it leaves the list when the address space goes away,
	 * which reclaim does not exclude: hence READ_ONCE(), which is all that
	 * hlist_unhashed_lockless() is, and that came only with 5.6.
	 */
	return notifier->ops->start(notifier, range,
				    READ_ONCE(notifier->ends.hlist.pprev) != NULL) == 0;
}

static const struct mmu_interval_notifier_ops hmm_starts_ops = {
	.invalidate	= hmm_starts_invalidate,
};

/*
 * EL8 has interval notifiers, and here the callbacks of before 5.0.  EL 8.7 and later have
 * those of 5.0 as well, under names that this macro makes, and only them it calls when another
 * module's notifier refused.
 */
#ifdef RH_MN_V2
#define HMM_INVALIDATE_RANGE_END	RH_MN_V2(invalidate_range_end)
#else
#define HMM_INVALIDATE_RANGE_END	invalidate_range_end
#endif

#if defined(FACT_RANGE_START_RANGE) || defined(RH_MN_V2)
static void hmm_ends_range_end(struct mmu_notifier *ends,
			       const struct mmu_notifier_range *range)
#else
static void hmm_ends_range_end(struct mmu_notifier *ends, struct mm_struct *mm,
			       unsigned long start, unsigned long end)
#endif
{
	struct hmm_notifier *notifier = container_of(ends, struct hmm_notifier, ends);

	notifier->ops->end(notifier);
}

static void hmm_ends_release(struct mmu_notifier *ends, struct mm_struct *mm)
{
	struct hmm_notifier *notifier = container_of(ends, struct hmm_notifier, ends);

	notifier->ops->release(notifier);
}

static const struct mmu_notifier_ops hmm_ends_ops = {
	.HMM_INVALIDATE_RANGE_END = hmm_ends_range_end,
	.release = hmm_ends_release,
};

/**
 * hmm_notifier_register() - observe an address space
 * @notifier: zeroed
 * @mm: address space; the caller holds a reference to its users
 * @ops: what to call
 *
 * When this returns, no invalidation is running whose start was not reported:
 * the plain notifier is added last, under locks that all of them hold.
 *
 * Context: mmap lock of @mm held for writing.  Sleeps.
 *
 * Return: 0, -ENOMEM, or -EINTR from the kernel's mm_take_all_locks().
 */
int hmm_notifier_register(struct hmm_notifier *notifier, struct mm_struct *mm,
			  const struct hmm_notifier_ops *ops)
{
	int ret;

	notifier->ops = ops;
	notifier->ends.ops = &hmm_ends_ops;

	ret = mmu_interval_notifier_insert_locked(&notifier->starts, mm, 0, ULONG_MAX,
						  &hmm_starts_ops);
	if (ret)
		return ret;

	ret = __mmu_notifier_register(&notifier->ends, mm);
	if (ret)
		mmu_interval_notifier_remove(&notifier->starts);
	return ret;
}

/**
 * hmm_notifier_unregister() - stop observing
 * @notifier: of hmm_notifier_register()
 * @mm: the same address space
 *
 * Calls the release operation if the address space has not done so.  When it
 * returns, no call of ours runs or will run.
 *
 * Context: no lock held that an operation takes.  Sleeps; for ever, if another
 * module's plain notifier has refused an invalidation that must not block: then
 * the kernel (seen on 5.10 to 7.3) leaves the address space marked as changing,
 * and this module cannot be unloaded any more.
 */
void hmm_notifier_unregister(struct hmm_notifier *notifier, struct mm_struct *mm)
{
	mmu_interval_notifier_remove(&notifier->starts);
	mmu_notifier_unregister(&notifier->ends, mm);
}

#endif /* FACT_INTERVAL_NOTIFIER_PRESENT */
