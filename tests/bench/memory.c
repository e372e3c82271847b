// SPDX-License-Identifier: GPL-2.0-only
/*
 * Memory of every kind, the same each time.
 */
#include <fcntl.h>
#include <sys/prctl.h>
#include <sys/wait.h>

#include "guest.h"

#ifndef MADV_PAGEOUT
#define MADV_PAGEOUT	21
#endif

/* So that what is at one end of the window is in a table of its own. */
static void map(struct memory *m, size_t npages, int flags)
{
	memset(m, 0, sizeof(*m));
	m->npages = npages;
	m->bytes = (npages * PAGE + 2 * HUGE - 1) / HUGE * HUGE;
	m->whole = mmap(NULL, m->bytes, PROT_READ | PROT_WRITE,
			MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE | flags, -1, 0);
	if (m->whole == MAP_FAILED)
		die("mmap of %zu pages: %s", npages, strerror(errno));
	m->p = (char *)(((uintptr_t)m->whole + HUGE - 1) / HUGE * HUGE);
}

static void hugetlb_pool(size_t n)
{
	FILE *f = fopen("/proc/sys/vm/nr_hugepages", "we");

	if (f) {
		fprintf(f, "%zu\n", n);
		fclose(f);
	}
}

/* Shared with a child, which waits for memory_drop(): no page may be written any more. */
static void share_with_child(struct memory *m)
{
	int pipes[2];
	char c;

	if (pipe(pipes))
		die("pipe: %s", strerror(errno));
	m->child = fork();
	if (m->child < 0)
		die("fork: %s", strerror(errno));
	if (m->child == 0) {
		close(pipes[1]);
		_exit(read(pipes[0], &c, 1) != 0);
	}
	close(pipes[0]);
	m->child_waits = pipes[1];
}

static void end_child(struct memory *m)
{
	close(m->child_waits);
	if (waitpid(m->child, NULL, 0) != m->child)
		die("waitpid: %s", strerror(errno));
}

void memory_drop(struct memory *m)
{
	munmap(m->whole, m->bytes);
	free(m->wants);
	if (m->hugetlb)
		hugetlb_pool(0);
	if (m->child)
		end_child(m);
}

void memory_want(struct memory *m, uint8_t want)
{
	m->wants = malloc(m->npages);
	if (!m->wants)
		die("out of memory");
	memset(m->wants, want, m->npages);
}

static void touch(struct memory *m, size_t i)
{
	*(volatile char *)(m->p + i * PAGE) = 1;
}

static void map_written(struct memory *m, size_t npages, int advice)
{
	size_t i;

	map(m, npages, 0);
	madvise(m->whole, m->bytes, advice);
	for (i = 0; i < npages; i++)
		touch(m, i);
}

bool memory_4k(struct memory *m, size_t npages)
{
	map_written(m, npages, MADV_NOHUGEPAGE);
	return true;
}

/* A permutation of 0..n-1: i * odd + c, modulo the next power of two. */
static size_t scatter(size_t i, size_t n)
{
	size_t size = 1;

	while (size < n)
		size *= 2;
	do
		i = (i * 2654435761UL + 12345) & (size - 1);
	while (i >= n);
	return i;
}

bool memory_4k_mixed(struct memory *m, size_t npages)
{
	int fd = open("/proc/self/clear_refs", O_WRONLY);
	size_t i;

	map(m, npages, 0);
	madvise(m->whole, m->bytes, MADV_NOHUGEPAGE);
	for (i = 0; i < npages; i++)
		touch(m, scatter(i, npages));
	/* Every other page is written again: a copy then, and dirty. */
	share_with_child(m);
	for (i = 0; i < npages; i += 2)
		touch(m, i);
	/* Of a third of them accessed bits are set again. */
	if (fd < 0 || write(fd, "1", 1) != 1)
		die("/proc/self/clear_refs: %s", strerror(errno));
	close(fd);
	for (i = 0; i < npages; i += 3)
		(void)*(volatile char *)(m->p + i * PAGE);
	memory_want(m, BENCH_READ);
	for (i = 0; i < npages; i += 2)
		m->wants[i] |= BENCH_WRITE;
	return true;
}

static size_t huge_kb(const struct memory *m)
{
	FILE *f = fopen("/proc/self/smaps", "re");
	unsigned long start, end;
	size_t kb, sum = 0;
	bool here = false;
	char line[256];

	if (!f)
		die("/proc/self/smaps: %s", strerror(errno));
	while (fgets(line, sizeof(line), f)) {
		if (sscanf(line, "%lx-%lx ", &start, &end) == 2)
			here = start < (uintptr_t)m->whole + m->bytes && end > (uintptr_t)m->whole;
		else if (here && sscanf(line, "AnonHugePages: %zu kB", &kb) == 1)
			sum += kb;
	}
	fclose(f);
	return sum;
}

bool memory_thp(struct memory *m, size_t npages)
{
	map_written(m, npages, MADV_HUGEPAGE);
	return huge_kb(m) >= npages * PAGE / 1024;
}

bool memory_hugetlb(struct memory *m, size_t npages)
{
	size_t i;

	hugetlb_pool((npages * PAGE + HUGE - 1) / HUGE);
	memset(m, 0, sizeof(*m));
	m->npages = npages;
	m->hugetlb = true;
	m->bytes = (npages * PAGE + HUGE - 1) / HUGE * HUGE;
	m->whole = mmap(NULL, m->bytes, PROT_READ | PROT_WRITE,
			MAP_PRIVATE | MAP_ANONYMOUS | MAP_HUGETLB, -1, 0);
	if (m->whole == MAP_FAILED)
		return false;
	m->p = m->whole;
	for (i = 0; i < npages; i++)
		touch(m, i);
	return true;
}

bool memory_hole(struct memory *m, size_t npages)
{
	map(m, npages, 0);
	return true;
}

/*
 * In turn, 64 pages of each: written, zero pages that were only read, none, and
 * huge pages, in a mapping that may be written and one that may not.
 */
bool memory_mixed(struct memory *m, size_t npages)
{
	size_t i;

	map(m, npages, 0);
	madvise(m->whole, m->bytes, MADV_NOHUGEPAGE);
	for (i = 0; i + HUGE / PAGE <= npages; i += 2 * HUGE / PAGE)
		madvise(m->p + i * PAGE, HUGE, MADV_HUGEPAGE);
	for (i = 0; i < npages; i++) {
		if (i / 64 % 3 == 0)
			touch(m, i);
		else if (i / 64 % 3 == 1)
			(void)*(volatile char *)(m->p + i * PAGE);
	}
	for (i = 0; i + HUGE / PAGE <= npages; i += 3 * HUGE / PAGE)
		mprotect(m->p + i * PAGE, HUGE, PROT_READ);
	return true;
}

bool memory_swapped(struct memory *m, size_t npages)
{
	memory_4k(m, npages);
	if (access("/guest-swap", X_OK) || system("/guest-swap on"))
		return false;
	return madvise(m->p, npages * PAGE, MADV_PAGEOUT) == 0;
}

/* Every other mapping may be written. */
bool memory_vmas(struct memory *m, size_t npages, size_t nvmas)
{
	size_t i;

	memory_4k(m, npages);
	for (i = 1; i < nvmas; i += 2) {
		size_t first = i * npages / nvmas, end = (i + 1) * npages / nvmas;

		if (mprotect(m->p + first * PAGE, (end - first) * PAGE, PROT_READ))
			die("mprotect, mapping %zu of %zu: %s", i, nvmas, strerror(errno));
	}
	return true;
}

/* Each page is shared with a child, so that writing it copies it. */
bool memory_cow(struct memory *m, size_t npages)
{
	memory_4k(m, npages);
	share_with_child(m);
	return true;
}
