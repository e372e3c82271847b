/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * hmm-backport: mirror a process's page tables into a device's.
 *
 * The interface is the one that the series "hmm cleanups, v2" (August 2019)
 * left behind and that v5.4 shipped, the same on every kernel.  Many kernels
 * export functions of these names themselves, so everything here is linked
 * under a prefix and only the source sees the API's names.
 *
 * How a driver uses it:
 *
 *	hmm_range_register(&range, &mirror);
 *   again:
 *	if (!hmm_range_wait_until_valid(&range, HMM_RANGE_DEFAULT_TIMEOUT))
 *		... nothing can be mapped now
 *	mmap_read_lock(mm);
 *	ret = hmm_range_fault(&range, 0);
 *	mmap_read_unlock(mm);
 *	...
 *	mutex_lock(&device->lock);
 *	if (!hmm_range_valid(&range)) {
 *		mutex_unlock(&device->lock);
 *		goto again;
 *	}
 *	... put range.pfns into the device's page table
 *	mutex_unlock(&device->lock);
 *	hmm_range_unregister(&range);
 *
 * where &hmm_mirror_ops.sync_cpu_device_pagetables takes the same
 * device->lock to remove entries.  The array is a promise only under that lock
 * and only while hmm_range_valid() is true; before the check nothing in it may
 * be followed to a struct page.
 */
#ifndef HMM_BACKPORT_H
#define HMM_BACKPORT_H

#if defined(LINUX_HMM_H) || defined(_LINUX_HMM_H)
#error "The kernel's own <linux/hmm.h> was included before hmm-backport's. Include hmm-backport.mk at the top of the driver's Kbuild: it puts hmm-backport's include directory first."
#endif
/* The guards of the kernel's header (_LINUX_HMM_H: EL 7.3), which must not follow. */
#define LINUX_HMM_H
#define _LINUX_HMM_H

#include <linux/compiler.h>
#include <linux/kernel.h>
#include <linux/mm.h>
#include <linux/hmm_backport_mmap_lock.h>
#include <linux/hmm_backport_range.h>
#include <linux/rbtree.h>
#include <linux/types.h>

struct device;
struct hmm_client;
struct hmm_mirror;

/*
 * Number of this interface: it changes with every change that a driver built
 * before would not survive.  It is part of a symbol's name and each file that
 * includes this header refers to it, so that the loader refuses what does not
 * fit, also where the kernel has no CONFIG_MODVERSIONS.
 */
#define HMM_BACKPORT_ABI		1
#define HMM_BACKPORT_ABI_NAME_(n)	hmm_backport_abi_ ## n
#define HMM_BACKPORT_ABI_NAME(n)	HMM_BACKPORT_ABI_NAME_(n)
#define HMM_BACKPORT_ABI_SYMBOL		HMM_BACKPORT_ABI_NAME(HMM_BACKPORT_ABI)

extern const unsigned int HMM_BACKPORT_ABI_SYMBOL;
static const unsigned int *const hmm_backport_abi_user __used =
	&HMM_BACKPORT_ABI_SYMBOL;

/**
 * enum hmm_pfn_flag_e - index into &hmm_range.flags
 * @HMM_PFN_VALID: the entry holds a frame number and may be read; in a request,
 *                 the page is wanted
 * @HMM_PFN_WRITE: the entry may be written
 * @HMM_PFN_DEVICE_PRIVATE: the frame is memory of the mirror's own device; in a
 *                 request, such a page is wanted back in system memory
 * @HMM_PFN_FLAG_MAX: number of flags
 *
 * A driver may leave @HMM_PFN_DEVICE_PRIVATE at 0 if it has no such memory.
 */
enum hmm_pfn_flag_e {
	HMM_PFN_VALID = 0,
	HMM_PFN_WRITE,
	HMM_PFN_DEVICE_PRIVATE,
	HMM_PFN_FLAG_MAX
};

/**
 * enum hmm_pfn_value_e - index into &hmm_range.values
 * @HMM_PFN_ERROR: the page table holds something no device may use
 * @HMM_PFN_NONE: nothing is mapped there now (a hole, swapped out, moving)
 * @HMM_PFN_SPECIAL: mapped, but not memory that has a struct page
 * @HMM_PFN_VALUE_MAX: number of values
 */
enum hmm_pfn_value_e {
	HMM_PFN_ERROR,
	HMM_PFN_NONE,
	HMM_PFN_SPECIAL,
	HMM_PFN_VALUE_MAX
};

/**
 * struct hmm_range - a window of an address space that is being mirrored
 * @start: first address, page aligned
 * @end: first address behind the window, page aligned
 * @pfns: one entry a page: requests in (see @pfn_flags_mask), results out
 * @flags: what each &enum hmm_pfn_flag_e is in the device's entries
 * @values: what each &enum hmm_pfn_value_e is in the device's entries
 * @default_flags: a request that holds for every page
 * @pfn_flags_mask: the bits of each entry of @pfns that are a request for that
 *                  page; 0: @pfns is output only
 * @pfn_shift: how far left a frame number stands in an entry
 * @valid: what hmm_range_valid() says, for drivers that read the member; only
 *         under the lock that the driver's callback takes
 *
 * The driver sets @start to @pfn_shift before hmm_range_register() and leaves
 * them alone until hmm_range_unregister(); the memory may come uninitialised.
 * The rest belongs to hmm-backport.
 */
struct hmm_range {
	unsigned long		start;
	unsigned long		end;
	uint64_t		*pfns;
	const uint64_t		*flags;
	const uint64_t		*values;
	uint64_t		default_flags;
	uint64_t		pfn_flags_mask;
	uint8_t			pfn_shift;
	bool			valid;
	/* private: */
	struct hmm_client	*client;	/* NULL or an error: not registered */
	unsigned long		hit;		/* raised by every invalidation, never 0 */
	unsigned long		seq;		/* hit when last begun, 0: not begun */
	struct rb_node		node;		/* in the mm's tree of ranges, by the bounds: */
	unsigned long		first;
	unsigned long		last;
	unsigned long		subtree_last;
};

/**
 * struct hmm_mirror_ops - what a driver does for a mirror
 */
struct hmm_mirror_ops {
	/**
	 * @release: the address space is going away (optional)
	 *
	 * Called once, after @sync_cpu_device_pagetables was called for the
	 * whole address space; that mirror is never called again.  The device
	 * must stop using the address space before this returns.  May sleep.
	 * The mirror stays registered; it must not be unregistered from here.
	 * Not called for a mirror that is unregistered before its process ends.
	 */
	void (*release)(struct hmm_mirror *mirror);

	/**
	 * @sync_cpu_device_pagetables: a part of the address space changes
	 *
	 * When this returns 0 the device must not use any address from
	 * @update->start to @update->end (exclusive) through old entries.
	 * Portable are @update's mm, start, end and
	 * mmu_notifier_range_blockable(); kernels differ in the rest.
	 *
	 * Runs in the task that changes the address space, with the mmap lock
	 * and locks of the reverse mapping possibly held: it must not allocate
	 * memory with %GFP_KERNEL, fault, or take a lock under which the driver
	 * does.  May sleep unless !mmu_notifier_range_blockable(@update).
	 *
	 * Return: 0, or -EAGAIN if it would have to sleep and must not; then
	 * the change does not take place.
	 */
	int (*sync_cpu_device_pagetables)(struct hmm_mirror *mirror,
					  const struct mmu_notifier_range *update);
};

/**
 * struct hmm_mirror - a device that follows an address space
 * @ops: the driver's callbacks
 * @dev_private_owner: what &dev_pagemap.owner is for the device's own private
 *                     memory (before 5.7: &dev_pagemap.ops, before 5.3 the
 *                     &struct dev_pagemap itself); such pages are handed out,
 *                     those of any other owner are brought back to system
 *                     memory.  NULL: the device has none (before 5.7:
 *                     every device's are handed out, as in v5.4).
 *
 * The driver zeroes it and sets these before hmm_mirror_register().
 */
struct hmm_mirror {
	const struct hmm_mirror_ops	*ops;
	void				*dev_private_owner;
	/* private: */
	struct hmm_client		*client;	/* NULL: not registered */
};

/* For hmm_range_fault() and hmm_range_dma_map(). */
#define HMM_FAULT_ALLOW_RETRY		(1U << 0) /* a fault may drop the mmap lock */
#define HMM_FAULT_SNAPSHOT		(1U << 1) /* report what is there, fault nothing */

/* Milliseconds for hmm_range_wait_until_valid(): longer than any change should take. */
#define HMM_RANGE_DEFAULT_TIMEOUT	1000

int hmm_backport_mirror_register(struct hmm_mirror *mirror, struct mm_struct *mm);
void hmm_backport_mirror_unregister(struct hmm_mirror *mirror);
int hmm_backport_range_register(struct hmm_range *range, struct hmm_mirror *mirror);
void hmm_backport_range_unregister(struct hmm_range *range);
bool hmm_backport_range_wait_until_valid(struct hmm_range *range, unsigned long timeout);
long hmm_backport_range_fault(struct hmm_range *range, unsigned int flags);
long hmm_backport_range_dma_map(struct hmm_range *range, struct device *device,
				dma_addr_t *daddrs, unsigned int flags);
long hmm_backport_range_dma_unmap(struct hmm_range *range, struct device *device,
				  dma_addr_t *daddrs, bool dirty);

/**
 * hmm_mirror_register() - let a device follow an address space
 * @mirror: zeroed but for its ops and owner
 * @mm: the address space; the caller holds a reference to its users
 *      (mmget(), or it is current's)
 *
 * Context: Process context, the mmap lock of @mm held for writing.  Sleeps.
 *
 * Return: 0; -EINVAL without an address space, ops or
 * sync_cpu_device_pagetables, or if @mirror is registered already; -EOPNOTSUPP
 * while mirroring is switched off (module parameter "enabled"); -EDEADLK from
 * inside a callback of the same address space; -ENOMEM; -EINTR if a signal
 * arrived while the kernel waited for its locks.
 */
static inline int hmm_mirror_register(struct hmm_mirror *mirror, struct mm_struct *mm)
{
	return hmm_backport_mirror_register(mirror, mm);
}

/**
 * hmm_mirror_unregister() - stop following
 * @mirror: a mirror; one that is not registered is warned about once
 *
 * When this returns no callback of @mirror runs or will run.  Ranges that are
 * still registered with it are never valid again.  From inside a callback of
 * the same address space it cannot wait: it warns once and the mirror is out of
 * service, but callbacks that other tasks have begun may still use it, and
 * nothing tells when they are through.  So that is no way to free a mirror.
 *
 * Context: Process context.  Sleeps.  Never takes the mmap lock; the caller
 * must not hold a lock that its callbacks take.
 */
static inline void hmm_mirror_unregister(struct hmm_mirror *mirror)
{
	hmm_backport_mirror_unregister(mirror);
}

/**
 * hmm_range_register() - start to watch a window of a mirror's address space
 * @range: its members up to pfn_shift are set; need not be zeroed
 * @mirror: a registered mirror
 *
 * The range counts as not valid until hmm_range_wait_until_valid() or
 * hmm_range_fault() has begun it.  It keeps the address space alive.  A range
 * that is registered must be unregistered before it is registered again: what is
 * in a range that need not be zeroed cannot tell, so nothing notices.
 *
 * A driver that maps a file of its own and unregisters ranges only when the file is
 * released waits for itself: the range keeps the address space, the address space
 * the mapping, and the mapping the file.
 *
 * Context: Any context that may sleep; the mmap lock may be held.
 *
 * Return: 0; -EINVAL unless both ends are page aligned, start is below end and
 * @mirror is registered; -EFAULT if the address space is gone.
 */
static inline int hmm_range_register(struct hmm_range *range,
				     struct hmm_mirror *mirror)
{
	return hmm_backport_range_register(range, mirror);
}

/**
 * hmm_range_unregister() - stop watching
 * @range: a registered range; one for which hmm_range_register() failed is left
 *         alone, one that was unregistered before is warned about once, and one
 *         that was neither registered nor zeroed is undefined
 *
 * Context: Any context that may sleep, also under the lock that the driver's
 * callback takes: the address space is never torn down in here.
 */
static inline void hmm_range_unregister(struct hmm_range *range)
{
	hmm_backport_range_unregister(range);
}

/**
 * hmm_range_wait_until_valid() - wait for running changes of a window, begin anew
 * @range: a registered range
 * @timeout: milliseconds to wait at most
 *
 * Waits until no change overlaps the window, then begins: from here on
 * hmm_range_valid() is true until the next one.  Changes elsewhere in the
 * address space delay nothing.  A fatal signal ends the wait.
 *
 * Context: Process context, may sleep; the mmap lock may be held for reading, a
 * lock that the driver's callback takes must not.
 *
 * Return: true if begun.  false after @timeout or a fatal signal, if the mirror
 * or the address space has gone, or from inside a callback of the same address
 * space; the range is not valid then.
 */
static inline bool hmm_range_wait_until_valid(struct hmm_range *range,
					      unsigned long timeout)
{
	return hmm_backport_range_wait_until_valid(range, timeout);
}

/**
 * hmm_range_valid() - is what the last hmm_range_fault() found still true?
 * @range: a registered range
 *
 * Context: Under the lock that the driver's callback takes, else the answer is
 * old when it arrives.  Does not sleep.
 *
 * Return: true if nothing has changed in the window since it was last begun.
 */
static inline bool hmm_range_valid(const struct hmm_range *range)
{
	return READ_ONCE(range->hit) == READ_ONCE(range->seq);
}

/**
 * hmm_range_fault() - find, and if wanted fault in, the pages of a window
 * @range: a registered range
 * @flags: %HMM_FAULT_SNAPSHOT to report only, %HMM_FAULT_ALLOW_RETRY to let a
 *         fault drop the mmap lock
 *
 * Fills &hmm_range.pfns.  What is wanted of page i is
 * (pfns[i] & pfn_flags_mask) | default_flags; of a page for which nothing is
 * wanted the state is reported.  Begins the range first if it is not valid.
 *
 * After -EBUSY and -EAGAIN the requests that pfns held are back, so the call can
 * simply be made again; otherwise an error leaves every entry none.  A call that
 * was wrong itself (-EDEADLK, -EINVAL, or a range that is not registered) leaves
 * pfns as they were, unless it is only the mirror that has gone: then every entry
 * is none.  After any error the range is not valid.
 *
 * Context: Process context, the mmap lock held for reading.  Sleeps.  Must not
 * be called with a lock held that the driver's callback takes.
 *
 * Return: the number of pages of the range, or
 *
 * * -EAGAIN: only with %HMM_FAULT_ALLOW_RETRY: the mmap lock was dropped
 * * -EBUSY: the window kept changing; wait and try again
 * * -EDEADLK: called from inside a callback of the same address space
 * * -EFAULT: a page that was wanted cannot be had (a hole, a poisoned page, a frame
 *   that has no struct page), the window holds a mapping of device memory or a
 *   secret one, or the address space is gone
 * * -EINTR: a fatal signal is pending
 * * -EINVAL: the range is not registered, its bounds were changed since, its
 *   mirror was unregistered, its arrays are missing, its shift leaves no bit of a
 *   frame number, or a flag is unknown; after a hmm_range_register() that failed,
 *   whatever that returned
 * * -ENOMEM: out of memory
 * * -EPERM: the window holds a mapping that may not be read, or write was wanted
 *   where it is not allowed
 */
static inline long hmm_range_fault(struct hmm_range *range, unsigned int flags)
{
	return hmm_backport_range_fault(range, flags);
}

/**
 * hmm_range_dma_map() - hmm_range_fault() and map the pages for a device
 * @range: a registered range
 * @device: the device that will do the DMA
 * @daddrs: one address a page, 0 where there is nothing to map
 * @flags: as for hmm_range_fault()
 *
 * Pages that may be written are mapped in both directions, others towards the
 * device.  Device-private memory, special, error and none entries get no
 * mapping.  On any error nothing stays mapped and every address is 0.
 *
 * Context: As hmm_range_fault().
 *
 * Return: the number of pages mapped; any error of hmm_range_fault(); -EBUSY
 * also if the window changed while mapping (then pfns hold results, not the
 * requests); -EIO if a page could not be mapped;
 * -EOPNOTSUPP if the device would have to work on a copy of a page or needs
 * cache maintenance: it could not see the CPU's writes as a mirror must.
 */
static inline long hmm_range_dma_map(struct hmm_range *range, struct device *device,
				     dma_addr_t *daddrs, unsigned int flags)
{
	return hmm_backport_range_dma_map(range, device, daddrs, flags);
}

/**
 * hmm_range_dma_unmap() - undo hmm_range_dma_map()
 * @range: the range
 * @device: the device
 * @daddrs: filled by hmm_range_dma_map()
 * @dirty: the device wrote: mark the pages that it could write dirty
 *
 * Pages whose address is 0 are passed over; the entries and addresses of the
 * others are cleared.
 *
 * Context: With @dirty only where the pages cannot have gone: under the driver's
 * lock while what hmm_range_dma_map() found is valid, or inside
 * sync_cpu_device_pagetables() for the first change of the window since then.
 * Does not sleep.
 *
 * Return: the number of pages unmapped.
 */
static inline long hmm_range_dma_unmap(struct hmm_range *range, struct device *device,
				       dma_addr_t *daddrs, bool dirty)
{
	return hmm_backport_range_dma_unmap(range, device, daddrs, dirty);
}

/*
 * A call with the arguments of before the series must not end in a riddle.
 * The macros only count arguments; a function's address is still its address.
 */
#define HMM_BACKPORT_OLD_CALL(text)					\
	({ _Static_assert(0, text); 0; })
#define HMM_BACKPORT_ARG6(a, b, c, d, e, f, ...)	f

#define HMM_BACKPORT_REGISTER_2(...)	(hmm_range_register)(__VA_ARGS__)
#define HMM_BACKPORT_REGISTER_5(...)	HMM_BACKPORT_OLD_CALL(		\
	"hmm_range_register(range, mirror) takes start and end from the range: convert this driver with hmm-convert")
#define hmm_range_register(...)						\
	HMM_BACKPORT_ARG6(__VA_ARGS__, HMM_BACKPORT_REGISTER_5,		\
			  HMM_BACKPORT_REGISTER_5, HMM_BACKPORT_REGISTER_5, \
			  HMM_BACKPORT_REGISTER_2, HMM_BACKPORT_REGISTER_2)(__VA_ARGS__)

#define HMM_BACKPORT_UNMAP_4(...)	(hmm_range_dma_unmap)(__VA_ARGS__)
#define HMM_BACKPORT_UNMAP_5(...)	HMM_BACKPORT_OLD_CALL(		\
	"hmm_range_dma_unmap(range, device, daddrs, dirty) has no vma any more: convert this driver with hmm-convert")
#define hmm_range_dma_unmap(...)					\
	HMM_BACKPORT_ARG6(__VA_ARGS__, HMM_BACKPORT_UNMAP_5,		\
			  HMM_BACKPORT_UNMAP_4, HMM_BACKPORT_UNMAP_4,	\
			  HMM_BACKPORT_UNMAP_4, HMM_BACKPORT_UNMAP_4)(__VA_ARGS__)

/**
 * hmm_device_entry_to_pfn() - frame number of an entry
 * @range: range whose format the entry has
 * @entry: an entry of &hmm_range.pfns
 *
 * Return: the frame number, or -1UL if @entry holds none.
 */
static inline unsigned long hmm_device_entry_to_pfn(const struct hmm_range *range,
						    uint64_t entry)
{
	unsigned int i;

	for (i = 0; i < HMM_PFN_VALUE_MAX; i++)
		if (entry == range->values[i])
			return -1UL;
	return entry & range->flags[HMM_PFN_VALID] ?
		(unsigned long)(entry >> range->pfn_shift) : -1UL;
}

/**
 * hmm_device_entry_to_page() - page of an entry
 * @range: range whose format the entry has
 * @entry: an entry of &hmm_range.pfns
 *
 * Return: the page, not referenced (see the top of this file for when it may be
 * followed), or NULL if @entry holds none.
 */
static inline struct page *hmm_device_entry_to_page(const struct hmm_range *range,
						    uint64_t entry)
{
	unsigned long pfn = hmm_device_entry_to_pfn(range, entry);

	return pfn == -1UL ? NULL : pfn_to_page(pfn);
}

/**
 * hmm_device_entry_from_pfn() - readable entry for a frame number
 * @range: range whose format the entry shall have
 * @pfn: frame number
 *
 * Return: the entry, with the valid flag and no other.
 */
static inline uint64_t hmm_device_entry_from_pfn(const struct hmm_range *range,
						 unsigned long pfn)
{
	return range->flags[HMM_PFN_VALID] | (uint64_t)pfn << range->pfn_shift;
}

/**
 * hmm_device_entry_from_page() - readable entry for a page
 * @range: range whose format the entry shall have
 * @page: the page
 *
 * Return: the entry, with the valid flag and no other.
 */
static inline uint64_t hmm_device_entry_from_page(const struct hmm_range *range,
						  struct page *page)
{
	return hmm_device_entry_from_pfn(range, page_to_pfn(page));
}

#endif /* HMM_BACKPORT_H */
