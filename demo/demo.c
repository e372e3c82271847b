// SPDX-License-Identifier: GPL-2.0-only
/*
 * Shows in a guest what mirroring is: maps memory of many kinds, lets the vgpu
 * device work on the same bytes, changes the mappings under the device, and
 * says what it saw.  What the device holds is compared with /proc/self/pagemap
 * and with the bytes the CPU sees, never with the driver's own opinion.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include "vgpu_uapi.h"

#define PAGE	4096UL
#define HUGE	(2UL << 20)

#ifndef MADV_PAGEOUT
#define MADV_PAGEOUT 21
#endif

static int dev = -1, pagemap = -1;
static int wrong;
static size_t all_pages, all_bytes;
static unsigned long long all_invalidations, all_refused;

static void die(const char *what)
{
	printf("the demo cannot go on: %s: %s\n", what, strerror(errno));
	exit(1);
}

/* Something is not as it should be: said at once, and in the end by the status. */
static void bad(const char *fmt, ...) __attribute__((format(printf, 1, 2)));
static void bad(const char *fmt, ...)
{
	va_list args;

	va_start(args, fmt);
	printf("  WRONG: ");
	vprintf(fmt, args);
	printf("\n");
	va_end(args);
	wrong++;
}

/* What the kernel itself says is behind an address; 0: no frame. */
static uint64_t frame_of(const void *addr)
{
	uint64_t entry = 0;

	if (pread(pagemap, &entry, sizeof(entry), (uintptr_t)addr / PAGE * sizeof(entry)) !=
	    sizeof(entry))
		die("/proc/self/pagemap");
	return entry >> 63 ? entry & ((1ULL << 55) - 1) : 0;
}

static bool swapped(const void *addr)
{
	uint64_t entry = 0;

	if (pread(pagemap, &entry, sizeof(entry), (uintptr_t)addr / PAGE * sizeof(entry)) !=
	    sizeof(entry))
		die("/proc/self/pagemap");
	return entry >> 62 & 1;
}

static struct vgpu_stats stats(void)
{
	struct vgpu_stats s;

	if (ioctl(dev, VGPU_STATS, &s))
		die("VGPU_STATS");
	return s;
}

/* The bytes that page number i has in round n. */
static void fill(unsigned char *p, size_t i, unsigned int n)
{
	for (size_t k = 0; k < PAGE; k++)
		p[k] = (unsigned char)(k * 7 + i * 13 + n * 101 + 1);
}

static void fill_pages(unsigned char *p, size_t n, unsigned int round)
{
	for (size_t i = 0; i < n; i++)
		fill(p + i * PAGE, i, round);
}

static long fault(void *addr, size_t n, uint64_t *entries, unsigned int flags)
{
	struct vgpu_svm svm = {
		.start = (uintptr_t)addr,
		.end = (uintptr_t)addr + n * PAGE,
		.entries = (uintptr_t)entries,
		.flags = flags,
	};

	if (ioctl(dev, VGPU_SVM_FAULT, &svm))
		die("VGPU_SVM_FAULT");
	return svm.result;
}

/* Bytes that the device copied before it met a page it has no entry for. */
static size_t copy(void *addr, size_t len, void *buf, unsigned int flags)
{
	struct vgpu_copy args = {
		.addr = (uintptr_t)addr,
		.len = len,
		.buf = (uintptr_t)buf,
		.flags = flags,
	};

	if (ioctl(dev, VGPU_COPY, &args))
		die("VGPU_COPY");
	return args.done;
}

static void *map(size_t len, int prot, int flags, int fd)
{
	void *p = mmap(NULL, len, prot, flags, fd, 0);

	if (p == MAP_FAILED)
		die("mmap");
	return p;
}

static int file_with(size_t pages)
{
	int fd = open("/demo.data", O_RDWR | O_CREAT | O_TRUNC, 0600);
	unsigned char page[PAGE];

	if (fd < 0)
		die("/demo.data");
	for (size_t i = 0; i < pages; i++) {
		fill(page, i, 0);
		if (write(fd, page, PAGE) != (ssize_t)PAGE)
			die("/demo.data");
	}
	return fd;
}

/*
 * The device is to have these pages: every entry is the frame that the CPU's
 * page table has; the device reads what the CPU reads; and the CPU reads what
 * the device wrote.
 */
static void mirror(const char *kind, unsigned char *p, size_t n, bool writable)
{
	uint64_t *entries = calloc(n, sizeof(*entries));
	unsigned char *buf = malloc(n * PAGE);
	size_t there = 0, swap = 0, agree = 0, bytes = 0, wrote = 0;
	long ret;

	if (!entries || !buf)
		die("memory");
	for (size_t i = 0; i < n; i++) {
		there += frame_of(p + i * PAGE) != 0;
		swap += swapped(p + i * PAGE);
	}

	ret = fault(p, n, entries, VGPU_MAP | (writable ? VGPU_WRITE : 0));
	if (ret != (long)n)
		bad("%s: faulting %zu pages for the device gave %ld", kind, n, ret);
	for (size_t i = 0; i < n; i++) {
		uint64_t frame = frame_of(p + i * PAGE);

		if (frame && (entries[i] & VGPU_PTE_VALID) && entries[i] >> VGPU_PTE_SHIFT == frame &&
		    (!writable || entries[i] & VGPU_PTE_WRITE))
			agree++;
	}
	if (agree != n)
		bad("%s: %zu of %zu entries are not the CPU's frames", kind, n - agree, n);

	bytes = copy(p, n * PAGE, buf, 0);
	if (bytes != n * PAGE || memcmp(buf, p, n * PAGE))
		bad("%s: the device read something else than the CPU", kind);
	if (writable) {
		fill_pages(buf, n, 77);
		wrote = copy(p, n * PAGE, buf, VGPU_WRITE);
		if (wrote != n * PAGE || memcmp(buf, p, n * PAGE))
			bad("%s: the CPU reads something else than the device wrote", kind);
	}
	printf("  %-28s %6zu %9zu %8zu %9zu %9zu KiB %9zu KiB\n", kind, n, there, swap, agree,
	       bytes / 1024, wrote / 1024);
	all_pages += n;
	all_bytes += bytes + wrote;
	free(entries);
	free(buf);
}

static void all_kinds(void)
{
	size_t n = 256;
	unsigned char *p, *q;
	int fd, sum = 0;

	printf("\nMemory of the process, and the device's view of it\n\n");
	printf("  %-28s %6s %9s %8s %9s %13s %13s\n", "kind", "pages", "present", "swapped",
	       "same", "read by", "written by");
	printf("  %-28s %6s %9s %8s %9s %13s %13s\n", "", "", "before", "before", "frame",
	       "the device", "the device");

	p = map(n * PAGE, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1);
	madvise(p, n * PAGE, MADV_NOHUGEPAGE);
	fill_pages(p, n, 1);
	mirror("anonymous, 4 KiB", p, n, true);

	q = map(2 * HUGE, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1);
	q = (unsigned char *)(((uintptr_t)q + HUGE - 1) & ~(HUGE - 1));
	madvise(q, HUGE, MADV_HUGEPAGE);
	fill_pages(q, HUGE / PAGE, 2);
	for (size_t i = 0; i < HUGE / PAGE; i++)
		sum += frame_of(q + i * PAGE) == frame_of(q) + i;
	mirror(sum == HUGE / PAGE && !(frame_of(q) % (HUGE / PAGE)) ?
	       "a transparent huge page" : "(no huge page to be had)", q, HUGE / PAGE, true);

	fd = file_with(n);
	p = map(n * PAGE, PROT_READ | PROT_WRITE, MAP_SHARED, fd);
	mirror("a file, shared", p, n, true);
	q = malloc(n * PAGE);
	if (!q || pread(fd, q, n * PAGE, 0) != (ssize_t)(n * PAGE) || memcmp(p, q, n * PAGE))
		bad("what the device wrote is not in the file");
	free(q);
	p = map(n * PAGE, PROT_READ | PROT_WRITE, MAP_PRIVATE, fd);
	mirror("a file, private (copied)", p, n, true);
	p = map(n * PAGE, PROT_READ, MAP_SHARED, fd);
	mirror("a file, read-only", p, n, false);
	close(fd);

	p = map(n * PAGE, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1);
	madvise(p, n * PAGE, MADV_NOHUGEPAGE);
	mirror("never touched before", p, n, true);

	p = map(n * PAGE, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1);
	madvise(p, n * PAGE, MADV_NOHUGEPAGE);
	for (size_t i = 0; i < n; i++)
		sum += *(volatile unsigned char *)(p + i * PAGE);
	mirror("the zero page, read", p, n, false);
	mirror("the zero page, then written", p, n, true);

	if (system("/guest-swap on > /dev/null 2>&1") == 0) {
		p = map(n * PAGE, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1);
		madvise(p, n * PAGE, MADV_NOHUGEPAGE);
		fill_pages(p, n, 3);
		for (int i = 0; i < 50 && !swapped(p + (n - 1) * PAGE); i++) {
			madvise(p, n * PAGE, MADV_PAGEOUT);
			usleep(20000);
		}
		mirror("swapped out", p, n, true);
	} else {
		printf("  %-28s (this guest has nothing to swap to)\n", "swapped out");
	}
}

/* A hole: nothing there for the device either. */
static void holes(void)
{
	size_t n = 64, none = 0;
	unsigned char *p = map(n * PAGE, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS, -1);
	uint64_t entries[64];
	char byte;
	long ret;

	munmap(p, n * PAGE);
	ret = fault(p, n, entries, VGPU_SNAPSHOT | VGPU_MAP);
	for (size_t i = 0; i < n; i++)
		none += entries[i] == 0;
	if (ret == (long)n && none != n)
		bad("a hole has %zu entries", n - none);
	if (fault(p, n, entries, VGPU_MAP) != -EFAULT)
		bad("faulting a hole for the device was not refused");
	if (copy(p, 1, &byte, 0))
		bad("the device read from a hole");
	printf("  %-28s %6zu %9d %8d %9s %13s %13s\n", "a hole", n, 0, 0, "-", "refused", "-");
}

/* Mapped by the device and watched; then something happens to it. */
static void under(const char *what, void (*change)(unsigned char *p, size_t n), bool stale)
{
	size_t n = 64, left;
	unsigned char *p = map(n * PAGE, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1);
	uint64_t entries[64];
	struct vgpu_userptr watch = {
		.addr = (uintptr_t)p,
		.npages = n,
		.entries = (uintptr_t)entries,
		.flags = VGPU_WRITE,
	};
	struct vgpu_userptr_done done = { 0 };
	struct vgpu_stats before, after;
	unsigned char *buf = malloc(n * PAGE);

	if (!buf)
		die("memory");
	madvise(p, n * PAGE, MADV_NOHUGEPAGE);
	fill_pages(p, n, 5);
	if (fault(p, n, entries, VGPU_MAP | VGPU_WRITE) != (long)n)
		bad("%s: could not map the pages", what);
	if (ioctl(dev, VGPU_USERPTR_GET, &watch) || watch.result != (long)n)
		bad("%s: could not watch the pages", what);
	if (copy(p, n * PAGE, buf, 0) != n * PAGE || memcmp(buf, p, n * PAGE))
		bad("%s: the device does not read what the CPU reads", what);

	before = stats();
	change(p, n);
	after = stats();
	left = copy(p, n * PAGE, buf, 0) / PAGE;
	done.handle = watch.handle;
	if (ioctl(dev, VGPU_USERPTR_DONE, &done))
		die("VGPU_USERPTR_DONE");

	after.invalidations -= before.invalidations;
	after.dropped -= before.dropped;
	if (stale && (!after.invalidations || after.dropped < n || left))
		bad("%s: the device goes on with %zu old pages", what, left);
	if (stale && done.valid)
		bad("%s: an old result counts as valid", what);
	if (!stale && (!done.valid || left != n))
		bad("%s: a result that is true does not count", what);
	printf("  %-28s %13llu %10llu   %-11s %s\n", what, (unsigned long long)after.invalidations,
	       (unsigned long long)after.dropped, done.valid ? "holds" : "refused",
	       left ? "goes on" : "stops");
	all_invalidations += after.invalidations;
	all_refused += !done.valid;
	free(buf);
}

static void change_nothing(unsigned char *p, size_t n)
{
}

static void change_elsewhere(unsigned char *p, size_t n)
{
	unsigned char *q = map(n * PAGE, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1);

	fill_pages(q, n, 6);
	munmap(q, n * PAGE);
}

static void change_munmap(unsigned char *p, size_t n)
{
	munmap(p, n * PAGE);
}

static void change_protect(unsigned char *p, size_t n)
{
	if (mprotect(p, n * PAGE, PROT_READ))
		die("mprotect");
}

static void change_dontneed(unsigned char *p, size_t n)
{
	if (madvise(p, n * PAGE, MADV_DONTNEED))
		die("madvise");
}

static void change_remap(unsigned char *p, size_t n)
{
	if (mremap(p, n * PAGE, n * PAGE, MREMAP_MAYMOVE | MREMAP_FIXED,
		   map(n * PAGE, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, -1)) == MAP_FAILED)
		die("mremap");
}

/*
 * The child must keep the old bytes whatever the device writes for the parent:
 * the pages were shared for a moment, and the device's next write fault copies.
 */
static void change_fork(unsigned char *p, size_t n)
{
	uint64_t entries[64];
	unsigned char *buf = malloc(n * PAGE), *want = malloc(n * PAGE);
	int go[2], status;
	pid_t child;
	char word;

	if (!buf || !want || pipe(go))
		die("fork");
	fill_pages(want, n, 5);
	child = fork();
	if (child < 0)
		die("fork");
	if (child == 0) {
		close(go[1]);
		if (read(go[0], &word, 1) != 1)
			_exit(2);
		_exit(memcmp(p, want, n * PAGE) != 0);
	}
	close(go[0]);
	if (copy(p, PAGE, buf, VGPU_WRITE))
		bad("after fork the device still writes to shared pages");
	if (fault(p, n, entries, VGPU_MAP | VGPU_WRITE) != (long)n)
		bad("after fork the pages cannot be had for writing");
	fill_pages(buf, n, 9);
	if (copy(p, n * PAGE, buf, VGPU_WRITE) != n * PAGE || memcmp(p, buf, n * PAGE))
		bad("after fork the CPU does not read what the device wrote");
	if (write(go[1], "g", 1) != 1 || waitpid(child, &status, 0) != child ||
	    !WIFEXITED(status) || WEXITSTATUS(status))
		bad("the child sees what the device wrote for its parent");
	close(go[1]);
	all_bytes += 2 * n * PAGE;
	/* What the device holds now is new; only the old result is in question. */
	madvise(p, n * PAGE, MADV_DONTNEED);
	free(buf);
	free(want);
}

int main(void)
{
	setvbuf(stdout, NULL, _IOLBF, 0);
	dev = open("/dev/vgpu", O_RDWR);
	if (dev < 0)
		die("/dev/vgpu");
	pagemap = open("/proc/self/pagemap", O_RDONLY);
	if (pagemap < 0)
		die("/proc/self/pagemap");

	all_kinds();
	holes();

	printf("\nChanges under the device, 64 pages each\n\n");
	printf("  %-28s %13s %10s   %-11s %s\n", "what the process does", "invalidations",
	       "entries", "old result", "device");
	printf("  %-28s %13s %10s\n", "", "seen", "dropped");
	under("nothing", change_nothing, false);
	under("munmap of other memory", change_elsewhere, false);
	under("munmap", change_munmap, true);
	under("mprotect to read-only", change_protect, true);
	under("madvise(MADV_DONTNEED)", change_dontneed, true);
	under("mremap", change_remap, true);
	under("fork, then copy on write", change_fork, true);
	printf("  (fork takes the right to write from all memory of the process)\n");

	printf("\nSum: %zu pages mirrored, %zu KiB compared with the CPU's view, %llu invalidations,\n     %llu old results refused, %d wrong\n",
	       all_pages, all_bytes / 1024, all_invalidations, all_refused, wrong);
	return wrong ? 1 : 0;
}
