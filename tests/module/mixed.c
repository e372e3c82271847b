// SPDX-License-Identifier: GPL-2.0-only
/*
 * A driver's mapping in which pages and frames without a struct page stand side by side,
 * in entries of all sizes.  A frame that is no memory must never be handed to a device as
 * a page: what follows its struct page would touch whatever lies there.
 */
#include <linux/anon_inodes.h>
#include <linux/err.h>
#include <linux/file.h>
#include <linux/fs.h>
#include <linux/gfp.h>
#include <linux/mman.h>
#include <linux/module.h>
#include <linux/sched.h>
#include "older.h"
#include "test.h"
#ifdef HAVE_PFN_T_H
#include <linux/pfn_t.h>
#define PFN_ARGUMENT(pfn)	__pfn_to_pfn_t(pfn, PFN_DEV)
#else
#define PFN_ARGUMENT(pfn)	(pfn)	/* 6.17 */
#endif

/* The hole below 4 GiB in which a PC has its devices; aligned to any size of entry. */
#define NO_MEMORY	(0xc0000000UL >> PAGE_SHIFT)
#define NPAGES		8

/* Before 4.18 that is no part of the configuration. */
#if defined(CONFIG_ARCH_HAS_PTE_SPECIAL) || defined(__HAVE_ARCH_PTE_SPECIAL)
#define ENTRIES_TELL	1
#else
#define ENTRIES_TELL	0
#endif

/*
 * From the first large border in the mapping on: NPAGES small entries, by turns a page, a
 * frame, a page, nothing; above them a huge entry, and where there are such, one of the
 * next size. 32 bits have no room for those.
 */
#ifdef CONFIG_HAVE_ARCH_TRANSPARENT_HUGEPAGE_PUD
#define LARGE		PUD_SIZE
#else
#define LARGE		(4 * PMD_SIZE)
#endif
#define SIZE		(3 * LARGE)

static unsigned long border(unsigned long addr)
{
	return ALIGN(addr, LARGE);
}

static int mixed_mmap(struct file *file, struct vm_area_struct *vma)
{
	unsigned long addr = border(vma->vm_start), i;
	int ret = 0;

	/* The first vm_insert_page() makes it a mixed mapping. */
	for (i = 0; !ret && i < NPAGES; i += 2) {
		struct page *page = alloc_page(GFP_KERNEL | __GFP_ZERO);

		if (!page)
			return -ENOMEM;
		ret = vm_insert_page(vma, addr + i * PAGE_SIZE, page);
		put_page(page);
	}
	for (i = 1; !ret && i < NPAGES; i += 4)
		if (vmf_insert_pfn(vma, addr + i * PAGE_SIZE, NO_MEMORY + i) != VM_FAULT_NOPAGE)
			ret = -EIO;
	return ret;
}

static const struct file_operations mixed_fops = {
	.owner = THIS_MODULE,
	.mmap = mixed_mmap,
};

static unsigned long mixed_map(void)
{
	struct file *file = anon_inode_getfile("[hmm_test]", &mixed_fops, NULL, O_RDWR);
	unsigned long addr;

	if (IS_ERR(file))
		return 0;
	addr = vm_mmap(file, 0, SIZE, PROT_READ | PROT_WRITE, MAP_SHARED, 0);
	fput(file);
	return IS_ERR_VALUE(addr) ? 0 : addr;
}

static int expect_window(struct test_mirror *m, unsigned long addr, unsigned int frames_from,
			 bool small)
{
	struct hmm_range range;
	u64 pfns[NPAGES];
	unsigned int i;

	range_init(&range, addr, NPAGES, pfns);
	EXPECT_EQ(reg(&range, &m->mirror), 0);
	EXPECT_EQ(fault(&range, HMM_FAULT_SNAPSHOT), NPAGES);
	for (i = 0; i < NPAGES; i++) {
		if (small && i % 2 == 0) {
			struct page *page = hmm_device_entry_to_page(&range, pfns[i]);

			EXPECT_EQ(pfns[i] & (BIT(T_SHIFT) - 1), T_VALID | T_WRITE);
			EXPECT(page && page_count(page) == 1);	/* the mapping's */
		} else if (small ? i % 4 == 1 : i >= frames_from) {
			EXPECT_EQ(pfns[i], T_SPECIAL);
		} else {
			EXPECT_EQ(pfns[i], T_NONE);
		}
	}
	/* What is no page cannot be had. */
	EXPECT_EQ(fault(&range, 0), -EFAULT);
	unreg(&range);
	return 0;
out:
	unreg(&range);
	return -1;
}

/* Where entries cannot say which of them maps no page, all of the mapping is refused. */
static int expect_refused(struct test_mirror *m, unsigned long addr)
{
	struct hmm_range range;
	u64 pfns[NPAGES];

	range_init(&range, addr, NPAGES, pfns);
	EXPECT_EQ(reg(&range, &m->mirror), 0);
	EXPECT_EQ(fault(&range, HMM_FAULT_SNAPSHOT), -EFAULT);
	EXPECT_EQ(fault(&range, 0), -EFAULT);
	unreg(&range);
	return 0;
out:
	unreg(&range);
	return -1;
}

/* A page alone can be had, to write; when it is unmapped that is noticed. */
static int expect_page(struct test_mirror *m, unsigned long addr)
{
	struct hmm_range range;
	u64 pfn;

	range_init(&range, addr, 1, &pfn);
	range.default_flags = T_VALID | T_WRITE;
	EXPECT_EQ(reg(&range, &m->mirror), 0);
	EXPECT_EQ(fault(&range, 0), 1);
	EXPECT(pfn & T_WRITE);
	EXPECT(hmm_range_valid(&range));
	EXPECT_EQ(vm_munmap(addr, PAGE_SIZE), 0);
	EXPECT(!hmm_range_valid(&range));
	unreg(&range);
	return 0;
out:
	unreg(&range);
	return -1;
}

/*
 * Before 5.6 (2484ca9b6a20) only DAX has huge entries: taken out of another mapping, theirs
 * are looked at as pages.
 */
#if defined(CONFIG_TRANSPARENT_HUGEPAGE) && !defined(OLDER_LACKS_VMF_INSERT_PFN_PMD) && \
	!defined(OLDER_LACKS_SPECIAL_HUGE)
static pud_t *pud_of(unsigned long addr)
{
	return pud_offset(p4d_offset(pgd_offset(current->mm, addr), addr), addr);
}

/* Tables of the levels above are there: there are small entries beside it. */
static int insert_huge(unsigned long addr)
{
	struct vm_fault vmf = {
		.vma = find_vma(current->mm, addr),
		.address = addr,
		.pmd = pmd_offset(pud_of(addr), addr),
	};

	return vmf_insert_pfn_pmd(&vmf, PFN_ARGUMENT(NO_MEMORY), true) == VM_FAULT_NOPAGE ? 0 : -EIO;
}

static int insert_giant(unsigned long addr)
{
#ifdef CONFIG_HAVE_ARCH_TRANSPARENT_HUGEPAGE_PUD
	struct vm_fault vmf = {
		.vma = find_vma(current->mm, addr),
		.address = addr,
		.pud = pud_of(addr),
	};

	return vmf_insert_pfn_pud(&vmf, PFN_ARGUMENT(NO_MEMORY), true) == VM_FAULT_NOPAGE ? 0 : -EIO;
#else
	return -EOPNOTSUPP;
#endif
}
#else
static int insert_huge(unsigned long addr)
{
	return -EOPNOTSUPP;
}

static int insert_giant(unsigned long addr)
{
	return -EOPNOTSUPP;
}
#endif

static void expect_big(struct test_mirror *m, unsigned long addr, int (*insert)(unsigned long),
		       const char *size)
{
	int ret;

	mmap_read_lock(current->mm);
	ret = insert(addr);
	mmap_read_unlock(current->mm);
	if (ret == -EOPNOTSUPP) {
		pr_tap("# no entry of %s here", size);
		return;
	}
	EXPECT_EQ(ret, 0);
	/* The half of the window below it holds nothing. */
	EXPECT_EQ(expect_window(m, addr - NPAGES / 2 * PAGE_SIZE, NPAGES / 2, false), 0);
out:
	return;
}

void mixed_mapping(void)
{
	struct test_mirror m = { };
	unsigned long mapping = mixed_map(), addr = border(mapping);

	EXPECT(mapping);
	EXPECT_EQ(start(&m), 0);
	if (!ENTRIES_TELL) {
		EXPECT_EQ(expect_refused(&m, addr), 0);
		goto out;
	}
	EXPECT_EQ(expect_window(&m, addr, 0, true), 0);
	expect_big(&m, addr + PMD_SIZE, insert_huge, "a PMD's size");
	expect_big(&m, addr + LARGE, insert_giant, "a PUD's size");
	EXPECT_EQ(expect_page(&m, addr + 2 * PAGE_SIZE), 0);
out:
	if (m.mirror.ops)
		hmm_mirror_unregister(&m.mirror);
	if (mapping)
		vm_munmap(mapping, SIZE);
}
