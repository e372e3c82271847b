/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What older kernels lack of what the test modules call, which are written for the
 * newest, as the core is.  Included in place of <linux/sched/mm.h> and
 * <linux/sched/signal.h>, which are not everywhere.
 *
 * The core's own shims come first; the facts are those of the core's build.  What no
 * fact tells, as nothing but a test needs it, older.mk asks the headers.
 */
#ifndef HMM_TESTS_OLDER_H
#define HMM_TESTS_OLDER_H

#include <linux/kernel.h>
#include <linux/miscdevice.h>
#include <linux/mm.h>
#include <linux/mmu_notifier.h>
#include <linux/rwsem.h>
#include <linux/wait.h>
#include "alloc.h"
#include "compiler.h"
#include "facts.h"
#include "sched.h"

#ifdef OLDER_LACKS_KVCALLOC
static inline void *kvcalloc(size_t n, size_t size, gfp_t flags)
{
	return n && size > SIZE_MAX / n ? NULL : kvmalloc(n * size, flags | __GFP_ZERO);
}
#endif

#ifndef u64_to_user_ptr
#define u64_to_user_ptr(x)	((void __user *)(uintptr_t)(u64)(x))
#endif

#ifndef module_misc_device
#define module_misc_device(misc)	module_driver(misc, misc_register, misc_deregister)
#endif

/* As a statement. */
#ifndef wait_event_killable_timeout
#define wait_event_killable_timeout(wq, condition, timeout)			\
	do {									\
		long left_ = (timeout);						\
		DEFINE_WAIT(wait_);						\
										\
		for (;;) {							\
			prepare_to_wait(&(wq), &wait_, TASK_KILLABLE);		\
			if ((condition) || !left_ || fatal_signal_pending(current)) \
				break;						\
			left_ = schedule_timeout(left_);			\
		}								\
		finish_wait(&(wq), &wait_);					\
	} while (0)
#endif

/* Does anybody hold the mmap lock? */
static inline bool older_mmap_is_locked(struct mm_struct *mm)
{
#ifdef FACT_MMAP_LOCK_LOCK
	return rwsem_is_locked(&mm->mmap_lock);
#else
	return rwsem_is_locked(&mm->mmap_sem);
#endif
}

/*
 * OLDER_RANGE_START(name, start) is the invalidate_range_start of a plain notifier that
 * calls int start(struct mmu_notifier *mn, bool blockable).  Before 4.19 its answer is
 * not asked for, and everything may block: OLDER_CANNOT_REFUSE.
 */
#ifdef FACT_RANGE_START_BOUNDS
#define OLDER_CANNOT_REFUSE	1
#else
#define OLDER_CANNOT_REFUSE	0
#endif
#if defined(FACT_RANGE_START_RANGE)
#define OLDER_RANGE_START(name, start)						\
static int name(struct mmu_notifier *mn, const struct mmu_notifier_range *range) \
{										\
	return start(mn, mmu_notifier_range_blockable(range));			\
}
#elif defined(FACT_RANGE_START_BLOCKABLE)
#define OLDER_RANGE_START(name, start)						\
static int name(struct mmu_notifier *mn, struct mm_struct *mm,			\
		unsigned long first, unsigned long end, bool blockable)		\
{										\
	return start(mn, blockable);						\
}
#else
#define OLDER_RANGE_START(name, start)						\
static void name(struct mmu_notifier *mn, struct mm_struct *mm,			\
		 unsigned long first, unsigned long end)			\
{										\
	start(mn, true);							\
}
#endif

/* Page faults of a driver's mapping: 4.11 dropped the vma, 4.17 made the answer a type. */
#ifdef OLDER_LACKS_VM_FAULT_T
typedef int vm_fault_t;
#endif
#ifdef OLDER_LACKS_FAULT_OF_VMF
#define OLDER_FAULT_ARGUMENTS	struct vm_area_struct *vma, struct vm_fault *vmf
#else
#define OLDER_FAULT_ARGUMENTS	struct vm_fault *vmf
#endif
#ifdef OLDER_LACKS_VMF_INSERT_PFN
static inline vm_fault_t vmf_insert_pfn(struct vm_area_struct *vma, unsigned long addr,
					unsigned long pfn)
{
	return vm_insert_pfn(vma, addr, pfn) ? VM_FAULT_SIGBUS : VM_FAULT_NOPAGE;
}
#endif

#endif
