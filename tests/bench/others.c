// SPDX-License-Identifier: GPL-2.0-only
/*
 * What both walks are compared with.
 */
#include <linux/mm.h>
#include <linux/hmm_backport_mmap_lock.h>
#include "walk.h"

/* The pages that come, each with a reference, which is given back unmeasured. */
int gup_fast_walk(struct bench_call *call)
{
	struct page **pages = (struct page **)call->entries;
	unsigned int flags = bench_want(call, 0) & BENCH_WRITE ? FOLL_WRITE : 0;
	long got = 0, i;
	u64 from;

	from = bench_now();
	got = get_user_pages_fast(call->start, call->npages, flags, pages);
	call->took = bench_now() - from;
	for (i = 0; i < got; i++)
		put_page(pages[i]);
	if (got < 0)
		return got;
	call->valid = got;
	return 0;
}

int floor_walk(struct bench_call *call)
{
	u64 *from = call->spare, *to = call->entries;
	unsigned long i;
	u64 began;

	began = bench_now();
	for (i = 0; i < call->npages; i++)
		WRITE_ONCE(to[i], READ_ONCE(from[i]));
	call->took = bench_now() - began;
	call->valid = call->npages;
	return 0;
}

static int handle_page(struct vm_area_struct *vma, unsigned long addr, unsigned int want)
{
	unsigned int flags = FAULT_FLAG_REMOTE | (want & BENCH_WRITE ? FAULT_FLAG_WRITE : 0);

	return handle_mm_fault(vma, addr, flags, NULL) & VM_FAULT_ERROR ? -EFAULT : 0;
}

/* The window is one mapping, and every page of it is wanted. */
int handle_walk(struct bench_call *call)
{
	struct vm_area_struct *vma;
	unsigned long i;
	int ret = 0;
	u64 from;

	mmap_read_lock(call->mm);
	vma = find_vma(call->mm, call->start);
	if (!vma || call->start < vma->vm_start ||
	    call->start + (call->npages << PAGE_SHIFT) > vma->vm_end)
		ret = -EINVAL;
	from = bench_now();
	for (i = 0; !ret && i < call->npages; i++)
		ret = handle_page(vma, call->start + (i << PAGE_SHIFT), bench_want(call, i));
	call->took = bench_now() - from;
	mmap_read_unlock(call->mm);
	call->valid = call->npages;
	return ret;
}
