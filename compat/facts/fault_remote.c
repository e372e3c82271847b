// SPDX-License-Identifier: GPL-2.0-only
/*
 * 4.6 "mm/core: Do not enforce PKEY permissions on remote mm
 * access". An enum constant from 5.14 on, so no #ifdef sees it.
 * Backports: EL7.9.
 */
#include <linux/mm.h>

FACT(fault_remote, "is there FAULT_FLAG_REMOTE?");

PROBE(fault_remote, present)
{
	FACT_TRUE((unsigned int)FAULT_FLAG_REMOTE != 0);
}

WITHOUT_CONSTANT(fault_remote, absent, FAULT_FLAG_REMOTE);
