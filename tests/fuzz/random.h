/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef HMM_FUZZ_RANDOM_H
#define HMM_FUZZ_RANDOM_H

#include <linux/types.h>
#include <stdbool.h>
#include <stddef.h>

/* What a seed leads to, the same on every machine: splitmix, of a 64-bit state. */
static inline __u64 prng(__u64 *s)
{
	__u64 z = *s += 0x9e3779b97f4a7c15ULL;

	z = (z ^ z >> 30) * 0xbf58476d1ce4e5b9ULL;
	z = (z ^ z >> 27) * 0x94d049bb133111ebULL;
	return z ^ z >> 31;
}

static inline __u64 below(__u64 *s, __u64 n)
{
	return prng(s) % n;
}

static inline bool chance(__u64 *s, unsigned int percent)
{
	return below(s, 100) < percent;
}

/* One number for all that was done so far: FNV-1a. */
static inline __u64 digest(__u64 so_far, const void *data, size_t size)
{
	const unsigned char *p = data;

	while (size--)
		so_far = (so_far ^ *p++) * 0x100000001b3ULL;
	return so_far;
}

#endif
