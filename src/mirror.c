// SPDX-License-Identifier: GPL-2.0-only
/*
 * Mirrors: registered, told of changes, unregistered.
 */
#include <linux/bug.h>
#include <linux/export.h>
#include <linux/sched.h>
#include <linux/slab.h>
#include <trace/events/hmm_backport.h>
#include "core.h"

static void hmm_client_free(struct kref *kref)
{
	struct hmm_client *client = container_of(kref, struct hmm_client, kref);

	hmm_put(client->hmm);
	kfree(client);
}

/**
 * hmm_client_put() - give back a client
 * @client: of a mirror or a range
 *
 * Context: any.
 */
void hmm_client_put(struct hmm_client *client)
{
	kref_put(&client->kref, hmm_client_free);
}

/* Wait for the callbacks that run, then nothing refers to the mirror any more. */
static void hmm_client_retire(struct hmm_client *client)
{
	down_write(&client->hmm->mirrors_sem);
	list_del(&client->list);
	up_write(&client->hmm->mirrors_sem);
	hmm_client_put(client);
}

static void hmm_client_retire_work(struct work_struct *work)
{
	hmm_client_retire(container_of(work, struct hmm_client, retire_work));
}

int hmm_backport_mirror_register(struct hmm_mirror *mirror, struct mm_struct *mm)
{
	struct hmm_client *client;
	struct hmm *hmm;

	if (!mirror || !mm || !mirror->ops ||
	    !mirror->ops->sync_cpu_device_pagetables || mirror->client)
		return -EINVAL;
	if (!hmm_enabled())
		return -EOPNOTSUPP;
	hmm_assert_mm_write_locked(mm);

	hmm = hmm_get_or_create(mm);
	if (IS_ERR(hmm))
		return PTR_ERR(hmm);
	/* The list of mirrors is being read by this very task, which must not allocate. */
	if (hmm_validity_in_callback(hmm)) {
		hmm_put(hmm);
		return -EDEADLK;
	}
	client = kzalloc(sizeof(*client), GFP_KERNEL);
	if (!client) {
		hmm_put(hmm);
		return -ENOMEM;
	}

	kref_init(&client->kref);
	client->hmm = hmm;
	client->mirror = mirror;
	client->ops = mirror->ops;
	client->owner = mirror->dev_private_owner;
	INIT_WORK(&client->retire_work, hmm_client_retire_work);
	mirror->client = client;

	down_write(&hmm->mirrors_sem);
	list_add_tail(&client->list, &hmm->clients);
	up_write(&hmm->mirrors_sem);
	trace_hmm_backport_mirror(hmm->creator, true);
	return 0;
}
EXPORT_SYMBOL_GPL(hmm_backport_mirror_register);

void hmm_backport_mirror_unregister(struct hmm_mirror *mirror)
{
	struct hmm_client *client = xchg(&mirror->client, NULL);

	if (WARN_ONCE(!client, "%s: the mirror is not registered (unregistered twice?)\n", __func__))
		return;

	trace_hmm_backport_mirror(client->hmm->creator, false);
	hmm_validity_retire(client);
	if (WARN_ONCE(hmm_validity_in_callback(client->hmm),
		      "%s: inside a callback of the same address space, where it cannot wait\n",
		      __func__)) {
		queue_work(hmm_wq, &client->retire_work);
		return;
	}
	hmm_client_retire(client);
}
EXPORT_SYMBOL_GPL(hmm_backport_mirror_unregister);

/* In one place, so that it is said once however often what calls it is inlined. */
static noinline void hmm_client_refused(const struct hmm_client *client, int ret)
{
	WARN_ONCE(1, "%ps refused (%d) an invalidation that may block; it takes place\n",
		  client->ops->sync_cpu_device_pagetables, ret);
}

static __always_inline int hmm_client_sync(struct hmm_client *client,
					   const struct mmu_notifier_range *update)
{
	struct hmm_mirror *mirror = READ_ONCE(client->mirror);
	int ret;

	lockdep_assert_held(&client->hmm->mirrors_sem);
	if (!mirror)
		return 0;
	if (mmu_notifier_range_blockable(update)) {
		ret = client->ops->sync_cpu_device_pagetables(mirror, update);
		if (unlikely(ret))
			hmm_client_refused(client, ret);
		return 0;
	}
	hmm_non_block_start();
	ret = client->ops->sync_cpu_device_pagetables(mirror, update);
	hmm_non_block_end();
	return ret;
}

/* Inline, for the sake of hmm_mirrors_start(). */
static __always_inline int hmm_clients_sync(struct hmm *hmm,
					    const struct mmu_notifier_range *update)
{
	struct hmm_client *client;
	int ret = 0;

	/* Not under the lock: what ->release waits for may come by here. */
	if (READ_ONCE(hmm->silent))
		return 0;
	if (mmu_notifier_range_blockable(update))
		down_read(&hmm->mirrors_sem);
	else if (!down_read_trylock(&hmm->mirrors_sem))
		return -EAGAIN;

	if (!hmm->silent)
		list_for_each_entry(client, &hmm->clients, list) {
			ret = hmm_client_sync(client, update);
			if (ret)
				break;
		}
	up_read(&hmm->mirrors_sem);
	return ret ? -EAGAIN : 0;
}

static noinline int hmm_clients_sync_unrecorded(struct hmm *hmm,
						const struct mmu_notifier_range *update)
{
	struct hmm_caller caller;
	int ret;

	hmm_validity_enter(hmm, &caller);
	ret = hmm_clients_sync(hmm, update);
	hmm_validity_leave(hmm, &caller);
	return ret;
}

/* An invalidation starts: steps and order as at the top of validity.c. */
int hmm_mirrors_start(struct hmm_notifier *notifier,
		      const struct mmu_notifier_range *update, bool has_end)
{
	struct hmm *hmm = container_of(notifier, struct hmm, notifier);
	struct hmm_record *record;
	int ret;

	record = hmm_validity_start(hmm, update->start, update->end, has_end);
	if (likely(record)) {
		ret = hmm_clients_sync(hmm, update);
		record->calling = false;
	} else {
		ret = hmm_clients_sync_unrecorded(hmm, update);
	}
	/* Refused: it has no end. */
	if (ret && has_end)
		hmm_validity_end(hmm);
	trace_hmm_backport_invalidate(hmm->creator, update->start, update->end, ret);
	return ret;
}

void hmm_mirrors_end(struct hmm_notifier *notifier)
{
	hmm_validity_end(container_of(notifier, struct hmm, notifier));
}

/*
 * The address space goes away.  First every mirror drops all of it; no range
 * begins any more, so from then on there is nothing to invalidate and mirrors
 * fall silent, once the callbacks that still run are through.  Then each hears
 * of the release.
 */
void hmm_mirrors_release(struct hmm_notifier *notifier)
{
	struct hmm *hmm = container_of(notifier, struct hmm, notifier);
	const struct mmu_notifier_range all = HMM_RANGE_OF_RELEASE(hmm->mm);
	struct hmm_client *client;
	struct hmm_caller caller;

	if (!hmm_validity_release(hmm))
		return;

	hmm_validity_enter(hmm, &caller);
	hmm_clients_sync(hmm, &all);

	down_write(&hmm->mirrors_sem);
	WRITE_ONCE(hmm->silent, true);
	up_write(&hmm->mirrors_sem);

	down_read(&hmm->mirrors_sem);
	list_for_each_entry(client, &hmm->clients, list) {
		struct hmm_mirror *mirror = READ_ONCE(client->mirror);

		if (mirror && client->ops->release)
			client->ops->release(mirror);
	}
	up_read(&hmm->mirrors_sem);

	hmm_validity_leave(hmm, &caller);
	trace_hmm_backport_invalidate(hmm->creator, 0, ULONG_MAX, 0);
}
