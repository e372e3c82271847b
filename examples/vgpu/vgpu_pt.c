// SPDX-License-Identifier: GPL-2.0-only
/*
 * vgpu: the device page table, a tree of tables as hardware walks it.
 *
 * A table is added when it is first needed, before ctx->lock is taken: an allocation
 * under the lock could start reclaim, which could call the invalidation, which takes
 * it.  Tables stay until the file is closed.
 */
#include <linux/kernel.h>
#include <linux/lockdep.h>
#include <linux/mm.h>
#include <linux/slab.h>

#include "vgpu.h"

#define VGPU_PT_BITS	9
#define VGPU_PT_SLOTS	(1U << VGPU_PT_BITS)
#define VGPU_PT_LEVELS	DIV_ROUND_UP(BITS_PER_LONG - PAGE_SHIFT, VGPU_PT_BITS)

/* A table: of entries at level 0, of tables one level below it at the others. */
struct vgpu_pt {
	union {
		u64		entry[VGPU_PT_SLOTS];
		struct vgpu_pt	*below[VGPU_PT_SLOTS];
	};
};

static unsigned int vgpu_pt_slot(unsigned long index, unsigned int level)
{
	return index >> level * VGPU_PT_BITS & (VGPU_PT_SLOTS - 1);
}

/* The tables for one page, added where they are not there yet; several may do so. */
static int vgpu_pt_add(struct vgpu_ctx *ctx, unsigned long index)
{
	unsigned int level = VGPU_PT_LEVELS;
	struct vgpu_pt **at = &ctx->pt;

	while (level--) {
		struct vgpu_pt *pt = READ_ONCE(*at);

		if (!pt) {
			struct vgpu_pt *other;

			pt = kzalloc(sizeof(*pt), GFP_KERNEL);
			if (!pt)
				return -ENOMEM;
			other = cmpxchg(at, NULL, pt);
			if (other) {
				kfree(pt);
				pt = other;
			}
		}
		at = &pt->below[vgpu_pt_slot(index, level)];
	}

	return 0;
}

/* Make sure that vgpu_pt_set() finds tables for these pages. */
int vgpu_pt_reserve(struct vgpu_ctx *ctx, unsigned long first, unsigned long npages)
{
	unsigned long i;
	int ret;

	for (i = 0; i < npages; i++) {
		if (i && vgpu_pt_slot(first + i, 0))
			continue;
		ret = vgpu_pt_add(ctx, first + i);
		if (ret)
			return ret;
	}

	return 0;
}

/*
 * Where the entry of a page is, at @level 0.  NULL if there is no table for it; then
 * nor is there one for any page of the same slot of @level.
 */
static u64 *vgpu_pt_find(struct vgpu_ctx *ctx, unsigned long index, unsigned int *level)
{
	struct vgpu_pt *pt = READ_ONCE(ctx->pt);

	lockdep_assert_held(&ctx->lock);

	for (*level = VGPU_PT_LEVELS; pt && --*level; )
		pt = READ_ONCE(pt->below[vgpu_pt_slot(index, *level)]);

	return pt ? &pt->entry[vgpu_pt_slot(index, 0)] : NULL;
}

/* The entry of a page, 0 if there is none. */
u64 vgpu_pt_get(struct vgpu_ctx *ctx, unsigned long index)
{
	unsigned int level;
	u64 *at = vgpu_pt_find(ctx, index, &level);

	return at ? *at : 0;
}

/* Entries that the engine can use go in, for others nothing is done. */
int vgpu_pt_set(struct vgpu_ctx *ctx, unsigned long index, u64 entry)
{
	unsigned int level;
	u64 *at;

	if (!(entry & VGPU_PTE_VALID) ||
	    (entry & (VGPU_PTE_VRAM | VGPU_PTE_ERROR | VGPU_PTE_SPECIAL)))
		return 0;

	at = vgpu_pt_find(ctx, index, &level);
	if (!at)
		return -ENOMEM;	/* not reserved */
	if (!*at)
		ctx->mapped++;
	*at = entry;

	return 0;
}

/* Remove the entries of a part of the address space. */
void vgpu_pt_drop(struct vgpu_ctx *ctx, unsigned long start, unsigned long end)
{
	unsigned long index = start >> PAGE_SHIFT;
	unsigned long last = (end - 1) >> PAGE_SHIFT;
	unsigned int level;

	do {
		u64 *at = vgpu_pt_find(ctx, index, &level);

		if (at && *at) {
			*at = 0;
			ctx->mapped--;
			atomic64_inc(&ctx->dropped);
		}
		/* On to the last page that has the same answer. */
		index |= (1UL << level * VGPU_PT_BITS) - 1;
	} while (index++ < last);
}

static void vgpu_pt_free(struct vgpu_pt *pt, unsigned int level)
{
	unsigned int i;

	for (i = 0; level && i < VGPU_PT_SLOTS; i++)
		if (pt->below[i])
			vgpu_pt_free(pt->below[i], level - 1);
	kfree(pt);
}

/* Nobody uses the table any longer. */
void vgpu_pt_fini(struct vgpu_ctx *ctx)
{
	if (ctx->pt)
		vgpu_pt_free(ctx->pt, VGPU_PT_LEVELS - 1);
}
