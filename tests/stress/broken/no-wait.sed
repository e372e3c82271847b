# SPDX-License-Identifier: GPL-2.0-only
# what: a range begins while an invalidation runs
# file: src/validity.c
# classes: overlap files mix
/^static int hmm_try_begin\(/,/^}/ s/while \(!ret && left\)/while (left \&\& !left)/
