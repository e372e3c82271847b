// SPDX-License-Identifier: GPL-2.0-only
/*
 * vgpu: user memory for jobs.  The pages are faulted when the job is made and
 * watched until it is submitted, so that stale ones are noticed.
 */
#include <linux/hmm.h>
#include <linux/mm.h>
#include <linux/slab.h>
#include <linux/uaccess.h>
#include <linux/vmalloc.h>

#include "vgpu.h"

#if IS_ENABLED(CONFIG_VGPU_USERPTR)

#define MAX_RETRY_HMM_RANGE_FAULT	16

/* Fault user memory in; on success the range goes on watching it. */
static long vgpu_userptr_pages(struct vgpu_ctx *ctx, struct hmm_range *range,
			       u64 start, u64 npages, bool write)
{
	struct hmm_mirror *mirror = &ctx->mirror;
	struct mm_struct *mm = ctx->mm;
	unsigned long i;
	int retry = 0;
	u64 *pfns;
	long r;

	pfns = vmalloc(max_t(u64, npages, 1) * sizeof(*pfns));
	if (!pfns)
		return -ENOMEM;

	vgpu_range_init(range);
	range->default_flags = range->flags[HMM_PFN_VALID];
	range->default_flags |= write ? range->flags[HMM_PFN_WRITE] : 0;
	range->pfn_flags_mask = 0;
	range->pfns = pfns;
	hmm_range_register(range, mirror, start,
			   start + npages * PAGE_SIZE, PAGE_SHIFT);

retry:
	/*
	 * Just wait; whether that, or registering, failed shows in what
	 * hmm_range_fault() returns.
	 */
	hmm_range_wait_until_valid(range, HMM_RANGE_DEFAULT_TIMEOUT);

	down_read(&mm->mmap_sem);

	r = hmm_range_fault(range, 0);
	if (unlikely(r < 0)) {
		if (likely(r == -EAGAIN)) {
			/*
			 * return -EAGAIN, mmap_sem is dropped
			 */
			if (retry++ < MAX_RETRY_HMM_RANGE_FAULT)
				goto retry;
			else
				pr_err("Retry hmm fault too many times\n");
		}

		goto out_up_read;
	}

	up_read(&mm->mmap_sem);

	for (i = 0; i < npages; i++) {
		if (unlikely(!hmm_device_entry_to_page(range, pfns[i]))) {
			pr_err("Page fault failed for pfn[%lu] = 0x%llx\n",
			       i, pfns[i]);
			r = -EFAULT;
			goto out_free_pfns;
		}
	}

	return r;

out_up_read:
	if (likely(r != -EAGAIN))
		up_read(&mm->mmap_sem);
out_free_pfns:
	hmm_range_unregister(range);
	vfree(pfns);
	return r;
}

static void vgpu_userptr_free(struct hmm_range *range)
{
	hmm_range_unregister(range);
	vfree(range->pfns);
	kfree(range);
}

void vgpu_userptr_init(struct vgpu_ctx *ctx)
{
	mutex_init(&ctx->userptrs_lock);
	idr_init(&ctx->userptrs);
}

void vgpu_userptr_fini(struct vgpu_ctx *ctx)
{
	struct hmm_range *range;
	int handle;

	idr_for_each_entry(&ctx->userptrs, range, handle)
		vgpu_userptr_free(range);
	idr_destroy(&ctx->userptrs);
}

int vgpu_userptr_get(struct vgpu_ctx *ctx, struct vgpu_userptr *args)
{
	struct hmm_range *range;
	int ret;

	args->handle = 0;
	args->result = 0;
	if (args->flags & ~VGPU_WRITE)
		return -EINVAL;
	if (args->npages > VGPU_MAX_PAGES)
		return -E2BIG;

	range = kzalloc(sizeof(*range), GFP_KERNEL);
	if (!range)
		return -ENOMEM;

	/* The opener's memory may be gone while others still hold the file. */
	if (!mmget_not_zero(ctx->mm)) {
		args->result = -EFAULT;
		kfree(range);
		return 0;
	}
	args->result = vgpu_userptr_pages(ctx, range, args->addr, args->npages,
					  args->flags & VGPU_WRITE);
	mmput(ctx->mm);
	if (args->result <= 0) {
		kfree(range);
		return 0;
	}

	/* Before the handle exists: with it, another thread could end the range. */
	ret = 0;
	if (copy_to_user(u64_to_user_ptr(args->entries), range->pfns,
			 args->npages * sizeof(*range->pfns)))
		ret = -EFAULT;
	if (!ret) {
		mutex_lock(&ctx->userptrs_lock);
		ret = idr_alloc(&ctx->userptrs, range, 1, 0, GFP_KERNEL);
		mutex_unlock(&ctx->userptrs_lock);
	}
	if (ret < 0) {
		vgpu_userptr_free(range);
		return ret;
	}
	args->handle = ret;

	return 0;
}

static struct hmm_range *vgpu_userptr_take(struct vgpu_ctx *ctx, u32 handle)
{
	struct hmm_range *range;

	if (handle > INT_MAX)
		return NULL;
	mutex_lock(&ctx->userptrs_lock);
	range = idr_find(&ctx->userptrs, handle);
	if (range)
		idr_remove(&ctx->userptrs, handle);
	mutex_unlock(&ctx->userptrs_lock);

	return range;
}

int vgpu_userptr_done(struct vgpu_ctx *ctx, struct vgpu_userptr_done *args)
{
	struct hmm_range *range = vgpu_userptr_take(ctx, args->handle);

	if (!range)
		return -ENOENT;

	mutex_lock(&ctx->lock);
	args->valid = hmm_range_valid(range);
	mutex_unlock(&ctx->lock);
	vgpu_userptr_free(range);

	return 0;
}

int vgpu_userptr_forget(struct vgpu_ctx *ctx, u32 handle)
{
	struct vgpu_userptr_done args = { .handle = handle };

	return vgpu_userptr_done(ctx, &args);
}

#endif /* CONFIG_VGPU_USERPTR */
