// SPDX-License-Identifier: GPL-2.0-only
/*
 * 4.11 "sched/headers: Prepare for new header dependencies before moving code to
 * <linux/sched/signal.h>". Before, linux/sched.h has it all.
 */
#include <linux/sched.h>
#if HAVE_LINUX_SCHED_SIGNAL_H
#include <linux/sched/signal.h>
#endif

FACT(sched_signal, "is there linux/sched/signal.h?");

PROBE(sched_signal, absent)
{
	FACT_TRUE(!HAVE_LINUX_SCHED_SIGNAL_H);
}

PROBE(sched_signal, present)
{
	FACT_TRUE(HAVE_LINUX_SCHED_SIGNAL_H);
}
