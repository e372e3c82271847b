/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * /dev/hmm_bench: how many instructions a walk over memory of the process that
 * asks costs, and watching it in many ranges, in a machine whose clock counts them.
 */
#ifndef BENCH_H
#define BENCH_H

#include <linux/ioctl.h>
#include <linux/types.h>

/**
 * enum bench_who - who walks
 * @BENCH_OURS: hmm-backport's hmm_range_fault()
 * @BENCH_NATIVE: the kernel's own
 * @BENCH_GUP_FAST: get_user_pages_fast()
 * @BENCH_FLOOR: nobody: a word a page is read from one array, written to another
 * @BENCH_HANDLE_OURS: handle_mm_fault() for each page, while hmm-backport watches
 * @BENCH_HANDLE_NATIVE: the same, while an interval notifier watches
 */
enum bench_who {
	BENCH_OURS,
	BENCH_NATIVE,
	BENCH_GUP_FAST,
	BENCH_FLOOR,
	BENCH_HANDLE_OURS,
	BENCH_HANDLE_NATIVE,
};

/* What is wanted of a page. */
#define BENCH_READ	1
#define BENCH_WRITE	2	/* and read */

/**
 * struct bench_walk - one measurement
 * @addr: first address
 * @npages: size of the window
 * @wants: address of what is wanted of each page, a byte a page; 0: @want of all
 * @want: what is wanted of every page; nothing: a snapshot
 * @who: &enum bench_who
 * @repeats: so many calls, of which the cheapest counts; more than one only if the
 *           call changes nothing
 * @instructions: of the call alone
 * @valid: pages found
 */
struct bench_walk {
	__u64 addr;
	__u64 npages;
	__u64 wants;
	__u32 want;
	__u32 who;
	__u32 repeats;
	__u32 reserved;
	__u64 instructions;
	__u64 valid;
};

#define BENCH_WALK	_IOWR('B', 1, struct bench_walk)

/**
 * struct bench_watch - ranges of the calling process that are watched
 * @start: address of the first
 * @stride: from one to the next
 * @bytes: size of each
 * @count: how many, below BENCH_WATCH_STEP
 * @native: by the kernel's interval notifiers, else by hmm-backport
 * @range_bytes: result: the structure that a driver keeps for a range
 * @mirror_bytes: result: and for an address space
 */
struct bench_watch {
	__u64 start;
	__u64 stride;
	__u64 bytes;
	__u32 count;
	__u32 native;
	__u32 range_bytes;
	__u32 mirror_bytes;
};

/* Prime: the nth range that is registered has the place nth * this % count. */
#define BENCH_WATCH_STEP	15485863U

/**
 * struct bench_watch_one - one range more, for a moment
 * @start: its address
 * @add: instructions of registering it
 * @remove: of unregistering it
 */
struct bench_watch_one {
	__u64 start;
	__u64 add;
	__u64 remove;
};

/* Of an open file, once and in this order: what is needed, the first range, the rest. */
#define BENCH_WATCH		_IOWR('B', 2, struct bench_watch)
#define BENCH_WATCH_FIRST	_IO('B', 3)
#define BENCH_WATCH_REST	_IO('B', 4)
/* Then as often as one likes. */
#define BENCH_WATCH_ONE		_IOWR('B', 5, struct bench_watch_one)

#endif
