// SPDX-License-Identifier: GPL-2.0-only
/*
 * Swapped out memory.
 */
#include "harness.h"

#define N 16

/* The VM rig knows what this kernel can swap to. */
static void need_swap(void)
{
	char buf[512] = "";

	if (!read_text("/proc/swaps", buf, sizeof(buf)))
		skip("this kernel has no swap");
	/* One line of headings, then one for each swap area. */
	if (strchr(buf, '\n') && strchr(buf, '\n')[1])
		return;
	if (access("/guest-swap", X_OK) || system("/guest-swap on") != 0)
		skip("no swap, and /guest-swap on does not give any");
}

/* Until pagemap says so; freshly touched pages need more than one try. */
static void page_out(char *p, size_t n)
{
	double end = now() + 10 * slowness;
	size_t i, left = n;

	while (left && now() < end) {
		MUST(madvise(p, n * PAGE, MADV_PAGEOUT));
		for (left = 0, i = 0; i < n; i++)
			left += !frame_of(0, p + i * PAGE).swapped;
		if (left)
			sleep_ms(10);
	}
	CHECK(!left, "%zu of %zu pages are not swapped out after 10 s of MADV_PAGEOUT", left, n);
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
	{ "swap_out_and_in", "swapped out pages: none in a snapshot, faulted back", swapped },
	{ "swap_live", "swapping out under a live range", swap_live },
	{ "swap_partly", "swapped out pages that nobody asks for stay out", swap_partly },
	{ 0 }
};
