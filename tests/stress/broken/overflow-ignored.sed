# SPDX-License-Identifier: GPL-2.0-only
# what: more invalidations than records: the rest do not count
# file: src/validity.c
# classes: flood
/^static int hmm_try_begin\(/,/^}/ s/else if \(hmm->overflow\)/else if (0)/
