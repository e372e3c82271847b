# SPDX-License-Identifier: GPL-2.0-only
# what: an end takes back the record of another task
# file: src/validity.c
# classes: overlap mix
/^static bool hmm_record_take_back\(/,/^}/ s/records\[i\]\.task != current/records[i].task == NULL/
