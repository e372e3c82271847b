/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * usersum: what a program and the driver say to each other, and what the driver's
 * parts share.
 */
#ifndef USERSUM_H
#define USERSUM_H

#include <linux/ioctl.h>
#include <linux/types.h>

/**
 * struct usersum - add up the bytes of a program's memory
 * @addr: first byte
 * @len: number of bytes
 * @sum: the sum (result)
 */
struct usersum {
	__u64	addr;
	__u64	len;
	__u64	sum;
};

#define USERSUM		_IOWR('u', 1, struct usersum)

#ifdef __KERNEL__
struct usersum_ctx;

/* In by_hmm.c, and in by_gup.c for a kernel without hmm-backport. */
const char *usersum_way(void);
struct usersum_ctx *usersum_ctx_new(void);
void usersum_ctx_free(struct usersum_ctx *ctx);
int usersum_read_page(struct usersum_ctx *ctx, unsigned long addr, void *buf);
#endif

#endif
