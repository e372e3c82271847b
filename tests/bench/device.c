// SPDX-License-Identifier: GPL-2.0-only
/*
 * hmm_bench.ko: /dev/hmm_bench, for root.
 */
#include <linux/fs.h>
#include <linux/miscdevice.h>
#include <linux/mm.h>
#include <linux/module.h>
#include <linux/sched.h>
#include <linux/slab.h>
#include <linux/uaccess.h>
#include "walk.h"
#include "watch.h"

#define BENCH_MOST	(1UL << 20)	/* pages of a window */

static int (*const bench_walks[])(struct bench_call *call) = {
	[BENCH_OURS]		= ours_walk,
	[BENCH_NATIVE]		= native_walk,
	[BENCH_GUP_FAST]	= gup_fast_walk,
	[BENCH_FLOOR]		= floor_walk,
	[BENCH_HANDLE_OURS]	= ours_handle,
	[BENCH_HANDLE_NATIVE]	= native_handle,
};

/* What two looks at the clock with nothing in between say. */
static u64 bench_clock(void)
{
	u64 least = ~0ULL;
	int i;

	for (i = 0; i < 16; i++) {
		u64 from = bench_now();

		least = min(least, bench_now() - from);
	}
	return least;
}

static int bench_repeat(struct bench_walk *walk, struct bench_call *call)
{
	u64 clock = bench_clock();
	unsigned int i;
	int ret;

	walk->instructions = ~0ULL;
	for (i = 0; i < walk->repeats; i++) {
		ret = bench_walks[walk->who](call);
		if (ret)
			return ret;
		walk->instructions = min(walk->instructions, call->took - clock);
		walk->valid = call->valid;
	}
	return 0;
}

static int bench_measure(struct bench_walk *walk, struct bench_call *call)
{
	u8 *wants = NULL;
	int ret = -ENOMEM;

	call->entries = kvcalloc(call->npages, sizeof(*call->entries), GFP_KERNEL);
	call->spare = kvcalloc(call->npages, sizeof(*call->spare), GFP_KERNEL);
	if (!call->entries || !call->spare)
		goto out;
	if (walk->wants) {
		wants = kvmalloc(call->npages, GFP_KERNEL);
		if (!wants)
			goto out;
		ret = -EFAULT;
		if (copy_from_user(wants, u64_to_user_ptr(walk->wants), call->npages))
			goto out;
		call->wants = wants;
	}
	ret = bench_repeat(walk, call);
out:
	kvfree(wants);
	kvfree(call->spare);
	kvfree(call->entries);
	return ret;
}

static int bench_walk(struct bench_walk __user *arg)
{
	struct bench_walk walk;
	struct bench_call call = { .mm = current->mm };
	int ret;

	if (copy_from_user(&walk, arg, sizeof(walk)))
		return -EFAULT;
	if (walk.who >= ARRAY_SIZE(bench_walks) || !walk.repeats || !walk.npages ||
	    walk.npages > BENCH_MOST || offset_in_page(walk.addr))
		return -EINVAL;
	call.start = walk.addr;
	call.npages = walk.npages;
	call.want = walk.want;
	ret = bench_measure(&walk, &call);
	if (!ret && copy_to_user(arg, &walk, sizeof(walk)))
		ret = -EFAULT;
	return ret;
}

static long bench_ioctl(struct file *file, unsigned int command, unsigned long arg)
{
	switch (command) {
	case BENCH_WALK:
		return bench_walk((struct bench_walk __user *)arg);
	}
	return watch_ioctl((struct watch **)&file->private_data, command, arg);
}

static int bench_open(struct inode *inode, struct file *file)
{
	file->private_data = NULL;
	return 0;
}

static int bench_release(struct inode *inode, struct file *file)
{
	watch_end(file->private_data);
	return 0;
}

static const struct file_operations bench_fops = {
	.owner = THIS_MODULE,
	.open = bench_open,
	.release = bench_release,
	.unlocked_ioctl = bench_ioctl,
};

static struct miscdevice bench_device = {
	.minor = MISC_DYNAMIC_MINOR,
	.name = "hmm_bench",
	.mode = 0600,
	.fops = &bench_fops,
};

module_misc_device(bench_device);
MODULE_DESCRIPTION("What walks over the caller's memory cost, and watching it");
MODULE_LICENSE("GPL");
