/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Between the module's files, of which only one sees the kernel's <linux/hmm.h>.
 */
#ifndef BENCH_WALK_H
#define BENCH_WALK_H

#include <linux/timekeeping.h>
#include <linux/types.h>
#include "bench.h"

struct mm_struct;

/**
 * struct bench_call - a walk that is measured
 * @mm: the caller's address space
 * @start: first address
 * @npages: size
 * @want: of every page
 * @wants: of each page, or NULL
 * @entries: room for a word a page: where results go
 * @spare: as much: what the floor reads
 * @valid: pages found
 * @took: instructions
 */
struct bench_call {
	struct mm_struct	*mm;
	unsigned long		start;
	unsigned long		npages;
	unsigned int		want;
	const u8		*wants;
	u64			*entries;
	u64			*spare;
	unsigned long		valid;
	u64			took;
};

/*
 * The guest's clock: with QEMU's -icount shift=0 a nanosecond is an instruction. What
 * the clock itself takes is subtracted by who asks.
 */
static inline u64 bench_now(void)
{
	return ktime_get_ns();
}

static inline unsigned int bench_want(const struct bench_call *call, unsigned long i)
{
	return call->wants ? call->wants[i] : call->want;
}

/* Each begins, calls and counts what it found; a negative error or 0. */
int ours_walk(struct bench_call *call);
int native_walk(struct bench_call *call);
int gup_fast_walk(struct bench_call *call);
int floor_walk(struct bench_call *call);
int handle_walk(struct bench_call *call);

/* handle_walk() while somebody watches. */
int ours_handle(struct bench_call *call);
int native_handle(struct bench_call *call);

#endif
