// SPDX-License-Identifier: GPL-2.0-only
/*
 * What is used as it is, because it was the same from 3.10 on: a kernel that changes
 * it is told here, in place of by the compiler all over the code. Then what changed
 * becomes a fact of its own.
 */
#include <linux/mm.h>
#include <linux/mmu_notifier.h>
#include <linux/sched.h>
#if HAVE_LINUX_SCHED_MM_H
#include <linux/sched/mm.h>
#endif

FACT(unchanged, "is what never changed still as it was?");

PROBE(unchanged, yes)
{
	FACT_SAME(&find_vma,
		  struct vm_area_struct *(*)(struct mm_struct *, unsigned long));
	FACT_SAME(&mmput, void (*)(struct mm_struct *));
	FACT_SAME(&__mmu_notifier_register,
		  int (*)(struct mmu_notifier *, struct mm_struct *));
	FACT_SAME(&mmu_notifier_unregister,
		  void (*)(struct mmu_notifier *, struct mm_struct *));
	FACT_SAME(FACT_MEMBER(struct mmu_notifier_ops, release),
		  void (*)(struct mmu_notifier *, struct mm_struct *));
	FACT_SAME(FACT_MEMBER(struct mm_struct, mm_users), atomic_t);
	FACT_IS(unsigned long, FACT_MEMBER(struct vm_area_struct, vm_end));
	FACT_IS(unsigned long, FACT_MEMBER(struct vm_area_struct, vm_flags) & 1UL);
	FACT_IS(pgd_t *, pgd_offset((struct mm_struct *)0, 0UL));
	if (pte_present(FACT_A(pte_t)))
		FACT_TRUE(sizeof(pte_pfn(FACT_A(pte_t))) >= sizeof(int));
	if (pte_special(FACT_A(pte_t)))
		FACT_TRUE(sizeof(pte_write(FACT_A(pte_t))) >= sizeof(bool));
	if (pmd_present(FACT_A(pmd_t)))
		FACT_TRUE(sizeof(pmd_pfn(FACT_A(pmd_t))) >= sizeof(int));
	if (is_zero_pfn(0UL))
		FACT_TRUE(1);
}
