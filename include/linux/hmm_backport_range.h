/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * struct mmu_notifier_range, which a mirror's callback gets, on every kernel.
 *
 * Drivers include <linux/hmm.h>, which includes this.  Kernels differ:
 *
 *	5.2 and later, EL8.3	the kernel's, with flags and event
 *	5.0 and 5.1		the kernel's, with blockable; no C source can tell
 *				these from the older ones, so
 *				hmm_backport_range.mk beside this file defines
 *				HMM_BACKPORT_RANGE_BARE
 *	older			defined here
 *
 * The build of hmm_backport.ko asks the kernel's headers and stops if what is
 * decided here is wrong (compat/facts/notifier_range.c).
 */
#ifndef HMM_BACKPORT_RANGE_H
#define HMM_BACKPORT_RANGE_H

#include <linux/mmu_notifier.h>
#include <linux/types.h>

#if !defined(MMU_NOTIFIER_RANGE_BLOCKABLE) && !defined(HMM_BACKPORT_RANGE_BARE)
struct mm_struct;

#define MMU_NOTIFIER_RANGE_BLOCKABLE	(1U << 0)

/**
 * enum mmu_notifier_event - why a range changes
 * @MMU_NOTIFY_UNMAP: munmap() or mremap()
 * @MMU_NOTIFY_CLEAR: any reason; what a kernel that gives none is taken to mean
 * @MMU_NOTIFY_PROTECTION_VMA: mprotect()
 * @MMU_NOTIFY_PROTECTION_PAGE: rights of a page, e.g. for writing it back
 * @MMU_NOTIFY_SOFT_DIRTY: soft-dirty tracking begins anew
 * @MMU_NOTIFY_RELEASE: the address space goes away
 *
 * For drivers that name them; such a kernel says MMU_NOTIFY_CLEAR until the release.
 */
enum mmu_notifier_event {
	MMU_NOTIFY_UNMAP = 0,
	MMU_NOTIFY_CLEAR,
	MMU_NOTIFY_PROTECTION_VMA,
	MMU_NOTIFY_PROTECTION_PAGE,
	MMU_NOTIFY_SOFT_DIRTY,
	MMU_NOTIFY_RELEASE,
};

/**
 * struct mmu_notifier_range - what changes
 * @mm: the address space
 * @start: first address
 * @end: first address behind
 * @flags: MMU_NOTIFIER_RANGE_BLOCKABLE: a callback may sleep
 * @event: why
 */
struct mmu_notifier_range {
	struct mm_struct	*mm;
	unsigned long		start;
	unsigned long		end;
	unsigned int		flags;
	enum mmu_notifier_event	event;
};
#endif

/**
 * mmu_notifier_range_blockable() - may a callback sleep?
 * @range: what changes
 *
 * Return: true if it may.
 */
static inline bool hmm_backport_range_blockable(const struct mmu_notifier_range *range)
{
#ifdef HMM_BACKPORT_RANGE_BARE
	return range->blockable;
#else
	return range->flags & MMU_NOTIFIER_RANGE_BLOCKABLE;
#endif
}

/*
 * EL 8.3 to 8.5 have the flag and not the function; where both are, they say the same.
 * A driver with a function of its own of this name says so before it includes
 * <linux/hmm.h>, and is left alone:
 *
 *	#define mmu_notifier_range_blockable mmu_notifier_range_blockable
 */
#ifndef mmu_notifier_range_blockable
#define mmu_notifier_range_blockable(range)	hmm_backport_range_blockable(range)
#endif

#endif /* HMM_BACKPORT_RANGE_H */
