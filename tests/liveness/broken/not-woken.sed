# SPDX-License-Identifier: GPL-2.0-only
# what: the end of an invalidation wakes nobody
# file: src/validity.c
# by: wait_timeout
# says: still running after
/^void hmm_validity_end\(/,/^}/ {
	s/hmm_wake\(hmm\)/(void)hmm/
}
