// SPDX-License-Identifier: GPL-2.0-only
/*
 * In the guest: memory of several kinds, added up by the usersum driver and here.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include "usersum.h"

static int tests, failures;

static void result(int good, const char *what)
{
	if (!good)
		failures++;
	printf("%sok %d - %s\n", good ? "" : "not ", ++tests, what);
}

static int ask(int fd, const void *addr, unsigned long len, unsigned long long *sum)
{
	struct usersum args = { .addr = (unsigned long)addr, .len = len };

	if (ioctl(fd, USERSUM, &args))
		return -errno;
	*sum = args.sum;

	return 0;
}

static int same(int fd, const unsigned char *mem, unsigned long len)
{
	unsigned long long sum = 0, theirs = 0;
	unsigned long i;

	for (i = 0; i < len; i++)
		sum += mem[i];
	if (ask(fd, mem, len, &theirs) || theirs != sum) {
		printf("# %llu, not %llu\n", theirs, sum);
		return 0;
	}

	return 1;
}

static void fill(unsigned char *mem, unsigned long len, unsigned int seed)
{
	while (len--)
		*mem++ = (seed = seed * 1103515245 + 12345) >> 16;
}

int main(void)
{
	unsigned long page = sysconf(_SC_PAGESIZE), len = 64 * page;
	unsigned char *mem = mmap(NULL, len, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	int fd = open("/dev/usersum", O_RDWR), status, round, good;
	unsigned long long sum;
	FILE *file;

	if (fd < 0 || mem == MAP_FAILED) {
		printf("Bail out! /dev/usersum: %s\n", strerror(errno));
		return 1;
	}
	result(same(fd, mem, len), "memory that nobody has touched");
	fill(mem, len, 1);
	result(same(fd, mem, len), "memory with something in it");
	result(same(fd, mem + 3, 2 * page - 5), "from the middle of a page to the middle of another");
	result(same(fd, mem, 0), "none at all");

	for (round = 0, good = 1; round < 50; round++) {
		madvise(mem, len, MADV_DONTNEED);
		fill(mem, 8 * page, round);
		good &= same(fd, mem, 16 * page);
	}
	result(good, "pages that are replaced, 50 times");

	if (!fork()) {
		mem[0]++;
		_exit(ask(fd, mem, page, &sum) ? 1 : 0);
	}
	fill(mem, len, 2);
	wait(&status);
	result(same(fd, mem, len), "pages that were copied because of a child");
	/* The mirror is its opener's; without one the caller's memory is read. */
	printf("# a child that got the file: %s\n", status ? "refused" : "may use it");

	file = tmpfile();
	ftruncate(fileno(file), len);
	mem = mmap(NULL, len, PROT_READ | PROT_WRITE, MAP_SHARED, fileno(file), 0);
	fill(mem, len, 3);
	result(same(fd, mem, len), "a file");
	munmap(mem, len);
	result(ask(fd, mem, page, &sum) == -EFAULT, "nothing there: EFAULT");
	result(ask(fd, (void *)-page, 2 * page, &sum) == -EINVAL, "beyond the end: EINVAL");
	printf("1..%d\n", tests);

	return failures ? 1 : 0;
}
