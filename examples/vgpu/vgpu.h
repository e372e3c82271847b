/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * vgpu: what the parts of the example vendor driver share.
 */
#ifndef VGPU_H
#define VGPU_H

#include <linux/atomic.h>
#include <linux/hmm.h>
#include <linux/idr.h>
#include <linux/kconfig.h>
#include <linux/mutex.h>
#include <linux/types.h>

#include "vgpu_compat.h"
#include "vgpu_uapi.h"

/* One call handles 4 GiB of 4 KiB pages at most. */
#define VGPU_MAX_PAGES		(1UL << 20)
/* Longest time that a flush may be told to take, in milliseconds. */
#define VGPU_MAX_FLUSH_DELAY	60000U

struct device;
struct mm_struct;
struct vgpu_pt;

/**
 * struct vgpu_ctx - one open file: a mirror of its opener's address space
 * @mm: that address space; the structure is kept, its users may be gone
 * @mirror: follows @mm
 * @lock: serialises the device page table, the engine and invalidations;
 *        nothing that may fault or reclaim memory runs under it
 * @pt: the device page table, see vgpu_pt.c
 * @mapped: entries in @pt
 * @flush_delay: milliseconds that a flush takes
 * @invalidations: calls of the invalidation callback
 * @refused: of these, the ones refused because they must not block
 * @dropped: entries that invalidations dropped
 * @releases: calls of the release callback
 * @userptrs_lock: guards @userptrs; the invalidation never takes it
 * @userptrs: handle to watched user memory
 */
struct vgpu_ctx {
	struct mm_struct	*mm;
	struct hmm_mirror	mirror;
	struct mutex		lock;
	struct vgpu_pt		*pt;
	unsigned long		mapped;
	u32			flush_delay;
	atomic64_t		invalidations;
	atomic64_t		refused;
	atomic64_t		dropped;
	atomic64_t		releases;
#if IS_ENABLED(CONFIG_VGPU_USERPTR)
	struct mutex		userptrs_lock;
	struct idr		userptrs;
#endif
};

/* vgpu_drv.c */
void vgpu_range_init(struct hmm_range *range);
struct device *vgpu_dma_device(void);

/* vgpu_pt.c: but for the first and the last, under ctx->lock */
int vgpu_pt_reserve(struct vgpu_ctx *ctx, unsigned long first, unsigned long npages);
u64 vgpu_pt_get(struct vgpu_ctx *ctx, unsigned long index);
int vgpu_pt_set(struct vgpu_ctx *ctx, unsigned long index, u64 entry);
void vgpu_pt_drop(struct vgpu_ctx *ctx, unsigned long start, unsigned long end);
void vgpu_pt_fini(struct vgpu_ctx *ctx);

/* vgpu_svm.c */
int vgpu_svm_fault(struct vgpu_ctx *ctx, struct vgpu_svm *args);

/* vgpu_dma.c */
int vgpu_dma(struct vgpu_ctx *ctx, struct vgpu_dma *args);

/* vgpu_userptr.c */
#if IS_ENABLED(CONFIG_VGPU_USERPTR)
void vgpu_userptr_init(struct vgpu_ctx *ctx);
void vgpu_userptr_fini(struct vgpu_ctx *ctx);
int vgpu_userptr_get(struct vgpu_ctx *ctx, struct vgpu_userptr *args);
int vgpu_userptr_done(struct vgpu_ctx *ctx, struct vgpu_userptr_done *args);
int vgpu_userptr_forget(struct vgpu_ctx *ctx, u32 handle);
#else
static inline void vgpu_userptr_init(struct vgpu_ctx *ctx)
{
}

static inline void vgpu_userptr_fini(struct vgpu_ctx *ctx)
{
}

static inline int vgpu_userptr_get(struct vgpu_ctx *ctx,
				   struct vgpu_userptr *args)
{
	return -EPERM;
}

static inline int vgpu_userptr_done(struct vgpu_ctx *ctx,
				    struct vgpu_userptr_done *args)
{
	return -EPERM;
}

static inline int vgpu_userptr_forget(struct vgpu_ctx *ctx, u32 handle)
{
	return -EPERM;
}
#endif

#endif
