/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * All that src/ may know of the kernel beyond its stable headers.  The answers
 * to compat/facts/ are used in compat/ alone.
 */
#ifndef HMM_COMPAT_H
#define HMM_COMPAT_H

#include "alloc.h"
#include "compiler.h"
#include "dma.h"
#include "fault.h"
#include "interval_tree.h"
#include "mm.h"
#include "mmu_notifier.h"
#include "pagewalk.h"
#include "pgtable.h"
#include "pte_like.h"
#include "sched.h"
#include "vma.h"

#endif
