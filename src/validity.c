// SPDX-License-Identifier: GPL-2.0-only
/*
 * The validity protocol: a device never keeps a page that the CPU has given up.
 * docs/protocol.pml is its model, docs/protocol.md says why each step is there.
 *
 * 1. Start of an invalidation.  In one critical section of hmm.lock: note a
 *    record {task, bounds} and raise `hit` in every range that overlaps.  THEN
 *    call the mirrors.  If one must not sleep and would have to, take the record
 *    back and refuse; the raised `hit` is harmless.  Never the mirrors first.
 * 2. End.  Take back the newest record of this task and wake who waits.
 * 3. Register.  seq = 0, which `hit` never is: a new range has not begun.
 * 4. Begin.  Wait until no record overlaps the range and sample seq = hit in the
 *    same critical section.  A wait that ends otherwise leaves seq = 0, so a
 *    driver that ignores its result gets -EBUSY and never an old page.  So does
 *    a hmm_range_fault() that fails: its array holds no results.
 * 5. Valid is hit == seq, asked under the driver's own lock, which its callback
 *    takes too: either the callback comes later and finds what was mapped, or it
 *    was earlier, and then so was the raised `hit`.
 * 6. Faults that hmm_range_fault() causes raise its own range's `hit`: it walks,
 *    faults all that is needed, begins again and walks again.
 *
 * A flag that the end sets true again, as in v5.4, misses an invalidation that
 * starts and ends between the walk and the question.
 *
 * Records have few slots, so that no callback allocates.  When they run out no
 * range of that address space begins, and no record is taken back singly, until
 * no invalidation is running.
 */
#include <linux/jiffies.h>
#include <linux/sched.h>
#include "core.h"

#define HMM_RANGE_FIRST(range)	((range)->first)
#define HMM_RANGE_LAST(range)	((range)->last)
INTERVAL_TREE_DEFINE(struct hmm_range, node, unsigned long, subtree_last,
		     HMM_RANGE_FIRST, HMM_RANGE_LAST, static, hmm_ranges)

void hmm_validity_init(struct hmm *hmm)
{
	spin_lock_init(&hmm->lock);
	hmm->ranges = HMM_TREE_ROOT;
	INIT_LIST_HEAD(&hmm->callers);
	init_waitqueue_head(&hmm->wq);
}

/* After a change under hmm.lock. */
static void hmm_wake(struct hmm *hmm)
{
	/* Who did not see it there had looked before, and was in the queue before he looked. */
	if (waitqueue_active(&hmm->wq))
		wake_up_all(&hmm->wq);
}

static void hmm_range_hit(struct hmm_range *range)
{
	unsigned long hit = range->hit + 1;

	WRITE_ONCE(range->hit, hit ? hit : 1);
	WRITE_ONCE(range->valid, false);
}

static inline void hmm_ranges_hit(struct hmm *hmm, unsigned long first, unsigned long last)
{
	struct hmm_range *range;

	lockdep_assert_held(&hmm->lock);
	for (range = hmm_ranges_iter_first(&hmm->ranges, first, last); range;
	     range = hmm_ranges_iter_next(range, first, last))
		hmm_range_hit(range);
}

/* Takes one out of a set of records: the last of them. */
static unsigned int hmm_record_next(u32 *left)
{
	unsigned int i = __fls(*left);

	*left &= ~BIT(i);
	return i;
}

/* The newest record of this task, or -1: those of one task are in order. */
static int hmm_record_newest(const struct hmm *hmm)
{
	u32 left = hmm->used;

	while (left) {
		unsigned int i = hmm_record_next(&left);

		if (hmm->records[i].task == current)
			return i;
	}
	return -1;
}

static struct hmm_record *hmm_record_note(struct hmm *hmm, unsigned long first,
					  unsigned long last)
{
	int newest = hmm_record_newest(hmm);
	struct hmm_record *record;
	u32 free = ~hmm->used;

	lockdep_assert_held(&hmm->lock);
	hmm->running++;
	if (newest >= 0)
		free &= ~(((u32)2 << newest) - 1);
	if (!free)
		hmm->overflow = true;
	if (hmm->overflow)
		return NULL;

	record = &hmm->records[__ffs(free)];
	WRITE_ONCE(hmm->used, hmm->used | (free & -free));
	record->task = current;
	record->first = first;
	record->last = last;
	record->calling = true;
	return record;
}

/**
 * hmm_validity_start() - step 1: an invalidation starts
 * @hmm: address space
 * @start: first address
 * @end: first address behind
 * @has_end: hmm_validity_end() will come: keep a record
 *
 * Context: any in which mmu notifiers run; does not sleep.
 *
 * Return: the record, which says that this task is inside callbacks until its "calling"
 * is cleared; or NULL, if there is none.
 */
struct hmm_record *hmm_validity_start(struct hmm *hmm, unsigned long start,
				      unsigned long end, bool has_end)
{
	unsigned long last = max(end, start + 1) - 1;
	struct hmm_record *record = NULL;

	spin_lock(&hmm->lock);
	hmm->nr_invalidations++;
	if (has_end)
		record = hmm_record_note(hmm, start, last);
	hmm_ranges_hit(hmm, start, last);
	spin_unlock(&hmm->lock);
	return record;
}

/* Returns whether somebody may be able to go on. */
static bool hmm_record_take_back(struct hmm *hmm)
{
	int i;

	lockdep_assert_held(&hmm->lock);
	/* An end whose start was before this address space was observed. */
	if (!hmm->running)
		return false;

	if (hmm->overflow) {
		if (--hmm->running)
			return false;
		WRITE_ONCE(hmm->used, 0);
		hmm->overflow = false;
		return true;
	}

	i = hmm_record_newest(hmm);
	if (i < 0)
		return false;
	hmm->running--;
	WRITE_ONCE(hmm->used, hmm->used & ~BIT(i));
	return true;
}

/**
 * hmm_validity_end() - step 2: an invalidation of this task is over, or is refused
 * @hmm: address space
 *
 * Context: as hmm_validity_start().
 */
void hmm_validity_end(struct hmm *hmm)
{
	bool wake;

	spin_lock(&hmm->lock);
	wake = hmm_record_take_back(hmm);
	spin_unlock(&hmm->lock);
	if (wake)
		hmm_wake(hmm);
}

/**
 * hmm_validity_enter() - callbacks are run that belong to no record
 * @hmm: address space
 * @caller: noted as inside callbacks, until hmm_validity_leave()
 *
 * Context: as hmm_validity_start().
 */
void hmm_validity_enter(struct hmm *hmm, struct hmm_caller *caller)
{
	caller->task = current;
	spin_lock(&hmm->lock);
	list_add(&caller->list, &hmm->callers);
	spin_unlock(&hmm->lock);
}

/**
 * hmm_validity_leave() - they have run
 * @hmm: address space
 * @caller: of hmm_validity_enter()
 *
 * Context: as hmm_validity_start().
 */
void hmm_validity_leave(struct hmm *hmm, struct hmm_caller *caller)
{
	spin_lock(&hmm->lock);
	list_del(&caller->list);
	spin_unlock(&hmm->lock);
}

/**
 * hmm_validity_release() - the address space goes away
 * @hmm: address space
 *
 * Return: false if this has been said before.
 */
bool hmm_validity_release(struct hmm *hmm)
{
	bool first;

	spin_lock(&hmm->lock);
	first = !hmm->released;
	hmm->released = true;
	if (first)
		hmm_ranges_hit(hmm, 0, ULONG_MAX);
	spin_unlock(&hmm->lock);
	hmm_wake(hmm);
	return first;
}

static bool hmm_caller_is_current(struct hmm *hmm)
{
	struct hmm_caller *caller;
	u32 left = hmm->used;

	lockdep_assert_held(&hmm->lock);
	while (left) {
		struct hmm_record *record = &hmm->records[hmm_record_next(&left)];

		if (record->task == current && record->calling)
			return true;
	}
	list_for_each_entry(caller, &hmm->callers, list)
		if (caller->task == current)
			return true;
	return false;
}

/**
 * hmm_validity_in_callback() - is this task inside a callback?
 * @hmm: address space
 *
 * Return: true inside any callback of any mirror of @hmm.
 */
bool hmm_validity_in_callback(struct hmm *hmm)
{
	bool found;

	/*
	 * Without the lock: as long as this task has a record or is in the list, nobody
	 * leaves either empty; list_add() and list_del() mark their writes.
	 */
	if (!READ_ONCE(hmm->used) && list_empty(&hmm->callers))
		return false;
	spin_lock(&hmm->lock);
	found = hmm_caller_is_current(hmm);
	spin_unlock(&hmm->lock);
	return found;
}

/**
 * hmm_validity_retire() - a mirror goes out of service
 * @client: its client
 *
 * None of its ranges is valid or begins again.
 */
void hmm_validity_retire(struct hmm_client *client)
{
	struct hmm *hmm = client->hmm;
	struct hmm_range *range;

	spin_lock(&hmm->lock);
	WRITE_ONCE(client->mirror, NULL);
	for (range = hmm_ranges_iter_first(&hmm->ranges, 0, ULONG_MAX); range;
	     range = hmm_ranges_iter_next(range, 0, ULONG_MAX))
		if (range->client == client)
			hmm_range_hit(range);
	spin_unlock(&hmm->lock);
	hmm_wake(hmm);
}

/**
 * hmm_validity_insert() - step 3: watch a range
 * @range: start and end are set and make sense
 * @client: its mirror
 *
 * Return: 0, -EINVAL if the mirror is out of service, -EFAULT if the address
 * space is gone.
 */
int hmm_validity_insert(struct hmm_range *range, struct hmm_client *client)
{
	struct hmm *hmm = client->hmm;
	int ret = 0;

	range->hit = 1;
	range->seq = 0;
	range->valid = false;
	range->first = range->start;
	range->last = range->end - 1;

	spin_lock(&hmm->lock);
	if (!client->mirror) {
		ret = -EINVAL;
	} else if (hmm->released) {
		ret = -EFAULT;
	} else {
		range->client = client;
		hmm_ranges_insert(range, &hmm->ranges);
		hmm->nr_ranges++;
	}
	spin_unlock(&hmm->lock);
	return ret;
}

/**
 * hmm_validity_remove() - stop watching a range
 * @range: registered range; never valid afterwards
 * @client: its client
 */
void hmm_validity_remove(struct hmm_range *range, struct hmm_client *client)
{
	struct hmm *hmm = client->hmm;

	spin_lock(&hmm->lock);
	hmm_ranges_remove(range, &hmm->ranges);
	hmm->nr_ranges--;
	WRITE_ONCE(range->seq, 0);
	WRITE_ONCE(range->valid, false);
	spin_unlock(&hmm->lock);
}

/**
 * hmm_validity_forget() - a range counts as not begun
 * @range: registered range
 *
 * For what went wrong after it was begun: its array holds no results.
 */
void hmm_validity_forget(struct hmm_range *range)
{
	struct hmm *hmm = range->client->hmm;

	spin_lock(&hmm->lock);
	WRITE_ONCE(range->seq, 0);
	WRITE_ONCE(range->valid, false);
	spin_unlock(&hmm->lock);
}

/* One look: 0 if begun, -EBUSY if there is something to wait for, else final. */
static int hmm_try_begin(struct hmm_range *range)
{
	struct hmm *hmm = range->client->hmm;
	int ret = 0;
	u32 left;

	spin_lock(&hmm->lock);
	left = hmm->used;
	if (hmm_caller_is_current(hmm))
		ret = -EDEADLK;	/* what it would wait for may be running it */
	else if (!range->client->mirror)
		ret = -EINVAL;
	else if (hmm->released)
		ret = -EFAULT;
	else if (hmm->overflow)
		ret = -EBUSY;
	while (!ret && left) {
		struct hmm_record *record = &hmm->records[hmm_record_next(&left)];

		if (record->first <= range->last && record->last >= range->first)
			ret = -EBUSY;
	}
	WRITE_ONCE(range->seq, ret ? 0 : range->hit);
	WRITE_ONCE(range->valid, !ret);
	spin_unlock(&hmm->lock);
	return ret;
}

/**
 * hmm_validity_begin() - step 4: wait for running invalidations, begin
 * @range: registered range
 * @timeout: jiffies to wait at most; what is left of them is put back
 *
 * Context: process context.  Sleeps.
 *
 * Return: 0 if begun; -EBUSY if @timeout passed; -EINTR for a fatal signal;
 * -EDEADLK inside a callback of the address space; -EINVAL if the mirror is out
 * of service; -EFAULT if the address space is gone.
 */
int hmm_validity_begin(struct hmm_range *range, unsigned long *timeout)
{
	struct hmm *hmm = range->client->hmm;
	DEFINE_WAIT(wait);
	int ret;

	ret = hmm_try_begin(range);
	if (ret == -EDEADLK)
		return ret;
	/*
	 * Whom this may wait for runs callbacks: so it must hold nothing that they take,
	 * and that is said also when there is nothing to wait for.
	 */
	might_lock_read(&hmm->mirrors_sem);
	while (ret == -EBUSY && *timeout) {
		prepare_to_wait(&hmm->wq, &wait, TASK_KILLABLE);
		ret = hmm_try_begin(range);
		if (ret != -EBUSY)
			break;
		if (fatal_signal_pending(current)) {
			ret = -EINTR;
			break;
		}
		*timeout = schedule_timeout(*timeout);
	}
	finish_wait(&hmm->wq, &wait);
	return ret;
}
