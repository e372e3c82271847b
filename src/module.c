// SPDX-License-Identifier: GPL-2.0-only
/*
 * The module: its switch, its work queue, the number of its interface.
 */
#include <linux/export.h>
#include <linux/init.h>
#include <linux/module.h>
#include <linux/moduleparam.h>
#include "core.h"

#define CREATE_TRACE_POINTS
#include <trace/events/hmm_backport.h>

static bool enabled = true;
module_param(enabled, bool, 0644);
MODULE_PARM_DESC(enabled, "mirroring is on; off: new mirrors get -EOPNOTSUPP, those there stay (default: on)");

const unsigned int HMM_BACKPORT_ABI_SYMBOL = HMM_BACKPORT_ABI;
EXPORT_SYMBOL_GPL(HMM_BACKPORT_ABI_SYMBOL);

struct workqueue_struct *hmm_wq;
struct workqueue_struct *hmm_free_wq;

bool hmm_enabled(void)
{
	return READ_ONCE(enabled);
}

static int __init hmm_backport_init(void)
{
	/*
	 * Unbound and many at a time: one that has to wait delays no other.  What
	 * another module's notifier can make wait for ever has a queue of its own.
	 */
	hmm_wq = alloc_workqueue("hmm_backport", WQ_UNBOUND, 0);
	if (!hmm_wq)
		return -ENOMEM;
	hmm_free_wq = alloc_workqueue("hmm_backport_free", WQ_UNBOUND, 0);
	if (!hmm_free_wq) {
		destroy_workqueue(hmm_wq);
		return -ENOMEM;
	}
	hmm_pte_bits_learn();
	hmm_debugfs_init();
	return 0;
}
module_init(hmm_backport_init);

/* Each address space holds the module, so only work that is about to end is left. */
static void __exit hmm_backport_exit(void)
{
	hmm_debugfs_exit();
	destroy_workqueue(hmm_wq);
	destroy_workqueue(hmm_free_wq);
}
module_exit(hmm_backport_exit);

MODULE_DESCRIPTION("Mirror a process's page tables into a device's (HMM, as of v5.4)");
MODULE_VERSION(HMM_BACKPORT_VERSION);
MODULE_LICENSE("GPL");
/* SLES asks every module from outside where its support comes from. */
MODULE_INFO(supported, "external");
