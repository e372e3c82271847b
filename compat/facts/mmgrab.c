// SPDX-License-Identifier: GPL-2.0-only
/*
 * 4.11 "mm: add new mmgrab() helper".
 * Backports: EL7.9.
 */
#include <linux/sched.h>
#if HAVE_LINUX_SCHED_MM_H
#include <linux/sched/mm.h>
#endif

FACT(mmgrab, "is there mmgrab()?");

PROBE(mmgrab, present)
{
	FACT_SAME(&mmgrab, void (*)(struct mm_struct *));
}

WITHOUT(mmgrab, absent, mmgrab);
