// SPDX-License-Identifier: GPL-2.0-only
/*
 * In place of native.c where the kernel has no hmm_range_fault() of that form: before
 * 5.9, or without CONFIG_HMM_MIRROR.
 */
#include <linux/errno.h>
#include "walk.h"

int native_walk(struct bench_call *call)
{
	return -EOPNOTSUPP;
}

int native_handle(struct bench_call *call)
{
	return -EOPNOTSUPP;
}
