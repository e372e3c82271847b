// SPDX-License-Identifier: GPL-2.0-only
/*
 * Calls single functions of hmm-backport for a program, without the loops of a driver
 * around them, and the kernel's own mmu_interval_read_begin() beside them; makes the
 * callbacks of its mirror slow, held up or refused at will.
 */
#include <linux/delay.h>
#include <linux/fs.h>
#include <linux/hmm.h>
#include <linux/jiffies.h>
#include <linux/ktime.h>
#include <linux/miscdevice.h>
#include <linux/mm.h>
#include <linux/mmu_notifier.h>
#include <linux/module.h>
#include <linux/mutex.h>
#include <linux/sched.h>
#include <linux/sizes.h>
#include <linux/slab.h>
#include <linux/uaccess.h>
#include <linux/wait.h>
#include "live.h"
#include "older.h"

/* No wait of this module's own is longer: a test that fails must end. */
#define PATIENCE	(60 * HZ)

#define L_VALID		BIT(0)
#define L_WRITE		BIT(1)
#define L_NONE		0
#define L_SHIFT		12

static const u64 flags[HMM_PFN_FLAG_MAX] = {
	[HMM_PFN_VALID] = L_VALID,
	[HMM_PFN_WRITE] = L_WRITE,
};

static const u64 values[HMM_PFN_VALUE_MAX] = {
	[HMM_PFN_ERROR] = BIT(2),
	[HMM_PFN_NONE] = L_NONE,
	[HMM_PFN_SPECIAL] = BIT(3),
};

struct window {
	unsigned long start, end;	/* nothing: both 0 */
};

/**
 * struct live - an open file
 * @mm: of the process that opened it; its users are not held
 * @calls: one of LIVE_MIRROR, LIVE_RANGES, LIVE_KWATCH, LIVE_FOREIGN at a time
 * @device: the lock that a driver's callback takes
 * @wq: for all waits below
 * @off: hmm_mirror_unregister() has returned
 * @inside: the next callback shall unregister
 * @slow: where callbacks sleep, for @slow_us
 * @hold: where callbacks are held up
 * @hooked: the task in a hooked fault
 * @asked: address of the callback that waits, if @has_asked
 * @hook_over: the hooked fault has returned
 * @watch: the kernel's own
 * @foreign: a notifier that refuses
 */
struct live {
	struct hmm_mirror mirror;
	struct mm_struct *mm;
	struct mutex calls;
	struct mutex device;
	wait_queue_head_t wq;
	bool off;
	bool inside;
	atomic64_t syncs, releases, late, refused;
	atomic_t held;

	struct window slow, hold;
	unsigned int slow_us;
	bool hold_hard;

	struct task_struct *hooked;
	unsigned long asked;
	bool has_asked, hook_over;

#ifdef FACT_INTERVAL_NOTIFIER_PRESENT
	struct mmu_interval_notifier watch;
#endif
	bool watch_on;
	struct mmu_notifier foreign;
	bool foreign_on;

	struct hmm_range *ranges;
	u64 *ranges_pfns;
	unsigned long nr_ranges;

	s64 last;
	u64 last_ns;
};

static bool overlaps(const struct window *window, const struct mmu_notifier_range *update)
{
	return READ_ONCE(window->start) < update->end && READ_ONCE(window->end) > update->start;
}

static void held_up(struct live *live)
{
	atomic_inc(&live->held);
	if (live->hold_hard)
		wait_event_timeout(live->wq, !READ_ONCE(live->hold.end), PATIENCE);
	else
		wait_event_killable_timeout(live->wq, !READ_ONCE(live->hold.end), PATIENCE);
	atomic_dec(&live->held);
}

static void ask(struct live *live, unsigned long addr)
{
	WRITE_ONCE(live->asked, addr);
	smp_store_release(&live->has_asked, true);
	wake_up_all(&live->wq);
	wait_event_killable_timeout(live->wq, !READ_ONCE(live->has_asked), PATIENCE);
}

static int live_sync(struct hmm_mirror *mirror, const struct mmu_notifier_range *update)
{
	struct live *live = container_of(mirror, struct live, mirror);

	atomic64_inc(&live->syncs);
	if (READ_ONCE(live->off))
		atomic64_inc(&live->late);
	if (!mmu_notifier_range_blockable(update))
		return 0;

	mutex_lock(&live->device);
	mutex_unlock(&live->device);
	if (overlaps(&live->slow, update))
		usleep_range(live->slow_us, live->slow_us + live->slow_us / 4 + 1);
	if (overlaps(&live->hold, update))
		held_up(live);
	if (READ_ONCE(live->hooked) == current)
		ask(live, update->start);
	if (xchg(&live->inside, false))
		hmm_mirror_unregister(&live->mirror);
	/* Nor may one still be running then. */
	if (READ_ONCE(live->off))
		atomic64_inc(&live->late);
	return 0;
}

static void live_release(struct hmm_mirror *mirror)
{
	struct live *live = container_of(mirror, struct live, mirror);

	atomic64_inc(&live->releases);
	if (READ_ONCE(live->off))
		atomic64_inc(&live->late);
}

static const struct hmm_mirror_ops live_mirror_ops = {
	.sync_cpu_device_pagetables	= live_sync,
	.release			= live_release,
};

static int set_mirror(struct live *live, struct live_call *call)
{
	if (!(call->flags & LIVE_ON)) {
		if (call->flags & LIVE_INSIDE) {
			WRITE_ONCE(live->inside, true);
			return 0;
		}
		if (call->flags & LIVE_LOCKED)
			mutex_lock(&live->device);
		hmm_mirror_unregister(&live->mirror);
		if (call->flags & LIVE_LOCKED)
			mutex_unlock(&live->device);
		WRITE_ONCE(live->off, true);
		return 0;
	}
	if (!mmget_not_zero(live->mm))
		return -ESRCH;
	WRITE_ONCE(live->off, false);
	live->mirror.ops = &live_mirror_ops;
	mmap_write_lock(live->mm);
	call->ret = hmm_mirror_register(&live->mirror, live->mm);
	mmap_write_unlock(live->mm);
	mmput(live->mm);
	return 0;
}

static void set_range(struct hmm_range *range, u64 addr, u64 npages, u64 *pfns, u64 wanted)
{
	memset(range, 0x5a, sizeof(*range));
	range->start = addr;
	range->end = addr + npages * PAGE_SIZE;
	range->pfns = pfns;
	range->flags = flags;
	range->values = values;
	range->default_flags = wanted;
	range->pfn_flags_mask = 0;
	range->pfn_shift = L_SHIFT;
}

static long one_fault(struct live *live, struct hmm_range *range, unsigned int how)
{
	long ret;

	mmap_read_lock(live->mm);
	ret = hmm_range_fault(range, how);
	mmap_read_unlock(live->mm);
	return ret;
}

static int fault(struct live *live, struct live_call *call)
{
	bool hooked = call->flags & LIVE_HOOKED;
	struct hmm_range range;
	u64 *pfns, before, i;
	int ret;

	if (!call->npages || call->npages > SZ_1M)
		return -EINVAL;
	pfns = kvcalloc(call->npages, sizeof(*pfns), GFP_KERNEL);
	if (!pfns)
		return -ENOMEM;
	set_range(&range, call->addr, call->npages, pfns,
		  L_VALID | (call->flags & LIVE_WRITE ? L_WRITE : 0));
	ret = hmm_range_register(&range, &live->mirror);
	if (ret)
		goto out;
	if (hooked)
		WRITE_ONCE(live->hooked, current);

	if (!(call->flags & LIVE_UNLOCKED))
		mmap_read_lock(live->mm);
	before = ktime_get_ns();
	call->ret = hmm_range_fault(&range, call->flags & LIVE_SNAPSHOT ? HMM_FAULT_SNAPSHOT : 0);
	call->ns = ktime_get_ns() - before;
	if (!(call->flags & LIVE_UNLOCKED))
		mmap_read_unlock(live->mm);

	live->last = call->ret;
	live->last_ns = call->ns;
	if (hooked) {
		WRITE_ONCE(live->hooked, NULL);
		WRITE_ONCE(live->hook_over, true);
		wake_up_all(&live->wq);
	}
	/* How many entries are what was wanted. */
	call->also = 0;
	for (i = 0; call->ret > 0 && i < call->npages; i++)
		call->also += (pfns[i] & range.default_flags) == range.default_flags;
	hmm_range_unregister(&range);
out:
	kvfree(pfns);
	return ret;
}

static int wait_valid(struct live *live, struct live_call *call)
{
	struct hmm_range range;
	unsigned long tick;
	u64 pfn = 0, before;
	int ret;

	set_range(&range, call->addr, call->npages, &pfn, L_VALID);
	ret = hmm_range_register(&range, &live->mirror);
	if (ret)
		return ret;
	if (call->flags & LIVE_LOCKED)
		mutex_lock(&live->device);
	before = ktime_get_ns();
	tick = jiffies;
	call->ret = hmm_range_wait_until_valid(&range, call->ms);
	call->also = jiffies_to_msecs(jiffies - tick);
	call->ns = ktime_get_ns() - before;
	if (call->flags & LIVE_LOCKED)
		mutex_unlock(&live->device);
	live->last = call->ret;
	live->last_ns = call->ns;
	if (call->flags & LIVE_AND_FAULT && call->npages == 1) {
		call->also = one_fault(live, &range, 0);
		live->last = call->also;
	}
	hmm_range_unregister(&range);
	return 0;
}

static int wait_old(struct live *live, struct live_call *call)
{
	if (!live->nr_ranges)
		return -EINVAL;
	call->ret = hmm_range_wait_until_valid(&live->ranges[0], call->ms);
	return 0;
}

#ifdef FACT_INTERVAL_NOTIFIER_PRESENT
static bool watch_invalidate(struct mmu_interval_notifier *watch,
			      const struct mmu_notifier_range *update, unsigned long seq)
{
	mmu_interval_set_seq(watch, seq);
	return true;
}

static const struct mmu_interval_notifier_ops watch_ops = {
	.invalidate	= watch_invalidate,
};

static void watch_end(struct live *live)
{
	if (live->watch_on)
		mmu_interval_notifier_remove(&live->watch);
}

static int watch_set(struct live *live, struct live_call *call)
{
	watch_end(live);
	live->watch_on = false;
	if (!call->npages)
		return 0;
	if (!mmget_not_zero(live->mm))
		return -ESRCH;
	call->ret = mmu_interval_notifier_insert(&live->watch, live->mm, call->addr,
						 call->npages * PAGE_SIZE, &watch_ops);
	mmput(live->mm);
	live->watch_on = !call->ret;
	return 0;
}

static int watch_wait(struct live *live, struct live_call *call)
{
	u64 before;

	if (!live->watch_on)
		return -EINVAL;
	before = ktime_get_ns();
	mmu_interval_read_begin(&live->watch);
	call->ns = ktime_get_ns() - before;
	return 0;
}
#else
/* The kernel has no wait of its own. */
static int watch_set(struct live *live, struct live_call *call)
{
	call->ret = -EOPNOTSUPP;
	return 0;
}

static int watch_wait(struct live *live, struct live_call *call)
{
	return -EINVAL;
}

static void watch_end(struct live *live)
{
}
#endif

static void set_window(struct window *window, const struct live_call *call)
{
	WRITE_ONCE(window->end, 0);
	WRITE_ONCE(window->start, call->addr);
	WRITE_ONCE(window->end, call->addr + call->npages * PAGE_SIZE);
}

static int set_hold(struct live *live, struct live_call *call)
{
	live->hold_hard = call->flags & LIVE_HARD;
	if (call->flags & LIVE_ON)
		set_window(&live->hold, call);
	else
		WRITE_ONCE(live->hold.end, 0);
	wake_up_all(&live->wq);
	return 0;
}

static int hook_next(struct live *live, struct live_call *call)
{
	long ret;

	if (call->flags & LIVE_ON) {
		WRITE_ONCE(live->hook_over, false);
		return 0;
	}
	ret = wait_event_interruptible_timeout(live->wq, smp_load_acquire(&live->has_asked) ||
					       READ_ONCE(live->hook_over), PATIENCE);
	if (ret < 0)
		return ret;
	call->ret = smp_load_acquire(&live->has_asked) ? (s64)READ_ONCE(live->asked) : -1;
	return 0;
}

static int hook_done(struct live *live)
{
	smp_store_release(&live->has_asked, false);
	wake_up_all(&live->wq);
	return 0;
}

static void no_ranges(struct live *live)
{
	unsigned long i;

	for (i = 0; i < live->nr_ranges; i++)
		hmm_range_unregister(&live->ranges[i]);
	live->nr_ranges = 0;
	kvfree(live->ranges);
	kvfree(live->ranges_pfns);
	live->ranges = NULL;
	live->ranges_pfns = NULL;
}

static int set_ranges(struct live *live, struct live_call *call)
{
	u64 i;

	no_ranges(live);
	if (!call->npages)
		return 0;
	if (call->npages > SZ_64K)
		return -EINVAL;
	live->ranges = kvcalloc(call->npages, sizeof(*live->ranges), GFP_KERNEL);
	live->ranges_pfns = kvcalloc(call->npages, sizeof(*live->ranges_pfns), GFP_KERNEL);
	if (!live->ranges || !live->ranges_pfns) {
		no_ranges(live);
		return -ENOMEM;
	}
	for (i = 0; i < call->npages; i++) {
		set_range(&live->ranges[i], call->addr + i * PAGE_SIZE, 1, &live->ranges_pfns[i],
			  L_VALID);
		if (call->flags & LIVE_ATOMIC)
			preempt_disable();
		call->ret = hmm_range_register(&live->ranges[i], &live->mirror);
		if (call->flags & LIVE_ATOMIC)
			preempt_enable();
		if (call->ret)
			break;
		live->nr_ranges++;
	}
	return 0;
}

static int foreign_refuse(struct mmu_notifier *foreign, bool blockable)
{
	struct live *live = container_of(foreign, struct live, foreign);

	if (blockable)
		return 0;
	atomic64_inc(&live->refused);
	return -EAGAIN;
}

OLDER_RANGE_START(foreign_start, foreign_refuse)

static const struct mmu_notifier_ops foreign_ops = {
	.invalidate_range_start	= foreign_start,
};

static int set_foreign(struct live *live, struct live_call *call)
{
	if (live->foreign_on)
		mmu_notifier_unregister(&live->foreign, live->mm);
	live->foreign_on = false;
	if (!(call->flags & LIVE_ON))
		return 0;
	if (OLDER_CANNOT_REFUSE) {
		call->ret = -EOPNOTSUPP;
		return 0;
	}
	if (!mmget_not_zero(live->mm))
		return -ESRCH;
	live->foreign.ops = &foreign_ops;
	call->ret = mmu_notifier_register(&live->foreign, live->mm);
	mmput(live->mm);
	live->foreign_on = !call->ret;
	return 0;
}

static long get_stats(struct live *live, void __user *arg)
{
	struct live_stats stats = {
		.syncs		= atomic64_read(&live->syncs),
		.releases	= atomic64_read(&live->releases),
		.late		= atomic64_read(&live->late),
		.held		= atomic_read(&live->held),
		.refused	= atomic64_read(&live->refused),
		.last		= READ_ONCE(live->last),
		.last_ns	= READ_ONCE(live->last_ns),
		.ranges		= READ_ONCE(live->nr_ranges),
	};

	return copy_to_user(arg, &stats, sizeof(stats)) ? -EFAULT : 0;
}

static int alone(struct live *live, struct live_call *call,
		 int (*function)(struct live *live, struct live_call *call))
{
	int ret;

	mutex_lock(&live->calls);
	ret = function(live, call);
	mutex_unlock(&live->calls);
	return ret;
}

static int do_call(struct live *live, unsigned int cmd, struct live_call *call)
{
	switch (cmd) {
	/* Not one at a time: that is what is tested. */
	case LIVE_MIRROR:
		return set_mirror(live, call);
	case LIVE_FAULT:
		return fault(live, call);
	case LIVE_WAIT:
		return call->flags & LIVE_OLD ? alone(live, call, wait_old) : wait_valid(live, call);
	case LIVE_KWATCH:
		return alone(live, call, watch_set);
	case LIVE_KWAIT:
		return watch_wait(live, call);
	case LIVE_SLOW:
		live->slow_us = call->ms * 100;
		set_window(&live->slow, call);
		return 0;
	case LIVE_HOLD:
		return set_hold(live, call);
	case LIVE_NEXT:
		return hook_next(live, call);
	case LIVE_RANGES:
		return alone(live, call, set_ranges);
	case LIVE_FOREIGN:
		return alone(live, call, set_foreign);
	}
	return -ENOTTY;
}

static long live_ioctl(struct file *file, unsigned int cmd, unsigned long arg)
{
	struct live *live = file->private_data;
	struct live_call call;
	int ret;

	if (cmd == LIVE_STATS)
		return get_stats(live, (void __user *)arg);
	if (cmd == LIVE_DONE)
		return hook_done(live);
	if (copy_from_user(&call, (void __user *)arg, sizeof(call)))
		return -EFAULT;
	call.ret = 0;
	call.ns = 0;
	call.also = 0;
	ret = do_call(live, cmd, &call);
	if (!ret && copy_to_user((void __user *)arg, &call, sizeof(call)))
		ret = -EFAULT;
	return ret;
}

static int live_open(struct inode *inode, struct file *file)
{
	struct live *live = kzalloc(sizeof(*live), GFP_KERNEL);

	if (!live)
		return -ENOMEM;
	live->mm = current->mm;
	mmgrab(live->mm);
	mutex_init(&live->calls);
	mutex_init(&live->device);
	init_waitqueue_head(&live->wq);
	file->private_data = live;
	return 0;
}

static int live_close(struct inode *inode, struct file *file)
{
	struct live *live = file->private_data;

	WRITE_ONCE(live->hold.end, 0);
	wake_up_all(&live->wq);
	no_ranges(live);
	if (live->mirror.client)
		hmm_mirror_unregister(&live->mirror);
	watch_end(live);
	if (live->foreign_on)
		mmu_notifier_unregister(&live->foreign, live->mm);
	mmdrop(live->mm);
	kfree(live);
	return 0;
}

static const struct file_operations live_fops = {
	.owner		= THIS_MODULE,
	.open		= live_open,
	.release	= live_close,
	.unlocked_ioctl	= live_ioctl,
};

static struct miscdevice live_misc = {
	.minor	= MISC_DYNAMIC_MINOR,
	.name	= "hmm_live",
	.fops	= &live_fops,
	.mode	= 0600,
};
module_misc_device(live_misc);

MODULE_DESCRIPTION("Lets a program call hmm-backport's functions one by one");
MODULE_LICENSE("GPL");
