// SPDX-License-Identifier: GPL-2.0-only
/*
 * 6.19 "mm/huge_memory: add device-private THP support to PMD operations" and its
 * neighbours: a PMD can be a device-private entry.
 */
#include <linux/mm.h>
#include <linux/swapops.h>
#if HAVE_LINUX_LEAFOPS_H
#include <linux/leafops.h>
#endif

FACT(pmd_device_private, "can a PMD be a device-private entry?");

WITHOUT(pmd_device_private, absent, pmd_is_device_private_entry);

PROBE(pmd_device_private, present)
{
	FACT_IS(bool, pmd_is_device_private_entry(FACT_A(pmd_t)));
	FACT_IS(softleaf_t, softleaf_from_pmd(FACT_A(pmd_t)));
}
