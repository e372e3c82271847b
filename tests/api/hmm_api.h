/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The whole interface of hmm-backport, one call of it at a time, for programs:
 * /dev/hmm_api.  Fault injection and fuzzing share it.
 *
 * An open file holds slots for mirrors and ranges; processes that inherit the
 * file share them, so that a range can outlive the process it watches.
 */
#ifndef HMM_API_H
#define HMM_API_H

#include <linux/ioctl.h>
#include <linux/types.h>

#define HMM_API_MIRRORS		8
#define HMM_API_RANGES		24
#define HMM_API_PAGES		512	/* longest range whose array there is room for */

/* Bits of an entry, in HMM_API_FORMAT_PLAIN; the frame number is above pfn_shift. */
#define HMM_API_VALID		(1ULL << 0)
#define HMM_API_WRITE		(1ULL << 1)
#define HMM_API_PRIVATE		(1ULL << 2)
#define HMM_API_ERROR		(1ULL << 3)
#define HMM_API_SPECIAL		(1ULL << 4)
#define HMM_API_NONE		(1ULL << 5)
#define HMM_API_SHIFT		12

enum hmm_api_op {
	HMM_API_MIRROR_REGISTER,	/* mirror; with: HMM_API_WITH_*; pid: whose, 0: the caller's */
	HMM_API_MIRROR_UNREGISTER,	/* mirror */
	HMM_API_RANGE_REGISTER,		/* range, mirror (or HMM_API_NULL), start to format */
	HMM_API_RANGE_UNREGISTER,	/* range */
	HMM_API_RANGE_WAIT,		/* range, timeout; result 1: true */
	HMM_API_RANGE_VALID,		/* range; result 1: true */
	HMM_API_RANGE_FAULT,		/* range, flags; with: HMM_API_MOVED.. */
	HMM_API_DMA_MAP,		/* range, flags */
	HMM_API_DMA_UNMAP,		/* range, flags: dirty */
	HMM_API_ACTION,			/* mirror; flags: what its callbacks do, HMM_API_DO_*;
					 * start, end: where HMM_API_DO_HOLD does
					 */
	HMM_API_OPS,
};

/* An index that stands for a NULL pointer. */
#define HMM_API_NULL		0xffffffffU

/* What is wrong with the arguments of a HMM_API_MIRROR_REGISTER. */
#define HMM_API_WITH_ALL	0
#define HMM_API_WITH_NO_OPS	1
#define HMM_API_WITH_NO_SYNC	2
#define HMM_API_WITH_NO_MM	3
#define HMM_API_WITHS		4

/* What is wrong with a range when HMM_API_RANGE_FAULT or HMM_API_DMA_MAP is called. */
#define HMM_API_MOVED_START	1
#define HMM_API_MOVED_END	2
#define HMM_API_NO_PFNS		3
#define HMM_API_NO_FLAGS	4
#define HMM_API_NO_VALUES	5

/* Formats of a range's entries. */
#define HMM_API_FORMAT_PLAIN	0
#define HMM_API_FORMAT_ZERO	1	/* none is 0, no private memory */
#define HMM_API_FORMAT_ALIKE	2	/* flags and values that cannot be told apart */
#define HMM_API_FORMATS		3

/* What the callbacks of a mirror do besides counting. */
#define HMM_API_DO_REFUSE	(1U << 0)	/* sync returns -EAGAIN if it may not block */
#define HMM_API_DO_REFUSE_ALL	(1U << 1)	/* sync returns -EAGAIN always */
#define HMM_API_DO_SLEEP	(1U << 2)	/* sync takes a while */
#define HMM_API_DO_FAULT	(1U << 3)	/* both call hmm_range_fault() */
#define HMM_API_DO_WAIT		(1U << 4)	/* both call hmm_range_wait_until_valid() */
#define HMM_API_DO_RANGE	(1U << 5)	/* both register a range and unregister it */
#define HMM_API_DO_DMA_UNMAP	(1U << 6)	/* sync unmaps for DMA what is hit */
#define HMM_API_DO_UNREGISTER	(1U << 7)	/* sync unregisters its mirror */
#define HMM_API_DO_HOLD		(1U << 8)	/* sync sleeps until HMM_API_ACTION changes this */
#define HMM_API_DO_ALL		((1U << 9) - 1)

/* What the module itself found wrong about an answer: &hmm_api_call.wrong. */
#define HMM_API_WRONG_GUARD	(1U << 0)	/* wrote behind the array */
#define HMM_API_WRONG_VALID	(1U << 1)	/* failed, and the range is valid */
#define HMM_API_WRONG_COUNT	(1U << 2)	/* success is not the number of pages */
#define HMM_API_WRONG_NONE	(1U << 3)	/* failed, and there are entries */
#define HMM_API_WRONG_REQUEST	(1U << 4)	/* the requests are not back */
#define HMM_API_WRONG_TOUCHED	(1U << 5)	/* the call was wrong, yet something was written */
#define HMM_API_WRONG_ENTRY	(1U << 6)	/* an entry that means nothing */
#define HMM_API_WRONG_DADDR	(1U << 7)	/* a bus address without a mapping, or the reverse */
#define HMM_API_WRONG_CODE	(1U << 8)	/* an error that is not documented */
#define HMM_API_WRONG_INSIDE	(1U << 9)	/* an answer inside a callback, or its order */
#define HMM_API_WRONG_WANTED	(1U << 10)	/* success without a page that was wanted */
#define HMM_API_WRONG_LOCK	(1U << 11)	/* the mmap lock was dropped, and that was not said */
#define HMM_API_WRONGS		12

/* Failures that can be injected; all but _KERNEL only in the build for it. */
enum hmm_api_failure {
	HMM_FAIL_NONE,
	HMM_FAIL_KERNEL,	/* the kernel's own failslab and fail_page_alloc */
	HMM_FAIL_ALLOC,		/* kzalloc(), kvmalloc(), alloc_workqueue() */
	HMM_FAIL_NOTIFIER_NOMEM,
	HMM_FAIL_NOTIFIER_INTR,
	HMM_FAIL_MMGET,		/* the address space has no users any more */
	HMM_FAIL_UNSTABLE,	/* the OOM reaper was there */
	HMM_FAIL_FAULT_OOM,	/* handle_mm_fault() returns ... */
	HMM_FAIL_FAULT_SIGBUS,
	HMM_FAIL_FAULT_SIGSEGV,
	HMM_FAIL_FAULT_HWPOISON,
	HMM_FAIL_FAULT_HWPOISON_LARGE,
	HMM_FAIL_FAULT_RETRY,	/* the lock dropped, nothing done */
	HMM_FAIL_FAULT_COMPLETED,	/* the lock dropped, all done */
	HMM_FAIL_FAULT_NOTHING,	/* success without a page */
	HMM_FAIL_FAULT_MAJOR,	/* done, with flags that are no error */
	HMM_FAIL_FATAL,		/* fatal_signal_pending() */
	HMM_FAIL_FIND_VMA,	/* no mapping any more */
	HMM_FAIL_DMA_MAP,
	HMM_FAIL_DMA_COPY,	/* the device would work on a copy */
	HMM_FAIL_DMA_INCOHERENT,
	HMM_FAILURES,
};

/**
 * struct hmm_api_call - one call
 * @op: &enum hmm_api_op
 * @mirror: slot
 * @range: slot
 * @flags: see @op
 * @with: see @op
 * @start: of a range
 * @end: of a range
 * @default_flags: of a range
 * @pfn_flags_mask: of a range
 * @pfn_shift: of a range
 * @format: of a range
 * @pid: whose address space
 * @timeout: milliseconds
 * @entries: user address of a u64 a page: requests in, entries out; 0: none, and
 *           the requests are what @request says
 * @request: every page's
 * @failure: &enum hmm_api_failure
 * @nth: which chance to fail is taken, from 1
 * @always: all after it too
 * @signals: 1: SIGKILL is pending when the call is made; 2: SIGUSR1
 * @result: out: what the call returned
 * @wrong: out: HMM_API_WRONG_*
 * @injected: out: failures that were injected
 * @locked: out: the mmap lock is still held by somebody
 */
struct hmm_api_call {
	__u32	op;
	__u32	mirror;
	__u32	range;
	__u32	flags;
	__u32	with;
	__u32	pfn_shift;
	__u64	start;
	__u64	end;
	__u64	default_flags;
	__u64	pfn_flags_mask;
	__u32	format;
	__u32	pid;
	__u64	timeout;
	__u64	entries;
	__u64	request;
	__u32	failure;
	__u32	nth;
	__u32	always;
	__u32	signals;
	__s64	result;
	__u32	wrong;
	__u32	injected;
	__u32	locked;
	__u32	pad;
};

/**
 * struct hmm_api_state - what can be counted
 * @mm_users: of the caller's address space
 * @mm_count: of the caller's address space
 * @mirror: in: slot
 * @range: in: slot
 * @syncs: of the mirror
 * @releases: of the mirror
 * @inside: tasks in callbacks of any mirror
 * @last: what the last call for the range slot returned, also one that was killed;
 *        -EINPROGRESS: it has not returned
 * @wrong: what callbacks found wrong so far, of all mirrors
 * @can: bit of each &enum hmm_api_failure that this build and kernel can inject
 * @outstanding: things held by the core (build for fault injection only)
 * @underflows: things given back that were not held
 * @sites: places in the core at which something could fail so far
 * @failed_sites: at which something was made to fail
 * @what: one of @outstanding, else the sites that did not fail so far
 */
struct hmm_api_state {
	__u64	mm_users;
	__u64	mm_count;
	__u32	mirror;
	__u32	range;
	__u64	syncs;
	__u64	releases;
	__s64	last;
	__u32	inside;
	__u32	wrong;
	__u32	can;
	__u32	outstanding;
	__u32	underflows;
	__u32	sites;
	__u32	failed_sites;
	__u32	pad;
	char	what[128];
};

#define HMM_API_CALL	_IOWR('H', 0x60, struct hmm_api_call)
#define HMM_API_STATE	_IOWR('H', 0x61, struct hmm_api_state)

#endif
