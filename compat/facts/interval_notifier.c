// SPDX-License-Identifier: GPL-2.0-only
/*
 * 5.5 (99cb252f5e68) "mm/mmu_notifier: add an interval tree notifier".
 * Backports: EL8.3 and later, EL9.
 */
#include <linux/mmu_notifier.h>

FACT(interval_notifier, "are there interval notifiers?");

PROBE(interval_notifier, present)
{
	FACT_SAME(&mmu_interval_notifier_insert_locked,
		  int (*)(struct mmu_interval_notifier *, struct mm_struct *,
			  unsigned long, unsigned long,
			  const struct mmu_interval_notifier_ops *));
	FACT_SAME(&mmu_interval_notifier_remove,
		  void (*)(struct mmu_interval_notifier *));
	FACT_SAME(FACT_MEMBER(struct mmu_interval_notifier_ops, invalidate),
		  bool (*)(struct mmu_interval_notifier *,
			   const struct mmu_notifier_range *, unsigned long));
}

WITHOUT(interval_notifier, absent, mmu_interval_notifier_insert_locked);

EXPORTED(interval_notifier, present, mmu_interval_notifier_insert_locked);
EXPORTED(interval_notifier, present, mmu_interval_notifier_remove);
