// SPDX-License-Identifier: GPL-2.0-only
/*
 * 5.0 "mm/mmu_notifier: use structure for invalidate_range_start/end calls v2":
 * mm, start, end, blockable. 5.2 replaced blockable by flags and added event and
 * MMU_NOTIFIER_RANGE_BLOCKABLE.
 * Backports: EL8.3 and later as 5.2, EL8.3 to 8.5 without
 * mmu_notifier_range_blockable().
 *
 * linux/hmm_backport_range.h has to decide without facts; HMM_BACKPORT_RANGE_BARE
 * comes from Kbuild. An answer holds if that header decides the same.
 */
#include <linux/mmu_notifier.h>

FACT(notifier_range, "what does struct mmu_notifier_range say?");

WITHOUT_STRUCT(notifier_range, absent, mmu_notifier_range);
WITHOUT_STRUCT(notifier_range, absent, mmu_notifier_event);
WITHOUT_CONSTANT(notifier_range, absent, MMU_NOTIFY_UNMAP);
PROBE(notifier_range, absent)
{
#if defined(MMU_NOTIFIER_RANGE_BLOCKABLE) || defined(HMM_BACKPORT_RANGE_BARE)
	FACT_TRUE(0);
#endif
}

PROBE(notifier_range, bare)
{
#if defined(MMU_NOTIFIER_RANGE_BLOCKABLE) || !defined(HMM_BACKPORT_RANGE_BARE)
	FACT_TRUE(0);
#endif
	FACT_SAME(FACT_MEMBER(struct mmu_notifier_range, mm), struct mm_struct *);
	FACT_SAME(FACT_MEMBER(struct mmu_notifier_range, end), unsigned long);
	FACT_SAME(FACT_MEMBER(struct mmu_notifier_range, blockable), bool);
}

PROBE(notifier_range, flags)
{
#if !defined(MMU_NOTIFIER_RANGE_BLOCKABLE)
	FACT_TRUE(0);
#endif
	FACT_SAME(FACT_MEMBER(struct mmu_notifier_range, mm), struct mm_struct *);
	FACT_SAME(FACT_MEMBER(struct mmu_notifier_range, end), unsigned long);
	FACT_TRUE(sizeof(FACT_MEMBER(struct mmu_notifier_range, flags)) == sizeof(int));
	FACT_SAME(FACT_MEMBER(struct mmu_notifier_range, event), enum mmu_notifier_event);
}
