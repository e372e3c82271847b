/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What a page-table entry says, and how to get at one safely.
 *
 * An entry is read once into a local and everything is derived from that: tables
 * change under a walker that holds the mmap lock for reading only.
 */
#ifndef HMM_COMPAT_PGTABLE_H
#define HMM_COMPAT_PGTABLE_H

#include <linux/err.h>
#include <linux/hugetlb.h>
#include <linux/irqflags.h>
#include <linux/mm.h>
#include <linux/rcupdate.h>
#include "facts.h"
#ifdef FACT_NONPRESENT_LEAFOPS
#include <linux/leafops.h>
#else
#include <linux/swap.h>	/* swapops.h needs it and does not say so before 5.13 */
#include <linux/swapops.h>
#endif
#ifndef FACT_PGMAP_OF_PAGE_ABSENT
#include <linux/memremap.h>
#endif

/* Before 4.11 there is no level between PGD and PUD: as if it was folded. */
#ifdef FACT_P4D_ABSENT
#define p4d_t			pgd_t
#define p4d_none(p4d)		0
#define p4d_bad(p4d)		0
#define p4d_addr_end(addr, end)	(end)
#define p4d_offset(pgdp, addr)	(pgdp)
#endif

/**
 * enum hmm_entry_kind - what an entry stands for
 * @HMM_ENTRY_NONE: nothing a device could use now: not mapped, swapped, moving,
 *                  a NUMA hint, a marker; the fault handler knows what to do
 * @HMM_ENTRY_PAGE: memory
 * @HMM_ENTRY_PRIVATE: private memory of some device
 * @HMM_ENTRY_SPECIAL: mapped, but no memory with a struct page
 * @HMM_ENTRY_ERROR: no valid entry
 *
 * There is no kind for a migration, exclusive, poisoned or marker entry: all of
 * them are the fault handler's business, which waits, repairs or fails.
 */
enum hmm_entry_kind {
	HMM_ENTRY_NONE,
	HMM_ENTRY_PAGE,
	HMM_ENTRY_PRIVATE,
	HMM_ENTRY_SPECIAL,
	HMM_ENTRY_ERROR,
};

/**
 * struct hmm_entry - a decoded entry of any level
 * @kind: see &enum hmm_entry_kind
 * @write: writes are allowed (PAGE and PRIVATE)
 * @alike: an entry that differs from it in the frame alone says the same of that (a PTE)
 * @pfn: first frame it maps (PAGE and PRIVATE)
 */
struct hmm_entry {
	enum hmm_entry_kind	kind;
	bool			write;
	bool			alike;
	unsigned long		pfn;
};

/*
 * Tables below an entry that was read once: never through the live entry again.  A
 * folded level is the one above by another name; it is not judged there but read,
 * once, when it is its turn, so there the way leads through the live entry.  So it
 * does from a PGD: the result may point to what is given (x86 with four levels), and
 * what a PGD above a mapping points to does not change.
 */
#ifdef FACT_FOLDING_VARIABLES
static inline p4d_t *hmm_p4d_offset(pgd_t *pgdp, unsigned long addr)
{
	return pgtable_l5_enabled ? pgd_pgtable(READ_ONCE(*pgdp)) + p4d_index(addr) :
				    (p4d_t *)pgdp;
}

static inline pud_t *hmm_pud_offset(p4d_t *p4dp, p4d_t p4d, unsigned long addr)
{
	return pgtable_l4_enabled ? p4d_pgtable(p4d) + pud_index(addr) : (pud_t *)p4dp;
}

#define hmm_pmd_offset(pudp, pud, addr)	pmd_offset_lockless(pudp, pud, addr)
#else

/* Before 5.9 the plain form works on a copy where levels are not folded at run time. */
#ifdef FACT_TABLE_OFFSET_LOCKLESS
#define hmm_offset(level, above, copy, addr)	level##_offset_lockless(above, copy, addr)
#else
#define hmm_offset(level, above, copy, addr)	level##_offset(&(copy), addr)
#endif

#define hmm_p4d_offset(pgdp, addr)	p4d_offset(pgdp, addr)
#ifdef __PAGETABLE_PUD_FOLDED
#define hmm_pud_offset(p4dp, p4d, addr)	pud_offset(p4dp, addr)
#else
#define hmm_pud_offset(p4dp, p4d, addr)	hmm_offset(pud, p4dp, p4d, addr)
#endif
#ifdef __PAGETABLE_PMD_FOLDED
#define hmm_pmd_offset(pudp, pud, addr)	pmd_offset(pudp, addr)
#else
#define hmm_pmd_offset(pudp, pud, addr)	hmm_offset(pmd, pudp, pud, addr)
#endif
#endif

/**
 * hmm_p4d_table() - step down from a PGD
 * @pgdp: the live entry
 * @addr: address
 *
 * ARM's pgd_t is an array, of which there can be no copy; its levels are folded.
 *
 * Return: the entry of the P4D table for @addr, NULL if there is none, or an error.
 */
static inline p4d_t *hmm_p4d_table(pgd_t *pgdp, unsigned long addr)
{
#ifdef __PAGETABLE_P4D_FOLDED
	return p4d_offset(pgdp, addr);
#else
	pgd_t pgd = READ_ONCE(*pgdp);

	if (pgd_none(pgd))
		return NULL;
	if (pgd_bad(pgd))
		return ERR_PTR(-EFAULT);
	return hmm_p4d_offset(pgdp, addr);
#endif
}

/*
 * Is it huge?  5.6 (93fab1b22ef7) gave the test one name.  Without one for PUDs an
 * architecture has no huge ones.
 */
#if defined(FACT_PMD_LEAF_LARGE)
#define hmm_pmd_is_leaf(pmd)	pmd_large(pmd)
#elif defined(FACT_PMD_LEAF_SECT)
#define hmm_pmd_is_leaf(pmd)	pmd_sect(pmd)
#else
#define hmm_pmd_is_leaf(pmd)	pmd_leaf(pmd)
#endif
#if defined(FACT_PUD_LEAF_LARGE)
#define hmm_pud_is_leaf(pud)	pud_large(pud)
#elif defined(FACT_PUD_LEAF_SECT)
#define hmm_pud_is_leaf(pud)	pud_sect(pud)
#elif !defined(FACT_PUD_LEAF_ABSENT)
#define hmm_pud_is_leaf(pud)	pud_leaf(pud)
#endif

/* Before 4.11 a huge PUD is hugetlbfs, whose entries have the PTE's bits. */
#ifdef FACT_PUD_WRITE_PRESENT
#define hmm_pud_write(pud)	pud_write(pud)
#else
#define hmm_pud_write(pud)	pte_write(__pte(pud_val(pud)))
#endif

/* A NUMA hint: before 4.0 a bit of its own, which counts as present too. */
#ifdef FACT_PROTNONE_NUMA
#define hmm_pte_is_hint(pte)	pte_numa(pte)
#define hmm_pmd_is_hint(pmd)	pmd_numa(pmd)
#else
#define hmm_pte_is_hint(pte)	pte_protnone(pte)
#define hmm_pmd_is_hint(pmd)	pmd_protnone(pmd)
#endif

/* One read of a PMD (26c191788f18 says why 32-bit needs care; renamed in 6.2, dab6e717429e). */
static inline pmd_t hmm_pmd_read(pmd_t *pmdp)
{
#ifdef FACT_PMD_READ_PMDP_GET_LOCKLESS
	unsigned long flags;
	pmd_t pmd;

	if (sizeof(pmd) <= sizeof(long))
		return pmdp_get_lockless(pmdp);
	/*
	 * In two words.  Whoever puts another table there waits for every CPU to take
	 * an interrupt, so that no halves of two are read as one.
	 */
	local_irq_save(flags);
	pmd = pmdp_get_lockless(pmdp);
	local_irq_restore(flags);
	return pmd;
#else
	pmd_t pmd = pmd_read_atomic(pmdp);

	/* On one word it is a plain load, which the compiler might repeat. */
	barrier();
	return pmd;
#endif
}

/*
 * RISC-V's PTEs of one larger page (Svnapot; 6.4, hugetlbfs) are all the same and name
 * its first frame: make of each what it would be alone.  A table fills a page, so where
 * an entry is says which it is.
 */
#ifdef _PAGE_NAPOT
static inline pte_t hmm_pte_alone(pte_t pte, const pte_t *ptep)
{
	unsigned long inner, nth = (unsigned long)ptep / sizeof(*ptep);

	if (!pte_present(pte) || !pte_napot(pte))
		return pte;
	inner = BIT(napot_cont_order(pte)) - 1;
	return __pte((pte_val(pte) & ~(_PAGE_NAPOT | inner << _PAGE_PFN_SHIFT)) |
		     (nth & inner) << _PAGE_PFN_SHIFT);
}
#else
#define hmm_pte_alone(pte, ptep)	(pte)
#endif

/* One read of a PTE; 5.11 (2a4a06da8a4b) named it, before it was gup's own. */
static inline pte_t hmm_pte_read(pte_t *ptep)
{
#if defined(FACT_PTE_READ_PTEP_GET_LOCKLESS)
	return hmm_pte_alone(ptep_get_lockless(ptep), ptep);
#elif defined(FACT_PTE_READ_HALVES)
	/* Present or not is in the low one: what stood there before and after is whole. */
	pte_t pte;

	do {
		pte.pte_low = READ_ONCE(ptep->pte_low);
		smp_rmb();	/* low before high */
		pte.pte_high = READ_ONCE(ptep->pte_high);
		smp_rmb();	/* high before low again */
	} while (unlikely(pte.pte_low != READ_ONCE(ptep->pte_low)));
	return pte;
#else
	return READ_ONCE(*ptep);
#endif
}

/*
 * A PTE table is mapped from hmm_pte_map_begin(), which reads its PMD, to
 * hmm_pte_unmap(), or given up by hmm_pte_map_cancel().  From 6.5 on
 * (0d940a9b270b) tables are freed by RCU under the mmap read lock, and
 * pte_offset_map(), now a function no module can call, does this: enter RCU,
 * read the PMD in there, map, and let pte_unmap() leave RCU.  Before, the mmap
 * lock keeps the table.  Nothing in between may sleep.
 */
#ifdef FACT_PTE_MAP_RCU
static inline pmd_t hmm_pte_map_begin(pmd_t *pmdp)
{
	rcu_read_lock();
	return hmm_pmd_read(pmdp);
}

static inline void hmm_pte_map_cancel(void)
{
	rcu_read_unlock();
}

#define hmm_pte_map(pmd, addr)	__pte_map(&(pmd), addr)
#else
static inline pmd_t hmm_pte_map_begin(pmd_t *pmdp)
{
	return hmm_pmd_read(pmdp);
}

static inline void hmm_pte_map_cancel(void)
{
}

#define hmm_pte_map(pmd, addr)	pte_offset_map(&(pmd), addr)
#endif
#define hmm_pte_unmap(pte)	pte_unmap(pte)

static inline bool hmm_pmd_is_table(pmd_t pmd)
{
	return pmd_present(pmd) && !hmm_pmd_is_leaf(pmd) && !pmd_bad(pmd);
}

#if defined(FACT_NONPRESENT_WRITE_DEVICE_PRIVATE)
#define hmm_swap_is_private_write(swap)	is_write_device_private_entry(swap)
#define hmm_swap_to_page(swap)		device_private_entry_to_page(swap)
#elif defined(FACT_NONPRESENT_WRITE_PFN_SWAP)
#define hmm_swap_is_private_write(swap)	is_write_device_private_entry(swap)
#define hmm_swap_to_page(swap)		pfn_swap_entry_to_page(swap)
#else
#define hmm_swap_is_private_write(swap)	is_writable_device_private_entry(swap)
#define hmm_swap_to_page(swap)		pfn_swap_entry_to_page(swap)
#endif

/*
 * Private memory of a device, in a PTE: 5.14 renamed the test for writes and
 * moved to frame numbers (4dd845b5a3e5, af5cdaf82238), 6.19 replaced the whole.
 */
static inline struct hmm_entry hmm_pte_decode_nonpresent(pte_t pte)
{
	struct hmm_entry entry = { .kind = HMM_ENTRY_NONE };
#ifdef FACT_NONPRESENT_LEAFOPS
	softleaf_t leaf;

	if (!IS_ENABLED(CONFIG_DEVICE_PRIVATE) || pte_none(pte))
		return entry;
	leaf = softleaf_from_pte(pte);
	if (softleaf_is_device_private(leaf)) {
		entry.kind = HMM_ENTRY_PRIVATE;
		entry.write = softleaf_is_device_private_write(leaf);
		entry.pfn = softleaf_to_pfn(leaf);
	}
#elif !defined(FACT_NONPRESENT_ABSENT)
	swp_entry_t swap;

	if (!IS_ENABLED(CONFIG_DEVICE_PRIVATE) || pte_none(pte))
		return entry;
	swap = pte_to_swp_entry(pte);
	if (is_device_private_entry(swap)) {
		entry.kind = HMM_ENTRY_PRIVATE;
		entry.write = hmm_swap_is_private_write(swap);
		entry.pfn = page_to_pfn(hmm_swap_to_page(swap));
	}
#endif
	return entry;
}

static inline bool hmm_pte_is_devmap(pte_t pte)
{
#ifdef FACT_PTE_DEVMAP_PRESENT
	return pte_devmap(pte);
#else
	return false;	/* before 4.5; 6.17 (d438d2734170): such pages are like any other */
#endif
}

/*
 * May a huge entry map frames without a struct page?  In a mixed mapping nothing in
 * it says so before 6.12 (pmd_special()); DAX has been out of those since 4.19.
 */
static inline bool hmm_huge_is_special(const struct vm_area_struct *vma)
{
	return vma->vm_flags & VM_MIXEDMAP;
}

/*
 * Is it memory of a PCI device, which since 6.2 a mixed mapping can hold?  Whether
 * another device reaches it, and at which address, is for pci_p2pdma to say, so
 * get_user_pages() refuses it too.  From 6.5 on the PTE was read under RCU and its
 * struct page stays until that ends: taking it away begins with a grace period.
 */
static inline bool hmm_frame_is_peer(unsigned long pfn, const struct vm_area_struct *vma)
{
#ifdef FACT_P2PDMA_PAGE_PRESENT
	return (vma->vm_flags & VM_MIXEDMAP) && is_pci_p2pdma_page(pfn_to_page(pfn));
#else
	return false;
#endif
}

static inline bool hmm_frame_is_special(pte_t pte, unsigned long pfn,
					const struct vm_area_struct *vma)
{
	/* The zero page is special to the kernel and memory to everyone else. */
	if (pte_special(pte) && !hmm_pte_is_devmap(pte) && !is_zero_pfn(pfn))
		return true;
	return hmm_frame_is_peer(pfn, vma);
}

static inline struct hmm_entry hmm_pte_decode(pte_t pte, const struct vm_area_struct *vma)
{
	struct hmm_entry entry = { .kind = HMM_ENTRY_NONE };

	if (!pte_present(pte))
		return hmm_pte_decode_nonpresent(pte);
	if (hmm_pte_is_hint(pte))
		return entry;

	entry.pfn = pte_pfn(pte);
	entry.write = pte_write(pte);
	/* These say something of one frame. */
	if (unlikely(pte_special(pte) || (vma->vm_flags & VM_MIXEDMAP))) {
		entry.kind = hmm_frame_is_special(pte, entry.pfn, vma) ? HMM_ENTRY_SPECIAL :
									HMM_ENTRY_PAGE;
		return entry;
	}
	entry.kind = HMM_ENTRY_PAGE;
	entry.alike = true;
	return entry;
}

/**
 * hmm_pmd_decode() - decode a PMD that is not a table
 * @pmd: the entry, read once
 * @vma: the mapping; non-present entries of hugetlbfs have the PTE's format
 *
 * Return: what it stands for.
 *
 * pmd_special() (6.12) is not asked: in a mapping that is neither refused nor
 * mixed only the huge zero page has it (6.17).
 */
static inline struct hmm_entry hmm_pmd_decode(pmd_t pmd, struct vm_area_struct *vma)
{
	struct hmm_entry entry = { .kind = HMM_ENTRY_NONE };

	if (!pmd_present(pmd)) {
#ifdef FACT_PMD_DEVICE_PRIVATE_PRESENT
		if (!is_vm_hugetlb_page(vma) && pmd_is_device_private_entry(pmd)) {
			softleaf_t leaf = softleaf_from_pmd(pmd);

			entry.kind = HMM_ENTRY_PRIVATE;
			entry.write = softleaf_is_device_private_write(leaf);
			entry.pfn = softleaf_to_pfn(leaf);
		}
#endif
		return entry;
	}
	/* First: arm64's pmd_sect(), before 5.6, does not know it for a huge page. */
	if (hmm_pmd_is_hint(pmd))
		return entry;
	if (!hmm_pmd_is_leaf(pmd)) {
		entry.kind = HMM_ENTRY_ERROR;
		return entry;
	}
	if (hmm_huge_is_special(vma)) {
		entry.kind = HMM_ENTRY_SPECIAL;
		return entry;
	}
	entry.kind = HMM_ENTRY_PAGE;
	entry.write = pmd_write(pmd);
	entry.pfn = pmd_pfn(pmd);
	return entry;
}

#ifdef FACT_PUD_LEAF_PTE
#define hmm_pud_pfn(pud)	pte_pfn(pud_pte(pud))
#elif !defined(FACT_PUD_LEAF_FRAMELESS) && !defined(FACT_PUD_LEAF_ABSENT)
#define hmm_pud_pfn(pud)	pud_pfn(pud)
#endif

/* As hmm_pmd_decode(), for a PUD: hugetlbfs, device DAX. */
static inline struct hmm_entry hmm_pud_decode(pud_t pud, const struct vm_area_struct *vma)
{
	struct hmm_entry entry = { .kind = HMM_ENTRY_NONE };

	if (!pud_present(pud))
		return entry;
#ifdef hmm_pud_pfn
	if (hmm_pud_is_leaf(pud)) {
		if (hmm_huge_is_special(vma)) {
			entry.kind = HMM_ENTRY_SPECIAL;
			return entry;
		}
		entry.kind = HMM_ENTRY_PAGE;
		entry.write = hmm_pud_write(pud);
		entry.pfn = hmm_pud_pfn(pud);
		return entry;
	}
#endif
	entry.kind = HMM_ENTRY_ERROR;
	return entry;
}

static inline bool hmm_pud_is_table(pud_t pud)
{
#ifdef hmm_pud_is_leaf
	if (hmm_pud_is_leaf(pud))
		return false;
#endif
	return pud_present(pud) && !pud_bad(pud);
}

/**
 * hmm_private_is_owned() - is a frame of device-private memory this device's own?
 * @pfn: frame of an entry of kind HMM_ENTRY_PRIVATE
 * @owner: &hmm_mirror.dev_private_owner
 *
 * Its struct page lives as long as the entry can exist.  5.7 (f894ddd5ff01)
 * gave the pagemap an owner; before, its ops name the driver (5.3), as the
 * review of the series first proposed, before that only the pagemap itself does;
 * and a mirror without an owner gets what v5.4 gave it: every device's pages.
 *
 * Return: true if the frame may be handed to the device.
 */
static inline bool hmm_private_is_owned(unsigned long pfn, const void *owner)
{
#ifdef FACT_PGMAP_OF_PAGE_ABSENT
	return false;	/* before 4.14 there is no such memory */
#else
	struct page *page = pfn_to_page(pfn);
	/* 6.15 (82ba975e4c43) moved the pointer and gave it an accessor. */
#ifdef FACT_PGMAP_OF_PAGE_PAGE_PGMAP
	struct dev_pagemap *pgmap = page_pgmap(page);
#else
	struct dev_pagemap *pgmap = page->pgmap;
#endif

#if defined(FACT_PGMAP_OWNER_PRESENT)
	return owner && pgmap->owner == owner;
#elif defined(FACT_PGMAP_OWNER_OPS)
	return !owner || pgmap->ops == owner;
#else
	return !owner || pgmap == owner;
#endif
#endif
}

/* Is it private memory of some device?  For a page whose entry said nothing of that. */
static inline bool hmm_page_is_private(const struct page *page)
{
#ifdef FACT_NONPRESENT_ABSENT
	return false;
#else
	return is_device_private_page(page);
#endif
}

#endif
