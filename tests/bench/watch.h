/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Watching a part of an address space in many ranges: by hmm-backport (ranges.c) and by the
 * kernel's own interval notifiers (native-ranges.c). watch.c works them both the same way.
 */
#ifndef BENCH_WATCH_H
#define BENCH_WATCH_H

#include <linux/types.h>

/**
 * struct watch_ops - one of the two
 * @alloc: memory for @count ranges, so that the rest allocates nothing of the benchmark's
 * @begin: what comes before the first range of the calling process
 * @add: register range @i
 * @remove: unregister it
 * @free: after all ranges were removed: end what @begin began, free
 * @range_bytes: the structure that a driver keeps for a range
 * @mirror_bytes: for an address space
 */
struct watch_ops {
	void *(*alloc)(unsigned int count);
	int (*begin)(void *watch);
	int (*add)(void *watch, unsigned int i, unsigned long start, unsigned long bytes);
	void (*remove)(void *watch, unsigned int i);
	void (*free)(void *watch);
	size_t range_bytes;
	size_t mirror_bytes;
};

extern const struct watch_ops our_ranges;
/* NULL where the kernel has none. */
extern const struct watch_ops *const native_ranges;

struct watch;
long watch_ioctl(struct watch **watch, unsigned int command, unsigned long arg);
void watch_end(struct watch *watch);

#endif
