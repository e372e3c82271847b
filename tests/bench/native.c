// SPDX-License-Identifier: GPL-2.0-only
/*
 * The kernel's own hmm_range_fault(), asked as its documentation says.
 */
#include <linux/hmm.h>
#include <linux/mm.h>
#include <linux/mmu_notifier.h>
#include <linux/spinlock.h>
#include "walk.h"

#ifdef HMM_BACKPORT_H
#error "This half must see the kernel's own <linux/hmm.h>."
#endif

/**
 * struct native - a window that is watched the kernel's own way
 * @notifier: hears of changes
 * @lock: the driver's lock
 */
struct native {
	struct mmu_interval_notifier	notifier;
	spinlock_t			lock;
};

static bool native_invalidate(struct mmu_interval_notifier *notifier,
			      const struct mmu_notifier_range *range, unsigned long seq)
{
	struct native *native = container_of(notifier, struct native, notifier);

	spin_lock(&native->lock);
	mmu_interval_set_seq(notifier, seq);
	spin_unlock(&native->lock);
	return true;
}

static const struct mmu_interval_notifier_ops native_ops = {
	.invalidate = native_invalidate,
};

static unsigned long native_request(unsigned int want)
{
	return (want ? HMM_PFN_REQ_FAULT : 0) |
	       (want & BENCH_WRITE ? HMM_PFN_REQ_WRITE : 0);
}

/* -EBUSY: a fault of its own changed the window; then the call is made again. */
static long native_fault(struct hmm_range *range)
{
	long ret = hmm_range_fault(range);

	while (ret == -EBUSY) {
		range->notifier_seq = mmu_interval_read_begin(range->notifier);
		ret = hmm_range_fault(range);
	}
	return ret;
}

static int native_call(struct bench_call *call, struct native *native)
{
	unsigned long *pfns = (unsigned long *)call->entries;
	struct hmm_range range = {
		.notifier	= &native->notifier,
		.start		= call->start,
		.end		= call->start + (call->npages << PAGE_SHIFT),
		.hmm_pfns	= pfns,
		.default_flags	= native_request(call->wants ? 0 : call->want),
		.pfn_flags_mask	= call->wants ? native_request(BENCH_WRITE) : 0,
	};
	unsigned long i;
	long ret;
	u64 from;

	for (i = 0; i < call->npages; i++)
		pfns[i] = native_request(call->wants ? call->wants[i] : 0);

	range.notifier_seq = mmu_interval_read_begin(&native->notifier);
	mmap_read_lock(call->mm);
	from = bench_now();
	ret = native_fault(&range);
	call->took = bench_now() - from;
	mmap_read_unlock(call->mm);
	if (ret < 0)
		return ret;

	call->valid = 0;
	for (i = 0; i < call->npages; i++)
		call->valid += !!(pfns[i] & HMM_PFN_VALID);
	return 0;
}

static int native_handle_call(struct bench_call *call, struct native *native)
{
	mmu_interval_read_begin(&native->notifier);
	return handle_walk(call);
}

static int native_watched(struct bench_call *call,
			  int (*measure)(struct bench_call *call, struct native *native))
{
	struct native native;
	int ret;

	spin_lock_init(&native.lock);
	ret = mmu_interval_notifier_insert(&native.notifier, call->mm, call->start,
					   call->npages << PAGE_SHIFT, &native_ops);
	if (ret)
		return ret;
	ret = measure(call, &native);
	mmu_interval_notifier_remove(&native.notifier);
	return ret;
}

int native_walk(struct bench_call *call)
{
	return native_watched(call, native_call);
}

int native_handle(struct bench_call *call)
{
	return native_watched(call, native_handle_call);
}
