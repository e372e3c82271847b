// SPDX-License-Identifier: GPL-2.0-only
/*
 * Calls the interface of hmm-backport as a driver should not, and as it may: each misuse
 * has a documented answer, and none breaks anything.  Runs when it is loaded, on the
 * address space of the process that loads it; prints KTAP.
 *
 * What comes after the end of that process is asked for by reading the parameter "late".
 */
#include <linux/delay.h>
#include <linux/dma-mapping.h>
#include <linux/err.h>
#include <linux/hmm.h>
#include <linux/mm.h>
#include <linux/mman.h>
#include <linux/module.h>
#include <linux/moduleparam.h>
#include <linux/platform_device.h>
#include <linux/sched.h>
#include <linux/slab.h>
#include <linux/uaccess.h>
#include "older.h"
#include "test.h"

static bool disabled;
module_param(disabled, bool, 0444);
MODULE_PARM_DESC(disabled, "hmm_backport is loaded with enabled=N: test only that");

static bool bounce;
module_param(bounce, bool, 0444);
MODULE_PARM_DESC(bounce, "the kernel runs with swiotlb=force: test only DMA mapping");

int failures;

static const u64 flags[HMM_PFN_FLAG_MAX] = {
	[HMM_PFN_VALID] = T_VALID,
	[HMM_PFN_WRITE] = T_WRITE,
	[HMM_PFN_DEVICE_PRIVATE] = T_PRIVATE,
};

static const u64 values[HMM_PFN_VALUE_MAX] = {
	[HMM_PFN_ERROR] = T_ERROR,
	[HMM_PFN_NONE] = T_NONE,
	[HMM_PFN_SPECIAL] = T_SPECIAL,
};

static int test_sync(struct hmm_mirror *mirror, const struct mmu_notifier_range *update)
{
	struct test_mirror *m = container_of(mirror, struct test_mirror, mirror);

	m->syncs++;
	if (m->releases)
		m->syncs_after_release++;
	m->start = update->start;
	m->end = update->end;
	m->mm = update->mm;
	m->blockable = mmu_notifier_range_blockable(update);
	return m->action ? m->action(m) : 0;
}

static void test_release(struct hmm_mirror *mirror)
{
	struct test_mirror *m = container_of(mirror, struct test_mirror, mirror);

	m->releases++;
	if (m->range)
		m->registered = hmm_range_register(m->range, mirror);
}

static const struct hmm_mirror_ops test_ops = {
	.sync_cpu_device_pagetables = test_sync,
	.release = test_release,
};

static int mirror_register(struct hmm_mirror *mirror)
{
	int ret;

	mmap_write_lock(current->mm);
	ret = hmm_mirror_register(mirror, current->mm);
	mmap_write_unlock(current->mm);
	return ret;
}

int start(struct test_mirror *m)
{
	memset(m, 0, sizeof(*m));
	m->mirror.ops = &test_ops;
	return mirror_register(&m->mirror);
}

long fault(struct hmm_range *range, unsigned int how)
{
	long ret;

	mmap_read_lock(current->mm);
	ret = hmm_range_fault(range, how);
	mmap_read_unlock(current->mm);
	return ret;
}

/* Drivers keep ranges in memory that nobody has cleared. */
void range_init(struct hmm_range *range, unsigned long addr, unsigned long npages, u64 *pfns)
{
	memset(range, 0x5a, sizeof(*range));
	range->start = addr;
	range->end = addr + npages * PAGE_SIZE;
	range->pfns = pfns;
	range->flags = flags;
	range->values = values;
	range->default_flags = T_VALID;
	range->pfn_flags_mask = 0;
	range->pfn_shift = T_SHIFT;
}

/* What a test that fails half-way leaves registered. */
static struct hmm_range *open_ranges[8];

int reg(struct hmm_range *range, struct hmm_mirror *mirror)
{
	int ret = hmm_range_register(range, mirror);
	unsigned int i;

	for (i = 0; !ret && i < ARRAY_SIZE(open_ranges); i++)
		if (!open_ranges[i]) {
			open_ranges[i] = range;
			break;
		}
	return ret;
}

void unreg(struct hmm_range *range)
{
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(open_ranges); i++)
		if (open_ranges[i] == range)
			open_ranges[i] = NULL;
	hmm_range_unregister(range);
}

static void unreg_left(void)
{
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(open_ranges); i++)
		if (open_ranges[i])
			unreg(open_ranges[i]);
}

/* User memory, each page written to. */
static unsigned long map_pages(unsigned long npages)
{
	unsigned long addr, i;

	addr = vm_mmap(NULL, 0, npages * PAGE_SIZE, PROT_READ | PROT_WRITE,
		       MAP_PRIVATE | MAP_ANONYMOUS, 0);
	if (IS_ERR_VALUE(addr))
		return 0;
	for (i = 0; i < npages; i++)
		if (put_user(0x1000 + i, (unsigned long __user *)(addr + i * PAGE_SIZE))) {
			vm_munmap(addr, npages * PAGE_SIZE);
			return 0;
		}
	return addr;
}

/*
 * The same, each page a mapping of its own: shared and private by turns. A hole in a mapping
 * that could hold a huge page takes all of that from a device, be it one or not.
 */
static unsigned long map_single_pages(unsigned long npages)
{
	unsigned long addr = map_pages(npages), i;

	for (i = 0; addr && i < npages; i += 2)
		if (IS_ERR_VALUE(vm_mmap(NULL, addr + i * PAGE_SIZE, PAGE_SIZE, PROT_READ | PROT_WRITE,
					 MAP_SHARED | MAP_ANONYMOUS | MAP_FIXED, 0))) {
			vm_munmap(addr, npages * PAGE_SIZE);
			return 0;
		}
	return addr;
}

static void mirror_misuse(void)
{
	static const struct hmm_mirror_ops no_sync = { .release = test_release };
	struct test_mirror m = { .mirror.ops = NULL };

	EXPECT_EQ(mirror_register(&m.mirror), -EINVAL);		/* no ops */
	m.mirror.ops = &no_sync;
	EXPECT_EQ(mirror_register(&m.mirror), -EINVAL);		/* no callback */
	m.mirror.ops = &test_ops;
	EXPECT_EQ(hmm_mirror_register(&m.mirror, NULL), -EINVAL);
	EXPECT_EQ(mirror_register(NULL), -EINVAL);
	EXPECT_EQ(mirror_register(&m.mirror), 0);
	EXPECT_EQ(mirror_register(&m.mirror), -EINVAL);		/* it is already */
	hmm_mirror_unregister(&m.mirror);
	/* And once more from the beginning. */
	EXPECT_EQ(mirror_register(&m.mirror), 0);
	hmm_mirror_unregister(&m.mirror);
	EXPECT_EQ(m.releases, 0);
out:
	return;
}

/* One WARN that the one who runs this expects; the third and fourth time none. */
static void mirror_unregister_twice(void)
{
	struct test_mirror m;

	EXPECT_EQ(start(&m), 0);
	hmm_mirror_unregister(&m.mirror);
	hmm_mirror_unregister(&m.mirror);
	hmm_mirror_unregister(&m.mirror);
	hmm_mirror_unregister(&m.mirror);
	EXPECT_EQ(m.releases, 0);
out:
	return;
}

static void range_unregister_twice(void)
{
	struct test_mirror m = { };
	unsigned long addr = map_pages(2);
	static struct hmm_range range;
	u64 pfns[2];

	EXPECT(addr);
	EXPECT_EQ(start(&m), 0);
	range_init(&range, addr, 2, pfns);
	EXPECT_EQ(reg(&range, &m.mirror), 0);
	unreg(&range);
	unreg(&range);
	unreg(&range);
	EXPECT(!hmm_range_valid(&range));
	EXPECT_EQ(fault(&range, 0), -EINVAL);
	EXPECT(!hmm_range_wait_until_valid(&range, 10));
	/* After a registration that failed. */
	range.end = range.start;
	EXPECT_EQ(reg(&range, &m.mirror), -EINVAL);
	unreg(&range);
	/* It can be used again. */
	range_init(&range, addr, 2, pfns);
	EXPECT_EQ(reg(&range, &m.mirror), 0);
	EXPECT_EQ(fault(&range, 0), 2);
	unreg(&range);
out:
	if (m.mirror.ops)
		hmm_mirror_unregister(&m.mirror);
	vm_munmap(addr, 2 * PAGE_SIZE);
}

static void range_register_misuse(void)
{
	static const struct { long from, to; } bad[] = {
		{ 1, PAGE_SIZE },			/* start not aligned */
		{ 0, PAGE_SIZE + 8 },			/* end not aligned */
		{ 2048, PAGE_SIZE + 2048 },		/* both */
		{ 0, 0 },				/* empty */
		{ PAGE_SIZE, PAGE_SIZE },
		{ 2 * PAGE_SIZE, PAGE_SIZE },		/* reversed */
		{ PAGE_SIZE, -PAGE_SIZE },
	};
	struct test_mirror m = { }, other = { .mirror.ops = &test_ops };
	unsigned long addr = map_pages(4);
	static struct hmm_range range;
	unsigned int i;
	u64 pfns[4];

	EXPECT(addr);
	EXPECT_EQ(start(&m), 0);
	for (i = 0; i < ARRAY_SIZE(bad); i++) {
		range_init(&range, addr, 4, pfns);
		range.start = addr + bad[i].from;
		range.end = addr + bad[i].to;
		EXPECT_EQ(reg(&range, &m.mirror), -EINVAL);
		EXPECT(!hmm_range_valid(&range));
		EXPECT(!hmm_range_wait_until_valid(&range, 10));
		EXPECT_EQ(fault(&range, 0), -EINVAL);
	}
	range_init(&range, addr, 4, pfns);
	range.end = 0;
	EXPECT_EQ(reg(&range, &m.mirror), -EINVAL);
	range_init(&range, addr, 4, pfns);
	EXPECT_EQ(reg(&range, NULL), -EINVAL);
	EXPECT_EQ(reg(&range, &other.mirror), -EINVAL);	/* not registered */
	EXPECT(!hmm_range_valid(&range));
	EXPECT_EQ(fault(&range, 0), -EINVAL);
	/* The kernel's half of the addresses: nothing there is the process's. */
	range_init(&range, -4 * PAGE_SIZE, 2, pfns);
	if (!reg(&range, &m.mirror)) {
		EXPECT(fault(&range, 0) < 0);
		unreg(&range);
	}
out:
	if (m.mirror.ops)
		hmm_mirror_unregister(&m.mirror);
	vm_munmap(addr, 4 * PAGE_SIZE);
}

static void range_fault_misuse(void)
{
	struct test_mirror m = { };
	unsigned long addr = map_pages(4);
	static struct hmm_range range;
	u64 pfns[4];

	EXPECT(addr);
	EXPECT_EQ(start(&m), 0);
	range_init(&range, addr, 4, pfns);
	EXPECT_EQ(reg(&range, &m.mirror), 0);
	EXPECT_EQ(fault(&range, BIT(2)), -EINVAL);
	EXPECT_EQ(fault(&range, BIT(31) | HMM_FAULT_SNAPSHOT), -EINVAL);
	range.start += PAGE_SIZE;
	EXPECT_EQ(fault(&range, 0), -EINVAL);
	range.start -= PAGE_SIZE;
	range.end += PAGE_SIZE;
	EXPECT_EQ(fault(&range, 0), -EINVAL);
	EXPECT_EQ(fault(&range, HMM_FAULT_SNAPSHOT), -EINVAL);
	range.end -= PAGE_SIZE;
	range.pfns = NULL;
	EXPECT_EQ(fault(&range, 0), -EINVAL);
	range.pfns = pfns;
	/* Unharmed by all that. */
	EXPECT_EQ(fault(&range, 0), 4);
	EXPECT_EQ(fault(&range, HMM_FAULT_SNAPSHOT), 4);
	EXPECT_EQ(fault(&range, HMM_FAULT_SNAPSHOT | HMM_FAULT_ALLOW_RETRY), 4);
	EXPECT(hmm_range_valid(&range));
	/* A call that fails leaves no results, so nothing to find valid. */
	EXPECT_EQ(fault(&range, BIT(2)), -EINVAL);
	EXPECT(!hmm_range_valid(&range) && !range.valid);
	EXPECT(hmm_range_wait_until_valid(&range, 10));
	EXPECT_EQ(vm_munmap(addr, PAGE_SIZE), 0);
	range.default_flags = range.flags[HMM_PFN_VALID];
	EXPECT_EQ(fault(&range, 0), -EFAULT);
	EXPECT(!hmm_range_valid(&range) && !range.valid);
	EXPECT_EQ(pfns[1], range.values[HMM_PFN_NONE]);
	unreg(&range);
out:
	if (m.mirror.ops)
		hmm_mirror_unregister(&m.mirror);
	vm_munmap(addr, 4 * PAGE_SIZE);
}

/* What comes out is what get_user_pages_fast() sees, in the range's own format. */
static void range_fault_result(void)
{
	struct test_mirror m = { };
	unsigned long addr = map_pages(8);
	static struct hmm_range range;
	struct page *page;
	u64 pfns[10];
	int i;

	EXPECT(addr);
	EXPECT_EQ(start(&m), 0);
	pfns[8] = pfns[9] = 0x77;
	range_init(&range, addr, 8, pfns);
	range.default_flags = T_VALID | T_WRITE;
	range.pfn_shift = 20;
	EXPECT_EQ(reg(&range, &m.mirror), 0);
	EXPECT_EQ(fault(&range, 0), 8);
	EXPECT(pfns[8] == 0x77 && pfns[9] == 0x77);
	for (i = 0; i < 8; i++) {
		EXPECT_EQ(get_user_pages_fast(addr + i * PAGE_SIZE, 1, 0, &page), 1);
		put_page(page);
		EXPECT_EQ(pfns[i] & ((1 << 20) - 1), T_VALID | T_WRITE);
		EXPECT_EQ(pfns[i] >> 20, page_to_pfn(page));
		EXPECT(hmm_device_entry_to_page(&range, pfns[i]) == page);
	}
	unreg(&range);

	/* A hole in a snapshot is the value that the driver has for none; write alone asks nothing. */
	EXPECT_EQ(vm_munmap(addr + 2 * PAGE_SIZE, PAGE_SIZE), 0);
	range_init(&range, addr, 8, pfns);
	EXPECT_EQ(reg(&range, &m.mirror), 0);
	EXPECT_EQ(fault(&range, HMM_FAULT_SNAPSHOT), 8);
	EXPECT_EQ(pfns[2], T_NONE);
	EXPECT_EQ(fault(&range, 0), -EFAULT);
	for (i = 0; i < 8; i++)
		EXPECT_EQ(pfns[i], T_NONE);
	range.default_flags = T_WRITE;
	EXPECT_EQ(fault(&range, 0), 8);
	EXPECT_EQ(pfns[2], T_NONE);
	/* Requests page by page, with bits outside of the mask that mean nothing. */
	range.default_flags = 0;
	range.pfn_flags_mask = T_VALID;
	for (i = 0; i < 8; i++)
		pfns[i] = i == 2 ? ~(u64)T_VALID : T_VALID | T_ERROR;
	EXPECT_EQ(fault(&range, 0), 8);
	EXPECT_EQ(pfns[2], T_NONE);
	EXPECT(pfns[3] & T_VALID);
	/* The mask hides the bits: then only the default counts. */
	range.pfn_flags_mask = 0;
	for (i = 0; i < 8; i++)
		pfns[i] = T_VALID | T_WRITE;
	EXPECT_EQ(fault(&range, 0), 8);
	EXPECT_EQ(pfns[2], T_NONE);
	unreg(&range);
out:
	if (m.mirror.ops)
		hmm_mirror_unregister(&m.mirror);
	vm_munmap(addr, 8 * PAGE_SIZE);
}

static void validity(void)
{
	struct test_mirror m = { };
	unsigned long addr = map_pages(8), beside = map_pages(1);
	static struct hmm_range range;
	u64 pfns[4];
	int syncs;

	EXPECT(addr && beside);
	EXPECT_EQ(start(&m), 0);
	range_init(&range, addr + 2 * PAGE_SIZE, 4, pfns);
	EXPECT_EQ(reg(&range, &m.mirror), 0);
	EXPECT(!hmm_range_valid(&range) && !range.valid);
	EXPECT(hmm_range_wait_until_valid(&range, HMM_RANGE_DEFAULT_TIMEOUT));
	EXPECT(hmm_range_valid(&range) && range.valid);
	EXPECT(hmm_range_wait_until_valid(&range, 0));	/* nothing to wait for */
	EXPECT(hmm_range_wait_until_valid(&range, ULONG_MAX));
	syncs = m.syncs;
	EXPECT_EQ(vm_munmap(beside, PAGE_SIZE), 0);
	beside = 0;
	EXPECT_EQ(vm_munmap(addr + PAGE_SIZE, PAGE_SIZE), 0);	/* just before */
	EXPECT_EQ(vm_munmap(addr + 6 * PAGE_SIZE, PAGE_SIZE), 0);	/* just behind */
	EXPECT(m.syncs >= syncs + 3);
	EXPECT(m.mm == current->mm && m.blockable);
	EXPECT(m.start <= addr + 6 * PAGE_SIZE && m.end >= addr + 7 * PAGE_SIZE);
	EXPECT(hmm_range_valid(&range));
	EXPECT_EQ(vm_munmap(addr + 5 * PAGE_SIZE, PAGE_SIZE), 0);	/* its last page */
	EXPECT(!hmm_range_valid(&range) && !range.valid);
	EXPECT_EQ(fault(&range, HMM_FAULT_SNAPSHOT), 4);
	EXPECT(hmm_range_valid(&range) && range.valid);
	EXPECT(pfns[2] & T_VALID);
	EXPECT_EQ(pfns[3], T_NONE);
	/* Nothing there any more: an invalidation of nothing is no reason to lose it, nor to keep it. */
	EXPECT_EQ(vm_munmap(addr, 8 * PAGE_SIZE), 0);
	EXPECT(!hmm_range_valid(&range));
	unreg(&range);
	EXPECT(!hmm_range_valid(&range));
out:
	if (m.mirror.ops)
		hmm_mirror_unregister(&m.mirror);
	vm_munmap(addr, 8 * PAGE_SIZE);
	if (beside)
		vm_munmap(beside, PAGE_SIZE);
}

static int act_inside(struct test_mirror *m)
{
	struct hmm_range *range = m->range;
	struct hmm_range own;
	u64 pfn;

	if (!range || m->end <= range->start || m->start >= range->end)
		return 0;
	m->waited = hmm_range_wait_until_valid(range, 2000);
	m->result = hmm_range_fault(range, 0);
	if (m->result == -EDEADLK)
		m->result = hmm_range_fault(range, HMM_FAULT_SNAPSHOT);
	/* Registering and unregistering is allowed. */
	range_init(&own, range->start, 1, &pfn);
	m->registered = hmm_range_register(&own, &m->mirror);
	if (!m->registered) {
		if (hmm_range_valid(&own) || hmm_range_wait_until_valid(&own, 10))
			m->registered = 1;
		hmm_range_unregister(&own);
	}
	/* munmap() holds the lock for it, but the list of mirrors is being read. */
	m->second_registered = hmm_mirror_register(m->second, m->mm);
	return 0;
}

static void inside_callback(void)
{
	struct test_mirror m = { }, second = { .mirror.ops = &test_ops };
	unsigned long addr = map_pages(4), jiffies_before;
	static struct hmm_range range;
	u64 pfns[4];

	EXPECT(addr);
	EXPECT_EQ(start(&m), 0);
	range_init(&range, addr, 4, pfns);
	EXPECT_EQ(reg(&range, &m.mirror), 0);
	EXPECT_EQ(fault(&range, 0), 4);
	m.result = 12345;
	m.waited = true;
	m.registered = 12345;
	m.range = &range;
	m.second = &second.mirror;
	m.action = act_inside;
	jiffies_before = jiffies;
	EXPECT_EQ(vm_munmap(addr, PAGE_SIZE), 0);
	EXPECT(time_before(jiffies, jiffies_before + HZ));	/* it did not wait for itself */
	m.action = NULL;
	m.range = NULL;
	EXPECT_EQ(m.result, -EDEADLK);
	EXPECT(!m.waited);
	EXPECT_EQ(m.registered, 0);
	EXPECT_EQ(m.second_registered, -EDEADLK);
	EXPECT(!hmm_range_valid(&range));
	/* Outside all is well again. */
	EXPECT(hmm_range_wait_until_valid(&range, HMM_RANGE_DEFAULT_TIMEOUT));
	EXPECT_EQ(fault(&range, HMM_FAULT_SNAPSHOT), 4);
	EXPECT_EQ(pfns[0], T_NONE);
	EXPECT(pfns[1] & T_VALID);
	unreg(&range);
out:
	m.action = NULL;
	if (m.mirror.ops)
		hmm_mirror_unregister(&m.mirror);
	vm_munmap(addr, 4 * PAGE_SIZE);
}

static int act_unregister(struct test_mirror *m)
{
	if (!m->waited) {
		m->waited = true;
		hmm_mirror_unregister(&m->mirror);
		/* Its range still cannot be waited for in here, and lockdep has no word on it. */
		m->result = hmm_range_wait_until_valid(m->range, 10);
	}
	return 0;
}

/* One WARN, then the mirror is out of service. */
static void unregister_inside_callback(void)
{
	struct test_mirror m = { }, other = { };
	unsigned long addr = map_pages(4);
	static struct hmm_range range, range2;
	u64 pfns[4];
	int syncs;

	EXPECT(addr);
	EXPECT_EQ(start(&m), 0);
	EXPECT_EQ(start(&other), 0);
	range_init(&range, addr + PAGE_SIZE, 2, pfns);
	range_init(&range2, addr + PAGE_SIZE, 2, pfns);
	EXPECT_EQ(reg(&range, &m.mirror), 0);
	EXPECT_EQ(reg(&range2, &other.mirror), 0);
	EXPECT(hmm_range_wait_until_valid(&range, HMM_RANGE_DEFAULT_TIMEOUT));
	EXPECT(hmm_range_wait_until_valid(&range2, HMM_RANGE_DEFAULT_TIMEOUT));
	m.range = &range;
	m.result = 12345;
	m.action = act_unregister;
	EXPECT_EQ(vm_munmap(addr, PAGE_SIZE), 0);
	EXPECT(m.waited);
	EXPECT_EQ(m.result, 0);
	syncs = m.syncs;
	EXPECT(!hmm_range_valid(&range));
	EXPECT(hmm_range_valid(&range2));		/* the other mirror's business goes on */
	EXPECT(!hmm_range_wait_until_valid(&range, 10));
	EXPECT_EQ(fault(&range, 0), -EINVAL);
	EXPECT_EQ(vm_munmap(addr + 3 * PAGE_SIZE, PAGE_SIZE), 0);
	EXPECT_EQ(m.syncs, syncs);			/* never called again */
	EXPECT(other.syncs >= 2);
	unreg(&range);
	EXPECT_EQ(fault(&range2, 0), 2);
	unreg(&range2);
	/* The driver may register it anew. */
	EXPECT_EQ(start(&m), 0);
	hmm_mirror_unregister(&m.mirror);
out:
	if (other.mirror.ops)
		hmm_mirror_unregister(&other.mirror);
	vm_munmap(addr, 4 * PAGE_SIZE);
}

static int act_refuse(struct test_mirror *m)
{
	return -EAGAIN;
}

/* Refusing what may block: one WARN, and it takes place. */
static void refuse_blockable(void)
{
	struct test_mirror m = { };
	unsigned long addr = map_pages(2);
	static struct hmm_range range;
	u64 pfns[2];
	char byte;

	EXPECT(addr);
	EXPECT_EQ(start(&m), 0);
	range_init(&range, addr, 2, pfns);
	EXPECT_EQ(reg(&range, &m.mirror), 0);
	EXPECT_EQ(fault(&range, 0), 2);
	m.action = act_refuse;
	EXPECT_EQ(vm_munmap(addr, PAGE_SIZE), 0);
	m.action = NULL;
	EXPECT(copy_from_user(&byte, (void __user *)addr, 1));	/* it is gone */
	EXPECT(!hmm_range_valid(&range));
	/* No record stayed behind. */
	EXPECT(hmm_range_wait_until_valid(&range, 0));
	EXPECT_EQ(fault(&range, HMM_FAULT_SNAPSHOT), 2);
	EXPECT_EQ(pfns[0], T_NONE);
	unreg(&range);
out:
	m.action = NULL;
	if (m.mirror.ops)
		hmm_mirror_unregister(&m.mirror);
	vm_munmap(addr, 2 * PAGE_SIZE);
}

static void mirror_gone_under_ranges(void)
{
	struct test_mirror m = { };
	unsigned long addr = map_pages(4);
	static struct hmm_range a, b;
	u64 pfns[4];

	EXPECT(addr);
	EXPECT_EQ(start(&m), 0);
	range_init(&a, addr, 4, pfns);
	range_init(&b, addr, 2, pfns);
	EXPECT_EQ(reg(&a, &m.mirror), 0);
	EXPECT_EQ(reg(&b, &m.mirror), 0);
	EXPECT_EQ(fault(&a, 0), 4);
	EXPECT(hmm_range_valid(&a));
	hmm_mirror_unregister(&m.mirror);
	EXPECT(!hmm_range_valid(&a) && !hmm_range_valid(&b));
	EXPECT(!hmm_range_wait_until_valid(&a, 10));
	EXPECT(!hmm_range_wait_until_valid(&b, 10));
	EXPECT_EQ(fault(&a, 0), -EINVAL);
	EXPECT_EQ(fault(&b, HMM_FAULT_SNAPSHOT), -EINVAL);
	EXPECT(!hmm_range_valid(&a) && !hmm_range_valid(&b));
	EXPECT_EQ(vm_munmap(addr, PAGE_SIZE), 0);
	EXPECT(!hmm_range_valid(&a) && !hmm_range_valid(&b));
	unreg(&a);
	unreg(&b);
out:
	vm_munmap(addr, 4 * PAGE_SIZE);
}

static void entry_helpers(void)
{
	static const u64 no_page[] = {
		T_NONE, T_ERROR, T_SPECIAL, 0, T_WRITE, 0x123ULL << T_SHIFT, (0x123ULL << T_SHIFT) | T_WRITE,
	};
	struct page *page = alloc_page(GFP_KERNEL);
	static struct hmm_range range;
	unsigned long pfn;
	unsigned int i;
	u64 entry;

	EXPECT(page);
	pfn = page_to_pfn(page);
	range_init(&range, 0, 1, &entry);
	for (i = 0; i < ARRAY_SIZE(no_page); i++) {
		EXPECT(!hmm_device_entry_to_page(&range, no_page[i]));
		EXPECT_EQ(hmm_device_entry_to_pfn(&range, no_page[i]), -1);
	}
	EXPECT(hmm_device_entry_from_pfn(&range, pfn) == ((u64)pfn << T_SHIFT | T_VALID));
	EXPECT(hmm_device_entry_from_page(&range, page) == ((u64)pfn << T_SHIFT | T_VALID));
	entry = hmm_device_entry_from_page(&range, page);
	EXPECT(hmm_device_entry_to_page(&range, entry) == page);
	EXPECT(hmm_device_entry_to_page(&range, entry | T_WRITE) == page);
	EXPECT_EQ(hmm_device_entry_to_pfn(&range, entry | T_WRITE | T_PRIVATE), pfn);
	/* Frame numbers of all the bits that there are. */
	EXPECT_EQ(hmm_device_entry_to_pfn(&range, hmm_device_entry_from_pfn(&range, (1UL << 52) - 1)),
		  (1UL << 52) - 1);
out:
	if (page)
		__free_page(page);
}

#define RANGES	1000
#define WINDOW	16	/* pages of each range */
#define AREA	(RANGES / 4 + WINDOW)

/* Of 1000 ranges, four at every page, exactly the overlapping ones lose. */
static void many_ranges(void)
{
	static const struct { unsigned int at, n; } holes[] = { { 0, 1 }, { 100, 1 }, { 77, 9 },
								{ AREA - 1, 1 }, { 200, 40 } };
	struct hmm_range *ranges = kvcalloc(RANGES, sizeof(*ranges), GFP_KERNEL);
	u64 *pfns = kvcalloc(WINDOW, sizeof(*pfns), GFP_KERNEL);
	unsigned long addr = map_single_pages(AREA);
	struct test_mirror m = { };
	unsigned int i, k, n = 0;

	EXPECT(ranges && pfns && addr);
	EXPECT_EQ(start(&m), 0);
	for (n = 0; n < RANGES; n++) {
		/* Not in order. */
		i = n * 7 % RANGES;
		range_init(&ranges[i], addr + i / 4 * PAGE_SIZE, 1 + i % WINDOW, pfns);
		EXPECT_EQ(hmm_range_register(&ranges[i], &m.mirror), 0);
	}
	for (k = 0; k < ARRAY_SIZE(holes); k++) {
		for (i = 0; i < RANGES; i++)
			EXPECT(hmm_range_wait_until_valid(&ranges[i], HMM_RANGE_DEFAULT_TIMEOUT));
		EXPECT_EQ(vm_munmap(addr + holes[k].at * PAGE_SIZE, holes[k].n * PAGE_SIZE), 0);
		for (i = 0; i < RANGES; i++) {
			unsigned int first = i / 4, last = first + i % WINDOW;
			bool hit = last >= holes[k].at && first < holes[k].at + holes[k].n;

			if (hmm_range_valid(&ranges[i]) == hit)
				pr_tap("# hole %u: range %u, pages %u to %u", k, i, first, last);
			EXPECT(hmm_range_valid(&ranges[i]) != hit);
		}
	}
	/* Half of them go; the others still hear. */
	for (i = 0; i < RANGES; i += 2)
		hmm_range_unregister(&ranges[i]);
	for (i = 1; i < RANGES; i += 2)
		EXPECT(hmm_range_wait_until_valid(&ranges[i], HMM_RANGE_DEFAULT_TIMEOUT));
	EXPECT_EQ(vm_munmap(addr, AREA * PAGE_SIZE), 0);
	for (i = 1; i < RANGES; i += 2) {
		EXPECT(!hmm_range_valid(&ranges[i]));
		hmm_range_unregister(&ranges[i]);
	}
	n = 0;
out:
	/* After a failure: what is still registered must not be left. */
	for (i = 0; i < n && m.mirror.ops; i++) {
		k = i * 7 % RANGES;
		hmm_range_unregister(&ranges[k]);
	}
	if (m.mirror.ops)
		hmm_mirror_unregister(&m.mirror);
	if (addr)
		vm_munmap(addr, AREA * PAGE_SIZE);
	kvfree(pfns);
	kvfree(ranges);
}

/* More mirrors than one, of one address space: each hears of each change, until it goes. */
static void many_mirrors(void)
{
	struct test_mirror *m = kcalloc(50, sizeof(*m), GFP_KERNEL);
	unsigned long addr = map_pages(2);
	int i, n = 0;

	EXPECT(m && addr);
	for (; n < 50; n++)
		EXPECT_EQ(start(&m[n]), 0);
	EXPECT_EQ(vm_munmap(addr, PAGE_SIZE), 0);
	for (i = 0; i < 50; i++)
		EXPECT(m[i].syncs >= 1);
	for (i = 0; i < 50; i += 2)
		hmm_mirror_unregister(&m[i].mirror);
	for (i = 0; i < 50; i++)
		m[i].syncs = 0;
	EXPECT_EQ(vm_munmap(addr + PAGE_SIZE, PAGE_SIZE), 0);
	for (i = 0; i < 50; i++)
		EXPECT(i % 2 ? m[i].syncs >= 1 : m[i].syncs == 0);
	for (i = 1; i < 50; i += 2)
		hmm_mirror_unregister(&m[i].mirror);
	n = 0;
out:
	while (n-- > 0)
		hmm_mirror_unregister(&m[n].mirror);
	if (addr)
		vm_munmap(addr, 2 * PAGE_SIZE);
	kfree(m);
}

static struct platform_device *device_new(void)
{
	struct platform_device *pdev;

	pdev = platform_device_register_simple("hmm_backport_test", PLATFORM_DEVID_AUTO, NULL, 0);
	if (IS_ERR(pdev))
		return NULL;
	if (dma_coerce_mask_and_coherent(&pdev->dev, DMA_BIT_MASK(64))) {
		platform_device_unregister(pdev);
		return NULL;
	}
	return pdev;
}

/*
 * Where devices differ in that, the firmware says whether one sees the processor's caches,
 * and it knows nothing of this one.
 */
#if defined(CONFIG_ARCH_HAS_SYNC_DMA_FOR_DEVICE) || \
	defined(CONFIG_ARCH_HAS_SYNC_DMA_FOR_CPU) || defined(CONFIG_ARCH_HAS_SYNC_DMA_FOR_CPU_ALL)
static bool make_coherent(struct device *dev)
{
	bool was = dev->dma_coherent;

	dev->dma_coherent = true;
	return !was;
}
#else
static bool make_coherent(struct device *dev)
{
	return false;
}
#endif

static long dma_map(struct hmm_range *range, struct device *dev, dma_addr_t *daddrs,
		    unsigned int how)
{
	long ret;

	mmap_read_lock(current->mm);
	ret = hmm_range_dma_map(range, dev, daddrs, how);
	mmap_read_unlock(current->mm);
	return ret;
}

static void dma(void)
{
	struct platform_device *pdev = device_new();
	struct test_mirror m = { };
	unsigned long addr = map_pages(4);
	static struct hmm_range range;
	dma_addr_t daddrs[4];
	u64 pfns[4];
	long ret;
	int i;

	EXPECT(addr && pdev);
	EXPECT_EQ(start(&m), 0);
	range_init(&range, addr, 4, pfns);
	EXPECT_EQ(vm_munmap(addr + PAGE_SIZE, PAGE_SIZE), 0);
	EXPECT_EQ(reg(&range, &m.mirror), 0);
	memset(daddrs, 0xff, sizeof(daddrs));
	ret = dma_map(&range, &pdev->dev, daddrs, HMM_FAULT_SNAPSHOT);
	if (make_coherent(&pdev->dev)) {
		/* The device would see what is in memory, not in the caches: refused. */
		EXPECT_EQ(ret, -EOPNOTSUPP);
		EXPECT(!daddrs[0]);
		ret = dma_map(&range, &pdev->dev, daddrs, HMM_FAULT_SNAPSHOT);
	}
	if (bounce) {
		/* The device would see a copy: refused, and nothing stays mapped. */
		EXPECT_EQ(ret, -EOPNOTSUPP);
		EXPECT(!daddrs[0]);
		unreg(&range);
		goto out;
	}
	EXPECT_EQ(ret, 3);			/* the hole gets no mapping */
	for (i = 0; i < 4; i++)
		EXPECT(daddrs[i] == (i == 1 ? 0 : (dma_addr_t)(pfns[i] >> T_SHIFT) << PAGE_SHIFT));
	EXPECT(hmm_range_valid(&range));
	EXPECT_EQ(hmm_range_dma_unmap(&range, &pdev->dev, daddrs, true), 3);
	for (i = 0; i < 4; i++) {
		EXPECT(!daddrs[i]);
		EXPECT_EQ(pfns[i], T_NONE);
	}
	/* Unmapped twice: nothing to do. */
	EXPECT_EQ(hmm_range_dma_unmap(&range, &pdev->dev, daddrs, false), 0);
	/* What cannot be faulted is not mapped, and cleaning up all the same is right. */
	memset(daddrs, 0xff, sizeof(daddrs));
	EXPECT_EQ(dma_map(&range, &pdev->dev, daddrs, 0), -EFAULT);
	for (i = 0; i < 4; i++)
		EXPECT(!daddrs[i]);
	/* Entries that look mapped, as requests do, are not. */
	for (i = 0; i < 4; i++)
		pfns[i] = range.flags[HMM_PFN_VALID] | range.flags[HMM_PFN_WRITE];
	EXPECT_EQ(hmm_range_dma_unmap(&range, &pdev->dev, daddrs, true), 0);
	unreg(&range);
out:
	if (m.mirror.ops)
		hmm_mirror_unregister(&m.mirror);
	if (addr)
		vm_munmap(addr, 4 * PAGE_SIZE);
	if (pdev)
		platform_device_unregister(pdev);
}

static void switched_off(void)
{
	struct test_mirror m;

	EXPECT_EQ(start(&m), -EOPNOTSUPP);
	/* What makes no sense makes none either way. */
	EXPECT_EQ(hmm_mirror_register(&m.mirror, NULL), -EINVAL);
out:
	return;
}

/*
 * The end of the process, which comes after this module's init.  Its mirror stays, and
 * in its release it tries to register a range.
 */
static struct test_mirror late;
static struct hmm_range late_range;
static u64 late_pfn;
static bool late_started;

static int late_get(char *buf, const struct kernel_param *kp)
{
	struct hmm_range range;
	int i, before = failures;
	const char *verdict;

	if (!late_started)
		return sprintf(buf, "nothing to tell");
	for (i = 0; i < 200 && !READ_ONCE(late.releases); i++)
		msleep(20);
	range_init(&range, PAGE_SIZE, 1, &late_pfn);
	EXPECT_EQ(late.releases, 1);
	EXPECT_EQ(late.syncs_after_release, 0);
	EXPECT(late.start == 0 && late.end == ULONG_MAX);	/* the last call: all of it */
	EXPECT(late.blockable);
	EXPECT_EQ(late.registered, -EFAULT);			/* in the release */
	EXPECT_EQ(hmm_range_register(&range, &late.mirror), -EFAULT);
	EXPECT(!hmm_range_valid(&range));
	EXPECT(!hmm_range_wait_until_valid(&range, 10));
out:
	verdict = failures == before ? "ok" : "failed";
	pr_tap("%s - after the end of the process: one sync of all, one release, then nothing",
	       failures == before ? "ok" : "not ok");
	return sprintf(buf, "%s", verdict);
}

static const struct kernel_param_ops late_ops = { .get = late_get };
module_param_cb(late, &late_ops, NULL, 0444);
MODULE_PARM_DESC(late, "ok or failed: what came after the end of the process that loaded the module");

static const struct test {
	const char *name;
	void (*run)(void);
} tests[] = {
	{ "mirror register: misuse", mirror_misuse },
	{ "mirror unregister: twice and more is one WARN", mirror_unregister_twice },
	{ "range unregister: twice and more is one WARN", range_unregister_twice },
	{ "range register: misuse", range_register_misuse },
	{ "range fault: misuse", range_fault_misuse },
	{ "range fault: results in the range's own format", range_fault_result },
	{ "validity: begun, lost, begun again", validity },
	{ "inside a callback: fault and mirror register -EDEADLK, wait false", inside_callback },
	{ "mirror unregistered by its own callback: one WARN, out of service",
	  unregister_inside_callback },
	{ "callback refuses what may block: one WARN, it takes place", refuse_blockable },
	{ "mirror unregistered under its ranges: never valid again", mirror_gone_under_ranges },
	{ "device entries: helpers", entry_helpers },
	{ "1000 ranges: exactly the overlapping ones lose", many_ranges },
	{ "50 mirrors of one address space", many_mirrors },
	{ "DMA mapping", dma },
	{ "a mixed mapping: pages are followed, frames without one are special", mixed_mapping },
};

static const struct test tests_disabled[] = {
	{ "enabled=N: registering a mirror is -EOPNOTSUPP", switched_off },
};

static const struct test tests_bounce[] = {
	{ "DMA mapping: a device that would work on a copy is refused", dma },
};

static int __init hmm_backport_test_init(void)
{
	const struct test *list = disabled ? tests_disabled : bounce ? tests_bounce : tests;
	unsigned int i, n = disabled || bounce ? 1 : ARRAY_SIZE(tests);

	pr_tap("KTAP version 1");
	pr_tap("1..%u", n + (list == tests));
	for (i = 0; i < n; i++) {
		int before = failures;

		list[i].run();
		unreg_left();
		pr_tap("%s %u - %s", failures == before ? "ok" : "not ok", i + 1, list[i].name);
	}
	/* Never an error: the kernel may put a file of ours only when we are through. */
	if (failures || list != tests)
		return 0;

	range_init(&late_range, PAGE_SIZE, 1, &late_pfn);
	if (start(&late))
		return -EPROTO;
	late.range = &late_range;
	late_started = true;
	return 0;
}
module_init(hmm_backport_test_init);

static void __exit hmm_backport_test_exit(void)
{
	if (late_started)
		hmm_mirror_unregister(&late.mirror);
}
module_exit(hmm_backport_test_exit);

MODULE_DESCRIPTION("Tests hmm-backport's interface from inside the kernel");
MODULE_LICENSE("GPL");
