/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef HMM_COMPAT_VMA_H
#define HMM_COMPAT_VMA_H

#include <linux/fs.h>
#include <linux/hugetlb.h>
#include <linux/magic.h>
#include <linux/mm.h>

/*
 * memfd_secret() (5.14, 1507f51255c9): no one but its process may see it, and the
 * kernel itself has no mapping of it; get_user_pages() refuses it too.
 */
static inline bool hmm_vma_is_secret(const struct vm_area_struct *vma)
{
#ifdef SECRETMEM_MAGIC
	return vma->vm_file && file_inode(vma->vm_file)->i_sb->s_magic == SECRETMEM_MAGIC;
#else
	return false;
#endif
}

/*
 * Pages and frames that have none, side by side.  Where a PTE can say which of them
 * it maps, the mapping is followed entry by entry, as by the kernel's own walk since
 * 5.17 (87c01d57fa23); where it cannot it is refused whole, as v5.4 did everywhere.
 * Before 4.18 (3010a5ea665a) the architecture's header says so, not its Kconfig.
 */
#if defined(CONFIG_ARCH_HAS_PTE_SPECIAL) || defined(__HAVE_ARCH_PTE_SPECIAL)
#define HMM_VMA_MIXED_REFUSED 0
#else
#define HMM_VMA_MIXED_REFUSED VM_MIXEDMAP
#endif

/* Is it memory that is no device's to follow? */
static inline bool hmm_vma_is_refused(const struct vm_area_struct *vma)
{
	return (vma->vm_flags & (VM_IO | VM_PFNMAP | HMM_VMA_MIXED_REFUSED)) ||
	       hmm_vma_is_secret(vma);
}

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
