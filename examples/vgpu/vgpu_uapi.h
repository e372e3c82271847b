/* SPDX-License-Identifier: GPL-2.0-only WITH Linux-syscall-note */
/*
 * vgpu: user interface of the example vendor driver.
 *
 * The device exists in software only.  It has a page table of its own (one
 * 64-bit entry a page, in the format below), filled from the page tables of
 * the process that opened it, and an engine that copies bytes through that
 * page table.
 */
#ifndef VGPU_UAPI_H
#define VGPU_UAPI_H

#include <linux/ioctl.h>
#include <linux/types.h>

/* A device page table entry: flags below VGPU_PTE_SHIFT, frame number above. */
#define VGPU_PTE_VALID		(1ULL << 0)
#define VGPU_PTE_WRITE		(1ULL << 1)
#define VGPU_PTE_VRAM		(1ULL << 2)	/* the device's own memory */
#define VGPU_PTE_ERROR		(1ULL << 3)
#define VGPU_PTE_SPECIAL	(1ULL << 4)
#define VGPU_PTE_SHIFT		12

#define VGPU_WRITE		(1U << 0)	/* ask for write access to every page */
#define VGPU_SNAPSHOT		(1U << 1)	/* report, fault nothing in */
#define VGPU_PER_PAGE		(1U << 2)	/* entries[] holds a request for each page */
#define VGPU_ALLOW_RETRY	(1U << 3)	/* a fault may drop the mmap lock */
#define VGPU_MAP		(1U << 4)	/* put valid entries into the device page table */

/**
 * struct vgpu_svm - shared virtual memory: fault a window once
 * @start: first byte of the window
 * @end: first byte behind the window
 * @entries: user address of a u64 for each page: requests in, entries out
 * @flags: VGPU_WRITE, VGPU_SNAPSHOT, VGPU_PER_PAGE, VGPU_ALLOW_RETRY, VGPU_MAP
 * @tries: out: how often the fault was started over
 * @result: out: pages done, or a negative error code
 */
struct vgpu_svm {
	__u64 start;
	__u64 end;
	__u64 entries;
	__u32 flags;
	__u32 tries;
	__s64 result;
};

/**
 * struct vgpu_userptr - user memory for a job: fault and keep watching
 * @addr: first byte
 * @npages: number of pages
 * @entries: user address of a u64 for each page, filled with entries
 * @flags: VGPU_WRITE: the job writes
 * @handle: out: names the watched range, for VGPU_USERPTR_DONE
 * @result: out: pages done, or a negative error code (then there is no handle)
 */
struct vgpu_userptr {
	__u64 addr;
	__u64 npages;
	__u64 entries;
	__u32 flags;
	__u32 handle;
	__s64 result;
};

/**
 * struct vgpu_userptr_done - the job is submitted: stop watching
 * @handle: of VGPU_USERPTR_GET
 * @valid: out: 1 if the entries are still true, 0 if the job has to be redone
 */
struct vgpu_userptr_done {
	__u32 handle;
	__u32 valid;
};

/**
 * struct vgpu_copy - let the engine copy bytes through the device page table
 * @addr: address in the mirrored process
 * @len: bytes
 * @buf: user address of the caller's buffer
 * @flags: VGPU_WRITE: from @buf to @addr, else from @addr to @buf
 * @done: out: bytes copied before the first page without a usable entry
 */
struct vgpu_copy {
	__u64 addr;
	__u64 len;
	__u64 buf;
	__u32 flags;
	__u32 pad;
	__u64 done;
};

/**
 * struct vgpu_dma - map a window for DMA and unmap it again
 * @start: first byte of the window
 * @end: first byte behind the window
 * @daddrs: user address of a u64 for each page, filled with bus addresses (0: none)
 * @flags: VGPU_WRITE
 * @dirty: mark the pages dirty when they are unmapped
 * @mapped: out: pages mapped, or a negative error code
 * @unmapped: out: pages unmapped
 */
struct vgpu_dma {
	__u64 start;
	__u64 end;
	__u64 daddrs;
	__u32 flags;
	__u32 dirty;
	__s64 mapped;
	__s64 unmapped;
};

/**
 * struct vgpu_stats - what this open device has seen so far
 * @invalidations: calls of the invalidation callback
 * @refused: of these, the ones refused because they must not block
 * @dropped: device page table entries dropped by them
 * @releases: calls of the release callback (0 or 1)
 * @mapped: entries in the device page table now
 */
struct vgpu_stats {
	__u64 invalidations;
	__u64 refused;
	__u64 dropped;
	__u64 releases;
	__u64 mapped;
};

#define VGPU_SVM_FAULT		_IOWR('V', 1, struct vgpu_svm)
#define VGPU_USERPTR_GET	_IOWR('V', 2, struct vgpu_userptr)
#define VGPU_USERPTR_DONE	_IOWR('V', 3, struct vgpu_userptr_done)
#define VGPU_COPY		_IOWR('V', 4, struct vgpu_copy)
#define VGPU_DMA		_IOWR('V', 5, struct vgpu_dma)
#define VGPU_STATS		_IOR('V', 6, struct vgpu_stats)
/* Milliseconds that a flush of the device's TLB takes: the callback sleeps that long. */
#define VGPU_FLUSH_DELAY	_IOW('V', 7, __u32)

#endif
