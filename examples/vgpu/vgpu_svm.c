// SPDX-License-Identifier: GPL-2.0-only
/*
 * vgpu: shared virtual memory.  A window is faulted once and, if asked for,
 * put into the device page table.
 */
#include <linux/hmm.h>
#include <linux/mm.h>
#include <linux/string.h>
#include <linux/uaccess.h>
#include <linux/vmalloc.h>

#include "vgpu.h"

/* How often a fault is started over before the user is told to come back. */
#define VGPU_SVM_MAX_TRIES	16

#define VGPU_SVM_FLAGS		(VGPU_WRITE | VGPU_SNAPSHOT | VGPU_PER_PAGE | \
				 VGPU_ALLOW_RETRY | VGPU_MAP)

/* Under ctx->lock.  The range is not watched any longer afterwards. */
static bool vgpu_svm_range_done(struct hmm_range *range)
{
	bool ret = hmm_range_valid(range);

	hmm_range_unregister(range);
	return ret;
}

/* Called with the mmap_sem held for reading; it is released on failure. */
static long vgpu_svm_range_fault(struct hmm_mirror *mirror,
				 struct hmm_range *range, unsigned int flags)
{
	long ret;

	ret = hmm_range_register(range, mirror,
				 range->start, range->end,
				 PAGE_SHIFT);
	if (ret) {
		up_read(&range->hmm->mm->mmap_sem);
		return ret;
	}

	if (!hmm_range_wait_until_valid(range, HMM_RANGE_DEFAULT_TIMEOUT)) {
		up_read(&range->hmm->mm->mmap_sem);
		hmm_range_unregister(range);
		return -EBUSY;
	}

	ret = hmm_range_fault(range, flags);
	if (ret <= 0) {
		if (ret == 0)
			ret = -EBUSY;
		/* A fault that may be retried has dropped the mmap_sem. */
		if (ret != -EAGAIN)
			up_read(&range->hmm->mm->mmap_sem);
		hmm_range_unregister(range);
		return ret;
	}

	return ret;
}

/* Under ctx->lock, and only while the range is valid. */
static int vgpu_svm_install(struct vgpu_ctx *ctx, const struct hmm_range *range)
{
	unsigned long addr;
	int ret;

	for (addr = range->start; addr < range->end;
	     addr += hmm_range_page_size(range)) {
		unsigned long i = (addr - range->start) >> range->page_shift;

		ret = vgpu_pt_set(ctx, addr >> hmm_range_page_shift(range),
				  range->pfns[i]);
		if (ret)
			return ret;
	}

	return 0;
}

static long vgpu_svm_do_fault(struct vgpu_ctx *ctx, struct vgpu_svm *args,
			      u64 *pfns, const u64 *requests, unsigned long npages)
{
	unsigned int flags = 0;
	struct hmm_range range;
	unsigned long first;
	long ret;

	if (args->flags & VGPU_SNAPSHOT)
		flags |= HMM_FAULT_SNAPSHOT;
	if (args->flags & VGPU_ALLOW_RETRY)
		flags |= HMM_FAULT_ALLOW_RETRY;

	vgpu_range_init(&range);
	range.start = args->start;
	range.end = args->end;
	range.pfns = pfns;
	if (requests) {
		range.default_flags = 0;
		range.pfn_flags_mask = -1UL;
	} else {
		range.default_flags = range.flags[HMM_PFN_VALID];
		if (args->flags & VGPU_WRITE)
			range.default_flags |= range.flags[HMM_PFN_WRITE];
		range.pfn_flags_mask = 0;
	}
	first = args->start >> PAGE_SHIFT;

again:
	if (requests)
		memcpy(pfns, requests, npages * sizeof(*pfns));

	down_read(&ctx->mm->mmap_sem);
	ret = vgpu_svm_range_fault(&ctx->mirror, &range, flags);
	if (ret > 0) {
		int err = 0;

		if (args->flags & VGPU_MAP)
			err = vgpu_pt_reserve(ctx, first, npages);

		mutex_lock(&ctx->lock);
		if (!vgpu_svm_range_done(&range))
			ret = -EBUSY;
		else if (!err && (args->flags & VGPU_MAP))
			err = vgpu_svm_install(ctx, &range);
		mutex_unlock(&ctx->lock);
		up_read(&ctx->mm->mmap_sem);

		if (err)
			ret = err;
	}
	if ((ret == -EBUSY || ret == -EAGAIN) &&
	    args->tries < VGPU_SVM_MAX_TRIES && !fatal_signal_pending(current)) {
		args->tries++;
		goto again;
	}

	return ret;
}

int vgpu_svm_fault(struct vgpu_ctx *ctx, struct vgpu_svm *args)
{
	u64 __user *entries = u64_to_user_ptr(args->entries);
	unsigned long npages = 0;
	u64 *requests = NULL;
	u64 *pfns;
	int ret = 0;

	args->tries = 0;
	if (args->flags & ~VGPU_SVM_FLAGS)
		return -EINVAL;

	/* Whether the window makes sense is hmm_range_register()'s to say. */
	if (args->start < args->end &&
	    !offset_in_page(args->start) && !offset_in_page(args->end))
		npages = (args->end - args->start) >> PAGE_SHIFT;
	if (npages > VGPU_MAX_PAGES)
		return -E2BIG;

	pfns = vzalloc(max(npages, 1UL) * sizeof(*pfns));
	if (!pfns)
		return -ENOMEM;
	if (args->flags & VGPU_PER_PAGE) {
		requests = vzalloc(max(npages, 1UL) * sizeof(*pfns));
		if (!requests) {
			ret = -ENOMEM;
			goto out;
		}
		if (copy_from_user(requests, entries, npages * sizeof(*pfns))) {
			ret = -EFAULT;
			goto out;
		}
	}

	/* The opener's memory may be gone while others still hold the file. */
	if (mmget_not_zero(ctx->mm)) {
		args->result = vgpu_svm_do_fault(ctx, args, pfns, requests, npages);
		mmput(ctx->mm);
	} else {
		args->result = -EFAULT;
	}

	if (copy_to_user(entries, pfns, npages * sizeof(*pfns)))
		ret = -EFAULT;

out:
	vfree(requests);
	vfree(pfns);
	return ret;
}
