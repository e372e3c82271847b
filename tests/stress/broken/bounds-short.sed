# SPDX-License-Identifier: GPL-2.0-only
# what: an invalidation does not hit its last page
# file: src/validity.c
# classes: files mix
/^struct hmm_record \*hmm_validity_start\(/,/^}/ s/max\(end, start \+ 1\)/max(end - PAGE_SIZE, start + 1)/
