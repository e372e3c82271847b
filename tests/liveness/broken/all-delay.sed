# SPDX-License-Identifier: GPL-2.0-only
# what: a range waits until nothing runs anywhere, as the kernel's own does
# file: src/validity.c
# by: starve_4 starve_16
# says: was delayed by invalidations elsewhere
/^static int hmm_try_begin\(/,/^}/ {
	s/record->first <= range->last &&/record->first <= ULONG_MAX \&\&/
	s/record->last >= range->first/true/
}
