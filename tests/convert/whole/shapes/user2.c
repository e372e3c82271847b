// SPDX-License-Identifier: GPL-2.0-only
/* What its types are, says a header that the other file includes too. */
#include "svm.h"

static unsigned long user2(struct svmm *svmm)
{
	svmm->current_range->page_shift = PAGE_SHIFT;
	return 1UL << svmm->range.page_shift;
}
