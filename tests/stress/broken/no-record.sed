# SPDX-License-Identifier: GPL-2.0-only
# what: an invalidation leaves no record
# file: src/validity.c
# classes: overlap files mix
/^struct hmm_record \*hmm_validity_start\(/,/^}/ s/^\tif \(has_end\)/\tif (0)/
