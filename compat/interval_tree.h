/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef HMM_COMPAT_INTERVAL_TREE_H
#define HMM_COMPAT_INTERVAL_TREE_H

#include <linux/interval_tree_generic.h>
#include <linux/rbtree.h>
#include "facts.h"

/*
 * The kernel's ready-made interval_tree_*() needs CONFIG_INTERVAL_TREE, which
 * MMU_NOTIFIER selects only from 5.5 on.  The generic one is a header.
 */
#ifdef FACT_INTERVAL_TREE_CACHED
#define hmm_tree_root	rb_root_cached
#define HMM_TREE_ROOT	RB_ROOT_CACHED
#else
#define hmm_tree_root	rb_root
#define HMM_TREE_ROOT	RB_ROOT
#endif

#endif
