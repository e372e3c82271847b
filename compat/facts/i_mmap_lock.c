// SPDX-License-Identifier: GPL-2.0-only
/*
 * 3.19 "mm: convert i_mmap_mutex to rwsem".
 * Backports: EL7 has the mutex.
 */
#include <linux/fs.h>

FACT(i_mmap_lock, "what kind of lock has a file's list of mappings?");

PROBE(i_mmap_lock, rwsem)
{
	FACT_SAME(&i_mmap_lock_read, void (*)(struct address_space *));
	FACT_SAME(&i_mmap_unlock_read, void (*)(struct address_space *));
}

WITHOUT(i_mmap_lock, mutex, i_mmap_lock_read);
PROBE(i_mmap_lock, mutex)
{
	FACT_SAME(FACT_MEMBER(struct address_space, i_mmap_mutex), struct mutex);
}
