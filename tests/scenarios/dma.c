// SPDX-License-Identifier: GPL-2.0-only
/*
 * DMA mapping.  The guest has no IOMMU: a bus address is the frame's address.
 */
#include <sys/ioctl.h>
#include <sys/syscall.h>

#include "harness.h"

#define N 16

static long dma(int fd, void *addr, size_t npages, uint64_t *daddrs, unsigned int flags,
		bool dirty, long *unmapped)
{
	struct vgpu_dma a = {
		.start = (uintptr_t)addr, .end = (uintptr_t)addr + npages * PAGE,
		.daddrs = (uintptr_t)daddrs, .flags = flags, .dirty = dirty,
	};
	size_t i;

	for (i = 0; i < npages; i++)
		daddrs[i] = ~0ULL;
	if (ioctl(fd, VGPU_DMA, &a))
		return -errno;
	*unmapped = (long)a.unmapped;
	return (long)a.mapped;
}

static void expect_addresses(void *addr, size_t n, const uint64_t *daddrs)
{
	size_t i, j;

	for (i = 0; i < n; i++) {
		struct frame f = frame_of(0, (char *)addr + i * PAGE);

		CHECK(f.present, "page %zu is not there", i);
		CHECK(daddrs[i] == f.pfn * PAGE, "page %zu: bus address 0x%llx, frame 0x%llx", i,
		      (unsigned long long)daddrs[i], (unsigned long long)f.pfn);
		for (j = 0; j < i; j++)
			CHECK(daddrs[j] != daddrs[i], "pages %zu and %zu: one bus address", j, i);
	}
}

/*
 * On ARM the firmware says of each device whether it sees the processor's caches,
 * and knows nothing of ours.  Such a device is refused at once: nothing is mapped,
 * nothing faulted in.  Elsewhere all are coherent, and this sees no refusal.
 */
static void need_coherent(int fd)
{
#if defined(__aarch64__) || defined(__arm__) || defined(__riscv)
	char *p = map_anon(N);
	uint64_t d[N];
	long mapped, unmapped = 0;
	size_t i;

	mapped = dma(fd, p, N, d, VGPU_WRITE, true, &unmapped);
	if (mapped == N)
		return;
	CHECK(mapped == -EOPNOTSUPP, "map: %ld", mapped);
	CHECK(unmapped == 0, "%ld pages were mapped", unmapped);
	for (i = 0; i < N; i++)
		CHECK(!frame_of(0, p + i * PAGE).present, "page %zu was faulted in", i);
	skip("the device does not see the processor's caches, and was refused as it should be");
#else
	(void)fd;
#endif
}

static void map_unmap(void)
{
	int fd = dev_open();
	char *p = map_anon(N);
	uint64_t d[N];
	long unmapped = 0;
	size_t i;

	need_coherent(fd);
	CHECK(dma(fd, p, N, d, VGPU_WRITE, true, &unmapped) == N, "map for writing");
	CHECK(unmapped == N, "%ld of %d pages unmapped", unmapped, N);
	expect_addresses(p, N, d);
	stamp_pages(p, N, 95, 1);
	for (i = 0; i < 20; i++) {
		CHECK(dma(fd, p, N, d, i & 1 ? VGPU_WRITE : 0, i & 2, &unmapped) == N, "map again");
		CHECK(unmapped == N, "%ld of %d pages unmapped", unmapped, N);
		expect_addresses(p, N, d);
	}
	for (i = 0; i < N; i++)
		CHECK(stamp_is(p + i * PAGE, 95, i, 1), "page %zu lost its bytes", i);
}

/* Huge pages: the small frames inside of them. */
static void huge(void)
{
	int fd = dev_open();
	char *p;
	uint64_t d[20];
	long unmapped = 0;

	thp_need();
	thp_allow(true);
	need_coherent(fd);
	p = map_huge_aligned(1);
	MUST(madvise(p, HUGE, MADV_HUGEPAGE));
	*(volatile char *)p = 1;
	if (smaps_kb(p, "AnonHugePages") != HUGE >> 10)
		skip("the kernel gave no huge page");
	CHECK(dma(fd, p + 5 * PAGE, 20, d, VGPU_WRITE, true, &unmapped) == 20, "map");
	CHECK(unmapped == 20, "%ld of 20 pages unmapped", unmapped);
	expect_addresses(p + 5 * PAGE, 20, d);
}

/*
 * A shared page of a file that was only read is clean although it may be written.
 * Mapping it for DMA leaves it clean; unmapping with "the device wrote" makes it dirty.
 */
static void dirty(void)
{
	int fd = dev_open(), mem = (int)syscall(SYS_memfd_create, "scenario", 0);
	uint64_t d[N];
	long unmapped = 0;
	char *p;
	size_t i, clean = 0;

	if (mem < 0)
		skip("memfd_create: %s", strerror(errno));
	MUST(ftruncate(mem, N * PAGE));
	p = mmap(NULL, N * PAGE, PROT_READ | PROT_WRITE, MAP_SHARED, mem, 0);
	CHECK(p != MAP_FAILED, "mmap: %s", strerror(errno));
	need_coherent(fd);
	CHECK(dev_fault(fd, p, N, d, 0) == N, "read fault");
	for (i = 0; i < N; i++)
		clean += !frame_flag(frame_of(0, p + i * PAGE).pfn, KPF_DIRTY);
	if (clean != N)
		skip("this kernel makes pages of a new file dirty by itself (%zu of %d clean)",
		     clean, N);
	CHECK(dma(fd, p, N, d, 0, false, &unmapped) == N && unmapped == N, "map for reading");
	expect_addresses(p, N, d);
	for (i = 0; i < N; i++)
		CHECK(!frame_flag(frame_of(0, p + i * PAGE).pfn, KPF_DIRTY),
		      "page %zu is dirty, though nobody wrote", i);
	CHECK(dma(fd, p, N / 2, d, 0, true, &unmapped) == N / 2 && unmapped == N / 2, "map again");
	for (i = 0; i < N; i++)
		CHECK(frame_flag(frame_of(0, p + i * PAGE).pfn, KPF_DIRTY) == (i < N / 2),
		      "page %zu is %s", i, i < N / 2 ? "not dirty" : "dirty");
	/* For writing, the rest too. */
	CHECK(dma(fd, p, N, d, VGPU_WRITE, true, &unmapped) == N && unmapped == N, "map to write");
	for (i = 0; i < N; i++)
		CHECK(frame_flag(frame_of(0, p + i * PAGE).pfn, KPF_DIRTY), "page %zu is not dirty", i);
}

static void errors(void)
{
	int fd = dev_open();
	char *p = map_anon(N);
	uint64_t d[N];
	long unmapped = 0;

	need_coherent(fd);
	stamp_pages(p, N, 96, 1);
	MUST(munmap(p + 5 * PAGE, PAGE));
	CHECK(dma(fd, p, N, d, 0, false, &unmapped) == -EFAULT, "a window with a hole");
	MUST(mprotect(p + 10 * PAGE, PAGE, PROT_READ));
	CHECK(dma(fd, p + 8 * PAGE, 4, d, VGPU_WRITE, false, &unmapped) == -EPERM,
	      "write to a read-only page");
	MUST(mprotect(p + 10 * PAGE, PAGE, PROT_NONE));
	CHECK(dma(fd, p + 8 * PAGE, 4, d, 0, false, &unmapped) == -EPERM, "PROT_NONE");
	CHECK(dma(fd, p + 100, 1, d, 0, false, &unmapped) == -EINVAL, "not aligned");
	CHECK(dma(fd, p, 0, d, 0, false, &unmapped) == -EINVAL, "empty");
	CHECK(dma(fd, p, 5, d, VGPU_WRITE, true, &unmapped) == 5 && unmapped == 5, "the good part");
	expect_addresses(p, 5, d);
}

const struct scenario group_dma[] = {
	{ "dma_map_unmap", "DMA mapping: addresses are the frames'", map_unmap },
	{ "dma_huge", "DMA mapping of a part of a huge page", huge },
	{ "dma_dirty", "unmapping marks pages dirty, only if told", dirty },
	{ "dma_errors", "DMA mapping of what cannot be mapped", errors },
	{ 0 }
};
