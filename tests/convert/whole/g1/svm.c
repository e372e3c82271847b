// SPDX-License-Identifier: GPL-2.0-only
/* A driver for 4.14 to 4.16. */
#include <linux/hmm.h>

struct svmm {
	struct mutex mutex;
	struct mm_struct *mm;
	struct hmm_mirror mirror;
};

static void svmm_sync(struct hmm_mirror *mirror, enum hmm_update_type type,
		      unsigned long start, unsigned long end)
{
	struct svmm *svmm = container_of(mirror, struct svmm, mirror);

	mutex_lock(&svmm->mutex);
	svmm_invalidate(svmm, start, end);
	mutex_unlock(&svmm->mutex);
}

static const struct hmm_mirror_ops svmm_ops = {
	.sync_cpu_device_pagetables = svmm_sync,
};

static int svmm_init(struct svmm *svmm)
{
	int ret;

	svmm->mm = current->mm;
	svmm->mirror.ops = &svmm_ops;
	down_write(&svmm->mm->mmap_sem);
	ret = hmm_mirror_register(&svmm->mirror, svmm->mm);
	up_write(&svmm->mm->mmap_sem);
	return ret;
}

/* What the device may do with a page. */
static u64 svmm_pte(hmm_pfn_t pfn)
{
	u64 pte = (u64)hmm_pfn_t_to_pfn(pfn) << 12;

	if (!(pfn & HMM_PFN_VALID) || pfn & (HMM_PFN_ERROR | HMM_PFN_SPECIAL))
		return 0;
	if (pfn & HMM_PFN_WRITE)
		pte |= SVMM_PTE_WRITE;
	return pte | SVMM_PTE_VALID;
}

static int svmm_fault(struct svmm *svmm, unsigned long addr, bool write)
{
	struct vm_area_struct *vma;
	struct hmm_range range;
	hmm_pfn_t pfn;
	int ret;

	down_read(&svmm->mm->mmap_sem);
	vma = find_vma_intersection(svmm->mm, addr, addr + PAGE_SIZE);
	if (!vma) {
		up_read(&svmm->mm->mmap_sem);
		return -EFAULT;
	}
again:
	ret = hmm_vma_fault(vma, &range, addr, addr + PAGE_SIZE, &pfn, write, true);
	if (ret == 0) {
		mutex_lock(&svmm->mutex);
		if (!hmm_vma_range_done(vma, &range)) {
			mutex_unlock(&svmm->mutex);
			goto again;
		}
		svmm_map(svmm, addr, svmm_pte(pfn));
		mutex_unlock(&svmm->mutex);
	}
	up_read(&svmm->mm->mmap_sem);
	return ret;
}

/* What is there now, with nothing faulted in. */
static int svmm_peek(struct svmm *svmm, unsigned long addr, hmm_pfn_t *pfns, unsigned long n)
{
	struct vm_area_struct *vma = find_vma(svmm->mm, addr);
	struct hmm_range range;

	if (!vma || hmm_vma_get_pfns(vma, &range, addr, addr + (n << PAGE_SHIFT), pfns))
		return -EFAULT;
	mutex_lock(&svmm->mutex);
	hmm_vma_range_done(vma, &range);
	while (n--)
		svmm_map(svmm, addr + (n << PAGE_SHIFT), svmm_pte(pfns[n]));
	mutex_unlock(&svmm->mutex);
	return 0;
}
