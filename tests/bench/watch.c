// SPDX-License-Identifier: GPL-2.0-only
/*
 * Ranges of the calling process: registered, timed, unregistered.
 */
#include <linux/err.h>
#include <linux/mm.h>
#include <linux/sched.h>
#include <linux/slab.h>
#include <linux/uaccess.h>
#include "walk.h"
#include "watch.h"

/**
 * struct watch - the ranges of an open file
 * @ops: whose they are
 * @ranges: theirs
 * @ask: where and how many
 * @added: so many are registered
 */
struct watch {
	const struct watch_ops	*ops;
	void			*ranges;
	struct bench_watch	ask;
	unsigned int		added;
};

/* Registered in another order than that of addresses, which is no tree's usual case. */
static unsigned long watch_address(const struct watch *watch, unsigned int nth)
{
	unsigned long place = (u64)nth * BENCH_WATCH_STEP % watch->ask.count;

	return watch->ask.start + place * watch->ask.stride;
}

void watch_end(struct watch *watch)
{
	if (!watch)
		return;
	while (watch->added)
		watch->ops->remove(watch->ranges, --watch->added);
	watch->ops->free(watch->ranges);
	kfree(watch);
}

static struct watch *watch_new(struct bench_watch __user *arg)
{
	struct watch *watch = kzalloc(sizeof(*watch), GFP_KERNEL);
	struct bench_watch *ask;
	int ret = -EFAULT;

	if (!watch)
		return ERR_PTR(-ENOMEM);
	ask = &watch->ask;
	if (copy_from_user(ask, arg, sizeof(*ask)))
		goto out;
	watch->ops = ask->native ? native_ranges : &our_ranges;
	ret = -EOPNOTSUPP;
	if (!watch->ops)
		goto out;
	ret = -EINVAL;
	if (!ask->count || ask->count >= BENCH_WATCH_STEP)
		goto out;
	ask->range_bytes = watch->ops->range_bytes;
	ask->mirror_bytes = watch->ops->mirror_bytes;
	ret = -EFAULT;
	if (copy_to_user(arg, ask, sizeof(*ask)))
		goto out;
	ret = -ENOMEM;
	watch->ranges = watch->ops->alloc(ask->count + 1);
	if (watch->ranges)
		return watch;
out:
	kfree(watch);
	return ERR_PTR(ret);
}

static int watch_fill(struct watch *watch, unsigned int count)
{
	int ret;

	while (watch->added < count) {
		ret = watch->ops->add(watch->ranges, watch->added,
				      watch_address(watch, watch->added), watch->ask.bytes);
		if (ret)
			return ret;
		watch->added++;
		cond_resched();
	}
	return 0;
}

static int watch_first(struct watch *watch)
{
	int ret;

	if (watch->added)
		return -EBUSY;
	ret = watch->ops->begin(watch->ranges);
	return ret ? ret : watch_fill(watch, 1);
}

static int watch_one(struct watch *watch, struct bench_watch_one __user *arg)
{
	struct bench_watch_one one;
	u64 at[4], clock;
	int ret;

	if (copy_from_user(&one, arg, sizeof(one)))
		return -EFAULT;
	at[0] = bench_now();
	at[1] = bench_now();
	ret = watch->ops->add(watch->ranges, watch->ask.count, one.start, watch->ask.bytes);
	at[2] = bench_now();
	if (ret)
		return ret;
	watch->ops->remove(watch->ranges, watch->ask.count);
	at[3] = bench_now();
	clock = at[1] - at[0];
	one.add = at[2] - at[1] - clock;
	one.remove = at[3] - at[2] - clock;
	return copy_to_user(arg, &one, sizeof(one)) ? -EFAULT : 0;
}

static int watch_open(struct watch **watch, struct bench_watch __user *arg)
{
	struct watch *new;

	if (*watch)
		return -EBUSY;
	new = watch_new(arg);
	if (IS_ERR(new))
		return PTR_ERR(new);
	*watch = new;
	return 0;
}

/* The guest's program has one thread: nobody else asks meanwhile. */
long watch_ioctl(struct watch **watch, unsigned int command, unsigned long arg)
{
	if (command == BENCH_WATCH)
		return watch_open(watch, (struct bench_watch __user *)arg);
	if (!*watch)
		return -ENOTTY;
	switch (command) {
	case BENCH_WATCH_FIRST:
		return watch_first(*watch);
	case BENCH_WATCH_REST:
		return watch_fill(*watch, (*watch)->ask.count);
	case BENCH_WATCH_ONE:
		return watch_one(*watch, (struct bench_watch_one __user *)arg);
	}
	return -ENOTTY;
}
