// SPDX-License-Identifier: GPL-2.0-only
/*
 * hmm-backport, asked as its documentation says.
 */
#include <linux/hmm.h>
#include <linux/mm.h>
#include "walk.h"

static const u64 ours_flags[HMM_PFN_FLAG_MAX] = {
	[HMM_PFN_VALID] = BIT(0),
	[HMM_PFN_WRITE] = BIT(1),
};

static const u64 ours_values[HMM_PFN_VALUE_MAX] = {
	[HMM_PFN_ERROR] = BIT(2),
	[HMM_PFN_NONE] = 0,
	[HMM_PFN_SPECIAL] = BIT(3),
};

static int ours_sync(struct hmm_mirror *mirror, const struct mmu_notifier_range *update)
{
	return 0;
}

static const struct hmm_mirror_ops ours_ops = {
	.sync_cpu_device_pagetables = ours_sync,
};

static u64 ours_request(unsigned int want)
{
	return (want ? ours_flags[HMM_PFN_VALID] : 0) |
	       (want & BENCH_WRITE ? ours_flags[HMM_PFN_WRITE] : 0);
}

static int ours_call(struct bench_call *call, struct hmm_range *range)
{
	bool snapshot = !call->wants && !call->want;
	unsigned long i;
	long ret;
	u64 from;

	for (i = 0; i < call->npages; i++)
		range->pfns[i] = call->wants ? ours_request(call->wants[i]) : ~0ULL;
	if (!hmm_range_wait_until_valid(range, HMM_RANGE_DEFAULT_TIMEOUT))
		return -EBUSY;

	mmap_read_lock(call->mm);
	from = bench_now();
	ret = hmm_range_fault(range, snapshot ? HMM_FAULT_SNAPSHOT : 0);
	call->took = bench_now() - from;
	mmap_read_unlock(call->mm);
	if (ret < 0)
		return ret;

	call->valid = 0;
	for (i = 0; i < call->npages; i++)
		call->valid += range->pfns[i] & ours_flags[HMM_PFN_VALID];
	return 0;
}

static int ours_handle_call(struct bench_call *call, struct hmm_range *range)
{
	if (!hmm_range_wait_until_valid(range, HMM_RANGE_DEFAULT_TIMEOUT))
		return -EBUSY;
	return handle_walk(call);
}

/* Only while it is measured does a mirror hear of changes. */
static int ours_watched(struct bench_call *call,
			int (*measure)(struct bench_call *call, struct hmm_range *range))
{
	struct hmm_mirror mirror = { .ops = &ours_ops };
	struct hmm_range range = {
		.start		= call->start,
		.end		= call->start + (call->npages << PAGE_SHIFT),
		.pfns		= call->entries,
		.flags		= ours_flags,
		.values		= ours_values,
		.pfn_shift	= PAGE_SHIFT,
		.default_flags	= ours_request(call->wants ? 0 : call->want),
		.pfn_flags_mask	= call->wants ? ours_request(BENCH_WRITE) : 0,
	};
	int ret;

	mmap_write_lock(call->mm);
	ret = hmm_mirror_register(&mirror, call->mm);
	mmap_write_unlock(call->mm);
	if (ret)
		return ret;
	ret = hmm_range_register(&range, &mirror);
	if (!ret) {
		ret = measure(call, &range);
		hmm_range_unregister(&range);
	}
	hmm_mirror_unregister(&mirror);
	return ret;
}

int ours_walk(struct bench_call *call)
{
	return ours_watched(call, ours_call);
}

int ours_handle(struct bench_call *call)
{
	return ours_watched(call, ours_handle_call);
}
