# SPDX-License-Identifier: GPL-2.0-only
# file: src/fault.c
# with: two mappings
# What the first mapping allows counts for those that follow.
/^static int hmm_fault_in/,/^}/s/min(fault->last, vma->vm_end)/fault->last/
