// SPDX-License-Identifier: GPL-2.0-only
/*
 * 5.4 (312364f3534c) "kernel.h: Add non_block_start/end()": the kernel warns
 * about sleeping between the two.
 */
#include <linux/kernel.h>
#include <linux/sched.h>

FACT(non_block, "is there non_block_start()?");

WITHOUT(non_block, absent, non_block_start);

PROBE(non_block, present)
{
	non_block_start();
	non_block_end();
}
