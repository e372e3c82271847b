/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef HMM_BACKPORT_SELFTEST_H
#define HMM_BACKPORT_SELFTEST_H

#include <linux/cdev.h>
#include <linux/device.h>
#include <linux/hmm.h>
#include <linux/memremap.h>
#include <linux/mutex.h>
#include <linux/spinlock.h>
#include <linux/types.h>
#include <linux/xarray.h>
#include <test_hmm_uapi.h>

/* Pages that one look at the page tables covers; a PMD's worth, to see huge pages. */
#define ST_WINDOW	PTRS_PER_PTE

/* An entry of a device's page table: frame number and these. */
#define ST_VALID	BIT(0)
#define ST_WRITE	BIT(1)
#define ST_PRIVATE	BIT(2)
#define ST_ERROR	BIT(3)
#define ST_SPECIAL	BIT(4)
#define ST_ATOMIC	BIT(5)
#define ST_SHIFT	6

/**
 * struct st_device - a device, its node and its memory
 * @dev: the node
 * @cdev: its operations
 * @name: of the memory
 * @base: physical address of memory that the processor can use too; 0: it has
 *        private memory
 * @lock: the memory is being made, filled or removed; outside of mmap locks
 * @pagemap: the memory, made when it is first needed
 * @resource: the addresses it was given, if private
 * @first: its first frame
 * @npages: how many; 0: there is none
 * @pages_lock: @used and @hint; what @store points to belongs to the page's user
 * @used: which pages are in use
 * @hint: where to look for a free one
 * @store: of private memory, the pages that hold its content
 */
struct st_device {
	struct device		dev;
	struct cdev		cdev;
	char			name[32];
	unsigned long		base;
	struct mutex		lock;
	struct dev_pagemap	pagemap;
	struct resource		*resource;
	unsigned long		first;
	unsigned long		npages;
	spinlock_t		pages_lock;	/* see above */
	unsigned long		*used;
	unsigned long		hint;
	struct page		**store;
};

#define ST_DEVICES 4
extern struct st_device st_devices[ST_DEVICES];

/**
 * struct st_client - an open node: a process whose address space the device follows
 * @mirror: the mirror
 * @mm: the address space
 * @device: the device
 * @lock: the one that the callback takes: @table, @seq
 * @table: the device's page table
 * @seq: counts invalidations by others than ourselves
 * @fail_alloc: the next huge page cannot be had
 */
struct st_client {
	struct hmm_mirror	mirror;
	struct mm_struct	*mm;
	struct st_device	*device;
	struct mutex		lock;
	struct xarray		table;
	unsigned long		seq;
	bool			fail_alloc;
};

/* mirror.c */
unsigned long *st_mapped(struct st_client *client, unsigned long start, unsigned long end);
int st_note_memory(struct st_client *client, unsigned long start, unsigned long end,
		   const unsigned long *mapped);

/* memory.c */
#ifdef ST_MIGRATE
int st_migrate_to_device(struct st_client *client, unsigned long start, unsigned long end);
int st_migrate_to_system(struct st_client *client, unsigned long start, unsigned long end,
			 unsigned long *moved);
int st_memory_release(struct st_device *device, bool wait);
struct page *st_memory_behind(unsigned long pfn);
bool st_memory_is_local(struct st_device *device, unsigned long pfn);
#else
static inline int st_migrate_to_device(struct st_client *client, unsigned long start,
				       unsigned long end)
{
	return -EOPNOTSUPP;
}

static inline int st_migrate_to_system(struct st_client *client, unsigned long start,
				       unsigned long end, unsigned long *moved)
{
	return -EOPNOTSUPP;
}

static inline int st_memory_release(struct st_device *device, bool wait)
{
	return 0;
}

static inline struct page *st_memory_behind(unsigned long pfn)
{
	return pfn_to_page(pfn);
}

static inline bool st_memory_is_local(struct st_device *device, unsigned long pfn)
{
	return false;
}
#endif

#endif
