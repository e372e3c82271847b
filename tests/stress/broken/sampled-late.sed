# SPDX-License-Identifier: GPL-2.0-only
# what: the counter is sampled after the walk, not before
# file: src/fault.c
# classes: overlap mix
/^static int hmm_fault_range\(/,/^}/ s/^\t\tif \(fault->first == fault->last\) \{/&\
			WRITE_ONCE(range->seq, range->hit);/
