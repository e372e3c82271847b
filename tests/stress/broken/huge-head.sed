# SPDX-License-Identifier: GPL-2.0-only
# what: every page of a huge page is its first
# file: src/fault.c
# classes: hugetlb; huge
/^static int hmm_put_entry\(/,/^}/ s/entry\.pfn \+= .*;/(void)mask;/
