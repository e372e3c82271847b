/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * vgpu: what older kernels lack of what this driver calls.  The Kbuild asks the kernel's
 * headers; a version number says nothing about an enterprise kernel.
 */
#ifndef VGPU_COMPAT_H
#define VGPU_COMPAT_H

#include <linux/kernel.h>
#include <linux/sched.h>
#ifdef VGPU_HAS_SCHED_MM_H
#include <linux/sched/mm.h>
#endif
#ifdef VGPU_HAS_SCHED_SIGNAL_H
#include <linux/sched/signal.h>
#endif

/* 4.11 gave these two their names; before, everyone counted by hand, and just so. */
#ifndef VGPU_HAS_MMGRAB
static inline void mmgrab(struct mm_struct *mm)
{
	atomic_inc(&mm->mm_count);
}
#endif

#ifndef VGPU_HAS_MMGET_NOT_ZERO
static inline bool mmget_not_zero(struct mm_struct *mm)
{
	return atomic_inc_not_zero(&mm->mm_users);
}
#endif

/* 4.7 took it over from the drivers, which cast like this. */
#ifndef u64_to_user_ptr
#define u64_to_user_ptr(x)	((void __user *)(uintptr_t)(u64)(x))
#endif

#endif
