# SPDX-License-Identifier: GPL-2.0-only
# what: a fault walks again after each page
# file: src/fault.c
# by: cow_fork cow_many
# says: hmm_range_fault: -16
/^static int hmm_fault_in\(/,/^}/ {
	s/min\(fault->last, vma->vm_end\)/addr + PAGE_SIZE/
	s/^\t\tif \(ret\)/\t\tif (ret || next)/
}
