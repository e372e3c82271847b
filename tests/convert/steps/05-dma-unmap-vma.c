// SPDX-License-Identifier: GPL-2.0-only
/* The vma goes, unless it does something. */
static long unmap(struct hmm_range *range, struct job *job, struct device *dev)
{
	struct vm_area_struct *vma = job->vma;
	long ret;

	hmm_range_dma_unmap(range, vma, dev, job->daddrs, true);
	ret = hmm_range_dma_unmap(range, NULL, dev, job->daddrs, false);
	if (hmm_range_dma_unmap(&job->range, job->vma, dev, job->daddrs, true) < 0 ||
	    hmm_range_dma_unmap(range, next(&vma), dev, job->daddrs, true))
		return hmm_range_dma_unmap(range, vma++, dev, job->daddrs, true);
	return hmm_range_dma_unmap(range, (vma = vma->vm_next), dev, job->daddrs, true);
}

/* A variable for the argument only goes, one for more stays. */
static void unused(struct hmm_range *range, struct device *dev, dma_addr_t *daddrs)
{
	struct vm_area_struct *vma = NULL;

	hmm_range_dma_unmap(range, vma, dev, daddrs, true);
}

static void used(struct hmm_range *range, struct device *dev, dma_addr_t *daddrs)
{
	struct vm_area_struct *vma = NULL;

	hmm_range_dma_unmap(range, vma, dev, daddrs, true);
	use(vma);
}
