# SPDX-License-Identifier: GPL-2.0-only
# what: the counter is sampled after the walk, not before (and preempted there)
# file: src/fault.c
# classes: files overlap mix
/^static int hmm_fault_range\(/,/^}/ s/^\t\tif \(fault->first == fault->last\) \{/&\
			schedule_timeout_uninterruptible(1);\
			WRITE_ONCE(range->seq, range->hit);/
