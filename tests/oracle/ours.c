// SPDX-License-Identifier: GPL-2.0-only
/*
 * hmm_oracle.ko: /dev/hmm_oracle, for root.  A file of it asks hmm-backport and
 * the kernel's own hmm_range_fault() (theirs.c) about windows of the process that
 * opened it, and hands out both answers in one form.  It judges nothing.
 */
#include <linux/fs.h>
#include <linux/gfp.h>
#include <linux/hmm.h>
#include <linux/io.h>
#include <linux/miscdevice.h>
#include <linux/mm.h>
#include <linux/module.h>
#include <linux/mutex.h>
#include <linux/sched.h>
#include <linux/slab.h>
#include <linux/spinlock.h>
#include <linux/uaccess.h>
#include "older.h"
#include "oracle.h"

#define ORACLE_MOST	65536UL	/* pages of a question */
#define ORACLE_TRIES	32	/* until an answer stands */

/**
 * struct oracle - an open file
 * @mirror: hmm-backport's
 * @mm: whose it is
 * @range: the window that was asked about last
 * @registered: @range is
 * @lock: the driver's lock
 * @asking: one question at a time
 * @theirs: the kernel's own side
 * @stands: both sides have answered the last question
 */
struct oracle {
	struct hmm_mirror	mirror;
	struct mm_struct	*mm;
	struct hmm_range	range;
	bool			registered;
	spinlock_t		lock;
	struct mutex		asking;
	struct theirs		*theirs;
	bool			stands;
};

/* Two formats: where flags and frame numbers are is the driver's choice. */
static const u64 oracle_flags[2][HMM_PFN_FLAG_MAX] = {
	{
		[HMM_PFN_VALID] = BIT(0),
		[HMM_PFN_WRITE] = BIT(1),
		[HMM_PFN_DEVICE_PRIVATE] = BIT(2),
	}, {
		[HMM_PFN_VALID] = BIT(9),
		[HMM_PFN_WRITE] = BIT(3),
		[HMM_PFN_DEVICE_PRIVATE] = BIT(7),
	},
};

static const u64 oracle_values[2][HMM_PFN_VALUE_MAX] = {
	{
		[HMM_PFN_ERROR] = BIT(3),
		[HMM_PFN_NONE] = 0,
		[HMM_PFN_SPECIAL] = BIT(4),
	}, {
		[HMM_PFN_ERROR] = 0,
		[HMM_PFN_NONE] = BIT(1),
		[HMM_PFN_SPECIAL] = BIT(12) | BIT(1),
	},
};

static const u8 oracle_shift[2] = { 12, 20 };

/*
 * What an array holds before it is filled: an entry that is left is seen, and without
 * a mask it asks for nothing, whatever it says.
 */
#define ORACLE_UNTOUCHED	0xa5a5a5a5a5a5a7afULL

static u64 oracle_request(int format, unsigned int want)
{
	return (want & ORACLE_READ ? oracle_flags[format][HMM_PFN_VALID] : 0) |
	       (want == ORACLE_READ_WRITE ? oracle_flags[format][HMM_PFN_WRITE] : 0);
}

static u64 oracle_common(int format, u64 entry)
{
	const u64 *flags = oracle_flags[format], *values = oracle_values[format];
	u64 rest = entry & ((1ULL << oracle_shift[format]) - 1);
	u64 common = 0;

	if (entry == values[HMM_PFN_NONE])
		return 0;
	if (entry == values[HMM_PFN_ERROR])
		return ORACLE_ERROR;
	if (entry == values[HMM_PFN_SPECIAL])
		return ORACLE_ERROR | ORACLE_SPECIAL;
	if (rest & flags[HMM_PFN_VALID])
		common |= ORACLE_VALID;
	if (rest & flags[HMM_PFN_WRITE])
		common |= ORACLE_WRITE;
	if (rest & flags[HMM_PFN_DEVICE_PRIVATE])
		common |= ORACLE_PRIVATE;
	rest &= ~(flags[HMM_PFN_VALID] | flags[HMM_PFN_WRITE] | flags[HMM_PFN_DEVICE_PRIVATE]);
	if (rest || !(common & ORACLE_VALID))
		common |= ORACLE_GARBAGE;
	return common | entry >> oracle_shift[format] << ORACLE_FRAME_SHIFT;
}

static int oracle_sync(struct hmm_mirror *mirror, const struct mmu_notifier_range *update)
{
	struct oracle *o = container_of(mirror, struct oracle, mirror);

	/* There are no entries to remove, but what is being looked at ends here. */
	spin_lock(&o->lock);
	spin_unlock(&o->lock);
	return 0;
}

static const struct hmm_mirror_ops oracle_mirror_ops = {
	.sync_cpu_device_pagetables = oracle_sync,
};

static void oracle_forget(struct oracle *o)
{
	o->stands = false;
	if (o->registered)
		hmm_range_unregister(&o->range);
	o->registered = false;
	theirs_unwatch(o->theirs);
}

static bool oracle_ours_valid(struct oracle *o)
{
	bool valid;

	spin_lock(&o->lock);
	valid = hmm_range_valid(&o->range);
	spin_unlock(&o->lock);
	return valid;
}

/**
 * struct oracle_work - a question that is being answered
 * @ask: the question
 * @wants: what is wanted of each page, or NULL
 * @pfns: the array of hmm-backport
 * @their_pfns: the array of the kernel's own
 */
struct oracle_work {
	struct oracle_ask	ask;
	u8			*wants;
	u64			*pfns;
	unsigned long		*their_pfns;
};

static int oracle_format(const struct oracle_work *work)
{
	return work->ask.flags & ORACLE_OTHER_FORMAT ? 1 : 0;
}

static void oracle_fill(struct oracle *o, struct oracle_work *work)
{
	int format = oracle_format(work);
	unsigned long i;

	for (i = 0; i < work->ask.npages; i++)
		work->pfns[i] = !work->wants ? ORACLE_UNTOUCHED :
				oracle_request(format, work->wants[i]) |
				/* Bits that are no request. */
				((ORACLE_UNTOUCHED + i) & ~o->range.pfn_flags_mask);
}

static int oracle_watch(struct oracle *o, struct oracle_work *work)
{
	struct oracle_ask *ask = &work->ask;
	int format = oracle_format(work);
	struct hmm_range *range = &o->range;
	int ret = 0;

	oracle_forget(o);
	if (ask->flags & ORACLE_OURS) {
		/* As on a driver's stack. */
		memset(range, 0x5a, sizeof(*range));
		range->start = ask->addr;
		range->end = ask->addr + (ask->npages << PAGE_SHIFT);
		range->pfns = work->pfns;
		range->flags = oracle_flags[format];
		range->values = oracle_values[format];
		range->pfn_shift = oracle_shift[format];
		range->default_flags = oracle_request(format, ask->want);
		range->pfn_flags_mask = work->wants ?
			oracle_request(format, ORACLE_READ_WRITE) : 0;
		ret = hmm_range_register(range, &o->mirror);
		if (ret)
			return ret;
		o->registered = true;
		oracle_fill(o, work);
	}
	if (ask->flags & ORACLE_THEIRS)
		ret = theirs_watch(o->theirs, current->mm, ask->other, ask->npages);
	return ret;
}

static int oracle_ours_error(const struct oracle_work *work, long ret)
{
	if (ret < 0)
		return ret;
	return ret == work->ask.npages ? 0 : -EPROTO;
}

/* Fault by hmm-backport.  After -EAGAIN and -EBUSY the requests are there again. */
static int oracle_fault_ours(struct oracle *o, struct oracle_work *work)
{
	unsigned int flags = work->ask.flags & ORACLE_RETRY ? HMM_FAULT_ALLOW_RETRY : 0;
	unsigned int tries;
	long ret;

	for (tries = 0; tries < ORACLE_TRIES; tries++) {
		if (fatal_signal_pending(current))
			return -EINTR;
		if (!hmm_range_wait_until_valid(&o->range, HMM_RANGE_DEFAULT_TIMEOUT)) {
			ret = -EBUSY;
			continue;
		}
		mmap_read_lock(current->mm);
		ret = hmm_range_fault(&o->range, flags);
		if (ret != -EAGAIN)
			mmap_read_unlock(current->mm);
		if (ret != -EAGAIN && ret != -EBUSY)
			break;
		/* As a driver would that cannot wait for ever. */
		if (tries == ORACLE_TRIES / 2)
			flags = 0;
	}
	return oracle_ours_error(work, ret);
}

static int oracle_fault_theirs(struct oracle *o, struct oracle_work *work)
{
	unsigned int tries;
	int ret;

	for (tries = 0; tries < ORACLE_TRIES; tries++) {
		if (fatal_signal_pending(current))
			return -EINTR;
		theirs_begin(o->theirs);
		mmap_read_lock(current->mm);
		ret = theirs_fault(o->theirs, work->ask.want, work->wants, work->their_pfns);
		mmap_read_unlock(current->mm);
		if (ret != -EBUSY)
			break;
	}
	return ret;
}

static bool oracle_both_valid(struct oracle *o, const struct oracle_work *work)
{
	const struct oracle_ask *ask = &work->ask;

	if ((ask->flags & ORACLE_OURS) && !oracle_ours_valid(o))
		return false;
	return !(ask->flags & ORACLE_THEIRS) || theirs_valid(o->theirs);
}

/* An error makes a range of ours invalid, so there nothing can be said. */
static bool oracle_settled(struct oracle *o, const struct oracle_work *work)
{
	return work->ask.ours_ret || work->ask.theirs_ret || oracle_both_valid(o, work);
}

/* Each faults what is wanted; the second finds what the first has left. */
static void oracle_fault(struct oracle *o, struct oracle_work *work)
{
	struct oracle_ask *ask = &work->ask;

	if ((ask->flags & ORACLE_THEIRS) && (ask->flags & ORACLE_THEIRS_FIRST))
		ask->theirs_ret = oracle_fault_theirs(o, work);
	if (ask->flags & ORACLE_OURS)
		ask->ours_ret = oracle_fault_ours(o, work);
	if ((ask->flags & ORACLE_THEIRS) && !(ask->flags & ORACLE_THEIRS_FIRST))
		ask->theirs_ret = oracle_fault_theirs(o, work);
}

/* Both look under one hold of the mmap lock, so that no fault comes in between. */
static void oracle_snapshot(struct oracle *o, struct oracle_work *work)
{
	struct oracle_ask *ask = &work->ask;
	unsigned int flags = ask->flags & ORACLE_PLAIN ? 0 : HMM_FAULT_SNAPSHOT;
	bool first = ask->flags & ORACLE_THEIRS_FIRST;
	int i;

	if (ask->flags & ORACLE_THEIRS)
		theirs_begin(o->theirs);
	if ((ask->flags & ORACLE_OURS) &&
	    !hmm_range_wait_until_valid(&o->range, HMM_RANGE_DEFAULT_TIMEOUT)) {
		ask->ours_ret = -EBUSY;
		return;
	}
	mmap_read_lock(current->mm);
	for (i = 0; i < 2; i++) {
		bool theirs = (i == 0) == first;

		if (theirs && (ask->flags & ORACLE_THEIRS))
			ask->theirs_ret = theirs_fault(o->theirs, 0, NULL, work->their_pfns);
		if (!theirs && (ask->flags & ORACLE_OURS))
			ask->ours_ret = oracle_ours_error(work, hmm_range_fault(&o->range, flags));
	}
	mmap_read_unlock(current->mm);
}

static int oracle_answer(struct oracle *o, struct oracle_work *work)
{
	struct oracle_ask *ask = &work->ask;
	unsigned int tries;
	int ret;

	ret = oracle_watch(o, work);
	if (ret)
		return ret;
	for (tries = 0; tries < ORACLE_TRIES; tries++) {
		ask->ours_ret = 0;
		ask->theirs_ret = 0;
		if (ask->flags & ORACLE_OURS)
			oracle_fill(o, work);
		if (ask->flags & ORACLE_SNAPSHOT)
			oracle_snapshot(o, work);
		else
			oracle_fault(o, work);
		ask->settled = oracle_settled(o, work);
		if (ask->ours_ret != -EBUSY && ask->theirs_ret != -EBUSY && ask->settled)
			break;
		/* Twins are no longer alike once one was faulted. */
		if (ask->addr != ask->other && !(ask->flags & ORACLE_SNAPSHOT))
			break;
		if (fatal_signal_pending(current))
			return -EINTR;
	}
	o->stands = !ask->ours_ret && !ask->theirs_ret;
	return 0;
}

static int oracle_hand_out(const struct oracle_work *work)
{
	const struct oracle_ask *ask = &work->ask;
	u64 __user *ours = u64_to_user_ptr(ask->ours);
	u64 __user *theirs = u64_to_user_ptr(ask->theirs);
	int format = oracle_format(work);
	unsigned long i;

	for (i = 0; i < ask->npages; i++) {
		if ((ask->flags & ORACLE_OURS) &&
		    put_user(oracle_common(format, work->pfns[i]), ours + i))
			return -EFAULT;
		if ((ask->flags & ORACLE_THEIRS) &&
		    put_user(theirs_common(work->their_pfns[i]), theirs + i))
			return -EFAULT;
		if (!(i % 1024))
			cond_resched();
	}
	return 0;
}

static long oracle_ask(struct oracle *o, struct oracle_ask __user *arg)
{
	struct oracle_work work = { };
	struct oracle_ask *ask = &work.ask;
	long ret = -ENOMEM;

	if (copy_from_user(ask, arg, sizeof(*ask)))
		return -EFAULT;
	if (!ask->npages || ask->npages > ORACLE_MOST ||
	    offset_in_page(ask->addr) || offset_in_page(ask->other))
		return -EINVAL;

	work.pfns = kvmalloc_array(ask->npages, sizeof(*work.pfns), GFP_KERNEL);
	work.their_pfns = kvmalloc_array(ask->npages, sizeof(*work.their_pfns),
					 GFP_KERNEL | __GFP_ZERO);
	if (!work.pfns || !work.their_pfns)
		goto out;
	if (ask->wants) {
		work.wants = kvmalloc(ask->npages, GFP_KERNEL);
		if (!work.wants)
			goto out;
		ret = -EFAULT;
		if (copy_from_user(work.wants, u64_to_user_ptr(ask->wants), ask->npages))
			goto out;
	}
	ret = oracle_answer(o, &work);
	if (!ret)
		ret = oracle_hand_out(&work);
	/* Only validity is asked for from here on; the array goes. */
	if (!ret && copy_to_user(arg, ask, sizeof(*ask)))
		ret = -EFAULT;
out:
	kvfree(work.wants);
	kvfree(work.their_pfns);
	kvfree(work.pfns);
	return ret;
}

static long oracle_ioctl(struct file *file, unsigned int command, unsigned long arg)
{
	struct oracle *o = file->private_data;
	long ret;

	/* A child has the file of its parent, but another address space. */
	if (o->mm != current->mm)
		return -EINVAL;
	if (mutex_lock_interruptible(&o->asking))
		return -EINTR;
	switch (command) {
	case ORACLE_ASK:
		ret = oracle_ask(o, (struct oracle_ask __user *)arg);
		break;
	case ORACLE_STILL:
		ret = o->stands && oracle_ours_valid(o) && theirs_valid(o->theirs);
		break;
	default:
		ret = -ENOTTY;
	}
	mutex_unlock(&o->asking);
	return ret;
}

static int oracle_open(struct inode *inode, struct file *file)
{
	struct oracle *o = kzalloc(sizeof(*o), GFP_KERNEL);
	int ret = -ENOMEM;

	if (!o)
		return ret;
	o->theirs = theirs_new();
	if (!o->theirs)
		goto out;
	spin_lock_init(&o->lock);
	mutex_init(&o->asking);
	o->mirror.ops = &oracle_mirror_ops;
	mmap_write_lock(current->mm);
	ret = hmm_mirror_register(&o->mirror, current->mm);
	mmap_write_unlock(current->mm);
	if (ret)
		goto out;
	o->mm = current->mm;
	mmgrab(o->mm);
	file->private_data = o;
	return 0;
out:
	theirs_free(o->theirs);
	kfree(o);
	return ret;
}

static int oracle_release(struct inode *inode, struct file *file)
{
	struct oracle *o = file->private_data;

	oracle_forget(o);
	hmm_mirror_unregister(&o->mirror);
	theirs_free(o->theirs);
	mmdrop(o->mm);
	kfree(o);
	return 0;
}

/* Memory that only a driver can make. */
static void *oracle_memory;

static vm_fault_t oracle_page_fault(OLDER_FAULT_ARGUMENTS)
{
	unsigned long i = vmf->pgoff - ORACLE_MAP_PAGES * ORACLE_MAP_MOST;
	struct page *page;

	if (i >= ORACLE_MAP_MOST)
		return VM_FAULT_SIGBUS;
	page = virt_to_page(oracle_memory + i * PAGE_SIZE);
	get_page(page);
	vmf->page = page;
	return 0;
}

static const struct vm_operations_struct oracle_vm_ops = {
	.fault = oracle_page_fault,
};

/* Where a PC has the registers of its interrupt controllers. */
#define ORACLE_NO_MEMORY	(0xfec00000UL >> PAGE_SHIFT)

static int oracle_mmap(struct file *file, struct vm_area_struct *vma)
{
	unsigned long npages = (vma->vm_end - vma->vm_start) >> PAGE_SHIFT;
	unsigned long kind = vma->vm_pgoff / ORACLE_MAP_MOST;
	unsigned long first = vma->vm_pgoff % ORACLE_MAP_MOST, i;
	int ret = 0;

	if (first + npages > ORACLE_MAP_MOST || !(vma->vm_flags & VM_SHARED))
		return -EINVAL;
	switch (kind) {
	case ORACLE_MAP_FRAMES:
		return remap_pfn_range(vma, vma->vm_start,
				       (virt_to_phys(oracle_memory) >> PAGE_SHIFT) + first,
				       npages << PAGE_SHIFT, vma->vm_page_prot);
	case ORACLE_MAP_MIXED:
		/*
		 * Every other is a page; between them a frame of no memory, or nothing, or
		 * always a frame.
		 */
		for (i = 0; !ret && i < npages; i += 2)
			ret = vm_insert_page(vma, vma->vm_start + i * PAGE_SIZE,
					     virt_to_page(oracle_memory + (first + i) * PAGE_SIZE));
		for (i = 1; !ret && i < npages; i += i & 8 ? 2 : 4)
			if (vmf_insert_pfn(vma, vma->vm_start + i * PAGE_SIZE,
					   ORACLE_NO_MEMORY + first + i) != VM_FAULT_NOPAGE)
				ret = -EINVAL;
		return ret;
	case ORACLE_MAP_PAGES:
		vma->vm_ops = &oracle_vm_ops;
		return 0;
	}
	return -EINVAL;
}

static const struct file_operations oracle_fops = {
	.owner = THIS_MODULE,
	.open = oracle_open,
	.release = oracle_release,
	.unlocked_ioctl = oracle_ioctl,
	.mmap = oracle_mmap,
};

static struct miscdevice oracle_device = {
	.minor = MISC_DYNAMIC_MINOR,
	.name = "hmm_oracle",
	.mode = 0600,
	.fops = &oracle_fops,
};

static int __init oracle_init(void)
{
	int ret;

	/* Pages of their own, not one of a higher order. */
	oracle_memory = alloc_pages_exact(ORACLE_MAP_MOST * PAGE_SIZE, GFP_KERNEL | __GFP_ZERO);
	if (!oracle_memory)
		return -ENOMEM;
	ret = misc_register(&oracle_device);
	if (ret)
		free_pages_exact(oracle_memory, ORACLE_MAP_MOST * PAGE_SIZE);
	return ret;
}

static void __exit oracle_exit(void)
{
	misc_deregister(&oracle_device);
	free_pages_exact(oracle_memory, ORACLE_MAP_MOST * PAGE_SIZE);
}

module_init(oracle_init);
module_exit(oracle_exit);
MODULE_DESCRIPTION("Asks hmm-backport and the kernel's own hmm_range_fault() about the same memory");
MODULE_LICENSE("GPL");
