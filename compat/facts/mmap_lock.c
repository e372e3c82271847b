// SPDX-License-Identifier: GPL-2.0-only
/*
 * 5.8 "mmap locking API: initial implementation as rwsem wrappers".
 * Backports: 5.4 stable and EL8.4 have the helpers over a field that is still
 * called mmap_sem.
 */
#include <linux/mm.h>
#include <linux/sched/mm.h>

FACT(mmap_lock, "how is the mmap lock taken?");

WITHOUT(mmap_lock, sem, mmap_read_lock);
PROBE(mmap_lock, sem)
{
	FACT_SAME(FACT_MEMBER(struct mm_struct, mmap_sem), struct rw_semaphore);
}

PROBE(mmap_lock, helpers)
{
	FACT_SAME(&mmap_read_lock, void (*)(struct mm_struct *));
	FACT_SAME(&mmap_read_unlock, void (*)(struct mm_struct *));
	FACT_SAME(&mmap_write_lock, void (*)(struct mm_struct *));
	FACT_SAME(&mmap_write_unlock, void (*)(struct mm_struct *));
}
