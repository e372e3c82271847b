// SPDX-License-Identifier: GPL-2.0-only
/*
 * One mirror with many registered ranges.
 */
#include <linux/hmm.h>
#include <linux/mm.h>
#include <linux/sched.h>
#include <linux/slab.h>
#include <linux/spinlock.h>
#include "watch.h"

/**
 * struct ours - a mirror
 * @mirror: hmm-backport's
 * @begun: it is registered
 * @lock: the driver's lock
 * @ranges: the windows
 */
struct ours {
	struct hmm_mirror	mirror;
	bool			begun;
	spinlock_t		lock;
	struct hmm_range	ranges[];
};

/* The least that a driver does: what it removes, it removes under its lock. */
static int ours_sync(struct hmm_mirror *mirror, const struct mmu_notifier_range *update)
{
	struct ours *ours = container_of(mirror, struct ours, mirror);

	spin_lock(&ours->lock);
	spin_unlock(&ours->lock);
	return 0;
}

static const struct hmm_mirror_ops ours_ops = {
	.sync_cpu_device_pagetables = ours_sync,
};

static void *ours_alloc(unsigned int count)
{
	struct ours *ours = kvzalloc(sizeof(*ours) + count * sizeof(ours->ranges[0]), GFP_KERNEL);

	if (ours) {
		ours->mirror.ops = &ours_ops;
		spin_lock_init(&ours->lock);
	}
	return ours;
}

static int ours_begin(void *watch)
{
	struct ours *ours = watch;
	int ret;

	mmap_write_lock(current->mm);
	ret = hmm_mirror_register(&ours->mirror, current->mm);
	mmap_write_unlock(current->mm);
	ours->begun = !ret;
	return ret;
}

static int ours_add(void *watch, unsigned int i, unsigned long start, unsigned long bytes)
{
	struct ours *ours = watch;
	struct hmm_range *range = &ours->ranges[i];

	range->start = start;
	range->end = start + bytes;
	return hmm_range_register(range, &ours->mirror);
}

static void ours_remove(void *watch, unsigned int i)
{
	struct ours *ours = watch;

	hmm_range_unregister(&ours->ranges[i]);
}

static void ours_free(void *watch)
{
	struct ours *ours = watch;

	if (ours->begun)
		hmm_mirror_unregister(&ours->mirror);
	kvfree(ours);
}

const struct watch_ops our_ranges = {
	.alloc		= ours_alloc,
	.begin		= ours_begin,
	.add		= ours_add,
	.remove		= ours_remove,
	.free		= ours_free,
	.range_bytes	= sizeof(struct hmm_range),
	.mirror_bytes	= sizeof(struct hmm_mirror),
};
