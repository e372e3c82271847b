// SPDX-License-Identifier: GPL-2.0-only
/*
 * 4.11 "sched/headers: Prepare for new header dependencies before moving code to
 * <linux/sched/mm.h>".
 * Backports: EL7.9.
 */
#include <linux/sched.h>
#if HAVE_LINUX_SCHED_MM_H
#include <linux/sched/mm.h>
#endif

FACT(sched_mm, "is there linux/sched/mm.h?");

PROBE(sched_mm, absent)
{
	FACT_TRUE(!HAVE_LINUX_SCHED_MM_H);
}

PROBE(sched_mm, present)
{
	FACT_TRUE(HAVE_LINUX_SCHED_MM_H);
}
