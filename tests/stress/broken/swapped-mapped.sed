# SPDX-License-Identifier: GPL-2.0-only
# what: what is swapped out or moving is taken for a page
# file: compat/pgtable.h
# classes: mix
/^static inline struct hmm_entry hmm_pte_decode\(/,/^}/ s/if \(!pte_present\(pte\)\)/if (pte_none(pte))/
