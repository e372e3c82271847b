# SPDX-License-Identifier: GPL-2.0-only
# what: a range waits until nothing runs anywhere, as the kernel's own does
# file: src/validity.c
# by: starve_4 starve_16
# says: was delayed by invalidations elsewhere
/^static int hmm_try_begin\(/,/^}/ {
	s/records\[i\]\.first <= range->last &&/records[i].first <= ULONG_MAX \&\&/
	s/hmm->records\[i\]\.last >= range->first/true/
}
