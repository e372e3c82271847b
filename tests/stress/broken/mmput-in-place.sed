# SPDX-License-Identifier: GPL-2.0-only
# what: the last user of an address space is given back in the caller's context
# file: src/mm.c
# classes: lastuser
/^void hmm_put_mm\(/,/^}/ s/^\tif \(hmm_mm_put_unless_last.*/\tmmput(hmm->mm);\
	if (1)/
