// SPDX-License-Identifier: GPL-2.0-only
/*
 * 4.14 (6b31d5955cb2) "mm, oom: fix potential data corruption when oom_reaper
 * races with writer": an mm that the OOM reaper went through must not be
 * faulted into.
 */
#include <linux/mm.h>
#include <linux/oom.h>

FACT(stable_mm, "is there check_stable_address_space()?");

PROBE(stable_mm, present)
{
	FACT_TAKES(check_stable_address_space,
		   (&check_stable_address_space)((struct mm_struct *)0),
		   struct mm_struct *);
}

WITHOUT(stable_mm, absent, check_stable_address_space);
