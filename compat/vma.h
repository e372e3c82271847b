/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef HMM_COMPAT_VMA_H
#define HMM_COMPAT_VMA_H

#include <linux/hugetlb.h>
#include <linux/mm.h>

/* Mappings of memory that is no device's to follow; v5.4 refused the same. */
#define HMM_VMA_REFUSED (VM_IO | VM_PFNMAP | VM_MIXEDMAP)

/* Writable for the CPU's own call stack only (6.6); no data. */
#ifdef VM_SHADOW_STACK
#define HMM_VMA_NO_WRITE VM_SHADOW_STACK
#else
#define HMM_VMA_NO_WRITE 0
#endif

/* May a device write there? */
static inline bool hmm_vma_may_write(const struct vm_area_struct *vma)
{
	return (vma->vm_flags & VM_WRITE) && !(vma->vm_flags & HMM_VMA_NO_WRITE);
}

/* First address behind the page of the mapping's own size that holds @addr. */
static inline unsigned long hmm_vma_page_end(struct vm_area_struct *vma,
					     unsigned long addr)
{
	if (!is_vm_hugetlb_page(vma))
		return addr + PAGE_SIZE;
	return (addr & huge_page_mask(hstate_vma(vma))) +
	       huge_page_size(hstate_vma(vma));
}

#endif
