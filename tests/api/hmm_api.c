// SPDX-License-Identifier: GPL-2.0-only
/*
 * Every call of hmm-backport's interface, for programs that fuzz it or make it
 * fail: hmm_api.h says how.  This is a driver that keeps to what the interface
 * demands where breaking it is undefined, and to nothing else; and it judges
 * every answer by what is documented of it.
 */
#include <linux/atomic.h>
#include <linux/delay.h>
#include <linux/dma-mapping.h>
#include <linux/err.h>
#include <linux/fs.h>
#include <linux/hmm.h>
#include <linux/miscdevice.h>
#include <linux/mm.h>
#include <linux/module.h>
#include <linux/mutex.h>
#include <linux/pid.h>
#include <linux/platform_device.h>
#include <linux/rwsem.h>
#include <linux/slab.h>
#include <linux/uaccess.h>
#include <linux/vmalloc.h>
#include <linux/wait.h>
#include "hmm_api.h"
#include "older.h"

#ifdef HMM_INJECT
#include "inject.h"
#endif

#define GUARDS		4
#define GUARD		0xdeadbeef5eed5eedULL
/* The module says so if it did not make the call. */
#define NOT_CALLED	(-EALREADY)

/**
 * struct api_mirror - a slot
 * @mirror: the mirror
 * @sem: read: unregistering, so that two can meet; write: registering it or a
 *       range with it, which must not meet unregistering
 * @device: the driver's lock, which the callback takes
 * @space: open file
 * @mm: of the address space it was last registered with
 * @action: HMM_API_DO_*
 * @hold_start: HMM_API_DO_HOLD is about changes from here
 * @hold_end: to here
 * @syncs: calls
 * @releases: calls
 * @loose: it was unregistered inside a callback: late callbacks are no fault
 */
struct api_mirror {
	struct hmm_mirror	mirror;
	struct rw_semaphore	sem;
	struct mutex		device;	/* see above */
	struct api_space	*space;
	struct mm_struct	*mm;
	unsigned int		action;
	unsigned long		hold_start;
	unsigned long		hold_end;
	atomic_t		syncs;
	atomic_t		releases;
	bool			loose;
};

/**
 * struct api_range - a slot
 * @range: the range
 * @lock: one call at a time: the interface does not offer more for one range
 * @mirror: it was registered with
 * @mm: of its address space, while registered
 * @registered: by this driver's reckoning
 * @mapped: for DMA
 * @begun: of @range.hit when it was mapped
 * @npages: of the window
 * @last: last result
 * @pfns: entries and guards
 * @before: what @pfns held before the call
 * @daddrs: bus addresses
 */
struct api_range {
	struct hmm_range	range;
	struct mutex		lock;	/* see above */
	struct api_mirror	*mirror;
	struct mm_struct	*mm;
	bool			registered;
	bool			mapped;
	unsigned long		begun;
	unsigned long		npages;
	long			last;
	u64			pfns[HMM_API_PAGES + GUARDS];
	u64			before[HMM_API_PAGES];
	dma_addr_t		daddrs[HMM_API_PAGES + GUARDS];
};

/**
 * struct api_space - an open file
 * @next: of those that are kept until the module goes
 * @mirrors: slots
 * @ranges: slots
 */
struct api_space {
	struct api_space	*next;
	struct api_mirror	mirrors[HMM_API_MIRRORS];
	struct api_range	ranges[HMM_API_RANGES];
};

static struct platform_device *api_pdev;
static DECLARE_WAIT_QUEUE_HEAD(api_wq);
static DEFINE_SPINLOCK(api_kept_lock);
static struct api_space *api_kept;
static atomic_t api_inside = ATOMIC_INIT(0);
static atomic_t api_wrong = ATOMIC_INIT(0);

static const u64 plain_flags[HMM_PFN_FLAG_MAX] = {
	[HMM_PFN_VALID] = HMM_API_VALID,
	[HMM_PFN_WRITE] = HMM_API_WRITE,
	[HMM_PFN_DEVICE_PRIVATE] = HMM_API_PRIVATE,
};

static const u64 plain_values[HMM_PFN_VALUE_MAX] = {
	[HMM_PFN_ERROR] = HMM_API_ERROR,
	[HMM_PFN_NONE] = HMM_API_NONE,
	[HMM_PFN_SPECIAL] = HMM_API_SPECIAL,
};

static const u64 zero_flags[HMM_PFN_FLAG_MAX] = {
	[HMM_PFN_VALID] = HMM_API_VALID,
	[HMM_PFN_WRITE] = HMM_API_WRITE,
};

static const u64 zero_values[HMM_PFN_VALUE_MAX] = {
	[HMM_PFN_ERROR] = HMM_API_ERROR,
	[HMM_PFN_SPECIAL] = HMM_API_SPECIAL,
};

static const u64 alike_flags[HMM_PFN_FLAG_MAX] = { ~0ULL, ~0ULL, ~0ULL };
static const u64 alike_values[HMM_PFN_VALUE_MAX] = { ~0ULL, ~0ULL, ~0ULL };

static const struct {
	const u64 *flags, *values;
} formats[HMM_API_FORMATS] = {
	[HMM_API_FORMAT_PLAIN] = { plain_flags, plain_values },
	[HMM_API_FORMAT_ZERO] = { zero_flags, zero_values },
	[HMM_API_FORMAT_ALIKE] = { alike_flags, alike_values },
};

/* A callback saw something that should not be. */
static void inside_wrong(const char *what, long result)
{
	if (!(atomic_fetch_or(HMM_API_WRONG_INSIDE, &api_wrong) & HMM_API_WRONG_INSIDE))
		pr_info("hmm_api: inside a callback: %s (%ld)\n", what, result);
}

static void range_fields(struct hmm_range *range, unsigned long start, unsigned long end,
			 u64 *pfns)
{
	/* Drivers keep ranges in memory that nobody has cleared. */
	memset(range, 0x5a, sizeof(*range));
	range->start = start;
	range->end = end;
	range->pfns = pfns;
	range->flags = plain_flags;
	range->values = plain_values;
	range->default_flags = HMM_API_VALID;
	range->pfn_flags_mask = 0;
	range->pfn_shift = HMM_API_SHIFT;
}

/* A range of the callback's own, which it may register but not begin. */
static void act_range(struct api_mirror *m, bool released)
{
	struct hmm_range range;
	u64 pfn = GUARD;
	long ret;

	range_fields(&range, PAGE_SIZE, 2 * PAGE_SIZE, &pfn);
	ret = hmm_range_register(&range, &m->mirror);
	if (ret && ret != -EINVAL && ret != -EFAULT)
		inside_wrong("registering a range", ret);
	if (!ret && released)
		inside_wrong("registered a range in the release", ret);
	if (hmm_range_valid(&range) || hmm_range_wait_until_valid(&range, 10) ||
	    hmm_range_valid(&range))
		inside_wrong("a range was begun", ret);
	ret = hmm_range_fault(&range, HMM_FAULT_SNAPSHOT);
	if (ret != -EDEADLK && ret != -EINVAL && ret != -EFAULT)
		inside_wrong("a fault of its own range", ret);
	if (pfn != GUARD)
		inside_wrong("a fault wrote entries", ret);
	hmm_range_unregister(&range);
}

/*
 * How many changes there were since it was mapped.  Its pages are sure to be there
 * before the first and inside the callback for it.  Whether it is valid does not
 * tell: a wait begins it anew.
 */
static unsigned long hits_since_mapped(const struct api_range *r)
{
	return READ_ONCE(r->range.hit) - r->begun;
}

/* A range of this mirror in this address space that nobody is at. */
static void act_on(struct api_mirror *m, struct api_range *r, unsigned int action,
		   struct mm_struct *mm, const struct mmu_notifier_range *update)
{
	long ret;

	if (!mutex_trylock(&r->lock))
		return;
	if (!r->registered || r->mirror != m || r->mm != mm)
		goto out;
	if (action & HMM_API_DO_FAULT && r->npages <= HMM_API_PAGES) {
		ret = hmm_range_fault(&r->range, HMM_FAULT_ALLOW_RETRY);
		if (ret != -EDEADLK && (ret != -EINVAL || r->range.pfn_shift < 64))
			inside_wrong("a fault", ret);
		if (hmm_range_valid(&r->range))
			inside_wrong("a range is valid after a fault", ret);
	}
	if (action & HMM_API_DO_WAIT &&
	    (hmm_range_wait_until_valid(&r->range, 10) || hmm_range_valid(&r->range)))
		inside_wrong("a wait ended well", 0);
	if (action & HMM_API_DO_DMA_UNMAP && update && r->mapped &&
	    update->start < r->range.end && update->end > r->range.start) {
		hmm_range_dma_unmap(&r->range, &api_pdev->dev, r->daddrs,
				    hits_since_mapped(r) == 1);
		r->mapped = false;
	}
out:
	mutex_unlock(&r->lock);
}

static int api_sync_blockable(struct api_mirror *m, unsigned int action,
			      const struct mmu_notifier_range *update)
{
	unsigned int i;

	if (action & (HMM_API_DO_FAULT | HMM_API_DO_WAIT | HMM_API_DO_DMA_UNMAP))
		for (i = 0; i < HMM_API_RANGES; i++)
			act_on(m, &m->space->ranges[i], action, update->mm, update);
	if (action & HMM_API_DO_RANGE)
		act_range(m, false);
	if (action & HMM_API_DO_SLEEP)
		usleep_range(100, 1000);
	if (action & HMM_API_DO_HOLD && update->start < READ_ONCE(m->hold_end) &&
	    update->end > READ_ONCE(m->hold_start))
		wait_event_killable_timeout(api_wq, !(READ_ONCE(m->action) & HMM_API_DO_HOLD),
					    20 * HZ);
	if (action & HMM_API_DO_UNREGISTER) {
		WRITE_ONCE(m->action, 0);
		m->loose = true;
		hmm_mirror_unregister(&m->mirror);
	}
	return action & HMM_API_DO_REFUSE_ALL ? -EAGAIN : 0;
}

static int api_sync(struct hmm_mirror *mirror, const struct mmu_notifier_range *update)
{
	struct api_mirror *m = container_of(mirror, struct api_mirror, mirror);
	unsigned int action = READ_ONCE(m->action);
	int ret = 0;

	/* It may be registered for another address space by now. */
	if (m->loose)
		action &= ~(HMM_API_DO_FAULT | HMM_API_DO_WAIT | HMM_API_DO_RANGE);

	atomic_inc(&api_inside);
	atomic_inc(&m->syncs);
	if (!m->loose && atomic_read(&m->releases))
		inside_wrong("called after the release", 0);
	if (update->start >= update->end)
		inside_wrong("an empty update", 0);

	if (!mmu_notifier_range_blockable(update)) {
		ret = -EAGAIN;
		if (!(action & (HMM_API_DO_REFUSE | HMM_API_DO_REFUSE_ALL)) &&
		    mutex_trylock(&m->device)) {
			mutex_unlock(&m->device);
			ret = 0;
		}
	} else {
		mutex_lock(&m->device);
		mutex_unlock(&m->device);
		ret = api_sync_blockable(m, action, update);
	}
	atomic_dec(&api_inside);
	return ret;
}

static void api_release(struct hmm_mirror *mirror)
{
	struct api_mirror *m = container_of(mirror, struct api_mirror, mirror);
	unsigned int action = m->loose ? 0 : READ_ONCE(m->action), i;

	atomic_inc(&api_inside);
	if (atomic_inc_return(&m->releases) != 1 && !m->loose)
		inside_wrong("released twice", 0);
	if (!atomic_read(&m->syncs) && !m->loose)
		inside_wrong("released before all was dropped", 0);
	if (action & (HMM_API_DO_FAULT | HMM_API_DO_WAIT))
		for (i = 0; i < HMM_API_RANGES; i++)
			act_on(m, &m->space->ranges[i], action, READ_ONCE(m->mm), NULL);
	if (action & HMM_API_DO_RANGE)
		act_range(m, true);
	atomic_dec(&api_inside);
}

static const struct hmm_mirror_ops api_ops = {
	.sync_cpu_device_pagetables	= api_sync,
	.release			= api_release,
};

static const struct hmm_mirror_ops api_no_sync = {
	.release = api_release,
};

/*
 * Injection: around the call of the interface and nothing else.
 */
static void arm(const struct hmm_api_call *call)
{
	if (call->signals & 1)
		send_sig(SIGKILL, current, 1);
	if (call->signals & 2)
		send_sig(SIGUSR1, current, 1);
#ifdef HMM_INJECT
	if (call->failure > HMM_FAIL_KERNEL)
		hmm_inject_arm(call->failure, call->nth, call->always);
#endif
#ifdef CONFIG_FAULT_INJECTION
	if (call->failure == HMM_FAIL_KERNEL)
		WRITE_ONCE(current->fail_nth, call->nth);
#endif
}

static void disarm(struct hmm_api_call *call)
{
	call->injected = 0;
#ifdef CONFIG_FAULT_INJECTION
	if (call->failure == HMM_FAIL_KERNEL) {
		call->injected = call->nth && !READ_ONCE(current->fail_nth);
		WRITE_ONCE(current->fail_nth, 0);
	}
#endif
#ifdef HMM_INJECT
	if (call->failure > HMM_FAIL_KERNEL)
		call->injected = hmm_inject_disarm();
#endif
}

static u32 can_inject(void)
{
	u32 can = 0;

#ifdef HMM_INJECT
	can |= ((1U << HMM_FAILURES) - 1) & ~((1U << HMM_FAIL_NONE) | (1U << HMM_FAIL_KERNEL));
#endif
#ifdef CONFIG_FAULT_INJECTION
	can |= 1U << HMM_FAIL_KERNEL;
#endif
	return can;
}

/*
 * Mirrors.
 */
static struct mm_struct *mm_of(u32 nr)
{
	struct mm_struct *mm = NULL;
	struct task_struct *task;
	struct pid *pid;

	if (!nr) {
		mm = current->mm;
		mmget(mm);
		return mm;
	}
	pid = find_get_pid(nr);
	task = get_pid_task(pid, PIDTYPE_PID);
	put_pid(pid);
	if (task) {
		mm = get_task_mm(task);
		put_task_struct(task);
	}
	return mm;
}

static void call_mirror_register(struct api_mirror *m, struct hmm_api_call *call)
{
	struct mm_struct *mm = mm_of(call->pid), *old;

	if (!mm) {
		call->result = NOT_CALLED;
		return;
	}
	if (!m) {
		mmap_write_lock(mm);
		call->result = hmm_mirror_register(NULL, mm);
		mmap_write_unlock(mm);
		mmput(mm);
		return;
	}

	down_write(&m->sem);
	if (!READ_ONCE(m->mirror.client)) {
		atomic_set(&m->syncs, 0);
		atomic_set(&m->releases, 0);
		m->mirror.ops = call->with == HMM_API_WITH_NO_OPS ? NULL :
				call->with == HMM_API_WITH_NO_SYNC ? &api_no_sync : &api_ops;
	}
	mmap_write_lock(mm);
	arm(call);
	call->result = hmm_mirror_register(&m->mirror, call->with == HMM_API_WITH_NO_MM ?
						       NULL : mm);
	disarm(call);
	mmap_write_unlock(mm);
	if (!call->result) {
		mmgrab(mm);
		old = xchg(&m->mm, mm);
		if (old)
			mmdrop(old);
	}
	up_write(&m->sem);
	mmput(mm);
}

static void call_mirror_unregister(struct api_mirror *m, struct hmm_api_call *call)
{
	struct mm_struct *mm;

	down_read(&m->sem);
	arm(call);
	hmm_mirror_unregister(&m->mirror);
	disarm(call);
	mm = xchg(&m->mm, NULL);
	up_read(&m->sem);
	if (mm)
		mmdrop(mm);
}

static void call_action(struct api_mirror *m, const struct hmm_api_call *call)
{
	WRITE_ONCE(m->hold_start, call->start);
	WRITE_ONCE(m->hold_end, call->end);
	WRITE_ONCE(m->action, call->flags & HMM_API_DO_ALL);
	wake_up_all(&api_wq);
}

/*
 * Ranges; their lock is held.
 */
static void range_dma_unmap(struct api_range *r)
{
	if (r->mapped)
		hmm_range_dma_unmap(&r->range, &api_pdev->dev, r->daddrs, false);
	r->mapped = false;
}

static void call_range_register(struct api_range *r, struct api_mirror *m,
				struct hmm_api_call *call)
{
	struct hmm_range *range = &r->range;

	/* Twice in the tree is the end of it: undefined. */
	if (r->registered) {
		call->result = NOT_CALLED;
		return;
	}
	range_fields(range, call->start, call->end, r->pfns);
	range->flags = formats[call->format].flags;
	range->values = formats[call->format].values;
	range->default_flags = call->default_flags;
	range->pfn_flags_mask = call->pfn_flags_mask;
	range->pfn_shift = call->pfn_shift;

	if (m)
		down_write(&m->sem);
	arm(call);
	call->result = hmm_range_register(range, m ? &m->mirror : NULL);
	disarm(call);
	if (hmm_range_valid(range))
		call->wrong |= HMM_API_WRONG_VALID;
	if (!call->result) {
		r->registered = true;
		r->mirror = m;
		r->mm = m->mm;
		mmgrab(r->mm);
		r->npages = (range->end - range->start) >> PAGE_SHIFT;
		if (r->npages > HMM_API_PAGES)
			range->pfns = NULL;
	} else if (call->result != -EINVAL && call->result != -EFAULT) {
		call->wrong |= HMM_API_WRONG_CODE;
	}
	if (m)
		up_write(&m->sem);
}

static void call_range_unregister(struct api_range *r, struct hmm_api_call *call)
{
	range_dma_unmap(r);
	arm(call);
	hmm_range_unregister(&r->range);
	disarm(call);
	if (r->registered) {
		if (hmm_range_valid(&r->range))
			call->wrong |= HMM_API_WRONG_VALID;
		r->registered = false;
		r->mirror = NULL;
		mmdrop(r->mm);
		r->mm = NULL;
	}
}

static void call_range_wait(struct api_range *r, struct hmm_api_call *call)
{
	arm(call);
	call->result = hmm_range_wait_until_valid(&r->range, call->timeout);
	disarm(call);
	if (!call->result && r->registered && hmm_range_valid(&r->range))
		call->wrong |= HMM_API_WRONG_VALID;
}

/* What a request asks for: bits of 1U << HMM_PFN_*. */
static u32 wanted(const struct hmm_range *range, u64 request)
{
	u64 want = (request & range->pfn_flags_mask) | range->default_flags;
	u32 bits = 0;
	int i;

	if (want & range->flags[HMM_PFN_VALID])
		for (i = 0; i < HMM_PFN_FLAG_MAX; i++)
			if (want & range->flags[i])
				bits |= 1U << i;
	return bits;
}

static bool is_value(const struct hmm_range *range, u64 entry)
{
	return entry == range->values[HMM_PFN_NONE] ||
	       entry == range->values[HMM_PFN_ERROR] ||
	       entry == range->values[HMM_PFN_SPECIAL];
}

static u32 judge_success(const struct api_range *r, const struct hmm_api_call *call)
{
	const struct hmm_range *range = &r->range;
	u32 wrong = 0;
	unsigned long i;

	/* With other formats one entry can look like another. */
	if (range->flags == alike_flags || range->pfn_shift < 6 || range->pfn_shift > 30)
		return 0;

	for (i = 0; i < r->npages; i++) {
		u32 want = wanted(range, r->before[i]);
		u64 entry = r->pfns[i];

		if (!is_value(range, entry) &&
		    (!(entry & HMM_API_VALID) ||
		     (entry & ((1ULL << range->pfn_shift) - 1) &
		      ~(HMM_API_VALID | HMM_API_WRITE | HMM_API_PRIVATE)) ||
		     !pfn_valid(entry >> range->pfn_shift)))
			wrong |= HMM_API_WRONG_ENTRY;
		if (call->flags & HMM_FAULT_SNAPSHOT)
			continue;
		if ((want & 1U << HMM_PFN_VALID && (is_value(range, entry) || !(entry & HMM_API_VALID))) ||
		    (want & 1U << HMM_PFN_WRITE && !(entry & HMM_API_WRITE)))
			wrong |= HMM_API_WRONG_WANTED;
	}
	return wrong;
}

static u32 judge_failure(const struct api_range *r, const struct hmm_api_call *call)
{
	const struct hmm_range *range = &r->range;
	bool none = true, same = true, requests = true;
	long ret = call->result;
	unsigned long i;
	u32 wrong = 0;

	switch (ret) {
	case -EAGAIN:
		if (!(call->flags & HMM_FAULT_ALLOW_RETRY))
			wrong |= HMM_API_WRONG_CODE;
		break;
	case -EIO:
	case -EOPNOTSUPP:
		if (call->op != HMM_API_DMA_MAP)
			wrong |= HMM_API_WRONG_CODE;
		break;
	case -EBUSY:
	case -EFAULT:
	case -EINTR:
	case -EINVAL:
	case -ENOMEM:
	case -EPERM:
		break;
	default:
		wrong |= HMM_API_WRONG_CODE;
	}

	for (i = 0; range->pfns && i < r->npages; i++) {
		if (r->pfns[i] != range->values[HMM_PFN_NONE])
			none = false;
		if (r->pfns[i] != r->before[i])
			same = false;
		if (wanted(range, r->pfns[i]) != wanted(range, r->before[i]))
			requests = false;
	}
	/* Failing to map leaves results. */
	if (call->op == HMM_API_DMA_MAP && (ret == -EIO || ret == -EOPNOTSUPP || ret == -EBUSY))
		return wrong;
	if (hmm_range_valid(range))
		wrong |= HMM_API_WRONG_VALID;
	if (!r->registered && !same)
		wrong |= HMM_API_WRONG_TOUCHED;
	else if ((ret == -EBUSY || ret == -EAGAIN) && range->pfn_flags_mask &&
		 !(call->flags & HMM_FAULT_SNAPSHOT) && !requests)
		wrong |= HMM_API_WRONG_REQUEST;
	else if (ret == -EINVAL && !same && !none)
		wrong |= HMM_API_WRONG_TOUCHED;
	else if (ret != -EINVAL && r->registered && !none &&
		 /* A snapshot asks for nothing that could come back. */
		 (call->flags & HMM_FAULT_SNAPSHOT || !range->pfn_flags_mask ||
		  (ret != -EBUSY && ret != -EAGAIN)))
		wrong |= HMM_API_WRONG_NONE;
	return wrong;
}

/* Entries and bus addresses. */
static u32 judge_dma(const struct api_range *r, const struct hmm_api_call *call)
{
	long mapped = 0;
	unsigned long i;

	for (i = 0; i < r->npages; i++)
		if (r->daddrs[i])
			mapped++;
	return mapped == max_t(long, call->result, 0) ? 0 : HMM_API_WRONG_DADDR;
}

static int call_range_fault(struct api_range *r, struct hmm_api_call *call)
{
	struct mm_struct *mm = r->mm ? r->mm : current->mm;
	struct hmm_range *range = &r->range, saved = *range;
	u64 __user *entries = u64_to_user_ptr(call->entries);
	unsigned long i, n = r->registered ? min(r->npages, (unsigned long)HMM_API_PAGES) : 1;

	range_dma_unmap(r);
	if (call->op == HMM_API_DMA_MAP && r->registered &&
	    (r->npages > HMM_API_PAGES || range->pfn_shift < 6 || range->pfn_shift > 30)) {
		/* No room for the addresses, or frame numbers that cannot be read back. */
		call->result = NOT_CALLED;
		return 0;
	}
	for (i = 0; i < n; i++)
		r->before[i] = call->request;
	if (call->entries && copy_from_user(r->before, entries, n * sizeof(*entries)))
		return -EFAULT;
	memcpy(r->pfns, r->before, n * sizeof(*r->pfns));
	for (i = 0; i < GUARDS; i++) {
		r->pfns[n + i] = GUARD;
		r->daddrs[n + i] = (dma_addr_t)GUARD;
	}
	if (r->registered) {
		if (call->with == HMM_API_MOVED_START)
			range->start += PAGE_SIZE;
		else if (call->with == HMM_API_MOVED_END)
			range->end += PAGE_SIZE;
		else if (call->with == HMM_API_NO_PFNS)
			range->pfns = NULL;
		else if (call->with == HMM_API_NO_FLAGS)
			range->flags = NULL;
		else if (call->with == HMM_API_NO_VALUES)
			range->values = NULL;
	}

	mmap_read_lock(mm);
	arm(call);
	if (call->op == HMM_API_DMA_MAP)
		call->result = hmm_range_dma_map(range, &api_pdev->dev, r->daddrs, call->flags);
	else
		call->result = hmm_range_fault(range, call->flags);
	disarm(call);
	if (call->result != -EAGAIN) {
		if (older_mmap_is_locked(mm))
			mmap_read_unlock(mm);
		else
			call->wrong |= HMM_API_WRONG_LOCK;
	}

	range->start = saved.start;
	range->end = saved.end;
	range->pfns = saved.pfns;
	range->flags = saved.flags;
	range->values = saved.values;

	for (i = 0; i < GUARDS; i++)
		if (r->pfns[n + i] != GUARD || r->daddrs[n + i] != (dma_addr_t)GUARD)
			call->wrong |= HMM_API_WRONG_GUARD;
	if (!r->registered) {
		/* Before the first registration there is no format to judge by. */
		if (r->pfns[0] != r->before[0])
			call->wrong |= HMM_API_WRONG_TOUCHED;
	} else if (call->result < 0) {
		call->wrong |= judge_failure(r, call);
	} else if (call->op == HMM_API_DMA_MAP) {
		r->mapped = call->result > 0;
		r->begun = range->seq;
		call->wrong |= judge_success(r, call);
	} else {
		if ((unsigned long)call->result != r->npages)
			call->wrong |= HMM_API_WRONG_COUNT;
		call->wrong |= judge_success(r, call);
	}
	if (call->op == HMM_API_DMA_MAP && r->registered)
		call->wrong |= judge_dma(r, call);

	if (call->entries && r->registered && copy_to_user(entries, r->pfns, n * sizeof(*entries)))
		return -EFAULT;
	return 0;
}

static void call_dma_unmap(struct api_range *r, struct hmm_api_call *call)
{
	struct mutex *device;
	bool dirty;

	call->result = NOT_CALLED;
	if (!r->registered || r->npages > HMM_API_PAGES || !r->mapped)
		return;
	device = &r->mirror->device;
	mutex_lock(device);
	dirty = call->flags & 1 && !hits_since_mapped(r);
	call->result = hmm_range_dma_unmap(&r->range, &api_pdev->dev, r->daddrs, dirty);
	mutex_unlock(device);
	r->mapped = false;
	if (call->result < 1)
		call->wrong |= HMM_API_WRONG_COUNT;
	call->result = hmm_range_dma_unmap(&r->range, &api_pdev->dev, r->daddrs, false);
	if (call->result)
		call->wrong |= HMM_API_WRONG_DADDR;
}

static int call_of_range(struct api_range *r, struct api_mirror *m, struct hmm_api_call *call)
{
	int ret = 0;

	if (mutex_lock_interruptible(&r->lock))
		return -EINTR;
	WRITE_ONCE(r->last, -EINPROGRESS);
	switch (call->op) {
	case HMM_API_RANGE_REGISTER:
		call_range_register(r, m, call);
		break;
	case HMM_API_RANGE_UNREGISTER:
		call_range_unregister(r, call);
		break;
	case HMM_API_RANGE_WAIT:
		call_range_wait(r, call);
		break;
	case HMM_API_RANGE_VALID:
		call->result = r->registered && hmm_range_valid(&r->range);
		break;
	case HMM_API_RANGE_FAULT:
	case HMM_API_DMA_MAP:
		ret = call_range_fault(r, call);
		break;
	case HMM_API_DMA_UNMAP:
		call_dma_unmap(r, call);
		break;
	}
	WRITE_ONCE(r->last, call->result);
	mutex_unlock(&r->lock);
	return ret;
}

static long api_call(struct api_space *space, struct hmm_api_call *call)
{
	struct api_mirror *m = NULL;
	int ret = 0;

	call->result = 0;
	call->wrong = 0;
	call->injected = 0;
	if (call->op >= HMM_API_OPS || call->format >= HMM_API_FORMATS ||
	    call->failure >= HMM_FAILURES)
		return -EINVAL;
	if (call->failure && !(can_inject() & 1U << call->failure))
		return -EOPNOTSUPP;
	if (call->mirror < HMM_API_MIRRORS)
		m = &space->mirrors[call->mirror];

	switch (call->op) {
	case HMM_API_MIRROR_REGISTER:
		call_mirror_register(m, call);
		break;
	case HMM_API_MIRROR_UNREGISTER:
		if (!m)
			return -EINVAL;
		call_mirror_unregister(m, call);
		break;
	case HMM_API_ACTION:
		if (!m)
			return -EINVAL;
		call_action(m, call);
		break;
	default:
		if (call->range >= HMM_API_RANGES)
			return -EINVAL;
		ret = call_of_range(&space->ranges[call->range], m, call);
	}
	call->locked = current->mm && older_mmap_is_locked(current->mm);
	return ret;
}

static void api_state(struct api_space *space, struct hmm_api_state *state)
{
	u32 mirror = state->mirror, range = state->range;

	memset(state, 0, sizeof(*state));
	state->mirror = mirror;
	state->range = range;
	state->mm_users = atomic_read(&current->mm->mm_users);
	state->mm_count = atomic_read(&current->mm->mm_count);
	if (mirror < HMM_API_MIRRORS) {
		state->syncs = atomic_read(&space->mirrors[mirror].syncs);
		state->releases = atomic_read(&space->mirrors[mirror].releases);
	}
	if (range < HMM_API_RANGES)
		state->last = READ_ONCE(space->ranges[range].last);
	state->inside = atomic_read(&api_inside);
	state->wrong = atomic_read(&api_wrong);
	state->can = can_inject();
#ifdef HMM_INJECT
	hmm_inject_state(state);
#endif
}

static long api_ioctl(struct file *file, unsigned int cmd, unsigned long arg)
{
	struct api_space *space = file->private_data;
	void __user *uarg = (void __user *)arg;
	struct hmm_api_state state;
	struct hmm_api_call call;
	long ret;

	switch (cmd) {
	case HMM_API_CALL:
		if (copy_from_user(&call, uarg, sizeof(call)))
			return -EFAULT;
		ret = api_call(space, &call);
		if (ret)
			return ret;
		return copy_to_user(uarg, &call, sizeof(call)) ? -EFAULT : 0;
	case HMM_API_STATE:
		if (copy_from_user(&state, uarg, sizeof(state)))
			return -EFAULT;
		api_state(space, &state);
		return copy_to_user(uarg, &state, sizeof(state)) ? -EFAULT : 0;
	}
	return -ENOTTY;
}

static int api_open(struct inode *inode, struct file *file)
{
	struct api_space *space = vzalloc(sizeof(*space));
	unsigned int i;

	if (!space)
		return -ENOMEM;
	for (i = 0; i < HMM_API_MIRRORS; i++) {
		init_rwsem(&space->mirrors[i].sem);
		mutex_init(&space->mirrors[i].device);
		space->mirrors[i].space = space;
	}
	for (i = 0; i < HMM_API_RANGES; i++)
		mutex_init(&space->ranges[i].lock);
	file->private_data = space;
	return 0;
}

static int api_close(struct inode *inode, struct file *file)
{
	struct api_space *space = file->private_data;
	struct hmm_api_call call = { };
	bool loose = false;
	unsigned int i;

	for (i = 0; i < HMM_API_MIRRORS; i++)
		call_action(&space->mirrors[i], &call);
	for (i = 0; i < HMM_API_RANGES; i++) {
		/* A callback may be at it. */
		mutex_lock(&space->ranges[i].lock);
		if (space->ranges[i].registered)
			call_range_unregister(&space->ranges[i], &call);
		mutex_unlock(&space->ranges[i].lock);
	}
	for (i = 0; i < HMM_API_MIRRORS; i++) {
		struct api_mirror *m = &space->mirrors[i];

		loose |= m->loose;
		if (READ_ONCE(m->mirror.client))
			hmm_mirror_unregister(&m->mirror);
		loose |= m->loose;
		if (m->mm)
			mmdrop(m->mm);
	}
	if (!loose) {
		vfree(space);
		return 0;
	}
	/* Callbacks may still be on their way to it. */
	spin_lock(&api_kept_lock);
	space->next = api_kept;
	api_kept = space;
	spin_unlock(&api_kept_lock);
	return 0;
}

static const struct file_operations api_fops = {
	.owner		= THIS_MODULE,
	.open		= api_open,
	.release	= api_close,
	.unlocked_ioctl	= api_ioctl,
};

static struct miscdevice api_misc = {
	.minor	= MISC_DYNAMIC_MINOR,
	.name	= "hmm_api",
	.fops	= &api_fops,
};

static int __init hmm_api_init(void)
{
	int ret;

	api_pdev = platform_device_register_simple("hmm_api", PLATFORM_DEVID_NONE, NULL, 0);
	if (IS_ERR(api_pdev))
		return PTR_ERR(api_pdev);
	ret = dma_coerce_mask_and_coherent(&api_pdev->dev, DMA_BIT_MASK(64));
	if (!ret)
		ret = misc_register(&api_misc);
	if (ret)
		platform_device_unregister(api_pdev);
	return ret;
}
module_init(hmm_api_init);

/* Whoever unloads this has waited until nothing is mirrored any more. */
static void __exit hmm_api_exit(void)
{
	misc_deregister(&api_misc);
	while (atomic_read(&api_inside))
		msleep(20);
	while (api_kept) {
		struct api_space *space = api_kept;

		api_kept = space->next;
		vfree(space);
	}
	platform_device_unregister(api_pdev);
}
module_exit(hmm_api_exit);

MODULE_DESCRIPTION("hmm-backport's interface for programs that test it");
MODULE_LICENSE("GPL");
