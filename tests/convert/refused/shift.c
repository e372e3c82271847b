// SPDX-License-Identifier: GPL-2.0-only
/* What looks converted but would be wrong. */
#include <linux/hmm.h>

static int other_shift(struct hmm_range *range, struct hmm_mirror *mirror)
{
	hmm_range_register(range, mirror, 0, 1UL << 21, 21);	/* left: 07-page-shift */
	range->page_shift = huge_page_shift(h);	/* left: 07-page-shift */
	return 0;
}

static inline int wrapped(struct hmm_range *range, struct hmm_mirror *mirror, unsigned long start, unsigned int page_shift)
{
	return hmm_range_register(range, mirror, start, start + 4096, page_shift);	/* left: 07-page-shift */
}

static int versions(struct hmm_range *range, struct hmm_mirror *mirror)
{
#if LINUX_VERSION_CODE >= KERNEL_VERSION(5, 4, 0)
	return hmm_range_register(range, mirror);
#else
	return hmm_range_register(range, mirror, 0, 4096, PAGE_SHIFT);	/* left: 06-register-args */
#endif
}
