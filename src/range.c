// SPDX-License-Identifier: GPL-2.0-only
/*
 * Ranges: registered, waited for, unregistered.
 */
#include <linux/bug.h>
#include <linux/err.h>
#include <linux/export.h>
#include <linux/jiffies.h>
#include <trace/events/hmm_backport.h>
#include "core.h"

static int hmm_range_add(struct hmm_range *range, struct hmm_client *client)
{
	int ret;

	if (!client || !PAGE_ALIGNED(range->start) || !PAGE_ALIGNED(range->end) ||
	    range->start >= range->end)
		return -EINVAL;

	/* While a range is registered its address space is not torn down. */
	if (!mmget_not_zero(client->hmm->mm))
		return -EFAULT;

	kref_get(&client->kref);
	ret = hmm_validity_insert(range, client);
	if (ret) {
		hmm_put_mm(client->hmm);
		hmm_client_put(client);
	}
	return ret;
}

int hmm_backport_range_register(struct hmm_range *range, struct hmm_mirror *mirror)
{
	struct hmm_client *client = mirror ? READ_ONCE(mirror->client) : NULL;
	int ret;

	might_sleep();
	ret = hmm_range_add(range, client);
	if (ret) {
		/* Drivers that do not look at the result hear it from what they call next. */
		range->client = ERR_PTR(ret);
		range->hit = 1;
		range->seq = 0;
		range->valid = false;
		return ret;
	}
	trace_hmm_backport_range(client->hmm->creator, range, true);
	return 0;
}
EXPORT_SYMBOL_GPL(hmm_backport_range_register);

void hmm_backport_range_unregister(struct hmm_range *range)
{
	struct hmm_client *client = range->client;

	might_sleep();
	if (WARN_ONCE(!client, "%s: the range is not registered (unregistered twice?)\n", __func__))
		return;

	range->client = NULL;
	if (IS_ERR(client))
		return;

	trace_hmm_backport_range(client->hmm->creator, range, false);
	hmm_validity_remove(range, client);
	hmm_put_mm(client->hmm);
	hmm_client_put(client);
}
EXPORT_SYMBOL_GPL(hmm_backport_range_unregister);

bool hmm_backport_range_wait_until_valid(struct hmm_range *range, unsigned long timeout)
{
	unsigned long left = msecs_to_jiffies(min_t(unsigned long, timeout, INT_MAX));

	might_sleep();
	if (IS_ERR_OR_NULL(range->client))
		return false;
	return hmm_validity_begin(range, &left) == 0;
}
EXPORT_SYMBOL_GPL(hmm_backport_range_wait_until_valid);
