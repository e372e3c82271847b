// SPDX-License-Identifier: GPL-2.0-only
/*
 * Many interval notifiers: what the kernel has for a driver that watches many ranges.
 */
#include <linux/mm.h>
#include <linux/mmu_notifier.h>
#include <linux/sched.h>
#include <linux/slab.h>
#include <linux/spinlock.h>
#include "watch.h"

struct native;

/**
 * struct native_range - a window
 * @notifier: the kernel's
 * @native: whose it is
 */
struct native_range {
	struct mmu_interval_notifier	notifier;
	struct native			*native;
};

/**
 * struct native - a driver's address space
 * @lock: the driver's lock
 * @ranges: the windows
 */
struct native {
	spinlock_t		lock;
	struct native_range	ranges[];
};

/* The least that a driver does. */
static bool native_invalidate(struct mmu_interval_notifier *notifier,
			      const struct mmu_notifier_range *update, unsigned long seq)
{
	struct native *native = container_of(notifier, struct native_range, notifier)->native;

	spin_lock(&native->lock);
	mmu_interval_set_seq(notifier, seq);
	spin_unlock(&native->lock);
	return true;
}

static const struct mmu_interval_notifier_ops native_ops = {
	.invalidate = native_invalidate,
};

static void *native_alloc(unsigned int count)
{
	struct native *native = kvzalloc(sizeof(*native) + count * sizeof(native->ranges[0]),
					 GFP_KERNEL);
	unsigned int i;

	if (native) {
		spin_lock_init(&native->lock);
		for (i = 0; i < count; i++)
			native->ranges[i].native = native;
	}
	return native;
}

static int native_begin(void *watch)
{
	return 0;
}

static int native_add(void *watch, unsigned int i, unsigned long start, unsigned long bytes)
{
	struct native *native = watch;

	return mmu_interval_notifier_insert(&native->ranges[i].notifier, current->mm,
					    start, bytes, &native_ops);
}

static void native_remove(void *watch, unsigned int i)
{
	struct native *native = watch;

	mmu_interval_notifier_remove(&native->ranges[i].notifier);
}

static void native_free(void *watch)
{
	kvfree(watch);
}

static const struct watch_ops native_watch_ops = {
	.alloc		= native_alloc,
	.begin		= native_begin,
	.add		= native_add,
	.remove		= native_remove,
	.free		= native_free,
	.range_bytes	= sizeof(struct mmu_interval_notifier),
	.mirror_bytes	= 0,
};

const struct watch_ops *const native_ranges = &native_watch_ops;
