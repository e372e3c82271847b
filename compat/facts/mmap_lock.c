// SPDX-License-Identifier: GPL-2.0-only
/*
 * 5.8 (da1c55f1b272) "mmap locking API: rename mmap_sem to mmap_lock".
 * Backports: EL8.5 and later have the new name (and the old one beside it).
 */
#include <linux/mm.h>

FACT(mmap_lock, "what is an address space's lock called?");

WITHOUT_MEMBER(mmap_lock, sem, struct mm_struct, mmap_lock);
PROBE(mmap_lock, sem)
{
	FACT_SAME(FACT_MEMBER(struct mm_struct, mmap_sem), struct rw_semaphore);
}

PROBE(mmap_lock, lock)
{
	FACT_SAME(FACT_MEMBER(struct mm_struct, mmap_lock), struct rw_semaphore);
}
