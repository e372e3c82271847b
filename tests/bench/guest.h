/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The benchmark's program in the guest.
 */
#ifndef BENCH_GUEST_H
#define BENCH_GUEST_H

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

#include "bench.h"

#define PAGE	4096UL
#define HUGE	(2UL << 20)

/* Ends the program: a benchmark that did not measure what it says is none. */
#define die(...)	do { fprintf(stderr, __VA_ARGS__); fputc('\n', stderr); exit(1); } while (0)

/**
 * struct memory - what is walked
 * @p: first page
 * @npages: pages
 * @wants: what is wanted of each, or NULL
 * @whole: the mapping
 * @bytes: its size
 * @child: has it too, or 0
 * @child_waits: for this to be closed
 * @hugetlb: it has taken huge pages from the pool
 */
struct memory {
	char *p;
	size_t npages;
	uint8_t *wants;
	char *whole;
	size_t bytes;
	pid_t child;
	int child_waits;
	bool hugetlb;
};

/* memory.c: false if this kernel or machine has no such memory. */
typedef bool (*memory_maker)(struct memory *m, size_t npages);
bool memory_4k(struct memory *m, size_t npages);
bool memory_4k_mixed(struct memory *m, size_t npages);
bool memory_thp(struct memory *m, size_t npages);
bool memory_hugetlb(struct memory *m, size_t npages);
bool memory_hole(struct memory *m, size_t npages);
bool memory_mixed(struct memory *m, size_t npages);
bool memory_swapped(struct memory *m, size_t npages);
bool memory_vmas(struct memory *m, size_t npages, size_t nvmas);
bool memory_cow(struct memory *m, size_t npages);
void memory_want(struct memory *m, uint8_t want);
void memory_drop(struct memory *m);

/* walks.c */
void walks(int device, const char *only, bool quick);

/* invalidations.c */
void invalidations(const char *only, bool quick);

/* guest.c */
bool is_asked_for(const char *workload, const char *only);

#endif
