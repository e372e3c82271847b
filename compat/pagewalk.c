// SPDX-License-Identifier: GPL-2.0-only
/*
 * A page-table walker over inline helpers, since no kernel exports
 * walk_page_range().
 *
 * Why it is safe with the mmap lock held for reading only:
 *
 * - A table is only entered for an address that a mapping covers, found under
 *   this hold of the lock; munmap() may free the tables of others meanwhile.
 * - Tables of PUDs and PMDs then stay, but for hugetlbfs: a PMD table that is
 *   shared between processes can be dropped by any of them.  That needs the
 *   file's i_mmap lock for writing, so it is held for reading.
 * - Entries change at any time.  Each is read once, and the walk goes down from
 *   the value it has judged, never through the entry again.
 * - PTE tables: see hmm_pte_map_begin().
 *
 * What is found may be old a moment later.  Only the caller's invalidation
 * protocol makes it true; until then it is numbers.
 */
#include <linux/fs.h>
#include <linux/hugetlb.h>
#include <linux/kernel.h>
#include "mm.h"
#include "pagewalk.h"
#include "pgtable.h"
#include "sched.h"

/* A rw_semaphore since 3.19; who has it for himself may also read. */
#ifdef FACT_I_MMAP_LOCK_RWSEM
#define hmm_i_mmap_lock(mapping)	i_mmap_lock_read(mapping)
#define hmm_i_mmap_unlock(mapping)	i_mmap_unlock_read(mapping)
#else
#define hmm_i_mmap_lock(mapping)	mutex_lock(&(mapping)->i_mmap_mutex)
#define hmm_i_mmap_unlock(mapping)	mutex_unlock(&(mapping)->i_mmap_mutex)
#endif

static int hmm_walk_hole(unsigned long addr, unsigned long next, struct hmm_walk *walk)
{
	return walk->ops->pte_hole ? walk->ops->pte_hole(addr, next, walk) : 0;
}

static int hmm_walk_pmd(pmd_t *pmdp, unsigned long addr, unsigned long next,
			struct hmm_walk *walk)
{
	pmd_t pmd = hmm_pte_map_begin(pmdp);
	int ret = 0;

	if (hmm_pmd_is_table(pmd)) {
		pte_t *pte = hmm_pte_map(pmd, addr);

		if (walk->ops->pte_entries)
			ret = walk->ops->pte_entries(pte, addr, next, walk);
		hmm_pte_unmap(pte);
		return ret;
	}
	hmm_pte_map_cancel();

	if (pmd_none(pmd))
		return hmm_walk_hole(addr, next, walk);
	return walk->ops->pmd_entry ? walk->ops->pmd_entry(pmd, addr, next, walk) : 0;
}

static int hmm_walk_pud(pud_t *pudp, unsigned long addr, unsigned long end,
			struct hmm_walk *walk)
{
	pud_t pud = READ_ONCE(*pudp);
	unsigned long next;
	pmd_t *pmdp;
	int ret;

	if (pud_none(pud))
		return hmm_walk_hole(addr, end, walk);
	if (!hmm_pud_is_table(pud))
		return walk->ops->pud_entry ?
			walk->ops->pud_entry(pud, addr, end, walk) : 0;

	pmdp = hmm_pmd_offset(pudp, pud, addr);
	do {
		next = pmd_addr_end(addr, end);
		ret = hmm_walk_pmd(pmdp, addr, next, walk);
		if (ret)
			return ret;
		cond_resched();
	} while (pmdp++, addr = next, addr != end);
	return 0;
}

static int hmm_walk_p4d(p4d_t *p4dp, unsigned long addr, unsigned long end,
			struct hmm_walk *walk)
{
	p4d_t p4d = READ_ONCE(*p4dp);
	unsigned long next;
	pud_t *pudp;
	int ret;

	if (p4d_none(p4d))
		return hmm_walk_hole(addr, end, walk);
	if (p4d_bad(p4d))
		return -EFAULT;

	pudp = hmm_pud_offset(p4dp, p4d, addr);
	do {
		next = pud_addr_end(addr, end);
		ret = hmm_walk_pud(pudp, addr, next, walk);
		if (ret)
			return ret;
	} while (pudp++, addr = next, addr != end);
	return 0;
}

static int hmm_walk_pgd(pgd_t *pgdp, unsigned long addr, unsigned long end,
			struct hmm_walk *walk)
{
	p4d_t *p4dp = hmm_p4d_table(pgdp, addr);
	unsigned long next;
	int ret;

	if (!p4dp)
		return hmm_walk_hole(addr, end, walk);
	if (IS_ERR(p4dp))
		return PTR_ERR(p4dp);

	do {
		next = p4d_addr_end(addr, end);
		ret = hmm_walk_p4d(p4dp, addr, next, walk);
		if (ret)
			return ret;
	} while (p4dp++, addr = next, addr != end);
	return 0;
}

static int hmm_walk_tables(unsigned long addr, unsigned long end, struct hmm_walk *walk)
{
	pgd_t *pgdp = pgd_offset(walk->mm, addr);
	unsigned long next;
	int ret;

	do {
		next = pgd_addr_end(addr, end);
		ret = hmm_walk_pgd(pgdp, addr, next, walk);
		if (ret)
			return ret;
	} while (pgdp++, addr = next, addr != end);
	return 0;
}

static int hmm_walk_vma(unsigned long addr, unsigned long end, struct hmm_walk *walk)
{
	struct vm_area_struct *vma = walk->vma;
	struct address_space *shared = NULL;
	int ret;

	if (walk->ops->test_walk) {
		ret = walk->ops->test_walk(addr, end, walk);
		if (ret)
			return ret < 0 ? ret : 0;
	}

	if (is_vm_hugetlb_page(vma) && (vma->vm_flags & VM_MAYSHARE))
		shared = vma->vm_file->f_mapping;
	if (shared)
		hmm_i_mmap_lock(shared);
	ret = hmm_walk_tables(addr, end, walk);
	if (shared)
		hmm_i_mmap_unlock(shared);
	return ret;
}

/**
 * hmm_walk_page_range() - walk the page tables of a part of an address space
 * @mm: address space
 * @start: first address, page aligned
 * @end: first address behind it, page aligned, above @start
 * @ops: callbacks
 * @private: for the callbacks
 *
 * Context: mmap lock of @mm held for reading or writing.  Sleeps; callbacks may
 * run under RCU and under the i_mmap lock of a hugetlbfs file.
 *
 * Return: 0, the first nonzero value a callback returned, or -EFAULT if a table
 * is corrupt.
 */
int hmm_walk_page_range(struct mm_struct *mm, unsigned long start, unsigned long end,
			const struct hmm_walk_ops *ops, void *private)
{
	struct hmm_walk walk = { .ops = ops, .mm = mm, .private = private };
	unsigned long vm_start, next;
	int ret;

	hmm_assert_mm_locked(mm);
	for (; start < end; start = next) {
		walk.vma = find_vma(mm, start);
		/* Read once: before 6.5 a stack grows under the lock held for reading. */
		vm_start = walk.vma ? READ_ONCE(walk.vma->vm_start) : end;
		if (vm_start >= end) {
			walk.vma = NULL;
			return hmm_walk_hole(start, end, &walk);
		}
		if (vm_start > start) {
			next = vm_start;
			walk.vma = NULL;
			ret = hmm_walk_hole(start, next, &walk);
		} else {
			next = min(end, walk.vma->vm_end);
			ret = hmm_walk_vma(start, next, &walk);
		}
		if (ret)
			return ret;
	}
	return 0;
}
