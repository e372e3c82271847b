/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A kernel that never was: just the signatures that the facts ask about, each in
 * every form that tests/facts/forms names, and in none of a kernel's own words.
 * Chosen with -DFIX_<fact>_<form>; without, the form of the newest kernel. facts.t
 * makes every header that the probes include an include of this one.
 */
#ifndef FIXTURE_H
#define FIXTURE_H

#define UTS_RELEASE "1.2.3-fixture"
#define PAGE_SIZE 4096UL
#ifndef offsetof
#define offsetof(type, member) __builtin_offsetof(type, member)
#endif

typedef _Bool bool;
typedef unsigned int vm_fault_t;
typedef unsigned long long dma_addr_t;
typedef unsigned long size_t;
typedef unsigned int gfp_t;
typedef struct { int counter; } atomic_t;
#define GFP_KERNEL 1U
enum dma_data_direction { DMA_BIDIRECTIONAL };
struct device;
struct pt_regs;
struct rw_semaphore { long count; };
struct mutex { long count; };
struct dev_pagemap;

typedef struct {
#if defined(FIX_pte_read_halves) || defined(FIX_pte_read_halves_named)
	unsigned long pte_low, pte_high;
#elif defined(FIX_pte_read_high_only)
	unsigned long pte_high;
#elif defined(FIX_pte_read_low_only)
	unsigned long pte_low;
#else
	unsigned long v;
#endif
} pte_t;
typedef struct { unsigned long v; } pmd_t;
typedef struct { unsigned long v; } pud_t;
#ifndef FIX_p4d_absent
typedef struct { unsigned long v; } p4d_t;
#endif
typedef struct { unsigned long v; } pgd_t;
typedef struct { unsigned long v; } swp_entry_t;

/* Members lie in unions without a name, as the kernel's do. */
struct mm_struct {
	struct {
#ifdef FIX_unchanged_users
		long mm_users;
#else
		atomic_t mm_users;
#endif
#if defined(FIX_mmap_lock_sem) || defined(FIX_mmap_lock_both)
		struct rw_semaphore mmap_sem;
#elif defined(FIX_mmap_lock_sem_other)
		struct mutex mmap_sem;
#endif
#if defined(FIX_mmap_lock_other)
		struct mutex mmap_lock;
#elif !defined(FIX_mmap_lock_sem) && !defined(FIX_mmap_lock_sem_other) && \
	!defined(FIX_mmap_lock_neither)
		struct rw_semaphore mmap_lock;
#endif
	};
};

struct page {
	unsigned long flags;
	union {
		unsigned long index;
#if defined(FIX_pgmap_of_page_member) || defined(FIX_pgmap_of_page_both)
		struct dev_pagemap *pgmap;
#elif defined(FIX_pgmap_of_page_other)
		unsigned long pgmap;
#endif
	};
};

/* unchanged */
struct vm_area_struct {
	union {
		struct {
			unsigned long vm_start;
#ifndef FIX_unchanged_vma
			unsigned long vm_end;
#endif
		};
	};
#ifdef FIX_unchanged_vm_flags
	struct { unsigned long bits[2]; } vm_flags;
#else
	const unsigned long vm_flags;
#endif
};

struct mmu_notifier;
#ifdef FIX_unchanged_find_vma
struct vm_area_struct *find_vma(struct mm_struct *mm, unsigned long addr, int how);
#else
struct vm_area_struct *find_vma(struct mm_struct *mm, unsigned long addr);
#endif
#ifdef FIX_unchanged_mmput
int mmput(struct mm_struct *mm);
#else
void mmput(struct mm_struct *mm);
#endif
#ifdef FIX_unchanged_register
void __mmu_notifier_register(struct mmu_notifier *mn, struct mm_struct *mm);
#else
int __mmu_notifier_register(struct mmu_notifier *mn, struct mm_struct *mm);
#endif
#ifdef FIX_unchanged_unregister
void mmu_notifier_unregister(struct mmu_notifier *mn);
#else
void mmu_notifier_unregister(struct mmu_notifier *mn, struct mm_struct *mm);
#endif
#ifdef FIX_unchanged_pgd_offset
pgd_t pgd_offset(struct mm_struct *mm, unsigned long addr);
#else
#define pgd_offset(mm, addr) ((pgd_t *)(mm) + (addr))
#endif
#ifndef FIX_unchanged_pte_present
#define pte_present(pte) 0
#endif
#ifndef FIX_unchanged_pte_pfn
static inline unsigned long pte_pfn(pte_t pte)
{
	return 0;
}
#endif
#ifndef FIX_unchanged_pte_special
#define pte_special(pte) 0
#endif
#ifndef FIX_unchanged_pte_write
static inline int pte_write(pte_t pte)
{
	return 0;
}
#endif
#ifndef FIX_unchanged_pmd_present
#define pmd_present(pmd) 0
#endif
#ifndef FIX_unchanged_pmd_pfn
static inline unsigned long pmd_pfn(pmd_t pmd)
{
	return 0;
}
#endif
#ifndef FIX_unchanged_is_zero_pfn
static inline int is_zero_pfn(unsigned long pfn)
{
	return 0;
}
#endif

/* p2pdma_page */
#if defined(FIX_p2pdma_page_other)
static inline bool is_pci_p2pdma_page(unsigned long pfn)
{
	return 0;
}
#elif !defined(FIX_p2pdma_page_absent)
static inline bool is_pci_p2pdma_page(const struct page *page)
{
	return 0;
}
#endif

/* mmgrab, mmget_not_zero, kvmalloc */
#if defined(FIX_mmgrab_other)
static inline void mmgrab(struct mm_struct *mm, int n)
{
}
#elif defined(FIX_mmgrab_macro)
#define mmgrab(mm) ((void)(mm))
#elif !defined(FIX_mmgrab_absent)
static inline void mmgrab(struct mm_struct *mm)
{
}
#endif
#if defined(FIX_mmget_not_zero_other)
static inline bool mmget_not_zero(struct mm_struct *mm, int n)
{
	return 1;
}
#elif defined(FIX_mmget_not_zero_macro)
#define mmget_not_zero(mm) (!!(mm))
#elif !defined(FIX_mmget_not_zero_absent)
static inline bool mmget_not_zero(struct mm_struct *mm)
{
	return 1;
}
#endif
#if defined(FIX_kvmalloc_other)
static inline void *kvmalloc(size_t size, gfp_t flags, int node)
{
	return (void *)0;
}
#elif defined(FIX_kvmalloc_function)
static inline void *kvmalloc(size_t size, gfp_t flags)
{
	return (void *)0;
}
#elif !defined(FIX_kvmalloc_absent)
#define kvmalloc(size, flags) ((void *)(size))
#endif

/* i_mmap_lock, interval_tree */
struct address_space {
	long nrpages;
#if defined(FIX_i_mmap_lock_mutex) || defined(FIX_i_mmap_lock_both)
	struct mutex i_mmap_mutex;
#elif defined(FIX_i_mmap_lock_mutex_other)
	long i_mmap_mutex;
#endif
};
#if !defined(FIX_i_mmap_lock_mutex) && !defined(FIX_i_mmap_lock_mutex_other) && \
	!defined(FIX_i_mmap_lock_neither)
#ifdef FIX_i_mmap_lock_lock_other
static inline void i_mmap_lock_read(struct address_space *mapping, int subclass)
{
}
#else
static inline void i_mmap_lock_read(struct address_space *mapping)
{
}
#endif
#ifndef FIX_i_mmap_lock_no_unlock
static inline void i_mmap_unlock_read(struct address_space *mapping)
{
}
#endif
#endif
struct interval_tree_node;
#if defined(FIX_interval_tree_plain)
struct rb_root;
void interval_tree_insert(struct interval_tree_node *node, struct rb_root *root);
#elif defined(FIX_interval_tree_other)
struct it_root;
void interval_tree_insert(struct interval_tree_node *node, struct it_root *root);
#else
struct rb_root_cached;
void interval_tree_insert(struct interval_tree_node *node, struct rb_root_cached *root);
#endif

/* A warning that -Wall -Werror makes an error. */
#ifdef FIX_warning
static inline int fixture_warns(int a)
{
	if (a = 1)
		return 1;
	return 0;
}
#endif

/* notifier_range */
#if defined(FIX_notifier_range_absent)
/* Kernels that lack it have no callback that takes it either. */
#elif defined(FIX_notifier_range_flag_alone)
#define MMU_NOTIFIER_RANGE_BLOCKABLE (1 << 0)
#elif defined(FIX_notifier_range_event_alone)
enum mmu_notifier_event { MMU_NOTIFY_SOMETHING };
#elif defined(FIX_notifier_range_constant_alone)
enum { MMU_NOTIFY_UNMAP };
#elif defined(FIX_notifier_range_bare) || defined(FIX_notifier_range_bare_unseen) || \
	defined(FIX_notifier_range_bare_no_mm) || defined(FIX_notifier_range_bare_no_end) || \
	defined(FIX_notifier_range_bare_other) || defined(FIX_notifier_range_bare_flagged)
#ifndef FIX_notifier_range_bare_unseen
#define HMM_BACKPORT_RANGE_BARE 1
#endif
#ifdef FIX_notifier_range_bare_flagged
#define MMU_NOTIFIER_RANGE_BLOCKABLE (1 << 0)
#endif
struct mmu_notifier_range {
#ifndef FIX_notifier_range_bare_no_mm
	struct mm_struct *mm;
#endif
	unsigned long start;
#ifndef FIX_notifier_range_bare_no_end
	unsigned long end;
#endif
#ifdef FIX_notifier_range_bare_other
	int blockable;
#else
	bool blockable;
#endif
};
#else
#ifndef FIX_notifier_range_flags_unseen
#define MMU_NOTIFIER_RANGE_BLOCKABLE (1 << 0)
#endif
enum mmu_notifier_event { MMU_NOTIFY_UNMAP, MMU_NOTIFY_CLEAR };
struct mmu_notifier_range {
#ifndef FIX_notifier_range_flags_no_mm
	struct mm_struct *mm;
#endif
	unsigned long start;
#ifndef FIX_notifier_range_flags_no_end
	unsigned long end;
#endif
#ifdef FIX_notifier_range_flags_other
	unsigned long flags[2];
#else
	unsigned int flags;
#endif
#ifdef FIX_notifier_range_event_other
	int event[2];
#else
	enum mmu_notifier_event event;
#endif
};
#ifdef FIX_notifier_range_flags_function
static inline bool mmu_notifier_range_blockable(const struct mmu_notifier_range *range)
{
	return range->flags & MMU_NOTIFIER_RANGE_BLOCKABLE;
}
#endif
#endif

/* range_start, invalidate_page, interval_notifier */
#if !defined(FIX_invalidate_page_unlocked) && !defined(FIX_invalidate_page_unlocked_other)
struct page_vma_mapped_walk {
	struct page *page;
};
#endif
struct mmu_notifier_ops {
#if defined(FIX_invalidate_page_unlocked) || defined(FIX_invalidate_page_locked)
	void (*invalidate_page)(struct mmu_notifier *mn, struct mm_struct *mm,
				unsigned long address);
#elif defined(FIX_invalidate_page_other) || defined(FIX_invalidate_page_unlocked_other)
	void (*invalidate_page)(struct mmu_notifier *mn, struct mm_struct *mm,
				unsigned long address, unsigned long size);
#endif
#ifdef FIX_unchanged_release
	int (*release)(struct mmu_notifier *mn, struct mm_struct *mm);
#else
	void (*release)(struct mmu_notifier *mn, struct mm_struct *mm);
#endif
#if defined(FIX_range_start_bounds) || defined(FIX_range_start_dual) || \
	defined(FIX_range_start_bounds_end_other)
	void (*invalidate_range_start)(struct mmu_notifier *mn, struct mm_struct *mm,
				       unsigned long start, unsigned long end);
#elif defined(FIX_range_start_blockable) || defined(FIX_range_start_blockable_end_other)
	int (*invalidate_range_start)(struct mmu_notifier *mn, struct mm_struct *mm,
				      unsigned long start, unsigned long end, bool blockable);
#elif defined(FIX_range_start_other) || defined(FIX_range_start_other_end_bounds)
	int (*invalidate_range_start)(struct mmu_notifier *mn, struct mmu_notifier_range *range,
				      int how);
#else
	int (*invalidate_range_start)(struct mmu_notifier *mn,
				      const struct mmu_notifier_range *range);
#endif
#if defined(FIX_range_start_bounds) || defined(FIX_range_start_dual) || \
	defined(FIX_range_start_blockable) || defined(FIX_range_start_other_end_bounds)
	void (*invalidate_range_end)(struct mmu_notifier *mn, struct mm_struct *mm,
				     unsigned long start, unsigned long end);
#elif defined(FIX_range_start_bounds_end_other) || defined(FIX_range_start_blockable_end_other) || \
	defined(FIX_range_start_range_end_other)
	void (*invalidate_range_end)(struct mmu_notifier *mn, unsigned long seq);
#else
	void (*invalidate_range_end)(struct mmu_notifier *mn,
				     const struct mmu_notifier_range *range);
#endif
#ifdef FIX_range_start_dual
	/* As EL8.10: the other form beside it, under names of its own. */
	int (*invalidate_range_start_v2)(struct mmu_notifier *mn,
					 const struct mmu_notifier_range *range);
	void (*invalidate_range_end_v2)(struct mmu_notifier *mn,
					const struct mmu_notifier_range *range);
#endif
};
#if !defined(FIX_interval_notifier_absent)
struct mmu_interval_notifier;
struct mmu_interval_notifier_ops {
#ifdef FIX_interval_notifier_invalidate_other
	int (*invalidate)(struct mmu_interval_notifier *mni,
			  const struct mmu_notifier_range *range, unsigned long seq);
#else
	bool (*invalidate)(struct mmu_interval_notifier *mni,
			   const struct mmu_notifier_range *range, unsigned long seq);
#endif
};
#ifdef FIX_interval_notifier_insert_other
int mmu_interval_notifier_insert_locked(struct mmu_interval_notifier *mni, struct mm_struct *mm,
					unsigned long start, unsigned long length);
#else
int mmu_interval_notifier_insert_locked(struct mmu_interval_notifier *mni, struct mm_struct *mm,
					unsigned long start, unsigned long length,
					const struct mmu_interval_notifier_ops *ops);
#endif
#ifdef FIX_interval_notifier_remove_other
int mmu_interval_notifier_remove(struct mmu_interval_notifier *mni);
#else
void mmu_interval_notifier_remove(struct mmu_interval_notifier *mni);
#endif
#endif

/* handle_mm_fault, fault_remote, fault_completed, stable_mm */
#if defined(FIX_handle_mm_fault_mm_vma)
int handle_mm_fault(struct mm_struct *mm, struct vm_area_struct *vma, unsigned long address,
		    unsigned int flags);
#elif defined(FIX_handle_mm_fault_vma)
int handle_mm_fault(struct vm_area_struct *vma, unsigned long address, unsigned int flags);
#elif defined(FIX_handle_mm_fault_vma_named)
vm_fault_t handle_mm_fault(struct vm_area_struct *vma, unsigned long address, unsigned int flags);
#elif defined(FIX_handle_mm_fault_other)
vm_fault_t handle_mm_fault(struct vm_area_struct *vma, unsigned long address, unsigned int flags,
			   struct pt_regs *regs, int how);
#else
vm_fault_t handle_mm_fault(struct vm_area_struct *vma, unsigned long address, unsigned int flags,
			   struct pt_regs *regs);
#endif
#if defined(FIX_fault_remote_macro)
#define FAULT_FLAG_REMOTE 0x80
#elif defined(FIX_fault_remote_other)
enum fault_flag { FAULT_FLAG_REMOTE = 0 };
#elif !defined(FIX_fault_remote_absent)
enum fault_flag { FAULT_FLAG_REMOTE = 0x80 };
#endif
#if defined(FIX_fault_completed_macro)
#define VM_FAULT_COMPLETED 0x4000
#elif defined(FIX_fault_completed_other)
enum vm_fault_reason { VM_FAULT_COMPLETED = 0 };
#elif !defined(FIX_fault_completed_absent)
enum vm_fault_reason { VM_FAULT_COMPLETED = 0x4000 };
#endif
#if defined(FIX_stable_mm_other)
static inline vm_fault_t check_stable_address_space(struct vm_area_struct *vma)
{
	return 0;
}
#elif defined(FIX_stable_mm_int)
static inline int check_stable_address_space(struct mm_struct *mm)
{
	return 0;
}
#elif !defined(FIX_stable_mm_absent)
static inline vm_fault_t check_stable_address_space(struct mm_struct *mm)
{
	return 0;
}
#endif

/* pte_map, pmd_read, pte_read, pte_devmap, table_offset, folding */
#ifdef FIX_pte_map_inline
#define pte_offset_map(pmd, addr) ((pte_t *)(pmd) + (addr))
#elif !defined(FIX_pte_map_neither)
pte_t *pte_offset_map(pmd_t *pmd, unsigned long addr);
#endif
#if defined(FIX_pte_map_other)
static inline void __pte_map(pmd_t *pmd, unsigned long addr)
{
}
#elif !defined(FIX_pte_map_inline) && !defined(FIX_pte_map_neither)
static inline pte_t *__pte_map(pmd_t *pmd, unsigned long addr)
{
	return (pte_t *)pmd;
}
#endif
#if defined(FIX_pmd_read_pmd_read_atomic) || defined(FIX_pmd_read_both)
static inline pmd_t pmd_read_atomic(pmd_t *pmd)
{
	return *pmd;
}
#endif
#if defined(FIX_pmd_read_other)
static inline unsigned long pmdp_get_lockless(pmd_t *pmd)
{
	return 0;
}
#elif !defined(FIX_pmd_read_pmd_read_atomic) && !defined(FIX_pmd_read_neither)
#define pmdp_get_lockless pmdp_get_lockless
static inline pmd_t pmdp_get_lockless(pmd_t *pmd)
{
	return *pmd;
}
#endif
#if defined(FIX_pte_read_other)
static inline void ptep_get_lockless(pte_t *pte)
{
}
#elif !defined(FIX_pte_read_word) && !defined(FIX_pte_read_halves) && \
	!defined(FIX_pte_read_high_only) && !defined(FIX_pte_read_low_only)
static inline pte_t ptep_get_lockless(pte_t *pte)
{
	return *pte;
}
#endif
#if defined(FIX_pte_devmap_other)
static inline int pte_devmap(unsigned long pfn)
{
	return 0;
}
#elif defined(FIX_pte_devmap_present)
static inline int pte_devmap(pte_t pte)
{
	return 0;
}
#endif
#ifndef FIX_table_offset_plain
#ifndef FIX_table_offset_no_pmd
#define pmd_offset_lockless(pudp, pud, addr) ((pmd_t *)(pudp))
#endif
#ifndef FIX_table_offset_no_pud
#define pud_offset_lockless(p4dp, p4d, addr) ((pud_t *)(p4dp))
#endif
#ifndef FIX_table_offset_no_p4d
#define p4d_offset_lockless(pgdp, pgd, addr) ((p4d_t *)(pgdp))
#endif
#endif
#if defined(FIX_folding_variables) || defined(FIX_folding_l5_function) || \
	defined(FIX_folding_no_p4d_pgtable) || defined(FIX_folding_no_pgd_pgtable)
extern bool pgtable_l4_enabled;
#else
static inline bool pgtable_l4_enabled(void)
{
	return 1;
}
#endif
#if defined(FIX_folding_variables) || defined(FIX_folding_l4_function) || \
	defined(FIX_folding_no_p4d_pgtable) || defined(FIX_folding_no_pgd_pgtable)
extern bool pgtable_l5_enabled;
#else
static inline bool pgtable_l5_enabled(void)
{
	return 1;
}
#endif
#if defined(FIX_folding_variables) || defined(FIX_folding_l4_function) || \
	defined(FIX_folding_l5_function) || defined(FIX_folding_no_pgd_pgtable)
static inline pud_t *p4d_pgtable(p4d_t p4d)
{
	return (pud_t *)0;
}
#endif
#if defined(FIX_folding_variables) || defined(FIX_folding_l4_function) || \
	defined(FIX_folding_l5_function) || defined(FIX_folding_no_p4d_pgtable)
static inline p4d_t *pgd_pgtable(pgd_t pgd)
{
	return (p4d_t *)0;
}
#endif

/* p4d, pmd_leaf, pud_leaf, pud_write, protnone */
#if defined(FIX_p4d_other)
static inline pud_t *p4d_offset(pgd_t *pgd, unsigned long addr)
{
	return (pud_t *)pgd;
}
#elif defined(FIX_p4d_macro)
#define p4d_offset(pgd, addr) ((p4d_t *)(pgd))
#elif !defined(FIX_p4d_absent) && !defined(FIX_p4d_type_alone)
static inline p4d_t *p4d_offset(pgd_t *pgd, unsigned long addr)
{
	return (p4d_t *)pgd;
}
#endif
#ifdef FIX_p4d_none_alone
static inline int p4d_none(pgd_t pgd)
{
	return 0;
}
#endif
#ifdef FIX_p4d_bad_alone
static inline int p4d_bad(pgd_t pgd)
{
	return 0;
}
#endif
#ifdef FIX_p4d_addr_end_alone
#define p4d_addr_end(addr, end) (end)
#endif
#if defined(FIX_pmd_leaf_large) || defined(FIX_pmd_leaf_leaf_large) || \
	defined(FIX_pmd_leaf_large_sect)
#define pmd_large(pmd) 0
#endif
#if defined(FIX_pmd_leaf_sect) || defined(FIX_pmd_leaf_leaf_sect) || \
	defined(FIX_pmd_leaf_large_sect)
#define pmd_sect(pmd) 0
#endif
#if !defined(FIX_pmd_leaf_large) && !defined(FIX_pmd_leaf_sect) && \
	!defined(FIX_pmd_leaf_large_sect) && !defined(FIX_pmd_leaf_neither)
#define pmd_leaf(pmd) 0
#endif
#if defined(FIX_pud_leaf_large) || defined(FIX_pud_leaf_leaf_large) || \
	defined(FIX_pud_leaf_large_sect) || defined(FIX_pud_leaf_large_frameless)
static inline int pud_large(pud_t pud)
{
	return 0;
}
#endif
#if defined(FIX_pud_leaf_sect) || defined(FIX_pud_leaf_leaf_sect) || \
	defined(FIX_pud_leaf_large_sect) || defined(FIX_pud_leaf_sect_frameless)
#define pud_sect(pud) 0
#endif
#if !defined(FIX_pud_leaf_large) && !defined(FIX_pud_leaf_sect) && \
	!defined(FIX_pud_leaf_large_sect) && !defined(FIX_pud_leaf_absent) && \
	!defined(FIX_pud_leaf_absent_pfn) && !defined(FIX_pud_leaf_absent_pte) && \
	!defined(FIX_pud_leaf_large_frameless) && !defined(FIX_pud_leaf_sect_frameless)
#define pud_leaf(pud) 0
#endif
#if !defined(FIX_pud_leaf_absent) && !defined(FIX_pud_leaf_frameless) && \
	!defined(FIX_pud_leaf_frameless_pte) && !defined(FIX_pud_leaf_large_frameless) && \
	!defined(FIX_pud_leaf_sect_frameless)
static inline unsigned long pud_pfn(pud_t pud)
{
	return 0;
}
#endif
#if defined(FIX_pud_leaf_pte) || defined(FIX_pud_leaf_absent_pte) || \
	defined(FIX_pud_leaf_frameless_pte)
static inline pte_t pud_pte(pud_t pud)
{
	return *(pte_t *)0;
}
#endif
#if defined(FIX_pud_write_other)
static inline void pud_write(pud_t pud)
{
}
#elif !defined(FIX_pud_write_absent)
static inline int pud_write(pud_t pud)
{
	return 0;
}
#endif
#if defined(FIX_protnone_numa) || defined(FIX_protnone_both) || defined(FIX_protnone_no_pmd_numa)
static inline int pte_numa(pte_t pte)
{
	return 0;
}
#endif
#if defined(FIX_protnone_numa) || defined(FIX_protnone_both) || defined(FIX_protnone_no_pte_numa)
static inline int pmd_numa(pmd_t pmd)
{
	return 0;
}
#endif
#if !defined(FIX_protnone_numa) && !defined(FIX_protnone_no_pmd_numa) && \
	!defined(FIX_protnone_no_pte_numa)
#ifdef FIX_protnone_long
#define FIX_PROTNONE long
#else
#define FIX_PROTNONE int
#endif
#ifndef FIX_protnone_no_pte_protnone
static inline FIX_PROTNONE pte_protnone(pte_t pte)
{
	return 0;
}
#endif
#ifndef FIX_protnone_no_pmd_protnone
static inline FIX_PROTNONE pmd_protnone(pmd_t pmd)
{
	return 0;
}
#endif
#endif

/* nonpresent: what it is made of, and which kernel has which. */
#if defined(FIX_nonpresent_absent)
/* Before 4.14. */
#elif defined(FIX_nonpresent_write_pfn_swap) || defined(FIX_nonpresent_leafops_write_pfn_swap)
#define FIX_WRITE
#define FIX_PFN_SWAP
#elif defined(FIX_nonpresent_write_device_private) || \
	defined(FIX_nonpresent_leafops_write_device_private)
#define FIX_WRITE
#define FIX_TO_PAGE
#elif defined(FIX_nonpresent_writable_device_private) || \
	defined(FIX_nonpresent_leafops_writable_device_private)
#define FIX_WRITABLE
#define FIX_PFN_SWAP
#elif defined(FIX_nonpresent_write_both_pages)
#define FIX_WRITE
#define FIX_TO_PAGE
#define FIX_PFN_SWAP
#elif defined(FIX_nonpresent_all_names)
#define FIX_WRITE
#define FIX_WRITABLE
#define FIX_TO_PAGE
#define FIX_PFN_SWAP
#elif defined(FIX_nonpresent_both_writes)
#define FIX_WRITE
#define FIX_WRITABLE
#define FIX_PFN_SWAP
#elif defined(FIX_nonpresent_write_no_page)
#define FIX_WRITE
#elif defined(FIX_nonpresent_no_write)
#define FIX_TO_PAGE
#elif defined(FIX_nonpresent_writable_no_page)
#define FIX_WRITABLE
#endif
#if defined(FIX_WRITE) || defined(FIX_WRITABLE) || defined(FIX_TO_PAGE)
static inline bool is_device_private_entry(swp_entry_t entry)
{
	return 0;
}
#endif
#ifdef FIX_WRITE
static inline bool is_write_device_private_entry(swp_entry_t entry)
{
	return 0;
}
#endif
#ifdef FIX_WRITABLE
static inline bool is_writable_device_private_entry(swp_entry_t entry)
{
	return 0;
}
#endif
#ifdef FIX_TO_PAGE
struct page *device_private_entry_to_page(swp_entry_t entry);
#endif
#ifdef FIX_PFN_SWAP
struct page *pfn_swap_entry_to_page(swp_entry_t entry);
#endif
#ifdef FIX_nonpresent_writable_device_private
/* As 6.12.117: the name without its header. */
#define softleaf_from_pte(pte) pte_to_swp_entry(pte)
#endif

typedef swp_entry_t softleaf_t;
#if !defined(FIX_nonpresent_absent) && !defined(FIX_nonpresent_writable_device_private) && \
	!defined(FIX_nonpresent_no_from_pte)
softleaf_t softleaf_from_pte(pte_t pte);
#endif
#ifdef FIX_nonpresent_is_other
bool softleaf_is_device_private(pte_t pte);
#else
bool softleaf_is_device_private(softleaf_t entry);
#endif
#ifdef FIX_nonpresent_is_write_other
bool softleaf_is_device_private_write(pte_t pte);
#else
bool softleaf_is_device_private_write(softleaf_t entry);
#endif
#ifdef FIX_nonpresent_to_pfn_other
struct page *softleaf_to_pfn(softleaf_t entry);
#else
unsigned long softleaf_to_pfn(softleaf_t entry);
#endif

/* pmd_device_private */
#if defined(FIX_pmd_device_private_other)
static inline bool pmd_is_device_private_entry(softleaf_t entry)
{
	return 0;
}
#elif !defined(FIX_pmd_device_private_absent)
static inline bool pmd_is_device_private_entry(pmd_t pmd)
{
	return 0;
}
#endif
#ifdef FIX_pmd_device_private_from_pmd_other
pte_t softleaf_from_pmd(pmd_t pmd);
#else
softleaf_t softleaf_from_pmd(pmd_t pmd);
#endif

/* pgmap_of_page, pgmap_owner */
struct dev_pagemap_ops;
struct dev_pagemap {
	int type;
#if defined(FIX_pgmap_owner_ops_other)
	long ops;
#elif !defined(FIX_pgmap_owner_nothing) && !defined(FIX_pgmap_owner_owner_alone)
	const struct dev_pagemap_ops *ops;
#endif
#if defined(FIX_pgmap_owner_owner_other)
	long owner;
#elif !defined(FIX_pgmap_owner_nothing) && !defined(FIX_pgmap_owner_ops) && \
	!defined(FIX_pgmap_owner_ops_other)
	void *owner;
#endif
	int nr_range;
	unsigned long ranges[];
};
#if !defined(FIX_pgmap_of_page_member) && !defined(FIX_pgmap_of_page_absent) && \
	!defined(FIX_pgmap_of_page_other)
static inline struct dev_pagemap *page_pgmap(const struct page *page)
{
	return (struct dev_pagemap *)0;
}
#endif

/* non_block, dma_need_sync, dma_coherent, dma_page_attrs */
#if !defined(FIX_non_block_absent) && !defined(FIX_non_block_no_start)
#define non_block_start() do { } while (0)
#endif
#if !defined(FIX_non_block_absent) && !defined(FIX_non_block_no_end)
#define non_block_end() do { } while (0)
#endif
#if defined(FIX_dma_need_sync_other)
bool dma_need_sync(struct device *dev);
#elif !defined(FIX_dma_need_sync_absent)
bool dma_need_sync(struct device *dev, dma_addr_t addr);
#endif
#if !defined(FIX_dma_coherent_all_are) && !defined(FIX_dma_coherent_no_minalign)
#define ARCH_DMA_MINALIGN 64
#endif
#if defined(FIX_dma_coherent_other)
static inline bool dev_is_dma_coherent(struct device *dev, int how)
{
	return 1;
}
#elif !defined(FIX_dma_coherent_nobody) && !defined(FIX_dma_coherent_all_are)
static inline bool dev_is_dma_coherent(struct device *dev)
{
	return 1;
}
#endif
#if defined(FIX_dma_page_attrs_structure)
struct dma_attrs;
static inline dma_addr_t dma_map_page_attrs(struct device *dev, struct page *page, size_t offset,
					    size_t size, enum dma_data_direction dir,
					    struct dma_attrs *attrs)
{
	return 0;
}
#elif defined(FIX_dma_page_attrs_other)
dma_addr_t dma_map_page_attrs(struct device *dev, struct page *page, size_t offset, size_t size,
			      enum dma_data_direction dir, unsigned long attrs, int how);
#elif !defined(FIX_dma_page_attrs_absent)
dma_addr_t dma_map_page_attrs(struct device *dev, struct page *page, size_t offset, size_t size,
			      enum dma_data_direction dir, unsigned long attrs);
#endif

#endif
