// SPDX-License-Identifier: GPL-2.0-only
/*
 * hmm_range_fault(): fill a range's array from the page tables, have the kernel
 * fault in what is wanted and missing.
 *
 * A walk never faults.  It writes what it finds and leaves "none" where a wanted
 * page cannot be had as it is; when it has unwound, exactly the entries that are
 * wanted and none are faulted, all of them, and the tables are walked again.
 */
#include <linux/err.h>
#include <linux/export.h>
#include <linux/mm.h>
#include <linux/sched.h>
#include <linux/slab.h>
#include <trace/events/hmm_backport.h>
#include "core.h"

/*
 * Walks before giving up with -EBUSY.  Two suffice for a call that is left alone,
 * three if its own copy-on-write faults lose a race.
 */
#define HMM_WALKS 16

/* What is wanted of a page. */
#define HMM_WANT_READ		BIT(0)
#define HMM_WANT_WRITE		BIT(1)
#define HMM_WANT_MIGRATE	BIT(2)	/* the device's own memory, back in the system's */
#define HMM_WANT_ANY		(HMM_WANT_READ | HMM_WANT_WRITE | HMM_WANT_MIGRATE)

/**
 * struct hmm_fault - a call of hmm_range_fault()
 * @range: the range
 * @flags: HMM_FAULT_*
 * @want: what is wanted of every page, if @wants is NULL
 * @wants: what is wanted of each page, if that is not always the same: the array of
 *         requests is overwritten by results and may be needed again
 * @few: @wants of a small range
 * @ro: flags of a page that may be read, in the mapping that is walked
 * @rw: flags of one whose entry allows writes
 * @rw_lacking: what may be wanted of such a page and is not to be had
 * @first: first address that the walk left to be faulted
 * @last: first address behind the last such page; @first if there is none
 * @walks: walks so far
 */
struct hmm_fault {
	struct hmm_range	*range;
	unsigned int		flags;
	u8			want;
	u8			*wants;
	u8			few[128];
	uint64_t		ro;
	uint64_t		rw;
	u8			rw_lacking;
	unsigned long		first;
	unsigned long		last;
	unsigned int		walks;
};

static inline unsigned long hmm_index(const struct hmm_range *range, unsigned long addr)
{
	return (addr - range->first) >> PAGE_SHIFT;
}

static inline unsigned long hmm_npages(const struct hmm_range *range)
{
	return ((range->last - range->first) >> PAGE_SHIFT) + 1;
}

/* A request without the valid flag asks for nothing. */
static inline u8 hmm_want_of(uint64_t request, uint64_t valid, uint64_t write, uint64_t private)
{
	u8 want = HMM_WANT_READ | (request & write ? HMM_WANT_WRITE : 0) |
		  (request & private ? HMM_WANT_MIGRATE : 0);

	return request & valid ? want : 0;
}

static inline u8 hmm_want(const struct hmm_fault *fault, unsigned long i)
{
	return fault->wants ? fault->wants[i] : fault->want;
}

/* Is the same wanted of every page?  Looks at eight a turn. */
static bool hmm_requests_are_equal(const struct hmm_range *range)
{
	const uint64_t mask = range->pfn_flags_mask;
	const uint64_t *pfn = range->pfns, first = *pfn;
	unsigned long n = hmm_npages(range);

	if (!mask)
		return true;
	for (; n >= 8; n -= 8, pfn += 8)
		if (((pfn[0] ^ first) | (pfn[1] ^ first) | (pfn[2] ^ first) | (pfn[3] ^ first) |
		     (pfn[4] ^ first) | (pfn[5] ^ first) | (pfn[6] ^ first) | (pfn[7] ^ first)) & mask)
			return false;
	for (; n; n--, pfn++)
		if ((*pfn ^ first) & mask)
			return false;
	return true;
}

static int hmm_save_requests(struct hmm_fault *fault)
{
	struct hmm_range *range = fault->range;
	/* Copies, since what is written below could change them for all the compiler knows. */
	const uint64_t all = range->default_flags, mask = range->pfn_flags_mask;
	const uint64_t valid = range->flags[HMM_PFN_VALID];
	const uint64_t write = range->flags[HMM_PFN_WRITE];
	const uint64_t private = range->flags[HMM_PFN_DEVICE_PRIVATE];
	const uint64_t *pfns = range->pfns;
	unsigned long i, n = hmm_npages(range);
	u8 *wants;

	if (fault->flags & HMM_FAULT_SNAPSHOT)
		return 0;
	if (hmm_requests_are_equal(range)) {
		fault->want = hmm_want_of(all | (pfns[0] & mask), valid, write, private);
		return 0;
	}

	wants = n <= sizeof(fault->few) ? fault->few : kvmalloc(n, GFP_KERNEL);
	if (!wants)
		return -ENOMEM;
	for (i = 0; i < n; i++)
		wants[i] = hmm_want_of(all | (pfns[i] & mask), valid, write, private);
	fault->wants = wants;
	return 0;
}

static void hmm_forget_requests(struct hmm_fault *fault)
{
	if (fault->wants != fault->few)
		kvfree(fault->wants);
}

/* Put back the requests that were overwritten, for a caller that will call again. */
static void hmm_restore_requests(struct hmm_fault *fault)
{
	struct hmm_range *range = fault->range;
	unsigned long i, n = hmm_npages(range);

	for (i = 0; i < n; i++) {
		u8 want = hmm_want(fault, i);

		range->pfns[i] =
			(want & HMM_WANT_READ ? range->flags[HMM_PFN_VALID] : 0) |
			(want & HMM_WANT_WRITE ? range->flags[HMM_PFN_WRITE] : 0) |
			(want & HMM_WANT_MIGRATE ? range->flags[HMM_PFN_DEVICE_PRIVATE] : 0);
	}
}

static void hmm_clear(struct hmm_range *range)
{
	unsigned long i, n = hmm_npages(range);

	for (i = 0; i < n; i++)
		range->pfns[i] = range->values[HMM_PFN_NONE];
}

/**
 * struct hmm_result - what an entry comes to
 * @value: of its first page
 * @step: what each next page has more
 * @lacking: what may be wanted of such a page and is not to be had as it is
 * @final: nor by a fault
 */
struct hmm_result {
	uint64_t	value;
	uint64_t	step;
	u8		lacking;
	bool		final;
};

static struct hmm_result hmm_judge_page(const struct hmm_fault *fault, struct hmm_entry entry)
{
	const unsigned int shift = fault->range->pfn_shift;

	return (struct hmm_result) {
		.value = (uint64_t)entry.pfn << shift | (entry.write ? fault->rw : fault->ro),
		.step = 1ULL << shift,
		.lacking = entry.write ? fault->rw_lacking : HMM_WANT_WRITE,
	};
}

static struct hmm_result hmm_judge_value(const struct hmm_fault *fault,
					 enum hmm_pfn_value_e value)
{
	return (struct hmm_result) {
		.value = fault->range->values[value],
		.lacking = HMM_WANT_ANY,
		.final = value != HMM_PFN_NONE,
	};
}

/* Memory of another device is brought back (review of the series, patch 04). */
static struct hmm_result hmm_judge_private(const struct hmm_fault *fault, struct hmm_entry entry)
{
	const struct hmm_range *range = fault->range;
	struct hmm_result result;

	if (!hmm_private_is_owned(entry.pfn, range->client->owner))
		return hmm_judge_value(fault, HMM_PFN_NONE);
	result = hmm_judge_page(fault, entry);
	result.value |= range->flags[HMM_PFN_DEVICE_PRIVATE];
	result.lacking |= HMM_WANT_MIGRATE;
	return result;
}

/* An entry of any level. */
static struct hmm_result hmm_judge(const struct hmm_fault *fault, struct hmm_entry entry)
{
	switch (entry.kind) {
	case HMM_ENTRY_PAGE:
		return hmm_judge_page(fault, entry);
	case HMM_ENTRY_PRIVATE:
		return hmm_judge_private(fault, entry);
	case HMM_ENTRY_SPECIAL:
		return hmm_judge_value(fault, HMM_PFN_SPECIAL);
	case HMM_ENTRY_ERROR:
		return hmm_judge_value(fault, HMM_PFN_ERROR);
	case HMM_ENTRY_NONE:
		break;
	}
	return hmm_judge_value(fault, HMM_PFN_NONE);
}

/* Can more be wanted of a page than it has? */
static inline bool hmm_may_lack(const struct hmm_fault *fault, u8 lacking)
{
	return fault->wants ? lacking : fault->want & lacking;
}

/* Leave pages that are wanted to be faulted after the walk. */
static inline void hmm_leave(struct hmm_fault *fault, uint64_t *pfn, unsigned long n)
{
	struct hmm_range *range = fault->range;
	unsigned long addr = range->first + ((unsigned long)(pfn - range->pfns) << PAGE_SHIFT);

	if (fault->first == fault->last)
		fault->first = addr;
	fault->last = addr + (n << PAGE_SHIFT);
}

/* A page of which more may be wanted than @value, which lacks @lacking. */
static inline int hmm_put_page(struct hmm_fault *fault, uint64_t *pfn, uint64_t value,
			       u8 lacking, bool final)
{
	struct hmm_range *range = fault->range;

	if (!(hmm_want(fault, pfn - range->pfns) & lacking)) {
		*pfn = value;
		return 0;
	}
	if (final)
		return -EFAULT;
	*pfn = range->values[HMM_PFN_NONE];
	hmm_leave(fault, pfn, 1);
	return 0;
}

/* Eight a turn: most huge pages have 512. */
static void hmm_fill(uint64_t *pfn, unsigned long n, uint64_t value, uint64_t step)
{
	for (; n >= 8; n -= 8, pfn += 8) {
		pfn[0] = value;
		pfn[1] = value += step;
		pfn[2] = value += step;
		pfn[3] = value += step;
		pfn[4] = value += step;
		pfn[5] = value += step;
		pfn[6] = value += step;
		pfn[7] = value += step;
		value += step;
	}
	for (; n; n--, value += step)
		*pfn++ = value;
}

/* Without the additions: a hole can be as large as an address space. */
static void hmm_fill_same(uint64_t *pfn, unsigned long n, uint64_t value)
{
	for (; n >= 16; n -= 16, pfn += 16) {
		pfn[0] = value;
		pfn[1] = value;
		pfn[2] = value;
		pfn[3] = value;
		pfn[4] = value;
		pfn[5] = value;
		pfn[6] = value;
		pfn[7] = value;
		pfn[8] = value;
		pfn[9] = value;
		pfn[10] = value;
		pfn[11] = value;
		pfn[12] = value;
		pfn[13] = value;
		pfn[14] = value;
		pfn[15] = value;
	}
	for (; n; n--)
		*pfn++ = value;
}

static int hmm_put_result(struct hmm_fault *fault, unsigned long addr, unsigned long next,
			  struct hmm_result result)
{
	struct hmm_range *range = fault->range;
	uint64_t *pfn = range->pfns + hmm_index(range, addr);
	unsigned long n = (next - addr) >> PAGE_SHIFT;
	int ret = 0;

	if (!hmm_may_lack(fault, result.lacking)) {
		if (result.step)
			hmm_fill(pfn, n, result.value, result.step);
		else
			hmm_fill_same(pfn, n, result.value);
	} else if (!fault->wants && !result.final) {
		hmm_fill_same(pfn, n, range->values[HMM_PFN_NONE]);
		hmm_leave(fault, pfn, n);
	} else {
		for (; !ret && n; n--, pfn++, result.value += result.step)
			ret = hmm_put_page(fault, pfn, result.value, result.lacking, result.final);
	}
	return ret;
}

/* @mask: of the addresses that the entry maps. */
static int hmm_put_entry(struct hmm_fault *fault, unsigned long addr, unsigned long next,
			 struct hmm_entry entry, unsigned long mask)
{
	entry.pfn += (addr & ~mask) >> PAGE_SHIFT;
	return hmm_put_result(fault, addr, next, hmm_judge(fault, entry));
}

static int hmm_fault_test(unsigned long addr, unsigned long next, struct hmm_walk *walk)
{
	struct hmm_fault *fault = walk->private;
	const struct hmm_range *range = fault->range;

	if (hmm_vma_is_refused(walk->vma))
		return -EFAULT;
	if (!(walk->vma->vm_flags & VM_READ))
		return -EPERM;
	fault->ro = range->flags[HMM_PFN_VALID];
	fault->rw = fault->ro;
	fault->rw_lacking = HMM_WANT_WRITE;
	if (hmm_vma_may_write(walk->vma)) {
		fault->rw |= range->flags[HMM_PFN_WRITE];
		fault->rw_lacking = 0;
	}
	return 0;
}

static int hmm_fault_hole(unsigned long addr, unsigned long next, struct hmm_walk *walk)
{
	struct hmm_result none = hmm_judge_value(walk->private, HMM_PFN_NONE);
	unsigned long stop;

	/* A hole has no end to its size. */
	for (; addr < next; addr = stop) {
		stop = pmd_addr_end(addr, next);
		hmm_put_result(walk->private, addr, stop, none);
		cond_resched();
	}
	return 0;
}

static int hmm_fault_pud(pud_t pud, unsigned long addr, unsigned long next,
			 struct hmm_walk *walk)
{
	return hmm_put_entry(walk->private, addr, next,
			     hmm_pud_decode(pud, walk->vma), PUD_MASK);
}

static int hmm_fault_pmd(pmd_t pmd, unsigned long addr, unsigned long next,
			 struct hmm_walk *walk)
{
	return hmm_put_entry(walk->private, addr, next,
			     hmm_pmd_decode(pmd, walk->vma), PMD_MASK);
}

/**
 * struct hmm_seen - a PTE that was judged, for those that say the same of other frames
 * @like: which those are
 * @base: what the value of such a page has beside its frame's part
 * @frame: mask of that part in a PTE
 * @lacking: see &struct hmm_result; 0 if nothing of it is wanted
 * @final: see there
 * @left: all such pages are left to be faulted, their value is none
 */
struct hmm_seen {
	struct hmm_pte_like	like;
	uint64_t		base;
	u64			frame;
	u8			lacking;
	bool			final;
	bool			left;
};

static inline void hmm_see(struct hmm_seen *seen, const struct hmm_fault *fault, pte_t pte,
			   struct hmm_entry entry, struct hmm_pte_bits bits)
{
	struct hmm_result result = hmm_judge(fault, entry);

	seen->like = hmm_pte_like(pte, entry, bits);
	seen->lacking = hmm_may_lack(fault, result.lacking) ? result.lacking : 0;
	seen->final = result.final;
	seen->left = seen->lacking && !fault->wants && !result.final;
	if (seen->left) {
		seen->base = fault->range->values[HMM_PFN_NONE];
		seen->frame = 0;
		seen->lacking = 0;
		return;
	}
	seen->base = result.value - (hmm_pte_frame(pte, bits) << fault->range->pfn_shift);
	seen->frame = bits.frame;
}

/*
 * Neighbours mostly say the same of other frames: so an entry is only judged if it is
 * not like one of the last two that were.  After a fork two kinds alternate.
 */
static int hmm_fault_ptes(pte_t *ptep, unsigned long addr, unsigned long next,
			  struct hmm_walk *walk)
{
	struct hmm_fault *fault = walk->private;
	const unsigned int shift = fault->range->pfn_shift;
	const uint64_t none = fault->range->values[HMM_PFN_NONE];
	uint64_t *pfn = fault->range->pfns + hmm_index(fault->range, addr);
	const uint64_t *end = pfn + ((next - addr) >> PAGE_SHIFT);
	struct hmm_seen two[2] = { }, *seen = &two[0], *other = &two[1];
	pte_t pte = hmm_pte_read(ptep);
	int ret;

	for (;;) {
		struct hmm_entry entry = hmm_pte_decode(pte, walk->vma);
		struct hmm_pte_bits bits = hmm_pte_bits;

		/* Pages that are swapped out: no two are alike, and all come to the same. */
		if (entry.kind == HMM_ENTRY_NONE) {
			hmm_put_page(fault, pfn, none, HMM_WANT_ANY, false);
			if (++pfn == end)
				return 0;
			pte = hmm_pte_read(++ptep);
			continue;
		}
		hmm_see(seen, fault, pte, entry, bits);
		do {
			const struct hmm_seen run = *seen;
			uint64_t *start = pfn;

			bits.frame = run.frame;
			do {
				uint64_t value = run.base + (hmm_pte_frame(pte, bits) << shift);

				if (!run.lacking) {
					*pfn = value;
				} else {
					ret = hmm_put_page(fault, pfn, value, run.lacking, run.final);
					if (ret)
						return ret;
				}
				if (++pfn == end)
					break;
				pte = hmm_pte_read(++ptep);
			} while (hmm_pte_is_like(pte, run.like));
			if (run.left)
				hmm_leave(fault, start, pfn - start);
			if (pfn == end)
				return 0;
			swap(seen, other);
		} while (seen->like.same && hmm_pte_is_like(pte, seen->like));
	}
}

static const struct hmm_walk_ops hmm_fault_walk_ops = {
	.test_walk	= hmm_fault_test,
	.pud_entry	= hmm_fault_pud,
	.pmd_entry	= hmm_fault_pmd,
	.pte_entries	= hmm_fault_ptes,
	.pte_hole	= hmm_fault_hole,
};

static inline bool hmm_is_left(const struct hmm_fault *fault, unsigned long i)
{
	const struct hmm_range *range = fault->range;

	return hmm_want(fault, i) && range->pfns[i] == range->values[HMM_PFN_NONE];
}

static int hmm_fault_vma(struct hmm_fault *fault, struct vm_area_struct *vma,
			 unsigned long addr, unsigned long end)
{
	const bool retry = fault->flags & HMM_FAULT_ALLOW_RETRY;
	const bool may_write = hmm_vma_may_write(vma);
	unsigned long next;
	int ret;

	for (; addr < end; addr = next) {
		unsigned long i = hmm_index(fault->range, addr);
		bool write = hmm_want(fault, i) & HMM_WANT_WRITE;

		next = addr + PAGE_SIZE;
		if (!(i % PTRS_PER_PTE))
			cond_resched();
		if (!hmm_is_left(fault, i))
			continue;
		if (fatal_signal_pending(current))
			return -EINTR;
		if (write && !may_write)
			return -EPERM;
		ret = hmm_handle_fault(vma, addr, write, retry);
		if (ret)
			return ret;
		next = hmm_vma_page_end(vma, addr);
	}
	return 0;
}

/* Fault what the walk left.  Other tasks may be ahead: then it costs a look. */
static int hmm_fault_in(struct hmm_fault *fault)
{
	struct hmm_range *range = fault->range;
	struct vm_area_struct *vma;
	unsigned long addr, next;
	int ret;

	for (addr = fault->first; addr < fault->last; addr = next) {
		next = addr + PAGE_SIZE;
		if (!hmm_is_left(fault, hmm_index(range, addr))) {
			cond_resched();
			continue;
		}
		vma = find_vma(range->client->hmm->mm, addr);
		if (!vma || addr < vma->vm_start)
			return -EFAULT;
		next = min(fault->last, vma->vm_end);
		ret = hmm_fault_vma(fault, vma, addr, next);
		if (ret)
			return ret;
	}
	return 0;
}

static int hmm_fault_range(struct hmm_fault *fault)
{
	struct hmm_range *range = fault->range;
	struct hmm *hmm = range->client->hmm;
	unsigned long timeout = msecs_to_jiffies(HMM_RANGE_DEFAULT_TIMEOUT);
	unsigned long from = range->first;
	int ret;

	while (fault->walks < HMM_WALKS) {
		if (fault->walks)
			atomic_long_inc(&hmm->nr_retries);
		if (!hmm_range_valid(range)) {
			ret = hmm_validity_begin(range, &timeout);
			if (ret)
				return ret;
			from = range->first;
		}

		fault->first = from;
		fault->last = from;
		fault->walks++;
		ret = hmm_walk_page_range(hmm->mm, from, range->last + 1,
					  &hmm_fault_walk_ops, fault);
		if (ret)
			return ret;
		if (fault->first == fault->last) {
			if (hmm_range_valid(range))
				return 0;
			continue;
		}

		ret = hmm_fault_in(fault);
		if (ret)
			return ret;
		/* What was found below it stands, unless the range is no longer valid. */
		from = fault->first;
	}
	return -EBUSY;
}

/* Is the call itself wrong?  Then nothing is written. */
static int hmm_fault_refuse(const struct hmm_range *range, unsigned int flags)
{
	if ((flags & ~(HMM_FAULT_ALLOW_RETRY | HMM_FAULT_SNAPSHOT)) ||
	    range->start != range->first || range->end - 1 != range->last ||
	    range->pfn_shift >= BITS_PER_TYPE(*range->pfns) ||
	    !range->pfns || !range->flags || !range->values)
		return -EINVAL;
	if (hmm_validity_in_callback(range->client->hmm))
		return -EDEADLK;
	return 0;
}

long hmm_backport_range_fault(struct hmm_range *range, unsigned int flags)
{
	struct hmm_fault fault;
	struct hmm *hmm;
	long ret;

	might_sleep();
	if (IS_ERR(range->client))
		return PTR_ERR(range->client);
	if (!range->client)
		return -EINVAL;
	ret = hmm_fault_refuse(range, flags);
	if (ret) {
		hmm_validity_forget(range);
		return ret;
	}
	hmm = range->client->hmm;
	hmm_assert_mm_locked(hmm->mm);

	atomic_long_inc(&hmm->nr_faults);
	fault.range = range;
	fault.flags = flags;
	fault.want = 0;
	fault.wants = NULL;
	fault.walks = 0;
	ret = hmm_mm_stable(hmm->mm) ? hmm_save_requests(&fault) : -EFAULT;
	if (!ret)
		ret = hmm_fault_range(&fault);
	if (ret) {
		hmm_validity_forget(range);
		if (range->pfn_flags_mask && !(flags & HMM_FAULT_SNAPSHOT) &&
		    (ret == -EBUSY || ret == -EAGAIN))
			hmm_restore_requests(&fault);
		else
			hmm_clear(range);
	} else {
		ret = hmm_npages(range);
	}
	hmm_forget_requests(&fault);

	trace_hmm_backport_fault(hmm->creator, range, flags, fault.walks, ret);
	return ret;
}
EXPORT_SYMBOL_GPL(hmm_backport_range_fault);
