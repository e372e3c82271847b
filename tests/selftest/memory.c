// SPDX-License-Identifier: GPL-2.0-only
/*
 * The devices' own memory: private, where the kernel has CONFIG_DEVICE_PRIVATE, or
 * coherent, and what moves there and back.
 *
 * Private memory has frame numbers and struct pages but nothing behind them: an
 * ordinary page each holds the content.
 */
#include <linux/bitmap.h>
#include <linux/delay.h>
#include <linux/highmem.h>
#include <linux/huge_mm.h>
#include <linux/ioport.h>
#include <linux/migrate.h>
#include <linux/mm.h>
#include <linux/pagemap.h>
#include <linux/sched/signal.h>
#include <linux/sizes.h>
#include <linux/slab.h>
#include <linux/vmalloc.h>
#include "selftest.h"

#ifdef ST_MIGRATE

#define ST_HUGE_ORDER	(PMD_SHIFT - PAGE_SHIFT)
#define ST_PRIVATE_SIZE	SZ_512M

static bool st_owns(const struct st_device *device, unsigned long pfn)
{
	return pfn - READ_ONCE(device->first) < READ_ONCE(device->npages);
}

bool st_memory_is_local(struct st_device *device, unsigned long pfn)
{
	return st_owns(device, pfn);
}

static struct st_device *st_device_of(unsigned long pfn)
{
	unsigned int i;

	for (i = 0; i < ST_DEVICES; i++)
		if (st_owns(&st_devices[i], pfn))
			return &st_devices[i];
	return NULL;
}

/* The page that holds the content of a frame which cannot go away now. */
struct page *st_memory_behind(unsigned long pfn)
{
	struct st_device *device = st_device_of(pfn);

	if (device && device->store)
		return device->store[pfn - device->first];
	return pfn_to_page(pfn);
}

/* --- pages ----------------------------------------------------------------- */

static void st_pages_free(struct st_device *device, unsigned long i, unsigned long n)
{
	unsigned long j;

	for (j = i; device->store && j < i + n; j++) {
		if (device->store[j])
			__free_page(device->store[j]);
		device->store[j] = NULL;
	}
	spin_lock(&device->pages_lock);
	bitmap_clear(device->used, i, n);
	spin_unlock(&device->pages_lock);
}

/* A free page of the device, huge if @order says so: locked, with a reference. */
static struct page *st_page_get(struct st_device *device, unsigned int order)
{
	unsigned long i, j, n = 1UL << order;
	struct page *page;

	if (!device->npages)
		return NULL;
	spin_lock(&device->pages_lock);
	i = bitmap_find_next_zero_area(device->used, device->npages, device->hint, n, n - 1);
	if (i >= device->npages)
		i = bitmap_find_next_zero_area(device->used, device->npages, 0, n, n - 1);
	if (i >= device->npages) {
		spin_unlock(&device->pages_lock);
		return NULL;
	}
	bitmap_set(device->used, i, n);
	device->hint = i + n;
	spin_unlock(&device->pages_lock);

	for (j = i; device->store && j < i + n; j++) {
		device->store[j] = alloc_page(GFP_KERNEL);
		if (!device->store[j]) {
			st_pages_free(device, i, n);
			return NULL;
		}
	}
	page = pfn_to_page(device->first + i);
#ifdef ST_FOLIO_INIT
	zone_device_folio_init((struct folio *)page, &device->pagemap, order);
#else
	zone_device_page_init(page);
#endif
	return page;
}

#ifdef ST_FOLIO_FREE
static void st_folio_free(struct folio *folio)
{
	unsigned long pfn = folio_pfn(folio);
	struct st_device *device = st_device_of(pfn);

	st_pages_free(device, pfn - device->first, folio_nr_pages(folio));
}
#else
static void st_page_free(struct page *page)
{
	unsigned long pfn = page_to_pfn(page);
	struct st_device *device = st_device_of(pfn);

	st_pages_free(device, pfn - device->first, 1);
}
#endif

/* --- filling the destinations of a migration ------------------------------- */

static unsigned long st_npages(unsigned long mpfn)
{
#ifdef ST_COMPOUND
	if (mpfn & MIGRATE_PFN_COMPOUND)
		return 1UL << ST_HUGE_ORDER;
#endif
	return 1;
}

static unsigned long st_mpfn(struct page *page, unsigned long n)
{
	unsigned long mpfn = migrate_pfn(page_to_pfn(page));

#ifdef ST_COMPOUND
	if (n > 1)
		mpfn |= MIGRATE_PFN_COMPOUND;
#endif
	return mpfn;
}

/* @from: NULL if nothing was mapped there. */
static void st_copy_pages(struct page *to, struct page *from, unsigned long n)
{
	unsigned long i;

	for (i = 0; i < n; i++) {
		void *data = page_address(st_memory_behind(page_to_pfn(to) + i));

		if (from)
			copy_page(data, page_address(st_memory_behind(page_to_pfn(from) + i)));
		else
			clear_page(data);
		if (!(i % 64))
			cond_resched();
	}
}

/* A page of system memory, huge if @order says so: locked, with a reference. */
static struct page *st_system_page(unsigned int order)
{
	struct page *page;

#ifdef ST_COMPOUND
	if (order) {
		struct folio *folio = folio_alloc(GFP_TRANSHUGE, order);

		page = folio ? &folio->page : NULL;
	} else
#endif
	{
		page = alloc_page(GFP_HIGHUSER_MOVABLE);
	}
	if (page)
		lock_page(page);
	return page;
}

/* One destination of @n pages: on @device, or in system memory if that is NULL. */
static bool st_fill_one(struct st_device *device, struct page *from, unsigned long *dst,
			unsigned long n)
{
	unsigned int order = n > 1 ? ST_HUGE_ORDER : 0;
	struct page *page = device ? st_page_get(device, order) : st_system_page(order);

	if (!page)
		return false;
	st_copy_pages(page, from, n);
	*dst = st_mpfn(page, n);
	return true;
}

/* A huge source is taken apart if there is no huge destination: then all of it or nothing. */
static bool st_fill_each(struct st_device *device, struct page *from, unsigned long *dst,
			 unsigned long n)
{
	unsigned long i;

	for (i = 0; i < n; i++)
		if (!st_fill_one(device, from ? from + i : NULL, &dst[i], 1))
			break;
	if (i == n)
		return true;
	while (i--) {
		struct page *page = migrate_pfn_to_page(dst[i]);

		unlock_page(page);
		put_page(page);
		dst[i] = 0;
	}
	return false;
}

/**
 * st_fill() - allocate destinations and copy to them
 * @device: where to; NULL: to system memory
 * @src: sources
 * @dst: destinations, zeroed
 * @npages: how many
 * @no_huge: pretend that there are no huge pages
 * @take_apart: huge sources may be taken apart
 *
 * Return: false if memory did not suffice for all that can move.
 */
static bool st_fill(struct st_device *device, const unsigned long *src, unsigned long *dst,
		    unsigned long npages, bool no_huge, bool take_apart)
{
	unsigned long i, n;
	bool enough = true;

	for (i = 0; i < npages; i += n) {
		struct page *from = migrate_pfn_to_page(src[i]);

		n = st_npages(src[i]);
		/* An empty address can get a page on the device, and has none to bring back. */
		if (!(src[i] & MIGRATE_PFN_MIGRATE) || (!device && !from))
			continue;
		if (!(n > 1 && no_huge) && st_fill_one(device, from, &dst[i], n))
			continue;
		if (n == 1 || !take_apart || !st_fill_each(device, from, &dst[i], n))
			enough = false;
	}
	return enough;
}

static unsigned long st_moved(const unsigned long *src, const unsigned long *dst,
			      unsigned long npages)
{
	unsigned long i, moved = 0;

	for (i = 0; i < npages; i++)
		if ((src[i] & MIGRATE_PFN_MIGRATE) && migrate_pfn_to_page(dst[i]))
			moved += st_npages(dst[i]);
	return moved;
}

/* --- the processor touches private memory ---------------------------------- */

static vm_fault_t st_migrate_to_ram(struct vm_fault *vmf)
{
	struct st_device *device = st_device_of(page_to_pfn(vmf->page));
	unsigned long src[1] = { 0 }, dst[1] = { 0 };
	unsigned long *more = NULL;
	struct migrate_vma args = {
		.vma		= vmf->vma,
		.start		= vmf->address & PAGE_MASK,
		.end		= (vmf->address & PAGE_MASK) + PAGE_SIZE,
		.src		= src,
		.dst		= dst,
		.pgmap_owner	= device,
		.flags		= MIGRATE_VMA_SELECT_DEVICE_PRIVATE,
		.fault_page	= vmf->page,
	};
	vm_fault_t ret = 0;

#ifdef ST_COMPOUND
	/* A huge page comes back whole if the mapping still holds all of it. */
	if (folio_nr_pages(page_folio(vmf->page)) == 1UL << ST_HUGE_ORDER) {
		unsigned long start = vmf->address & PMD_MASK;

		if (start >= vmf->vma->vm_start && start + PMD_SIZE <= vmf->vma->vm_end)
			more = kvcalloc(2UL << ST_HUGE_ORDER, sizeof(*more), GFP_KERNEL);
		if (more) {
			args.start = start;
			args.end = start + PMD_SIZE;
			args.src = more;
			args.dst = more + (1UL << ST_HUGE_ORDER);
			args.flags |= MIGRATE_VMA_SELECT_COMPOUND;
		}
	}
#endif
	if (migrate_vma_setup(&args)) {
		ret = VM_FAULT_SIGBUS;
	} else {
		if (!st_fill(NULL, args.src, args.dst, args.npages, false, true))
			ret = VM_FAULT_OOM;
		migrate_vma_pages(&args);
		migrate_vma_finalize(&args);
	}
	kvfree(more);
	return ret;
}

static const struct dev_pagemap_ops st_pagemap_ops = {
#ifdef ST_FOLIO_FREE
	.folio_free	= st_folio_free,
#else
	.page_free	= st_page_free,
#endif
	.migrate_to_ram	= st_migrate_to_ram,
};

/* --- making and removing the memory ---------------------------------------- */

static void st_memory_free(struct st_device *device)
{
	if (device->resource)
		release_mem_region(device->resource->start, resource_size(device->resource));
	device->resource = NULL;
	kvfree(device->store);
	device->store = NULL;
	bitmap_free(device->used);
	device->used = NULL;
}

/* Under device->lock. */
static int st_memory_make(struct st_device *device)
{
	struct dev_pagemap *pagemap = &device->pagemap;
	unsigned long npages;
	void *ret;

	if (device->npages)
		return 0;
	memset(pagemap, 0, sizeof(*pagemap));
	pagemap->nr_range = 1;
	pagemap->ops = &st_pagemap_ops;
	pagemap->owner = device;
	if (device->base) {
#ifdef ST_COHERENT
		pagemap->type = MEMORY_DEVICE_COHERENT;
#endif
		pagemap->range.start = device->base;
		pagemap->range.end = device->base + SZ_256M - 1;
	} else {
		/* The kernel would warn. */
		if (!IS_ENABLED(CONFIG_DEVICE_PRIVATE))
			return -EOPNOTSUPP;
		pagemap->type = MEMORY_DEVICE_PRIVATE;
		device->resource = request_free_mem_region(&iomem_resource, ST_PRIVATE_SIZE,
							   device->name);
		if (IS_ERR(device->resource)) {
			int err = PTR_ERR(device->resource);

			device->resource = NULL;
			return err;
		}
		pagemap->range.start = device->resource->start;
		pagemap->range.end = device->resource->end;
	}

	npages = range_len(&pagemap->range) >> PAGE_SHIFT;
	device->used = bitmap_zalloc(npages, GFP_KERNEL);
	if (!device->base)
		device->store = kvcalloc(npages, sizeof(*device->store), GFP_KERNEL);
	if (!device->used || (!device->base && !device->store)) {
		st_memory_free(device);
		return -ENOMEM;
	}
	ret = memremap_pages(pagemap, numa_mem_id());
	if (IS_ERR(ret)) {
		st_memory_free(device);
		return PTR_ERR(ret);
	}
	device->hint = 0;
	WRITE_ONCE(device->first, pagemap->range.start >> PAGE_SHIFT);
	WRITE_ONCE(device->npages, npages);
	return 0;
}

static void st_evict(struct st_device *device, unsigned long *src, unsigned long *dst)
{
	unsigned long i;

	for (i = 0; i < device->npages; i += ST_WINDOW) {
		/* Free pages are passed over, but not for nothing. */
		if (find_next_bit(device->used, i + ST_WINDOW, i) >= i + ST_WINDOW)
			continue;
		memset(src, 0, ST_WINDOW * sizeof(*src));
		memset(dst, 0, ST_WINDOW * sizeof(*dst));
		migrate_device_range(src, device->first + i, ST_WINDOW);
		st_fill(NULL, src, dst, ST_WINDOW, false, false);
		migrate_device_pages(src, dst, ST_WINDOW);
		migrate_device_finalize(src, dst, ST_WINDOW);
		cond_resched();
	}
}

/**
 * st_memory_release() - bring back what is in the device's memory and remove it
 * @device: the device
 * @wait: however long it takes
 *
 * Return: 0 or an error, and then the memory stays.
 */
int st_memory_release(struct st_device *device, bool wait)
{
	unsigned int tries = 100;
	unsigned long *mpfns;
	int ret = 0;

	mpfns = kvcalloc(2 * ST_WINDOW, sizeof(*mpfns), GFP_KERNEL | __GFP_NOFAIL);
	mutex_lock(&device->lock);
	if (!device->npages)
		goto out;
	while (1) {
		st_evict(device, mpfns, mpfns + ST_WINDOW);
		if (bitmap_empty(device->used, device->npages))
			break;
		if (!wait && (!tries-- || fatal_signal_pending(current))) {
			ret = -EBUSY;
			goto out;
		}
		msleep(20);
	}
	memunmap_pages(&device->pagemap);
	WRITE_ONCE(device->npages, 0);
	st_memory_free(device);
out:
	mutex_unlock(&device->lock);
	kvfree(mpfns);
	return ret;
}

/* --- moving on request ----------------------------------------------------- */

static unsigned long st_select(const struct st_device *device, bool to_device)
{
	unsigned long flags = MIGRATE_VMA_SELECT_SYSTEM;

	if (!to_device)
		flags = MIGRATE_VMA_SELECT_DEVICE_PRIVATE;
#ifdef ST_COHERENT
	if (!to_device && device->base)
		flags = MIGRATE_VMA_SELECT_DEVICE_COHERENT;
#endif
#ifdef ST_COMPOUND
	if (!device->base)
		flags |= MIGRATE_VMA_SELECT_COMPOUND;
#endif
	return flags;
}

static int st_migrate_piece(struct st_client *client, struct migrate_vma *args, bool to_device,
			    unsigned long *moved)
{
	struct st_device *device = client->device;
	bool no_huge = client->fail_alloc;
	int ret;

	args->pgmap_owner = device;
	args->flags = st_select(device, to_device);
	ret = migrate_vma_setup(args);
	if (ret)
		return ret;
	client->fail_alloc = false;
	st_fill(to_device ? device : NULL, args->src, args->dst, args->npages, no_huge, true);
	migrate_vma_pages(args);
	*moved += st_moved(args->src, args->dst, args->npages);
	migrate_vma_finalize(args);
	return 0;
}

static int st_migrate(struct st_client *client, unsigned long start, unsigned long end,
		      bool to_device, unsigned long *moved)
{
	unsigned long *mpfns, addr, next;
	int ret = 0;

	mpfns = kvcalloc(2 * ST_WINDOW, sizeof(*mpfns), GFP_KERNEL);
	if (!mpfns)
		return -ENOMEM;
	for (addr = start; !ret && addr < end; addr = next) {
		struct migrate_vma args = { .src = mpfns, .dst = mpfns + ST_WINDOW };
		struct vm_area_struct *vma;

		mmap_read_lock(client->mm);
		vma = find_vma(client->mm, addr);
		if (!vma || vma->vm_start > addr || !(vma->vm_flags & VM_READ)) {
			mmap_read_unlock(client->mm);
			ret = -EINVAL;
			break;
		}
		next = min(((addr | ~PMD_MASK) + 1), min(end, vma->vm_end));
		args.vma = vma;
		args.start = addr;
		args.end = next;
		ret = st_migrate_piece(client, &args, to_device, moved);
		mmap_read_unlock(client->mm);
	}
	kvfree(mpfns);
	return ret;
}

int st_migrate_to_device(struct st_client *client, unsigned long start, unsigned long end)
{
	unsigned long moved = 0, *mapped;
	int ret;

	/* Not even private memory holds more. */
	if (end - start > ST_PRIVATE_SIZE)
		return -ENOMEM;
	mapped = st_mapped(client, start, end);
	if (!mapped)
		return -ENOMEM;
	mutex_lock(&client->device->lock);
	ret = st_memory_make(client->device);
	/* Where there can be no memory, nothing moves. */
	if (!ret || ret == -EOPNOTSUPP)
		ret = st_migrate(client, start, end, true, &moved);
	mutex_unlock(&client->device->lock);
	if (!ret)
		ret = st_note_memory(client, start, end, mapped);
	kvfree(mapped);
	return ret;
}

int st_migrate_to_system(struct st_client *client, unsigned long start, unsigned long end,
			 unsigned long *moved)
{
	int ret;

	mutex_lock(&client->device->lock);
	ret = st_migrate(client, start, end, false, moved);
	mutex_unlock(&client->device->lock);
	return ret;
}

#endif
