# SPDX-License-Identifier: GPL-2.0-only
# what: repeated walks are not counted
# file: src/fault.c
# by: show_counters
# says: faults, 0 walks again
s/atomic_long_inc\(&hmm->nr_retries\)/(void)hmm/
