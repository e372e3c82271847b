// SPDX-License-Identifier: GPL-2.0-only
/*
 * 6.0 (d92725256b4f) "mm: avoid unnecessary page fault retires on shared memory
 * types": a fault may be done and the mmap lock dropped. An enum constant, so
 * no #ifdef sees it.
 * Backports: EL8.10, EL9.6 (not 9.0).
 */
#include <linux/mm.h>

FACT(fault_completed, "is there VM_FAULT_COMPLETED?");

PROBE(fault_completed, present)
{
	FACT_TRUE((unsigned int)VM_FAULT_COMPLETED != 0);
}

WITHOUT_CONSTANT(fault_completed, absent, VM_FAULT_COMPLETED);
