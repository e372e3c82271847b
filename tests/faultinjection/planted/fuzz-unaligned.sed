# SPDX-License-Identifier: GPL-2.0-only
# file: src/range.c
# with: fuzz
# A range whose end is not page aligned is registered.
s/ || !PAGE_ALIGNED(range->end)//
