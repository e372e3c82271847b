// SPDX-License-Identifier: GPL-2.0-only
/*
 * vgpu: an example vendor driver for a device that exists in software only.
 *
 * Each open file mirrors the address space of the process that opened it: a
 * device page table is filled from that process's page tables, and an engine
 * copies bytes through it.
 *
 * The driver is written against HMM as it was before the series "hmm cleanups,
 * v2" of August 2019.  hmm-convert makes the source that is built.
 */
#include <linux/atomic.h>
#include <linux/delay.h>
#include <linux/dma-mapping.h>
#include <linux/fs.h>
#include <linux/highmem.h>
#include <linux/hmm.h>
#include <linux/miscdevice.h>
#include <linux/mm.h>
#include <linux/module.h>
#include <linux/platform_device.h>
#include <linux/slab.h>
#include <linux/uaccess.h>

#include "vgpu.h"

static struct platform_device *vgpu_pdev;

static const uint64_t vgpu_range_flags[HMM_PFN_FLAG_MAX] = {
	[HMM_PFN_VALID]			= VGPU_PTE_VALID,
	[HMM_PFN_WRITE]			= VGPU_PTE_WRITE,
	[HMM_PFN_DEVICE_PRIVATE]	= VGPU_PTE_VRAM,
};

static const uint64_t vgpu_range_values[HMM_PFN_VALUE_MAX] = {
	[HMM_PFN_ERROR]		= VGPU_PTE_ERROR,
	[HMM_PFN_NONE]		= 0,
	[HMM_PFN_SPECIAL]	= VGPU_PTE_SPECIAL,
};

/* Tell HMM what the device's entries look like. */
void vgpu_range_init(struct hmm_range *range)
{
	if (range) {
		range->flags = vgpu_range_flags;
		range->values = vgpu_range_values;
		range->pfn_shift = VGPU_PTE_SHIFT;
		INIT_LIST_HEAD(&range->list);
	}
}

struct device *vgpu_dma_device(void)
{
	return &vgpu_pdev->dev;
}

/*
 * The mirror.
 */
static int vgpu_sync_cpu_device_pagetables(struct hmm_mirror *mirror,
					   const struct hmm_update *update)
{
	struct vgpu_ctx *ctx = container_of(mirror, struct vgpu_ctx, mirror);
	u32 delay = READ_ONCE(ctx->flush_delay);

	atomic64_inc(&ctx->invalidations);

	if (update->blockable) {
		mutex_lock(&ctx->lock);
	} else if (delay || !mutex_trylock(&ctx->lock)) {
		atomic64_inc(&ctx->refused);
		return -EAGAIN;
	}
	vgpu_pt_drop(ctx, update->start, update->end);
	mutex_unlock(&ctx->lock);

	/* The device needs this long until no access through old entries runs. */
	if (delay)
		msleep(delay);

	return 0;
}

static void vgpu_mirror_release(struct hmm_mirror *mirror)
{
	struct vgpu_ctx *ctx = container_of(mirror, struct vgpu_ctx, mirror);

	atomic64_inc(&ctx->releases);
}

static const struct hmm_mirror_ops vgpu_mirror_ops = {
	.sync_cpu_device_pagetables	= vgpu_sync_cpu_device_pagetables,
	.release			= vgpu_mirror_release,
};

/*
 * The engine.
 */

/* Copy within one page.  Returns false if there is no usable entry. */
static bool vgpu_engine_copy(struct vgpu_ctx *ctx, u64 addr, void *buf,
			     size_t len, bool write)
{
	struct page *page;
	void *kaddr;
	u64 entry;

	mutex_lock(&ctx->lock);
	entry = vgpu_pt_get(ctx, addr >> PAGE_SHIFT);
	if (!(entry & VGPU_PTE_VALID) || (write && !(entry & VGPU_PTE_WRITE))) {
		mutex_unlock(&ctx->lock);
		return false;
	}

	/* Invalidation takes the lock, so the page stays what it is. */
	page = pfn_to_page(entry >> VGPU_PTE_SHIFT);
	kaddr = kmap(page);
	if (write)
		memcpy(kaddr + offset_in_page(addr), buf, len);
	else
		memcpy(buf, kaddr + offset_in_page(addr), len);
	kunmap(page);
	if (write)
		set_page_dirty(page);
	mutex_unlock(&ctx->lock);

	return true;
}

static int vgpu_copy(struct vgpu_ctx *ctx, struct vgpu_copy *args)
{
	bool write = args->flags & VGPU_WRITE;
	char __user *user = u64_to_user_ptr(args->buf);
	int ret = 0;
	void *buf;

	args->done = 0;
	if ((args->flags & ~VGPU_WRITE) || args->addr + args->len < args->addr)
		return -EINVAL;

	buf = kmalloc(PAGE_SIZE, GFP_KERNEL);
	if (!buf)
		return -ENOMEM;

	while (args->done < args->len) {
		u64 addr = args->addr + args->done;
		size_t len = min_t(u64, PAGE_SIZE - offset_in_page(addr),
				   args->len - args->done);

		if (fatal_signal_pending(current)) {
			ret = -EINTR;
			break;
		}
		if (write && copy_from_user(buf, user + args->done, len)) {
			ret = -EFAULT;
			break;
		}
		if (!vgpu_engine_copy(ctx, addr, buf, len, write))
			break;
		if (!write && copy_to_user(user + args->done, buf, len)) {
			ret = -EFAULT;
			break;
		}
		args->done += len;
		cond_resched();
	}
	kfree(buf);

	return ret;
}

static void vgpu_stats(struct vgpu_ctx *ctx, struct vgpu_stats *stats)
{
	stats->invalidations = atomic64_read(&ctx->invalidations);
	stats->refused = atomic64_read(&ctx->refused);
	stats->dropped = atomic64_read(&ctx->dropped);
	stats->releases = atomic64_read(&ctx->releases);
	mutex_lock(&ctx->lock);
	stats->mapped = ctx->mapped;
	mutex_unlock(&ctx->lock);
}

/*
 * The character device.
 */
static int vgpu_open(struct inode *inode, struct file *file)
{
	struct vgpu_ctx *ctx;
	int ret;

	if (!current->mm)
		return -EINVAL;

	ctx = kzalloc(sizeof(*ctx), GFP_KERNEL);
	if (!ctx)
		return -ENOMEM;

	mutex_init(&ctx->lock);
	vgpu_userptr_init(ctx);
	ctx->mirror.ops = &vgpu_mirror_ops;
	ctx->mm = current->mm;
	mmgrab(ctx->mm);

	down_write(&ctx->mm->mmap_sem);
	ret = hmm_mirror_register(&ctx->mirror, ctx->mm);
	up_write(&ctx->mm->mmap_sem);
	if (ret) {
		mmdrop(ctx->mm);
		kfree(ctx);
		return ret;
	}

	file->private_data = ctx;

	return 0;
}

static int vgpu_release(struct inode *inode, struct file *file)
{
	struct vgpu_ctx *ctx = file->private_data;

	vgpu_userptr_fini(ctx);
	hmm_mirror_unregister(&ctx->mirror);
	vgpu_pt_fini(ctx);
	mmdrop(ctx->mm);
	kfree(ctx);

	return 0;
}

static long vgpu_ioctl_userptr_get(struct vgpu_ctx *ctx, void __user *uarg)
{
	struct vgpu_userptr args;
	int ret;

	if (copy_from_user(&args, uarg, sizeof(args)))
		return -EFAULT;
	ret = vgpu_userptr_get(ctx, &args);
	if (ret)
		return ret;
	if (copy_to_user(uarg, &args, sizeof(args))) {
		/* Nobody knows the handle. */
		if (args.result > 0)
			vgpu_userptr_forget(ctx, args.handle);
		return -EFAULT;
	}

	return 0;
}

static long vgpu_ioctl(struct file *file, unsigned int cmd, unsigned long arg)
{
	struct vgpu_ctx *ctx = file->private_data;
	void __user *uarg = (void __user *)arg;
	union {
		struct vgpu_svm svm;
		struct vgpu_userptr_done done;
		struct vgpu_copy copy;
		struct vgpu_dma dma;
		struct vgpu_stats stats;
		u32 delay;
	} args;
	int ret = 0;

	memset(&args, 0, sizeof(args));
	switch (cmd) {
	case VGPU_SVM_FAULT:
	case VGPU_USERPTR_DONE:
	case VGPU_COPY:
	case VGPU_DMA:
	case VGPU_FLUSH_DELAY:
		if (copy_from_user(&args, uarg, _IOC_SIZE(cmd)))
			return -EFAULT;
		break;
	case VGPU_USERPTR_GET:
		return vgpu_ioctl_userptr_get(ctx, uarg);
	case VGPU_STATS:
		break;
	default:
		return -ENOTTY;
	}

	switch (cmd) {
	case VGPU_SVM_FAULT:
		ret = vgpu_svm_fault(ctx, &args.svm);
		break;
	case VGPU_USERPTR_DONE:
		ret = vgpu_userptr_done(ctx, &args.done);
		break;
	case VGPU_COPY:
		ret = vgpu_copy(ctx, &args.copy);
		break;
	case VGPU_DMA:
		ret = vgpu_dma(ctx, &args.dma);
		break;
	case VGPU_STATS:
		vgpu_stats(ctx, &args.stats);
		break;
	case VGPU_FLUSH_DELAY:
		if (args.delay > VGPU_MAX_FLUSH_DELAY)
			return -EINVAL;
		WRITE_ONCE(ctx->flush_delay, args.delay);
		break;
	}
	if (ret)
		return ret;

	if ((_IOC_DIR(cmd) & _IOC_READ) && copy_to_user(uarg, &args, _IOC_SIZE(cmd)))
		return -EFAULT;

	return 0;
}

static const struct file_operations vgpu_fops = {
	.owner		= THIS_MODULE,
	.open		= vgpu_open,
	.release	= vgpu_release,
	.unlocked_ioctl	= vgpu_ioctl,
};

static struct miscdevice vgpu_misc = {
	.minor	= MISC_DYNAMIC_MINOR,
	.name	= "vgpu",
	.fops	= &vgpu_fops,
};

static int __init vgpu_init(void)
{
	int ret;

	/* The kernel has no bus for us; DMA wants a device all the same. */
	vgpu_pdev = platform_device_register_simple("vgpu", PLATFORM_DEVID_NONE, NULL, 0);
	if (IS_ERR(vgpu_pdev))
		return PTR_ERR(vgpu_pdev);

	ret = dma_coerce_mask_and_coherent(&vgpu_pdev->dev, DMA_BIT_MASK(64));
	if (!ret)
		ret = misc_register(&vgpu_misc);
	if (ret)
		platform_device_unregister(vgpu_pdev);

	return ret;
}

static void __exit vgpu_exit(void)
{
	misc_deregister(&vgpu_misc);
	platform_device_unregister(vgpu_pdev);
}

module_init(vgpu_init);
module_exit(vgpu_exit);

MODULE_DESCRIPTION("Example vendor driver for hmm-backport");
MODULE_LICENSE("GPL v2");
