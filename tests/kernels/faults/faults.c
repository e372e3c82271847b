// SPDX-License-Identifier: GPL-2.0-only
/*
 * Does one wrong thing on purpose when it is loaded, for
 * tests/kernels/debug-selftest: a debug kernel that stays silent about it would
 * stay silent about our own mistakes too.
 *
 * Every fault is one that the kernel survives, so that the guest still powers
 * off by itself.
 */
#include <linux/dma-mapping.h>
#include <linux/jiffies.h>
#include <linux/kthread.h>
#include <linux/list.h>
#include <linux/module.h>
#include <linux/mutex.h>
#include <linux/platform_device.h>
#include <linux/rcupdate.h>
#include <linux/slab.h>
#include <linux/spinlock.h>

static char *kind = "none";
module_param(kind, charp, 0444);
MODULE_PARM_DESC(kind, "which fault: none, use_after_free, atomic_sleep, lock_order, rcu, list, dma, leak, race");

static DEFINE_SPINLOCK(spin);
static DEFINE_MUTEX(first);
static DEFINE_MUTEX(second);
static int __rcu *shared;

static int none(void)
{
	return 0;
}

static int use_after_free(void)
{
	u8 *p = kzalloc(64, GFP_KERNEL);
	u8 *stale = p;

	if (!p)
		return -ENOMEM;
	OPTIMIZER_HIDE_VAR(stale);	/* or the compiler sees what is going on */
	kfree(p);
	return READ_ONCE(stale[8]) & 0;
}

static int atomic_sleep(void)
{
	void *p;

	spin_lock(&spin);
	p = kmalloc(64, GFP_KERNEL);
	spin_unlock(&spin);
	kfree(p);
	return 0;
}

static int lock_order(void)
{
	mutex_lock(&first);
	mutex_lock(&second);
	mutex_unlock(&second);
	mutex_unlock(&first);

	mutex_lock(&second);
	mutex_lock(&first);
	mutex_unlock(&first);
	mutex_unlock(&second);
	return 0;
}

static int rcu(void)
{
	int *p = rcu_dereference(shared);	/* without rcu_read_lock() */

	return p ? *p & 0 : 0;
}

static int list(void)
{
	LIST_HEAD(head);
	struct list_head node;

	list_add(&node, &head);
	list_del(&node);
	list_del(&node);
	return 0;
}

/* Unmaps half of what it mapped. */
static int dma(void)
{
	struct platform_device *pdev;
	dma_addr_t addr;
	void *p;
	int ret = -ENOMEM;

	pdev = platform_device_register_simple("faults", -1, NULL, 0);
	if (IS_ERR(pdev))
		return PTR_ERR(pdev);
	p = kzalloc(PAGE_SIZE, GFP_KERNEL | GFP_DMA32);
	if (!p)
		goto out;
	addr = dma_map_single(&pdev->dev, p, PAGE_SIZE, DMA_TO_DEVICE);
	ret = dma_mapping_error(&pdev->dev, addr);
	if (!ret)
		dma_unmap_single(&pdev->dev, addr, PAGE_SIZE / 2, DMA_TO_DEVICE);
	kfree(p);
out:
	platform_device_unregister(pdev);
	return ret;
}

/* More than one: a stale copy of a pointer on some stack hides a leak from the scan. */
static int leak(void)
{
	int i;

	for (i = 0; i < 16; i++)
		if (!kmalloc(200, GFP_KERNEL))
			return -ENOMEM;
	return 0;
}

static unsigned long raced;

static void count(void)
{
	unsigned long end = jiffies + 5 * HZ;

	while (time_before(jiffies, end)) {
		raced++;
		cond_resched();
	}
}

static int count_thread(void *unused)
{
	count();
	while (!kthread_should_stop())
		schedule_timeout_interruptible(1);
	return 0;
}

/* Two tasks count, without a lock. */
static int race(void)
{
	struct task_struct *other = kthread_run(count_thread, NULL, "race");

	if (IS_ERR(other))
		return PTR_ERR(other);
	count();
	return kthread_stop(other);
}

static const struct {
	const char *name;
	int (*run)(void);
} faults[] = {
	{ "none", none },
	{ "use_after_free", use_after_free },
	{ "atomic_sleep", atomic_sleep },
	{ "lock_order", lock_order },
	{ "rcu", rcu },
	{ "list", list },
	{ "dma", dma },
	{ "leak", leak },
	{ "race", race },
};

static int __init faults_init(void)
{
	size_t i;

	for (i = 0; i < ARRAY_SIZE(faults); i++) {
		if (!strcmp(kind, faults[i].name)) {
			pr_info("faults: planting %s\n", kind);
			return faults[i].run();
		}
	}
	pr_err("faults: there is no kind \"%s\"\n", kind);
	return -EINVAL;
}

static void __exit faults_exit(void)
{
}

module_init(faults_init);
module_exit(faults_exit);
MODULE_DESCRIPTION("Plants one fault that a debug kernel must report");
MODULE_LICENSE("GPL");
