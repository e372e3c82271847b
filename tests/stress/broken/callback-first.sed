# SPDX-License-Identifier: GPL-2.0-only
# what: mirrors are called before ranges are hit and the record is taken
# file: src/mirror.c
# classes: overlap mix
/^int hmm_mirrors_start\(/,/^}/ {
	s/^\trecord = hmm_validity_start\(.*/\trecord = NULL;/
	s/^\t\tret = hmm_clients_sync_unrecorded\(.*/&\
		record = hmm_validity_start(hmm, update->start, update->end, has_end);\
		if (record)\
			record->calling = false;/
}
