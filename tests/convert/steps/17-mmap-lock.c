// SPDX-License-Identifier: GPL-2.0-only
/* Every way to take the mmap lock and to let it go. */
static int locks(struct mm_struct *mm, struct job *job)
{
	down_read(&mm->mmap_sem);
	up_read(&job->range->mm->mmap_sem);
	if (down_read_killable(&mm->mmap_sem) || !down_read_trylock(&mm->mmap_sem))
		return -EINTR;
	down_write(&current->mm->mmap_sem);
	downgrade_write(&mm->mmap_sem);
	up_write(&mm->mmap_sem);
	if (!down_write_trylock(&mm->mmap_sem) && down_write_killable(&mm->mmap_sem))
		return -EINTR;
	lockdep_assert_held(&mm->mmap_sem);
	lockdep_assert_held_write(&mm->mmap_sem);
	down_read(&job->lock);
	down_read_nested(&mm->mmap_sem, 1);
	return rwsem_is_locked(&mm->mmap_sem);
}
