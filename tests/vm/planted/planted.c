// SPDX-License-Identifier: GPL-2.0-only
/*
 * Misbehaves on request, so that the rig can be seen to notice. Each fault=
 * happens while the module is loaded.
 */
#include <linux/bug.h>
#include <linux/delay.h>
#include <linux/err.h>
#include <linux/init.h>
#include <linux/kernel.h>
#include <linux/module.h>
#include <linux/preempt.h>
#include <linux/sched.h>
#include <linux/slab.h>

static char *fault = "none";
module_param(fault, charp, 0444);
MODULE_PARM_DESC(fault, "none, warn, two, bug, oops, atomic or refuse");

static int __init planted_init(void)
{
	WARN(!strcmp(fault, "warn") || !strcmp(fault, "two"),
	     "planted: first fault\n");
	WARN(!strcmp(fault, "two"), "planted: second fault\n");
	if (!strcmp(fault, "atomic")) {
		preempt_disable();
		msleep(20);
		preempt_enable();
	}
	if (!strcmp(fault, "oops"))
		*(volatile int *)8 = 1;
	BUG_ON(!strcmp(fault, "bug"));
	return strcmp(fault, "refuse") ? 0 : -EINVAL;
}
module_init(planted_init);

static void __exit planted_exit(void)
{
}
module_exit(planted_exit);

MODULE_LICENSE("GPL");
MODULE_DESCRIPTION("Planted faults for the tests of the boot rig");
