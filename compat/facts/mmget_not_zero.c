// SPDX-License-Identifier: GPL-2.0-only
/*
 * 4.7 "userfaultfd: don't pin the user memory in
 * userfaultfd_file_create()".
 * Backports: EL7.3 and later.
 */
#include <linux/sched.h>
#if HAVE_LINUX_SCHED_MM_H
#include <linux/sched/mm.h>
#endif

FACT(mmget_not_zero, "is there mmget_not_zero()?");

PROBE(mmget_not_zero, present)
{
	FACT_SAME(&mmget_not_zero, bool (*)(struct mm_struct *));
}

WITHOUT(mmget_not_zero, absent, mmget_not_zero);
