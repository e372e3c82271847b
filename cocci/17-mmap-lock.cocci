// SPDX-License-Identifier: GPL-2.0-only
/// The mmap lock is taken and released through mmap_read_lock() and friends.
//# v5.8, commit d8ed45c5dcd4 "mmap locking API: use coccinelle to convert
//# mmap_sem rwsem call sites"; a little later mm->mmap_sem was renamed.
//# (A kernel with CONFIG_DEBUG_VM may not export what mmap_assert_locked() needs.)
//
// Confidence: High
// Copyright: (C) 2026 hmm-backport contributors.
// Options: --no-includes --include-headers

virtual patch
virtual context
virtual org
virtual report

@depends on patch@
expression mm;
@@
(
- down_read(&mm->mmap_sem)
+ mmap_read_lock(mm)
|
- down_read_killable(&mm->mmap_sem)
+ mmap_read_lock_killable(mm)
|
- down_read_trylock(&mm->mmap_sem)
+ mmap_read_trylock(mm)
|
- up_read(&mm->mmap_sem)
+ mmap_read_unlock(mm)
|
- down_write(&mm->mmap_sem)
+ mmap_write_lock(mm)
|
- down_write_killable(&mm->mmap_sem)
+ mmap_write_lock_killable(mm)
|
- down_write_trylock(&mm->mmap_sem)
+ mmap_write_trylock(mm)
|
- up_write(&mm->mmap_sem)
+ mmap_write_unlock(mm)
|
- downgrade_write(&mm->mmap_sem)
+ mmap_write_downgrade(mm)
|
- lockdep_assert_held_write(&mm->mmap_sem)
+ mmap_assert_write_locked(mm)
|
- lockdep_assert_held(&mm->mmap_sem)
+ mmap_assert_locked(mm)
)

@r depends on context || org || report@
expression mm;
position p;
@@
* mm->mmap_sem@p

@script:python depends on org@
p << r.p;
@@
cocci.print_main("use mmap_read_lock() and friends", p)

@script:python depends on report@
p << r.p;
@@
coccilib.report.print_report(p[0], "WARNING: use mmap_read_lock() and friends")
