/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef HMM_COMPAT_FAULT_H
#define HMM_COMPAT_FAULT_H

#include <linux/errno.h>
#include <linux/mm.h>
#include "facts.h"

/* 4.6: protection keys are those of the running task. */
#ifdef FACT_FAULT_REMOTE_PRESENT
#define HMM_FAULT_FLAG_REMOTE	FAULT_FLAG_REMOTE
#else
#define HMM_FAULT_FLAG_REMOTE	0
#endif

/**
 * hmm_handle_fault() - have the kernel resolve one page as if it was touched
 * @vma: mapping that holds @addr
 * @addr: address
 * @write: as if written; the caller has checked that the mapping allows it
 * @allow_retry: the mmap lock may be dropped
 *
 * handle_mm_fault() lost its mm in 4.8 (dcddffd41d3f) and gained the registers
 * to account to in 5.9 (bce617edecad); NULL: the fault is nobody's.  It also
 * waits for migration entries, whose own wait functions no kernel exports.
 *
 * FAULT_FLAG_KILLABLE goes with leave to retry and only with it: without it a
 * wait for userfaultfd (since 5.7) or a page's lock cannot be ended by SIGKILL,
 * and alone it could drop the mmap lock where the caller does not expect it.
 *
 * Context: mmap lock held for reading.  Sleeps.
 *
 * Return: 0; -EAGAIN if the mmap lock was dropped (only with @allow_retry);
 * -ENOMEM; -EFAULT if there is no page to be had.
 */
static inline int hmm_handle_fault(struct vm_area_struct *vma, unsigned long addr,
				   bool write, bool allow_retry)
{
	unsigned int flags = HMM_FAULT_FLAG_REMOTE |
			     (write ? FAULT_FLAG_WRITE : 0) |
			     (allow_retry ? FAULT_FLAG_ALLOW_RETRY | FAULT_FLAG_KILLABLE : 0);
	/* 6.0 (d92725256b4f) can finish with the lock dropped; a caller sees a retry. */
#ifdef FACT_FAULT_COMPLETED_PRESENT
	const unsigned int dropped = (__force unsigned int)(VM_FAULT_RETRY | VM_FAULT_COMPLETED);
#else
	const unsigned int dropped = (__force unsigned int)VM_FAULT_RETRY;
#endif
	unsigned int ret;

#if defined(FACT_HANDLE_MM_FAULT_VMA_REGS)
	ret = (__force unsigned int)handle_mm_fault(vma, addr, flags, NULL);
#elif defined(FACT_HANDLE_MM_FAULT_VMA)
	ret = (__force unsigned int)handle_mm_fault(vma, addr, flags);
#else
	ret = (__force unsigned int)handle_mm_fault(vma->vm_mm, vma, addr, flags);
#endif
	if (ret & dropped)
		return -EAGAIN;
	if (ret & (__force unsigned int)VM_FAULT_OOM)
		return -ENOMEM;
	return ret & (__force unsigned int)VM_FAULT_ERROR ? -EFAULT : 0;
}

#endif
