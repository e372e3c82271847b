// SPDX-License-Identifier: GPL-2.0-only
/* hmm_vma_fault() and its kin, with a mirror that is certain and without. */
struct svmm { struct mm_struct *mm; struct hmm_mirror mirror; };
/* As nouveau. */
static int
fault(struct nvif_notify *notify)
{
	struct hmm_range range;
	struct svmm *svmm;
	int fi, ret;

	for (fi = 0; fi < nr; fi++) {
		struct vm_area_struct *vma;

		svmm = buffer[fi]->svmm;
		if (!svmm)
			continue;
		down_read(&svmm->mm->mmap_sem);
		vma = find_vma_intersection(svmm->mm, start, limit);
		if (!vma) {
			up_read(&svmm->mm->mmap_sem);
			continue;
		}
		start = max_t(u64, start, vma->vm_start);
		range.vma = vma;
		range.start = start;
again:
		ret = hmm_vma_fault(&range, true);
		if (ret == 0) {
			mutex_lock(&svmm->mutex);
			if (!hmm_vma_range_done(&range)) {
				mutex_unlock(&svmm->mutex);
				goto again;
			}
			mutex_unlock(&svmm->mutex);
			use(hmm_pfn_to_page(&range, range.pfns[0]), range.vma);
		}
		up_read(&svmm->mm->mmap_sem);
	}
	return 0;
}

static int snap(struct svmm *svmm, struct hmm_range *range)
{
	struct vm_area_struct *vma = find_vma(svmm->mm, range->start);
	int ret;

	if (!vma)
		return -EFAULT;
	range->vma = vma;
	ret = hmm_vma_get_pfns(range);
	if (ret)
		return ret;
	hmm_vma_range_done(range);
	return 0;
}

static int param(struct svmm *svmm, struct hmm_range *range, struct vm_area_struct *vma)
{
	range->vma = vma;
	return hmm_vma_get_pfns(range);
}

static int tested(struct svmm *svmm, struct hmm_range *range)
{
	struct vm_area_struct *vma = find_vma(svmm->mm, range->start);

	range->vma = vma;
	return hmm_vma_fault(range, true) == -EBUSY;
}

static int changed(struct svmm *svmm, struct hmm_range *range)
{
	struct vm_area_struct *vma = find_vma(svmm->mm, range->start);

	svmm = svmm->next;
	range->vma = vma;
	return hmm_vma_fault(range, true);
}
