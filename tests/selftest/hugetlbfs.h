/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What older hmm-tests use of libhugetlbfs, for huge pages of the default size.
 */
#ifndef SELFTEST_HUGETLBFS_H
#define SELFTEST_HUGETLBFS_H

#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>

#define GHR_STRICT 0

static size_t selftest_huge_length;

static inline int gethugepagesizes(long sizes[], int n)
{
	char line[128];
	FILE *file = fopen("/proc/meminfo", "r");
	long kb = 0;

	if (!file)
		return -1;
	while (fgets(line, sizeof(line), file))
		if (sscanf(line, "Hugepagesize: %ld kB", &kb) == 1)
			break;
	fclose(file);
	if (!kb || n < 1)
		return 0;
	sizes[0] = kb * 1024;
	return 1;
}

static inline void *get_hugepage_region(size_t length, int flags)
{
	void *ptr = mmap(NULL, length, PROT_READ | PROT_WRITE,
			 MAP_PRIVATE | MAP_ANONYMOUS | MAP_HUGETLB, -1, 0);

	(void)flags;
	selftest_huge_length = length;
	return ptr == MAP_FAILED ? NULL : ptr;
}

static inline void free_hugepage_region(void *ptr)
{
	if (ptr)
		munmap(ptr, selftest_huge_length);
}

#endif
