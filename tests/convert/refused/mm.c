// SPDX-License-Identifier: GPL-2.0-only
/* A vma looked up in a variable that may be another mm than its object's. */
#include <linux/hmm.h>

struct svmm {
	struct mm_struct *mm;
	struct hmm_mirror mirror;
};

static int init(struct svmm *svmm)
{
	return hmm_mirror_register(&svmm->mirror, svmm->mm);
}

static int set_again(struct svmm *svmm, struct hmm_range *range)
{
	struct mm_struct *mm = svmm->mm;
	struct vm_area_struct *vma;

	if (range->default_flags)
		mm = current->mm;
	vma = find_vma(mm, range->start);
	range->vma = vma;	/* left: 5.2-range-fault */
	return hmm_vma_get_pfns(range);	/* left: 5.2-range-fault */
}

static int other_object(struct svmm *svmm, struct hmm_range *range)
{
	struct mm_struct *mm = svmm->mm;
	struct vm_area_struct *vma;

	svmm = svmm->next;
	vma = find_vma(mm, range->start);
	range->vma = vma;	/* left: 5.2-range-fault */
	return hmm_vma_get_pfns(range);	/* left: 5.2-range-fault */
}

static int in_loop(struct svmm *svmm, struct hmm_range *range, struct list_head *head)
{
	struct mm_struct *mm = svmm->mm;
	struct vm_area_struct *vma;

	list_for_each_entry(svmm, head, list) {
		vma = find_vma(mm, range->start);
		range->vma = vma;	/* left: 5.2-range-fault */
		return hmm_vma_get_pfns(range);	/* left: 5.2-range-fault */
	}
	return 0;
}

static int by_pointer(struct svmm *svmm, struct hmm_range *range)
{
	struct mm_struct *mm = svmm->mm;
	struct vm_area_struct *vma;

	get_mm(&mm);
	vma = find_vma(mm, range->start);
	range->vma = vma;	/* left: 5.2-range-fault */
	return hmm_vma_get_pfns(range);	/* left: 5.2-range-fault */
}

static int inner(struct svmm *other, struct svmm *svmm, struct hmm_range *range)
{
	struct mm_struct *mm = svmm->mm;

	if (other) {
		struct mm_struct *mm = other->mm;
		struct vm_area_struct *vma = find_vma(mm, range->start);

		range->vma = vma;	/* left: 5.2-range-fault */
		return hmm_vma_get_pfns(range);	/* left: 5.2-range-fault */
	}
	return mm != NULL;
}
