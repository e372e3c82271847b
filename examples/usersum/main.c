// SPDX-License-Identifier: GPL-2.0-only
/*
 * usersum: a driver that is built with hmm-backport or without it, from the same
 * source.  Its device adds up bytes of a program's memory.
 */
#include <linux/err.h>
#include <linux/fs.h>
#include <linux/miscdevice.h>
#include <linux/mm.h>
#include <linux/module.h>
#include <linux/sched/signal.h>
#include <linux/slab.h>
#include <linux/uaccess.h>

#include "usersum.h"

static int usersum_open(struct inode *inode, struct file *file)
{
	struct usersum_ctx *ctx = usersum_ctx_new();

	if (IS_ERR(ctx))
		return PTR_ERR(ctx);
	file->private_data = ctx;

	return 0;
}

static int usersum_release(struct inode *inode, struct file *file)
{
	usersum_ctx_free(file->private_data);

	return 0;
}

static int usersum_sum(struct usersum_ctx *ctx, struct usersum *args, u8 *buf)
{
	u64 addr = args->addr;
	u64 left = args->len;

	args->sum = 0;
	while (left) {
		size_t from = offset_in_page(addr);
		size_t len = min_t(u64, PAGE_SIZE - from, left);
		size_t i;
		int ret;

		if (fatal_signal_pending(current))
			return -EINTR;
		ret = usersum_read_page(ctx, addr - from, buf);
		if (ret)
			return ret;
		for (i = from; i < from + len; i++)
			args->sum += buf[i];
		addr += len;
		left -= len;
		cond_resched();
	}

	return 0;
}

static long usersum_ioctl(struct file *file, unsigned int cmd, unsigned long arg)
{
	void __user *uarg = (void __user *)arg;
	struct usersum args;
	void *buf;
	int ret;

	if (cmd != USERSUM)
		return -ENOTTY;
	if (copy_from_user(&args, uarg, sizeof(args)))
		return -EFAULT;
	if (args.addr + args.len < args.addr || args.addr + args.len > TASK_SIZE)
		return -EINVAL;

	buf = kmalloc(PAGE_SIZE, GFP_KERNEL);
	if (!buf)
		return -ENOMEM;
	ret = usersum_sum(file->private_data, &args, buf);
	kfree(buf);
	if (ret)
		return ret;

	return copy_to_user(uarg, &args, sizeof(args)) ? -EFAULT : 0;
}

static const struct file_operations usersum_fops = {
	.owner		= THIS_MODULE,
	.open		= usersum_open,
	.release	= usersum_release,
	.unlocked_ioctl	= usersum_ioctl,
};

static struct miscdevice usersum_misc = {
	.minor	= MISC_DYNAMIC_MINOR,
	.name	= "usersum",
	.fops	= &usersum_fops,
};

static int __init usersum_init(void)
{
	int ret = misc_register(&usersum_misc);

	if (!ret)
		pr_info("usersum: reads memory by %s\n", usersum_way());

	return ret;
}
module_init(usersum_init);

static void __exit usersum_exit(void)
{
	misc_deregister(&usersum_misc);
}
module_exit(usersum_exit);

MODULE_DESCRIPTION("Example of a driver with and without hmm-backport");
MODULE_LICENSE("GPL");
