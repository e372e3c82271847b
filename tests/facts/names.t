#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
#
# The names that our public headers stand in for where the kernel has none: they are
# there, a kernel that has them keeps its own, and so does a driver that says so.
# shellcheck disable=SC2317 # functions are called through check
. "$(dirname "$0")/../tap.sh"

# An old kernel, as far as these headers look.
mkdir -p "$work/old/linux" "$work/new/linux"
cat >"$work/old/linux/types.h" <<'END'
#pragma once
typedef _Bool bool;
END
cat >"$work/old/linux/rwsem.h" <<'END'
#pragma once
struct rw_semaphore { int readers, writers; };
static inline void down_read(struct rw_semaphore *s) { s->readers++; }
static inline void up_read(struct rw_semaphore *s) { s->readers--; }
static inline int down_read_trylock(struct rw_semaphore *s) { return !s->writers && ++s->readers; }
static inline void down_write(struct rw_semaphore *s) { s->writers++; }
static inline void up_write(struct rw_semaphore *s) { s->writers--; }
static inline int down_write_trylock(struct rw_semaphore *s)
{
	return !s->readers && !s->writers && ++s->writers;
}
static inline void downgrade_write(struct rw_semaphore *s) { s->writers--; s->readers++; }
END
echo >"$work/old/linux/lockdep.h"
cat >"$work/old/linux/mm.h" <<'END'
#pragma once
#include <linux/rwsem.h>
#include <linux/types.h>
struct mm_struct { struct rw_semaphore mmap_sem; };
END
cat >"$work/old/linux/mmu_notifier.h" <<'END'
#pragma once
#include <linux/mm.h>
struct mmu_notifier;
END
# A newer one, with functions of its own.
cp "$work/old/linux/"* "$work/new/linux/"
cat >"$work/new/linux/mm.h" <<'END'
#pragma once
#include <linux/rwsem.h>
#include <linux/types.h>
struct mm_struct { struct rw_semaphore mmap_lock; };
#define _LINUX_MMAP_LOCK_H
static inline void mmap_read_lock(struct mm_struct *mm) { mm->mmap_lock.readers += 100; }
END

# builds KERNEL: what is on stdin compiles on that kernel without a warning and runs well
builds()
{
	cat >"$work/driver.c"
	gcc -std=gnu89 -Wall -Werror -nostdinc -I"$top/include" -I"$work/$1" -o "$work/driver" \
		"$work/driver.c" >"$work/said" 2>&1 && "$work/driver" >>"$work/said" 2>&1
}

hmm='#include <linux/hmm_backport_mmap_lock.h>
#include <linux/hmm_backport_range.h>'

stands_in()
{
	builds old <<-END
	$hmm
	int main(void)
	{
		struct mm_struct mm = { { 0, 0 } };
		struct mmu_notifier_range range = { &mm, 0, 1, MMU_NOTIFIER_RANGE_BLOCKABLE };

		mmap_read_lock(&mm);
		if (mm.mmap_sem.readers != 1 || mmap_write_trylock(&mm))
			return 1;
		mmap_read_unlock(&mm);
		mmap_write_lock(&mm);
		if (mm.mmap_sem.writers != 1 || mmap_read_trylock(&mm))
			return 2;
		mmap_write_downgrade(&mm);
		if (mm.mmap_sem.readers != 1 || mm.mmap_sem.writers)
			return 3;
		mmap_read_unlock(&mm);
		if (!mmap_write_trylock(&mm))
			return 4;
		mmap_write_unlock(&mm);
		if (!mmap_read_trylock(&mm) || mm.mmap_sem.readers != 1)
			return 5;
		if (!mmu_notifier_range_blockable(&range))
			return 6;
		range.flags = 0;
		return mmu_notifier_range_blockable(&range) ? 7 : 0;
	}
	END
}

kernels_own()
{
	builds new <<-END
	$hmm
	int main(void)
	{
		struct mm_struct mm = { { 0, 0 } };

		mmap_read_lock(&mm);
		return mm.mmap_lock.readers == 100 ? 0 : 1;
	}
	END
}

# drivers_own BEFORE: with functions of its own, and this in front of our header
drivers_own()
{
	builds old <<-END
	$1
	$hmm
	static inline void mmap_read_lock(struct mm_struct *mm) { mm->mmap_sem.readers = 7; }
	static inline bool mmu_notifier_range_blockable(const struct mmu_notifier_range *range)
	{
		return range->start == 7;
	}
	int main(void)
	{
		struct mm_struct mm = { { 0, 0 } };
		struct mmu_notifier_range range = { &mm, 7, 8, 0 };

		mmap_read_lock(&mm);
		return mm.mmap_sem.readers == 7 && mmu_notifier_range_blockable(&range) ? 0 : 1;
	}
	END
}

drivers_macros()
{
	builds old <<-END
	#define mmap_read_lock(mm)			((mm)->mmap_sem.readers = 7)
	#define mmu_notifier_range_blockable(range)	((range)->start == 7)
	$hmm
	int main(void)
	{
		struct mm_struct mm = { { 0, 0 } };
		struct mmu_notifier_range range = { &mm, 7, 8, 0 };

		mmap_read_lock(&mm);
		return mm.mmap_sem.readers == 7 && mmu_notifier_range_blockable(&range) ? 0 : 1;
	}
	END
}

said_so="#define mmap_read_lock mmap_read_lock
#define mmu_notifier_range_blockable mmu_notifier_range_blockable"

silent_clash()
{
	! drivers_own ""
}

check "an old kernel gets the mmap lock's helpers and mmu_notifier_range_blockable()" "$work/said" stands_in
check "a kernel that has the helpers keeps them" "$work/said" kernels_own
check "functions of the driver's own, if it says so first" "$work/said" drivers_own "$said_so"
check "macros of the driver's own need no word" "$work/said" drivers_macros
check "functions without a word are an error, not two meanings" "$work/said" silent_clash
done_testing
