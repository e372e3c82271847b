// SPDX-License-Identifier: GPL-2.0-only
/*
 * What happens to memory under a live range, and beside one.
 */
#include "harness.h"

#define N 8	/* pages in the range */
#define BEFORE 4	/* pages of the same mapping before and behind it */

static char *area;	/* the whole mapping */
static char *range;	/* the watched pages in it */

static void do_munmap(void) { MUST(munmap(range + 2 * PAGE, PAGE)); }
static void do_munmap_all(void) { MUST(munmap(area, (N + 2 * BEFORE) * PAGE)); }
static void do_mprotect(void) { MUST(mprotect(range + 7 * PAGE, PAGE, PROT_READ)); }
static void do_mprotect_none(void) { MUST(mprotect(range, PAGE, PROT_NONE)); }
static void do_dontneed(void) { MUST(madvise(range + 3 * PAGE, PAGE, MADV_DONTNEED)); }

static void do_free(void)
{
	need_madvise(MADV_FREE, "MADV_FREE");
	MUST(madvise(range, N * PAGE, MADV_FREE));
}

static void do_mremap(void)
{
	void *to = map_fixed_gap(N);
	void *got = mremap(range, N * PAGE, N * PAGE, MREMAP_MAYMOVE | MREMAP_FIXED, to);

	CHECK(got == to, "mremap: %s", strerror(errno));
}

/* Another mapping lands on the range. */
static void do_mmap_over(void)
{
	void *got = mmap(range + PAGE, PAGE, PROT_READ | PROT_WRITE,
			 MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED, -1, 0);

	CHECK(got == range + PAGE, "mmap: %s", strerror(errno));
}

/* Pages move in from elsewhere. */
static void do_mremap_onto(void)
{
	char *from = map_anon(2);
	void *got;

	stamp_pages(from, 2, 55, 1);
	got = mremap(from, 2 * PAGE, 2 * PAGE, MREMAP_MAYMOVE | MREMAP_FIXED, range + 4 * PAGE);
	CHECK(got == range + 4 * PAGE, "mremap: %s", strerror(errno));
}

static void change(void (*fn)(void))
{
	int fd = dev_open();
	struct vgpu_stats before, after;
	char buf[PAGE];
	uint64_t e[N];
	uint32_t handle;
	size_t i;
	long n;

	area = map_anon(N + 2 * BEFORE);
	range = area + BEFORE * PAGE;
	stamp_pages(area, N + 2 * BEFORE, 50, 1);
	CHECK(dev_fault(fd, range, N, e, VGPU_WRITE | VGPU_MAP) == N, "fault");
	before = dev_stats(fd);
	CHECK(before.mapped >= N, "%llu pages mapped on the device, not %u",
	      (unsigned long long)before.mapped, N);
	CHECK(dev_get(fd, range, N, e, VGPU_WRITE, &handle) == N, "USERPTR_GET");
	EXPECT_FRAMES(0, range, N, e);
	fn();
	after = dev_stats(fd);
	CHECK(!dev_done(fd, handle), "the change went unseen: the stale range is valid");
	CHECK(after.invalidations > before.invalidations, "no invalidation was counted");
	CHECK(after.dropped > before.dropped, "the device dropped nothing");
	CHECK(after.mapped < before.mapped, "the device has as many entries as before");

	/* The device has an entry only where its frame is still the right one. */
	for (i = 0; i < N; i++) {
		size_t got = dev_read(fd, range + i * PAGE, PAGE, buf);

		CHECK(got == 0 || got == PAGE, "page %zu: %zu bytes", i, got);
		if (got)
			CHECK(frame_of(0, range + i * PAGE).pfn == ENTRY_PFN(e[i]),
			      "page %zu: the device reads a frame that is not there any more", i);
	}
	/* And a new look sees what is there now. */
	n = dev_fault(fd, range, N, e, VGPU_SNAPSHOT);
	if (n == -EPERM && fn == do_mprotect_none)
		return;
	CHECK(n == N, "snapshot: %ld", n);
	EXPECT_FRAMES(0, range, N, e);
}

/* What happens elsewhere leaves the range alone, however near. */
static void beside(void)
{
	static const char *const what[] = { "madvise", "mprotect", "mremap", "munmap" };
	int fd = dev_open(), k;
	char *far = map_anon(64);
	uint64_t e[N];
	uint32_t handle;

	for (k = 0; k < 4; k++) {
		struct vgpu_stats before, after;

		area = map_anon(N + 2 * BEFORE);
		range = area + BEFORE * PAGE;
		stamp_pages(area, N + 2 * BEFORE, 50, 1);
		stamp_pages(far, 64, 51, 1);
		CHECK(dev_get(fd, range, N, e, VGPU_WRITE, &handle) == N, "USERPTR_GET");
		before = dev_stats(fd);
		switch (k) {
		case 0:
			MUST(madvise(range - PAGE, PAGE, MADV_DONTNEED));
			MUST(madvise(range + N * PAGE, PAGE, MADV_DONTNEED));
			MUST(madvise(far, 64 * PAGE, MADV_DONTNEED));
			break;
		case 1:
			MUST(mprotect(range - PAGE, PAGE, PROT_READ));
			MUST(mprotect(range + N * PAGE, PAGE, PROT_NONE));
			MUST(mprotect(far, PAGE, PROT_READ));
			MUST(mprotect(far, PAGE, PROT_READ | PROT_WRITE));
			break;
		case 2:
			CHECK(mremap(range + N * PAGE, PAGE, PAGE, MREMAP_MAYMOVE | MREMAP_FIXED,
				     map_fixed_gap(1)) != MAP_FAILED, "mremap: %s",
			      strerror(errno));
			break;
		case 3:
			MUST(munmap(area, BEFORE * PAGE));
			MUST(munmap(range + N * PAGE, BEFORE * PAGE));
			break;
		}
		after = dev_stats(fd);
		CHECK(after.invalidations > before.invalidations, "%s beside: no invalidation",
		      what[k]);
		CHECK(dev_done(fd, handle), "%s beside the range made it invalid", what[k]);
		EXPECT_FRAMES(0, range, N, e);
	}
}

/* A range that became invalid stays so, though everything is quiet again. */
static void stays_invalid(void)
{
	int fd = dev_open();
	uint64_t e[N];
	uint32_t handle;
	int i;

	range = map_anon(N);
	stamp_pages(range, N, 50, 1);
	CHECK(dev_get(fd, range, N, e, VGPU_WRITE, &handle) == N, "USERPTR_GET");
	MUST(madvise(range, N * PAGE, MADV_DONTNEED));
	for (i = 0; i < 20; i++) {
		void *elsewhere = map_anon(1);

		*(volatile char *)elsewhere = 1;
		MUST(munmap(elsewhere, PAGE));
	}
	sleep_ms(50);
	CHECK(!dev_done(fd, handle), "the range became valid again by itself");
	CHECK(dev_get(fd, range, N, e, VGPU_WRITE, &handle) == N, "USERPTR_GET");
	EXPECT_FRAMES(0, range, N, e);
	CHECK(dev_done(fd, handle), "valid");
}

/* Many ranges at once: exactly those that overlap lose. */
static void many(void)
{
	enum { RANGES = 40 };
	int fd = dev_open(), i;
	uint32_t handle[RANGES];
	uint64_t e[4];
	char *p = map_anon(RANGES + 4);

	stamp_pages(p, RANGES + 4, 50, 1);
	for (i = 0; i < RANGES; i++)	/* pages i to i + 3 */
		CHECK(dev_get(fd, p + (size_t)i * PAGE, 4, e, 0, &handle[i]) == 4,
		      "USERPTR_GET %d", i);
	MUST(madvise(p + 20 * PAGE, 2 * PAGE, MADV_DONTNEED));
	for (i = 0; i < RANGES; i++) {
		bool hit = i + 3 >= 20 && i <= 21;

		CHECK(dev_done(fd, handle[i]) == !hit, "range %d to %d: %s", i, i + 3,
		      hit ? "the change went unseen" : "not touched, yet invalid");
	}
}

/* Where madvise cannot ask for it, khugepaged does it by itself, if told to hurry. */
static bool wait_for_khugepaged(char *p)
{
	static const char dir[] = "/sys/kernel/mm/transparent_hugepage/khugepaged/";
	static const char *const hurry[][2] = {
		{ "scan_sleep_millisecs", "10" }, { "alloc_sleep_millisecs", "10" },
		{ "pages_to_scan", "4096" }, { "defrag", "1" },
	};
	char path[128];
	double end = now() + 15;
	size_t i;

	for (i = 0; i < sizeof(hurry) / sizeof(hurry[0]); i++) {
		snprintf(path, sizeof(path), "%s%s", dir, hurry[i][0]);
		write_text(path, hurry[i][1]);
	}
	MUST(madvise(p, HUGE, MADV_HUGEPAGE));
	while (smaps_kb(p, "AnonHugePages") != HUGE >> 10) {
		if (now() > end)
			return false;
		sleep_ms(20);
	}
	return true;
}

/* The frames change, the bytes do not. */
static void collapse(void)
{
	const size_t nh = HUGE / PAGE, at = nh / 5;
	int fd = dev_open();
	uint64_t e[N];
	uint32_t handle;
	char *p;
	size_t i;

	thp_need();
	p = map_huge_aligned(1);
	stamp_pages(p, nh, 50, 1);
	thp_allow(true);
	CHECK(dev_get(fd, p + at * PAGE, N, e, VGPU_WRITE, &handle) == N, "USERPTR_GET");
	if (madvise(p, HUGE, MADV_COLLAPSE) && !wait_for_khugepaged(p))
		skip("no madvise(MADV_COLLAPSE), and khugepaged did nothing in 15 s");
	CHECK(frame_of(0, p + at * PAGE).pfn != ENTRY_PFN(e[0]), "nothing was collapsed");
	CHECK(!dev_done(fd, handle), "collapsing went unseen");
	CHECK(dev_fault(fd, p + at * PAGE, N, e, VGPU_WRITE | VGPU_MAP) == N, "write fault");
	EXPECT_FRAMES(0, p + at * PAGE, N, e);
	EXPECT_SAME_BYTES(fd, p + at * PAGE, N);
	for (i = 0; i < nh; i++)
		CHECK(stamp_is(p + i * PAGE, 50, i, 1), "page %zu lost its bytes", i);
}

#define CHANGE(name) static void live_##name(void) { change(do_##name); }
CHANGE(munmap)
CHANGE(munmap_all)
CHANGE(mprotect)
CHANGE(mprotect_none)
CHANGE(dontneed)
CHANGE(free)
CHANGE(mremap)
CHANGE(mremap_onto)
CHANGE(mmap_over)

const struct scenario group_live[] = {
	{ "live_munmap", "munmap of a page under a live range", live_munmap },
	{ "live_munmap_all", "munmap of all under a live range", live_munmap_all },
	{ "live_mprotect", "mprotect(PROT_READ) under a live range", live_mprotect },
	{ "live_mprotect_none", "mprotect(PROT_NONE) under a live range", live_mprotect_none },
	{ "live_dontneed", "madvise(DONTNEED) under a live range", live_dontneed },
	{ "live_free", "madvise(FREE) under a live range", live_free },
	{ "live_mremap", "mremap of a live range to elsewhere", live_mremap },
	{ "live_mremap_onto", "mremap of other pages onto a live range", live_mremap_onto },
	{ "live_mmap_over", "mmap(MAP_FIXED) over a live range", live_mmap_over },
	{ "live_collapse", "collapsing to a huge page under a live range", collapse },
	{ "live_beside", "changes beside a range leave it valid", beside },
	{ "live_stays_invalid", "an invalid range does not become valid by itself", stays_invalid },
	{ "live_many", "of many ranges exactly the overlapping ones lose", many },
	{ 0 }
};
