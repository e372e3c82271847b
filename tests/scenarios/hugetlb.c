// SPDX-License-Identifier: GPL-2.0-only
/*
 * hugetlbfs, pages of the default size, and of a small one where there is one.
 */
#include <sys/syscall.h>

#include "harness.h"

static size_t big;	/* bytes of one; not always what a transparent one has */
#define NH (big / PAGE)

#ifndef MFD_HUGETLB
#define MFD_HUGETLB 4U
#endif
#ifndef MAP_HUGE_SHIFT
#define MAP_HUGE_SHIFT 26
#endif

static void reserve(void)
{
	char buf[32];

	if (!write_text("/proc/sys/vm/nr_hugepages", "8"))
		skip("no /proc/sys/vm/nr_hugepages");
	big = meminfo_kb("Hugepagesize") << 10;
	CHECK(big > PAGE, "no Hugepagesize in /proc/meminfo");
	if (!read_text("/proc/sys/vm/nr_hugepages", buf, sizeof(buf)) || atoi(buf) < 6)
		skip("the kernel reserves no huge pages (got %s)", buf);
}

static char *map_hugetlb(size_t nhuge, int flags, int fd)
{
	char *p = mmap(NULL, nhuge * big, PROT_READ | PROT_WRITE, flags, fd, 0);

	if (p == MAP_FAILED)
		skip("mmap of hugetlb pages: %s", strerror(errno));
	return p;
}

static char *map_private(size_t nhuge)
{
	return map_hugetlb(nhuge, MAP_PRIVATE | MAP_ANONYMOUS | MAP_HUGETLB, -1);
}

/*
 * Two neighbours that are mappings of their own (hugetlb mappings are never merged):
 * splitting one makes 6.1.192 with lockdep warn of a lock that its mprotect() lacks.
 */
static char *map_two_private(void)
{
	char *p = map_private(2), *q;

	MUST(munmap(p, 2 * big));
	q = mmap(p, big, PROT_READ | PROT_WRITE,
		 MAP_PRIVATE | MAP_ANONYMOUS | MAP_HUGETLB | MAP_FIXED, -1, 0);
	CHECK(q == p, "mmap: %s", strerror(errno));
	q = mmap(p + big, big, PROT_READ | PROT_WRITE,
		 MAP_PRIVATE | MAP_ANONYMOUS | MAP_HUGETLB | MAP_FIXED, -1, 0);
	CHECK(q == p + big, "mmap: %s", strerror(errno));
	return p;
}

static void all_ways(char *p)
{
	uint64_t *e = entries_for(2 * NH);
	int fd = dev_open();
	char buf[PAGE];
	size_t i;

	CHECK(dev_fault(fd, p, 2 * NH, e, VGPU_SNAPSHOT) == (long)(2 * NH), "snapshot of untouched memory");
	EXPECT_FLAGS(2 * NH, e, 0);
	for (i = 0; i < NH; i++)
		*(volatile uint64_t *)(p + i * PAGE) = 0x2000 + i;
	CHECK(dev_fault(fd, p, 2 * NH, e, VGPU_SNAPSHOT) == (long)(2 * NH), "snapshot");
	EXPECT_FRAMES(0, p, 2 * NH, e);
	EXPECT_FLAGS(NH, e, RW);
	EXPECT_FLAGS(NH, e + NH, 0);

	/* A window across both, then all. */
	CHECK(dev_fault(fd, p + (NH - 9) * PAGE, 20, e, VGPU_WRITE | VGPU_MAP) == 20, "window");
	EXPECT_FRAMES(0, p + (NH - 9) * PAGE, 20, e);
	EXPECT_FLAGS(20, e, RW);
	CHECK(dev_fault(fd, p, 2 * NH, e, VGPU_WRITE | VGPU_MAP) == (long)(2 * NH), "write fault");
	EXPECT_FRAMES(0, p, 2 * NH, e);
	EXPECT_FLAGS(2 * NH, e, RW);
	for (i = 0; i < 2 * NH; i++)
		CHECK(ENTRY_PFN(e[i]) == ENTRY_PFN(e[i - i % NH]) + i % NH, "page %zu", i);
	stamp(buf, 5, 3, 1);
	CHECK(dev_write(fd, p + (NH + 3) * PAGE, PAGE, buf) == PAGE, "device write");
	CHECK(stamp_is(p + (NH + 3) * PAGE, 5, 3, 1), "the CPU does not see the device's write");
	EXPECT_SAME_BYTES(fd, p + (NH - 4) * PAGE, 10);
	for (i = 0; i < NH; i++)
		CHECK(*(volatile uint64_t *)(p + i * PAGE) == 0x2000 + i, "page %zu", i);
}

/* A size for which several PTEs belong together (arm64, riscv64 with Svnapot). */
static bool reserve_some_ptes(void)
{
	if (!write_text("/sys/kernel/mm/hugepages/hugepages-64kB/nr_hugepages", "8"))
		return false;
	big = 64 << 10;
	return big > PAGE;
}

static void private(void)
{
	reserve();
	all_ways(map_private(2));
	if (reserve_some_ptes())
		all_ways(map_hugetlb(2, MAP_PRIVATE | MAP_ANONYMOUS | MAP_HUGETLB |
				     16 << MAP_HUGE_SHIFT, -1));
}

static void shared(void)
{
	int fd;

	reserve();
	fd = (int)syscall(SYS_memfd_create, "scenario", MFD_HUGETLB);
	if (fd >= 0)
		MUST(ftruncate(fd, 2 * big));
	all_ways(map_hugetlb(2, fd < 0 ? MAP_SHARED | MAP_ANONYMOUS | MAP_HUGETLB : MAP_SHARED,
			     fd));
}

static void rights(void)
{
	int fd = dev_open();
	uint32_t handle;
	uint64_t *e;
	char *p;

	reserve();
	e = entries_for(2 * NH);
	p = map_two_private();
	*(volatile char *)p = 1;
	*(volatile char *)(p + big) = 1;
	CHECK(dev_get(fd, p + 3 * PAGE, 8, e, VGPU_WRITE, &handle) == 8, "USERPTR_GET");
	MUST(mprotect(p, big, PROT_READ));
	CHECK(!dev_done(fd, handle), "mprotect of hugetlb memory went unseen");
	CHECK(dev_fault(fd, p, 2 * NH, e, VGPU_SNAPSHOT) == (long)(2 * NH), "snapshot");
	EXPECT_FRAMES(0, p, 2 * NH, e);
	EXPECT_FLAGS(NH, e, VGPU_PTE_VALID);
	EXPECT_FLAGS(NH, e + NH, RW);
	CHECK(dev_fault(fd, p, 2 * NH, e, VGPU_WRITE) == -EPERM, "write to read-only memory");
	MUST(mprotect(p, big, PROT_NONE));
	CHECK(dev_fault(fd, p, 2 * NH, e, 0) == -EPERM, "read of PROT_NONE memory");
	MUST(mprotect(p, big, PROT_READ | PROT_WRITE));

	CHECK(dev_get(fd, p + NH * PAGE, NH, e, 0, &handle) == (long)NH, "USERPTR_GET");
	MUST(munmap(p + big, big));
	CHECK(!dev_done(fd, handle), "munmap of hugetlb memory went unseen");
	CHECK(dev_fault(fd, p, 2 * NH, e, VGPU_SNAPSHOT) == (long)(2 * NH), "snapshot with a hole");
	EXPECT_FRAMES(0, p, NH, e);
	EXPECT_FLAGS(NH, e + NH, 0);
	CHECK(dev_fault(fd, p, 2 * NH, e, 0) == -EFAULT, "request in the hole");
}

static void wait_fn(int sock, void *arg)
{
	volatile uint64_t *p = arg;

	say(sock, 1);
	hear(sock);
	CHECK(*p == 0x1234, "the child sees the parent's write");
}

static void cow(void)
{
	uint64_t *before, *e;
	int fd = dev_open();
	struct peer child;
	uint64_t word = 0x5678;
	char *p;

	reserve();
	before = entries_for(NH);
	e = entries_for(NH);
	p = map_private(1);
	*(volatile uint64_t *)p = 0x1234;
	CHECK(dev_fault(fd, p, NH, before, VGPU_SNAPSHOT) == (long)NH, "snapshot");
	child = peer_start(wait_fn, p);
	hear(child.sock);
	CHECK(dev_fault(fd, p, NH, e, VGPU_SNAPSHOT) == (long)NH, "snapshot after fork");
	EXPECT_FRAMES(0, p, NH, e);
	EXPECT_FLAGS(NH, e, VGPU_PTE_VALID);
	CHECK(dev_fault(fd, p, 4, e, VGPU_WRITE | VGPU_MAP) == 4, "write fault");
	EXPECT_FRAMES(0, p, 4, e);
	EXPECT_FLAGS(4, e, RW);
	CHECK(ENTRY_PFN(e[0]) != ENTRY_PFN(before[0]), "the shared frame for writing");
	CHECK(dev_write(fd, p, sizeof(word), &word) == sizeof(word), "device write");
	CHECK(*(volatile uint64_t *)p == word, "the CPU does not see the device's write");
	say(child.sock, 1);
	peer_join(&child);
}

const struct scenario group_hugetlb[] = {
	{ "hugetlb_private", "hugetlb pages, private", private },
	{ "hugetlb_shared", "hugetlb pages, shared", shared },
	{ "hugetlb_rights", "hugetlb: mprotect, PROT_NONE, munmap", rights },
	{ "hugetlb_cow", "hugetlb: copy on write", cow },
	{ 0 }
};
