/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What the scenarios of liveness share, beyond the harness of tests/scenarios.
 */
#ifndef LIVE_COMMON_H
#define LIVE_COMMON_H

#include <sys/ioctl.h>

#include "harness.h"
#include "live.h"

/* A call of the module that must be possible; its own answer is in the struct. */
#define CALL(fd, cmd, ...)						\
	({								\
		struct live_call call_ = { __VA_ARGS__ };		\
									\
		MUST(ioctl(fd, cmd, &call_));				\
		call_;							\
	})
#define AT(p, n)	.addr = (uintptr_t)(p), .npages = (n)

int live_open(void);			/* the device, with a mirror of this process */
struct live_stats live_stats(int fd);

/* One line of debugfs' list of address spaces. */
struct row {
	long pid;
	unsigned long ranges, invalidations, running;
	long faults, retries;
	bool released;
};

#define DEBUGFS	"/sys/kernel/debug/hmm_backport/"

unsigned int rows_of(long pid, struct row *row);	/* how many; the last of them */
struct row row_of(long pid);				/* the only one; pid 0: this process */

/* For the last line of all. */
void figure(const char *fmt, ...) __attribute__((format(printf, 1, 2)));

static inline bool is_set(bool *flag)
{
	return __atomic_load_n(flag, __ATOMIC_SEQ_CST);
}

static inline void set(bool *flag, bool to)
{
	__atomic_store_n(flag, to, __ATOMIC_SEQ_CST);
}

/* Threads that invalidate memory of their own, without end. */
struct storm;
struct storm *storm_start(int fd, unsigned int threads, unsigned int slow_tenths);
uint64_t storm_count(struct storm *storm);
void storm_stop(struct storm *storm);

/* Pages that have to be copied before they can be written. */
char *map_zero_pages(size_t npages);
void make_zero_pages(char *p, size_t npages);

#endif
