/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A kernel that never was: just the signatures that the facts ask about, each in
 * every form that has an answer. Chosen with -DFIX_<fact>_<answer>; without, the
 * form of the newest kernel. facts.t makes every header the probes include an
 * include of this one.
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
#ifdef FIX_pte_read_halves
typedef struct { unsigned long pte_low, pte_high; } pte_t;
#else
typedef struct { unsigned long v; } pte_t;
#endif
typedef struct { unsigned long v; } pmd_t;
typedef struct { unsigned long v; } pud_t;
#ifndef FIX_p4d_absent
typedef struct { unsigned long v; } p4d_t;
#endif
typedef struct { unsigned long v; } pgd_t;
typedef struct { unsigned long v; } swp_entry_t;
struct device;
struct pt_regs;
struct vm_area_struct;
struct rw_semaphore { long count; };
struct mutex { long count; };
typedef unsigned long size_t;
typedef unsigned int gfp_t;
#define GFP_KERNEL 1U
enum dma_data_direction { DMA_BIDIRECTIONAL };
struct dev_pagemap;

struct mm_struct {
	long mm_users;
#ifdef FIX_mmap_lock_sem
	struct rw_semaphore mmap_sem;
#else
	struct rw_semaphore mmap_lock;
#endif
};

struct page {
	unsigned long flags;
#ifdef FIX_pgmap_of_page_member
	struct dev_pagemap *pgmap;
#endif
};

/* p2pdma_page */
#ifndef FIX_p2pdma_page_absent
static inline bool is_pci_p2pdma_page(const struct page *page)
{
	return 0;
}
#endif

/* mmgrab, mmget_not_zero, kvmalloc, i_mmap_lock, interval_tree */
#ifdef FIX_mmgrab_other
static inline void mmgrab(struct mm_struct *mm, int n)
{
}
#elif !defined(FIX_mmgrab_absent)
static inline void mmgrab(struct mm_struct *mm)
{
}
#endif
#ifndef FIX_mmget_not_zero_absent
static inline bool mmget_not_zero(struct mm_struct *mm)
{
	return 1;
}
#endif
#ifndef FIX_kvmalloc_absent
#define kvmalloc(size, flags) ((void *)(size))
#endif
struct address_space {
	long nrpages;
#ifdef FIX_i_mmap_lock_mutex
	struct mutex i_mmap_mutex;
#endif
};
#ifndef FIX_i_mmap_lock_mutex
static inline void i_mmap_lock_read(struct address_space *mapping)
{
}

static inline void i_mmap_unlock_read(struct address_space *mapping)
{
}
#endif
struct interval_tree_node;
#ifdef FIX_interval_tree_plain
struct rb_root;
void interval_tree_insert(struct interval_tree_node *node, struct rb_root *root);
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

/* notifier_range, range_start, invalidate_page, interval_notifier */
struct mmu_notifier;
#if defined(FIX_notifier_range_absent)
/* Kernels that lack it have no callback that takes it either. */
#elif defined(FIX_notifier_range_bare)
#define HMM_BACKPORT_RANGE_BARE 1
struct mmu_notifier_range {
	struct mm_struct *mm;
	unsigned long start;
	unsigned long end;
	bool blockable;
};
#else
#define MMU_NOTIFIER_RANGE_BLOCKABLE (1 << 0)
enum mmu_notifier_event { MMU_NOTIFY_UNMAP };
struct mmu_notifier_range {
	struct mm_struct *mm;
	unsigned long start;
	unsigned long end;
	unsigned int flags;
	enum mmu_notifier_event event;
};
#endif
#if !defined(FIX_invalidate_page_unlocked)
struct page_vma_mapped_walk {
	struct page *page;
};
#endif
struct mmu_notifier_ops {
#if defined(FIX_invalidate_page_unlocked) || defined(FIX_invalidate_page_locked)
	void (*invalidate_page)(struct mmu_notifier *mn, struct mm_struct *mm,
				unsigned long address);
#endif
	void (*release)(struct mmu_notifier *mn, struct mm_struct *mm);
#if defined(FIX_range_start_bounds)
	void (*invalidate_range_start)(struct mmu_notifier *mn, struct mm_struct *mm,
				       unsigned long start, unsigned long end);
#elif defined(FIX_range_start_blockable)
	int (*invalidate_range_start)(struct mmu_notifier *mn, struct mm_struct *mm,
				      unsigned long start, unsigned long end, bool blockable);
#elif defined(FIX_range_start_other)
	int (*invalidate_range_start)(struct mmu_notifier *mn, struct mmu_notifier_range *range,
				      int how);
#else
	int (*invalidate_range_start)(struct mmu_notifier *mn,
				      const struct mmu_notifier_range *range);
#endif
};
#if !defined(FIX_interval_notifier_absent)
struct mmu_interval_notifier;
struct mmu_interval_notifier_ops {
	bool (*invalidate)(struct mmu_interval_notifier *mni,
			   const struct mmu_notifier_range *range, unsigned long seq);
};
int mmu_interval_notifier_insert_locked(struct mmu_interval_notifier *mni, struct mm_struct *mm,
					unsigned long start, unsigned long length,
					const struct mmu_interval_notifier_ops *ops);
void mmu_interval_notifier_remove(struct mmu_interval_notifier *mni);
#endif

/* handle_mm_fault, fault_completed, stable_mm */
#if defined(FIX_handle_mm_fault_mm_vma)
int handle_mm_fault(struct mm_struct *mm, struct vm_area_struct *vma, unsigned long address,
		    unsigned int flags);
#elif defined(FIX_handle_mm_fault_vma)
int handle_mm_fault(struct vm_area_struct *vma, unsigned long address, unsigned int flags);
#else
vm_fault_t handle_mm_fault(struct vm_area_struct *vma, unsigned long address, unsigned int flags,
			   struct pt_regs *regs);
#endif
#ifndef FIX_fault_remote_absent
enum fault_flag { FAULT_FLAG_REMOTE = 0x80 };
#endif
#ifndef FIX_fault_completed_absent
enum vm_fault_reason { VM_FAULT_COMPLETED = 0x4000 };
#endif
#ifndef FIX_stable_mm_absent
static inline vm_fault_t check_stable_address_space(struct mm_struct *mm)
{
	return 0;
}
#endif

/* pte_map, pmd_read, pte_read, pte_devmap, table_offset, folding, pud_leaf */
#ifdef FIX_pte_map_inline
#define pte_offset_map(pmd, addr) ((pte_t *)(pmd) + (addr))
#else
pte_t *pte_offset_map(pmd_t *pmd, unsigned long addr);
static inline pte_t *__pte_map(pmd_t *pmd, unsigned long addr)
{
	return (pte_t *)pmd;
}
#endif
#ifdef FIX_pmd_read_pmd_read_atomic
static inline pmd_t pmd_read_atomic(pmd_t *pmd)
{
	return *pmd;
}
#else
#define pmdp_get_lockless pmdp_get_lockless
static inline pmd_t pmdp_get_lockless(pmd_t *pmd)
{
	return *pmd;
}
#endif
#if !defined(FIX_pte_read_word) && !defined(FIX_pte_read_halves)
static inline pte_t ptep_get_lockless(pte_t *pte)
{
	return *pte;
}
#endif
#ifdef FIX_pte_devmap_present
static inline int pte_devmap(pte_t pte)
{
	return 0;
}
#endif
#ifndef FIX_table_offset_plain
#define pmd_offset_lockless(pudp, pud, addr) ((pmd_t *)(pudp))
#define pud_offset_lockless(p4dp, p4d, addr) ((pud_t *)(p4dp))
#define p4d_offset_lockless(pgdp, pgd, addr) ((p4d_t *)(pgdp))
#endif
#ifdef FIX_folding_variables
extern bool pgtable_l4_enabled, pgtable_l5_enabled;
static inline pud_t *p4d_pgtable(p4d_t p4d)
{
	return (pud_t *)0;
}

static inline p4d_t *pgd_pgtable(pgd_t pgd)
{
	return (p4d_t *)0;
}
#else
static inline bool pgtable_l4_enabled(void)
{
	return 1;
}
#endif

/* p4d, pmd_leaf, pud_leaf, pud_write, protnone */
#ifndef FIX_p4d_absent
static inline p4d_t *p4d_offset(pgd_t *pgd, unsigned long addr)
{
	return (p4d_t *)pgd;
}
#endif
#if defined(FIX_pmd_leaf_large)
#define pmd_large(pmd) 0
#elif defined(FIX_pmd_leaf_sect)
#define pmd_sect(pmd) 0
#else
#define pmd_leaf(pmd) 0
#endif
#if defined(FIX_pud_leaf_large)
static inline int pud_large(pud_t pud)
{
	return 0;
}
#elif defined(FIX_pud_leaf_sect)
#define pud_sect(pud) 0
#elif !defined(FIX_pud_leaf_absent)
#define pud_leaf(pud) 0
#endif
#ifndef FIX_pud_write_absent
static inline int pud_write(pud_t pud)
{
	return 0;
}
#endif
#if !defined(FIX_pud_leaf_absent) && !defined(FIX_pud_leaf_frameless)
static inline unsigned long pud_pfn(pud_t pud)
{
	return 0;
}
#endif
#ifdef FIX_pud_leaf_pte
static inline pte_t pud_pte(pud_t pud)
{
	pte_t pte = { pud.v };

	return pte;
}
#endif

#ifdef FIX_protnone_numa
static inline int pte_numa(pte_t pte)
{
	return 0;
}

static inline int pmd_numa(pmd_t pmd)
{
	return 0;
}
#else
#ifdef FIX_protnone_long
#define FIX_PROTNONE_INT long
#else
#define FIX_PROTNONE_INT int
#endif
static inline FIX_PROTNONE_INT pte_protnone(pte_t pte)
{
	return 0;
}

static inline FIX_PROTNONE_INT pmd_protnone(pmd_t pmd)
{
	return 0;
}
#endif

/* nonpresent, pmd_device_private */
#if defined(FIX_nonpresent_absent)
/* Before 4.14. */
#elif defined(FIX_nonpresent_write_pfn_swap)
static inline bool is_device_private_entry(swp_entry_t entry)
{
	return 0;
}

static inline bool is_write_device_private_entry(swp_entry_t entry)
{
	return 0;
}

struct page *pfn_swap_entry_to_page(swp_entry_t entry);
#elif defined(FIX_nonpresent_write_device_private)
static inline bool is_device_private_entry(swp_entry_t entry)
{
	return 0;
}

static inline bool is_write_device_private_entry(swp_entry_t entry)
{
	return 0;
}

struct page *device_private_entry_to_page(swp_entry_t entry);
#elif defined(FIX_nonpresent_writable_device_private)
static inline bool is_device_private_entry(swp_entry_t entry)
{
	return 0;
}

static inline bool is_writable_device_private_entry(swp_entry_t entry)
{
	return 0;
}

struct page *pfn_swap_entry_to_page(swp_entry_t entry);
/* As 6.12.117: the name without its header. */
#define softleaf_from_pte(pte) pte_to_swp_entry(pte)
#else
typedef swp_entry_t softleaf_t;
softleaf_t softleaf_from_pte(pte_t pte);
bool softleaf_is_device_private(softleaf_t entry);
bool softleaf_is_device_private_write(softleaf_t entry);
struct page *softleaf_to_page(softleaf_t entry);
#endif
#ifndef FIX_pmd_device_private_absent
static inline bool pmd_is_device_private_entry(pmd_t pmd)
{
	return 0;
}
#endif

/* pgmap_of_page, pgmap_owner */
struct dev_pagemap_ops;
struct dev_pagemap {
	int type;
#if !defined(FIX_pgmap_owner_nothing)
	const struct dev_pagemap_ops *ops;
#endif
#if !defined(FIX_pgmap_owner_nothing) && !defined(FIX_pgmap_owner_ops)
	void *owner;
#endif
	int nr_range;
	unsigned long ranges[];
};
#if !defined(FIX_pgmap_of_page_member) && !defined(FIX_pgmap_of_page_absent)
static inline struct dev_pagemap *page_pgmap(const struct page *page)
{
	return (struct dev_pagemap *)0;
}
#endif

/* non_block, dma_need_sync, dma_coherent, dma_page_attrs */
#ifndef FIX_non_block_absent
#define non_block_start() do { } while (0)
#define non_block_end() do { } while (0)
#endif
#ifdef FIX_dma_need_sync_other
bool dma_need_sync(struct device *dev);
#elif !defined(FIX_dma_need_sync_absent)
bool dma_need_sync(struct device *dev, dma_addr_t addr);
#endif
#ifndef FIX_dma_coherent_all_are
#define ARCH_DMA_MINALIGN 64
#endif
#if !defined(FIX_dma_coherent_all_are) && !defined(FIX_dma_coherent_nobody)
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
#elif !defined(FIX_dma_page_attrs_absent)
dma_addr_t dma_map_page_attrs(struct device *dev, struct page *page, size_t offset, size_t size,
			      enum dma_data_direction dir, unsigned long attrs);
#endif

#endif
