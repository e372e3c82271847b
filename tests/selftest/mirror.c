// SPDX-License-Identifier: GPL-2.0-only
/*
 * Devices /dev/hmm_dmirrorN that the kernel's own hmm-tests can talk to, made
 * with hmm-backport: the ioctls are the kernel's test_hmm_uapi.h, the work is
 * done as a driver on the mirror API does it.
 *
 * A device here is a page table (an xarray) and a processor that copies pages
 * through it.  The table is filled from hmm_range_fault() under the client's
 * lock while the range is valid, and emptied by the mirror's callback.
 */
#include <linux/fs.h>
#include <linux/highmem.h>
#include <linux/jiffies.h>
#include <linux/migrate.h>
#include <linux/mm.h>
#include <linux/module.h>
#include <linux/rmap.h>
#include <linux/sched/mm.h>
#include <linux/sched/signal.h>
#include <linux/slab.h>
#include <linux/uaccess.h>
#include "selftest.h"

/* Emulated processors are slow. */
#define ST_PATIENCE (10 * HZ)

static unsigned long spm_addr_dev0;
module_param(spm_addr_dev0, ulong, 0444);
MODULE_PARM_DESC(spm_addr_dev0, "physical address of 256 MiB set aside: memory of device 2");

static unsigned long spm_addr_dev1;
module_param(spm_addr_dev1, ulong, 0444);
MODULE_PARM_DESC(spm_addr_dev1, "the same, for device 3");

struct st_device st_devices[ST_DEVICES];
static dev_t st_numbers;
static unsigned int st_count;

static const u64 st_flags[HMM_PFN_FLAG_MAX] = {
	[HMM_PFN_VALID]		 = ST_VALID,
	[HMM_PFN_WRITE]		 = ST_WRITE,
	[HMM_PFN_DEVICE_PRIVATE] = ST_PRIVATE,
};

static const u64 st_values[HMM_PFN_VALUE_MAX] = {
	[HMM_PFN_ERROR]		 = ST_ERROR,
	[HMM_PFN_NONE]		 = 0,
	[HMM_PFN_SPECIAL]	 = ST_SPECIAL,
};

/* A look at the page tables. */
struct st_window {
	struct hmm_range	range;
	u64			pfns[ST_WINDOW];
	u8			perms[ST_WINDOW];
};

static unsigned long st_window_end(unsigned long addr, unsigned long end)
{
	unsigned long next = (addr | (ST_WINDOW * PAGE_SIZE - 1)) + 1;

	return next - 1 < end - 1 ? next : end;
}

/* --- the callback ---------------------------------------------------------- */

static bool st_is_own_change(struct st_client *client, const struct mmu_notifier_range *update)
{
#if defined(ST_EXCLUSIVE_RANGE) || defined(ST_EXCLUSIVE_ONE)
	return update->event == MMU_NOTIFY_EXCLUSIVE && update->owner == client;
#else
	return false;
#endif
}

static int st_sync(struct hmm_mirror *mirror, const struct mmu_notifier_range *update)
{
	struct st_client *client = container_of(mirror, struct st_client, mirror);
	unsigned long index;
	void *entry;

	if (st_is_own_change(client, update))
		return 0;
	if (mmu_notifier_range_blockable(update))
		mutex_lock(&client->lock);
	else if (!mutex_trylock(&client->lock))
		return -EAGAIN;
	client->seq++;
	xa_for_each_range(&client->table, index, entry, update->start >> PAGE_SHIFT,
			  (update->end - 1) >> PAGE_SHIFT)
		xa_erase(&client->table, index);
	mutex_unlock(&client->lock);
	return 0;
}

static const struct hmm_mirror_ops st_mirror_ops = {
	.sync_cpu_device_pagetables = st_sync,
};

/* --- filling the table ----------------------------------------------------- */

/*
 * Looks at a window, with faults if @want says so.  After success the caller
 * holds the client's lock, the window is valid, and st_window_put() must follow.
 */
static int st_window_get(struct st_client *client, struct st_window *window,
			 unsigned long start, unsigned long end, u64 want, unsigned int flags)
{
	struct hmm_range *range = &window->range;
	unsigned long limit = jiffies + ST_PATIENCE;
	long ret;

	range->start = start;
	range->end = end;
	range->pfns = window->pfns;
	range->flags = st_flags;
	range->values = st_values;
	range->default_flags = want;
	range->pfn_flags_mask = 0;
	range->pfn_shift = ST_SHIFT;
	ret = hmm_range_register(range, &client->mirror);
	if (ret)
		return ret;

	while (1) {
		bool dropped;

		if (fatal_signal_pending(current)) {
			ret = -EINTR;
			break;
		}
		if (time_after(jiffies, limit)) {
			ret = -EBUSY;
			break;
		}
		if (!hmm_range_wait_until_valid(range, HMM_RANGE_DEFAULT_TIMEOUT))
			continue;
		mmap_read_lock(client->mm);
		ret = hmm_range_fault(range, flags);
		dropped = ret == -EAGAIN;
		if (!dropped)
			mmap_read_unlock(client->mm);
		if (dropped || ret == -EBUSY)
			continue;
		if (ret < 0)
			break;
		mutex_lock(&client->lock);
		if (hmm_range_valid(range))
			return 0;
		mutex_unlock(&client->lock);
	}
	hmm_range_unregister(range);
	return ret;
}

static void st_window_put(struct st_client *client, struct st_window *window)
{
	mutex_unlock(&client->lock);
	hmm_range_unregister(&window->range);
}

static int st_table_set(struct st_client *client, unsigned long addr, u64 entry)
{
	/* Under the lock that the callback takes there is no waiting for memory. */
	return xa_err(xa_store(&client->table, addr >> PAGE_SHIFT, xa_mk_value(entry),
			       GFP_ATOMIC));
}

static u64 st_table_get(struct st_client *client, unsigned long addr)
{
	void *entry = xa_load(&client->table, addr >> PAGE_SHIFT);

	return entry ? xa_to_value(entry) : 0;
}

/* A page fault of the device: all that is left of a command's range at once. */
static int st_fault(struct st_client *client, unsigned long start, unsigned long end, bool write,
		    bool unlocked)
{
	u64 want = ST_VALID | (write ? ST_WRITE : 0);
	unsigned long addr, next;
	struct st_window *window;
	int ret = 0;

	window = kmalloc(sizeof(*window), GFP_KERNEL);
	if (!window)
		return -ENOMEM;
	for (addr = start; !ret && addr < end; addr = next) {
		unsigned long i, n;

		next = st_window_end(addr, end);
		n = (next - addr) >> PAGE_SHIFT;
		ret = st_window_get(client, window, addr, next, want,
				    unlocked ? HMM_FAULT_ALLOW_RETRY : 0);
		if (ret)
			break;
		for (i = 0; !ret && i < n; i++) {
			u64 entry = window->pfns[i];

			/* Success promises what was wanted. */
			if (WARN_ON((entry & want) != want))
				ret = -EIO;
			else
				ret = st_table_set(client, addr + i * PAGE_SIZE, entry);
		}
		st_window_put(client, window);
	}
	kfree(window);
	/* A mapping that may not be read at all: newer interfaces call that a bad address. */
	if (ret == -EPERM && !write)
		ret = -EFAULT;
	return ret;
}

/* A bit a page: does the device map it? */
unsigned long *st_mapped(struct st_client *client, unsigned long start, unsigned long end)
{
	unsigned long index, first = start >> PAGE_SHIFT, n = (end - start) >> PAGE_SHIFT;
	unsigned long *mapped = kvcalloc(BITS_TO_LONGS(n), sizeof(long), GFP_KERNEL);
	void *entry;

	if (!mapped)
		return NULL;
	mutex_lock(&client->lock);
	xa_for_each_range(&client->table, index, entry, first, first + n - 1)
		__set_bit(index - first, mapped);
	mutex_unlock(&client->lock);
	return mapped;
}

/*
 * After a migration: enters what is in the device's memory now, and again what was
 * @mapped before and did not move.  The page tables are asked, not the migration,
 * since others may have been at it meanwhile.
 */
int st_note_memory(struct st_client *client, unsigned long start, unsigned long end,
		   const unsigned long *mapped)
{
	unsigned long addr, next;
	struct st_window *window;
	int ret = 0;

	window = kmalloc(sizeof(*window), GFP_KERNEL);
	if (!window)
		return -ENOMEM;
	for (addr = start; !ret && addr < end; addr = next) {
		unsigned long i, n;

		next = st_window_end(addr, end);
		n = (next - addr) >> PAGE_SHIFT;
		ret = st_window_get(client, window, addr, next, 0, HMM_FAULT_SNAPSHOT);
		if (ret)
			break;
		for (i = 0; !ret && i < n; i++) {
			unsigned long at = addr + i * PAGE_SIZE;
			u64 entry = window->pfns[i];

			if ((entry & ST_VALID) &&
			    (test_bit((at - start) >> PAGE_SHIFT, mapped) ||
			     st_memory_is_local(client->device, entry >> ST_SHIFT)))
				ret = st_table_set(client, at, entry);
		}
		st_window_put(client, window);
	}
	kfree(window);
	return ret;
}

/* --- what the device does -------------------------------------------------- */

/* Copies pages through the table until one is missing; how many were copied. */
static unsigned long st_copy(struct st_client *client, unsigned long addr, unsigned long npages,
			     void *data, bool write)
{
	unsigned long i;

	mutex_lock(&client->lock);
	for (i = 0; i < npages; i++, addr += PAGE_SIZE, data += PAGE_SIZE) {
		u64 entry = st_table_get(client, addr);
		struct page *page;

		if (!(entry & ST_VALID) || (write && !(entry & ST_WRITE)))
			break;
		page = st_memory_behind(entry >> ST_SHIFT);
		if (write) {
			memcpy(page_address(page), data, PAGE_SIZE);
			/* The processor's own entry may be clean. */
			if (!(entry & ST_PRIVATE))
				set_page_dirty(page);
		} else {
			memcpy(data, page_address(page), PAGE_SIZE);
		}
	}
	mutex_unlock(&client->lock);
	return i;
}

/**
 * st_access() - read or write a process's memory as the device
 * @client: whose
 * @cmd: where; counts pages and faults
 * @write: from @cmd's buffer to memory
 * @fault: have missing pages faulted in, else -ENOENT ends it
 * @unlocked: faults may drop the mmap lock
 *
 * Return: 0 or an error.
 */
static int st_access(struct st_client *client, struct hmm_dmirror_cmd *cmd, bool write,
		     bool fault, bool unlocked)
{
	unsigned long addr = cmd->addr, end = addr + (cmd->npages << PAGE_SHIFT);
	u8 __user *user = u64_to_user_ptr(cmd->ptr);
	int ret = 0;
	void *data;

	data = kvmalloc(ST_WINDOW * PAGE_SIZE, GFP_KERNEL);
	if (!data)
		return -ENOMEM;
	while (addr < end) {
		unsigned long n = min_t(unsigned long, (end - addr) >> PAGE_SHIFT, ST_WINDOW);
		unsigned long done = 0;

		if (write && copy_from_user(data, user, n << PAGE_SHIFT)) {
			ret = -EFAULT;
			break;
		}
		while (1) {
			done += st_copy(client, addr + (done << PAGE_SHIFT), n - done,
					data + (done << PAGE_SHIFT), write);
			if (done == n)
				break;
			ret = fault ? st_fault(client, addr + (done << PAGE_SHIFT), end, write,
					       unlocked) : -ENOENT;
			if (ret)
				break;
			cmd->faults++;
		}
		cmd->cpages += done;
		if (ret)
			break;
		if (!write && copy_to_user(user, data, n << PAGE_SHIFT)) {
			ret = -EFAULT;
			break;
		}
		addr += n << PAGE_SHIFT;
		user += n << PAGE_SHIFT;
	}
	kvfree(data);
	return ret;
}

/* --- snapshots ------------------------------------------------------------- */

static u8 st_perm(struct st_client *client, u64 entry)
{
	unsigned long pfn = entry >> ST_SHIFT;
	u8 perm = HMM_DMIRROR_PROT_NONE;

	if (entry == st_values[HMM_PFN_ERROR] || entry == st_values[HMM_PFN_SPECIAL])
		return HMM_DMIRROR_PROT_ERROR;
	if (!(entry & ST_VALID))
		return HMM_DMIRROR_PROT_NONE;

	if (entry & ST_PRIVATE)
		/* Others' is never reported. */
		perm = HMM_DMIRROR_PROT_DEV_PRIVATE_LOCAL;
#ifdef ST_COHERENT
	else if (is_device_coherent_page(pfn_to_page(pfn)))
		perm = st_memory_is_local(client->device, pfn) ?
			HMM_DMIRROR_PROT_DEV_COHERENT_LOCAL :
			HMM_DMIRROR_PROT_DEV_COHERENT_REMOTE;
#endif
	else if (is_zero_pfn(pfn))
		perm = HMM_DMIRROR_PROT_ZERO;
	return perm | (entry & ST_WRITE ? HMM_DMIRROR_PROT_WRITE : HMM_DMIRROR_PROT_READ);
}

/*
 * The interface tells no size of mappings.  A device does not need it: what
 * counts is that a PMD's worth of addresses goes with equal rights to frames
 * that follow each other, and that can be seen in the entries.
 */
static bool st_is_huge(const struct st_window *window, unsigned long n)
{
	unsigned long i;

	if (n != PTRS_PER_PTE || !(window->pfns[0] & ST_VALID) ||
	    !IS_ALIGNED(window->pfns[0] >> ST_SHIFT, PTRS_PER_PTE))
		return false;
	for (i = 1; i < n; i++)
		if (window->pfns[i] != window->pfns[i - 1] + BIT(ST_SHIFT))
			return false;
	return true;
}

/* Where the mapping that holds @addr ends, or the hole; is it one to be looked into? */
static unsigned long st_piece(struct st_client *client, unsigned long addr, unsigned long end,
			      bool *readable)
{
	struct vm_area_struct *vma;

	*readable = false;
	end = st_window_end(addr, end);
	mmap_read_lock(client->mm);
	vma = find_vma(client->mm, addr);
	if (vma && vma->vm_start > addr) {
		end = min(end, vma->vm_start);
	} else if (vma) {
		end = min(end, vma->vm_end);
		*readable = vma->vm_flags & VM_READ;
	}
	mmap_read_unlock(client->mm);
	return end;
}

static int st_snapshot_piece(struct st_client *client, struct st_window *window,
			     unsigned long addr, unsigned long end)
{
	unsigned long i, n = (end - addr) >> PAGE_SHIFT;
	bool huge;
	int ret;

	ret = st_window_get(client, window, addr, end, 0, HMM_FAULT_SNAPSHOT);
	if (ret)
		return ret;
	huge = st_is_huge(window, n);
	for (i = 0; i < n; i++) {
		window->perms[i] = st_perm(client, window->pfns[i]);
		if (huge)
			window->perms[i] |= HMM_DMIRROR_PROT_PMD;
	}
	st_window_put(client, window);
	return 0;
}

/*
 * One answer a page, also where a range cannot be had as a whole: holes, and
 * mappings that hmm_range_fault() refuses, are errors of their own pages only.
 */
static int st_snapshot(struct st_client *client, struct hmm_dmirror_cmd *cmd)
{
	unsigned long addr = cmd->addr, end = addr + (cmd->npages << PAGE_SHIFT);
	u8 __user *user = u64_to_user_ptr(cmd->ptr);
	struct st_window *window;
	int ret = 0;

	window = kmalloc(sizeof(*window), GFP_KERNEL);
	if (!window)
		return -ENOMEM;
	while (addr < end) {
		bool readable;
		unsigned long next = st_piece(client, addr, end, &readable);
		unsigned long n = (next - addr) >> PAGE_SHIFT;

		ret = readable ? st_snapshot_piece(client, window, addr, next) : -EPERM;
		if (ret == -EPERM || ret == -EFAULT) {
			memset(window->perms, HMM_DMIRROR_PROT_ERROR, n);
			ret = 0;
		}
		if (ret)
			break;
		if (copy_to_user(user, window->perms, n)) {
			ret = -EFAULT;
			break;
		}
		cmd->cpages += n;
		user += n;
		addr = next;
	}
	kfree(window);
	return ret;
}

/* --- exclusive access ------------------------------------------------------ */

#if defined(ST_EXCLUSIVE_RANGE) || defined(ST_EXCLUSIVE_ONE)

/* The page, locked and with a reference. */
static struct page *st_take_page(struct st_client *client, unsigned long addr)
{
#ifdef ST_EXCLUSIVE_ONE
	struct folio *folio;

	return make_device_exclusive(client->mm, addr, client, &folio);
#else
	struct page *page = NULL;
	int n = make_device_exclusive_range(client->mm, addr, addr + PAGE_SIZE, &page, client);

	if (n < 0)
		return ERR_PTR(n);
	return n && page ? page : ERR_PTR(-EBUSY);
#endif
}

/*
 * No snapshot shows an exclusive page, so whether it still is cannot be asked
 * afterwards.  But the callback sees every change from its start, and knows our
 * own: with none running (the range could be begun) and none by others since,
 * the page is ours, and stays so while it is locked or until the callback.
 */
static int st_exclusive_page(struct st_client *client, struct hmm_range *range,
			     unsigned long addr)
{
	struct page *page;
	unsigned long seq;
	int ret = -EBUSY;

	mutex_lock(&client->lock);
	seq = client->seq;
	mutex_unlock(&client->lock);
	if (!hmm_range_wait_until_valid(range, HMM_RANGE_DEFAULT_TIMEOUT))
		return -EBUSY;

	mmap_read_lock(client->mm);
	page = st_take_page(client, addr);
	mmap_read_unlock(client->mm);
	if (IS_ERR(page))
		return PTR_ERR(page);

	mutex_lock(&client->lock);
	if (client->seq == seq)
		ret = st_table_set(client, addr, (u64)page_to_pfn(page) << ST_SHIFT |
				   ST_VALID | ST_WRITE | ST_ATOMIC);
	mutex_unlock(&client->lock);
	unlock_page(page);
	put_page(page);
	return ret;
}

static int st_exclusive(struct st_client *client, unsigned long start, unsigned long end)
{
	unsigned long addr, limit = jiffies + ST_PATIENCE;
	struct st_window *window;
	int ret;

	window = kmalloc(sizeof(*window), GFP_KERNEL);
	if (!window)
		return -ENOMEM;
	for (ret = 0, addr = start; !ret && addr < end; addr += PAGE_SIZE) {
		window->range.start = addr;
		window->range.end = addr + PAGE_SIZE;
		window->range.pfns = window->pfns;
		window->range.flags = st_flags;
		window->range.values = st_values;
		window->range.default_flags = 0;
		window->range.pfn_flags_mask = 0;
		window->range.pfn_shift = ST_SHIFT;
		ret = hmm_range_register(&window->range, &client->mirror);
		if (ret)
			break;
		do {
			ret = st_exclusive_page(client, &window->range, addr);
			if (fatal_signal_pending(current))
				ret = -EINTR;
		} while (ret == -EBUSY && !time_after(jiffies, limit));
		hmm_range_unregister(&window->range);
	}
	kfree(window);
	return ret;
}

#else

static int __maybe_unused st_exclusive(struct st_client *client, unsigned long start,
				       unsigned long end)
{
	return -EOPNOTSUPP;
}

#endif

/* 0 if the device has exclusive access to none of the pages. */
static __maybe_unused int st_check_exclusive(struct st_client *client, unsigned long start,
					     unsigned long end)
{
	unsigned long index;
	void *entry;
	int ret = 0;

	mutex_lock(&client->lock);
	xa_for_each_range(&client->table, index, entry, start >> PAGE_SHIFT,
			  (end - 1) >> PAGE_SHIFT)
		if (xa_to_value(entry) & ST_ATOMIC)
			ret = -EPERM;
	mutex_unlock(&client->lock);
	return ret;
}

/* --- the node -------------------------------------------------------------- */

static int st_command(struct st_client *client, unsigned int command,
		      struct hmm_dmirror_cmd *cmd)
{
	unsigned long start = cmd->addr, end = start + (cmd->npages << PAGE_SHIFT);
	unsigned long __maybe_unused moved = 0;
	int ret;

	switch (command) {
	case HMM_DMIRROR_READ:
		return st_access(client, cmd, false, true, false);
	case HMM_DMIRROR_WRITE:
		return st_access(client, cmd, true, true, false);
	case HMM_DMIRROR_SNAPSHOT:
		return st_snapshot(client, cmd);
#ifdef HMM_DMIRROR_READ_UNLOCKED
	case HMM_DMIRROR_READ_UNLOCKED:
		return st_access(client, cmd, false, true, true);
#endif
#ifdef HMM_DMIRROR_MIGRATE
	case HMM_DMIRROR_MIGRATE:
#else
	case HMM_DMIRROR_MIGRATE_TO_DEV:
#endif
		ret = st_migrate_to_device(client, start, end);
		/* The caller is told what the device sees there now. */
		return ret ? ret : st_access(client, cmd, false, false, false);
#ifdef HMM_DMIRROR_MIGRATE_TO_SYS
	case HMM_DMIRROR_MIGRATE_TO_SYS:
		ret = st_migrate_to_system(client, start, end, &moved);
		cmd->cpages = moved;
		return ret;
#endif
#ifdef HMM_DMIRROR_EXCLUSIVE
	case HMM_DMIRROR_EXCLUSIVE:
		ret = st_exclusive(client, start, end);
		return ret ? ret : st_access(client, cmd, false, false, false);
	case HMM_DMIRROR_CHECK_EXCLUSIVE:
		return st_check_exclusive(client, start, end);
#endif
#ifdef HMM_DMIRROR_RELEASE
	case HMM_DMIRROR_RELEASE:
		return st_memory_release(client->device, false);
#endif
#ifdef HMM_DMIRROR_FLAGS
	case HMM_DMIRROR_FLAGS:
		client->fail_alloc = cmd->npages & HMM_DMIRROR_FLAG_FAIL_ALLOC;
		return 0;
#endif
	}
	return -EINVAL;
}

static long st_ioctl(struct file *file, unsigned int command, unsigned long arg)
{
	struct st_client *client = file->private_data;
	void __user *user = (void __user *)arg;
	struct hmm_dmirror_cmd cmd;
	int ret;

	if (copy_from_user(&cmd, user, sizeof(cmd)))
		return -EFAULT;
	if (!PAGE_ALIGNED(cmd.addr) || !cmd.npages || cmd.npages > ULONG_MAX >> PAGE_SHIFT ||
	    cmd.addr + (cmd.npages << PAGE_SHIFT) <= cmd.addr)
		return -EINVAL;
	cmd.cpages = 0;
	cmd.faults = 0;

	if (!mmget_not_zero(client->mm))
		return -EFAULT;
	ret = st_command(client, command, &cmd);
	mmput(client->mm);
	if (!ret && copy_to_user(user, &cmd, sizeof(cmd)))
		ret = -EFAULT;
	return ret;
}

static int st_mmap(struct file *file, struct vm_area_struct *vma)
{
	unsigned long addr;
	int ret = 0;

	for (addr = vma->vm_start; !ret && addr < vma->vm_end; addr += PAGE_SIZE) {
		struct page *page = alloc_page(GFP_KERNEL | __GFP_ZERO);

		if (!page)
			return -ENOMEM;
		ret = vm_insert_page(vma, addr, page);
		put_page(page);
	}
	return ret;
}

static int st_open(struct inode *inode, struct file *file)
{
	struct st_client *client;
	int ret;

	client = kzalloc(sizeof(*client), GFP_KERNEL);
	if (!client)
		return -ENOMEM;
	client->device = container_of(inode->i_cdev, struct st_device, cdev);
	client->mm = current->mm;
	mutex_init(&client->lock);
	xa_init(&client->table);
	client->mirror.ops = &st_mirror_ops;
	client->mirror.dev_private_owner = client->device;

	ret = mmap_write_lock_killable(client->mm);
	if (!ret) {
		ret = hmm_mirror_register(&client->mirror, client->mm);
		mmap_write_unlock(client->mm);
	}
	if (ret) {
		kfree(client);
		return ret;
	}
	mmgrab(client->mm);
	file->private_data = client;
	return 0;
}

static int st_release(struct inode *inode, struct file *file)
{
	struct st_client *client = file->private_data;

	hmm_mirror_unregister(&client->mirror);
	mmdrop(client->mm);
	xa_destroy(&client->table);
	kfree(client);
	return 0;
}

static const struct file_operations st_fops = {
	.owner		= THIS_MODULE,
	.open		= st_open,
	.release	= st_release,
	.mmap		= st_mmap,
	.unlocked_ioctl	= st_ioctl,
};

/* The devices are static. */
static void st_device_gone(struct device *dev)
{
}

static int __init st_device_add(unsigned int id, unsigned long base)
{
	struct st_device *device = &st_devices[id];
	int ret;

	device->base = base;
	snprintf(device->name, sizeof(device->name), "hmm_backport_selftest%u", id);
	mutex_init(&device->lock);
	spin_lock_init(&device->pages_lock);
	cdev_init(&device->cdev, &st_fops);
	device->cdev.owner = THIS_MODULE;
	device_initialize(&device->dev);
	device->dev.devt = MKDEV(MAJOR(st_numbers), id);
	device->dev.release = st_device_gone;
	ret = dev_set_name(&device->dev, "hmm_dmirror%u", id);
	if (!ret)
		ret = cdev_device_add(&device->cdev, &device->dev);
	if (ret)
		put_device(&device->dev);
	else
		st_count++;
	return ret;
}

static void st_devices_remove(void)
{
	while (st_count) {
		struct st_device *device = &st_devices[--st_count];

		cdev_device_del(&device->cdev, &device->dev);
		st_memory_release(device, true);
		put_device(&device->dev);
	}
	unregister_chrdev_region(st_numbers, ST_DEVICES);
}

static int __init st_init(void)
{
	const unsigned long bases[ST_DEVICES] = { 0, 0, spm_addr_dev0, spm_addr_dev1 };
	unsigned int i, n = spm_addr_dev0 && spm_addr_dev1 ? 4 : 2;
	int ret;

	ret = alloc_chrdev_region(&st_numbers, 0, ST_DEVICES, "HMM_DMIRROR");
	if (ret)
		return ret;
	for (i = 0; !ret && i < n; i++)
		ret = st_device_add(i, bases[i]);
	if (ret)
		st_devices_remove();
	return ret;
}

static void __exit st_exit(void)
{
	st_devices_remove();
}

module_init(st_init);
module_exit(st_exit);
MODULE_DESCRIPTION("What the kernel's hmm-tests talk to, on hmm-backport");
MODULE_LICENSE("GPL");
