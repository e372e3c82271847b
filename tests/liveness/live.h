/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What the guest's program and hmm_backport_live.ko say to each other.  An open
 * /dev/hmm_live is a mirror, once LIVE_MIRROR asks for it, of the process that opened it.
 */
#ifndef LIVE_H
#define LIVE_H

#include <linux/ioctl.h>
#include <linux/types.h>

/**
 * struct live_call - one call
 * @addr: first address of a window
 * @npages: its pages
 * @flags: LIVE_* below
 * @ms: a timeout
 * @ret: what the function that was called said
 * @ns: how long that one function took
 * @also: a second answer
 */
struct live_call {
	__u64	addr;
	__u64	npages;
	__u32	flags;
	__u32	ms;
	__s64	ret;
	__u64	ns;
	__s64	also;
};

/**
 * struct live_stats - what the mirror heard
 * @syncs: invalidations
 * @releases: of these there may be one
 * @late: calls that began or ended after hmm_mirror_unregister() had returned: 0
 * @held: callbacks that LIVE_HOLD holds now
 * @refused: what the foreign notifier refused
 * @last: what the last LIVE_FAULT or LIVE_WAIT said, for one whose caller was killed
 * @last_ns: how long it took
 * @ranges: that LIVE_RANGES registered
 */
struct live_stats {
	__u64	syncs;
	__u64	releases;
	__u64	late;
	__u64	held;
	__u64	refused;
	__s64	last;
	__u64	last_ns;
	__u64	ranges;
};

#define LIVE_WRITE	1	/* LIVE_FAULT: pages that can be written */
#define LIVE_SNAPSHOT	2	/* LIVE_FAULT: with HMM_FAULT_SNAPSHOT */
#define LIVE_HOOKED	4	/* LIVE_FAULT: see LIVE_HOOK */
#define LIVE_ON		8	/* LIVE_MIRROR, LIVE_FOREIGN, LIVE_HOLD: begin, else end */
#define LIVE_HARD	16	/* LIVE_HOLD: a kill does not end it */
#define LIVE_AND_FAULT	32	/* LIVE_WAIT: then hmm_range_fault(): @also */
#define LIVE_INSIDE	64	/* LIVE_MIRROR: end it from inside the next callback */
#define LIVE_OLD	1024	/* LIVE_WAIT: for the first range of LIVE_RANGES, not a new one */
/* Wrong on purpose: */
#define LIVE_LOCKED	128	/* LIVE_WAIT, LIVE_MIRROR to end: under the callback's lock */
#define LIVE_UNLOCKED	256	/* LIVE_FAULT: without the mmap lock */
#define LIVE_ATOMIC	512	/* LIVE_RANGES: where nothing may sleep */

/* hmm_mirror_register(), hmm_mirror_unregister() */
#define LIVE_MIRROR	_IOWR('L', 1, struct live_call)
/* Register a window, one hmm_range_fault(), unregister. */
#define LIVE_FAULT	_IOWR('L', 2, struct live_call)
/* Register a window, one hmm_range_wait_until_valid(), unregister; @also: its ms in ticks. */
#define LIVE_WAIT	_IOWR('L', 3, struct live_call)
/* Watch a window through the kernel's own mmu_interval_notifier; npages 0: no more. */
#define LIVE_KWATCH	_IOWR('L', 4, struct live_call)
/* One mmu_interval_read_begin() of it. */
#define LIVE_KWAIT	_IOWR('L', 5, struct live_call)
/* Callbacks in a window sleep for @ms tenths of a millisecond. */
#define LIVE_SLOW	_IOWR('L', 6, struct live_call)
/* Callbacks in a window do not return before this is ended. */
#define LIVE_HOLD	_IOWR('L', 7, struct live_call)
/*
 * Each callback that a LIVE_FAULT with LIVE_HOOKED causes itself waits until another
 * thread has heard of it through LIVE_NEXT, which returns its address, and said LIVE_DONE.
 * LIVE_NEXT gives -1 once that fault has returned; with LIVE_ON it forgets the last one.
 */
#define LIVE_NEXT	_IOWR('L', 8, struct live_call)
#define LIVE_DONE	_IO('L', 9)
#define LIVE_STATS	_IOR('L', 10, struct live_stats)
/* Register npages windows of one page each from addr on; npages 0: unregister them. */
#define LIVE_RANGES	_IOWR('L', 11, struct live_call)
/* A plain notifier of the kernel's that refuses each invalidation that must not block. */
#define LIVE_FOREIGN	_IOWR('L', 12, struct live_call)

#endif
