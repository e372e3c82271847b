/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The objects of the core and who may touch them.
 *
 *	struct hmm		one for each address space that has a mirror	mm.c
 *	struct hmm_client	one for each mirror				mirror.c
 *	struct hmm_range	one for each window, the driver's memory	range.c
 *
 * A range holds its client, a client holds its hmm, an hmm holds the module.
 * struct hmm_mirror is the driver's memory and is only touched while registered.
 *
 * Locks, in this order:
 *
 *	mmap lock, locks of the reverse mapping		the kernel's
 *	hmm.mirrors_sem		the list of clients; read: callbacks run
 *	the driver's lock	the one that its callback takes
 *	hmm.lock		ranges, records, callers: validity.c
 *
 * Nothing allocates memory or waits for an invalidation under any of the last
 * three, since reclaim invalidates.
 */
#ifndef HMM_CORE_H
#define HMM_CORE_H

#include <linux/atomic.h>
#include <linux/hmm.h>
#include <linux/kref.h>
#include <linux/list.h>
#include <linux/rwsem.h>
#include <linux/spinlock.h>
#include <linux/wait.h>
#include <linux/workqueue.h>
#include "../compat/compat.h"

/**
 * struct hmm_record - a running invalidation
 * @task: who runs it, and will end it
 * @first: first address
 * @last: last address, inclusive
 * @calling: @task is inside the callbacks; only its own business, and so without a lock
 */
struct hmm_record {
	struct task_struct	*task;
	unsigned long		first;
	unsigned long		last;
	bool			calling;
};

/*
 * More invalidations of one mm at a time than this delay all of its ranges until none is
 * left.  So does one inside of another of its task if no slot behind that one's is free.
 */
#define HMM_RECORDS 32	/* bits of &hmm.used */

/**
 * struct hmm_caller - a task inside the callbacks of an address space, without a record
 * @list: in &hmm.callers
 * @task: the task
 */
struct hmm_caller {
	struct list_head	list;
	struct task_struct	*task;
};

/**
 * struct hmm - an address space that is mirrored
 * @kref: held by each client and by queued work
 * @hash: in the table of mm.c
 * @mm: the address space; its memory is kept, its users are not
 * @notifier: where starts, ends and the release come from
 * @creator: process id of the task that registered the first mirror
 * @put_work: gives back users of @mm where that may tear it down
 * @puts: how many
 * @free_work: unregisters the notifier and frees
 * @mirrors_sem: @clients and @silent
 * @clients: mirrors
 * @silent: released: no mirror is called any more
 * @lock: all below it, and the content of ranges
 * @ranges: registered ranges, by address
 * @nr_ranges: how many
 * @callers: tasks inside callbacks that have no record
 * @records: running invalidations; of each task's the newest is the last
 * @used: which of them are, a bit each
 * @running: running invalidations, recorded or not
 * @overflow: a record did not fit: nothing begins until @running is 0
 * @released: the address space is gone
 * @wq: who waits for records to go
 * @nr_invalidations: invalidations seen
 * @nr_faults: calls of hmm_range_fault()
 * @nr_retries: walks that had to be done again
 */
struct hmm {
	struct kref		kref;
	struct hlist_node	hash;
	struct mm_struct	*mm;
	struct hmm_notifier	notifier;
	pid_t			creator;
	struct work_struct	put_work;
	atomic_t		puts;
	struct work_struct	free_work;

	struct rw_semaphore	mirrors_sem;
	struct list_head	clients;
	bool			silent;

	spinlock_t		lock; /* see above */
	struct hmm_tree_root	ranges;
	unsigned long		nr_ranges;
	struct list_head	callers;
	struct hmm_record	records[HMM_RECORDS];
	u32			used;
	unsigned int		running;
	bool			overflow;
	bool			released;
	wait_queue_head_t	wq;

	unsigned long		nr_invalidations;
	atomic_long_t		nr_faults;
	atomic_long_t		nr_retries;
};

/**
 * struct hmm_client - a registered mirror
 * @kref: held by the registration and by each range
 * @hmm: its address space
 * @list: in &hmm.clients
 * @mirror: the driver's, NULL once it is out of service; &hmm.lock
 * @ops: its callbacks
 * @owner: its private memory
 * @retire_work: waits for callbacks where the unregistering task cannot
 */
struct hmm_client {
	struct kref			kref;
	struct hmm			*hmm;
	struct list_head		list;
	struct hmm_mirror		*mirror;
	const struct hmm_mirror_ops	*ops;
	void				*owner;
	struct work_struct		retire_work;
};

/* module.c */
extern struct workqueue_struct *hmm_wq;
extern struct workqueue_struct *hmm_free_wq;
bool hmm_enabled(void);

/* mm.c */
extern const struct hmm_notifier_ops hmm_notifier_ops;
struct hmm *hmm_get_or_create(struct mm_struct *mm);
void hmm_put(struct hmm *hmm);
void hmm_put_mm(struct hmm *hmm);
void hmm_for_each(void (*show)(struct hmm *hmm, void *arg), void *arg);

/* mirror.c */
int hmm_mirrors_start(struct hmm_notifier *notifier,
		      const struct mmu_notifier_range *update, bool has_end);
void hmm_mirrors_end(struct hmm_notifier *notifier);
void hmm_mirrors_release(struct hmm_notifier *notifier);
void hmm_client_put(struct hmm_client *client);

/* validity.c */
void hmm_validity_init(struct hmm *hmm);
struct hmm_record *hmm_validity_start(struct hmm *hmm, unsigned long start,
				      unsigned long end, bool has_end);
void hmm_validity_end(struct hmm *hmm);
void hmm_validity_enter(struct hmm *hmm, struct hmm_caller *caller);
void hmm_validity_leave(struct hmm *hmm, struct hmm_caller *caller);
bool hmm_validity_release(struct hmm *hmm);
bool hmm_validity_in_callback(struct hmm *hmm);
void hmm_validity_retire(struct hmm_client *client);
int hmm_validity_insert(struct hmm_range *range, struct hmm_client *client);
void hmm_validity_remove(struct hmm_range *range, struct hmm_client *client);
int hmm_validity_begin(struct hmm_range *range, unsigned long *timeout);
void hmm_validity_forget(struct hmm_range *range);

/* debugfs.c */
void hmm_debugfs_init(void);
void hmm_debugfs_exit(void);

#endif
