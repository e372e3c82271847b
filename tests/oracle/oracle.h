/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Between the two halves: neither sees the other's <linux/hmm.h>.
 */
#ifndef ORACLE_H
#define ORACLE_H

#include <linux/types.h>
#include "oracle_uapi.h"

struct mm_struct;
struct theirs;

struct theirs *theirs_new(void);
void theirs_free(struct theirs *theirs);
int theirs_watch(struct theirs *theirs, struct mm_struct *mm, unsigned long start,
		 unsigned long npages);
void theirs_unwatch(struct theirs *theirs);
void theirs_begin(struct theirs *theirs);
int theirs_fault(struct theirs *theirs, unsigned int want, const u8 *wants,
		 unsigned long *pfns);
bool theirs_valid(struct theirs *theirs);
u64 theirs_common(unsigned long pfn);

#endif
