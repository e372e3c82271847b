// SPDX-License-Identifier: GPL-2.0-only
/*
 * Transparent huge pages.
 */
#include "harness.h"

#define NH (HUGE / PAGE)

/* Two neighbours, really huge, or the scenario is skipped. */
static char *two_huge(void)
{
	char *p;
	size_t i;

	thp_need();
	thp_allow(true);
	p = map_huge_aligned(2);
	MUST(madvise(p, 2 * HUGE, MADV_HUGEPAGE));
	for (i = 0; i < 2 * NH; i++)
		*(volatile uint64_t *)(p + i * PAGE) = 0x1000 + i;
	if (smaps_kb(p, "AnonHugePages") != 2 * HUGE >> 10)
		skip("the kernel gave no huge pages (AnonHugePages: %zu kB)",
		     smaps_kb(p, "AnonHugePages"));
	return p;
}

static void expect_bytes(const char *p, size_t n)
{
	size_t i;

	for (i = 0; i < n; i++)
		CHECK(*(const volatile uint64_t *)(p + i * PAGE) == 0x1000 + i,
		      "page %zu lost its bytes", i);
}

static void present(void)
{
	uint64_t *e = entries_for(2 * NH);
	char *p = two_huge();
	int fd = dev_open();
	size_t i;

	CHECK(dev_fault(fd, p, 2 * NH, e, VGPU_SNAPSHOT) == (long)(2 * NH), "snapshot");
	EXPECT_FRAMES(0, p, 2 * NH, e);
	EXPECT_FLAGS(2 * NH, e, RW);
	CHECK(!(ENTRY_PFN(e[0]) % NH), "the first frame 0x%llx is not that of a huge page",
	      (unsigned long long)ENTRY_PFN(e[0]));
	for (i = 0; i < 2 * NH; i++)
		CHECK(ENTRY_PFN(e[i]) == ENTRY_PFN(e[i - i % NH]) + i % NH, "page %zu", i);
	CHECK(dev_fault(fd, p, 2 * NH, e, VGPU_WRITE | VGPU_MAP) == (long)(2 * NH), "write fault");
	EXPECT_FRAMES(0, p, 2 * NH, e);
	EXPECT_FLAGS(2 * NH, e, RW);
	EXPECT_SAME_BYTES(fd, p + (NH - NH / 4) * PAGE, NH / 2);
	CHECK(smaps_kb(p, "AnonHugePages") == 2 * HUGE >> 10, "the mirror split a huge page");
}

static void device_fault(void)
{
	uint64_t *e = entries_for(NH);
	char *p;
	int fd = dev_open();

	two_huge();
	p = map_huge_aligned(1);
	MUST(madvise(p, HUGE, MADV_HUGEPAGE));
	CHECK(dev_fault(fd, p + 5 * PAGE, 3, e, VGPU_WRITE | VGPU_MAP) == 3, "write fault");
	EXPECT_FRAMES(0, p + 5 * PAGE, 3, e);
	EXPECT_FLAGS(3, e, RW);
	if (smaps_kb(p, "AnonHugePages") != HUGE >> 10)
		skip("the kernel had no huge page left");
	CHECK(dev_fault(fd, p, NH, e, VGPU_SNAPSHOT) == (long)NH, "snapshot");
	EXPECT_FRAMES(0, p, NH, e);
	EXPECT_FLAGS(NH, e, RW);
}

static void partial(void)
{
	const size_t w[][2] = {
		{ 0, 1 }, { NH - 1, 1 }, { NH - 1, 2 }, { 3, 17 }, { NH - 12, 30 }, { NH / 5, NH },
		{ NH, 9 }, { 2 * NH - 5, 5 },
	};
	uint64_t *e = entries_for(2 * NH);
	char *p = two_huge();
	int fd = dev_open();
	size_t i;
	unsigned int f;

	for (i = 0; i < sizeof(w) / sizeof(w[0]); i++) {
		for (f = 0; f < 3; f++) {
			unsigned int flags = f == 0 ? VGPU_SNAPSHOT : f == 1 ? 0 : VGPU_WRITE;

			CHECK(dev_fault(fd, p + w[i][0] * PAGE, w[i][1], e, flags | VGPU_MAP) ==
			      (long)w[i][1], "window %zu, flags 0x%x", i, flags);
			EXPECT_FRAMES(0, p + w[i][0] * PAGE, w[i][1], e);
			EXPECT_FLAGS(w[i][1], e, RW);
		}
		EXPECT_SAME_BYTES(fd, p + w[i][0] * PAGE, w[i][1] < 40 ? w[i][1] : 40);
	}
	CHECK(smaps_kb(p, "AnonHugePages") == 2 * HUGE >> 10, "the mirror split a huge page");
}

static void split(void)
{
	uint64_t *e = entries_for(2 * NH);
	const size_t from = NH / 5, to = NH / 3, gone = NH / 8;
	char *p = two_huge();
	int fd = dev_open();
	size_t i;

	/* By rights: the middle of the first becomes read-only. */
	MUST(mprotect(p + from * PAGE, (to - from) * PAGE, PROT_READ));
	CHECK(smaps_kb(p, "AnonHugePages") < 2 * HUGE >> 10, "nothing was split");
	CHECK(dev_fault(fd, p, 2 * NH, e, VGPU_SNAPSHOT) == (long)(2 * NH), "snapshot");
	EXPECT_FRAMES(0, p, 2 * NH, e);
	for (i = 0; i < 2 * NH; i++)
		CHECK(ENTRY_FLAGS(e[i]) == (i >= from && i < to ? VGPU_PTE_VALID : RW),
		      "page %zu: entry 0x%llx", i, (unsigned long long)e[i]);
	CHECK(dev_fault(fd, p + (from - 3) * PAGE, 6, e, VGPU_WRITE) == -EPERM,
	      "write to the read-only part");
	CHECK(dev_fault(fd, p + (from - 3) * PAGE, 6, e, VGPU_MAP) == 6, "read of both parts");
	EXPECT_FRAMES(0, p + (from - 3) * PAGE, 6, e);
	EXPECT_SAME_BYTES(fd, p + (from - 3) * PAGE, 6);
	expect_bytes(p, 2 * NH);

	/* By removing the end of the second, and one page of it. */
	MUST(munmap(p + (2 * NH - gone) * PAGE, gone * PAGE));
	MUST(madvise(p + (NH + 7) * PAGE, PAGE, MADV_DONTNEED));
	CHECK(dev_fault(fd, p, 2 * NH, e, VGPU_SNAPSHOT) == (long)(2 * NH), "snapshot after munmap");
	EXPECT_FRAMES(0, p, 2 * NH - gone, e);
	EXPECT_FLAGS(gone, e + 2 * NH - gone, 0);
	CHECK(!e[NH + 7], "the page that was given back");
	CHECK(dev_fault(fd, p + (NH + 7) * PAGE, 1, e, VGPU_WRITE | VGPU_MAP) == 1, "fault it");
	EXPECT_FRAMES(0, p + (NH + 7) * PAGE, 1, e);
	EXPECT_SAME_BYTES(fd, p + (NH + 7) * PAGE, 1);
	CHECK(page_is_zero(p + (NH + 7) * PAGE), "bytes came back");
}

/* What reading gives in a huge area: the huge zero page, or small zero pages. */
static void zero(void)
{
	uint64_t *e = entries_for(NH);
	char *p;
	int fd = dev_open();

	two_huge();
	p = map_huge_aligned(1);
	MUST(madvise(p, HUGE, MADV_HUGEPAGE));
	CHECK(dev_fault(fd, p, NH, e, VGPU_MAP) == (long)NH, "read fault");
	EXPECT_FRAMES(0, p, NH, e);
	EXPECT_FLAGS(NH, e, VGPU_PTE_VALID);
	EXPECT_SAME_BYTES(fd, p + NH / 2 * PAGE, 8);
	CHECK(dev_fault(fd, p, NH, e, VGPU_SNAPSHOT) == (long)NH, "snapshot");
	EXPECT_FRAMES(0, p, NH, e);
	CHECK(dev_fault(fd, p + 9 * PAGE, 2, e, VGPU_WRITE | VGPU_MAP) == 2, "write fault");
	EXPECT_FRAMES(0, p + 9 * PAGE, 2, e);
	EXPECT_FLAGS(2, e, RW);
	CHECK(dev_fault(fd, p, NH, e, VGPU_WRITE) == (long)NH, "write fault of all");
	EXPECT_FRAMES(0, p, NH, e);
	EXPECT_FLAGS(NH, e, RW);
}

static void wait_fn(int sock, void *arg)
{
	char *p = arg;

	say(sock, 1);
	hear(sock);
	expect_bytes(p, 2 * NH);
}

static void cow(void)
{
	uint64_t *before = entries_for(2 * NH), *e = entries_for(2 * NH);
	char *p = two_huge();
	int fd = dev_open();
	struct peer child;
	uint64_t word = 0xabcdef;
	const size_t at = NH / 8 + 13;

	CHECK(dev_fault(fd, p, 2 * NH, before, VGPU_SNAPSHOT) == (long)(2 * NH), "snapshot");
	child = peer_start(wait_fn, p);
	hear(child.sock);
	CHECK(dev_fault(fd, p, 2 * NH, e, VGPU_SNAPSHOT) == (long)(2 * NH), "snapshot after fork");
	EXPECT_FRAMES(0, p, 2 * NH, e);
	EXPECT_FLAGS(2 * NH, e, VGPU_PTE_VALID);
	CHECK(ENTRY_PFN(e[0]) == ENTRY_PFN(before[0]), "fork moved the page");
	CHECK(dev_fault(fd, p + at * PAGE, 1, e, VGPU_WRITE | VGPU_MAP) == 1, "write fault");
	EXPECT_FRAMES(0, p + at * PAGE, 1, e);
	EXPECT_FLAGS(1, e, RW);
	CHECK(ENTRY_PFN(e[0]) != ENTRY_PFN(before[at]), "the shared frame for writing");
	CHECK(dev_write(fd, p + at * PAGE, sizeof(word), &word) == sizeof(word), "device write");
	CHECK(*(volatile uint64_t *)(p + at * PAGE) == word, "the CPU does not see the device's write");
	say(child.sock, 1);
	peer_join(&child);
}

const struct scenario group_thp[] = {
	{ "thp_present", "transparent huge pages, snapshot and write fault", present },
	{ "thp_device_fault", "the device's fault brings a huge page in", device_fault },
	{ "thp_partial", "windows inside of and across huge pages", partial },
	{ "thp_split", "huge pages split by mprotect, munmap and madvise", split },
	{ "thp_zero", "zero pages in a huge area", zero },
	{ "thp_cow", "copy on write of a huge page", cow },
	{ 0 }
};
