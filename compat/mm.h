/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef HMM_COMPAT_MM_H
#define HMM_COMPAT_MM_H

#include <linux/lockdep.h>
#include <linux/mm.h>
#include <linux/oom.h>
#include "facts.h"
#include "sched.h"

/*
 * The caller holds the mmap lock.  5.8 renamed mmap_sem (da1c55f1b272); its
 * mmap_assert_locked() prints the whole mm under CONFIG_DEBUG_VM, with a function
 * that is not for modules.
 */
#ifdef FACT_MMAP_LOCK_LOCK
#define hmm_assert_mm_locked(mm)	lockdep_assert_held(&(mm)->mmap_lock)
#define hmm_assert_mm_write_locked(mm)	lockdep_assert_held_write(&(mm)->mmap_lock)
#else
#define hmm_assert_mm_locked(mm)	lockdep_assert_held(&(mm)->mmap_sem)
#define hmm_assert_mm_write_locked(mm)	lockdep_assert_held(&(mm)->mmap_sem)
#endif

/**
 * hmm_mm_stable() - can the content of an address space still be trusted?
 * @mm: address space
 *
 * The OOM reaper drops pages of a dying process behind its back; a fault there
 * would find zeroes.  4.13 (6b31d5955cb2) gave the check a name; before it no
 * kernel let a module see the mark.
 *
 * Return: false once a page may have been dropped.
 */
static inline bool hmm_mm_stable(struct mm_struct *mm)
{
#ifdef FACT_STABLE_MM_PRESENT
	return check_stable_address_space(mm) == 0;
#else
	return true;
#endif
}

/**
 * hmm_mm_put_unless_last() - give back a user of an address space
 * @mm: address space
 *
 * Context: any; never sleeps, since it never tears the address space down.
 *
 * Return: false if this is the last user: then nothing was given back.
 */
static inline bool hmm_mm_put_unless_last(struct mm_struct *mm)
{
	return atomic_add_unless(&mm->mm_users, -1, 1);
}

#endif
