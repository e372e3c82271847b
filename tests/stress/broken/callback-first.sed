# SPDX-License-Identifier: GPL-2.0-only
# what: mirrors are called before ranges are hit and the record is taken
# file: src/mirror.c
# classes: overlap mix
/^int hmm_mirrors_start\(/,/^}/ {
	/^\thmm_validity_start\(/ d
	s/^\tret = hmm_clients_sync\(.*/&\
	hmm_validity_start(hmm, update->start, update->end, has_end, \&caller);/
}
