/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Put in front of every source of the core by the build for fault injection:
 * what the core gets from the kernel goes through here, so that it can fail,
 * and so that what is held and what is given back can be counted.
 *
 * The kernel's headers come first, so that only the core's own calls are meant.
 */
#ifndef HMM_WRAP_H
#define HMM_WRAP_H

#include <linux/debugfs.h>
#include <linux/dma-map-ops.h>
#include <linux/dma-mapping.h>
#include <linux/hmm.h>
#include <linux/hugetlb.h>
#include <linux/iommu.h>
#include <linux/memremap.h>
#include <linux/mm.h>
#include <linux/mmu_notifier.h>
#include <linux/module.h>
#include <linux/oom.h>
#include <linux/rwsem.h>
#include <linux/sched/mm.h>
#include <linux/sched/signal.h>
#include <linux/seq_file.h>
#include <linux/slab.h>
#include <linux/swap.h>
#include <linux/tracepoint.h>
#include <linux/workqueue.h>
#include "../compat/mm.h"
#include "inject.h"

/* Something that is held: kind and identity. */
enum hmm_held {
	HMM_HELD_MEMORY,
	HMM_HELD_USERS,
	HMM_HELD_COUNT,
	HMM_HELD_MODULE,
	HMM_HELD_INTERVAL,
	HMM_HELD_NOTIFIER,
	HMM_HELD_DMA,
	HMM_HELD_QUEUE,
};

/**
 * struct hmm_site - a place in the core at which something can fail
 * @list: of those that were reached
 * @file: where
 * @line: where
 * @what: what is called there
 * @failed: it was made to fail
 */
struct hmm_site {
	struct list_head	list;
	const char		*file;
	int			line;
	const char		*what;
	bool			failed;
};

/* Is @failure what shall happen at @site now? */
bool hmm_inject(struct hmm_site *site, unsigned int failure);
void hmm_hold(struct hmm_site *site, enum hmm_held kind, unsigned long id);
void hmm_give_back(enum hmm_held kind, unsigned long id);

#define HMM_SITE(what_)						\
	({							\
		static struct hmm_site site_ = {		\
			.file = __FILE__,			\
			.line = __LINE__,			\
			.what = (what_),			\
		};						\
		&site_;						\
	})

/* Memory. */
static inline void *hmm_wrap_kzalloc(struct hmm_site *site, size_t size, gfp_t gfp)
{
	void *p = hmm_inject(site, HMM_FAIL_ALLOC) ? NULL : kzalloc(size, gfp);

	if (p)
		hmm_hold(site, HMM_HELD_MEMORY, (unsigned long)p);
	return p;
}

static inline void *hmm_wrap_kvmalloc(struct hmm_site *site, size_t size, gfp_t gfp)
{
	void *p = hmm_inject(site, HMM_FAIL_ALLOC) ? NULL : kvmalloc(size, gfp);

	if (p)
		hmm_hold(site, HMM_HELD_MEMORY, (unsigned long)p);
	return p;
}

static inline void hmm_wrap_kfree(const void *p)
{
	if (p)
		hmm_give_back(HMM_HELD_MEMORY, (unsigned long)p);
	kfree(p);
}

static inline void hmm_wrap_kvfree(const void *p)
{
	if (p)
		hmm_give_back(HMM_HELD_MEMORY, (unsigned long)p);
	kvfree(p);
}

#undef kzalloc
#undef kvmalloc
#undef kfree
#undef kvfree
#define kzalloc(size, gfp)	hmm_wrap_kzalloc(HMM_SITE("kzalloc"), size, gfp)
#define kvmalloc(size, gfp)	hmm_wrap_kvmalloc(HMM_SITE("kvmalloc"), size, gfp)
#define kfree(p)		hmm_wrap_kfree(p)
#define kvfree(p)		hmm_wrap_kvfree(p)

/* Work queues. */
static inline struct workqueue_struct *hmm_wrap_queue(struct hmm_site *site, const char *name,
						      unsigned int flags)
{
	struct workqueue_struct *wq;

	wq = hmm_inject(site, HMM_FAIL_ALLOC) ? NULL : alloc_workqueue("%s", flags, 0, name);
	if (wq)
		hmm_hold(site, HMM_HELD_QUEUE, (unsigned long)wq);
	return wq;
}

static inline void hmm_wrap_destroy_queue(struct workqueue_struct *wq)
{
	hmm_give_back(HMM_HELD_QUEUE, (unsigned long)wq);
	destroy_workqueue(wq);
}

#undef alloc_workqueue
#define alloc_workqueue(name, flags, active)	\
	hmm_wrap_queue(HMM_SITE("alloc_workqueue"), name, flags)
#undef destroy_workqueue
#define destroy_workqueue(wq)	hmm_wrap_destroy_queue(wq)

/* Address spaces. */
static inline bool hmm_wrap_mmget_not_zero(struct hmm_site *site, struct mm_struct *mm)
{
	if (hmm_inject(site, HMM_FAIL_MMGET) || !mmget_not_zero(mm))
		return false;
	hmm_hold(site, HMM_HELD_USERS, (unsigned long)mm);
	return true;
}

static inline void hmm_wrap_mmput(struct mm_struct *mm)
{
	hmm_give_back(HMM_HELD_USERS, (unsigned long)mm);
	mmput(mm);
}

/* The last user goes through mmput() later, which nothing else does in the tests. */
static inline bool hmm_wrap_put_unless_last(struct hmm_site *site, struct mm_struct *mm)
{
	bool put;

	hmm_give_back(HMM_HELD_USERS, (unsigned long)mm);
	put = hmm_mm_put_unless_last(mm);
	if (!put)
		hmm_hold(site, HMM_HELD_USERS, (unsigned long)mm);
	return put;
}

static inline void hmm_wrap_mmgrab(struct hmm_site *site, struct mm_struct *mm)
{
	hmm_hold(site, HMM_HELD_COUNT, (unsigned long)mm);
	mmgrab(mm);
}

static inline void hmm_wrap_mmdrop(struct mm_struct *mm)
{
	hmm_give_back(HMM_HELD_COUNT, (unsigned long)mm);
	mmdrop(mm);
}

static inline bool hmm_wrap_mm_stable(struct hmm_site *site, struct mm_struct *mm)
{
	return !hmm_inject(site, HMM_FAIL_UNSTABLE) && hmm_mm_stable(mm);
}

#undef mmget_not_zero
#undef mmput
#undef mmgrab
#undef mmdrop
#define mmget_not_zero(mm)		hmm_wrap_mmget_not_zero(HMM_SITE("mmget_not_zero"), mm)
#define mmput(mm)			hmm_wrap_mmput(mm)
#define mmgrab(mm)			hmm_wrap_mmgrab(HMM_SITE("mmgrab"), mm)
#define mmdrop(mm)			hmm_wrap_mmdrop(mm)
#define hmm_mm_put_unless_last(mm)	\
	hmm_wrap_put_unless_last(HMM_SITE("hmm_mm_put_unless_last"), mm)
#define hmm_mm_stable(mm)		\
	hmm_wrap_mm_stable(HMM_SITE("check_stable_address_space"), mm)

/* The module. */
static inline void hmm_wrap_module_get(struct hmm_site *site, struct module *module)
{
	hmm_hold(site, HMM_HELD_MODULE, 0);
	__module_get(module);
}

static inline void hmm_wrap_module_put(struct module *module)
{
	hmm_give_back(HMM_HELD_MODULE, 0);
	module_put(module);
}

#undef __module_get
#undef module_put
#define __module_get(module)	hmm_wrap_module_get(HMM_SITE("__module_get"), module)
#define module_put(module)	hmm_wrap_module_put(module)

/* Notifiers. */
static inline int hmm_wrap_notifier(struct hmm_site *site, struct mmu_notifier *mn,
				    struct mm_struct *mm)
{
	int ret;

	if (hmm_inject(site, HMM_FAIL_NOTIFIER_NOMEM))
		return -ENOMEM;
	if (hmm_inject(site, HMM_FAIL_NOTIFIER_INTR))
		return -EINTR;
	ret = __mmu_notifier_register(mn, mm);
	if (!ret)
		hmm_hold(site, HMM_HELD_NOTIFIER, (unsigned long)mn);
	return ret;
}

static inline void hmm_wrap_notifier_unregister(struct mmu_notifier *mn, struct mm_struct *mm)
{
	hmm_give_back(HMM_HELD_NOTIFIER, (unsigned long)mn);
	mmu_notifier_unregister(mn, mm);
}

static inline int hmm_wrap_interval(struct hmm_site *site, struct mmu_interval_notifier *mni,
				    struct mm_struct *mm, unsigned long start,
				    unsigned long length,
				    const struct mmu_interval_notifier_ops *ops)
{
	int ret;

	if (hmm_inject(site, HMM_FAIL_NOTIFIER_NOMEM))
		return -ENOMEM;
	if (hmm_inject(site, HMM_FAIL_NOTIFIER_INTR))
		return -EINTR;
	ret = mmu_interval_notifier_insert_locked(mni, mm, start, length, ops);
	if (!ret)
		hmm_hold(site, HMM_HELD_INTERVAL, (unsigned long)mni);
	return ret;
}

static inline void hmm_wrap_interval_remove(struct mmu_interval_notifier *mni)
{
	hmm_give_back(HMM_HELD_INTERVAL, (unsigned long)mni);
	mmu_interval_notifier_remove(mni);
}

#define __mmu_notifier_register(mn, mm)	\
	hmm_wrap_notifier(HMM_SITE("__mmu_notifier_register"), mn, mm)
#define mmu_notifier_unregister(mn, mm)		hmm_wrap_notifier_unregister(mn, mm)
#define mmu_interval_notifier_insert_locked(mni, mm, start, length, ops)		\
	hmm_wrap_interval(HMM_SITE("mmu_interval_notifier_insert_locked"), mni, mm, start, \
			  length, ops)
#define mmu_interval_notifier_remove(mni)	hmm_wrap_interval_remove(mni)

/* Faults, in the way that this kernel's handle_mm_fault() is called. */
static inline vm_fault_t hmm_wrap_fault_result(struct hmm_site *site, struct mm_struct *mm,
					       unsigned int flags, bool *done)
{
	bool may_drop = flags & FAULT_FLAG_ALLOW_RETRY;

	*done = true;
	/* To drop it once more would leave a lock that nobody can take. */
	if (!rwsem_is_locked(&mm->mmap_lock)) {
		pr_warn_once("hmm_inject: a fault without the mmap lock\n");
		return VM_FAULT_SIGBUS;
	}
	if (hmm_inject(site, HMM_FAIL_FAULT_OOM))
		return VM_FAULT_OOM;
	if (hmm_inject(site, HMM_FAIL_FAULT_SIGBUS))
		return VM_FAULT_SIGBUS;
	if (hmm_inject(site, HMM_FAIL_FAULT_SIGSEGV))
		return VM_FAULT_SIGSEGV;
	if (hmm_inject(site, HMM_FAIL_FAULT_HWPOISON))
		return VM_FAULT_HWPOISON;
	if (hmm_inject(site, HMM_FAIL_FAULT_HWPOISON_LARGE))
		return VM_FAULT_HWPOISON_LARGE;
	if (may_drop && hmm_inject(site, HMM_FAIL_FAULT_RETRY)) {
		mmap_read_unlock(mm);
		return VM_FAULT_RETRY;
	}
	if (hmm_inject(site, HMM_FAIL_FAULT_NOTHING))
		return (__force vm_fault_t)0;
	*done = false;
	return (__force vm_fault_t)0;
}

static inline vm_fault_t hmm_wrap_fault_after(struct hmm_site *site, struct mm_struct *mm,
					      unsigned int flags, vm_fault_t ret)
{
	if (hmm_inject(site, HMM_FAIL_FAULT_MAJOR))
		return ret | VM_FAULT_MAJOR;
#ifdef FACT_FAULT_COMPLETED_PRESENT
	if (!ret && flags & FAULT_FLAG_ALLOW_RETRY &&
	    hmm_inject(site, HMM_FAIL_FAULT_COMPLETED)) {
		mmap_read_unlock(mm);
		return VM_FAULT_COMPLETED;
	}
#endif
	return ret;
}

#define handle_mm_fault(vma_, addr_, flags_, ...)					\
	({										\
		struct hmm_site *at_ = HMM_SITE("handle_mm_fault");			\
		struct mm_struct *mm_ = (vma_)->vm_mm;					\
		vm_fault_t ret_;							\
		bool done_;								\
											\
		ret_ = hmm_wrap_fault_result(at_, mm_, flags_, &done_);			\
		if (!done_) {								\
			ret_ = handle_mm_fault(vma_, addr_, flags_, ##__VA_ARGS__);	\
			ret_ = hmm_wrap_fault_after(at_, mm_, flags_, ret_);		\
		}									\
		ret_;									\
	})

static inline struct vm_area_struct *hmm_wrap_find_vma(struct hmm_site *site,
						       struct mm_struct *mm, unsigned long addr)
{
	return hmm_inject(site, HMM_FAIL_FIND_VMA) ? NULL : find_vma(mm, addr);
}

static inline bool hmm_wrap_fatal(struct hmm_site *site, struct task_struct *task)
{
	return hmm_inject(site, HMM_FAIL_FATAL) || fatal_signal_pending(task);
}

#undef find_vma
#undef fatal_signal_pending
#define find_vma(mm, addr)		hmm_wrap_find_vma(HMM_SITE("find_vma"), mm, addr)
#define fatal_signal_pending(task)	hmm_wrap_fatal(HMM_SITE("fatal_signal_pending"), task)

/* DMA. */
static inline dma_addr_t hmm_wrap_dma_map(struct hmm_site *site, struct device *dev,
					  struct page *page, size_t offset, size_t size,
					  enum dma_data_direction dir, unsigned long attrs)
{
	dma_addr_t addr;

	if (hmm_inject(site, HMM_FAIL_DMA_MAP))
		return DMA_MAPPING_ERROR;
	addr = dma_map_page_attrs(dev, page, offset, size, dir, attrs);
	if (addr != DMA_MAPPING_ERROR)
		hmm_hold(site, HMM_HELD_DMA, (unsigned long)addr);
	return addr;
}

static inline void hmm_wrap_dma_unmap(struct device *dev, dma_addr_t addr, size_t size,
				      enum dma_data_direction dir, unsigned long attrs)
{
	hmm_give_back(HMM_HELD_DMA, (unsigned long)addr);
	dma_unmap_page_attrs(dev, addr, size, dir, attrs);
}

#undef dma_map_page_attrs
#undef dma_unmap_page_attrs
#undef dma_need_sync
#undef dev_is_dma_coherent
#define dma_map_page_attrs(...)	hmm_wrap_dma_map(HMM_SITE("dma_map_page"), __VA_ARGS__)
#define dma_unmap_page_attrs(...)	hmm_wrap_dma_unmap(__VA_ARGS__)
#define dma_need_sync(dev, addr)	\
	(hmm_inject(HMM_SITE("dma_need_sync"), HMM_FAIL_DMA_COPY) || (dma_need_sync)(dev, addr))
#define dev_is_dma_coherent(dev)	\
	(!hmm_inject(HMM_SITE("dev_is_dma_coherent"), HMM_FAIL_DMA_INCOHERENT) && \
	 (dev_is_dma_coherent)(dev))

#endif
