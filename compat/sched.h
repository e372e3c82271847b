/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Tasks and what holds an address space: in one header before 4.11.
 */
#ifndef HMM_COMPAT_SCHED_H
#define HMM_COMPAT_SCHED_H

#include <linux/sched.h>
#include "facts.h"
#ifdef FACT_SCHED_MM_PRESENT
#include <linux/sched/mm.h>
#endif
#ifdef FACT_SCHED_SIGNAL_PRESENT
#include <linux/sched/signal.h>
#endif

#ifdef FACT_MMGRAB_ABSENT
/* mm_count is an atomic_t on every kernel that lacks this. */
static inline void mmgrab(struct mm_struct *mm)
{
	atomic_inc(&mm->mm_count);
}
#endif

#ifdef FACT_MMGET_NOT_ZERO_ABSENT
static inline bool mmget_not_zero(struct mm_struct *mm)
{
	return atomic_inc_not_zero(&mm->mm_users);
}
#endif

#endif
