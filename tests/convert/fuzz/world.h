/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The part of a kernel that generated callers need, in user space.  Whatever a
 * caller does that can be seen from outside goes into a log; what it gets back
 * is decided by a script.
 *
 * A script answers by what is asked and how often it was asked before, never by
 * how many other things happened: a value does not depend on the order in which
 * the arguments of one call are evaluated, which C leaves open.
 */
#ifndef FUZZ_WORLD_H
#define FUZZ_WORLD_H

#include <errno.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#define PAGE_SHIFT	12
#define PAGE_SIZE	(1UL << PAGE_SHIFT)
#define PAGE_MASK	(~(PAGE_SIZE - 1))
#define PMD_SHIFT	21

#define ALIGN(x, a)	(((x) + (a) - 1) & ~((a) - 1))
#define ARRAY_SIZE(a)	(sizeof(a) / sizeof((a)[0]))
#define likely(x)	__builtin_expect(!!(x), 1)
#define unlikely(x)	__builtin_expect(!!(x), 0)
#define min(a, b)	({ __typeof__(a) a_ = (a); __typeof__(b) b_ = (b); a_ < b_ ? a_ : b_; })
#define max(a, b)	({ __typeof__(a) a_ = (a); __typeof__(b) b_ = (b); a_ > b_ ? a_ : b_; })
#define WARN_ON(x)	({ bool warn_ = !!(x); if (warn_) fuzz_log("warning"); warn_; })
#define IS_ERR_VALUE(x)	((unsigned long)(x) >= (unsigned long)-4095)
#define fallthrough	__attribute__((__fallthrough__))
#define __maybe_unused	__attribute__((__unused__))
#define IS_ENABLED(x)	x
#define CONFIG_FUZZ_YES	1
#define CONFIG_FUZZ_NO	0

typedef uint64_t u64;
typedef uint64_t dma_addr_t;

struct list_head {
	struct list_head *next, *prev;
};

#define INIT_LIST_HEAD(list)	((list)->next = (list)->prev = (list))

struct rw_semaphore {
	int held;
};

/* Never to be seen by a converted caller: the lock has another name there. */
#ifdef FUZZ_NEW
#define FUZZ_LOCK mmap_lock
#else
#define FUZZ_LOCK mmap_sem
#endif

struct mm_struct {
	struct rw_semaphore FUZZ_LOCK;
	int id;
};

struct vm_area_struct {
	struct mm_struct *vm_mm;
	unsigned long vm_start, vm_end, vm_flags;
};

#define VM_SPECIAL	1UL
#define VM_HUGETLB	2UL

struct page;

#define pfn_to_page(pfn)	((struct page *)((pfn) << 6))
#define page_to_pfn(page)	((unsigned long)(page) >> 6)

struct device {
	int id;
};

/* What is asked of a script. */
enum fuzz_question {
	FUZZ_COND = 1, FUZZ_RESULT, FUZZ_VALUE, FUZZ_REGISTER, FUZZ_FAULT,
	FUZZ_WAIT, FUZZ_UNMAP, FUZZ_BOUNDS, FUZZ_MIRROR, FUZZ_LOCKED, FUZZ_VMA,
	FUZZ_ENTRY,
};

__attribute__((format(printf, 1, 2))) void fuzz_log(const char *format, ...);
unsigned int fuzz_answer(enum fuzz_question question, int which);
int fuzz_error(enum fuzz_question question, int which);
void fuzz_lock(struct mm_struct *mm, const char *what, int change);

/* A function of the driver's: true or false, a result, and a value with a side effect. */
int cond(int which);
int result(int which);
int check(int value);
void trace(int which, unsigned long value);
void effect(int site, int which);
unsigned long value(int site, int which);

struct vm_area_struct *find_vma(struct mm_struct *mm, unsigned long address);

#ifdef FUZZ_NEW
static inline void mmap_read_lock(struct mm_struct *mm)
{
	fuzz_lock(mm, "read lock", 1);
}

static inline void mmap_read_unlock(struct mm_struct *mm)
{
	fuzz_lock(mm, "read unlock", -1);
}

static inline void mmap_write_lock(struct mm_struct *mm)
{
	fuzz_lock(mm, "write lock", 1);
}

static inline void mmap_write_unlock(struct mm_struct *mm)
{
	fuzz_lock(mm, "write unlock", -1);
}

static inline int mmap_read_trylock(struct mm_struct *mm)
{
	int yes = fuzz_answer(FUZZ_LOCKED, mm->id) & 1;

	fuzz_lock(mm, yes ? "read trylock: yes" : "read trylock: no", yes);
	return yes;
}

static inline int mmap_read_lock_killable(struct mm_struct *mm)
{
	int error = fuzz_answer(FUZZ_LOCKED, mm->id) & 1 ? 0 : -EINTR;

	fuzz_lock(mm, error ? "read killable: no" : "read killable: yes", !error);
	return error;
}
#else
static inline struct mm_struct *fuzz_mm(struct rw_semaphore *lock)
{
	return (struct mm_struct *)((char *)lock - offsetof(struct mm_struct, FUZZ_LOCK));
}

static inline void down_read(struct rw_semaphore *lock)
{
	fuzz_lock(fuzz_mm(lock), "read lock", 1);
}

static inline void up_read(struct rw_semaphore *lock)
{
	fuzz_lock(fuzz_mm(lock), "read unlock", -1);
}

static inline void down_write(struct rw_semaphore *lock)
{
	fuzz_lock(fuzz_mm(lock), "write lock", 1);
}

static inline void up_write(struct rw_semaphore *lock)
{
	fuzz_lock(fuzz_mm(lock), "write unlock", -1);
}

static inline int down_read_trylock(struct rw_semaphore *lock)
{
	int yes = fuzz_answer(FUZZ_LOCKED, fuzz_mm(lock)->id) & 1;

	fuzz_lock(fuzz_mm(lock), yes ? "read trylock: yes" : "read trylock: no", yes);
	return yes;
}

static inline int down_read_killable(struct rw_semaphore *lock)
{
	int error = fuzz_answer(FUZZ_LOCKED, fuzz_mm(lock)->id) & 1 ? 0 : -EINTR;

	fuzz_lock(fuzz_mm(lock), error ? "read killable: no" : "read killable: yes", !error);
	return error;
}
#endif

/* Only these entries are emptied: where bounds make no sense there are none. */
#define FUZZ_ENTRIES	2048
#define memset(array, byte, size)	fuzz_clear(array, size)
void fuzz_clear(uint64_t *pfns, unsigned long size);

#if defined(FUZZ_NEW) || GENERATION > 0
enum hmm_pfn_flag_e { HMM_PFN_VALID, HMM_PFN_WRITE, HMM_PFN_DEVICE_PRIVATE, HMM_PFN_FLAG_MAX };
enum hmm_pfn_value_e { HMM_PFN_ERROR, HMM_PFN_NONE, HMM_PFN_SPECIAL, HMM_PFN_VALUE_MAX };
#endif

#define HMM_FAULT_ALLOW_RETRY		(1U << 0)
#define HMM_FAULT_SNAPSHOT		(1U << 1)
#define HMM_RANGE_DEFAULT_TIMEOUT	1000

struct hmm_range;
struct hmm_mirror;
struct hmm_mirror_ops;

/* What both APIs do, as the log sees it. */
int fuzz_register(struct hmm_range *range, struct hmm_mirror *mirror,
		  unsigned long start, unsigned long end, unsigned int page_shift);
void fuzz_unregister(struct hmm_range *range);
bool fuzz_wait(struct hmm_range *range, unsigned long timeout);
bool fuzz_valid(const struct hmm_range *range);
long fuzz_fault(struct hmm_range *range, unsigned int flags);
long fuzz_dma_map(struct hmm_range *range, struct device *device, dma_addr_t *daddrs,
		  unsigned int flags);
long fuzz_dma_unmap(struct hmm_range *range, struct device *device, dma_addr_t *daddrs, bool dirty);
int fuzz_mirror_register(struct hmm_mirror *mirror, struct mm_struct *mm);
void fuzz_mirror_unregister(struct hmm_mirror *mirror);

/* Calls back with bounds that the script chooses. */
int invalidate(struct hmm_mirror *mirror, const struct hmm_mirror_ops *ops);
void trace_range(int which, const struct hmm_range *range);

#endif
