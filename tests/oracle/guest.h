/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The guest's program: space.c builds an address space from a seed, judge.c
 * compares what is said of it, main.c counts.
 */
#ifndef ORACLE_GUEST_H
#define ORACLE_GUEST_H

#include <errno.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/types.h>
#include <unistd.h>

#include "oracle_uapi.h"

#define PAGE		4096UL
#define HUGE		(2UL << 20)
#define WINDOW_MOST	8192UL		/* pages of a window */

/* Random numbers that repeat: xorshift64*. */
struct rng {
	uint64_t state;
};

uint64_t rng_next(struct rng *r);
uint64_t rng_mix(uint64_t a, uint64_t b);

static inline uint64_t below(struct rng *r, uint64_t n)
{
	return rng_next(r) % n;
}

static inline bool chance(struct rng *r, unsigned int percent)
{
	return below(r, 100) < percent;
}

/* What /proc/self/smaps says of a mapping. */
struct vma {
	uint64_t start, end;
	bool read, write, refused, mixed, secret, hugetlb, userfault;
};

/**
 * struct space - an address space that was built
 * @base: its first address
 * @npages: its size
 * @twin: first address of a second one like it, or 0
 * @seed: what it was built from
 * @number: which it is of a run
 * @vmas: mappings of the process in order
 * @nvmas: their number
 * @r: for what comes after the building
 */
struct space {
	uint64_t base, npages, twin;
	uint64_t seed;
	unsigned int number;
	struct vma *vmas;
	size_t nvmas;
	struct rng r;
};

/* Some are not random: */
#define SPACE_SELF	(~0U)	/* the process itself: its text, stack, vdso and all else */
#define SPACE_GIGANTIC	(~1U)	/* a huge page of the next size, if the machine has one */
#define SPACE_TABLES	(~2U)	/* hugetlb whose tables two processes share */

void space_prepare(bool numa);			/* once a run: swap, huge pages */
void space_build(struct space *s, int device, const char *only);
void space_disturb(struct space *s);		/* change something in the middle */
void space_end(void);				/* ends the processes that share it */
void space_read_vmas(struct space *s);
const struct vma *space_vma(const struct space *s, uint64_t addr);	/* or the next */
unsigned int space_kind(const struct space *s, uint64_t addr);	/* what was built there */
const char *space_kind_name(unsigned int kind);		/* NULL: there is none */
uint64_t space_numa_hints(struct space *s, int device);

/* Counters that all processes of a run share. */
struct counters {
	uint64_t pages;			/* answers compared with each other */
	uint64_t pagemap;		/* and with /proc/self/pagemap */
	uint64_t windows, failed_windows, spaces, twins, unlike, unsettled;
	uint64_t vain;			/* waits for NUMA hints that did not come */
	uint64_t valid, writable, none, error, huge;
	uint64_t differences;
	uint64_t intended[16];
	uint64_t kinds[48];		/* pages of each kind */
};

extern struct counters *counters;
extern bool verbose;
extern const char *planted;
extern bool alone;		/* the kernel has no answer of its own */	/* the fault that must be noticed; one difference is enough */
extern uint64_t run_seed;

/* judge.c */
void judge_space(struct space *s, int device, uint64_t budget);
unsigned int judge_intended(const char **names, const char **reasons);

void note(const char *fmt, ...) __attribute__((format(printf, 1, 2)));
int pagemap_fd(void);

#endif
