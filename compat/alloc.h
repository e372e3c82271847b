/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef HMM_COMPAT_ALLOC_H
#define HMM_COMPAT_ALLOC_H

#include <linux/mm.h>
#include <linux/slab.h>
#include <linux/vmalloc.h>
#include "facts.h"

#ifdef FACT_KVMALLOC_ABSENT
/* Only with GFP_KERNEL, which is what vmalloc() uses; kvfree() is older (3.15). */
static inline void *kvmalloc(size_t size, gfp_t flags)
{
	void *p = kmalloc(size, flags | __GFP_NOWARN | __GFP_NORETRY);

	return p ? p : vmalloc(size);
}
#endif

#endif
