// SPDX-License-Identifier: GPL-2.0-only
/*
 * usersum without hmm-backport: each page is taken from the program's page table and
 * held while it is read.
 */
#include <linux/err.h>
#include <linux/highmem.h>
#include <linux/mm.h>
#include <linux/string.h>

#include "usersum.h"

const char *usersum_way(void)
{
	return "get_user_pages_fast()";
}

struct usersum_ctx *usersum_ctx_new(void)
{
	return NULL;
}

void usersum_ctx_free(struct usersum_ctx *ctx)
{
}

int usersum_read_page(struct usersum_ctx *ctx, unsigned long addr, void *buf)
{
	struct page *page;
	void *from;
	int ret;

	ret = get_user_pages_fast(addr, 1, 0, &page);
	if (ret != 1)
		return ret < 0 ? ret : -EFAULT;
	from = kmap(page);
	memcpy(buf, from, PAGE_SIZE);
	kunmap(page);
	put_page(page);

	return 0;
}
