// SPDX-License-Identifier: GPL-2.0-only
/*
 * The device of the stress test.  It is a driver as the interface asks for, and its
 * engine is suspicious: every page that it reads or writes it first compares with what
 * the board says must stand there (see hmm_stress.h).
 *
 * Each open file mirrors the address space of its opener in three ways at once: a
 * page table whose entries live until the callback removes them; one range that stays
 * registered and is used while it is valid; and that range mapped for DMA.
 */
#include <linux/atomic.h>
#include <linux/delay.h>
#include <linux/dma-mapping.h>
#include <linux/fs.h>
#include <linux/highmem.h>
#include <linux/hmm.h>
#include <linux/miscdevice.h>
#include <linux/mm.h>
#include <linux/mmu_notifier.h>
#include <linux/module.h>
#include <linux/mutex.h>
#include <linux/platform_device.h>
#include <linux/slab.h>
#include <linux/uaccess.h>
#include <linux/vmalloc.h>

#include "hmm_stress.h"
#include "older.h"

#define HS_VALID	BIT(0)
#define HS_MAY_WRITE	BIT(1)
#define HS_PRIVATE	BIT(2)
#define HS_ERROR	BIT(3)
#define HS_SPECIAL	BIT(4)
#define HS_SHIFT	12

/* A window has no more pages. */
#define HS_WINDOW	512
#define HS_TRIES	24

static const u64 hs_flags[HMM_PFN_FLAG_MAX] = {
	[HMM_PFN_VALID] = HS_VALID,
	[HMM_PFN_WRITE] = HS_MAY_WRITE,
	[HMM_PFN_DEVICE_PRIVATE] = HS_PRIVATE,
};

static const u64 hs_values[HMM_PFN_VALUE_MAX] = {
	[HMM_PFN_ERROR] = HS_ERROR,
	[HMM_PFN_NONE] = 0,
	[HMM_PFN_SPECIAL] = HS_SPECIAL,
};

/**
 * struct hs_window - a range and its arrays
 * @range: for hmm-backport
 * @pfns: its entries
 * @daddrs: bus addresses
 * @slot: slot of its first page
 * @used: it is registered
 * @mapped: @daddrs are in use: the callback undoes them
 * @wrote: and the device has written through them
 */
struct hs_window {
	struct hmm_range	range;
	u64			pfns[HS_WINDOW];
	dma_addr_t		daddrs[HS_WINDOW];
	unsigned int		slot;
	bool			used;
	bool			mapped;
	bool			wrote;
};

/**
 * struct hs_device - an open file
 * @mirror: of @mm
 * @mm: the opener's address space
 * @op: one request at a time; taken before any other lock
 * @lock: the one that the callback takes
 * @pt: page table, by slot
 * @run: the window of a request
 * @held: the window that stays
 * @knobs: see there
 * @stats: see there, but
 * @refused: counted where the lock cannot be had
 * @foreign: a notifier of somebody else
 * @has_foreign: it is registered
 */
struct hs_device {
	struct hmm_mirror	mirror;
	struct mm_struct	*mm;
	struct mutex		op;
	struct mutex		lock;
	struct {
		unsigned long	addr;
		u64		entry;
	}			pt[HS_SLOTS];
	struct hs_window	run;
	struct hs_window	held;
	struct hs_knobs		knobs;
	struct hs_stats		stats;
	atomic64_t		refused;
	struct mmu_notifier	foreign;
	bool			has_foreign;
};

static struct hs_slot *hs_board;
static struct platform_device *hs_pdev;

/* Marked under the lock that the callback takes, so before the page can go. */
static void hs_set_dirty(struct page *page)
{
	set_page_dirty(page);
}

static void hs_mismatch(struct hs_device *hs, unsigned int slot, const struct hs_page *seen,
			u64 lo, u64 hi, u64 board)
{
	struct hs_stats *stats = &hs->stats;

	if (stats->mismatches++)
		return;
	stats->slot = slot;
	stats->id = seen->id;
	stats->gen = seen->gen;
	stats->count = seen->dev[hs->knobs.nr];
	stats->lo = lo;
	stats->hi = hi;
	stats->board = board;
}

/*
 * Use one page, as hardware would: look, and if wanted count up.  Under the lock,
 * while the entry is true.  Returns whether it wrote.
 */
static bool hs_engine(struct hs_device *hs, unsigned int slot, struct page *page, bool write)
{
	struct hs_slot *board = &hs_board[slot];
	unsigned int nr = hs->knobs.nr;
	struct hs_page seen, *at;
	u64 lo, hi, count;
	u32 flux;
	bool right;

	lockdep_assert_held(&hs->lock);

	flux = smp_load_acquire(&board->flux); /* the program: filled, then no flux */
	lo = smp_load_acquire(&board->lo); /* the program: written, then lo */
	count = READ_ONCE(board->dev[nr]);

	at = kmap(page);
	seen.id = READ_ONCE(at->id);
	seen.gen = READ_ONCE(at->gen);
	seen.scratch = READ_ONCE(at->scratch);
	seen.dev[nr] = READ_ONCE(at->dev[nr]);
	smp_rmb(); /* what was seen comes before what the board allows at most */
	hi = READ_ONCE(board->hi);
	flux |= READ_ONCE(board->flux);

	if (flux) {
		right = (!seen.id || seen.id == HS_ID(slot) || seen.id == HS_POISON) &&
			(!seen.scratch || seen.scratch == HS_ID(slot));
		hs->stats.blurred++;
	} else {
		right = seen.id == HS_ID(slot) && seen.gen >= lo && seen.gen <= hi &&
			seen.dev[nr] == count &&
			(!seen.scratch || seen.scratch == HS_ID(slot));
	}

	if (!right) {
		hs_mismatch(hs, slot, &seen, lo, hi, count);
	} else {
		hs->stats.reads++;
		if (write) {
			WRITE_ONCE(at->scratch, HS_ID(slot));
			if (!flux) {
				WRITE_ONCE(at->dev[nr], count + 1);
				smp_wmb(); /* the program: page, board, page again */
				WRITE_ONCE(board->dev[nr], count + 1);
			}
			hs->stats.writes++;
		}
	}
	kunmap(page);
	return write && right;
}

static bool hs_engine_raw(struct page *page, bool write, u64 value)
{
	void *at;

	at = kmap(page);
	if (write)
		WRITE_ONCE(*(u64 *)(at + HS_RAW_OFFSET), value);
	kunmap(page);
	return write;
}

/* Entries that can be used so. */
static bool hs_usable(u64 entry, bool write)
{
	return (entry & HS_VALID) && !(entry & (HS_PRIVATE | HS_ERROR | HS_SPECIAL)) &&
	       (!write || (entry & HS_MAY_WRITE));
}

/*
 * The window's pages, under the lock.  DMA goes where the bus address leads: the
 * device has no IOMMU, so that is a frame's, be it the page's or a bounce buffer's.
 */
static unsigned int hs_use(struct hs_device *hs, struct hs_window *win, const struct hs_run *run,
			   bool dma)
{
	unsigned int i, used = 0, n = (win->range.end - win->range.start) >> PAGE_SHIFT;
	bool write = run->flags & HS_WRITE;

	for (i = 0; i < n; i++) {
		struct page *page;
		bool wrote;

		if (!hs_usable(win->pfns[i], write) || (dma && !win->daddrs[i]))
			continue;
		page = pfn_to_page(dma ? win->daddrs[i] >> PAGE_SHIFT : win->pfns[i] >> HS_SHIFT);
		if (run->flags & HS_RAW)
			wrote = hs_engine_raw(page, write, run->value + i);
		else
			wrote = hs_engine(hs, win->slot + i, page, write);
		/* Else hmm_range_dma_unmap() does it. */
		if (wrote && !dma)
			hs_set_dirty(page);
		used++;
	}
	if (dma && write && used)
		win->wrote = true;
	return used;
}

/* Under the lock; the pages are still there. */
static void hs_dma_unmap(struct hs_device *hs)
{
	struct hs_window *win = &hs->held;

	if (!win->mapped)
		return;
	hmm_range_dma_unmap(&win->range, &hs_pdev->dev, win->daddrs, win->wrote);
	win->mapped = false;
	win->wrote = false;
}

static void hs_drop(struct hs_device *hs, unsigned long start, unsigned long end)
{
	struct hmm_range *range = &hs->held.range;
	unsigned int i;

	lockdep_assert_held(&hs->lock);
	for (i = 0; i < HS_SLOTS; i++)
		if (hs->pt[i].entry && hs->pt[i].addr >= start && hs->pt[i].addr < end) {
			hs->pt[i].entry = 0;
			hs->stats.installed--;
		}
	if (hs->held.mapped && range->start < end && range->end > start)
		hs_dma_unmap(hs);
}

static int hs_sync(struct hmm_mirror *mirror, const struct mmu_notifier_range *update)
{
	struct hs_device *hs = container_of(mirror, struct hs_device, mirror);
	u32 flush_us = READ_ONCE(hs->knobs.flush_us);
	bool blockable = mmu_notifier_range_blockable(update);

	if (blockable) {
		mutex_lock(&hs->lock);
	} else if (READ_ONCE(hs->knobs.refuse) || !mutex_trylock(&hs->lock)) {
		atomic64_inc(&hs->refused);
		return -EAGAIN;
	}
	hs->stats.invalidations++;
	hs_drop(hs, update->start, update->end);
	mutex_unlock(&hs->lock);

	if (flush_us && blockable)
		usleep_range(flush_us, flush_us + flush_us / 4 + 1);
	return 0;
}

static void hs_mirror_release(struct hmm_mirror *mirror)
{
	struct hs_device *hs = container_of(mirror, struct hs_device, mirror);

	mutex_lock(&hs->lock);
	hs->stats.releases++;
	mutex_unlock(&hs->lock);
}

static const struct hmm_mirror_ops hs_mirror_ops = {
	.sync_cpu_device_pagetables = hs_sync,
	.release = hs_mirror_release,
};

/* Give up the held window, under the lock as a driver might. */
static void hs_release_held(struct hs_device *hs)
{
	mutex_lock(&hs->lock);
	if (hs->held.used) {
		hs_dma_unmap(hs);
		hmm_range_unregister(&hs->held.range);
		hs->held.used = false;
	}
	mutex_unlock(&hs->lock);
}

static void hs_install(struct hs_device *hs, const struct hs_window *win)
{
	unsigned int i, n = (win->range.end - win->range.start) >> PAGE_SHIFT;

	for (i = 0; i < n; i++) {
		if (!hs_usable(win->pfns[i], false))
			continue;
		if (!hs->pt[win->slot + i].entry)
			hs->stats.installed++;
		hs->pt[win->slot + i].addr = win->range.start + i * PAGE_SIZE;
		hs->pt[win->slot + i].entry = win->pfns[i];
	}
}

/* What is wanted of a page with %HS_MIXED: nothing, or access as the whole request says. */
static u64 hs_request(const struct hs_run *run, unsigned int i)
{
	u64 want = HS_VALID | (run->flags & HS_WRITE ? HS_MAY_WRITE : 0);

	return run->value >> (i % 32) & 1 ? want : 0;
}

static void hs_requests(struct hs_window *win, const struct hs_run *run)
{
	unsigned int i;

	for (i = 0; i < run->npages; i++)
		win->pfns[i] = hs_request(run, i);
}

/* A fault that has worked has what was asked for, also if it took several tries. */
static void hs_check_requests(struct hs_device *hs, const struct hs_window *win,
			      const struct hs_run *run)
{
	unsigned int i;

	for (i = 0; i < run->npages; i++) {
		u64 want = hs_request(run, i);

		if ((want & win->pfns[i]) != want)
			hs_mismatch(hs, win->slot + i, &(struct hs_page) { .id = win->pfns[i] },
				    0, 0, want);
	}
}

static void hs_window_init(struct hs_window *win, const struct hs_run *run)
{
	struct hmm_range *range = &win->range;

	range->start = run->addr;
	range->end = run->addr + run->npages * PAGE_SIZE;
	range->pfns = win->pfns;
	range->flags = hs_flags;
	range->values = hs_values;
	range->default_flags = HS_VALID | (run->flags & HS_WRITE ? HS_MAY_WRITE : 0);
	range->pfn_flags_mask = 0;
	if (run->flags & HS_MIXED) {
		range->default_flags = 0;
		range->pfn_flags_mask = -1;
	}
	range->pfn_shift = HS_SHIFT;
	win->slot = run->slot;
	win->mapped = false;
	win->wrote = false;
}

static long hs_fault(struct hs_device *hs, struct hs_window *win, const struct hs_run *run)
{
	unsigned int flags = (run->flags & HS_RETRY ? HMM_FAULT_ALLOW_RETRY : 0) |
			     (run->flags & HS_SNAPSHOT ? HMM_FAULT_SNAPSHOT : 0);
	long ret;

	if (!hmm_range_wait_until_valid(&win->range, HMM_RANGE_DEFAULT_TIMEOUT))
		return -ETIME;
	mmap_read_lock(hs->mm);
	if (run->flags & HS_DMA)
		ret = hmm_range_dma_map(&win->range, &hs_pdev->dev, win->daddrs, flags);
	else
		ret = hmm_range_fault(&win->range, flags);
	if (ret != -EAGAIN)
		mmap_read_unlock(hs->mm);
	return ret;
}

/* Still true?  Asked under the lock, or it is no answer. */
static bool hs_window_valid(struct hs_window *win)
{
	return hmm_range_valid(&win->range);
}

static void hs_do_run(struct hs_device *hs, struct hs_run *run)
{
	bool hold = run->flags & HS_HOLD, dma = run->flags & HS_DMA, done = false;
	bool mixed = run->flags & HS_MIXED, ask = mixed;
	struct hs_window *win = hold ? &hs->held : &hs->run;
	long ret;

	if (hold)
		hs_release_held(hs);
	mutex_lock(&hs->lock);
	hs_window_init(win, run);
	mutex_unlock(&hs->lock);
	ret = hmm_range_register(&win->range, &hs->mirror);
	if (ret) {
		run->result = ret;
		return;
	}

	for (run->tries = 0; !done && run->tries < HS_TRIES; run->tries++) {
		if (ask)
			hs_requests(win, run);
		ret = hs_fault(hs, win, run);
		/* After these the requests are there again, but for hmm_range_dma_map(). */
		ask = mixed && (dma || (ret != -EBUSY && ret != -EAGAIN));
		if (ret == -EBUSY || ret == -EAGAIN) {
			if (fatal_signal_pending(current))
				break;
			continue;
		}
		if (ret < 0)
			break;
		if (run->delay_us)
			usleep_range(run->delay_us, run->delay_us + 10);

		mutex_lock(&hs->lock);
		if (hs_window_valid(win)) {
			win->mapped = dma;
			if (mixed && !(run->flags & HS_SNAPSHOT))
				hs_check_requests(hs, win, run);
			run->used = hs_use(hs, win, run, dma);
			if (run->flags & HS_INSTALL)
				hs_install(hs, win);
			done = true;
		} else if (dma) {
			hmm_range_dma_unmap(&win->range, &hs_pdev->dev, win->daddrs, false);
		}
		mutex_unlock(&hs->lock);
		if (!done)
			ret = -EBUSY;
	}
	run->result = ret == -ETIME ? -EBUSY : ret;

	mutex_lock(&hs->lock);
	if (hold && done)
		win->used = true;
	else
		hmm_range_unregister(&win->range);
	mutex_unlock(&hs->lock);
}

static int hs_run(struct hs_device *hs, struct hs_run *run)
{
	unsigned int slots = run->flags & (HS_RAW) ? 0 : HS_SLOTS;

	if (!run->npages || run->npages > HS_WINDOW ||
	    (slots && (run->slot >= slots || run->npages > slots - run->slot)) ||
	    (run->flags & HS_RAW && run->flags & HS_INSTALL) ||
	    (run->flags & HS_DMA && !(run->flags & HS_HOLD)))
		return -EINVAL;
	run->used = 0;
	run->tries = 0;
	/* While it is ours to use; that its users end meanwhile is what is tested. */
	if (!mmget_not_zero(hs->mm)) {
		run->result = -EFAULT;
		return 0;
	}
	hs_do_run(hs, run);
	mmput(hs->mm);
	return 0;
}

static int hs_touch(struct hs_device *hs, struct hs_touch *touch)
{
	struct hs_run run = { .flags = touch->flags & HS_WRITE };
	struct hs_window *win = &hs->held;
	unsigned int slot;

	if (touch->slot > HS_SLOTS || touch->npages > HS_SLOTS - touch->slot)
		return -EINVAL;
	touch->used = 0;
	mutex_lock(&hs->lock);
	if (touch->flags & HS_HELD) {
		if (win->used && (win->mapped || hs_window_valid(win)))
			touch->used = hs_use(hs, win, &run, win->mapped);
	} else {
		for (slot = touch->slot; slot < touch->slot + touch->npages; slot++) {
			u64 entry = hs->pt[slot].entry;
			struct page *page = pfn_to_page(entry >> HS_SHIFT);

			if (!hs_usable(entry, run.flags & HS_WRITE))
				continue;
			if (hs_engine(hs, slot, page, run.flags & HS_WRITE))
				hs_set_dirty(page);
			touch->used++;
		}
	}
	mutex_unlock(&hs->lock);
	return 0;
}

/* Somebody else's notifier: no end callback, so it may refuse. */
static int hs_foreign_refuse(struct mmu_notifier *mn, bool blockable)
{
	return blockable ? 0 : -EAGAIN;
}

OLDER_RANGE_START(hs_foreign_start, hs_foreign_refuse)

static const struct mmu_notifier_ops hs_foreign_ops = {
	.invalidate_range_start = hs_foreign_start,
};

static int hs_add_foreign(struct hs_device *hs)
{
	int ret;

	if (hs->has_foreign)
		return -EEXIST;
	if (!mmget_not_zero(hs->mm))
		return -ESRCH;
	hs->foreign.ops = &hs_foreign_ops;
	ret = mmu_notifier_register(&hs->foreign, hs->mm);
	mmput(hs->mm);
	hs->has_foreign = !ret;
	return ret;
}

static long hs_begin(struct hs_device *hs, u32 ms)
{
	if (!hs->held.used)
		return -ENOENT;
	return hmm_range_wait_until_valid(&hs->held.range, ms) ? 0 : -ETIME;
}

static int hs_open(struct inode *inode, struct file *file)
{
	struct hs_device *hs;
	int ret;

	if (!current->mm)
		return -EINVAL;
	hs = kvzalloc(sizeof(*hs), GFP_KERNEL);
	if (!hs)
		return -ENOMEM;
	mutex_init(&hs->op);
	mutex_init(&hs->lock);
	hs->mirror.ops = &hs_mirror_ops;
	hs->mm = current->mm;
	mmgrab(hs->mm);

	mmap_write_lock(hs->mm);
	ret = hmm_mirror_register(&hs->mirror, hs->mm);
	mmap_write_unlock(hs->mm);
	if (ret) {
		mmdrop(hs->mm);
		kvfree(hs);
		return ret;
	}
	file->private_data = hs;
	return 0;
}

static int hs_close(struct inode *inode, struct file *file)
{
	struct hs_device *hs = file->private_data;

	hs_release_held(hs);
	if (hs->has_foreign)
		mmu_notifier_unregister(&hs->foreign, hs->mm);
	hmm_mirror_unregister(&hs->mirror);
	mmdrop(hs->mm);
	kvfree(hs);
	return 0;
}

static long hs_do_ioctl(struct hs_device *hs, unsigned int cmd, void __user *arg)
{
	union {
		struct hs_run run;
		struct hs_touch touch;
		struct hs_knobs knobs;
		struct hs_stats stats;
		u32 ms;
	} args;
	long ret = 0;

	if (_IOC_SIZE(cmd) > sizeof(args))
		return -ENOTTY;
	if ((_IOC_DIR(cmd) & _IOC_WRITE) && copy_from_user(&args, arg, _IOC_SIZE(cmd)))
		return -EFAULT;

	switch (cmd) {
	case HS_IOC_RUN:
		ret = hs_run(hs, &args.run);
		break;
	case HS_IOC_TOUCH:
		ret = hs_touch(hs, &args.touch);
		break;
	case HS_IOC_KNOBS:
		if (args.knobs.nr >= HS_DEVICES || args.knobs.flush_us > 10 * USEC_PER_SEC)
			return -EINVAL;
		mutex_lock(&hs->lock);
		hs->knobs.nr = args.knobs.nr;
		WRITE_ONCE(hs->knobs.flush_us, args.knobs.flush_us);
		WRITE_ONCE(hs->knobs.refuse, args.knobs.refuse);
		mutex_unlock(&hs->lock);
		break;
	case HS_IOC_DROP:
		hs_release_held(hs);
		break;
	case HS_IOC_BEGIN:
		ret = hs_begin(hs, args.ms);
		break;
	case HS_IOC_FOREIGN:
		ret = hs_add_foreign(hs);
		break;
	default:
		return -ENOTTY;
	}
	if (ret >= 0 && (_IOC_DIR(cmd) & _IOC_READ) && copy_to_user(arg, &args, _IOC_SIZE(cmd)))
		return -EFAULT;
	return ret;
}

static long hs_ioctl(struct file *file, unsigned int cmd, unsigned long arg)
{
	struct hs_device *hs = file->private_data;
	void __user *uarg = (void __user *)arg;
	struct hs_stats stats;
	long ret;

	/* Also while a request is held up. */
	if (cmd == HS_IOC_STATS) {
		mutex_lock(&hs->lock);
		stats = hs->stats;
		mutex_unlock(&hs->lock);
		stats.refused = atomic64_read(&hs->refused);
		return copy_to_user(uarg, &stats, sizeof(stats)) ? -EFAULT : 0;
	}
	if (mutex_lock_killable(&hs->op))
		return -EINTR;
	ret = hs_do_ioctl(hs, cmd, uarg);
	mutex_unlock(&hs->op);
	return ret;
}

static int hs_mmap(struct file *file, struct vm_area_struct *vma)
{
	return remap_vmalloc_range(vma, hs_board, 0);
}

static const struct file_operations hs_fops = {
	.owner		= THIS_MODULE,
	.open		= hs_open,
	.release	= hs_close,
	.unlocked_ioctl	= hs_ioctl,
	.mmap		= hs_mmap,
};

static struct miscdevice hs_misc = {
	.minor	= MISC_DYNAMIC_MINOR,
	.name	= "hmm_stress",
	.fops	= &hs_fops,
};

/*
 * It is the processor that plays this device. Where devices differ in that, the firmware says
 * which see the processor's caches, and it knows nothing of this one.
 */
static void hs_make_coherent(struct device *dev)
{
#if defined(CONFIG_ARCH_HAS_SYNC_DMA_FOR_DEVICE) || \
	defined(CONFIG_ARCH_HAS_SYNC_DMA_FOR_CPU) || defined(CONFIG_ARCH_HAS_SYNC_DMA_FOR_CPU_ALL)
	dev->dma_coherent = true;
#endif
}

static int __init hs_init(void)
{
	int ret = -ENOMEM;

	BUILD_BUG_ON(sizeof(struct hs_slot) != 128);
	hs_board = vmalloc_user(PAGE_ALIGN(HS_SLOTS * sizeof(*hs_board)));
	if (!hs_board)
		return ret;
	hs_pdev = platform_device_register_simple("hmm_stress", PLATFORM_DEVID_NONE, NULL, 0);
	if (IS_ERR(hs_pdev)) {
		ret = PTR_ERR(hs_pdev);
		goto free;
	}
	ret = dma_coerce_mask_and_coherent(&hs_pdev->dev, DMA_BIT_MASK(64));
	hs_make_coherent(&hs_pdev->dev);
	if (!ret)
		ret = misc_register(&hs_misc);
	if (!ret)
		return 0;
	platform_device_unregister(hs_pdev);
free:
	vfree(hs_board);
	return ret;
}

static void __exit hs_exit(void)
{
	misc_deregister(&hs_misc);
	platform_device_unregister(hs_pdev);
	vfree(hs_board);
}

module_init(hs_init);
module_exit(hs_exit);

MODULE_DESCRIPTION("Device of hmm-backport's stress test");
MODULE_LICENSE("GPL v2");
