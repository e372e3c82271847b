/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef HMM_COMPAT_PAGEWALK_H
#define HMM_COMPAT_PAGEWALK_H

#include <linux/mm.h>
#include "pgtable.h"

struct hmm_walk;

/**
 * struct hmm_walk_ops - what to do with what a walk finds
 *
 * After the kernel's newest mm_walk_ops, with two differences that take traps
 * away: upper entries come as the values that the walk itself went by, so that
 * no callback can read them again, and hugetlbfs pages come slot by slot
 * through the callback of their level (each slot maps its own part; the
 * kernel's accessor for the whole is not for modules on arm64 and s390).
 *
 * A callback that returns nonzero ends the walk with that.  Each is optional.
 */
struct hmm_walk_ops {
	/** @test_walk: a mapping begins: 0: walk it, 1: leave it out, < 0: end */
	int (*test_walk)(unsigned long addr, unsigned long next, struct hmm_walk *walk);
	/** @pud_entry: a PUD that is not none and not a table */
	int (*pud_entry)(pud_t pud, unsigned long addr, unsigned long next,
			 struct hmm_walk *walk);
	/** @pmd_entry: a PMD that is not none and not a table */
	int (*pmd_entry)(pmd_t pmd, unsigned long addr, unsigned long next,
			 struct hmm_walk *walk);
	/** @pte_entries: the PTEs of @addr to @next, of one table; must not sleep */
	int (*pte_entries)(pte_t *pte, unsigned long addr, unsigned long next,
			   struct hmm_walk *walk);
	/** @pte_hole: no page table; &hmm_walk.vma is NULL between mappings */
	int (*pte_hole)(unsigned long addr, unsigned long next, struct hmm_walk *walk);
};

/**
 * struct hmm_walk - a running walk
 * @ops: callbacks
 * @mm: address space
 * @vma: the mapping that is walked
 * @private: the caller's
 */
struct hmm_walk {
	const struct hmm_walk_ops	*ops;
	struct mm_struct		*mm;
	struct vm_area_struct		*vma;
	void				*private;
};

int hmm_walk_page_range(struct mm_struct *mm, unsigned long start, unsigned long end,
			const struct hmm_walk_ops *ops, void *private);

#endif
