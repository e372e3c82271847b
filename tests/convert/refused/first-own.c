// SPDX-License-Identifier: GPL-2.0-only
/* A driver that brings what 4.14 had, for kernels without it. */
#include <linux/hmm.h>

#ifndef CONFIG_HMM
typedef unsigned long hmm_pfn_t;	/* left: older */
#define HMM_PFN_VALID (1 << 0)	/* left: older */
#define HMM_PFN_WRITE (1 << 2)	/* left: older */
#define HMM_PFN_SHIFT 7	/* left: older */
#endif

static bool writable(hmm_pfn_t pfn)
{
	return pfn & HMM_PFN_WRITE;
}
