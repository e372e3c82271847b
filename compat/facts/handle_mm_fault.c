// SPDX-License-Identifier: GPL-2.0-only
/*
 * 4.8 (dcddffd41d3f) "mm: do not pass mm_struct into handle_mm_fault". 5.9
 * (bce617edecad) "mm: do page fault accounting in handle_mm_fault" added the
 * registers.
 * Backports: EL7.9 and EL8.0 to 8.5 have (vma, address, flags); EL8.10 and EL9
 * have the registers.
 */
#include <linux/mm.h>

FACT(handle_mm_fault, "what does handle_mm_fault() take?");

PROBE(handle_mm_fault, mm_vma)
{
	FACT_SAME(&handle_mm_fault,
		  int (*)(struct mm_struct *, struct vm_area_struct *,
			  unsigned long, unsigned int));
}

PROBE(handle_mm_fault, vma)
{
	FACT_TAKES(handle_mm_fault,
		   handle_mm_fault((struct vm_area_struct *)0, 0UL, 0U),
		   struct vm_area_struct *, unsigned long, unsigned int);
}

PROBE(handle_mm_fault, vma_regs)
{
	FACT_TAKES(handle_mm_fault,
		   handle_mm_fault((struct vm_area_struct *)0, 0UL, 0U,
				   (struct pt_regs *)0),
		   struct vm_area_struct *, unsigned long, unsigned int,
		   struct pt_regs *);
}

EXPORTED(handle_mm_fault, mm_vma, handle_mm_fault);
EXPORTED(handle_mm_fault, vma, handle_mm_fault);
EXPORTED(handle_mm_fault, vma_regs, handle_mm_fault);
