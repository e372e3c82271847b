// SPDX-License-Identifier: GPL-2.0-only
/* A file of a driver for 4.14 to 4.16 that nothing else tells to be one. */
#include "svm.h"

unsigned long svmm_frame(unsigned long pfn)
{
	return pfn & HMM_PFN_WRITE ? pfn >> 7 : 0;	/* left: older */
}
