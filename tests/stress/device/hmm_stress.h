/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The stress test's device, as the guest's program sees it.
 *
 * Tested pages are numbered: slots.  What is true of them stands on a board that
 * the program maps (mmap of the device) and the device reads under the lock that
 * its invalidation callback takes, so that it can tell there and then whether
 * what it finds in a page can be true.
 */
#ifndef HMM_STRESS_H
#define HMM_STRESS_H

#include <linux/ioctl.h>
#include <linux/types.h>

#define HS_SLOTS	512
#define HS_DEVICES	8

/**
 * struct hs_slot - what is true of a page, and will be until the board says else
 * @lo: a generation that the page has reached
 * @hi: a generation that it has not passed
 * @flux: not 0: its content is being given up, only its identity is sure
 * @lock: the program's own
 * @dev: what each device has counted up to in it
 */
struct hs_slot {
	__u64 lo;
	__u64 hi;
	__u32 flux;
	__u32 lock;
	__u64 dev[HS_DEVICES];
	__u64 pad[5];
};

/**
 * struct hs_page - the beginning of every tested page
 * @id: HS_ID() of its slot, %HS_POISON in a frame that belongs to no slot, or 0
 * @gen: how often the program has written to it
 * @scratch: 0, or what a device wrote: HS_ID() of the slot that it meant
 * @pad: nothing
 * @dev: counted by each device
 */
struct hs_page {
	__u64 id;
	__u64 gen;
	__u64 scratch;
	__u64 pad;
	__u64 dev[HS_DEVICES];
};

#define HS_ID(slot)	(0xc0ffee1100000000ULL | (__u32)(slot))
#define HS_POISON	0xdeadbee5deadbee5ULL

#define HS_WRITE	(1U << 0)	/* ask for write access, and write */
#define HS_RETRY	(1U << 1)	/* HMM_FAULT_ALLOW_RETRY */
#define HS_SNAPSHOT	(1U << 2)	/* HMM_FAULT_SNAPSHOT */
#define HS_INSTALL	(1U << 3)	/* keep entries in the device's page table */
#define HS_HOLD		(1U << 4)	/* keep the range registered */
#define HS_DMA		(1U << 5)	/* with HS_HOLD: hmm_range_dma_map(), kept mapped */
#define HS_RAW		(1U << 6)	/* no slots: with HS_WRITE put @value + page number */
#define HS_HELD		(1U << 7)	/* HS_TOUCH: through the range that is held */
#define HS_MIXED	(1U << 8)	/* ask for each page by itself, as the bits of @value say */

/* Where HS_RAW writes in a page. */
#define HS_RAW_OFFSET	2048

/**
 * struct hs_run - fault a window, check that it is valid, use it
 * @addr: first address
 * @slot: its slot
 * @npages: pages
 * @flags: HS_*
 * @delay_us: how long to wait between fault and check
 * @value: with %HS_RAW or %HS_MIXED
 * @result: out: pages, or a negative error code
 * @used: out: pages read or written
 * @tries: out: how often it had to be done
 */
struct hs_run {
	__u64 addr;
	__u32 slot;
	__u32 npages;
	__u32 flags;
	__u32 delay_us;
	__u64 value;
	__s64 result;
	__u32 used;
	__u32 tries;
};

/**
 * struct hs_touch - use pages through what an earlier HS_RUN left
 * @slot: first slot
 * @npages: pages
 * @flags: %HS_WRITE, %HS_HELD
 * @used: out: pages that there was an entry for
 */
struct hs_touch {
	__u32 slot;
	__u32 npages;
	__u32 flags;
	__u32 used;
};

/**
 * struct hs_knobs - how the device behaves
 * @flush_us: its invalidation callback takes so long (if it may sleep)
 * @refuse: it refuses invalidations that must not block
 * @nr: its number, below %HS_DEVICES
 * @pad: nothing
 */
struct hs_knobs {
	__u32 flush_us;
	__u32 refuse;
	__u32 nr;
	__u32 pad;
};

/**
 * struct hs_stats - what it has seen
 * @reads: pages read and found right
 * @writes: pages written
 * @blurred: of @reads, those in which only the identity could be told
 * @mismatches: pages in which something stood that cannot be true
 * @invalidations: calls of the callback
 * @refused: of these, refused
 * @releases: calls of ->release
 * @installed: entries in the page table now
 * @slot: of the first mismatch, and what stood there:
 * @id: identity
 * @gen: generation
 * @count: count of this device
 * @lo: and what the board said:
 * @hi: highest generation
 * @board: count of this device
 */
struct hs_stats {
	__u64 reads;
	__u64 writes;
	__u64 blurred;
	__u64 mismatches;
	__u64 invalidations;
	__u64 refused;
	__u64 releases;
	__u64 installed;
	__u64 slot;
	__u64 id;
	__u64 gen;
	__u64 count;
	__u64 lo;
	__u64 hi;
	__u64 board;
};

#define HS_IOC_RUN	_IOWR('H', 1, struct hs_run)
#define HS_IOC_TOUCH	_IOWR('H', 2, struct hs_touch)
#define HS_IOC_KNOBS	_IOW('H', 3, struct hs_knobs)
#define HS_IOC_STATS	_IOR('H', 4, struct hs_stats)
/* Give up the held range, under the device's lock. */
#define HS_IOC_DROP	_IO('H', 5)
/* Milliseconds: hmm_range_wait_until_valid() of the held range; -ETIME if it is not. */
#define HS_IOC_BEGIN	_IOW('H', 6, __u32)
/* From now on another notifier refuses what must not block in this address space. */
#define HS_IOC_FOREIGN	_IO('H', 7)

#endif
