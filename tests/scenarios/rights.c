// SPDX-License-Identifier: GPL-2.0-only
/*
 * Holes, protections, special mappings, and ranges that make no sense.
 */
#include <fcntl.h>
#include <sys/auxv.h>
#include <sys/syscall.h>
#include <sys/uio.h>

#include "harness.h"

#define N 16

static void holes(void)
{
	int fd = dev_open();
	char *p = map_anon(N);
	uint64_t e[N];

	stamp_pages(p, N, 20, 1);
	MUST(munmap(p + 4 * PAGE, 3 * PAGE));
	MUST(munmap(p + 12 * PAGE, 4 * PAGE));
	CHECK(dev_fault(fd, p, N, e, VGPU_SNAPSHOT) == N, "snapshot with holes");
	EXPECT_FLAGS(4, e, RW);
	EXPECT_FLAGS(3, e + 4, 0);
	EXPECT_FLAGS(5, e + 7, RW);
	EXPECT_FLAGS(4, e + 12, 0);
	EXPECT_FRAMES(0, p, N, e);
	CHECK(dev_fault(fd, p, N, e, 0) == -EFAULT, "a request across a hole");
	CHECK(dev_fault(fd, p + 4 * PAGE, 3, e, 0) == -EFAULT, "a request in a hole");
	CHECK(dev_fault(fd, p + 12 * PAGE, 1, e, VGPU_WRITE) == -EFAULT, "a request behind all");
	CHECK(dev_fault(fd, p + 7 * PAGE, 5, e, VGPU_WRITE) == 5, "between two holes");
	EXPECT_FRAMES(0, p + 7 * PAGE, 5, e);

	/* Nothing mapped at all, also at the two ends of the address space. */
	CHECK(dev_fault(fd, map_fixed_gap(8), 8, e, VGPU_SNAPSHOT) == 8, "snapshot of nothing");
	EXPECT_FLAGS(8, e, 0);
	CHECK(dev_fault(fd, (void *)PAGE, 1, e, 0) == -EFAULT, "the second page of all");
	CHECK(dev_fault(fd, (void *)0x7ffffffe0000UL, 2, e, 0) < 0, "the last pages of all");
}

#ifndef SYS_memfd_secret
#define SYS_memfd_secret 447
#endif

/* Memory that the kernel itself does not map is nothing for a device. */
static void secret(void)
{
	int fd = dev_open(), secret_fd = (int)syscall(SYS_memfd_secret, 0);
	uint64_t e[N];
	char *p;

	if (secret_fd < 0)
		skip("memfd_secret: %s", strerror(errno));
	MUST(ftruncate(secret_fd, N * PAGE));
	p = mmap(NULL, N * PAGE, PROT_READ | PROT_WRITE, MAP_SHARED, secret_fd, 0);
	CHECK(p != MAP_FAILED, "mmap: %s", strerror(errno));
	stamp_pages(p, N, 29, 1);
	CHECK(dev_fault(fd, p, N, e, VGPU_SNAPSHOT) == -EFAULT, "snapshot");
	CHECK(dev_fault(fd, p, N, e, 0) == -EFAULT, "read");
	CHECK(dev_fault(fd, p, N, e, VGPU_WRITE) == -EFAULT, "write");
	EXPECT_FLAGS(N, e, 0);
}

/* A hole that nobody asks for is no error. */
static void hole_unasked(void)
{
	int fd = dev_open();
	char *p = map_anon(N);
	uint64_t e[N];
	size_t i;

	MUST(munmap(p + 4 * PAGE, 3 * PAGE));
	for (i = 0; i < N; i++)
		e[i] = i >= 4 && i < 7 ? 0 : RW;
	CHECK(dev_fault(fd, p, N, e, VGPU_PER_PAGE) == N, "requests around a hole");
	EXPECT_FRAMES(0, p, N, e);
	EXPECT_FLAGS(4, e, RW);
	EXPECT_FLAGS(3, e + 4, 0);
	EXPECT_FLAGS(N - 7, e + 7, RW);
	for (i = 0; i < N; i++)
		e[i] = i == 5 ? VGPU_PTE_VALID : 0;
	CHECK(dev_fault(fd, p, N, e, VGPU_PER_PAGE) == -EFAULT, "one request in the hole");
}

static void prot_none(void)
{
	int fd = dev_open();
	char *p = map_anon(N);
	uint64_t e[N];

	stamp_pages(p, N, 21, 1);
	MUST(mprotect(p + 4 * PAGE, 4 * PAGE, PROT_NONE));
	CHECK(dev_fault(fd, p + 4 * PAGE, 4, e, 0) == -EPERM, "read");
	CHECK(dev_fault(fd, p + 4 * PAGE, 4, e, VGPU_WRITE) == -EPERM, "write");
	CHECK(dev_fault(fd, p + 4 * PAGE, 1, e, VGPU_SNAPSHOT) == -EPERM, "snapshot");
	CHECK(dev_fault(fd, p, N, e, 0) == -EPERM, "a window around it");
	/* What is not valid cannot have been put into the device. */
	CHECK(dev_fault(fd, p, N, e, VGPU_MAP) == -EPERM, "a window around it, to map");
	CHECK(dev_read(fd, p + 4 * PAGE, PAGE, (char[PAGE_MOST]){ 0 }) == 0, "the device reads PROT_NONE");
	MUST(mprotect(p + 4 * PAGE, 4 * PAGE, PROT_READ | PROT_WRITE));
	CHECK(dev_fault(fd, p, N, e, VGPU_WRITE | VGPU_MAP) == N, "after giving access back");
	EXPECT_FRAMES(0, p, N, e);
	EXPECT_SAME_BYTES(fd, p, N);
}

static void read_only(void)
{
	int fd = dev_open();
	char *p = map_anon(N);
	uint64_t e[N];
	size_t i;

	stamp_pages(p, N, 22, 1);
	MUST(mprotect(p, N / 2 * PAGE, PROT_READ));
	CHECK(dev_fault(fd, p, N, e, VGPU_MAP) == N, "read");
	EXPECT_FRAMES(0, p, N, e);
	EXPECT_FLAGS(N / 2, e, VGPU_PTE_VALID);
	EXPECT_FLAGS(N / 2, e + N / 2, RW);
	CHECK(dev_fault(fd, p, N / 2, e, VGPU_WRITE) == -EPERM, "write");
	CHECK(dev_fault(fd, p, N, e, VGPU_WRITE) == -EPERM, "write to both halves");
	CHECK(dev_write(fd, p, PAGE, (char[PAGE_MOST]){ 0 }) == 0, "the device wrote");
	CHECK(stamp_is(p, 22, 0, 1), "bytes of read-only memory changed");
	CHECK(dev_fault(fd, p + N / 2 * PAGE, N / 2, e, VGPU_WRITE) == N / 2, "the writable half");

	/* Write wanted only where it may be: no error. */
	for (i = 0; i < N; i++)
		e[i] = i < N / 2 ? VGPU_PTE_VALID : RW;
	CHECK(dev_fault(fd, p, N, e, VGPU_PER_PAGE) == N, "each half by its rights");
	EXPECT_FRAMES(0, p, N, e);
	EXPECT_FLAGS(N / 2, e, VGPU_PTE_VALID);
	EXPECT_FLAGS(N / 2, e + N / 2, RW);
	e[0] = RW;
	CHECK(dev_fault(fd, p, N, e, VGPU_PER_PAGE) == -EPERM, "one write request too many");

	/* Untouched read-only memory is the zero page. */
	p = mmap(NULL, N * PAGE, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	CHECK(p != MAP_FAILED, "mmap: %s", strerror(errno));
	CHECK(dev_fault(fd, p, N, e, 0) == N, "read of untouched memory");
	EXPECT_FRAMES(0, p, N, e);
	EXPECT_FLAGS(N, e, VGPU_PTE_VALID);
}

/* Where a file of /proc/self/maps is mapped; NULL if nowhere. */
static char *find_mapping(const char *name, size_t *npages, char *rights)
{
	FILE *f = fopen("/proc/self/maps", "re");
	char line[512];
	char *found = NULL;

	CHECK(f, "/proc/self/maps: %s", strerror(errno));
	while (!found && fgets(line, sizeof(line), f)) {
		unsigned long a, b;

		if (strstr(line, name) && sscanf(line, "%lx-%lx %4s", &a, &b, rights) == 3) {
			found = (char *)a;
			*npages = (b - a) / PAGE;
		}
	}
	fclose(f);
	return found;
}

static void pfnmap(void)
{
	int fd = dev_open(), mem = open("/dev/mem", O_RDONLY | O_CLOEXEC);
	uint64_t e[N];
	char *p;

	if (mem < 0)
		skip("/dev/mem: %s", strerror(errno));
	p = mmap(NULL, N * PAGE, PROT_READ, MAP_SHARED, mem, 0xf0000);
	if (p == MAP_FAILED)
		skip("mmap of the ROM through /dev/mem: %s", strerror(errno));
	/* Not read: there is something on a PC, elsewhere perhaps nothing. */
	CHECK(dev_fault(fd, p, N, e, 0) == -EFAULT, "read of device memory");
	CHECK(dev_fault(fd, p, N, e, VGPU_SNAPSHOT) == -EFAULT, "snapshot of device memory");
	CHECK(dev_fault(fd, p, N, e, VGPU_MAP) == -EFAULT, "device memory, to map");
	CHECK(dev_read(fd, p, PAGE, (char[PAGE_MOST]){ 0 }) == 0, "the device reads device memory");
}

/* Does get_user_pages() take it? */
static bool can_be_got(char *p)
{
	char byte;
	struct iovec here = { &byte, 1 }, there = { p, 1 };

	return process_vm_readv(getpid(), &here, 1, &there, 1, 0) == 1;
}

static void special(void)
{
	char *vvar, *vdso, rights[8];
	int fd = dev_open();
	uint64_t e[64];
	size_t n;

	vvar = find_mapping("[vvar]", &n, rights);
	/* 7.3: pages of the kernel's in a mixed mapping; before, VM_IO or VM_PFNMAP. */
	if (vvar && can_be_got(vvar)) {
		CHECK(dev_fault(fd, vvar, 1, e, VGPU_MAP) == 1, "[vvar]");
		EXPECT_FRAMES(0, vvar, 1, e);
		EXPECT_FLAGS(1, e, VGPU_PTE_VALID);
		CHECK(dev_fault(fd, vvar, 1, e, VGPU_WRITE) == -EPERM, "write to [vvar]");
	} else if (vvar) {
		CHECK(dev_fault(fd, vvar, 1, e, 0) == -EFAULT, "[vvar]");
		CHECK(dev_fault(fd, vvar, 1, e, VGPU_SNAPSHOT) == -EFAULT, "snapshot of [vvar]");
	} else {
		note("no [vvar] here");
	}
	/* The vdso is ordinary memory that happens to be mapped by the kernel. */
	vdso = find_mapping("[vdso]", &n, rights);
	if (!vdso)
		skip("no [vdso] here");
	CHECK(dev_fault(fd, vdso, 1, e, VGPU_MAP) == 1, "[vdso]");
	EXPECT_FRAMES(0, vdso, 1, e);
	EXPECT_FLAGS(1, e, VGPU_PTE_VALID);
	EXPECT_SAME_BYTES(fd, vdso, 1);
	CHECK(dev_fault(fd, vdso, 1, e, VGPU_WRITE) == -EPERM, "write to the [vdso]");
}

static void stack_and_text(void)
{
	char *text = (char *)((uintptr_t)&stack_and_text & ~(PAGE - 1));
	uint64_t e[4];
	int fd = dev_open();
	char local = 1, *stack = (char *)((uintptr_t)&local & ~(PAGE - 1));

	CHECK(dev_fault(fd, stack, 1, e, VGPU_WRITE | VGPU_MAP) == 1, "stack");
	EXPECT_FRAMES(0, stack, 1, e);
	EXPECT_FLAGS(1, e, RW);
	CHECK(dev_fault(fd, text, 1, e, VGPU_MAP) == 1, "text");
	EXPECT_FRAMES(0, text, 1, e);
	EXPECT_FLAGS(1, e, VGPU_PTE_VALID);
	EXPECT_SAME_BYTES(fd, text, 1);
	CHECK(dev_fault(fd, text, 1, e, VGPU_WRITE) == -EPERM, "write to text");
}

static void bad_ranges(void)
{
	int fd = dev_open();
	char *p = map_anon(N);
	uint64_t a = (uintptr_t)p, e[N + 1], handle_e[N];
	uint32_t handle;
	unsigned int f;
	static const unsigned int flags[] = { 0, VGPU_WRITE, VGPU_SNAPSHOT, VGPU_MAP };

	for (f = 0; f < 4; f++) {
		CHECK(dev_fault_bytes(fd, a + 1, a + PAGE, e, flags[f]) == -EINVAL,
		      "start not aligned");
		CHECK(dev_fault_bytes(fd, a, a + PAGE + 8, e, flags[f]) == -EINVAL,
		      "end not aligned");
		CHECK(dev_fault_bytes(fd, a + 2048, a + PAGE + 2048, e, flags[f]) == -EINVAL,
		      "neither aligned");
		CHECK(dev_fault_bytes(fd, a, a, e, flags[f]) == -EINVAL, "empty");
		CHECK(dev_fault_bytes(fd, a + 4 * PAGE, a + PAGE, e, flags[f]) == -EINVAL,
		      "end before start");
		CHECK(dev_fault_bytes(fd, a, 0, e, flags[f]) == -EINVAL, "end is 0");
		CHECK(dev_fault_bytes(fd, 0, 0, e, flags[f]) == -EINVAL, "0 to 0");
		CHECK(dev_fault_bytes(fd, ~0ULL & ~(PAGE - 1), a, e, flags[f]) == -EINVAL,
		      "from the kernel's end to here");
	}
	CHECK(dev_get(fd, p + 100, N - 1, handle_e, 0, &handle) == -EINVAL,
	      "USERPTR_GET not aligned");
	CHECK(dev_get(fd, p, 0, handle_e, 0, &handle) == -EINVAL, "USERPTR_GET of nothing");
	CHECK(dev_done_error(fd, 0x7fff1234) < 0, "USERPTR_DONE of a handle that is not one");
	CHECK(!frame_of(0, p).present, "a refused range was faulted in");
	CHECK(dev_fault(fd, p, N, e, VGPU_WRITE) == N, "a good range afterwards");
	EXPECT_FRAMES(0, p, N, e);
}

const struct scenario group_rights[] = {
	{ "rights_holes", "holes: none in a snapshot, -EFAULT on request", holes },
	{ "rights_hole_unasked", "a hole that nobody asks for is no error", hole_unasked },
	{ "rights_prot_none", "PROT_NONE: -EPERM", prot_none },
	{ "rights_read_only", "read-only memory with write requests: -EPERM", read_only },
	{ "rights_pfnmap", "device memory (/dev/mem): -EFAULT", pfnmap },
	{ "rights_special", "vvar and vdso", special },
	{ "rights_stack_text", "the stack and the program itself", stack_and_text },
	{ "rights_bad_ranges", "misaligned, reversed and empty ranges: -EINVAL", bad_ranges },
	{ "rights_secret", "memfd_secret: -EFAULT", secret },
	{ 0 }
};
