// SPDX-License-Identifier: GPL-2.0-only
/*
 * Up to 4.12 the reverse mapping tells of a page by invalidate_page() alone; 4.13
 * "mm/mmu_notifier: kill invalidate_page" removed it. 4.11 "mm: convert
 * try_to_unmap_one() to use page_vma_mapped_walk()" moved the call under the page
 * table's lock, where nothing may sleep: mirrors do. Who has struct
 * page_vma_mapped_walk beside invalidate_page() does that.
 * Backports: EL7 calls it without the lock.
 */
#include <linux/mmu_notifier.h>
#include <linux/rmap.h>

FACT(invalidate_page, "is a single page invalidated by a call of its own?");

WITHOUT_MEMBER(invalidate_page, absent, struct mmu_notifier_ops, invalidate_page);

WITHOUT_STRUCT(invalidate_page, unlocked, page_vma_mapped_walk);
PROBE(invalidate_page, unlocked)
{
	FACT_SAME(FACT_MEMBER(struct mmu_notifier_ops, invalidate_page),
		  void (*)(struct mmu_notifier *, struct mm_struct *, unsigned long));
}

PROBE(invalidate_page, locked)
{
	FACT_SAME(FACT_MEMBER(struct mmu_notifier_ops, invalidate_page),
		  void (*)(struct mmu_notifier *, struct mm_struct *, unsigned long));
	FACT_TRUE(sizeof(struct page_vma_mapped_walk) != 0);
}

REFUSED(invalidate_page, locked,
	"This kernel (as 4.11 and 4.12) says that a page goes away while it holds the lock of a page table. A mirror has to sleep there, and no module can change that: use a kernel before or after it.");
