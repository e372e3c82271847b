// SPDX-License-Identifier: GPL-2.0-only
/*
 * Starts and ends of invalidations, from one plain notifier: kernels without
 * interval notifiers (before 5.5, EL before 8.3).
 *
 * There a start may be refused from 4.19 on, and whoever refuses takes his own
 * record back: the kernel calls no end for it.  If another module's notifier
 * refuses, the end of ours is missing too; only the OOM reaper can be refused,
 * so the address space is dying and every wait has a timeout.
 */
#include <linux/kernel.h>
#include <linux/mm.h>
#include "mmu_notifier.h"

#ifdef FACT_INTERVAL_NOTIFIER_ABSENT

static struct hmm_notifier *hmm_plain_notifier(struct mmu_notifier *plain)
{
	return container_of(plain, struct hmm_notifier, plain);
}

#ifdef FACT_RANGE_START_RANGE
static int hmm_plain_range_start(struct mmu_notifier *plain,
				 const struct mmu_notifier_range *range)
{
	struct hmm_notifier *notifier = hmm_plain_notifier(plain);

	return notifier->ops->start(notifier, range, true);
}

static void hmm_plain_range_end(struct mmu_notifier *plain,
				const struct mmu_notifier_range *range)
{
	struct hmm_notifier *notifier = hmm_plain_notifier(plain);

	notifier->ops->end(notifier);
}
#else
static int hmm_plain_start(struct mmu_notifier *plain, struct mm_struct *mm,
			   unsigned long start, unsigned long end, bool blockable)
{
	struct hmm_notifier *notifier = hmm_plain_notifier(plain);
	const struct mmu_notifier_range range = {
		.mm	= mm,
		.start	= start,
		.end	= end,
		.flags	= blockable ? MMU_NOTIFIER_RANGE_BLOCKABLE : 0,
		.event	= MMU_NOTIFY_CLEAR,
	};

	return notifier->ops->start(notifier, &range, true);
}

static void hmm_plain_range_end(struct mmu_notifier *plain, struct mm_struct *mm,
				unsigned long start, unsigned long end)
{
	struct hmm_notifier *notifier = hmm_plain_notifier(plain);

	notifier->ops->end(notifier);
}

#ifdef FACT_RANGE_START_BLOCKABLE
static int hmm_plain_range_start(struct mmu_notifier *plain, struct mm_struct *mm,
				 unsigned long start, unsigned long end, bool blockable)
{
	return hmm_plain_start(plain, mm, start, end, blockable);
}
#else
/*
 * Cannot be refused, and with mmu_notifier_ops.flags at 0, which says that this
 * sleeps (4.16), the OOM reaper leaves the address space alone.
 */
static void hmm_plain_range_start(struct mmu_notifier *plain, struct mm_struct *mm,
				  unsigned long start, unsigned long end)
{
	hmm_plain_start(plain, mm, start, end, true);
}
#endif
#endif

#ifdef FACT_INVALIDATE_PAGE_UNLOCKED
/*
 * Reclaim, migration and writing back name a page when its entry has gone, before
 * the page goes.  It may be the first of a huge one, and nothing says so: take
 * the largest that can begin there.  Sizes are those that the walk can find: of a
 * level, and of entries that belong together (arm64).
 */
static unsigned long hmm_page_size_at(unsigned long addr)
{
	const unsigned long sizes[] = {
		PUD_SIZE,
#ifdef CONT_PMD_SIZE
		CONT_PMD_SIZE,
#endif
		PMD_SIZE,
#ifdef CONT_PTE_SIZE
		CONT_PTE_SIZE,
#endif
	};
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(sizes); i++)
		if (IS_ALIGNED(addr, sizes[i]))
			return sizes[i];
	return PAGE_SIZE;
}

static void hmm_plain_page(struct mmu_notifier *plain, struct mm_struct *mm,
			   unsigned long addr)
{
	hmm_plain_range_start(plain, mm, addr, addr + hmm_page_size_at(addr));
	hmm_plain_range_end(plain, mm, addr, addr + hmm_page_size_at(addr));
}
#endif

static void hmm_plain_release(struct mmu_notifier *plain, struct mm_struct *mm)
{
	struct hmm_notifier *notifier = hmm_plain_notifier(plain);

	notifier->ops->release(notifier);
}

static const struct mmu_notifier_ops hmm_plain_ops = {
	.invalidate_range_start	= hmm_plain_range_start,
	.invalidate_range_end	= hmm_plain_range_end,
#ifdef FACT_INVALIDATE_PAGE_UNLOCKED
	.invalidate_page	= hmm_plain_page,
#endif
	.release		= hmm_plain_release,
};

/* See mmu_notifier.c: the same promises. */
int hmm_notifier_register(struct hmm_notifier *notifier, struct mm_struct *mm,
			  const struct hmm_notifier_ops *ops)
{
	notifier->ops = ops;
	notifier->plain.ops = &hmm_plain_ops;
	return __mmu_notifier_register(&notifier->plain, mm);
}

void hmm_notifier_unregister(struct hmm_notifier *notifier, struct mm_struct *mm)
{
	mmu_notifier_unregister(&notifier->plain, mm);
}

#endif /* FACT_INTERVAL_NOTIFIER_ABSENT */
