// SPDX-License-Identifier: GPL-2.0-only
/*
 * The object for an address space: found, made, given back.
 *
 * Registering happens under the address space's mmap write lock, so no two tasks
 * make one for the same address space at once.  Giving back never tears anything
 * down itself: the caller may hold a lock that a callback takes.
 */
#include <linux/hash.h>
#include <linux/hashtable.h>
#include <linux/module.h>
#include <linux/sched.h>
#include <linux/slab.h>
#include "core.h"

static DEFINE_HASHTABLE(hmm_table, 8);
static DEFINE_SPINLOCK(hmm_table_lock);

const struct hmm_notifier_ops hmm_notifier_ops = {
	.start		= hmm_mirrors_start,
	.end		= hmm_mirrors_end,
	.release	= hmm_mirrors_release,
};

static void hmm_put_work(struct work_struct *work)
{
	struct hmm *hmm = container_of(work, struct hmm, put_work);
	int n = atomic_xchg(&hmm->puts, 0);

	while (n--)
		mmput(hmm->mm);
	hmm_put(hmm);
}

static void hmm_free_work(struct work_struct *work)
{
	struct hmm *hmm = container_of(work, struct hmm, free_work);

	hmm_notifier_unregister(&hmm->notifier, hmm->mm);

	/* Only now, so that debugfs shows one that has to wait. */
	spin_lock(&hmm_table_lock);
	hash_del(&hmm->hash);
	spin_unlock(&hmm_table_lock);
	mmdrop(hmm->mm);
	kfree(hmm);
	/* Unloading drains the work queue, so this function returns before it is gone. */
	module_put(THIS_MODULE);
}

static struct hmm *hmm_find(struct mm_struct *mm)
{
	struct hmm *hmm;

	spin_lock(&hmm_table_lock);
	hash_for_each_possible(hmm_table, hmm, hash, (unsigned long)mm)
		if (hmm->mm == mm && kref_get_unless_zero(&hmm->kref))
			goto found;
	hmm = NULL;
found:
	spin_unlock(&hmm_table_lock);
	return hmm;
}

/**
 * hmm_get_or_create() - the object of an address space
 * @mm: address space; the caller holds a reference to its users
 *
 * Context: mmap lock of @mm held for writing.  Sleeps.
 *
 * Return: the object, to be given back with hmm_put(), or an error pointer:
 * -ENOMEM, -EINTR.
 */
struct hmm *hmm_get_or_create(struct mm_struct *mm)
{
	struct hmm *hmm = hmm_find(mm);
	int ret;

	if (hmm)
		return hmm;

	hmm = kzalloc(sizeof(*hmm), GFP_KERNEL);
	if (!hmm)
		return ERR_PTR(-ENOMEM);
	kref_init(&hmm->kref);
	hmm->mm = mm;
	hmm->creator = task_tgid_nr(current);
	INIT_WORK(&hmm->put_work, hmm_put_work);
	INIT_WORK(&hmm->free_work, hmm_free_work);
	init_rwsem(&hmm->mirrors_sem);
	INIT_LIST_HEAD(&hmm->clients);
	hmm_validity_init(hmm);

	ret = hmm_notifier_register(&hmm->notifier, mm, &hmm_notifier_ops);
	if (ret) {
		kfree(hmm);
		return ERR_PTR(ret);
	}
	mmgrab(mm);
	__module_get(THIS_MODULE);

	spin_lock(&hmm_table_lock);
	hash_add(hmm_table, &hmm->hash, (unsigned long)mm);
	spin_unlock(&hmm_table_lock);
	return hmm;
}

static void hmm_free(struct kref *kref)
{
	struct hmm *hmm = container_of(kref, struct hmm, kref);

	/* What the kernel calls release from here on is not the process's end. */
	spin_lock(&hmm->lock);
	hmm->released = true;
	spin_unlock(&hmm->lock);
	queue_work(hmm_free_wq, &hmm->free_work);
}

/**
 * hmm_put() - give back an object
 * @hmm: of hmm_get_or_create()
 *
 * Context: any.
 */
void hmm_put(struct hmm *hmm)
{
	kref_put(&hmm->kref, hmm_free);
}

/**
 * hmm_put_mm() - give back a user of the address space
 * @hmm: its object; the caller holds it beyond this call
 *
 * The last user tears the address space down, which calls the mirrors.  Under
 * the lock that their callbacks take that would never end, so it is left to the
 * work queue.
 *
 * Context: any.
 */
void hmm_put_mm(struct hmm *hmm)
{
	if (hmm_mm_put_unless_last(hmm->mm))
		return;

	atomic_inc(&hmm->puts);
	kref_get(&hmm->kref);
	if (!queue_work(hmm_wq, &hmm->put_work))
		hmm_put(hmm);
}

/**
 * hmm_for_each() - look at every address space
 * @show: called for each; must not sleep
 * @arg: for @show
 */
void hmm_for_each(void (*show)(struct hmm *hmm, void *arg), void *arg)
{
	struct hmm *hmm;
	int bucket;

	spin_lock(&hmm_table_lock);
	hash_for_each(hmm_table, bucket, hmm, hash)
		show(hmm, arg);
	spin_unlock(&hmm_table_lock);
}
