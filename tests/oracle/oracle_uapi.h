/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * /dev/hmm_oracle: what two page-table mirrors say of the same memory of the
 * process that asks, hmm-backport's and the kernel's own.
 */
#ifndef ORACLE_UAPI_H
#define ORACLE_UAPI_H

#include <linux/ioctl.h>
#include <linux/types.h>

/* A page in the form that both are brought into: a frame number above these. */
#define ORACLE_VALID		(1ULL << 0)	/* a frame that can be read */
#define ORACLE_WRITE		(1ULL << 1)	/* and written */
#define ORACLE_ERROR		(1ULL << 2)	/* nothing a device may use */
#define ORACLE_PRIVATE		(1ULL << 3)	/* ours: memory of the device */
#define ORACLE_SPECIAL		(1ULL << 4)	/* ours: an error of the kind "special" */
#define ORACLE_STRAY		(1ULL << 5)	/* theirs: none, with a frame number left in it */
#define ORACLE_GARBAGE		(1ULL << 6)	/* no entry of the interface's format */
#define ORACLE_ORDER_SHIFT	7		/* theirs: log2 of the pages mapped together */
#define ORACLE_ORDER_MASK	0x1fULL
#define ORACLE_FRAME_SHIFT	12

/* What is wanted of a page. */
#define ORACLE_READ		1
#define ORACLE_READ_WRITE	3

/* oracle_ask.flags */
#define ORACLE_OURS		(1 << 0)	/* ask hmm-backport */
#define ORACLE_THEIRS		(1 << 1)	/* ask the kernel */
#define ORACLE_THEIRS_FIRST	(1 << 2)
#define ORACLE_SNAPSHOT		(1 << 3)	/* both, under one hold of the mmap lock */
#define ORACLE_PLAIN		(1 << 4)	/* ours: no HMM_FAULT_SNAPSHOT for a snapshot */
#define ORACLE_RETRY		(1 << 5)	/* ours: with HMM_FAULT_ALLOW_RETRY */
#define ORACLE_OTHER_FORMAT	(1 << 6)	/* ours: the second format of entries */

/**
 * struct oracle_ask - a question about a window
 * @addr: first address
 * @other: first address for the kernel's own; the same, or a twin of it
 * @npages: size of both
 * @wants: user address of what is wanted of each page, one byte a page, or 0
 * @ours: user address for one word a page
 * @theirs: user address for one word a page
 * @want: what is wanted of every page
 * @flags: ORACLE_* above
 * @ours_ret: result: of ours, 0 or a negative error (a wrong count is -EPROTO)
 * @theirs_ret: result: of the kernel's own
 * @settled: result: nothing changed between the first answer and the last look,
 *           so that both must be the same
 */
struct oracle_ask {
	__u64 addr;
	__u64 other;
	__u64 npages;
	__u64 wants;
	__u64 ours;
	__u64 theirs;
	__u32 want;
	__u32 flags;
	__s32 ours_ret;
	__s32 theirs_ret;
	__u32 settled;
	__u32 pad;
};

#define ORACLE_ASK	_IOWR('O', 1, struct oracle_ask)
/* 1 if nothing has changed since the last question, 0 if something has. */
#define ORACLE_STILL	_IO('O', 2)

/* Memory that only a driver can make: pages of mmap() offsets. */
#define ORACLE_MAP_FRAMES	0	/* frames without struct page, for all anyone knows */
#define ORACLE_MAP_MIXED	1	/* pages, frames without struct page, and neither */
#define ORACLE_MAP_PAGES	2	/* pages that a fault brings */
#define ORACLE_MAP_MOST		16	/* pages of each at most */

#endif
