// SPDX-License-Identifier: GPL-2.0-only
/*
 * Anonymous memory in small pages, and the zero page.
 */
#include "harness.h"

#define N 32

static void fault_read(void)
{
	int fd = dev_open();
	char *p = map_anon(N);
	uint64_t e[N];
	size_t i;

	stamp_pages(p, N / 2, 1, 1);
	CHECK(dev_fault(fd, p, N, e, VGPU_MAP) == N, "the fault does not do all pages");
	EXPECT_FRAMES(0, p, N, e);
	for (i = 0; i < N; i++) {
		CHECK(frame_of(0, p + i * PAGE).present, "page %zu was not faulted in", i);
		/* Pages that this process wrote are writable, a page only read is not. */
		CHECK(ENTRY_FLAGS(e[i]) == (i < N / 2 ? RW : VGPU_PTE_VALID),
		      "page %zu: entry 0x%llx", i, (unsigned long long)e[i]);
	}
	EXPECT_SAME_BYTES(fd, p, N);
	for (i = 0; i < N / 2; i++)
		CHECK(stamp_is(p + i * PAGE, 1, i, 1), "page %zu lost its bytes", i);
}

static void fault_write(void)
{
	int fd = dev_open();
	char *p = map_anon(N), buf[PAGE];
	uint64_t e[N];
	size_t i, j;

	CHECK(dev_fault(fd, p, N, e, VGPU_WRITE | VGPU_MAP) == N, "the fault does not do all pages");
	EXPECT_FRAMES(0, p, N, e);
	EXPECT_FLAGS(N, e, RW);
	for (i = 0; i < N; i++)
		for (j = 0; j < i; j++)
			CHECK(ENTRY_PFN(e[i]) != ENTRY_PFN(e[j]), "pages %zu and %zu share a frame",
			      j, i);
	for (i = 0; i < N; i++) {
		CHECK(page_is_zero(p + i * PAGE), "a new page has bytes in it");
		stamp(buf, 2, i, 7);
		CHECK(dev_write(fd, p + i * PAGE, PAGE, buf) == PAGE, "device write to page %zu", i);
	}
	for (i = 0; i < N; i++)
		CHECK(stamp_is(p + i * PAGE, 2, i, 7), "page %zu: the CPU sees other bytes", i);
	/* Reading back does not move anything. */
	CHECK(dev_fault(fd, p, N, e, 0) == N, "second fault");
	EXPECT_FRAMES(0, p, N, e);
	EXPECT_SAME_BYTES(fd, p, N);
}

static void snapshot(void)
{
	int fd = dev_open();
	char *p = map_anon(N);
	uint64_t e[N];
	size_t i;

	CHECK(dev_fault(fd, p, N, e, VGPU_SNAPSHOT) == N, "snapshot of untouched memory");
	EXPECT_FLAGS(N, e, 0);
	for (i = 0; i < N; i += 3)
		stamp(p + i * PAGE, 3, i, 1);
	CHECK(dev_fault(fd, p, N, e, VGPU_SNAPSHOT | VGPU_MAP) == N, "snapshot");
	EXPECT_FRAMES(0, p, N, e);
	for (i = 0; i < N; i++) {
		CHECK(frame_of(0, p + i * PAGE).present == (i % 3 == 0),
		      "the snapshot changed page %zu", i);
		CHECK(ENTRY_FLAGS(e[i]) == (i % 3 ? 0 : RW), "page %zu: entry 0x%llx", i,
		      (unsigned long long)e[i]);
	}
	for (i = 0; i < N; i += 3)
		EXPECT_SAME_BYTES(fd, p + i * PAGE, 1);
	CHECK(dev_read(fd, p + PAGE, PAGE, (char[PAGE_MOST]){ 0 }) == 0,
	      "the device reads a page that it has no entry for");
}

static void zero_page(void)
{
	int fd = dev_open();
	char *p = map_anon(N), *q = map_anon(1), *other = map_anon(1);
	uint64_t e[N], zero;
	bool told;
	size_t i;

	/* What the CPU gets when it reads untouched memory; s390 has several such pages. */
	CHECK(!*(volatile char *)q && !*(volatile char *)other, "untouched memory is not zero");
	zero = frame_of(0, q).pfn;
	/* Before 4.0 no flag tells it, but that other mappings have the same. */
	told = frame_flag(zero, KPF_ZERO_PAGE);
	CHECK(told || frame_of(0, other).pfn == zero, "frame 0x%llx is no zero page",
	      (unsigned long long)zero);

	CHECK(dev_fault(fd, q, 1, e, VGPU_SNAPSHOT) == 1, "snapshot of the zero page");
	EXPECT_FRAMES(0, q, 1, e);
	EXPECT_FLAGS(1, e, VGPU_PTE_VALID);

	CHECK(dev_fault(fd, p, N, e, VGPU_MAP) == N, "read fault");
	EXPECT_FLAGS(N, e, VGPU_PTE_VALID);
	for (i = 0; i < N; i++)
		CHECK(told ? frame_flag(ENTRY_PFN(e[i]), KPF_ZERO_PAGE) : ENTRY_PFN(e[i]) == zero,
		      "page %zu: frame 0x%llx, no zero page", i, (unsigned long long)ENTRY_PFN(e[i]));
	EXPECT_SAME_BYTES(fd, p, N);
	CHECK(dev_write(fd, p, PAGE, (char[PAGE_MOST]){ 1 }) == 0, "the device wrote to the zero page");

	CHECK(dev_fault(fd, p, N, e, VGPU_WRITE | VGPU_MAP) == N, "write fault");
	EXPECT_FRAMES(0, p, N, e);
	EXPECT_FLAGS(N, e, RW);
	for (i = 0; i < N; i++)
		CHECK(!frame_flag(ENTRY_PFN(e[i]), KPF_ZERO_PAGE) && ENTRY_PFN(e[i]) != zero,
		      "page %zu: a zero page for writing", i);
	EXPECT_SAME_BYTES(fd, p, N);
	CHECK(!*(volatile char *)q && frame_of(0, q).pfn == zero, "the other zero page changed");
}

/* Several page tables, two levels of them: 6 MiB, not aligned to anything. */
static void many_tables(void)
{
	const size_t n = 1500;
	int fd = dev_open();
	char *p = map_anon(n);
	uint64_t *e = calloc(n, sizeof(*e));
	size_t i;

	for (i = 0; i < n; i += 1 + i % 7)
		*(volatile uint64_t *)(p + i * PAGE) = i + 1;
	/* A whole page table stays empty. */
	CHECK(dev_fault(fd, p, n, e, VGPU_SNAPSHOT) == (long)n, "snapshot");
	EXPECT_FRAMES(0, p, n, e);
	CHECK(dev_fault(fd, p, n, e, VGPU_WRITE) == (long)n, "write fault");
	EXPECT_FRAMES(0, p, n, e);
	EXPECT_FLAGS(n, e, RW);
	for (i = 0; i < n; i += 1 + i % 7)
		CHECK(*(volatile uint64_t *)(p + i * PAGE) == i + 1, "page %zu lost its bytes", i);
}

/* Windows of every small size and place: nothing outside of one is touched. */
static void windows(void)
{
	int fd = dev_open();
	char *p = map_huge_aligned(2) + HUGE - 4 * PAGE;	/* across two page tables */
	uint64_t e[10];
	size_t at, n, i;

	for (at = 0; at < 8; at++) {
		for (n = 1; at + n <= 8; n++) {
			MUST(madvise(p, 8 * PAGE, MADV_DONTNEED));
			e[n] = 0x5a5a;
			CHECK(dev_fault(fd, p + at * PAGE, n, e, VGPU_WRITE) == (long)n,
			      "window of %zu at %zu", n, at);
			CHECK(e[n] == 0x5a5a, "an entry behind the window was written");
			EXPECT_FRAMES(0, p + at * PAGE, n, e);
			EXPECT_FLAGS(n, e, RW);
			for (i = 0; i < 8; i++)
				CHECK(frame_of(0, p + i * PAGE).present == (i >= at && i < at + n),
				      "window of %zu at %zu: page %zu", n, at, i);
		}
	}
}

const struct scenario group_anon[] = {
	{ "anon_fault_read", "anonymous small pages, faulted for reading", fault_read },
	{ "anon_fault_write", "anonymous small pages, faulted for writing", fault_write },
	{ "anon_snapshot", "a snapshot reports what is there and faults nothing in", snapshot },
	{ "anon_zero_page", "zero page: valid, read-only, replaced for writing", zero_page },
	{ "anon_many_tables", "a window over several page tables", many_tables },
	{ "anon_windows", "small windows at every offset across a page table's end", windows },
	{ 0 }
};
