// SPDX-License-Identifier: GPL-2.0-only
/*
 * 4.19 (93065ac753e4) "mm, oom: distinguish blockable mode for mmu notifiers":
 * int, and a bool at the end.
 * 5.0 (5d6527a784f7) "mm/mmu_notifier: use structure for
 * invalidate_range_start/end callback": the range structure.
 * Backports: EL7 and EL8 (8.0 to 8.10) keep the first form under the default
 * names, although EL8.3 and later declare struct mmu_notifier_range; EL9 has the
 * last.
 */
#include <linux/mmu_notifier.h>

FACT(range_start, "what do mmu_notifier_ops.invalidate_range_start and _end take?");

PROBE(range_start, bounds)
{
	FACT_SAME(FACT_MEMBER(struct mmu_notifier_ops, invalidate_range_start),
		  void (*)(struct mmu_notifier *, struct mm_struct *,
			   unsigned long, unsigned long));
	FACT_SAME(FACT_MEMBER(struct mmu_notifier_ops, invalidate_range_end),
		  void (*)(struct mmu_notifier *, struct mm_struct *,
			   unsigned long, unsigned long));
}

PROBE(range_start, blockable)
{
	FACT_SAME(FACT_MEMBER(struct mmu_notifier_ops, invalidate_range_start),
		  int (*)(struct mmu_notifier *, struct mm_struct *,
			  unsigned long, unsigned long, bool));
	FACT_SAME(FACT_MEMBER(struct mmu_notifier_ops, invalidate_range_end),
		  void (*)(struct mmu_notifier *, struct mm_struct *,
			   unsigned long, unsigned long));
}

PROBE(range_start, range)
{
	FACT_SAME(FACT_MEMBER(struct mmu_notifier_ops, invalidate_range_start),
		  int (*)(struct mmu_notifier *,
			  const struct mmu_notifier_range *));
	FACT_SAME(FACT_MEMBER(struct mmu_notifier_ops, invalidate_range_end),
		  void (*)(struct mmu_notifier *,
			   const struct mmu_notifier_range *));
}
