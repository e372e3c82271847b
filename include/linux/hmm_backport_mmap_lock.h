/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The mmap lock by the names that it has since 5.8, which hmm-convert gives a driver.
 * Kernels that know these names have linux/mmap_lock.h, and linux/mm.h includes it: all
 * since 5.8, late 5.4, EL 8.3 and later.  In others the lock is a semaphore in the open.
 *
 * A driver with a mmap_read_lock() of its own says so before it includes <linux/hmm.h>;
 * then all of these are left to it:
 *
 *	#define mmap_read_lock mmap_read_lock
 */
#ifndef HMM_BACKPORT_MMAP_LOCK_H
#define HMM_BACKPORT_MMAP_LOCK_H

#include <linux/lockdep.h>
#include <linux/mm.h>
#include <linux/rwsem.h>

#if !defined(_LINUX_MMAP_LOCK_H) && !defined(mmap_read_lock)

/**
 * mmap_write_lock() - take the lock for writing
 * @mm: address space
 *
 * Context: sleeps.
 */
static inline void mmap_write_lock(struct mm_struct *mm)
{
	down_write(&mm->mmap_sem);
}

/**
 * mmap_write_trylock() - take the lock for writing if nobody has it
 * @mm: address space
 *
 * Context: any.
 *
 * Return: true if it was taken.
 */
static inline bool mmap_write_trylock(struct mm_struct *mm)
{
	return down_write_trylock(&mm->mmap_sem);
}

/**
 * mmap_write_unlock() - give it back after writing
 * @mm: address space
 *
 * Context: any.
 */
static inline void mmap_write_unlock(struct mm_struct *mm)
{
	up_write(&mm->mmap_sem);
}

/**
 * mmap_write_downgrade() - hold on to it for reading only
 * @mm: address space
 *
 * Context: any.
 */
static inline void mmap_write_downgrade(struct mm_struct *mm)
{
	downgrade_write(&mm->mmap_sem);
}

/**
 * mmap_read_lock() - take the lock for reading
 * @mm: address space
 *
 * Context: sleeps.
 */
static inline void mmap_read_lock(struct mm_struct *mm)
{
	down_read(&mm->mmap_sem);
}

/**
 * mmap_read_trylock() - take the lock for reading if no writer has it
 * @mm: address space
 *
 * Context: any.
 *
 * Return: true if it was taken.
 */
static inline bool mmap_read_trylock(struct mm_struct *mm)
{
	return down_read_trylock(&mm->mmap_sem);
}

/**
 * mmap_read_unlock() - give it back after reading
 * @mm: address space
 *
 * Context: any.
 */
static inline void mmap_read_unlock(struct mm_struct *mm)
{
	up_read(&mm->mmap_sem);
}

/* Macros, as down_write_killable() came with 4.7 and down_read_killable() with 4.15. */
#define mmap_write_lock_killable(mm)	down_write_killable(&(mm)->mmap_sem)
#define mmap_read_lock_killable(mm)	down_read_killable(&(mm)->mmap_sem)

#define mmap_assert_locked(mm)		lockdep_assert_held(&(mm)->mmap_sem)
#define mmap_assert_write_locked(mm)	lockdep_assert_held(&(mm)->mmap_sem)

#endif

#endif /* HMM_BACKPORT_MMAP_LOCK_H */
