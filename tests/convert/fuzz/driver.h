/* SPDX-License-Identifier: GPL-2.0-only */
/* The types of the driver that the generated callers belong to. */
#ifndef FUZZ_DRIVER_H
#define FUZZ_DRIVER_H

#include <linux/hmm.h>

/* Nothing of HMM's, in spite of the names. */
struct geometry {
	unsigned int page_shift;
	bool blockable;
};

struct drv {
	struct hmm_mirror mirror;
	struct hmm_mirror *mp;
	struct mm_struct *mm;
	struct hmm_range range;
	struct hmm_range ranges[4];
	struct hmm_range *rp;
	struct geometry geom;
	struct vm_area_struct vma;
	struct device *dev;
	dma_addr_t *daddrs;
	uint64_t *pfns;
	unsigned long start, end;
	int ret, n;
};

#define DRV_PAGES(x)	((x)->end - (x)->start)
#define DRV_BASE(x)	((x)->start & PAGE_MASK)
#define for_each_range(r, x)	for ((r) = (x)->ranges; (r) < (x)->ranges + 2; (r)++)

struct hmm_range *drv_range(struct drv *x, int site, int which);
struct hmm_mirror *drv_mirror(struct drv *x, int site, int which);
struct vm_area_struct *drv_vma(struct drv *x, int site, int which);
unsigned long drv_end(const struct hmm_range *range);
int *drv_slot(struct drv *x, int site, int which);

typedef int fuzz_fn(struct drv *x, struct drv *y, unsigned long start, unsigned long end);
void fuzz_add(int number, fuzz_fn *fn);

#define FUZZ_CASE(n)						\
	static __attribute__((constructor)) void fuzz_add_##n(void)	\
	{							\
		fuzz_add(n, case_##n);				\
	}

#endif
