# SPDX-License-Identifier: GPL-2.0-only
# what: an invalidation leaves no record
# file: src/validity.c
# classes: overlap files mix
/^void hmm_validity_start\(/,/^}/ s/^\tif \(has_end\)/\tif (0)/
