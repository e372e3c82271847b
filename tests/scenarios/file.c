// SPDX-License-Identifier: GPL-2.0-only
/*
 * File-backed memory: shmem, tmpfs, ramfs and the root file system, shared and private.
 */
#include <fcntl.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/syscall.h>

#include "harness.h"

#define N 16

/* A file of N stamped pages on a file system of its own. */
static int new_file(const char *fstype)
{
	char path[64] = "/scenario.file", page[PAGE];
	int fd;
	size_t i;

	if (fstype) {
		mkdir("/scenario.mnt", 0700);
		if (mount("none", "/scenario.mnt", fstype, 0, NULL))
			skip("mount of %s: %s", fstype, strerror(errno));
		strcpy(path, "/scenario.mnt/file");
	}
	fd = open(path, O_RDWR | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
	if (fd < 0)
		skip("%s: %s", path, strerror(errno));
	unlink(path);
	/* Gone from the tree at once, alive as long as it is used. */
	if (fstype)
		umount2("/scenario.mnt", MNT_DETACH);
	for (i = 0; i < N; i++) {
		stamp(page, 10, i, 1);
		if (pwrite(fd, page, PAGE, (off_t)(i * PAGE)) != (ssize_t)PAGE)
			skip("%s: %s", path, strerror(errno));
	}
	return fd;
}

static void shared_on(const char *fstype)
{
	int file = new_file(fstype), fd = dev_open();
	char *p = mmap(NULL, N * PAGE, PROT_READ | PROT_WRITE, MAP_SHARED, file, 0);
	char buf[PAGE];
	uint64_t e[N];
	size_t i;

	CHECK(p != MAP_FAILED, "mmap: %s", strerror(errno));
	CHECK(dev_fault(fd, p, N, e, VGPU_SNAPSHOT) == N, "snapshot");
	EXPECT_FRAMES(0, p, N, e);
	EXPECT_FLAGS(N, e, 0);
	CHECK(dev_fault(fd, p, N, e, VGPU_MAP) == N, "read fault");
	EXPECT_FRAMES(0, p, N, e);
	EXPECT_SAME_BYTES(fd, p, N);
	CHECK(dev_fault(fd, p, N, e, VGPU_WRITE | VGPU_MAP) == N, "write fault");
	EXPECT_FRAMES(0, p, N, e);
	EXPECT_FLAGS(N, e, RW);
	for (i = 0; i < N; i++) {
		stamp(buf, 11, i, 2);
		CHECK(dev_write(fd, p + i * PAGE, PAGE, buf) == PAGE, "device write to page %zu", i);
		MUST(pread(file, buf, PAGE, (off_t)(i * PAGE)));
		CHECK(stamp_is(buf, 11, i, 2), "page %zu: the file has other bytes", i);
		CHECK(stamp_is(p + i * PAGE, 11, i, 2), "page %zu: the CPU sees other bytes", i);
	}
}

static void private_on(const char *fstype)
{
	int file = new_file(fstype), fd = dev_open();
	char *s = mmap(NULL, N * PAGE, PROT_READ | PROT_WRITE, MAP_SHARED, file, 0);
	char *p = mmap(NULL, N * PAGE, PROT_READ | PROT_WRITE, MAP_PRIVATE, file, 0);
	char buf[PAGE];
	uint64_t e[N];
	size_t i;

	CHECK(s != MAP_FAILED && p != MAP_FAILED, "mmap: %s", strerror(errno));
	CHECK(dev_fault(fd, p, N, e, VGPU_MAP) == N, "read fault");
	EXPECT_FRAMES(0, p, N, e);
	EXPECT_FLAGS(N, e, VGPU_PTE_VALID);
	EXPECT_SAME_BYTES(fd, p, N);
	for (i = 0; i < N; i++) {
		CHECK(stamp_is(s + i * PAGE, 10, i, 1), "page %zu", i);
		CHECK(frame_of(0, s + i * PAGE).pfn == ENTRY_PFN(e[i]),
		      "page %zu is not the page cache's", i);
	}
	CHECK(dev_fault(fd, p, N, e, VGPU_WRITE | VGPU_MAP) == N, "write fault");
	EXPECT_FRAMES(0, p, N, e);
	EXPECT_FLAGS(N, e, RW);
	for (i = 0; i < N; i++) {
		CHECK(frame_of(0, s + i * PAGE).pfn != ENTRY_PFN(e[i]),
		      "page %zu: the page cache's frame for writing", i);
		stamp(buf, 12, i, 3);
		CHECK(dev_write(fd, p + i * PAGE, PAGE, buf) == PAGE, "device write to page %zu", i);
		CHECK(stamp_is(p + i * PAGE, 12, i, 3), "page %zu: the CPU sees other bytes", i);
		CHECK(stamp_is(s + i * PAGE, 10, i, 1), "page %zu: the file was written", i);
	}
}

static void tmpfs_shared(void) { shared_on("tmpfs"); }
static void tmpfs_private(void) { private_on("tmpfs"); }
static void ramfs_shared(void) { shared_on("ramfs"); }
static void ramfs_private(void) { private_on("ramfs"); }
static void root_shared(void) { shared_on(NULL); }
static void root_private(void) { private_on(NULL); }

static void shmem(void)
{
	int fd = dev_open();
	char *p = mmap(NULL, N * PAGE, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	char buf[PAGE];
	uint64_t e[N];
	size_t i;

	CHECK(p != MAP_FAILED, "mmap: %s", strerror(errno));
	for (i = 0; i < N; i += 2)
		stamp(p + i * PAGE, 13, i, 1);
	CHECK(dev_fault(fd, p, N, e, VGPU_SNAPSHOT) == N, "snapshot");
	EXPECT_FRAMES(0, p, N, e);
	CHECK(dev_fault(fd, p, N, e, VGPU_MAP) == N, "read fault");
	EXPECT_FRAMES(0, p, N, e);
	EXPECT_SAME_BYTES(fd, p, N);
	CHECK(dev_fault(fd, p, N, e, VGPU_WRITE | VGPU_MAP) == N, "write fault");
	EXPECT_FRAMES(0, p, N, e);
	EXPECT_FLAGS(N, e, RW);
	for (i = 1; i < N; i += 2) {
		stamp(buf, 13, i, 1);
		CHECK(dev_write(fd, p + i * PAGE, PAGE, buf) == PAGE, "device write to page %zu", i);
	}
	for (i = 0; i < N; i++)
		CHECK(stamp_is(p + i * PAGE, 13, i, 1), "page %zu", i);
}

/* The same shared page at two addresses: one frame, and each is invalidated by itself. */
static void shmem_alias(void)
{
	int mem = (int)syscall(SYS_memfd_create, "scenario", 0), fd = dev_open();
	uint32_t h1, h2;
	uint64_t e1[N], e2[N];
	char *a, *b;

	if (mem < 0)
		skip("memfd_create: %s", strerror(errno));
	MUST(ftruncate(mem, N * PAGE));
	a = mmap(NULL, N * PAGE, PROT_READ | PROT_WRITE, MAP_SHARED, mem, 0);
	b = mmap(NULL, N * PAGE, PROT_READ, MAP_SHARED, mem, 0);
	CHECK(a != MAP_FAILED && b != MAP_FAILED, "mmap: %s", strerror(errno));
	stamp_pages(a, N, 14, 1);
	CHECK(dev_get(fd, a, N, e1, VGPU_WRITE, &h1) == N, "USERPTR_GET");
	CHECK(dev_get(fd, b, N, e2, 0, &h2) == N, "USERPTR_GET of the read-only address");
	EXPECT_FRAMES(0, a, N, e1);
	EXPECT_FRAMES(0, b, N, e2);
	EXPECT_FLAGS(N, e1, RW);
	EXPECT_FLAGS(N, e2, VGPU_PTE_VALID);
	CHECK(ENTRY_PFN(e1[3]) == ENTRY_PFN(e2[3]), "two frames for one page");
	MUST(munmap(b, N * PAGE));
	CHECK(dev_done(fd, h1), "munmap at one address made the other one invalid");
	CHECK(!dev_done(fd, h2), "munmap went unseen");
}

/* The file shrinks under a live range; what lies behind its end cannot be faulted. */
static void truncated(void)
{
	int file = new_file("tmpfs"), fd = dev_open();
	char *p = mmap(NULL, N * PAGE, PROT_READ | PROT_WRITE, MAP_SHARED, file, 0);
	uint64_t e[N];
	uint32_t handle;
	size_t i;

	CHECK(p != MAP_FAILED, "mmap: %s", strerror(errno));
	CHECK(dev_fault(fd, p, N, e, VGPU_WRITE | VGPU_MAP) == N, "write fault");
	CHECK(dev_get(fd, p, N, e, VGPU_WRITE, &handle) == N, "USERPTR_GET");
	MUST(ftruncate(file, N / 2 * PAGE));
	CHECK(!dev_done(fd, handle), "ftruncate went unseen");
	CHECK(dev_read(fd, p + N / 2 * PAGE, PAGE, (char[PAGE_MOST]){ 0 }) == 0,
	      "the device reads a page that was cut off");
	CHECK(dev_fault(fd, p, N, e, VGPU_SNAPSHOT) == N, "snapshot");
	EXPECT_FRAMES(0, p, N, e);
	for (i = N / 2; i < N; i++)
		CHECK(!e[i], "page %zu behind the end: entry 0x%llx", i, (unsigned long long)e[i]);
	CHECK(dev_fault(fd, p, N / 2, e, VGPU_WRITE) == N / 2, "pages before the end");
	CHECK(dev_fault(fd, p, N, e, 0) == -EFAULT, "pages behind the end");
}

const struct scenario group_file[] = {
	{ "file_shmem", "shared anonymous memory", shmem },
	{ "file_shmem_alias", "one shared page at two addresses", shmem_alias },
	{ "file_tmpfs_shared", "file on tmpfs, shared", tmpfs_shared },
	{ "file_tmpfs_private", "file on tmpfs, private", tmpfs_private },
	{ "file_ramfs_shared", "file on ramfs, shared", ramfs_shared },
	{ "file_ramfs_private", "file on ramfs, private", ramfs_private },
	{ "file_root_shared", "file on the root file system, shared", root_shared },
	{ "file_root_private", "file on the root file system, private", root_private },
	{ "file_truncate", "ftruncate under a live range", truncated },
	{ 0 }
};
