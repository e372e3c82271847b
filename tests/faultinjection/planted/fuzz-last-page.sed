# SPDX-License-Identifier: GPL-2.0-only
# file: src/validity.c
# with: fuzz
# An invalidation of the last page of a range goes unseen.
s/^	range->last = range->end - 1;$/	range->last = range->end - PAGE_SIZE - 1;/
