// SPDX-License-Identifier: GPL-2.0-only
/*
 * The vgpu device as the scenarios use it, and the oracle they compare with.
 */
#include <fcntl.h>
#include <sys/ioctl.h>

#include "harness.h"

#define DEVICE "/dev/vgpu"

uint32_t dev_tries;

int dev_open(void)
{
	int fd = open(DEVICE, O_RDWR | O_CLOEXEC);

	CHECK(fd >= 0, DEVICE ": %s (is vgpu.ko loaded?)", strerror(errno));
	return fd;
}

/* The device may say an error as the result or as errno: both mean the same. */
long dev_fault_bytes(int fd, uint64_t start, uint64_t end, uint64_t *entries, unsigned int flags)
{
	struct vgpu_svm a = {
		.start = start, .end = end, .entries = (uintptr_t)entries, .flags = flags,
	};

	if (ioctl(fd, VGPU_SVM_FAULT, &a))
		return -errno;
	dev_tries = a.tries;
	return (long)a.result;
}

long dev_fault(int fd, void *addr, size_t npages, uint64_t *entries, unsigned int flags)
{
	size_t i;

	/* Nothing of an earlier call can pass for an answer of this one. */
	if (!(flags & VGPU_PER_PAGE))
		for (i = 0; i < npages; i++)
			entries[i] = ~0ULL;
	return dev_fault_bytes(fd, (uintptr_t)addr, (uintptr_t)addr + npages * PAGE, entries,
			       flags);
}

long dev_get(int fd, void *addr, size_t npages, uint64_t *entries, unsigned int flags,
	     uint32_t *handle)
{
	struct vgpu_userptr a = {
		.addr = (uintptr_t)addr, .npages = npages, .entries = (uintptr_t)entries,
		.flags = flags,
	};
	size_t i;

	for (i = 0; i < npages; i++)
		entries[i] = ~0ULL;
	if (ioctl(fd, VGPU_USERPTR_GET, &a))
		return -errno;
	*handle = a.handle;
	return (long)a.result;
}

int dev_done_error(int fd, uint32_t handle)
{
	struct vgpu_userptr_done a = { .handle = handle };

	return ioctl(fd, VGPU_USERPTR_DONE, &a) ? -errno : 0;
}

bool dev_done(int fd, uint32_t handle)
{
	struct vgpu_userptr_done a = { .handle = handle, .valid = 77 };

	MUST(ioctl(fd, VGPU_USERPTR_DONE, &a));
	CHECK(a.valid <= 1, "USERPTR_DONE says valid = %u", a.valid);
	return a.valid;
}

static size_t dev_copy(int fd, void *addr, size_t len, const void *buf, unsigned int flags)
{
	struct vgpu_copy a = {
		.addr = (uintptr_t)addr, .len = len, .buf = (uintptr_t)buf, .flags = flags,
	};

	/* A copy that stops at once may be told as an error. */
	if (ioctl(fd, VGPU_COPY, &a))
		return 0;
	return a.done;
}

size_t dev_read(int fd, void *addr, size_t len, void *buf)
{
	return dev_copy(fd, addr, len, buf, 0);
}

size_t dev_write(int fd, void *addr, size_t len, const void *buf)
{
	return dev_copy(fd, addr, len, buf, VGPU_WRITE);
}

struct vgpu_stats dev_stats(int fd)
{
	struct vgpu_stats s = { 0 };

	MUST(ioctl(fd, VGPU_STATS, &s));
	return s;
}

void dev_flush_delay(int fd, unsigned int ms)
{
	__u32 arg = ms;

	MUST(ioctl(fd, VGPU_FLUSH_DELAY, &arg));
}

/* The oracle */

void frames_of(pid_t pid, const void *addr, size_t npages, struct frame *frames)
{
	char path[64] = "/proc/self/pagemap";
	uint64_t words[64];
	size_t i;
	int fd;

	CHECK(npages <= 64, "too many pages at once");
	if (pid)
		snprintf(path, sizeof(path), "/proc/%d/pagemap", pid);
	fd = open(path, O_RDONLY | O_CLOEXEC);
	CHECK(fd >= 0, "%s: %s", path, strerror(errno));
	CHECK(pread(fd, words, npages * sizeof(words[0]),
		    (off_t)((uintptr_t)addr / PAGE * sizeof(words[0]))) ==
	      (ssize_t)(npages * sizeof(words[0])), "%s: nothing for %p", path, addr);
	close(fd);
	for (i = 0; i < npages; i++) {
		frames[i] = (struct frame) {
			.present = words[i] >> 63,
			.swapped = words[i] >> 62 & 1,
			.exclusive = words[i] >> 56 & 1,
		};
		if (frames[i].present)
			frames[i].pfn = words[i] & ((1ULL << 55) - 1);
		CHECK(!frames[i].present || frames[i].pfn, "%s shows no frames: root is needed",
		      path);
	}
}

struct frame frame_of(pid_t pid, const void *addr)
{
	struct frame f;

	frames_of(pid, addr, 1, &f);
	return f;
}

bool frame_flag(uint64_t pfn, int bit)
{
	int fd = open("/proc/kpageflags", O_RDONLY | O_CLOEXEC);
	uint64_t word;

	CHECK(fd >= 0, "/proc/kpageflags: %s", strerror(errno));
	CHECK(pread(fd, &word, sizeof(word), (off_t)(pfn * sizeof(word))) == sizeof(word),
	      "/proc/kpageflags: nothing for frame 0x%llx", (unsigned long long)pfn);
	close(fd);
	return word >> bit & 1;
}

void expect_frames(const char *file, int line, pid_t pid, void *addr, size_t npages,
		   const uint64_t *entries)
{
	size_t i;

	for (i = 0; i < npages; i++) {
		struct frame f = frame_of(pid, (char *)addr + i * PAGE);
		uint64_t e = entries[i];

		if (!f.present && e)
			fail_at(file, line, "page %zu is not present, its entry is 0x%llx", i,
				(unsigned long long)e);
		if (!f.present)
			continue;
		if (!(e & VGPU_PTE_VALID))
			fail_at(file, line, "page %zu has frame 0x%llx, its entry 0x%llx is not valid",
				i, (unsigned long long)f.pfn, (unsigned long long)e);
		if (ENTRY_FLAGS(e) & ~RW)
			fail_at(file, line, "page %zu: odd flags in entry 0x%llx", i,
				(unsigned long long)e);
		if (ENTRY_PFN(e) != f.pfn)
			fail_at(file, line, "page %zu has frame 0x%llx, its entry says 0x%llx", i,
				(unsigned long long)f.pfn, (unsigned long long)ENTRY_PFN(e));
	}
}

void expect_flags(const char *file, int line, size_t npages, const uint64_t *entries,
		  uint64_t flags)
{
	size_t i;

	for (i = 0; i < npages; i++)
		if (ENTRY_FLAGS(entries[i]) != flags)
			fail_at(file, line, "page %zu: entry 0x%llx, expected flags 0x%llx", i,
				(unsigned long long)entries[i], (unsigned long long)flags);
}

void expect_same_bytes(const char *file, int line, int fd, void *addr, size_t npages)
{
	char buf[PAGE];
	size_t i, n;

	for (i = 0; i < npages; i++) {
		char *p = (char *)addr + i * PAGE;

		n = dev_read(fd, p, PAGE, buf);
		if (n != PAGE)
			fail_at(file, line, "the device reads %zu bytes of page %zu", n, i);
		if (memcmp(buf, p, PAGE))
			fail_at(file, line, "page %zu: the device reads other bytes than the CPU", i);
	}
}
