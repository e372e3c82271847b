// SPDX-License-Identifier: GPL-2.0-only
/*
 * Swapped out memory.
 */
#include <sched.h>
#include <signal.h>

#include "harness.h"

#define N 16
/* What the kernel itself needs, page tables for one. */
#define SPARE (48UL << 20)

static struct peer squeezer;

/* When told so, uses up all memory and most of the swap, until it is killed. */
static void squeeze(int sock, void *unused)
{
	char line[128], *p;
	size_t kb, bytes = 0, i;
	FILE *f;

	(void)unused;
	hear(sock);
	f = fopen("/proc/meminfo", "re");
	CHECK(f, "/proc/meminfo: %s", strerror(errno));
	while (fgets(line, sizeof(line), f))
		if (sscanf(line, "MemAvailable: %zu", &kb) == 1 ||
		    sscanf(line, "SwapFree: %zu", &kb) == 1)
			bytes += kb * 1024;
	fclose(f);
	CHECK(bytes > SPARE, "no memory to use up");
	bytes -= SPARE;

	/* Should it be too much all the same, then this process is the one to go. */
	write_text("/proc/self/oom_score_adj", "1000");
	thp_allow(true);
	p = mmap(NULL, bytes, PROT_READ | PROT_WRITE,
		 MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
	CHECK(p != MAP_FAILED, "mmap of %zu MB: %s", bytes >> 20, strerror(errno));
	for (i = 0; i < bytes; i += PAGE)
		p[i] = 1;
	hear(sock);
}

static size_t not_swapped(const char *p, size_t n)
{
	size_t i, left = 0;

	for (i = 0; i < n; i++)
		left += !frame_of(0, p + i * PAGE).swapped;
	return left;
}

static bool swap_is_on(void)
{
	char buf[512] = "";

	if (!read_text("/proc/swaps", buf, sizeof(buf)))
		skip("this kernel has no swap");
	/* One line of headings, then one for each swap area. */
	return strchr(buf, '\n') && strchr(buf, '\n')[1];
}

/*
 * The VM rig knows what this kernel can swap to.  Before 5.4 nobody can name the pages
 * to swap out, so there everyone's get in demand; by a process that was forked before
 * any page of the scenario was mapped.
 */
static void need_swap(void)
{
	if (!swap_is_on() && (access("/guest-swap", X_OK) || system("/guest-swap on") != 0))
		skip("no swap, and /guest-swap on does not give any");
	if (madvise(map_anon(1), PAGE, MADV_PAGEOUT) && errno == EINVAL)
		squeezer = peer_start(squeeze, NULL);
}

/*
 * Pages that were touched a moment ago may still wait in a list of the processor that
 * did it; nobody takes them from there but a madvise() on that same processor.
 */
static void page_out_from_each_processor(char *p, size_t n)
{
	cpu_set_t all, one;
	int cpu;

	MUST(sched_getaffinity(0, sizeof(all), &all));
	for (cpu = 0; cpu < CPU_SETSIZE; cpu++) {
		if (!CPU_ISSET(cpu, &all))
			continue;
		CPU_ZERO(&one);
		CPU_SET(cpu, &one);
		MUST(sched_setaffinity(0, sizeof(one), &one));
		MUST(madvise(p, n * PAGE, MADV_PAGEOUT));
	}
	MUST(sched_setaffinity(0, sizeof(all), &all));
}

/* Until pagemap says so. */
static void page_out(char *p, size_t n)
{
	bool named = !squeezer.pid;
	double seconds = (named ? 10 : 40) * slowness, end = now() + seconds;
	size_t left;

	if (!named)
		say(squeezer.sock, 1);
	while ((left = not_swapped(p, n)) && now() < end) {
		if (named)
			page_out_from_each_processor(p, n);
		sleep_ms(10);
	}
	if (!named) {
		MUST(kill(squeezer.pid, SIGKILL));
		peer_reap(&squeezer);
	}
	CHECK(!left, "%zu of %zu pages are not swapped out after %.0f s%s", left, n, seconds,
	      named ? " of MADV_PAGEOUT" : "");
}

static void swapped(void)
{
	int fd = dev_open();
	char *p = map_anon(N), buf[PAGE];
	uint64_t e[N];
	size_t i;

	need_swap();
	stamp_pages(p, N, 30, 1);
	page_out(p, N);
	CHECK(dev_fault(fd, p, N, e, VGPU_SNAPSHOT) == N, "snapshot");
	EXPECT_FLAGS(N, e, 0);
	for (i = 0; i < N; i++)
		CHECK(frame_of(0, p + i * PAGE).swapped, "the snapshot brought page %zu back", i);
	CHECK(dev_fault(fd, p, N / 2, e, VGPU_MAP) == N / 2, "read fault");
	EXPECT_FRAMES(0, p, N / 2, e);
	for (i = 0; i < N / 2; i++) {
		CHECK(frame_of(0, p + i * PAGE).present, "page %zu is still away", i);
		CHECK(dev_read(fd, p + i * PAGE, PAGE, buf) == PAGE, "device read of page %zu", i);
		CHECK(stamp_is(buf, 30, i, 1), "page %zu came back with other bytes", i);
	}
	CHECK(dev_fault(fd, p, N, e, VGPU_WRITE | VGPU_ALLOW_RETRY | VGPU_MAP) == N, "write fault");
	EXPECT_FRAMES(0, p, N, e);
	EXPECT_FLAGS(N, e, RW);
	EXPECT_SAME_BYTES(fd, p, N);
	for (i = 0; i < N; i++)
		CHECK(stamp_is(p + i * PAGE, 30, i, 1), "page %zu came back with other bytes", i);
}

/* Swapping out is an invalidation; what the device wrote before is what comes back. */
static void swap_live(void)
{
	int fd = dev_open();
	char *p = map_anon(N), buf[PAGE];
	uint64_t e[N];
	uint32_t handle;
	size_t i;

	need_swap();
	stamp_pages(p, N, 31, 1);
	CHECK(dev_fault(fd, p, N, e, VGPU_WRITE | VGPU_MAP) == N, "write fault");
	for (i = 0; i < N; i++) {
		stamp(buf, 31, i, 2);
		CHECK(dev_write(fd, p + i * PAGE, PAGE, buf) == PAGE, "device write");
	}
	CHECK(dev_get(fd, p, N, e, 0, &handle) == N, "USERPTR_GET");
	page_out(p, N);
	CHECK(!dev_done(fd, handle), "swapping out went unseen");
	for (i = 0; i < N; i++)
		CHECK(dev_read(fd, p + i * PAGE, PAGE, buf) == 0,
		      "the device reads page %zu, which is swapped out", i);
	for (i = 0; i < N; i++)
		CHECK(stamp_is(p + i * PAGE, 31, i, 2), "page %zu: the device's write is lost", i);
}

/* Pages that nobody asks for stay out. */
static void swap_partly(void)
{
	int fd = dev_open();
	char *p = map_anon(N);
	uint64_t e[N];
	size_t i;

	need_swap();
	/* Read-ahead would bring neighbours back. */
	write_text("/proc/sys/vm/page-cluster", "0");
	stamp_pages(p, N, 32, 1);
	page_out(p, N);
	for (i = 0; i < N; i++)
		e[i] = i % 4 == 1 ? RW : 0;
	CHECK(dev_fault(fd, p, N, e, VGPU_PER_PAGE) == N, "fault of every fourth page");
	EXPECT_FRAMES(0, p, N, e);
	for (i = 0; i < N; i++)
		CHECK(frame_of(0, p + i * PAGE).present == (i % 4 == 1), "page %zu", i);
	for (i = 0; i < N; i++)
		CHECK(stamp_is(p + i * PAGE, 32, i, 1), "page %zu came back with other bytes", i);
}

const struct scenario group_swap[] = {
	{ "swap_out_and_in", "swapped out pages: none in a snapshot, faulted back", swapped, 60 },
	{ "swap_live", "swapping out under a live range", swap_live, 60 },
	{ "swap_partly", "swapped out pages that nobody asks for stay out", swap_partly, 60 },
	{ 0 }
};
