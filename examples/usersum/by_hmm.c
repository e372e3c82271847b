// SPDX-License-Identifier: GPL-2.0-only
/*
 * usersum with hmm-backport: nothing is held.  A page that changes while it is looked
 * up is looked up again, and no page changes its place while it is read.
 */
#include <linux/err.h>
#include <linux/highmem.h>
#include <linux/hmm.h>
#include <linux/mm.h>
#include <linux/mutex.h>
#include <linux/sched.h>
#include <linux/sched/signal.h>
#include <linux/slab.h>
#include <linux/string.h>

#include "usersum.h"

#define USERSUM_VALID	(1ULL << 0)
#define USERSUM_SHIFT	1

const char *usersum_way(void)
{
	return "hmm-backport";
}

/**
 * struct usersum_ctx - one open file
 * @mm: its opener's address space, which the mirror keeps
 * @mirror: follows it
 * @reading: held while a page is read, and by what changes the address space
 */
struct usersum_ctx {
	struct mm_struct	*mm;
	struct hmm_mirror	mirror;
	struct mutex		reading;
};

static const u64 usersum_flags[HMM_PFN_FLAG_MAX] = {
	[HMM_PFN_VALID]		= USERSUM_VALID,
};

static const u64 usersum_values[HMM_PFN_VALUE_MAX];

/* The page is not handed back before whoever reads it is through. */
static int usersum_sync(struct hmm_mirror *mirror, const struct mmu_notifier_range *update)
{
	struct usersum_ctx *ctx = container_of(mirror, struct usersum_ctx, mirror);

	if (mmu_notifier_range_blockable(update))
		mutex_lock(&ctx->reading);
	else if (!mutex_trylock(&ctx->reading))
		return -EAGAIN;
	mutex_unlock(&ctx->reading);

	return 0;
}

static const struct hmm_mirror_ops usersum_ops = {
	.sync_cpu_device_pagetables	= usersum_sync,
};

struct usersum_ctx *usersum_ctx_new(void)
{
	struct usersum_ctx *ctx;
	int ret;

	if (!current->mm)
		return ERR_PTR(-EINVAL);
	ctx = kzalloc(sizeof(*ctx), GFP_KERNEL);
	if (!ctx)
		return ERR_PTR(-ENOMEM);
	mutex_init(&ctx->reading);
	ctx->mirror.ops = &usersum_ops;
	ctx->mm = current->mm;
	mmap_write_lock(ctx->mm);
	ret = hmm_mirror_register(&ctx->mirror, ctx->mm);
	mmap_write_unlock(ctx->mm);
	if (ret) {
		kfree(ctx);
		return ERR_PTR(ret);
	}

	return ctx;
}

void usersum_ctx_free(struct usersum_ctx *ctx)
{
	hmm_mirror_unregister(&ctx->mirror);
	kfree(ctx);
}

/* Returns 1 to look it up again. */
static long usersum_try(struct usersum_ctx *ctx, struct hmm_range *range, void *buf)
{
	struct page *page;
	void *from;
	long ret;

	if (!hmm_range_wait_until_valid(range, HMM_RANGE_DEFAULT_TIMEOUT))
		return 1;
	mmap_read_lock(ctx->mm);
	ret = hmm_range_fault(range, 0);
	mmap_read_unlock(ctx->mm);
	if (ret == -EBUSY)
		return 1;
	if (ret < 0)
		return ret;

	mutex_lock(&ctx->reading);
	if (!hmm_range_valid(range)) {
		mutex_unlock(&ctx->reading);
		return 1;
	}
	page = pfn_to_page(*range->pfns >> USERSUM_SHIFT);
	from = kmap(page);
	memcpy(buf, from, PAGE_SIZE);
	kunmap(page);
	mutex_unlock(&ctx->reading);

	return 0;
}

int usersum_read_page(struct usersum_ctx *ctx, unsigned long addr, void *buf)
{
	uint64_t pfn = 0;
	struct hmm_range range = {
		.start		= addr,
		.end		= addr + PAGE_SIZE,
		.pfns		= &pfn,
		.flags		= usersum_flags,
		.values		= usersum_values,
		.default_flags	= USERSUM_VALID,
		.pfn_shift	= USERSUM_SHIFT,
	};
	long ret;

	/* Who got the file from its opener has other memory. */
	if (current->mm != ctx->mm)
		return -EPERM;
	ret = hmm_range_register(&range, &ctx->mirror);
	if (ret)
		return ret;
	do {
		ret = usersum_try(ctx, &range, buf);
	} while (ret > 0 && !fatal_signal_pending(current));
	hmm_range_unregister(&range);

	return ret > 0 ? -EINTR : ret;
}
