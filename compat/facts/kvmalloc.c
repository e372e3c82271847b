// SPDX-License-Identifier: GPL-2.0-only
/*
 * 4.12 "mm: introduce kv[mz]alloc helpers". A macro from 6.10 on.
 * Backports: EL7.9.
 */
#include <linux/mm.h>
#include <linux/slab.h>

FACT(kvmalloc, "is there kvmalloc()?");

WITHOUT(kvmalloc, absent, kvmalloc);

PROBE(kvmalloc, present)
{
	FACT_IS(void *, kvmalloc(1, GFP_KERNEL));
}
